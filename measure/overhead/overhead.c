/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times single operations and mixes of them: as a process, or as the first process of a guest, which it then
 * switches off.
 *
 *     overhead REPETITIONS MILLISECONDS
 *
 * prints a line a repetition: operation, operations done, ns for one. Each is repeated as often as fits into
 * the time; in a round every operation and mix has its turn once, so that a disturbance hits few of them. A
 * line with a word instead of ns says why there is none.
 *
 * An operation must cost the same alone and in a mix, or nothing can be predicted:
 * - All processes share one CPU. On two, what a ping-pong or a fork takes is the waking of an idle CPU, which
 *   depends on how long it has been idle; a guest of one CPU has no such thing.
 * - A fork ends when the parent has back what it writes: each such page is write-protected and faults once.
 *   Alone nobody writes them; in a mix whatever comes next would pay.
 * - One iteration goes before the clock starts, so that caches hold the program's own data.
 * - Nothing is printed before all is done: whoever reads it would take the CPU, or its caches. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernels.h"
#include "programs.h"

#define FAULTS 64
#define PAGE 4096
#define FILE_BYTES (1 << 20)
#define TRIES 3

static int to_child, from_child, file;
static char page[PAGE];
static sigjmp_buf fault;

static void on_fault(int signal)
{
	siglongjmp(fault, signal);
}

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void op_syscall(long n)
{
	while (n--)
		syscall(SYS_getppid);
}

static void op_fault(long n)
{
	for (; n > 0; n -= FAULTS) {
		char *p = mmap(NULL, FAULTS * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		               0);
		madvise(p, FAULTS * PAGE, MADV_NOHUGEPAGE);
		for (long i = 0; i < FAULTS; i++)
			p[i * PAGE] = 1;
		munmap(p, FAULTS * PAGE);
	}
}

static void op_pipe(long n)
{
	char c = 0;
	while (n--)
		if (write(to_child, &c, 1) != 1 || read(from_child, &c, 1) != 1)
			exit(3);
}

static void op_read(long n)
{
	while (n--)
		if (pread(file, page, sizeof page, n * PAGE % FILE_BYTES) != sizeof page)
			exit(3);
}

/* Writes to each page what is there. */
static void take_back(volatile void *from, size_t bytes)
{
	volatile char *at = from;
	for (size_t i = 0; i < bytes; i += PAGE)
		at[i] = at[i];
	at[bytes - 1] = at[bytes - 1];
}

static void op_fork(long n)
{
	while (n--) {
		pid_t p = fork();
		if (!p)
			_exit(0);
		waitpid(p, NULL, 0);
		take_back(kernels_a, sizeof kernels_a);
		take_back(kernels_c, sizeof kernels_c);
		take_back(kernels_to, sizeof kernels_to);
		take_back(&kernels_at, sizeof kernels_at);
		take_back(&kernels_sink, sizeof kernels_sink);
		take_back(page, sizeof page);
	}
}

static void (*const ops[TIMED])(long n) = {
	kernel_integer,
	kernel_float,
	kernel_copy,
	kernel_chase,
	kernel_cpuid,
	kernel_port,
	kernel_hypercall,
	op_syscall,
	op_fault,
	op_pipe,
	op_read,
	op_fork,
};

/* This CPU is the only one from now on, for children too. Where that is not to be had, all is as it is. */
static void stay_here(void)
{
	cpu_set_t here;
	int cpu = sched_getcpu();
	CPU_ZERO(&here);
	if (cpu < 0)
		return;
	CPU_SET(cpu, &here);
	sched_setaffinity(0, sizeof here, &here);
}

/* The other end of the pipes, and a file in memory. */
static void prepare(void)
{
	int there[2], back[2];
	if (pipe(there) || pipe(back))
		exit(3);
	if (!fork()) {
		char c;
		close(there[1]);
		close(back[0]);
		while (read(there[0], &c, 1) == 1 && write(back[1], &c, 1) == 1)
			;
		_exit(0);
	}
	close(there[0]);
	close(back[1]);
	to_child = there[1];
	from_child = back[0];
	file = (int)syscall(SYS_memfd_create, "pages", 0);
	for (int i = 0; i < FILE_BYTES / PAGE; i++)
		if (write(file, page, sizeof page) != sizeof page)
			exit(3);
	kernels_init();
}

static void run(const struct program *p, long iterations)
{
	while (iterations--)
		for (int k = 0; k < TIMED; k++)
			if (p->counts[k])
				ops[k](p->counts[k]);
}

static double timed(const struct program *p, long iterations)
{
	run(p, 1);
	uint64_t began = now_ns();
	run(p, iterations);
	return (double)(now_ns() - began);
}

/* As many iterations as take about so long, at least one. */
static long calibrate(const struct program *p, double ns)
{
	for (long n = 1;; n *= 4) {
		double took = timed(p, n);
		for (int i = 1; i < TRIES; i++) {
			double again = timed(p, n);
			took = again < took ? again : took;
		}
		if (took > ns / 4 || n > 1000000000L / 4)
			return took > 0 && (double)n * ns / took >= 1 ? (long)((double)n * ns / took) : 1;
	}
}

static void time_one(const struct program *p, long *iterations, double ns)
{
	int signal = sigsetjmp(fault, 1);
	if (signal || *iterations < 0) {
		if (signal)
			printf("%s 0 fault_signal_%d\n", p->name, signal);
		*iterations = -1;
		return;
	}
	if (!*iterations)
		*iterations = calibrate(p, ns);
	double took = timed(p, *iterations);
	/* Single operations are timed many at a time, but told for one. */
	long n = *iterations;
	for (int k = 0; k < TIMED; k++)
		if (strncmp(p->name, "mix_", 4) != 0 && p->counts[k])
			n *= p->counts[k];
	printf("%s %ld %.6g\n", p->name, n, took / (double)n);
}

/* The console and nothing else. */
static void be_first(void)
{
	mkdir("/dev", 0755);
	mount("none", "/dev", "devtmpfs", 0, "");
	mknod("/dev/ttyS0", S_IFCHR | 0600, makedev(4, 64));
	if (!freopen("/dev/ttyS0", "w", stdout))
		exit(3);
}

int main(int argc, char **argv)
{
	static const char *const names[TIMED] = TIMED_NAMES;
	static const long at_once[TIMED] = {1000, 10, 1, 1000, 10, 10, 10, 100, FAULTS, 10, 10, 1};
	static const struct program mixes[] = MIXES;
	static char lines[1 << 20];
	enum { N = TIMED + sizeof mixes / sizeof *mixes };
	struct program programs[N];
	long iterations[N] = {0};
	int first = getpid() == 1;
	long repetitions = argc > 1 ? atol(argv[1]) : 5;
	double ns = (argc > 2 ? atof(argv[2]) : 20) * 1e6;
	if (first)
		be_first();
	for (int i = 0; i < TIMED; i++) {
		programs[i] = (struct program){.name = names[i]};
		programs[i].counts[i] = at_once[i];
	}
	memcpy(programs + TIMED, mixes, sizeof mixes);
	signal(SIGSEGV, on_fault);
	signal(SIGILL, on_fault);
	signal(SIGBUS, on_fault);
	iopl(3); /* if it may not, the port faults and says so */
	setvbuf(stdout, lines, _IOFBF, sizeof lines);
	stay_here();
	prepare();
	for (long r = 0; r < repetitions; r++)
		for (int i = 0; i < N; i++)
			time_one(&programs[i], &iterations[i], ns);
	puts("done");
	fflush(stdout);
	if (first) {
		sync();
		sleep(1);
		reboot(RB_POWER_OFF);
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times single operations and mixes of them: as a process, or as the first process of a guest, which it then
 * switches off.
 *
 *     overhead REPETITIONS MILLISECONDS
 *
 * prints a line a repetition: operation, operations done, ns for one. Each is repeated as often as fits
 * into the
 * time; in a round every operation and mix has its turn once, so that a disturbance hits few of them. A
 * line with
 * a word instead of ns says why there is none. */
#include <fcntl.h>
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
#define FILE_BYTES (1 << 20)

static int to_child, from_child, file;
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
		char *p = mmap(NULL, FAULTS * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);
		madvise(p, FAULTS * 4096, MADV_NOHUGEPAGE);
		for (long i = 0; i < FAULTS; i++)
			p[i * 4096] = 1;
		munmap(p, FAULTS * 4096);
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
	static char page[4096];
	while (n--)
		if (pread(file, page, sizeof page, n * 4096 % FILE_BYTES) != sizeof page)
			exit(3);
}

static void op_fork(long n)
{
	while (n--) {
		pid_t p = fork();
		if (!p)
			_exit(0);
		waitpid(p, NULL, 0);
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
	to_child = there[1];
	from_child = back[0];
	fcntl(to_child, F_SETFD, FD_CLOEXEC);
	file = (int)syscall(SYS_memfd_create, "pages", 0);
	static char page[4096];
	for (int i = 0; i < FILE_BYTES / 4096; i++)
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

/* As many iterations as take about so long, at least one. */
static long calibrate(const struct program *p, double ns)
{
	long n = 1;
	for (;;) {
		uint64_t began = now_ns();
		run(p, n);
		double took = (double)(now_ns() - began);
		if (took > ns / 4 || n > 1000000000L / 4)
			return took > 0 && (double)n * ns / took >= 1 ? (long)((double)n * ns / took) : 1;
		n *= 4;
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
	uint64_t began = now_ns();
	run(p, *iterations);
	uint64_t took = now_ns() - began;
	/* Single operations are timed many at a time, but told for one. */
	long n = *iterations;
	for (int k = 0; k < TIMED; k++)
		if (strncmp(p->name, "mix_", 4) != 0 && p->counts[k])
			n *= p->counts[k];
	printf("%s %ld %.6g\n", p->name, n, (double)took / (double)n);
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
	setvbuf(stdout, NULL, _IOLBF, 0);
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

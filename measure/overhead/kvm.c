/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A monitor of a hundred lines: runs guest.c in ring 3 under KVM and times operations and mixes in it.
 *
 *     kvm GUEST REPETITIONS MILLISECONDS
 *
 * prints the same lines as overhead.c, when all is done. Ring 3 runs natively even under a KVM that interprets
 * ring 0; a hypercall is timed too: VMMCALL on AMD, VMCALL on Intel, which KVM takes from ring 3 and answers
 * with an error. The guest tells where its clock starts and stops by two port writes; what these take (the
 * least of many windows with nothing between them) is taken off. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "programs.h"

#define MEMORY (32u << 20)
#define COUNTS 0x3000
#define TABLES 0x5000
#define ENTRY 0x100000
#define EMPTY_WINDOWS 200

struct machine {
	int kvm, vm, cpu;
	uint8_t *memory;
	struct kvm_run *run;
	double empty_ns; /* of a window in which nothing happens */
};

static void die(const char *what)
{
	perror(what);
	exit(3);
}

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* 64-bit mode, ring 3 with ports allowed, memory mapped to itself in pages of 2 MiB. */
static void set_registers(struct machine *m)
{
	uint64_t *level4 = (void *)(m->memory + TABLES), *level3 = level4 + 512, *level2 = level3 + 512;
	level4[0] = (TABLES + 0x1000) | 7;
	level3[0] = (TABLES + 0x2000) | 7;
	for (uint64_t i = 0; i < 512; i++)
		level2[i] = i << 21 | 0x87;
	struct kvm_sregs s;
	ioctl(m->cpu, KVM_GET_SREGS, &s);
	s.cr3 = TABLES;
	s.cr4 = 0x620; /* PAE, and SSE is allowed */
	s.cr0 = 0x80050033;
	s.efer = 0x500;
	struct kvm_segment code = {.limit = UINT32_MAX, .selector = 8 | 3, .type = 11, .present = 1, .s = 1,
		.l = 1, .g = 1, .dpl = 3};
	struct kvm_segment data = code;
	data.type = 3;
	data.selector = 16 | 3;
	data.l = 0;
	s.cs = code;
	s.ds = s.es = s.fs = s.gs = s.ss = data;
	struct kvm_regs r = {.rip = ENTRY, .rsp = 0x90000 - 8, .rflags = 0x3002};
	if (ioctl(m->cpu, KVM_SET_SREGS, &s) || ioctl(m->cpu, KVM_SET_REGS, &r))
		die("registers");
}

static void open_machine(struct machine *m, const char *guest)
{
	static char room[sizeof(struct kvm_cpuid2) + 256 * sizeof(struct kvm_cpuid_entry2)];
	struct kvm_cpuid2 *cpuid = (void *)room;
	cpuid->nent = 256;
	m->kvm = open("/dev/kvm", O_RDWR);
	if (m->kvm < 0)
		die("/dev/kvm");
	m->vm = ioctl(m->kvm, KVM_CREATE_VM, 0);
	m->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region region = {.memory_size = MEMORY,
	                                             .userspace_addr = (uintptr_t)m->memory};
	ioctl(m->vm, KVM_SET_USER_MEMORY_REGION, &region);
	m->cpu = ioctl(m->vm, KVM_CREATE_VCPU, 0);
	if (m->cpu < 0)
		die("virtual CPU");
	m->run = mmap(NULL, (size_t)ioctl(m->kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE,
		MAP_SHARED,
	              m->cpu, 0);
	ioctl(m->kvm, KVM_GET_SUPPORTED_CPUID, cpuid);
	ioctl(m->cpu, KVM_SET_CPUID2, cpuid);
	int file = open(guest, O_RDONLY);
	if (file < 0 || read(file, m->memory + ENTRY, MEMORY - ENTRY) <= 0)
		die(guest);
	close(file);
	set_registers(m);
}

/* Runs to the next port write; other ports are answered. */
static uint16_t go(struct machine *m)
{
	for (;;) {
		if (ioctl(m->cpu, KVM_RUN, 0) < 0)
			die("KVM_RUN");
		if (m->run->exit_reason != KVM_EXIT_IO) {
			printf("guest stopped: exit %u\n", m->run->exit_reason);
			exit(1);
		}
		if (m->run->io.port != 0x80)
			return m->run->io.port;
	}
}

static double run(struct machine *m, const struct program *p, long iterations)
{
	long *counts = (void *)(m->memory + COUNTS);
	counts[0] = iterations;
	memcpy(counts + 1, p->counts, TIMED_BARE * sizeof *counts);
	while (go(m) != 0x10)
		;
	uint64_t began = now_ns();
	while (go(m) != 0x11)
		;
	return (double)(now_ns() - began) - m->empty_ns;
}

static void time_nothing(struct machine *m)
{
	const struct program nothing = {0};
	double least = 1e9;
	m->empty_ns = 0;
	for (int i = 0; i < EMPTY_WINDOWS; i++) {
		double took = run(m, &nothing, 0);
		least = took < least ? took : least;
	}
	m->empty_ns = least;
}

/* The other program that is compared with has one CPU too. */
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

static void time_one(struct machine *m, const struct program *p, long *iterations, double ns)
{
	for (long n = 1; !*iterations; n *= 4) {
		double took = run(m, p, n);
		if (took > ns / 4)
			*iterations = (double)n * ns / took >= 1 ? (long)((double)n * ns / took) : 1;
	}
	long n = *iterations;
	double took = run(m, p, n);
	for (int k = 0; k < TIMED_BARE; k++)
		if (strncmp(p->name, "mix_", 4) != 0 && p->counts[k])
			n *= p->counts[k];
	printf("%s %ld %.6g\n", p->name, n, took / (double)n);
}

static int bare(const struct program *p)
{
	for (int k = TIMED_BARE; k < TIMED; k++)
		if (p->counts[k])
			return 0;
	return 1;
}

int main(int argc, char **argv)
{
	static const char *const names[TIMED] = TIMED_NAMES;
	static const long at_once[TIMED_BARE] = {1000, 10, 1, 1000, 10, 10, 10};
	static const struct program mixes[] = MIXES;
	static char lines[1 << 20];
	enum { N = TIMED_BARE + sizeof mixes / sizeof *mixes };
	struct program programs[N];
	long iterations[N] = {0};
	struct machine m;
	if (argc != 4)
		return 2;
	for (int i = 0; i < TIMED_BARE; i++) {
		programs[i] = (struct program){.name = names[i]};
		programs[i].counts[i] = at_once[i];
	}
	memcpy(programs + TIMED_BARE, mixes, sizeof mixes);
	setvbuf(stdout, lines, _IOFBF, sizeof lines);
	stay_here();
	open_machine(&m, argv[1]);
	time_nothing(&m);
	for (long r = 0; r < atol(argv[2]); r++)
		for (int i = 0; i < N; i++)
			if (bare(&programs[i]))
				time_one(&m, &programs[i], &iterations[i], atof(argv[3]) * 1e6);
	puts("done");
	return 0;
}

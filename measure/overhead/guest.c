/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest without a kernel: runs in ring 3 what the monitor (kvm.c) writes at COUNTS, between two port
 * writes; and once before the first of them, so that no cache holds another program's data. */
#include "kernels.h"
#include "programs.h"

#define COUNTS ((volatile long *)0x3000) /* iterations, then a count of each operation */

static void mark(uint16_t port)
{
	__asm__ volatile("outb %b0, %w1" : : "a"(0), "Nd"(port) : "memory");
}

static void iterate(void)
{
	static void (*const ops[TIMED_BARE])(long n) = {
		kernel_integer, kernel_float, kernel_copy, kernel_chase, kernel_cpuid, kernel_port,
		kernel_hypercall,
	};
	for (int k = 0; k < TIMED_BARE; k++)
		if (COUNTS[1 + k])
			ops[k](COUNTS[1 + k]);
}

__attribute__((section(".text.start"), noreturn)) void start(void);
void start(void)
{
	kernels_init();
	for (;;) {
		iterate();
		mark(0x10);
		for (long i = COUNTS[0]; i > 0; i--)
			iterate();
		mark(0x11);
	}
}

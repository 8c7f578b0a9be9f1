/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user-mode kernels that are timed, in C that needs no library: the same source runs in a process and in
 * the guest without a kernel. Each does n operations. */
#ifndef MEASURE_OVERHEAD_KERNELS_H
#define MEASURE_OVERHEAD_KERNELS_H

#include <stdint.h>

#define FLOAT_SIDE 16
#define COPY_BYTES 65536
#define CHAIN_WORDS (1u << 15) /* 128 KiB: beyond the first cache, and in the second together with the copy */

static volatile uint64_t kernels_sink;
static double kernels_a[FLOAT_SIDE][FLOAT_SIDE], kernels_b[FLOAT_SIDE][FLOAT_SIDE];
static double kernels_c[FLOAT_SIDE][FLOAT_SIDE];
static uint64_t kernels_from[COPY_BYTES / 8], kernels_to[COPY_BYTES / 8];
static uint32_t kernels_chain[CHAIN_WORDS], kernels_at;
static int kernels_amd;

/* One step of Marsaglia's xorshift: six dependent instructions. */
static void kernel_integer(long n)
{
	uint64_t x = 88172645463325252u;
	while (n--) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	kernels_sink = x;
}

/* A product of two 16 x 16 matrices. Sums are inexact, as most are: QEMU is far slower on exact ones. */
static void kernel_float(long n)
{
	while (n--) {
		for (int i = 0; i < FLOAT_SIDE; i++)
			for (int j = 0; j < FLOAT_SIDE; j++) {
				double sum = 0;
				for (int k = 0; k < FLOAT_SIDE; k++)
					sum += kernels_a[i][k] * kernels_b[k][j];
				kernels_c[i][j] = sum;
			}
		kernels_a[n & (FLOAT_SIDE - 1)][0] = kernels_c[3][5]; /* each product depends on the last */
	}
	kernels_sink = (uint64_t)kernels_c[3][5];
}

/* Copies 64 KiB. */
static void kernel_copy(long n)
{
	while (n--) {
		const uint64_t *source = kernels_from;
		uint64_t *target = kernels_to;
		uint64_t words = COPY_BYTES / 8;
		__asm__ volatile("rep movsq" : "+S"(source), "+D"(target), "+c"(words) : : "memory");
	}
	kernels_sink = kernels_to[17];
}

static void kernels_cpuid(uint32_t leaf, uint32_t r[4])
{
	r[0] = leaf;
	r[2] = 0;
	__asm__ volatile("cpuid" : "+a"(r[0]), "=b"(r[1]), "+c"(r[2]), "=d"(r[3]));
}

/* Matrices whose products stay bounded; one cycle through all words, in a random order (Sattolo); and which
 * instruction calls the hypervisor: asking costs more than calling, where that leaves the guest too. */
static void kernels_init(void)
{
	uint32_t x = 12345, vendor[4];
	for (int i = 0; i < FLOAT_SIDE; i++)
		for (int j = 0; j < FLOAT_SIDE; j++) {
			kernels_a[i][j] = 0.1 + 0.01 * i;
			kernels_b[i][j] = 0.05 + 0.001 * j;
		}
	for (uint32_t i = 0; i < CHAIN_WORDS; i++)
		kernels_chain[i] = i;
	for (uint32_t i = CHAIN_WORDS - 1; i > 0; i--) {
		x = x * 1664525u + 1013904223u;
		uint32_t j = (uint32_t)((uint64_t)x * i >> 32), t = kernels_chain[i];
		kernels_chain[i] = kernels_chain[j];
		kernels_chain[j] = t;
	}
	kernels_cpuid(0, vendor);
	kernels_amd = vendor[1] == 0x68747541; /* "Auth", of AuthenticAMD */
}

/* A load whose address is what the last one read. It goes on where it stopped, so that few loads at a time
 * do not stay in the part that is cached. */
static void kernel_chase(long n)
{
	uint32_t p = kernels_at;
	while (n--)
		p = kernels_chain[p];
	kernels_at = p;
}

static void kernel_cpuid(long n)
{
	uint32_t r[4];
	while (n--)
		kernels_cpuid(0x80000000u, r);
}

/* A call to the hypervisor that it does not know: answered with an error, or a fault where there is none. */
static void kernel_hypercall(long n)
{
	while (n--) {
		uint64_t r = 1000;
		if (kernels_amd)
			__asm__ volatile("vmmcall" : "+a"(r) : "b"(0L), "c"(0L), "d"(0L), "S"(0L) : "memory");
		else
			__asm__ volatile("vmcall" : "+a"(r) : "b"(0L), "c"(0L), "d"(0L), "S"(0L) : "memory");
	}
}

/* A byte to port 0x80, which nothing listens to. */
static void kernel_port(long n)
{
	while (n--)
		__asm__ volatile("outb %b0, %w1" : : "a"(0), "Nd"(0x80));
}

#endif

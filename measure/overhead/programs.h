/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is timed: single operations, and mixes of them in known counts.
 *
 * A mix does its operations one after the other, `counts` of each in an iteration; none of them is used to
 * calibrate anything. The bare ones need no kernel, so that a guest without one
 * can do them too. */
#ifndef MEASURE_OVERHEAD_PROGRAMS_H
#define MEASURE_OVERHEAD_PROGRAMS_H

enum timed {
	TIMED_INTEGER, TIMED_FLOAT, TIMED_COPY, TIMED_CHASE, TIMED_CPUID, TIMED_PORT, TIMED_HYPERCALL,
	TIMED_BARE, /* those above need no kernel */
	TIMED_SYSCALL = TIMED_BARE, TIMED_FAULT, TIMED_PIPE, TIMED_READ, TIMED_FORK,
	TIMED
};

/* Names as in earlier measurements where the operation is the same. */
#define TIMED_NAMES \
	{"int_xorshift", "fp_matmul16", "memcpy_64K", "mem_chase128K", "cpuid", "out_0x80", "hypercall", "syscall_getppid", \
	 "page_fault_4k", "pipe_pingpong", "file_read_4k", "fork_exit_wait"}

struct program {
	const char *name;
	long counts[TIMED];
};

/* Faults come 64 at a time: a mapping is made, touched and taken away. */
#define MIXES { \
	{"mix_compute",      {20000, 4, 0, 200, 0, 0, 0, 4, 0, 0, 0, 0}}, \
	{"mix_float",        {500, 30, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0}}, \
	{"mix_memory",       {200, 0, 5, 6000, 0, 0, 0, 4, 0, 0, 0, 0}}, \
	{"mix_syscalls",     {2000, 0, 0, 100, 0, 0, 0, 300, 0, 0, 10, 0}}, \
	{"mix_faults",       {5000, 0, 1, 100, 0, 0, 0, 10, 64, 0, 0, 0}}, \
	{"mix_switches",     {3000, 1, 0, 0, 0, 0, 0, 10, 0, 8, 0, 0}}, \
	{"mix_web",          {15000, 1, 1, 800, 0, 0, 0, 60, 0, 4, 20, 0}}, \
	{"mix_database",     {10000, 1, 2, 4000, 0, 0, 0, 40, 0, 2, 40, 0}}, \
	{"mix_files",        {2000, 0, 2, 200, 0, 0, 0, 50, 0, 0, 150, 0}}, \
	{"mix_build",        {40000, 1, 1, 2000, 0, 0, 0, 50, 64, 0, 20, 1}}, \
	{"mix_cpuid",        {10000, 2, 0, 200, 4, 0, 0, 20, 0, 0, 0, 0}}, \
	{"mix_all",          {10000, 2, 1, 500, 2, 0, 0, 30, 64, 2, 10, 0}}, \
	{"mix_bare_compute", {30000, 6, 1, 2000, 0, 0, 0, 0, 0, 0, 0, 0}}, \
	{"mix_bare_float",   {1000, 40, 1, 100, 0, 0, 0, 0, 0, 0, 0, 0}}, \
	{"mix_bare_memory",  {100, 1, 6, 8000, 0, 0, 0, 0, 0, 0, 0, 0}}, \
	{"mix_bare_exits",   {10000, 1, 1, 200, 6, 0, 0, 0, 0, 0, 0, 0}}, \
	{"mix_bare_calls",   {10000, 2, 1, 500, 2, 0, 4, 0, 0, 0, 0, 0}}, \
	{"mix_bare_io",      {40000, 4, 1, 800, 1, 2, 0, 0, 0, 0, 0, 0}}, \
	{"mix_bare_all",     {20000, 10, 2, 3000, 2, 0, 1, 0, 0, 0, 0, 0}}, \
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sources of the guests, taken in by the assembler as they stand in guests/. */
#include "models/hypervisor/programs.h"

#include <stddef.h>
#include <string.h>

#define SOURCE(name, file) \
	__asm__(".section .rodata\n.global " #name "\n.type " #name ", @object\n" #name \
	        ":\n.incbin \"models/hypervisor/guests/" file "\"\n.byte 0\n.size " #name ", . - " #name \
	        "\n.previous\n"); \
	extern const char name[]

SOURCE(program_compute, "compute.s");
SOURCE(program_console, "console.s");
SOURCE(program_toy_os, "toy_os.s");
SOURCE(program_mirror, "mirror.s");
SOURCE(program_to_user, "to_user.s");
SOURCE(program_monitor, "monitor.s");

const struct program program_table[] = {
	{"compute", "a sieve of primes: hardly a sensitive instruction", program_compute},
	{"console", "writes a text: every fifth instruction is privileged", program_console},
	{"toy_os",
         "an operating system: four processes, system calls, a timer, a process that reaches too far",
         program_toy_os},
	{"mirror", "asks for its mode and its relocation register, in both modes", program_mirror},
	{"to_user", "enters user mode by jrst, as monitors of the PDP-10 did", program_to_user},
	{NULL, NULL, NULL},
};

const struct program *program_find(const char *name)
{
	for (const struct program *p = program_table; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last words of a process that cannot go on. */
#include "sim/fault.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The one mutable file-scope variable of sim/: an ASSERT anywhere must find the run, and cannot be
 * passed it. */
static _Thread_local struct fault_context *current;

struct fault_context *fault_context_swap(struct fault_context *context)
{
	struct fault_context *before = current;
	current = context;
	return before;
}

void fault_assert(const char *expression, const char *file, int line)
{
	fflush(stdout);
	fprintf(stderr, "vdcsim: our mistake: %s:%d: '%s' does not hold\n", file, line, expression);
	if (current) {
		fprintf(stderr,
		        "vdcsim: in run '%s', seed %" PRIu64 ", at %" PRId64 ".%09" PRId64 " s, event '%s'\n",
		        current->run ? current->run : "(no name)", current->seed,
		        current->now_ns / 1000000000, current->now_ns % 1000000000,
		        current->event ? current->event : "(none)");
	}
	abort();
}

void fault_surroundings(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fflush(stdout);
	fputs("vdcsim: error: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(EXIT_SURROUNDINGS);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do when things go wrong that are not the user's input: our mistakes and the surroundings.
 *
 * ASSERT   our mistake; always compiled in, so keep it cheap. Prints the expression, the place, and the run,
 *          seed, simulated time and event that were under way; then SIGABRT. Never handled in the process.
 * CHECK    our mistake, but dear to test (heap order, sums over all hosts); compiled in with -DCHECKS=1
 *          (debug builds and tests), nothing otherwise.
 * fault_surroundings   disk full, memory, a file that vanished: one message with the cause, exit status 3.
 * fault_comparison     nothing here: exit status 1 is the command line's own affair.
 *
 * Bad input is neither: it is collected by scenarios/diag.h and ends with exit status 2. */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdint.h>

enum exit_status { EXIT_DONE = 0, EXIT_COMPARISON = 1, EXIT_INPUT = 2, EXIT_SURROUNDINGS = 3 };

/* What a failing ASSERT says about where the run was. The engine keeps one up to date while it runs. */
struct fault_context {
	const char *run;       /* scenario name, or NULL */
	uint64_t seed;
	int64_t now_ns;
	const char *event;     /* name of the event type under way, or NULL */
};

/* Makes `context` the one that ASSERT prints in this thread, and returns the one that was (may be NULL).
 * The pointer must stay valid until it is replaced. */
struct fault_context *fault_context_swap(struct fault_context *context);

_Noreturn void fault_assert(const char *expression, const char *file, int line);

/* Prints "vdcsim: error: <message>" on stderr and exits with status 3. printf-like. (Of the two ways to say
 * that it does not return, cppcheck knows this one.) */
void fault_surroundings(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#define ASSERT(x) ((x) ? (void)0 : fault_assert(#x, __FILE__, __LINE__))
#ifdef CHECKS
#define CHECK(x) ASSERT(x)
#else
#define CHECK(x) ((void)sizeof(x))
#endif

#endif

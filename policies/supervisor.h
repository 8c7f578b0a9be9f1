/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches over a run whose policy is a plug-in: foreign code, which may crash or never come back.
 *
 * Before the first plug-in is loaded the process forks. The child goes on and is the run; the parent does
 * nothing but wait for it, and ends as the child ended. Both share one page, in which the control loop writes
 * down whom it is asking what (struct watch). A child that dies by a signal, or that spends more CPU on one
 * question than the budget, is told by the plug-in's name, question and simulated time, and the run is lost:
 * exit status 3, nothing half-written. A failing ASSERT of our own while nobody is being asked stays SIGABRT.
 */
#ifndef POLICIES_SUPERVISOR_H
#define POLICIES_SUPERVISOR_H

#include <stdint.h>

#define WATCH_NAME 64

/* In memory that both processes see. Written by the child alone. */
struct watch {
	volatile uint64_t asked;       /* questions so far; odd while one is being answered */
	volatile int64_t now_ns;       /* simulated */
	volatile double budget_s;      /* CPU for one question */
	char question[WATCH_NAME];
	char policy[WATCH_NAME];
};

/* Forks; returns in the child, with the page. Where there is no second process to be had, that is told and
 * the program ends with status 3. */
struct watch *supervisor_begin(double budget_s);

/* The control loop says whom it asks what, and that it was answered. `watch` may be NULL. */
void watch_asks(struct watch *watch, const char *policy, const char *question, int64_t now_ns);
void watch_answered(struct watch *watch);

#endif

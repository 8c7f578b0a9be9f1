/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small world under a control loop that looks each 100 s, with policies for its questions written by
 * hand: hosts of 1000 Hz and 8 GiB, guests of 1 GiB that demand all of their size, or what a plan says. A
 * move takes 8.59 s. */
#ifndef TESTS_POLICIES_LOOPED_H
#define TESTS_POLICIES_LOOPED_H

#include "policies/control.h"
#include "tests/models/small.h"

#define LOOPED_NOTES 512
#define ACT(when, what, guest, where, n) \
	{.at_ns = when, .kind = ACTION_##what, .vm = guest, .host = where, .order = n, .into = ID_NONE}
#define ACT_BY(when, what, where, n, deadline) \
	{.at_ns = when, .kind = ACTION_##what, .vm = ID_NONE, .host = where, .order = n, .into = ID_NONE, \
	 .by_ns = deadline}

struct looped {
	struct small s;
	struct control control;
	struct loop_rules rules;       /* may be changed before looped_start */
	struct note log[LOOPED_NOTES];
	uint32_t noted;
};

/* By demand, with wake and target_check, 4 samples of history; targets: first fit. */
void looped_open(struct looped *l, uint32_t hosts);
void looped_start(struct looped *l, const struct action *actions, uint32_t n);
void looped_close(struct looped *l);

/* A guest that runs on a host and demands all of its cpu_hz. */
uint32_t looped_guest(struct looped *l, int64_t cpu_hz, uint32_t host);

uint32_t looped_host_of(const struct looped *l, uint32_t vm);
/* The k-th note of a kind, or NULL. */
const struct note *looped_note(const struct looped *l, enum note_kind kind, uint32_t k);
/* How often something was refused for this reason. */
uint64_t looped_refused(const struct looped *l, const char *why);

/* Overloaded above 80 % of the CPU; selects the first guest of the list that moves. */
extern const struct policy looped_threshold;
/* Drains the host of least demand that is on, has guests, and is neither closed nor tried. */
extern const struct policy looped_drain;

#endif

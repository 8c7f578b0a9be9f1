/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One round of consolidation, in thought: hotspots are relieved, then hosts that hardly work are emptied.
 *
 *   1. every host that is on and has guests is asked about: overloaded? Those that are take nobody; 2. of
 *   each, guests are selected until it is overloaded no longer, or none is left; 3. the selected ones, by
 *   demand downwards, get targets; one that finds none stays where it is; 4. as long as the policy names
 *   a host to drain: all of its guests, by demand downwards, get targets, and
 *      if one finds none, or the moves are not worth it, all stay. Hosts without guests are no targets
 *      here.
 *
 * Hosts that sleep are woken for guests of hotspots, if no other host will do and rules.wake of the look
 * allows it.
 *
 * (Beloglazov and Buyya 2012, with each step a question of its own.) What came out is a list of moves; the
 * view stands as if they were done. A policy that names what it may not is refused, counted, and not asked
 * again for that host, or in that round. */
#ifndef POLICIES_ROUND_H
#define POLICIES_ROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "policies/look.h"
#include "policies/questions.h"
#include "policies/reasons.h"
#include "policies/targets.h"

struct round_rules {
	bool target_check;             /* no target may become overloaded, unless it is empty */
	bool kept_take;                /* a host that was not emptied may take guests in the same round */
};

struct round_move {
	uint32_t guest, from, to;
	enum question why;             /* ASK_OVERLOAD, ASK_UNDERLOAD, who asked; QUESTIONS: maintenance */
};

struct round_out {                     /* a guest that is to go */
	int64_t demand_hz;
	uint32_t guest, order;
};

struct round {
	struct look *look;
	const struct questions *questions;
	struct targets *targets;
	struct reasons *reasons;
	struct round_rules rules;
	struct round_move *moves;      /* agreed in this round, in order */
	uint32_t move_count, move_room;
	struct round_out *out;
	uint32_t out_count, out_room;
	uint32_t *over;                /* hosts found overloaded */
	uint32_t over_count, over_room;
	uint32_t *tabu;                /* hosts closed for the guest at hand */
	uint32_t tabu_count, tabu_room;
	struct policy_move *offer;     /* for `worth` */
	uint32_t offer_room;
};

void round_free(struct round *r);

/* A whole round on a view that was refreshed. Afterwards the marks of the round are cleared. */
void round_go(struct round *r);

/* Every guest of the host that can move gets a target, if there is one; the others stay. */
void round_evacuate(struct round *r, uint32_t host);

/* A target for a guest that was lifted; lands it there and agrees. False: it is still in the air. */
bool round_settle(struct round *r, uint32_t guest, enum question why);

#endif

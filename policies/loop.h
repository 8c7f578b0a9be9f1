/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of the control loop that looks: at each interval it brings the policies' view up to date, asks
 * their questions, and carries out what they agreed on.
 *
 * A look, in order: hosts under maintenance, a round of consolidation (round.h), `balance`, `power`.
 * Moves are asked for when the round is over, or the policy has returned; what cannot be after all is
 * refused and counted. A target that is off or asleep (rules.look.wake) is woken first, and the move
 * waits for it.
 *
 * Between looks: when a host fails, the failure policy is told who was lost, `failure_delay_ns` later; a
 * host that was to be emptied by a deadline is reported when it is empty, or at the deadline. */
#ifndef POLICIES_LOOP_H
#define POLICIES_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/vm_life.h"
#include "models/migration/migration.h"
#include "policies/look.h"
#include "policies/plan.h"
#include "policies/questions.h"
#include "policies/reasons.h"
#include "policies/round.h"
#include "policies/targets.h"

struct loop_rules {
	struct look_rules look;
	struct round_rules round;
	struct question_choice choices[QUESTIONS];
	double monitor_s;              /* CPU time of a core that a look at one guest takes on its host */
	int64_t failure_delay_ns;      /* until a failed host is noticed */
	struct watch *watch;           /* told of every question; may be NULL */
};

/* What the loop needs of control.h, which knows it. */
struct loop_hooks {
	void *context;
	void (*refresh)(void *context); /* takes the world's list of changed hosts, and tells loop_changed */
	void (*queue)(void *context, uint32_t guest); /* starts where placement finds room, or waits for it */
	int64_t (*waiting_hz)(void *context); /* size of the guests that wait for room */
	const struct policy_host *hosts; /* entries that admission works with */
	const struct policy_on_kind *on_kind;
};

struct loop_failure {
	uint32_t host, first, count;   /* into lost */
	int64_t at_ns;                 /* when it failed, or is expected to */
};

struct loop_maintenance {
	uint32_t host;
	int64_t since_ns, deadline_ns; /* TIME_MAX_NS: none */
	bool reported;
};

struct loop {
	bool open;
	struct world *world;
	struct lifecycle *life;
	struct migrations *migrations;
	struct loop_rules rules;
	struct loop_hooks hooks;
	struct look look;
	struct questions questions;
	struct targets targets;
	struct reasons reasons;
	struct round round;
	struct plan plan;
	event_type looks, woken, fails, deadline;
	struct loop_failure *failures;
	uint32_t failure_count, failure_room, failure_next;
	uint32_t *lost;
	uint32_t lost_count, lost_room;
	struct loop_maintenance *maintenance;
	uint32_t maintenance_count, maintenance_room;
	int64_t *monitored_hz;         /* [host]: CPU that looks take, as it was last set */
	int64_t *moving_hz;            /* world.moving_hz, where the loop had to make it */
	uint64_t rounds, moves;        /* looks so far; moves that were asked for and begun or let wait */
};

/* Registers event types and opens the policies, on the finished world. The first look is an interval after
 * the start. */
void loop_open(struct loop *loop, struct lifecycle *life, struct migrations *migrations,
               const struct loop_rules *rules, const struct loop_hooks *hooks);
void loop_close(struct loop *loop);

/* The host has changed; from the world's list. */
void loop_changed(struct loop *loop, uint32_t host);
/* Somebody foresees that the host will fail at that time, rightly or wrongly: the failure policy is told
 * now. */
void loop_foresee(struct loop *loop, uint32_t host, int64_t expected_ns);
/* A host came on, or a guest left it. */
void loop_room(struct loop *loop, uint32_t host);

/* Empties a host by a deadline, and closes it until it is opened again. NULL, or why not. */
const char *loop_maintain(struct loop *loop, uint32_t host, int64_t deadline_ns);
const char *loop_maintain_end(struct loop *loop, uint32_t host);

#endif

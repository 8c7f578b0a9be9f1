/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control loop: takes requests for guests, asks the policy, checks its answer, carries it out.
 *
 * Guests are asked for at their start times, in order of (time, priority downwards, id): one
 * event for all that share a time. A request that finds no room waits (and is tried again,
 * oldest first within its priority, whenever room appears) or is refused, as the scenario
 * says; either is a note and is counted. An answer that does not fit is refused and counted
 * as a note too (NOTE_PLAN_REFUSED): a policy can be wrong but cannot break the world.
 *
 * The scenario's own actions (migrate, host off, ...) go through the same checks.
 *
 * With loop_rules it also looks at hosts and guests at intervals, and lets policies move what runs
 * (loop.h). */
#ifndef POLICIES_CONTROL_H
#define POLICIES_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/vm_life.h"
#include "models/migration/migration.h"
#include "models/world.h"
#include "policies/action.h"
#include "policies/loop.h"
#include "policies/policy.h"
#include "policies/scores.h"
#include "policies/supervisor.h"
#include "policies/waiting.h"

struct admission {
	/* limit = capacity * ratio; > 0 */
	double cpu_overcommit, ram_overcommit, disk_overcommit;
	bool wait;              /* a request without room waits; else it is refused */
};

struct control {
	struct world *world;
	struct lifecycle *life;
	struct migrations *migrations;
	const struct policy *policy;
	void *state;
	struct watch *watch;          /* told of every question, where a policy is a plug-in; else NULL */
	struct admission admission;
	struct policy_view view;
	struct policy_host *hosts;
	struct policy_on_kind *on_kind; /* [guest type][host type], where some host has a hypervisor */
	uint32_t *order;              /* guests by (start, priority downwards, id) */
	uint32_t order_next;
	struct scores scores;         /* what the policy thinks of the hosts, if it has scores */
	struct waiting waiting;       /* guests that wait */
	uint32_t waiting_count;       /* with those that were stopped since the last retry */
	uint32_t waiting_stopped;
	uint32_t waiting_inside;      /* of those, how many wait for the guest that is to hold them */
	const struct action *actions; /* by time, stable */
	uint32_t action_count, action_next;
	event_type arrive, act, retry;
	event_id retry_event;
	/* Told of each action that could not be carried out; may be NULL. */
	void (*refused)(void *context, const struct action *action, const char *why);
	void *refused_context;
	/* Set before control_start: look at intervals; NULL: nothing looks. */
	const struct loop_rules *loop_rules;
	struct loop loop;
};

/* Registers its event types and hooks into lifecycle. */
void control_open(struct control *c, struct world *world, struct lifecycle *life,
                  struct migrations *migrations, const struct policy *policy);

/* Opens the policy on the finished world and asks for the first arrival and action. `values` are the
 * policy's parameters in the order of its table; `actions` are in order of time and must outlive the
 * control. */
void control_start(struct control *c, const struct admission *admission, const double *values,
                   const struct action *actions, uint32_t n);
void control_close(struct control *c);

#endif

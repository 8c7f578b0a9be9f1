/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control loop's view of the world: what policies see of hosts and guests, and what it would be after
 * the moves that they have agreed on so far.
 *
 * look_refresh brings the view up to date. Lists and books are made anew only for hosts on which
 * something changed; demand is read of every guest, since every guest's demand may change between two
 * looks. It is read off the demand plans where hosts are plain (no hypervisor, no nested guests, ...), so
 * that a host which nobody touches is still walked through time in long batches; else off the hosts,
 * walked up to now.
 *
 * In thought. A guest is lifted from its host and landed on another (or again at home); lists, demand and
 * books follow at once, and every sum is a whole number, so that a guest which is lifted and landed at home
 * leaves no trace. Three rules keep thought close to what can be carried out:
 *   - memory and disk of a guest that leaves stay booked where it is: its move takes time, and the target
 *     is booked before the first byte. CPU goes along.
 *   - a move never overcommits memory or disk (models/migration), whatever admission does; a start may;
 *   - a guest that is on its way, or agreed to go, is on its target's list, and cannot be agreed to move
 *     again.
 *
 * What packing counts (cpu_booked_hz, and cpu_hz of a move) is size, as admission does, or demand: then a
 * host's limit is what it has, without overcommitment.
 *
 * A guest's history is a ring of its last samples, one a look; a host's is the sum over its list, so that
 * it follows guests in thought too. */
#ifndef POLICIES_LOOK_H
#define POLICIES_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "models/migration/moves.h"
#include "models/world.h"
#include "policies/policy.h"

struct look_rules {
	bool by_demand;                /* what packing counts; else by size */
	bool wake;                     /* hosts that are off or asleep may be targets, if no other will do */
	uint32_t history;              /* samples kept of each guest; 0: none */
	int64_t interval_ns;           /* between two samples; told to policies */
};

/* A move agreed and not over: the guest still runs on `from`, or is on both. */
struct look_flight {
	uint32_t guest, from, to;
	bool waits;                    /* for its target to wake */
	uint32_t why;                  /* enum question; for whoever carries it out */
};

struct look {
	struct world *world;
	struct migrations *migrations;
	struct look_rules rules;
	struct policy_view view;
	struct policy_host *hosts;
	struct policy_guest *guests;
	uint32_t *first;               /* [host]: view.first_guest */
	uint32_t *home;                /* [guest]: host that it runs on; ID_NONE */
	const struct policy_on_kind *on_kind; /* [guest type][host kind], or NULL */
	const struct policy_host *limits; /* [host]: of admission */
	bool *maintained;              /* [host]: closed for good, until it is not */

	uint32_t *dirty;               /* hosts whose lists and books are to be made anew */
	bool *is_dirty;
	uint32_t dirty_count;
	struct look_flight *flights;   /* in order of agreement */
	uint32_t flight_count, flight_room;
	bool *flying;                  /* [guest]: has a flight */
	uint32_t *marked;              /* hosts closed or tried in this round */
	uint32_t marked_count, marked_room;
	bool *is_marked;

	bool exact;                    /* demand is read off hosts that were walked up to now */
	struct demand_cursor *cursors; /* [plan]: where regular ones stand; else not begun */
	float *past;                   /* [guest][rules.history]: utilisation, a ring */
	uint32_t *kept;                /* [guest]: samples ever kept */
	uint32_t samples;              /* looks that kept one */

	/* Told of each host whose entry has changed; may be NULL. */
	void (*touched)(void *context, uint32_t host);
	void *touched_context;
};

/* `limits` are the entries that admission works with, and outlive the look. */
void look_open(struct look *look, struct migrations *migrations, const struct look_rules *rules,
               const struct policy_host *limits, const struct policy_on_kind *on_kind);
void look_close(struct look *look);

/* Something on the host has changed: its state, its books, who is on it and in which state. */
void look_changed(struct look *look, uint32_t host);

/* Brings the view up to date; with `sample`, reads every guest's demand and keeps it as history. */
void look_refresh(struct look *look, bool sample);

/* A guest's request for room elsewhere (or, lost, anywhere). */
struct policy_request look_request(const struct look *look, uint32_t guest);
/* NULL: the host would take it, now or when it has woken; else why not. */
const char *look_refuses(const struct look *look, const struct policy_request *request, uint32_t host);

/* Does it sleep, or is it on its way up, and may it be woken for a guest? */
bool look_wakes(const struct look *look, uint32_t host);

/* In thought. A guest is lifted once and then landed, anywhere or at home. */
void look_lift(struct look *look, uint32_t guest);
void look_land(struct look *look, uint32_t guest, uint32_t host);
/* A guest that is on no host is to start there. */
void look_start(struct look *look, uint32_t guest, uint32_t host);
/* Agreed moves are flights once they have been asked for. */
void look_fly(struct look *look, const struct look_flight *flight);

/* Marks of this round. */
void look_close_host(struct look *look, uint32_t host, bool closed);
void look_tried(struct look *look, uint32_t host);
void look_marks_clear(struct look *look);

/* The state that a host is in for a policy. */
enum policy_host_state look_state(enum host_state state);

/* How long a move would take on the links as they are. */
int64_t look_move_ns(const struct look *look, uint32_t guest, uint32_t to);

/* ASSERTs that lists and sums are what one would find anew. O(hosts + guests): for tests. */
void look_check(const struct look *look);

/* Between the files of the look. */
void look_demand_open(struct look *look);
void look_demand_close(struct look *look);
/* Where demand stands now; before any of the following. */
void look_demand_begin(struct look *look);
/* A host's guests are about to be read. */
void look_demand_host(struct look *look, uint32_t host);
/* Reads one guest's demand. */
void look_demand_guest(struct look *look, uint32_t guest);
/* Reads all guests' demand, sums it over hosts, and keeps a sample. */
void look_demand_all(struct look *look);
/* Puts a guest into a host's list: at its place in the order of arrival if it runs there, else at the
 * end. */
void look_link(struct look *look, uint32_t guest, uint32_t host);

#endif

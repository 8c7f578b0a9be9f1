/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of sim/flow.h share: the state of a network of flows, and how it is kept fair.
 *
 * Each flow is held by one of its links, its holder; a ceiling is a link of its own that only this flow
 * crosses. The flows that link j carries and link g holds are one group, (j, g): j needs to know of them
 * only their weight and the level of g. A link is *fair* when its level is the least F with
 *     sum over groups below F of weight * level  +  (F + 1) * weight of all others  >  capacity,
 * its own flows being among the others, and no group on it has a higher level. When all links are fair the
 * rates are the max-min ones, and these are unique (by induction from the lowest level up). So links are
 * looked at one by one, in the order in which they became doubtful, until none is: a link computes its
 * level and takes over the flows of groups above it; groups of flows that it holds elsewhere hear of the
 * new level. The lowest level is right after one look, then the next lowest, and so on, whatever the start
 * (the argument of Charny, Clark and Jain, ICC 1995, for a distributed computation of the same rates).
 *
 * Two kinds of links keep this cheap. An *alert* link holds flows, or nearly does: its groups are told of
 * every change of level, and stand in a heap by level, so that it sees at once whether some are above its
 * own. A *calm* link has room: it promises each group a level (`seen`) up to which that may rise, the sum of
 * all promises staying below its capacity, and is looked at only when a promise is exceeded. Thus the
 * thousands of network cards behind one full core link are not touched when the core's level moves.
 *
 * Flows that a link holds progress together: `progress` is the integral of the level, and a flow ends when
 * it reaches `joined` + bits left / weight, a number that no change of level moves. */
#ifndef SIM_FLOW_NET_H
#define SIM_FLOW_NET_H

#include "sim/event.h"
#include "sim/flow_heap.h"
#include "sim/time.h"
#include "sim/wide.h"

#define FLOW_SLOTS 17                           /* FLOW_LINKS and one for the ceiling */
#define FLOW_LEVEL_BITS 20                      /* levels are in 2^-20 bit/s */
#define FLOW_BIT ((wide)NS_PER_S << FLOW_LEVEL_BITS)   /* a bit, in units of level * ns */
#define FLOW_FREE ((wide)1 << 120)              /* the level of a link that need not hold anybody */

/* The flows on `link` that `holder`, another link, holds. It may be empty for the rest of an instant. */
struct flow_group {
	uint32_t link, holder;
	uint32_t first;                 /* slot of its first flow: flow * FLOW_SLOTS + index of the link */
	uint32_t at_link, at_active;    /* where it is in the arrays of link and holder */
	bool idle;                      /* it is in flows.idle */
	int64_t weight;
	wide seen;                      /* level of the holder (alert), or what is promised (calm) */
};

struct flow_ids {
	uint32_t *at, count, room;
};

struct flow_link {
	wide capacity;                  /* 2^-20 bit/s */
	wide level, progress;           /* of the flows that it holds; progress at since_ns */
	wide used;                      /* sum over its groups of weight * seen */
	int64_t since_ns;
	int64_t weight, held_weight;    /* of all its flows; of those that it holds */
	uint32_t flow_count;
	bool alert, doubted, untimed;
	struct flow_ids groups;         /* (this, g) for all g */
	struct flow_ids active;         /* (j, this) for alert j */
	struct flow_heap promises;      /* (j, this) for calm j, by seen */
	struct flow_heap above;         /* its groups by -seen, when alert */
	struct flow_heap ends;          /* the flows that it holds and that end, by the progress at which */
};

struct flow {
	wide sent;                      /* before it came to its holder, in units of level * ns */
	wide joined;                    /* the holder's progress at that moment */
	int64_t bits;
	uint64_t tag;
	uint32_t weight, holder;
	uint32_t slots;                 /* of links; 0: the flow is not */
	uint32_t ceiling;               /* slot of its ceiling, FLOW_NOWHERE */
	uint32_t due;                   /* where it is in flows.due, FLOW_NOWHERE */
	bool open;
	uint32_t links[FLOW_SLOTS], groups[FLOW_SLOTS], next[FLOW_SLOTS], previous[FLOW_SLOTS];
};

struct flows {
	struct engine *engine;
	event_type type;
	event_id event;                 /* for the next completion, or for settling */
	int64_t event_ns;
	void (*done)(void *context, uint32_t flow, uint64_t tag);
	void *context;
	bool firing, unsettled;

	struct flow_link *links;
	uint32_t *link_place;           /* in timed */
	uint32_t link_count, link_room;
	struct flow_ids links_free;     /* of ceilings that are gone */
	struct flow_ids doubted;        /* a queue: the first is doubted_first */
	uint32_t doubted_first;
	struct flow_ids untimed;        /* links whose next completion must be found anew */
	struct flow_heap timed;         /* links by the time of their next completion */

	struct flow *flows;
	uint32_t *flow_place;           /* in the holder's ends */
	uint32_t flow_count, flow_room;
	struct flow_ids flows_free;
	struct flow_ids due;            /* whose last bit is through, during the event */

	struct flow_group *groups;
	uint32_t *group_place;          /* in the holder's promises or in the link's above */
	uint32_t group_count, group_room;
	struct flow_ids groups_free, idle, taken;
	uint32_t *table, table_mask;    /* (link, holder) to group, open addressing */
};

static inline int64_t flows_now_ns(const struct flows *f)
{
	return engine_now_ns(f->engine);
}

void flow_ids_push(struct flow_ids *ids, uint32_t id);

/* flow_group.c: groups, and which flows are in them. */
void flow_hold(struct flows *f, uint32_t flow, uint32_t link);
void flow_unhold(struct flows *f, uint32_t flow);
/* The group's `seen`, and with it the link's `used`; the caller sees to the heaps. */
void flow_group_see(struct flows *f, uint32_t group, wide level);
void flow_link_alert(struct flows *f, uint32_t link, bool alert);
void flow_groups_sweep(struct flows *f);
void flow_groups_fini(struct flows *f);

/* flow_level.c: fairness. */
wide flow_link_progress(const struct flows *f, const struct flow_link *x);
void flow_link_doubt(struct flows *f, uint32_t link);
void flow_link_untimed(struct flows *f, uint32_t link);
void flow_link_level(struct flows *f, uint32_t link, wide level);
void flows_settle(struct flows *f);

#endif

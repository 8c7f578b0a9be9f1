/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the discrete scheduler: what cores, groups and vCPUs are, and what a kind must provide.
 *
 * A host is a set of cores. Each core has one lane a rank: a queue of the vCPUs of that rank that wait there
 * (the running one is in no queue). The rank is 2 * priority, plus 1 while the group has reserved time left;
 * the core takes from its highest lane that is not empty, and only within a lane does the kind decide.
 *
 * Time moves from alarm to alarm (quantum_alarm.h): one alarm a core (the end of what it does now), one a
 * vCPU (its next period or wake-up), one a group (its next refill), and a few of the host's own. All that is
 * due at an instant is done before cores decide, so that the order of wake-ups within it hardly matters.
 *
 * Virtual time is ns of a vCPU of weight 1024 (Linux's NICE_0): it grows by ran * 1024 / weight. */
#ifndef MODELS_HYPERVISOR_QUANTUM_KIND_H
#define MODELS_HYPERVISOR_QUANTUM_KIND_H

#include "models/hypervisor/quantum.h"
#include "models/hypervisor/quantum_alarm.h"
#include "models/hypervisor/quantum_line.h"
#include "sim/random.h"
#include "sim/wide.h"

#define QUANTUM_NONE UINT32_MAX
#define QUANTUM_NEVER INT64_MAX
#define QUANTUM_ENDLESS (INT64_MAX / 4) /* work that never ends: a sum of two of it does not overflow */
#define QUANTUM_RANKS (2 * QUANTUM_PRIORITIES)
#define QUANTUM_LOAD_SHIFT 10           /* loads are weights with 10 more bits, as Linux has them */
#define QUANTUM_LOAD_ONE ((int64_t)1024 << QUANTUM_LOAD_SHIFT) /* of an ordinary vCPU */
#define QUANTUM_INVERSE_SHIFT 44        /* inverse = LOAD_ONE * 2^44 / load */

enum quantum_state { QUANTUM_ASLEEP, QUANTUM_READY, QUANTUM_RUNNING, QUANTUM_THROTTLED };

/* Why a vCPU joins a queue. */
enum quantum_join {
	QUANTUM_NEW,       /* for the first time */
	QUANTUM_WOKEN,     /* it slept */
	QUANTUM_EXPIRED,   /* its slice is over */
	QUANTUM_PREEMPTED, /* somebody took its core */
	QUANTUM_MOVED      /* from another lane, where it was waiting; or it was throttled */
};

struct quantum_lane {           /* those of one rank at one core */
	struct quantum_line queue;   /* in the kind's order */
	struct quantum_line later;   /* EEVDF: not known to be eligible, by virtual time */
	uint32_t waiting;            /* in both */
	uint32_t members;            /* waiting, and the running one if it is of this rank */
	int64_t load;                /* of the members */
	int64_t floor;               /* CFS: least virtual time, never falls; stride: the lane's pass */
	wide weighted;               /* EEVDF: sum of load * virtual time over the members */
};

struct quantum_core {
	uint32_t running;            /* QUANTUM_NONE: idle */
	uint32_t last;               /* who ran last, perhaps still */
	uint32_t keeper;             /* who steps down now, and may keep the core after all */
	uint32_t shown;              /* who runs, as the watcher knows it */
	uint32_t rank;               /* of the running one */
	uint32_t waiting;            /* in all lanes */
	uint64_t ranks;              /* bit r: lane r is not empty */
	int64_t since_ns;            /* accounted for until here; after now: still switching */
	int64_t start_ns;            /* when it was put here */
	int64_t slice_ns;            /* when its slice ends, if somebody waits */
	int64_t preempt_ns;          /* when it must go because of a wake-up */
	uint32_t in_vain;            /* Linux: looks for balance that moved nothing, though there was none */
	int64_t protect_ns;          /* EEVDF: the deadline, in virtual time, with which it came here */
	struct quantum_core_counts counts;
	int64_t idle_since_ns;
};

struct quantum_seat {           /* one vCPU */
	/* what a switch touches */
	enum quantum_state state;
	uint32_t core;               /* where it is, or was last */
	uint32_t ran_on;             /* where it ran last; QUANTUM_NONE: nowhere yet */
	uint32_t rank;               /* of the lane it is in */
	uint32_t group;
	int64_t load, inverse;
	int64_t virtual_ns, deadline_ns; /* credit: the class is in `class` */
	int64_t left_ns;             /* work until it sleeps */
	int64_t lock_left_ns;        /* SPIN: work until it wants the lock, or until it lets it go */
	int64_t grant_ns;            /* of the group's purse, while it runs */
	int64_t reserve_ns;          /* of the group's reservation, while it runs */
	int64_t state_since_ns;
	struct quantum_counts counts;
	/* what a wake-up touches */
	int64_t woken_ns;            /* QUANTUM_NEVER: it has run since */
	int64_t lag_ns;              /* EEVDF: what it was owed when it left; stride: its lead */
	int64_t credit_ns;           /* credit: while it is in no book; then there */
	uint32_t class;              /* credit */
	uint32_t place;              /* credit: in the book */
	uint32_t lock;               /* enum quantum_lock */
	int64_t load_of;             /* the group's sum for which `load` was computed; 0: none */
	int64_t period_ns;           /* when the period under way ends; QUANTUM_NEVER: none does */
	int64_t busy_since_ns;       /* demand of an endless one is counted from here */
	int64_t added_ns, spin_since_ns;
	bool used, fresh, endless, begun;
	bool delayed;                /* EEVDF: asleep, but still in its lane */
	bool active;                 /* credit: takes part in accountings: is in the book */
	uint32_t next;               /* of the group; or the next free number */
	struct quantum_vcpu is;
};

enum quantum_lock { QUANTUM_LOCK_OUT, QUANTUM_LOCK_WANTED, QUANTUM_LOCK_HELD };

struct quantum_team {           /* one group */
	struct quantum_group is;
	bool used;
	bool limited;                /* has a cap or a reservation: its runs are counted */
	bool dry;                    /* nobody may start until the next refill */
	uint32_t rank;
	uint32_t first, members;     /* its vCPUs */
	uint32_t next_free;
	int64_t runnable;            /* sum of the vCPUs' weights that are not asleep */
	int64_t purse_ns, reserve_ns; /* left in this period, not yet handed to a core */
	int64_t period_ns, origin_ns;
	uint32_t holder;             /* of the spin lock */
	int64_t pass_ns;             /* gangs: CPU used over weight */
	bool planned, fits, ran;     /* gangs: in the plan; in the one being made; runnable at the last one */
	uint64_t throttles;
	uint64_t latency[QUANTUM_LATENCY_BINS]; /* of its vCPUs' wake-ups */
};

/* Credit: those that take part in accountings, in arrays, since most of an accounting is adding. */
struct quantum_book {
	uint32_t count, room;
	uint32_t *seat;
	int64_t *credit_ns;
	int64_t *earns_ns;           /* in an accounting */
	int64_t *standing;           /* -1: OVER, 0: UNDER, 1: BOOST */
	bool stale;                  /* one has come or gone or has another load: earns_ns is out of date */
};

struct quantum_kind {
	/* v joins the lane of its core: sets its order. Its load is up to date, the lane's sums not yet. */
	void (*join)(struct quantum *q, struct quantum_lane *lane, uint32_t v, enum quantum_join why);
	/* The next to run is taken out of the queues, which are not empty. */
	uint32_t (*pick)(struct quantum *q, struct quantum_lane *lane);
	/* v has run for ran_ns more. NULL: nothing to do. */
	void (*charge)(struct quantum *q, struct quantum_lane *lane, uint32_t v, int64_t ran_ns);
	/* When the running v should be looked at again, somebody of its rank waiting; now or later. */
	int64_t (*until)(struct quantum *q, struct quantum_lane *lane, uint32_t v);
	/* When v, which has just joined, takes the core from the one of its rank: NEVER, now, or later. */
	int64_t (*preempts)(struct quantum *q, struct quantum_lane *lane, uint32_t v);
	/* v changes lanes, having been in `from` last. NULL: nothing to do. */
	void (*move)(struct quantum *q, struct quantum_lane *from, struct quantum_lane *to, uint32_t v);
	/* v, which is in no queue any more, stops to be a member: its load is about to leave the sums. NULL:
	 * nothing to do. */
	void (*quit)(struct quantum *q, struct quantum_lane *lane, uint32_t v);
	/* The host's own timer; gives the next time. NULL: none. */
	int64_t (*timer)(struct quantum *q);
	/* v, asleep, leaves the host. NULL: nothing to do. */
	void (*forget)(struct quantum *q, uint32_t v);
};

extern const struct quantum_kind quantum_round_robin, quantum_stride, quantum_cfs, quantum_eevdf,
                                 quantum_credit;

struct quantum {
	int64_t now_ns, opened_ns;
	uint64_t seed;
	struct random_stream chance;
	uint32_t heavier;                /* cores of this parity pass for the heavier of two that are not */
	struct quantum_rules rules;
	const struct quantum_kind *kind;
	struct quantum_core *cores;
	struct quantum_seat *seats;
	struct quantum_team *teams;
	struct quantum_lane **lanes;     /* [rank]: one a core, or NULL */
	struct quantum_alarms at_core, timers;
	uint32_t core_count, seat_count, seat_room, team_count, team_room;
	uint32_t seat_free, team_free;
	uint32_t waiting;                /* ready vCPUs */
	uint32_t idle;                   /* idle cores */
	uint64_t ranks;                  /* bit r: some vCPU has had rank r, and so lanes[r] is there */
	uint64_t waiting_ranks;          /* bit r: waiting_of[r] > 0 */
	uint32_t waiting_of[QUANTUM_RANKS];
	int64_t busy_since_ns;
	int64_t *busy_ns;
	uint64_t latency[QUANTUM_LATENCY_BINS];
	uint32_t *plan, *trial;          /* gangs: who runs at each core; NULL where there are none */
	int64_t plan_until_ns;
	struct quantum_book book;
	quantum_watch_fn *watch;
	void *watch_context;
};

/* Alarms of `timers`, in the order in which those of one instant go off. */
enum { QUANTUM_ALARM_KIND, QUANTUM_ALARM_BALANCE, QUANTUM_ALARM_GANG, QUANTUM_ALARM_FIRST };
static inline uint32_t quantum_alarm_seat(uint32_t v) { return QUANTUM_ALARM_FIRST + 2 * v + 1; }
static inline uint32_t quantum_alarm_team(uint32_t g) { return QUANTUM_ALARM_FIRST + 2 * g; }

static inline struct quantum_lane *quantum_lane_of(struct quantum *q, uint32_t core, uint32_t rank)
{
	return &q->lanes[rank][core];
}

static inline int64_t quantum_virtual(const struct quantum_seat *s, int64_t ran_ns)
{
	return (int64_t)(wide_product(ran_ns, s->inverse) >> QUANTUM_INVERSE_SHIFT);
}

/* How long s must run until its virtual time has grown by `grown`, at least. */
static inline int64_t quantum_real(const struct quantum_seat *s, int64_t grown)
{
	wide scaled = wide_product(grown, s->load) + (QUANTUM_LOAD_ONE - 1);
	return (int64_t)(scaled >> (10 + QUANTUM_LOAD_SHIFT));
}

/* The first tick at or after t; t itself where there is no tick. */
static inline int64_t quantum_tick(const struct quantum *q, int64_t t)
{
	int64_t tick = q->rules.tick_ns;
	if (tick == 0)
		return t;
	int64_t past = (t - q->opened_ns) % tick;
	return past ? t + tick - past : t;
}

static inline bool quantum_allowed(const struct quantum_seat *s, uint32_t core)
{
	return !s->is.pinned || (core < 64 && (s->is.cores >> core & 1));
}

static inline void quantum_quit(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	if (q->kind->quit)
		q->kind->quit(q, lane, v);
	lane->members--;
	lane->load -= q->seats[v].load;
}

/* The end of the slice under way, if one followed another since it got the core. */
static inline int64_t quantum_slice_end(const struct quantum *q, uint32_t v)
{
	int64_t start_ns = q->cores[q->seats[v].core].start_ns, end_ns = start_ns + q->rules.slice_ns;
	if (end_ns >= q->now_ns)
		return end_ns;
	int64_t past_ns = (q->now_ns - start_ns) % q->rules.slice_ns;
	return past_ns ? q->now_ns + q->rules.slice_ns - past_ns : q->now_ns;
}

/* quantum_run.c: one core. All at q->now_ns. */
void quantum_settle(struct quantum *q, uint32_t core);   /* accounts for the running one until now */
void quantum_arm(struct quantum *q, uint32_t core);      /* sets the core's alarm */
void quantum_unseat(struct quantum *q, uint32_t core);   /* the running one leaves; the core decides anew */
void quantum_state_set(struct quantum *q, uint32_t v, enum quantum_state to);

/* quantum_place.c: queues of cores, and which of them. */
void quantum_load(struct quantum *q, uint32_t v);        /* brings a vCPU's load up to date */
void quantum_enqueue(struct quantum *q, uint32_t v, uint32_t core, enum quantum_join why);
uint32_t quantum_dequeue(struct quantum *q, uint32_t core, uint32_t rank);
void quantum_leave(struct quantum *q, uint32_t v);       /* a waiting one leaves its queue */
void quantum_put(struct quantum *q, uint32_t v, uint32_t core, enum quantum_join why);   /* and tells it */
void quantum_place(struct quantum *q, uint32_t v, enum quantum_join why); /* on the core that suits it */
void quantum_wake(struct quantum *q, uint32_t v, enum quantum_join why);
void quantum_sleep(struct quantum *q, uint32_t v);
void quantum_pull(struct quantum *q, uint32_t core);     /* takes the best of what waits elsewhere */
void quantum_offer(struct quantum *q, uint32_t core);    /* who waits there, to cores that would run it */

void quantum_dequeue_one(struct quantum *q, uint32_t v); /* v, which waits, is about to run at its core */
void quantum_changed(struct quantum *q);                 /* gangs: somebody woke or stopped */

/* quantum_gang.c */
void quantum_gang_plan(struct quantum *q);
uint32_t quantum_gang_next(struct quantum *q, uint32_t core);

/* quantum_balance.c */
void quantum_balance(struct quantum *q);

/* quantum_cap.c: caps and reservations. */
enum quantum_taken { QUANTUM_GO, QUANTUM_DRY, QUANTUM_LOWER };
enum quantum_taken quantum_take(struct quantum *q, uint32_t v);
void quantum_give_back(struct quantum *q, uint32_t v);
void quantum_refill(struct quantum *q, uint32_t group);
void quantum_throttle(struct quantum *q, uint32_t v);    /* v is in no queue and on no core */
void quantum_lower(struct quantum *q, uint32_t v);       /* v is in no queue and on no core */
void quantum_team_set(struct quantum *q, uint32_t group);

/* quantum_work.c: what vCPUs want. */
void quantum_work_start(struct quantum *q, uint32_t v);
void quantum_alarm_rings(struct quantum *q, uint32_t v);
void quantum_work_done(struct quantum *q, uint32_t v);   /* v runs, and has reached the end of its burst */
void quantum_lock_start(struct quantum *q, uint32_t v);  /* v, which spins, has a core again */
void quantum_lock_drop(struct quantum *q, uint32_t v);   /* v leaves the host */
int64_t quantum_burst(const struct quantum_seat *s);     /* how long it runs until something happens */

#endif

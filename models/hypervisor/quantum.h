/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A discrete vCPU scheduler for one host: run queues, time slices, wake-ups, switches.
 *
 * The fluid model (fluid.h) gives each guest its fair rate at every instant; a real scheduler gives one
 * vCPU a whole core for a slice at a time, and so vCPUs wait although on average they get their share.
 * This model counts that wait. It knows no world and no engine: it is given cores, groups (a VM, or a
 * control group) and vCPUs, and run forward from one instant to the next. What it does depends on its
 * rules, its seed and the calls made, never on how often it was looked at.
 *
 * Time is in ns, CPU in ns of one core. A vCPU is asleep, ready (runnable, waiting for a core), running, or
 * throttled (its group has used up its cap for this period). ready_ns is what hypervisors call ready or
 * steal time. For each vCPU run + ready + throttled + asleep = time since it was added; for each core
 * busy + switching + idle = time: ASSERTed where it is cheap, tested in tests/models/quantum.c.
 *
 * Kinds (each a file of its own that fills in a struct quantum_kind, table in quantum_host.c):
 *   round_robin  equal slices in a circle
 *   stride       Waldspurger and Weihl 1995: lowest pass first, pass += stride per quantum used
 *   cfs          Linux 2.6.23 to 6.5: least virtual runtime, latency target, minimum granularity
 *   eevdf        Linux 6.6 on (Stoica and Abdel-Wahab 1995): eligible, earliest virtual deadline
 *   credit       Xen: credits, UNDER / OVER / BOOST, 30 ms slice, caps, debit by 10 ms samples or by time
 * Two conditions. No core is idle, and none runs a lower priority, while a vCPU waits that may run there;
 * but with QUANTUM_STAY a vCPU that wakes waits for its own core until balancing (or a core that falls idle)
 * takes it, and with gangs for the rest of its gang. Virtual time overflows after 100 days of CPU of a vCPU
 * of weight 1; ordinary weights last for centuries.
 *
 * Costs: a decision some 40 ns with a few vCPUs a core, and moves of 16 bytes in its queue with many; a
 * wake-up O(cores); a lone busy vCPU costs nothing. Memory O(vCPUs). */
#ifndef MODELS_HYPERVISOR_QUANTUM_H
#define MODELS_HYPERVISOR_QUANTUM_H

#include <stdbool.h>
#include <stdint.h>

struct quantum;      /* one host's scheduler */
struct quantum_kind; /* quantum_kind.h, internal */

enum quantum_scheduler {
	QUANTUM_ROUND_ROBIN, QUANTUM_STRIDE, QUANTUM_CFS, QUANTUM_EEVDF, QUANTUM_CREDIT, QUANTUM_SCHEDULERS
};
#define QUANTUM_PRIORITIES 32
extern const char *const quantum_scheduler_names[QUANTUM_SCHEDULERS]; /* "round_robin", ... */

/* How a waking vCPU chooses among the cores that it may use. */
enum quantum_allocation {
	QUANTUM_BY_AVAILABILITY, /* an idle core, its last one first; else the one with fewest runnable */
	QUANTUM_BY_UTILIZATION,  /* the core with least weight runnable on it */
	QUANTUM_BY_PRIORITY,     /* the core whose running vCPU has the lowest priority */
	QUANTUM_STAY,            /* its last core always; only balancing moves it */
	QUANTUM_ALLOCATIONS
};
extern const char *const quantum_allocation_names[QUANTUM_ALLOCATIONS];

struct quantum_rules {
	enum quantum_scheduler scheduler;
	enum quantum_allocation allocation;
	int64_t slice_ns;            /* round robin, stride, credit: the slice; EEVDF: base slice */
	int64_t latency_ns;          /* CFS: target latency */
	int64_t granularity_ns;      /* CFS: minimum granularity */
	int64_t wakeup_ns;           /* CFS: how much less vruntime a waker needs to preempt */
	int64_t tick_ns;             /* CFS, EEVDF: 1/HZ, when a running vCPU is looked at (0: at any time);
	                                credit: from sample to sample */
	int64_t cap_period_ns;       /* default period of caps */
	int64_t cap_slice_ns;        /* CPU that a core takes from a group's cap at a time */
	int64_t switch_ns;           /* a core loses this at each change of vCPU */
	int64_t migrate_ns;          /* and this more when the vCPU ran elsewhere last (cold caches) */
	int64_t balance_ns;          /* between looks at the balance of cores; 0: only idle cores pull */
	bool boost;                  /* credit: a waking UNDER vCPU goes first */
	bool debit_samples;          /* credit: whoever runs at the sample pays a tick (the old rule) */
	bool gang;                   /* the vCPUs of a group run at the same time or not at all */
};

/* The rules that Linux, Xen or a textbook have by default for a scheduler, each constant with its source. */
struct quantum_rules quantum_defaults(enum quantum_scheduler scheduler);

/* Linux stretches CFS's and EEVDF's times by 1 + log2(min(cores, 8)); the defaults are those of 8 cores and
 * more. This gives those of `cores`; other kinds stay as they are. */
void quantum_defaults_scale(struct quantum_rules *rules, uint32_t cores);

/* A VM or control group. Its weight is shared by its runnable vCPUs; its cap is one purse for all of them. */
struct quantum_group {
	uint32_t weight;             /* 1 .. 2^20; 1024 is ordinary */
	int64_t cap_ns;              /* CPU per cap period, over all cores; 0: no cap */
	int64_t cap_period_ns;       /* 0: the rules' */
	int64_t reservation_ns;      /* CPU per cap period that goes before others' weights; 0: none */
	uint32_t priority;           /* below QUANTUM_PRIORITIES; larger runs first, always */
};

enum quantum_behaviour {
	QUANTUM_DUTY,   /* work_ns every period_ns; what is not done by its end is handled by `late` */
	QUANTUM_SPIN,   /* like duty, but every lock_every_ns of work it holds the group's spin lock for
	                   lock_hold_ns; others of the group that want it burn CPU until it is free */
	QUANTUM_CHEAT,  /* busy, but sleeps for lock_hold_ns just before each tick (scheduler attack) */
	QUANTUM_BEHAVIOURS
};

enum quantum_late {
	QUANTUM_LATE_DROP,   /* forgotten, as the fluid model forgets demand that was not met */
	QUANTUM_LATE_CARRY,  /* done first in the next period; a period in which it never slept begins late */
	QUANTUM_LATES
};

struct quantum_work {
	enum quantum_behaviour behaviour;
	enum quantum_late late;
	int64_t work_ns, period_ns;  /* work == period: always runnable; 0: always asleep */
	int64_t phase_ns;            /* when its first period begins, after it was added */
	int64_t lock_every_ns, lock_hold_ns;
};

struct quantum_vcpu {
	uint32_t group;
	uint32_t weight;             /* within its group; 1024 is ordinary */
	uint64_t cores;              /* bit k: may run on core k; hosts have at most 64 cores here, or all */
	bool pinned;                 /* false: `cores` is not looked at */
	struct quantum_work work;
};

#define QUANTUM_LATENCY_BINS 64  /* bin k holds [1 us 2^(k/2), 1 us 2^((k+1)/2)); the first all below, too */

struct quantum_counts {              /* of one vCPU, since it was added */
	int64_t run_ns, ready_ns, throttled_ns, asleep_ns;
	int64_t spun_ns;             /* part of run_ns that was burnt at a lock */
	int64_t demanded_ns;         /* work that fell due */
	int64_t wakeup_wait_ns;      /* part of ready_ns between a wake-up and running */
	uint64_t slices;             /* times it was put on a core */
	uint64_t wakeups, preemptions, moves; /* moves: put on another core than the last */
	uint64_t periods, periods_late;
};

struct quantum_core_counts {
	int64_t busy_ns, switch_ns, idle_ns;
	uint64_t switches;
};

/* cores 1 .. 4096. The seed decides only ties that a rule leaves to chance. */
struct quantum *quantum_open(const struct quantum_rules *rules, uint32_t cores, uint64_t seed,
                             int64_t now_ns);
void quantum_close(struct quantum *q);

uint32_t quantum_group_add(struct quantum *q, const struct quantum_group *group);
void quantum_group_set(struct quantum *q, uint32_t group, const struct quantum_group *to);
void quantum_group_remove(struct quantum *q, uint32_t group);  /* after its vCPUs; the number is used again */
uint32_t quantum_vcpu_add(struct quantum *q, const struct quantum_vcpu *vcpu);
void quantum_vcpu_remove(struct quantum *q, uint32_t vcpu);    /* the number is used again */

/* Changes what a vCPU does from now on; a period under way is finished with the new work. */
void quantum_work_set(struct quantum *q, uint32_t vcpu, const struct quantum_work *work);

/* Runs forward to t_ns. Cutting a run into several calls changes nothing. */
void quantum_run(struct quantum *q, int64_t t_ns);

int64_t quantum_now_ns(const struct quantum *q);
struct quantum_counts quantum_vcpu_counts(const struct quantum *q, uint32_t vcpu); /* up to now */
struct quantum_core_counts quantum_core_counts(const struct quantum *q, uint32_t core);

/* Time during which exactly k cores were busy (switching counts), k = 0 .. cores: for power. */
const int64_t *quantum_busy_ns(struct quantum *q);

/* Wake-ups by their wait, QUANTUM_LATENCY_BINS of them, of all vCPUs that ever were. */
const uint64_t *quantum_latency(const struct quantum *q);

/* The same of one group, since it was added; until the next group is added. */
const uint64_t *quantum_group_latency(const struct quantum *q, uint32_t group);

/* Periods in which the group found its purse empty (Linux: nr_throttled), since it was added. */
uint64_t quantum_group_throttles(const struct quantum *q, uint32_t group);

/* Called at each change of what a core runs (vcpu UINT32_MAX: idle), for Gantt charts and tests; or NULL. */
typedef void quantum_watch_fn(void *context, int64_t time_ns, uint32_t core, uint32_t vcpu);
void quantum_watch(struct quantum *q, quantum_watch_fn *watch, void *context);

/* Every law above, in O(cores + vCPUs). */
void quantum_check(const struct quantum *q);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hosts that fail by themselves, and are repaired; what they and their guests lose by it.
 *
 * Every host lives through a renewal process: it fails a time after it was repaired last, drawn from
 * its type's law, whatever state it is in; it is repaired a time later, drawn from another; then, if it
 * was on, it boots. With a log (a trace) it fails and is repaired as the machine in the log did, and
 * does not fail while it is failed.
 *
 * Failures of a rack: a share of a host's failures takes all hosts of its kind in the rack at once (a
 * power strip, a switch). Each host still fails as often as its law says: its own process has the mean
 * m/(1 - share), the rack's common shocks come with exponential times of mean m/share (Marshall and
 * Olkin, JASA 62, 1967, of two).
 *
 * Streams of chance belong to (seed, "host fails/NAME", number in its group), and the like for repairs:
 * NAME is the group, or another one whose failures this group is to share, so that two ways to run a
 * service can be compared under one and the same sequence of failures.
 *
 * Foresight: a share of failures (recall) is foreseen some time before; and false alarms come, as a
 * Poisson process whose rate makes true ones the given share of all (precision): recall/m (1 -
 * precision)/precision.
 *
 * Everything else follows from the lifecycle: guests on a host that fails are lost (NOTE_VM_LOST); here
 * they are counted, with the work that each had done since it was started last, and started again on
 * their host when it is back, if the rules say so. Whoever else starts them (a policy) is welcome: only
 * a guest that is still lost is started here. All is driven by notes (world_listen): failures and
 * repairs that a scenario's action asks for count too. Cost: a few events a failure, nothing else. */
#ifndef MODELS_HYPERVISOR_FAILURE_H
#define MODELS_HYPERVISOR_FAILURE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/lifecycle.h"
#include "models/law.h"
#include "models/world.h"
#include "sim/wide.h"

struct failure_entry {                  /* an outage, in simulated time */
	int64_t at_ns, down_ns;
};
struct failure_log {                    /* of one machine, ascending */
	const struct failure_entry *entries;
	uint32_t count;
};

struct failure_rules {                  /* of a host type */
	bool fails;
	struct law between, repair;
	double rack_01;                 /* share of its failures that take the rack; 0 .. 1 */
	bool restarts;                  /* its guests start again on it */
	struct failure_foresight {      /* of its own failures, not of its rack's */
		double recall_01;       /* of failures, those that are foreseen; 0: none */
		double precision_01;    /* of what is foreseen, those that come; > 0 */
		int64_t lead_ns;
	} foresight;
	const char *stream;             /* NAME above; not NULL where it fails */
	const struct failure_log *logs; /* host k has log k mod log_count; none: the laws say */
	uint32_t log_count;
};

struct failure_host {
	uint32_t failures, foreseen, alarms; /* alarms: foreseen, and did not come */
	int64_t down_ns;                /* from a failure until it is on again, or repaired if it was off */
	double availability_01;         /* failures_finish: of the run's time */
	double nines;                   /* -log10(1 - availability); infinite where it was never down */
	/* The present. */
	enum host_state last;
	bool down, was_on;
	int64_t since_ns, told_ns;      /* down since; how long its log says that this failure lasts */
	uint32_t entry;                 /* of its log, the next */
	event_id next, repair, foresees;
	struct random_stream fails, repairs, foresights;
	uint32_t *lost;                 /* guests to start again, in the order in which they were lost */
	uint32_t lost_count, lost_room;
};

struct failure_vm {
	uint32_t losses;
	int64_t down_ns;                /* from each loss until it runs again, or for good */
	wide lost;                      /* Hz ns: delivered since it was started last, when it was lost */
	double availability_01;         /* of the time since it ran first; 1 where it never ran */
	wide begun;                     /* delivered when it was started last */
	bool down;
	int64_t since_ns, up_ns;        /* down since; running since */
};

struct failure_shock {                  /* of the hosts of one type in a rack */
	uint32_t rack, type;
	struct random_stream stream;
};

struct failures {
	struct world *world;
	struct lifecycle *life;
	const struct failure_rules *rules; /* [host type] */
	struct failure_host *hosts;     /* [host] */
	struct failure_vm *vms;         /* [guest] */
	struct failure_shock *shocks;
	uint32_t shock_count, shock_room;
	event_type fail, repair, shock, restart, foresee, alarm;
	/* A host is expected to fail then, rightly or wrongly. May be NULL. */
	void (*foreseen)(void *context, host_id host, int64_t expected_ns);
	void *foreseen_context;
};

/* On a finished world, after every other event type is registered: makes world.failures, and draws each
 * host's first failure. The rules, [host type], must outlive it. */
void failures_open(struct failures *f, struct world *world, struct lifecycle *life,
                   const struct failure_rules *rules);
/* At the end of the run: closes what is down. */
void failures_finish(struct failures *f, int64_t end_ns);
void failures_close(struct failures *f);

/* Sums and means over all hosts and over guests that ever ran. */
struct failure_totals {
	uint64_t failures, losses, foreseen, alarms;
	double host_down_s, host_availability_01, host_nines;
	double vm_down_s, vm_availability_01, vm_nines;
	double lost_ghz_h;
};
void failures_totals(const struct failures *f, struct failure_totals *totals);

#endif

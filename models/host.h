/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A physical machine: what it has, in which power state it is, and what it did so far.
 *
 * Plain data; models/hypervisor/fluid.c shares its CPU, models/hypervisor/lifecycle.c changes its state. */
#ifndef MODELS_HOST_H
#define MODELS_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "models/id.h"
#include "sim/event.h"
#include "sim/time.h"
#include "sim/wide.h"

struct host_pins;  /* models/hypervisor/bound.h */
struct host_speed; /* models/hypervisor/pace.h */
struct hypervisor; /* models/hypervisor/presets.h */
struct memory_rules; /* models/hypervisor/memory.h */
struct quantum_rules; /* models/hypervisor/quantum.h */

enum host_state {
	HOST_OFF, HOST_BOOTING, HOST_ON, HOST_SUSPENDING, HOST_SUSPENDED, HOST_RESUMING, HOST_SHUTTING_DOWN,
	HOST_FAILED, HOST_STATES
};
extern const char *const host_state_names[HOST_STATES];

/* What lies between a guest and its neighbours, and so who falls with whom.
 * Type 1: the hypervisor runs on the machine, a guest falls alone. Type 2: the same, but the
 * hypervisor is a program of a host OS, with which all guests fall. OS: guests share the host's
 * kernel; one that brings it down takes all with it. */
enum isolation { ISOLATION_TYPE_1, ISOLATION_TYPE_2, ISOLATION_OS, ISOLATIONS };
extern const char *const isolation_names[ISOLATIONS];

/* What a transition or a resting state other than ON takes. */
struct host_phase {
	int64_t time_ns;        /* transitions only */
	int64_t power_uw;
};

struct host_type {
	const char *name;       /* group name in the scenario */
	const char *catalog;    /* catalogue entry, or NULL */
	uint32_t cores;
	int64_t core_hz;        /* one work unit a cycle: 1 MIPS = 1 MHz */
	int64_t cpu_hz;         /* cores * core_hz */
	int64_t ram_bytes, disk_bytes, nic_bps;
	curve_id curve;
	const struct host_speed *speeds; /* P-states, the fastest first; models/hypervisor/pace.h */
	uint32_t speed_count;   /* 0: it has but one, which is the above */
	const struct hypervisor *hypervisor; /* NULL: an ideal one, which costs nothing */
	struct host_phase phase[HOST_STATES]; /* ON has none: its power is the curve's */
	enum isolation isolation;
	const struct quantum_rules *scheduler; /* NULL: guests share CPU as a fluid */
	const struct memory_rules *memory; /* NULL: memory is never overcommitted and costs nothing */
};

struct host {
	uint32_t type;          /* index into world.host_types */
	uint32_t number;        /* within its group */
	site_id site;
	rack_id rack;
	node_id node;
	enum host_state state;
	event_id transition;    /* the end of the transition under way */

	/* Guests directly on this host, in order of arrival. */
	uint32_t *guests;
	uint32_t guest_count, guest_room;
	uint32_t nested_count;  /* guests further down */
	uint32_t bound_count;   /* booked here and pinned or of a CPU priority */

	/* Admission's books: sums over guests placed or being migrated here. */
	int64_t cpu_booked_hz, ram_booked_bytes, disk_booked_bytes;
	bool changed;           /* is in world.changed */
	struct host_pins *pins; /* NULL: no pinned guest was ever booked here */

	/* The present, valid from since_ns until the next change; kept by fluid.c. */
	int64_t since_ns;
	int64_t demand_hz, given_hz; /* of all guests and of the service domain */
	double level;           /* of that sharing (sim/share.h): where the search for the next begins */
	int64_t service_want_hz, service_hz; /* the service domain's part of them (models/overhead.h) */
	int64_t power_uw;
	int64_t next_ns;        /* next change of a guest's demand */
	uint32_t clock;         /* of all guests' plans (demand_plan.clock) if one and regular; or ID_NONE */
	bool stale;             /* guests or state changed at since_ns: solve before time passes */
	int64_t raw_uw;         /* power_uw before rules.idle_draws is applied */
	int64_t open_ns;        /* trapezoid rule: start of the interval that the next update closes */
	int64_t open_uw;        /* and raw_uw at that start */
	bool open_counts;       /* and whether the interval counts: false when it draws nothing */
	event_id tick;          /* rules.batch off: the queued event of its next change */

	/* Integrals since the start of the run; fluid.c. */
	wide energy;            /* half femtojoules: uW ns / 2, so that the mean of two powers stays exact */
	wide demanded, given;   /* Hz ns */
	wide service;           /* the part of `given` that the service domain got */
	wide overhead;          /* the part that guests got and that was no useful work (useful.h) */
	int64_t on_ns;          /* in state ON */
	int64_t active_ns;      /* ON with at least one guest whose demand is above 0 */
	int64_t saturated_ns;   /* active with demand >= capacity */
	uint64_t updates;       /* changes of demand applied */
};

#endif

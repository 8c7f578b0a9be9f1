/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory pressure in a world: solves a host's memory (memory.h) when something changed, and only then.
 *
 * A change is a guest that comes, goes or stands still, or the next sample of a guest whose memory follows
 * its trace: one event a host and instant, after all else at that instant. While balloons and scanner are
 * on their way, it is solved again after each quarter of a balloon's way that is left and each eighth of a
 * pass, but not more often than each 0.25 s and each minute: between two looks the parts lost are
 * constant. A world in which no host has memory rules has no table, no event, no cost (world.memory is
 * NULL).
 *
 * Only guests directly on a host count: those inside one live in its memory, and lose the same part of
 * their time. A guest that stands still (paused, being saved) is idle as a whole. */
#ifndef MODELS_HYPERVISOR_MEMORY_HOST_H
#define MODELS_HYPERVISOR_MEMORY_HOST_H

#include "models/hypervisor/memory.h"
#include "models/world.h"

enum memory_trace { MEMORY_TRACE_NONE, MEMORY_TRACE_USED, MEMORY_TRACE_ACTIVE, MEMORY_TRACES };
extern const char *const memory_trace_names[MEMORY_TRACES];

/* Of a guest type, as parts of its RAM. */
struct memory_type {
	double used_01, active_01, shareable_01, reservation_01, limit_01;
	int64_t reuse_ns;
	uint32_t content;
	enum memory_trace trace;     /* this figure is the demand trace's memory column */
};

/* A guest: where its pages are now, and sums over its life. */
struct memory_vm {
	int64_t used_bytes, active_bytes, shared_bytes, balloon_bytes, goal_bytes, swapped_bytes,
		resident_bytes;
	uint32_t loss_ppm;
	struct demand_cursor cursor; /* of a traced one */
	int64_t most_balloon_bytes, most_swapped_bytes;
	wide ballooned, swapped, time; /* byte ns; ns on hosts with memory rules */
	wide lost;                   /* the part of stolen that waiting for pages took, Hz ns: fluid.c */
};

/* A host: its memory now, and sums. */
struct memory_of_host {
	struct memory_host now;
	int64_t since_ns;            /* sums, balloons and scanner are brought up to here */
	uint32_t losing;             /* guests with loss_ppm above 0 */
	event_id event;
	int64_t event_ns;
	wide shared, ballooned, swapped, resident; /* byte ns */
	int64_t state_ns[MEMORY_STATES];
};

/* What a host's memory was from an instant on: a row each time that it changed. */
struct memory_row {
	int64_t time_ns;
	uint32_t host;
	enum memory_state state;
	int64_t capacity_bytes, used_bytes, resident_bytes, shared_bytes, ballooned_bytes, swapped_bytes,
		denied_bytes;
};

/* Brings a host's CPU up to now and shares it anew (fluid_touch). Passed, since fluid.c calls this module. */
typedef void (*memory_touch)(struct world *world, host_id host);

struct memory {
	struct memory_type *types;   /* [guest type] */
	struct memory_vm *vms;       /* [guest] */
	struct memory_of_host *hosts; /* [host] */
	struct memory_row *rows;
	uint32_t row_count, row_room;
	bool keeps_rows;
	struct memory_guest *scratch;
	uint32_t scratch_room;
	event_type changes;
	memory_touch touch;
};

/* Once, after hosts and guests are there: when some host type has memory rules, opens the table with the
 * caller's guest types (copied). */
void memory_open(struct world *world, const struct memory_type *types, memory_touch touch);
void memory_close(struct world *world);

/* Something changed on a host: memory is solved when all else at this instant is over. */
void memory_changed(struct world *world, host_id host);

/* A guest leaves its host. */
void memory_leave(struct world *world, vm_id vm);

/* Brings the sums up to the end of the run, and puts them into the digest. */
void memory_finish(struct world *world, int64_t t_ns);

/* What hosts of a type may promise, given the ratio that holds where nothing else is said. */
static inline double memory_overcommit(const struct host_type *type, double otherwise)
{
	return type->memory ? type->memory->overcommit : otherwise;
}

static inline bool memory_loses(const struct world *world, const struct host *host)
{
	return world->memory && world->memory->hosts[host - world->hosts].losing;
}

/* CPU that the scanner of a host asks for while there are guests. */
static inline int64_t memory_host_scan_hz(const struct world *world, const struct host *host)
{
	const struct host_type *type = &world->host_types[host->type];
	bool scans = type->memory && host->guest_count && host->state == HOST_ON;
	return scans ? memory_scan_hz(type->memory, type->core_hz) : 0;
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world: every table of things in one struct, and the hooks by which upper folders watch it.
 *
 * Sites hold racks, racks hold hosts, hosts hold guests; links and storage
 * pools are in `network`. The tables only grow while a world is built; during
 * a run only their elements change. Names and small tables live in `arena`.
 *
 * Hooks: analysis/record.c listens to what happens; the models do not know who listens. */
#ifndef MODELS_WORLD_H
#define MODELS_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "models/demand.h"
#include "models/host.h"
#include "models/id.h"
#include "models/network.h"
#include "models/overhead.h"
#include "models/power.h"
#include "models/storage.h"
#include "models/vm.h"
#include "sim/event.h"
#include "sim/memory.h"
#include "sim/random.h"

/* Ranks of events at one instant, in the order in which they happen. Append only: part of the digest. */
enum world_rank {
	RANK_DEMAND,      /* a watched host's demand changes */
	RANK_HOST,        /* host transitions end, failures, repairs */
	RANK_VM_END,
	RANK_MIGRATION,
	RANK_VM_START,
	RANK_ACTION,      /* the scenario's own actions */
	RANK_CONTROL,     /* policies look and decide */
	RANK_RECORD,      /* results see what the others did */
	RANK_SETTLE,      /* rules.batch off: shares are solved after all else at that instant */
};

struct site {
	const char *name;
	double pue;                     /* facility power over IT power, >= 1 */
	double carbon_g_per_kwh;
	node_id core;                   /* its core switch */
};

struct rack {
	const char *name;
	site_id site;
	node_id tor;                    /* its top-of-rack switch */
	uint32_t first_host, host_count;
};

/* Lifecycle records: what happened to whom. Numbers are in results and in the digest: append only. */
enum note_kind {
	NOTE_VM_PLACED,        /* vm, host */
	NOTE_VM_WAITS,         /* vm */
	NOTE_VM_REFUSED,       /* vm */
	NOTE_VM_ENDED,         /* vm, host */
	NOTE_VM_LOST,          /* vm, host */
	NOTE_MIGRATION_START,  /* vm, source; value: target host */
	NOTE_MIGRATION_END,    /* vm, source; value: target host */
	NOTE_MIGRATION_FAILED, /* vm, source; value: target host */
	NOTE_HOST_STATE,       /* host; value: new state */
	NOTE_PLAN_REFUSED,     /* vm or none, host or none: an action or a policy asked for the impossible */
	NOTE_VM_STATE,         /* vm, host or none; value: new state, where the notes above do not tell it */
	NOTE_SNAPSHOT,         /* vm; value: how many snapshots it has now */
	NOTE_MIGRATION_SWITCH, /* vm, source; value: target host, on which it is from now on */
	NOTE_OVERLOADED,       /* host: a hotspot for the overload policy; value: demand in ppm of its CPU */
	NOTE_UNDERLOADED,      /* host: can be emptied; value: guests that leave it, 0: not worth it */
	NOTE_MOVE_AGREED,      /* vm, source; value: who wanted it (policies/questions.h) */
	/* host under maintenance; value: guests left on it at its deadline, 0: in time */
	NOTE_HOST_EMPTIED,
	NOTE_FAILURE_FORESEEN, /* host; value: when it is expected to fail, ns, rightly or wrongly */
	NOTE_KINDS
};
extern const char *const note_kind_names[NOTE_KINDS];

struct note {
	int64_t time_ns;
	enum note_kind kind;
	uint32_t vm, host;       /* ID_NONE: does not apply */
	int64_t value;
};

/* n equal spans of one host, oldest first: [t0 + k dt, t0 + (k+1) dt). Whole numbers in doubles. */
struct host_span {
	host_id host;
	int64_t t0_ns, dt_ns;
	uint32_t n;
	const double *demand_hz, *given_hz, *power_uw;
	bool on;                 /* the host was in state ON */
};

struct world_hooks {
	void *context;
	int64_t grid_ns;         /* spans that tell means end at each multiple of it; 0: no grid */
	void (*span)(void *context, const struct host_span *span);
	void (*note)(void *context, const struct note *note);
};

/* Hears of everything that happens, besides the recorder (world_listen). */
struct world_listener {
	void (*note)(void *context, const struct note *note);
	void *context;
};
#define WORLD_LISTENERS 4

enum energy_rule { ENERGY_EXACT, ENERGY_TRAPEZOID, ENERGY_RULES };
extern const char *const energy_rule_names[ENERGY_RULES];

/* How a run counts: defaults are the physical ones, the others reproduce other simulators. */
struct world_rules {
	enum energy_rule energy;    /* exact: power constant between updates; trapezoid: mean of both ends */
	bool idle_draws;            /* false: a host with no CPU given draws nothing (CloudSim) */
	bool first_interval;        /* false: nothing is drawn before the first update of demand (CloudSim) */
	bool last_interval;         /* false: nothing is counted after the last update (trapezoid) */
	bool batch;                 /* false: one queue event for each change of demand (the oracle) */
};

struct world {
	struct engine *engine;
	struct arena arena;
	struct world_rules rules;
	struct world_hooks hooks;
	struct world_listener listeners[WORLD_LISTENERS];
	uint32_t listener_count;

	struct site *sites;
	uint32_t site_count, site_room;
	struct rack *racks;
	uint32_t rack_count, rack_room;
	struct host_type *host_types;
	uint32_t host_type_count, host_type_room;
	struct host *hosts;
	uint32_t host_count, host_room;
	struct vm_type *vm_types;
	uint32_t vm_type_count, vm_type_room;
	struct vm *vms;
	uint32_t vm_count, vm_room;
	/* Who asked for each guest, as a list of arrivals numbers them; ID_NONE: is in no list. NULL, 0: no
	 * list. */
	uint32_t *vm_tenant;
	uint32_t vm_tenant_count;
	struct vm_store *stores;    /* [vm], or NULL: no guest has a storage pool or a duration */
	struct power_curve *curves;
	uint32_t curve_count, curve_room;
	struct demand_plan *plans;
	uint32_t plan_count, plan_room;
	struct image *images;
	uint32_t image_count, image_room;
	const char **tenants;
	uint32_t tenant_count, tenant_room;
	const char **services;
	uint32_t service_count, service_room;
	struct pool *pools;
	uint32_t pool_count, pool_room;
	struct network network;

	/* Where some host has a hypervisor; else NULL. */
	struct overhead *overheads;     /* [host type][guest type] */
	struct host_service *host_services; /* [host type] */
	struct vm_useful *useful;       /* [guest] */
	int64_t *moving_hz;             /* [host]: CPU that migrations ask for; NULL: nothing */
	/* [host]: P-states and caps (speed.h); NULL: all run as their types say */
	struct pace *paces;
	struct discrete *discrete;      /* where some host has a discrete scheduler; else NULL */

	struct memory *memory;          /* where some host has memory rules (memory_host.h); else NULL */
	struct filters *filters;        /* where some guest misbehaves (filter.h); else NULL */
	struct failures *failures;      /* where some host may fail by itself (failure.h); else NULL */

	/* Hosts whose books or state changed since the control loop last looked. */
	uint32_t *changed;
	uint32_t changed_count, changed_room;

	uint64_t notes[NOTE_KINDS]; /* how many of each */
	event_type tick, settle;    /* rules.batch off: models/hypervisor/fluid.c */
	event_type warming;         /* a translated guest gets warmer: models/hypervisor/warm.c, */
	/* which is told of guests that came onto a host; NULL where nothing warms up. */
	void (*entered)(struct world *world, vm_id vm, host_id host);
	uint64_t carriers;          /* events fired only to carry changes of demand: not counted as events */
};

void world_init(struct world *world, struct engine *engine);
void world_fini(struct world *world);

/* Adds a zeroed element and returns its index; the pointers into that table move. */
uint32_t world_site_add(struct world *world, const char *name);
uint32_t world_rack_add(struct world *world, const char *name, site_id site);
uint32_t world_host_type_add(struct world *world, const char *name);
uint32_t world_host_add(struct world *world, uint32_t type, rack_id rack);
uint32_t world_vm_type_add(struct world *world, const char *name);
/* Makes room for n guests of a type at once; returns the index of the first. */
uint32_t world_vms_add(struct world *world, uint32_t type, uint32_t n);
uint32_t world_curve_add(struct world *world, const struct power_curve *curve);
/* Returns an equal plan if there is one already; sets its clock. */
uint32_t world_plan_add(struct world *world, const struct demand_plan *plan);

/* "g4-17": the group's name and the number in it; for messages and results. Writes at most size bytes. */
void world_host_name(const struct world *world, host_id host, char *text, uint32_t size);
void world_vm_name(const struct world *world, vm_id vm, char *text, uint32_t size);

/* Puts every constant of the world into the engine's digest: once, after building. */
void world_digest_constants(struct world *world);

/* Puts what every host and guest came to into the digest: once, after the last integral is closed. */
void world_digest_outcome(struct world *world);

/* What a guest type costs on a host type; only where world.overheads is there. */
static inline const struct overhead *world_overhead(const struct world *world, uint32_t host_type,
                                                    uint32_t vm_type)
{
	return &world->overheads[(size_t)host_type * world->vm_type_count + vm_type];
}

/* Memory that a guest type takes on a host: its own and the hypervisor's for it. */
static inline int64_t world_guest_ram(const struct world *world, host_id host, uint32_t vm_type)
{
	int64_t ram_bytes = world->vm_types[vm_type].ram_bytes;
	if (world->overheads)
		ram_bytes += world_overhead(world, world->hosts[host.i].type, vm_type)->ram_bytes;
	return ram_bytes;
}

/* Records a note: digest, count, hook. Time is the engine's. */
void world_note(struct world *world, enum note_kind kind, uint32_t vm, uint32_t host, int64_t value);

/* Notes go to the listener too, after the recorder and in the order of asking. It must not ask anything of
 * the world while it listens, but for events. At most WORLD_LISTENERS. */
void world_listen(struct world *world, void (*note)(void *context, const struct note *note), void *context);

/* Puts a host on the list of the changed. */
void world_changed(struct world *world, host_id host);

/* The laws that hold at every instant: each guest on exactly one parent and in its list once, books equal to
 * their sums, CPU given <= capacity. ASSERTs them; O(hosts + guests). For tests and CHECKS builds. */
void world_check(const struct world *world);

#endif

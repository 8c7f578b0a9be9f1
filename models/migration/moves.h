/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of migrations: what each was, what is under way, what waits. migration.h tells the rules. */
#ifndef MODELS_MIGRATION_MOVES_H
#define MODELS_MIGRATION_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/lifecycle.h"
#include "models/migration/compat.h"
#include "models/migration/leg.h"
#include "models/network.h"
#include "models/world.h"

struct carry;
struct flows;
struct processes;
struct traffic;

/* Tags of flows: a migration's is its carry, a process's its number with this. */
#define FLOW_TAG_PROCESS (UINT64_C(1) << 32)

struct migration_case {
	int64_t ram_bytes, disk_bytes;
	int64_t path_bps, latency_ns;
	double bandwidth_share; /* of the path, 0 < share <= 1 */
};

struct migration_outcome {
	int64_t total_ns, downtime_ns;
	int64_t sent_bytes;
};

struct migration_kind {
	const char *name, *summary, *source;
	void (*plan)(const struct migration_case *c, struct migration_outcome *out);
};

/* Numbers are in results: append only. */
enum migration_verdict {
	MIGRATION_UNDER_WAY,
	MIGRATION_DONE,
	MIGRATION_CANCELLED,
	MIGRATION_NO_SOURCE,
	MIGRATION_NO_TARGET,
	MIGRATION_NO_NETWORK,  /* which failed */
	MIGRATION_GUEST_ENDED, /* stopped or crashed meanwhile */
	MIGRATION_VERDICTS
};

struct migration { /* one move, finished or under way */
	vm_id vm;
	host_id source, target;
	int64_t start_ns, end_ns;
	int64_t switch_ns; /* from then on the guest was at its target; -1: it never was */
	struct migration_outcome outcome;
	bool done, failed;

	/* Of kinds that go leg by leg: */
	const char *kind;
	int64_t asked_ns; /* before start_ns when it had to wait */
	enum migration_verdict result;
	bool lost; /* and the guest with it */
	bool converged;
	uint32_t rounds;
	double path_Bps, dirty_Bps; /* of the path alone, and of the guest undisturbed */
	int64_t round_trip_ns;
	enum disk_way disk;
	int64_t stage_ns[LEG_STAGES];
	int64_t residual_ns; /* the guest ran at the target and needed the source */
	int64_t stall_ns;    /* of its vCPUs, waiting for pages */
	double faults, fault_s; /* pages waited for, and how long for each */
	double sent_pages, freed_pages, again_pages, stay_pages, saved_bytes, disk_bytes;
	double throttle_01, slowed_s;
	bool shared; /* its path was slower than it is alone */
	/* Is it like those that the model was held against, and how far off was it there? */
	bool validated;
	const char *stratum, *outside; /* the one it lies in; or what is outside all */
	uint32_t stratum_runs;
	double total_error_01, total_error_p90_01, bytes_error_01, downtime_error_s; /* NaN: not known */
};

/* A leg that was carried out. */
struct migration_leg {
	uint32_t migration, round;
	enum leg_stage stage;
	enum guest_where guest;
	int64_t start_ns, end_ns;
	double bytes, pages, dirtied_pages;
	double activity_01; /* of the CPU that the guest wanted, it used; 0 where it stood still */
	double throttle_01; /* of its CPU, taken away on purpose */
	double most_Bps;    /* the sender's own limit; 0: none */
};

/* Of a guest type: what there is to move. Parts are of its RAM. */
struct migration_guest {
	double zero_01, free_01, cache_01;
	struct dirty dirty;
	double touches, device_bytes;
	int64_t device_ns;
	double disk_set_bytes, disk_write_Bps;
	struct compat_guest needs;
};

struct migration_limits { /* 0: none */
	uint32_t out, in, link, all;
};

struct migration_request {
	vm_id vm;
	host_id target;
	const struct move_kind *kind; /* NULL: as the scenario says */
	const struct move_rules *rules; /* how, where otherwise than the scenario says; NULL: not */
	bool has_disk;                /* disk: how its local disk goes; else as the scenario says */
	enum disk_way disk;
	int64_t asked_ns;
};

/* One that never began. */
struct migration_refusal {
	int64_t time_ns;
	vm_id vm;
	host_id source, target;  /* source: ID_NONE where it was on none */
	enum compat_lack lack;   /* what the target lacks; nothing: another reason */
	const char *why;
};

struct migrations {
	struct world *world;
	struct lifecycle *life;
	const struct migration_kind *kind;
	double bandwidth_share;
	uint32_t loss_ppm; /* CPU lost at the source while a guest migrates */
	event_type end;
	struct migration *all; /* in order of start */
	uint32_t count, room;
	event_id *ends; /* by index into all */
	uint32_t ends_room;

	/* Set before migrations_open; all zero: planned moves without limits. */
	const struct move_kind *move_kind; /* NULL: the planned kind above, unless a request says otherwise */
	bool with_legs;                    /* some request will ask for a kind that goes leg by leg */
	struct move_rules rules;
	enum disk_way disk;
	struct migration_guest *guests;  /* [guest type]; owned by the caller; NULL: nothing is dirtied */
	const struct compat_host *hosts; /* [host type]; NULL: all take all */
	double link_share_01;            /* of each link, that migrations may take together */
	double host_cpu_01;              /* of a core, that a migration takes at both ends while it sends */
	struct migration_limits limits;

	struct flows *flows;   /* a link of the network is the link of the same number */
	bool *cut;             /* [link] */
	int64_t *moving_hz;    /* what world.moving_hz points to */
	/* carry.c; each on its own: they are large, and a growing table would move them all. */
	struct carry **carries;
	uint32_t carry_count, carry_room, carry_free;
	struct migration_leg *legs;
	uint32_t leg_count, leg_room;
	uint32_t *out, *in, *on_link; /* [host], [host], [link]: under way */
	uint32_t under_way;
	struct migration_request *queue; /* in order of asking */
	uint32_t queued, queue_room;
	event_type next, timer;
	/* Told of each move that has ended: its row, its path (NULL: planned). */
	void (*over)(struct migrations *m, uint32_t index, const struct network_path *path);
	event_id next_event;
	char why[256]; /* of the last refusal that is no constant phrase */
	enum compat_lack lack; /* of the last refusal */
	struct migration_refusal *refusals; /* in order */
	uint32_t refusal_count, refusal_room;

	/* What else uses the network; NULL: nothing. Owned by the caller. */
	struct traffic *traffic;
	struct processes *processes;
	/* Told of every flow that came or went and of every guest that began or ceased to stand still; may be
	 * NULL. */
	void (*changed)(void *context);
	void *changed_context;

	uint64_t refused, waited; /* requests */
};

#endif

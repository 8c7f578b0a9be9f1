/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU's migration thread, page by page: which page goes when, and what the guest notices.
 *
 * This is the finer of the two fidelities, and the oracle of the coarser one (leg.h): every page of the
 * guest has its dirty bit, the guest's writes are drawn one by one, and the sender does what QEMU 10 does
 * (its migration/migration.c and migration/ram.c, read for their rules; no code of theirs is here):
 *  - pages go in the order of their addresses, round and round; a zero page is 9 bytes, another 4096 + 8;
 *  - bytes count as sent when a buffer of 32 pages is flushed; max-bandwidth is a budget for slices of
 *    100 ms, spent in one burst; one call of the RAM code lasts at most 50 ms;
 *  - after each slice the bandwidth measured over it times the downtime limit becomes the threshold; between
 *    two calls of the RAM code the pages left, zero pages counted in full, are held against it; below it
 *    the dirty log is read, and if what is left is still below, the guest is stopped;
 *  - the last stage is not held to max-bandwidth, only to the link;
 *  - post-copy begins at the next turn of the loop after it was asked for; after it
 *    began, the rest goes unthrottled as soon as it is below the threshold.
 * The first two rules explain why a throttled migration takes a whole number of slices, the third why the
 * number of passes is not what a textbook says, the last why a hybrid under a throttle ends early.
 *
 * The link is a pipe behind a socket buffer: the sender blocks when the buffer is full. A guest that runs
 * competes with the two migration threads, so a page costs more CPU time while it does (struct qemu_costs).
 *
 * Pure: no engine, no world. O(pages sent + writes). Times in ns. */
#ifndef MODELS_MIGRATION_QEMU_H
#define MODELS_MIGRATION_QEMU_H

#include <stdbool.h>
#include <stdint.h>

#include "models/migration/dirty.h"

#define QEMU_PAGE 4096
#define QEMU_PAGE_HEADER 8
#define QEMU_ZERO_PAGE_BYTES 9

enum qemu_mode { QEMU_PRECOPY, QEMU_POSTCOPY, QEMU_HYBRID, QEMU_COLD, QEMU_MODES };
extern const char *const qemu_mode_names[QEMU_MODES]; /* "precopy", "postcopy", "hybrid", "cold" */

#define QEMU_RUNS 4
struct qemu_run { int64_t first, count; };

struct qemu_link {
	double rate_Bps;         /* bytes a second; 0: a bare local socket, as fast as the CPUs copy */
	int64_t buffer_bytes;    /* in flight before the sender blocks */
	int64_t burst_ns;        /* what an idle link may catch up (a paced relay does; a wire does not: 0) */
};

/* CPU time of sender and receiver together, as the pipe of both makes it felt. */
struct qemu_costs {
	int64_t first_ns;        /* a page that the destination touches for the first time */
	int64_t again_ns;        /* a page sent before */
	int64_t linked_ns;       /* a page when a link, not the CPU, is the bottleneck */
	int64_t stopped_ns;      /* a page sent before, while the guest is stopped */
	int64_t placed_ns;       /* a page placed by userfaultfd in post-copy */
	int64_t zero_ns;         /* a zero page: found by reading it */
	int64_t zero_placed_ns;  /* and placed by userfaultfd in post-copy */
	int64_t sync_ns;         /* reading the dirty log of 65536 pages */
	int64_t wake_ns;         /* by how much a sleep of the sender is late */
	int64_t stop_ns;         /* stopping the guest */
	int64_t resume_ns;       /* device state, and starting it again */
	int64_t discard_ns;      /* post-copy: telling the destination which pages are stale */
	int64_t ask_ns;          /* cold: from stopping the guest to the start of the migration */
};

/* Fitted on the committed measurements (measure/data): see docs/validation.md. */
extern const struct qemu_costs qemu_costs_measured;

struct qemu_rules {
	enum qemu_mode mode;
	double max_bandwidth_Bps;    /* 0: none */
	double postcopy_bandwidth_Bps; /* the same in post-copy (max-postcopy-bandwidth) */
	int64_t downtime_limit_ns;
	int64_t time_limit_ns;       /* cancelled after that; 0: never */
	bool auto_converge;
	/* Hundredths of the CPU taken away. */
	int64_t throttle_initial_01c, throttle_step_01c, throttle_most_01c;
	bool xbzrle;                 /* pages sent again go as differences (xbzrle.h) */
	int64_t write_bytes;         /* how much of a page one write changes: for xbzrle */
	bool multifd;                /* pages go in packets of 128 over channels of their own */
	uint32_t switch_pass;        /* hybrid: post-copy is asked for when this pass has begun */
	int64_t switch_after_ns;     /* or this long after the start; 0: by pass only */
	int64_t poll_ns;             /* who asks looks this often; 0: at once */
};

/* QEMU's defaults: 300 ms, throttle 20, 10, 99, no time limit, no bandwidth limit. */
struct qemu_rules qemu_rules_default(enum qemu_mode mode);

struct qemu_case {
	int64_t pages;               /* of the guest, firmware included */
	struct qemu_run data[QEMU_RUNS]; /* the pages that are not zero, in order of address */
	uint32_t data_count;
	int64_t spread_pages;        /* data too, evenly among the others */
	struct dirty dirty;
	struct qemu_link link;
	struct qemu_rules rules;
	struct qemu_costs costs;
};

#define QEMU_PASSES 64
struct qemu_outcome {
	bool completed;              /* false: cancelled at the time limit; the guest stays where it was */
	int64_t total_ns;
	int64_t downtime_ns;         /* guest stopped at the source to guest running at the destination */
	int64_t stopped_at_ns;
	int64_t sent_bytes, sent_pages, zero_pages;
	int64_t small_pages;         /* as differences */
	uint32_t syncs;              /* times the dirty log was read, as QEMU counts (dirty-sync-count) */
	int64_t pass_start_ns[QEMU_PASSES], pass_pages[QEMU_PASSES]; /* of the first QEMU_PASSES syncs */
	int64_t throttle_01c;        /* the last */
	bool postcopy;               /* the guest ran at the destination before all was there */
};

void qemu_migrate(const struct qemu_case *c, uint64_t seed, struct qemu_outcome *out);

#endif

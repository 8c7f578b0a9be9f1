/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest that is copied all the time to another host, which takes over when its own fails (Remus:
 * Cully, Lefebvre, Meyer, Feeley, Hutchinson and Warfield, NSDI 2008).
 *
 * The guest runs for an epoch and is paused; the pages that it dirtied are copied aside, and it goes
 * on, ahead of what the other host knows, while they are sent. What it sends to the world is held back
 * until the other host has acknowledged the epoch in which it was made: nobody ever saw what a failure
 * undoes. An epoch is longer than asked for when the one before has not been acknowledged: there is one
 * buffer.
 *
 *     pages(run) distinct ones dirtied (models/migration/dirty.h)
 *     pause = fixed + pages copy
 *     sent in pages (page bytes)/bandwidth, acknowledged a round trip later
 *     the guest gets run/(run + pause) of its CPU
 *     a packet waits for its epoch's acknowledgement: half the run, the pause and the way, on average
 *     a failure undoes what was run since the last acknowledged pause; detection and activation follow
 *
 * Pure arithmetic, epoch by epoch, in whole nanoseconds, until a cycle repeats itself. Disk writes are
 * not modelled. */
#ifndef MODELS_MIGRATION_REMUS_H
#define MODELS_MIGRATION_REMUS_H

#include <stdint.h>

#include "models/migration/dirty.h"

struct remus {
	struct dirty dirty;             /* what it writes when it runs undisturbed */
	int64_t epoch_ns;               /* run before each pause, at least: > 0 */
	int64_t pause_ns;               /* of a pause without pages: suspend, find the dirty ones, resume */
	int64_t copy_ns;                /* of a page into the buffer, while paused */
	double bandwidth_Bps;           /* to the other host: > 0 */
	double page_bytes;              /* sent for a page, with its head, compressed or not */
	int64_t latency_ns;             /* one way */
	int64_t detect_ns;              /* until the other host takes silence for a failure */
	int64_t activate_ns;            /* until the guest runs there */
};

/* Means over epochs in the long run. */
struct remus_outcome {
	int64_t run_ns, paused_ns, send_ns;
	double pages, bytes;            /* an epoch */
	double speed_01;                /* CPU time that it gets, of that without Remus */
	double bandwidth_Bps;           /* used */
	double latency_mean_s, latency_most_s; /* added to what it sends */
	double undone_mean_s;           /* wall time between the state that is resumed and the failure */
	double recovery_s;              /* from the failure until it runs: detection and activation */
	uint32_t epochs;                /* looked at until they repeated themselves */
};
struct remus_outcome remus_run(const struct remus *r);

/* Throughput of a client that asks again only when it was answered, after `response_s` without Remus,
 * of that without Remus: it waits for the CPU that pauses take and for what holds the answer back. */
double remus_closed_loop_01(const struct remus_outcome *o, double response_s);

#endif

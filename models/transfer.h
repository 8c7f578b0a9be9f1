/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes on their way to and from storage pools: all that read a pool share its rate equally, so do all that
 * write it.
 *
 * A pool has two channels, reading and writing, each with its own rate. n transfers on a channel of rate R
 * get R / n each from the instant at which the n-th began to that at which one of them ends (egalitarian
 * processor sharing; Kleinrock 1967). What each one has got since the channel was opened is one number,
 * the channel's level: a transfer that begins at level L and moves B bytes ends when the level is L + B.
 * So a change costs one multiplication and a look at the n transfers for the next to end, and one event is
 * queued a channel.
 *
 * Levels are in units of 2^-10 of a bit / 10^9 (rate times nanoseconds), rounded down at a change of n;
 * ends are rounded up to the nanosecond: nothing ends before its bytes are there. The network between pool
 * and host is not looked at. */
#ifndef MODELS_TRANSFER_H
#define MODELS_TRANSFER_H

#include <stdint.h>

#include "models/world.h"
#include "sim/wide.h"

enum transfer_way { TRANSFER_READ, TRANSFER_WRITE, TRANSFER_WAYS };

struct transfer {
	uint32_t channel, slot;      /* its place in the channel's list */
	uint32_t next_free;          /* of the table's places that are free */
	uint64_t began;              /* how many transfers began before it: decides ties */
	uint64_t tag;                /* the caller's */
	wide end;                    /* the channel's level at which it is over */
};

struct transfer_channel {
	uint32_t *active;            /* in no order */
	uint32_t count, room;
	int64_t since_ns;            /* when `level` was brought up to date */
	wide level;
	event_id event;
};

struct transfers {
	struct world *world;
	event_type end;
	struct transfer_channel *channels; /* [pool * TRANSFER_WAYS + way] */
	uint32_t channel_count;
	struct transfer *all;
	uint32_t count, room, free;  /* free: head of a list, ID_NONE ends it */
	uint64_t began;
	/* Told of each one that is over. */
	void (*done)(void *context, uint64_t tag);
	void *context;
};

/* When all pools are there. Registers its event type. */
void transfers_open(struct transfers *t, struct world *world);
void transfers_close(struct transfers *t);

/* Begins to move bytes (> 0) now. Returns its number, good until it is over or cancelled. */
uint32_t transfer_begin(struct transfers *t, pool_id pool, enum transfer_way way, int64_t bytes,
                        uint64_t tag);
void transfer_cancel(struct transfers *t, uint32_t transfer);

#endif

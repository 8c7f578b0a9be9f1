/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equal shares of a pool's rate, one event a channel. */
#include "models/transfer.h"

#include <stdlib.h>

#define FINE 10 /* bits of a level below a rate times a nanosecond */

static int64_t rate_bps(const struct transfers *t, uint32_t channel)
{
	const struct pool *pool = &t->world->pools[channel / TRANSFER_WAYS];
	return channel % TRANSFER_WAYS == TRANSFER_READ ? pool->read_bps : pool->write_bps;
}

/* Raises a channel's level to now. */
static void channel_advance(struct transfers *t, uint32_t index)
{
	struct transfer_channel *c = &t->channels[index];
	int64_t now_ns = engine_now_ns(t->world->engine);
	if (c->count)
		c->level += (wide_product(rate_bps(t, index), now_ns - c->since_ns) << FINE) / c->count;
	c->since_ns = now_ns;
}

/* The transfer of a channel that ends next; of several, the one that began first. */
static uint32_t channel_first(const struct transfers *t, const struct transfer_channel *c)
{
	uint32_t first = c->active[0];
	for (uint32_t k = 1; k < c->count; k++) {
		const struct transfer *x = &t->all[c->active[k]], *y = &t->all[first];
		if (x->end < y->end || (x->end == y->end && x->began < y->began))
			first = c->active[k];
	}
	return first;
}

/* How long until the level has risen by so much: rounded up. */
static int64_t rise_ns(wide rise, int64_t bps, uint32_t count)
{
	wide rate = (wide)bps << FINE, whole = rise / rate, rest = rise % rate;
	if (whole > TIME_MAX_NS)
		return TIME_MAX_NS;
	wide ns = whole * count + (rest * count + rate - 1) / rate;
	return ns < TIME_MAX_NS ? (int64_t)ns : TIME_MAX_NS;
}

/* Asks for the event at which the next transfer of an up-to-date channel ends. */
static void channel_ask(struct transfers *t, uint32_t index)
{
	struct transfer_channel *c = &t->channels[index];
	event_cancel(t->world->engine, c->event);
	c->event = EVENT_NONE;
	if (!c->count)
		return;
	wide rise = t->all[channel_first(t, c)].end - c->level;
	int64_t wait_ns = rise > 0 ? rise_ns(rise, rate_bps(t, index), c->count) : 0;
	if (wait_ns <= TIME_MAX_NS - c->since_ns)
		c->event = event_at(t->world->engine, c->since_ns + wait_ns, t->end, index, 0);
}

static void transfer_remove(struct transfers *t, uint32_t id)
{
	struct transfer *x = &t->all[id];
	struct transfer_channel *c = &t->channels[x->channel];
	uint32_t last = c->active[--c->count];
	c->active[x->slot] = last;
	t->all[last].slot = x->slot;
	x->channel = ID_NONE;
	x->next_free = t->free;
	t->free = id;
}

/* All that are over by now leave before anybody is told: who is told may begin or cancel others. */
static void channel_fired(struct engine *engine, void *context, const struct event *event)
{
	struct transfers *t = context;
	uint32_t index = (uint32_t)event->a;
	(void)engine;
	t->channels[index].event = EVENT_NONE;
	channel_advance(t, index);
	for (;;) {
		struct transfer_channel *c = &t->channels[index];
		uint32_t first = c->count ? channel_first(t, c) : ID_NONE;
		if (first == ID_NONE || t->all[first].end > c->level)
			break;
		uint64_t tag = t->all[first].tag;
		transfer_remove(t, first);
		t->done(t->context, tag);
	}
	channel_ask(t, index);
}

void transfers_open(struct transfers *t, struct world *world)
{
	*t = (struct transfers){.world = world, .free = ID_NONE};
	t->end = engine_type(world->engine, "transfer ends", RANK_HOST, channel_fired, t);
	t->channel_count = world->pool_count * TRANSFER_WAYS;
	t->channels = memory_new(t->channel_count, sizeof *t->channels, "channels of storage pools");
}

void transfers_close(struct transfers *t)
{
	for (uint32_t k = 0; k < t->channel_count; k++)
		free(t->channels[k].active);
	free(t->channels);
	free(t->all);
	*t = (struct transfers){0};
}

uint32_t transfer_begin(struct transfers *t, pool_id pool, enum transfer_way way, int64_t bytes,
                        uint64_t tag)
{
	uint32_t index = pool.i * TRANSFER_WAYS + way, id = t->free;
	ASSERT(bytes > 0 && pool.i < t->world->pool_count && index < t->channel_count);
	if (id == ID_NONE) {
		ARRAY_GROW(t->all, t->count, t->room, "table of transfers");
		id = t->count++;
	} else {
		t->free = t->all[id].next_free;
	}
	channel_advance(t, index);
	struct transfer_channel *c = &t->channels[index];
	ARRAY_GROW(c->active, c->count, c->room, "transfers of a pool");
	t->all[id] = (struct transfer){
		.channel = index, .slot = c->count, .began = t->began++, .tag = tag,
		.end = c->level + ((wide_product(bytes, 8) * NS_PER_S) << FINE),
	};
	c->active[c->count++] = id;
	channel_ask(t, index);
	return id;
}

void transfer_cancel(struct transfers *t, uint32_t id)
{
	uint32_t index = t->all[id].channel;
	ASSERT(id < t->count && index != ID_NONE);
	channel_advance(t, index);
	transfer_remove(t, id);
	channel_ask(t, index);
}

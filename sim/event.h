/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: events in the order of their times, and the clock.
 *
 * An event is a type, a time and two 64-bit operands; its type, registered once, has a name, a rank
 * and a handler. Events fire in the order of (time, rank of type, order of asking). The rank
 * settles what happens first at one instant: demands change before policies look at them, results
 * are recorded last. An event asked for at the present time with a lower rank than the one firing
 * fires next.
 *
 * Cancelling is O(1): an event_id is a slot and its generation; the queue entry stays and is
 * skipped when it surfaces, or swept out with its like when they are the most. An event_id that has
 * fired or was cancelled is stale for ever, and cancelling it is harmless. An event no longer pends
 * while its handler runs.
 *
 * Nothing is polled and nothing periodic is queued one by one: what ticks together is one event
 * over arrays, and a host's trace samples are no events at all (models/hypervisor/fluid.h
 * integrates over them lazily).
 *
 * All state is in the struct: two engines can live in one process. */
#ifndef SIM_EVENT_H
#define SIM_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/digest.h"
#include "sim/fault.h"
#include "sim/queue.h"

#define EVENT_RANKS 16

struct engine;

struct event {
	int64_t time_ns;
	uint64_t a, b;
};

typedef struct {
	uint8_t i;
} event_type;

typedef struct {
	uint32_t slot, generation; /* generation 0 is no event */
} event_id;

#define EVENT_NONE ((event_id){0, 0})

typedef void event_handler(struct engine *engine, void *context, const struct event *event);

/* `run` and `seed` are for messages and for results; `run` must outlive the engine. */
struct engine *engine_open(const char *run, uint64_t seed);
void engine_close(struct engine *engine);

/* At most 64 types; rank < EVENT_RANKS; `name` must outlive the engine. Types must be registered in
 * the same order in every run of one scenario, since the digest covers their numbers. */
event_type engine_type(struct engine *engine, const char *name, unsigned rank,
                       event_handler *handler, void *context);

/* Asks for an event. ASSERTs now <= time_ns <= TIME_MAX_NS. */
event_id event_at(struct engine *engine, int64_t time_ns, event_type type, uint64_t a, uint64_t b);

/* True when it was pending. */
bool event_cancel(struct engine *engine, event_id id);
bool event_pending(const struct engine *engine, event_id id);

/* Fires all events with time <= until_ns, then sets the clock to until_ns (now <= until_ns <=
 * TIME_MAX_NS). Stops early after the handler in which engine_stop was called; the clock then
 * stays. Not to be called from a handler. */
void engine_run(struct engine *engine, int64_t until_ns);
void engine_stop(struct engine *engine);

int64_t engine_now_ns(const struct engine *engine);
uint64_t engine_seed(const struct engine *engine);
const char *engine_run_name(const struct engine *engine);
/* Events fired so far. */
uint64_t engine_fired(const struct engine *engine);
/* Events pending. */
uint64_t engine_pending(const struct engine *engine);
/* The digest of the run; every module adds its records to it. */
struct digest *engine_digest(struct engine *engine);

/* Called every `every` fired events (progress bars); NULL takes it away. Must not touch the
 * simulation. */
typedef void engine_watcher(void *context, int64_t now_ns);
void engine_watch(struct engine *engine, uint64_t every, engine_watcher *fn, void *context);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: slots of pending events beside the queue of their keys, and the loop. */
#include "sim/event.h"

#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"
#include "sim/time.h"

#define TYPES 64
#define RANK_BITS 4
#define SLOTS_FIRST 256u
#define SLOTS_LARGEST (UINT32_C(1) << 31)
#define NO_SLOT UINT32_MAX

/* Cancelled entries stay in the queue until they surface; more of them than live ones and than this
 * are swept out, so that a timer far ahead which is moved again and again costs no memory. */
#define STALE_ALLOWED 65536u

/* So many slots of the next events are fetched before their turn: at a million pending each is a
 * miss of 100 ns. Tried: 1 to 5 hide part of it, 8 and more all that can be. */
#define LOOK_AHEAD 12u

_Static_assert(TIME_MAX_NS <= INT64_MAX >> RANK_BITS, "a time and a rank fit a key");
_Static_assert(EVENT_RANKS <= 1 << RANK_BITS, "a rank fits its bits");

/* What a pending event is, but for its time, which is in the key. 32 bytes: two a cache line. */
struct slot {
	uint64_t a, b;             /* a: the next free slot, in a free one */
	uint64_t sequence;
	uint32_t generation;       /* of the pending event, or of the next one in a free slot */
	uint8_t type;
};

struct event_class {
	const char *name;
	event_handler *handler;
	void *context;
	unsigned rank;
};

struct engine {
	struct queue *queue;
	struct slot *slots;
	uint32_t slot_count, slot_room, free_slot;
	uint64_t pending;
	uint64_t asked, fired;
	struct digest digest;
	struct fault_context fault;        /* fault.now_ns is the clock */
	uint64_t watch_at, watch_every;
	engine_watcher *watch;
	void *watch_context;
	unsigned type_count;
	bool running, stopping;
	struct event_class types[TYPES];
};

struct engine *engine_open(const char *run, uint64_t seed)
{
	struct engine *engine = memory_new(1, sizeof *engine, "engine");
	engine->queue = queue_open();
	engine->free_slot = NO_SLOT;
	engine->watch_at = UINT64_MAX;
	engine->fault = (struct fault_context){.run = run, .seed = seed};
	return engine;
}

void engine_close(struct engine *engine)
{
	if (!engine)
		return;
	ASSERT(!engine->running);
	queue_close(engine->queue);
	memory_huge_free(engine->slots, engine->slot_room * sizeof *engine->slots);
	free(engine);
}

event_type engine_type(struct engine *engine, const char *name, unsigned rank, event_handler *handler,
                       void *context)
{
	ASSERT(engine->type_count < TYPES && rank < EVENT_RANKS && name && handler);
	engine->types[engine->type_count] =
		(struct event_class){.name = name, .handler = handler, .context = context, .rank = rank};
	return (event_type){(uint8_t)engine->type_count++};
}

static void slots_grow(struct engine *engine)
{
	if (engine->slot_room == SLOTS_LARGEST)
		fault_surroundings("out of memory: more than %u events pending", SLOTS_LARGEST);
	uint32_t room = engine->slot_room ? engine->slot_room * 2 : SLOTS_FIRST;
	struct slot *slots = memory_huge_new(room * sizeof *slots, "pending events");
	if (engine->slots)
		memcpy(slots, engine->slots, engine->slot_count * sizeof *slots);
	memory_huge_free(engine->slots, engine->slot_room * sizeof *slots);
	engine->slots = slots;
	engine->slot_room = room;
}

static inline uint32_t slot_take(struct engine *engine)
{
	uint32_t slot = engine->free_slot;
	if (slot != NO_SLOT) {
		engine->free_slot = (uint32_t)engine->slots[slot].a;
		return slot;
	}
	if (engine->slot_count == engine->slot_room)
		slots_grow(engine);
	slot = engine->slot_count++;
	engine->slots[slot].generation = 1;
	return slot;
}

/* Ids of the event that was here are stale from now on. A slot whose generations are used up is
 * never given out again, so that no id ever names another event than its own. */
static inline void slot_release(struct engine *engine, uint32_t slot)
{
	struct slot *s = &engine->slots[slot];
	engine->pending--;
	if (++s->generation == 0)
		return;
	s->a = engine->free_slot;
	engine->free_slot = slot;
}

static inline uint32_t tag_slot(uint64_t tag)
{
	return (uint32_t)tag;
}

static inline uint32_t tag_generation(uint64_t tag)
{
	return (uint32_t)(tag >> 32);
}

event_id event_at(struct engine *engine, int64_t time_ns, event_type type, uint64_t a, uint64_t b)
{
	ASSERT(time_ns >= engine->fault.now_ns && time_ns <= TIME_MAX_NS);
	ASSERT(type.i < engine->type_count);
	uint32_t slot = slot_take(engine);
	struct slot *s = &engine->slots[slot];
	s->a = a;
	s->b = b;
	s->sequence = engine->asked++;
	s->type = type.i;
	engine->pending++;
	queue_push(engine->queue, (struct queue_entry){
		.key = time_ns << RANK_BITS | engine->types[type.i].rank,
		.tag = (uint64_t)s->generation << 32 | slot,
	});
	return (event_id){.slot = slot, .generation = s->generation};
}

bool event_pending(const struct engine *engine, event_id id)
{
	return id.generation != 0 && id.slot < engine->slot_count &&
	       engine->slots[id.slot].generation == id.generation;
}

static bool entry_live(const void *slots, const struct queue_entry *e)
{
	return ((const struct slot *)slots)[tag_slot(e->tag)].generation == tag_generation(e->tag);
}

bool event_cancel(struct engine *engine, event_id id)
{
	if (!event_pending(engine, id))
		return false;
	slot_release(engine, id.slot);
	ASSERT(engine->pending <= queue_count(engine->queue));
	uint64_t stale = queue_count(engine->queue) - engine->pending;
	if (stale > STALE_ALLOWED && stale > engine->pending)
		queue_filter(engine->queue, entry_live, engine->slots);
	return true;
}

static inline void engine_fire(struct engine *engine, struct queue_entry entry)
{
	struct slot *s = &engine->slots[tag_slot(entry.tag)];
	const struct event_class *class = &engine->types[s->type];
	struct event event = {.time_ns = entry.key >> RANK_BITS, .a = s->a, .b = s->b};
	uint64_t words[5] = {(uint64_t)event.time_ns, s->type, event.a, event.b, s->sequence};
	digest_add(&engine->digest, DIGEST_EVENT, words);
	slot_release(engine, tag_slot(entry.tag));
	engine->fired++;
	engine->fault.now_ns = event.time_ns;
	engine->fault.event = class->name;
	class->handler(engine, class->context, &event);
	if (engine->fired >= engine->watch_at) {
		engine->watch_at += engine->watch_every;
		engine->watch(engine->watch_context, event.time_ns);
	}
}

/* Of the entries at hand `fetched` have their slots on the way; returns how many have then. (Always
 * inline, since gcc 12 takes a function that only fetches ahead for one without effect and drops
 * its calls.) */
static inline __attribute__((always_inline))
unsigned slots_fetch(const struct engine *engine, unsigned fetched)
{
	const struct queue_entry *e;
	for (; fetched < LOOK_AHEAD && (e = queue_at_hand(engine->queue, fetched)); fetched++)
		__builtin_prefetch(&engine->slots[tag_slot(e->tag)], 1);
	return fetched;
}

void engine_run(struct engine *engine, int64_t until_ns)
{
	ASSERT(!engine->running && until_ns >= engine->fault.now_ns && until_ns <= TIME_MAX_NS);
	struct fault_context *outer = fault_context_swap(&engine->fault);
	struct queue *queue = engine->queue;
	int64_t last_key = until_ns << RANK_BITS | (EVENT_RANKS - 1);
	const struct queue_entry *first;
	unsigned fetched = 0;
	engine->running = true;
	engine->stopping = false;
	while (!engine->stopping && (first = queue_first(queue)) && first->key <= last_key) {
		struct queue_entry entry = *first;
		fetched = slots_fetch(engine, fetched) - 1;
		queue_drop(queue);
		if (entry_live(engine->slots, &entry))
			engine_fire(engine, entry);
	}
	ASSERT(engine->pending <= queue_count(queue) && engine->fault.now_ns <= until_ns);
	if (!engine->stopping)
		engine->fault.now_ns = until_ns;
	engine->fault.event = NULL;
	engine->running = false;
	fault_context_swap(outer);
}

void engine_stop(struct engine *engine)
{
	engine->stopping = true;
}

int64_t engine_now_ns(const struct engine *engine)
{
	return engine->fault.now_ns;
}

uint64_t engine_seed(const struct engine *engine)
{
	return engine->fault.seed;
}

const char *engine_run_name(const struct engine *engine)
{
	return engine->fault.run;
}

uint64_t engine_fired(const struct engine *engine)
{
	return engine->fired;
}

uint64_t engine_pending(const struct engine *engine)
{
	return engine->pending;
}

struct digest *engine_digest(struct engine *engine)
{
	return &engine->digest;
}

void engine_watch(struct engine *engine, uint64_t every, engine_watcher *fn, void *context)
{
	engine->watch = fn;
	engine->watch_context = context;
	engine->watch_every = every ? every : 1;
	engine->watch_at = fn ? engine->fired + engine->watch_every : UINT64_MAX;
}

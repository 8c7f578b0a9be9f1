/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: order, cancelling, the clock, the digest, and what a failing ASSERT says. */
#include "sim/event.h"

#include <stdlib.h>

#include "sim/fault.h"
#include "sim/heap.h"
#include "sim/memory.h"
#include "sim/time.h"
#include "tests/sim/child.h"
#include "tests/test.h"

#define LOG_ROOM 64

/* What the handler `note` saw, and what it shall do when it sees it. */
struct log {
	struct engine *engine;
	uint64_t a[LOG_ROOM];
	int64_t time_ns[LOG_ROOM];
	size_t count;
	uint64_t stop_at;          /* engine_stop when a is this */
	event_type again;          /* asked for at the present time when a is `again_at` */
	uint64_t again_at;
};

static void note(struct engine *engine, void *context, const struct event *event)
{
	struct log *log = context;
	if (log->count < LOG_ROOM) {
		log->a[log->count] = event->a;
		log->time_ns[log->count] = event->time_ns;
	}
	log->count++;
	CU_ASSERT_EQUAL(engine_now_ns(engine), event->time_ns);
	if (log->again_at && event->a == log->again_at)
		event_at(engine, event->time_ns, log->again, event->a + 100, 0);
	if (log->stop_at && event->a == log->stop_at)
		engine_stop(engine);
}

static void log_expect(const struct log *log, const uint64_t *a, size_t count)
{
	CU_ASSERT_EQUAL(log->count, count);
	for (size_t i = 0; i < count && i < log->count; i++)
		CU_ASSERT_EQUAL(log->a[i], a[i]);
}

#define LOG_EXPECT(log, ...) \
	log_expect((log), (const uint64_t[]){__VA_ARGS__}, \
	           sizeof (uint64_t[]){__VA_ARGS__} / sizeof(uint64_t))

static void order_of_events(void)
{
	struct log log = {.engine = engine_open("order", 1)};
	struct engine *engine = log.engine;
	event_type late = engine_type(engine, "late", 9, note, &log);
	event_type early = engine_type(engine, "early", 2, note, &log);
	event_type other = engine_type(engine, "other", 9, note, &log);
	event_at(engine, 20, late, 1, 0);
	event_at(engine, 10, late, 2, 0);
	event_at(engine, 10, early, 3, 0);
	event_at(engine, 10, other, 4, 0);
	event_at(engine, 10, early, 5, 0);
	event_at(engine, 10, late, 6, 0);
	event_at(engine, 0, late, 7, 0);
	CU_ASSERT_EQUAL(engine_pending(engine), 7);
	engine_run(engine, 100);
	LOG_EXPECT(&log, 7, 3, 5, 2, 4, 6, 1);
	CU_ASSERT_EQUAL(engine_fired(engine), 7);
	CU_ASSERT_EQUAL(engine_pending(engine), 0);
	CU_ASSERT_EQUAL(engine_now_ns(engine), 100);
	engine_close(engine);
}

static void asked_while_firing(void)
{
	/* At one instant: ranks 5 5 5; the first asks for one of rank 1, the second of which then
	 * comes before the others. */
	struct log log = {.engine = engine_open("now", 1), .again_at = 1};
	struct engine *engine = log.engine;
	log.again = engine_type(engine, "first", 1, note, &log);
	event_type middle = engine_type(engine, "middle", 5, note, &log);
	for (uint64_t i = 1; i <= 3; i++)
		event_at(engine, 50, middle, i, 0);
	engine_run(engine, 50);
	LOG_EXPECT(&log, 1, 101, 2, 3);
	/* Of the same rank: behind those that wait. */
	log.again = middle;
	log.count = 0;
	for (uint64_t i = 1; i <= 3; i++)
		event_at(engine, 50, middle, i, 0);
	engine_run(engine, 50);
	LOG_EXPECT(&log, 1, 2, 3, 101);
	engine_close(engine);
}

static void operands_arrive(struct engine *engine, void *context, const struct event *event)
{
	(void)engine;
	*(struct event *)context = *event;
}

static void operands(void)
{
	struct event seen = {0};
	struct engine *engine = engine_open("operands", 77);
	event_type type = engine_type(engine, "type", 15, operands_arrive, &seen);
	event_at(engine, TIME_MAX_NS, type, UINT64_MAX, 0x123456789abcdef0);
	engine_run(engine, TIME_MAX_NS);
	CU_ASSERT_EQUAL(seen.time_ns, TIME_MAX_NS);
	CU_ASSERT_EQUAL(seen.a, UINT64_MAX);
	CU_ASSERT_EQUAL(seen.b, 0x123456789abcdef0);
	CU_ASSERT_EQUAL(engine_seed(engine), 77);
	CU_ASSERT_STRING_EQUAL(engine_run_name(engine), "operands");
	engine_close(engine);
	engine_close(NULL);
}

static void stale_ids(void)
{
	struct log log = {.engine = engine_open("stale", 1)};
	struct engine *engine = log.engine;
	event_type type = engine_type(engine, "type", 0, note, &log);
	CU_ASSERT(!event_cancel(engine, EVENT_NONE));
	CU_ASSERT(!event_pending(engine, EVENT_NONE));
	CU_ASSERT(!event_cancel(engine, (event_id){.slot = 12345, .generation = 1}));
	event_id first = event_at(engine, 10, type, 1, 0);
	event_id second = event_at(engine, 20, type, 2, 0);
	CU_ASSERT(event_pending(engine, first) && event_pending(engine, second));
	CU_ASSERT(event_cancel(engine, first));
	CU_ASSERT(!event_pending(engine, first));
	CU_ASSERT(!event_cancel(engine, first));
	CU_ASSERT_EQUAL(engine_pending(engine), 1);
	/* The slot is used again; the old id does not name the new event. */
	event_id third = event_at(engine, 10, type, 3, 0);
	CU_ASSERT_EQUAL(third.slot, first.slot);
	CU_ASSERT(!event_cancel(engine, first));
	CU_ASSERT(event_pending(engine, third));
	engine_run(engine, 15);
	LOG_EXPECT(&log, 3);
	CU_ASSERT(!event_cancel(engine, third));
	CU_ASSERT(event_cancel(engine, second));
	engine_run(engine, 30);
	CU_ASSERT_EQUAL(log.count, 1);
	engine_close(engine);
}

static void until(void)
{
	struct log log = {.engine = engine_open("until", 1)};
	struct engine *engine = log.engine;
	event_type type = engine_type(engine, "type", 15, note, &log);
	event_at(engine, 100, type, 1, 0);
	event_at(engine, 101, type, 2, 0);
	engine_run(engine, 99);
	CU_ASSERT_EQUAL(log.count, 0);
	CU_ASSERT_EQUAL(engine_now_ns(engine), 99);
	/* Before the event that the engine has already looked at. */
	event_at(engine, 99, type, 3, 0);
	engine_run(engine, 100);
	LOG_EXPECT(&log, 3, 1);
	engine_run(engine, 100);
	CU_ASSERT_EQUAL(engine_now_ns(engine), 100);
	engine_run(engine, 200);
	LOG_EXPECT(&log, 3, 1, 2);
	CU_ASSERT_EQUAL(engine_now_ns(engine), 200);
	engine_close(engine);
}

static void stop(void)
{
	struct log log = {.engine = engine_open("stop", 1), .stop_at = 2};
	struct engine *engine = log.engine;
	event_type type = engine_type(engine, "type", 3, note, &log);
	for (uint64_t i = 1; i <= 4; i++)
		event_at(engine, (int64_t)i * 10, type, i, 0);
	engine_run(engine, 1000);
	LOG_EXPECT(&log, 1, 2);
	CU_ASSERT_EQUAL(engine_now_ns(engine), 20);
	CU_ASSERT_EQUAL(engine_pending(engine), 2);
	engine_run(engine, 1000);
	LOG_EXPECT(&log, 1, 2, 3, 4);
	CU_ASSERT_EQUAL(engine_now_ns(engine), 1000);
	engine_close(engine);
}

/* A little world of chances that cancels and asks: its own random numbers, in the context. */
struct churn {
	uint64_t random;
	event_type types[3];
	event_id ids[64];
	uint64_t cancelled;
};

static uint64_t churn_random(struct churn *churn)
{
	churn->random = churn->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return churn->random >> 33;
}

static void churn_step(struct engine *engine, void *context, const struct event *event)
{
	struct churn *churn = context;
	uint64_t other = churn_random(churn) % 64;
	int64_t now_ns = engine_now_ns(engine);
	if (event_cancel(engine, churn->ids[other])) {
		churn->cancelled++;
		churn->ids[other] = event_at(engine, now_ns + (int64_t)(churn_random(churn) % 500),
		                             churn->types[churn_random(churn) % 3], other, 0);
	}
	churn->ids[event->a] = event_at(engine, now_ns + (int64_t)(churn_random(churn) % 1000),
	                                churn->types[churn_random(churn) % 3], event->a, event->b + 1);
}

static struct engine *churn_open(struct churn *churn, uint64_t seed)
{
	struct engine *engine = engine_open("churn", seed);
	*churn = (struct churn){.random = seed};
	for (unsigned i = 0; i < 3; i++)
		churn->types[i] = engine_type(engine, "churn", i * 5, churn_step, churn);
	for (uint64_t i = 0; i < 64; i++)
		churn->ids[i] = event_at(engine, (int64_t)i, churn->types[i % 3], i, 0);
	return engine;
}

static int same(const struct digest *x, const struct digest *y)
{
	return x->lo == y->lo && x->hi == y->hi;
}

static void two_engines(void)
{
	struct churn a, b, c;
	struct engine *x = churn_open(&a, 3), *y = churn_open(&b, 3), *z = churn_open(&c, 4);
	for (int64_t until_ns = 0; until_ns <= 100000; until_ns += 1000) {
		engine_run(x, until_ns);
		engine_run(z, until_ns);
	}
	engine_run(y, 100000);
	CU_ASSERT(a.cancelled > 1000);
	CU_ASSERT(engine_fired(x) > 10000);
	CU_ASSERT_EQUAL(engine_fired(x), engine_fired(y));
	CU_ASSERT_EQUAL(engine_pending(x), 64);
	CU_ASSERT(same(engine_digest(x), engine_digest(y)));
	CU_ASSERT(!same(engine_digest(x), engine_digest(z)));
	engine_close(x);
	engine_close(y);
	engine_close(z);
}

struct digest_case {
	int64_t time_ns;
	unsigned type;
	uint64_t a, b;
	uint64_t asked_before;     /* events asked for and cancelled first: they move the sequence number */
};

static struct digest digest_of(struct digest_case c)
{
	struct log log = {.engine = engine_open("digest", 1)};
	event_type types[2];
	for (unsigned i = 0; i < 2; i++)
		types[i] = engine_type(log.engine, "type", 4, note, &log);
	for (uint64_t i = 0; i < c.asked_before; i++)
		event_cancel(log.engine, event_at(log.engine, 5, types[0], 0, 0));
	event_at(log.engine, c.time_ns, types[c.type], c.a, c.b);
	engine_run(log.engine, 1000);
	struct digest d = *engine_digest(log.engine);
	engine_close(log.engine);
	return d;
}

static void digest_of_events(void)
{
	const struct digest_case cases[] = {
		{.time_ns = 1, .type = 0, .a = 1, .b = 1},
		{.time_ns = 2, .type = 0, .a = 1, .b = 1},
		{.time_ns = 1, .type = 1, .a = 1, .b = 1},
		{.time_ns = 1, .type = 0, .a = 2, .b = 1},
		{.time_ns = 1, .type = 0, .a = 1, .b = 2},
		{.time_ns = 1, .type = 0, .a = 1, .b = 1, .asked_before = 1},
	};
	struct digest reference = digest_of(cases[0]), again = digest_of(cases[0]);
	CU_ASSERT(same(&reference, &again));
	for (size_t i = 1; i < sizeof cases / sizeof *cases; i++) {
		struct digest d = digest_of(cases[i]);
		CU_ASSERT(!same(&reference, &d));
	}
	struct digest by_hand = {0};
	digest_add(&by_hand, DIGEST_EVENT, (const uint64_t[5]){1, 0, 1, 1, 0});
	CU_ASSERT(same(&reference, &by_hand));
}

/* The engine against the heap, with cancels: the heap's entries are asked whether they still hold. */
struct oracle {
	struct heap heap;
	uint64_t *generation;      /* of each thing; the heap's tag is thing | generation << 32 */
	uint64_t wrong, fired;
};

static void oracle_fire(struct engine *engine, void *context, const struct event *event)
{
	struct oracle *oracle = context;
	struct queue_entry e;
	(void)engine;
	do {
		if (!heap_pop(&oracle->heap, &e)) {
			oracle->wrong++;
			return;
		}
	} while (oracle->generation[(uint32_t)e.tag] != e.tag >> 32);
	oracle->fired++;
	oracle->wrong += e.key >> 4 != event->time_ns || (uint32_t)e.tag != event->a;
	oracle->generation[event->a]++;
}

static void cancels_against_the_heap(void)
{
	enum { THINGS = 50000, STEPS = 400000 };
	struct oracle oracle = {.generation = memory_new(THINGS, sizeof *oracle.generation, "test")};
	event_id *ids = memory_new(THINGS, sizeof *ids, "test");
	struct engine *engine = engine_open("oracle", 5);
	event_type types[2];
	struct churn churn = {.random = 11};
	heap_init(&oracle.heap);
	for (unsigned i = 0; i < 2; i++)
		types[i] = engine_type(engine, "type", 15 * i, oracle_fire, &oracle);
	for (int step = 0; step < STEPS; step++) {
		uint64_t thing = churn_random(&churn) % THINGS, rank = churn_random(&churn) % 2;
		int64_t at_ns = engine_now_ns(engine) + (int64_t)(churn_random(&churn) % 2000000) * 1000;
		if (event_cancel(engine, ids[thing]))
			oracle.generation[thing]++;
		ids[thing] = event_at(engine, at_ns, types[rank], thing, 0);
		heap_push(&oracle.heap, (struct queue_entry){
			.key = at_ns << 4 | (int64_t)rank * 15,
			.tag = oracle.generation[thing] << 32 | thing,
		});
		if (step % 1000 == 999)
			engine_run(engine, engine_now_ns(engine) + 3000000);
	}
	engine_run(engine, TIME_MAX_NS);
	CU_ASSERT_EQUAL(oracle.wrong, 0);
	CU_ASSERT(oracle.fired > THINGS);
	CU_ASSERT_EQUAL(engine_pending(engine), 0);
	engine_close(engine);
	heap_fini(&oracle.heap);
	free(oracle.generation);
	free(ids);
}

static void moved_timers_cost_no_memory(void)
{
	/* A timer far ahead is moved two million times; 16 bytes each would be 32 MB. */
	struct log log = {.engine = engine_open("timer", 1)};
	struct engine *engine = log.engine;
	struct rusage before, after;
	event_type type = engine_type(engine, "timer", 3, note, &log);
	getrusage(RUSAGE_SELF, &before);
	event_id id = EVENT_NONE;
	for (int64_t i = 0; i < 2000000; i++) {
		event_cancel(engine, id);
		id = event_at(engine, NS_PER_DAY + i, type, 1, 0);
	}
	getrusage(RUSAGE_SELF, &after);
	CU_ASSERT(after.ru_maxrss - before.ru_maxrss < 16 << 10);
	CU_ASSERT_EQUAL(engine_pending(engine), 1);
	engine_run(engine, 2 * NS_PER_DAY);
	CU_ASSERT_EQUAL(log.count, 1);
	CU_ASSERT_EQUAL(log.time_ns[0], NS_PER_DAY + 1999999);
	engine_close(engine);
}

static void watched(void *context, int64_t now_ns)
{
	struct log *seen = context;
	seen->time_ns[seen->count++] = now_ns;
}

static void watching(void)
{
	struct log log = {.engine = engine_open("watch", 1)}, seen = {0};
	struct engine *engine = log.engine;
	event_type type = engine_type(engine, "type", 3, note, &log);
	for (uint64_t i = 1; i <= 20; i++)
		event_at(engine, (int64_t)i, type, i, 0);
	engine_watch(engine, 4, watched, &seen);
	engine_run(engine, 9);
	CU_ASSERT_EQUAL(seen.count, 2);
	CU_ASSERT_EQUAL(seen.time_ns[0], 4);
	CU_ASSERT_EQUAL(seen.time_ns[1], 8);
	engine_watch(engine, 0, NULL, NULL);
	engine_run(engine, 19);
	CU_ASSERT_EQUAL(seen.count, 2);
	engine_watch(engine, 1, watched, &seen);
	engine_run(engine, 30);
	CU_ASSERT_EQUAL(seen.count, 3);
	engine_close(engine);
}

static void fail(struct engine *engine, void *context, const struct event *event)
{
	(void)context;
	event_at(engine, event->time_ns - 1, (event_type){0}, 0, 0);
}

static void ask_for_the_past(void)
{
	struct engine *engine = engine_open("broken clock", 42);
	event_type type = engine_type(engine, "time machine", 3, fail, NULL);
	event_at(engine, 90 * NS_PER_S + 5, type, 0, 0);
	engine_run(engine, NS_PER_DAY);
}

static void ask_nothing_of(void)
{
	struct engine *engine = engine_open("no types", 1);
	event_at(engine, 0, (event_type){0}, 0, 0);
}

static void rank_too_high(void)
{
	engine_type(engine_open("rank", 1), "type", EVENT_RANKS, fail, NULL);
}

static void context_without_names(void)
{
	struct fault_context context = {0};
	fault_context_swap(&context);
	ASSERT(1 > 2);
}

static void abort_seen(int number)
{
	/* Safe here: the signal comes out of abort(), not from anywhere. */
	exit(number == SIGABRT ? 55 : 56); /* NOLINT(bugprone-signal-handler,cert-sig30-c) */
}

static void ask_for_the_past_and_handle_it(void)
{
	signal(SIGABRT, abort_seen);
	ask_for_the_past();
}

static void context_without_names_and_handle_it(void)
{
	signal(SIGABRT, abort_seen);
	context_without_names();
}

static void last_words_before_the_signal(void)
{
	/* A supervisor that catches the signal has the words already (and coverage is written only
	 * where exit() is reached). */
	struct child child = child_run(ask_for_the_past_and_handle_it);
	CU_ASSERT(child_exited(&child, 55));
	CU_ASSERT(child_said(&child, "event 'time machine'"));
	child = child_run(context_without_names_and_handle_it);
	CU_ASSERT(child_exited(&child, 55));
	CU_ASSERT(child_said(&child, "event '(none)'"));
}

static void last_words(void)
{
	struct child child = child_run(ask_for_the_past);
	CU_ASSERT(child_aborted(&child));
	CU_ASSERT(child_said(&child, "vdcsim: our mistake: sim/event.c:"));
	CU_ASSERT(child_said(&child, "time_ns >= engine->fault.now_ns"));
	CU_ASSERT(child_said(&child, "in run 'broken clock', seed 42, at 90.000000005 s, event "
	                             "'time machine'"));
	child = child_run(ask_nothing_of);
	CU_ASSERT(child_aborted(&child));
	CU_ASSERT(child_said(&child, "'type.i < engine->type_count' does not hold"));
	CU_ASSERT(!child_said(&child, "in run"));
	child = child_run(rank_too_high);
	CU_ASSERT(child_aborted(&child));
	child = child_run(context_without_names);
	CU_ASSERT(child_aborted(&child));
	CU_ASSERT(child_said(&child, "'1 > 2'"));
	CU_ASSERT(child_said(&child, "in run '(no name)', seed 0, at 0.000000000 s, event '(none)'"));
}

static void no_space(void)
{
	fault_surroundings("cannot write '%s': %s", "day.h5", "no space left on device");
}

static void surroundings(void)
{
	struct child child = child_run(no_space);
	CU_ASSERT(child_exited(&child, EXIT_SURROUNDINGS));
	CU_ASSERT_STRING_EQUAL(child.words,
	                       "vdcsim: error: cannot write 'day.h5': no space left on device\n");
}

static void context_outside(void)
{
	struct fault_context outer = {.run = "outer"};
	struct fault_context *before = fault_context_swap(&outer);
	struct log log = {.engine = engine_open("inner", 1)};
	engine_run(log.engine, 5);
	CU_ASSERT_PTR_EQUAL(fault_context_swap(before), &outer);
	engine_close(log.engine);
}

static const struct test tests[] = {
	{"events fire in the order of time, rank and asking", order_of_events},
	{"events asked for at the present time fire by rank, then behind their like", asked_while_firing},
	{"operands arrive whole", operands},
	{"cancelling a stale id is harmless", stale_ids},
	{"a run fires all up to its end and sets the clock", until},
	{"a stopped run stays where it is and can go on", stop},
	{"two engines in one process do not touch each other", two_engines},
	{"the digest covers time, type, operands and sequence of an event", digest_of_events},
	{"with cancels, events fire as from the heap", cancels_against_the_heap},
	{"moving a timer again and again costs no memory", moved_timers_cost_no_memory},
	{"a watcher is called each so many events", watching},
	{"a failing ASSERT says where the run was", last_words},
	{"an ASSERT has spoken before its signal", last_words_before_the_signal},
	{"the surroundings end the process with a message and status 3", surroundings},
	{"a run gives the fault context back", context_outside},
};

SUITE(sim_event, tests)

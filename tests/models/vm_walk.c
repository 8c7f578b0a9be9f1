/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every sequence of up to 8 steps of a guest's life: none leaves the table, none leaks.
 *
 * What may follow depends on a situation alone: the guest's state, what it has in its pool, its clone, its
 * hosts. So situations are walked breadth first, each is reached by one sequence, and every step is tried
 * from each: that stands for all sequences that lead there. How many those are is counted along the way;
 * they must be all, steps ^ length for each length. Requests happen at one instant unless a step lets time
 * pass: a little (less in all than any duration, so that a situation need not know how far a phase is), or
 * until nothing is under way. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/models/small_life.h"

#define LENGTH 8
#define SITUATIONS_MOST 4000

/* The requests to guest 0, then: */
enum { LITTLE = VM_REQUESTS, UNTIL_QUIET, DELETE_CLONE, START_CLONE, HOST_0_CRASH, STEPS };

struct situation {
	uint64_t key;
	uint8_t path[LENGTH], length;
	uint64_t ways[LENGTH + 1];  /* sequences of each length that end here */
};

struct walk {
	enum vm_copy copy;
	enum vm_on_crash on_crash;
	enum isolation isolation;
	struct situation *all;
	uint32_t count;
	uint64_t steps, refused;
};

static uint64_t key_of(const struct small *s)
{
	const struct vm_store none = {.base = ID_NONE, .moving = ID_NONE};
	uint64_t key = (uint64_t)s->world.hosts[0].state;
	for (uint32_t v = 0; v < 2; v++) {
		const struct vm *vm = &s->world.vms[v];
		const struct vm_store *store = s->world.stores ? &s->world.stores[v] : &none;
		bool timer = event_pending(s->engine, store->timer);
		key = key * VM_STATES + (uint64_t)vm->state;
		key = key * 3 + (vm->parent.i == ID_NONE ? 2 : vm->parent.i);
		key = key * 32 + (uint64_t)(store->disk_bytes / LIFE_LAYER);
		key = key * 8 + store->snapshots;
		key = key * 8 + store->clones;
		key = key * 2 + (store->base != ID_NONE);
		key = key * 2 + store->busy;
		key = key * 4 + store->copies;
		key = key * 8 + timer * 4U + (store->moving != ID_NONE) * 2U + store->image;
	}
	return key;
}

static void walk_open(const struct walk *w, struct small *s)
{
	life_open(s, w->copy, w->on_crash);
	s->world.host_types[0].isolation = w->isolation;
}

static void until_quiet(struct small *s)
{
	engine_run(s->engine, engine_now_ns(s->engine) + 2000 * NS_PER_S);
	CU_ASSERT_EQUAL_FATAL(engine_pending(s->engine), 0);
}

/* Takes a step. NULL, or why it was refused. */
static const char *take(struct small *s, unsigned step)
{
	const vm_id guest = {0}, clone = {1};
	switch (step) {
	case VM_START:
		return vm_life_start(&s->life, guest, (struct vm_parent){false, 0});
	case VM_RESTORE:
		return vm_life_restore(&s->life, guest, (struct vm_parent){false, 1});
	case VM_CLONE:
		return vm_life_clone(&s->life, guest, clone);
	case VM_MIGRATE: {
		uint32_t host = s->world.vms[0].parent.i;
		return migration_start(&s->migrations, guest, (host_id){host == 0});
	}
	case LITTLE:
		engine_run(s->engine, engine_now_ns(s->engine) + NS_PER_S);
		return NULL;
	case UNTIL_QUIET:
		until_quiet(s);
		return NULL;
	case DELETE_CLONE:
		return vm_life_request(&s->life, clone, VM_DELETE);
	case START_CLONE:
		return vm_life_start(&s->life, clone, (struct vm_parent){false, 1});
	case HOST_0_CRASH:
		return lifecycle_host(&s->life, (host_id){0}, HOST_CRASH);
	default:
		return vm_life_request(&s->life, guest, (enum vm_request)step);
	}
}

/* Where a request leads, with what only crashes depend on. */
static bool leads_well(const struct walk *w, const struct small *s, enum vm_state from,
                       enum vm_request request)
{
	enum vm_state now = s->world.vms[0].state;
	if (request != VM_CRASH)
		return now == vm_request_leads(from, request);
	if (w->isolation == ISOLATION_OS || w->on_crash == ON_CRASH_DESTROY)
		return now == VM_CRASHED;
	return now == (w->on_crash == ON_CRASH_RESTART ? VM_STARTING : VM_PRESERVED);
}

/* Whatever the situation, the guests can be stopped and deleted, and then all books are empty. */
static void check_no_leak(struct small *s)
{
	for (uint32_t v = 0; v < 2; v++)
		vm_life_stop(&s->life, (vm_id){v});
	until_quiet(s);
	for (uint32_t v = 2; v--;) /* the clone first: it may stand on the other's disk */
		vm_life_request(&s->life, (vm_id){v}, VM_DELETE);
	for (uint32_t v = 0; v < 2; v++)
		CU_ASSERT_EQUAL(s->world.vms[v].state, VM_UNDEFINED);
	for (uint32_t h = 0; h < 2; h++) {
		const struct host *host = &s->world.hosts[h];
		CU_ASSERT(!host->guest_count && !host->cpu_booked_hz && !host->ram_booked_bytes);
	}
	CU_ASSERT_EQUAL(s->world.pools[0].booked_bytes, 0);
	CU_ASSERT_EQUAL(engine_pending(s->engine), 0);
	world_check(&s->world);
}

static uint32_t situation_of(struct walk *w, uint64_t key, const struct situation *before, unsigned step)
{
	uint32_t i = 0;
	while (i < w->count && w->all[i].key != key)
		i++;
	if (i < w->count)
		return i;
	CU_ASSERT_FATAL(w->count < SITUATIONS_MOST);
	struct situation *new = &w->all[w->count++];
	*new = (struct situation){.key = key};
	if (before) {
		memcpy(new->path, before->path, before->length);
		new->path[before->length] = (uint8_t)step;
		new->length = before->length + 1;
	}
	return i;
}

static void replay(const struct walk *w, const struct situation *at, struct small *s)
{
	walk_open(w, s);
	for (unsigned k = 0; k < at->length; k++)
		take(s, at->path[k]);
	CU_ASSERT_EQUAL_FATAL(key_of(s), at->key);
}

/* One step from a situation: checked; returns the situation that it leads to. */
static uint32_t try_step(struct walk *w, uint32_t from, unsigned step)
{
	struct small s;
	struct situation at = w->all[from];
	replay(w, &at, &s);
	enum vm_state state = s.world.vms[0].state;
	const char *why = take(&s, step);
	world_check(&s.world);
	w->steps++;
	w->refused += why != NULL;
	if (why)
		CU_ASSERT_EQUAL(key_of(&s), at.key);
	if (step < VM_REQUESTS && !vm_request_allowed(state, (enum vm_request)step))
		CU_ASSERT(why && (step == VM_MIGRATE || strcmp(why, vm_ways[step].why) == 0));
	if (step < VM_REQUESTS && !why)
		CU_ASSERT(leads_well(w, &s, state, (enum vm_request)step));
	uint32_t to = situation_of(w, key_of(&s), &at, step);
	life_close(&s);
	return to;
}

static uint64_t power(uint64_t base, unsigned exponent)
{
	uint64_t product = 1;
	while (exponent--)
		product *= base;
	return product;
}

static void walk(struct walk *w)
{
	struct small s;
	uint64_t sequences = 0;
	w->all = memory_new(SITUATIONS_MOST, sizeof *w->all, "situations");
	uint32_t (*next)[STEPS] = memory_new(SITUATIONS_MOST, sizeof *next, "steps");
	walk_open(w, &s);
	w->all[situation_of(w, key_of(&s), NULL, 0)].ways[0] = 1;
	life_close(&s);
	for (uint32_t i = 0; i < w->count; i++) {
		replay(w, &w->all[i], &s);
		check_no_leak(&s);
		life_close(&s);
		for (unsigned step = 0; w->all[i].length < LENGTH && step < STEPS; step++)
			next[i][step] = try_step(w, i, step);
	}
	for (unsigned length = 0; length < LENGTH; length++)
		for (uint32_t i = 0; i < w->count; i++)
			for (unsigned step = 0; w->all[i].ways[length] && step < STEPS; step++)
				w->all[next[i][step]].ways[length + 1] += w->all[i].ways[length];
	for (uint32_t i = 0; i < w->count; i++)
		sequences += w->all[i].ways[LENGTH];
	CU_ASSERT_EQUAL(sequences, power(STEPS, LENGTH));
	CU_ASSERT(w->count > 100);
	if (getenv("VDCSIM_TEST_COUNTS"))
		printf("\n%u situations, %llu steps (%llu refused), %llu sequences of %d", w->count,
		       (unsigned long long)w->steps, (unsigned long long)w->refused,
		       (unsigned long long)sequences, LENGTH);
	free(next);
	free(w->all);
}

static void test_layers(void)
{
	walk(&(struct walk){.copy = VM_COPY_ON_WRITE, .on_crash = ON_CRASH_DESTROY});
}

static void test_copies(void)
{
	walk(&(struct walk){.copy = VM_COPY_FULL, .on_crash = ON_CRASH_RESTART});
}

static void test_preserve(void)
{
	walk(&(struct walk){.copy = VM_COPY_FULL, .on_crash = ON_CRASH_PRESERVE});
}

static void test_shared_kernel(void)
{
	walk(&(struct walk){
		.copy = VM_COPY_ON_WRITE, .on_crash = ON_CRASH_RESTART, .isolation = ISOLATION_OS,
	});
}

static const struct test tests[] = {
	{"no 8 steps leave the table or leak: layers, crashes destroy", test_layers},
	{"no 8 steps leave the table or leak: full copies, crashes restart", test_copies},
	{"no 8 steps leave the table or leak: full copies, crashes preserve", test_preserve},
	{"no 8 steps leave the table or leak: a kernel that all share", test_shared_kernel},
};
SUITE(models_vm_walk, tests)

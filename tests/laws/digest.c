/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the digest of a run is worth: equal runs have equal ones, and the smallest change of any kind
 * another. */
#include "tests/test.h"

#include <math.h>

#include "tests/laws/worlds.h"

#define WORLDS 100

typedef void change_fn(void *context, struct random_world *w);

/* A sample that a guest reads in the course of the run. */
struct place {
	uint32_t set, row, at;
	bool found;
};

/* The sample that a guest was on before the one on which it ended, if it got so far on a plan that is read
 * step by step and whose every unit shows. */
static void find_sample(const struct random_world *w, struct place *place)
{
	uint64_t placed = 0;
	for (uint32_t v = 0; v < w->world.vm_count; v++)
		placed += w->world.vms[v].placed_ns >= 0;
	if (w->world.notes[NOTE_VM_STATE] || w->world.notes[NOTE_VM_PLACED] > placed)
		return; /* guests stood still or were stopped for a while and did not read all */
	for (uint32_t v = 0; v < w->world.vm_count && !place->found; v++) {
		const struct vm *vm = &w->world.vms[v];
		const struct vm_type *t = &w->world.vm_types[vm->type];
		bool nested = vm->inside != ID_NONE;
		if (t->plan.i == ID_NONE || vm->placed_ns < 0 || t->cap_hz < t->cpu_hz || nested)
			continue;
		const struct demand_plan *plan = &w->world.plans[t->plan.i];
		struct demand_cursor first;
		demand_seek(plan, vm->row, vm->placed_ns, &first);
		if (plan->hold != DEMAND_STEP || plan->scale > 1 || vm->cursor.tick <= first.tick)
			continue;
		const struct demand_set *set = plan->set;
		uint32_t count = set->irregular ? set->row_count[vm->row] : set->axis.count;
		*place = (struct place){
			.set = (uint32_t)(set - w->sets), .row = vm->row, .found = true,
			.at = (vm->cursor.tick - 1) % count,
		};
	}
}

static struct digest run(uint64_t seed, change_fn *change, void *context, struct place *place)
{
	struct random_world w;
	const struct random_world_options o = {
		.seed = seed, .batch = true, .busy = seed % 4 != 0, .energy = ENERGY_EXACT,
		.idle_draws = true,
		.last_interval = true, .change = change, .context = context,
	};
	random_world_open(&w, &o);
	random_world_run(&w);
	struct digest d = *engine_digest(w.engine);
	if (place)
		find_sample(&w, place);
	random_world_close(&w);
	return d;
}

static bool same(struct digest a, struct digest b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

static void test_twice(void)
{
	uint64_t differ = 0;
	for (uint64_t seed = 1; seed <= WORLDS; seed++)
		differ += !same(run(seed, NULL, NULL, NULL), run(seed, NULL, NULL, NULL));
	CU_ASSERT_EQUAL(differ, 0);
}

static void test_seeds(void)
{
	uint64_t equal = 0;
	for (uint64_t seed = 1; seed < WORLDS; seed++)
		equal += same(run(seed, NULL, NULL, NULL), run(seed + 1, NULL, NULL, NULL));
	CU_ASSERT_EQUAL(equal, 0);
}

/* The set's checksum is left as it is: the run itself must tell. */
static void change_sample(void *context, struct random_world *w)
{
	const struct place *place = context;
	struct demand_samples *cpu = &w->sets[place->set].columns[DEMAND_CPU];
	size_t k = (size_t)place->row * cpu->stride + place->at;
	if (cpu->bits == 8)
		((uint8_t *)cpu->at)[k] ^= 1;
	else
		((uint16_t *)cpu->at)[k] ^= 1;
}

static void test_sample(void)
{
	uint64_t tried = 0, equal = 0;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct place place = {.found = false};
		struct digest before = run(seed, NULL, NULL, &place);
		if (!place.found)
			continue;
		tried++;
		equal += same(before, run(seed, change_sample, &place, NULL));
	}
	CU_ASSERT_EQUAL(equal, 0);
	CU_ASSERT(tried > WORLDS / 4);
}

static void change_power(void *context, struct random_world *w)
{
	const unsigned *which = context;
	struct power_curve *curve = &w->world.curves[0];
	double *constant = *which == 0 ? &curve->idle_w : *which == 1 ? &curve->max_w : &curve->table_w[7];
	*constant = nextafter(*constant, HUGE_VAL);
}

static void change_start(void *context, struct random_world *w)
{
	const uint64_t *seed = context;
	w->world.vms[*seed % w->world.vm_count].start_ns++;
}

static void test_constants(void)
{
	uint64_t equal = 0;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct digest before = run(seed, NULL, NULL, NULL);
		for (unsigned which = 0; which < 3; which++)
			equal += same(before, run(seed, change_power, &which, NULL));
		equal += same(before, run(seed, change_start, &seed, NULL));
	}
	CU_ASSERT_EQUAL(equal, 0);
}

static const struct test tests[] = {
	{"two runs of a world have one digest", test_twice},
	{"the worlds of two seeds have two digests", test_seeds},
	{"one unit of one sample that a guest reads changes the digest", test_sample},
	{"the last place of a power constant or a nanosecond of a start time changes the digest",
	 test_constants},
};
SUITE(laws_digest, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold where guests are pinned or have CPU priorities: no set of cores gives more than it has,
 * nothing is lost, and batches change nothing. */
#include "models/hypervisor/bound.h"

#include "models/hypervisor/fluid.h"
#include "sim/random.h"
#include "tests/laws/worlds.h"
#include "tests/test.h"

#define WORLDS 300

/* Two of three guest types are pinned to some of a host's cores, or to some that it may not have; one of
 * two has a priority. */
static void bind(void *context, struct random_world *w)
{
	struct random_stream *r = context;
	for (uint32_t i = 0; i < w->world.vm_type_count; i++) {
		struct vm_type *t = &w->world.vm_types[i];
		uint64_t cores = w->world.host_types[random_below(r, 2)].cores;
		t->pinned = random_below(r, 3) > 0;
		t->pins = t->pinned ? 1 + random_below(r, (UINT64_C(1) << cores) - 1) : 0;
		t->cpu_priority = (uint32_t)random_below(r, 2) * (uint32_t)random_below(r, 3);
	}
}

static void open_world(struct random_world *w, uint64_t seed, bool batch)
{
	struct random_stream r;
	random_init(&r, seed, "bound guests", 0);
	struct random_world_options o = {
		.seed = seed, .batch = batch, .busy = seed % 4 != 0, .energy = ENERGY_EXACT,
		.idle_draws = true, .change = bind, .context = &r,
	};
	random_world_open(w, &o);
}

struct ledger {
	const struct world *world;
	wide given[8];
	uint64_t overloads, upside_down, bound, full;
};

/* What a guest and those inside it have. */
static int64_t tree_given_hz(const struct world *world, const struct vm *vm)
{
	int64_t given_hz = vm->given_hz;
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling)
		given_hz += tree_given_hz(world, &world->vms[c]);
	return given_hz;
}

static void check_sets(struct ledger *l, const struct host *host)
{
	const struct host_type *on = &l->world->host_types[host->type];
	for (uint64_t set = 1; set < UINT64_C(1) << on->cores; set++) {
		int64_t load_hz = 0, room_hz = __builtin_popcountll(set) * on->core_hz;
		for (uint32_t k = 0; k < host->guest_count; k++) {
			const struct vm *vm = &l->world->vms[host->guests[k]];
			const struct vm_type *t = &l->world->vm_types[vm->type];
			if (t->pinned && (t->pins & ~set) == 0)
				load_hz += tree_given_hz(l->world, vm);
		}
		l->overloads += load_hz > room_hz;
		l->full += load_hz == room_hz;
	}
}

/* Of two guests with the same cores, without children, the lower has nothing while the higher lacks. */
static void check_tiers(struct ledger *l, const struct host *host)
{
	for (uint32_t j = 0; j < host->guest_count; j++)
		for (uint32_t k = 0; k < host->guest_count; k++) {
			const struct vm *a = &l->world->vms[host->guests[j]];
			const struct vm *b = &l->world->vms[host->guests[k]];
			const struct vm_type *high = &l->world->vm_types[a->type];
			const struct vm_type *low = &l->world->vm_types[b->type];
			bool same = high->pinned == low->pinned && high->pins == low->pins &&
			            a->first_child == ID_NONE && b->first_child == ID_NONE;
			if (same && high->cpu_priority > low->cpu_priority)
				l->upside_down += a->given_hz < a->demand_hz && b->given_hz > 0;
		}
}

static void ledger_span(void *context, const struct host_span *span)
{
	struct ledger *l = context;
	const struct host *host = &l->world->hosts[span->host.i];
	for (uint32_t k = 0; k < span->n; k++)
		l->given[span->host.i] += wide_product((int64_t)span->given_hz[k], span->dt_ns);
	if (span->n > 1)
		return; /* a batch: nobody is bound there */
	l->bound += host->bound_count > 0;
	if (!host->bound_count || !span->on)
		return;
	check_sets(l, host);
	check_tiers(l, host);
}

static void test_sets(void)
{
	struct ledger sum = {0};
	uint64_t wrong = 0;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct random_world w;
		struct ledger l = {.world = &w.world};
		open_world(&w, seed, true);
		w.world.hooks = (struct world_hooks){.context = &l, .span = ledger_span};
		random_world_run(&w);
		wide given = 0, delivered = 0;
		for (uint32_t h = 0; h < w.world.host_count; h++) {
			wrong += l.given[h] != w.world.hosts[h].given;
			given += w.world.hosts[h].given;
		}
		for (uint32_t v = 0; v < w.world.vm_count; v++) {
			const struct vm *vm = &w.world.vms[v];
			delivered += vm->demanded - vm->stolen + vm->migration_lost;
		}
		wrong += given != delivered;
		sum.overloads += l.overloads;
		sum.upside_down += l.upside_down;
		sum.bound += l.bound;
		sum.full += l.full;
		random_world_close(&w);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(sum.overloads, 0);
	CU_ASSERT_EQUAL(sum.upside_down, 0);
	CU_ASSERT(sum.bound > 100 * WORLDS && sum.full > 10 * WORLDS); /* the law is put to the test */
}

static void test_batches(void)
{
	uint64_t wrong = 0;
	for (uint64_t seed = 1; seed <= WORLDS / 3; seed++) {
		struct random_world a, b;
		open_world(&a, seed, true);
		open_world(&b, seed, false);
		random_world_run(&a);
		random_world_run(&b);
		for (uint32_t h = 0; h < a.world.host_count; h++) {
			const struct host *x = &a.world.hosts[h], *y = &b.world.hosts[h];
			wrong += x->given != y->given || x->demanded != y->demanded ||
			         x->energy != y->energy || x->updates != y->updates ||
			         x->saturated_ns != y->saturated_ns;
		}
		for (uint32_t v = 0; v < a.world.vm_count; v++)
			wrong += a.world.vms[v].stolen != b.world.vms[v].stolen;
		random_world_close(&a);
		random_world_close(&b);
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static const struct test tests[] = {
	{"in 300 random worlds no set of cores gives more than it has, and larger priorities lack nothing",
	 test_sets},
	{"with bound guests batches give the same bits as one event for each change", test_batches},
};
SUITE(laws_bound, tests)

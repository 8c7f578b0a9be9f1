/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold in any world: nothing is created or lost, to the last unit; batches change nothing. */
#include "tests/test.h"

#include <stdlib.h>

#include "models/hypervisor/fluid.h"
#include "tests/laws/worlds.h"

#define WORLDS 1000

/* An independent integrator: adds up what the spans tell, host by host. */
struct ledger {
	struct world *world;
	struct account {
		wide demanded, given, energy;
		int64_t until_ns;
	} hosts[8];
	struct asked {
		int64_t since_ns;   /* it has run and asked since then; -1: it does not */
		wide sum;
	} *guests;
	uint64_t wrong, pauses;
};

/* What a guest asked for while it ran from one instant to another, read sample by sample from its plan. */
static wide naive_demanded(const struct world *world, const struct vm *vm, int64_t from_ns, int64_t to_ns)
{
	const struct vm_type *t = &world->vm_types[vm->type];
	if (t->plan.i == ID_NONE)
		return 0;
	const struct demand_plan *plan = &world->plans[t->plan.i];
	struct demand_cursor cursor;
	demand_seek(plan, vm->row, from_ns, &cursor);
	wide sum = 0;
	for (int64_t at_ns = from_ns; at_ns < to_ns;) {
		double asked = demand_value(plan, vm->row, DEMAND_CPU, &cursor) * (double)t->cpu_hz;
		double hz = cursor.begun ? demand_round(asked) : 0;
		hz = hz < (double)t->cap_hz ? hz : (double)t->cap_hz;
		int64_t until_ns = cursor.next_ns < to_ns ? cursor.next_ns : to_ns;
		sum += wide_product((int64_t)hz, until_ns - at_ns);
		at_ns = until_ns;
		if (at_ns < to_ns)
			demand_step(plan, vm->row, &cursor);
	}
	return sum;
}

/* A guest runs no longer, or began to: what it asked for until now is added up. */
static void ledger_guest(struct ledger *l, uint32_t v, int64_t now_ns)
{
	const struct vm *vm = &l->world->vms[v];
	struct asked *asked = &l->guests[v];
	if (asked->since_ns >= 0)
		asked->sum += naive_demanded(l->world, vm, asked->since_ns, now_ns);
	bool runs = vm->state == VM_RUNNING || vm->state == VM_MIGRATING;
	asked->since_ns = runs ? now_ns : -1;
}

static void ledger_note(void *context, const struct note *note)
{
	struct ledger *l = context;
	l->pauses += note->kind == NOTE_VM_STATE && note->value == VM_PAUSED;
	if (note->vm != ID_NONE)
		ledger_guest(l, note->vm, note->time_ns);
}

static void ledger_span(void *context, const struct host_span *span)
{
	struct ledger *l = context;
	struct account *a = &l->hosts[span->host.i];
	const struct host *host = &l->world->hosts[span->host.i];
	const struct host_type *type = &l->world->host_types[host->type];
	l->wrong += a->until_ns != span->t0_ns; /* spans follow one another without a gap */
	a->until_ns = span->t0_ns + (int64_t)span->n * span->dt_ns;
	for (uint32_t k = 0; k < span->n; k++) {
		int64_t given_hz = (int64_t)span->given_hz[k], demand_hz = (int64_t)span->demand_hz[k];
		a->demanded += wide_product(demand_hz, span->dt_ns);
		a->given += wide_product(given_hz, span->dt_ns);
		a->energy += 2 * wide_product((int64_t)span->power_uw[k], span->dt_ns);
		l->wrong += given_hz > demand_hz || given_hz > (span->on ? type->cpu_hz : 0);
		/* Work-conserving: what is not given was not there to give. */
		l->wrong += span->on && given_hz < demand_hz && given_hz != type->cpu_hz;
		int64_t drawn_uw = (int64_t)span->power_uw[k];
		if (span->on)
			drawn_uw = power_uw(&l->world->curves[type->curve.i], given_hz, type->cpu_hz);
		bool silent = !l->world->rules.idle_draws && given_hz == 0;
		l->wrong += (int64_t)span->power_uw[k] != (silent ? 0 : drawn_uw);
	}
}

static void open_world(struct random_world *w, uint64_t seed, bool batch, bool busy)
{
	struct random_world_options o = {
		.seed = seed, .batch = batch, .busy = busy,
		.energy = seed % 3 == 2 ? ENERGY_TRAPEZOID : ENERGY_EXACT,
		.idle_draws = seed % 5 != 0, .last_interval = seed % 2,
	};
	random_world_open(w, &o);
}

static void test_conservation(void)
{
	uint64_t wrong = 0, contended = 0, moved = 0, pauses = 0;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct random_world w;
		struct ledger ledger = {.world = &w.world};
		open_world(&w, seed, true, seed % 4 != 0);
		w.world.hooks = (struct world_hooks){
			.context = &ledger, .span = ledger_span, .note = ledger_note,
		};
		ledger.guests = memory_new(w.world.vm_count, sizeof *ledger.guests, "guests");
		for (uint32_t v = 0; v < w.world.vm_count; v++)
			ledger.guests[v].since_ns = -1;
		random_world_run(&w);
		wide given = 0, delivered = 0;
		for (uint32_t h = 0; h < w.world.host_count; h++) {
			const struct host *host = &w.world.hosts[h];
			const struct account *a = &ledger.hosts[h];
			wrong += a->demanded != host->demanded || a->given != host->given;
			wrong += a->until_ns != w.end_ns;
			wrong += w.world.rules.energy == ENERGY_EXACT && a->energy != host->energy;
			given += host->given;
			contended += host->demanded > host->given;
		}
		for (uint32_t v = 0; v < w.world.vm_count; v++) {
			const struct vm *vm = &w.world.vms[v];
			ledger_guest(&ledger, v, w.end_ns);
			wrong += vm->demanded != ledger.guests[v].sum;
			delivered += vm->demanded - vm->stolen + vm->migration_lost;
			moved += vm->migrations;
		}
		wrong += given != delivered;
		wrong += ledger.wrong;
		pauses += ledger.pauses;
		free(ledger.guests);
		random_world_close(&w);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(contended > WORLDS / 4); /* the worlds do put the law to the test */
	CU_ASSERT(moved > WORLDS / 4);
	CU_ASSERT(pauses > WORLDS / 50);
}

static bool same_host(const struct host *a, const struct host *b)
{
	return a->energy == b->energy && a->demanded == b->demanded && a->given == b->given &&
	       a->on_ns == b->on_ns && a->active_ns == b->active_ns && a->saturated_ns == b->saturated_ns &&
	       a->updates == b->updates;
}

static bool same_guest(const struct vm *a, const struct vm *b)
{
	return a->demanded == b->demanded && a->stolen == b->stolen && a->state == b->state &&
	       a->migration_lost == b->migration_lost && a->placed_ns == b->placed_ns &&
	       a->ended_ns == b->ended_ns;
}

static void test_batches(void)
{
	uint64_t wrong = 0, batched_events = 0, single_events = 0;
	for (uint64_t seed = 1; seed <= WORLDS / 2; seed++) {
		struct random_world a, b;
		open_world(&a, seed, true, seed % 4 != 0);
		open_world(&b, seed, false, seed % 4 != 0);
		random_world_run(&a);
		random_world_run(&b);
		for (uint32_t h = 0; h < a.world.host_count; h++)
			wrong += !same_host(&a.world.hosts[h], &b.world.hosts[h]);
		for (uint32_t v = 0; v < a.world.vm_count; v++)
			wrong += !same_guest(&a.world.vms[v], &b.world.vms[v]);
		batched_events += engine_fired(a.engine);
		single_events += engine_fired(b.engine);
		random_world_close(&a);
		random_world_close(&b);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(single_events > 10 * batched_events); /* the oracle really queues each change */
}

static void check_now(void *context, int64_t now_ns)
{
	struct random_world *w = context;
	(void)now_ns;
	world_check(&w->world);
}

static void test_every_event(void)
{
	uint64_t events = 0;
	for (uint64_t seed = 1; seed <= WORLDS / 4; seed++) {
		struct random_world w;
		open_world(&w, seed, seed % 2, true);
		engine_watch(w.engine, 1, check_now, &w);
		random_world_run(&w);
		events += engine_fired(w.engine);
		random_world_close(&w);
	}
	CU_ASSERT(events > 10 * WORLDS / 4);
}

static const struct test tests[] = {
	{"demanded, delivered, stolen and energy add up to the last unit in 1000 random worlds",
	 test_conservation},
	{"each guest is on exactly one host and the books are right after each event", test_every_event},
	{"batches give the same bits as one event for each change of demand", test_batches},
};
SUITE(laws_conservation, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold for any discrete scheduler: random hosts, random guests, changes while they run. */
#include "tests/test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/quantum.h"
#include "sim/digest.h"
#include "sim/random.h"

#define HOSTS 400
#define MS INT64_C(1000000)
#define MOST_VCPUS 24
#define MOST_GROUPS 8

/* A host drawn by chance, and what a watcher saw of it. */
struct rig {
	struct quantum *q;
	struct quantum_rules rules;
	uint32_t cores, groups, vcpus;
	struct quantum_group group[MOST_GROUPS];
	struct quantum_vcpu vcpu[MOST_VCPUS];
	uint32_t on[64];             /* who runs on each core */
	int64_t since_ns[64];
	int64_t used_ns[MOST_GROUPS], period[MOST_GROUPS]; /* of the cap period under way */
	uint64_t seen;               /* a hash of all that was watched */
	uint64_t wrong;
};

/* Adds what group g used in [from, to) to its cap periods. */
static void rig_use(struct rig *r, uint32_t g, int64_t from, int64_t to)
{
	int64_t length = r->group[g].cap_period_ns;
	while (from < to) {
		int64_t period = from / length, end = (period + 1) * length < to ? (period + 1) * length : to;
		if (period != r->period[g]) {
			r->used_ns[g] = 0;
			r->period[g] = period;
		}
		r->used_ns[g] += end - from;
		from = end;
	}
}

static void rig_watch(void *context, int64_t time_ns, uint32_t core, uint32_t vcpu)
{
	struct rig *r = context;
	uint64_t word[3] = { (uint64_t)time_ns, core, vcpu };
	for (int k = 0; k < 3; k++)
		r->seen = (r->seen ^ word[k]) * UINT64_C(0x9e3779b97f4a7c15) + (r->seen >> 29);
	uint32_t old = r->on[core];
	if (old != UINT32_MAX && r->cores == 1 && r->rules.switch_ns == 0) { /* a switch is seen as running */
		rig_use(r, r->vcpu[old].group, r->since_ns[core], time_ns);
		const struct quantum_group *g = &r->group[r->vcpu[old].group];
		r->wrong += g->cap_ns > 0 && r->used_ns[r->vcpu[old].group] > g->cap_ns;
	}
	r->on[core] = vcpu;
	r->since_ns[core] = time_ns;
	if (vcpu == UINT32_MAX)
		return;
	for (uint32_t c = 0; c < r->cores; c++)
		r->wrong += c != core && r->on[c] == vcpu && r->since_ns[c] != time_ns;
	const struct quantum_vcpu *v = &r->vcpu[vcpu];
	r->wrong += v->pinned && !(v->cores >> core & 1);
}

static struct quantum_work draw_work(struct random_stream *r, const struct quantum_rules *rules)
{
	struct quantum_work w = { .late = (enum quantum_late)random_below(r, QUANTUM_LATES) };
	uint64_t kind = random_below(r, 10);
	w.period_ns = (int64_t)random_below(r, 40 * 1000000) + 1;
	w.work_ns = (int64_t)random_below(r, (uint64_t)w.period_ns) + 1;
	w.phase_ns = (int64_t)random_below(r, 20 * 1000000);
	if (kind < 3)
		w.work_ns = w.period_ns;
	if (kind == 3)
		w.work_ns = 0;
	if (kind == 4 && rules->tick_ns > 0) {
		w.behaviour = QUANTUM_CHEAT;
		w.lock_hold_ns = rules->tick_ns / 10;
	} else if (kind == 5) {
		w.behaviour = QUANTUM_SPIN;
		w.lock_every_ns = (int64_t)random_below(r, 3000000) + 1;
		w.lock_hold_ns = (int64_t)random_below(r, 300000) + 1;
	}
	return w;
}

static struct quantum_group draw_group(struct random_stream *r)
{
	struct quantum_group g = { .weight = 1 + (uint32_t)random_below(r, 4096), .cap_period_ns = 50 * MS };
	if (random_below(r, 3) == 0)
		g.cap_ns = 1 + (int64_t)random_below(r, 60 * 1000000);
	if (random_below(r, 4) == 0)
		g.reservation_ns = 1 + (int64_t)random_below(r, 20 * 1000000);
	if (random_below(r, 3) == 0)
		g.priority = (uint32_t)random_below(r, 4);
	return g;
}

static void rig_open(struct rig *r, uint64_t host, bool gang)
{
	struct random_stream s;
	random_init(&s, 7, "quantum_laws", host);
	memset(r, 0, sizeof *r);
	r->rules = quantum_defaults((enum quantum_scheduler)(host % QUANTUM_SCHEDULERS));
	r->rules.allocation = (enum quantum_allocation)random_below(&s, QUANTUM_ALLOCATIONS);
	r->rules.gang = gang;
	r->rules.debit_samples = random_below(&s, 2);
	if (random_below(&s, 2))
		r->rules.switch_ns = 0;
	if (random_below(&s, 2))
		r->rules.migrate_ns = 50000;
	if (random_below(&s, 3) == 0)
		r->rules.balance_ns = 0;
	r->cores = 1 + (uint32_t)random_below(&s, 6);
	r->groups = 1 + (uint32_t)random_below(&s, MOST_GROUPS);
	r->vcpus = 1 + (uint32_t)random_below(&s, MOST_VCPUS);
	r->q = quantum_open(&r->rules, r->cores, host, 0);
	for (uint32_t c = 0; c < r->cores; c++)
		r->on[c] = UINT32_MAX;
	quantum_watch(r->q, rig_watch, r);
	for (uint32_t g = 0; g < r->groups; g++) {
		r->group[g] = draw_group(&s);
		CU_ASSERT_EQUAL(quantum_group_add(r->q, &r->group[g]), g);
	}
	for (uint32_t v = 0; v < r->vcpus; v++) {
		r->vcpu[v] = (struct quantum_vcpu){ .group = (uint32_t)random_below(&s, r->groups),
			.weight = 1 + (uint32_t)random_below(&s, 2048), .pinned = random_below(&s, 4) == 0,
			.cores = 1 + random_below(&s, (1u << r->cores) - 1),
			.work = draw_work(&s, &r->rules) };
		CU_ASSERT_EQUAL(quantum_vcpu_add(r->q, &r->vcpu[v]), v);
	}
}

static uint64_t rig_close(struct rig *r)
{
	uint64_t hash = r->seen;
	for (uint32_t v = 0; v < r->vcpus; v++) {
		struct quantum_counts n = quantum_vcpu_counts(r->q, v);
		uint64_t word[sizeof n / sizeof(uint64_t)];
		memcpy(word, &n, sizeof word);
		for (size_t k = 0; k < sizeof word / sizeof *word; k++)
			hash = (hash ^ word[k]) * UINT64_C(0x9e3779b97f4a7c15) + (hash >> 31);
	}
	quantum_close(r->q);
	return hash;
}

static void laws_hold_on_random_hosts(void)
{
	struct rig r;
	for (uint64_t host = 0; host < HOSTS; host++) {
		struct random_stream s;
		random_init(&s, 8, "quantum_cuts", host);
		rig_open(&r, host, host % 7 == 0);
		for (int k = 0; k < 60; k++) {
			quantum_run(r.q, quantum_now_ns(r.q) + (int64_t)random_below(&s, 10 * 1000000));
			quantum_check(r.q);
		}
		CU_ASSERT_EQUAL(r.wrong, 0);
		rig_close(&r);
	}
}

static void laws_hold_while_guests_come_change_and_go(void)
{
	struct rig r;
	for (uint64_t host = 0; host < HOSTS; host++) {
		struct random_stream s;
		random_init(&s, 9, "quantum_changes", host);
		rig_open(&r, host, host % 7 == 0);
		for (int k = 0; k < 80; k++) {
			uint32_t v = (uint32_t)random_below(&s, r.vcpus);
			uint32_t g = (uint32_t)random_below(&s, r.groups);
			struct quantum_work w = draw_work(&s, &r.rules);
			struct quantum_group to = draw_group(&s);
			uint64_t what = random_below(&s, 4);
			if (what == 0) {
				quantum_work_set(r.q, v, &w);
			} else if (what == 1) {
				to.cap_period_ns = r.group[g].cap_period_ns;
				to.cap_ns = r.group[g].cap_ns; /* the watcher's ledger has one cap a group */
				quantum_group_set(r.q, g, &to);
				r.group[g].cap_ns = 0;
			} else if (what == 2) {
				quantum_vcpu_remove(r.q, v);
				for (uint32_t c = 0; c < r.cores; c++)
					if (r.on[c] == v)
						r.on[c] = UINT32_MAX;
				r.vcpu[v].group = g;
				CU_ASSERT_EQUAL(quantum_vcpu_add(r.q, &r.vcpu[v]), v);
			}
			quantum_check(r.q);
			quantum_run(r.q, quantum_now_ns(r.q) + (int64_t)random_below(&s, 10 * 1000000));
			quantum_check(r.q);
		}
		CU_ASSERT_EQUAL(r.wrong, 0);
		rig_close(&r);
	}
}

static void cutting_a_run_changes_nothing(void)
{
	struct rig r;
	for (uint64_t host = 0; host < HOSTS; host++) {
		struct random_stream s;
		random_init(&s, 10, "quantum_cuts", host);
		rig_open(&r, host, host % 7 == 0);
		quantum_run(r.q, 300 * MS);
		uint64_t whole = rig_close(&r);
		rig_open(&r, host, host % 7 == 0);
		while (quantum_now_ns(r.q) < 300 * MS) {
			int64_t t = quantum_now_ns(r.q) + (int64_t)random_below(&s, 3 * 1000000);
			quantum_run(r.q, t < 300 * MS ? t : 300 * MS);
			quantum_vcpu_counts(r.q, 0);
			quantum_busy_ns(r.q);
		}
		CU_ASSERT_EQUAL(rig_close(&r), whole);
	}
}

static const struct test tests[] = {
	{ "laws hold on random hosts", laws_hold_on_random_hosts },
	{ "laws hold while guests come, change and go", laws_hold_while_guests_come_change_and_go },
	{ "cutting a run changes nothing, and equal seeds are equal", cutting_a_run_changes_nothing },
};
SUITE(laws_quantum, tests)

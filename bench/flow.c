/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many migrations at once over one core link, as flows, beside rates solved from scratch, and the same ones
 * as migrations of a world beside these flows: flow [--quick].
 *
 * The case of SimGrid's peer program (issue 5): n guests of 4 GiB +- 50 % move between pairs of hosts with
 * cards of 10 Gbit/s, all over one link of n * 5 Gbit/s, each sender at most at 1000 MiB/s. A round sends
 * what was dirtied during the one before, 30 % of the sender's most, until that fits 30 ms. In the world the
 * guests run on hosts, and legs, books, notes and digest are part of it (models/migration/carry.h); what is
 * measured there begins with the first request. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/hypervisor/vm_life.h"
#include "models/migration/migration.h"
#include "sim/flow.h"
#include "sim/memory.h"
#include "sim/time.h"
#include "tests/sim/flow_oracle.h"

#define CARD_BPS INT64_C(10000000000)
#define CORE_BPS INT64_C(5000000000)
#define MOST_BPS INT64_C(8388608000)    /* 1000 MiB/s */
#define MIB INT64_C(8388608)            /* bits */
#define STOP_MS 30

struct moving {
	int64_t bits, most_bits, started_ns;
	bool last;
};

struct bench {
	struct engine *engine;
	struct flows *flows;
	struct moving *migrations;
	uint32_t n, rounds;
	int64_t ended_ns;
};

static int64_t cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The mixer that the peer draws its sizes with. */
static uint64_t mix64(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static void migrations_draw(struct bench *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t ram = 4096 + 4096 * 50 * ((int64_t)(mix64(i) % 2001) - 1000) / 100000;
		b->migrations[i] = (struct moving){ .bits = ram * MIB, .most_bits = ram * MIB / 10 * 9 };
	}
	b->rounds = 0;
	b->ended_ns = 0;
}

static struct flow_request round_of(struct bench *b, uint32_t i)
{
	b->rounds++;
	return (struct flow_request){
		.links = {2 * i, 2 * i + 1, 2 * b->n}, .link_count = 3, .weight = 1, .most_bps = MOST_BPS,
		.bits = b->migrations[i].bits, .tag = i,
	};
}

/* After a round: false when that was the last. */
static bool next_round(struct bench *b, uint32_t i, int64_t now_ns)
{
	struct moving *m = &b->migrations[i];
	if (m->last) {
		b->ended_ns = now_ns;
		return false;
	}
	int64_t took_ns = now_ns - m->started_ns;
	int64_t dirty = (int64_t)((wide)(MOST_BPS / 10 * 3) * took_ns / NS_PER_S);
	dirty = dirty < m->most_bits ? dirty : m->most_bits;
	m->last = (wide)dirty * took_ns <= (wide)m->bits * STOP_MS * NS_PER_MS;
	m->bits = dirty;
	m->started_ns = now_ns;
	return true;
}

static void done(void *context, uint32_t flow, uint64_t tag)
{
	struct bench *b = context;
	uint32_t i = (uint32_t)tag;
	(void)flow;
	if (next_round(b, i, engine_now_ns(b->engine))) {
		struct flow_request r = round_of(b, i);
		flow_add(b->flows, &r);
	}
}

static int64_t ours(struct bench *b)
{
	int64_t from = cpu_ns();
	migrations_draw(b);
	b->engine = engine_open("bench", 1);
	b->flows = flows_open(b->engine, 3, done, b);
	for (uint32_t i = 0; i < 2 * b->n; i++)
		flows_link_add(b->flows, CARD_BPS);
	flows_link_add(b->flows, CORE_BPS * b->n);
	for (uint32_t i = 0; i < b->n; i++) {
		struct flow_request r = round_of(b, i);
		flow_add(b->flows, &r);
	}
	engine_run(b->engine, 1000 * NS_PER_S);
	flows_close(b->flows);
	engine_close(b->engine);
	return cpu_ns() - from;
}

static int64_t from_scratch(struct bench *b)
{
	struct oracle o;
	int64_t from = cpu_ns(), t;
	migrations_draw(b);
	oracle_init(&o, b->n, 2 * b->n + 1);
	for (uint32_t i = 0; i < 2 * b->n; i++)
		oracle_link(&o, i, CARD_BPS);
	oracle_link(&o, 2 * b->n, CORE_BPS * b->n);
	for (uint32_t i = 0; i < b->n; i++) {
		struct flow_request r = round_of(b, i);
		oracle_add(&o, i, &r);
	}
	while ((t = oracle_next_ns(&o)) < INT64_MAX) {
		oracle_advance(&o, t);
		for (uint32_t i = 0; i < b->n; i++) {
			if (!oracle_done(&o, i))
				continue;
			oracle_remove(&o, i);
			if (!next_round(b, i, t))
				continue;
			struct flow_request r = round_of(b, i);
			oracle_add(&o, i, &r);
		}
	}
	oracle_fini(&o);
	return cpu_ns() - from;
}

struct town {
	struct engine *engine;
	struct world world;
	struct lifecycle life;
	struct migrations migrations;
	struct migration_guest *guests;
};

/* Of its type, since each has its own size. */
static void guest_add(struct town *t, const struct bench *b, uint32_t i)
{
	int64_t bytes = b->migrations[i].bits / 8, set = b->migrations[i].most_bits / 8;
	uint32_t type = world_vm_type_add(&t->world, "guest");
	struct vm_type *v = &t->world.vm_types[type];
	v->vcpus = 1;
	v->vcpu_hz = v->cpu_hz = v->cap_hz = 1000;
	v->weight = 1024;
	v->ram_bytes = bytes;
	v->plan.i = ID_NONE;
	t->guests[type] = (struct migration_guest){
		.touches = 1,
		.dirty = dirty_pattern(DIRTY_SEQUENTIAL, 0, set / 4096, (double)MOST_BPS / 8 * 0.3 / 4096),
	};
	uint32_t vm = world_vms_add(&t->world, type, 1);
	t->world.vms[vm].state = VM_DEFINED;
	if (vm_life_start(&t->life, (vm_id){vm}, (struct vm_parent){false, i}))
		abort();
}

/* Senders in one rack, receivers in the other, and between them a core that takes half of the cards. */
static void town_open(struct town *t, const struct bench *b)
{
	*t = (struct town){.engine = engine_open("bench", 1)};
	struct world *w = &t->world;
	world_init(w, t->engine);
	lifecycle_init(&t->life, w);
	vm_life_init(&t->life);
	migrations_init(&t->migrations, w, &t->life);
	site_id site = {world_site_add(w, "site")};
	const struct power_curve curve = {.name = "flat", .form = POWER_LINEAR, .idle_w = 1, .max_w = 2};
	curve_id id = {world_curve_add(w, &curve)};
	uint32_t type = world_host_type_add(w, "host");
	struct host_type *h = &w->host_types[type];
	h->cores = 4;
	h->core_hz = 1000;
	h->cpu_hz = 4000;
	h->ram_bytes = INT64_C(64) << 30;
	h->curve = id;
	for (uint32_t r = 0; r < 2; r++) {
		rack_id rack = {world_rack_add(w, "rack", site)};
		int64_t up_bps = r ? FLOW_CAPACITY_MAX_BPS : CORE_BPS * b->n;
		network_cable_add(&w->network, w->racks[rack.i].tor, w->sites[0].core, up_bps, 0);
		for (uint32_t i = 0; i < b->n; i++) {
			uint32_t host = world_host_add(w, type, rack);
			w->hosts[host].state = HOST_ON;
			network_cable_add(&w->network, w->hosts[host].node, w->racks[rack.i].tor, CARD_BPS,
			                  0);
		}
	}
	t->guests = memory_new(b->n, sizeof *t->guests, "guests");
	for (uint32_t i = 0; i < b->n; i++)
		guest_add(t, b, i);
	t->migrations.guests = t->guests;
	t->migrations.move_kind = &move_precopy;
	t->migrations.rules = move_rules_default(STOP_SIMGRID);
	t->migrations.rules.most_Bps = (double)MOST_BPS / 8;
	vm_life_open(&t->life);
	migrations_open(&t->migrations);
}

static void town_close(struct town *t)
{
	migrations_fini(&t->migrations);
	vm_life_close(&t->life);
	world_fini(&t->world);
	engine_close(t->engine);
	free(t->guests);
}

static int64_t as_world(struct bench *b)
{
	struct town t;
	migrations_draw(b);
	town_open(&t, b);
	int64_t from = cpu_ns();
	for (uint32_t i = 0; i < b->n; i++)
		if (migration_start(&t.migrations, (vm_id){i}, (host_id){b->n + i}))
			abort();
	engine_run(t.engine, 1000 * NS_PER_S);
	int64_t took_ns = cpu_ns() - from;
	for (uint32_t i = 0; i < b->n; i++) {
		const struct migration *m = &t.migrations.all[i];
		b->rounds += m->rounds;
		b->ended_ns = m->end_ns > b->ended_ns ? m->end_ns : b->ended_ns;
	}
	town_close(&t);
	return took_ns;
}

/* They must end within 0.1 % of one another: the world counts in pages of 4096 bytes and doubles, the flows
 * in bits. */
static void measure_world(uint32_t n, int trials)
{
	struct bench b = { .n = n, .migrations = memory_new(n, sizeof *b.migrations, "migrations") };
	int64_t flows = INT64_MAX, world = INT64_MAX;
	for (int k = 0; k < trials; k++) {
		int64_t ns = ours(&b);
		flows = ns < flows ? ns : flows;
	}
	double ended_s = (double)b.ended_ns / 1e9;
	for (int k = 0; k < trials; k++) {
		int64_t ns = as_world(&b);
		world = ns < world ? ns : world;
	}
	double off = (double)b.ended_ns / 1e9 / ended_s - 1;
	if (off > 1e-3 || off < -1e-3) {
		fprintf(stderr, "bench: flows end at %.6f s, the world's at %.6f s\n", ended_s,
		        (double)b.ended_ns / 1e9);
		exit(1);
	}
	printf("{\"bench\":\"carry/%" PRIu32 "\",\"ns\":%.1f,\"unit\":\"a migration\",\"cpu_s\":%.4f,", n,
	       (double)world / n, (double)world / 1e9);
	printf("\"rounds\":%" PRIu32 ",\"last_s\":%.6f,\"peer\":\"flows alone\",\"peer_ns\":%.1f,", b.rounds,
	       (double)b.ended_ns / 1e9, (double)flows / n);
	printf("\"ratio\":%.2f}\n", (double)world / (double)flows);
	free(b.migrations);
}

static void measure(uint32_t n, bool beside, int trials)
{
	struct bench b = { .n = n, .migrations = memory_new(n, sizeof *b.migrations, "migrations") };
	int64_t best = INT64_MAX, peer = 0;
	for (int k = 0; k < trials; k++) {
		int64_t ns = ours(&b);
		best = ns < best ? ns : best;
	}
	uint32_t rounds = b.rounds;
	int64_t ended_ns = b.ended_ns;
	if (beside) {
		peer = from_scratch(&b);
		if (b.rounds != rounds || b.ended_ns != ended_ns) {
			fprintf(stderr, "bench: flows and their oracle differ at %" PRIu32 "\n", n);
			exit(1);
		}
	}
	printf("{\"bench\":\"flow/%" PRIu32 "\",\"ns\":%.1f,\"unit\":\"a flow\",\"cpu_s\":%.4f,", n,
	       (double)best / rounds, (double)best / 1e9);
	printf("\"flows\":%" PRIu32 ",\"last_s\":%.6f", rounds, (double)ended_ns / 1e9);
	if (beside)
		printf(",\"peer\":\"from scratch\",\"peer_ns\":%.1f,\"ratio\":%.1f", (double)peer / rounds,
		       (double)peer / (double)best);
	printf("}\n");
	free(b.migrations);
}

int main(int argc, char **argv)
{
	bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	measure(300, true, quick ? 5 : 20);
	measure(3000, !quick, quick ? 3 : 10);
	measure(30000, false, quick ? 1 : 3);
	measure_world(300, quick ? 3 : 20);
	measure_world(3000, quick ? 3 : 10);
	measure_world(30000, quick ? 1 : 3);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of migration: what is sent is accounted for, by every kind over random cases; SimGrid's closed
 * form; what Clark 2005 and Hines and Gopalan 2009 found; and the closed form beside QEMU's thread page by
 * page. */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>

#include "models/migration/leg.h"
#include "models/migration/qemu.h"
#include "sim/random.h"
#include "sim/time.h"

#define MIB 1048576.0
#define MBIT_BPS 125000.0

static struct move_rules random_rules(struct random_stream *r)
{
	struct move_rules rules = move_rules_default((enum stop_rule)random_below(r, STOP_RULES));
	rules.hybrid_round = 1 + (uint32_t)random_below(r, 4);
	rules.hybrid_after_ns = random_below(r, 3) ? 0 : (int64_t)random_below(r, 20 * NS_PER_S);
	rules.push = (enum push_way)random_below(r, PUSH_WAYS);
	rules.switching = (enum switch_way)random_below(r, SWITCH_WAYS);
	rules.auto_converge = random_below(r, 2);
	rules.self = random_below(r, 4) == 0;
	rules.balloon = random_below(r, 2);
	rules.drop_cache = random_below(r, 2);
	rules.compress_01 = random_below(r, 2) ? 1 : random_uniform(r, 0.2, 1);
	rules.resend_bytes = random_below(r, 2) ? 0 : 100;
	rules.stun_Hz = random_below(r, 4) ? 0 : 1000;
	rules.channels = 1 + (uint32_t)random_below(r, 4);
	rules.channel_Bps = random_below(r, 2) ? 0 : 3e8;
	if (rules.stop != STOP_CLARK && random_below(r, 4) == 0)
		rules.most_Bps = random_uniform(r, 10 * MIB, 200 * MIB);
	rules.push_Bps = random_below(r, 4) ? 0 : 50 * MIB;
	return rules;
}

static struct move_case random_case(struct random_stream *r)
{
	double data = random_uniform(r, 1000, 300000), part = random_uniform(r, 0, 0.3);
	struct move_case c = {
		.data_pages = data,
		.zero_pages = random_uniform(r, 0, data),
		.free_pages = data * 0.2,
		.cache_pages = data * 0.1,
		.vcpus = 1 + (uint32_t)random_below(r, 8),
		.touches = 3,
		.device_bytes = random_uniform(r, 0, 1e6),
		.round_trip_ns = (int64_t)random_below(r, 50 * NS_PER_MS),
		.disk = (enum disk_way)random_below(r, DISK_WAYS),
		.disk_bytes = 1e9,
		.disk_set_bytes = 3e8,
		.disk_write_Bps = random_uniform(r, 0, 2e7),
		.path_Bps = random_uniform(r, 5 * MIB, 1200 * MIB),
	};
	double pace = random_uniform(r, 0, 1.2) * c.path_Bps / PAGE_BYTES;
	enum dirty_pattern pattern = (enum dirty_pattern)random_below(r, DIRTY_PATTERNS);
	c.dirty = dirty_pattern(pattern, 0, (int64_t)(data * part) + 1, pace);
	c.rules = random_rules(r);
	return c;
}

/* Everything that can be said of any migration that ended. */
static void check(const struct move *m)
{
	const struct move_case *c = &m->c;
	double pages = c->data_pages - m->freed_pages + m->again_pages - m->stay_pages;
	double whole = PAGE_BYTES + c->rules.header_bytes;
	CU_ASSERT_DOUBLE_EQUAL(m->sent_pages, pages, 1 + 1e-9 * pages);
	bool zeros = m->stay_pages == 0 && !(m->switching && c->rules.push == PUSH_DEMAND);
	double bytes = pages * whole + (zeros ? c->zero_pages * c->rules.zero_bytes : 0) + c->device_bytes +
	               m->disk_sent_bytes - m->saved_bytes;
	double slack = whole + 1e-9 * bytes + (zeros ? 0 : c->zero_pages * c->rules.zero_bytes);
	CU_ASSERT_DOUBLE_EQUAL(m->sent_bytes, bytes, slack);
	CU_ASSERT_TRUE(m->downtime_ns >= 0 && m->downtime_ns <= m->now_ns);
	CU_ASSERT_TRUE(m->residual_ns >= 0 && m->downtime_ns + m->residual_ns <= m->now_ns);
	CU_ASSERT_TRUE(m->saved_bytes >= -1e-3 && m->lost_s >= 0 && m->stall_ns >= 0);
	CU_ASSERT_TRUE(m->lost_s <= time_s(m->now_ns) + 1e-9);
	CU_ASSERT_TRUE(m->switching || m->data_left < 1e-3);
	if (c->disk != DISK_SHARED)
		CU_ASSERT_TRUE(m->disk_sent_bytes >= c->disk_bytes - 1e-3);
}

static void test_accounts(void)
{
	struct random_stream r;
	uint32_t ended[4] = {0};
	random_init(&r, 1, "migrations", 0);
	for (int n = 0; n < 4000; n++) {
		struct move_case c = random_case(&r);
		struct move m;
		int k = n % 4;
		if (!move_run(move_kinds[k], &c, c.path_Bps, 600 * NS_PER_S, &m))
			continue;
		ended[k]++;
		check(&m);
	}
	for (int k = 0; k < 4; k++)
		CU_ASSERT_TRUE(ended[k] > 400);
}

static void test_monotone(void)
{
	/* A faster link makes none of them slower, nor longer down: cold and post-copy exactly, textbook
	 * rounds too. */
	struct random_stream r;
	random_init(&r, 2, "migrations", 0);
	for (int n = 0; n < 600; n++) {
		struct move_case c = random_case(&r);
		const struct move_kind *kind = move_kinds[n % 3];
		struct move slow, fast;
		c.disk = DISK_SHARED;
		c.rules.stop = STOP_ROUNDS;
		c.rules.rounds_most = 5;
		c.rules.factor_most = c.rules.most_Bps = c.rules.channel_Bps = 0;
		c.rules.peek = false;
		CU_ASSERT_TRUE(move_run(kind, &c, c.path_Bps, 0, &slow));
		double rate_Bps = 1.5 * c.path_Bps;
		c.path_Bps = rate_Bps;
		CU_ASSERT_TRUE(move_run(kind, &c, rate_Bps, 0, &fast));
		CU_ASSERT_TRUE(fast.now_ns <= slow.now_ns + NS_PER_US);
		CU_ASSERT_TRUE(fast.downtime_ns <= slow.downtime_ns + NS_PER_US);
	}
}

/* SimGrid's plug-in in a few lines: sizes in bytes, dirty bytes linear in time up to a cap. */
static void simgrid(double ram, double bandwidth, double dirty_Bps, double cap, double out_s[2])
{
	double t = ram / bandwidth, left = fmin(dirty_Bps * t, cap);
	while (left > bandwidth * 0.03) {
		double s = left / bandwidth;
		t += s;
		left = fmin(dirty_Bps * s, cap);
	}
	out_s[1] = left / bandwidth;
	out_s[0] = t + out_s[1];
}

static void test_simgrid(void)
{
	/* 4 GiB, 10 Gbit/s, 1000 MiB/s at the most, 30 percent, 90 percent: as SimGrid 3.32 itself says. */
	static const double ram_mib[] = {4096, 512, 16384, 1000}, cap_mib[] = {1000, 100, 50, 1192},
	                    dirty_01[] = {0.3, 0.6, 0.9, 0.05};
	for (int k = 0; k < 4; k++) {
		double rate = cap_mib[k] * MIB, pages = ram_mib[k] * 256, want_s[2];
		struct move_case c = {.data_pages = pages, .path_Bps = rate};
		int64_t set = (int64_t)(pages * 0.9);
		struct move m;
		c.rules = move_rules_default(STOP_SIMGRID);
		c.dirty = dirty_pattern(DIRTY_SEQUENTIAL, 0, set, dirty_01[k] * rate / PAGE_BYTES);
		CU_ASSERT_TRUE(move_run(&move_precopy, &c, rate, 0, &m));
		simgrid(pages * PAGE_BYTES, rate, dirty_01[k] * rate, (double)set * PAGE_BYTES, want_s);
		CU_ASSERT_DOUBLE_EQUAL(time_s(m.now_ns), want_s[0], 1e-6 * want_s[0]);
		CU_ASSERT_DOUBLE_EQUAL(time_s(m.downtime_ns), want_s[1], 1e-6 * want_s[1]);
		if (k == 0) {
			CU_ASSERT_DOUBLE_EQUAL(time_s(m.now_ns), 5.847163, 1e-6);
			CU_ASSERT_DOUBLE_EQUAL(time_s(m.downtime_ns), 0.009953, 1e-6);
		}
	}
}

static struct move clark(double ram_mb, struct dirty dirty)
{
	struct move_case c = {
		.data_pages = ram_mb * 1e6 / PAGE_BYTES,
		.path_Bps = 1000 * MBIT_BPS,
		.dirty = dirty,
		.device_bytes = 100e3,
		.round_trip_ns = NS_PER_MS / 5,
		.rules = move_rules_default(STOP_CLARK),
	};
	struct move m;
	c.rules.activate_ns = 9 * NS_PER_MS; /* Clark: 9 ms to start up at the target (from memory) */
	CU_ASSERT_TRUE(move_run(&move_precopy, &c, c.path_Bps, 0, &m));
	return m;
}

static void test_clark(void)
{
	/* Downtimes of 210 and 60 ms are the paper's. The guests are assumed: a server of 800 MB that
	 * dirties a hot set of 14 MB at once and another 60 MB with 1500 writes a second; a game of 64 MB,
	 * with 3 MB hot. */
	struct dirty web = {.writer = {{0, 3400, 40000, false}, {3400, 15000, 1500, false}}, .count = 2};
	struct dirty game = {.writer = {{0, 700, 40000, false}, {700, 1500, 150, false}}, .count = 2};
	struct move m = clark(800, web);
	CU_ASSERT_TRUE(m.downtime_ns >= 105 * NS_PER_MS && m.downtime_ns <= 315 * NS_PER_MS);
	CU_ASSERT_TRUE(m.sent_bytes > 800e6 && m.sent_bytes < 1.5 * 800e6);
	for (uint32_t k = 1; k < m.round; k++)
		CU_ASSERT_TRUE(m.log[k].pages <= m.log[k - 1].pages * (k > 1 ? 1.3 : 0.5));
	CU_ASSERT_TRUE(m.log[m.round - 1].pages < 18400);
	m = clark(64, game);
	CU_ASSERT_TRUE(m.downtime_ns >= 30 * NS_PER_MS && m.downtime_ns <= 90 * NS_PER_MS);
	CU_ASSERT_TRUE(m.log[m.round - 1].pages < 2200);
}

static void test_hines(void)
{
	/* Each page once, though the guest goes on writing; and bubbling at least halves the faults of
	 * active push, as long as the push is faster than the guest touches pages. All of the working set
	 * at once: a fifth of it. */
	struct random_stream r;
	random_init(&r, 3, "migrations", 0);
	for (int n = 0; n < 500; n++) {
		double data = random_uniform(&r, 20000, 300000);
		double rate = random_uniform(&r, 20 * MIB, 1000 * MIB);
		struct move_case c = {.data_pages = data, .path_Bps = rate};
		struct move active, bubble, demand;
		c.rules = move_rules_default(STOP_QEMU);
		double hz = random_uniform(&r, 0.01, 0.5) * rate / PAGE_BYTES;
		c.dirty = dirty_pattern(n % 2 ? DIRTY_UNIFORM : DIRTY_HOT_COLD, 0, (int64_t)(data / 4), hz);
		CU_ASSERT_TRUE(move_run(&move_postcopy, &c, rate, 0, &active));
		c.rules.push = PUSH_BUBBLE;
		CU_ASSERT_TRUE(move_run(&move_postcopy, &c, rate, 0, &bubble));
		c.rules.push = PUSH_DEMAND;
		CU_ASSERT_TRUE(move_run(&move_postcopy, &c, rate, 0, &demand));
		CU_ASSERT_DOUBLE_EQUAL(active.sent_pages, data, 1e-6 * data);
		CU_ASSERT_DOUBLE_EQUAL(bubble.sent_pages, data, 1e-6 * data);
		CU_ASSERT_TRUE(active.faults > 0 && bubble.faults <= active.faults / 2);
		CU_ASSERT_TRUE(active.faults <= demand.faults + 1e-6);
		CU_ASSERT_TRUE(bubble.faults <= 0.21 * demand.faults);
		CU_ASSERT_DOUBLE_EQUAL(demand.stay_pages, data - demand.faults, 1e-6 * data);
		CU_ASSERT_TRUE(demand.residual_ns > active.residual_ns);
	}
}

static void test_switches(void)
{
	/* Downtimes of post-copy: QEMU's of some milliseconds, whatever the size; pseudo-paging's grows
	 * with it. */
	struct move_case c = {.data_pages = 131072, .path_Bps = 125e6};
	struct move m;
	c.rules = move_rules_default(STOP_QEMU);
	CU_ASSERT_TRUE(move_run(&move_postcopy, &c, 125e6, 0, &m));
	CU_ASSERT_TRUE(m.downtime_ns > 3 * NS_PER_MS && m.downtime_ns < 25 * NS_PER_MS);
	c.rules.switching = SWITCH_PSEUDO_PAGING;
	CU_ASSERT_TRUE(move_run(&move_postcopy, &c, 125e6, 0, &m));
	CU_ASSERT_TRUE(m.downtime_ns > 500 * NS_PER_MS && m.downtime_ns < NS_PER_S);
}

struct grid {
	uint32_t cases, wrong, far;
	double sum_01;
};

/* One case by both fidelities, over a link or under max-bandwidth. */
static void both(struct grid *g, enum qemu_mode mode, struct dirty dirty, double rate_Bps, int64_t limit_ns)
{
	static const struct move_kind *const kinds[] = {
		&move_precopy, &move_postcopy, &move_hybrid, &move_cold,
	};
	int64_t pages = 32768, data = 19660;
	struct qemu_case q = {
		.pages = pages,
		.data = {{0, data}},
		.data_count = 1,
		.dirty = dirty,
		.costs = qemu_costs_measured,
		.link = {rate_Bps, 300000, 0},
		.rules = qemu_rules_default(mode),
	};
	struct move_case c = {
		.data_pages = (double)data,
		.zero_pages = (double)(pages - data),
		.dirty = dirty,
		.path_Bps = rate_Bps,
		.rules = move_rules_default(STOP_QEMU),
	};
	struct qemu_outcome fine;
	struct move coarse;
	q.rules.downtime_limit_ns = c.rules.downtime_limit_ns = limit_ns;
	q.rules.time_limit_ns = 20 * NS_PER_S;
	c.rules.prepare_ns = 0;
	qemu_migrate(&q, 5, &fine);
	bool done = move_run(kinds[mode], &c, rate_Bps, q.rules.time_limit_ns, &coarse);
	g->cases++;
	g->wrong += done != fine.completed;
	if (!done || !fine.completed)
		return;
	double off = fabs(time_s(coarse.now_ns) / time_s(fine.total_ns) - 1);
	g->sum_01 += off;
	g->far += off > 0.05;
	if (off > 0.05 && dirty.count && !dirty.writer[0].sweep)
		printf("    mode %d at %g MiB/s is %.1f %% off\n", (int)mode, rate_Bps / MIB, 100 * off);
}

static void test_oracle(void)
{
	static const double rates[] = {32, 125, 300}, paces[] = {0, 0.2, 0.5, 0.8};
	static const int64_t sets[] = {1638, 8192};
	struct grid even = {0}, sweep = {0};
	for (int n = 0; n < 4 * 3 * 3 * 4 * 2 * 2; n++) {
		double rate_Bps = rates[n / 4 % 3] * MIB, hz = paces[n / 36 % 4] * rate_Bps / PAGE_BYTES;
		enum dirty_pattern pattern = (enum dirty_pattern)(n / 12 % 3);
		struct dirty d = dirty_pattern(pattern, 1024, sets[n / 144 % 2], hz);
		int64_t limit_ns = (n / 288 ? 300 : 30) * NS_PER_MS;
		struct grid *g = pattern == DIRTY_SEQUENTIAL ? &sweep : &even;
		both(g, (enum qemu_mode)(n % 4), d, rate_Bps, limit_ns);
	}
	CU_ASSERT_EQUAL(even.cases, 384);
	CU_ASSERT_EQUAL(even.wrong + sweep.wrong, 0);
	CU_ASSERT_EQUAL(even.far, 0);
	CU_ASSERT_TRUE(even.sum_01 / even.cases < 0.015);
	CU_ASSERT_TRUE(sweep.sum_01 / sweep.cases < 0.02);
	CU_ASSERT_TRUE(sweep.far < sweep.cases / 10);
}

static const struct test tests[] = {
	{"every kind sends memory and what was dirtied, less what was saved", test_accounts},
	{"a faster link makes no migration slower and no downtime longer", test_monotone},
	{"under SimGrid's rules total time and downtime are SimGrid's to 1e-6", test_simgrid},
	{"Clark's web server and game are down for about as long as he measured", test_clark},
	{"post-copy sends no page twice and bubbling at least halves its faults", test_hines},
	{"post-copy stops for milliseconds in QEMU and for longer with pseudo-paging", test_switches},
	{"over a link the closed form is within 5 % of QEMU's thread page by page", test_oracle},
};
SUITE(laws_migration, tests)

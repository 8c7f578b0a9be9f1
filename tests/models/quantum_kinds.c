/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each kind of discrete scheduler: its fluid limit, and what it is known for. */
#include "models/hypervisor/quantum.h"

#include "sim/random.h"
#include "sim/share.h"
#include "tests/test.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S INT64_C(1000000000)
#define MOST 12

/* A scheduler without ticks, all of whose times shrink with the slice. */
static struct quantum_rules fine(enum quantum_scheduler scheduler, int64_t slice_ns)
{
	struct quantum_rules r = quantum_defaults(scheduler);
	r.switch_ns = r.balance_ns = 0;
	r.slice_ns = r.granularity_ns = r.wakeup_ns = slice_ns;
	r.latency_ns = 4 * slice_ns;
	r.tick_ns = scheduler == QUANTUM_CREDIT ? slice_ns : 0;
	return r;
}

/* How far n vCPUs on one core, some busy and some not, are from weighted max-min at worst, in ns, after a
 * number of periods of 100 ms. */
static int64_t distance(struct random_stream *random, enum quantum_scheduler scheduler, int64_t slice_ns)
{
	struct quantum_rules r = fine(scheduler, slice_ns);
	struct quantum *q = quantum_open(&r, 1, 1, 0);
	int64_t want[MOST], given[MOST], worst = 0;
	uint32_t weight[MOST], n = 2 + (uint32_t)random_below(random, MOST - 1);
	for (uint32_t v = 0; v < n; v++) {
		bool busy = random_below(random, 2);
		weight[v] = 256 + (uint32_t)random_below(random, 4096);
		if (scheduler == QUANTUM_ROUND_ROBIN)
			weight[v] = 1024;
		want[v] = busy ? 100 * MS : 1 * MS + (int64_t)random_below(random, 30 * 1000000);
		struct quantum_group g = { .weight = weight[v] };
		quantum_vcpu_add(q, &(struct quantum_vcpu){ .group = quantum_group_add(q, &g), .weight = 1024,
		                 .work = { .work_ns = want[v], .period_ns = 100 * MS } });
	}
	quantum_run(q, 2 * S - 1);
	quantum_check(q);
	share_solve(n, want, NULL, weight, 100 * MS, given);
	for (uint32_t v = 0; v < n; v++) {
		int64_t off = quantum_vcpu_counts(q, v).run_ns - 20 * given[v];
		off = off < 0 ? -off : off;
		worst = off > worst ? off : worst;
	}
	quantum_close(q);
	return worst;
}

/* The error in the mean of 20 periods stays within half a slice, whatever the slice. */
static void all_kinds_tend_to_the_fluid_shares(void)
{
	static const double slices_off = 0.5; /* found: 0.04 to 0.22 */
	for (int k = 0; k < QUANTUM_CREDIT; k++)
		for (int64_t slice_ns = 4 * MS; slice_ns >= 62500; slice_ns /= 4) {
			struct random_stream random;
			random_init(&random, 3, "fluid_limit", 0);
			int64_t worst = 0;
			for (int host = 0; host < 20; host++) {
				int64_t off = distance(&random, (enum quantum_scheduler)k, slice_ns);
				worst = off > worst ? off : worst;
			}
			CU_ASSERT((double)worst <= 20 * slices_off * (double)slice_ns);
		}
}

static uint32_t add(struct quantum *q, uint32_t weight, struct quantum_work work)
{
	struct quantum_group g = { .weight = weight };
	return quantum_vcpu_add(q, &(struct quantum_vcpu){ .group = quantum_group_add(q, &g), .weight = 1024,
	                                                   .work = work });
}

static struct quantum *host(enum quantum_scheduler scheduler, uint32_t cores)
{
	struct quantum_rules r = quantum_defaults(scheduler);
	quantum_defaults_scale(&r, cores);
	r.switch_ns = 0;
	return quantum_open(&r, cores, 1, 0);
}

static const struct quantum_work endless = { .work_ns = 1, .period_ns = 1 };

static void eevdf_has_the_slices_of_a_real_kernel(void)
{
	/* Measured in 10 s on one core of Linux 6.18, HZ 250 (in the order of rows: slices). */
	static const struct { uint32_t weight[2], slices[2]; } cases[] = {
		{ { 1024, 1024 }, { 1251, 1249 } }, { { 10240, 1024 }, { 242, 228 } },
		{ { 4096, 1024 }, { 514, 500 } }
	};
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct quantum_rules r = quantum_defaults(QUANTUM_EEVDF);
		quantum_defaults_scale(&r, 2);
		r.switch_ns = 0;
		struct quantum *q = quantum_open(&r, 1, 1, 0);
		for (int v = 0; v < 2; v++)
			add(q, cases[k].weight[v], endless);
		quantum_run(q, 10 * S);
		for (uint32_t v = 0; v < 2; v++) {
			double got = (double)quantum_vcpu_counts(q, v).slices, real = cases[k].slices[v];
			CU_ASSERT(got > 0.94 * real && got < 1.06 * real);
		}
		quantum_close(q);
	}
}

static void cfs_shares_its_latency_by_weight(void)
{
	struct quantum *q = host(QUANTUM_CFS, 1);
	for (int v = 0; v < 3; v++)
		add(q, 1024, endless);
	quantum_run(q, 12 * S);
	/* A latency of 6 ms among three is 2 ms; the tick of 4 ms makes it 4. */
	for (uint32_t v = 0; v < 3; v++) {
		uint64_t slices = quantum_vcpu_counts(q, v).slices;
		CU_ASSERT(slices >= 1000 && slices <= 1001);
	}
	quantum_close(q);
}

static void cfs_lets_sleepers_in_soon(void)
{
	struct quantum *q = host(QUANTUM_CFS, 1);
	uint32_t sleeper = add(q, 1024, (struct quantum_work){ .work_ns = 1 * MS, .period_ns = 50 * MS });
	for (int v = 0; v < 4; v++)
		add(q, 1024, endless);
	quantum_run(q, 10 * S);
	struct quantum_counts c = quantum_vcpu_counts(q, sleeper);
	CU_ASSERT_EQUAL(c.periods_late, 0);
	CU_ASSERT(c.ready_ns < c.run_ns / 2); /* it preempts: its wait is far below a turn of all */
	quantum_close(q);
}

static void stride_is_never_a_quantum_off(void)
{
	struct quantum *q = host(QUANTUM_STRIDE, 1);
	static const uint32_t weights[] = { 3, 2, 1 };
	for (int v = 0; v < 3; v++)
		add(q, weights[v] * 1024, endless);
	for (int64_t t = 1; t <= 600; t++) {
		quantum_run(q, t * 10 * MS);
		for (uint32_t v = 0; v < 3; v++) {
			int64_t off = quantum_vcpu_counts(q, v).run_ns - t * 10 * MS * weights[v] / 6;
			CU_ASSERT(off > -10 * MS - 1 && off < 10 * MS + 1);
		}
	}
	quantum_close(q);
}

/* What the attacker gets of a core that it shares with one honest busy vCPU. */
static double attack(bool samples)
{
	struct quantum_rules r = quantum_defaults(QUANTUM_CREDIT);
	r.switch_ns = 0;
	r.debit_samples = samples;
	struct quantum *q = quantum_open(&r, 1, 1, 0);
	struct quantum_work thieving = { .behaviour = QUANTUM_CHEAT, .lock_hold_ns = 500 * US };
	uint32_t thief = add(q, 1024, thieving);
	add(q, 1024, endless);
	quantum_run(q, 60 * S);
	double share = (double)quantum_vcpu_counts(q, thief).run_ns / 60e9;
	quantum_close(q);
	return share;
}

static void who_sleeps_at_the_sample_robs_others(void)
{
	double by_samples = attack(true), by_time = attack(false);
	CU_ASSERT(by_samples > 0.9);
	CU_ASSERT(by_time > 0.4 && by_time < 0.6);
}

static void boost_shortens_the_wait_of_wakers(void)
{
	int64_t wait_ns[2];
	for (int boost = 0; boost < 2; boost++) {
		struct quantum_rules r = quantum_defaults(QUANTUM_CREDIT);
		r.boost = boost;
		struct quantum *q = quantum_open(&r, 1, 1, 0);
		uint32_t v = add(q, 1024, (struct quantum_work){ .work_ns = 300 * US, .period_ns = 17 * MS });
		add(q, 40 * 1024, endless); /* UNDER most of the time */
		quantum_run(q, 60 * S);
		wait_ns[boost] = quantum_vcpu_counts(q, v).wakeup_wait_ns;
		quantum_close(q);
	}
	CU_ASSERT(wait_ns[1] * 2 < wait_ns[0]);
}

static void credit_shares_by_weight(void)
{
	struct quantum *q = host(QUANTUM_CREDIT, 2);
	static const uint32_t weights[] = { 256, 512, 256, 512 };
	for (int v = 0; v < 4; v++)
		add(q, weights[v], endless);
	quantum_run(q, 60 * S);
	for (uint32_t v = 0; v < 4; v++) {
		double share = (double)quantum_vcpu_counts(q, v).run_ns / 60e9, fair = weights[v] / 768.0;
		CU_ASSERT(share > fair - 0.02 && share < fair + 0.02);
	}
	quantum_close(q);
}

static const struct test tests[] = {
	{ "all kinds tend to the fluid shares as the slice shrinks", all_kinds_tend_to_the_fluid_shares },
	{ "EEVDF has the slices of a real kernel", eevdf_has_the_slices_of_a_real_kernel },
	{ "CFS shares its latency by weight", cfs_shares_its_latency_by_weight },
	{ "CFS lets sleepers in soon", cfs_lets_sleepers_in_soon },
	{ "stride is never more than a quantum off", stride_is_never_a_quantum_off },
	{ "who sleeps at the sample robs others, unless time is debited",
	  who_sleeps_at_the_sample_robs_others },
	{ "boost shortens the wait of wakers", boost_shortens_the_wait_of_wakers },
	{ "credit shares by weight", credit_shares_by_weight },
};
SUITE(models_quantum_kinds, tests)

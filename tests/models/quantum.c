/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The discrete scheduler against closed forms, and its caps, priorities, cores, gangs and locks. */
#include "models/hypervisor/quantum.h"

#include "tests/test.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

static struct quantum_rules rules(enum quantum_scheduler scheduler)
{
	struct quantum_rules r = quantum_defaults(scheduler);
	r.switch_ns = 0;
	return r;
}

static uint32_t group(struct quantum *q, uint32_t weight)
{
	return quantum_group_add(q, &(struct quantum_group){ .weight = weight });
}

static uint32_t duty(struct quantum *q, uint32_t g, int64_t work_ns, int64_t period_ns)
{
	return quantum_vcpu_add(q, &(struct quantum_vcpu){ .group = g, .weight = 1024,
	                                                   .work = { .work_ns = work_ns,
	                                                             .period_ns = period_ns } });
}

static uint32_t busy(struct quantum *q, uint32_t weight)
{
	return duty(q, group(q, weight), 1, 1);
}

static int64_t run_of(const struct quantum *q, uint32_t v)
{
	return quantum_vcpu_counts(q, v).run_ns;
}

static void equals_wait_for_all_others(void)
{
	for (uint32_t n = 1; n <= 16; n++) {
		struct quantum_rules r = rules(QUANTUM_ROUND_ROBIN);
		struct quantum *q = quantum_open(&r, 1, 1, 0);
		for (uint32_t k = 0; k < n; k++)
			busy(q, 1 + k);
		quantum_run(q, 50 * n * r.slice_ns);
		for (uint32_t v = 0; v < n; v++) {
			struct quantum_counts c = quantum_vcpu_counts(q, v);
			CU_ASSERT_EQUAL(c.run_ns, 50 * r.slice_ns);
			CU_ASSERT_EQUAL(c.ready_ns, 50 * (n - 1) * r.slice_ns);
			CU_ASSERT(n == 1 || c.slices == 50 + (v == 0)); /* the first begins its 51st */
		}
		quantum_check(q);
		quantum_close(q);
	}
}

static void switches_cost_what_they_cost(void)
{
	struct quantum_rules r = rules(QUANTUM_ROUND_ROBIN);
	r.switch_ns = 100 * US;
	struct quantum *q = quantum_open(&r, 1, 1, 0);
	busy(q, 1);
	busy(q, 1);
	quantum_run(q, 100 * (r.slice_ns + r.switch_ns));
	struct quantum_core_counts c = quantum_core_counts(q, 0);
	CU_ASSERT_EQUAL(c.busy_ns, 100 * r.slice_ns);
	CU_ASSERT_EQUAL(c.switch_ns, 100 * r.switch_ns);
	CU_ASSERT_EQUAL(c.switches, 101); /* the last one costs what is to come */
	CU_ASSERT_EQUAL(run_of(q, 0) + run_of(q, 1), c.busy_ns);
	quantum_close(q);
}

static void lone_vcpus_never_wait(void)
{
	for (int k = 0; k < QUANTUM_SCHEDULERS; k++) {
		struct quantum_rules r = rules((enum quantum_scheduler)k);
		struct quantum *q = quantum_open(&r, 3, 1, 0);
		for (int v = 0; v < 3; v++)
			duty(q, group(q, 1024), 3 * MS, 10 * MS);
		quantum_run(q, 10 * S);
		for (uint32_t v = 0; v < 3; v++) {
			struct quantum_counts c = quantum_vcpu_counts(q, v);
			CU_ASSERT_EQUAL(c.run_ns, 3 * S);
			CU_ASSERT_EQUAL(c.ready_ns, 0);
			CU_ASSERT_EQUAL(c.moves, 0);
			CU_ASSERT_EQUAL(c.periods_late, 0);
		}
		quantum_close(q);
	}
}

static void the_busy_histogram_counts_cores(void)
{
	struct quantum_rules r = rules(QUANTUM_CFS);
	struct quantum *q = quantum_open(&r, 2, 1, 0);
	duty(q, group(q, 1024), 4 * MS, 10 * MS);
	duty(q, group(q, 1024), 7 * MS, 10 * MS);
	quantum_run(q, S);
	const int64_t *busy_ns = quantum_busy_ns(q);
	CU_ASSERT_EQUAL(busy_ns[0], 300 * MS);
	CU_ASSERT_EQUAL(busy_ns[1], 300 * MS);
	CU_ASSERT_EQUAL(busy_ns[2], 400 * MS);
	quantum_close(q);
}

static void caps_are_kept_to_the_nanosecond(void)
{
	for (int k = 0; k < QUANTUM_SCHEDULERS; k++) {
		struct quantum_rules r = rules((enum quantum_scheduler)k);
		struct quantum *q = quantum_open(&r, 2, 1, 0);
		struct quantum_group capped = { .weight = 1, .cap_ns = 30 * MS + 1 };
		capped.cap_period_ns = 100 * MS;
		uint32_t g = quantum_group_add(q, &capped);
		duty(q, g, 1, 1);
		duty(q, g, 1, 1);
		for (int64_t t = 0; t < 10; t++) {
			quantum_run(q, (t + 1) * 100 * MS - 1);
			CU_ASSERT_EQUAL(run_of(q, 0) + run_of(q, 1), (t + 1) * (30 * MS + 1));
		}
		CU_ASSERT_EQUAL(quantum_group_throttles(q, g), 10);
		struct quantum_counts c = quantum_vcpu_counts(q, 0);
		CU_ASSERT_EQUAL(c.throttled_ns + c.run_ns + c.ready_ns, S - 1);
		CU_ASSERT_EQUAL(c.ready_ns, 0);
		quantum_close(q);
	}
}

static void reservations_come_before_weights(void)
{
	for (int k = 0; k < QUANTUM_SCHEDULERS; k++) {
		struct quantum_rules r = rules((enum quantum_scheduler)k);
		struct quantum *q = quantum_open(&r, 1, 1, 0);
		struct quantum_group some = { .weight = 1, .reservation_ns = 40 * MS };
		some.cap_period_ns = 100 * MS;
		uint32_t g = quantum_group_add(q, &some);
		uint32_t v = duty(q, g, 1, 1);
		busy(q, 1 << 20);
		quantum_run(q, 10 * S);
		/* Round robin knows no weights: beyond the 40 ms it shares what is left.
		 * A tick of 4 ms may be needed to see that the rest is not for it. */
		int64_t least = 4 * S, most = k == QUANTUM_ROUND_ROBIN ? 7 * S + 100 * MS : 4 * S + 500 * MS;
		CU_ASSERT(run_of(q, v) >= least && run_of(q, v) <= most);
		quantum_close(q);
	}
}

static void reservations_reach_all_vcpus(void)
{
	for (int k = 0; k < QUANTUM_SCHEDULERS; k++)
		for (int64_t period_ns = 10 * MS; period_ns <= 100 * MS; period_ns += 10 * MS) {
			struct quantum_rules r = rules((enum quantum_scheduler)k);
			struct quantum *q = quantum_open(&r, 2, 1, 0);
			struct quantum_group half = { .weight = 1, .reservation_ns = period_ns / 2 };
			half.cap_period_ns = period_ns;
			uint32_t g = quantum_group_add(q, &half);
			uint32_t a = duty(q, g, 1, 1), b = duty(q, g, 1, 1);
			for (int v = 0; v < 6; v++)
				busy(q, 1024);
			quantum_run(q, 12 * S);
			CU_ASSERT(run_of(q, a) + run_of(q, b) >= 6 * S - period_ns);
			quantum_check(q);
			quantum_close(q);
		}
}

static void higher_priorities_run_first_on_any_core(void)
{
	for (int k = 0; k < QUANTUM_SCHEDULERS; k++) {
		struct quantum_rules r = rules((enum quantum_scheduler)k);
		struct quantum *q = quantum_open(&r, 2, 1, 0);
		for (int v = 0; v < 4; v++)
			busy(q, 1 << 20);
		uint32_t high = quantum_group_add(q, &(struct quantum_group){ .weight = 1, .priority = 1 });
		uint32_t a = duty(q, high, 3 * MS, 7 * MS), b = duty(q, high, 5 * MS, 11 * MS);
		quantum_run(q, 10 * S);
		CU_ASSERT_EQUAL(quantum_vcpu_counts(q, a).ready_ns, 0);
		CU_ASSERT_EQUAL(quantum_vcpu_counts(q, b).ready_ns, 0);
		CU_ASSERT_EQUAL(quantum_core_counts(q, 0).idle_ns + quantum_core_counts(q, 1).idle_ns, 0);
		quantum_close(q);
	}
}

static void pinned_vcpus_share_their_core(void)
{
	struct quantum_rules r = rules(QUANTUM_EEVDF);
	struct quantum *q = quantum_open(&r, 4, 1, 0);
	for (int k = 0; k < 3; k++)
		quantum_vcpu_add(q, &(struct quantum_vcpu){ .group = group(q, 1024), .weight = 1024,
		                 .cores = 4, .pinned = true, .work = { .work_ns = 1, .period_ns = 1 } });
	quantum_run(q, 12 * S);
	for (uint32_t v = 0; v < 3; v++)
		CU_ASSERT(run_of(q, v) > 4 * S - 10 * MS && run_of(q, v) < 4 * S + 10 * MS);
	CU_ASSERT_EQUAL(quantum_core_counts(q, 2).busy_ns, 12 * S);
	CU_ASSERT_EQUAL(quantum_busy_ns(q)[1], 12 * S);
	quantum_close(q);
}

static void three_equals_on_two_cores_get_two_thirds(void)
{
	for (int k = 0; k < QUANTUM_SCHEDULERS; k++) {
		struct quantum_rules r = rules((enum quantum_scheduler)k);
		struct quantum *q = quantum_open(&r, 2, 1, 0);
		for (int v = 0; v < 3; v++)
			busy(q, 1024);
		quantum_run(q, 30 * S);
		/* With EEVDF the balancer is Linux's, which may leave one alone on a core for a while. */
		int64_t off_ns = k == QUANTUM_EEVDF ? 11 * S : S;
		for (uint32_t v = 0; v < 3; v++)
			CU_ASSERT(run_of(q, v) > 20 * S - off_ns && run_of(q, v) < 20 * S + off_ns);
		quantum_close(q);
	}
}

static void allocations_choose_as_they_say(void)
{
	/* Two cores: 0 runs one heavy vCPU, 1 two light ones. Where does another go? */
	static const uint32_t expected[QUANTUM_ALLOCATIONS] = { 0, 1, 0, 1 };
	for (int k = 0; k < QUANTUM_ALLOCATIONS; k++) {
		struct quantum_rules r = rules(QUANTUM_STRIDE);
		r.allocation = (enum quantum_allocation)k;
		r.balance_ns = 0;
		struct quantum *q = quantum_open(&r, 2, 1, 0);
		for (int v = 0; v < 3; v++)
			quantum_vcpu_add(q, &(struct quantum_vcpu){ .group = group(q, v ? 100 : 10000),
			                 .weight = 1024, .cores = v ? 2 : 1, .pinned = true,
			                 .work = { .work_ns = 1, .period_ns = 1 } });
		uint32_t v = duty(q, group(q, 1024), 1 * MS, 500 * MS); /* its first core is 1 */
		quantum_run(q, 400 * MS);
		int64_t at_0 = quantum_core_counts(q, 0).busy_ns - run_of(q, 0);
		CU_ASSERT_EQUAL(run_of(q, v), 1 * MS);
		CU_ASSERT_EQUAL(at_0, expected[k] == 0 ? 1 * MS : 0);
		quantum_close(q);
	}
}

/* Two VMs of two vCPUs on two cores, one of which takes a lock all the time. Their slices are shifted, so
 * that on their own the vCPUs of the first are rarely on both cores at once. */
static double spun_share(bool gang)
{
	struct quantum_rules r = rules(QUANTUM_ROUND_ROBIN);
	r.gang = gang;
	r.balance_ns = 0;
	struct quantum *q = quantum_open(&r, 2, 1, 0);
	uint32_t a = group(q, 1024), b = group(q, 1024);
	for (uint64_t k = 0; k < 2; k++)
		for (int vm = 0; vm < 2; vm++) {
			struct quantum_work w = { .work_ns = 1, .period_ns = 1 };
			w.phase_ns = (k ^ (uint64_t)vm) ? 3 * MS : 0;
			if (vm == 0) {
				w.behaviour = QUANTUM_SPIN;
				w.lock_every_ns = 87 * US;
				w.lock_hold_ns = 31 * US;
			}
			quantum_vcpu_add(q, &(struct quantum_vcpu){ .group = vm ? b : a, .weight = 1024,
			                 .pinned = true, .cores = 1u << k, .work = w });
		}
	quantum_run(q, 20 * S);
	quantum_check(q);
	int64_t ran_ns = 0, spun_ns = 0;
	for (uint32_t v = 0; v < 4; v += 2) {
		ran_ns += run_of(q, v);
		spun_ns += quantum_vcpu_counts(q, v).spun_ns;
	}
	CU_ASSERT(ran_ns > 15 * S && ran_ns < 25 * S); /* half of two cores */
	quantum_close(q);
	return (double)spun_ns / (double)ran_ns;
}

static void gangs_spin_far_less(void)
{
	double alone = spun_share(false), gang = spun_share(true);
	CU_ASSERT(alone > 0.1);
	CU_ASSERT(gang < 0.05);
	CU_ASSERT(alone > 5 * gang);
}

static void work_can_change_within_a_period(void)
{
	struct quantum_rules r = rules(QUANTUM_EEVDF);
	struct quantum *q = quantum_open(&r, 1, 1, 0);
	uint32_t v = duty(q, group(q, 1024), 20 * MS, 100 * MS);
	quantum_run(q, 50 * MS);
	CU_ASSERT_EQUAL(run_of(q, v), 20 * MS);
	quantum_work_set(q, v, &(struct quantum_work){ .work_ns = 60 * MS, .period_ns = 100 * MS });
	quantum_run(q, 200 * MS);
	CU_ASSERT_EQUAL(run_of(q, v), 120 * MS);
	CU_ASSERT_EQUAL(quantum_vcpu_counts(q, v).demanded_ns, 120 * MS + 60 * MS); /* the third is due */
	quantum_work_set(q, v, &(struct quantum_work){ .work_ns = 0, .period_ns = 100 * MS });
	quantum_run(q, 300 * MS);
	CU_ASSERT_EQUAL(run_of(q, v), 120 * MS);
	quantum_close(q);
}

static void late_work_is_dropped_or_carried(void)
{
	for (int carry = 0; carry < 2; carry++) {
		struct quantum_rules r = rules(QUANTUM_EEVDF);
		struct quantum *q = quantum_open(&r, 1, 1, 0);
		uint32_t high = quantum_group_add(q, &(struct quantum_group){ .weight = 1, .priority = 3 });
		struct quantum_vcpu v = { .group = group(q, 1), .weight = 1, .work = { .work_ns = 30 * MS,
			.period_ns = 100 * MS, .late = carry ? QUANTUM_LATE_CARRY : QUANTUM_LATE_DROP } };
		uint32_t low = quantum_vcpu_add(q, &v);
		duty(q, high, 90 * MS, 100 * MS);
		quantum_run(q, S - 1);
		/* Only 10 of 30 ms find room in each period. */
		struct quantum_counts c = quantum_vcpu_counts(q, low);
		CU_ASSERT(c.run_ns >= 99 * MS && c.run_ns <= 100 * MS);
		CU_ASSERT_EQUAL(c.periods, 10);
		CU_ASSERT_EQUAL(c.periods_late, 9);
		quantum_work_set(q, 1, &(struct quantum_work){ .work_ns = 0 });
		quantum_run(q, 1050 * MS);
		CU_ASSERT_EQUAL(quantum_vcpu_counts(q, low).run_ns >= 149 * MS, (bool)carry);
		quantum_close(q);
	}
}

static const struct test tests[] = {
	{ "n equal vCPUs wait n - 1 slices", equals_wait_for_all_others },
	{ "switches cost what they cost", switches_cost_what_they_cost },
	{ "vCPUs with a core each never wait", lone_vcpus_never_wait },
	{ "the busy histogram counts cores", the_busy_histogram_counts_cores },
	{ "caps are kept to the nanosecond", caps_are_kept_to_the_nanosecond },
	{ "reservations come before weights", reservations_come_before_weights },
	{ "two vCPUs of a group get all of its reservation", reservations_reach_all_vcpus },
	{ "higher priorities run first, on any core", higher_priorities_run_first_on_any_core },
	{ "pinned vCPUs share their core", pinned_vcpus_share_their_core },
	{ "three equals on two cores get about two thirds each", three_equals_on_two_cores_get_two_thirds },
	{ "allocations choose as they say", allocations_choose_as_they_say },
	{ "gangs spin far less on an overcommitted host", gangs_spin_far_less },
	{ "work can change within a period", work_can_change_within_a_period },
	{ "late work is dropped or carried", late_work_is_dropped_or_carried },
};
SUITE(models_quantum, tests)

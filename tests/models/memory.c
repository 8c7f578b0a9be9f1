/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory under pressure, by hand: on a host of 100 M bytes thresholds are 6, 4, 2 and 1 M. */
#include "tests/test.h"

#include "models/hypervisor/memory.h"
#include "sim/time.h"

#define M INT64_C(4096000) /* 1000 pages */

static struct memory_rules plain_rules(void)
{
	return (struct memory_rules){
		.overcommit = 2, .balloon = true, .balloon_01 = 0.65, .balloon_rate = M, .scan_rate = 1000,
		.scan_ns = 5000, .swap_bytes = INT64_C(1) << 50, .swap_latency_ns = NS_PER_MS,
		.swap_rate = INT64_C(1) << 40,
	};
}

/* A guest of 100 M that has touched so much and comes back to so much of it in a second. */
static struct memory_guest guest(int64_t used, int64_t active)
{
	return (struct memory_guest){
		.ram_bytes = 100 * M, .used_bytes = used * M, .active_bytes = active * M,
			.limit_bytes = 100 * M,
		.reuse_ns = NS_PER_S, .vcpus = 1,
	};
}

static struct memory_host host_of(int64_t capacity)
{
	return (struct memory_host){.capacity_bytes = capacity * M};
}

/* Solves, and lets balloons and scanner arrive. */
static void settle(const struct memory_rules *rules, struct memory_host *host, struct memory_guest *g,
                   uint32_t n)
{
	for (int k = 0; k < 4; k++) {
		memory_solve(rules, host, g, n);
		for (uint32_t i = 0; i < n; i++)
			g[i].balloon_bytes = g[i].goal_bytes;
		memory_scanned(host, host->pass_ns);
	}
	memory_solve(rules, host, g, n);
}

static void test_enough(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(100);
	struct memory_guest g[2] = {guest(40, 40), guest(50, 50)};
	memory_solve(&rules, &host, g, 2);
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_HIGH);
	CU_ASSERT_EQUAL(host.resident_bytes, 90 * M);
	CU_ASSERT_EQUAL(host.ballooned_bytes + host.swapped_bytes + host.shared_bytes, 0);
	CU_ASSERT_EQUAL(g[0].loss_ppm + g[1].loss_ppm, 0);
}

static void test_hysteresis(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(100);
	struct memory_guest g[1] = {guest(95, 0)};
	settle(&rules, &host, g, 1); /* 5 M free: above 4 */
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_HIGH);
	g[0].used_bytes = 97 * M;
	settle(&rules, &host, g, 1);
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_SOFT);
	CU_ASSERT_EQUAL(g[0].balloon_bytes, 3 * M); /* until 6 are free */
	g[0].used_bytes = 95 * M; /* once it has begun it goes on below 6 */
	settle(&rules, &host, g, 1);
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_SOFT);
	CU_ASSERT_EQUAL(g[0].balloon_bytes, 1 * M);
	g[0].used_bytes = 94 * M;
	settle(&rules, &host, g, 1);
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_HIGH);
	CU_ASSERT_EQUAL(g[0].balloon_bytes, 0);
}

static void test_hard_until_balloons_come(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(100);
	struct memory_guest g[2] = {guest(60, 0), guest(60, 0)};
	memory_solve(&rules, &host, g, 2);
	/* 120 used; targets 47 each; until the balloons bring 13 each, 22 are swapped so that 2 are free. */
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_HARD);
	CU_ASSERT_EQUAL(g[0].target_bytes, 47 * M);
	CU_ASSERT_EQUAL(g[0].swapped_bytes, 11 * M);
	CU_ASSERT_EQUAL(host.resident_bytes, 98 * M);
	CU_ASSERT_EQUAL(host.inflating_ns, 13 * NS_PER_S + 1);
	g[0].balloon_bytes = g[1].balloon_bytes = 5 * M;
	memory_solve(&rules, &host, g, 2);
	CU_ASSERT_EQUAL(g[1].swapped_bytes, 6 * M);
	g[0].balloon_bytes = g[1].balloon_bytes = 13 * M;
	memory_solve(&rules, &host, g, 2);
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_SOFT);
	CU_ASSERT_EQUAL(host.swapped_bytes, 0);
	CU_ASSERT_EQUAL(host.resident_bytes, 94 * M);
	CU_ASSERT_EQUAL(host.inflating_ns, 0);
	CU_ASSERT_EQUAL(g[0].loss_ppm, 0); /* all of it was idle */
}

static void test_idle_tax(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(100);
	struct memory_guest g[2] = {guest(90, 0), guest(90, 90)};
	rules.balloon_01 = 1;
	settle(&rules, &host, g, 2);
	CU_ASSERT_EQUAL(g[0].target_bytes, 47 * M); /* no tax: equal shares */
	CU_ASSERT_EQUAL(g[1].target_bytes, 47 * M);
	rules.idle_tax_01 = 0.75; /* an idle page costs four times an active one: shares of 1/4 and 1 */
	settle(&rules, &host, g, 2);
	CU_ASSERT(g[0].target_bytes > 94 * M / 5 - 100 && g[0].target_bytes < 94 * M / 5 + 100);
	CU_ASSERT_EQUAL(g[0].target_bytes + g[1].target_bytes, 94 * M);
	CU_ASSERT_EQUAL(g[0].loss_ppm, 0);
	CU_ASSERT(g[1].loss_ppm > 0);
}

static void test_sharing(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(1000);
	struct memory_guest g[4] = {guest(40, 0), guest(40, 0), guest(40, 0), guest(40, 0)};
	rules.sharing = true;
	for (int k = 0; k < 4; k++) {
		g[k].shareable_bytes = 30 * M;
		g[k].content = k == 3 ? 7 : 1; /* the last has nothing in common with anybody */
	}
	memory_solve(&rules, &host, g, 4);
	CU_ASSERT_EQUAL(host.shared_bytes, 0); /* nothing is found yet */
	CU_ASSERT_EQUAL(host.mergeable_bytes, 60 * M); /* three times 30, less one copy */
	CU_ASSERT_EQUAL(host.pass_ns, 160 * NS_PER_S + 1); /* 160 000 pages at 1000 a second */
	memory_scanned(&host, 80 * NS_PER_S);
	memory_solve(&rules, &host, g, 4);
	CU_ASSERT(host.shared_bytes > 30 * M - 4 && host.shared_bytes <= 30 * M);
	memory_scanned(&host, 81 * NS_PER_S);
	memory_solve(&rules, &host, g, 4);
	CU_ASSERT_EQUAL(host.shared_bytes, 60 * M);
	CU_ASSERT_EQUAL(g[0].shared_bytes, 20 * M);
	CU_ASSERT_EQUAL(g[3].shared_bytes, 0);
	memory_solve(&rules, &host, g + 2, 2); /* the others left: there is nothing to share with */
	CU_ASSERT_EQUAL(host.shared_bytes, 0);
	CU_ASSERT_EQUAL(host.resident_bytes, 80 * M);
}

static void test_unequal_sharing(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(1000);
	struct memory_guest g[2] = {guest(40, 0), guest(40, 0)};
	rules.sharing = true;
	g[0].shareable_bytes = 30 * M;
	g[1].shareable_bytes = 10 * M;
	settle(&rules, &host, g, 2);
	/* 40 in all, the copy is 30: 10 saved; they pay 22.5 and 7.5 for the copy. */
	CU_ASSERT_EQUAL(host.shared_bytes, 10 * M);
	CU_ASSERT_EQUAL(g[0].shared_bytes, 15 * M / 2);
	CU_ASSERT_EQUAL(g[1].shared_bytes, 5 * M / 2);
}

static void test_random_swap_hits_the_active(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(100);
	struct memory_guest g[1] = {guest(100, 1)};
	rules.balloon = false;
	g[0].ram_bytes = g[0].limit_bytes = 188 * M;
	g[0].used_bytes = 188 * M;
	memory_solve(&rules, &host, g, 1);
	/* Half is swapped. 1000 touches a second, 500 of them wait 1 ms: 0.5 s of waiting a second of
	 * work. */
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_SOFT);
	CU_ASSERT_EQUAL(g[0].swapped_bytes, 94 * M);
	CU_ASSERT_EQUAL(g[0].loss_ppm, 333333);
	g[0].vcpus = 2; /* 0.25 s each */
	memory_solve(&rules, &host, g, 1);
	CU_ASSERT_EQUAL(g[0].loss_ppm, 200000);
}

static void test_balloon_takes_the_idle_first(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(100);
	struct memory_guest g[1] = {guest(100, 94)};
	settle(&rules, &host, g, 1); /* 6 idle, 6 to give */
	CU_ASSERT_EQUAL(g[0].balloon_bytes, 6 * M);
	CU_ASSERT_EQUAL(g[0].loss_ppm, 0);
	g[0].active_bytes = 100 * M; /* now the same 6 are missed: 6000 page-ins of 1 ms a second */
	settle(&rules, &host, g, 1);
	CU_ASSERT_EQUAL(g[0].balloon_bytes, 6 * M);
	CU_ASSERT_EQUAL(g[0].loss_ppm, 857143); /* 6 / 7 */
}

static void test_balloon_limit(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(50);
	struct memory_guest g[1] = {guest(100, 0)};
	g[0].active_bytes = 0;
	rules.balloon_01 = 0.3;
	settle(&rules, &host, g, 1);
	/* 47 may stay; the balloon takes 30 of 100, paging what is beyond it. */
	CU_ASSERT_EQUAL(g[0].balloon_bytes, 30 * M);
	CU_ASSERT_EQUAL(g[0].swapped_bytes, 23 * M);
	CU_ASSERT_EQUAL(g[0].resident_bytes, 47 * M);
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_SOFT);
}

static void test_bandwidth(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(100);
	struct memory_guest g[1] = {guest(100, 1)};
	rules.balloon = false;
	g[0].ram_bytes = g[0].limit_bytes = g[0].used_bytes = 188 * M;
	/* 500 faults a second of work want 4 MB/s in and out at 1 ms: 500 / 1.5 pages. The device does
	 * half. */
	rules.swap_rate = 2 * 4096 * 500 / 3;
	memory_solve(&rules, &host, g, 1);
	CU_ASSERT(g[0].loss_ppm > 666660 && g[0].loss_ppm < 666675); /* waits 2 s a second of work */
}

static void test_swap_is_full(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(100);
	struct memory_guest g[2] = {guest(75, 10), guest(75, 10)};
	rules.balloon = false;
	rules.swap_bytes = 10 * M;
	memory_solve(&rules, &host, g, 2);
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_LOW);
	CU_ASSERT_EQUAL(host.swapped_bytes, 10 * M);
	CU_ASSERT_EQUAL(host.denied_bytes, 40 * M);
	CU_ASSERT_EQUAL(host.resident_bytes, 100 * M);
	CU_ASSERT_EQUAL(g[0].loss_ppm, 1000000); /* stopped: above its target */
}

static void test_reservation_and_limit(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(100);
	struct memory_guest g[2] = {guest(60, 0), guest(60, 0)};
	g[0].reservation_bytes = 60 * M;
	settle(&rules, &host, g, 2);
	CU_ASSERT_EQUAL(g[0].resident_bytes, 60 * M);
	CU_ASSERT_EQUAL(g[1].resident_bytes, 34 * M);
	host = host_of(1000);
	g[1] = guest(50, 0);
	g[1].limit_bytes = 30 * M;
	memory_solve(&rules, &host, g + 1, 1); /* there is plenty, but not for it */
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_HIGH);
	CU_ASSERT_EQUAL(g[1].swapped_bytes, 20 * M);
	g[1].balloon_bytes = g[1].goal_bytes;
	memory_solve(&rules, &host, g + 1, 1);
	CU_ASSERT_EQUAL(g[1].balloon_bytes, 20 * M);
	CU_ASSERT_EQUAL(g[1].swapped_bytes, 0);
}

static void test_rates(void)
{
	struct memory_rules rules = plain_rules();
	CU_ASSERT_EQUAL(memory_inflated(&rules, 0, 10 * M, 3 * NS_PER_S), 3 * M);
	CU_ASSERT_EQUAL(memory_inflated(&rules, 10 * M, 0, 3 * NS_PER_S), 7 * M);
	CU_ASSERT_EQUAL(memory_inflated(&rules, 0, 10 * M, TIME_MAX_NS), 10 * M);
	CU_ASSERT_EQUAL(memory_scan_hz(&rules, 1000000000), 0);
	rules.sharing = true;
	/* 1000 pages of 5 us: 0.5 % of a core */
	CU_ASSERT_EQUAL(memory_scan_hz(&rules, 1000000000), 5000000);
	rules.scan_rate = 1000000;
	CU_ASSERT_EQUAL(memory_scan_hz(&rules, 1000000000), 1000000000); /* one thread */
}

static void test_nobody(void)
{
	struct memory_rules rules = plain_rules();
	struct memory_host host = host_of(100);
	host.state = MEMORY_STATE_HARD;
	memory_solve(&rules, &host, NULL, 0);
	CU_ASSERT_EQUAL(host.state, MEMORY_STATE_HIGH);
	CU_ASSERT_EQUAL(host.resident_bytes, 0);
	CU_ASSERT_STRING_EQUAL(memory_state_names[MEMORY_STATE_HARD], "hard");
}

static const struct test tests[] = {
	{"above 4 % free memory nothing is taken", test_enough},
	{"reclaiming begins below 4 % and ends above 6 %", test_hysteresis},
	{"until balloons have come pages are swapped to keep 2 % free", test_hard_until_balloons_come},
	{"an idle memory tax of 75 % makes idle pages four times as dear", test_idle_tax},
	{"of equal pages one copy stays, once the scanner has found them", test_sharing},
	{"guests pay for the copy in proportion to what they have of it", test_unequal_sharing},
	{"the host swaps at random, and active pages are missed", test_random_swap_hits_the_active},
	{"balloons take idle memory first and bite then", test_balloon_takes_the_idle_first},
	{"what a balloon may not take is swapped", test_balloon_limit},
	{"page-ins wait until the device can follow", test_bandwidth},
	{"when swap is full guests above their target are stopped", test_swap_is_full},
	{"a reservation is never touched and a limit holds at once", test_reservation_and_limit},
	{"balloons and scanner have their rates", test_rates},
	{"a host without guests is at rest", test_nobody},
};
SUITE(models_memory, tests)

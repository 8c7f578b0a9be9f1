/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The power of a cluster from load averages, worked by hand, and when meters are read. */
#include "models/cluster_power.h"

#include <math.h>

#include "sim/time.h"
#include "tests/test.h"

static const struct cluster_power power = {
	.hosts = 3, .idle_w = 100, .first_w = 50, .core_w = 10, .waiting_w = 40, .cores = 4, .moves = 0.5,
	.reading_ns = 240 * NS_PER_S, .phase_ns = 30 * NS_PER_S,
};

static double one_host_w(double load, double moved)
{
	struct cluster_use use = {0, 0, 0};
	cluster_use_add(&power, &use, load, moved);
	return cluster_power_w(&power, &use);
}

static void test_host(void)
{
	const struct cluster_use nothing = {0, 0, 0};
	CU_ASSERT_EQUAL(cluster_power_w(&power, &nothing), 300);
	CU_ASSERT_EQUAL(one_host_w(0, 0), 300);
	CU_ASSERT_EQUAL(one_host_w(0.5, 0), 300 + 25 + 5);
	CU_ASSERT_EQUAL(one_host_w(1, 0), 300 + 50 + 10);
	CU_ASSERT_EQUAL(one_host_w(3, 0), 300 + 50 + 30);
	CU_ASSERT_EQUAL(one_host_w(4, 0), 300 + 50 + 40);
	CU_ASSERT_EQUAL(one_host_w(16, 0), 300 + 50 + 40);
}

static void test_moving(void)
{
	CU_ASSERT_EQUAL(one_host_w(4, 0.25), 390 - 10);
	CU_ASSERT_EQUAL(one_host_w(4, -0.25), 390 - 10);
	CU_ASSERT_EQUAL(one_host_w(4, 7), 390 - 20);
}

static void test_sum(void)
{
	struct cluster_use use = {0, 0, 0};
	cluster_use_add(&power, &use, 2, 0.5);
	cluster_use_add(&power, &use, 8, 0);
	CU_ASSERT_EQUAL(cluster_power_w(&power, &use), 300 + (50 + 20 - 20) + (50 + 40));
}

static void test_readings(void)
{
	static const int64_t cases[][2] = {{30, 30},   {31, 30},   {269, 30},   {270, 270},
	                                   {0, -210},  {29, -210}, {-210, -210}, {-211, -450}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CU_ASSERT_EQUAL(cluster_reading_ns(&power, cases[i][0] * NS_PER_S), cases[i][1] * NS_PER_S);
}

/* More load never draws less, and no load moves so much that a host draws less than an idle one. */
static void test_lisa(void)
{
	const struct cluster_power *p = &cluster_power_lisa;
	double last = 0;
	for (int i = 0; i <= 160; i++) {
		struct cluster_use still = {0, 0, 0}, moving = {0, 0, 0};
		cluster_use_add(p, &still, i / 10.0, 0);
		cluster_use_add(p, &moving, i / 10.0, i / 10.0);
		double now = cluster_power_w(p, &still);
		CU_ASSERT(now >= last);
		CU_ASSERT(cluster_power_w(p, &moving) >= p->hosts * p->idle_w);
		last = now;
	}
	CU_ASSERT(fabs(last - (277 * 32.35 + 52.3 + 7 * 13.1)) < 1e-9);
}

static const struct test tests[] = {
	{"a host draws more with its first core, then with each, up to its limit", test_host},
	{"load that moves draws less", test_moving},
	{"hosts add up", test_sum},
	{"meters are read at fixed instants", test_readings},
	{"Lisa's hosts draw more with more load, and never less than idle ones", test_lisa},
};
SUITE(models_cluster_power, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* k of n with repair: the closed form by hand, and the simulation against it. */
#include "models/redundancy.h"

#include <math.h>

#include "sim/time.h"
#include "tests/test.h"

#define SEEDS 20

static struct redundancy parts(uint32_t n, uint32_t k, uint32_t crews)
{
	return (struct redundancy){
		.n = n, .k = k, .crews = crews, .up = {LAW_EXPONENTIAL, 1000, 0},
		.repair = {LAW_EXPONENTIAL, 100, 0},
	};
}

static void by_hand(void)
{
	/* One part: 1000/1100. Two, both crews, one is enough: 1 - (1/11)^2. */
	struct redundancy one = parts(1, 1, 1), two = parts(2, 1, 2), shared = parts(2, 1, 1);
	CU_ASSERT_DOUBLE_EQUAL(redundancy_availability(&one), 10.0 / 11, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(redundancy_mttf_s(&one), 1000, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(redundancy_availability(&two), 1 - 1.0 / 121, 1e-12);
	/* One crew: pi = 1, 2 x 0.1, 0.2 x 0.1: 0.02 of 1.22 is down. */
	CU_ASSERT_DOUBLE_EQUAL(redundancy_availability(&shared), 1 - 0.02 / 1.22, 1e-12);
	/* (3 lambda + mu)/(2 lambda^2): the textbook's two parts in parallel. */
	CU_ASSERT_DOUBLE_EQUAL(redundancy_mttf_s(&shared), (0.003 + 0.01) / (2 * 1e-6), 1e-6);
	/* All of three: the first failure ends it. */
	struct redundancy all = parts(3, 3, 1);
	CU_ASSERT_DOUBLE_EQUAL(redundancy_mttf_s(&all), 1000.0 / 3, 1e-9);
}

static void independent_parts(void)
{
	/* With a crew for each, parts are independent: the binomial. */
	struct redundancy r = parts(5, 3, 5);
	double a = 10.0 / 11, b = 1 - a;
	double at_least = pow(a, 5) + 5 * pow(a, 4) * b + 10 * pow(a, 3) * b * b;
	CU_ASSERT_DOUBLE_EQUAL(redundancy_availability(&r), at_least, 1e-12);
}

/* Mean and standard error over seeds of a figure of a run. */
struct sample {
	double mean, error;
};

static struct sample simulate(const struct redundancy *r, int64_t end_ns, double (*figure)(
	const struct redundancy_outcome *o, int64_t end_ns))
{
	double sum = 0, squares = 0;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct random_stream stream;
		random_init(&stream, seed, "k of n", 0);
		struct redundancy_outcome o = redundancy_run(r, end_ns, &stream);
		double x = figure(&o, end_ns);
		sum += x;
		squares += x * x;
	}
	double mean = sum / SEEDS;
	return (struct sample){mean, sqrt((squares / SEEDS - mean * mean) / (SEEDS - 1))};
}

static double up_01(const struct redundancy_outcome *o, int64_t end_ns)
{
	return 1 - (double)o->down_ns / (double)end_ns;
}

static double first_s(const struct redundancy_outcome *o, int64_t end_ns)
{
	(void)end_ns;
	return time_s(o->first_ns);
}

static void simulated_availability(void)
{
	const struct redundancy cases[] = {parts(1, 1, 1), parts(3, 2, 1), parts(5, 3, 2), parts(4, 2, 4)};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double law = redundancy_availability(&cases[i]);
		struct sample s = simulate(&cases[i], INT64_C(2000000) * NS_PER_S, up_01);
		CU_ASSERT(fabs(s.mean - law) < 3.5 * s.error);
		CU_ASSERT_DOUBLE_EQUAL(s.mean / law, 1, 0.005);
	}
}

static void simulated_first_failure(void)
{
	const struct redundancy cases[] = {parts(2, 1, 1), parts(3, 2, 2)};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double sum = 0, squares = 0, law = redundancy_mttf_s(&cases[i]);
		for (int batch = 0; batch < 20; batch++) {
			double x = 0;
			for (uint64_t k = 0; k < 100; k++) {
				struct random_stream stream;
				random_init(&stream, k, "first failure", (uint64_t)batch);
				struct redundancy_outcome o = redundancy_run(
					&cases[i], INT64_C(100000) * NS_PER_S, &stream);
				CU_ASSERT(o.failures > 0);
				x += first_s(&o, 0) / 100;
			}
			sum += x / 20;
			squares += x * x / 20;
		}
		CU_ASSERT(fabs(sum - law) < 3.5 * sqrt((squares - sum * sum) / 19));
	}
}

static void deterministic_parts(void)
{
	/* Fails at 1000, is back at 1100, fails at 2100 ...: 100 of each 1100. */
	struct redundancy r = parts(1, 1, 1);
	r.up.kind = r.repair.kind = LAW_CONSTANT;
	struct random_stream stream;
	random_init(&stream, 1, "k of n", 0);
	struct redundancy_outcome o = redundancy_run(&r, 2150 * NS_PER_S, &stream);
	CU_ASSERT_EQUAL(o.down_ns, 150 * NS_PER_S);
	CU_ASSERT_EQUAL(o.first_ns, 1000 * NS_PER_S);
	CU_ASSERT_EQUAL(o.failures, 2);
	/* Two at once with one crew: the second waits, and is back 100 s later. */
	struct redundancy pair = parts(2, 2, 1);
	pair.up.kind = pair.repair.kind = LAW_CONSTANT;
	o = redundancy_run(&pair, 1500 * NS_PER_S, &stream);
	CU_ASSERT_EQUAL(o.down_ns, 200 * NS_PER_S);
	CU_ASSERT_EQUAL(o.part_failures, 2);
	CU_ASSERT_EQUAL(o.failures, 1);
}

static const struct test tests[] = {
	{"availability and time to the first failure are as worked out by hand", by_hand},
	{"with a crew for each the parts are independent", independent_parts},
	{"the simulated availability is the closed form's", simulated_availability},
	{"the simulated time to the first failure is the closed form's", simulated_first_failure},
	{"parts that fail on time are down on time, and wait for the crew", deterministic_parts},
};
SUITE(models_redundancy, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sharing a host's CPU, by hand: who gets what, what is stolen, what the host draws, to the last unit. */
#include "tests/test.h"

#include <stdlib.h>

#include "sim/random.h"
#include "tests/models/small.h"

/* Two guests of 1000 Hz on a host of 1000 Hz; the second interval asks for 1300 Hz, the third for just
 * 1000. */
static void open_two_guests(struct small *s)
{
	small_open(s);
	small_host(s, small_host_type(s, 1, 1000));
	small_place(s, small_vm(s, 1000, PLAN(s, 10, 20, 60, 100)), 0);
	small_place(s, small_vm(s, 1000, PLAN(s, 10, 30, 70, 0)), 0);
}

static void test_two_guests(void)
{
	struct small s;
	open_two_guests(&s);
	small_run(&s, 30);
	const struct vm *a = &s.world.vms[0], *b = &s.world.vms[1];
	const struct host *host = &s.world.hosts[0];
	CU_ASSERT(a->demanded == HZ_S(10 * (200 + 600 + 1000)));
	CU_ASSERT(a->stolen == HZ_S(10 * 100));
	CU_ASSERT(b->demanded == HZ_S(10 * (300 + 700 + 0)));
	CU_ASSERT(b->stolen == HZ_S(10 * 200));
	CU_ASSERT(host->demanded == HZ_S(10 * (500 + 1300 + 1000)));
	CU_ASSERT(host->given == HZ_S(10 * (500 + 1000 + 1000)));
	CU_ASSERT_EQUAL(host->on_ns, 30 * NS_PER_S);
	CU_ASSERT_EQUAL(host->active_ns, 30 * NS_PER_S);
	CU_ASSERT_EQUAL(host->saturated_ns, 20 * NS_PER_S);
	CU_ASSERT_EQUAL(host->updates, 2);
	small_close(&s);
}

static void test_energy_exact(void)
{
	struct small s;
	open_two_guests(&s);
	small_run(&s, 30);
	fluid_finish(&s.world, 30 * NS_PER_S);
	CU_ASSERT_EQUAL(fluid_energy_uj(&s.world.hosts[0]), (150 + 200 + 200) * 10 * JOULE);
	CU_ASSERT(s.world.hosts[0].energy == (wide)2 * (150 + 200 + 200) * 10 * JOULE * NS_PER_S);
	small_close(&s);
}

static int64_t trapezoid_uj(bool last_interval, bool batch)
{
	struct small s;
	small_open(&s);
	s.world.rules.energy = ENERGY_TRAPEZOID;
	s.world.rules.last_interval = last_interval;
	s.world.rules.batch = batch;
	if (!batch)
		fluid_unbatched_start(&s.world);
	small_host(&s, small_host_type(&s, 1, 1000));
	small_place(&s, small_vm(&s, 1000, PLAN(&s, 10, 0, 100, 50, 20, 20)), 0);
	engine_run(s.engine, 45 * NS_PER_S);
	fluid_finish(&s.world, 45 * NS_PER_S);
	int64_t uj = fluid_energy_uj(&s.world.hosts[0]);
	small_close(&s);
	return uj;
}

static void test_energy_trapezoid(void)
{
	int64_t closed_uj = (150 + 175 + 135 + 120) * 10 * JOULE; /* means of 100, 200, 150, 120, 120 W */
	for (int batch = 0; batch < 2; batch++) {
		CU_ASSERT_EQUAL(trapezoid_uj(false, batch), closed_uj);
		CU_ASSERT_EQUAL(trapezoid_uj(true, batch), closed_uj + 120 * 5 * JOULE);
	}
}

static int64_t energy_uj(bool idle_draws, bool first_interval, enum energy_rule rule)
{
	struct small s;
	small_open(&s);
	s.world.rules.energy = rule;
	s.world.rules.idle_draws = idle_draws;
	s.world.rules.first_interval = first_interval;
	small_host(&s, small_host_type(&s, 1, 1000));
	small_place(&s, small_vm(&s, 1000, PLAN(&s, 10, 50, 0, 100)), 0);
	engine_run(s.engine, 30 * NS_PER_S);
	fluid_finish(&s.world, 30 * NS_PER_S);
	int64_t uj = fluid_energy_uj(&s.world.hosts[0]);
	small_close(&s);
	return uj;
}

static void test_idle_draws(void)
{
	CU_ASSERT_EQUAL(energy_uj(true, true, ENERGY_EXACT), (150 + 100 + 200) * 10 * JOULE);
	CU_ASSERT_EQUAL(energy_uj(false, true, ENERGY_EXACT), (150 + 0 + 200) * 10 * JOULE);
	/* The trapezoid leaves out the intervals that begin idle; the others reach up to what the curve
	 * says. */
	CU_ASSERT_EQUAL(energy_uj(true, true, ENERGY_TRAPEZOID), (125 + 150 + 200) * 10 * JOULE);
	CU_ASSERT_EQUAL(energy_uj(false, true, ENERGY_TRAPEZOID), (125 + 0 + 200) * 10 * JOULE);
}

static void test_first_interval(void)
{
	CU_ASSERT_EQUAL(energy_uj(true, false, ENERGY_EXACT), (0 + 100 + 200) * 10 * JOULE);
	CU_ASSERT_EQUAL(energy_uj(true, false, ENERGY_TRAPEZOID), (0 + 150 + 200) * 10 * JOULE);
	CU_ASSERT_EQUAL(energy_uj(false, false, ENERGY_EXACT), (0 + 0 + 200) * 10 * JOULE);
}

/* Three guests on a host of 1000 Hz that all ask for the same; what they get. */
static void share(struct small *s, uint8_t percent)
{
	uint32_t plan = PLAN(s, 10, percent);
	for (int k = 0; k < 3; k++)
		small_vm(s, 1000, plan);
	small_host(s, small_host_type(s, 1, 1000));
}

static void check_given(struct small *s, int64_t a_hz, int64_t b_hz, int64_t c_hz)
{
	for (uint32_t v = 0; v < 3; v++)
		small_place(s, v, 0);
	small_run(s, 1);
	CU_ASSERT_EQUAL(s->world.vms[0].given_hz, a_hz);
	CU_ASSERT_EQUAL(s->world.vms[1].given_hz, b_hz);
	CU_ASSERT_EQUAL(s->world.vms[2].given_hz, c_hz);
	CU_ASSERT_EQUAL(s->world.hosts[0].given_hz, a_hz + b_hz + c_hz);
	small_close(s);
}

static void test_equal(void)
{
	struct small s;
	small_open(&s);
	share(&s, 80);
	check_given(&s, 334, 333, 333); /* the unit that rounding leaves goes to the first */
}

static void test_cap(void)
{
	struct small s;
	small_open(&s);
	share(&s, 80);
	small_type(&s, 1)->cap_hz = 100;
	check_given(&s, 450, 100, 450);
	small_open(&s);
	share(&s, 20);
	small_type(&s, 1)->cap_hz = 100;
	check_given(&s, 200, 100, 200);
}

static void test_cap_is_not_stolen(void)
{
	struct small s;
	small_open(&s);
	small_host(&s, small_host_type(&s, 1, 1000));
	uint32_t vm = small_vm(&s, 1000, PLAN(&s, 10, 90));
	small_type(&s, vm)->cap_hz = 300;
	small_place(&s, vm, 0);
	small_run(&s, 10);
	CU_ASSERT(s.world.vms[vm].demanded == HZ_S(3000));
	CU_ASSERT(s.world.vms[vm].stolen == 0);
	small_close(&s);
}

static void test_reservation(void)
{
	struct small s;
	small_open(&s);
	share(&s, 80);
	small_type(&s, 2)->reservation_hz = 700;
	check_given(&s, 150, 150, 700);
	small_open(&s);
	share(&s, 80);
	/* more than it asks for: it is not held back from the others */
	small_type(&s, 2)->reservation_hz = 900;
	check_given(&s, 100, 100, 800);
}

static void test_weight(void)
{
	struct small s;
	small_open(&s);
	share(&s, 100);
	small_type(&s, 0)->weight = 3072;
	check_given(&s, 600, 200, 200);
	small_open(&s);
	share(&s, 40);
	small_type(&s, 0)->weight = 3072; /* satisfied: the rest is shared by the others */
	check_given(&s, 400, 300, 300);
}

/* H holds C, which holds G; X stands beside H. C may have 600 Hz at most. */
static void open_nested(struct small *s, uint8_t x_percent)
{
	small_open(s);
	small_host(s, small_host_type(s, 1, 1000));
	uint32_t h = small_vm(s, 1000, PLAN(s, 10, 20)), c = small_vm(s, 400, PLAN(s, 10, 100));
	uint32_t g = small_vm(s, 1000, PLAN(s, 10, 30)), x = small_vm(s, 1000, PLAN(s, 10, x_percent));
	small_type(s, c)->cap_hz = 600;
	small_place(s, h, 0);
	small_nest(s, c, h);
	small_nest(s, g, c);
	small_place(s, x, 0);
	small_run(s, 10);
}

static void check_nested(struct small *s, const int64_t given_hz[4])
{
	static const int64_t demand_hz[3] = {200, 400, 300};
	for (uint32_t v = 0; v < 4; v++)
		CU_ASSERT_EQUAL(s->world.vms[v].given_hz, given_hz[v]);
	for (uint32_t v = 0; v < 3; v++) {
		CU_ASSERT(s->world.vms[v].demanded == HZ_S(10 * demand_hz[v]));
		CU_ASSERT(s->world.vms[v].stolen == HZ_S(10 * (demand_hz[v] - given_hz[v])));
		CU_ASSERT_EQUAL(fluid_host_of(&s->world, (vm_id){v}).i, 0);
	}
	CU_ASSERT_EQUAL(s->world.hosts[0].guest_count, 2);
	CU_ASSERT_EQUAL(s->world.hosts[0].nested_count, 2);
	small_close(s);
}

static void test_nested(void)
{
	struct small s;
	open_nested(&s, 0); /* H gets 200 + 600, C shares its 600 with G, each 300 */
	CU_ASSERT_EQUAL(s.world.hosts[0].demand_hz, 800);
	check_nested(&s, (const int64_t[]){200, 300, 300, 0});
	open_nested(&s, 80); /* H gets 500: 200 for itself and 300 for C, 150 of them for G */
	CU_ASSERT_EQUAL(s.world.hosts[0].demand_hz, 1600);
	CU_ASSERT_EQUAL(s.world.hosts[0].given_hz, 1000);
	check_nested(&s, (const int64_t[]){200, 150, 150, 500});
}

static void test_nested_leave(void)
{
	struct small s;
	small_open(&s);
	small_host(&s, small_host_type(&s, 1, 1000));
	uint32_t holder = small_vm(&s, 1000, PLAN(&s, 10, 10));
	for (int k = 0; k < 3; k++)
		small_vm(&s, 1000, PLAN(&s, 10, 20, 50));
	small_place(&s, holder, 0);
	for (uint32_t v = 1; v < 4; v++)
		small_nest(&s, v, holder);
	small_run(&s, 5);
	CU_ASSERT_EQUAL(s.world.hosts[0].given_hz, 700);
	CU_ASSERT_PTR_NULL(vm_life_stop(&s.life, (vm_id){2})); /* neither first nor last of the list */
	small_run(&s, 8);
	CU_ASSERT_EQUAL(s.world.hosts[0].given_hz, 500);
	small_run(&s, 12);
	CU_ASSERT_EQUAL(s.world.hosts[0].demand_hz, 1000); /* cut to the holder's cap: it wants 1100 */
	CU_ASSERT_EQUAL(s.world.vms[holder].given_hz, 100);
	CU_ASSERT_EQUAL(s.world.vms[1].given_hz + s.world.vms[3].given_hz, 900);
	small_close(&s);
}

/* A host with more guests than the tables on the stack hold, and than a batch takes. */
static void test_many(void)
{
	enum { MANY = 600 };
	struct small s;
	small_open(&s);
	small_host(&s, small_host_type(&s, 1, 60000));
	s.world.host_types[0].ram_bytes = INT64_C(1) << 50;
	uint32_t plan = PLAN(&s, 10, 100, 50, 25, 0, 100);
	for (uint32_t v = 0; v < MANY; v++)
		small_place(&s, small_vm(&s, 200, plan), 0);
	small_run(&s, 50);
	/* 600 guests ask for 120000, 60000, 30000, 0 and 120000 Hz of 60000. */
	CU_ASSERT(s.world.hosts[0].given == HZ_S(10 * (60000 + 60000 + 30000 + 0 + 60000)));
	for (uint32_t v = 0; v < MANY; v++)
		CU_ASSERT(s.world.vms[v].stolen == HZ_S(10 * (100 + 100)));
	small_close(&s);
}

enum { DAY = 288, PERIOD_S = 300 };

static uint8_t percent_of(uint32_t guest, uint32_t k)
{
	return guest ? (uint8_t)(7 * k % 101) : (uint8_t)(k % 101);
}

static void open_day(struct small *s)
{
	uint8_t percent[DAY];
	small_open(s);
	small_host(s, small_host_type(s, 1, 1000));
	for (uint32_t guest = 0; guest < 2; guest++) {
		for (uint32_t k = 0; k < DAY; k++)
			percent[k] = percent_of(guest, k);
		small_vm(s, 1000, small_plan(s, PERIOD_S, DAY, percent));
	}
	small_place(s, 0, 0);
	small_place(s, 1, 0);
}

static int64_t min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void test_batch(void)
{
	struct small s;
	open_day(&s);
	CU_ASSERT_EQUAL(s.world.plans[0].clock, s.world.plans[1].clock);
	small_run(&s, (int64_t)DAY * PERIOD_S);
	int64_t stolen[2] = {0, 0}, demanded[2] = {0, 0}, given = 0, contended = 0;
	for (uint32_t k = 0; k < DAY; k++) {
		int64_t a = 10 * percent_of(0, k), b = 10 * percent_of(1, k);
		int64_t x = a + b <= 1000 ? a : a < 500 ? a : b < 500 ? 1000 - b : 500;
		int64_t y = min(b, 1000 - x);
		contended += a + b > 1000;
		demanded[0] += a;
		demanded[1] += b;
		stolen[0] += a - x;
		stolen[1] += b - y;
		given += x + y;
	}
	CU_ASSERT(contended > 100);
	for (uint32_t v = 0; v < 2; v++) {
		CU_ASSERT(s.world.vms[v].demanded == HZ_S(PERIOD_S * demanded[v]));
		CU_ASSERT(s.world.vms[v].stolen == HZ_S(PERIOD_S * stolen[v]));
	}
	CU_ASSERT(s.world.hosts[0].given == HZ_S(PERIOD_S * given));
	CU_ASSERT_EQUAL(fluid_energy_uj(&s.world.hosts[0]), (100 * DAY * 10 + given) * PERIOD_S * JOULE / 10);
	CU_ASSERT_EQUAL(s.world.hosts[0].updates, DAY - 1); /* the first sample came with the guests */
	small_close(&s);
}

/* Whoever looks at a host at odd times changes nothing but the order in which the same sums are made. */
static void test_looking(void)
{
	struct small a, b;
	struct random_stream r;
	random_init(&r, 1, "looks", 0);
	open_day(&a);
	open_day(&b);
	for (int64_t at_s = 0; at_s < DAY * PERIOD_S; at_s += 1 + (int64_t)random_below(&r, 5000))
		small_run(&b, at_s);
	small_run(&a, (int64_t)DAY * PERIOD_S);
	small_run(&b, (int64_t)DAY * PERIOD_S);
	for (uint32_t v = 0; v < 2; v++) {
		CU_ASSERT(a.world.vms[v].demanded == b.world.vms[v].demanded);
		CU_ASSERT(a.world.vms[v].stolen == b.world.vms[v].stolen);
	}
	CU_ASSERT(a.world.hosts[0].energy == b.world.hosts[0].energy);
	CU_ASSERT_EQUAL(a.world.hosts[0].updates, b.world.hosts[0].updates);
	char one[33], two[33];
	digest_text(engine_digest(a.engine), one);
	digest_text(engine_digest(b.engine), two);
	CU_ASSERT_STRING_EQUAL(one, two);
	small_close(&a);
	small_close(&b);
}

static void count_span(void *context, const struct host_span *span)
{
	uint32_t *counts = context;
	counts[0]++;
	counts[1] += span->n;
	counts[2] += span->n > 1;
}

static void test_spans(void)
{
	struct small s;
	uint32_t counts[3] = {0, 0, 0};
	open_day(&s);
	s.world.hooks = (struct world_hooks){.context = counts, .span = count_span};
	small_run(&s, (int64_t)DAY * PERIOD_S);
	CU_ASSERT_EQUAL(counts[1], DAY);
	CU_ASSERT_EQUAL(counts[2], 1);
	CU_ASSERT(counts[0] <= 3);
	CU_ASSERT_EQUAL(engine_fired(s.engine), 0); /* no sample is an event */
	small_close(&s);
}

static void test_held_for_ever(void)
{
	struct small s;
	small_open(&s);
	small_host(&s, small_host_type(&s, 1, 1000));
	small_place(&s, small_vm(&s, 1000, PLAN(&s, 10, 20, 60)), 0);
	small_run(&s, 1000);
	CU_ASSERT(s.world.vms[0].demanded == HZ_S(10 * 200 + 990 * 600));
	CU_ASSERT_EQUAL(s.world.hosts[0].updates, 1); /* what does not change is no change */
	small_close(&s);
}

/* Guests with different periods, one without any demand: no batch can take them. */
static void test_mixed(void)
{
	struct small s;
	small_open(&s);
	small_host(&s, small_host_type(&s, 1, 1000));
	small_place(&s, small_vm(&s, 1000, PLAN(&s, 10, 10, 20, 30, 40, 50, 60)), 0);
	small_place(&s, small_vm(&s, 1000, PLAN(&s, 15, 30, 90, 20, 10)), 0);
	small_place(&s, small_vm(&s, 1000, ID_NONE), 0);
	CU_ASSERT_EQUAL(s.world.hosts[0].clock, ID_NONE);
	small_run(&s, 60);
	/* From 15 to 20 s 200 + 900 Hz are asked for, then up to 30 s 300 + 900. */
	CU_ASSERT(s.world.vms[0].demanded == HZ_S(10 * (100 + 200 + 300 + 400 + 500 + 600)));
	CU_ASSERT(s.world.vms[1].demanded == HZ_S(15 * (300 + 900 + 200 + 100)));
	CU_ASSERT(s.world.vms[0].stolen == 0);
	CU_ASSERT(s.world.vms[1].stolen == HZ_S(5 * 100 + 10 * 200));
	CU_ASSERT(s.world.vms[2].demanded == 0);
	CU_ASSERT_PTR_NULL(vm_life_stop(&s.life, (vm_id){1}));
	CU_ASSERT_PTR_NULL(vm_life_stop(&s.life, (vm_id){2}));
	/* who is left can be batched again */
	CU_ASSERT_EQUAL(s.world.hosts[0].clock, s.world.plans[0].clock);
	small_close(&s);
}

static const struct test tests[] = {
	{"two guests on one host: a contended interval steals from both", test_two_guests},
	{"energy is the integral of power to the last femtojoule", test_energy_exact},
	{"the trapezoid rule takes the mean of both ends, and the last interval as told",
	 test_energy_trapezoid},
	{"a host with nothing to do draws its idle power unless the rules say otherwise", test_idle_draws},
	{"before its first update a host draws nothing if the rules say so", test_first_interval},
	{"equal guests share equally and the first gets the odd unit", test_equal},
	{"a capped guest leaves the rest to the others", test_cap},
	{"what a cap cuts off is neither demanded nor stolen", test_cap_is_not_stolen},
	{"a reservation is kept when the host is full", test_reservation},
	{"weights divide what is contended", test_weight},
	{"nested guests share what their holder gets, two levels deep", test_nested},
	{"a nested guest leaves and the others stay", test_nested_leave},
	{"600 guests on one host share to the last unit", test_many},
	{"a batch of 288 samples adds up to the sums made by hand", test_batch},
	{"looking at a host at odd times changes nothing", test_looking},
	{"a day of samples is one batch and no event", test_spans},
	{"the last sample is held without further updates", test_held_for_ever},
	{"guests on different clocks are walked change by change", test_mixed},
};
SUITE(models_fluid, tests)

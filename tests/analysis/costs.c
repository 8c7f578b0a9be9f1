/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/costs.h"

#include "sim/time.h"
#include "tests/analysis/fixture.h"
#include "tests/test.h"

#define YEAR_NS (8760 * NS_PER_HOUR)

/* Hosts 0, 2, 4 are of group 0 and 1, 3 of group 1; host 2 alone stands at the second site, PUE 1.5. */
static struct costs prices(struct costs_site sites[2], struct costs_host hosts[2], double vms[2])
{
	sites[0] = (struct costs_site){0.2, 10};
	sites[1] = (struct costs_site){0.1, 30};
	hosts[0] = (struct costs_host){.price = 4000, .depreciation_years = 4, .rack_units = 2,
	                               .administration_per_year = 100, .licence_per_year = 50};
	hosts[1] = (struct costs_host){.price = 900, .depreciation_years = 3, .rack_units = 1,
	                               .administration_per_year = 10, .licence_per_year = 5};
	vms[0] = 0.1;
	vms[1] = 0;
	return (struct costs){.currency = "USD", .sites = sites, .hosts = hosts, .vms_per_hour = vms};
}

static void by_hand(void)
{
	struct fixture f;
	struct costs_site sites[2];
	struct costs_host hosts[2];
	double vms[2];
	struct costs costs = prices(sites, hosts, vms);
	fixture_open(&f, 1);
	for (uint32_t i = 0; i < FIXTURE_HOSTS; i++)
		f.world.hosts[i].energy = 2 * wide_product(1000000000, 10 * NS_PER_HOUR); /* 10 kWh */
	f.world.sites[0].pue = 1;
	struct summary s = {0};
	costs_of(&s, &costs, &f.world, YEAR_NS);
	/* 40 kWh x 0.2 + 10 kWh x 1.5 x 0.1 */
	CU_ASSERT_DOUBLE_EQUAL(s.cost_energy, 9.5, 1e-9);
	/* 3 x 4000 / 4 + 2 x 900 / 3 */
	CU_ASSERT_DOUBLE_EQUAL(s.cost_hardware, 3600, 1e-9);
	/* (2 x 2 U x 10 + 2 x 1 U x 10 + 1 x 2 U x 30) x 12 months */
	CU_ASSERT_DOUBLE_EQUAL(s.cost_space, 120 * 12, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(s.cost_administration, 320, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(s.cost_licences, 160, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(s.cost_total, 9.5 + 3600 + 1440 + 320 + 160, 1e-9);
	CU_ASSERT_STRING_EQUAL(s.currency, "USD");
	fixture_close(&f);
}

/* Half the time costs half, but for the energy, which is what was drawn. */
static void by_time(void)
{
	struct fixture f;
	struct costs_site sites[2];
	struct costs_host hosts[2];
	double vms[2];
	struct costs costs = prices(sites, hosts, vms);
	fixture_open(&f, 1);
	struct summary s = {0};
	costs_of(&s, &costs, &f.world, YEAR_NS / 2);
	CU_ASSERT_EQUAL(s.cost_energy, 0);
	CU_ASSERT_DOUBLE_EQUAL(s.cost_hardware, 1800, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(s.cost_total, 1800 + 720 + 160 + 80, 1e-9);
	fixture_close(&f);
}

/* Guests 0..3 are of the group that costs 0.1 an hour: 10 h, 4 h of a run of 10, never placed, 1 h. */
static void rent_by_hand(void)
{
	struct fixture f;
	struct costs_site sites[2];
	struct costs_host hosts[2];
	double vms[2];
	struct costs costs = prices(sites, hosts, vms);
	fixture_open(&f, 1);
	struct vm *vm = f.world.vms;
	for (uint32_t i = 0; i < FIXTURE_VMS; i++)
		vm[i].placed_ns = vm[i].ended_ns = -1;
	vm[0].placed_ns = 0;
	vm[1].placed_ns = 6 * NS_PER_HOUR;
	vm[3].placed_ns = NS_PER_HOUR;
	vm[3].ended_ns = 2 * NS_PER_HOUR;
	vm[5].placed_ns = 0;
	struct summary s = {0};
	costs_of(&s, &costs, &f.world, 10 * NS_PER_HOUR);
	CU_ASSERT_DOUBLE_EQUAL(s.rent_total, 1.5, 1e-12);
	fixture_close(&f);
}

static const struct test tests[] = {
	{"a year's costs agree with figures worked out by hand", by_hand},
	{"all but energy is paid by the time that passes", by_time},
	{"rent is paid from placement to the end", rent_by_hand},
};
SUITE(analysis_costs, tests)

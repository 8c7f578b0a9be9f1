/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Works out the figures of money. */
#include "analysis/costs.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/memory.h"
#include "sim/time.h"
#include "sim/wide.h"

#define S_PER_HOUR 3600.0
#define HOURS_PER_MONTH 730.0
#define HOURS_PER_YEAR 8760.0
#define HALF_FJ_PER_KWH (2e15 * 3.6e6)

/* One pass over the hosts whatever the number of sites: sums of whole numbers first, money after. */
static double energy_cost(const struct costs *costs, const struct world *w)
{
	double cost = 0;
	wide *energy = memory_new(w->site_count, sizeof *energy, "energy of sites");
	for (uint32_t i = 0; i < w->host_count; i++)
		energy[w->hosts[i].site.i] += w->hosts[i].energy;
	for (uint32_t i = 0; i < w->site_count; i++)
		cost += wide_double(energy[i]) / HALF_FJ_PER_KWH * w->sites[i].pue
		      * costs->sites[i].electricity_per_kwh;
	free(energy);
	return cost;
}

static void host_costs(struct summary *s, const struct costs *costs, const struct world *w, double hours)
{
	double months = hours / HOURS_PER_MONTH, years = hours / HOURS_PER_YEAR;
	for (uint32_t i = 0; i < w->host_count; i++) {
		const struct costs_host *host = &costs->hosts[w->hosts[i].type];
		const struct costs_site *site = &costs->sites[w->hosts[i].site.i];
		s->cost_hardware += host->price / host->depreciation_years * years;
		s->cost_space += host->rack_units * site->rack_unit_per_month * months;
		s->cost_administration += host->administration_per_year * years;
		s->cost_licences += host->licence_per_year * years;
	}
}

/* From placement to end, or to the end of the run. */
static double rent(const struct costs *costs, const struct world *w, int64_t end_ns)
{
	double sum = 0;
	bool priced = false;
	for (uint32_t t = 0; t < w->vm_type_count; t++)
		priced = priced || costs->vms_per_hour[w->vm_types[t].group] > 0;
	for (uint32_t i = 0; priced && i < w->vm_count; i++) {
		const struct vm *vm = &w->vms[i];
		if (vm->placed_ns < 0)
			continue;
		int64_t until_ns = vm->ended_ns >= 0 && vm->ended_ns < end_ns ? vm->ended_ns : end_ns;
		double per_hour = costs->vms_per_hour[w->vm_types[vm->type].group];
		sum += per_hour * time_s(until_ns - vm->placed_ns) / S_PER_HOUR;
	}
	return sum;
}

void costs_of(struct summary *s, const struct costs *costs, const struct world *world, int64_t end_ns)
{
	snprintf(s->currency, sizeof s->currency, "%s", costs->currency);
	s->cost_energy = energy_cost(costs, world);
	host_costs(s, costs, world, time_s(end_ns) / S_PER_HOUR);
	s->cost_total = s->cost_energy + s->cost_hardware + s->cost_space + s->cost_administration
	              + s->cost_licences;
	s->rent_total = rent(costs, world, end_ns);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run's share of the datacenter costs: energy, hardware, space, people, licences (docs/costs.md).
 *
 * A year is 365 days and a month a twelfth of it (730 h), as clouds bill. Everything but energy is paid by
 * the time that passes, whether a host is on or not. Money is in one currency, converted while reading. */
#ifndef ANALYSIS_COSTS_H
#define ANALYSIS_COSTS_H

#include <stdint.h>

#include "analysis/summary.h"
#include "models/world.h"

struct costs_site {
	double electricity_per_kwh;   /* of the facility: hosts times PUE */
	double rack_unit_per_month;
};

struct costs_host {                   /* of one host of a group */
	double price;
	double depreciation_years;    /* > 0 */
	double rack_units;
	double administration_per_year, licence_per_year; /* licence: of the host and of all its cores */
};

struct costs {
	const char *currency;         /* "EUR" */
	struct costs_site *sites;     /* [site] */
	struct costs_host *hosts;     /* [host type] */
	double *vms_per_hour;         /* [vm_type.group]: what a cloud asks for one */
};

/* Adds the figures of money to a summary that summary_of has filled. */
void costs_of(struct summary *s, const struct costs *costs, const struct world *world, int64_t end_ns);

#endif

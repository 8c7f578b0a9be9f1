/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures that CloudSim printed, and those of a study here in the same order. */
#include "cli/cloudsim_references.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"

const struct cloudsim_figure cloudsim_figures[CLOUDSIM_FIGURES] = {
	{"hosts", 0},
	{"vms", 0},
	{"sim_time_s", 2},
	{"energy_kwh", 2},
	{"migrations", 0},
	{"sla_pct", 5},
	{"pdm_pct", 2},
	{"slatah_pct", 2},
	{"overall_sla_violation_pct", 2},
	{"average_sla_violation_pct", 2},
	{"host_shutdowns", 0},
	{"mean_time_before_host_shutdown_s", 2},
	{"stdev_time_before_host_shutdown_s", 2},
	{"mean_time_before_vm_migration_s", 2},
	{"stdev_time_before_vm_migration_s", 2},
};

/* No migration, so no time before one. */
#define NONE ((double)NAN)

const struct cloudsim_reference cloudsim_references[] = {
	{CLOUDSIM_7G, "20110303", "Dvfs",
	 {800, 1052, 86400, 802.75, 0, 0, 0, 0, 0, 0, 455, 2864.19, 11081.95, NONE, NONE}},
	{CLOUDSIM_7G, "20110303", "IqrMmt",
	 {800, 1052, 86400, 190.18, 26739, 0.00316, 0.06, 4.94, 0.07, 10.00,
	  5908, 941.20, 3297.96, 13.82, 6.29}},
	{CLOUDSIM_7G, "20110303", "LrMc",
	 {800, 1052, 86400, 143.53, 20568, 0.00723, 0.08, 8.56, 0.44, 9.12,
	  3377, 1328.72, 2672.51, 19.77, 8.11}},
	{CLOUDSIM_7G, "20110303", "LrMmt",
	 {800, 1052, 86400, 155.20, 28683, 0.00675, 0.09, 7.56, 0.46, 9.53,
	  4501, 1088.12, 2023.98, 16.35, 7.89}},
	{CLOUDSIM_7G, "20110303", "MadMmt",
	 {800, 1052, 86400, 185.75, 26373, 0.00322, 0.06, 4.95, 0.08, 10.24,
	  5738, 969.59, 3443.98, 13.77, 6.26}},
	{CLOUDSIM_7G, "20110303", "NonPowerAware",
	 {800, 1052, 86400, 2410.80, 0, 0, 0, 0, 0, 0, 455, 2864.19, 11081.95, NONE, NONE}},
	{CLOUDSIM_7G, "20110303", "ThrMmt",
	 {800, 1052, 86400, 192.50, 26801, 0.00334, 0.07, 4.98, 0.07, 10.18,
	  5879, 981.34, 3362.33, 14.12, 6.50}},
	{CLOUDSIM_7G, "20110303", "ThrMu",
	 {800, 1052, 86400, 205.91, 30118, 0.00480, 0.07, 7.37, 0.07, 10.19,
	  6429, 993.93, 3512.39, 19.48, 8.04}},
	{CLOUDSIM_7G, "20110306", "LrMmt",
	 {800, 898, 86400, 117.00, 22613, 0.00796, 0.10, 8.10, 0.48, 9.76,
	  3658, 1033.54, 1932.00, 16.71, 8.01}},
	{CLOUDSIM_7G, "20110306", "NonPowerAware",
	 {800, 898, 86400, 2410.80, 0, 0, 0, 0, 0, 0, 544, 4109.57, 13255.09, NONE, NONE}},
	{CLOUDSIM_7G, "20110306", "ThrMmt",
	 {800, 898, 86400, 144.37, 20833, 0.00354, 0.07, 5.08, 0.08, 10.10,
	  4646, 967.87, 3168.50, 14.31, 6.67}},
	{CLOUDSIM_7G, "20110412", "LrMmt",
	 {800, 1054, 86400, 143.59, 27887, 0.00896, 0.10, 9.04, 0.70, 9.88,
	  4308, 1072.87, 1978.27, 16.30, 7.85}},
	{CLOUDSIM_7G, "20110412", "NonPowerAware",
	 {800, 1054, 86400, 2410.80, 0, 0, 0, 0, 0, 0, 475, 3324.64, 11218.54, NONE, NONE}},
	{CLOUDSIM_7G, "20110412", "ThrMmt",
	 {800, 1054, 86400, 177.59, 25421, 0.00330, 0.07, 5.00, 0.07, 10.18,
	  5502, 1035.71, 3539.73, 13.99, 6.48}},
	{CLOUDSIM_3_0_3, "20110303", "Dvfs",
	 {800, 1052, 86400, 802.75, 0, 0, 0, 0, 0, 0, 455, 2864.28, 11081.95, NONE, NONE}},
	{CLOUDSIM_3_0_3, "20110303", "IqrMmt",
	 {800, 1052, 86400, 189.98, 26282, 0.00301, 0.06, 4.82, 0.07, 10.03,
	  5868, 951.92, 3597.35, 13.56, 6.08}},
	{CLOUDSIM_3_0_3, "20110303", "LrMc",
	 {800, 1052, 86400, 151.07, 23380, 0.00683, 0.10, 7.01, 0.16, 9.62,
	  4078, 1161.07, 2419.39, 19.54, 8.11}},
	{CLOUDSIM_3_0_3, "20110303", "LrMmt",
	 {800, 1052, 86400, 163.48, 27859, 0.00464, 0.08, 5.86, 0.15, 9.56,
	  5053, 1028.87, 2241.96, 15.52, 7.57}},
	{CLOUDSIM_3_0_3, "20110303", "MadMmt",
	 {800, 1052, 86400, 185.79, 26556, 0.00334, 0.07, 5.05, 0.08, 10.03,
	  5828, 966.75, 3499.22, 13.94, 6.43}},
	{CLOUDSIM_3_0_3, "20110303", "ThrMmt",
	 {800, 1052, 86400, 192.62, 26711, 0.00318, 0.06, 4.91, 0.07, 10.15,
	  5885, 949.58, 3248.17, 13.88, 6.32}},
};
const size_t cloudsim_reference_count = sizeof cloudsim_references / sizeof *cloudsim_references;

const struct cloudsim_reference *cloudsim_reference_find(enum cloudsim_version version, const char *day,
                                                         const char *policy)
{
	for (size_t i = 0; i < cloudsim_reference_count; i++) {
		const struct cloudsim_reference *r = &cloudsim_references[i];
		if (r->version == version && strcmp(r->day, day) == 0 && strcmp(r->policy, policy) == 0)
			return r;
	}
	return NULL;
}

void cloudsim_figures_of(const struct cloudsim_outcome *o, double figures[static CLOUDSIM_FIGURES])
{
	const double all[CLOUDSIM_FIGURES] = {
		o->hosts, o->vms, o->sim_time_s, o->energy_kwh, (double)o->migrations, o->sla_pct, o->pdm_pct,
		o->slatah_pct, o->overall_sla_violation_pct, o->average_sla_violation_pct,
		(double)o->host_shutdowns, o->mean_time_before_host_shutdown_s,
		o->stdev_time_before_host_shutdown_s, o->mean_time_before_vm_migration_s,
		o->stdev_time_before_vm_migration_s,
	};
	for (unsigned i = 0; i < CLOUDSIM_FIGURES; i++)
		figures[i] = cloudsim_halves_up(all[i], cloudsim_figures[i].digits);
}

double cloudsim_halves_up(double x, int digits)
{
	char text[40];
	real_text(x, text, sizeof text);
	const char *point = strchr(text, '.');
	size_t decimals = point ? strlen(point + 1) : 0;
	if (strpbrk(text, "eEni") || decimals != (size_t)digits + 1 || point[decimals] != '5')
		return x;
	return nextafter(x, x < 0 ? -INFINITY : INFINITY);
}

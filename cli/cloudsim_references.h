/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What CloudSim prints for its PlanetLab study, as measured: 7G at commit 476ceef with the clause of its
 * issue #207 removed, and 3.0.3; trace files in byte order of their names (CloudSim reads them in
 * whatever order the disk has). Each was run at least once, ThrMmt, LrMmt, Dvfs and NonPowerAware of the
 * first day three times and more with equal results. Policies that draw lots (Rs) are not here: CloudSim
 * does not seed them. */
#ifndef CLI_CLOUDSIM_REFERENCES_H
#define CLI_CLOUDSIM_REFERENCES_H

#include <stddef.h>

#include "models/cloudsim/metrics.h"
#include "models/cloudsim/rules.h"

#define CLOUDSIM_FIGURES 15

/* As CloudSim prints them: name, digits behind the point. */
struct cloudsim_figure {
	const char *name;
	int digits;
};
extern const struct cloudsim_figure cloudsim_figures[CLOUDSIM_FIGURES];

struct cloudsim_reference {
	enum cloudsim_version version;
	const char *day, *policy;
	double figures[CLOUDSIM_FIGURES];
};
extern const struct cloudsim_reference cloudsim_references[];
extern const size_t cloudsim_reference_count;

/* NULL when there is none. */
const struct cloudsim_reference *cloudsim_reference_find(enum cloudsim_version version, const char *day,
                                                         const char *policy);

/* The same figures of a study here. */
void cloudsim_figures_of(const struct cloudsim_outcome *o, double figures[static CLOUDSIM_FIGURES]);

/* x as Java's %.nf takes it: halves of the shortest decimal that reads back to x go up, where C goes by the
 * double itself. Any other x stays. */
double cloudsim_halves_up(double x, int digits);

#endif

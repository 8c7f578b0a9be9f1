/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The measured power of SURF's cluster Lisa, and as predicted from which jobs its hosts ran
 * (models/cluster_power.h).
 *
 * Jobs and their loads come from a folder as scenarios/surf.h and surf_fragments.h read it; a job has its
 * host for itself. What its fragments tell is the host's load average over a minute (docs/validation.md), in
 * units of the speed of a core. Measurements are a CSV file of timestamp_ms, since the first job was
 * submitted, and power_w. That column is only compared with: a file without it gives the same predictions. */
#ifndef CLI_LISA_H
#define CLI_LISA_H

#include <stdbool.h>
#include <stdint.h>

#include "models/cluster_power.h"
#include "scenarios/diag.h"

#define LISA_DAYS 7

struct lisa {
	const struct cluster_power *power;
	int64_t *at_ns;                 /* ascending */
	double *measured_w;
	struct cluster_use *use;        /* what the meters see */
	uint32_t count, room, measured_room;
	uint32_t jobs;                  /* whose loads were seen at one of these instants */
	bool has_outcomes;
};

/* Reads both. False after messages; to be freed either way. */
bool lisa_read(struct lisa *l, const char *folder, const char *path, struct diag *diag);
void lisa_free(struct lisa *l);

double lisa_predicted_w(const struct lisa *l, uint32_t i);

struct lisa_errors {
	double mape;                    /* mean of |predicted - measured| / measured */
	double energy_rel;              /* (predicted - measured) / measured, signed */
	double predicted_j, measured_j;
};
struct lisa_errors lisa_compare(const struct lisa *l);

/* The constants that these measurements themselves would give, and the errors on each of their days with
 * constants fitted on the others alone. */
struct lisa_fit {
	struct cluster_power power;
	struct lisa_errors inside, days[LISA_DAYS];
	uint32_t day[LISA_DAYS], day_count; /* from 1 */
};
/* False when there are no outcomes, or too few to tell the constants apart. */
bool lisa_fit(const struct lisa *l, struct lisa_fit *fit);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a running host draws, as a function of its CPU utilisation u in [0, 1].
 *
 * table    SPECpower_ssj2008: watts measured at 0, 10, ..., 100 %; linear between neighbours
 * linear   idle + (max - idle) u                 (Fan, Weber and Barroso, ISCA 2007)
 * sqrt     idle + (max - idle) sqrt(u)           (CloudSim's PowerModelSqrt)
 * square   idle + (max - idle) u^2
 * cubic    idle + (max - idle) u^3
 *
 * The result is a whole number of microwatts (nearest, halves up), so that energy integrates exactly:
 * microwatts times nanoseconds are femtojoules, kept in 128 bits (sim/wide.h). */
#ifndef MODELS_POWER_H
#define MODELS_POWER_H

#include <stdbool.h>
#include <stdint.h>

#define POWER_POINTS 11

enum power_form { POWER_TABLE, POWER_LINEAR, POWER_SQRT, POWER_SQUARE, POWER_CUBIC, POWER_FORMS };

struct power_curve {
	const char *name;              /* catalogue or group name, for messages */
	enum power_form form;
	double idle_w, max_w;          /* every form but the table */
	double table_w[POWER_POINTS];  /* the table form */
};

/* The names in a scenario, by enum power_form. */
extern const char *const power_form_names[POWER_FORMS];

/* Power at given_hz of capacity_hz (0 <= given <= capacity, capacity > 0), in microwatts. */
int64_t power_uw(const struct power_curve *curve, int64_t given_hz, int64_t capacity_hz);

/* Power at utilisation u, in watts, unrounded: what policies compare. */
double power_w(const struct power_curve *curve, double u_01);

/* power_uw for n states at once: given_hz[] are whole numbers
 * in doubles; uw[] likewise. Bit-equal to power_uw. */
void power_span(const struct power_curve *curve, uint32_t n, const double *given_hz, double capacity_hz,
                double *uw);

#endif

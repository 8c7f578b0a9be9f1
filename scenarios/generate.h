/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Demand that is drawn, not measured: constant, uniform, diurnal with noise. 8-bit samples, full
 * scale 255; the level of a constant is exact.
 *
 * Row k of a set draws from the stream (seed, "demand/<group>", k): a group's rows do not change
 * when another group grows.
 *   constant   level
 *   uniform    each sample uniform in [least, most], independent
 *   diurnal    level + swing cos(2 pi (t - peak)/day) cut to [least, most], swing (most - least)/2,
 *              peak at 14:00 shifted by up to 2 h a row, plus normal noise of standard deviation
 *              `noise`, cut to [0, 1] */
#ifndef SCENARIOS_GENERATE_H
#define SCENARIOS_GENERATE_H

#include <stdint.h>

#include "models/demand.h"
#include "scenarios/scenario.h"

/* Fills a set of `rows` rows that covers [0, duration_ns]; set->name is kept, not copied. */
void generate_set(struct demand_set *set, const struct scenario_demand *demand, enum scenario_source source,
                  const char *group, uint32_t rows, int64_t duration_ns, uint64_t seed);

#endif

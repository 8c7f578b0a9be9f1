/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Demand that is drawn, not measured. 8-bit samples, full scale 255; the level of a constant is exact.
 *
 * Row k of a set draws from the stream (seed, "demand/<group>", k): a group's rows do not change
 * when another group grows.
 *   constant      level
 *   uniform       each sample uniform in [least, most], independent
 *   diurnal       level + swing cos(2 pi (t - peak_at)/day) cut to [least, most], swing (most - least)/2,
 *                 the peak shifted by up to 2 h a row; plus noise
 *   on_off        most while on, least while off; both last exponential times of means on_time, off_time.
 *                 Sampled at each period, the chain's exact transition probabilities are used: the share on
 *                 is p = on/(on + off), the correlation over a time t is exp(-t (1/on + 1/off)).
 *   ar1           level plus noise
 *   flash_crowd   level; from `start` straight up to `most` within `rise`, then back to the level with time
 *                 constant `decay`; plus noise
 *
 * Noise, of diurnal, ar1 and flash_crowd, is a stationary first-order autoregression: deviation `noise`,
 * e[k] = a e[k-1] + sqrt(1 - a^2) z[k], z normal, so that its correlation over h samples is a^h. With
 * `correlation` c a row's noise is sqrt(c) times one of the whole group's, stream (seed,
 * "demand.common/<group>", 0), plus sqrt(1 - c) times its own: any two rows then correlate by c. `spread` is
 * the standard deviation of the rows' own levels around `level`, stream (seed, "demand.level/<group>", k).
 * Sums are cut to [0, 1], which shortens tails: moments are the told ones where 0 and 1 are 4 deviations
 * away. */
#ifndef SCENARIOS_GENERATE_H
#define SCENARIOS_GENERATE_H

#include <stdint.h>

#include "models/demand.h"
#include "scenarios/scenario.h"

/* What `list models` tells about each generator. */
struct generator_info {
	const char *formula, *source;
};
extern const struct generator_info generator_table[SOURCES]; /* NULL for what is no generator */

/* Fills a set of `rows` rows that covers [0, duration_ns]; set->name is kept, not copied. */
void generate_set(struct demand_set *set, const struct scenario_demand *demand, enum scenario_source source,
                  const char *group, uint32_t rows, int64_t duration_ns, uint64_t seed);

#endif

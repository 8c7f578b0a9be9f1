/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs of SURF's cluster Lisa, as OpenDC's traces have them: one a line, with its submission (UTC), duration
 * in ms, cores, their speed together in MHz, and memory in MB.
 *
 *   id,submission_time,duration,cpu_count,cpu_capacity,mem_capacity
 *   2133099,2022-10-06T22:00:00.000Z,27935000,16,33600,100000
 *
 * Columns are found by their names. A job is a guest of its own tenant, with as many virtual CPUs as cores,
 * as fast as they are. */
#ifndef SCENARIOS_SURF_H
#define SCENARIOS_SURF_H

#include "scenarios/arrivals.h"
#include "scenarios/text.h"

extern const struct arrivals_reader surf_reader;

/* As alibaba_pods_parse; trace time is UTC since 1970, less that of the first job. */
bool surf_parse(const char *text, size_t size, struct arrivals *out, struct text_mistake *mistake);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces of carbon intensity: hourly values of a grid, as Electricity Maps publishes them.
 *
 * Text, packed or plain: lines of an instant (ISO 8601, UTC) and grams of CO2 equivalent a kWh, with one
 * line of headings. A value holds for the hour that begins with it. */
#ifndef SCENARIOS_CARBON_TRACE_H
#define SCENARIOS_CARBON_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/carbon.h"
#include "scenarios/diag.h"
#include "scenarios/trace.h"

/* The grids that have a name; ended by a NULL name. */
extern const struct trace_info carbon_table[];

/* Reads "2023-01-15", "2023-01-15T06:00Z", "2023-01-15T06:00:00.000Z" into seconds since 1970-01-01 UTC. */
bool instant_read(const char *text, int64_t *unix_s);

struct carbon_span {
	int64_t start_s;          /* the run's first instant, seconds since 1970 */
	int64_t duration_ns;
};

/* The hours that a run touches. False after an error in diag: the trace is not there, is damaged, or has
 * no value for one of them. */
bool carbon_trace_read(const char *name, const struct carbon_span *span, struct carbon_series *series,
                       struct place place, struct diag *diag);

/* The text of a trace alone: puts the values of the hours from `first_hour` (since 1970) on into the series,
 * whose count and array are set, and leaves the others as they are. False after errors in diag. */
struct carbon_text {
	const char *path;         /* for messages */
	const char *at;
	size_t size;
};
bool carbon_parse(const struct carbon_text *text, int64_t first_hour, struct carbon_series *series,
                  struct diag *diag);

#endif

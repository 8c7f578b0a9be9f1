/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures of nodes of Los Alamos' clusters, 1996 to 2005: release LA-UR-05-7318, recognised here as
 * asked.
 *
 * A record is an outage of a node: system, node, processors of the node, when it was in production,
 * when the outage began and ended (to the minute), and what was blamed. 26 comma-separated columns as
 * the release's README names them, after lines of headings; packed in any way, or plain. Dates are
 * 6/21/2005 10:54; months 5-Jun or Jun-05. Records without a usable start, or of a system or node of
 * which nothing is told, are counted and left out; one without an end has the minutes that its column
 * of down time tells, or none. */
#ifndef SCENARIOS_LANL_H
#define SCENARIOS_LANL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/diag.h"
#include "scenarios/text.h"
#include "scenarios/trace.h"

#define LANL_NEVER INT64_MIN    /* a month that is not told */

enum lanl_cause {
	LANL_FACILITIES, LANL_HARDWARE, LANL_HUMAN, LANL_NETWORK, LANL_UNDETERMINED, LANL_SOFTWARE,
	LANL_CAUSES
};
extern const char *const lanl_cause_names[LANL_CAUSES];

struct lanl_failure {
	uint32_t system, node;
	uint32_t nodes;                 /* of the system */
	uint32_t processors;            /* of the node; 0: not told */
	uint32_t cpu;                   /* kind of processor: a number of the release */
	int64_t at_s, down_s;           /* at_s: since 1970, as the clock on the wall said */
	int64_t production_s;           /* first second of the month; LANL_NEVER */
	int64_t decommission_s;         /* the same; LANL_NEVER: in use when the records end */
	enum lanl_cause cause;          /* LANL_UNDETERMINED where none is told */
};

/* Ascending by system, node, time. */
struct lanl {
	struct lanl_failure *failures;
	uint32_t count, room;
	uint32_t left_out;              /* records without a time, or of a system without a size */
};

/* The releases that have a name; ended by a NULL name. */
extern const struct trace_info lanl_table[];

/* The text alone. False after a mistake. Free `failures` in either case. */
bool lanl_parse(const char *text, size_t size, struct lanl *out, struct text_mistake *mistake);

/* A name or a path. False after an error in diag. Free `failures` in either case. */
bool lanl_read(const char *name, struct lanl *out, struct place place, struct diag *diag);

#endif

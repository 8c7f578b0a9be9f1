/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of machines from traces (hosts[].nodes): how many cores and how much memory each has.
 *
 * A list is a CSV file with cpu_milli and memory_mib, a line a machine; or a folder with
 * openb_node_list_all_node.csv, plain, .gz or .xz. Machines of one size become one group of hosts, called
 * GROUP.SIZE, which has all else from the group that names the list. That is done while the scenario is read,
 * so that everything behind counts hosts as if they had been written out. */
#ifndef SCENARIOS_NODES_H
#define SCENARIOS_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/diag.h"
#include "scenarios/text.h"
#include "scenarios/trace.h"

struct scenario;

struct nodes_size {
	int64_t cores, ram_bytes, count;
};

struct nodes {
	struct nodes_size *sizes;       /* in the order in which the list has them */
	uint32_t count, room;
};

/* The lists that have a name; ended by a NULL name. */
extern const struct trace_info nodes_table[];

/* The text alone. False after a mistake. Free `sizes` in either case. */
bool nodes_parse(const char *text, size_t size, struct nodes *out, struct text_mistake *mistake);

/* Puts the groups of its list in the place of each group that names one. False after an error in diag. */
bool nodes_expand(struct scenario *s, struct diag *diag);

#endif

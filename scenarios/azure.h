/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrivals of virtual machines at Azure (Cortez et al., SOSP 2017), as Bergsma et al. (SOSP 2021) published
 * them: sizes and lifetimes in two files of one shape.
 *
 *   v1.dev.txt            1800300 b,|,m,|,b,b,b,|         stamp in seconds, one letter a machine,
 *   v1.dev.c2100000.txt   1800300 U0,|,U3,|,U17,C4,U6,|   its lifetime's bin; | ends a tenant's batch
 *   flav_map.txt          1,1.75 b                        virtual CPUs and GB of a letter
 *   v1.interval_map.txt   3900 13                         a lifetime in seconds and its bin
 *
 * U is a lifetime that was seen to its end, C one that the end of the file cut off. A bin of several
 * lifetimes is resolved by a draw, uniform over them. Lifetimes are whole numbers of 300 s, both of whose
 * ends were rounded; 0 stands for less than that and is read as 150 s. Train has no lifetimes.
 *
 * Machines of one batch tend to live equally long: a drawn life takes one random number for a batch. */
#ifndef SCENARIOS_AZURE_H
#define SCENARIOS_AZURE_H

#include "scenarios/arrivals.h"

extern const struct arrivals_reader azure_reader;

/* What stands in either file, machine by machine. */
struct azure_items {
	uint32_t *stamp_s, *batch;      /* batches are numbered through, from 0 */
	uint8_t *value;                 /* letter; or bin of a lifetime, AZURE_CUT added where cut off */
	uint32_t count, room;
};

#define AZURE_CUT 128
#define AZURE_BINS 128
#define AZURE_STAMP_MOST 500000000u     /* s: within time */

struct azure_mistake {
	uint32_t line;                  /* from 1 */
	const char *text;               /* a constant phrase */
};

/* Reads a file's text (NUL-terminated behind size bytes): of lifetimes, or of sizes. False after a mistake.
 * Release items with azure_items_free either way. */
bool azure_parse(const char *text, size_t size, bool lifetimes, struct azure_items *items,
                 struct azure_mistake *mistake);
void azure_items_free(struct azure_items *items);

/* The lifetimes of each bin: step x 300 s for step in [least, most]; unused bins have most < least. */
struct azure_bins {
	uint32_t least[AZURE_BINS], most[AZURE_BINS];
	uint32_t count;
};
bool azure_bins_parse(const char *text, size_t size, struct azure_bins *bins, struct azure_mistake *mistake);

/* Sizes by letter: cpu_milli is 0 where there is none. Names are not set. */
bool azure_sizes_parse(const char *text, size_t size, struct arrivals_flavour sizes[static 26],
                       struct azure_mistake *mistake);

#endif

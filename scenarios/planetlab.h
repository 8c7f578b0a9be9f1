/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The PlanetLab format (Beloglazov and Buyya, CCPE 2012): a folder a day, a file a machine, a whole
 * percent of CPU a line, one every five minutes.
 *
 * Files are rows, in byte order of their names, which differs from the order that CloudSim reads
 * them in (the directory's own): results that depend on it are comparable with CloudSim's only when
 * that is sorted too. A file that is shorter than the longest one holds its last value, with a
 * warning. */
#ifndef SCENARIOS_PLANETLAB_H
#define SCENARIOS_PLANETLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/trace.h"

extern const struct trace_reader planetlab_reader;

/* What is wrong with a file's text. */
struct planetlab_mistake {
	uint32_t line;          /* from 1; 0: the whole file */
	char text[100];         /* "'NaN' is not a whole percent from 0 to 100" */
};

/* Reads one file's text (NUL-terminated behind size bytes). `samples` has room for size / 2 + 1 of
 * them. Returns their number; 0 after a mistake. */
uint32_t planetlab_parse(const char *text, size_t size, uint8_t *samples, struct planetlab_mistake *mistake);

#endif

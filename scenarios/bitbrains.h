/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The format of Bitbrains (GWA-T-12) and Materna (GWA-T-13): a file a VM, a line a sample (Shen, van
 * Beek, Iosup: Statistical Characterization of Business-Critical Workloads, CCGrid 2015).
 *
 * Columns are found by the words of the heading, so their order is free. Separator ';' (Bitbrains: and a
 * tab). Stamps are labelled ms but are seconds since 1970; Materna's are dates (01.11.2015 00:00:00).
 * Gaps and jitter stay as they are: each row has its own stamps.
 *
 * CPU and memory are used MHz and KB as fractions of the row's capacity, which is the most that the VM was
 * given (cores x MHz, KB = 1024 bytes) in the whole trace: a VM that is given more later does not jump
 * when nothing changed. Usage above what is given (turbo: up to 114 % in Bitbrains) stays. Network and
 * disk are KB/s of 1024 bytes. Columns that the file lacks are absent, but stamps and CPU must be there. */
#ifndef SCENARIOS_BITBRAINS_H
#define SCENARIOS_BITBRAINS_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/series.h"
#include "scenarios/text.h"
#include "scenarios/trace.h"

extern const struct trace_reader bitbrains_reader;

/* The series' columns: all six. */
void bitbrains_columns(struct series *s);

/* Reads one file's text (NUL-terminated behind size bytes) into a row of a series with these columns.
 * False after a mistake. */
bool bitbrains_parse(const char *text, size_t size, struct series *s, struct series_row *row,
                     struct text_mistake *mistake);

#endif

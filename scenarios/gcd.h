/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VMs made of Google's cluster data (Nguyen, Di Francesco, Yla-Jaaski: Virtual Machine Consolidation with
 * Multiple Usage Prediction, IEEE TSC 2017): a file a VM, a line every five minutes with CPU and memory in
 * percent, blanks between; a day is 288 lines. */
#ifndef SCENARIOS_GCD_H
#define SCENARIOS_GCD_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/series.h"
#include "scenarios/text.h"
#include "scenarios/trace.h"

extern const struct trace_reader gcd_reader;

/* Reads one file's text (NUL-terminated behind size bytes) into a row of a series with the columns CPU and
 * memory. False after a mistake. */
bool gcd_parse(const char *text, size_t size, struct series *s, struct series_row *row,
               struct text_mistake *mistake);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run as one page of HTML that needs nothing but itself: no network, no other file. The figures of the
 * summary, the plots (as SVG within the page) with their captions, a heat map to zoom into, tables to sort,
 * the scenario. It can be read on a phone, in the dark, on paper, and without JavaScript (then nothing sorts
 * or zooms). */
#ifndef ANALYSIS_REPORT_H
#define ANALYSIS_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "analysis/results.h"

struct report_counts {
	uint64_t plots, tables;
	uint64_t rows_left_out;      /* of the tables: more than may be shown */
};

/* Writes the page. `rows`: the most rows of a table. `file`: what the page calls the file. Returns NULL, or
 * why not all plots could be drawn (no gnuplot); the page says so too. */
const char *report_write(FILE *out, struct results *results, const char *file, uint64_t rows,
                         struct report_counts *counts);

/* For report_*.c. */

/* Copies gnuplot's SVG into a page: from <svg on, its ids made unique by `prefix`. */
void report_svg(FILE *out, const char *svg, const char *prefix);
/* All plots that the file has data for, as figures, but for the heat map. Returns why when not all. */
const char *report_plots(FILE *out, struct results *results, struct report_counts *counts);
/* The heat map as a figure; nothing when the file has no series of hosts. */
void report_heat(FILE *out, struct results *results);
/* All tables that are no series. */
void report_tables(FILE *out, struct results *results, uint64_t rows, struct report_counts *counts);

/* The files of analysis/assets/. */
extern const char report_css[], report_js[];

#endif

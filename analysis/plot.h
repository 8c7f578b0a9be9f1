/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots: one row a plot in a table, drawn by gnuplot from a results file.
 *
 * gnuplot is run once for all plots asked for. It has no HDF5 reader, so data go along as datablocks or
 * binary records. The script is written to memory first and becomes gnuplot's standard input: no pipe can
 * block or break. The look (Okabe-Ito colours, which the colour-blind can tell apart; units on every axis;
 * no boxes, no titles: a caption says what is seen) stands once, in plot.c; the plots themselves are in
 * plots_*.c. */
#ifndef ANALYSIS_PLOT_H
#define ANALYSIS_PLOT_H

#include <stdbool.h>
#include <stdio.h>

#include "analysis/results.h"

struct plot {
	const char *name, *title, *caption;  /* caption: one paragraph, what is seen and how to read it */
	/* Writes gnuplot commands and data. False when the file lacks what it needs; what was written is
	 * then ignored. */
	bool (*draw)(FILE *gnuplot, struct results *results);
	const char *needs;                   /* for the message: "series of hosts (record: hosts)" */
};
extern const struct plot plot_table[];   /* ended by a NULL name */

enum plot_format { PLOT_SVG, PLOT_PNG, PLOT_PDF, PLOT_FORMATS };
extern const char *const plot_format_names[PLOT_FORMATS];

/* NULL when there is no such plot. */
const struct plot *plot_find(const char *name);

/* Draws `count` plots (or, when plots is NULL, every plot that the file has data for) into
 * folder/NAME.FORMAT, each written beside and renamed. Returns how many were drawn; *why tells the first
 * failure (no gnuplot, its own words, data that the file lacks, a folder that cannot be written), or is
 * NULL; it lives as long as the results. */
unsigned plot_draw(struct results *results, const struct plot *const *plots, unsigned count,
                   enum plot_format format, const char *folder, const char **why);

/* For plots_*.c. */

/* The colours of Okabe and Ito 2008. */
#define PLOT_BLUE "#0072B2"
#define PLOT_VERMILION "#D55E00"
#define PLOT_SKY "#56B4E9"
#define PLOT_ORANGE "#E69F00"
#define PLOT_GREEN "#009E73"
#define PLOT_GREY "#D4D4D4"
/* Tints of sky blue and vermilion for areas, on which lines stand out. */
#define PLOT_SKY_AREA "#B9DDF4"
#define PLOT_VERMILION_AREA "#EDB68E"

/* A unit that gives numbers of a readable size. */
struct plot_unit {
	const char *name;
	double size;           /* in the unit of the data */
};
struct plot_unit plot_time_unit(double span_s);
struct plot_unit plot_power_unit(double most_w);
struct plot_unit plot_cpu_unit(double most_ghz);

/* The x axis of a plot over [0, span_s]: range, ticks; and, when asked for, its label. */
void plot_time_axis(FILE *gnuplot, double span_s, bool label);

/* The y axis from 0 to a little above `most`, with four to six ticks. */
void plot_value_axis(FILE *gnuplot, double most);

bool plot_utilisation(FILE *gnuplot, struct results *results);
bool plot_power(FILE *gnuplot, struct results *results);
bool plot_cpu(FILE *gnuplot, struct results *results);

#endif

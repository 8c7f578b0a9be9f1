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

/* One of several files to be seen in one plot, and what to call it there. */
struct plot_input {
	struct results *results;
	const char *label;
};

struct plot {
	const char *name, *title, *caption;  /* caption: one paragraph, what is seen and how to read it */
	/* Writes gnuplot commands and data. False when the file lacks what it needs; what was written is
	 * then ignored. */
	bool (*draw)(FILE *gnuplot, struct results *results);
	/* The same for several files, one line each; NULL where that would say nothing. */
	bool (*overlay)(FILE *gnuplot, const struct plot_input *inputs, unsigned count);
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

/* The same with more to choose. With several inputs each plot is an overlay of them all; those that cannot
 * be are left out, and a failure when they were asked for by name. */
struct plot_job {
	const struct plot_input *inputs;
	unsigned input_count;
	const struct plot *const *plots;     /* NULL: every plot */
	unsigned plot_count;
	enum plot_format format;
	const char *folder;
	/* made true when the failure is data that no file has; or NULL */
	bool *lacking;
};
unsigned plot_job_draw(const struct plot_job *job, const char **why);

/* For plots_*.c. */

/* The colours of Okabe and Ito 2008. */
#define PLOT_BLUE "#0072B2"
#define PLOT_VERMILION "#D55E00"
#define PLOT_SKY "#56B4E9"
#define PLOT_ORANGE "#E69F00"
#define PLOT_GREEN "#009E73"
#define PLOT_PURPLE "#CC79A7"
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
/* The same where halves mean nothing. */
void plot_count_axis(FILE *gnuplot, double most);

/* The text as gnuplot reads it: in single quotes, and those within doubled. */
void plot_quoted(FILE *gnuplot, const char *text);

bool plot_utilisation(FILE *gnuplot, struct results *results);
bool plot_power(FILE *gnuplot, struct results *results);
bool plot_cpu(FILE *gnuplot, struct results *results);
bool plot_carbon(FILE *gnuplot, struct results *results);
bool plot_cost(FILE *gnuplot, struct results *results);
bool plot_distribution(FILE *gnuplot, struct results *results);
bool plot_duration(FILE *gnuplot, struct results *results);
bool plot_population(FILE *gnuplot, struct results *results);
bool plot_lifecycle(FILE *gnuplot, struct results *results);
bool plot_energy(FILE *gnuplot, struct results *results);
bool plot_overhead(FILE *gnuplot, struct results *results);
bool plot_slowdown(FILE *gnuplot, struct results *results);
bool plot_memory(FILE *gnuplot, struct results *results);
bool plot_migration_rounds(FILE *gnuplot, struct results *results);
bool plot_migration_rates(FILE *gnuplot, struct results *results);
bool plot_migration_guest(FILE *gnuplot, struct results *results);
bool plot_migration_compare(FILE *gnuplot, struct results *results);
bool plot_migration_downtime(FILE *gnuplot, struct results *results);
bool plot_traffic(FILE *gnuplot, struct results *results);
bool plot_dependency(FILE *gnuplot, struct results *results);
bool plot_distance(FILE *gnuplot, struct results *results);
bool plot_stages(FILE *gnuplot, struct results *results);
bool plot_compatibility(FILE *gnuplot, struct results *results);
bool plot_machines(FILE *gnuplot, struct results *results);
bool plot_availability(FILE *gnuplot, struct results *results);
bool plot_checkpoint(FILE *gnuplot, struct results *results);
bool plot_remus(FILE *gnuplot, struct results *results);
bool plot_hotspots(FILE *gnuplot, struct results *results);
bool plot_frontier(FILE *gnuplot, struct results *results);
bool plot_ready_time(FILE *gnuplot, struct results *results);
bool plot_wakeup_latency(FILE *gnuplot, struct results *results);
bool plot_schedule(FILE *gnuplot, struct results *results);
bool plot_shares(FILE *gnuplot, struct results *results);
bool overlay_frontier(FILE *gnuplot, const struct plot_input *inputs, unsigned count);
bool overlay_power(FILE *gnuplot, const struct plot_input *inputs, unsigned count);
bool overlay_cpu(FILE *gnuplot, const struct plot_input *inputs, unsigned count);
bool overlay_carbon(FILE *gnuplot, const struct plot_input *inputs, unsigned count);
bool overlay_cost(FILE *gnuplot, const struct plot_input *inputs, unsigned count);
bool overlay_distribution(FILE *gnuplot, const struct plot_input *inputs, unsigned count);
bool overlay_duration(FILE *gnuplot, const struct plot_input *inputs, unsigned count);
bool overlay_population(FILE *gnuplot, const struct plot_input *inputs, unsigned count);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves over time for plots: site series summed over the sites, drawn as steps (the value of an interval
 * holds from its start to its end); and the pieces that several plots share. */
#ifndef ANALYSIS_CURVES_H
#define ANALYSIS_CURVES_H

#include "analysis/plot.h"

#define CURVES_MAX 2

struct curves {
	struct results_series series[CURVES_MAX];
	unsigned count;
	double span_s;                       /* of the run */
};

/* False when the file lacks one of the named series, or nothing was simulated. */
bool curves_read(struct curves *c, struct results *results, const char *const *names, unsigned count);
double curve_value(const struct curves *c, unsigned curve, uint64_t time);
/* Of that interval, in seconds: the last one ends with the run. */
double curve_length_s(const struct curves *c, uint64_t time);
double curves_most(const struct curves *c);
/* A datablock `$block`: time in plot_time_unit(span_s), curve, curve ...; the last value again at the end. */
void curves_put(FILE *gnuplot, const struct curves *c, const char *block, double unit, double span_s);

/* The upper or the lower of two plots, one above the other; `set multiplot` stands before. */
void plot_panel(FILE *gnuplot, bool upper);

/* `'label' noenhanced`, for after `title`: underscores stay what they are. */
void plot_label(FILE *gnuplot, const char *label);

const char *plot_colour(unsigned k);

/* Colour and dashes of the k-th file of an overlay: `lc rgb '#0072B2' dt 1`. */
void plot_line(FILE *gnuplot, unsigned k);

#endif

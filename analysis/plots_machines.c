/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs on the small machine: how much ran without intervention, and what the monitor did for it. */
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/plot.h"

#define TECHNIQUES_MOST 8
#define MACHINES_MOST 10

struct machines_plot {
	uint64_t rows;
	double *direct, *work, *equivalent;
	const char **names, **techniques;
	const char *shown[TECHNIQUES_MOST], *groups[MACHINES_MOST]; /* in the order of their first row */
	unsigned shown_count, group_count;
};

static bool machines_open(struct machines_plot *p, struct results *results)
{
	uint64_t n;
	*p = (struct machines_plot){0};
	p->direct = columns_reals(results, "machines", "direct_share", &p->rows);
	p->work = columns_reals(results, "machines", "vmm_calls", &n);
	p->equivalent = columns_reals(results, "machines", "equivalent", &n);
	p->names = columns_texts(results, "machines", "name", &n);
	p->techniques = columns_texts(results, "machines", "technique", &n);
	return p->rows && p->direct && p->work && p->equivalent && p->names && p->techniques;
}

static void machines_close(struct machines_plot *p)
{
	free(p->direct);
	free(p->work);
	free(p->equivalent);
	free(p->names);
	free(p->techniques);
}

/* The index of a word among those seen so far; `most` when there is no room for one more. */
static unsigned word_index(const char **words, unsigned *count, unsigned most, const char *word)
{
	for (unsigned i = 0; i < *count; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	if (*count == most)
		return most;
	words[*count] = word;
	return (*count)++;
}

/* A row of data a run: where its bar stands, share, work, and whether it was equal. */
static void machines_put(FILE *gnuplot, struct machines_plot *p)
{
	for (uint64_t i = 0; i < p->rows; i++) {
		word_index(p->groups, &p->group_count, MACHINES_MOST, p->names[i]);
		word_index(p->shown, &p->shown_count, TECHNIQUES_MOST, p->techniques[i]);
	}
	fputs("$machines << EOD\n", gnuplot);
	for (uint64_t i = 0; i < p->rows; i++) {
		unsigned group = word_index(p->groups, &p->group_count, MACHINES_MOST, p->names[i]);
		unsigned bar = word_index(p->shown, &p->shown_count, TECHNIQUES_MOST, p->techniques[i]);
		if (group == MACHINES_MOST || bar == TECHNIQUES_MOST)
			continue;
		double width = 0.84 / p->shown_count, at = group - 0.42 + (bar + 0.5) * width;
		fprintf(gnuplot, "%u %.6g %.6g %.7g %.7g %d\n", bar, at, width * 0.9, 100 * p->direct[i],
		        p->work[i] > 0 ? p->work[i] : 1e-3, p->equivalent[i] > 0);
	}
	fputs("EOD\n", gnuplot);
}

static void panel(FILE *gnuplot, const struct machines_plot *p, bool share)
{
	static const char *const colours[TECHNIQUES_MOST] = {PLOT_GREY,      PLOT_BLUE, PLOT_GREEN,
	                                                     PLOT_VERMILION, PLOT_SKY,  PLOT_ORANGE,
	                                                     PLOT_PURPLE,    "#000000"};
	int column = share ? 4 : 5;
	for (unsigned bar = 0; bar < p->shown_count; bar++) {
		fprintf(gnuplot,
		        "%s$machines using 2:($1==%u?$%d:NaN):3 with boxes fill solid 1 lc rgb '%s' ",
		        bar ? ", " : "plot ", bar, column, colours[bar]);
		if (share) {
			fputs("title ", gnuplot);
			plot_quoted(gnuplot, p->shown[bar]);
		} else {
			fputs("notitle", gnuplot);
		}
	}
	/* A cross over what was not equal. */
	fprintf(gnuplot,
	        ", $machines using 2:($6==0?$%d:NaN) with points pt 2 ps 1.4 lw 2 lc rgb '#000000' %s\n",
	        column, share ? "title 'differs from native'" : "notitle");
}

/* A long name in two lines: broken at its last underscore. */
static void group_label(FILE *gnuplot, const char *name, unsigned at)
{
	char label[80];
	snprintf(label, sizeof label, "%.64s", name);
	char *last = strlen(label) > 8 ? strrchr(label, '_') : NULL;
	if (last)
		*last = '\n';
	fputs(at ? ", " : "", gnuplot);
	plot_quoted(gnuplot, label);
	fprintf(gnuplot, " %u", at);
}

bool plot_machines(FILE *gnuplot, struct results *results)
{
	struct machines_plot p;
	bool drawn = machines_open(&p, results);
	if (drawn) {
		machines_put(gnuplot, &p);
		fprintf(gnuplot,
		        "set multiplot\nset xrange [-0.5:%u.5]\nset key noenhanced font ',14' maxcols 4\n"
		        "set xtics scale 0 format ''\nset lmargin 10\nset rmargin 2\n",
		        p.group_count - 1);
		fputs("set size 1,0.56\nset origin 0,0.44\nset yrange [0:105]\nset ytics 25\nset ylabel "
		      "'Run directly (%)'\n",
		      gnuplot);
		panel(gnuplot, &p, true);
		fputs("set size 1,0.46\nset origin 0,0\nset logscale y\nset yrange [0.001:*]\nset ytics "
		      "auto format '10^{%T}'\n"
		      "set ylabel 'VMM work per instruction'\nset xtics scale 0 noenhanced format '%s' (",
		      gnuplot);
		for (unsigned i = 0; i < p.group_count; i++)
			group_label(gnuplot, p.groups[i], i);
		fputs(") font ',16'\n", gnuplot);
		panel(gnuplot, &p, false);
		fputs("unset multiplot\n", gnuplot);
	}
	machines_close(&p);
	return drawn;
}

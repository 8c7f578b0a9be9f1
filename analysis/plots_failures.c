/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures: what is up for how long, run time against the interval of checkpoints, the price of
 * continuous copies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/plot.h"

#define GROUPS_MOST 12
#define CURVES_MOST 6

static const char *const colours[CURVES_MOST] = {PLOT_BLUE,  PLOT_VERMILION, PLOT_GREEN,
                                                 PLOT_ORANGE, PLOT_PURPLE,   PLOT_SKY};

/* ---- jobs ---- */

struct jobs_plot {
	uint64_t jobs, rows;
	const char **names;
	double *work_s, *young_s, *daly_s, *simulated_s;
	double *job, *interval_s, *run_s, *error_s, *law_s, *finished;
};

static bool jobs_open(struct jobs_plot *p, struct results *results)
{
	uint64_t n;
	*p = (struct jobs_plot){0};
	p->names = columns_texts(results, "jobs", "name", &p->jobs);
	p->work_s = columns_reals(results, "jobs", "work_s", &n);
	p->young_s = columns_reals(results, "jobs", "young_s", &n);
	p->daly_s = columns_reals(results, "jobs", "daly_s", &n);
	p->simulated_s = columns_reals(results, "jobs", "simulated_s", &n);
	p->job = columns_reals(results, "checkpoints", "job", &p->rows);
	p->interval_s = columns_reals(results, "checkpoints", "interval_s", &n);
	p->run_s = columns_reals(results, "checkpoints", "run_s", &n);
	p->error_s = columns_reals(results, "checkpoints", "error_s", &n);
	p->law_s = columns_reals(results, "checkpoints", "daly_s", &n);
	p->finished = columns_reals(results, "checkpoints", "finished", &n);
	return p->names && p->work_s && p->young_s && p->daly_s && p->simulated_s && p->job && p->rows &&
	       p->interval_s && p->run_s && p->error_s && p->law_s && p->finished;
}

static void jobs_close(struct jobs_plot *p)
{
	free(p->names);
	free(p->work_s);
	free(p->young_s);
	free(p->daly_s);
	free(p->simulated_s);
	free(p->job);
	free(p->interval_s);
	free(p->run_s);
	free(p->error_s);
	free(p->law_s);
	free(p->finished);
}

/* Of a job: interval in minutes, run time over work simulated, two standard errors, after Daly. Below
 * them its best intervals, as points on Daly's curve at the height that is nearest among those tried.
 * */
static void job_put(FILE *gnuplot, const struct jobs_plot *p, unsigned job)
{
	fprintf(gnuplot, "$job%u << EOD\n", job);
	for (uint64_t i = 0; i < p->rows; i++)
		if ((uint64_t)p->job[i] == job && p->finished[i] > 0)
			fprintf(gnuplot, "%.7g %.7g %.7g %.7g\n", p->interval_s[i] / 60,
			        p->run_s[i] / p->work_s[job], 2 * p->error_s[i] / p->work_s[job],
			        p->law_s[i] / p->work_s[job]);
	fputs("EOD\n", gnuplot);
	fprintf(gnuplot, "$best%u << EOD\n", job);
	const double best_s[] = {p->young_s[job], p->daly_s[job], p->simulated_s[job]};
	for (unsigned k = 0; k < 3; k++) {
		double nearest = (double)INFINITY, height = (double)NAN;
		for (uint64_t i = 0; i < p->rows; i++) {
			double distance = fabs(log(p->interval_s[i] / best_s[k]));
			if ((uint64_t)p->job[i] == job && distance < nearest) {
				nearest = distance;
				height = p->law_s[i] / p->work_s[job];
			}
		}
		if (best_s[k] > 0)
			fprintf(gnuplot, "%u %.7g %.7g\n", k, best_s[k] / 60, height);
	}
	fputs("EOD\n", gnuplot);
}

static void job_curves(FILE *gnuplot, const struct jobs_plot *p, unsigned jobs)
{
	static const int marks[] = {2, 8, 12}; /* cross, triangle, diamond */
	static const char *const words[] = {"best after Young", "after Daly", "in the simulation"};
	for (unsigned k = 0; k < jobs; k++) {
		fprintf(gnuplot, "%s$job%u using 1:4 with lines lw 2 lc rgb '%s' title ",
		        k ? ", " : "plot ", k, colours[k]);
		plot_quoted(gnuplot, p->names[k]);
		fprintf(gnuplot,
		        ", $job%u using 1:2:3 with yerrorbars pt 7 ps 0.7 lw 1 lc rgb '%s' notitle", k,
		        colours[k]);
	}
	for (unsigned k = 0; k < 3 * jobs; k++) {
		fprintf(gnuplot,
		        ", $best%u using ($1==%u?$2:NaN):3 with points pt %d ps 1.8 lw 1.6 lc rgb "
		        "'#000000' ",
		        k % jobs, k / jobs, marks[k / jobs]);
		if (k % jobs == 0)
			fprintf(gnuplot, "title '%s'", words[k / jobs]);
		else
			fputs("notitle", gnuplot);
	}
	fputs("\n", gnuplot);
}

/* Ranges from what the jobs have; run times of very different size on a logarithmic axis. */
static void job_axes(FILE *gnuplot, const struct jobs_plot *p)
{
	double least = (double)INFINITY, most = 0, shortest = least, longest = 0;
	for (uint64_t i = 0; i < p->rows; i++) {
		double x = p->law_s[i] / p->work_s[(size_t)p->job[i]];
		least = fmin(least, x);
		most = fmax(most, p->finished[i] > 0 ? x : 0);
		shortest = fmin(shortest, p->interval_s[i] / 60);
		longest = fmax(longest, p->interval_s[i] / 60);
	}
	fprintf(gnuplot,
	        "set logscale x\nset xtics (0.5,1,2,5,10,20,50,100,200,500,1000,2000,5000)\n"
	        "set xrange [%.4g:%.4g]\nset xlabel 'Work between checkpoints (min)'\n"
	        "set ylabel 'Run time / work'\nset key noenhanced font ',16' maxrows 4\n",
	        shortest / 1.15, longest * 1.15);
	if (most > 5)
		fputs("set logscale y\nset yrange [1:*]\nset ytics (1,1.2,1.5,2,3,5,10,20,50,100)\n",
		      gnuplot);
	else
		fprintf(gnuplot, "set yrange [%.4g:%.4g]\n", least - 0.08 * (most - least),
		        most + 0.05 * (most - least));
}

bool plot_checkpoint(FILE *gnuplot, struct results *results)
{
	struct jobs_plot p;
	bool drawn = jobs_open(&p, results);
	if (drawn) {
		unsigned jobs = p.jobs < CURVES_MOST ? (unsigned)p.jobs : CURVES_MOST;
		for (unsigned k = 0; k < jobs; k++)
			job_put(gnuplot, &p, k);
		job_axes(gnuplot, &p);
		job_curves(gnuplot, &p, jobs);
	}
	jobs_close(&p);
	return drawn;
}

/* ---- guests that are copied all the time ---- */

struct remus_plot {
	uint64_t rows;
	const char **names;
	double *epoch_s, *speed, *latency_s, *bandwidth, *closed;
	const char *shown[CURVES_MOST];
	unsigned shown_count;
};

static bool remus_open(struct remus_plot *p, struct results *results)
{
	uint64_t n;
	*p = (struct remus_plot){0};
	p->names = columns_texts(results, "remus", "name", &p->rows);
	p->epoch_s = columns_reals(results, "remus", "epoch_s", &n);
	p->speed = columns_reals(results, "remus", "speed", &n);
	p->latency_s = columns_reals(results, "remus", "latency_mean_s", &n);
	p->bandwidth = columns_reals(results, "remus", "bandwidth_bytes_s", &n);
	p->closed = columns_reals(results, "remus", "closed_loop", &n);
	return p->names && p->rows && p->epoch_s && p->speed && p->latency_s && p->bandwidth && p->closed;
}

static void remus_close(struct remus_plot *p)
{
	free(p->names);
	free(p->epoch_s);
	free(p->speed);
	free(p->latency_s);
	free(p->bandwidth);
	free(p->closed);
}

static void remus_put(FILE *gnuplot, struct remus_plot *p)
{
	const char *last = "";
	for (uint64_t i = 0; i < p->rows; i++) {
		if (strcmp(p->names[i], last) != 0) {
			if (p->shown_count)
				fputs("EOD\n", gnuplot);
			if (p->shown_count == CURVES_MOST)
				return;
			fprintf(gnuplot, "$remus%u << EOD\n", p->shown_count);
			p->shown[p->shown_count++] = last = p->names[i];
		}
		fprintf(gnuplot, "%.7g %.7g %.7g %.7g %.7g\n", p->epoch_s[i] * 1e3, 100 * p->speed[i],
		        100 * p->closed[i], p->latency_s[i] * 1e3, p->bandwidth[i] / 1e6);
	}
	fputs("EOD\n", gnuplot);
}

/* A panel of one column, or of two: the second dashed. */
static void remus_panel(FILE *gnuplot, const struct remus_plot *p, int column, int dashed, bool key)
{
	for (unsigned k = 0; k < p->shown_count; k++) {
		fprintf(gnuplot, "%s$remus%u using 1:%d with lines lw 2.2 lc rgb '%s' ",
		        k ? ", " : "plot ", k, column, colours[k]);
		fputs(key ? "title " : "notitle", gnuplot);
		if (key)
			plot_quoted(gnuplot, p->shown[k]);
		if (dashed)
			fprintf(gnuplot,
			        ", $remus%u using 1:%d with lines lw 2.2 dt 2 lc rgb '%s' notitle", k,
			        dashed, colours[k]);
	}
	fputs("\n", gnuplot);
}

static double most_of(const double *x, uint64_t n)
{
	double most = x[0];
	for (uint64_t i = 1; i < n; i++)
		most = fmax(most, x[i]);
	return most;
}

static void remus_panels(FILE *gnuplot, const struct remus_plot *p)
{
	fprintf(gnuplot,
	        "set multiplot\nset lmargin 10\nset rmargin 2\nset logscale x\n"
	        "set key noenhanced font ',16'\nset xtics (1,2,5,10,20,50,100,200,500,1000,2000,5000)\n"
	        "set xrange [%.6g:%.6g]\n",
	        p->epoch_s[0] * 1e3, most_of(p->epoch_s, p->rows) * 1e3);
	fputs("set size 1,0.4\nset origin 0,0.6\nset format x ''\nset bmargin 0.6\nset yrange [0:105]\n"
	      "set ytics 25\nset ylabel 'Speed (%)'\n",
	      gnuplot);
	remus_panel(gnuplot, p, 2, 3, true);
	fputs("set size 1,0.28\nset origin 0,0.33\nset tmargin 0.6\nset logscale y\nset yrange [*:*]\n"
	      "set ytics (0.1,1,10,100,1000,'1e4' 10000,'1e5' 100000)\nset ylabel 'Delay (ms)'\n",
	      gnuplot);
	remus_panel(gnuplot, p, 4, 0, false);
	fputs("set size 1,0.33\nset origin 0,0\nset bmargin 3.2\nset format x '%h'\n"
	      "set xlabel 'Epoch (ms)'\nunset logscale y\nset ylabel 'Sent (MB/s)'\n",
	      gnuplot);
	plot_value_axis(gnuplot, most_of(p->bandwidth, p->rows) / 1e6);
	remus_panel(gnuplot, p, 5, 0, false);
	fputs("unset multiplot\n", gnuplot);
}

bool plot_remus(FILE *gnuplot, struct results *results)
{
	struct remus_plot p;
	bool drawn = remus_open(&p, results);
	if (drawn) {
		remus_put(gnuplot, &p);
		remus_panels(gnuplot, &p);
	}
	remus_close(&p);
	return drawn;
}

/* ---- availability ---- */

struct groups {
	unsigned count;
	const char *names[GROUPS_MOST];
	double members[GROUPS_MOST], down[GROUPS_MOST], lost[GROUPS_MOST], losses[GROUPS_MOST];
};

/* Sums over the groups of a table of members; `of` a table with the names of groups. */
static bool groups_add(struct groups *g, struct results *results, const char *table, const char *of,
                       const char *lost)
{
	uint64_t rows, groups, n;
	double *type = columns_reals(results, table, "type", &rows);
	double *up = columns_reals(results, table, "availability", &n);
	double *losses = columns_reals(results, table, "failures", &n);
	double *work = lost ? columns_reals(results, table, lost, &n) : NULL;
	const char **names = columns_texts(results, of, "name", &groups);
	bool there = type && up && losses && names && (work || !lost);
	for (uint64_t i = 0; there && i < rows; i++) {
		uint64_t k = (uint64_t)type[i];
		if (k >= groups || k >= GROUPS_MOST)
			continue;
		g->count = k + 1 > g->count ? (unsigned)k + 1 : g->count;
		g->names[k] = names[k];
		g->members[k]++;
		g->down[k] += 1 - up[i];
		g->losses[k] += losses[i];
		g->lost[k] += work ? work[i] : 0;
	}
	free(type);
	free(up);
	free(losses);
	free(work);
	free(names);
	return there && g->count;
}

static void groups_put(FILE *gnuplot, const char *name, const struct groups *g)
{
	fprintf(gnuplot, "$%s << EOD\n", name);
	for (unsigned k = 0; k < g->count; k++) {
		double members = g->members[k] > 0 ? g->members[k] : 1;
		fprintf(gnuplot, "%u %.7g %.7g %.7g\n", k, 1e6 * g->down[k] / members,
		        g->losses[k] / members, g->lost[k] / members);
	}
	fputs("EOD\n", gnuplot);
}

static void groups_tics(FILE *gnuplot, const struct groups *g)
{
	fputs("set xtics scale 0 noenhanced (", gnuplot);
	for (unsigned k = 0; k < g->count; k++) {
		fputs(k ? ", " : "", gnuplot);
		plot_quoted(gnuplot, g->names[k] ? g->names[k] : "");
		fprintf(gnuplot, " %u", k);
	}
	fprintf(gnuplot, ") font ',16'\nset xrange [-0.6:%u.6]\n", g->count - 1);
}

bool plot_availability(FILE *gnuplot, struct results *results)
{
	struct groups hosts = {0}, vms = {0};
	bool drawn = groups_add(&hosts, results, "host_failures", "host_types", NULL);
	drawn = drawn && groups_add(&vms, results, "vm_failures", "vm_types", "lost_ghz_h");
	if (!drawn)
		return false;
	groups_put(gnuplot, "hosts", &hosts);
	groups_put(gnuplot, "vms", &vms);
	fputs("set multiplot\nset lmargin 13\nset rmargin 2\nset boxwidth 0.6\nset logscale y\n"
	      "set format y '10^{%T}'\nset yrange [1:1e6]\nset ytics 100\n",
	      gnuplot);
	groups_tics(gnuplot, &hosts);
	fputs("set size 1,0.5\nset origin 0,0.5\nset ylabel \"Hosts down\\n(ppm of time)\"\n"
	      "plot $hosts using 1:($2>0?$2:NaN) with boxes fill solid 1 lc rgb '" PLOT_SKY "' notitle, "
	      "$hosts using 1:(2):(gprintf('%.1f failures each',$3)) with labels font ',14' notitle\n",
	      gnuplot);
	groups_tics(gnuplot, &vms);
	fputs("set origin 0,0\nset ylabel \"VMs down\\n(ppm of time)\"\n"
	      "plot $vms using 1:($2>0?$2:NaN) with boxes fill solid 1 lc rgb '" PLOT_ORANGE "' notitle, "
	      "$vms using 1:(2):(gprintf('%.0f GHz h lost each',$4)) with labels font ',14' notitle\n"
	      "unset multiplot\n",
	      gnuplot);
	return true;
}

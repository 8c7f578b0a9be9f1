/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots of discrete schedulers: ready time by group, latencies of wake-ups, who was on which core. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/curves.h"
#include "sim/memory.h"

#define GROUPS_MAX 24            /* bars that fit side by side */
#define FEWEST 20                /* wake-ups of a group that make a distribution */
#define LINES_MAX 8              /* curves that can be told apart */

/* A bar a group: sums of columns of a table by its column `type`, in the order of the groups. */
struct bars {
	const char **names;          /* [group] */
	uint64_t count;
	double *sums[4];
	unsigned sum_count;
};

static void bars_close(struct bars *b)
{
	free(b->names);
	for (unsigned k = 0; k < b->sum_count; k++)
		free(b->sums[k]);
}

static bool bars_open(struct bars *b, struct results *results, const char *const where[2],
                      const char *const *columns)
{
	uint64_t rows = 0, n;
	*b = (struct bars){0};
	b->names = columns_texts(results, where[1], "name", &b->count);
	double *type = columns_reals(results, where[0], "type", &rows);
	bool good = b->names && type && b->count && rows;
	for (; good && columns[b->sum_count]; b->sum_count++) {
		double *values = columns_reals(results, where[0], columns[b->sum_count], &n);
		b->sums[b->sum_count] = memory_new(b->count, sizeof **b->sums, "bars of a plot");
		good = values && n == rows;
		for (uint64_t i = 0; good && i < rows; i++)
			if (type[i] >= 0 && type[i] < (double)b->count)
				b->sums[b->sum_count][(uint64_t)type[i]] += values[i];
		free(values);
	}
	free(type);
	if (!good)
		bars_close(b);
	return good;
}

/* Groups with nothing to show have no bar. */
static unsigned bars_put(FILE *gnuplot, const struct bars *b, const char *block)
{
	unsigned shown = 0;
	fprintf(gnuplot, "$%s << EOD\n", block);
	for (uint64_t g = 0; g < b->count && shown < GROUPS_MAX; g++) {
		double all = 0;
		for (unsigned k = 0; k < b->sum_count; k++)
			all += b->sums[k][g];
		if (!(all > 0))
			continue;
		fprintf(gnuplot, "%u \"%s\"", shown++, b->names[g]);
		for (unsigned k = 0; k < b->sum_count; k++)
			fprintf(gnuplot, " %.7g", 100 * b->sums[k][g] / all);
		fputc('\n', gnuplot);
	}
	fputs("EOD\n", gnuplot);
	return shown;
}

static double percent_most(const struct bars *b, unsigned from)
{
	double most = 0;
	for (uint64_t g = 0; g < b->count; g++) {
		double all = 0, part = 0;
		for (unsigned k = 0; k < b->sum_count; k++) {
			all += b->sums[k][g];
			part += k >= from ? b->sums[k][g] : 0;
		}
		most = all > 0 ? fmax(most, 100 * part / all) : most;
	}
	return most;
}

bool plot_ready_time(FILE *gnuplot, struct results *results)
{
	static const char *const vm_where[] = {"vm_scheduling", "vm_types"};
	static const char *const vm_columns[] = {"run_s", "ready_s", "throttled_s", NULL};
	static const char *const host_where[] = {"host_scheduling", "host_types"};
	static const char *const host_columns[] = {"busy_s", "idle_s", "switch_time_s", NULL};
	struct bars vms, hosts;
	if (!bars_open(&vms, results, vm_where, vm_columns))
		return false;
	if (!bars_open(&hosts, results, host_where, host_columns)) {
		bars_close(&vms);
		return false;
	}
	unsigned groups = bars_put(gnuplot, &vms, "vms"), host_groups = bars_put(gnuplot, &hosts, "hosts");
	if (groups && host_groups) {
		fprintf(gnuplot, "set multiplot\nset boxwidth 0.7\nset lmargin 11\nset rmargin 2\n"
		        "set key noenhanced\n"
		        "set xtics scale 0 noenhanced font ',15' %s\n"
		        "set size 1,0.58\nset origin 0,0.42\nset xrange [-0.6:%.1f]\n",
		        groups > 8 ? "rotate by -30" : "", groups - 0.4);
		plot_value_axis(gnuplot, percent_most(&vms, 1));
		fprintf(gnuplot, "set ylabel 'Runnable time (%%)'\n"
		        "plot $vms using 1:($4+$5):xtic(2) with boxes lc rgb '" PLOT_ORANGE "' %s, "
		        "$vms using 1:4 with boxes lc rgb '" PLOT_VERMILION "' "
		        "title 'ready: waiting for a core'\n",
		        percent_most(&vms, 2) > 0 ? "title 'throttled by its cap'" : "notitle");
		fprintf(gnuplot,
		        "set size 1,0.42\nset origin 0,0\nset xrange [-0.6:%.1f]\nset xtics norotate\n",
		        host_groups - 0.4);
		plot_value_axis(gnuplot, percent_most(&hosts, 2));
		fputs("set ylabel 'Switching (%)'\nset xlabel 'Host group'\nplot $hosts using 1:5:xtic(2) "
		      "with boxes lc rgb '" PLOT_BLUE "' notitle\nunset multiplot\n", gnuplot);
	}
	bars_close(&vms);
	bars_close(&hosts);
	return groups && host_groups;
}

struct latencies {
	uint64_t rows, groups;
	double *type, *from_s, *to_s, *wakeups;
	const char **names;
};

static bool latencies_open(struct latencies *l, struct results *results)
{
	uint64_t n;
	*l = (struct latencies){0};
	l->type = columns_reals(results, "wakeup_latency", "type", &l->rows);
	l->from_s = columns_reals(results, "wakeup_latency", "from_s", &n);
	l->to_s = columns_reals(results, "wakeup_latency", "to_s", &n);
	l->wakeups = columns_reals(results, "wakeup_latency", "wakeups", &n);
	l->names = columns_texts(results, "vm_types", "name", &l->groups);
	return l->type && l->from_s && l->to_s && l->wakeups && l->names && l->rows;
}

static void latencies_close(struct latencies *l)
{
	free(l->type);
	free(l->from_s);
	free(l->to_s);
	free(l->wakeups);
	free(l->names);
}

/* Share of a group's wake-ups that waited longer than the end of each bin. False: it has too few. */
static bool latencies_put(FILE *gnuplot, const struct latencies *l, unsigned line, uint64_t group)
{
	double all = 0, longer;
	for (uint64_t i = 0; i < l->rows; i++)
		all += l->type[i] == (double)group ? l->wakeups[i] : 0;
	if (all < FEWEST)
		return false;
	longer = all;
	fprintf(gnuplot, "$wait%u << EOD\n", line);
	for (uint64_t i = 0; i < l->rows; i++) {
		if (l->type[i] != (double)group)
			continue;
		if (longer == all)
			fprintf(gnuplot, "%.7g 1\n", fmax(l->from_s[i], 1e-6));
		longer -= l->wakeups[i];
		if (longer > 0)
			fprintf(gnuplot, "%.7g %.7g\n", l->to_s[i], longer / all);
		else /* down to the axis: nobody waited longer */
			fprintf(gnuplot, "%.7g %.7g\n%.7g 1e-12\n", l->to_s[i], l->wakeups[i] / all,
			        l->to_s[i]);
	}
	fputs("EOD\n", gnuplot);
	return true;
}

static void latencies_axes(FILE *gnuplot, const struct latencies *l)
{
	double most = 1;
	for (uint64_t i = 0; i < l->rows; i++)
		most += l->wakeups[i];
	fprintf(gnuplot,
	        "set logscale xy\nset yrange [%.3g:1.3]\nset xrange [1e-6:*]\n"
	        "set format x '10^{%%T}'\nset format y '10^{%%T}'\n"
	        "set grid xtics ytics lt 1 lw 0.5 lc rgb '#e4e4e4'\nset key maxcols 4\n"
	        "set xlabel 'Wake-up latency (s)'\nset ylabel 'Wake-ups that wait longer'\n",
	        pow(10, floor(log10(1 / most))));
}

bool plot_wakeup_latency(FILE *gnuplot, struct results *results)
{
	struct latencies l;
	uint64_t shown[LINES_MAX];
	unsigned count = 0;
	if (latencies_open(&l, results))
		for (uint64_t g = 0; g < l.groups && count < LINES_MAX; g++)
			if (latencies_put(gnuplot, &l, count, g))
				shown[count++] = g;
	if (count)
		latencies_axes(gnuplot, &l);
	for (unsigned k = 0; k < count; k++) {
		fprintf(gnuplot, "%s$wait%u using 1:2 with lines ", k ? ", " : "plot ", k);
		plot_line(gnuplot, k);
		fputs(" title ", gnuplot);
		plot_label(gnuplot, l.names[shown[k]]);
	}
	fputc('\n', gnuplot);
	latencies_close(&l);
	return count > 0;
}

struct stays_of_cores {
	uint64_t rows, vms;
	double *core, *from_s, *to_s, *vm, *type;
	const char **names, **groups;
	uint64_t shown[LINES_MAX];       /* guests, or groups of guests, in the order in which they come */
	unsigned count;
	bool by_group;
};

static bool schedule_open(struct stays_of_cores *s, struct results *results)
{
	uint64_t n;
	*s = (struct stays_of_cores){0};
	s->core = columns_reals(results, "schedule", "core", &s->rows);
	s->from_s = columns_reals(results, "schedule", "from_s", &n);
	s->to_s = columns_reals(results, "schedule", "to_s", &n);
	s->vm = columns_reals(results, "schedule", "vm", &n);
	s->type = columns_reals(results, "vm_scheduling", "type", &s->vms);
	s->names = columns_texts(results, "vm_scheduling", "name", &n);
	s->groups = columns_texts(results, "vm_types", "name", &n);
	return s->core && s->from_s && s->to_s && s->vm && s->type && s->names && s->groups && s->rows;
}

static void schedule_close(struct stays_of_cores *s)
{
	free(s->core);
	free(s->from_s);
	free(s->to_s);
	free(s->vm);
	free(s->type);
	free(s->names);
	free(s->groups);
}

static uint64_t colour_key(const struct stays_of_cores *s, uint64_t row)
{
	uint64_t vm = (uint64_t)s->vm[row];
	return s->by_group && vm < s->vms ? (uint64_t)s->type[vm] : vm;
}

/* The colour of a row; false when there are more guests (or groups) than colours. */
static bool colour_of(struct stays_of_cores *s, uint64_t row, unsigned *colour)
{
	uint64_t key = colour_key(s, row);
	for (*colour = 0; *colour < s->count; ++*colour)
		if (s->shown[*colour] == key)
			return true;
	if (s->count == LINES_MAX)
		return false;
	s->shown[s->count++] = key;
	return true;
}

/* A colour a guest where there are enough, else a colour a group; the last for all that are left. */
static void colours_choose(struct stays_of_cores *s)
{
	unsigned colour;
	for (int try = 0; try < 2; try++) {
		uint64_t row = 0;
		while (row < s->rows && colour_of(s, row, &colour))
			row++;
		if (row == s->rows || try)
			return;
		s->by_group = true;
		s->count = 0;
	}
}

struct extent {
	double first_s, last_s, cores;
};

/* The stays of one colour; the line above them lets a datablock be empty. */
static void schedule_put(FILE *gnuplot, struct stays_of_cores *s, unsigned k, struct extent *e)
{
	fprintf(gnuplot, "$on%u << EOD\nNaN NaN NaN\n", k);
	for (uint64_t i = 0; i < s->rows; i++) {
		unsigned colour;
		if (!colour_of(s, i, &colour))
			colour = LINES_MAX - 1;
		e->first_s = fmin(e->first_s, s->from_s[i]);
		e->last_s = fmax(e->last_s, s->to_s[i]);
		e->cores = fmax(e->cores, s->core[i] + 1);
		if (colour == k)
			fprintf(gnuplot, "%.9g %.9g %.9g\n", s->core[i], 1e3 * s->from_s[i],
			        1e3 * s->to_s[i]);
	}
	fputs("EOD\n", gnuplot);
}

bool plot_schedule(FILE *gnuplot, struct results *results)
{
	struct stays_of_cores s;
	struct extent e = {INFINITY, 0, 0};
	bool drawn = schedule_open(&s, results);
	if (drawn)
		colours_choose(&s);
	for (unsigned k = 0; drawn && k < s.count; k++)
		schedule_put(gnuplot, &s, k, &e);
	if (drawn)
		fprintf(gnuplot,
		        "set xrange [%.9g:%.9g]\nset yrange [%.1f:-0.6] noextend\nset ytics 1\nunset grid\n"
		        "set xlabel 'Time (ms)'\nset ylabel 'Core'\nset key maxcols 5 maxrows 2 font ',16'\n",
		        1e3 * e.first_s, 1e3 * e.last_s, e.cores - 0.4);
	for (unsigned k = 0; drawn && k < s.count; k++) {
		fprintf(gnuplot,
		        "%s$on%u using 2:1:2:3:($1-0.36):($1+0.36) with boxxyerror fs solid 1 noborder "
		        "lc rgb '%s' title ",
		        k ? ", " : "plot ", k, plot_colour(k));
		plot_label(gnuplot, s.by_group ? s.groups[s.shown[k]] : s.names[s.shown[k]]);
	}
	fputc('\n', gnuplot);
	schedule_close(&s);
	return drawn;
}

enum { HOST_NONE = -1, HOST_SEVERAL = -2 };

/* A bar a group of guests: where its hosts are, and means over the time that its guests ran. */
struct shares {
	uint64_t groups, host_groups;
	const char **names, **hosts;     /* [group], [host group] */
	double *got_ghz, *asked_ghz, *vms; /* [group] */
	double *host;                    /* [group]; below 0: HOST_NONE, HOST_SEVERAL */
};

static void shares_host(struct shares *s, uint64_t group, double type)
{
	if (s->host[group] < 0)
		s->host[group] = s->host[group] < HOST_NONE ? HOST_SEVERAL : type;
	else if (s->host[group] < type || s->host[group] > type)
		s->host[group] = HOST_SEVERAL;
}

static bool shares_sum(struct shares *s, struct results *results)
{
	uint64_t n, hosts;
	static const char *const names[] = {"type", "placed_s", "ended_s", "demanded_ghz_h", "stolen_ghz_h"};
	double *c[5], *host_type = columns_reals(results, "hosts", "type", &hosts);
	double *host = columns_hosts_of_guests(results, &n);
	struct summary summary;
	struct provenance provenance;
	bool good = host_type && host;
	for (unsigned k = 0; k < 5; k++)
		good = (c[k] = columns_reals(results, "vms", names[k], &n)) != NULL && good;
	results_summary(results, &summary, &provenance);
	for (uint64_t i = 0; good && i < n; i++) {
		uint64_t g = (uint64_t)c[0][i];
		double end_s = c[2][i] < summary.simulated_s ? c[2][i] : summary.simulated_s;
		double ran_h = (end_s - c[1][i]) / 3600;
		if (g >= s->groups || !(ran_h > 0))
			continue;
		s->vms[g]++;
		s->asked_ghz[g] += c[3][i] / ran_h;
		s->got_ghz[g] += (c[3][i] - c[4][i]) / ran_h;
		if (host[i] >= 0 && host[i] < (double)hosts)
			shares_host(s, g, host_type[(uint64_t)host[i]]);
	}
	for (unsigned k = 0; k < 5; k++)
		free(c[k]);
	free(host);
	free(host_type);
	return good;
}

static void shares_put(FILE *gnuplot, const struct shares *s, double *most, unsigned *shown)
{
	fputs("$shares << EOD\n", gnuplot);
	for (uint64_t g = 0; g < s->groups && *shown < GROUPS_MAX; g++) {
		if (!(s->asked_ghz[g] > 0))
			continue;
		fprintf(gnuplot, "%u \"%s\" %.7g %.7g %.0f\n", (*shown)++, s->names[g],
		        s->asked_ghz[g] / s->vms[g], s->got_ghz[g] / s->vms[g], s->host[g]);
		*most = fmax(*most, s->asked_ghz[g] / s->vms[g]);
	}
	fputs("EOD\n", gnuplot);
}

/* A colour for each group of hosts that some group of guests ran on alone. */
static void shares_draw(FILE *gnuplot, const struct shares *s, double size)
{
	bool others = false;
	unsigned lines = 0;
	fprintf(gnuplot, "plot $shares using 1:($3/%g):xtic(2) with boxes lc rgb '" PLOT_GREY "' "
	        "title 'asked for'", size);
	for (uint64_t h = 0; h < s->host_groups; h++) {
		bool used = false;
		for (uint64_t g = 0; g < s->groups; g++)
			used |= s->asked_ghz[g] > 0 && fabs(s->host[g] - (double)h) < 0.5;
		if (!used)
			continue;
		fprintf(gnuplot, ", $shares using 1:($5==%u?$4/%g:NaN) with boxes lc rgb '%s' title ",
		        (unsigned)h, size, plot_colour(lines++));
		plot_label(gnuplot, s->hosts[h]);
	}
	for (uint64_t g = 0; g < s->groups; g++)
		others |= s->asked_ghz[g] > 0 && s->host[g] < 0;
	if (others)
		fprintf(gnuplot, ", $shares using 1:($5<0?$4/%g:NaN) with boxes lc rgb '#555555' title "
		        "'got, on several groups of hosts'", size);
	fputc('\n', gnuplot);
}

bool plot_shares(FILE *gnuplot, struct results *results)
{
	struct shares s = {0};
	double most = 0;
	unsigned shown = 0;
	s.names = columns_texts(results, "vm_types", "name", &s.groups);
	s.hosts = columns_texts(results, "host_types", "name", &s.host_groups);
	s.got_ghz = memory_new(s.groups, sizeof *s.got_ghz, "bars of a plot");
	s.asked_ghz = memory_new(s.groups, sizeof *s.asked_ghz, "bars of a plot");
	s.vms = memory_new(s.groups, sizeof *s.vms, "bars of a plot");
	s.host = memory_new(s.groups, sizeof *s.host, "bars of a plot");
	for (uint64_t g = 0; g < s.groups; g++)
		s.host[g] = HOST_NONE;
	if (s.names && s.hosts && shares_sum(&s, results))
		shares_put(gnuplot, &s, &most, &shown);
	if (shown) {
		struct plot_unit unit = plot_cpu_unit(most);
		fprintf(gnuplot, "set boxwidth 0.8\nset xrange [-0.6:%.1f]\n"
		        "set xtics scale 0 noenhanced font ',15' %s\n"
		        "set ylabel 'CPU of a VM (%s)'\nset key noenhanced\n",
		        shown - 0.4, shown > 8 ? "rotate by -45" : "", unit.name);
		plot_value_axis(gnuplot, most / unit.size);
		shares_draw(gnuplot, &s, unit.size);
	}
	free(s.names);
	free(s.hosts);
	free(s.got_ghz);
	free(s.asked_ghz);
	free(s.host);
	free(s.vms);
	return shown > 0;
}

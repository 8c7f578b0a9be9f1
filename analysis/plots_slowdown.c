/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much longer the work of each group of guests took on each group of hosts: a table in colours. */
#include <math.h>
#include <stdlib.h>

#include "analysis/columns.h"
#include "analysis/plot.h"
#include "sim/memory.h"

#define ROWS_MAX 24
#define COLUMNS_MAX 12

struct slowdowns {
	uint64_t rows, columns;      /* groups of hosts, of guests */
	const char **hosts, **vms;
	double *useful, *got;        /* [row][column]: GHz h */
};

static void slowdowns_close(struct slowdowns *s)
{
	free(s->hosts);
	free(s->vms);
	free(s->useful);
	free(s->got);
}

/* Sums over guests, each counted on the host that it is on, or was on last. */
static bool slowdowns_sum(struct slowdowns *s, struct results *results)
{
	uint64_t n, hosts;
	double *type = columns_reals(results, "vms", "type", &n);
	double *useful = columns_reals(results, "vms", "useful_ghz_h", &n);
	double *overhead = columns_reals(results, "vms", "overhead_ghz_h", &n);
	double *host = columns_hosts_of_guests(results, &n), taken = 0;
	double *host_type = columns_reals(results, "hosts", "type", &hosts);
	bool there = type && useful && overhead && host && host_type;
	for (uint64_t i = 0; there && i < n; i++) {
		if (!(host[i] >= 0 && host[i] < (double)hosts))
			continue;
		uint64_t row = (uint64_t)host_type[(uint64_t)host[i]], column = (uint64_t)type[i];
		if (row >= s->rows || column >= s->columns)
			continue;
		s->useful[row * s->columns + column] += useful[i];
		s->got[row * s->columns + column] += useful[i] + overhead[i];
		taken += overhead[i];
	}
	free(type);
	free(useful);
	free(overhead);
	free(host);
	free(host_type);
	return there && taken > 0;
}

static bool slowdowns_open(struct slowdowns *s, struct results *results)
{
	*s = (struct slowdowns){0};
	s->hosts = columns_texts(results, "host_types", "name", &s->rows);
	s->vms = columns_texts(results, "vm_types", "name", &s->columns);
	if (!s->hosts || !s->vms || s->rows < 2 || s->rows > ROWS_MAX || s->columns < 2 ||
	    s->columns > COLUMNS_MAX)
		return false;
	s->useful = memory_new(s->rows * s->columns, sizeof *s->useful, "slow-downs");
	s->got = memory_new(s->rows * s->columns, sizeof *s->got, "slow-downs");
	return slowdowns_sum(s, results);
}

/* Rows of x, y, slow-down and how it is written. Returns the largest. */
static double slowdowns_put(FILE *gnuplot, const struct slowdowns *s)
{
	double most = 1;
	fputs("$slow << EOD\nNaN NaN 1 \"\"\n", gnuplot);
	for (uint64_t row = 0; row < s->rows; row++)
		for (uint64_t column = 0; column < s->columns; column++) {
			double useful = s->useful[row * s->columns + column];
			if (!(useful > 0))
				continue;
			double slowdown = s->got[row * s->columns + column] / useful;
			most = fmax(most, slowdown);
			fprintf(gnuplot, "%u %u %.7g \"%.*f\"\n", (unsigned)column,
			        (unsigned)(s->rows - 1 - row), slowdown,
			        slowdown < 9.995 ? 2 : slowdown < 99.95 ? 1 : 0, slowdown);
		}
	fputs("EOD\n", gnuplot);
	return most;
}

static void names_put(FILE *gnuplot, const char *axis, const char *const *names, uint64_t count, bool down)
{
	fprintf(gnuplot, "set %stics scale 0 noenhanced (", axis);
	for (uint64_t i = 0; i < count; i++) {
		fputs(i ? ", " : "", gnuplot);
		plot_quoted(gnuplot, names[i]);
		fprintf(gnuplot, " %u", (unsigned)(down ? count - 1 - i : i));
	}
	fputs(")\n", gnuplot);
}

bool plot_slowdown(FILE *gnuplot, struct results *results)
{
	struct slowdowns s;
	bool drawn = slowdowns_open(&s, results);
	if (drawn) {
		double most = slowdowns_put(gnuplot, &s);
		names_put(gnuplot, "x", s.vms, s.columns, false);
		names_put(gnuplot, "y", s.hosts, s.rows, true);
		fprintf(gnuplot,
		        "set border 0\nunset grid\nunset colorbox\nset logscale cb\nset cbrange [1:%.7g]\n"
		        "set palette defined (0 '#F2F2F2', 1 '" PLOT_VERMILION_AREA "', 2 '" PLOT_VERMILION
		        "')\nset xrange [-0.5:%.1f]\nset yrange [-0.5:%.1f]\nset format x '%%g'\n"
		        "set key off\nset style fill solid 1 border lc rgb '#ffffff'\n"
		        "plot $slow using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror "
		        "lc palette, $slow using 1:2:4 with labels font ',15' textcolor rgb '#202020'\n",
		        fmax(most, 1.01), (double)s.columns - 0.5, (double)s.rows - 0.5);
	}
	slowdowns_close(&s);
	return drawn;
}

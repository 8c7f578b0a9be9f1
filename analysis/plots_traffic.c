/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Application traffic while its VMs move, and who still needs a host that was left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/plot.h"
#include "sim/memory.h"

#define PANELS_MAX 6
#define ROWS_MAX 14
#define MBIT 1e6
/* A catch-up may be hundreds of times as fast as the stream: cut off above this, of what is sent. */
#define CATCH_UP_SHOWN 3

struct spans {
	uint64_t rows, streams;
	double *stream, *from_s, *to_s, *offered, *arrives, *receiver;
	const char **states, **names;
	double *lost, *kept, *connections, *longest_s;
};

static void spans_close(struct spans *s)
{
	double *const numbers[] = {
		s->stream, s->from_s, s->to_s, s->offered, s->arrives, s->receiver, s->lost, s->kept,
		s->connections, s->longest_s,
	};
	for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
		free(numbers[k]);
	free(s->states);
	free(s->names);
}

static bool spans_open(struct spans *s, struct results *results)
{
	*s = (struct spans){0};
	s->stream = columns_reals(results, "traffic_spans", "stream", &s->rows);
	s->from_s = columns_reals(results, "traffic_spans", "from_s", &s->rows);
	s->to_s = columns_reals(results, "traffic_spans", "to_s", &s->rows);
	s->offered = columns_reals(results, "traffic_spans", "offered_bps", &s->rows);
	s->arrives = columns_reals(results, "traffic_spans", "arrives_bps", &s->rows);
	s->states = columns_texts(results, "traffic_spans", "state", &s->rows);
	s->names = columns_texts(results, "traffic", "name", &s->streams);
	s->lost = columns_reals(results, "traffic", "lost_packets", &s->streams);
	s->kept = columns_reals(results, "traffic", "kept", &s->streams);
	s->connections = columns_reals(results, "traffic", "connections", &s->streams);
	s->longest_s = columns_reals(results, "traffic", "longest_gap_s", &s->streams);
	s->receiver = columns_reals(results, "traffic", "receiver", &s->streams);
	return s->rows && s->streams && s->stream && s->from_s && s->to_s && s->offered && s->arrives &&
	       s->states && s->names && s->lost && s->kept && s->connections && s->longest_s && s->receiver;
}

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

/* From shortly before the first change of a stream that flows to shortly after the last; all, where
 * none changes. */
static void window(const struct spans *s, double *from_s, double *to_s)
{
	double first_s = -1, last_s = 0, end_s = 0;
	bool *begun = memory_new(s->streams, sizeof *begun, "streams");
	for (uint64_t r = 0; r < s->rows; r++) {
		uint64_t stream = (uint64_t)s->stream[r];
		bool idle = is(s->states[r], "awaits") || is(s->states[r], "over");
		bool begins = stream >= s->streams || !begun[stream];
		end_s = s->to_s[r] > end_s ? s->to_s[r] : end_s;
		if (stream < s->streams && !idle)
			begun[stream] = true;
		if (begins || idle)
			continue;
		first_s = first_s < 0 || s->from_s[r] < first_s ? s->from_s[r] : first_s;
		last_s = s->from_s[r] > last_s ? s->from_s[r] : last_s;
	}
	free(begun);
	double lead_s = 0.12 * (last_s - first_s) + 0.2;
	*from_s = first_s > lead_s ? first_s - lead_s : 0;
	*to_s = first_s < 0 || last_s + lead_s > end_s ? end_s : last_s + lead_s;
}

/* Rows from, to, offered, arrives; and a band for each time in a state. */
static void stream_put(FILE *gnuplot, const struct spans *s, uint64_t stream, double least_s)
{
	static const char *const bands[] = {"held", "unheard", "broken", "tunnelled"};
	fprintf(gnuplot, "$rate%llu << EOD\n", (unsigned long long)stream);
	for (uint64_t r = 0; r < s->rows; r++)
		if ((uint64_t)s->stream[r] == stream)
			fprintf(gnuplot, "%.9g %.7g %.7g\n%.9g %.7g %.7g\n", s->from_s[r],
			        s->offered[r] / MBIT, s->arrives[r] / MBIT, s->to_s[r], s->offered[r] / MBIT,
			        s->arrives[r] / MBIT);
	fputs("EOD\n", gnuplot);
	for (unsigned b = 0; b < sizeof bands / sizeof *bands; b++) {
		fprintf(gnuplot, "$band%llu_%u << EOD\n-9 -8\n", (unsigned long long)stream, b);
		for (uint64_t r = 0; r < s->rows; r++) {
			if ((uint64_t)s->stream[r] != stream || !is(s->states[r], bands[b]))
				continue;
			double width_s = s->to_s[r] - s->from_s[r];
			width_s = width_s > least_s ? width_s : least_s;
			fprintf(gnuplot, "%.9g %.9g\n", s->from_s[r], s->from_s[r] + width_s);
		}
		fputs("EOD\n", gnuplot);
	}
}

static double most_of(const struct spans *s, uint64_t stream)
{
	double most = 0, offered = 0;
	for (uint64_t r = 0; r < s->rows; r++) {
		if ((uint64_t)s->stream[r] != stream)
			continue;
		offered = s->offered[r] > offered ? s->offered[r] : offered;
		most = s->arrives[r] > most ? s->arrives[r] : most;
	}
	most = most > offered ? most : offered;
	return (most < CATCH_UP_SHOWN * offered ? most : CATCH_UP_SHOWN * offered) / MBIT;
}

static void stream_label(FILE *gnuplot, const struct spans *s, uint64_t stream)
{
	char text[200];
	snprintf(text, sizeof text, "%.60s: %.0f packets lost, silent for %.3g s at most, kept %.0f of %.0f",
	         s->names[stream], s->lost[stream], s->longest_s[stream], s->kept[stream],
	         s->connections[stream]);
	fputs("set label 1 ", gnuplot);
	plot_quoted(gnuplot, text);
	fputs(" at graph 0,1.0 offset 0,0.7 front noenhanced\n", gnuplot);
}

static void stream_panel(FILE *gnuplot, const struct spans *s, uint64_t stream)
{
	static const struct {
		const char *colour, *title;
	} bands[] = {
		{PLOT_ORANGE, "sender still"},
		{PLOT_VERMILION, "unheard"},
		{PLOT_GREY, "broken"},
		{PLOT_PURPLE, "by the old host"},
	};
	unsigned long long k = stream;
	double most = most_of(s, stream);
	plot_value_axis(gnuplot, most);
	fprintf(gnuplot, "set ytics %.2g\n", most > 0 ? most / 2 : 1);
	stream_label(gnuplot, s, stream);
	fprintf(gnuplot, "plot $rate%llu using 1:3 with filledcurves y1=0 fs solid 0.7 fc rgb '%s' "
	                 "title 'arrives', ",
	        k, PLOT_SKY);
	for (unsigned b = 0; b < sizeof bands / sizeof *bands; b++)
		fprintf(gnuplot, "$band%llu_%u using (($1+$2)/2):(0):1:2:(0):(%.9g) with boxxyerror fs "
		                 "transparent solid %s noborder fc rgb '%s' title '%s', ",
		        k, b, most * 1.06, b == 3 ? "0.4" : "0.9", bands[b].colour, bands[b].title);
	fprintf(gnuplot, "$rate%llu using 1:2 with lines lw 1.2 dt 2 lc rgb 'black' title 'sent'\n", k);
}

bool plot_traffic(FILE *gnuplot, struct results *results)
{
	struct spans s;
	bool drawn = spans_open(&s, results);
	if (drawn) {
		double from_s, to_s;
		uint64_t shown = s.streams < PANELS_MAX ? s.streams : PANELS_MAX;
		window(&s, &from_s, &to_s);
		for (uint64_t k = 0; k < shown; k++)
			stream_put(gnuplot, &s, k, (to_s - from_s) / 400);
		fprintf(gnuplot, "set xrange [%.9g:%.9g]\nset multiplot layout %llu,1 "
		                 "margins 0.09,0.98,0.13,0.87 spacing 0,0.1\n",
		        from_s, to_s, (unsigned long long)shown);
		for (uint64_t k = 0; k < shown; k++) {
			bool last = k + 1 == shown;
			fprintf(gnuplot, "set format x '%s'\n%s\n%s\nset ylabel 'Mbit/s'\n", last ? "%g" : "",
			        last ? "set xlabel 'Time (s)'" : "unset xlabel",
			        last ? "set key at screen 0.98,0.985 right top horizontal maxrows 2 "
			               "samplen 1 font ',18'"
			             : "unset key");
			stream_panel(gnuplot, &s, k);
		}
		fputs("unset multiplot\n", gnuplot);
	}
	spans_close(&s);
	return drawn;
}

/* Who needs whom. */

enum need { NEED_MOVES, NEED_STOPPED, NEED_SOURCE, NEED_FORWARD, NEED_LOST, NEEDS_COUNT };

struct needs {
	char *text[NEEDS_COUNT];
	size_t size[NEEDS_COUNT];
	FILE *data[NEEDS_COUNT];
	char labels[ROWS_MAX][80];
	uint32_t rows;
	double from_s, to_s;
};

static void needs_begin(struct needs *n)
{
	*n = (struct needs){.from_s = -1};
	for (int k = 0; k < NEEDS_COUNT; k++)
		n->data[k] = open_memstream(&n->text[k], &n->size[k]);
}

static void bar(struct needs *n, enum need need, double from_s, double to_s)
{
	if (!(to_s >= from_s))
		return;
	if (n->data[need])
		fprintf(n->data[need], "%u %.9g %.9g\n", n->rows + 1, from_s, to_s);
	n->from_s = n->from_s < 0 || from_s < n->from_s ? from_s : n->from_s;
	n->to_s = to_s > n->to_s ? to_s : n->to_s;
}

struct moves {
	uint64_t rows, vms;
	double *vm, *start_s, *end_s, *push_s, *stop_s, *commit_s, *activate_s;
	const char **kinds, **names;
};

static bool moves_open(struct moves *m, struct results *results)
{
	*m = (struct moves){0};
	m->names = columns_texts(results, "vms", "name", &m->vms);
	m->vm = columns_reals(results, "migrations", "vm", &m->rows);
	m->start_s = columns_reals(results, "migrations", "start_s", &m->rows);
	m->end_s = columns_reals(results, "migrations", "end_s", &m->rows);
	m->push_s = columns_reals(results, "migrations", "push_s", &m->rows);
	m->stop_s = columns_reals(results, "migrations", "stop_s", &m->rows);
	m->commit_s = columns_reals(results, "migrations", "commit_s", &m->rows);
	m->activate_s = columns_reals(results, "migrations", "activate_s", &m->rows);
	m->kinds = columns_texts(results, "migrations", "kind", &m->rows);
	return m->names && m->vm && m->start_s && m->end_s && m->push_s && m->stop_s && m->commit_s &&
	       m->activate_s && m->kinds;
}

static void moves_close(struct moves *m)
{
	double *const numbers[] = {
		m->vm, m->start_s, m->end_s, m->push_s, m->stop_s, m->commit_s, m->activate_s,
	};
	for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
		free(numbers[k]);
	free(m->kinds);
	free(m->names);
}

/* The old host forwards for as long as some stream to the guest goes by it. */
static void tunnels_put(struct needs *n, const struct spans *s, double vm)
{
	for (uint64_t r = 0; r < s->rows; r++) {
		uint64_t stream = (uint64_t)s->stream[r];
		if (stream < s->streams && s->receiver[stream] == vm && is(s->states[r], "tunnelled"))
			bar(n, NEED_FORWARD, s->from_s[r], s->to_s[r]);
	}
}

static void moves_put(struct needs *n, const struct moves *m, const struct spans *s, bool tunnels)
{
	for (uint64_t k = 0; k < m->rows && n->rows < ROWS_MAX; k++) {
		double push_s = m->end_s[k] - m->push_s[k];
		double stop_s = push_s - m->stop_s[k] - m->commit_s[k] - m->activate_s[k];
		uint64_t vm = (uint64_t)m->vm[k];
		if (!(m->end_s[k] >= m->start_s[k]))
			continue;
		bar(n, NEED_MOVES, m->start_s[k], stop_s);
		bar(n, NEED_STOPPED, stop_s, push_s);
		if (m->push_s[k] > 0)
			bar(n, NEED_SOURCE, push_s, m->end_s[k]);
		if (tunnels)
			tunnels_put(n, s, m->vm[k]);
		snprintf(n->labels[n->rows++], sizeof n->labels[0], "%.40s, %.20s",
		         vm < m->vms ? m->names[vm] : "?", m->kinds[k]);
	}
}

static void processes_put(struct needs *n, struct results *results, double end_s)
{
	uint64_t rows;
	const char **names = columns_texts(results, "processes", "name", &rows);
	double *asked_s = columns_reals(results, "processes", "asked_s", &rows);
	double *moved_s = columns_reals(results, "processes", "moved_s", &rows);
	double *lost_s = columns_reals(results, "processes", "lost_s", &rows);
	double *left = columns_reals(results, "processes", "left_behind", &rows);
	bool there = names && asked_s && moved_s && lost_s && left;
	for (uint64_t k = 0; there && k < rows && n->rows < ROWS_MAX; k++) {
		bool lost = lost_s[k] >= 0;
		bar(n, NEED_STOPPED, asked_s[k], moved_s[k]);
		if (left[k] > 0)
			bar(n, NEED_SOURCE, moved_s[k], lost ? lost_s[k] : end_s);
		if (lost)
			bar(n, NEED_LOST, lost_s[k], lost_s[k]);
		snprintf(n->labels[n->rows++], sizeof n->labels[0], "%.40s, process", names[k]);
	}
	free(names);
	free(asked_s);
	free(moved_s);
	free(lost_s);
	free(left);
}

static void needs_draw(FILE *gnuplot, struct needs *n)
{
	static const struct {
		const char *colour, *title;
		double height;
	} looks[NEED_LOST] = {
		{PLOT_SKY, "moves", 0.3},
		{PLOT_VERMILION, "stands still", 0.3},
		{PLOT_ORANGE, "needs its old host", 0.3},
		{PLOT_PURPLE, "packets by that host", 0.12},
	};
	double lead_s = (n->to_s - n->from_s) * 0.03;
	fprintf(gnuplot, "set xrange [%.9g:%.9g]\nset yrange [%u.6:0.4]\nset xlabel 'Time (s)'\nset ytics (",
	        n->from_s - lead_s, n->to_s + lead_s, n->rows);
	for (uint32_t k = 0; k < n->rows; k++) {
		fputs(k ? ", " : "", gnuplot);
		plot_quoted(gnuplot, n->labels[k]);
		fprintf(gnuplot, " %u", k + 1);
	}
	fputs(") noenhanced scale 0\nset grid noytics xtics\nset key maxrows 2 samplen 1 font ',18'\nplot ",
	      gnuplot);
	/* A border, since a downtime of milliseconds would be narrower than a pixel. */
	for (int k = 0; k < NEED_LOST; k++)
		fprintf(gnuplot, "$need%d using (($2+$3)/2):1:2:3:($1-%g):($1+%g) "
		                 "with boxxyerror fs solid 0.9 border lc rgb '%s' fc rgb '%s' title '%s', ",
		        k, looks[k].height, looks[k].height, looks[k].colour, looks[k].colour,
		        looks[k].title);
	fprintf(gnuplot, "$need%d using 2:1 with points pt 2 ps 1.6 lw 3 lc rgb 'black' title 'lost'\n",
	        NEED_LOST);
}

static void needs_put(FILE *gnuplot, struct needs *n)
{
	for (int k = 0; k < NEEDS_COUNT; k++) {
		if (n->data[k])
			fclose(n->data[k]);
		fprintf(gnuplot, "$need%d << EOD\n%s-9 -9 -9\nEOD\n", k, n->text[k] ? n->text[k] : "");
		free(n->text[k]);
	}
}

bool plot_dependency(FILE *gnuplot, struct results *results)
{
	struct moves m;
	struct spans s;
	struct summary summary;
	struct provenance provenance;
	struct needs n;
	results_summary(results, &summary, &provenance);
	bool moves = moves_open(&m, results), tunnels = spans_open(&s, results);
	needs_begin(&n);
	if (moves)
		moves_put(&n, &m, &s, tunnels);
	processes_put(&n, results, summary.simulated_s);
	needs_put(gnuplot, &n);
	bool drawn = n.rows > 0 && n.to_s > n.from_s;
	if (drawn)
		needs_draw(gnuplot, &n);
	moves_close(&m);
	spans_close(&s);
	return drawn;
}

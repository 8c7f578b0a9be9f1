/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim trace fit: fits a generator to a trace, draws a set of the same size from it and shows both side by
 * side: what the fit used, what it did not, and the YAML to paste. */
#include "cli/fit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/json.h"
#include "cli/table.h"
#include "cli/trace_choice.h"
#include "scenarios/fit.h"
#include "scenarios/generate.h"

#define LAGS_MOST 12
#define FIXED_ROWS 6
#define DRAWN_SEED 1

struct fit_values {
	struct trace_choice choice;
	int generator;
	bool json;
};

static const char *const generators[] = {"ar1", "on_off", "diurnal"};
static const enum scenario_source sources[] = {SOURCE_AR1, SOURCE_ON_OFF, SOURCE_DIURNAL};

/* The statistics of one panel: rows of the table that is shown. */
struct portrait {
	struct moments all;
	struct variances parts;
	double row_correlation;
	double lag[LAGS_MOST];
};

struct fit_view {
	const char *trace;
	enum scenario_source source;
	struct scenario_demand demand;
	struct portrait sides[2];           /* trace, generated */
	uint32_t lags[LAGS_MOST], lag_count;
	double ks;
};

static void portrait_of(struct portrait *s, const struct panel *p, const struct fit_view *view)
{
	s->all = statistics_moments(p->x, (size_t)p->rows * p->n);
	s->parts = statistics_variances(p);
	s->row_correlation = statistics_row_correlation(p);
	for (uint32_t i = 0; i < view->lag_count; i++)
		s->lag[i] = statistics_autocorrelation(p, view->lags[i]);
}

/* 1, 2, 4, ... samples, and half a day and a day where the rows last four times as long. */
static void lags_choose(struct fit_view *view, const struct fit_data *data)
{
	int64_t day = NS_PER_DAY / data->period_ns;
	for (uint32_t lag = 1; lag <= data->panel.n / 4 && lag <= 64; lag *= 2)
		view->lags[view->lag_count++] = lag;
	for (int64_t lag = day / 2; lag > 64 && lag <= data->panel.n / 2; lag *= 2)
		if (view->lag_count < LAGS_MOST && lag <= day)
			view->lags[view->lag_count++] = (uint32_t)lag;
}

static const char *const fixed_names[FIXED_ROWS] = {
	"mean", "deviation between rows", "deviation within rows", "skewness", "excess kurtosis",
	"correlation of two rows",
};
static const char *const fixed_json[FIXED_ROWS] = {
	"mean", "deviation_between", "deviation_within", "skewness", "excess_kurtosis", "row_correlation",
};

static double fixed_figure(const struct portrait *s, uint32_t i)
{
	const double figures[FIXED_ROWS] = {
		s->all.mean, sqrt(s->parts.between), sqrt(s->parts.within), s->all.skewness, s->all.kurtosis,
		s->row_correlation,
	};
	return figures[i];
}

static void heading(const void *context, uint32_t column, struct cell *cell)
{
	static const char *const names[] = {"figure", "trace", "generated"};
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", names[column]);
}

static void figure_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct fit_view *view = context;
	cell->number = column > 0;
	if (column == 0) {
		if (row < FIXED_ROWS)
			snprintf(cell->text, CELL_SIZE, "%s", fixed_names[row]);
		else
			snprintf(cell->text, CELL_SIZE, "autocorrelation, lag %g min",
			         view->lags[row - FIXED_ROWS] * time_s(view->demand.period_ns) / 60);
		return;
	}
	const struct portrait *s = &view->sides[column - 1];
	double x = row < FIXED_ROWS ? fixed_figure(s, (uint32_t)row) : s->lag[row - FIXED_ROWS];
	snprintf(cell->text, CELL_SIZE, "%.4f", x);
}

/* What the scenario must say, one key a line: with each, how to write its value. */
struct line {
	const char *key;
	double value;
	enum { LINE_PERCENT, LINE_PLAIN, LINE_SECONDS } form;
};

static uint32_t lines_of(const struct fit_view *view, struct line *lines)
{
	const struct scenario_demand *d = &view->demand;
	uint32_t n = 0;
	if (view->source != SOURCE_ON_OFF)
		lines[n++] = (struct line){"level", d->level_01, LINE_PERCENT};
	if (view->source != SOURCE_AR1) {
		lines[n++] = (struct line){"least", d->least_01, LINE_PERCENT};
		lines[n++] = (struct line){"most", d->most_01, LINE_PERCENT};
	}
	if (view->source == SOURCE_ON_OFF) {
		lines[n++] = (struct line){"on_time", time_s(d->on_ns), LINE_SECONDS};
		lines[n++] = (struct line){"off_time", time_s(d->off_ns), LINE_SECONDS};
	} else {
		if (view->source == SOURCE_DIURNAL)
			lines[n++] = (struct line){"peak_at", time_s(d->peak_ns), LINE_SECONDS};
		lines[n++] = (struct line){"spread", d->spread_01, LINE_PERCENT};
		lines[n++] = (struct line){"noise", d->noise_01, LINE_PERCENT};
		lines[n++] = (struct line){"autocorrelation", d->autocorrelation, LINE_PLAIN};
		lines[n++] = (struct line){"correlation", d->correlation_01, LINE_PLAIN};
	}
	lines[n++] = (struct line){"period", time_s(d->period_ns), LINE_SECONDS};
	return n;
}

static void print_yaml(const struct fit_view *view)
{
	struct line lines[16];
	uint32_t n = lines_of(view, lines);
	printf("    demand:\n      generator: %s\n", scenario_source_names[view->source]);
	for (uint32_t i = 0; i < n; i++) {
		char text[40];
		if (lines[i].form == LINE_PERCENT)
			snprintf(text, sizeof text, "%.4g %%", 100 * lines[i].value);
		else if (lines[i].form == LINE_SECONDS)
			snprintf(text, sizeof text, "%.6g s", lines[i].value);
		else
			snprintf(text, sizeof text, "%.4g", lines[i].value);
		printf("      %s: %s\n", lines[i].key, text);
	}
}

static void print_text(const struct fit_view *view, const struct fit_data *data)
{
	struct table table = {.rows = FIXED_ROWS + view->lag_count, .columns = 3, .context = view,
	                      .heading = heading, .cell = figure_cell};
	printf("%s: %" PRIu32 " rows of %" PRIu32 " samples, one every %g s", view->trace, data->panel.rows,
	       data->panel.n, time_s(data->period_ns));
	if (data->left_out)
		printf("; %" PRIu32 " rows are too short and left out", data->left_out);
	printf("\n%s: %s\n\n", scenario_source_names[view->source], generator_table[view->source].formula);
	table_print(&table, TABLE_ALIGNED, stdout);
	printf("\nKolmogorov-Smirnov distance of the values, in whole percents: %.4f\n\n", view->ks);
	print_yaml(view);
}

static void print_json(const struct fit_view *view, const struct fit_data *data)
{
	struct json j;
	struct line lines[16];
	uint32_t n = lines_of(view, lines);
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "trace", view->trace);
	json_count(&j, "rows", data->panel.rows);
	json_count(&j, "rows_left_out", data->left_out);
	json_count(&j, "samples", data->panel.n);
	json_object(&j, "demand");
	json_text(&j, "generator", scenario_source_names[view->source]);
	for (uint32_t i = 0; i < n; i++) {
		char name[40];
		snprintf(name, sizeof name, "%s%s", lines[i].key, lines[i].form == LINE_SECONDS ? "_s" : "");
		json_real(&j, name, lines[i].value);
	}
	json_close(&j);
	for (int side = 0; side < 2; side++) {
		json_object(&j, side ? "of_generated" : "of_trace");
		for (uint32_t i = 0; i < FIXED_ROWS; i++)
			json_real(&j, fixed_json[i], fixed_figure(&view->sides[side], i));
		json_list(&j, "autocorrelation");
		for (uint32_t i = 0; i < view->lag_count; i++) {
			json_object(&j, NULL);
			json_real(&j, "lag_s", view->lags[i] * time_s(data->period_ns));
			json_real(&j, "value", view->sides[side].lag[i]);
			json_close(&j);
		}
		json_close(&j);
		json_close(&j);
	}
	json_real(&j, "ks_distance", view->ks);
	json_close(&j);
}

/* Whole percents, the step of most traces: two grids of values would be far apart between their points. */
static void percents(double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = round(100 * x[i]);
}

/* Draws as much as the trace has and compares; rounds and sorts both in the end. */
static void view_fill(struct fit_view *view, struct fit_data *data)
{
	struct demand_set drawn;
	struct fit_data generated;
	int64_t duration_ns = data->period_ns * (int64_t)data->panel.n;
	lags_choose(view, data);
	generate_set(&drawn, &view->demand, view->source, "fit", data->panel.rows, duration_ns, DRAWN_SEED);
	bool read = fit_data_read(&generated, &drawn);
	ASSERT(read && generated.panel.n == data->panel.n);
	portrait_of(&view->sides[0], &data->panel, view);
	portrait_of(&view->sides[1], &generated.panel, view);
	size_t n = (size_t)data->panel.rows * data->panel.n;
	percents(data->x, n);
	percents(generated.x, n);
	view->ks = statistics_ks(data->x, n, generated.x, n);
	fit_data_free(&generated);
	drawn.release(&drawn);
}

static enum exit_status fit_trace(const struct command *command, const char *name,
                                  const struct fit_values *values, const struct demand_set *set)
{
	struct fit_data data;
	struct fit_view view = {.trace = set->name ? set->name : name, .source = sources[values->generator]};
	if (!fit_data_read(&data, set))
		return usage_error(command, "'%s' has no rows of CPU samples that are long enough", name);
	const char *why = fit_demand(&data, view.source, &view.demand);
	if (!why) {
		view_fill(&view, &data);
		if (values->json)
			print_json(&view, &data);
		else
			print_text(&view, &data);
	}
	fit_data_free(&data);
	return why ? usage_error(command, "%s", why) : EXIT_DONE;
}

static enum exit_status open_and_fit(const struct command *command, void *given, const struct words *words)
{
	struct fit_values *values = given;
	struct demand_set set;
	values->choice.name = words->items[0];
	if (!trace_choice_open(&values->choice, &set))
		return EXIT_INPUT;
	enum exit_status status = fit_trace(command, words->items[0], values, &set);
	set.release(&set);
	return status;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct fit_values values = {0};
	return options_go(command, argc, argv, &values, open_and_fit);
}

static const struct option options[] = {
	{"generator", 'g', OPTION_CHOICE, offsetof(struct fit_values, generator), "NAME",
	 "what to fit; absent: ar1", generators, sizeof generators / sizeof *generators},
	TRACE_CHOICE_OPTIONS(struct fit_values, choice),
	{"json", 0, OPTION_FLAG, offsetof(struct fit_values, json), NULL, "the same as JSON", NULL, 0},
	{0},
};

const struct command trace_fit_command = {
	.name = "trace fit",
	.arguments = "TRACE [--subset NAME] [--generator ar1|on_off|diurnal] [--json]",
	.summary = "Fit a generator of demand to a trace, and show how well it fits",
	.help = "Moments, autocorrelation and the distance of the distributions are shown for the trace\n"
	        "and for a set of the same size drawn from the fitted generator; then the YAML for a\n"
	        "scenario.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "one trace: a name or a path",
	.run = go,
};

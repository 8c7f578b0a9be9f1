/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim compare: a collected study by the values of a key: means with intervals, differences with their
 * chance. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/inference.h"
#include "analysis/run_log.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/study_table.h"
#include "scenarios/diag.h"

#define KEYS_MOST 16
#define METRICS_MOST 32
#define GROUPS_MOST 1000

struct compare_values {
	struct words by, metrics;
	const char *baseline;
	const char *level;
	bool json;
};

/* Runs that agree in the keys compared by. */
struct group {
	const char *name;
	uint32_t *rows, count, room;
};

struct comparing {
	struct study_table table;
	const struct study_column *by[KEYS_MOST];
	uint32_t by_count;
	struct group groups[GROUPS_MOST];
	uint32_t group_count, baseline;
	/* replications whose runs are averaged first; 0: each run stands for itself */
	uint32_t units;
	double level;
};

/* A group against the baseline, run against run that differ in nothing else. */
struct difference {
	struct interval mean;
	double p, p_adjusted;
	uint32_t pairs;
};

static const char *group_name(struct comparing *c, uint32_t row)
{
	const char *name = "";
	for (uint32_t k = 0; k < c->by_count; k++)
		name = arena_printf(&c->table.arena, "%s%s%s", name, k ? ", " : "", c->by[k]->texts[row]);
	return name;
}

/* False after a message. */
static bool groups_make(struct comparing *c, const struct command *command)
{
	for (uint32_t row = 0; row < c->table.rows; row++) {
		uint32_t g = 0;
		const char *name = group_name(c, row);
		while (g < c->group_count && strcmp(c->groups[g].name, name) != 0)
			g++;
		if (g == GROUPS_MOST) {
			usage_error(command, "more than %d values of what is compared by", GROUPS_MOST);
			return false;
		}
		struct group *group = &c->groups[g];
		if (g == c->group_count) {
			*group = (struct group){.name = name};
			c->group_count++;
		}
		ARRAY_GROW(group->rows, group->count, group->room, "runs of a group");
		group->rows[group->count++] = row;
	}
	return true;
}

/* Keys of one axis change together: who compares by one of them compares by all. */
static bool is_by(const struct comparing *c, const struct study_column *column)
{
	for (uint32_t k = 0; k < c->by_count; k++)
		if (strcmp(c->by[k]->axis, column->axis) == 0)
			return true;
	return false;
}

/* Do two runs differ in nothing but the keys compared by? */
static bool is_pair(const struct comparing *c, uint32_t a, uint32_t b)
{
	const struct study_table *t = &c->table;
	if (t->replication[a] != t->replication[b])
		return false;
	for (uint32_t k = 0; k < t->parameter_count; k++)
		if (!is_by(c, &t->parameters[k]) &&
		    strcmp(t->parameters[k].texts[a], t->parameters[k].texts[b]) != 0)
			return false;
	return true;
}

/* Sums of values by replication, for means over runs that share their seed. */
struct sums {
	double *sum;
	uint32_t *count;
};

static struct sums sums_new(uint32_t units)
{
	return (struct sums){memory_new(units, sizeof(double), "sums"),
		memory_new(units, sizeof(uint32_t), "sums")};
}

/* The means of the units that have any value; how many. Frees the sums. */
static uint32_t sums_means(struct sums *sums, uint32_t units, double *out)
{
	uint32_t n = 0;
	for (uint32_t u = 0; u < units; u++)
		if (sums->count[u])
			out[n++] = sums->sum[u] / sums->count[u];
	free(sums->sum);
	free(sums->count);
	return n;
}

/* Where the run's value belongs: its replication's mean, or a place of its own. */
static uint32_t unit_of(const struct comparing *c, uint32_t row, uint32_t i)
{
	return c->units ? (uint32_t)c->table.replication[row] : i;
}

static void sums_add(struct sums *sums, uint32_t unit, double value)
{
	sums->sum[unit] += value;
	sums->count[unit]++;
}

/* The independent values of a group: means of its replications, or its runs; how many. */
static uint32_t values_of(const struct comparing *c, const struct group *group,
                          const struct study_column *metric,
                          double *out)
{
	uint32_t units = c->units ? c->units : group->count;
	struct sums sums = sums_new(units);
	for (uint32_t i = 0; i < group->count; i++) {
		double value = metric->reals[group->rows[i]];
		if (isfinite(value))
			sums_add(&sums, unit_of(c, group->rows[i], i), value);
	}
	return sums_means(&sums, units, out);
}

/* The run of the baseline that differs in nothing else, from `hint` on; UINT32_MAX: none. */
static uint32_t partner_of(const struct comparing *c, uint32_t row, uint32_t *hint)
{
	const struct group *base = &c->groups[c->baseline];
	for (uint32_t j = 0; j < base->count; j++) {
		uint32_t at = (*hint + j) % base->count; /* pairs stand in the same order */
		if (is_pair(c, row, base->rows[at])) {
			*hint = at + 1;
			return base->rows[at];
		}
	}
	return UINT32_MAX;
}

static struct difference difference_of(const struct comparing *c, const struct study_column *metric,
                                       uint32_t g)
{
	const struct group *group = &c->groups[g];
	uint32_t units = c->units ? c->units : group->count, hint = 0;
	double *mean = memory_new(units, sizeof *mean, "differences"), *none =
		memory_new(units, sizeof *none, "zeros");
	struct sums sums = sums_new(units);
	for (uint32_t i = 0; i < group->count; i++) {
		uint32_t row = group->rows[i], other = partner_of(c, row, &hint);
		double x = metric->reals[row], y = other == UINT32_MAX ? (double)NAN : metric->reals[other];
		if (isfinite(x) && isfinite(y))
			sums_add(&sums, unit_of(c, row, i), x - y);
	}
	struct difference d = {.pairs = sums_means(&sums, units, mean)};
	d.mean = interval_mean(mean, d.pairs, c->level);
	d.p = test_paired(mean, none, d.pairs).p;
	free(mean);
	free(none);
	return d;
}

static struct difference *differences_of(const struct comparing *c, const struct study_column *metric)
{
	struct difference *all = memory_new(c->group_count, sizeof *all, "differences");
	double *p = memory_new(c->group_count, sizeof *p, "p-values");
	uint32_t n = 0;
	for (uint32_t g = 0; g < c->group_count; g++)
		if (g != c->baseline) {
			all[g] = difference_of(c, metric, g);
			p[n++] = all[g].p;
		}
	adjust_holm(p, n);
	n = 0;
	for (uint32_t g = 0; g < c->group_count; g++)
		if (g != c->baseline)
			all[g].p_adjusted = p[n++];
	free(p);
	return all;
}

static void bounds_text(const struct interval *i, char *text, size_t size)
{
	if (isfinite(i->low) && isfinite(i->high))
		snprintf(text, size, "%.5g .. %.5g", i->low, i->high);
	else
		snprintf(text, size, "unknown");
}

static void metric_print(const struct comparing *c, const struct study_column *metric)
{
	struct difference *d = differences_of(c, metric);
	double *values = memory_new(c->table.rows, sizeof *values, "values of a group");
	int width = 8;
	for (uint32_t g = 0; g < c->group_count; g++)
		width = (int)strlen(c->groups[g].name) > width ? (int)strlen(c->groups[g].name) : width;
	printf("n counts %s.\n", c->units ? "replications, each the mean of its runs" : "runs");
	printf("%s (%s), intervals of %g %%; differences from '%s', paired, p after Holm\n", metric->name,
	       metric->unit ? metric->unit : "1", c->level * 100, c->groups[c->baseline].name);
	printf("  %-*s %6s %12s  %-25s %12s  %-25s %8s\n", width, "", "n", "mean", "interval",
	       "difference",
	       "interval", "p");
	for (uint32_t g = 0; g < c->group_count; g++) {
		char bounds[60], other[60];
		uint32_t n = values_of(c, &c->groups[g], metric, values);
		struct interval mean = interval_mean(values, n, c->level);
		bounds_text(&mean, bounds, sizeof bounds);
		printf("  %-*s %6u", width, c->groups[g].name, n);
		if (n)
			printf(" %12.6g  %-25s", mean.estimate, bounds);
		else
			printf(" %12s  %-25s", "-", "no run has a value");
		if (g != c->baseline && d[g].pairs == 0) {
			printf(" %12s  no runs that differ in nothing else", "-");
		} else if (g != c->baseline) {
			bounds_text(&d[g].mean, other, sizeof other);
			printf(" %12.5g  %-25s %8.2g", d[g].mean.estimate, other, d[g].p_adjusted);
		}
		putchar('\n');
	}
	putchar('\n');
	free(values);
	free(d);
}

static void interval_json(struct json *j, const char *name, const struct interval *i)
{
	json_object(j, name);
	json_real(j, "estimate", i->estimate);
	json_real(j, "low", i->low);
	json_real(j, "high", i->high);
	json_close(j);
}

static void metric_json(const struct comparing *c, const struct study_column *metric, struct json *j)
{
	struct difference *d = differences_of(c, metric);
	double *values = memory_new(c->table.rows, sizeof *values, "values of a group");
	json_object(j, metric->name);
	json_text(j, "unit", metric->unit ? metric->unit : "1");
	json_list(j, "groups");
	for (uint32_t g = 0; g < c->group_count; g++) {
		uint32_t n = values_of(c, &c->groups[g], metric, values);
		struct interval mean = interval_mean(values, n, c->level);
		json_object(j, NULL);
		json_text(j, "name", c->groups[g].name);
		json_count(j, "runs", n);
		interval_json(j, "mean", &mean);
		if (g != c->baseline) {
			interval_json(j, "difference", &d[g].mean);
			json_count(j, "pairs", d[g].pairs);
			json_real(j, "p", d[g].p);
			json_real(j, "p_holm", d[g].p_adjusted);
		}
		json_close(j);
	}
	json_close(j);
	json_close(j);
	free(values);
	free(d);
}

/* Words may hold several names with commas between them. Returns how many, at most `most`; more is told. */
static uint32_t names_of(struct arena *arena, const struct words *words, const char **names, uint32_t most)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < words->count; i++)
		for (char *at = arena_string(arena, words->items[i]), *end; at && n < most; at = end) {
			end = strchr(at, ',');
			if (end)
				*end++ = '\0';
			names[n++] = at;
		}
	return n;
}

static bool keys_find(struct comparing *c, const struct command *command, const struct words *by)
{
	const char *names[KEYS_MOST], *known[64];
	uint32_t n = names_of(&c->table.arena, by, names, KEYS_MOST), keys = c->table.parameter_count;
	for (uint32_t k = 0; k < keys && k < 64; k++)
		known[k] = c->table.parameters[k].name;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = 0;
		const char *last = NULL; /* "policy" may stand for placement.policy */
		for (; k < keys; k++) {
			last = strrchr(c->table.parameters[k].name, '.');
			if (strcmp(c->table.parameters[k].name, names[i]) == 0 ||
			    (last && strcmp(last + 1, names[i]) == 0))
				break;
		}
		if (k == keys) {
			usage_unknown(command, "key of the study", names[i], known, keys < 64 ? keys : 64);
			return false;
		}
		c->by[c->by_count++] = &c->table.parameters[k];
	}
	return true;
}

static bool baseline_find(struct comparing *c, const struct command *command, const char *name)
{
	const char *known[GROUPS_MOST];
	for (uint32_t g = 0; g < c->group_count; g++)
		known[g] = c->groups[g].name;
	for (c->baseline = 0; name && c->baseline < c->group_count; c->baseline++)
		if (strcmp(c->groups[c->baseline].name, name) == 0)
			return true;
	if (name)
		usage_unknown(command, "baseline", name, known, c->group_count < 20 ? c->group_count : 20);
	return !name;
}

static enum exit_status metrics_tell(struct comparing *c, const struct command *command,
                                     const struct compare_values *values)
{
	const char *names[METRICS_MOST], *known[RUN_FIGURES_MOST];
	const struct study_column *metrics[METRICS_MOST];
	uint32_t n = names_of(&c->table.arena, &values->metrics, names, METRICS_MOST);
	uint32_t all = run_figure_count();
	for (uint32_t i = 0; n == 0 && i < c->table.chosen_count && i < METRICS_MOST; i++)
		names[i] = c->table.chosen[i];
	if (n == 0)
		n = c->table.chosen_count < METRICS_MOST ? c->table.chosen_count : METRICS_MOST;
	if (n == 0)
		return usage_error(command, "the study names no metrics; tell one with --metric energy_j");
	for (uint32_t i = 0; i < all; i++)
		known[i] = run_figure(i)->name;
	for (uint32_t i = 0; i < n; i++)
		if (!(metrics[i] = study_table_metric(&c->table, names[i])))
			return usage_unknown(command, "metric", names[i], known, all);
	struct json j;
	if (values->json) {
		json_begin(&j, stdout);
		json_object(&j, NULL);
	}
	for (uint32_t i = 0; i < n; i++)
		values->json ? metric_json(c, metrics[i], &j) : metric_print(c, metrics[i]);
	if (values->json)
		json_close(&j);
	return EXIT_DONE;
}

/* Do runs of a point differ by their seed in any of the metrics? */
static bool has_chance(struct comparing *c)
{
	const struct study_table *t = &c->table;
	for (uint32_t f = 0; f < run_figure_count(); f++) {
		const struct study_column *metric = study_table_metric(&c->table, run_figure(f)->name);
		for (uint32_t row = 1; metric && row < t->rows; row++)
			if (t->replication[row] > 0 && isfinite(metric->reals[row]) &&
			    isfinite(metric->reals[row - 1]) && metric->reals[row] != metric->reals[row - 1])
				return true;
	}
	return false;
}

/* What is independent: replications, if there are some that differ; else runs of the first. */
static void units_find(struct comparing *c)
{
	struct study_table *t = &c->table;
	uint32_t most = 0, kept = 0;
	for (uint32_t row = 0; row < t->rows; row++)
		most = t->replication[row] > most ? (uint32_t)t->replication[row] : most;
	if (most == 0)
		return;
	if (has_chance(c)) {
		c->units = most + 1;
		return;
	}
	fputs("all replications of a point are equal: there is no chance in this scenario; one of each "
	      "counts\n", stderr);
	for (uint32_t g = 0; g < c->group_count; g++, kept = 0) {
		struct group *group = &c->groups[g];
		for (uint32_t i = 0; i < group->count; i++)
			if (t->replication[group->rows[i]] == 0)
				group->rows[kept++] = group->rows[i];
		group->count = kept;
	}
}

static bool level_read(struct comparing *c, const struct command *command, const char *text)
{
	char *end = NULL;
	c->level = text ? strtod(text, &end) : 0.95;
	if (!text || (end != text && !*end && c->level > 0 && c->level < 1))
		return true;
	usage_error(command, "--level is '%.40s'; it must be above 0 and below 1: 0.95", text);
	return false;
}

static enum exit_status compare(const struct command *command, void *given, const struct words *words)
{
	const struct compare_values *values = given;
	const char *why;
	struct comparing *c = memory_new(1, sizeof *c, "comparison");
	enum exit_status status = EXIT_INPUT;
	if (!study_table_open(&c->table, words->items[0], &why)) {
		free(c);
		return usage_error(command, "%s: %s", words->items[0], why);
	}
	if (values->by.count == 0)
		usage_error(command, "--by KEY is needed: the axis whose values are compared");
	else if (c->table.rows == 0)
		usage_error(command, "%s: there are no runs in it", words->items[0]);
	else if (level_read(c, command, values->level) && keys_find(c, command, &values->by) &&
	         groups_make(c, command) && baseline_find(c, command, values->baseline)) {
		units_find(c);
		status = metrics_tell(c, command, values);
	}
	for (uint32_t g = 0; g < c->group_count; g++)
		free(c->groups[g].rows);
	study_table_close(&c->table);
	free(c);
	return status;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct compare_values values = {0};
	enum exit_status status = options_go(command, argc, argv, &values, compare);
	words_free(&values.by);
	words_free(&values.metrics);
	return status;
}

static const struct option options[] = {
	{"by", 0, OPTION_LIST, offsetof(struct compare_values, by), "KEY[,KEY]",
		"the axes whose values are compared",
	 NULL, 0},
	{"metric", 0, OPTION_LIST, offsetof(struct compare_values, metrics), "FIGURE[,FIGURE]",
	 "what is compared: the study's metrics if not told", NULL, 0},
	{"baseline", 0, OPTION_TEXT, offsetof(struct compare_values, baseline), "VALUE",
	 "the value from which differences are taken: the first if not told", NULL, 0},
	{"level", 0, OPTION_TEXT, offsetof(struct compare_values, level), "SHARE",
	 "confidence of the intervals: 0.95 if not told", NULL, 0},
	{"json", 0, OPTION_FLAG, offsetof(struct compare_values, json), NULL, "print as JSON", NULL, 0},
	{0},
};

const struct command command_compare = {
	.name = "compare",
	.arguments = "STUDY.h5 --by KEY [--metric FIGURE]...",
	.summary = "Compare the runs of a collected study, with confidence intervals",
	.help = "What is independent are replications: runs of one replication share their seed and are "
		"averaged\n"
	        "first; without replications each run stands for itself. Means with Student's intervals; "
		"differences are taken run against run: pairs that differ\n"
	        "in nothing but what is compared and share their seed (common random numbers), by a\n"
	        "paired t-test whose p is adjusted after Holm for as many comparisons.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "a collected study",
	.run = go,
};

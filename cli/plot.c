/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim plot: draws the plots of a results file. */
#include "analysis/plot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/results.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "sim/memory.h"

struct plot_values {
	const char *folder;
	int format;
	bool list, json;
};

static uint32_t plot_count(void)
{
	uint32_t n = 0;
	while (plot_table[n].name)
		n++;
	return n;
}

static void list_plots(bool as_json)
{
	struct json j;
	if (!as_json) {
		for (const struct plot *p = plot_table; p->name; p++)
			printf("%-20s %s\n", p->name, p->title);
		return;
	}
	json_begin(&j, stdout);
	json_list(&j, NULL);
	for (const struct plot *p = plot_table; p->name; p++) {
		json_object(&j, NULL);
		json_text(&j, "name", p->name);
		json_text(&j, "title", p->title);
		json_text(&j, "caption", p->caption);
		json_close(&j);
	}
	json_close(&j);
}

/* What the words are: results files first, then (and in between) names of plots. */
struct plot_words {
	const char **paths;
	const struct plot **plots;
	unsigned path_count, plot_count;
};

static bool is_file(const char *word)
{
	return strchr(word, '/') || strchr(word, '.') || access(word, F_OK) == 0;
}

/* False after a message. The first word is always a file, a later one when no plot has that name. */
static bool words_sort(const struct command *command, const struct words *words, struct plot_words *sorted)
{
	uint32_t n = plot_count();
	const char **names = memory_new(n, sizeof *names, "plot names");
	bool all_known = true;
	for (uint32_t i = 0; i < n; i++)
		names[i] = plot_table[i].name;
	for (uint32_t w = 0; w < words->count; w++) {
		const struct plot *plot = w ? plot_find(words->items[w]) : NULL;
		if (plot) {
			sorted->plots[sorted->plot_count++] = plot;
		} else if (w == 0 || is_file(words->items[w])) {
			sorted->paths[sorted->path_count++] = words->items[w];
		} else {
			usage_unknown(command, "plot", words->items[w], names, n);
			all_known = false;
		}
	}
	free(names);
	return all_known;
}

/* Scenarios' names tell runs apart, unless two are the same: then the files' names do. */
static void inputs_label(struct plot_input *inputs, const char *const *paths, unsigned count)
{
	bool same = false;
	for (unsigned i = 0; i < count; i++)
		for (unsigned k = 0; k < i; k++)
			same |= strcmp(results_scenario_name(inputs[i].results),
			               results_scenario_name(inputs[k].results)) == 0;
	for (unsigned i = 0; i < count; i++) {
		const char *slash = strrchr(paths[i], '/');
		inputs[i].label = same ? (slash ? slash + 1 : paths[i])
		                       : results_scenario_name(inputs[i].results);
	}
}

static enum exit_status draw(const struct command *command, const struct plot_values *values,
                             const struct plot_words *sorted, const struct plot_input *inputs)
{
	const char *why = NULL, *folder = values->folder ? values->folder : ".";
	unsigned asked = sorted->plot_count;
	bool lacking = false;
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		fault_surroundings("cannot make the folder %s: %s", folder, strerror(errno));
	unsigned drawn = plot_job_draw(&(struct plot_job){
		.inputs = inputs, .input_count = sorted->path_count,
		.plots = asked ? sorted->plots : NULL, .plot_count = asked,
		.format = (enum plot_format)values->format, .folder = folder, .lacking = &lacking}, &why);
	if (why && lacking)
		return usage_error(command, "%s: %s", sorted->paths[0], why);
	if (why)
		fault_surroundings("%s", why);
	if (drawn < asked || !drawn)
		return usage_error(command, "%s has no data for %s", sorted->paths[0],
		                   asked ? "one of these plots" : "any plot");
	fprintf(stderr, "drew %u %s in %s\n", drawn, drawn == 1 ? "plot" : "plots", folder);
	return EXIT_DONE;
}

static enum exit_status open_and_draw(const struct command *command, const struct plot_values *values,
                                      const struct plot_words *sorted)
{
	struct plot_input *inputs = memory_new(sorted->path_count, sizeof *inputs, "results files");
	enum exit_status status = EXIT_DONE;
	unsigned open = 0;
	for (; open < sorted->path_count && status == EXIT_DONE; open++) {
		const char *why = NULL;
		inputs[open].results = results_open(sorted->paths[open], &why);
		if (!inputs[open].results)
			status = usage_error(command, "%s: %s", sorted->paths[open], why);
	}
	if (status == EXIT_DONE) {
		inputs_label(inputs, sorted->paths, open);
		status = draw(command, values, sorted, inputs);
	}
	while (open)
		results_close(inputs[--open].results);
	free(inputs);
	return status;
}

static enum exit_status plot(const struct command *command, void *given, const struct words *words)
{
	const struct plot_values *values = given;
	enum exit_status status = EXIT_INPUT;
	if (values->list) {
		list_plots(values->json);
		return EXIT_DONE;
	}
	if (!words->count)
		return usage_error(command, "needs a results file; --list tells the plots");
	struct plot_words sorted = {
		.paths = memory_new(words->count, sizeof *sorted.paths, "results files"),
		.plots = memory_new(words->count, sizeof *sorted.plots, "plots asked for"),
	};
	if (words_sort(command, words, &sorted))
		status = open_and_draw(command, values, &sorted);
	free(sorted.paths);
	free(sorted.plots);
	return status;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct plot_values values = {0};
	return options_go(command, argc, argv, &values, plot);
}

static const struct option options[] = {
	{"format", 0, OPTION_CHOICE, offsetof(struct plot_values, format), "FORMAT", "one of",
	 plot_format_names, PLOT_FORMATS},
	{"output", 'o', OPTION_TEXT, offsetof(struct plot_values, folder), "DIR",
	 "where to put them: here if not told", NULL, 0},
	{"list", 0, OPTION_FLAG, offsetof(struct plot_values, list), NULL, "tell which plots there are",
	 NULL, 0},
	{"json", 0, OPTION_FLAG, offsetof(struct plot_values, json), NULL, "with --list: as JSON", NULL, 0},
	{0},
};

const struct command command_plot = {
	.name = "plot",
	.arguments = "FILE... [NAME...] [--format svg|png|pdf] [-o DIR]",
	.summary = "Draw the plots of a results file with gnuplot, or of several in one picture",
	.help = "Without NAME: every plot that the file has data for. Each becomes DIR/NAME.FORMAT. Several\n"
	        "files are overlaid, one line each, in the plots where that says something.",
	.options = options,
	.least_words = 0,
	.most_words = 64,
	.words_meaning = "results files and names of plots",
	.run = go,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim plot: draws the plots of a results file. */
#include "analysis/plot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* The rows of the named plots; false after a message. */
static bool chosen_plots(const struct command *command, const struct words *words, const struct plot **chosen)
{
	uint32_t n = plot_count();
	const char **names = memory_new(n, sizeof *names, "plot names");
	bool all_known = true;
	for (uint32_t i = 0; i < n; i++)
		names[i] = plot_table[i].name;
	for (uint32_t w = 1; w < words->count; w++) {
		chosen[w - 1] = NULL;
		for (uint32_t i = 0; i < n; i++)
			if (strcmp(words->items[w], names[i]) == 0)
				chosen[w - 1] = &plot_table[i];
		if (!chosen[w - 1]) {
			usage_unknown(command, "plot", words->items[w], names, n);
			all_known = false;
		}
	}
	free(names);
	return all_known;
}

static enum exit_status draw(const struct command *command, const struct plot_values *values,
                             const struct words *words, const struct plot *const *chosen)
{
	const char *why = NULL, *folder = values->folder ? values->folder : ".";
	struct results *file = results_open(words->items[0], &why);
	if (!file)
		return usage_error(command, "%s: %s", words->items[0], why);
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		fault_surroundings("cannot make the folder %s: %s", folder, strerror(errno));
	unsigned asked = words->count - 1;
	unsigned drawn = plot_draw(file, asked ? chosen : NULL, asked, (enum plot_format)values->format,
	                           folder, &why);
	if (why)
		fault_surroundings("%s", why); /* before the file is closed: the text is the file's */
	results_close(file);
	if (drawn < asked || !drawn)
		return usage_error(command, "%s has no data for %s", words->items[0],
		                   asked ? "one of these plots" : "any plot");
	fprintf(stderr, "drew %u %s in %s\n", drawn, drawn == 1 ? "plot" : "plots", folder);
	return EXIT_DONE;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct plot_values values = {0};
	struct words words = {0};
	enum options_outcome outcome = options_read(command, argc, argv, &values, &words);
	enum exit_status status = outcome == OPTIONS_HELP ? EXIT_DONE : EXIT_INPUT;
	if (outcome == OPTIONS_GO && values.list) {
		list_plots(values.json);
		status = EXIT_DONE;
	} else if (outcome == OPTIONS_GO && !words.count) {
		usage_error(command, "needs a results file; --list tells the plots");
	} else if (outcome == OPTIONS_GO) {
		const struct plot **chosen = memory_new(words.count, sizeof *chosen, "plots asked for");
		if (chosen_plots(command, &words, chosen))
			status = draw(command, &values, &words, chosen);
		free(chosen);
	}
	words_free(&words);
	return status;
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
	.arguments = "FILE [NAME...] [--format svg|png|pdf] [-o DIR]",
	.summary = "Draw the plots of a results file with gnuplot",
	.help = "Without NAME: every plot that the file has data for. Each becomes DIR/NAME.FORMAT.",
	.options = options,
	.least_words = 0,
	.most_words = 64,
	.words_meaning = "a results file and names of plots",
	.run = go,
};

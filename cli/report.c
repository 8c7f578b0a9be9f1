/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim report: a run as one page of HTML. */
#include "analysis/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/save.h"
#include "cli/commands.h"

#define ROWS_SHOWN 500

struct report_values {
	const char *output;
	struct option_count rows;
};

static enum exit_status report(const struct command *command, void *given, const struct words *words)
{
	const struct report_values *values = given;
	const char *path = words->items[0];
	struct report_counts counts;
	const char *why;
	char *bytes = NULL;
	size_t size = 0;
	struct results *file = results_open(path, &why);
	if (!file)
		return usage_error(command, "%s: %s", path, why);
	FILE *out = open_memstream(&bytes, &size);
	if (!out)
		fault_surroundings("out of memory: no room for the report");
	why = report_write(out, file, path, values->rows.given ? values->rows.value : ROWS_SHOWN, &counts);
	if (fclose(out) != 0)
		fault_surroundings("out of memory: no room for the report");
	if (why)
		fault_surroundings("%s", why);
	if (values->output)
		save_file(values->output, bytes, size);
	else
		fwrite(bytes, 1, size, stdout);
	fprintf(stderr, "wrote %zu kB with %" PRIu64 " plots and %" PRIu64 " tables%s%s\n", size / 1000,
	        counts.plots, counts.tables, values->output ? " to " : "",
	        values->output ? values->output : "");
	if (counts.rows_left_out)
		fprintf(stderr, "%" PRIu64 " rows of tables are left out (--rows)\n", counts.rows_left_out);
	free(bytes);
	results_close(file);
	return EXIT_DONE;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct report_values values = {0};
	return options_go(command, argc, argv, &values, report);
}

static const struct option options[] = {
	{"output", 'o', OPTION_TEXT, offsetof(struct report_values, output), "FILE",
	 "where to write it: stdout if not told", NULL, 0},
	{"rows", 0, OPTION_COUNT, offsetof(struct report_values, rows), "N",
	 "the first N rows of each table: 500 if not told", NULL, 0},
	{0},
};

const struct command command_report = {
	.name = "report",
	.arguments = "FILE [-o DAY.html] [--rows N]",
	.summary = "Write a run as one page of HTML: figures, plots, tables, scenario",
	.help = "The page needs no network and no other file. The plots are drawn by gnuplot.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "a results file",
	.run = go,
};

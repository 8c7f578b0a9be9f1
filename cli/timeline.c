/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim timeline: a run for Perfetto. */
#include "analysis/timeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/save.h"
#include "cli/commands.h"

#define HOSTS_SHOWN 200
#define EVENTS_MOST 500000

struct timeline_values {
	const char *output;
	struct option_count hosts, events;
};

/* What is not in it must not be taken for not having happened. */
static void tell(const struct timeline_counts *c, const char *path)
{
	fprintf(stderr, "wrote %" PRIu64 " events of %" PRIu64 " hosts%s%s\n", c->events, c->hosts,
	        path ? " to " : "", path ? path : "");
	if (c->hosts_left_out)
		fprintf(stderr, "%" PRIu64 " more hosts are left out (--hosts %" PRIu64 " for all)\n",
		        c->hosts_left_out, c->hosts + c->hosts_left_out);
	if (c->cut)
		fprintf(stderr, "the timeline ends at %g s of the run, where its %" PRIu64
		        " events were full (--max-events)\n", c->until_s, c->events);
	if (!c->lives)
		fputs("the file has no events of VMs (record: vms, events): counters alone\n", stderr);
	if (!c->counters)
		fputs("the file has no series (record: hosts, sites): no counters\n", stderr);
}

static enum exit_status timeline(const struct command *command, void *given, const struct words *words)
{
	const struct timeline_values *values = given;
	const char *path = words->items[0];
	const struct timeline_limits limits = {
		values->hosts.given ? values->hosts.value : HOSTS_SHOWN,
		values->events.given ? values->events.value : EVENTS_MOST,
	};
	struct timeline_counts counts;
	const char *why;
	char *bytes = NULL;
	size_t size = 0;
	struct results *file = results_open(path, &why);
	if (!file)
		return usage_error(command, "%s: %s", path, why);
	FILE *out = values->output ? open_memstream(&bytes, &size) : stdout;
	if (!out)
		fault_surroundings("out of memory: no room for the timeline");
	timeline_write(out, file, &limits, &counts);
	if (values->output) {
		if (fclose(out) != 0)
			fault_surroundings("out of memory: no room for the timeline");
		save_file(values->output, bytes, size);
		free(bytes);
	}
	results_close(file);
	tell(&counts, values->output);
	return EXIT_DONE;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct timeline_values values = {0};
	return options_go(command, argc, argv, &values, timeline);
}

static const struct option options[] = {
	{"output", 'o', OPTION_TEXT, offsetof(struct timeline_values, output), "FILE",
	 "where to write it: stdout if not told", NULL, 0},
	{"hosts", 0, OPTION_COUNT, offsetof(struct timeline_values, hosts), "N",
	 "the first N hosts: 200 if not told", NULL, 0},
	{"max-events", 0, OPTION_COUNT, offsetof(struct timeline_values, events), "N",
	 "the first N events: 500000 if not told", NULL, 0},
	{0},
};

const struct command command_timeline = {
	.name = "timeline",
	.arguments = "FILE [-o DAY.json] [--hosts N] [--max-events N]",
	.summary = "Write a run as a timeline that opens in ui.perfetto.dev",
	.help = "Chrome's Trace Event Format: a process a host with the stays of its VMs, arrows for\n"
	        "migrations, counters of power and CPU. What a limit leaves out is told.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "a results file",
	.run = go,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim check: everything that `run` would refuse, told at once; nothing is run. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "scenarios/run.h"
#include "scenarios/scenario_read.h"

struct check_values {
	struct words sets;
	bool json;
};

/* The world is built too, since only then a missing trace or an unknown guest shows. */
static enum exit_status check_scenario(const char *path, const struct scenario *scenario, bool json,
                                       struct diag *diag)
{
	struct run run = {0};
	enum exit_status status = EXIT_INPUT;
	bool good = run_open(&run, scenario, diag);
	diag_print(diag, stderr);
	if (good) {
		status = EXIT_DONE;
		if (json) {
			struct json j;
			json_begin(&j, stdout);
			json_object(&j, NULL);
			json_text(&j, "scenario", path);
			json_bool(&j, "ok", true);
			json_count(&j, "hosts", run.world.host_count);
			json_count(&j, "vms", run.world.vm_count);
			json_close(&j);
		} else {
			uint32_t hosts = run.world.host_count, vms = run.world.vm_count;
			printf("%s: ok: %" PRIu32 " host%s, %" PRIu32 " VM%s, %g h\n", path, hosts,
			       hosts == 1 ? "" : "s", vms, vms == 1 ? "" : "s",
			       (double)scenario->duration_ns / (double)NS_PER_HOUR);
		}
	}
	run_close(&run);
	return status;
}

static enum exit_status read_and_check(const struct command *command, void *given, const struct words *words)
{
	const struct check_values *values = given;
	enum exit_status status = EXIT_INPUT;
	struct diag diag;
	(void)command;
	diag_init(&diag);
	struct scenario *scenario = scenario_read(words->items[0], &(struct scenario_options){
		.overrides = values->sets.items, .override_count = values->sets.count}, &diag);
	if (scenario)
		status = check_scenario(words->items[0], scenario, values->json, &diag);
	else
		diag_print(&diag, stderr);
	scenario_free(scenario);
	diag_fini(&diag);
	return status;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct check_values values = {0};
	enum exit_status status = options_go(command, argc, argv, &values, read_and_check);
	words_free(&values.sets);
	return status;
}

static const struct option options[] = {
	{"set", 0, OPTION_LIST, offsetof(struct check_values, sets), "KEY=VALUE",
	 "override a key of the scenario; may be repeated", NULL, 0},
	{"json", 0, OPTION_FLAG, offsetof(struct check_values, json), NULL, "print the counts as JSON",
	 NULL, 0},
	{0},
};

const struct command command_check = {
	.name = "check",
	.arguments = "SCENARIO [--set KEY=VALUE]...",
	.summary = "Tell all mistakes of a scenario at once; run nothing",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "one scenario file",
	.run = go,
};

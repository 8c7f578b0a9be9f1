/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim isa run: a guest on the small machine, under one technique or all. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/isa.h"
#include "cli/json.h"
#include "models/hypervisor/virtualize.h"
#include "scenarios/guest_program.h"
#include "scenarios/isa_read.h"

struct run_values {
	const char *isa, *technique;
	struct option_count guests, levels, steps;
	bool json, trace;
};

static void row_tell(enum vmm_technique technique, const struct outcome *o)
{
	const struct guest_counts *c = &o->counts;
	printf("%-17s %12" PRIu64 " %7.2f %9" PRIu64 " %10" PRIu64 " %9" PRIu64 " %11" PRIu64 " %10" PRIu64
	       " %7" PRIu64 " %7" PRIu64 " %9.3f  %s%s%s\n",
	       vmm_technique_names[technique], o->instructions, 100 * o->direct_01, c->traps, c->dispatcher,
	       c->allocator, c->interpreter, c->hypercalls, c->blocks, c->chained + c->hits, o->vmm_calls,
	       o->equivalent ? "equal" : "differs", o->contained ? "" : ", ESCAPED",
	       o->halted ? "" : ", stopped");
}

static void difference_tell(enum vmm_technique technique, const struct outcome *o)
{
	const struct divergence *d = &o->first;
	if (!o->equivalent)
		printf("%s: guest %u differs from the bare machine first at step %" PRIu64
		       ", address %u, %s: %s\n",
		       vmm_technique_names[technique], o->first_guest, d->step, d->address, d->instruction,
		       d->what);
}

static void row_json(struct json *j, enum vmm_technique technique, const struct outcome *o)
{
	const struct guest_counts *c = &o->counts;
	const struct {
		const char *name;
		uint64_t value;
	} counts[] = {
		{"instructions", o->instructions},
		{"traps", c->traps},
		{"dispatcher", c->dispatcher},
		{"allocator", c->allocator},
		{"interpreter", c->interpreter},
		{"hypercalls", c->hypercalls},
		{"reflected", c->reflected},
		{"slices", c->slices},
		{"blocks", c->blocks},
		{"lookups", c->lookups},
		{"hits", c->hits},
		{"chained", c->chained},
		{"flushes", c->flushes},
		{"inner_instructions", o->inner},
	};
	json_object(j, NULL);
	json_text(j, "technique", vmm_technique_names[technique]);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		json_count(j, counts[i].name, counts[i].value);
	json_real(j, "direct_share", o->direct_01);
	json_real(j, "vmm_calls_per_instruction", o->vmm_calls);
	json_bool(j, "halted", o->halted);
	json_bool(j, "equivalent", o->equivalent);
	json_bool(j, "contained", o->contained);
	if (!o->equivalent) {
		json_object(j, "first_difference");
		json_count(j, "step", o->first.step);
		json_count(j, "address", o->first.address);
		json_text(j, "instruction", o->first.instruction);
		json_text(j, "what", o->first.what);
		json_close(j);
	}
	json_close(j);
}

/* Under one technique, or under all; false when some guest differs or escapes. */
static bool run_all(const struct run_values *values, struct virtualize *what, bool all)
{
	bool good = true;
	struct json j;
	enum vmm_technique one = what->technique;
	static struct outcome const nothing;
	struct outcome outcomes[VMM_TECHNIQUES];
	for (unsigned t = 0; t < VMM_TECHNIQUES; t++) {
		outcomes[t] = nothing;
		if (!all && t != (unsigned)one)
			continue;
		what->technique = (enum vmm_technique)t;
		if (values->trace)
			fprintf(what->trace, "%s\n", vmm_technique_names[t]);
		virtualize(what, &outcomes[t]);
		good &= outcomes[t].equivalent && outcomes[t].contained;
	}
	if (values->json) {
		json_begin(&j, stdout);
		json_list(&j, NULL);
	} else {
		printf("%-17s %12s %7s %9s %10s %9s %11s %10s %7s %7s %9s\n", "technique", "instructions",
		       "direct%", "traps", "dispatcher", "allocator", "interpreter", "hypercalls", "blocks",
		       "reused", "VMM/instr");
	}
	for (unsigned t = 0; t < VMM_TECHNIQUES; t++)
		if (all || t == (unsigned)one) {
			if (values->json)
				row_json(&j, (enum vmm_technique)t, &outcomes[t]);
			else
				row_tell((enum vmm_technique)t, &outcomes[t]);
		}
	if (values->json)
		json_close(&j);
	for (unsigned t = 0; t < VMM_TECHNIQUES && !values->json; t++)
		if (all || t == (unsigned)one)
			difference_tell((enum vmm_technique)t, &outcomes[t]);
	return good;
}

/* The technique of that name; VMM_TECHNIQUES: all. False after a message. */
static bool technique_choose(const struct command *command, const char *name, enum vmm_technique *technique)
{
	const char *names[VMM_TECHNIQUES + 1];
	*technique = VMM_TECHNIQUES;
	for (unsigned t = 0; t < VMM_TECHNIQUES; t++) {
		names[t] = vmm_technique_names[t];
		if (name && strcmp(name, names[t]) == 0)
			*technique = (enum vmm_technique)t;
	}
	names[VMM_TECHNIQUES] = "all";
	if (!name || strcmp(name, "all") == 0 || *technique != VMM_TECHNIQUES)
		return true;
	usage_unknown(command, "technique", name, names, VMM_TECHNIQUES + 1);
	return false;
}

static bool numbers_check(const struct command *command, const struct run_values *values)
{
	if (values->guests.given &&
	    (values->guests.value < 1 || values->guests.value > VIRTUALIZE_GUESTS_MOST))
		usage_error(command, "--guests must be from 1 to %d", VIRTUALIZE_GUESTS_MOST);
	else if (values->levels.given &&
	         (values->levels.value < 1 || values->levels.value > VIRTUALIZE_LEVELS_MOST))
		usage_error(command, "--levels must be from 1 to %d", VIRTUALIZE_LEVELS_MOST);
	else if (values->steps.given && values->steps.value < 1)
		usage_error(command, "--steps must be at least 1");
	else
		return true;
	return false;
}

static enum exit_status run(const struct command *command, void *given, const struct words *words)
{
	struct run_values *values = given;
	struct diag diag;
	struct arena arena;
	enum exit_status status = EXIT_INPUT;
	enum vmm_technique technique;
	if (!numbers_check(command, values) || !technique_choose(command, values->technique, &technique))
		return EXIT_INPUT;
	diag_init(&diag);
	arena_init(&arena);
	const char *isa_name = values->isa ? values->isa : "clean";
	struct virtualize what = {
		.technique = technique,
		.guests = (uint32_t)values->guests.value,
		.levels = (uint32_t)values->levels.value,
		.steps = values->steps.value,
		.trace = !values->trace ? NULL
	                 : values->json ? stderr
	                                : stdout,
	};
	what.text = guest_program_read(words->items[0], (struct place){"isa run", 0, 0}, &arena, &diag);
	const struct isa *isa = isa_read(isa_name, (struct place){"isa run", 0, 0}, &arena, &diag);
	if (isa)
		isa_bind(isa, &what.isa, (struct place){isa_name, 0, 0}, &diag);
	diag_print(&diag, stderr);
	if (!diag.errors)
		status = run_all(values, &what, technique == VMM_TECHNIQUES) ? EXIT_DONE : EXIT_COMPARISON;
	arena_fini(&arena);
	diag_fini(&diag);
	return status;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct run_values values = {0};
	return options_go(command, argc, argv, &values, run);
}

static const struct option options[] = {
	{"isa", 0, OPTION_TEXT, offsetof(struct run_values, isa), "FILE",
         "the instruction set: clean (preset), classic, pdp10, assisted, or a file", NULL, 0},
	{"technique", 0, OPTION_TEXT, offsetof(struct run_values, technique), "NAME",
         "native, trap_and_emulate, translation, interpretation, paravirtual, hybrid, recursive, all "
         "(preset)",
         NULL, 0},
	{"guests", 0, OPTION_COUNT, offsetof(struct run_values, guests), "N", "so many guests side by side",
         NULL, 0},
	{"levels", 0, OPTION_COUNT, offsetof(struct run_values, levels), "N",
         "recursive: monitors one within the other inside the guest (preset 1)", NULL, 0},
	{"steps", 0, OPTION_COUNT, offsetof(struct run_values, steps), "N",
         "stop each guest after so many steps", NULL, 0},
	{"trace", 0, OPTION_FLAG, offsetof(struct run_values, trace), NULL,
         "print each instruction of the first guest before it is run: step, mode, address", NULL, 0},
	{"json", 0, OPTION_FLAG, offsetof(struct run_values, json), NULL, "print the counts as JSON", NULL,
         0},
	{0},
};

const struct command isa_run_command = {
	.name = "isa run",
	.arguments = "PROGRAM [--isa FILE] [--technique NAME]",
	.summary = "Run a guest under the techniques of virtualization, compared with the bare machine "
                   "step by step",
	.help = "PROGRAM is a file of assembly, or one that comes along: compute, console, toy_os, mirror, "
                "to_user.\n"
		"direct%: instructions run without intervention. VMM/instr: calls of the monitor's modules "
                "(recursive:\n"
		"and instructions of the monitor within) per instruction of the guest. Ends with status 1 "
                "when a guest\n"
		"differs from the bare machine.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "one program",
	.run = go,
};

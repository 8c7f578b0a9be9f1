/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim isa: finds the action; `check` holds a description of an instruction set against the theorems of
 * Popek and Goldberg. */
#include "cli/isa.h"

#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "scenarios/isa_read.h"

struct check_values {
	bool json;
};

static const char *const theorem_words[ISA_THEOREMS] = {
	"theorem 1: every sensitive instruction is privileged; a VMM can be built",
	"theorem 2: and a VMM without timing dependencies; it can run itself",
	"theorem 3: every user sensitive instruction is privileged; a hybrid VMM can be built",
};

static void offender_tell(const struct isa_instruction *i)
{
	char kinds[40] = "";
	for (unsigned k = 0; k < ISA_KINDS; k++)
		if (i->sensitive & 1U << k) {
			size_t used = strlen(kinds);
			snprintf(kinds + used, sizeof kinds - used, "%s%s", used ? ", " : "",
			         isa_kind_names[k]);
		}
	printf("    %-10s %-18s %-8s %s\n", i->name, kinds, isa_user_names[i->user],
	       i->note ? i->note : "");
}

static void offenders_tell(const struct isa *isa, enum isa_theorem theorem)
{
	for (uint32_t i = 0; i < isa->instruction_count; i++)
		if (isa_offends(&isa->instructions[i], theorem) && theorem == ISA_THEOREM_1)
			offender_tell(&isa->instructions[i]);
	if (theorem == ISA_THEOREM_1)
		return;
	const char *before = "    ";
	for (uint32_t i = 0; i < isa->instruction_count; i++)
		if (isa_offends(&isa->instructions[i], theorem)) {
			printf("%s%s", before, isa->instructions[i].name);
			before = ", ";
		}
	puts("");
}

/* "holds", with what the letter of the theorem leaves out where hardware assists. */
static const char *verdict_word(const struct isa_verdict *v, enum isa_theorem theorem)
{
	if (!v->holds[theorem])
		return "does not hold";
	return v->assisted ? "holds for what reaches the machine\n" : "holds\n";
}

static void verdict_tell(const struct isa *isa, const struct isa_verdict *v)
{
	printf("%s: %u instructions, %u privileged, %u sensitive\n", isa->name, isa->instruction_count,
	       v->privileged, v->sensitive);
	for (uint32_t i = 0; i < isa->level_count; i++)
		printf("  %s: %s\n", isa->levels[i].name, isa->levels[i].holds);
	for (unsigned t = 0; t < ISA_THEOREMS; t++) {
		printf("%s\n  %s", theorem_words[t], verdict_word(v, (enum isa_theorem)t));
		if (v->offenders[t]) {
			printf(": %u sensitive and not privileged\n", v->offenders[t]);
			offenders_tell(isa, (enum isa_theorem)t);
		} else if (!v->holds[t]) {
			puts(": a VMM of this machine depends on timing");
		}
	}
	if (v->assisted)
		printf("%u sensitive instructions act on the guest's own state, without an exit. They\n"
		       "do not trap, so by the letter they are not privileged, nor do they reach the\n"
		       "real machine: the paper does not know such hardware.\n",
		       v->assisted);
	if (!v->holds[ISA_THEOREM_1])
		puts("The condition of theorem 1 is sufficient, not necessary: translation,\n"
		     "paravirtualization and interpretation do without it.");
}

static void verdict_json(const struct isa *isa, const struct isa_verdict *v)
{
	struct json j;
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "isa", isa->name);
	json_count(&j, "instructions", isa->instruction_count);
	json_count(&j, "privileged", v->privileged);
	json_count(&j, "sensitive", v->sensitive);
	json_count(&j, "on_virtual_state", v->assisted);
	json_list(&j, "theorems");
	for (unsigned t = 0; t < ISA_THEOREMS; t++) {
		json_object(&j, NULL);
		json_count(&j, "theorem", t + 1);
		json_bool(&j, "holds", v->holds[t]);
		json_list(&j, "offenders");
		for (uint32_t i = 0; i < isa->instruction_count; i++)
			if (isa_offends(&isa->instructions[i], (enum isa_theorem)t))
				json_text(&j, NULL, isa->instructions[i].name);
		json_close(&j);
		json_close(&j);
	}
	json_close(&j);
	json_close(&j);
}

static enum exit_status check(const struct command *command, void *given, const struct words *words)
{
	const struct check_values *values = given;
	struct diag diag;
	struct arena arena;
	enum exit_status status = EXIT_INPUT;
	(void)command;
	diag_init(&diag);
	arena_init(&arena);
	const struct isa *isa = isa_read(words->items[0], (struct place){"isa check", 0, 0}, &arena, &diag);
	diag_print(&diag, stderr);
	if (isa) {
		struct isa_verdict verdict = isa_judge(isa);
		(values->json ? verdict_json : verdict_tell)(isa, &verdict);
		status = verdict.holds[ISA_THEOREM_1] ? EXIT_DONE : EXIT_COMPARISON;
	}
	arena_fini(&arena);
	diag_fini(&diag);
	return status;
}

static enum exit_status go_check(const struct command *command, int argc, char **argv)
{
	struct check_values values = {0};
	return options_go(command, argc, argv, &values, check);
}

static const struct option check_options[] = {
	{"json", 0, OPTION_FLAG, offsetof(struct check_values, json), NULL, "the same as JSON", NULL, 0},
	{0},
};

const struct command isa_check_command = {
	.name = "isa check",
	.arguments = "FILE [--json]",
	.summary = "Hold an instruction set against the theorems of Popek and Goldberg",
	.help = "FILE is a YAML file, or the name of one that comes along: clean, classic, pdp10, "
                "assisted,\n"
		"x86_classic, x86_vtx, arm_classic. Ends with status 1 when theorem 1 does not hold.",
	.options = check_options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "one description of an instruction set",
	.run = go_check,
};

static const struct command *const actions[] = {&isa_check_command, &isa_run_command, NULL};

static const struct option options[] = {{0}};

const struct command command_isa = {
	.name = "isa",
	.arguments = "check FILE | run PROGRAM",
	.summary = "Can this instruction set be virtualized? Run guests on a machine that shows it",
	.help = "check    the theorems of Popek and Goldberg, with the instructions that violate them\n"
		"run      a guest on a small machine: natively and under each technique, step by step "
                "equal or not\n\n"
		"'vdcsim isa ACTION --help' tells more of each.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "an action (check, run) and what to act on",
	.run = options_act,
	.actions = actions,
};

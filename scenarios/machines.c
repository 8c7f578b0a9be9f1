/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs on the small machine, from scenario to table. They take no simulated time: what they count is
 * instructions. */
#include "scenarios/machines.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/guest_program.h"
#include "scenarios/isa_read.h"

const char *const machine_technique_names[MACHINE_TECHNIQUES] = {
	"native",      "trap_and_emulate", "translation", "interpretation",
	"paravirtual", "hybrid",           "recursive",   "all",
};

void machines_check(const struct scenario *s, const struct yaml_node *root, struct diag *diag)
{
	bool hosts = s->host_group_count || yaml_get(root, "hosts"),
	     vms = s->vm_group_count || yaml_get(root, "vms");
	bool free_of_them = (s->machine_count || s->job_count || s->remus_count || s->has_cloudsim) &&
		!hosts &&
	                    !vms;
	if (!hosts && !free_of_them)
		diag_error(diag, root->place,
		           "the scenario has no 'hosts'; it must be given: Groups of equal hosts");
	if (!vms && !free_of_them)
		diag_error(diag, root->place,
		           "the scenario has no 'vms'; it must be given: Groups of equal VMs");
	for (uint32_t i = 0; i < s->machine_count; i++)
		for (uint32_t k = 0; k < i; k++) {
			if (strcmp(s->machines[i].name, s->machines[k].name) != 0)
				continue;
			diag_error(diag, s->machines[i].place,
			           "there are two of machines called '%s'; names must differ",
			           s->machines[i].name);
			break;
		}
}

static void run_add(struct machine_runs *m, const struct scenario_machine *g, const struct virtualize *what)
{
	bool alone = what->technique == VMM_NATIVE || what->technique == VMM_RECURSIVE;
	uint32_t count = m->count;
	ARRAY_GROW(m->runs, count, m->room, "runs on the small machine");
	ARRAY_GROW(m->what, count, m->what_room, "runs on the small machine");
	m->runs[count] = (struct machine_run){
		.name = g->name,
		.program = g->program,
		.isa = g->isa,
		.technique = what->technique,
		.guests = alone ? 1 : what->guests,
		.levels = what->technique == VMM_RECURSIVE ? what->levels : 0,
		.instruction = "",
		.what = "",
	};
	m->what[m->count++] = *what;
}

static void machine_open(struct machine_runs *m, const struct scenario_machine *g, struct diag *diag)
{
	struct virtualize what = {.guests = (uint32_t)g->guests, .levels = (uint32_t)g->levels};
	const struct isa *isa = isa_read(g->isa, g->place, &m->arena, diag);
	what.text = guest_program_read(g->program, g->place, &m->arena, diag);
	if (!isa || !isa_bind(isa, &what.isa, g->place, diag) || !what.text)
		return;
	for (unsigned t = 0; t < VMM_TECHNIQUES; t++) {
		what.technique = (enum vmm_technique)t;
		if (g->technique == VMM_TECHNIQUES || g->technique == t)
			run_add(m, g, &what);
	}
}

bool machines_open(struct machine_runs *m, const struct scenario *s, struct diag *diag)
{
	uint32_t errors = diag->errors;
	*m = (struct machine_runs){0};
	arena_init(&m->arena);
	for (uint32_t i = 0; i < s->machine_count; i++)
		machine_open(m, &s->machines[i], diag);
	return diag->errors == errors;
}

void machines_go(struct machine_runs *m, struct digest *digest)
{
	for (uint32_t i = 0; i < m->count; i++) {
		struct machine_run *run = &m->runs[i];
		struct outcome *o = &run->outcome;
		virtualize(&m->what[i], o);
		if (!o->equivalent) {
			run->instruction = o->first.instruction;
			run->what = o->first.what;
		}
		const struct guest_counts *c = &o->counts;
		uint64_t outcome =
			(uint64_t)o->equivalent | (uint64_t)o->contained << 1 | (uint64_t)o->halted << 2;
		digest_add(digest, DIGEST_MACHINE,
		           (const uint64_t[5]){i, o->instructions, c->traps ^ c->interpreter << 32,
		                               c->direct ^ o->inner << 32, outcome ^ o->console.hash});
	}
}

void machines_close(struct machine_runs *m)
{
	free(m->runs);
	free(m->what);
	arena_fini(&m->arena);
}

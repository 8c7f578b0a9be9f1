/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of runs on the small machine. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "scenarios/machines.h"
#include "scenarios/scenario.h"

#define MACHINE(member) offsetof(struct scenario_machine, member)

static const struct key rows[] = {
	{"machines[]", KEY_SECTION, .least = 1, .most = 1000, .optional = true,
         .offset = offsetof(struct scenario, machines),
         .count_offset = offsetof(struct scenario, machine_count),
         .place_offset = MACHINE(place), .size = sizeof(struct scenario_machine),
         .summary = "Guests that really run, on a machine after Popek and Goldberg; a scenario with these "
                    "needs no hosts and no VMs"},
	{"machines[].name", KEY_NAME, .most = 63, .preset = "machine", .offset = MACHINE(name),
         .summary = "Name of the run"},
	{"machines[].isa", KEY_TEXT, .most = 1000, .preset = "clean", .offset = MACHINE(isa),
         .summary = "Instruction set: clean, classic, pdp10, assisted, or a file (`vdcsim isa check`)"},
	{"machines[].program", KEY_TEXT, .most = 1000, .preset = "toy_os", .offset = MACHINE(program),
         .summary = "What the guests run: compute, console, toy_os, mirror, to_user, or a file of assembly"},
	{"machines[].technique", KEY_CHOICE, .preset = "all", .names = machine_technique_names,
         .name_count = MACHINE_TECHNIQUES, .offset = MACHINE(technique),
         .summary = "How they are virtualized; all: one row a technique"},
	{"machines[].guests", KEY_COUNT, .least = 1, .most = VIRTUALIZE_GUESTS_MOST, .preset = "1",
         .offset = MACHINE(guests), .summary = "Guests side by side; native and recursive always have one"},
	{"machines[].levels", KEY_COUNT, .least = 1, .most = VIRTUALIZE_LEVELS_MOST, .preset = "1",
         .offset = MACHINE(levels), .summary = "recursive: monitors one within the other inside the guest"},
};
const struct key_table key_machines = {rows, sizeof rows / sizeof *rows};

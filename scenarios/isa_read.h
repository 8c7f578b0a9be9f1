/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads descriptions of instruction sets: YAML files of scenarios/isa/, or a person's own.
 *
 *   name: classic
 *   instructions:
 *     - {name: smsw, sensitive: [mode], in_user_mode: silent}
 *     - {name: lpsw, sensitive: [control], privileged: true}      # privileged: in_user_mode is traps
 *     - {name: add}                                               # innocuous
 * Control and location sensitive instructions are taken to be user sensitive too, unless `user_sensitive:
 * false` says that only supervisor mode makes them so (models/hypervisor/isa.h). */
#ifndef SCENARIOS_ISA_READ_H
#define SCENARIOS_ISA_READ_H

#include <stdbool.h>

#include "models/hypervisor/isa.h"
#include "models/hypervisor/machine.h"
#include "scenarios/diag.h"
#include "scenarios/yaml.h"

/* A path, or the name of a file of scenarios/isa/ ("clean"). NULL after errors were added to diag (at
 * `at`, when there is none of that name); lives in the arena otherwise. */
struct isa *isa_read(const char *path, struct place at, struct arena *arena, struct diag *diag);
struct isa *isa_read_text(const char *text, const char *name, struct arena *arena, struct diag *diag);

/* How the machine of machine.h behaves when it has this instruction set. False after an error (told at `at`)
 * when it describes another machine. */
bool isa_bind(const struct isa *isa, struct machine_isa *machine, struct place at, struct diag *diag);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a YAML tree by the table of keys. */
#ifndef SCENARIOS_KEY_READ_H
#define SCENARIOS_KEY_READ_H

#include "scenarios/diag.h"
#include "scenarios/yaml.h"
#include "sim/memory.h"

/* Where values of a reading live, and whom it tells. */
struct key_reading {
	struct arena *arena;
	struct diag *diag;
};

/* Reads a mapping as a section: presets where keys are absent, every mistake told. `map` NULL: presets only,
 * and `at` is where that is told. */
void key_read(const struct key_reading *r, const char *section, const struct yaml_node *map, struct place at,
              void *base);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of keys, one a section of the scenario: key_NAME.c holds the rows of key_NAME, key_table.c the
 * list of them. What a row says: key.h. A new key is one row there and one member of a struct in
 * scenario.h. */
#ifndef SCENARIOS_KEY_TABLE_H
#define SCENARIOS_KEY_TABLE_H

#include <stdint.h>

#include "scenarios/key.h"

/* The i-th of all rows, in the order of the manual; NULL past the last. */
const struct key *key_at(uint32_t i);
uint32_t key_count(void);

/* The row of a path, or NULL. */
const struct key *key_find(const char *path);

/* Whole days below TIME_MAX_NS (sim/time.h): a limit that messages can tell and a person can type. */
#define TIME_MOST (6671 * 86400e9)

struct key_table {
	const struct key *rows;
	uint32_t count;
};

extern const struct key_table key_sites, key_hosts, key_storage, key_vms, key_demand, key_placement,
	key_migration, key_identity, key_traffic, key_control, key_machines, key_failures, key_cloudsim,
		key_run;

#endif

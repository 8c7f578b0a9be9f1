/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of keys: the scenario's own, and the list of the tables of its sections. */
#include "scenarios/key_table.h"

#include <stddef.h>
#include <string.h>

#include "scenarios/scenario.h"

#define S(member) offsetof(struct scenario, member)

static const struct key rows[] = {
	{"name", KEY_NAME, .most = 63, .optional = true, .offset = S(name),
         .summary = "Name of the scenario, for results and plots; absent: the file's name"},
	{"description", KEY_TEXT, .most = 4096, .optional = true, .offset = S(description),
         .summary = "What the scenario shows, in a sentence or two"},
	{"duration", KEY_WHOLE, .dimension = DIM_TIME, .least = 1, .most = TIME_MOST, .preset = "24 h",
         .offset = S(duration_ns), .summary = "Simulated time"},
	{"seed", KEY_SEED, .most = 0x1p64, .preset = "1", .offset = S(seed),
         .summary = "Seed of every random stream"},
	{"include", KEY_INCLUDE, .optional = true,
         .summary = "A file, or a list of files, whose keys lie below those of the mapping it is in; any "
                    "mapping"},
};
static const struct key_table key_scenario = {rows, sizeof rows / sizeof *rows};

/* In the order of the manual; it is the order of reading too. */
static const struct key_table *const key_tables[] = {
	&key_scenario,
	&key_sites,     /* sites[], costs, network */
	&key_hosts,     /* hosts[], host_order */
	&key_storage,   /* images[], pools[] */
	&key_vms,       /* vms[] */
	&key_demand,    /* vms[].demand */
	&key_placement, /* placement */
	&key_migration, /* migration */
	&key_identity,  /* migration.identity, vms[].devices, hosts[].devices, hosts[].image_formats */
	&key_traffic,   /* traffic[], processes[] */
	&key_control,   /* control */
	&key_machines,  /* machines[] */
	&key_failures,  /* hosts[].failures, jobs[], remus[] */
	&key_cloudsim,  /* cloudsim */
	&key_run,       /* energy, record, actions[], engine */
};
#define TABLES (sizeof key_tables / sizeof *key_tables)

const struct key *key_at(uint32_t i)
{
	for (size_t t = 0; t < TABLES; t++) {
		if (i < key_tables[t]->count)
			return &key_tables[t]->rows[i];
		i -= key_tables[t]->count;
	}
	return NULL;
}

uint32_t key_count(void)
{
	uint32_t n = 0;
	for (size_t t = 0; t < TABLES; t++)
		n += key_tables[t]->count;
	return n;
}

const struct key *key_find(const char *path)
{
	const struct key *key;
	for (uint32_t i = 0; (key = key_at(i)); i++)
		if (strcmp(key->path, path) == 0)
			return key;
	return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `list` prints: items with a name, a line about them, and more fields; built from the tables in the
 * code. */
#ifndef CLI_ITEMS_H
#define CLI_ITEMS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/memory.h"

#define ITEM_FIELDS 8

struct item_field {
	const char *label;
	const char *text;             /* NULL: the field is the list */
	const char *const *list;
	uint32_t count;
};

struct item {
	const char *name, *summary;
	struct item_field fields[ITEM_FIELDS];
	uint32_t field_count;
};

struct items {
	struct arena arena;           /* for texts that are made here */
	struct item *items;
	uint32_t count, room;
};

void items_init(struct items *items);
void items_fini(struct items *items);

/* Strings must outlive the items or live in their arena. The pointer is good until the next add. */
struct item *items_add(struct items *items, const char *name, const char *summary);
void item_text(struct item *item, const char *label, const char *text);
void item_list(struct item *item, const char *label, const char *const *list, uint32_t count);

/* Each fills in one kind of things. */
void items_models(struct items *items);
void items_migration(struct items *items);   /* its part of the models */
void items_policies(struct items *items);
void items_traces(struct items *items);
void items_catalog(struct items *items);
void items_plots(struct items *items);
void items_hypervisors(struct items *items);
void items_mixes(struct items *items);
void items_taxonomy(struct items *items);

/* Adds every table of a folder of the catalogue (instances, parts) and every row of them. */
void items_tables(struct items *items, const char *folder);

/* One line an item; with `name` only the item of that name and all its fields. False when there is none. */
bool items_print(const struct items *items, const char *name);
bool items_json(const struct items *items, const char *name);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items, as text and as JSON. */
#include "cli/items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "sim/fault.h"

void items_init(struct items *items)
{
	*items = (struct items){0};
	arena_init(&items->arena);
}

void items_fini(struct items *items)
{
	free(items->items);
	arena_fini(&items->arena);
}

struct item *items_add(struct items *items, const char *name, const char *summary)
{
	ARRAY_GROW(items->items, items->count, items->room, "list of items");
	struct item *item = &items->items[items->count++];
	*item = (struct item){.name = name, .summary = summary};
	return item;
}

static struct item_field *field_add(struct item *item, const char *label)
{
	ASSERT(item->field_count < ITEM_FIELDS);
	struct item_field *field = &item->fields[item->field_count++];
	field->label = label;
	return field;
}

void item_text(struct item *item, const char *label, const char *text)
{
	if (text)
		field_add(item, label)->text = text;
}

void item_list(struct item *item, const char *label, const char *const *list, uint32_t count)
{
	struct item_field *field = field_add(item, label);
	field->list = list;
	field->count = count;
}

static void print_fields(const struct item *item)
{
	printf("%s\n  %s\n", item->name, item->summary);
	for (uint32_t f = 0; f < item->field_count; f++) {
		const struct item_field *field = &item->fields[f];
		if (field->text) {
			printf("  %s: %s\n", field->label, field->text);
			continue;
		}
		printf("  %s:%s\n", field->label, field->count ? "" : " none");
		for (uint32_t i = 0; i < field->count; i++)
			printf("    %s\n", field->list[i]);
	}
}

bool items_print(const struct items *items, const char *name)
{
	int width = 0;
	bool found = !name;
	for (uint32_t i = 0; i < items->count; i++)
		if ((int)strlen(items->items[i].name) > width)
			width = (int)strlen(items->items[i].name);
	for (uint32_t i = 0; i < items->count; i++) {
		const struct item *item = &items->items[i];
		if (!name) {
			printf("%-*s  %s\n", width, item->name, item->summary);
		} else if (strcmp(item->name, name) == 0) {
			print_fields(item);
			found = true;
		}
	}
	return found;
}

static void item_json(struct json *j, const struct item *item)
{
	json_object(j, NULL);
	json_text(j, "name", item->name);
	json_text(j, "summary", item->summary);
	for (uint32_t f = 0; f < item->field_count; f++) {
		const struct item_field *field = &item->fields[f];
		if (field->text) {
			json_text(j, field->label, field->text);
			continue;
		}
		json_list(j, field->label);
		for (uint32_t i = 0; i < field->count; i++)
			json_text(j, NULL, field->list[i]);
		json_close(j);
	}
	json_close(j);
}

bool items_json(const struct items *items, const char *name)
{
	bool found = !name;
	for (uint32_t i = 0; name && i < items->count; i++)
		found |= strcmp(items->items[i].name, name) == 0;
	if (!found)
		return false;
	struct json j;
	json_begin(&j, stdout);
	json_list(&j, NULL);
	for (uint32_t i = 0; i < items->count; i++)
		if (!name || strcmp(items->items[i].name, name) == 0)
			item_json(&j, &items->items[i]);
	json_close(&j);
	return true;
}

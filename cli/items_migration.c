/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is to choose from when a VM moves: kinds, stop rules, dirty patterns and the rest, each with its
 * source; and the ranges in which migrations were measured. */
#include "cli/items.h"
#include "models/migration/choices.h"
#include "models/migration/migration.h"
#include "models/migration/range.h"

static void kind_add(struct items *items, const char *kind, const char *summary, const char *source)
{
	const char *name = arena_printf(&items->arena, "migration.%s", kind);
	item_text(items_add(items, name, summary), "source", source);
}

static void choices_add(struct items *items, const struct move_choices *c)
{
	const char *name = arena_printf(&items->arena, "migration.%s", c->topic);
	item_list(items_add(items, name, c->question), "choices", c->names, c->count);
	for (uint32_t i = 0; i < c->count; i++) {
		name = arena_printf(&items->arena, "migration.%s.%s", c->topic, c->names[i]);
		item_text(items_add(items, name, c->rows[i].summary), "source", c->rows[i].source);
	}
}

/* "36 runs: bandwidth 29 to 138 MiB/s, ..." */
static const char *stratum_line(struct arena *arena, const struct range_stratum *s)
{
	const char *line = arena_printf(arena, "%s: %u runs; ", s->name, s->runs);
	for (unsigned a = 0; a < RANGE_AXES; a++)
		line = arena_printf(arena, "%s%s %g to %g %s, ", line, range_axes[a].name, s->box[a].least,
		                    s->box[a].most, range_axes[a].unit);
	return arena_printf(arena, "%serrors: time %g %% (nine of ten below %g %%), bytes %g %%, downtime "
	                    "%g ms", line, 100 * s->total_01, 100 * s->total_p90_01, 100 * s->bytes_01,
	                    s->downtime_ms);
}

static void ranges_add(struct items *items)
{
	uint32_t n = 0;
	while (range_strata[n].name)
		n++;
	const char **lines = arena_new(&items->arena, n, sizeof *lines);
	for (uint32_t i = 0; i < n; i++)
		lines[i] = stratum_line(&items->arena, &range_strata[i]);
	struct item *item = items_add(items, "migration.range",
	                              "where the model of migration was held against QEMU, and its error");
	item_list(item, "ranges", lines, n);
	item_text(item, "besides", "alone on the path, a round trip of at most 1 ms, QEMU's stop rule, no "
	          "options but auto-converge");
	item_text(item, "source", "docs/validation.md");
}

void items_migration(struct items *items)
{
	for (const struct migration_kind *const *kind = migration_kinds; *kind; kind++)
		kind_add(items, (*kind)->name, (*kind)->summary, (*kind)->source);
	for (const struct move_kind *const *kind = move_kinds; *kind; kind++)
		kind_add(items, (*kind)->name, (*kind)->summary, (*kind)->source);
	for (const struct move_choices *c = move_choices; c->topic; c++)
		choices_add(items, c);
	ranges_add(items);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of guests: finds and reads them, and what all readers need. */
#include "scenarios/arrivals.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/fault.h"

const char *const arrivals_lifetimes_names[ARRIVALS_LIFETIMES] = {"drawn", "endless"};

static const struct arrivals_reader *reader_of(const struct arrivals_request *want, struct place place,
                                               struct diag *diag)
{
	const char *format = want->format, *formats = "";
	for (const struct trace_info *info = arrivals_table; info->name && !format; info++)
		if (strcmp(info->name, want->name) == 0)
			format = info->format;
	for (const struct arrivals_reader *const *r = arrivals_readers; *r; r++) {
		if (format && strcmp((*r)->format, format) == 0)
			return *r;
		formats = arena_printf(&diag->arena, "%s%s%s", formats, *formats ? ", " : "", (*r)->format);
	}
	if (format)
		diag_error(diag, place, "there is no format of arrivals '%.60s'; there is %s", format,
		           formats);
	else
		diag_error(diag, place,
		           "'%.200s' is no named list of arrivals: as a path it needs a format (%s)",
		           want->name, formats);
	return NULL;
}

bool arrivals_open(const struct arrivals_request *want, struct arrivals *out, struct place place,
                   struct diag *diag)
{
	char path[PATH_MAX];
	*out = (struct arrivals){0};
	const struct arrivals_reader *reader = reader_of(want, place, diag);
	if (!reader || !trace_look(want->name, path, sizeof path, place, diag))
		return false;
	arena_init(&out->names);
	bool well = reader->read(path, want, out, place, diag);
	if (well && !out->count) {
		diag_error(diag, place, "the list of arrivals %s is empty", path);
		well = false;
	}
	if (!well)
		arrivals_close(out);
	return well;
}

void arrivals_close(struct arrivals *a)
{
	free(a->flavours);
	free(a->start_ns);
	free(a->life_ns);
	free(a->tenant);
	free(a->flavour);
	free(a->name);
	arena_fini(&a->names);
	*a = (struct arrivals){0};
}

bool arrivals_add(struct arrivals *a, int64_t start_ns, int64_t life_ns, uint32_t tenant, uint16_t flavour)
{
	if (a->count >= ARRIVALS_MOST)
		return false;
	if (a->count == a->room) {
		uint32_t room = a->room ? 2 * a->room : 1024;
		a->start_ns = memory_resize(a->start_ns, a->room, room, sizeof *a->start_ns, "arrivals");
		a->life_ns = memory_resize(a->life_ns, a->room, room, sizeof *a->life_ns, "arrivals");
		a->tenant = memory_resize(a->tenant, a->room, room, sizeof *a->tenant, "arrivals");
		a->flavour = memory_resize(a->flavour, a->room, room, sizeof *a->flavour, "arrivals");
		a->room = room;
	}
	a->start_ns[a->count] = start_ns;
	a->life_ns[a->count] = life_ns;
	a->tenant[a->count] = tenant;
	a->flavour[a->count++] = flavour;
	return true;
}

void arrivals_name(struct arrivals *a, const char *name, uint32_t length)
{
	ASSERT(a->count > 0);
	if (a->name_room < a->room) {
		a->name = memory_resize(a->name, a->name_room, a->room, sizeof *a->name, "arrivals");
		a->name_room = a->room;
	}
	a->name[a->count - 1] = arena_string_n(&a->names, name, length);
}

void arrivals_move(struct arrivals *a, uint32_t to, uint32_t from)
{
	a->start_ns[to] = a->start_ns[from];
	a->life_ns[to] = a->life_ns[from];
	a->tenant[to] = a->tenant[from];
	a->flavour[to] = a->flavour[from];
	if (a->name)
		a->name[to] = a->name[from];
}

static bool same_size(const struct arrivals_flavour *a, const struct arrivals_flavour *b)
{
	return a->cpu_milli == b->cpu_milli && a->vcpu_hz == b->vcpu_hz && a->ram_bytes == b->ram_bytes &&
	       (!b->name || strcmp(a->name, b->name) == 0);
}

bool arrivals_flavour(struct arrivals *a, const struct arrivals_flavour *size, uint16_t *flavour)
{
	for (uint32_t i = a->flavour_count; i-- > 0;) {
		*flavour = (uint16_t)i;
		if (same_size(&a->flavours[i], size))
			return true;
	}
	if (a->flavour_count >= ARRIVALS_FLAVOURS_MOST)
		return false;
	ARRAY_GROW(a->flavours, a->flavour_count, a->flavour_room, "flavours of guests");
	*flavour = (uint16_t)a->flavour_count;
	struct arrivals_flavour *made = &a->flavours[a->flavour_count++];
	*made = *size;
	made->name = size->name ? arena_string(&a->names, size->name)
	                        : arena_printf(&a->names, "%lldm-%lldMi", (long long)size->cpu_milli,
	                                       (long long)(size->ram_bytes >> 20));
	return true;
}

struct place_in_time {
	int64_t start_ns;
	uint32_t index;
};

static int by_start(const void *a, const void *b)
{
	const struct place_in_time *x = a, *y = b;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

void arrivals_sort(struct arrivals *a)
{
	struct place_in_time *order = memory_new(a->count, sizeof *order, "order of arrivals");
	bool sorted = true;
	for (uint32_t i = 0; i < a->count; i++) {
		order[i] = (struct place_in_time){a->start_ns[i], i};
		sorted = sorted && (i == 0 || a->start_ns[i - 1] <= a->start_ns[i]);
	}
	if (!sorted) {
		struct arrivals old = *a;
		a->start_ns = NULL;
		a->life_ns = NULL;
		a->tenant = NULL;
		a->flavour = NULL;
		a->name = old.name ? memory_new(old.count, sizeof *a->name, "arrivals") : NULL;
		a->count = a->room = 0;
		a->name_room = old.name ? old.count : 0;
		qsort(order, old.count, sizeof *order, by_start);
		for (uint32_t i = 0; i < old.count; i++) {
			uint32_t k = order[i].index;
			arrivals_add(a, old.start_ns[k], old.life_ns[k], old.tenant[k], old.flavour[k]);
			if (a->name)
				a->name[i] = old.name[k];
		}
		free(old.start_ns);
		free(old.life_ns);
		free(old.tenant);
		free(old.flavour);
		free(old.name);
	}
	free(order);
}

/* The path of a file of a folder, whichever ending it has. */
static bool file_look(const char *folder, const char *stem, char path[static PATH_MAX], struct place place,
                      struct diag *diag)
{
	static const char *const endings[] = {"", ".gz", ".xz"};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (snprintf(path, PATH_MAX, "%s/%s%s", folder, stem, endings[i]) < PATH_MAX &&
		    access(path, F_OK) == 0)
			return true;
	diag_error(diag, place, "the list of arrivals %s has no file %s (nor %s.gz, .xz)", folder, stem,
	           stem);
	return false;
}

/* tidy: many, as in archive_read: the callback's two halves and the message's two. */
bool arrivals_text(const char *folder, const char *stem,
                   bool (*each)(void *context, const struct archive_file *file), void *context,
                   struct place place, struct diag *diag)
{
	char path[PATH_MAX];
	return file_look(folder, stem, path, place, diag) &&
	       archive_read(path, NULL, each, context, place, diag);
}

/* tidy: many, as above. */
bool arrivals_pieces(const char *folder, const char *stem,
                     bool (*each)(void *context, const struct archive_file *piece), void *context,
                     struct place place, struct diag *diag)
{
	char path[PATH_MAX];
	return file_look(folder, stem, path, place, diag) &&
	       archive_pieces(path, each, context, place, diag);
}

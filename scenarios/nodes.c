/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads lists of machines and makes groups of hosts of them. */
#include "scenarios/nodes.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "scenarios/arrivals_csv.h"
#include "scenarios/scenario.h"

#define MILLI 1000
#define NODES_MOST 10000000
#define SIZES_MOST 10000

const struct trace_info nodes_table[] = {
	{"openb", "alibaba-openb-packing", "openb",
	 "1,523 machines with their cores and memory, of Alibaba's cluster of the containers alibaba_pods",
	 "https://github.com/alibaba/clusterdata", NULL},
	{NULL, NULL, NULL, NULL, NULL, NULL},
};

enum { CPU,
       MEMORY,
       WHOLE };
static const char *const names[] = {[CPU] = "cpu_milli", [MEMORY] = "memory_mib", NULL};
static const struct columns_limits limits[] = {
	[CPU] = {MILLI, 4096 * MILLI},
	[MEMORY] = {1, INT64_C(1) << 30},
};

static bool node_add(struct nodes *out, const struct nodes_size *node)
{
	for (uint32_t i = 0; i < out->count; i++) {
		struct nodes_size *size = &out->sizes[i];
		if (size->cores == node->cores && size->ram_bytes == node->ram_bytes)
			return ++size->count <= NODES_MOST;
	}
	if (out->count == SIZES_MOST)
		return false;
	ARRAY_GROW(out->sizes, out->count, out->room, "sizes of machines");
	out->sizes[out->count++] = *node;
	return true;
}

bool nodes_parse(const char *text, size_t size, struct nodes *out, struct text_mistake *mistake)
{
	struct text_lines lines = {.at = text, .stop = text + size, .separator = ','};
	struct columns columns = {names, WHOLE, {0}};
	if (!columns_find(&lines, &columns, mistake))
		return false;
	while (text_next(&lines)) {
		int64_t values[WHOLE];
		if (!columns_whole(&lines, &columns, limits, values, mistake))
			return false;
		if (values[CPU] % MILLI)
			return text_wrong(mistake, lines.line, columns_field(&lines, &columns, CPU),
			                  "is no whole number of cores in thousandths");
		const struct nodes_size node = {values[CPU] / MILLI, values[MEMORY] << 20, 1};
		if (!node_add(out, &node))
			return columns_wrong(mistake, lines.line, "more machines or sizes than there may be");
	}
	return out->count || columns_wrong(mistake, 0, "there are no machines");
}

#define STEM "openb_node_list_all_node.csv"

struct nodes_reading {
	const char *path;
	struct nodes *out;
	struct place place;
	struct diag *diag;
	bool well;
};

static bool file_take(void *context, const struct archive_file *file)
{
	struct nodes_reading *r = context;
	struct text_mistake mistake = {0, ""};
	r->well = nodes_parse(file->data, file->size, r->out, &mistake);
	if (!r->well)
		diag_error(r->diag, r->place, "%s:%u: %s", r->path, mistake.line, mistake.text);
	return false;
}

static bool list_read(const struct scenario_host *g, struct nodes *out, struct diag *diag)
{
	char path[PATH_MAX];
	struct stat st;
	if (!trace_look(g->nodes, path, sizeof path, g->nodes_place, diag))
		return false;
	struct nodes_reading r = {path, out, g->nodes_place, diag, false};
	bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	bool read = folder ? arrivals_text(path, STEM, file_take, &r, g->nodes_place, diag)
	                   : archive_read(path, NULL, file_take, &r, g->nodes_place, diag);
	return read && r.well;
}

static void group_add(struct scenario *s, uint32_t *room, const struct scenario_host *group)
{
	if (s->host_group_count == *room) {
		uint32_t grown = *room * 2 + 1;
		struct scenario_host *hosts = arena_new(&s->arena, grown, sizeof *hosts);
		for (uint32_t i = 0; i < s->host_group_count; i++)
			hosts[i] = s->hosts[i];
		s->hosts = hosts;
		*room = grown;
	}
	s->hosts[s->host_group_count++] = *group;
}

static void sizes_add(struct scenario *s, uint32_t *room, const struct scenario_host *g,
                      const struct nodes *nodes)
{
	for (uint32_t k = 0; k < nodes->count; k++) {
		const struct nodes_size *size = &nodes->sizes[k];
		struct scenario_host group = *g;
		group.name = arena_printf(&s->arena, "%s.%lldc-%lldMi", g->name, (long long)size->cores,
		                          (long long)(size->ram_bytes >> 20));
		group.cores = size->cores;
		group.ram_bytes = size->ram_bytes;
		group.count = size->count;
		group_add(s, room, &group);
	}
}

bool nodes_expand(struct scenario *s, struct diag *diag)
{
	const struct scenario_host *old = s->hosts;
	uint32_t n = s->host_group_count, room = 0, lists = 0;
	bool well = true;
	for (uint32_t i = 0; i < n; i++)
		lists += old[i].nodes != NULL;
	if (!lists)
		return true;
	s->hosts = NULL;
	s->host_group_count = 0;
	for (uint32_t i = 0; i < n && well; i++) {
		struct nodes nodes = {0};
		well = !old[i].nodes || list_read(&old[i], &nodes, diag);
		if (old[i].nodes)
			sizes_add(s, &room, &old[i], &nodes);
		else
			group_add(s, &room, &old[i]);
		free(nodes.sizes);
	}
	return well;
}

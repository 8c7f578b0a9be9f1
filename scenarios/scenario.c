/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a scenario, and its members by name. */
#include "scenarios/scenario.h"

#include <stdlib.h>
#include <string.h>

const char *const scenario_source_names[SOURCES] = {
	[SOURCE_NONE] = "none", [SOURCE_TRACE] = "trace", [SOURCE_CONSTANT] = "constant",
	[SOURCE_UNIFORM] = "uniform", [SOURCE_DIURNAL] = "diurnal",
	[SOURCE_ON_OFF] = "on_off", [SOURCE_AR1] = "ar1", [SOURCE_FLASH_CROWD] = "flash_crowd",
};
const char *const scenario_missing_names[MISSINGS] = {
	[MISSING_ERROR] = "error", [MISSING_GENERATE] = "generate"};
const char *const host_order_names[ORDERS] = {
	[ORDER_GROUPED] = "grouped", [ORDER_INTERLEAVED] = "interleaved"};

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	struct arena arena = s->arena;
	plugins_close(&s->plugins);
	free(s);
	arena_fini(&arena);
}

/* Cuts "web-3" at its last dash. */
static bool member_split(const char *name, size_t *length, int64_t *number)
{
	const char *dash = strrchr(name, '-');
	if (!dash || dash == name || !dash[1] || strlen(dash + 1) > 9 ||
	    strspn(dash + 1, "0123456789") != strlen(dash + 1))
		return false;
	*length = (size_t)(dash - name);
	*number = strtol(dash + 1, NULL, 10);
	return true;
}

static bool group_is(const char *group, const char *name, size_t length)
{
	return group && strlen(group) == length && memcmp(group, name, length) == 0;
}

bool scenario_host_find(const struct scenario *s, const char *name, uint32_t *group, int64_t *number)
{
	size_t length;
	if (!member_split(name, &length, number))
		return false;
	for (*group = 0; *group < s->host_group_count; ++*group)
		if (group_is(s->hosts[*group].name, name, length))
			return *number < s->hosts[*group].count;
	return false;
}

bool scenario_vm_find(const struct scenario *s, const char *name, uint32_t *group, int64_t *number)
{
	size_t length;
	if (!member_split(name, &length, number))
		return false;
	for (*group = 0; *group < s->vm_group_count; ++*group)
		if (group_is(s->vms[*group].name, name, length))
			return !s->vms[*group].has_count || *number < s->vms[*group].count;
	return false;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every file of the catalogue is read, as a scenario would read it, and looked at for nonsense. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/folder.h"
#include "scenarios/scenario_read.h"
#include "scenarios/yaml.h"
#include "tests/test.h"

static bool is_yaml(const char *name)
{
	size_t n = strlen(name);
	return n > 5 && strcmp(name + n - 5, ".yaml") == 0;
}

/* Calls `each` with the path and the name (without ending) of every file; returns how many. */
static unsigned each_file(const char *sub, void (*each)(const char *path, const char *name))
{
	char folder[PATH_MAX], inside[PATH_MAX + 32], path[2 * PATH_MAX], name[256];
	unsigned count = 0;
	CU_ASSERT_PTR_NOT_NULL_FATAL(scenario_folder(folder, sizeof folder));
	snprintf(inside, sizeof inside, "%s/catalog%s", folder, sub);
	DIR *dir = opendir(inside);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		if (!is_yaml(entry->d_name))
			continue;
		snprintf(path, sizeof path, "%s/%s", inside, entry->d_name);
		snprintf(name, sizeof name, "%.*s", (int)strlen(entry->d_name) - 5, entry->d_name);
		each(path, name);
		count++;
	}
	closedir(dir);
	return count;
}

static struct scenario *read_all(const char *text)
{
	struct diag diag;
	diag_init(&diag);
	struct scenario *s = scenario_read_text(text, NULL, &diag);
	if (!s)
		diag_print(&diag, stderr);
	diag_fini(&diag);
	return s;
}

static void check_server(const char *path, const char *name)
{
	char text[1024];
	snprintf(text, sizeof text, "hosts: [{type: %s}]\nvms: [{}]\n", name);
	struct scenario *s = read_all(text);
	CU_ASSERT_PTR_NOT_NULL(s);
	(void)path;
	if (!s)
		return;
	const struct scenario_host *h = &s->hosts[0];
	CU_ASSERT_PTR_NOT_NULL(h->description);
	CU_ASSERT_EQUAL(h->power_form, POWER_TABLE);
	CU_ASSERT(h->cores >= 1 && h->cores <= 512);
	CU_ASSERT(h->core_hz >= 1000000000 && h->core_hz <= INT64_C(6000000000));
	CU_ASSERT(h->power_table_w[0] > 5 && h->power_table_w[0] < h->power_table_w[10]);
	for (unsigned i = 1; i < POWER_POINTS; i++)
		CU_ASSERT(h->power_table_w[i] >= 0.99 * h->power_table_w[i - 1]);
	double watts_per_core = h->power_table_w[10] / (double)h->cores;
	CU_ASSERT(watts_per_core > 1 && watts_per_core < 200);
	CU_ASSERT(h->ram_bytes >= INT64_C(1) << 30);
	scenario_free(s);
}

static void servers(void)
{
	CU_ASSERT(each_file("", check_server) >= 30);
}

/* Each type by itself as a VM on a host that is large enough for all. */
static void check_instances(const char *path, const char *name)
{
	struct arena arena;
	struct diag diag;
	arena_init(&arena);
	diag_init(&diag);
	struct yaml_node *table = yaml_read_file(path, NULL, &arena, &diag);
	struct yaml_node *types = table ? yaml_get(table, "types") : NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(types);
	CU_ASSERT(types->count >= 30);
	for (uint32_t i = 0; i < types->count; i++) {
		char text[512];
		snprintf(text, sizeof text, "hosts: [{cores: 512, core_speed: 6 GHz, ram: 16 TB}]\n"
		                            "vms: [{type: %s/%s}]\n", name, types->keys[i]);
		struct scenario *s = read_all(text);
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		const struct scenario_vm *v = &s->vms[0];
		double gib_per_vcpu = (double)(v->ram_bytes >> 20) / 1024 / (double)v->vcpus;
		CU_ASSERT(gib_per_vcpu >= 0.5 && gib_per_vcpu <= 16);
		CU_ASSERT(v->price / (double)v->vcpus > 0.004 && v->price / (double)v->vcpus < 0.2);
		scenario_free(s);
	}
	diag_fini(&diag);
	arena_fini(&arena);
}

static void instances(void)
{
	CU_ASSERT(each_file("/instances", check_instances) >= 3);
}

static void check_parts(const char *path, const char *name)
{
	struct arena arena;
	struct diag diag;
	arena_init(&arena);
	diag_init(&diag);
	struct yaml_node *table = yaml_read_file(path, NULL, &arena, &diag);
	struct yaml_node *types = table ? yaml_get(table, "types") : NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(types);
	CU_ASSERT(types->count >= 3);
	CU_ASSERT(strlen(name) > 0);
	for (uint32_t i = 0; i < types->count; i++)
		CU_ASSERT_PTR_NOT_NULL(yaml_get(types->items[i], "since"));
	diag_fini(&diag);
	arena_fini(&arena);
}

static void parts(void)
{
	CU_ASSERT(each_file("/parts", check_parts) >= 3);
}

static void keys_win(void)
{
	struct scenario *s = read_all("hosts: [{ram: 1 TB, cores: 64, core_speed: 4 GHz}]\n"
				      "costs: {currency: EUR, usd_per_eur: 2}\n"
				      "vms: [{type: aws/m5.large, ram: 4 GiB},\n"
				      "      {name: b, type: azure/D4s_v5}]\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->vms[0].vcpus, 2);
	CU_ASSERT_EQUAL(s->vms[0].vcpu_hz, 3100000000);
	CU_ASSERT_EQUAL(s->vms[0].ram_bytes, INT64_C(4) << 30);
	CU_ASSERT_EQUAL(s->vms[0].nic_bps, 10000000000);
	CU_ASSERT_DOUBLE_EQUAL(s->vms[0].price, 0.048, 1e-12);
	CU_ASSERT_EQUAL(s->vms[1].vcpus, 4);
	CU_ASSERT_STRING_EQUAL(s->vms[1].type, "azure/D4s_v5");
	scenario_free(s);
}

static const struct test tests[] = {
	{"every server has a rising table of power and sane sizes", servers},
	{"every instance type has vCPUs, memory and a price that fit together", instances},
	{"every part is in a table and says since when it is sold", parts},
	{"keys of a group of VMs win over its type's; prices come in the run's currency", keys_win},
};
SUITE(scenarios_catalog, tests)

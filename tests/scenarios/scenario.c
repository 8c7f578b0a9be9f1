/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios: presets, every key into its member, catalogue, overrides, and the library as it stands. */
#include "scenarios/folder.h"
#include "scenarios/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/key_table.h"
#include "scenarios/scenario_read.h"
#include "scenarios/schema.h"
#include "tests/test.h"

static struct scenario *read_good(const char *text)
{
	struct diag diag;
	diag_init(&diag);
	struct scenario *s = scenario_read_text(text, NULL, &diag);
	if (!s)
		diag_print(&diag, stderr);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(diag.count, 0);
	diag_fini(&diag);
	return s;
}

static void presets_fill_what_is_absent(void)
{
	struct scenario *s = read_good("hosts: [{}]\nvms: [{}]\n");
	CU_ASSERT_EQUAL(s->duration_ns, NS_PER_DAY);
	CU_ASSERT_EQUAL(s->seed, 1);
	CU_ASSERT_EQUAL(s->site_count, 1);
	CU_ASSERT_EQUAL(s->sites[0].pue, 1);
	CU_ASSERT_STRING_EQUAL(s->hosts[0].name, "host");
	CU_ASSERT_STRING_EQUAL(s->hosts[0].site, "site");
	CU_ASSERT_EQUAL(s->hosts[0].ram_bytes, INT64_C(64) << 30);
	CU_ASSERT_TRUE(s->hosts[0].on);
	CU_ASSERT_EQUAL(s->hosts[0].power_form, POWER_LINEAR);
	CU_ASSERT_EQUAL(s->hosts[0].boot.power_w, 100);
	CU_ASSERT_EQUAL(s->vms[0].count, 1);
	CU_ASSERT_EQUAL(s->vms[0].demand.source, SOURCE_NONE);
	CU_ASSERT_EQUAL(s->vms[0].weight, 1024);
	CU_ASSERT_STRING_EQUAL(s->policy, "first_fit");
	CU_ASSERT_TRUE(s->admission.wait);
	CU_ASSERT_TRUE(s->rules.batch && s->rules.idle_draws && s->rules.first_interval &&
	               s->rules.last_interval);
	CU_ASSERT_EQUAL(s->record.interval_ns, 300 * NS_PER_S);
	scenario_free(s);
}

/* Every section, and every type of value. */
static const char *const full_text =
		"name: test\nduration: 2 h\nseed: 18446744073709551615\n"
		"sites: [{name: a, pue: 1.5, carbon: 400 g/kWh}, {name: b}]\n"
		"network: {rack_link: 25 Gbit/s, wan_latency: 5 ms}\n"
		"hosts: [{name: h, site: b, count: 3, per_rack: 2, cores: 2, core_speed: 2660 MIPS, state: "
	        "off,\n"
		"         power: {table: [1 W, 2 W, 3 W, 4 W, 5 W, 6 W, 7 W, 8 W, 9 W, 10 W, 11 W]}, boot: "
	        "{time: 1 min},\n"
		"         shutdown: {power: 7 W}, off: {power: 500 mW}}]\n"
		"host_order: interleaved\n"
		"images: [{name: i, format: raw, size: 3 GiB}]\npools: [{name: p, site: a, read: 1 GB/s}]\n"
		"vms: [{name: v, image: i, vcpus: 2, cap: 80 %, reservation: 0.25, lifetime: 10 min, "
	        "dies_idle: true, priority: 3,\n"
		"       demand: {trace: planetlab, subset: '20110303', part: 2/4, interpolation: linear, "
	        "read_offset: 300.01 s,\n"
		"                at_end: repeat, offset: -1 h, scale: 2}},\n"
		"      {name: w, inside: v, demand: {generator: uniform, least: 10 %, most: 20 %, period: "
	        "60 s}}]\n"
		"placement: {policy: next_fit, cpu_overcommit: 2, when_full: refuse}\n"
		"migration: {bandwidth_share: 0.3, cpu_loss: 5 %}\n"
		"energy: {rule: trapezoid, idle_hosts: nothing, first_interval: skip, last_interval: "
	        "skip}\n"
		"record: {interval: 1 h, hosts: no, events: false}\n"
		"actions: [{at: 1 h, do: migrate, vm: v-7, host: h-2}]\nengine: {batch: false}\n";

static void keys_reach_their_members(void)
{
	struct scenario *s = read_good(full_text);
	CU_ASSERT_STRING_EQUAL(s->name, "test");
	CU_ASSERT_EQUAL(s->duration_ns, 2 * NS_PER_HOUR);
	CU_ASSERT_EQUAL(s->seed, UINT64_MAX);
	CU_ASSERT_EQUAL(s->sites[0].carbon_g_per_kwh, 400);
	CU_ASSERT_EQUAL(s->network.rack_bps, INT64_C(25000000000));
	CU_ASSERT_EQUAL(s->network.wan_latency_ns, 5000000);
	const struct scenario_host *h = s->hosts;
	CU_ASSERT_TRUE(h->has_per_rack && h->per_rack == 2 && h->count == 3 && !h->on);
	CU_ASSERT_EQUAL(h->core_hz, INT64_C(2660000000));
	CU_ASSERT_EQUAL(h->power_form, POWER_TABLE);
	CU_ASSERT_EQUAL(h->power_table_w[10], 11);
	CU_ASSERT_EQUAL(h->boot.time_ns, NS_PER_MIN);
	CU_ASSERT_EQUAL(h->boot.power_w, 1); /* what the table says without load */
	CU_ASSERT_EQUAL(h->shutdown.power_w, 7);
	CU_ASSERT_EQUAL(h->off.power_w, 0.5);
	CU_ASSERT_EQUAL(s->host_order, ORDER_INTERLEAVED);
	CU_ASSERT_EQUAL(s->images[0].size_bytes, INT64_C(3) << 30);
	CU_ASSERT_EQUAL(s->pools[0].read_bps, INT64_C(8000000000));
	CU_ASSERT_FALSE(s->admission.wait);
	CU_ASSERT_EQUAL(s->migration.cpu_loss_01, 0.05);
	CU_ASSERT_EQUAL(s->rules.energy, ENERGY_TRAPEZOID);
	CU_ASSERT_FALSE(s->rules.batch || s->rules.idle_draws);
	CU_ASSERT_FALSE(s->rules.first_interval || s->rules.last_interval);
	CU_ASSERT_TRUE(!s->record.hosts && s->record.sites && !s->record.events);
	CU_ASSERT_EQUAL(s->actions[0].kind, ACTION_MIGRATE);
	CU_ASSERT_STRING_EQUAL(s->actions[0].host, "h-2");
	scenario_free(s);
}

static void keys_of_vms_reach_their_members(void)
{
	struct scenario *s = read_good(full_text);
	const struct scenario_vm *v = s->vms;
	CU_ASSERT_TRUE(!v->has_count && v->has_life && v->dies_idle && v->priority == 3);
	CU_ASSERT_EQUAL(v->cap_01, 0.8);
	CU_ASSERT_EQUAL(v->demand.source, SOURCE_TRACE);
	CU_ASSERT_TRUE(v->demand.part == 2 && v->demand.parts == 4);
	CU_ASSERT_EQUAL(v->demand.read_offset_ns, INT64_C(300010000000));
	CU_ASSERT_EQUAL(v->demand.offset_ns, -NS_PER_HOUR);
	CU_ASSERT_EQUAL(v->demand.end, DEMAND_END_REPEAT);
	CU_ASSERT_EQUAL(s->vms[1].demand.source, SOURCE_UNIFORM);
	CU_ASSERT_EQUAL(s->vms[1].demand.most_01, 0.2);
	scenario_free(s);
}

static void catalogue_gives_what_the_group_does_not(void)
{
	char folder[4096];
	if (!scenario_folder(folder, sizeof folder)) {
		test_skip("the scenarios folder is not beside the program");
		return;
	}
	struct scenario *s = read_good(
		"hosts:\n  - {type: hp_ml110_g5, ram: 8 GiB}\n  - {name: lin, type: hp_ml110_g5,\n"
		"     power: {model: linear, idle: 50 W, max: 60 W}}\nvms: [{}]\n");
	CU_ASSERT_STRING_EQUAL(s->hosts[0].name, "hp_ml110_g5");
	CU_ASSERT_EQUAL(s->hosts[0].core_hz, INT64_C(2660000000));
	CU_ASSERT_EQUAL(s->hosts[0].ram_bytes, INT64_C(8) << 30);
	CU_ASSERT_EQUAL(s->hosts[0].power_table_w[0], 93.7);
	CU_ASSERT_EQUAL(s->hosts[1].power_form, POWER_LINEAR);
	CU_ASSERT_EQUAL(s->hosts[1].power_table_count, 0);
	CU_ASSERT_EQUAL(s->hosts[1].cores, 2);
	scenario_free(s);
}

static void overrides_and_options_win(void)
{
	static const char *const sets[] = {"hosts.0.count=400", "seed=9", "placement.policy=best_fit"};
	struct scenario_options options = {.overrides = sets,
	                                   .override_count = 3,
	                                   .has_seed = true,
	                                   .seed = 7,
	                                   .has_until = true,
	                                   .until_ns = NS_PER_HOUR};
	struct diag diag;
	diag_init(&diag);
	struct scenario *s = scenario_read_text("hosts: [{}]\nvms: [{}]\n", &options, &diag);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->hosts[0].count, 400);
	CU_ASSERT_EQUAL(s->seed, 7);
	CU_ASSERT_STRING_EQUAL(s->policy, "best_fit");
	CU_ASSERT_EQUAL(s->duration_ns, NS_PER_HOUR);
	CU_ASSERT_EQUAL(s->override_count, 3);
	CU_ASSERT_STRING_EQUAL(s->overrides[1], "seed=9");
	CU_ASSERT_STRING_EQUAL(s->text, "hosts: [{}]\nvms: [{}]\n");
	scenario_free(s);
	diag_fini(&diag);
}

static void members_are_found_by_name(void)
{
	struct scenario *s = read_good("hosts: [{name: a-1, count: 2}, {name: a, count: 3}]\n"
	                               "vms: [{name: t, demand: {trace: planetlab}}, {name: u, count: 2}]\n");
	uint32_t group = 9;
	int64_t number = 9;
	CU_ASSERT_TRUE(scenario_host_find(s, "a-1-1", &group, &number) && group == 0 && number == 1);
	CU_ASSERT_TRUE(scenario_host_find(s, "a-2", &group, &number) && group == 1 && number == 2);
	CU_ASSERT_FALSE(scenario_host_find(s, "a-3", &group, &number));
	CU_ASSERT_FALSE(scenario_host_find(s, "a", &group, &number));
	CU_ASSERT_FALSE(scenario_host_find(s, "-1", &group, &number));
	CU_ASSERT_TRUE(scenario_vm_find(s, "t-1051", &group,
	                                &number)); /* only the trace knows how many there are */
	CU_ASSERT_TRUE(scenario_vm_find(s, "u-1", &group, &number) && group == 1);
	CU_ASSERT_FALSE(scenario_vm_find(s, "u-2", &group, &number));
	scenario_free(s);
}

static void one_mistake_hides_no_other(void)
{
	struct diag diag;
	diag_init(&diag);
	CU_ASSERT_PTR_NULL(scenario_read_text(
		"seed: x\nhosts: [{ram: 4, site: east}]\nvms: [{image: i}]\nfoo: 1\nseed: 2\n", NULL,
		&diag));
	CU_ASSERT_EQUAL(diag.errors, 6);
	diag_fini(&diag);
}

static void the_library_is_right(void)
{
	static const char *const names[] = {
		"tutorial_two_hosts", "planetlab_day", "generated_small", "scale.yaml", "cloudsim/dvfs",
	};
	char folder[4096];
	if (!scenario_folder(folder, sizeof folder)) {
		test_skip("the scenarios folder is not beside the program");
		return;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct diag diag;
		diag_init(&diag);
		struct scenario *s = scenario_read(names[i], NULL, &diag);
		diag_print(&diag, stderr);
		CU_ASSERT_PTR_NOT_NULL(s);
		CU_ASSERT_EQUAL(diag.count, 0);
		scenario_free(s);
		diag_fini(&diag);
	}
}

/* Each row: its sections exist, its preset is one of its own values, and its place in memory is its own. */
static void the_table_of_keys_is_sound(void)
{
	for (uint32_t i = 0; i < key_count(); i++) {
		const struct key *key = key_at(i);
		const char *dot = strrchr(key->path, '.');
		CU_ASSERT_PTR_EQUAL(key_find(key->path), key);
		CU_ASSERT_TRUE(strlen(key->summary) > 3);
		CU_ASSERT_FALSE(key->preset && key->optional);
		if (dot) {
			char section[128];
			snprintf(section, sizeof section, "%.*s", (int)(dot - key->path), key->path);
			CU_ASSERT_PTR_NOT_NULL_FATAL(key_find(section));
			CU_ASSERT_EQUAL(key_find(section)->type, KEY_SECTION);
		}
		if (key->type == KEY_COUNT || key->type == KEY_WHOLE)
			CU_ASSERT_TRUE(key->most < 0x1p63 && key->least <= key->most);
	}
}

/* The three references name every key; the schema's brackets close. */
static void references_name_every_key(void)
{
	char *texts[3];
	size_t sizes[3];
	for (int i = 0; i < 3; i++) {
		FILE *out = open_memstream(&texts[i], &sizes[i]);
		if (i == 0)
			schema_write_json(out);
		else if (i == 1)
			schema_write_markdown(out);
		else
			schema_write_text(out, "");
		fclose(out);
	}
	int open = 0;
	for (const char *p = texts[0]; *p; p++)
		open += (*p == '{') - (*p == '}');
	CU_ASSERT_EQUAL(open, 0);
	const struct key *key;
	for (uint32_t i = 0; (key = key_at(i)); i++) {
		char word[80];
		const char *dot = strrchr(key->path, '.');
		const char *name = dot ? dot + 1 : key->path;
		snprintf(word, sizeof word, "\"%.*s\": {", (int)strcspn(name, "["), name);
		CU_ASSERT_PTR_NOT_NULL(strstr(texts[0], word));
		snprintf(word, sizeof word, "`%.*s`", (int)strcspn(name, "["), name);
		CU_ASSERT_PTR_NOT_NULL(strstr(texts[1], word));
		CU_ASSERT_PTR_NOT_NULL(strstr(texts[2], key->path));
	}
	for (int i = 0; i < 3; i++)
		free(texts[i]);
}

static const struct test tests[] = {
	{"presets fill what is absent", presets_fill_what_is_absent},
	{"keys reach their members", keys_reach_their_members},
	{"keys of VMs reach their members", keys_of_vms_reach_their_members},
	{"the catalogue gives what the group does not", catalogue_gives_what_the_group_does_not},
	{"overrides and options win", overrides_and_options_win},
	{"hosts and VMs are found by group and number", members_are_found_by_name},
	{"one mistake hides no other", one_mistake_hides_no_other},
	{"the library has no mistake", the_library_is_right},
	{"the table of keys is sound", the_table_of_keys_is_sound},
	{"schema, manual and list name every key", references_name_every_key},
};
SUITE(scenarios_scenario, tests)

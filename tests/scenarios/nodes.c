/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of machines: sizes become groups of hosts; what is wrong is told. */
#include "scenarios/nodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/run.h"
#include "scenarios/scenario_read.h"
#include "tests/scenarios/files.h"
#include "tests/test.h"

#define HEADER "sn,cpu_milli,memory_mib,gpu,model\n"

static void test_groups(void)
{
	static const char list[] = HEADER "a,8000,1024,0,\nb,16000,1024,8,G2\nc,8000,1024,1,\n";
	struct files files;
	struct diag diag;
	struct run run;
	char text[1000];
	files_open(&files);
	diag_init(&diag);
	files_write(&files, "nodes.csv", list, sizeof list - 1);
	snprintf(text, sizeof text,
	         "hosts:\n  - {name: first, count: 2}\n"
	         "  - {name: node, nodes: %s, core_speed: 3 GHz}\n"
	         "  - {name: last, ram: 1 GiB}\nvms: [{}]\n",
	         files_path(&files, "nodes.csv"));
	struct scenario *s = scenario_read_text(text, NULL, &diag);
	diag_print(&diag, stdout);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL_FATAL(s->host_group_count, 4);
	CU_ASSERT_STRING_EQUAL(s->hosts[0].name, "first");
	CU_ASSERT_STRING_EQUAL(s->hosts[1].name, "node.8c-1024Mi");
	CU_ASSERT(s->hosts[1].count == 2 && s->hosts[1].cores == 8);
	CU_ASSERT_EQUAL(s->hosts[1].ram_bytes, INT64_C(1) << 30);
	CU_ASSERT(s->hosts[2].count == 1 && s->hosts[2].cores == 16 && s->hosts[2].core_hz == 3000000000);
	CU_ASSERT_STRING_EQUAL(s->hosts[3].name, "last");
	CU_ASSERT_FATAL(run_open(&run, s, &diag));
	CU_ASSERT_EQUAL(run.world.host_count, 6);
	CU_ASSERT_EQUAL(run.world.host_types[2].cpu_hz, 48000000000);
	run_close(&run);
	scenario_free(s);
	diag_fini(&diag);
	files_close(&files);
}

static void test_mistakes(void)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"", "the file is empty"},
		{HEADER, "there are no machines"},
		{"sn,cpu_milli\na,1000\n", "names no column 'memory_mib'"},
		{HEADER "a,8500,1024,0,\n", "'8500' is no whole number of cores"},
		{HEADER "a,0,1024,0,\n", "is no cpu_milli from 1000"},
		{HEADER "a,8000,,0,\n", "is no memory_mib from 1"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct nodes nodes = {0};
		struct text_mistake mistake = {0, ""};
		CU_ASSERT_FALSE(nodes_parse(cases[i].text, strlen(cases[i].text), &nodes, &mistake));
		CU_ASSERT_PTR_NOT_NULL(strstr(mistake.text, cases[i].words));
		free(nodes.sizes);
	}
}

/* The machines of Alibaba's list, and its containers on them. */
static void test_whole(void)
{
	char path[4096];
	struct diag diag;
	int64_t hosts = 0, cores = 0;
	if (!trace_find("openb", path, sizeof path)) {
		CU_PASS("the list is not on this machine");
		return;
	}
	diag_init(&diag);
	struct scenario *s = scenario_read_text("hosts: [{nodes: openb}]\nvms: [{}]\n", NULL, &diag);
	diag_print(&diag, stdout);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		hosts += s->hosts[i].count;
		cores += s->hosts[i].count * s->hosts[i].cores;
	}
	CU_ASSERT_EQUAL(s->host_group_count, 19);
	CU_ASSERT_EQUAL(hosts, 1523);
	CU_ASSERT_EQUAL(cores, 125514);
	scenario_free(s);
	diag_fini(&diag);
}

static const struct test tests[] = {
	{"machines of one size become a group in the place of their list", test_groups},
	{"mistakes in a list of machines are told", test_mistakes},
	{"all of Alibaba's machines are there with all of their cores", test_whole},
};
SUITE(scenarios_nodes, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML trees: places, aliases, includes, merging, overrides, and what is refused. */
#include "scenarios/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/test.h"

struct yaml_case {
	struct arena arena;
	struct diag diag;
};

static void begin(struct yaml_case *c)
{
	arena_init(&c->arena);
	diag_init(&c->diag);
}

static void end(struct yaml_case *c)
{
	arena_fini(&c->arena);
	diag_fini(&c->diag);
}

static struct yaml_node *tree(struct yaml_case *c, const char *text)
{
	return yaml_read_text(text, strlen(text), "t", &c->arena, &c->diag);
}

static const char *text_at(const struct yaml_node *root, const char *path)
{
	const struct yaml_node *node = yaml_at(root, path);
	return node->kind == YAML_SCALAR ? node->text : "(no value)";
}

/* Reads bad text and looks for the one message that it must give. */
static void refused(const char *text, size_t size, uint32_t line, uint32_t column, const char *message)
{
	struct yaml_case c;
	begin(&c);
	yaml_read_text(text, size, "t", &c.arena, &c.diag);
	CU_ASSERT_EQUAL(c.diag.errors, 1);
	if (c.diag.errors) {
		CU_ASSERT_EQUAL(c.diag.messages[0].place.line, line);
		CU_ASSERT_EQUAL(c.diag.messages[0].place.column, column);
		CU_ASSERT_PTR_NOT_NULL(strstr(c.diag.messages[0].text, message));
	}
	end(&c);
}

static void nodes_know_their_places(void)
{
	struct yaml_case c;
	begin(&c);
	struct yaml_node *root = tree(&c, "a: 1\nb:\n  - x\n  - 'y z'\n");
	CU_ASSERT_EQUAL(root->kind, YAML_MAP);
	CU_ASSERT_EQUAL(root->key_places[1].line, 2);
	const struct yaml_node *y = yaml_at(root, "b.1");
	CU_ASSERT_STRING_EQUAL(y->text, "y z");
	CU_ASSERT_TRUE(y->quoted);
	CU_ASSERT_EQUAL(y->place.line, 4);
	CU_ASSERT_EQUAL(y->place.column, 5);
	CU_ASSERT_FALSE(yaml_get(root, "a")->quoted);
	CU_ASSERT_PTR_NULL(yaml_get(root, "c"));
	CU_ASSERT_PTR_NULL(yaml_get(NULL, "c"));
	CU_ASSERT_PTR_EQUAL(yaml_at(root, "b.7.z"), yaml_get(root, "b"));
	end(&c);
}

static void aliases_share_their_anchor(void)
{
	struct yaml_case c;
	begin(&c);
	struct yaml_node *root = tree(&c, "a: &x {k: [1, 2]}\nb: *x\nc: &x 3\nd: *x\n");
	CU_ASSERT_PTR_EQUAL(yaml_get(root, "a"), yaml_get(root, "b"));
	CU_ASSERT_STRING_EQUAL(text_at(root, "d"), "3");
	CU_ASSERT_EQUAL(yaml_get(root, "a")->size, 4);
	CU_ASSERT_EQUAL(root->size, 11);
	CU_ASSERT_EQUAL(root->depth, 4);
	end(&c);
}

static void duplicates_do_not_end_the_reading(void)
{
	struct yaml_case c;
	begin(&c);
	struct yaml_node *root = tree(&c, "a: 1\nb: 2\na: 3\nb: 4\n");
	CU_ASSERT_PTR_NOT_NULL(root);
	CU_ASSERT_EQUAL(c.diag.errors, 2);
	end(&c);
}

static void hostile_text_is_refused(void)
{
	static const struct { const char *text; uint32_t line, column; const char *message;
	} cases[] = {
		{"", 1, 1, "is empty"},
		{"\n# x\n", 1, 1, "is empty"},
		{"a: 1\n---\nb: 2\n", 2, 1, "second document"},
		{"a: !t 1\n", 1, 4, "tag"},
		{"a: *x\n", 1, 4, "no anchor"},
		{"a: &x [*x]\n", 1, 8, "inside what it names"},
		{"? {a: b}\n: c\n", 1, 3, "cannot be a key"},
		{"a: [1\n", 2, 1, "not YAML"},
		{"a: \x01\n", 1, 4, "byte 0x01"},
		{"a: \xC0\xAF\n", 1, 4, "not UTF-8"},
		{"\xEF\xBB\xBF"
	         "a: \xED\xA0\x80\n",
	         1, 4, "not UTF-8"},
		{"a: \xF5\x80\x80\x80", 1, 4, "not UTF-8"},
		{"a: \xE2\x82", 1, 4, "not UTF-8"},
		{"a: &b 1\n? *b\n: 2\n", 2, 3, "alias cannot be a key"},
		{"a: b: c\n", 1, 5, "mapping values"},
		{"include: []\nx: {include: [[a]]}\n", 2, 15, "name of a file"},
		{"a: \"\\0\"\n", 1, 4, "NUL character"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		refused(cases[i].text, strlen(cases[i].text), cases[i].line, cases[i].column,
		        cases[i].message);
	refused("a: 1\0", 5, 1, 5, "byte 0x00");
}

static void expansion_is_counted(void)
{
	/* 10 levels of 10 aliases each stand for 10^10 values. */
	char text[2048];
	size_t used = (size_t)snprintf(text, sizeof text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 10; i++) {
		used += (size_t)snprintf(text + used, sizeof text - used, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			used += (size_t)snprintf(text + used, sizeof text - used, "*a%d%s", i - 1,
			                         k < 9 ? ", " : "]\n");
	}
	refused(text, strlen(text), 6, 45, "more than 1000000 values");
}

static void depth_counts_through_aliases(void)
{
	char open[41] = "", closed[41] = "", text[400];
	memset(open, '[', 40);
	memset(closed, ']', 40);
	snprintf(text, sizeof text, "a: &a %s%s\nb: %s*a%s", open, closed, open, closed);
	refused(text, strlen(text), 2, 44, "more than 64 levels");
}

static char *file_of(const char *folder, const char *name, const char *text)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *out = fopen(path, "w");
	fputs(text, out);
	fclose(out);
	return strdup(path);
}

static void includes_lie_below(void)
{
	struct yaml_case c;
	begin(&c);
	char folder[] = "/tmp/vdcsim-test-XXXXXX";
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	char *top = file_of(folder, "top.yaml",
	                    "include: [one.yaml, two.yaml]\na: top\nmap: {x: top}\nlist: [top]\n");
	char *one = file_of(folder, "one.yaml",
	                    "a: one\nb: one\nc: one\nmap: {x: one, y: one}\nlist: [one, one]\n");
	char *two = file_of(folder, "two.yaml", "c: two\nmap: {z: two}\n");
	const char *text = NULL;
	struct yaml_node *root = yaml_read_file(top, &text, &c.arena, &c.diag);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT_STRING_EQUAL(text_at(root, "a"), "top");
	CU_ASSERT_STRING_EQUAL(text_at(root, "b"), "one");
	CU_ASSERT_STRING_EQUAL(text_at(root, "c"), "two");
	CU_ASSERT_STRING_EQUAL(text_at(root, "map.x"), "top");
	CU_ASSERT_STRING_EQUAL(text_at(root, "map.y"), "one");
	CU_ASSERT_STRING_EQUAL(text_at(root, "map.z"), "two");
	CU_ASSERT_EQUAL(yaml_get(root, "list")->count, 1);
	CU_ASSERT_PTR_NULL(yaml_get(root, "include"));
	CU_ASSERT_STRING_EQUAL(yaml_get(root, "b")->place.file, one);
	CU_ASSERT_EQUAL(strncmp(text, "include: [one", 13), 0);
	unlink(top), unlink(one), unlink(two), rmdir(folder);
	free(top), free(one), free(two);
	end(&c);
}

static void circles_of_includes_are_refused(void)
{
	struct yaml_case c;
	begin(&c);
	char folder[] = "/tmp/vdcsim-test-XXXXXX";
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	char *a = file_of(folder, "a.yaml", "x: {include: b.yaml}\n");
	char *b = file_of(folder, "b.yaml", "include: ./a.yaml\n");
	CU_ASSERT_PTR_NULL(yaml_read_file(a, NULL, &c.arena, &c.diag));
	CU_ASSERT_EQUAL(c.diag.errors, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(c.diag.messages[0].text, "includes itself"));
	CU_ASSERT_STRING_EQUAL(c.diag.messages[0].place.file, b);
	CU_ASSERT_PTR_NULL(yaml_read_file(folder, NULL, &c.arena, &c.diag));
	CU_ASSERT_PTR_NOT_NULL(strstr(c.diag.messages[1].text, "folder"));
	unlink(a), unlink(b), rmdir(folder);
	free(a), free(b);
	end(&c);
}

static void overrides_replace_and_add(void)
{
	struct yaml_case c;
	begin(&c);
	struct yaml_node *root = tree(&c, "hosts:\n  - &h {name: g4, count: 1}\n  - *h\n");
	CU_ASSERT_TRUE(yaml_set(root, "hosts.0.count=400", &c.arena, &c.diag));
	CU_ASSERT_TRUE(yaml_set(root, "hosts.g4.ram=4 GiB", &c.arena, &c.diag));
	CU_ASSERT_TRUE(yaml_set(root, "hosts.2={name: g6, list: [1, 2]}", &c.arena, &c.diag));
	CU_ASSERT_TRUE(yaml_set(root, "energy.rule=trapezoid", &c.arena, &c.diag));
	CU_ASSERT_TRUE(yaml_set(root, "vms.0.name=a=b", &c.arena, &c.diag));
	CU_ASSERT_STRING_EQUAL(text_at(root, "hosts.0.count"), "400");
	CU_ASSERT_STRING_EQUAL(text_at(root, "hosts.1.count"), "1"); /* the alias is not touched */
	CU_ASSERT_STRING_EQUAL(text_at(root, "hosts.0.ram"), "4 GiB");
	CU_ASSERT_STRING_EQUAL(text_at(root, "hosts.2.list.1"), "2");
	CU_ASSERT_STRING_EQUAL(text_at(root, "energy.rule"), "trapezoid");
	CU_ASSERT_STRING_EQUAL(text_at(root, "vms.0.name"), "a=b");
	CU_ASSERT_STRING_EQUAL(yaml_at(root, "energy.rule")->place.file, "--set energy.rule=trapezoid");
	CU_ASSERT_EQUAL(yaml_at(root, "energy.rule")->place.line, 0);
	end(&c);
}

static void bad_overrides_are_told(void)
{
	static const char *const bad[] = {
		"seed",
		"=1",
		"a..b=1",
		".a=1",
		"hosts.5.count=1",
		"hosts.x.count=1",
		"seed.x=1",
		"seed=[1",
		"include=x",
		"seed={a: 1, a: 2}",
	};
	struct yaml_case c;
	begin(&c);
	struct yaml_node *root = tree(&c, "seed: 1\nhosts: [{}]\n");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CU_ASSERT_FALSE(yaml_set(root, bad[i], &c.arena, &c.diag));
		CU_ASSERT_EQUAL(c.diag.errors, i + 1);
	}
	CU_ASSERT_STRING_EQUAL(text_at(root, "seed"), "1");
	end(&c);
}

static const struct test tests[] = {
	{"nodes know their line and column", nodes_know_their_places},
	{"an alias is the node of its anchor, counted each time", aliases_share_their_anchor},
	{"duplicate keys are told and the rest is read", duplicates_do_not_end_the_reading},
	{"hostile text gets one message at its place", hostile_text_is_refused},
	{"aliases that expand to billions are refused", expansion_is_counted},
	{"levels count through aliases", depth_counts_through_aliases},
	{"included keys lie below, mappings are merged", includes_lie_below},
	{"files that include each other are refused", circles_of_includes_are_refused},
	{"overrides replace and add, and leave aliases alone", overrides_replace_and_add},
	{"overrides that make no sense are told", bad_overrides_are_told},
};
SUITE(scenarios_yaml, tests)

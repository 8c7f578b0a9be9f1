/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports: tags nest, all parts are there, ids are unique, nothing points outside, names stay text. */
#include "analysis/report.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/plot.h"
#include "sim/time.h"
#include "tests/analysis/fixture.h"
#include "tests/test.h"

#define DEPTH 64

struct page {
	char *text;
	struct report_counts counts;
};

static void page_make(struct page *p, const char *name, uint64_t rows)
{
	struct fixture fixture;
	char file[] = "/tmp/vdcsim-test-XXXXXX";
	const char *why = NULL;
	size_t size = 0;
	int fd = mkstemp(file);
	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	fixture_open(&fixture, 3);
	fixture_schedule(&fixture);
	fixture_run(&fixture, &(struct record_options){
		.hosts = true, .sites = true, .vms = true, .events = true, .interval_ns = 300 * NS_PER_S});
	struct results_input in = fixture_input(&fixture);
	in.scenario_name = name;
	in.scenario_text = "name: \"</pre><script>alert(1)</script>\"\n";
	results_write(file, &in);
	struct results *results = results_open(file, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(results);
	FILE *out = open_memstream(&p->text, &size);
	report_write(out, results, "run.h5", rows, &p->counts);
	fclose(out);
	results_close(results);
	fixture_close(&fixture);
	unlink(file);
}

static bool word_is(const char *word, size_t length, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == length && strncmp(word, *words, length) == 0)
			return true;
	return false;
}

/* Where the tag that begins at `at` ends: a '>' in quotes does not end it. */
static const char *tag_end(const char *at)
{
	for (char quote = 0; *at && (quote || *at != '>'); at++) {
		if (quote ? *at == quote : *at == '"' || *at == '\'')
			quote = quote ? 0 : *at;
	}
	return at;
}

struct nesting {
	const char *names[DEPTH];
	size_t lengths[DEPTH];
	unsigned depth, tags;
	bool good;
};

/* One tag; returns what follows it (of scripts and styles: their end). */
static const char *tag_read(struct nesting *n, const char *at)
{
	static const char *const voids[] = {"meta", "link", "br", NULL};
	static const char *const raw[] = {"script", "style", NULL};
	bool closes = at[1] == '/';
	const char *name = at + 1 + closes, *end = tag_end(at);
	size_t length = 0;
	while (isalnum((unsigned char)name[length]))
		length++;
	n->tags++;
	if (closes) {
		n->good &= n->depth > 0 && n->lengths[n->depth - 1] == length
		           && strncmp(n->names[n->depth - 1], name, length) == 0;
		n->depth -= n->depth > 0;
	} else if (*end && end[-1] != '/' && !word_is(name, length, voids)) {
		n->good &= n->depth < DEPTH;
		n->names[n->depth % DEPTH] = name;
		n->lengths[n->depth++ % DEPTH] = length;
		if (word_is(name, length, raw))
			end = strstr(end, length == 6 ? "</script>" : "</style>") - 1;
	}
	return end + 1;
}

static void nested(void)
{
	struct page p = {0};
	struct nesting n = {.good = true};
	page_make(&p, "fixture", 500);
	CU_ASSERT_EQUAL(strncmp(p.text, "<!DOCTYPE html>\n", 16), 0);
	for (const char *at = strchr(p.text + 1, '<'); at && n.good; at = strchr(at, '<'))
		at = tag_read(&n, at);
	CU_ASSERT(n.good);
	CU_ASSERT_EQUAL(n.depth, 0);
	CU_ASSERT(n.tags > 200);
	free(p.text);
}

static void complete(void)
{
	static const char *const parts[] = {
		"id=\"summary\"", "id=\"provenance\"", "id=\"heat\"", "<canvas", "class=\"sortable\"",
		"<b>hosts</b>", "<b>vms</b>", "<b>events</b>", "<b>migrations</b>", "energy_j",
		"--set duration=2h",
		"prefers-color-scheme: dark", "@media print", "addEventListener(\"wheel\"", "id=\"scenario\"",
	};
	struct page p = {0};
	unsigned plots = 0;
	page_make(&p, "fixture", 500);
	for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(p.text, parts[i]));
	if (system("gnuplot --version >/dev/null 2>&1") != 0) {
		test_skip("gnuplot");
	} else {
		for (const struct plot *plot = plot_table; plot->name; plot++) {
			char id[64];
			snprintf(id, sizeof id, "<figure id=\"plot-%s\">", plot->name);
			bool left_out = strcmp(plot->name, "utilisation") == 0 || fixture_lacks(plot->name);
			CU_ASSERT_EQUAL(strstr(p.text, id) == NULL, left_out);
			plots += !left_out;
		}
		CU_ASSERT_EQUAL(p.counts.plots, plots);
	}
	CU_ASSERT_EQUAL(p.counts.rows_left_out, 0);
	free(p.text);
}

static void contained(void)
{
	struct page p = {0};
	page_make(&p, "a<b>\"&", 500);
	CU_ASSERT_PTR_NOT_NULL(strstr(p.text, "<h1>a&lt;b&gt;&quot;&amp;</h1>"));
	CU_ASSERT_PTR_NULL(strstr(p.text, "<script>alert"));
	CU_ASSERT_PTR_NULL(strstr(p.text, " src="));
	CU_ASSERT_PTR_NULL(strstr(p.text, "@import"));
	CU_ASSERT_PTR_NULL(strstr(p.text, "href=\"http"));
	CU_ASSERT_PTR_NULL(strstr(p.text, "fetch("));
	free(p.text);
}

static void unique(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	report_svg(out, "<?xml?>\n<svg><path id='p'/><use xlink:href='#p' id=\"q\"/>"
	                "<g fill=\"url(#q)\"/></svg>", "cpu");
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, "<svg><path id='cpu-p'/><use xlink:href='#cpu-p' id=\"cpu-q\"/>"
	                             "<g fill=\"url(#cpu-q)\"/></svg>");
	free(text);
}

static void cut(void)
{
	struct page p = {0};
	page_make(&p, "fixture", 2);
	CU_ASSERT(p.counts.rows_left_out >= FIXTURE_HOSTS - 2 + FIXTURE_VMS - 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(p.text, "the first 2 here; <code>vdcsim show FILE hosts --csv</code>"));
	free(p.text);
}

static const struct test tests[] = {
	{"every tag that opens closes, in order", nested},
	{"figures, plots, heat map, tables and scenario are all there", complete},
	{"names and texts stay text, and nothing is fetched", contained},
	{"the ids of a plot are its own on a page of many", unique},
	{"rows that are left out are told", cut},
};
SUITE(analysis_report, tests)

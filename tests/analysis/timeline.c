/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Timelines: times rise, what begins ends, limits cut cleanly, names are escaped. */
#include "analysis/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/columns.h"
#include "analysis/text.h"
#include "sim/time.h"
#include "tests/analysis/fixture.h"
#include "tests/test.h"

struct timed {
	struct fixture fixture;
	struct results *results;
	char file[64], *text;
	struct timeline_counts counts;
};

/* When `off`, host 1 is off from the start. */
static void timed_open_at(struct timed *t, bool events, struct timeline_limits limits, bool off)
{
	const char *why = NULL;
	size_t size = 0;
	snprintf(t->file, sizeof t->file, "/tmp/vdcsim-test-XXXXXX");
	int fd = mkstemp(t->file);
	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	fixture_open(&t->fixture, 3);
	if (off)
		t->fixture.world.hosts[1].state = HOST_OFF;
	fixture_run(&t->fixture, &(struct record_options){
		.hosts = true, .sites = true, .vms = true, .events = events, .interval_ns = 300 * NS_PER_S});
	struct results_input in = fixture_input(&t->fixture);
	results_write(t->file, &in);
	t->results = results_open(t->file, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t->results);
	FILE *out = open_memstream(&t->text, &size);
	timeline_write(out, t->results, &limits, &t->counts);
	fclose(out);
}

static void timed_open(struct timed *t, bool events, struct timeline_limits limits)
{
	timed_open_at(t, events, limits, false);
}

static void timed_close(struct timed *t)
{
	results_close(t->results);
	fixture_close(&t->fixture);
	unlink(t->file);
	free(t->text);
}

static unsigned times_found(const char *text, const char *what)
{
	unsigned count = 0;
	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		count++;
	return count;
}

static void rising(void)
{
	struct timed t = {0};
	double before = 0, ts = -1;
	timed_open(&t, true, (struct timeline_limits){100, 100000});
	CU_ASSERT_EQUAL(strncmp(t.text, "{\"displayTimeUnit\"", 18), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "}\n]}\n"));
	for (const char *at = strstr(t.text, "\"ts\":"); at; at = strstr(at + 1, "\"ts\":")) {
		ts = strtod(at + 5, NULL);
		CU_ASSERT(ts >= before);
		before = ts;
	}
	CU_ASSERT_DOUBLE_EQUAL(ts, 115 * 60e6, 0); /* the last interval of two hours */
	CU_ASSERT_EQUAL(t.counts.events, times_found(t.text, "\"ts\":"));
	CU_ASSERT_EQUAL(t.counts.hosts, FIXTURE_HOSTS);
	CU_ASSERT_FALSE(t.counts.cut);
	timed_close(&t);
}

static void lives(void)
{
	struct timed t = {0};
	timed_open(&t, true, (struct timeline_limits){100, 100000});
	/* Six guests are placed, one waits: each to the end of the run. */
	CU_ASSERT_EQUAL(times_found(t.text, "{\"ph\":\"X\",\"cat\":\"vm\""), FIXTURE_VMS);
	CU_ASSERT_EQUAL(times_found(t.text, "\"dur\":7200000000.000"), FIXTURE_VMS);
	CU_ASSERT(t.counts.lives && t.counts.counters);
	timed_close(&t);
}

static void first_states(void)
{
	struct timed t = {0};
	timed_open_at(&t, true, (struct timeline_limits){100, 100000}, true);
	const struct results_table *hosts = results_table(t.results, "hosts");
	CU_ASSERT_PTR_NOT_NULL_FATAL(hosts);
	const struct results_column *first = column_named(hosts, "first_state");
	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CU_ASSERT_STRING_EQUAL(first->texts[0], "on");
	CU_ASSERT_STRING_EQUAL(first->texts[1], "off");
	/* No event tells of it; it stays so to the end of the run. */
	CU_ASSERT_EQUAL(times_found(t.text, "{\"ph\":\"X\",\"cat\":\"host\""), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "\"cat\":\"host\",\"pid\":4,\"tid\":0,\"ts\":0.000,"
	                                      "\"name\":\"off\",\"dur\":7200000000.000}"));
	timed_close(&t);
}

static void limited(void)
{
	struct timed t = {0};
	timed_open(&t, true, (struct timeline_limits){2, 50});
	CU_ASSERT_EQUAL(t.counts.hosts, 2);
	CU_ASSERT_EQUAL(t.counts.hosts_left_out, FIXTURE_HOSTS - 2);
	CU_ASSERT(t.counts.cut);
	CU_ASSERT(t.counts.events <= 50 && t.counts.events > 20);
	CU_ASSERT(t.counts.until_s < 7200);
	CU_ASSERT_EQUAL(times_found(t.text, "\"name\":\"process_name\""), 2 + 2);
	timed_close(&t);
	t = (struct timed){0};
	timed_open(&t, true, (struct timeline_limits){0, 0});
	CU_ASSERT_EQUAL(t.counts.events, 0);
	CU_ASSERT_PTR_NULL(strstr(t.text, ",\n\n]"));
	timed_close(&t);
}

static void without_events(void)
{
	struct timed t = {0};
	timed_open(&t, false, (struct timeline_limits){100, 100000});
	CU_ASSERT_FALSE(t.counts.lives);
	CU_ASSERT(t.counts.counters);
	CU_ASSERT_EQUAL(times_found(t.text, "\"ph\":\"X\""), 0);
	timed_close(&t);
}

static void escaped(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	text_json(out, "a\"b\\c\n</script>");
	text_html(out, "<b>&\"\x01");
	text_base64(out, (const unsigned char *)"Man", 3);
	text_base64(out, (const unsigned char *)"Ma", 2);
	text_base64(out, (const unsigned char *)"M", 1);
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, "\"a\\\"b\\\\c\\u000a\\u003c/script>\"&lt;b&gt;&amp;&quot;TWFuTWE=TQ==");
	free(text);
}

static const struct test tests[] = {
	{"times rise, and every event is counted", rising},
	{"each guest's stay and wait is an event with its length", lives},
	{"a host that is off from the start is so in the table and in the timeline", first_states},
	{"limits leave out hosts and what comes late, and say so", limited},
	{"a file without events gives counters alone", without_events},
	{"text is escaped for JSON and HTML", escaped},
};
SUITE(analysis_timeline, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that move in small worlds: as the closed form says when alone, lost when their home sleeps. */
#include "tests/test.h"

#include "models/migration/processes.h"
#include "sim/time.h"
#include "tests/models/small.h"

struct bed {
	struct small s;
	struct processes p;
};

/* Three hosts with cables of 1 Gbit/s and 1 ms. */
static void open_bed(struct bed *b, uint32_t files)
{
	struct small *s = &b->s;
	small_open(s);
	uint32_t type = small_host_type(s, 4, 1000);
	for (int k = 0; k < 3; k++)
		small_host(s, type);
	s->migrations.with_legs = true;
	migrations_open(&s->migrations);
	processes_init(&b->p, &s->migrations);
	processes_add(&b->p, &(struct process_plan){
		.name = "make", .home = 0, .to = 1, .at_ns = 5 * NS_PER_S, .memory_bytes = 125000000,
		.files = files, .sockets = 0, .call_hz = 250, .call_bytes = 10000,
		.freeze_ns = 96 * NS_PER_MS,
	});
	processes_open(&b->p);
}

static const struct process *finish(struct bed *b, int64_t at_s)
{
	small_run(&b->s, at_s);
	processes_finish(&b->p);
	return &b->p.all[0];
}

static void close_bed(struct bed *b)
{
	processes_close(&b->p);
	small_close(&b->s);
}

/* Frozen for 96 ms, a round trip of 4 ms and 1 s of sending; then each of its calls takes 4.08 ms. */
static void test_alone(void)
{
	struct bed b;
	struct process_outcome closed;
	struct process_case c = {
		.memory_bytes = 125000000, .files = 3, .call_hz = 250, .call_bytes = 10000,
		.bandwidth_Bps = 125e6, .round_trip_ns = 4 * NS_PER_MS, .freeze_ns = 96 * NS_PER_MS,
		.lives_ns = 100 * NS_PER_S - 6100 * NS_PER_MS,
	};
	open_bed(&b, 3);
	const struct process *p = finish(&b, 100);
	process_move(&c, &closed);
	CU_ASSERT_EQUAL(p->state, PROCESS_AWAY);
	CU_ASSERT_EQUAL(p->moved_ns, 6100 * NS_PER_MS);
	CU_ASSERT_EQUAL(p->outcome.total_ns, closed.total_ns);
	CU_ASSERT_EQUAL(p->outcome.residual_ns, closed.residual_ns);
	CU_ASSERT_EQUAL(p->outcome.left_behind, 3);
	CU_ASSERT_DOUBLE_EQUAL(p->outcome.slowed_01, closed.slowed_01, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(p->outcome.forwarded_bytes, closed.forwarded_bytes,
	                       1e-6 * closed.forwarded_bytes);
	CU_ASSERT_FALSE(p->outcome.lost);
	close_bed(&b);
}

static void test_home_sleeps(void)
{
	for (uint32_t files = 0; files <= 3; files += 3) {
		struct bed b;
		open_bed(&b, files);
		small_run(&b.s, 50);
		CU_ASSERT_PTR_NULL(lifecycle_host(&b.s.life, (host_id){0}, HOST_SUSPEND));
		const struct process *p = finish(&b, 100);
		CU_ASSERT_EQUAL(p->outcome.lost, files > 0); /* what left nothing behind needs no home */
		CU_ASSERT_EQUAL(p->lost_ns, files ? 50 * NS_PER_S : -1);
		CU_ASSERT_EQUAL(p->outcome.residual_ns, files ? 43900 * NS_PER_MS : 0);
		close_bed(&b);
	}
}

/* Half way through its memory. */
static void test_broken_off(void)
{
	static const struct {
		uint32_t host;
		bool cable;
		enum process_state state;
	} cases[] = {
		{0, false, PROCESS_LOST}, {1, false, PROCESS_AT_HOME}, {1, true, PROCESS_AT_HOME},
		{2, false, PROCESS_AWAY},
	};
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct bed b;
		open_bed(&b, 3);
		engine_run(b.s.engine, 5600 * NS_PER_MS);
		host_id host = {cases[k].host};
		const char *why = cases[k].cable ? migrations_cable(&b.s.migrations, host, true)
		                                 : lifecycle_host(&b.s.life, host, HOST_FAIL);
		CU_ASSERT_PTR_NULL(why);
		const struct process *p = finish(&b, 20);
		CU_ASSERT_EQUAL(p->state, cases[k].state);
		CU_ASSERT_EQUAL(p->why != NULL, cases[k].state != PROCESS_AWAY);
		if (cases[k].state != PROCESS_AWAY)
			CU_ASSERT_DOUBLE_EQUAL(p->outcome.sent_bytes, 62.5e6, 1);
		close_bed(&b);
	}
}

/* One that cannot begin stays where it is. */
static void test_refused(void)
{
	struct bed b;
	open_bed(&b, 3);
	small_run(&b.s, 1);
	CU_ASSERT_PTR_NULL(lifecycle_host(&b.s.life, (host_id){1}, HOST_FAIL));
	const struct process *p = finish(&b, 20);
	CU_ASSERT_EQUAL(p->state, PROCESS_AT_HOME);
	CU_ASSERT_STRING_EQUAL(p->why, "one of its hosts is not on");
	CU_ASSERT_EQUAL(p->outcome.downtime_ns, 0);
	close_bed(&b);
}

static const struct test tests[] = {
	{"alone, a process moves and depends on its home as the closed form says", test_alone},
	{"a process is lost when its home goes to sleep, unless it left nothing there", test_home_sleeps},
	{"a process whose target or cable fails runs on at home, one whose home fails is lost",
		test_broken_off},
	{"a process whose target is down does not move", test_refused},
};
SUITE(models_processes, tests)

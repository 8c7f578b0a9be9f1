/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hosts that fail on time: downtimes, restarts, lost work, logs and racks, by hand. */
#include "models/hypervisor/failure.h"

#include <math.h>

#include "tests/models/small.h"
#include "tests/test.h"

#define BOOT_S 10       /* of the small world's hosts */

struct failing {
	struct small s;
	struct failures f;
	struct failure_rules rules[2];
};

static void failing_open(struct failing *w, uint32_t hosts)
{
	small_open(&w->s);
	uint32_t type = small_host_type(&w->s, 1, 1000);
	for (uint32_t h = 0; h < hosts; h++)
		small_host(&w->s, type);
	w->rules[0] = (struct failure_rules){
		.fails = true, .stream = "host", .between = {LAW_CONSTANT, 1000, 0},
		.repair = {LAW_CONSTANT, 100, 0},
	};
	w->rules[1] = (struct failure_rules){.fails = false};
}

static void begin(struct failing *w)
{
	failures_open(&w->f, &w->s.world, &w->s.life, w->rules);
}

static void failing_close(struct failing *w)
{
	failures_close(&w->f);
	CU_ASSERT_PTR_NULL(w->s.world.failures);
	small_close(&w->s);
}

static enum host_state state(const struct failing *w, uint32_t h)
{
	return w->s.world.hosts[h].state;
}

static void fails_and_boots(void)
{
	struct failing w;
	failing_open(&w, 1);
	begin(&w);
	small_run(&w.s, 999);
	CU_ASSERT_EQUAL(state(&w, 0), HOST_ON);
	small_run(&w.s, 1001);
	CU_ASSERT_EQUAL(state(&w, 0), HOST_FAILED);
	small_run(&w.s, 1101);
	CU_ASSERT_EQUAL(state(&w, 0), HOST_BOOTING);
	small_run(&w.s, 1111);
	CU_ASSERT_EQUAL(state(&w, 0), HOST_ON);
	/* The next failure is 1000 s after the repair: at 2100. */
	small_run(&w.s, 2150);
	failures_finish(&w.f, 2150 * NS_PER_S);
	CU_ASSERT_EQUAL(w.f.hosts[0].failures, 2);
	CU_ASSERT_EQUAL(w.f.hosts[0].down_ns, (100 + BOOT_S + 50) * NS_PER_S);
	CU_ASSERT_DOUBLE_EQUAL(w.f.hosts[0].availability_01, 1 - 160.0 / 2150, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(w.f.hosts[0].nines, -log10(160.0 / 2150), 1e-12);
	failing_close(&w);
}

static void guests_start_again(void)
{
	struct failing w;
	failing_open(&w, 1);
	w.rules[0].restarts = true;
	uint32_t plan = PLAN(&w.s, 100000, 40);
	uint32_t outer = small_vm(&w.s, 1000, plan), inner = small_vm(&w.s, 100, plan);
	w.s.world.vms[inner].inside = outer;
	begin(&w);
	small_place(&w.s, outer, 0);
	small_nest(&w.s, inner, outer);
	small_run(&w.s, 1050);
	CU_ASSERT_EQUAL(w.s.world.vms[outer].state, VM_LOST);
	CU_ASSERT_EQUAL(w.s.world.vms[inner].state, VM_LOST);
	CU_ASSERT_EQUAL(w.f.vms[outer].lost, HZ_S(400 * 1000));
	CU_ASSERT_EQUAL(w.f.vms[inner].lost, HZ_S(40 * 1000));
	small_run(&w.s, 1111);
	CU_ASSERT_EQUAL(w.s.world.vms[outer].state, VM_RUNNING);
	CU_ASSERT_EQUAL(w.s.world.vms[inner].state, VM_RUNNING);
	CU_ASSERT_EQUAL(w.s.world.vms[inner].parent.i, outer);
	CU_ASSERT_EQUAL(w.f.vms[outer].down_ns, (100 + BOOT_S) * NS_PER_S);
	/* Lost again at 2100, after 990 s of work. */
	small_run(&w.s, 2200);
	CU_ASSERT_EQUAL(w.f.vms[outer].losses, 2);
	CU_ASSERT_EQUAL(w.f.vms[outer].lost, HZ_S(400 * 1990));
	failures_finish(&w.f, 2200 * NS_PER_S);
	CU_ASSERT_DOUBLE_EQUAL(w.f.vms[outer].availability_01, 1 - 210.0 / 2200, 1e-12);
	failing_close(&w);
}

static void guests_stay_lost(void)
{
	struct failing w;
	failing_open(&w, 2);
	uint32_t vm = small_vm(&w.s, 1000, PLAN(&w.s, 100000, 40));
	w.s.world.hosts[1].state = HOST_OFF;
	begin(&w);
	small_place(&w.s, vm, 0);
	small_run(&w.s, 1500);
	CU_ASSERT_EQUAL(w.s.world.vms[vm].state, VM_LOST);
	/* Whoever starts it elsewhere ends its downtime. */
	CU_ASSERT_PTR_NULL(lifecycle_host(&w.s.life, (host_id){1}, HOST_POWER_ON));
	small_run(&w.s, 1600);
	small_place(&w.s, vm, 1);
	CU_ASSERT_EQUAL(w.f.vms[vm].down_ns, 600 * NS_PER_S);
	struct failure_totals t;
	failures_finish(&w.f, 1600 * NS_PER_S);
	failures_totals(&w.f, &t);
	CU_ASSERT_EQUAL(t.losses, 1);
	CU_ASSERT_DOUBLE_EQUAL(t.vm_down_s, 600, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(t.vm_availability_01, 1 - 600.0 / 1600, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(t.lost_ghz_h, 400 * 1000 / 3.6e12, 1e-15);
	failing_close(&w);
}

static void off_stays_off(void)
{
	struct failing w;
	failing_open(&w, 1);
	w.s.world.hosts[0].state = HOST_OFF;
	begin(&w);
	small_run(&w.s, 1500);
	CU_ASSERT_EQUAL(state(&w, 0), HOST_OFF);
	CU_ASSERT_EQUAL(w.f.hosts[0].failures, 1);
	CU_ASSERT_EQUAL(w.f.hosts[0].down_ns, 100 * NS_PER_S); /* until it is repaired */
	failing_close(&w);
}

static void asked_failures_count(void)
{
	struct failing w;
	failing_open(&w, 1);
	begin(&w);
	small_run(&w.s, 300);
	CU_ASSERT_PTR_NULL(lifecycle_host(&w.s.life, (host_id){0}, HOST_FAIL));
	small_run(&w.s, 350);
	CU_ASSERT_PTR_NULL(lifecycle_host(&w.s.life, (host_id){0}, HOST_REPAIR)); /* before its time */
	CU_ASSERT_PTR_NULL(lifecycle_host(&w.s.life, (host_id){0}, HOST_POWER_ON));
	small_run(&w.s, 1300);
	CU_ASSERT_EQUAL(w.f.hosts[0].failures, 1);
	CU_ASSERT_EQUAL(w.f.hosts[0].down_ns, (50 + BOOT_S) * NS_PER_S);
	small_run(&w.s, 1351); /* 1000 s after that repair */
	CU_ASSERT_EQUAL(state(&w, 0), HOST_FAILED);
	failing_close(&w);
}

static void crashes_count(void)
{
	struct failing w;
	failing_open(&w, 1);
	w.rules[0].restarts = true;
	uint32_t vm = small_vm(&w.s, 1000, PLAN(&w.s, 100000, 40));
	begin(&w);
	small_place(&w.s, vm, 0);
	small_run(&w.s, 200);
	CU_ASSERT_PTR_NULL(lifecycle_host(&w.s.life, (host_id){0}, HOST_CRASH));
	small_run(&w.s, 300);
	CU_ASSERT_EQUAL(w.s.world.vms[vm].state, VM_RUNNING);
	CU_ASSERT_EQUAL(w.f.hosts[0].failures, 1);
	CU_ASSERT_EQUAL(w.f.hosts[0].down_ns, BOOT_S * NS_PER_S);
	CU_ASSERT_EQUAL(w.f.vms[vm].down_ns, BOOT_S * NS_PER_S);
	failing_close(&w);
}

static void logs(void)
{
	static const struct failure_entry first[] = {{50 * NS_PER_S, 20 * NS_PER_S},
	                                             {60 * NS_PER_S, NS_PER_S}, /* while it is down */
	                                             {200 * NS_PER_S, 30 * NS_PER_S}};
	const struct failure_log two[] = {{first, 3}, {first, 0}};
	struct failing w;
	failing_open(&w, 3);
	w.rules[0].logs = two;
	w.rules[0].log_count = 2;
	begin(&w);
	small_run(&w.s, 1000);
	failures_finish(&w.f, 1000 * NS_PER_S);
	CU_ASSERT_EQUAL(w.f.hosts[0].failures, 2);
	CU_ASSERT_EQUAL(w.f.hosts[0].down_ns, (20 + 30 + 2 * BOOT_S) * NS_PER_S);
	CU_ASSERT_EQUAL(w.f.hosts[1].failures, 0);
	CU_ASSERT_EQUAL(w.f.hosts[1].availability_01, 1);
	CU_ASSERT(isinf(w.f.hosts[1].nines));
	CU_ASSERT_EQUAL(w.f.hosts[2].down_ns, w.f.hosts[0].down_ns); /* host 2 is machine 0 again */
	failing_close(&w);
}

static void racks(void)
{
	struct failing w;
	failing_open(&w, 3);
	w.rules[0].rack_01 = 1;
	begin(&w);
	CU_ASSERT_EQUAL(w.f.shock_count, 1);
	small_run(&w.s, 50000);
	CU_ASSERT(w.f.hosts[0].failures > 20);
	for (uint32_t h = 1; h < 3; h++) {
		CU_ASSERT_EQUAL(w.f.hosts[h].failures, w.f.hosts[0].failures);
		CU_ASSERT_EQUAL(w.f.hosts[h].down_ns, w.f.hosts[0].down_ns);
	}
	failing_close(&w);
}

static void shared_streams(void)
{
	struct failing w;
	failing_open(&w, 2);
	uint32_t other = small_host_type(&w.s, 1, 1000);
	small_host(&w.s, other);
	w.s.world.hosts[2].number = 0;
	w.rules[0].between.kind = w.rules[0].repair.kind = LAW_EXPONENTIAL;
	w.rules[1] = w.rules[0];
	begin(&w);
	small_run(&w.s, 100000);
	CU_ASSERT(w.f.hosts[0].failures > 50);
	CU_ASSERT_EQUAL(w.f.hosts[2].down_ns, w.f.hosts[0].down_ns);
	CU_ASSERT_NOT_EQUAL(w.f.hosts[1].down_ns, w.f.hosts[0].down_ns);
	failing_close(&w);
}

struct told {
	int64_t at_ns[4], expected_ns[4];
	uint32_t count;
	const struct small *s;
};

static void hear_foreseen(void *context, host_id host, int64_t expected_ns)
{
	struct told *t = context;
	CU_ASSERT_EQUAL(host.i, 0);
	CU_ASSERT_FATAL(t->count < 4);
	t->at_ns[t->count] = engine_now_ns(t->s->engine);
	t->expected_ns[t->count++] = expected_ns;
}

static void foreseen(void)
{
	struct failing w;
	struct told told = {.s = &w.s};
	failing_open(&w, 1);
	w.rules[0].foresight = (struct failure_foresight){1, 1, 300 * NS_PER_S};
	begin(&w);
	w.f.foreseen = hear_foreseen;
	w.f.foreseen_context = &told;
	small_run(&w.s, 2800);
	CU_ASSERT_EQUAL_FATAL(told.count, 2);
	CU_ASSERT_EQUAL(told.at_ns[0], 700 * NS_PER_S);
	CU_ASSERT_EQUAL(told.expected_ns[0], 1000 * NS_PER_S);
	CU_ASSERT_EQUAL(told.at_ns[1], 1800 * NS_PER_S);
	CU_ASSERT_EQUAL(told.expected_ns[1], 2100 * NS_PER_S);
	CU_ASSERT_EQUAL(w.s.world.notes[NOTE_FAILURE_FORESEEN], 2);
	failing_close(&w);
	/* A failure that nobody foresaw takes its own foresight along. */
	failing_open(&w, 1);
	told.count = 0;
	w.rules[0].foresight = (struct failure_foresight){1, 1, 300 * NS_PER_S};
	begin(&w);
	w.f.foreseen = hear_foreseen;
	w.f.foreseen_context = &told;
	small_run(&w.s, 600);
	CU_ASSERT_PTR_NULL(lifecycle_host(&w.s.life, (host_id){0}, HOST_FAIL));
	small_run(&w.s, 1300);
	CU_ASSERT_EQUAL(told.count, 0);
	failing_close(&w);
}

/* Half of the failures are foreseen, and a quarter of what is foreseen comes. */
static void recall_and_precision(void)
{
	struct failing w;
	struct failure_totals t;
	failing_open(&w, 20);
	w.rules[0].between.kind = w.rules[0].repair.kind = LAW_EXPONENTIAL;
	w.rules[0].foresight = (struct failure_foresight){0.5, 0.25, 60 * NS_PER_S};
	begin(&w);
	small_run(&w.s, 500000);
	failures_finish(&w.f, 500000 * NS_PER_S);
	failures_totals(&w.f, &t);
	CU_ASSERT(t.failures > 8000);
	double recall = (double)t.foreseen / (double)t.failures;
	double precision = (double)t.foreseen / (double)(t.foreseen + t.alarms);
	CU_ASSERT_DOUBLE_EQUAL(recall, 0.5, 0.02);
	CU_ASSERT_DOUBLE_EQUAL(precision, 0.25, 0.01);
	failing_close(&w);
}

static const struct test tests[] = {
	{"a host fails, is repaired and boots, and the next failure counts from the repair", fails_and_boots},
	{"lost guests start again on their host, holders first", guests_start_again},
	{"a guest that nobody starts stays lost, and down", guests_stay_lost},
	{"a host that was off is off again when it is repaired", off_stays_off},
	{"failures and repairs that a scenario asks for count too", asked_failures_count},
	{"a crash is a downtime of one boot", crashes_count},
	{"a log tells when a host fails and for how long", logs},
	{"a failure of the rack takes all its hosts at once", racks},
	{"groups that share a stream share their failures", shared_streams},
	{"a failure is foreseen in its lead, unless another comes first", foreseen},
	{"foresight has the recall and the precision asked for", recall_and_precision},
};
SUITE(models_failure, tests)

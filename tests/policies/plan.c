/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What policies ask for by themselves, by hand: moves, swaps, power, restarts; maintenance; what looks
 * cost. */
#include "tests/test.h"

#include <string.h>

#include "models/hypervisor/pace.h"
#include "policies/registry.h"
#include "tests/policies/looped.h"

#define GIB (INT64_C(1) << 30)

/* The policies below write down what they were answered. */
struct answers {
	const char *why[16];
	uint32_t count;
};

static void answer(void *state, const char *why)
{
	struct answers *a = state;
	if (a->count < 16)
		a->why[a->count++] = why;
}

static const struct answers *answers_of(const struct looped *l, enum question question)
{
	return l->control.loop.questions.by[question].state;
}

static void check_answer(const struct looped *l, enum question question, uint32_t k, const char *expected)
{
	const char *why = answers_of(l, question)->why[k];
	CU_ASSERT_FATAL(k < answers_of(l, question)->count);
	CU_ASSERT((!why && !expected) || (why && expected && strcmp(why, expected) == 0));
}

static void asks_much(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	struct answers *a = state;
	if (a->count)
		return;
	answer(state, plan->migrate(plan, 0, 1));
	CU_ASSERT_EQUAL(view->guests[0].host, 1);       /* it happened in thought */
	CU_ASSERT_EQUAL(view->hosts[1].demand_hz, 300);
	answer(state, plan->migrate(plan, 0, 2));       /* once is enough */
	answer(state, plan->migrate(plan, 77, 1));
	answer(state, plan->migrate(plan, 1, 77));
	answer(state, plan->migrate(plan, 1, 0));       /* it is there */
	answer(state, plan->migrate(plan, 1, 3));       /* that one is asleep */
	answer(state, plan->migrate(plan, 2, 1));       /* 300 + 800 */
	answer(state, plan->host_speed(plan, 0, 1));
	answer(state, plan->host_cap(plan, 0, -1));
	answer(state, plan->resize(plan, 0, 2, 1));
	answer(state, plan->replicate(plan, 0, 1));
	answer(state, plan->host_power(plan, 0, POLICY_POWER_OFF));
	answer(state, plan->host_power(plan, 2, POLICY_POWER_ON));
	answer(state, plan->start(plan, 1, 1));
}

static void test_answers(void)
{
	const struct policy policy = {
		.abi = POLICY_ABI, .struct_size = sizeof policy, .name = "asks much", .balance = asks_much,
		.state_bytes = sizeof(struct answers),
	};
	struct looped l;
	looped_open(&l, 4);
	l.rules.look.wake = false;
	l.s.world.hosts[3].state = HOST_SUSPENDED;
	l.rules.choices[ASK_BALANCE].policy = &policy;
	uint32_t first = looped_guest(&l, 300, 0);
	looped_guest(&l, 200, 0);
	looped_guest(&l, 800, 2);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	static const char *const expected[] = {
		NULL, "the guest cannot move now", "there is no such guest", "there is no such host",
		"the guest is on that host already", "the host is not on", "the host has too little free CPU",
		"this host has no P-states", "a cap is a number of watts, or 0 for none",
		"this guest cannot be resized",
		"this guest's group has no spare guests", "guests are on the host or on their way",
		"the host is on already", "only a guest that was lost or has crashed can be started again",
	};
	uint32_t n = sizeof expected / sizeof *expected;
	CU_ASSERT_EQUAL(answers_of(&l, ASK_BALANCE)->count, n);
	for (uint32_t k = 0; k < n; k++)
		check_answer(&l, ASK_BALANCE, k, expected[k]);
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_PLAN_REFUSED], n - 1);
	CU_ASSERT_EQUAL(looped_host_of(&l, first), 1);
	CU_ASSERT_EQUAL(looped_note(&l, NOTE_MOVE_AGREED, 0)->value, ASK_BALANCE);
	looped_close(&l);
}

static void swaps(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	(void)view;
	if (!((struct answers *)state)->count) {
		answer(state, plan->swap(plan, 0, 1)); /* on one host */
		answer(state, plan->swap(plan, 1, 2)); /* 700 + 600 */
		answer(state, plan->swap(plan, 0, 2));
		answer(state, plan->swap(plan, 3, 0)); /* that one is on its way */
	}
}

/* Host 0: 700, 200; host 1: 600, 300. Neither of 700 and 600 fits where the other is; swapped, both do. */
static void test_swap(void)
{
	const struct policy policy = {
		.abi = POLICY_ABI, .struct_size = sizeof policy, .name = "swaps", .balance = swaps,
		.state_bytes = sizeof(struct answers),
	};
	struct looped l;
	looped_open(&l, 2);
	l.rules.choices[ASK_BALANCE].policy = &policy;
	uint32_t a = looped_guest(&l, 700, 0), small = looped_guest(&l, 200, 0);
	uint32_t b = looped_guest(&l, 600, 1);
	looped_guest(&l, 300, 1);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	check_answer(&l, ASK_BALANCE, 0, "the guests to be swapped are on one host");
	check_answer(&l, ASK_BALANCE, 1, "the host has too little free CPU");
	check_answer(&l, ASK_BALANCE, 2, NULL);
	check_answer(&l, ASK_BALANCE, 3, "the guest cannot move now");
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 1);
	CU_ASSERT_EQUAL(looped_host_of(&l, b), 0);
	CU_ASSERT_EQUAL(looped_host_of(&l, small), 0);
	looped_close(&l);
}

static void sleeps(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	for (uint32_t h = 0; h < view->host_count; h++)
		if (view->now_ns == 100 * NS_PER_S)
			answer(state, plan->host_power(plan, h, POLICY_POWER_SLEEP));
		else if (view->now_ns == 400 * NS_PER_S)
			answer(state, plan->host_power(plan, h, POLICY_POWER_ON));
}

/* Falling asleep takes 30 s, waking 50 s (tests/models/small.h: the transition numbered s takes 10 s s). */
static void test_power(void)
{
	const struct policy policy = {
		.abi = POLICY_ABI, .struct_size = sizeof policy, .name = "sleeps", .power = sleeps,
		.state_bytes = sizeof(struct answers),
	};
	struct looped l;
	looped_open(&l, 2);
	l.rules.choices[ASK_POWER].policy = &policy;
	looped_guest(&l, 400, 0);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 120);
	CU_ASSERT_EQUAL(l.s.world.hosts[1].state, HOST_SUSPENDING);
	check_answer(&l, ASK_POWER, 0, "guests are on the host or on their way");
	check_answer(&l, ASK_POWER, 1, NULL);
	small_run(&l.s, 300);
	CU_ASSERT_EQUAL(l.s.world.hosts[1].state, HOST_SUSPENDED);
	CU_ASSERT_EQUAL(l.control.loop.look.hosts[1].state, POLICY_HOST_ASLEEP);
	CU_ASSERT_EQUAL(l.control.loop.look.hosts[1].wake_ns, 50 * NS_PER_S);
	small_run(&l.s, 460);
	CU_ASSERT_EQUAL(l.s.world.hosts[1].state, HOST_ON);
	check_answer(&l, ASK_POWER, 2, "the host is on already");
	looped_close(&l);
}

static void paces(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	(void)state;
	if (view->now_ns == 100 * NS_PER_S) {
		CU_ASSERT_PTR_NULL(plan->host_speed(plan, 0, 1));
	} else if (view->now_ns == 200 * NS_PER_S) {
		CU_ASSERT_EQUAL(view->hosts[0].speed, 1);
		CU_ASSERT_DOUBLE_EQUAL(view->speed_01(view, 0, 1), 0.5, 1e-12);
		CU_ASSERT_PTR_NULL(plan->host_speed(plan, 0, 0));
		CU_ASSERT_PTR_NULL(plan->host_cap(plan, 0, 150));
	}
}

/* 600 of 1000 Hz draw 160 W. At half speed there are 500, all given, at 200 W; under a cap of 150 W, 500
 * again. */
static void test_paces(void)
{
	const struct host_speed speeds[] = {{1000, {0}}, {500, {0}}};
	const struct policy policy = {
		.abi = POLICY_ABI, .struct_size = sizeof policy, .name = "paces", .power = paces,
	};
	struct looped l;
	looped_open(&l, 1);
	l.s.world.host_types[0].speeds = speeds;
	l.s.world.host_types[0].speed_count = 2;
	l.rules.choices[ASK_POWER].policy = &policy;
	looped_guest(&l, 600, 0);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 99);
	CU_ASSERT_EQUAL(l.s.world.hosts[0].power_uw, 160 * JOULE);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(l.s.world.hosts[0].given_hz, 500);
	CU_ASSERT_EQUAL(l.s.world.hosts[0].power_uw, 200 * JOULE);
	small_run(&l.s, 250);
	CU_ASSERT_EQUAL(l.s.world.hosts[0].given_hz, 500);
	CU_ASSERT_EQUAL(l.s.world.hosts[0].power_uw, 150 * JOULE);
	looped_close(&l);
}

static void restarts(void *state, const struct policy_view *view, struct policy_plan *plan,
                     const struct policy_failure *failure)
{
	CU_ASSERT_EQUAL(view->hosts[failure->host].state, POLICY_HOST_FAILED);
	CU_ASSERT_EQUAL(failure->count, 3);
	answer(state, plan->start(plan, failure->lost[0], failure->host));
	answer(state, plan->start(plan, failure->lost[0], 1));
	answer(state, plan->start(plan, failure->lost[1], 1)); /* 500 + 600 */
	answer(state, plan->start(plan, failure->lost[1], POLICY_NONE));
	answer(state, plan->start(plan, failure->lost[2], POLICY_NONE));
}

/* Host 0 fails at 50 s, which is noticed at 60 s. Of 500, 600 and 450, host 1 takes the first and the
 * policy of placement the other two: 450 finds room beside it, 600 waits until host 0 is there again. */
static void test_restart(void)
{
	static const struct action actions[] = {
		ACT(50 * NS_PER_S, HOST_FAIL, ID_NONE, 0, 0),
		ACT(200 * NS_PER_S, HOST_REPAIR, ID_NONE, 0, 1),
		ACT(200 * NS_PER_S, HOST_ON, ID_NONE, 0, 2),
	};
	const struct policy policy = {
		.abi = POLICY_ABI, .struct_size = sizeof policy, .name = "restarts", .failed = restarts,
		.state_bytes = sizeof(struct answers),
	};
	struct looped l;
	looped_open(&l, 2);
	l.rules.choices[ASK_FAILURE].policy = &policy;
	l.rules.failure_delay_ns = 10 * NS_PER_S;
	uint32_t a = looped_guest(&l, 500, 0), b = looped_guest(&l, 600, 0), c = looped_guest(&l, 450, 0);
	looped_start(&l, actions, 3);
	small_run(&l.s, 59);
	CU_ASSERT_EQUAL(l.s.world.vms[a].state, VM_LOST);
	small_run(&l.s, 61);
	check_answer(&l, ASK_FAILURE, 0, "the host is not on");
	check_answer(&l, ASK_FAILURE, 1, NULL);
	check_answer(&l, ASK_FAILURE, 2, "the host has too little free CPU");
	CU_ASSERT_EQUAL(l.s.world.vms[a].state, VM_RUNNING);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 1);
	CU_ASSERT_EQUAL(looped_host_of(&l, c), 1);
	CU_ASSERT_EQUAL(l.s.world.vms[b].state, VM_WAITING);
	small_run(&l.s, 300);
	CU_ASSERT_EQUAL(looped_host_of(&l, b), 0);
	looped_close(&l);
}

static void evacuates(void *state, const struct policy_view *view, struct policy_plan *plan,
                      const struct policy_failure *failure)
{
	CU_ASSERT_EQUAL(failure->count, 0);
	CU_ASSERT_EQUAL(failure->expected_ns, 200 * NS_PER_S);
	for (uint32_t v = view->first_guest[failure->host], next; v != POLICY_NONE; v = next) {
		next = view->guests[v].next; /* a guest that moves changes the list */
		answer(state, plan->migrate(plan, v, 1));
	}
}

static void test_foreseen(void)
{
	const struct policy policy = {
		.abi = POLICY_ABI, .struct_size = sizeof policy, .name = "evacuates", .failed = evacuates,
		.state_bytes = sizeof(struct answers),
	};
	struct looped l;
	looped_open(&l, 2);
	l.rules.choices[ASK_FAILURE].policy = &policy;
	uint32_t a = looped_guest(&l, 500, 0), b = looped_guest(&l, 400, 0);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 20);
	loop_foresee(&l.control.loop, 0, 200 * NS_PER_S);
	small_run(&l.s, 60);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 1);
	CU_ASSERT_EQUAL(looped_host_of(&l, b), 1);
	looped_close(&l);
}

/* Host 0 is to be empty within 20 s and is after 9; host 1 within 20 s, but its large guest fits nowhere. A
 * guest that arrives meanwhile goes to neither. */
static void test_maintenance(void)
{
	static const struct action actions[] = {
		ACT_BY(10 * NS_PER_S, HOST_DRAIN, 0, 0, 30 * NS_PER_S),
		ACT_BY(40 * NS_PER_S, HOST_DRAIN, 1, 1, 60 * NS_PER_S),
		ACT_BY(45 * NS_PER_S, HOST_DRAIN, 1, 2, 60 * NS_PER_S),
		ACT(80 * NS_PER_S, HOST_UNDRAIN, ID_NONE, 0, 3),
		ACT(90 * NS_PER_S, HOST_UNDRAIN, ID_NONE, 0, 4),
	};
	struct looped l;
	looped_open(&l, 3);
	uint32_t a = looped_guest(&l, 300, 0);
	uint32_t large = looped_guest(&l, 700, 1);
	looped_guest(&l, 400, 2);
	uint32_t late = small_vm(&l.s, 200, ID_NONE);
	l.s.world.vms[late].start_ns = 70 * NS_PER_S;
	looped_start(&l, actions, 5);
	small_run(&l.s, 39);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 1); /* first fit */
	small_run(&l.s, 65);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 2);
	CU_ASSERT_EQUAL(looped_host_of(&l, large), 1);
	const struct note *met = looped_note(&l, NOTE_HOST_EMPTIED, 0);
	const struct note *missed = looped_note(&l, NOTE_HOST_EMPTIED, 1);
	CU_ASSERT_FATAL(met && missed);
	CU_ASSERT(met->host == 0 && met->value == 0 && met->time_ns < 19 * NS_PER_S);
	CU_ASSERT(missed->host == 1 && missed->value == 1 && missed->time_ns == 60 * NS_PER_S);
	small_run(&l.s, 75);
	CU_ASSERT_EQUAL(looped_host_of(&l, late), 2);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, large), 0); /* open again: the next look finds it */
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_PLAN_REFUSED], 2); /* drained twice, opened twice */
	looped_close(&l);
}

/* 2 s of a core each 100 s, a guest: 2 % of 1000 Hz. */
static void test_monitoring(void)
{
	struct looped l;
	looped_open(&l, 2);
	l.rules.monitor_s = 2;
	looped_guest(&l, 300, 0);
	looped_guest(&l, 200, 0);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 99);
	CU_ASSERT_EQUAL(l.s.world.hosts[0].service_hz, 0); /* nobody has looked yet */
	small_run(&l.s, 200);
	CU_ASSERT_EQUAL(l.s.world.hosts[0].service_hz, 40);
	CU_ASSERT_EQUAL(l.s.world.hosts[1].service_hz, 0);
	CU_ASSERT(l.s.world.hosts[0].service == HZ_S(40) * 100);
	looped_close(&l);
}

static void test_history(void)
{
	struct looped l;
	double u[8];
	looped_open(&l, 2);
	uint32_t v = small_vm(&l.s, 500, PLAN(&l.s, 100, 10, 20, 30, 40, 50, 60, 70, 80, 90));
	uint32_t young = small_vm(&l.s, 250, PLAN(&l.s, 1000, 100));
	small_place(&l.s, v, 0);
	l.s.world.vms[young].start_ns = 450 * NS_PER_S;
	looped_start(&l, NULL, 0);
	small_run(&l.s, 650);
	const struct policy_view *view = &l.control.loop.look.view;
	CU_ASSERT_EQUAL(view->guest_history(view, v, u, 8), 4);
	for (int k = 0; k < 4; k++)
		CU_ASSERT_DOUBLE_EQUAL(u[k], 0.4 + 0.1 * k, 1e-6);
	CU_ASSERT_EQUAL(view->guest_history(view, v, u, 2), 2);
	CU_ASSERT_DOUBLE_EQUAL(u[1], 0.7, 1e-6);
	CU_ASSERT_EQUAL(view->guest_history(view, young, u, 8), 2);
	CU_ASSERT_EQUAL(view->host_history(view, 0, u, 8), 4);
	CU_ASSERT_DOUBLE_EQUAL(u[1], 0.5 * 0.5, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(u[3], 0.5 * 0.7 + 0.25, 1e-6);
	CU_ASSERT_EQUAL(view->host_history(view, 1, u, 8), 0);
	CU_ASSERT_EQUAL(view->host_history(view, 9, u, 8), 0);
	looped_close(&l);
}

static void opens(void *state, const struct policy_view *view, const double *values)
{
	(void)view;
	*(double *)state += values[0] + 1;
}

static void test_shared_state(void)
{
	static const struct policy_parameter parameters[] = {{"p", "", 0, 0, 9, ""}, {0}};
	struct policy policy = looped_threshold;
	policy.parameters = parameters;
	policy.state_bytes = sizeof(double);
	policy.open = opens;
	static const double one[] = {1}, two[] = {2};
	struct looped l;
	looped_open(&l, 1);
	l.rules.choices[ASK_OVERLOAD] = (struct question_choice){&policy, one};
	l.rules.choices[ASK_SELECTION] = (struct question_choice){&policy, one};
	looped_start(&l, NULL, 0);
	const struct answerer *by = l.control.loop.questions.by;
	CU_ASSERT_PTR_EQUAL(by[ASK_OVERLOAD].state, by[ASK_SELECTION].state);
	CU_ASSERT_EQUAL(*(double *)by[ASK_OVERLOAD].state, 2); /* opened once */
	looped_close(&l);
	looped_open(&l, 1);
	l.rules.choices[ASK_OVERLOAD] = (struct question_choice){&policy, one};
	l.rules.choices[ASK_SELECTION] = (struct question_choice){&policy, two};
	looped_start(&l, NULL, 0);
	CU_ASSERT_PTR_NOT_EQUAL(by[ASK_OVERLOAD].state, by[ASK_SELECTION].state);
	looped_close(&l);
}

static const struct test tests[] = {
	{"each request of a policy is answered with the reason", test_answers},
	{"guests are swapped where neither could move alone", test_swap},
	{"hosts sleep and wake when a policy says so", test_power},
	{"a slower P-state and a power cap take CPU away", test_paces},
	{"guests of a failed host start again where the policy says, or where there is room", test_restart},
	{"a host whose failure is foreseen is left", test_foreseen},
	{"a host is emptied by a deadline, and it is told whether that was met", test_maintenance},
	{"looks cost CPU where the guests are", test_monitoring},
	{"histories are those of the last looks, and hosts' are the sum of their guests'", test_history},
	{"questions with the same policy and parameters share a state", test_shared_state},
};
SUITE(policies_plan, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control loop, by hand: who is asked for when, who waits and who goes first, what is refused and
 * counted. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "policies/control.h"
#include "policies/registry.h"
#include "tests/models/small.h"
#include "tests/sim/child.h"

#define LOG_MOST 64
#define ACT(when, what, guest, where, n) \
	{.at_ns = when, .kind = ACTION_##what, .vm = guest, .host = where, .order = n, .into = ID_NONE}

/* A small world under control, and a log of what was noted. */
struct controlled {
	struct small s;
	struct control control;
	struct note log[LOG_MOST];
	uint32_t noted;
	const char *why;               /* of the last action refused */
	const struct action *refused;
	uint32_t refusals;
};

static void take_note(void *context, const struct note *note)
{
	struct controlled *c = context;
	ASSERT(c->noted < LOG_MOST);
	c->log[c->noted++] = *note;
}

static void take_refusal(void *context, const struct action *action, const char *why)
{
	struct controlled *c = context;
	c->refused = action;
	c->why = why;
	c->refusals++;
}

/* So many hosts of 1000 Hz, and a policy. */
static void open_control(struct controlled *c, uint32_t hosts, const struct policy *policy)
{
	memset(c, 0, sizeof *c);
	small_open(&c->s);
	control_open(&c->control, &c->s.world, &c->s.life, &c->s.migrations, policy);
	uint32_t type = small_host_type(&c->s, 1, 1000);
	for (uint32_t h = 0; h < hosts; h++)
		small_host(&c->s, type);
}

static const struct admission waits = {1, 1, 1, true}, refuses = {1, 1, 1, false};

static void start(struct controlled *c, const struct admission *admission, const struct action *actions,
                  uint32_t n)
{
	static const double values[1] = {1};
	c->s.world.hooks = (struct world_hooks){.context = c, .note = take_note};
	c->control.refused = take_refusal;
	c->control.refused_context = c;
	control_start(&c->control, admission, values, actions, n);
}

static void close_control(struct controlled *c)
{
	world_check(&c->s.world);
	control_close(&c->control);
	small_close(&c->s);
}

/* A guest of so many Hz that comes at start_s, stays life_s (0: for ever), and goes before those of lower
 * priority. */
static uint32_t guest(struct controlled *c, int64_t cpu_hz, int64_t start_s, int64_t life_s,
                      uint32_t priority)
{
	uint32_t v = small_vm(&c->s, cpu_hz, ID_NONE);
	small_type(&c->s, v)->priority = priority;
	c->s.world.vms[v].start_ns = start_s * NS_PER_S;
	if (life_s)
		c->s.world.vms[v].life_ns = life_s * NS_PER_S;
	return v;
}

static enum vm_state state_of(const struct controlled *c, uint32_t v)
{
	return c->s.world.vms[v].state;
}

static void check_log(const struct controlled *c, uint32_t k, enum note_kind kind, uint32_t vm)
{
	CU_ASSERT_FATAL(k < c->noted);
	CU_ASSERT_EQUAL(c->log[k].kind, kind);
	CU_ASSERT_EQUAL(c->log[k].vm, vm);
}

static void test_arrivals(void)
{
	struct controlled c;
	open_control(&c, 1, policy_find("first_fit"));
	uint32_t late = guest(&c, 100, 20, 0, 9), low = guest(&c, 100, 10, 0, 1);
	uint32_t high = guest(&c, 100, 10, 0, 5);
	uint32_t low_too = guest(&c, 100, 10, 0, 1), soon = guest(&c, 100, 0, 0, 0);
	start(&c, &waits, NULL, 0);
	small_run(&c.s, 30);
	check_log(&c, 0, NOTE_VM_PLACED, soon);
	check_log(&c, 1, NOTE_VM_PLACED, high);
	check_log(&c, 2, NOTE_VM_PLACED, low);
	check_log(&c, 3, NOTE_VM_PLACED, low_too);
	check_log(&c, 4, NOTE_VM_PLACED, late);
	CU_ASSERT_EQUAL(c.log[1].time_ns, 10 * NS_PER_S);
	CU_ASSERT_EQUAL(engine_fired(c.s.engine), 3); /* three instants, five guests */
	close_control(&c);
}

static void test_waiting(void)
{
	struct controlled c;
	open_control(&c, 1, policy_find("first_fit"));
	uint32_t first = guest(&c, 1000, 0, 50, 0), old = guest(&c, 1000, 1, 50, 1);
	uint32_t young = guest(&c, 1000, 2, 50, 1);
	uint32_t urgent = guest(&c, 1000, 3, 50, 2), least = guest(&c, 1000, 4, 50, 0);
	start(&c, &waits, NULL, 0);
	small_run(&c.s, 10);
	CU_ASSERT_EQUAL(c.control.waiting_count, 4);
	CU_ASSERT_EQUAL(state_of(&c, urgent), VM_WAITING);
	small_run(&c.s, 300);
	const uint32_t order[] = {first, urgent, old, young, least};
	for (int64_t k = 0; k < 5; k++) {
		CU_ASSERT_EQUAL(c.s.world.vms[order[k]].placed_ns, k * 50 * NS_PER_S);
		CU_ASSERT_EQUAL(c.s.world.vms[order[k]].ended_ns, (k + 1) * 50 * NS_PER_S);
	}
	CU_ASSERT_EQUAL(c.s.world.notes[NOTE_VM_WAITS], 4);
	CU_ASSERT_EQUAL(c.s.world.notes[NOTE_VM_REFUSED], 0);
	CU_ASSERT_EQUAL(c.control.waiting_count, 0);
	close_control(&c);
}

static void test_small_one_slips_in(void)
{
	struct controlled c;
	open_control(&c, 1, policy_find("first_fit"));
	guest(&c, 700, 0, 0, 0);
	uint32_t leaves = guest(&c, 200, 0, 10, 0), large = guest(&c, 900, 1, 0, 5);
	uint32_t little = guest(&c, 300, 2, 0, 0);
	start(&c, &waits, NULL, 0);
	small_run(&c.s, 20);
	CU_ASSERT_EQUAL(state_of(&c, leaves), VM_STOPPED);
	CU_ASSERT_EQUAL(state_of(&c, large), VM_WAITING); /* it is tried first and finds no room */
	CU_ASSERT_EQUAL(c.s.world.vms[little].placed_ns, 10 * NS_PER_S);
	close_control(&c);
}

static void test_refusal(void)
{
	struct controlled c;
	open_control(&c, 1, policy_find("first_fit"));
	uint32_t a = guest(&c, 800, 0, 10, 0), b = guest(&c, 300, 5, 0, 0), d = guest(&c, 300, 15, 0, 0);
	start(&c, &refuses, NULL, 0);
	small_run(&c.s, 20);
	CU_ASSERT_EQUAL(state_of(&c, a), VM_STOPPED);
	CU_ASSERT_EQUAL(state_of(&c, b), VM_REFUSED);
	CU_ASSERT_EQUAL(state_of(&c, d), VM_RUNNING);
	CU_ASSERT_EQUAL(c.s.world.notes[NOTE_VM_REFUSED], 1);
	check_log(&c, 1, NOTE_VM_REFUSED, b);
	CU_ASSERT_EQUAL(c.control.waiting_count, 0);
	close_control(&c);
}

static void test_overcommit(void)
{
	struct controlled c;
	open_control(&c, 1, policy_find("first_fit"));
	uint32_t guests[5];
	for (int k = 0; k < 5; k++)
		guests[k] = guest(&c, 500, 0, 0, 0);
	small_type(&c.s, guests[4])->ram_bytes = (INT64_C(8) << 30) - (INT64_C(3) << 30) + 1;
	start(&c, &(struct admission){1.9, 1, 1e300, false}, NULL, 0); /* 1900 Hz; disks without limit */
	small_run(&c.s, 1);
	for (int k = 0; k < 3; k++)
		CU_ASSERT_EQUAL(state_of(&c, guests[k]), VM_RUNNING);
	CU_ASSERT_EQUAL(state_of(&c, guests[3]), VM_REFUSED);
	CU_ASSERT_EQUAL(state_of(&c, guests[4]), VM_REFUSED);
	CU_ASSERT_EQUAL(c.s.world.hosts[0].cpu_booked_hz, 1500);
	close_control(&c);
}

static void test_host_comes_on(void)
{
	struct controlled c;
	open_control(&c, 2, policy_find("first_fit"));
	c.s.world.hosts[0].state = c.s.world.hosts[1].state = HOST_OFF;
	uint32_t v = guest(&c, 500, 1, 0, 0);
	const struct action on = ACT(5 * NS_PER_S, HOST_ON, ID_NONE, 1, 0);
	start(&c, &waits, &on, 1);
	small_run(&c.s, 30);
	CU_ASSERT_EQUAL(c.s.world.vms[v].placed_ns, 15 * NS_PER_S); /* it boots for 10 s */
	CU_ASSERT_EQUAL(fluid_host_of(&c.s.world, (vm_id){v}).i, 1);
	close_control(&c);
}

static void test_nested(void)
{
	struct controlled c;
	open_control(&c, 1, policy_find("first_fit"));
	uint32_t blocker = guest(&c, 1000, 0, 10, 0), inside = guest(&c, 500, 1, 0, 9);
	uint32_t holder = guest(&c, 1000, 1, 0, 0);
	uint32_t orphan = guest(&c, 500, 1, 0, 0);
	c.s.world.vms[inside].inside = holder;
	c.s.world.vms[orphan].inside = blocker;
	start(&c, &waits, NULL, 0);
	small_run(&c.s, 5);
	CU_ASSERT_EQUAL(state_of(&c, inside), VM_WAITING); /* it goes first and finds nobody to hold it */
	CU_ASSERT_EQUAL(state_of(&c, holder), VM_WAITING);
	CU_ASSERT_EQUAL(state_of(&c, orphan), VM_RUNNING);
	small_run(&c.s, 20);
	CU_ASSERT_EQUAL(state_of(&c, orphan), VM_STOPPED);
	CU_ASSERT_EQUAL(c.s.world.vms[holder].placed_ns, 10 * NS_PER_S);
	CU_ASSERT_EQUAL(c.s.world.vms[inside].placed_ns, 10 * NS_PER_S);
	CU_ASSERT_EQUAL(c.s.world.vms[inside].parent.i, holder);
	close_control(&c);
}

/* Two guests of one type wait, one of them for a holder that never comes: it does not hold up the other. */
static void test_nested_of_same_type(void)
{
	struct controlled c;
	open_control(&c, 1, policy_find("first_fit"));
	guest(&c, 1000, 0, 10, 0);
	uint32_t never = guest(&c, 10, 9999, 0, 0);
	uint32_t nested = guest(&c, 600, 1, 0, 0);
	uint32_t plain = world_vms_add(&c.s.world, c.s.world.vms[nested].type, 1);
	c.s.world.vms[nested].inside = never;
	c.s.world.vms[plain].start_ns = 1 * NS_PER_S;
	start(&c, &waits, NULL, 0);
	small_run(&c.s, 20);
	CU_ASSERT_EQUAL(state_of(&c, nested), VM_WAITING);
	CU_ASSERT_EQUAL(c.s.world.vms[plain].placed_ns, 10 * NS_PER_S);
	close_control(&c);
}

/* Of one type, only the first is asked about when there is no room. */
static bool counting_place(void *state, const struct policy_view *view, const struct policy_request *request,
                           uint32_t *host)
{
	(*(uint32_t *)state)++;
	*host = 0;
	return policy_fits(&view->hosts[0], request);
}

static void test_one_question_a_type(void)
{
	const struct policy counting = {
		.abi = POLICY_ABI, .struct_size = sizeof counting, .name = "counting",
		.state_bytes = sizeof(uint32_t),
		.place = counting_place,
	};
	struct controlled c;
	open_control(&c, 1, &counting);
	guest(&c, 900, 0, 0, 0);
	guest(&c, 100, 0, 10, 0);
	uint32_t type = world_vm_type_add(&c.s.world, "many");
	c.s.world.vm_types[type] = *small_type(&c.s, 0);
	world_vms_add(&c.s.world, type, 50);
	start(&c, &waits, NULL, 0);
	c.s.world.hooks.note = NULL;
	small_run(&c.s, 5);
	uint32_t *asked = c.control.state;
	CU_ASSERT_EQUAL(*asked, 2 + 50);
	small_run(&c.s, 20);
	CU_ASSERT_EQUAL(*asked, 2 + 50 + 1);
	CU_ASSERT_EQUAL(c.control.waiting_count, 50);
	close_control(&c);
}

/* A policy that answers nonsense: in turn a host that is not there, one that is full and one that is off. */
static bool nonsense_place(void *state, const struct policy_view *view, const struct policy_request *request,
                           uint32_t *host)
{
	uint32_t *turn = state;
	(void)view;
	(void)request;
	*host = (const uint32_t[]){12345, 0, 1, 2}[(*turn)++];
	return true;
}

static void count_close(void *state)
{
	*(uint32_t *)state = 0;
}

static void test_nonsense(void)
{
	const struct policy nonsense = {
		.abi = POLICY_ABI, .struct_size = sizeof nonsense, .name = "nonsense",
		.state_bytes = sizeof(uint32_t),
		.close = count_close, .place = nonsense_place,
	};
	struct controlled c;
	open_control(&c, 3, &nonsense);
	c.s.world.hosts[1].state = HOST_OFF;
	c.s.world.hosts[0].cpu_booked_hz = 1000;
	for (int k = 0; k < 4; k++)
		guest(&c, 100, 1, 0, 0);
	start(&c, &refuses, NULL, 0);
	engine_run(c.s.engine, 2 * NS_PER_S);
	c.s.world.hosts[0].cpu_booked_hz = 0;
	CU_ASSERT_EQUAL(c.s.world.notes[NOTE_PLAN_REFUSED], 3);
	CU_ASSERT_EQUAL(c.s.world.notes[NOTE_VM_REFUSED], 3);
	check_log(&c, 0, NOTE_PLAN_REFUSED, 0);
	CU_ASSERT_EQUAL(c.log[0].host, ID_NONE);
	check_log(&c, 1, NOTE_VM_REFUSED, 0);
	check_log(&c, 2, NOTE_PLAN_REFUSED, 1);
	CU_ASSERT_EQUAL(c.log[2].host, 0);
	check_log(&c, 4, NOTE_PLAN_REFUSED, 2);
	CU_ASSERT_EQUAL(c.log[4].host, 1);
	check_log(&c, 6, NOTE_VM_PLACED, 3);
	close_control(&c);
}

/* A policy that looks at all it may see and refuses to decide. */
struct seen {
	double idle_w, full_w, value;
	int64_t demand_hz, now_ns, request_hz, cpu_limit_hz, ram_limit_bytes;
	uint32_t guests, asked, size;
};

static void seeing_open(void *state, const struct policy_view *view, const double *values)
{
	struct seen *seen = state;
	seen->size = view->struct_size;
	seen->value = values[0];
}

static bool seeing_place(void *state, const struct policy_view *view, const struct policy_request *request,
                         uint32_t *host)
{
	struct seen *seen = state;
	seen->idle_w = view->power_w(view, view->hosts[0].power, 0);
	seen->full_w = view->power_w(view, view->hosts[0].power, 1);
	seen->demand_hz = view->demand_hz(view, 0);
	seen->now_ns = view->now_ns;
	seen->request_hz = request->cpu_hz;
	seen->cpu_limit_hz = view->hosts[0].cpu_limit_hz;
	seen->ram_limit_bytes = view->hosts[0].ram_limit_bytes;
	seen->guests = view->hosts[0].guests;
	*host = 0;
	return seen->asked++ == 0;
}

static void test_view(void)
{
	const struct policy seeing = {
		.abi = POLICY_ABI, .struct_size = sizeof seeing, .name = "seeing",
		.state_bytes = sizeof(struct seen),
		.open = seeing_open, .place = seeing_place,
	};
	struct controlled c;
	open_control(&c, 1, &seeing);
	uint32_t v = guest(&c, 600, 0, 0, 0);
	small_type(&c.s, v)->plan.i = PLAN(&c.s, 10, 50, 100);
	guest(&c, 700, 12, 0, 0);
	start(&c, &(struct admission){1.5, 0.5, 1, true}, NULL, 0);
	engine_run(c.s.engine, 12 * NS_PER_S);
	const struct seen *seen = c.control.state;
	CU_ASSERT_EQUAL(seen->size, sizeof(struct policy_view));
	CU_ASSERT_EQUAL(seen->value, 1);
	CU_ASSERT_EQUAL(seen->asked, 2);
	CU_ASSERT_EQUAL(seen->idle_w, 100);
	CU_ASSERT_EQUAL(seen->full_w, 200);
	CU_ASSERT_EQUAL(seen->demand_hz, 600);
	CU_ASSERT_EQUAL(seen->now_ns, 12 * NS_PER_S);
	CU_ASSERT_EQUAL(seen->request_hz, 700);
	CU_ASSERT_EQUAL(seen->cpu_limit_hz, 1500);
	CU_ASSERT_EQUAL(seen->ram_limit_bytes, INT64_C(4) << 30);
	CU_ASSERT_EQUAL(seen->guests, 1);
	CU_ASSERT_EQUAL(c.s.world.notes[NOTE_PLAN_REFUSED], 0); /* to decide nothing is no mistake */
	close_control(&c);
}

static void test_actions(void)
{
	static const struct action actions[] = {
		ACT(1 * NS_PER_S, MIGRATE, 0, 1, 0),
		ACT(20 * NS_PER_S, HOST_SUSPEND, ID_NONE, 0, 1),
		ACT(20 * NS_PER_S, HOST_OFF, ID_NONE, 2, 2),
		ACT(100 * NS_PER_S, HOST_RESUME, ID_NONE, 0, 3),
		ACT(100 * NS_PER_S, HOST_ON, ID_NONE, 2, 4),
		ACT(100 * NS_PER_S, VM_STOP, 0, ID_NONE, 5),
		ACT(200 * NS_PER_S, HOST_FAIL, ID_NONE, 1, 6),
		ACT(210 * NS_PER_S, HOST_REPAIR, ID_NONE, 1, 7),
	};
	struct controlled c;
	open_control(&c, 3, policy_find("first_fit"));
	guest(&c, 100, 0, 0, 0);
	start(&c, &waits, actions, 8);
	small_run(&c.s, 50);
	CU_ASSERT_EQUAL(fluid_host_of(&c.s.world, (vm_id){0}).i, 1);
	CU_ASSERT_EQUAL(c.s.world.hosts[0].state, HOST_SUSPENDED);
	CU_ASSERT_EQUAL(c.s.world.hosts[2].state, HOST_SHUTTING_DOWN);
	small_run(&c.s, 205);
	CU_ASSERT_EQUAL(c.s.world.hosts[0].state, HOST_ON);
	CU_ASSERT_EQUAL(c.s.world.hosts[1].state, HOST_FAILED);
	CU_ASSERT_EQUAL(c.s.world.hosts[2].state, HOST_ON);
	CU_ASSERT_EQUAL(state_of(&c, 0), VM_STOPPED);
	small_run(&c.s, 220);
	CU_ASSERT_EQUAL(c.s.world.hosts[1].state, HOST_OFF);
	CU_ASSERT_EQUAL(c.refusals, 0);
	CU_ASSERT_STRING_EQUAL(action_kind_names[ACTION_VM_STOP], "vm_stop");
	for (unsigned k = 0; k < ACTION_KINDS; k++)
		CU_ASSERT(action_kind_names[k] && *action_kind_names[k]);
	close_control(&c);
}

static void test_refused_actions(void)
{
	static const struct action actions[] = {
		ACT(1 * NS_PER_S, HOST_REPAIR, ID_NONE, 0, 0),
		ACT(1 * NS_PER_S, MIGRATE, 0, 0, 1),
		ACT(2 * NS_PER_S, VM_STOP, 0, ID_NONE, 2),
		ACT(3 * NS_PER_S, VM_STOP, 0, ID_NONE, 3),
	};
	struct controlled c;
	open_control(&c, 1, policy_find("first_fit"));
	guest(&c, 100, 0, 0, 0);
	start(&c, &waits, actions, 4);
	small_run(&c.s, 1);
	CU_ASSERT_EQUAL(c.refusals, 2);
	CU_ASSERT_PTR_EQUAL(c.refused, &actions[1]);
	CU_ASSERT_STRING_EQUAL(c.why, "the guest is on that host already");
	CU_ASSERT_EQUAL(c.log[1].kind, NOTE_PLAN_REFUSED);
	CU_ASSERT_EQUAL(c.log[1].value, ACTION_HOST_REPAIR);
	CU_ASSERT_EQUAL(c.log[1].host, 0);
	check_log(&c, 2, NOTE_PLAN_REFUSED, 0);
	c.control.refused = NULL; /* nobody has to listen */
	small_run(&c.s, 5);
	CU_ASSERT_EQUAL(c.s.world.notes[NOTE_PLAN_REFUSED], 3);
	CU_ASSERT_EQUAL(c.s.world.notes[NOTE_VM_ENDED], 1);
	close_control(&c);
}

static void test_stopped_before(void)
{
	static const struct action actions[] = {
		ACT(1 * NS_PER_S, VM_STOP, 1, ID_NONE, 0),
		ACT(6 * NS_PER_S, VM_STOP, 2, ID_NONE, 1),
	};
	struct controlled c;
	open_control(&c, 1, policy_find("first_fit"));
	guest(&c, 1000, 0, 10, 0);
	uint32_t defined = guest(&c, 100, 5, 0, 0), waiting = guest(&c, 100, 5, 0, 0);
	uint32_t next = guest(&c, 100, 5, 0, 0);
	start(&c, &waits, actions, 2);
	small_run(&c.s, 20);
	CU_ASSERT_EQUAL(state_of(&c, defined), VM_STOPPED);
	CU_ASSERT_EQUAL(state_of(&c, waiting), VM_STOPPED);
	CU_ASSERT_EQUAL(c.s.world.vms[defined].placed_ns, -1);
	CU_ASSERT_EQUAL(c.s.world.vms[waiting].placed_ns, -1);
	CU_ASSERT_EQUAL(state_of(&c, next), VM_RUNNING);
	CU_ASSERT_EQUAL(c.control.waiting_count, 0);
	close_control(&c);
}

/* Host 0 is full of guest 0; guest 1 is placed by the policy where it is started again. */
static void test_guest_actions(void)
{
	static const struct action actions[] = {
		ACT(1 * NS_PER_S, VM_PAUSE, 1, ID_NONE, 0),
		ACT(2 * NS_PER_S, VM_UNPAUSE, 1, ID_NONE, 1),
		ACT(3 * NS_PER_S, VM_SHUT_DOWN, 1, ID_NONE, 2),
		ACT(4 * NS_PER_S, VM_START, 1, ID_NONE, 3),
		ACT(5 * NS_PER_S, VM_CRASH, 1, ID_NONE, 4),
		ACT(6 * NS_PER_S, VM_START, 1, 0, 5),
		{.at_ns = 7 * NS_PER_S, .kind = ACTION_VM_CLONE, .vm = 1, .host = ID_NONE, .order = 6},
		ACT(8 * NS_PER_S, HOST_CRASH, ID_NONE, 1, 7),
		ACT(9 * NS_PER_S, VM_START, 2, ID_NONE, 8),
	};
	static const enum vm_state after[] = {
		VM_PAUSED, VM_RUNNING, VM_STOPPED, VM_RUNNING, VM_CRASHED, VM_CRASHED, VM_CRASHED,
	};
	struct controlled c;
	open_control(&c, 2, policy_find("first_fit"));
	guest(&c, 1000, 0, 0, 1);
	guest(&c, 1000, 0, 0, 0);
	uint32_t refused = guest(&c, 1000, 0, 0, 0);
	start(&c, &refuses, actions, 9);
	for (uint32_t k = 0; k < sizeof after / sizeof *after; k++) {
		small_run(&c.s, k + 1);
		CU_ASSERT_EQUAL(state_of(&c, 1), after[k]);
		CU_ASSERT_EQUAL(c.s.world.vms[1].parent.i, vm_state_holds[after[k]] ? 1 : ID_NONE);
		if (k == 5)
			CU_ASSERT_STRING_EQUAL(c.why, "that host is not on or has no room for it");
	}
	CU_ASSERT_STRING_EQUAL(c.why, "the guest has no storage pool");
	small_run(&c.s, 10);
	CU_ASSERT_EQUAL(c.s.world.hosts[1].state, HOST_BOOTING);
	CU_ASSERT_EQUAL(state_of(&c, refused), VM_REFUSED);
	CU_ASSERT_STRING_EQUAL(c.why, "no host has room for it");
	close_control(&c);
}

static void unsorted_actions(void)
{
	static const struct action actions[] = {
		ACT(2, VM_STOP, 0, ID_NONE, 0), ACT(1, VM_STOP, 0, ID_NONE, 1),
	};
	struct controlled c;
	open_control(&c, 1, policy_find("first_fit"));
	guest(&c, 1, 0, 0, 0);
	start(&c, &waits, actions, 2);
}

static void test_unsorted(void)
{
	struct child child = child_run(unsorted_actions);
	CU_ASSERT(child_aborted(&child));
}

static void test_break_room(void)
{
	static const struct action actions[] = {
		ACT(1 * NS_PER_S, MIGRATE, 0, 1, 0),
		ACT(3 * NS_PER_S, HOST_FAIL, ID_NONE, 0, 1),
	};
	struct controlled c;
	open_control(&c, 2, policy_find("first_fit"));
	guest(&c, 1000, 0, 0, 0);
	uint32_t v = guest(&c, 1000, 2, 0, 0);
	start(&c, &waits, actions, 2);
	small_run(&c.s, 10);
	CU_ASSERT_EQUAL(state_of(&c, 0), VM_LOST);
	CU_ASSERT_EQUAL(c.s.world.vms[v].placed_ns, 3 * NS_PER_S); /* on what the lost guest had reserved */
	close_control(&c);
}

static const struct test tests[] = {
	{"guests that come at one time are one event, by priority and then by id", test_arrivals},
	{"who waits goes in order of priority and then of age", test_waiting},
	{"a small guest need not wait for a large one that finds no room", test_small_one_slips_in},
	{"a request without room is refused and counted when nobody may wait", test_refusal},
	{"overcommit ratios set the limits", test_overcommit},
	{"a waiting guest starts when a host has come on", test_host_comes_on},
	{"a nested guest waits for the guest that is to hold it", test_nested},
	{"a nested guest that waits does not hold up others of its type", test_nested_of_same_type},
	{"of one type without room the policy is asked once a round", test_one_question_a_type},
	{"a policy that answers nonsense is refused and counted", test_nonsense},
	{"a policy sees the world as it is now", test_view},
	{"the scenario's actions are carried out in order", test_actions},
	{"an action that cannot be is noted with its reason", test_refused_actions},
	{"actions start, pause, crash and clone guests, where they say or where the policy places them",
	 test_guest_actions},
	{"a guest stopped before it ran never runs", test_stopped_before},
	{"actions out of order are our mistake", test_unsorted},
	{"a broken migration gives its reservation to who waits", test_break_room},
};
SUITE(policies_control, tests)

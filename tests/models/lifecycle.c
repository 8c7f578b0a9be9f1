/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lives of hosts and guests, by hand: every request in every state, times, energy, ends and failures. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/models/small.h"

/* What a request leads to at once, from each state; NO: it is refused. */
#define NO HOST_STATES
static const enum host_state leads_to[HOST_STATES][HOST_REQUESTS] = {
	/* power on, power off, suspend, resume, fail, repair, crash, host OS crash */
	[HOST_OFF] = {HOST_BOOTING, NO, NO, NO, HOST_FAILED, NO, NO, NO},
	[HOST_BOOTING] = {NO, NO, NO, NO, HOST_FAILED, NO, NO, NO},
	[HOST_ON] = {NO, HOST_SHUTTING_DOWN, HOST_SUSPENDING, NO, HOST_FAILED, NO, HOST_BOOTING,
	             HOST_BOOTING},
	[HOST_SUSPENDING] = {NO, NO, NO, NO, HOST_FAILED, NO, NO, NO},
	[HOST_SUSPENDED] = {NO, NO, NO, HOST_RESUMING, HOST_FAILED, NO, NO, NO},
	[HOST_RESUMING] = {NO, NO, NO, NO, HOST_FAILED, NO, NO, NO},
	[HOST_SHUTTING_DOWN] = {NO, NO, NO, NO, HOST_FAILED, NO, NO, NO},
	[HOST_FAILED] = {NO, NO, NO, NO, NO, HOST_OFF, NO, NO},
};

/* What a transition ends in; a state of rest stays. */
static const enum host_state ends_in[HOST_STATES] = {
	HOST_OFF, HOST_ON, HOST_ON, HOST_SUSPENDED, HOST_SUSPENDED, HOST_ON, HOST_OFF, HOST_FAILED,
};

static const char *const reasons[HOST_REQUESTS] = {
	"only a host that is off can be powered on", "only a host that is on can be powered off",
	"only a host that is on can be suspended", "only a suspended host can be resumed",
	"the host has failed already",
	"only a failed host can be repaired",
	"only a host that is on can crash", "only a host that is on can crash",
};

static void open_host(struct small *s)
{
	small_open(s);
	small_host(s, small_host_type(s, 1, 1000));
}

/* Brings host 0, which is on at time 0, to a state by requests alone; returns when it is there, in s. */
static int64_t bring_to(struct small *s, enum host_state state)
{
	static const enum host_request ways[HOST_STATES][2] = {
		[HOST_OFF] = {HOST_POWER_OFF}, [HOST_BOOTING] = {HOST_POWER_OFF, HOST_POWER_ON},
		[HOST_SUSPENDING] = {HOST_SUSPEND}, [HOST_SUSPENDED] = {HOST_SUSPEND},
		[HOST_RESUMING] = {HOST_SUSPEND, HOST_RESUME}, [HOST_SHUTTING_DOWN] = {HOST_POWER_OFF},
		[HOST_FAILED] = {HOST_FAIL},
	};
	static const int64_t at_s[HOST_STATES] = {
		[HOST_OFF] = 60, [HOST_BOOTING] = 60, [HOST_SUSPENDED] = 30, [HOST_RESUMING] = 30,
	};
	if (state == HOST_ON)
		return 0;
	CU_ASSERT_PTR_NULL(lifecycle_host(&s->life, (host_id){0}, ways[state][0]));
	small_run(s, at_s[state]);
	if (state == HOST_BOOTING || state == HOST_RESUMING)
		CU_ASSERT_PTR_NULL(lifecycle_host(&s->life, (host_id){0}, ways[state][1]));
	CU_ASSERT_EQUAL(s->world.hosts[0].state, state);
	return at_s[state];
}

static void check_request(enum host_state state, enum host_request request)
{
	struct small s;
	open_host(&s);
	s.world.host_types[0].isolation = ISOLATION_TYPE_2; /* which has a host OS */
	int64_t now_s = bring_to(&s, state);
	bool moving = event_pending(s.engine, s.world.hosts[0].transition);
	uint64_t notes = s.world.notes[NOTE_HOST_STATE];
	const char *why = lifecycle_host(&s.life, (host_id){0}, request);
	enum host_state next = leads_to[state][request];
	if (next == NO) {
		CU_ASSERT_STRING_EQUAL(why, reasons[request]);
		CU_ASSERT_EQUAL(s.world.hosts[0].state, state);
		CU_ASSERT_EQUAL(s.world.notes[NOTE_HOST_STATE], notes);
		CU_ASSERT_EQUAL(event_pending(s.engine, s.world.hosts[0].transition), moving);
		next = state;
	} else {
		CU_ASSERT_PTR_NULL(why);
		CU_ASSERT_EQUAL(s.world.hosts[0].state, next);
		CU_ASSERT_EQUAL(s.world.notes[NOTE_HOST_STATE], notes + 1);
	}
	/* A transition of state s takes 10 s seconds (tests/models/small.h). */
	if (ends_in[next] != next) {
		small_run(&s, now_s + 10 * (int64_t)next - 1);
		CU_ASSERT_EQUAL(s.world.hosts[0].state, next);
	}
	small_run(&s, now_s + 100);
	CU_ASSERT_EQUAL(s.world.hosts[0].state, ends_in[next]);
	CU_ASSERT_FALSE(event_pending(s.engine, s.world.hosts[0].transition));
	small_close(&s);
}

static void test_host_requests(void)
{
	for (unsigned state = 0; state < HOST_STATES; state++)
		for (unsigned request = 0; request < HOST_REQUESTS; request++)
			check_request((enum host_state)state, (enum host_request)request);
}

static void test_names(void)
{
	CU_ASSERT_STRING_EQUAL(host_state_names[HOST_SHUTTING_DOWN], "shutting down");
	CU_ASSERT_STRING_EQUAL(vm_state_names[VM_LOST], "lost");
	CU_ASSERT_STRING_EQUAL(host_request_names[HOST_REPAIR], "repair");
	for (unsigned k = 0; k < HOST_REQUESTS; k++)
		CU_ASSERT(host_request_names[k] && *host_request_names[k]);
}

/* Idle and on, it draws 100 W. */
static void test_phase_energy(void)
{
	struct small s;
	open_host(&s);
	static const enum host_request requests[] = {
		HOST_SUSPEND, HOST_RESUME, HOST_POWER_OFF, HOST_POWER_ON, HOST_FAIL, HOST_REPAIR,
	};
	for (int64_t k = 0; k < 6; k++) {
		small_run(&s, 100 * k + 10);
		CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){0}, requests[k]));
	}
	small_run(&s, 600);
	int64_t on_s = 10 + 50 + 90, w_s = 100 * on_s;
	w_s += 30 * SMALL_W(HOST_SUSPENDING) + 70 * SMALL_W(HOST_SUSPENDED);
	w_s += 50 * SMALL_W(HOST_RESUMING) + 60 * SMALL_W(HOST_SHUTTING_DOWN);
	w_s += 40 * SMALL_W(HOST_OFF) + 10 * SMALL_W(HOST_BOOTING);
	w_s += 100 * SMALL_W(HOST_FAILED) + 90 * SMALL_W(HOST_OFF);
	CU_ASSERT_EQUAL(fluid_energy_uj(&s.world.hosts[0]), w_s * JOULE);
	CU_ASSERT_EQUAL(s.world.hosts[0].on_ns, on_s * NS_PER_S);
	CU_ASSERT_EQUAL(s.world.hosts[0].active_ns, 0);
	small_close(&s);
}

static void test_occupied(void)
{
	struct small s;
	open_host(&s);
	small_place(&s, small_vm(&s, 100, ID_NONE), 0);
	const char *occupied = "guests are on the host or on their way to it";
	CU_ASSERT_STRING_EQUAL(lifecycle_host(&s.life, (host_id){0}, HOST_POWER_OFF), occupied);
	CU_ASSERT_STRING_EQUAL(lifecycle_host(&s.life, (host_id){0}, HOST_SUSPEND), occupied);
	CU_ASSERT_PTR_NULL(vm_life_stop(&s.life, (vm_id){0}));
	CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){0}, HOST_SUSPEND));
	small_close(&s);
}

static void test_on_the_way(void)
{
	struct small s;
	open_host(&s);
	small_host(&s, 0);
	small_place(&s, small_vm(&s, 100, ID_NONE), 0);
	CU_ASSERT_PTR_NULL(migration_start(&s.migrations, (vm_id){0}, (host_id){1}));
	CU_ASSERT_STRING_EQUAL(lifecycle_host(&s.life, (host_id){1}, HOST_POWER_OFF),
	                       "guests are on the host or on their way to it");
	small_close(&s);
}

static void test_failure(void)
{
	struct small s;
	open_host(&s);
	uint32_t a = small_vm(&s, 1000, PLAN(&s, 10, 40)), b = small_vm(&s, 1000, ID_NONE);
	uint32_t c = small_vm(&s, 10, ID_NONE);
	s.world.vms[a].life_ns = 100 * NS_PER_S;
	small_place(&s, a, 0);
	small_place(&s, b, 0);
	small_nest(&s, c, b);
	small_run(&s, 10);
	CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){0}, HOST_FAIL));
	small_run(&s, 200);
	for (uint32_t v = 0; v < 3; v++) {
		CU_ASSERT_EQUAL(s.world.vms[v].state, VM_LOST);
		CU_ASSERT_EQUAL(s.world.vms[v].ended_ns, 10 * NS_PER_S);
	}
	CU_ASSERT(s.world.vms[a].demanded == HZ_S(10 * 400));
	CU_ASSERT_EQUAL(s.world.notes[NOTE_VM_LOST], 3);
	CU_ASSERT_EQUAL(s.world.notes[NOTE_VM_ENDED], 0);
	CU_ASSERT_EQUAL(s.world.hosts[0].guest_count, 0);
	CU_ASSERT_EQUAL(s.world.hosts[0].nested_count, 0);
	CU_ASSERT_EQUAL(s.world.hosts[0].ram_booked_bytes, 0);
	CU_ASSERT_EQUAL(fluid_energy_uj(&s.world.hosts[0]), (10 * 140 + 190 * SMALL_W(HOST_FAILED)) * JOULE);
	CU_ASSERT_EQUAL(engine_pending(s.engine), 0);
	small_close(&s);
}

static void test_failure_cancels(void)
{
	struct small s;
	open_host(&s);
	s.world.hosts[0].state = HOST_OFF;
	CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){0}, HOST_POWER_ON));
	small_run(&s, 5);
	CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){0}, HOST_FAIL));
	CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){0}, HOST_REPAIR));
	CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){0}, HOST_POWER_ON));
	small_run(&s, 14); /* the first boot would have been over at 10 s, the second is at 15 s */
	CU_ASSERT_EQUAL(s.world.hosts[0].state, HOST_BOOTING);
	small_run(&s, 15);
	CU_ASSERT_EQUAL(s.world.hosts[0].state, HOST_ON);
	small_close(&s);
}

static void test_life(void)
{
	struct small s;
	open_host(&s);
	uint32_t vm = small_vm(&s, 1000, PLAN(&s, 10, 10));
	s.world.vms[vm].life_ns = 25 * NS_PER_S;
	small_run(&s, 3);
	small_place(&s, vm, 0);
	small_run(&s, 27);
	CU_ASSERT_EQUAL(s.world.vms[vm].state, VM_RUNNING);
	small_run(&s, 40);
	CU_ASSERT_EQUAL(s.world.vms[vm].state, VM_STOPPED);
	CU_ASSERT_EQUAL(s.world.vms[vm].placed_ns, 3 * NS_PER_S);
	CU_ASSERT_EQUAL(s.world.vms[vm].ended_ns, 28 * NS_PER_S);
	CU_ASSERT(s.world.vms[vm].demanded == HZ_S(25 * 100));
	small_close(&s);
}

static void test_end_of_trace(void)
{
	struct small s;
	open_host(&s);
	uint32_t a = small_vm(&s, 1000, PLAN(&s, 10, 10, 20, 30)), b = small_vm(&s, 1000, ID_NONE);
	s.world.plans[0].end = DEMAND_END_STOP;
	small_type(&s, b)->plan.i = 0;
	small_place(&s, a, 0);
	small_run(&s, 50);
	CU_ASSERT_EQUAL(s.world.vms[a].state, VM_STOPPED);
	CU_ASSERT_EQUAL(s.world.vms[a].ended_ns, 30 * NS_PER_S);
	CU_ASSERT(s.world.vms[a].demanded == HZ_S(10 * 600));
	small_place(&s, b, 0); /* its trace is over: it ends as it begins */
	small_run(&s, 60);
	CU_ASSERT_EQUAL(s.world.vms[b].state, VM_STOPPED);
	CU_ASSERT_EQUAL(s.world.vms[b].ended_ns, 50 * NS_PER_S);
	small_close(&s);
}

static void test_idleness(void)
{
	struct small s;
	open_host(&s);
	uint32_t vms[2];
	for (int k = 0; k < 2; k++) {
		vms[k] = small_vm(&s, 1000, PLAN(&s, 10, 10, 20, 0, 30));
		small_type(&s, vms[k])->dies_idle = k == 0;
		small_place(&s, vms[k], 0);
	}
	small_run(&s, 60);
	CU_ASSERT_EQUAL(s.world.vms[vms[0]].state, VM_STOPPED);
	CU_ASSERT_EQUAL(s.world.vms[vms[0]].ended_ns, 20 * NS_PER_S);
	CU_ASSERT_EQUAL(s.world.vms[vms[1]].state, VM_RUNNING);
	small_close(&s);
}

static void test_nested_end(void)
{
	struct small s;
	open_host(&s);
	uint32_t holder = small_vm(&s, 1000, ID_NONE), inside = small_vm(&s, 1000, PLAN(&s, 10, 50));
	uint32_t deep = small_vm(&s, 1000, ID_NONE);
	s.world.vms[holder].life_ns = 20 * NS_PER_S;
	s.world.vms[inside].life_ns = 500 * NS_PER_S;
	small_place(&s, holder, 0);
	small_nest(&s, inside, holder);
	small_nest(&s, deep, inside);
	/* nested guests live on their holder's claim */
	CU_ASSERT_EQUAL(s.world.hosts[0].cpu_booked_hz, 1000);
	small_run(&s, 600);
	for (uint32_t v = 0; v < 3; v++) {
		CU_ASSERT_EQUAL(s.world.vms[v].state, VM_STOPPED);
		CU_ASSERT_EQUAL(s.world.vms[v].ended_ns, 20 * NS_PER_S);
	}
	CU_ASSERT(s.world.vms[inside].demanded == HZ_S(20 * 500));
	CU_ASSERT_EQUAL(s.world.notes[NOTE_VM_ENDED], 3);
	small_close(&s);
}

static void test_no_parent(void)
{
	struct small s;
	open_host(&s);
	uint32_t holder = small_vm(&s, 100, ID_NONE), vm = small_vm(&s, 100, ID_NONE);
	CU_ASSERT_STRING_EQUAL(vm_life_start(&s.life, (vm_id){vm}, (struct vm_parent){true, holder}),
	                       "the guest that is to hold it is not running");
	s.world.hosts[0].state = HOST_OFF;
	CU_ASSERT_STRING_EQUAL(vm_life_start(&s.life, (vm_id){vm}, (struct vm_parent){false, 0}),
	                       "the host is not on");
	CU_ASSERT_EQUAL(s.world.vms[vm].state, VM_DEFINED);
	CU_ASSERT_EQUAL(s.world.hosts[0].ram_booked_bytes, 0);
	small_close(&s);
}

static void count_room(void *context, host_id host)
{
	uint32_t *counts = context;
	counts[host.i]++;
}

static void test_room(void)
{
	struct small s;
	uint32_t counts[2] = {0, 0};
	open_host(&s);
	small_host(&s, 0);
	s.world.hosts[1].state = HOST_OFF;
	s.life.room = count_room;
	s.life.room_context = counts;
	uint32_t vm = small_vm(&s, 100, ID_NONE);
	small_place(&s, vm, 0);
	CU_ASSERT_EQUAL(counts[0], 0);
	CU_ASSERT_PTR_NULL(vm_life_stop(&s.life, (vm_id){vm}));
	CU_ASSERT_EQUAL(counts[0], 1);
	CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){1}, HOST_POWER_ON));
	CU_ASSERT_EQUAL(counts[1], 0);
	small_run(&s, 20);
	CU_ASSERT_EQUAL(counts[1], 1);
	small_close(&s);
}

static const struct test tests[] = {
	{"every request in every state of a host is allowed or refused as the table says",
	 test_host_requests},
	{"states and requests have names", test_names},
	{"a host draws each phase's power for each phase's time", test_phase_energy},
	{"a host with guests is neither switched off nor suspended", test_occupied},
	{"a host that a guest is moving to is not switched off", test_on_the_way},
	{"a failing host loses its guests, nested ones too", test_failure},
	{"a failure cancels the transition under way", test_failure_cancels},
	{"a guest ends when its life is over", test_life},
	{"a guest ends where its trace ends, at once if that was before", test_end_of_trace},
	{"a guest that dies idle ends at its first idle update", test_idleness},
	{"nested guests end with the guest that holds them", test_nested_end},
	{"a guest does not start where nothing could run it", test_no_parent},
	{"room is announced when a guest ends and when a host comes on", test_room},
};
SUITE(models_lifecycle, tests)

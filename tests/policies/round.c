/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounds of consolidation by hand: who leaves a hotspot, who goes first, where to, and what is undone. */
#include "tests/test.h"

#include "policies/registry.h"
#include "tests/policies/looped.h"

static void test_hotspot(void)
{
	struct looped l;
	looped_open(&l, 2);
	l.rules.choices[ASK_OVERLOAD].policy = l.rules.choices[ASK_SELECTION].policy = &looped_threshold;
	uint32_t first = looped_guest(&l, 500, 0), second = looped_guest(&l, 300, 0);
	looped_guest(&l, 100, 0);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 99);
	CU_ASSERT_EQUAL(looped_host_of(&l, first), 0);
	small_run(&l.s, 100);
	CU_ASSERT_EQUAL(l.s.world.vms[first].state, VM_MIGRATING);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, first), 1);
	CU_ASSERT_EQUAL(looped_host_of(&l, second), 0);
	const struct note *over = looped_note(&l, NOTE_OVERLOADED, 0);
	const struct note *agreed = looped_note(&l, NOTE_MOVE_AGREED, 0);
	CU_ASSERT_FATAL(over && agreed);
	CU_ASSERT_EQUAL(over->host, 0);
	CU_ASSERT_EQUAL(over->value, 900000);
	CU_ASSERT_EQUAL(agreed->vm, first);
	CU_ASSERT_EQUAL(agreed->value, ASK_OVERLOAD);
	small_run(&l.s, 450);
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_OVERLOADED], 1); /* once is enough */
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_PLAN_REFUSED], 0);
	CU_ASSERT_EQUAL(l.control.loop.rounds, 4);
	looped_close(&l);
}

/* Host 0 gives 300, host 1 gives 500 and 400. Host 2 has room for 600: the largest goes there, and the next
 * that fits is not the next in the order of finding. */
static void test_larger_goes_first(void)
{
	struct looped l;
	looped_open(&l, 4);
	l.rules.choices[ASK_OVERLOAD].policy = l.rules.choices[ASK_SELECTION].policy = &looped_threshold;
	uint32_t small = looped_guest(&l, 300, 0);
	looped_guest(&l, 600, 0);
	uint32_t large = looped_guest(&l, 500, 1);
	looped_guest(&l, 400, 1);
	looped_guest(&l, 200, 2);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, large), 2);
	CU_ASSERT_EQUAL(looped_host_of(&l, small), 3); /* 700 + 300 would be a hotspot */
	CU_ASSERT_EQUAL(looped_note(&l, NOTE_MOVE_AGREED, 0)->vm, large);
	looped_close(&l);
}

static void checked_target(bool check, uint32_t expected)
{
	struct looped l;
	looped_open(&l, 3);
	l.rules.round.target_check = check;
	l.rules.choices[ASK_OVERLOAD].policy = l.rules.choices[ASK_SELECTION].policy = &looped_threshold;
	uint32_t leaves = looped_guest(&l, 400, 0);
	looped_guest(&l, 500, 0);
	looped_guest(&l, 500, 1);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, leaves), expected);
	looped_close(&l);
}

static void test_target_check(void)
{
	checked_target(false, 1); /* 900 of 1000: first fit */
	checked_target(true, 2);
}

static void test_nowhere(void)
{
	struct looped l;
	looped_open(&l, 2);
	l.rules.choices[ASK_OVERLOAD].policy = l.rules.choices[ASK_SELECTION].policy = &looped_threshold;
	uint32_t a = looped_guest(&l, 400, 0), b = looped_guest(&l, 500, 0);
	looped_guest(&l, 700, 1);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 0);
	CU_ASSERT_EQUAL(looped_host_of(&l, b), 0);
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_OVERLOADED], 1);
	/* That there is no room is nobody's mistake. */
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_PLAN_REFUSED], 0);
	CU_ASSERT_EQUAL(l.control.loop.look.first[0], a); /* and the list is in order again */
	looped_close(&l);
}

static void test_drain(void)
{
	struct looped l;
	looped_open(&l, 2);
	l.rules.choices[ASK_UNDERLOAD].policy = &looped_drain;
	looped_guest(&l, 400, 0);
	uint32_t lone = looped_guest(&l, 100, 1);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, lone), 0);
	CU_ASSERT_EQUAL(l.s.world.hosts[1].guest_count, 0);
	const struct note *under = looped_note(&l, NOTE_UNDERLOADED, 0);
	CU_ASSERT_FATAL(under != NULL);
	CU_ASSERT_EQUAL(under->host, 1);
	CU_ASSERT_EQUAL(under->value, 1);
	CU_ASSERT_EQUAL(looped_note(&l, NOTE_MOVE_AGREED, 0)->value, ASK_UNDERLOAD);
	looped_close(&l);
}

/* Host 1 holds 300 and 200; host 0 takes the first and not the second, and host 2 is asleep and stays
 * so. */
static void test_all_or_nothing(void)
{
	struct looped l;
	looped_open(&l, 3);
	l.s.world.hosts[2].state = HOST_SUSPENDED;
	l.rules.look.wake = false;
	l.rules.choices[ASK_UNDERLOAD].policy = &looped_drain;
	looped_guest(&l, 600, 0);
	uint32_t a = looped_guest(&l, 300, 1), b = looped_guest(&l, 200, 1);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 1);
	CU_ASSERT_EQUAL(looped_host_of(&l, b), 1);
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_MOVE_AGREED], 0);
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_UNDERLOADED], 0);
	CU_ASSERT_EQUAL(l.control.loop.look.first[1], a);
	CU_ASSERT_EQUAL(l.control.loop.look.guests[a].next, b);
	looped_close(&l);
}

/* Host 2 cannot be emptied. Whether it may take host 1's guest afterwards is a key: host 0 is full. */
static void kept_host(bool takes, uint32_t expected)
{
	struct looped l;
	looped_open(&l, 3);
	l.rules.round.kept_take = takes;
	l.rules.choices[ASK_UNDERLOAD].policy = &looped_drain;
	looped_guest(&l, 900, 0);
	uint32_t lone = looped_guest(&l, 400, 1);
	looped_guest(&l, 200, 2);
	uint32_t stuck = looped_guest(&l, 150, 2);
	small_type(&l.s, stuck)->vcpu_hz = 1001; /* too fast for every other host */
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, lone), expected);
	looped_close(&l);
}

static void test_kept_host(void)
{
	kept_host(true, 2);
	kept_host(false, 1);
}

static bool never_worth(void *state, const struct policy_view *view, const struct policy_move *moves,
                        uint32_t n)
{
	uint32_t *seen = state;
	(void)view;
	*seen += n;
	/* 1 GiB over 1 Gbit/s */
	CU_ASSERT(moves[0].expected_ns > 8 * NS_PER_S && moves[0].expected_ns < 9 * NS_PER_S);
	return false;
}

static void test_worth(void)
{
	const struct policy worth = {
		.abi = POLICY_ABI, .struct_size = sizeof worth, .name = "never", .worth = never_worth,
		.state_bytes = sizeof(uint32_t),
	};
	struct looped l;
	looped_open(&l, 2);
	l.rules.choices[ASK_UNDERLOAD].policy = &looped_drain;
	l.rules.choices[ASK_WORTH].policy = &worth;
	looped_guest(&l, 400, 0);
	uint32_t lone = looped_guest(&l, 100, 1);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, lone), 1);
	CU_ASSERT_EQUAL(*(uint32_t *)l.control.loop.questions.by[ASK_WORTH].state, 2); /* either host's one */
	const struct note *under = looped_note(&l, NOTE_UNDERLOADED, 0);
	CU_ASSERT_FATAL(under != NULL);
	CU_ASSERT_EQUAL(under->value, 0);
	looped_close(&l);
}

/* 700 booked on host 1, of which a tenth is wanted: by size there is no room for 400, by demand there
 * is. */
static void books(bool by_demand, uint32_t expected)
{
	struct looped l;
	looped_open(&l, 2);
	l.rules.look.by_demand = by_demand;
	l.rules.choices[ASK_OVERLOAD].policy = l.rules.choices[ASK_SELECTION].policy = &looped_threshold;
	uint32_t leaves = looped_guest(&l, 400, 0);
	looped_guest(&l, 500, 0);
	uint32_t idle = small_vm(&l.s, 700, PLAN(&l.s, 1000, 10));
	small_place(&l.s, idle, 1);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, leaves), expected);
	looped_close(&l);
}

static void test_books(void)
{
	books(true, 1);
	books(false, 0);
}

/* The only host with room is off: it boots for 10 s, and the move begins then. */
static void test_wake(void)
{
	struct looped l;
	looped_open(&l, 2);
	l.s.world.hosts[1].state = HOST_OFF;
	l.rules.choices[ASK_OVERLOAD].policy = l.rules.choices[ASK_SELECTION].policy = &looped_threshold;
	uint32_t a = looped_guest(&l, 500, 0);
	looped_guest(&l, 400, 0);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 105);
	CU_ASSERT_EQUAL(l.s.world.hosts[1].state, HOST_BOOTING);
	CU_ASSERT_EQUAL(l.s.world.vms[a].state, VM_RUNNING);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 1);
	const struct note *begun = looped_note(&l, NOTE_MIGRATION_START, 0);
	CU_ASSERT_FATAL(begun != NULL);
	CU_ASSERT_EQUAL(begun->time_ns, 110 * NS_PER_S);
	looped_close(&l);
}

/* Two looks while the target boots: the guest is promised once, and the room with it. */
static void test_wake_slowly(void)
{
	struct looped l;
	looped_open(&l, 2);
	l.s.world.hosts[1].state = HOST_OFF;
	l.s.world.host_types[0].phase[HOST_BOOTING].time_ns = 250 * NS_PER_S;
	l.rules.choices[ASK_OVERLOAD].policy = l.rules.choices[ASK_SELECTION].policy = &looped_threshold;
	uint32_t a = looped_guest(&l, 500, 0);
	looped_guest(&l, 400, 0);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 320);
	CU_ASSERT_EQUAL(l.control.loop.look.guests[a].host, 1);
	CU_ASSERT_FALSE(l.control.loop.look.guests[a].moves);
	CU_ASSERT_EQUAL(l.control.loop.look.hosts[1].ram_booked_bytes, INT64_C(1) << 30);
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_MOVE_AGREED], 1);
	look_check(&l.control.loop.look);
	small_run(&l.s, 400);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 1);
	looped_close(&l);
}

/* The target fails while it boots: the guest stays, and may be moved elsewhere at the next look. */
static void test_wake_in_vain(void)
{
	static const struct action fails[] = {
		ACT(105 * NS_PER_S, HOST_FAIL, ID_NONE, 1, 0),
		ACT(106 * NS_PER_S, HOST_ON, ID_NONE, 2, 1),
	};
	struct looped l;
	looped_open(&l, 3);
	l.s.world.hosts[1].state = l.s.world.hosts[2].state = HOST_OFF;
	l.rules.choices[ASK_OVERLOAD].policy = l.rules.choices[ASK_SELECTION].policy = &looped_threshold;
	uint32_t a = looped_guest(&l, 500, 0);
	looped_guest(&l, 400, 0);
	looped_start(&l, fails, 2);
	small_run(&l.s, 199);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 0);
	small_run(&l.s, 250);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 2);
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_MOVE_AGREED], 2);
	looped_close(&l);
}

static bool selects_99(void *state, const struct policy_view *view, uint32_t host, uint32_t *guest)
{
	(void)state;
	(void)view;
	*guest = host == 0 ? 99 : 0; /* no such guest; and one that is elsewhere */
	return true;
}

static bool places_on_itself(void *state, const struct policy_view *view,
                             const struct policy_request *request, uint32_t *host)
{
	(void)state;
	(void)view;
	*host = request->from;
	return true;
}

static bool drains_host_7(void *state, const struct policy_view *view, uint32_t *host)
{
	(void)state;
	(void)view;
	*host = 7;
	return true;
}

static void test_liars(void)
{
	const struct policy liar = {
		.abi = POLICY_ABI, .struct_size = sizeof liar, .name = "liar", .select = selects_99,
		.place = places_on_itself, .drain = drains_host_7,
	};
	struct looped l;
	looped_open(&l, 3);
	l.rules.choices[ASK_OVERLOAD].policy = &looped_threshold;
	l.rules.choices[ASK_SELECTION].policy = l.rules.choices[ASK_UNDERLOAD].policy = &liar;
	looped_guest(&l, 900, 0);
	looped_guest(&l, 900, 1);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_refused(&l, "there is no such guest"), 1);
	CU_ASSERT_EQUAL(looped_refused(&l, "the selected guest is on another host"), 1);
	CU_ASSERT_EQUAL(looped_refused(&l, "there is no such host"), 1);
	CU_ASSERT_EQUAL(l.s.world.notes[NOTE_PLAN_REFUSED], 3);
	CU_ASSERT_EQUAL(looped_note(&l, NOTE_PLAN_REFUSED, 0)->vm, ID_NONE);
	CU_ASSERT(looped_note(&l, NOTE_PLAN_REFUSED, 0)->value >= REASONS_FIRST);
	CU_ASSERT_EQUAL(l.s.migrations.count, 0);
	looped_close(&l);
}

static void test_liar_places(void)
{
	const struct policy liar = {
		.abi = POLICY_ABI, .struct_size = sizeof liar, .name = "liar", .place = places_on_itself,
	};
	struct looped l;
	looped_open(&l, 2);
	l.rules.choices[ASK_OVERLOAD].policy = l.rules.choices[ASK_SELECTION].policy = &looped_threshold;
	l.rules.choices[ASK_TARGET].policy = &liar;
	uint32_t a = looped_guest(&l, 900, 0);
	looped_start(&l, NULL, 0);
	small_run(&l.s, 150);
	CU_ASSERT_EQUAL(looped_refused(&l, "the host takes no guests in this round"), 1);
	CU_ASSERT_EQUAL(looped_host_of(&l, a), 0);
	looped_close(&l);
}

static const struct test tests[] = {
	{"a hotspot's guests leave until it is none", test_hotspot},
	{"of all that leave, the one that demands most gets its target first", test_larger_goes_first},
	{"no target becomes a hotspot, if it is to be checked", test_target_check},
	{"a guest that finds no target stays in its place", test_nowhere},
	{"an underloaded host is emptied", test_drain},
	{"where one guest finds no target, all stay", test_all_or_nothing},
	{"a host that was not emptied takes guests, if it may", test_kept_host},
	{"moves that are not worth it are not made", test_worth},
	{"packing counts size or demand", test_books},
	{"a target that is off is woken first", test_wake},
	{"a guest whose target wakes slowly is promised once", test_wake_slowly},
	{"a guest whose target never wakes stays", test_wake_in_vain},
	{"policies that name what is not there are refused", test_liars},
	{"a target that is closed is refused", test_liar_places},
};
SUITE(policies_round, tests)

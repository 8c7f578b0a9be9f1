/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sleep, caps and carbon, decision by decision. */
#include "tests/test.h"

#include "tests/policies/view.h"

#define S 1000000000LL

/* Four hosts of 1000 Hz, a guest of 400 Hz on the first. */
static void four_hosts(struct view *v, const char *parameters)
{
	view_init(v);
	for (uint32_t h = 0; h < 4; h++) {
		view_host(v)->cpu_limit_hz = 1000;
		v->hosts[h].wake_ns = 60 * S;
	}
	view_guest(v, 0, 100, 100);
	view_policy(v, "sleep_idle", parameters);
}

static void sleep_host(struct view *v, uint32_t host, enum policy_host_state state)
{
	v->hosts[host].on = false;
	v->hosts[host].state = state;
}

static void test_sleep(void)
{
	struct view v;
	four_hosts(&v, "");
	view_same("nobody has been empty for long", view_power(&v), "");
	v.view.now_ns = 299 * S;
	view_same("nor for 299 s", view_power(&v), "");
	v.view.now_ns = 300 * S;
	/* 3600 Hz are free; 40 and a host of 1000 must stay. */
	view_same("two may sleep, the third is the spare", view_power(&v), "sleep 3; sleep 2; ");
	view_fini(&v);
	four_hosts(&v, "hosts=0");
	view_power(&v);
	v.view.now_ns = 300 * S;
	view_same("without whole hosts, 600 free Hz are enough", view_power(&v),
	          "sleep 3; sleep 2; sleep 1; ");
	view_fini(&v);
	four_hosts(&v, "hosts=0 spare=2 off=1");
	view_power(&v);
	v.view.now_ns = 300 * S;
	view_same("800 Hz must stay", view_power(&v), "off 3; off 2; ");
	view_fini(&v);
	four_hosts(&v, "delay=0 hosts=0");
	v.hosts[2].moving = 1;
	view_same("one to which a guest is on its way is not empty", view_power(&v), "sleep 3; sleep 1; ");
	view_fini(&v);
}

static void test_delay_begins_anew(void)
{
	struct view v;
	four_hosts(&v, "");
	view_power(&v);
	v.view.now_ns = 200 * S;
	view_move(&v, 0, 3);
	view_power(&v);
	v.view.now_ns = 250 * S;
	view_move(&v, 0, 0);
	view_power(&v);
	v.view.now_ns = 300 * S;
	view_same("host 3 has been empty for 50 s, host 0 is not", view_power(&v), "sleep 2; sleep 1; ");
	view_fini(&v);
}

static void test_wake_ahead(void)
{
	struct view v;
	four_hosts(&v, "");
	sleep_host(&v, 2, POLICY_HOST_ASLEEP);
	sleep_host(&v, 3, POLICY_HOST_OFF);
	view_power(&v);
	v.view.now_ns = 300 * S;
	v.hosts[0].cpu_booked_hz = 900;
	/* 1100 Hz are free; 90 + 1000 must be, and 500 Hz in 300 s are 100 Hz in the minute of a wake-up. */
	view_same("the rise is met ahead", view_power(&v), "wake 2; ");
	v.view.now_ns = 301 * S;
	v.hosts[1].guests = 1;
	view_same("one that wakes is not woken again", view_power(&v), "");
	view_fini(&v);
	/* The mutant does not look ahead. */
	four_hosts(&v, "");
	for (uint32_t h = 0; h < 4; h++)
		v.hosts[h].wake_ns = 0;
	sleep_host(&v, 2, POLICY_HOST_ASLEEP);
	sleep_host(&v, 3, POLICY_HOST_OFF);
	view_power(&v);
	v.view.now_ns = 300 * S;
	v.hosts[0].cpu_booked_hz = 900;
	view_same("no latency, no wake-up", view_power(&v), "");
	view_fini(&v);
}

static void test_wake_for_those_who_wait(void)
{
	struct view v;
	four_hosts(&v, "hosts=0");
	view_move(&v, 0, POLICY_NONE);
	for (uint32_t h = 0; h < 4; h++)
		sleep_host(&v, h, POLICY_HOST_ASLEEP);
	view_same("all asleep, nobody waits", view_power(&v), "");
	v.view.waiting_hz = 1500;
	view_same("1500 Hz wait", view_power(&v), "wake 0; wake 1; ");
	sleep_host(&v, 0, POLICY_HOST_FAILED);
	view_same("one fails on its way", view_power(&v), "wake 2; ");
	view_fini(&v);
}

/* Hosts of curve 1, which draw 100 W idle and so much more; a cap; what each may draw. */
struct capping {
	const char *why, *parameters;
	int64_t demand_hz[3];
	uint32_t off;                  /* this one sleeps and draws 10 W */
	const char *said;
};

static void test_cap(void)
{
	static const struct capping cases[] = {
		{"480 W are just what they want", "cap=480", {200, 600, 1000}, 9,
		 "cap 120 W of 0; cap 160 W of 1; cap 200 W of 2; "},
		{"60 W less: 20 above idle, and 50 each for those that want more", "cap=420",
		 {200, 600, 1000}, 9,
		 "cap 120 W of 0; cap 150 W of 1; cap 150 W of 2; "},
		{"60 W that nobody wants are divided", "cap=540", {200, 600, 1000}, 9,
		 "cap 140 W of 0; cap 180 W of 1; cap 220 W of 2; "},
		{"30 W above idle: 10 each", "cap=330", {200, 600, 1000}, 9,
		 "cap 110 W of 0; cap 110 W of 1; cap 110 W of 2; "},
		{"less than idle cannot be held", "cap=200", {200, 600, 1000}, 9,
		 "cap 100 W of 0; cap 100 W of 1; cap 100 W of 2; "},
		{"one sleeps and draws 10 W: 280 W for two", "cap=290", {200, 600, 1000}, 2,
		 "cap 120 W of 0; cap 160 W of 1; "},
		{"more is demanded than there is: 100 W above idle", "cap=450", {3000, 200, 3000}, 9,
		 "cap 120 W of 1; cap 165 W of 0; cap 165 W of 2; "},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct view v;
		view_init(&v);
		for (uint32_t h = 0; h < 3; h++)
			view_host(&v)->demand_hz = cases[i].demand_hz[h];
		if (cases[i].off < 3) {
			sleep_host(&v, cases[i].off, POLICY_HOST_ASLEEP);
			v.hosts[cases[i].off].sleep_w = 10;
		}
		view_policy(&v, "power_cap", cases[i].parameters);
		const char *said = view_power(&v);
		view_same(cases[i].why, said, cases[i].said);
		/* The mutant divides evenly: 140 W each. */
		CU_ASSERT(i != 1 || v.hosts[0].cap_w < 139);
		view_same("what is in force is not asked for again", view_power(&v), "");
		view_fini(&v);
	}
}

/* Whatever they want, the caps add up to the cluster's. */
static void test_caps_add_up(void)
{
	struct view v;
	view_init(&v);
	for (uint32_t h = 0; h < 20; h++)
		view_host(&v)->demand_hz = h * h * 37 % 1300;
	view_policy(&v, "power_cap", "cap=2777");
	view_power(&v);
	double sum = 0;
	for (uint32_t h = 0; h < 20; h++) {
		CU_ASSERT(v.hosts[h].cap_w >= 100);
		sum += v.hosts[h].cap_w;
	}
	CU_ASSERT_DOUBLE_EQUAL(sum, 2777, 1e-9);
	view_fini(&v);
}

static void test_carbon(void)
{
	static const struct {
		const char *why;
		double carbon;
		const char *said;
	} looks[] = {
		{"the first look knows nothing", 100, ""},
		{"dirtier than all of the past", 200, "speed 3 of 0; "},
		{"dirtier than one of two, which is not more than half", 150, "speed 0 of 0; "},
		{"cleaner than all", 50, ""},
		{"of 100 200 150 50 two are cleaner", 150, ""},
		{"of 150 200 150 50 three are cleaner", 160, "speed 3 of 0; "},
		{"40 is cleanest", 40, "speed 0 of 0; "},
		{"of 150 160 40 50 one is cleaner", 50, ""},
	};
	struct view v;
	view_init(&v);
	for (uint32_t h = 0; h < 3; h++)
		view_host(&v);
	view_guest(&v, 0, 100, 100);
	view_guest(&v, 1, 100, 100);
	view_guest(&v, 1, 100, 100)->priority = 1; /* cannot wait, and keeps host 1 fast; host 2 is empty */
	view_policy(&v, "carbon_timing", "window=4");
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
		v.view.carbon_g_per_kwh = looks[i].carbon;
		view_same(looks[i].why, view_power(&v), looks[i].said);
	}
	view_policy(&v, "carbon_timing", "window=4 priority=1");
	v.view.carbon_g_per_kwh = 1;
	view_power(&v);
	v.view.carbon_g_per_kwh = 2;
	view_same("both can wait", view_power(&v), "speed 3 of 0; speed 3 of 1; ");
	/* The mutant, powersave, does not look at the time. */
	v.hosts[0].speed = v.hosts[1].speed = 0;
	view_policy(&v, "carbon_timing", "window=4");
	view_same("a first look is never dirty", view_power(&v), "");
	view_policy(&v, "powersave", "");
	view_same("powersave is always slow", view_power(&v), "speed 3 of 0; speed 3 of 1; speed 3 of 2; ");
	view_fini(&v);
}

static const struct test tests[] = {
	{"hosts that stay empty sleep, but for the spare", test_sleep},
	{"a host that was used begins to wait anew", test_delay_begins_anew},
	{"hosts wake ahead of a rise", test_wake_ahead},
	{"hosts wake for guests that wait", test_wake_for_those_who_wait},
	{"a cap is shared fairly by what hosts want", test_cap},
	{"the hosts' caps add up to the cluster's", test_caps_add_up},
	{"guests that can wait are slow in dirty hours", test_carbon},
};
SUITE(policies_power, tests)

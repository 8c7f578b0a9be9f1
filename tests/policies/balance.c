/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Balancing of a cluster, decision by decision: what is asked of the plan. */
#include "tests/test.h"

#include "tests/policies/view.h"

#define S 1000000000LL

static void flat_past(struct view *v, uint32_t host, double u_01)
{
	const double past[] = {u_01, u_01, u_01, u_01, u_01};
	view_host_past(v, host, past, 5);
}

/* Host 0 is a hotspot at 79 %: guest 0 with 400 Hz and 500 bytes, guest 1 with 390 Hz and 100 bytes. Host
 * 1 has guest 2 with 300 Hz, host 2 guest 3 with 100 Hz, of 100 bytes each. */
static void hotspot(struct view *v, const char *parameters)
{
	view_init(v);
	for (uint32_t h = 0; h < 3; h++)
		view_host(v);
	view_guest(v, 0, 400, 500);
	view_guest(v, 0, 390, 100);
	view_guest(v, 1, 300, 100);
	view_guest(v, 2, 100, 100);
	for (uint32_t h = 0; h < 3; h++)
		flat_past(v, h, policy_utilisation(&v->hosts[h]));
	view_policy(v, "sandpiper", parameters);
}

static void test_sandpiper(void)
{
	struct view v;
	hotspot(&v, "");
	/* Volume to size: 100 / 500 = 0.2 and 40 / 100 = 0.4. Volumes 1.59 and 1.23. */
	view_same("the most load a byte to the least volume", view_balance(&v), "migrate 1 to 2; ");
	view_fini(&v);
	hotspot(&v, "");
	v.guests[0].ram_bytes = 100;
	view_same("the mutant does not see size: guest 0", view_balance(&v), "migrate 0 to 2; ");
	view_fini(&v);
	hotspot(&v, "");
	const double moment[] = {0.5, 0.5, 0.5, 0.5, 0.9};
	view_host_past(&v, 0, moment, 5);
	view_same("a moment is no hotspot", view_balance(&v), "");
	view_fini(&v);
	hotspot(&v, "");
	v.hosts[2].net_01 = 0.6;
	view_same("traffic counts for the volume", view_balance(&v), "migrate 1 to 1; ");
	view_fini(&v);
	hotspot(&v, "");
	v.hosts[2].demand_hz = 400;
	v.hosts[1].ram_01 = 0.5;
	view_same("the host of the least volume has no room for 390 Hz below 75 %", view_balance(&v),
	          "migrate 1 to 1; ");
	view_fini(&v);
	hotspot(&v, "");
	v.guests[1].moves = false;
	view_same("the one of the largest ratio stays: the next", view_balance(&v), "migrate 0 to 2; ");
	view_fini(&v);
	hotspot(&v, "");
	v.guests[1].net_bps = 700;
	v.hosts[2].net_01 = 0.1;
	view_same("its traffic fits only host 1", view_balance(&v), "migrate 1 to 1; ");
	view_fini(&v);
}

/* As above, but hosts 1 and 2 are half full with two guests each: 150 Hz and 350 Hz, 60 Hz and 340 Hz. */
static void test_sandpiper_swap(void)
{
	for (int swaps = 0; swaps < 2; swaps++) {
		struct view v;
		view_init(&v);
		for (uint32_t h = 0; h < 3; h++)
			view_host(&v);
		view_guest(&v, 0, 400, 500);
		view_guest(&v, 0, 390, 100);
		view_guest(&v, 1, 150, 400);
		view_guest(&v, 1, 350, 100);
		view_guest(&v, 2, 60, 200);
		view_guest(&v, 2, 340, 200);
		for (uint32_t h = 0; h < 3; h++)
			flat_past(&v, h, policy_utilisation(&v.hosts[h]));
		view_policy(&v, "sandpiper", swaps ? "" : "swaps=0");
		/* Host 2: volume 2.78 against 4; 400 + 390 - 60 = 730 stay below 750. */
		view_same("no room for either: the largest ratio against the least", view_balance(&v),
		          swaps ? "swap 1 with 4; " : "");
		view_fini(&v);
	}
}

static void test_sandpiper_order(void)
{
	struct view v;
	view_init(&v);
	for (uint32_t h = 0; h < 3; h++)
		view_host(&v);
	view_guest(&v, 0, 400, 100);
	view_guest(&v, 0, 400, 100);
	view_guest(&v, 1, 400, 100);
	view_guest(&v, 1, 400, 100);
	view_guest(&v, 1, 150, 100);
	view_guest(&v, 2, 340, 100);
	for (uint32_t h = 0; h < 3; h++)
		flat_past(&v, h, policy_utilisation(&v.hosts[h]));
	view_policy(&v, "sandpiper", "");
	/* The mutant, in order of ids, would give the room to host 0. */
	view_same("room for one: the hotter hotspot has it", view_balance(&v), "migrate 2 to 2; ");
	view_fini(&v);
}

static void test_sandpiper_gray(void)
{
	struct view v;
	for (int gray = 0; gray < 2; gray++) {
		view_init(&v);
		for (uint32_t h = 0; h < 2; h++) {
			view_host(&v);
			view_guest(&v, h, 100, 100);
			view_guest(&v, h, 100, 200);
			flat_past(&v, h, 0.2);
		}
		v.guests[1].gray = true;
		v.guests[1].faults_hz = 5;
		view_policy(&v, "sandpiper", gray ? "gray=1" : "");
		view_same("a guest that faults is moved where guests are asked", view_balance(&v),
		          gray ? "migrate 1 to 1; " : "");
		v.guests[1].faults_hz = 0;
		v.guests[1].response_ns = 200e6;
		v.guests[1].moves = true;
		view_move(&v, 1, 0);
		view_same("and one that answers late", view_balance(&v),
		          gray ? "migrate 0 to 1; migrate 1 to 1; " : "");
		view_fini(&v);
	}
}

/* Loads of 90 % (three guests of 300 Hz), 10 % and 20 %. */
static void imbalance(struct view *v, const char *parameters)
{
	view_init(v);
	for (uint32_t h = 0; h < 3; h++)
		view_host(v);
	for (uint32_t i = 0; i < 3; i++)
		view_guest(v, 0, 300, 100);
	view_guest(v, 1, 100, 100);
	view_guest(v, 2, 200, 100);
	view_policy(v, "drs_like", parameters);
}

static void test_drs(void)
{
	struct view v;
	imbalance(&v, "");
	/* Variances 0.0267 with host 1, 0.0467 with host 2. Then nobody lacks anything. */
	view_same("the move that evens most; and no more than pays", view_balance(&v), "migrate 0 to 1; ");
	view_fini(&v);
	imbalance(&v, "comfort=0.3");
	view_same("the mutant's benefit is cheaper: on to 0.3, 0.4, 0.5", view_balance(&v),
	          "migrate 0 to 1; migrate 1 to 2; ");
	view_fini(&v);
	imbalance(&v, "comfort=0.3 moves=1");
	view_same("no more moves than allowed", view_balance(&v), "migrate 0 to 1; ");
	view_fini(&v);
	imbalance(&v, "balanced=0.4");
	view_same("a standard deviation of 0.356 is good enough", view_balance(&v), "");
	view_fini(&v);
	imbalance(&v, "goodness=0.6");
	view_same("from 0.356 to 0.163 is not 60 % less", view_balance(&v), "");
	view_fini(&v);
	imbalance(&v, "");
	v.hosts[1].ram_booked_bytes = 950;
	view_same("host 1 has no memory left", view_balance(&v), "migrate 0 to 2; ");
	view_fini(&v);
	imbalance(&v, "stable=1");
	view_same("a move of 1 s for a load that lasts 1 s", view_balance(&v), "");
	view_fini(&v);
	imbalance(&v, "");
	view_move(&v, 0, POLICY_NONE);
	view_move(&v, 1, POLICY_NONE);
	view_same("30, 10 and 20 %: nobody lacks anything", view_balance(&v), "");
	view_fini(&v);
}

static void test_drs_overshoot(void)
{
	struct view v;
	view_init(&v);
	view_host(&v);
	view_host(&v);
	view_guest(&v, 0, 900, 100);
	view_policy(&v, "drs_like", "");
	view_same("one guest of 90 % would only change places", view_balance(&v), "");
	view_fini(&v);
	/* Ten hosts: the source is the ninth, and the least loaded is behind the eight that were seen
	 * first. */
	view_init(&v);
	for (uint32_t h = 0; h < 10; h++) {
		view_host(&v);
		view_guest(&v, h, h == 8 ? 900 : h == 9 ? 50 : 400, 100);
	}
	view_guest(&v, 8, 100, 100);
	view_policy(&v, "drs_like", "");
	view_same("the least loaded of many", view_balance(&v), "migrate 10 to 9; ");
	view_fini(&v);
}

/* Guest 0 (500 Hz of a size of 1000, memory given) and guest 1 (400 Hz of 1000) fill host 0 to 90 %; host
 * 1 is empty. A move takes a second per 100 bytes. */
static void crowded(struct view *v, int64_t ram_bytes, const char *parameters)
{
	view_init(v);
	view_host(v);
	view_host(v);
	view_guest(v, 0, 500, ram_bytes)->cpu_hz = 1000;
	view_guest(v, 0, 400, 50)->cpu_hz = 1000;
	v->guests[0].service = v->guests[1].service = 0;
	view_policy(v, "replicate_or_migrate", parameters);
}

static void test_remedies_of_a_host(void)
{
	struct view v;
	crowded(&v, 100, "");
	/* (100 + 0.1 x 500) x 1 s = 150 against 100 x 60 s + 0.01 x 1000 x 600 s = 12000. */
	view_same("a move of 1 s costs less than a boot of 60 s", view_balance(&v), "migrate 0 to 1; ");
	view_fini(&v);
	crowded(&v, 900, "boot=5 price=0.001");
	/* 150 x 9 s = 1350 against 100 x 5 s + 0.001 x 1000 x 600 s = 1100. */
	view_same("900 bytes move slowly, a replica boots fast", view_balance(&v), "replicate 0 on 1; ");
	view_fini(&v);
	crowded(&v, 900, "boot=5 price=0.001");
	v.guests[0].service = POLICY_NONE;
	view_same("a guest that serves alone cannot be replicated", view_balance(&v), "migrate 0 to 1; ");
	view_fini(&v);
	crowded(&v, 100, "");
	v.hosts[1].demand_hz = 400;
	view_same("500 Hz more would be too much there, 250 not", view_balance(&v), "replicate 0 on 1; ");
	view_fini(&v);
	crowded(&v, 100, "");
	v.hosts[1].demand_hz = 700;
	view_same("no host for either", view_balance(&v), "");
	view_fini(&v);
	crowded(&v, 100, "threshold=0.95");
	view_same("no hotspot", view_balance(&v), "");
	view_fini(&v);
}

/* One guest that demands so much of its 400 Hz, on a host with room. */
static void outgrown(struct view *v, int64_t demand_hz, const char *parameters)
{
	view_init(v);
	view_host(v);
	view_host(v);
	view_guest(v, 0, demand_hz, 100)->service = 0;
	view_policy(v, "replicate_or_migrate", parameters);
}

static void test_remedies_of_a_guest(void)
{
	struct view v;
	outgrown(&v, 380, "");
	/* 60 x 1 s + 0.01 x 75 x 600 s = 510 against 60 x 60 s + 0.01 x 400 x 600 s = 6000. */
	view_same("it grows to 475 Hz", view_balance(&v), "resize 0 by 1.1875; ");
	view_fini(&v);
	outgrown(&v, 380, "");
	v.hosts[0].cpu_limit_hz = 450;
	view_same("its host has only 50 Hz to promise", view_balance(&v), "replicate 0 on 1; ");
	view_fini(&v);
	outgrown(&v, 380, "resize=100 boot=10");
	view_same("a resize takes longer than a boot: 6450 against 3000", view_balance(&v),
	          "replicate 0 on 1; ");
	view_fini(&v);
	outgrown(&v, 320, "");
	view_same("80 % is not above 80 %", view_balance(&v), "");
	view_fini(&v);
}

/* One guest a host, of so much demand and 100 bytes. */
static void packing(struct view *v, const int64_t *demand_hz, uint32_t n, const char *parameters)
{
	view_init(v);
	for (uint32_t h = 0; h < n; h++) {
		view_host(v);
		view_guest(v, h, demand_hz[h], 100);
	}
	view_policy(v, "first_fit_decreasing", parameters);
}

static void test_packing(void)
{
	static const int64_t three[] = {300, 200, 250}, halves[] = {500, 500}, order[] = {300, 300, 700, 700};
	struct view v;
	packing(&v, three, 3, "");
	view_same("750 Hz fit one host, the largest first", view_balance(&v),
	          "migrate 2 to 0; migrate 1 to 0; ");
	view_fini(&v);
	packing(&v, three, 3, "");
	v.hosts[0].power = v.hosts[1].power = 2;
	view_same("the host that draws least comes first", view_balance(&v),
	          "migrate 0 to 2; migrate 1 to 2; ");
	view_fini(&v);
	packing(&v, halves, 2, "");
	view_same("no host would be saved", view_balance(&v), "");
	view_fini(&v);
	packing(&v, order, 4, "fill=1");
	/* The mutant, in order of ids, fills 300 + 300, 700, 700. */
	view_same("two hosts, and the small ones stay", view_balance(&v), "migrate 2 to 0; migrate 3 to 1; ");
	view_fini(&v);
	packing(&v, order, 4, "fill=1 saved=3");
	view_same("two hosts saved are not three", view_balance(&v), "");
	view_fini(&v);
	packing(&v, three, 3, "");
	v.guests[1].moves = false;
	view_same("one stays, and its host with it", view_balance(&v), "migrate 2 to 0; ");
	view_fini(&v);
	static const int64_t large[] = {10, 700, 700};
	packing(&v, large, 3, "");
	view_move(&v, 0, POLICY_NONE);
	v.guests[2].moves = false;
	view_same("the host of one that stays is in use: none is saved", view_balance(&v), "");
	view_fini(&v);
	packing(&v, three, 3, "fill=0.2");
	view_same("a guest with no place at all: nothing is done", view_balance(&v), "");
	view_fini(&v);
}

static void test_packing_memory(void)
{
	static const int64_t three[] = {300, 200, 250};
	struct view v;
	packing(&v, three, 3, "");
	view_move(&v, 2, POLICY_NONE);
	v.guests[2].ram_bytes = 950;
	view_move(&v, 2, 2);
	/* Guest 2 goes to host 1 by memory, where guest 1 still is. */
	view_same("a place that is still taken is left to a later look", view_balance(&v),
	          "migrate 1 to 0; ");
	v.guests[0].moves = v.guests[1].moves = true;
	view_same("then two hosts are in use, and two are needed", view_balance(&v), "");
	view_fini(&v);
	packing(&v, three, 3, "");
	view_move(&v, 0, POLICY_NONE);
	view_move(&v, 2, POLICY_NONE);
	v.guests[0].ram_bytes = 900;
	v.guests[2].ram_bytes = 200;
	v.guests[2].demand_hz = 100;
	view_move(&v, 0, 0);
	view_move(&v, 2, 2);
	view_same("what memory keeps off the first host goes to the second", view_balance(&v),
	          "migrate 1 to 0; migrate 2 to 1; ");
	view_fini(&v);
	/* Seven hosts, so that the tree of maxima has a leaf that is no host. */
	static const int64_t seven[] = {790, 790, 790, 10, 10, 10, 700};
	packing(&v, seven, 7, "");
	view_same("gaps are found in order", view_balance(&v),
	          "migrate 6 to 3; migrate 3 to 0; migrate 4 to 1; migrate 5 to 2; ");
	view_fini(&v);
}

static const struct test tests[] = {
	{"Sandpiper moves the most load a byte from a hotspot to the least volume", test_sandpiper},
	{"Sandpiper swaps where none can move", test_sandpiper_swap},
	{"Sandpiper relieves the largest volume first", test_sandpiper_order},
	{"Sandpiper asks guests where it may", test_sandpiper_gray},
	{"DRS moves what evens most as long as it pays", test_drs},
	{"DRS does not only change places, and finds the least loaded", test_drs_overshoot},
	{"a host that is too full: migrate or replicate", test_remedies_of_a_host},
	{"a guest that has outgrown its size: resize or replicate", test_remedies_of_a_guest},
	{"first-fit decreasing packs anew if that saves hosts", test_packing},
	{"first-fit decreasing minds memory, places and gaps", test_packing_memory},
};
SUITE(policies_balance, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the pages of a host's guests are: merged, targets, balloons, swap, and the time lost to page-ins. */
#include "models/hypervisor/memory.h"

#include <stdlib.h>

#include "sim/fault.h"
#include "sim/memory.h"
#include "sim/share.h"
#include "sim/time.h"
#include "sim/wide.h"

#define PPM 1000000
#define WEIGHT_MOST 1048576.0

const char *const memory_state_names[MEMORY_STATES] = {"high", "soft", "hard", "low"};

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* a * b / c, rounded down; c > 0. */
static int64_t part(int64_t a, int64_t b, int64_t c)
{
	return (int64_t)(wide_product(a, b) / c);
}

static int64_t percent(int64_t bytes, int64_t percent_of)
{
	return bytes / 100 * percent_of;
}

static int64_t private_of(const struct memory_guest *g)
{
	return g->used_bytes - g->shared_bytes;
}

/* What merging can save of one guest: all it has in common with others, less its part of the copy that
 * stays. */
static int64_t saving(const struct memory_guest *guests, uint32_t n, uint32_t k)
{
	int64_t sum = 0, copy = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (guests[i].content != guests[k].content)
			continue;
		sum += guests[i].shareable_bytes;
		copy = most(copy, guests[i].shareable_bytes);
	}
	int64_t mine = guests[k].shareable_bytes;
	/* Its part is rounded up, so that no byte of the copy is saved twice. */
	return sum ? mine - (int64_t)((wide_product(mine, copy) + sum - 1) / sum) : 0;
}

/* What the scanner has merged of what there is to merge: in the same proportion of each guest. */
static void merge(const struct memory_rules *rules, struct memory_host *host, struct memory_guest *guests,
                  uint32_t n)
{
	int64_t goal = 0, used = 0;
	for (uint32_t k = 0; k < n; k++) {
		guests[k].shared_bytes = rules->sharing ? saving(guests, n, k) : 0;
		goal += guests[k].shared_bytes;
		used += guests[k].used_bytes;
	}
	host->mergeable_bytes = goal;
	host->pass_ns = rules->sharing ? part(used, NS_PER_S, rules->scan_rate * MEMORY_PAGE) + 1 : 0;
	host->merged_bytes = least(host->merged_bytes, goal);
	for (uint32_t k = 0; k < n && goal; k++)
		guests[k].shared_bytes = part(guests[k].shared_bytes, host->merged_bytes, goal);
}

/* Shares of memory under the idle memory tax, in the whole numbers that fair sharing takes. */
static void weigh(const struct memory_rules *rules, const struct memory_guest *guests, uint32_t n,
                  uint32_t *weight)
{
	double k = 1 / (1 - rules->idle_tax_01), top = 0;
	double *shares = memory_new(n, sizeof *shares, "shares of memory");
	for (uint32_t i = 0; i < n; i++) {
		const struct memory_guest *g = &guests[i];
		double f = g->used_bytes ? (double)g->active_bytes / (double)g->used_bytes : 0;
		shares[i] = (double)g->ram_bytes / (f + k * (1 - f));
		top = shares[i] > top ? shares[i] : top;
	}
	for (uint32_t i = 0; i < n; i++) {
		double w = shares[i] / top * WEIGHT_MOST;
		weight[i] = w < 1 ? 1 : (uint32_t)w;
	}
	free(shares);
}

/* Targets: what each guest may keep. */
static void aim(const struct memory_rules *rules, struct memory_host *host, struct memory_guest *guests,
                uint32_t n)
{
	int64_t *want = memory_new(n, 3 * sizeof *want + sizeof(uint32_t), "targets of memory");
	int64_t *floor = want + n, *target = want + 2 * (size_t)n, sum = 0;
	uint32_t *weight = (uint32_t *)(want + 3 * (size_t)n);
	for (uint32_t k = 0; k < n; k++) {
		want[k] = least(private_of(&guests[k]), guests[k].limit_bytes);
		floor[k] = least(guests[k].reservation_bytes, want[k]);
		sum += want[k];
	}
	int64_t free_bytes = host->capacity_bytes - sum;
	bool reclaims = host->state == MEMORY_STATE_HIGH
		? free_bytes < percent(host->capacity_bytes, MEMORY_SOFT)
		: free_bytes < percent(host->capacity_bytes, MEMORY_HIGH);
	host->state = reclaims ? MEMORY_STATE_SOFT : MEMORY_STATE_HIGH;
	int64_t goal = reclaims ? host->capacity_bytes - percent(host->capacity_bytes, MEMORY_HIGH) : sum;
	weigh(rules, guests, n, weight);
	share_solve(n, want, floor, weight, goal, target);
	for (uint32_t k = 0; k < n; k++)
		guests[k].target_bytes = target[k];
	free(want);
}

/* How far the balloon is to come. */
static int64_t balloon_goal(const struct memory_rules *rules, const struct memory_guest *g)
{
	int64_t over = private_of(g) - g->target_bytes;
	return rules->balloon ? least(over, (int64_t)((double)g->ram_bytes * rules->balloon_01)) : 0;
}

static void inflate(const struct memory_rules *rules, struct memory_guest *guests, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		guests[k].goal_bytes = balloon_goal(rules, &guests[k]);
		/* The guest has given pages back that the balloon had: it holds no more than there are. */
		guests[k].balloon_bytes = least(guests[k].balloon_bytes, private_of(&guests[k]));
	}
}

/* When the slowest balloon and the scanner will have arrived. */
static void foresee(const struct memory_rules *rules, struct memory_host *host,
                    const struct memory_guest *guests,
                    uint32_t n)
{
	int64_t left = 0, merging = host->mergeable_bytes - host->merged_bytes;
	for (uint32_t k = 0; k < n; k++) {
		int64_t way = guests[k].goal_bytes - guests[k].balloon_bytes;
		left = most(left, way < 0 ? -way : way);
	}
	host->inflating_ns = left ? part(left, NS_PER_S, rules->balloon_rate) + 1 : 0;
	host->merging_ns = merging ? part(merging, host->pass_ns, host->mergeable_bytes) + 1 : 0;
}

int64_t memory_inflated(const struct memory_rules *rules, int64_t balloon_bytes, int64_t goal_bytes,
                        int64_t dt_ns)
{
	int64_t way = goal_bytes - balloon_bytes, size = way < 0 ? -way : way;
	/* Compared as times, since rate times time may be more than any memory. */
	if (dt_ns >= part(size, NS_PER_S, rules->balloon_rate) + 1)
		return goal_bytes;
	int64_t step = part(rules->balloon_rate, dt_ns, NS_PER_S);
	return balloon_bytes + (way < 0 ? -step : step);
}

void memory_scanned(struct memory_host *host, int64_t dt_ns)
{
	if (!host->pass_ns)
		return;
	int64_t found = dt_ns < host->pass_ns ? part(host->mergeable_bytes, dt_ns,
	                                             host->pass_ns) : host->mergeable_bytes;
	host->merged_bytes = least(host->merged_bytes + found, host->mergeable_bytes);
}

static int64_t resident_sum(struct memory_guest *guests, uint32_t n)
{
	int64_t sum = 0;
	for (uint32_t k = 0; k < n; k++) {
		struct memory_guest *g = &guests[k];
		g->resident_bytes = private_of(g) - g->balloon_bytes - g->swapped_bytes - g->denied_bytes;
		sum += g->resident_bytes;
	}
	return sum;
}

/* Takes `bytes` from the guests above their targets, in proportion to how far they are above; into swap, or
 * denied for good. */
static void take(struct memory_guest *guests, uint32_t n, int64_t bytes, bool deny)
{
	int64_t above = 0, taken = 0;
	for (uint32_t k = 0; k < n; k++)
		above += most(guests[k].resident_bytes - guests[k].target_bytes, 0);
	for (uint32_t k = 0; k < n && above > 0; k++) {
		int64_t over = most(guests[k].resident_bytes - guests[k].target_bytes, 0);
		/* Rounded up, but never more than is left to be taken: the sum is exact. */
		int64_t mine = least((int64_t)((wide_product(over, bytes) + above - 1) / above),
		                     bytes - taken);
		*(deny ? &guests[k].denied_bytes : &guests[k].swapped_bytes) += least(mine, over);
		taken += least(mine, over);
	}
}

/* What ballooning can never bring, and what a limit forbids at once. */
static int64_t must_swap(const struct memory_guest *g)
{
	int64_t beyond = private_of(g) - g->target_bytes - g->goal_bytes;
	int64_t limited = private_of(g) - g->balloon_bytes - g->limit_bytes;
	return least(most(most(beyond, limited), 0), private_of(g) - g->balloon_bytes);
}

/* Fills swap as far as it goes; then the host is low, and what does not fit anywhere is denied. */
static void page_out(const struct memory_rules *rules, struct memory_host *host, struct memory_guest *guests,
                     uint32_t n)
{
	int64_t capacity = host->capacity_bytes, sum = 0;
	for (uint32_t k = 0; k < n; k++) {
		guests[k].denied_bytes = 0;
		guests[k].swapped_bytes = must_swap(&guests[k]);
	}
	int64_t lacking = percent(capacity, MEMORY_HARD) - (capacity - resident_sum(guests, n));
	if (lacking > 0) {
		host->state = MEMORY_STATE_HARD;
		take(guests, n, lacking, false);
	}
	for (uint32_t k = 0; k < n; k++)
		sum += guests[k].swapped_bytes;
	for (uint32_t k = 0; k < n && sum > rules->swap_bytes; k++)
		guests[k].swapped_bytes = part(guests[k].swapped_bytes, rules->swap_bytes, sum);
	int64_t free_bytes = capacity - resident_sum(guests, n);
	if (sum > rules->swap_bytes && free_bytes < percent(capacity, MEMORY_LOW))
		host->state = MEMORY_STATE_LOW;
	if (free_bytes < 0)
		take(guests, n, -free_bytes, true);
	resident_sum(guests, n);
}

/* Page-ins in a second of work of all its vCPUs. */
static double faults_per_s(const struct memory_guest *g)
{
	int64_t held = private_of(g) - g->balloon_bytes, active = least(g->active_bytes, private_of(g));
	int64_t bitten = most(g->balloon_bytes - (private_of(g) - active), 0);
	if (!active || !g->reuse_ns)
		return 0;
	double b = (double)bitten / (double)active;
	double s = held ? (double)g->swapped_bytes / (double)held : 0;
	double touches = (double)g->active_bytes / MEMORY_PAGE / ((double)g->reuse_ns / NS_PER_S);
	return touches * (b + (1 - b) * s);
}

/* Bytes/s through the swap device if a page takes so long: each fault brings one in and pushes one out. */
static double traffic(const struct memory_guest *guests, uint32_t n, double latency_s)
{
	double sum = 0;
	for (uint32_t k = 0; k < n; k++) {
		double faults = faults_per_s(&guests[k]);
		sum += 2 * MEMORY_PAGE * faults / (1 + faults * latency_s / guests[k].vcpus);
	}
	return sum;
}

/* Latency grows until the device can follow. */
static double latency_s(const struct memory_rules *rules, const struct memory_guest *guests, uint32_t n)
{
	double low = (double)rules->swap_latency_ns / NS_PER_S, high = low;
	if (traffic(guests, n, low) <= (double)rules->swap_rate)
		return low;
	while (traffic(guests, n, high) > (double)rules->swap_rate)
		high = 2 * high + 1e-6;
	for (int k = 0; k < 60; k++) {
		double middle = (low + high) / 2;
		if (traffic(guests, n, middle) > (double)rules->swap_rate)
			low = middle;
		else
			high = middle;
	}
	return high;
}

static void lose(const struct memory_rules *rules, const struct memory_host *host,
                 struct memory_guest *guests, uint32_t n)
{
	double wait_s = latency_s(rules, guests, n);
	for (uint32_t k = 0; k < n; k++) {
		struct memory_guest *g = &guests[k];
		double phi = faults_per_s(g) * wait_s / g->vcpus;
		bool blocked = host->state == MEMORY_STATE_LOW &&
		               (g->denied_bytes || g->resident_bytes > g->target_bytes);
		g->loss_ppm = blocked ? PPM : (uint32_t)(phi / (1 + phi) * PPM + 0.5);
	}
}

void memory_solve(const struct memory_rules *rules, struct memory_host *host, struct memory_guest *guests,
                  uint32_t n)
{
	if (!n) {
		*host = (struct memory_host){.capacity_bytes = host->capacity_bytes};
		return;
	}
	merge(rules, host, guests, n);
	aim(rules, host, guests, n);
	inflate(rules, guests, n);
	foresee(rules, host, guests, n);
	page_out(rules, host, guests, n);
	lose(rules, host, guests, n);
	host->used_bytes = host->shared_bytes = host->ballooned_bytes = host->swapped_bytes = 0;
	host->denied_bytes = host->resident_bytes = 0;
	for (uint32_t k = 0; k < n; k++) {
		const struct memory_guest *g = &guests[k];
		host->used_bytes += g->used_bytes;
		host->shared_bytes += g->shared_bytes;
		host->ballooned_bytes += g->balloon_bytes;
		host->swapped_bytes += g->swapped_bytes;
		host->denied_bytes += g->denied_bytes;
		host->resident_bytes += g->resident_bytes;
	}
	ASSERT(host->resident_bytes <= host->capacity_bytes);
}

int64_t memory_scan_hz(const struct memory_rules *rules, int64_t core_hz)
{
	if (!rules->sharing)
		return 0;
	double busy_01 = (double)rules->scan_rate * (double)rules->scan_ns / NS_PER_S;
	return (int64_t)((busy_01 < 1 ? busy_01 : 1) * (double)core_hz + 0.5);
}

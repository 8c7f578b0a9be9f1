/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power: work that can wait is done when electricity is clean. While the carbon intensity is above a
 * quantile of the last day's, hosts on which all guests are of low priority run at their slowest, and at
 * their fastest otherwise: a batch guest then does less in dirty hours and catches up in clean ones. A
 * host with one guest that cannot wait is never slowed. Empty hosts are left as they are. Which hours are
 * dirty is decided by rank, among the intensities of the last looks, so that no threshold in grams must be
 * known. */
#include "policies/policy.h"
#include "policies/speed.h"

extern const struct policy policy_carbon_timing;

enum { QUANTILE, PRIORITY, WINDOW };
enum { MOST_WINDOW = 2016 };           /* a week of looks each 300 s */

struct carbon_timing {
	double quantile;
	uint32_t priority, window, count, next;
	double seen[MOST_WINDOW];      /* a ring of grams a kWh */
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct carbon_timing *s = state;
	(void)view;
	s->quantile = values[QUANTILE];
	s->priority = (uint32_t)values[PRIORITY];
	s->window = (uint32_t)values[WINDOW];
}

/* Does more than the quantile's share of the last day lie below what it is now? */
static bool dirty(struct carbon_timing *s, double now)
{
	uint32_t below = 0;
	for (uint32_t i = 0; i < s->count; i++)
		below += s->seen[i] < now;
	bool is = s->count > 0 && below > s->quantile * s->count;
	s->seen[s->next] = now;
	s->next = (s->next + 1) % s->window;
	s->count += s->count < s->window;
	return is;
}

static bool can_wait(const struct carbon_timing *s, const struct policy_view *view, uint32_t host)
{
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next)
		if (view->guests[i].priority > s->priority)
			return false;
	return true;
}

static void power(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	struct carbon_timing *s = state;
	bool slow = dirty(s, view->carbon_g_per_kwh);
	for (uint32_t h = 0; h < view->host_count; h++) {
		const struct policy_host *at = &view->hosts[h];
		if (speed_varies(at) && at->guests > 0)
			speed_ask(view, plan, h, slow && can_wait(s, view, h) ? at->speeds - 1 : 0);
	}
}

static const struct policy_parameter parameters[] = {
	[QUANTILE] = {"quantile", "", 0.5, 0, 1, "share of the last day's looks that are clean"},
	[PRIORITY] = {"priority", "", 0, 0, 1e9, "guests up to this priority can wait"},
	[WINDOW] = {"window", "", 288, 2, MOST_WINDOW, "looks that are remembered: 288 are a day of 300 s"},
	{0},
};

const struct policy policy_carbon_timing = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "carbon_timing",
	.summary = "slows hosts whose guests can wait while electricity is dirtier than most of the last day",
	.source = "Radovanovic et al. 2021 (carbon-aware computing); Wiesner et al. 2021 (Let's Wait Awhile)",
	.parameters = parameters,
	.state_bytes = sizeof(struct carbon_timing),
	.open = open,
	.power = power,
};

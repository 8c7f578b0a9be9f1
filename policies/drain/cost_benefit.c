/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worth: are the moves that would empty a host worth it?
 *
 *   gain = (what the source draws now, less asleep) - (what the targets draw more), in watts,
 *          times how long it will last: `stable`, less the time until the last guest has left
 *   cost = `penalty` watts for each guest, as long as its move takes,
 *          and full power of the source for one wake-up and one way to sleep
 *
 * Moves share the source's NIC, so that their expected times add up. The load is expected to change again
 * after `stable`: then the host may be needed, and what was saved until then is all there is. */
#include "policies/policy.h"

extern const struct policy policy_cost_benefit;

enum { STABLE, PENALTY };

struct cost_benefit {
	double stable_s, penalty_w;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct cost_benefit *s = state;
	(void)view;
	s->stable_s = values[STABLE];
	s->penalty_w = values[PENALTY];
}

static double draw_w(const struct policy_view *view, uint32_t host, double demand_hz)
{
	const struct policy_host *h = &view->hosts[host];
	double u_01 = demand_hz / (double)h->cpu_hz;
	return view->power_w(view, h->power, u_01 < 1 ? u_01 : 1);
}

/* What the target of move k draws more with it, earlier moves being there already. Where the view holds
 * the moves in thought, they are taken back first. A target that was empty could have slept: its idle
 * power counts too. */
static double rise_w(const struct policy_view *view, const struct policy_move *moves, uint32_t k, uint32_t n)
{
	uint32_t to = moves[k].to, guests = view->hosts[to].guests;
	int64_t before_hz = view->hosts[to].demand_hz;
	for (uint32_t i = 0; i < n; i++)
		if (moves[i].to == to && view->guests[moves[i].guest].host == to) {
			before_hz -= view->guests[moves[i].guest].demand_hz;
			guests--;
		}
	for (uint32_t i = 0; i < k; i++)
		if (moves[i].to == to) {
			before_hz += view->guests[moves[i].guest].demand_hz;
			guests++;
		}
	double before_w = guests > 0 ? draw_w(view, to, (double)before_hz) : view->hosts[to].sleep_w;
	return draw_w(view, to, (double)(before_hz + view->guests[moves[k].guest].demand_hz)) - before_w;
}

static bool worth(void *state, const struct policy_view *view, const struct policy_move *moves, uint32_t n)
{
	const struct cost_benefit *s = state;
	if (n == 0)
		return true;
	const struct policy_host *source = &view->hosts[moves[0].from];
	double source_hz = 0, rises_w = 0, moving_s = 0;
	for (uint32_t k = 0; k < n; k++) {
		source_hz += (double)view->guests[moves[k].guest].demand_hz;
		rises_w += rise_w(view, moves, k, n);
		moving_s += (double)moves[k].expected_ns / 1e9;
	}
	double saved_w = draw_w(view, moves[0].from, source_hz) - source->sleep_w - rises_w;
	double lasts_s = s->stable_s > moving_s ? s->stable_s - moving_s : 0;
	double ways_j = view->power_w(view, source->power, 1) * 2 * (double)source->wake_ns / 1e9;
	return saved_w * lasts_s > s->penalty_w * moving_s + ways_j;
}

static const struct policy_parameter parameters[] = {
	[STABLE] = {"stable", "s", 1800, 0, 1e7, "how long the load is expected to stay as it is"},
	[PENALTY] = {"penalty", "W", 100, 0, 1e9, "what a guest's slowness costs while it moves"},
	{0},
};

const struct policy policy_cost_benefit = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "cost_benefit",
	.summary = "worth it if the energy saved until the load changes is more than the moves cost",
	.source = "Verma, Ahuja and Neogi 2008 (pMapper); Gulati et al. 2012 (DPM: cost-benefit)",
	.parameters = parameters,
	.state_bytes = sizeof(struct cost_benefit),
	.open = open,
	.worth = worth,
};

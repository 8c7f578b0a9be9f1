/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Balance: moves guests, one after another, so that the standard deviation of the hosts' loads (demand
 * over capacity) falls most, until it is low enough, no move lowers it by enough, or as many moves are
 * agreed as are allowed. A move is looked at only if it is worth it: what the busy host's guests lack, and
 * would lack less, for as long as the load is expected to stay, is more than what the guest loses while it
 * moves. What a host's guests demand beyond `comfort` of its capacity counts as lacking.
 *
 * VMware's DRS searches all pairs of guests and hosts; here the source is the most loaded host, and the
 * target one of the eight least loaded ones, so that a move costs one pass over the hosts. */
#include "policies/policy.h"

extern const struct policy policy_drs_like;

enum { BALANCED, GOODNESS, COMFORT, STABLE, LOSS, MOVES };
enum { TARGETS = 8 };

struct drs_like {
	double balanced, goodness, comfort, stable_s, loss;
	uint32_t moves;
};

/* The loads at one moment. */
struct cluster {
	uint32_t count, source, target_count;
	uint32_t targets[TARGETS];     /* by load, the least first */
	double sum, squares;
};

struct step {
	uint32_t guest, to;
	double deviation;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct drs_like *s = state;
	(void)view;
	s->balanced = values[BALANCED];
	s->goodness = values[GOODNESS];
	s->comfort = values[COMFORT];
	s->stable_s = values[STABLE];
	s->loss = values[LOSS];
	s->moves = (uint32_t)values[MOVES];
}

static double load(const struct policy_view *view, uint32_t host)
{
	return policy_utilisation(&view->hosts[host]);
}

static void add_target(const struct policy_view *view, struct cluster *c, uint32_t host)
{
	uint32_t k = c->target_count;
	if (k == TARGETS && load(view, host) >= load(view, c->targets[k - 1]))
		return;
	if (k == TARGETS)
		k--; /* the most loaded of them makes room */
	else
		c->target_count++;
	for (; k > 0 && load(view, c->targets[k - 1]) > load(view, host); k--)
		c->targets[k] = c->targets[k - 1];
	c->targets[k] = host;
}

static struct cluster look(const struct policy_view *view)
{
	struct cluster c = {.source = POLICY_NONE};
	for (uint32_t h = 0; h < view->host_count; h++) {
		if (!view->hosts[h].on || view->hosts[h].closed)
			continue;
		double x = load(view, h);
		c.count++;
		c.sum += x;
		c.squares += x * x;
		if (c.source == POLICY_NONE || x > load(view, c.source))
			c.source = h;
		add_target(view, &c, h);
	}
	return c;
}

/* Square of the standard deviation: squares compare as well, and need no root. */
static double variance(const struct cluster *c, double sum, double squares)
{
	double mean = sum / c->count;
	double v = squares / c->count - mean * mean;
	return v > 0 ? v : 0;
}

static double lacking_hz(const struct drs_like *s, const struct policy_host *h, int64_t demand_hz)
{
	double beyond = (double)demand_hz - s->comfort * (double)h->cpu_hz;
	return beyond > 0 ? beyond : 0;
}

static bool worth(const struct drs_like *s, const struct policy_view *view, uint32_t guest, uint32_t to)
{
	const struct policy_guest *g = &view->guests[guest];
	const struct policy_host *from = &view->hosts[g->host], *target = &view->hosts[to];
	double gain_hz = lacking_hz(s, from, from->demand_hz) -
	                 lacking_hz(s, from, from->demand_hz - g->demand_hz) +
	                 lacking_hz(s, target, target->demand_hz) -
	                 lacking_hz(s, target, target->demand_hz + g->demand_hz);
	double move_s = (double)view->move_ns(view, guest, to) / 1e9;
	double lasts_s = s->stable_s > move_s ? s->stable_s - move_s : 0;
	return gain_hz * lasts_s > s->loss * (double)g->demand_hz * move_s;
}

/* The variance if the guest were on the target. */
static double variance_after(const struct policy_view *view, const struct cluster *c, uint32_t guest,
                             uint32_t to)
{
	double demand_hz = (double)view->guests[guest].demand_hz;
	double less = demand_hz / (double)view->hosts[c->source].cpu_hz;
	double more = demand_hz / (double)view->hosts[to].cpu_hz;
	double from = load(view, c->source), at = load(view, to);
	return variance(c, c->sum - less + more,
	                c->squares - less * (2 * from - less) + more * (2 * at + more));
}

static bool best_step(const struct drs_like *s, const struct policy_view *view, const struct cluster *c,
                      struct step *best)
{
	bool found = false;
	for (uint32_t i = view->first_guest[c->source]; i != POLICY_NONE; i = view->guests[i].next) {
		struct policy_request request = policy_request_of(view, i);
		for (uint32_t k = 0; k < c->target_count && view->guests[i].moves; k++) {
			uint32_t to = c->targets[k];
			if (to == c->source || !policy_fits(&view->hosts[to], &request))
				continue;
			double deviation = variance_after(view, c, i, to);
			if ((found && deviation >= best->deviation) || !worth(s, view, i, to))
				continue;
			found = true;
			*best = (struct step){i, to, deviation};
		}
	}
	return found;
}

static void balance(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	const struct drs_like *s = state;
	for (uint32_t agreed = 0; agreed < s->moves; agreed++) {
		struct cluster c = look(view);
		struct step step = {POLICY_NONE, POLICY_NONE, 0};
		if (c.count < 2)
			return;
		double now = variance(&c, c.sum, c.squares);
		if (now <= s->balanced * s->balanced || !best_step(s, view, &c, &step) ||
		    step.deviation > now * (1 - s->goodness) * (1 - s->goodness) ||
		    plan->migrate(plan, step.guest, step.to))
			return;
	}
}

static const struct policy_parameter parameters[] = {
	[BALANCED] = {"balanced", "", 0.05, 0, 10, "standard deviation of the loads that is good enough"},
	[GOODNESS] = {"goodness", "", 0.02, 0, 1, "share by which a move must lower it"},
	[COMFORT] = {"comfort", "", 0.8, 0, 10, "load beyond which guests count as lacking CPU"},
	[STABLE] = {"stable", "s", 1800, 0, 1e7, "how long the load is expected to stay as it is"},
	[LOSS] = {"loss", "", 0.1, 0, 1, "share of its CPU that a guest loses while it moves"},
	[MOVES] = {"moves", "", 20, 1, 100000, "most moves at one look"},
	{0},
};

const struct policy policy_drs_like = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "drs_like",
	.summary = "lowers the standard deviation of the hosts' loads by moves that are worth their cost",
	.source = "Gulati, Holler, Ji, Shanmuganathan, Waldspurger and Zhu 2012 (VMware DRS)",
	.parameters = parameters,
	.state_bytes = sizeof(struct drs_like),
	.open = open,
	.balance = balance,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power: a cluster's cap is spread over its hosts so that the sum of their caps is the cluster's cap at
 * every moment, whatever they do until the next look. Each host keeps what it draws idle; what is left
 * above that is shared max-min fairly by what hosts want to draw: those that want less than the level get
 * it, the others get the level, and what nobody wants is divided evenly on top. Hosts that are not on draw
 * what they draw asleep. A cap below the sum of idle powers cannot be held: then the level is 0. */
#include "policies/policy.h"
#include "policies/table.h"

extern const struct policy policy_power_cap;

enum { CAP };

struct power_cap {
	double cap_w;
	struct rank *wanted;           /* [hosts that are on]: watts above idle */
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct power_cap *s = state;
	s->cap_w = values[CAP];
	s->wanted = table_new(view->host_count, sizeof *s->wanted);
}

static void close(void *state)
{
	struct power_cap *s = state;
	free(s->wanted);
}

static double idle_w(const struct policy_view *view, uint32_t host)
{
	return view->power_w(view, view->hosts[host].power, 0);
}

static double wanted_w(const struct policy_view *view, uint32_t host)
{
	double u_01 = policy_utilisation(&view->hosts[host]);
	return view->power_w(view, view->hosts[host].power, u_01 < 1 ? u_01 : 1) - idle_w(view, host);
}

/* Water filling: from the one that wants least on, each gets what it wants as long as that is at most an
 * even share of what is left; from the first that wants more on, all get the even share. */
static double level_w(const struct rank *wanted, uint32_t n, double *left_w)
{
	for (uint32_t i = 0; i < n; i++) {
		if (wanted[i].key * (n - i) > *left_w) {
			double level = *left_w / (n - i);
			*left_w = 0;
			return level;
		}
		*left_w -= wanted[i].key;
	}
	return n > 0 ? wanted[n - 1].key : 0;
}

static void power(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	struct power_cap *s = state;
	uint32_t n = 0;
	double left_w = s->cap_w;
	for (uint32_t h = 0; h < view->host_count; h++) {
		left_w -= view->hosts[h].on ? idle_w(view, h) : view->hosts[h].sleep_w;
		if (view->hosts[h].on)
			s->wanted[n++] = (struct rank){wanted_w(view, h), h};
	}
	left_w = left_w > 0 ? left_w : 0;
	rank_sort(s->wanted, n);
	double level = level_w(s->wanted, n, &left_w);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t h = s->wanted[i].id;
		double above = s->wanted[i].key < level ? s->wanted[i].key : level;
		double cap_w = idle_w(view, h) + above + left_w / n;
		if (view->hosts[h].cap_w < cap_w || view->hosts[h].cap_w > cap_w)
			plan->host_cap(plan, h, cap_w);
	}
}

static const struct policy_parameter parameters[] = {
	[CAP] = {"cap", "W", 1e6, 0, 1e12, "most that the hosts may draw together"},
	{0},
};

const struct policy policy_power_cap = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "power_cap",
	.summary = "spreads a cap on the cluster's power over its hosts, max-min fairly by what they want",
	.source = "Wu et al. 2016 (Dynamo); max-min fairness: Bertsekas and Gallager 1992",
	.parameters = parameters,
	.state_bytes = sizeof(struct power_cap),
	.open = open,
	.close = close,
	.power = power,
};

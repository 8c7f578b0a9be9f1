/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power: hosts that have been empty for a while sleep, and enough free capacity stays awake that guests
 * need not wait for a host to wake:
 *
 *   spare = `spare` x booked + growth of booked over the longest wake-up + what waits + `hosts` whole hosts
 *
 * Where less than that is free on hosts that are on or on their way there, sleeping hosts are woken, the
 * lowest id first; so a rise is met ahead by the latency of waking. Where more is free, hosts that have
 * been empty for `delay` fall asleep, the highest id first, as long as the spare stays. */
#include "policies/policy.h"
#include "policies/table.h"

extern const struct policy policy_sleep_idle;

enum { DELAY, SPARE, HOSTS, OFF };

struct idle {
	bool waking;                   /* asked to, and not on yet */
	bool empty;
	int64_t since_ns;              /* empty: since when */
};

struct sleep_idle {
	double delay_ns, spare;
	uint32_t hosts;
	enum policy_power to;
	bool looked;
	int64_t looked_ns;
	double booked_hz;              /* at that look */
	struct idle *idle;             /* [host] */
};

struct needs {
	double booked_hz, free_hz;     /* on hosts that are on; free also on those that wake */
	double largest_hz, wake_s;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct sleep_idle *s = state;
	s->delay_ns = values[DELAY] * 1e9;
	s->spare = values[SPARE];
	s->hosts = (uint32_t)values[HOSTS];
	s->to = values[OFF] != 0 ? POLICY_POWER_OFF : POLICY_POWER_SLEEP;
	s->idle = table_new(view->host_count, sizeof *s->idle);
}

static void close(void *state)
{
	struct sleep_idle *s = state;
	free(s->idle);
}

static bool sleeps(const struct policy_host *h)
{
	return h->state == POLICY_HOST_ASLEEP || h->state == POLICY_HOST_OFF;
}

static bool is_empty(const struct policy_host *h)
{
	return h->on && h->guests == 0 && h->moving == 0;
}

static void note(struct idle *idle, const struct policy_host *h, int64_t now_ns)
{
	bool empty = is_empty(h);
	if (empty && !idle->empty)
		idle->since_ns = now_ns;
	idle->empty = empty;
	idle->waking = idle->waking && !h->on && h->state != POLICY_HOST_FAILED;
}

static struct needs look(struct sleep_idle *s, const struct policy_view *view)
{
	struct needs n = {0, 0, 0, 0};
	for (uint32_t h = 0; h < view->host_count; h++) {
		const struct policy_host *at = &view->hosts[h];
		double limit_hz = (double)at->cpu_limit_hz, wake_s = (double)at->wake_ns / 1e9;
		note(&s->idle[h], at, view->now_ns);
		n.largest_hz = limit_hz > n.largest_hz ? limit_hz : n.largest_hz;
		n.wake_s = wake_s > n.wake_s ? wake_s : n.wake_s;
		if (at->on)
			n.booked_hz += (double)at->cpu_booked_hz;
		if ((at->on && !at->closed) || s->idle[h].waking)
			n.free_hz += limit_hz - (double)at->cpu_booked_hz;
	}
	return n;
}

/* What must stay free. The growth is that since the last look, in Hz a second. */
static double spare_hz(struct sleep_idle *s, const struct policy_view *view, const struct needs *n)
{
	double passed_s = (double)(view->now_ns - s->looked_ns) / 1e9, growth = 0;
	if (s->looked && passed_s > 0 && n->booked_hz > s->booked_hz)
		growth = (n->booked_hz - s->booked_hz) / passed_s;
	s->looked = true;
	s->looked_ns = view->now_ns;
	s->booked_hz = n->booked_hz;
	return s->spare * n->booked_hz + growth * n->wake_s + (double)view->waiting_hz +
	       s->hosts * n->largest_hz;
}

static void power(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	struct sleep_idle *s = state;
	struct needs n = look(s, view);
	double spare = spare_hz(s, view, &n);
	for (uint32_t h = 0; h < view->host_count && n.free_hz < spare; h++) {
		if (!sleeps(&view->hosts[h]) || s->idle[h].waking ||
		    plan->host_power(plan, h, POLICY_POWER_ON))
			continue;
		s->idle[h].waking = true;
		n.free_hz += (double)view->hosts[h].cpu_limit_hz;
	}
	for (uint32_t h = view->host_count; h-- > 0;) {
		double limit_hz = (double)view->hosts[h].cpu_limit_hz;
		if (!is_empty(&view->hosts[h]) || n.free_hz - limit_hz < spare ||
		    (double)(view->now_ns - s->idle[h].since_ns) < s->delay_ns)
			continue;
		if (!plan->host_power(plan, h, s->to))
			n.free_hz -= limit_hz;
	}
}

static const struct policy_parameter parameters[] = {
	[DELAY] = {"delay", "s", 300, 0, 1e7, "time that a host must have been empty before it sleeps"},
	[SPARE] = {"spare", "", 0.1, 0, 100, "capacity that stays awake and free, of what is booked"},
	[HOSTS] = {"hosts", "", 1, 0, 1e6, "and so many whole hosts"},
	[OFF] = {"off", "", 0, 0, 1, "1: hosts are switched off; 0: they sleep"},
	{0},
};

const struct policy policy_sleep_idle = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "sleep_idle",
	.summary = "hosts that stay empty sleep; spare capacity stays awake; hosts wake ahead of a rise",
	.source = "Gandhi, Harchol-Balter, Raghunathan and Kozuch 2012 (AutoScale)",
	.parameters = parameters,
	.state_bytes = sizeof(struct sleep_idle),
	.open = open,
	.close = close,
	.power = power,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scaling: the fewest guests whose M/M/c queue answers within the promised time.
 *
 * With a = n x load Erlang offered, the chance to wait is Erlang's C = B / (1 - (a / c) (1 - B)), where
 * Erlang's B comes from B(0) = 1, B(k) = a B(k - 1) / (k + a B(k - 1)): no factorials. The mean response
 * is s (1 + C / (c - a)). The service time s is the one that makes the response measured now come out of
 * the same formula. Load alone would give a large and a small service the same load; a large one can be
 * run hotter for the same response. */
#include "policies/policy.h"

extern const struct policy policy_queue_scaling;

enum { MOST_LOAD, COOL_DOWN };
enum { MOST_SERVERS = 100000 };

struct queue_scaling {
	double most_load, cool_down_ns;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct queue_scaling *s = state;
	(void)view;
	s->most_load = values[MOST_LOAD];
	s->cool_down_ns = values[COOL_DOWN] * 1e9;
}

static double next_b(double b, double a, uint32_t k)
{
	return a * b / (k + a * b);
}

/* Mean response over service time, of c > a servers with Erlang's B(c). */
static double slowdown(double b, double a, uint32_t c)
{
	return 1 + b / (1 - a / c * (1 - b)) / (c - a);
}

/* The fewest servers that are loaded no more than allowed and, where s_ns is known, answer within
 * target_ns. */
static uint32_t fewest(const struct queue_scaling *s, double a, double s_ns, double target_ns)
{
	double b = 1;
	for (uint32_t c = 1; c < MOST_SERVERS; c++) {
		b = next_b(b, a, c);
		if (a < c && a <= s->most_load * c && s_ns * slowdown(b, a, c) <= target_ns)
			return c;
		/* More servers cannot be faster than no queue at all. */
		if (s_ns > target_ns && a <= s->most_load * c && slowdown(b, a, c) < 1.01)
			return c;
	}
	return MOST_SERVERS;
}

static uint32_t scale(void *state, const struct policy_view *view, const struct policy_service *service)
{
	const struct queue_scaling *s = state;
	uint32_t now = service->guests + service->starting;
	double a = service->guests * service->load_01, b = 1, s_ns = 0;
	for (uint32_t k = 1; k <= service->guests; k++)
		b = next_b(b, a, k);
	if (service->response_ns > 0 && service->target_ns > 0 && a < service->guests)
		s_ns = service->response_ns / slowdown(b, a, service->guests);
	uint32_t wanted = fewest(s, a, s_ns, service->target_ns);
	bool early = (double)(view->now_ns - service->since_ns) < s->cool_down_ns;
	return wanted < now && early ? now : wanted;
}

static const struct policy_parameter parameters[] = {
	[MOST_LOAD] = {"most_load", "", 0.9, 0.01, 1,
	               "mean load that is never exceeded, fast as the answers may be"},
	[COOL_DOWN] = {"cool_down", "s", 300, 0, 1e6, "time after a change in which none is taken away"},
	{0},
};

const struct policy policy_queue_scaling = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "queue_scaling",
	.summary = "the fewest guests whose M/M/c queue answers within the promised time",
	.source = "Erlang 1917 (formula C); its recurrence and M/M/c: Kleinrock 1975",
	.parameters = parameters,
	.state_bytes = sizeof(struct queue_scaling),
	.open = open,
	.scale = scale,
};

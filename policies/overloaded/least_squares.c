/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overload: a straight line through the newest samples reaches capacity, with a safety factor, by the time
 * a guest could have left. CloudSim calls this LR (local regression), but its weights never come into
 * force, so that it is an ordinary least-squares line; local_regression.c is what the paper describes. */
#include "policies/history.h"
#include "policies/policy.h"

extern const struct policy policy_least_squares;

enum { SAFETY, WINDOW, AHEAD, FALLBACK };
enum { SAMPLES = 30 };

struct least_squares {
	double safety, ahead, fallback;
	uint32_t window;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct least_squares *s = state;
	(void)view;
	s->safety = values[SAFETY];
	s->window = (uint32_t)values[WINDOW];
	s->ahead = values[AHEAD];
	s->fallback = values[FALLBACK];
}

static bool overloaded(void *state, const struct policy_view *view, uint32_t host)
{
	const struct least_squares *s = state;
	double past[SAMPLES];
	uint32_t n = view->host_history(view, host, past, s->window);
	if (n < s->window)
		return policy_utilisation(&view->hosts[host]) > s->fallback;
	return s->safety * history_line_at(history_line(past, NULL, n), n - 1 + s->ahead) >= 1;
}

static const struct policy_parameter parameters[] = {
	[SAFETY] = {"safety", "", 1.2, 0, 100, "the prediction times this must stay below 1"},
	[WINDOW] = {"window", "", 10, 2, SAMPLES, "newest samples that the line is drawn through"},
	[AHEAD] = {"ahead", "", 1, 0, 100, "how many looks ahead: a migration's time, rounded up"},
	[FALLBACK] = {"fallback", "", 0.7, 0, 10, "threshold as long as there are fewer samples"},
	{0},
};

const struct policy policy_least_squares = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "least_squares",
	.summary = "overloaded when a line through the newest samples, times safety, will reach 1",
	.source = "CloudSim's LR (2012), which is an unweighted least-squares line",
	.parameters = parameters,
	.state_bytes = sizeof(struct least_squares),
	.open = open,
	.overloaded = overloaded,
};

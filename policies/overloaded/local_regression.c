/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overload: Cleveland's local regression at the newest sample, drawn on to when a guest could have left,
 * reaches capacity with a safety factor. The weight of a sample falls with its age, (1 - (age /
 * oldest)^3)^3, so that the line follows a turn of the load sooner than an unweighted one. */
#include "policies/history.h"
#include "policies/policy.h"

extern const struct policy policy_local_regression;

enum { SAFETY, WINDOW, AHEAD, FALLBACK };
enum { SAMPLES = 30 };

struct local_regression {
	double safety, ahead, fallback;
	uint32_t window;
	double weight[SAMPLES];        /* oldest first; the oldest weighs nothing */
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct local_regression *s = state;
	(void)view;
	s->safety = values[SAFETY];
	s->window = (uint32_t)values[WINDOW];
	s->ahead = values[AHEAD];
	s->fallback = values[FALLBACK];
	for (uint32_t i = 0; i < s->window; i++)
		s->weight[i] = history_tricube((double)(s->window - 1 - i) / (s->window - 1));
}

static bool overloaded(void *state, const struct policy_view *view, uint32_t host)
{
	const struct local_regression *s = state;
	double past[SAMPLES];
	uint32_t n = view->host_history(view, host, past, s->window);
	if (n < s->window)
		return policy_utilisation(&view->hosts[host]) > s->fallback;
	return s->safety * history_line_at(history_line(past, s->weight, n), n - 1 + s->ahead) >= 1;
}

static const struct policy_parameter parameters[] = {
	[SAFETY] = {"safety", "", 1.2, 0, 100, "the prediction times this must stay below 1"},
	[WINDOW] = {"window", "", 10, 3, SAMPLES, "newest samples that the line is drawn through"},
	[AHEAD] = {"ahead", "", 1, 0, 100, "how many looks ahead: a migration's time, rounded up"},
	[FALLBACK] = {"fallback", "", 0.7, 0, 10, "threshold as long as there are fewer samples"},
	{0},
};

const struct policy policy_local_regression = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "local_regression",
	.summary = "overloaded when a line that weighs new samples more, times safety, will reach 1",
	.source = "Cleveland 1979; Beloglazov and Buyya 2012 (LR as in the paper, not as in CloudSim)",
	.parameters = parameters,
	.state_bytes = sizeof(struct local_regression),
	.open = open,
	.overloaded = overloaded,
};

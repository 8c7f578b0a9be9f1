/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scaling: one guest more (or `step` of them) when the mean load is above a threshold, one less when it is
 * below a lower one, and nothing for a while after each change: a new guest takes time to start and the
 * load time to settle, and who looks sooner asks for the same guest twice. */
#include "policies/policy.h"

extern const struct policy policy_threshold_scaling;

enum { UP, DOWN, STEP, COOL_DOWN };

struct threshold_scaling {
	double up, down, cool_down_ns;
	uint32_t step;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct threshold_scaling *s = state;
	(void)view;
	s->up = values[UP];
	s->down = values[DOWN];
	s->step = (uint32_t)values[STEP];
	s->cool_down_ns = values[COOL_DOWN] * 1e9;
}

static uint32_t scale(void *state, const struct policy_view *view, const struct policy_service *service)
{
	const struct threshold_scaling *s = state;
	uint32_t now = service->guests + service->starting;
	if ((double)(view->now_ns - service->since_ns) < s->cool_down_ns)
		return now;
	if (service->load_01 > s->up)
		return now + s->step;
	if (service->load_01 < s->down)
		return now > s->step ? now - s->step : 0;
	return now;
}

static const struct policy_parameter parameters[] = {
	[UP] = {"up", "", 0.7, 0, 10, "mean load above which guests are added"},
	[DOWN] = {"down", "", 0.3, 0, 10, "mean load below which guests are taken away"},
	[STEP] = {"step", "", 1, 1, 1000, "how many at once"},
	[COOL_DOWN] = {"cool_down", "s", 300, 0, 1e6, "time after a change in which there is no other"},
	{0},
};

const struct policy policy_threshold_scaling = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "threshold_scaling",
	.summary = "a guest more above a load, one less below another, with a cool-down",
	.source = "survey: Lorido-Botran, Miguel-Alonso and Lozano 2014 (threshold-based rules)",
	.parameters = parameters,
	.state_bytes = sizeof(struct threshold_scaling),
	.open = open,
	.scale = scale,
};

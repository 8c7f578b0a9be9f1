/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scaling: as many guests as bring the mean load to a target, ceil(n x load / target). More at once, fewer
 * only when nothing has changed for a while; nothing at all within a tolerance, so that it does not follow
 * noise. The guests that are still starting count as if they carried their part, and so are not asked for
 * again. */
#include "policies/policy.h"

extern const struct policy policy_target_tracking;

enum { TARGET, TOLERANCE, COOL_DOWN };

struct target_tracking {
	double target, tolerance, cool_down_ns;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct target_tracking *s = state;
	(void)view;
	s->target = values[TARGET];
	s->tolerance = values[TOLERANCE];
	s->cool_down_ns = values[COOL_DOWN] * 1e9;
}

/* The least whole number that is not below x. */
static uint32_t ceiling(double x)
{
	uint32_t whole = x < 4e9 ? (uint32_t)x : 4000000000u;
	return whole < x ? whole + 1 : whole;
}

static uint32_t scale(void *state, const struct policy_view *view, const struct policy_service *service)
{
	const struct target_tracking *s = state;
	uint32_t now = service->guests + service->starting;
	double wanted = service->guests * service->load_01 / s->target;
	bool near = wanted <= now * (1 + s->tolerance) && wanted >= now * (1 - s->tolerance);
	bool early = (double)(view->now_ns - service->since_ns) < s->cool_down_ns;
	if (near || (wanted < now && early))
		return now;
	return ceiling(wanted);
}

static const struct policy_parameter parameters[] = {
	[TARGET] = {"target", "", 0.5, 0.01, 10, "mean load that is aimed at"},
	[TOLERANCE] = {"tolerance", "", 0.1, 0, 1,
	               "deviation of the number, either way, that changes nothing"},
	[COOL_DOWN] = {"cool_down", "s", 300, 0, 1e6, "time after a change in which none is taken away"},
	{0},
};

const struct policy policy_target_tracking = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "target_tracking",
	.summary = "as many guests as bring the mean load to a target; fewer only after a cool-down",
	.source = "Kubernetes HorizontalPodAutoscaler (formula, tolerance; its cool-down simplified)",
	.parameters = parameters,
	.state_bytes = sizeof(struct target_tracking),
	.open = open,
	.scale = scale,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Placement: the host with room whose power rises least when the guest's booked CPU
 * is added to what is booked there. An empty host that is on counts its idle power
 * too when `wake` is 1, as if it had been off: then guests are packed onto hosts in
 * use. Increases that differ by less than 1e-9 W are ties and go to the lowest id. */
#include "policies/policy.h"

extern const struct policy policy_power_aware_best_fit;

enum { WAKE };

struct power_aware {
	bool wake;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct power_aware *s = state;
	(void)view;
	s->wake = values[WAKE] != 0;
}

static double score(const void *state, const struct policy_view *view, const struct policy_request *request,
                    uint32_t host)
{
	const struct power_aware *s = state;
	const struct policy_host *h = &view->hosts[host];
	double before = (double)h->cpu_booked_hz / (double)h->cpu_hz;
	double after = (double)(h->cpu_booked_hz + request->cpu_hz) / (double)h->cpu_hz;
	double rise_w = view->power_w(view, h->power, after < 1 ? after : 1) -
	                view->power_w(view, h->power, before < 1 ? before : 1);
	if (s->wake && h->guests == 0)
		rise_w += view->power_w(view, h->power, 0);
	return rise_w;
}

static bool place(void *state, const struct policy_view *view, const struct policy_request *request,
                  uint32_t *host)
{
	return policy_lowest(&policy_power_aware_best_fit, state, view, request, host);
}

static const struct policy_parameter parameters[] = {
	[WAKE] = {"wake", "", 1, 0, 1,
	          "1: an empty host counts its idle power as part of the increase; 0: it does not"},
	{0},
};

const struct policy policy_power_aware_best_fit = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "power_aware_best_fit",
	.summary = "the host with room whose power rises least",
	.source = "Beloglazov and Buyya 2012 (PABFD)",
	.parameters = parameters,
	.state_bytes = sizeof(struct power_aware),
	.open = open,
	.place = place,
	.score = score,
	.score_tie = 1e-9,
};

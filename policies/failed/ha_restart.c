/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failure: guests of a failed host are started on others at once, those of high priority first, each on
 * the host with the most CPU left to book. One for which there is no room waits, and smaller ones behind
 * it are tried.
 *
 * Restarting needs room that is free, so that admission keeps it: this policy's `place` refuses a guest
 * if, after the loss of the m largest hosts, what is booked with it would not fit what is left (CPU and
 * memory, as sums: fragments are not looked at). A guest that only moves adds nothing and is not refused
 * for that. Those that are restarted may use the reserve, which is what it is for. Room is given by worst
 * fit. */
#include "policies/policy.h"
#include "policies/table.h"

extern const struct policy policy_ha_restart;

enum { SPARE };

struct ha_restart {
	uint32_t spare;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct ha_restart *s = state;
	(void)view;
	s->spare = (uint32_t)values[SPARE];
}

struct sums {
	double cpu_hz, ram_bytes;      /* that may be booked, less what is */
	double most_cpu_hz, most_ram_bytes; /* limits of the hosts that are taken to fail */
};

/* What would be left after the m largest have failed: m is small, so that m passes are cheaper than an
 * order. Their own guests must go elsewhere, so that only the limit is lost and not what is booked. */
static struct sums sum(const struct policy_view *view, uint32_t spare)
{
	struct sums sums = {0, 0, 0, 0};
	struct rank last = {0, 0};
	for (uint32_t h = 0; h < view->host_count; h++) {
		const struct policy_host *host = &view->hosts[h];
		if (!host->on)
			continue;
		sums.cpu_hz += (double)(host->cpu_limit_hz - host->cpu_booked_hz);
		sums.ram_bytes += (double)(host->ram_limit_bytes - host->ram_booked_bytes);
	}
	for (uint32_t m = 0; m < spare; m++) {
		struct rank largest = {1, 0}; /* by the negated limit: any host's is less */
		for (uint32_t h = 0; h < view->host_count; h++) {
			struct rank at = {-(double)view->hosts[h].cpu_limit_hz, h};
			if (view->hosts[h].on && (m == 0 || rank_compare(&at, &last) > 0) &&
			    rank_compare(&at, &largest) < 0)
				largest = at;
		}
		if (largest.key > 0)
			break;
		sums.most_cpu_hz -= largest.key;
		sums.most_ram_bytes += (double)view->hosts[largest.id].ram_limit_bytes;
		last = largest;
	}
	return sums;
}

/* The host with room that has the most CPU left to book; ties go to the lowest id. */
static bool worst_fit(const struct policy_view *view, const struct policy_request *request, uint32_t *host)
{
	int64_t most_hz = 0;
	bool found = false;
	for (uint32_t h = 0; h < view->host_count; h++) {
		const struct policy_host *at = &view->hosts[h];
		int64_t left_hz = at->cpu_limit_hz - at->cpu_booked_hz;
		if (!policy_fits(at, request) || (found && left_hz <= most_hz))
			continue;
		found = true;
		most_hz = left_hz;
		*host = h;
	}
	return found;
}

static bool admits(const struct policy_view *view, const struct policy_request *request, uint32_t spare)
{
	struct sums sums = sum(view, spare);
	return sums.cpu_hz - sums.most_cpu_hz >= (double)request->cpu_hz &&
	       sums.ram_bytes - sums.most_ram_bytes >= (double)request->ram_bytes;
}

static bool place(void *state, const struct policy_view *view, const struct policy_request *request,
                  uint32_t *host)
{
	const struct ha_restart *s = state;
	return (request->move || admits(view, request, s->spare)) && worst_fit(view, request, host);
}

static void failed(void *state, const struct policy_view *view, struct policy_plan *plan,
                   const struct policy_failure *failure)
{
	struct rank *order = table_new(failure->count, sizeof *order);
	uint32_t host;
	(void)state;
	for (uint32_t i = 0; i < failure->count; i++)
		order[i] = (struct rank){-(double)view->guests[failure->lost[i]].priority, failure->lost[i]};
	rank_sort(order, failure->count);
	for (uint32_t i = 0; i < failure->count; i++) {
		struct policy_request request = policy_request_of(view, order[i].id);
		request.move = false;
		if (worst_fit(view, &request, &host))
			plan->start(plan, order[i].id, host);
	}
	free(order);
}

static const struct policy_parameter parameters[] = {
	[SPARE] = {"spare", "", 1, 0, 100,
	           "hosts that may fail at once without a guest being left out (N + m)"},
	{0},
};

const struct policy policy_ha_restart = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "ha_restart",
	.summary = "restarts lost guests by priority, and admits only what leaves room for that (N + m)",
	.source = "VMware vSphere HA (restart priority, admission control by host failures tolerated)",
	.parameters = parameters,
	.state_bytes = sizeof(struct ha_restart),
	.open = open,
	.place = place,
	.failed = failed,
};

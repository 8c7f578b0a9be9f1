/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares one host's CPU among its guests at one instant: flat, or depth first where guests hold guests. */
#include "models/hypervisor/solve.h"

#include <stdlib.h>

#include "models/hypervisor/bound.h"
#include "models/hypervisor/useful.h"
#include "sim/share.h"

#define FLAT 64 /* claimants whose tables fit on the stack */

struct claims {
	int64_t want[FLAT], floor[FLAT], given[FLAT];
	uint32_t weight[FLAT];
};

/* Tables for n claimants: the caller's on the stack, or a
 * block of their own that is freed with claims_fini. */
struct claim_view {
	int64_t *want, *floor, *given;
	uint32_t *weight;
	void *block;
};

static struct claim_view claims_init(struct claims *small, uint32_t n)
{
	if (n <= FLAT)
		return (struct claim_view){small->want, small->floor, small->given, small->weight, NULL};
	int64_t *block = memory_new(n, 3 * sizeof *block + sizeof(uint32_t), "claims on a host");
	uint32_t *weight = (uint32_t *)(block + 3 * (size_t)n);
	return (struct claim_view){block, block + n, block + 2 * (size_t)n, weight, block};
}

void solve_demand(const struct world *world, struct vm *vm)
{
	const struct vm_type *t = &world->vm_types[vm->type];
	if (vm->fixed) {
		vm->demand_hz = vm->fixed_hz < t->cap_hz ? vm->fixed_hz : t->cap_hz;
		return;
	}
	vm->demand_hz = 0;
	if (t->plan.i == ID_NONE || !vm->cursor.begun)
		return;
	const struct demand_plan *plan = &world->plans[t->plan.i];
	double hz, load = 0;
	int64_t start_ns, period_ns;
	double full_hz = (double)useful_asks_hz(world, vm);
	if (demand_regular(plan, &start_ns, &period_ns)) {
		/* Exactly what a batch computes, so that batches and single steps agree to the bit. */
		demand_fill(plan, vm->row, &vm->cursor, 1, full_hz, (double)t->cap_hz, &hz, &load);
	} else {
		double asked = demand_value(plan, vm->row, DEMAND_CPU, &vm->cursor) * full_hz;
		hz = demand_round(asked);
		hz = hz < (double)t->cap_hz ? hz : (double)t->cap_hz;
	}
	vm->demand_hz = (int64_t)hz;
}

/* What a guest asks of its parent: its own demand and its nested guests', cut to its cap. */
static int64_t want_of(const struct world *world, const struct vm *vm)
{
	int64_t want = vm->demand_hz;
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling)
		want += want_of(world, &world->vms[c]);
	int64_t cap_hz = world->vm_types[vm->type].cap_hz;
	return want < cap_hz ? want : cap_hz;
}

static void claim(const struct world *world, struct claim_view *c, uint32_t k, const struct vm *vm)
{
	const struct vm_type *t = &world->vm_types[vm->type];
	c->want[k] = vm->first_child == ID_NONE ? vm->demand_hz : want_of(world, vm);
	c->floor[k] = t->reservation_hz < c->want[k] ? t->reservation_hz : c->want[k];
	c->weight[k] = t->weight;
}

/* Shares what a guest got among its own work (claimant 0, of ordinary weight) and its nested guests. */
static void solve_nested(struct world *world, struct vm *vm, int64_t given_hz)
{
	uint32_t n = 1;
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling)
		n++;
	struct claims small;
	struct claim_view claims = claims_init(&small, n);
	claims.want[0] = vm->demand_hz;
	claims.floor[0] = 0;
	claims.weight[0] = 1024;
	uint32_t k = 1;
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling)
		claim(world, &claims, k++, &world->vms[c]);
	share_solve(n, claims.want, claims.floor, claims.weight, given_hz, claims.given);
	vm->given_hz = claims.given[0];
	k = 1;
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling, k++) {
		if (world->vms[c].first_child == ID_NONE)
			world->vms[c].given_hz = claims.given[k];
		else
			solve_nested(world, &world->vms[c], claims.given[k]);
	}
	free(claims.block);
}

/* What the service domain asks for: its scanner of memory, its base, something for each guest that is
 * there, and something for the I/O that comes with what they ask for. */
static int64_t service_want(const struct world *world, const struct host *host, const int64_t *want)
{
	wide io = 0;
	int64_t want_hz = memory_host_scan_hz(world, host) + solve_moving_hz(world, host);
	if (!world->host_services)
		return want_hz;
	want_hz += world->host_services[host->type].base_hz;
	for (uint32_t k = 0; k < host->guest_count; k++) {
		const struct vm *vm = &world->vms[host->guests[k]];
		const struct overhead *o = world_overhead(world, host->type, vm->type);
		want_hz += o->guest_hz;
		io += wide_product(want[k], o->service_ppb);
	}
	return want_hz + (int64_t)wide_divide(io, OVERHEAD_UNIT);
}

/* The service domain is the last claimant, without a reservation. */
static void claim_service(const struct world *world, struct host *host, struct claim_view *c)
{
	uint32_t k = host->guest_count;
	int64_t most_hz = world->host_types[host->type].cpu_hz, want_hz = service_want(world, host, c->want);
	c->want[k] = want_hz < most_hz ? want_hz : most_hz;
	c->floor[k] = 0;
	c->weight[k] = world->host_services ? world->host_services[host->type].weight : 1024;
	host->service_want_hz = c->want[k];
	host->demand_hz += c->want[k];
}

static void solve_guests(struct world *world, struct host *host, int64_t capacity_hz)
{
	uint32_t n = host->guest_count;
	bool service = host->state == HOST_ON && solve_has_service(world, host);
	ASSERT(n > 0 || service);
	struct claims small;
	struct claim_view claims = claims_init(&small, n + 1);
	for (uint32_t k = 0; k < n; k++) {
		claim(world, &claims, k, &world->vms[host->guests[k]]);
		host->demand_hz += claims.want[k];
	}
	if (service)
		claim_service(world, host, &claims);
	const struct bound_claims all = {
		capacity_hz, n + service, claims.want, claims.floor, claims.weight, claims.given,
	};
	host->given_hz = host->bound_count
		? bound_solve(world, host, &all)
		: share_solve_from(all.n, all.want, all.floor, all.weight, capacity_hz, all.given,
		                   &host->level);
	host->service_hz = service ? claims.given[n] : 0;
	ASSERT(host->given_hz <= host->demand_hz && host->given_hz <= capacity_hz);
	for (uint32_t k = 0; k < n; k++) {
		struct vm *vm = &world->vms[host->guests[k]];
		if (vm->first_child == ID_NONE)
			vm->given_hz = claims.given[k];
		else
			solve_nested(world, vm, claims.given[k]);
	}
	free(claims.block);
}

void solve_present(struct world *world, struct host *host)
{
	const struct host_type *type = &world->host_types[host->type];
	int64_t capacity_hz = solve_capacity_hz(world, host);
	host->demand_hz = host->given_hz = 0;
	host->service_want_hz = host->service_hz = 0;
	if (host->guest_count || (host->state == HOST_ON && solve_has_service(world, host)))
		solve_guests(world, host, capacity_hz);
	host->raw_uw = host->state == HOST_ON
		? power_uw(pace_curve(world, host), host->given_hz, pace_cpu_hz(world, host))
		: type->phase[host->state].power_uw;
	bool silent = !world->rules.idle_draws && host->given_hz == 0;
	silent |= !world->rules.first_interval && host->updates == 0;
	host->power_uw = silent ? 0 : host->raw_uw;
}

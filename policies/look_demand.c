/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What guests demand, now and at the last looks, for the policies' view. */
#include "policies/look.h"

#include <stdlib.h>

#include "models/hypervisor/fluid.h"
#include "models/hypervisor/solve.h"
#include "sim/memory.h"

/* Does more than a guest's own plan decide what it demands, or what its host has for it? */
static bool is_exact(const struct world *world)
{
	if (world->overheads || world->host_services || world->discrete || world->memory || world->filters ||
	    world->moving_hz || !world->rules.batch)
		return true;
	for (uint32_t v = 0; v < world->vm_count; v++)
		if (world->vms[v].inside != ID_NONE)
			return true;
	return false;
}

static uint32_t host_history(const struct policy_view *view, uint32_t host, double *u_01, uint32_t most);
static uint32_t guest_history(const struct policy_view *view, uint32_t guest, double *u_01, uint32_t most);

void look_demand_open(struct look *look)
{
	const struct world *world = look->world;
	look->exact = is_exact(world);
	look->cursors = memory_new(world->plan_count, sizeof *look->cursors, "where plans stand");
	look->past = memory_new((size_t)world->vm_count * look->rules.history, sizeof *look->past,
	                        "histories of guests");
	look->kept = memory_new(world->vm_count, sizeof *look->kept, "histories of guests");
	look->view.host_history = host_history;
	look->view.guest_history = guest_history;
}

void look_demand_close(struct look *look)
{
	free(look->cursors);
	free(look->past);
	free(look->kept);
}

/* All rows of a regular plan stand at the same tick. */
void look_demand_begin(struct look *look)
{
	const struct world *world = look->world;
	for (uint32_t k = 0; k < world->plan_count && !look->exact; k++)
		if (!world->plans[k].set->irregular)
			demand_seek(&world->plans[k], 0, look->view.now_ns, &look->cursors[k]);
}

void look_demand_host(struct look *look, uint32_t host)
{
	if (look->exact)
		fluid_advance(look->world, (host_id){host}, look->view.now_ns);
}

/* A guest's demand with that of those inside it. */
static int64_t demand_within(const struct world *world, const struct vm *vm)
{
	int64_t hz = vm->demand_hz;
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling)
		hz += demand_within(world, &world->vms[c]);
	int64_t cap_hz = world->vm_types[vm->type].cap_hz;
	return hz < cap_hz ? hz : cap_hz;
}

static int64_t given_within(const struct world *world, const struct vm *vm)
{
	int64_t hz = vm->given_hz;
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling)
		hz += given_within(world, &world->vms[c]);
	return hz;
}

/* What its plan says for now, as the host would find it (solve_demand), without walking the host. */
static int64_t planned_hz(const struct look *look, const struct vm *vm)
{
	const struct world *world = look->world;
	plan_id plan = world->vm_types[vm->type].plan;
	struct vm probe = {.type = vm->type, .row = vm->row};
	bool runs = vm->state == VM_RUNNING || vm->state == VM_MIGRATING;
	if (!runs && vm->fixed) {
		probe.fixed = true;
		probe.fixed_hz = vm->fixed_hz;
	} else if (plan.i != ID_NONE && world->plans[plan.i].set->irregular) {
		demand_seek(&world->plans[plan.i], vm->row, look->view.now_ns, &probe.cursor);
	} else if (plan.i != ID_NONE) {
		probe.cursor = look->cursors[plan.i];
	}
	solve_demand(world, &probe);
	return probe.demand_hz;
}

void look_demand_guest(struct look *look, uint32_t guest)
{
	const struct vm *vm = &look->world->vms[guest];
	struct policy_guest *g = &look->guests[guest];
	g->demand_hz = look->exact ? demand_within(look->world, vm) : planned_hz(look, vm);
	g->given_hz = look->exact ? given_within(look->world, vm) : g->demand_hz;
}

static void keep(struct look *look, uint32_t guest)
{
	const struct policy_guest *g = &look->guests[guest];
	uint32_t n = look->rules.history;
	if (!n)
		return;
	float u = g->cpu_hz > 0 ? (float)((double)g->demand_hz / (double)g->cpu_hz) : 0;
	look->past[(size_t)guest * n + look->kept[guest]++ % n] = u;
}

/* On a plain host that is not full, and from or to which nobody moves, each gets what it demands. */
static void given_read(struct look *look, uint32_t h)
{
	const struct host *host = &look->world->hosts[h];
	const struct policy_host *p = &look->hosts[h];
	bool fits = host->state == HOST_ON && p->demand_hz <= pace_most_hz(look->world, host);
	if (look->exact || (fits && !p->moving))
		return;
	fluid_advance(look->world, (host_id){h}, look->view.now_ns);
	for (uint32_t k = 0; k < host->guest_count; k++)
		look->guests[host->guests[k]].given_hz = look->world->vms[host->guests[k]].given_hz;
}

void look_demand_all(struct look *look)
{
	uint32_t hosts = look->view.host_count, guests = look->view.guest_count;
	for (uint32_t h = 0; h < hosts; h++) {
		look->hosts[h].demand_hz = 0;
		if (look->world->hosts[h].guest_count)
			look_demand_host(look, h);
	}
	for (uint32_t v = 0; v < guests; v++) {
		if (look->home[v] == ID_NONE)
			continue;
		look_demand_guest(look, v);
		keep(look, v);
		look->hosts[look->guests[v].host].demand_hz += look->guests[v].demand_hz;
	}
	for (uint32_t h = 0; h < hosts; h++) {
		if (look->world->hosts[h].guest_count)
			given_read(look, h);
		if (look->rules.by_demand)
			look->hosts[h].cpu_booked_hz = look->hosts[h].demand_hz;
		if (look->touched && look->hosts[h].guests)
			look->touched(look->touched_context, h);
	}
	look->samples++;
}

/* Samples of a guest that are still there. */
static uint32_t kept_of(const struct look *look, uint32_t guest)
{
	uint32_t n = look->rules.history;
	return look->kept[guest] < n ? look->kept[guest] : n;
}

/* The k-th sample back from the newest, which is 0. */
static double back(const struct look *look, uint32_t guest, uint32_t k)
{
	uint32_t n = look->rules.history;
	return (double)look->past[(size_t)guest * n + (look->kept[guest] - 1 - k) % n];
}

static uint32_t guest_history(const struct policy_view *view, uint32_t guest, double *u_01, uint32_t most)
{
	const struct look *look = view->world;
	if (guest >= view->guest_count)
		return 0;
	uint32_t n = kept_of(look, guest);
	n = n < most ? n : most;
	for (uint32_t k = 0; k < n; k++)
		u_01[n - 1 - k] = back(look, guest, k);
	return n;
}

static uint32_t host_history(const struct policy_view *view, uint32_t host, double *u_01, uint32_t most)
{
	const struct look *look = view->world;
	uint32_t n = 0;
	if (host >= view->host_count)
		return 0;
	for (uint32_t v = look->first[host]; v != POLICY_NONE; v = look->guests[v].next)
		n = kept_of(look, v) > n ? kept_of(look, v) : n;
	n = n < most ? n : most;
	for (uint32_t k = 0; k < n; k++)
		u_01[k] = 0;
	for (uint32_t v = look->first[host]; v != POLICY_NONE; v = look->guests[v].next) {
		uint32_t kept = kept_of(look, v) < n ? kept_of(look, v) : n;
		double part = (double)look->guests[v].cpu_hz / (double)look->hosts[host].cpu_hz;
		for (uint32_t k = 0; k < kept; k++)
			u_01[n - 1 - k] += part * back(look, v, k);
	}
	return n;
}

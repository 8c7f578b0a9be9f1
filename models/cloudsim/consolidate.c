/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans the migrations of a tick, tentatively, and puts everything back. */
#include "models/cloudsim/consolidate.h"

#include <stdlib.h>

#include "sim/fault.h"
#include "sim/memory.h"

void cloudsim_plan_open(struct cloudsim_plan *plan, struct cloudsim_books *b)
{
	*plan = (struct cloudsim_plan){
		.books = b,
		.active = memory_new(b->host_count, sizeof *plan->active, "CloudSim study"),
		.vms = memory_new(b->vm_count, sizeof *plan->vms, "CloudSim study"),
	};
	cloudsim_targets_open(&plan->targets, b);
	random_init(&plan->lots, b->rules.seed, "cloudsim_rs", 0);
}

void cloudsim_plan_close(struct cloudsim_plan *plan)
{
	cloudsim_targets_close(&plan->targets);
	free(plan->moves);
	free(plan->active);
	free(plan->vms);
	*plan = (struct cloudsim_plan){0};
}

static void move_add(struct cloudsim_plan *plan, uint32_t vm, uint32_t to)
{
	ARRAY_GROW(plan->moves, plan->count, plan->room, "migrations of a tick");
	plan->moves[plan->count++] = (struct cloudsim_move){vm, to};
}

/* By falling demand; equals keep their order. */
static void sort_vms(const struct cloudsim_plan *plan, uint32_t *vms, uint32_t count)
{
	const double *requested = plan->books->demand.requested;
	for (uint32_t i = 1; i < count; i++) {
		uint32_t vm = vms[i], at = i;
		for (; at > 0 && requested[vms[at - 1]] < requested[vm]; at--)
			vms[at] = vms[at - 1];
		vms[at] = vm;
	}
}

static bool still_fires(const struct cloudsim_books *b, uint32_t type, const uint32_t *vms, uint32_t count)
{
	struct cloudsim_load load;
	cloudsim_load_clear(&load);
	for (uint32_t i = 0; i < count; i++)
		cloudsim_load_add(&load, b, type, vms[i]);
	return cloudsim_overloaded(&load, b, type);
}

/* Appends to out[] who leaves the host so that its detector is quiet; returns how many. */
static uint32_t relieve(struct cloudsim_plan *plan, uint32_t host, uint32_t *out)
{
	const struct cloudsim_books *b = plan->books;
	const struct cloudsim_host *h = &b->hosts[host];
	uint32_t *left = memory_new(h->count, sizeof *left, "VMs of a host");
	uint32_t count = h->count, chosen = 0;
	for (uint32_t i = 0; i < count; i++)
		left[i] = h->guests[i].vm;
	do {
		uint32_t i = cloudsim_select(b, left, count, &plan->lots);
		out[chosen++] = left[i];
		for (count--; i < count; i++)
			left[i] = left[i + 1];
	} while (count && still_fires(b, h->type, left, count));
	free(left);
	return chosen;
}

/* Steps 1 and 2. Hosts with guests are listed in plan->active on the way. */
static uint32_t select_all(struct cloudsim_plan *plan, uint32_t *active)
{
	struct cloudsim_books *b = plan->books;
	uint32_t chosen = 0, count = 0;
	for (uint32_t word = 0; word <= (b->host_count - 1) / 64; word++)
		for (uint64_t bits = b->busy[word]; bits; bits &= bits - 1) {
			uint32_t host = word * 64 + (uint32_t)__builtin_ctzll(bits);
			if (b->hosts[host].count)
				plan->active[count++] = host;
		}
	for (uint32_t i = 0; i < count; i++) {
		struct cloudsim_host *h = &b->hosts[plan->active[i]];
		h->overloaded = cloudsim_fires(&plan->targets, plan->active[i]);
		h->drained_into = false;
	}
	for (uint32_t i = 0; i < count; i++)
		if (b->hosts[plan->active[i]].overloaded)
			chosen += relieve(plan, plan->active[i], plan->vms + chosen);
	*active = count;
	return chosen;
}

/* Step 3. */
static void place_selected(struct cloudsim_plan *plan, uint32_t chosen)
{
	struct cloudsim_books *b = plan->books;
	cloudsim_targets_all(&plan->targets);
	sort_vms(plan, plan->vms, chosen);
	for (uint32_t i = 0; i < chosen; i++) {
		uint32_t host = cloudsim_find(&plan->targets, plan->vms[i]);
		if (host == CLOUDSIM_NO_HOST)
			continue;
		cloudsim_put(&plan->targets, host, plan->vms[i]);
		move_add(plan, plan->vms[i], host);
		if (!b->rules.double_migration)
			b->hosts[host].drained_into = true;
	}
}

/* Moves all VMs of a host, or none. */
static void drain(struct cloudsim_plan *plan, uint32_t host)
{
	struct cloudsim_books *b = plan->books;
	const struct cloudsim_host *h = &b->hosts[host];
	uint32_t begun = plan->count, count = h->count;
	for (uint32_t i = 0; i < count; i++)
		plan->vms[i] = h->guests[i].vm;
	sort_vms(plan, plan->vms, count);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t to = cloudsim_find(&plan->targets, plan->vms[i]);
		if (to == CLOUDSIM_NO_HOST) {
			while (plan->count > begun)
				cloudsim_take_back(&plan->targets, plan->moves[--plan->count].to);
			return;
		}
		cloudsim_put(&plan->targets, to, plan->vms[i]);
		move_add(plan, plan->vms[i], to);
	}
	for (uint32_t i = begun; i < plan->count; i++)
		b->hosts[plan->moves[i].to].drained_into = true;
}

/* Step 4. Utilisations are those of the last update, so their order does not change on the way. */
static void drain_all(struct cloudsim_plan *plan, uint32_t active)
{
	struct cloudsim_books *b = plan->books;
	uint32_t count = 0;
	cloudsim_targets_drop_idle(&plan->targets);
	for (uint32_t i = 0; i < active; i++) {
		uint32_t host = plan->active[i], at = count;
		double u = cloudsim_utilisation(&b->hosts[host]);
		if (b->hosts[host].overloaded || u <= 0 || u >= 1)
			continue;
		for (; at > 0 && cloudsim_utilisation(&b->hosts[plan->active[at - 1]]) > u; at--)
			plan->active[at] = plan->active[at - 1];
		plan->active[at] = host;
		count++;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t host = plan->active[i];
		if (b->hosts[host].drained_into)
			continue;
		cloudsim_targets_drop(&plan->targets, host);
		drain(plan, host);
	}
}

void cloudsim_plan_make(struct cloudsim_plan *plan)
{
	uint32_t active;
	plan->count = 0;
	cloudsim_targets_renew(&plan->targets);
	uint32_t chosen = select_all(plan, &active);
	place_selected(plan, chosen);
	drain_all(plan, active);
	for (uint32_t i = 0; i < plan->count; i++)
		cloudsim_guest_pop(plan->books, plan->moves[i].to);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Books of the pins on each host, and fair shares under them. */
#include "models/hypervisor/bound.h"

#include <stdlib.h>

/* The pins of the guests booked on a host. */
struct host_pins {
	uint64_t set[BOUND_PINS];
	uint32_t guests[BOUND_PINS];  /* 0: this place is free */
};

/* The place of a pin, or a free one, or BOUND_PINS. */
static uint32_t place_of(const struct host_pins *pins, uint64_t set)
{
	uint32_t free_place = BOUND_PINS;
	for (uint32_t k = 0; k < BOUND_PINS; k++) {
		if (pins->guests[k] && pins->set[k] == set)
			return k;
		if (!pins->guests[k] && free_place == BOUND_PINS)
			free_place = k;
	}
	return free_place;
}

const char *bound_refusal(const struct world *world, host_id id, uint32_t vm_type)
{
	const struct host *host = &world->hosts[id.i];
	const struct host_type *on = &world->host_types[host->type];
	const struct vm_type *t = &world->vm_types[vm_type];
	if (on->scheduler || !t->pinned)
		return NULL;
	if (on->cores > SHARE_PINNED_CORES)
		return "as a fluid, the CPU of a host of more than 64 cores cannot be shared under pins";
	if (on->cores < SHARE_PINNED_CORES && t->pins >> on->cores)
		return "it is pinned to cores that the host does not have";
	if (host->pins && place_of(host->pins, t->pins) == BOUND_PINS)
		return "its pin would be the tenth different one on the host";
	return NULL;
}

void bound_book(struct world *world, host_id id, uint32_t vm_type)
{
	struct host *host = &world->hosts[id.i];
	const struct vm_type *t = &world->vm_types[vm_type];
	if (!bound_is(t) || world->host_types[host->type].scheduler)
		return;
	host->bound_count++;
	if (!t->pinned)
		return;
	if (!host->pins)
		host->pins = arena_new(&world->arena, 1, sizeof *host->pins);
	uint32_t k = place_of(host->pins, t->pins);
	ASSERT(k < BOUND_PINS);
	host->pins->set[k] = t->pins;
	host->pins->guests[k]++;
}

void bound_unbook(struct world *world, host_id id, uint32_t vm_type)
{
	struct host *host = &world->hosts[id.i];
	const struct vm_type *t = &world->vm_types[vm_type];
	if (!bound_is(t) || world->host_types[host->type].scheduler)
		return;
	ASSERT(host->bound_count > 0);
	host->bound_count--;
	if (!t->pinned)
		return;
	uint32_t k = place_of(host->pins, t->pins);
	ASSERT(k < BOUND_PINS && host->pins->guests[k]);
	host->pins->guests[k]--;
}

int64_t bound_solve(const struct world *world, const struct host *host, const struct bound_claims *c)
{
	const struct host_type *on = &world->host_types[host->type];
	uint64_t *cores = memory_new(c->n, sizeof *cores + sizeof(uint32_t), "pins of guests");
	uint32_t *tier = (uint32_t *)(cores + c->n);
	struct share_pinned p = {
		.n = c->n, .want = c->want, .floor = c->floor, .weight = c->weight, .cores = cores,
		.tier = tier, .core_count = 1, .core_capacity = c->capacity_hz,
	};
	/* With priorities alone, all cores are one. */
	for (uint32_t k = 0; k < host->guest_count; k++)
		if (world->vm_types[world->vms[host->guests[k]].type].pinned)
			p.core_count = on->cores;
	uint64_t all = UINT64_MAX >> (SHARE_PINNED_CORES - p.core_count);
	p.core_capacity = c->capacity_hz / p.core_count;
	for (uint32_t k = 0; k < c->n; k++) {
		const struct vm_type *t = k < host->guest_count
			? &world->vm_types[world->vms[host->guests[k]].type] : NULL;
		cores[k] = t && t->pinned ? t->pins & all : all;
		tier[k] = t ? t->cpu_priority : 0;
	}
	int64_t given_hz = share_pinned(&p, c->given);
	free(cores);
	return given_hz;
}

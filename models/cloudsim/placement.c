/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searches the host for a VM as CloudSim's PowerVmAllocationPolicyMigrationAbstract does. */
#include "models/cloudsim/placement.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/memory.h"

#define CLEAN_TIE_W 1e-9

void cloudsim_targets_open(struct cloudsim_targets *t, struct cloudsim_books *b)
{
	static const char what[] = "CloudSim study";
	uint32_t room = b->host_count + CLOUDSIM_HOST_TYPES;
	*t = (struct cloudsim_targets){
		.books = b,
		.hosts = memory_new(room, sizeof *t->hosts, what),
		.rises = memory_new(room, sizeof *t->rises, what),
		.room = room,
		.loads = memory_new(b->host_count, sizeof *t->loads, what),
		.filled = memory_new(b->host_count, sizeof *t->filled, what),
	};
}

void cloudsim_targets_close(struct cloudsim_targets *t)
{
	free(t->hosts);
	free(t->rises);
	free(t->loads);
	free(t->filled);
	*t = (struct cloudsim_targets){0};
}

/* The first host of a type from `from` on that has no guest. */
static uint32_t off_from(const struct cloudsim_books *b, uint32_t from)
{
	while (from < b->host_count && b->hosts[from].count)
		from += CLOUDSIM_HOST_TYPES;
	return from < b->host_count ? from : b->host_count;
}

void cloudsim_targets_renew(struct cloudsim_targets *t)
{
	t->round++;
}

void cloudsim_targets_all(struct cloudsim_targets *t)
{
	const struct cloudsim_books *b = t->books;
	bool simple = b->rules.detector == CLOUDSIM_THR && !t->starting;
	for (uint32_t type = 0; type < CLOUDSIM_HOST_TYPES; type++) {
		double total = cloudsim_host_types[type].cores * cloudsim_host_types[type].core_mips;
		t->next_off[type] = off_from(b, type);
		t->most[type] = simple ? b->rules.parameter * total + 1e-6 : (double)INFINITY;
	}
	t->count = 0;
	for (uint32_t h = 0; h < b->host_count; h++) {
		const struct cloudsim_host *host = &b->hosts[h];
		if (host->count ? !host->overloaded : t->next_off[host->type] == h)
			t->hosts[t->count++] = h;
	}
}

void cloudsim_targets_drop_idle(struct cloudsim_targets *t)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < t->count; i++)
		if (t->books->hosts[t->hosts[i]].used != 0)
			t->hosts[kept++] = t->hosts[i];
	t->count = kept;
	for (uint32_t type = 0; type < CLOUDSIM_HOST_TYPES; type++)
		t->next_off[type] = t->books->host_count;
}

void cloudsim_targets_drop(struct cloudsim_targets *t, uint32_t host)
{
	uint32_t i = 0;
	while (i < t->count && t->hosts[i] != host)
		i++;
	if (i == t->count)
		return;
	t->count--;
	memmove(t->hosts + i, t->hosts + i + 1, (t->count - i) * sizeof *t->hosts);
}

/* A host without guests got one: the next of its type stands in for those without. */
static void off_used(struct cloudsim_targets *t, uint32_t host)
{
	uint32_t type = t->books->hosts[host].type, next, i;
	if (t->next_off[type] != host)
		return;
	next = t->next_off[type] = off_from(t->books, host);
	if (next == t->books->host_count)
		return;
	for (i = t->count++; i > 0 && t->hosts[i - 1] > next; i--)
		t->hosts[i] = t->hosts[i - 1];
	t->hosts[i] = next;
	ASSERT(t->count <= t->room);
}

/* The host's load with all guests that it has now; sums are extended in the order of the list. */
static struct cloudsim_load *load_of(struct cloudsim_targets *t, uint32_t host)
{
	const struct cloudsim_host *h = &t->books->hosts[host];
	struct cloudsim_load *load = &t->loads[host];
	if (t->filled[host] != t->round)
		cloudsim_load_clear(load);
	t->filled[host] = t->round;
	while (load->vms < h->count)
		cloudsim_load_add(load, t->books, h->type, h->guests[load->vms].vm);
	return load;
}

bool cloudsim_fires(struct cloudsim_targets *t, uint32_t host)
{
	const struct cloudsim_load *load = load_of(t, host);
	return cloudsim_overloaded(load, t->books, t->books->hosts[host].type);
}

static bool fires_with(struct cloudsim_targets *t, uint32_t host, uint32_t vm)
{
	struct cloudsim_load load = *load_of(t, host);
	/* At the start the guests that are there have no demand yet; CloudSim sees only the new one. */
	if (t->starting && !t->books->rules.start_counts_all)
		load.requested = 0;
	cloudsim_load_add(&load, t->books, t->books->hosts[host].type, vm);
	return cloudsim_overloaded(&load, t->books, t->books->hosts[host].type);
}

static bool has_memory(const struct cloudsim_targets *t, const struct cloudsim_host *host, uint32_t vm)
{
	const struct cloudsim_vm_type *type = &cloudsim_vm_types[t->books->vms[vm].type];
	if (!t->starting && !t->books->rules.ram_always)
		return true;
	return host->ram_free >= type->ram_mb && host->bandwidth_free >= type->bandwidth;
}

static inline bool fits(const struct cloudsim_targets *t, struct cloudsim_host *host, uint32_t vm,
                        double requested)
{
	return host->core >= requested && cloudsim_host_has(t->books, host, requested) &&
	       has_memory(t, host, vm);
}

/* Watts that the host would draw more; INFINITY where the VM does not fit. A load above 1 by a rounding
 * is one that CloudSim's power model refuses, if no detector did before. */
static inline double rise(const struct cloudsim_targets *t, struct cloudsim_host *host, uint32_t vm,
                          double requested)
{
	const struct cloudsim_books *b = t->books;
	if (!fits(t, host, vm, requested))
		return INFINITY;
	if (host->given != 0) {
		cloudsim_host_tried(host);
		if (host->requested + requested > t->most[host->type])
			return INFINITY;
	}
	double u = (host->given + requested) / host->total, before = host->watts;
	if (u > 1)
		return INFINITY;
	if (!b->rules.stale_subtrahend)
		before = cloudsim_power(b, host->type, fmin(host->given / host->total, 1));
	return cloudsim_power(b, host->type, u) - before;
}

/* The candidate that rises least, the first of equals; t->count: none. */
static uint32_t least(const struct cloudsim_targets *t)
{
	double watts = INFINITY;
	uint32_t at = t->count;
	for (uint32_t i = 0; i < t->count; i++)
		if (t->rises[i] < watts) {
			watts = t->rises[i];
			at = i;
		}
	if (at == t->count || t->books->rules.ties == CLOUDSIM_ROUNDING)
		return at;
	for (uint32_t i = 0; i < at; i++)
		if (t->rises[i] <= watts + CLEAN_TIE_W)
			return i;
	return at;
}

uint32_t cloudsim_find(struct cloudsim_targets *t, uint32_t vm)
{
	struct cloudsim_host *hosts = t->books->hosts;
	double requested = t->books->demand.requested[vm];
	for (uint32_t i = 0; i < t->count; i++)
		t->rises[i] = rise(t, &hosts[t->hosts[i]], vm, requested);
	for (;;) {
		uint32_t i = least(t);
		if (i == t->count)
			return CLOUDSIM_NO_HOST;
		uint32_t host = t->hosts[i];
		if (hosts[host].given == 0 || !fires_with(t, host, vm))
			return host;
		t->rises[i] = INFINITY;
	}
}

/* What cloudsim_find found fits, so the new guest gets all it asks for. */
void cloudsim_put(struct cloudsim_targets *t, uint32_t host, uint32_t vm)
{
	struct cloudsim_books *b = t->books;
	struct cloudsim_host *h = &b->hosts[host];
	double requested = b->demand.requested[vm];
	bool was_off = h->count == 0;
	cloudsim_guest_add(b, host, vm, false);
	h->guests[h->count - 1].given = requested;
	h->given += requested;
	h->requested += requested;
	h->free -= requested;
	if (was_off)
		off_used(t, host);
}

void cloudsim_take_back(struct cloudsim_targets *t, uint32_t host)
{
	cloudsim_guest_pop(t->books, host);
	t->filled[host] = 0;
	cloudsim_host_rehash(t->books, &t->books->hosts[host]);
}

/* First fit, by id. */
static uint32_t first(struct cloudsim_targets *t, uint32_t vm)
{
	struct cloudsim_books *b = t->books;
	for (uint32_t h = 0; h < b->host_count; h++)
		if (fits(t, &b->hosts[h], vm, b->demand.requested[vm]))
			return h;
	return CLOUDSIM_NO_HOST;
}

uint32_t cloudsim_place_all(struct cloudsim_targets *t)
{
	struct cloudsim_books *b = t->books;
	uint32_t unplaced = 0;
	bool best = b->rules.policy == CLOUDSIM_CONSOLIDATE;
	memcpy(b->demand.requested, b->demand.mips, b->vm_count * sizeof *b->demand.requested);
	t->starting = true;
	cloudsim_targets_renew(t);
	cloudsim_targets_all(t);
	for (uint32_t vm = 0; vm < b->vm_count; vm++) {
		uint32_t host = best ? cloudsim_find(t, vm) : first(t, vm);
		b->vms[vm].host = host;
		b->vms[vm].alive = host != CLOUDSIM_NO_HOST;
		unplaced += !b->vms[vm].alive;
		if (b->vms[vm].alive)
			cloudsim_put(t, host, vm);
	}
	t->starting = false;
	return unplaced;
}

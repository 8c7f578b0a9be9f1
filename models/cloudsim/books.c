/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares CPU among the VMs of a host as CloudSim's VmSchedulerTimeSharedOverSubscription does. */
#include "models/cloudsim/books.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/fault.h"
#include "sim/memory.h"

#define SLOTS_FIRST 16                  /* of a java.util.HashMap; three quarters may be used */

uint32_t cloudsim_hash(uint32_t vm)
{
	char key[16];
	uint32_t hash = 0;
	snprintf(key, sizeof key, "2-%u", vm);
	for (const char *c = key; *c; c++)
		hash = 31 * hash + (uint8_t)*c;
	return hash ^ hash >> 16;
}

static void hosts_open(struct cloudsim_books *b)
{
	for (uint32_t t = 0; t < CLOUDSIM_HOST_TYPES; t++) {
		const double *watts = cloudsim_host_types[t].watts;
		for (uint32_t i = 0; i < POWER_POINTS; i++) {
			b->curves[t].watts[i] = watts[i];
			b->curves[t].tenth[i] = (double)i / 10;
			if (i + 1 < POWER_POINTS)
				b->curves[t].slope[i] = (watts[i + 1] - watts[i]) / 10;
		}
	}
	for (uint32_t h = 0; h < b->host_count; h++) {
		uint32_t t = h % CLOUDSIM_HOST_TYPES;
		const struct cloudsim_host_type *type = &cloudsim_host_types[t];
		double total = type->cores * type->core_mips;
		b->hosts[h] = (struct cloudsim_host){
			.total = total, .core = type->core_mips, .free = total, .type = t,
			.watts = type->watts[0], .slots = SLOTS_FIRST, .ram_free = type->ram_mb,
			.bandwidth_free = type->bandwidth,
		};
		cloudsim_busy(b, h);
	}
}

void cloudsim_books_open(struct cloudsim_books *b, const struct cloudsim_rules *rules,
                         const struct demand_set *trace, uint32_t hosts)
{
	static const char what[] = "CloudSim study";
	*b = (struct cloudsim_books){.rules = *rules, .host_count = hosts, .vm_count = trace->rows};
	cloudsim_demand_open(&b->demand, trace, rules, rules->selection == CLOUDSIM_MC);
	b->hosts = memory_new(hosts, sizeof *b->hosts, what);
	b->busy = memory_new(hosts / 64 + 1, sizeof *b->busy, what);
	b->vms = memory_new(b->vm_count, sizeof *b->vms, what);
	hosts_open(b);
	uint32_t part = (b->vm_count + CLOUDSIM_VM_TYPES - 1) / CLOUDSIM_VM_TYPES;
	for (uint32_t i = 0; i < b->vm_count; i++)
		b->vms[i] = (struct cloudsim_vm){
			.host = CLOUDSIM_NO_HOST, .hash = cloudsim_hash(i), .type = i / part};
}

void cloudsim_books_close(struct cloudsim_books *b)
{
	for (uint32_t h = 0; h < b->host_count; h++)
		free(b->hosts[h].guests);
	cloudsim_demand_close(&b->demand);
	free(b->hosts);
	free(b->vms);
	free(b->busy);
	free(b->order);
	*b = (struct cloudsim_books){0};
}

/* A VM's memory and bandwidth, taken or (by -1) given back. */
static void memory_take(struct cloudsim_books *b, uint32_t host, uint32_t vm, double by)
{
	const struct cloudsim_vm_type *type = &cloudsim_vm_types[b->vms[vm].type];
	b->hosts[host].ram_free -= by * type->ram_mb;
	b->hosts[host].bandwidth_free -= by * type->bandwidth;
}

void cloudsim_guest_add(struct cloudsim_books *b, uint32_t host, uint32_t vm, bool incoming)
{
	struct cloudsim_host *h = &b->hosts[host];
	ARRAY_GROW(h->guests, h->count, h->room, "guests of a host");
	h->guests[h->count++] = (struct cloudsim_guest){.vm = vm, .incoming = incoming};
	cloudsim_busy(b, host);
	memory_take(b, host, vm, 1);
	while (h->count > h->slots / 4 * 3)
		h->slots *= 2;
	if (h->room > b->order_room) {
		b->order = memory_resize(b->order, b->order_room, h->room, sizeof *b->order,
		                         "CloudSim study");
		b->order_room = h->room;
	}
}

void cloudsim_guest_remove(struct cloudsim_books *b, uint32_t host, uint32_t vm, bool incoming)
{
	struct cloudsim_host *h = &b->hosts[host];
	uint32_t i = 0;
	while (i < h->count && !(h->guests[i].vm == vm && h->guests[i].incoming == incoming))
		i++;
	ASSERT(i < h->count);
	memory_take(b, host, vm, -1);
	for (h->count--; i < h->count; i++)
		h->guests[i] = h->guests[i + 1];
}

void cloudsim_guest_pop(struct cloudsim_books *b, uint32_t host)
{
	struct cloudsim_host *h = &b->hosts[host];
	ASSERT(h->count > 0);
	memory_take(b, host, h->guests[--h->count].vm, -1);
}

/* The first n guests in the order in which a HashMap with their keys would be walked: by slot, and
 * within one as they came. */
static const uint32_t *hash_order(const struct cloudsim_books *b, const struct cloudsim_host *h, uint32_t n)
{
	uint32_t *order = b->order, mask = h->slots - 1;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t slot = b->vms[h->guests[i].vm].hash & mask, at = i;
		for (; at > 0 && (b->vms[h->guests[order[at - 1]].vm].hash & mask) > slot; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return order;
}

/* What a guest may ask of one core, and what it holds of the host. */
static double capped(const struct cloudsim_books *b, const struct cloudsim_host *h,
                     const struct cloudsim_guest *guest)
{
	double requested = b->demand.requested[guest->vm];
	return requested > h->core ? h->core : requested;
}
static double held(const struct cloudsim_books *b, const struct cloudsim_guest *guest, double mips)
{
	return guest->incoming ? mips * b->rules.target_share_01 : mips;
}
static bool leaving(const struct cloudsim_books *b, const struct cloudsim_guest *guest)
{
	return !guest->incoming && b->vms[guest->vm].moving;
}

/* Too little CPU: everyone gets the same part of what they hold. */
static void divide(struct cloudsim_books *b, struct cloudsim_host *h)
{
	const struct cloudsim_rules *rules = &b->rules;
	const uint32_t *order = hash_order(b, h, h->count);
	double sum = 0;
	for (uint32_t i = 0; i < h->count; i++) {
		const struct cloudsim_guest *guest = &h->guests[order[i]];
		sum += held(b, guest, capped(b, h, guest));
	}
	double scale = h->total / sum;
	for (uint32_t i = 0; i < h->count; i++) {
		struct cloudsim_guest *guest = &h->guests[i];
		double mips = capped(b, h, guest);
		if (leaving(b, guest))
			mips = mips * scale * rules->source_left_01;
		else if (guest->incoming)
			mips = mips * rules->target_share_01 * scale;
		else
			mips *= scale;
		guest->given = rules->floors ? floor(mips) : mips;
	}
	h->free = 0;
}

static void grant(const struct cloudsim_books *b, struct cloudsim_guest *guest, double mips)
{
	guest->given = leaving(b, guest) ? mips * b->rules.source_left_01 : held(b, guest, mips);
}

/* Reserves for all guests, the first `hashed` in the order of the HashMap and the others as they came, and
 * grants what they ask for; divides where that is too much. CloudSim divides at the first guest for
 * whom too little is left and again at each that follows; the last time counts. */
static void reserve(struct cloudsim_books *b, struct cloudsim_host *h)
{
	const uint32_t *order = h->hashed ? hash_order(b, h, h->hashed) : NULL;
	h->free = h->total;
	for (uint32_t i = 0; i < h->count; i++) {
		struct cloudsim_guest *guest = &h->guests[i < h->hashed ? order[i] : i];
		double mips = capped(b, h, guest), reservation = held(b, guest, mips);
		if (h->free < reservation) {
			divide(b, h);
			return;
		}
		grant(b, guest, mips);
		h->free -= reservation;
	}
}

static void sums_update(struct cloudsim_books *b, struct cloudsim_host *h)
{
	h->given = h->requested = 0;
	for (uint32_t i = 0; i < h->count; i++) {
		h->given += h->guests[i].given;
		h->requested += b->demand.requested[h->guests[i].vm];
	}
}

/* Sums and entries of what was just granted, in one pass. */
static void guests_note(struct cloudsim_books *b, struct cloudsim_host *h, double now_s)
{
	double sum_given = 0, sum_requested = 0, used = 0;
	h->idle_guest = false;
	for (uint32_t i = 0; i < h->count; i++) {
		const struct cloudsim_guest *guest = &h->guests[i];
		struct cloudsim_vm *vm = &b->vms[guest->vm];
		double given = guest->given, requested = b->demand.requested[guest->vm];
		sum_given += given;
		sum_requested += requested;
		h->idle_guest |= requested == 0;
		if (!guest->incoming) {
			struct cloudsim_vm_entry entry = {now_s, given, requested, vm->moving};
			cloudsim_vm_note(&vm->book, &entry, &b->times);
			if (vm->moving)
				given /= b->rules.source_left_01;
		}
		used += given;
	}
	h->given = sum_given;
	h->requested = sum_requested;
	h->used = used;
}

void cloudsim_host_update(struct cloudsim_books *b, uint32_t host, double now_s)
{
	struct cloudsim_host *h = &b->hosts[host];
	h->hashed = 0;
	reserve(b, h);
	guests_note(b, h, now_s);
	h->watts = cloudsim_power(b, h->type, cloudsim_utilisation(h));
	struct cloudsim_host_entry entry = {now_s, h->used > 0,
	                                    h->used + b->rules.violation_mips < h->requested};
	cloudsim_host_note(&h->book, &entry, &b->times);
	if (h->count == 0)
		b->busy[host / 64] &= ~(UINT64_C(1) << host % 64);
}

void cloudsim_host_rehash(struct cloudsim_books *b, struct cloudsim_host *host)
{
	host->hashed = host->count;
	cloudsim_host_settle(b, host);
}

void cloudsim_host_settle(struct cloudsim_books *b, struct cloudsim_host *host)
{
	reserve(b, host);
	sums_update(b, host);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hosts and VMs of the study, and how the VMs of a host share its CPU.
 *
 * A host grants its guests their demand one after the other in the order of its list; who comes when too
 * little is left makes it divide everything anew, by demand. What is left is the total less one
 * reservation after the other, and in which order matters where a VM fills a host to the last bit:
 * after an update it is the list's; after a trial (would this VM overload that host?) or a removal it is the
 * order of a java.util.HashMap of the keys "2-0", "2-1", ..., since those reserve all guests anew.
 * `hashed` says how many guests at the head of the list were reserved in that order.
 *
 * Lists keep their order: who comes is appended, who leaves is taken out. */
#ifndef MODELS_CLOUDSIM_BOOKS_H
#define MODELS_CLOUDSIM_BOOKS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/cloudsim/demand.h"
#include "models/cloudsim/metrics.h"
#include "models/cloudsim/rules.h"
#include "sim/fault.h"

#define CLOUDSIM_NO_HOST UINT32_MAX

struct cloudsim_guest {
	uint32_t vm;
	bool incoming;                  /* reserved here while it still runs elsewhere */
	double given;                   /* MIPS */
};

/* What the search for a target looks at stands first: a line of cache. */
struct cloudsim_host {
	double total, core;             /* MIPS of the host and of one core */
	double free;                    /* MIPS not reserved, but for the last bits: cloudsim_host_free */
	double given, requested;        /* MIPS over all guests, in the order of the list */
	double watts;                   /* at `used`, as of the last update */
	uint32_t type, count, hashed;
	bool overloaded, drained_into;  /* in the consolidation under way */
	bool idle_guest;                /* one asked for nothing at the last update */

	double used;                    /* MIPS as of the last update: guests on the move in full */
	struct cloudsim_guest *guests;
	uint32_t room;
	uint32_t slots;                 /* of the HashMap: 16, doubled as it fills, never halved */
	double ram_free, bandwidth_free;
	struct cloudsim_host_book book;
};

struct cloudsim_vm {
	uint32_t host;                  /* where it runs; CLOUDSIM_NO_HOST */
	uint32_t hash;                  /* of its key, spread as HashMap does */
	uint32_t type;
	bool alive, moving;
	struct cloudsim_vm_book book;
};

/* Watts at the tenths of a type's load, and the slopes between. */
struct cloudsim_curve {
	double watts[POWER_POINTS], slope[POWER_POINTS], tenth[POWER_POINTS];
};

struct cloudsim_books {
	struct cloudsim_rules rules;
	struct cloudsim_demand demand;
	struct cloudsim_host *hosts;
	uint32_t host_count;
	struct cloudsim_vm *vms;
	uint32_t vm_count;
	uint64_t *busy;                 /* bit a host: it has guests, or an update is due */
	uint32_t *order;                /* scratch: guests of a host in the order of the HashMap */
	uint32_t order_room;
	struct cloudsim_times times;
	struct cloudsim_curve curves[CLOUDSIM_HOST_TYPES];
};

/* `hosts` many, types alternating; a VM for each row of the trace, which must outlive the books. */
void cloudsim_books_open(struct cloudsim_books *b, const struct cloudsim_rules *rules,
                         const struct demand_set *trace, uint32_t hosts);
void cloudsim_books_close(struct cloudsim_books *b);

/* Watts at utilisation u in [0, 1], in CloudSim's order of operations. */
static inline double cloudsim_power(const struct cloudsim_books *b, uint32_t host_type, double u_01)
{
	const struct cloudsim_curve *curve = &b->curves[host_type];
	double tenths = u_01 * 10;
	uint32_t i = (uint32_t)tenths;
	ASSERT(i < POWER_POINTS);
	if ((double)i == tenths)
		return curve->watts[i];
	return curve->watts[i] + curve->slope[i] * (u_01 - curve->tenth[i]) * 100;
}

/* As of the last update; what rounding brought above 1 is 1. */
static inline double cloudsim_utilisation(const struct cloudsim_host *host)
{
	double u = host->used / host->total;
	return u > 1 && u < 1.01 ? 1 : u;
}

/* Appends a guest, which takes its memory; only the list and what CloudSim's HashMap of it would do change
 * beside that. */
void cloudsim_guest_add(struct cloudsim_books *b, uint32_t host, uint32_t vm, bool incoming);
/* Takes out the one that is (not) incoming. */
void cloudsim_guest_remove(struct cloudsim_books *b, uint32_t host, uint32_t vm, bool incoming);
/* Takes out the last one. */
void cloudsim_guest_pop(struct cloudsim_books *b, uint32_t host);

/* Reserves and grants anew what guests ask for since the last reading, in the order of the list, and notes it
 * in the books of the host and of the guests that run here. */
void cloudsim_host_update(struct cloudsim_books *b, uint32_t host, double now_s);

/* Reserves anew in the order that is due, so that `free` is right to the last bit. */
void cloudsim_host_settle(struct cloudsim_books *b, struct cloudsim_host *host);

/* Is at least this much not reserved? Sums in another order differ by less than 1e-10 MIPS, so that only
 * what is nearer has to be worked out. */
static inline bool cloudsim_host_has(struct cloudsim_books *b, struct cloudsim_host *host, double mips)
{
	if (fabs(host->free - mips) < 1e-6 && host->count > 0)
		cloudsim_host_settle(b, host);
	return host->free >= mips;
}

/* All guests were reserved anew in the order of the HashMap, after one left. */
void cloudsim_host_rehash(struct cloudsim_books *b, struct cloudsim_host *host);

/* A VM was put there for a trial and taken away again: the others were reserved anew, and the HashMap may
 * have grown. What that does to the last bits is worked out when they matter. */
static inline void cloudsim_host_tried(struct cloudsim_host *host)
{
	host->hashed = host->count;
	if (host->count + 1 > host->slots / 4 * 3)
		host->slots *= 2;
}

/* java.lang.String.hashCode of "2-<vm>", spread. */
uint32_t cloudsim_hash(uint32_t vm);

static inline void cloudsim_busy(struct cloudsim_books *b, uint32_t host)
{
	b->busy[host / 64] |= UINT64_C(1) << host % 64;
}

#endif

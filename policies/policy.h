/* SPDX-License-Identifier: MIT */
/* The policy ABI, version 0: how a placement policy is written. It includes nothing but the C standard's own
 * headers and may be copied into any program: a policy is one file, built in or (later) loaded at run time.
 *
 * A policy answers questions. Version 0 asks one: on which host shall this guest start?
 * The view is read-only; the control loop checks each answer and carries it out, or
 * refuses and counts it. A policy that takes the host of the lowest score can say so
 * (`score`): then scores are kept from one question to the next, and a question costs
 * what changed since. State is the policy's own block of state_bytes, zeroed before
 * open(); there are no globals, so that two runs can live in one process.
 *
 * Units: Hz (one work unit a cycle), bytes, watts, nanoseconds. */
#ifndef POLICIES_POLICY_H
#define POLICIES_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_ABI 0

/* A host as admission sees it. `limit` is capacity times the overcommit ratio. */
struct policy_host {
	bool on;                       /* takes guests now */
	uint32_t cores, guests;
	int64_t core_hz;
	int64_t cpu_hz;                /* capacity */
	int64_t cpu_limit_hz, cpu_booked_hz;
	int64_t ram_limit_bytes, ram_booked_bytes;
	int64_t disk_limit_bytes, disk_booked_bytes;
	uint32_t power;                /* for power_w: its curve */
	uint32_t rack, site;
	uint32_t kind;                 /* hosts of one kind are equal; index for policy_request.on_kind */
};

/* What a host of one kind means for a guest beyond the guest's own size. */
struct policy_on_kind {
	bool refused;                  /* its hypervisor cannot run such a guest */
	int64_t ram_bytes;             /* memory that its hypervisor takes besides */
};

struct policy_request {
	uint32_t guest;
	uint32_t vcpus, priority;
	int64_t vcpu_hz, cpu_hz;       /* cpu_hz = vcpus * vcpu_hz */
	int64_t ram_bytes, disk_bytes;
	const struct policy_on_kind *on_kind; /* by policy_host.kind; NULL: all kinds take it as it is */
};

struct policy_view {
	uint32_t struct_size;          /* of this struct, for later versions */
	int64_t now_ns;
	uint32_t host_count;
	const struct policy_host *hosts; /* by id */
	void *world;                   /* for the calls below */
	/* Watts that a host of this curve draws at utilisation u_01. */
	double (*power_w)(const struct policy_view *view, uint32_t power, double u_01);
	/* The host's CPU demand now, Hz. */
	int64_t (*demand_hz)(const struct policy_view *view, uint32_t host);
};

struct policy_parameter {
	const char *name, *unit;       /* unit "" for plain numbers */
	double preset, least, most;
	const char *summary;
};

struct policy {
	uint32_t abi;                  /* POLICY_ABI */
	uint32_t struct_size;          /* sizeof(struct policy) */
	const char *name, *summary, *source;
	const struct policy_parameter *parameters; /* ended by a NULL name; NULL: none */
	size_t state_bytes;
	/* All but `place` may be NULL. `values` are the parameters in the order of the table. */
	void (*open)(void *state, const struct policy_view *view, const double *values);
	void (*close)(void *state);
	/* Sets *host and returns true, or returns false: no host will do. */
	bool (*place)(void *state, const struct policy_view *view, const struct policy_request *request,
	              uint32_t *host);
	/* May be NULL. Else `place` is policy_lowest() over this score, and may be answered without being
	 * asked. It is a number (not NaN, below infinity) of a host with room, the lower the better, and
	 * depends on nothing but this host's entry in the view, the request's sizes (not its guest or
	 * priority), power_w and what open() left in the state. */
	double (*score)(const void *state, const struct policy_view *view,
	                const struct policy_request *request, uint32_t host);
	double score_tie;              /* >= 0; scores that differ by no more are ties */
};

/* Would the host take the guest now? The control loop applies the same test. */
static inline bool policy_fits(const struct policy_host *h, const struct policy_request *r)
{
	const struct policy_on_kind *kind = r->on_kind ? &r->on_kind[h->kind] : NULL;
	return h->on && r->vcpu_hz <= h->core_hz && r->vcpus <= h->cores && !(kind && kind->refused) &&
	       r->cpu_hz <= h->cpu_limit_hz - h->cpu_booked_hz &&
	       r->ram_bytes + (kind ? kind->ram_bytes : 0) <= h->ram_limit_bytes - h->ram_booked_bytes &&
	       r->disk_bytes <= h->disk_limit_bytes - h->disk_booked_bytes;
}

/* The host with room of the lowest score: from host to host, the next one wins if its score is lower by more
 * than the tie. */
static inline bool policy_lowest(const struct policy *policy, const void *state,
                                 const struct policy_view *view, const struct policy_request *request,
                                 uint32_t *host)
{
	bool found = false;
	double lowest = 0;
	for (uint32_t h = 0; h < view->host_count; h++) {
		if (!policy_fits(&view->hosts[h], request))
			continue;
		double score = policy->score(state, view, request, h);
		if (found && !(score < lowest - policy->score_tie))
			continue;
		found = true;
		lowest = score;
		*host = h;
	}
	return found;
}

#endif

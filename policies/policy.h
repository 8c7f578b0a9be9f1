/* SPDX-License-Identifier: MIT */
/* The policy ABI, version 1: how a policy is written. It includes nothing but the C standard's own headers
 * and may be copied into any program: a policy is one file, built in or loaded at run time (`policy:
 * ./mine.so`).
 *
 * A policy answers questions. Each question is a function that may be NULL, and a scenario names a policy
 * for each question separately, so that policies combine freely: this one's detection with that one's
 * placement.
 *
 *   place       on which host shall this guest start, or go to?
 *   overloaded  is this host a hotspot?
 *   select      which guest shall leave it?
 *   drain       which host shall be emptied next, to save energy?
 *   worth       are these moves worth what they cost?
 *   method      how shall this guest move?
 *   balance     which guests shall move, resize or multiply, looking at the cluster as a whole?
 *   power       which hosts shall sleep, wake, run slower, or draw no more than so much?
 *   failed      a host failed, or is expected to: what now?
 *   scale       how many guests shall this service have?
 *
 * The view is read-only. The control loop keeps it true in thought: when it asks `select` and `place` for
 * one guest after another, the entries of hosts and guests are as they would be after the moves agreed so
 * far, and nothing happens until the round is over. Where a policy acts by itself (balance, power,
 * failed), it asks through the calls of a plan; each is checked against the view, answered at once (NULL,
 * or why not), counted, and carried out after the policy returns. A policy can be wrong but cannot break
 * the world.
 *
 * State is the policy's own block of state_bytes, zeroed before open(); there are no globals, so that two
 * runs can live in one process. The same questions in the same order must get the same answers: no clock,
 * no chance but what open()'s seed gives, no addresses.
 *
 * Units: Hz (one work unit a cycle), bytes, bits a second, watts, nanoseconds; shares are 0 to 1. */
#ifndef POLICIES_POLICY_H
#define POLICIES_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_ABI 1
#define POLICY_NONE UINT32_MAX         /* no such host, guest, group */

enum policy_host_state {
	POLICY_HOST_OFF, POLICY_HOST_ON, POLICY_HOST_ASLEEP, POLICY_HOST_FAILED,
	POLICY_HOST_CHANGING           /* boots, wakes, falls asleep, shuts down */
};

/* A host as admission sees it. `limit` is capacity times the overcommit ratio. Where a round of
 * consolidation packs by demand (`control.books: demand`), cpu_booked_hz is the sum of what its guests
 * demand. */
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
	/* Since version 1. */
	bool closed;                   /* takes nobody in this round: too full, being emptied, maintained */
	bool tried;                    /* has been answered to `drain` in this round */
	enum policy_host_state state;
	uint32_t moving;               /* migrations under way from it or to it */
	int64_t demand_hz;             /* of its guests at the last look, with the moves agreed so far */
	double net_01, ram_01;         /* busy share of its NIC, and of its memory */
	uint32_t speeds, speed;        /* P-states: how many, and the one in force; 0 is the fastest */
	double cap_w;                  /* most it may draw; 0: no cap */
	int64_t wake_ns;               /* from asleep or off to on */
	double sleep_w;                /* drawn while it is asleep or off */
	double nic_bps;                /* rate of its NIC; net_01 is a share of it */
};

/* A guest as the control loop last looked. */
struct policy_guest {
	uint32_t host;                 /* the one it is on, or agreed to go to; POLICY_NONE: none */
	uint32_t next;                 /* on the same host, in order of arrival; POLICY_NONE ends the list */
	uint32_t group, service;       /* guests of one group are equal; a service is what `scale` counts */
	uint32_t apart;                /* guests of one such number must not share a host; POLICY_NONE: any */
	bool running;                  /* on a host and not on its way */
	bool moves;                    /* may be moved: running, not pinned, not agreed to move already */
	uint32_t vcpus, priority;
	int64_t vcpu_hz, cpu_hz, ram_bytes, disk_bytes; /* its size */
	int64_t demand_hz, given_hz;   /* CPU at the last look */
	double dirty_bps, net_bps;     /* memory it writes, traffic it has; bits a second */
	/* What only the guest knows (gray box); `gray` is false where the scenario does not give it. */
	bool gray;
	double response_ns, queue;     /* mean since the last look */
	double faults_hz;              /* page faults for want of memory */
	double cost_01;                /* of its revenue that its class's penalty takes while it is slow */
	const struct policy_on_kind *on_kind; /* as in policy_request */
};

/* What a host of one kind means for a guest beyond the guest's own size. */
struct policy_on_kind {
	bool refused;                  /* its hypervisor cannot run such a guest */
	int64_t ram_bytes;             /* memory that its hypervisor takes besides */
};

struct policy_request {
	uint32_t guest;
	uint32_t vcpus, priority;
	int64_t vcpu_hz, cpu_hz;       /* cpu_hz = vcpus * vcpu_hz; of a move by demand: what it demands */
	int64_t ram_bytes, disk_bytes;
	const struct policy_on_kind *on_kind; /* by policy_host.kind; NULL: all kinds take it as it is */
	/* Since version 1. */
	bool move;                     /* it runs on `from` and is to go elsewhere */
	uint32_t from;
	uint32_t apart;                /* as in policy_guest */
};

struct policy_move {
	uint32_t guest, from, to;
	int64_t expected_ns;           /* how long the loop expects it to take */
};

/* A group of equal guests that serve together. */
struct policy_service {
	const char *name;
	uint32_t guests, starting;     /* that serve, and that will soon */
	uint32_t least, most;          /* allowed */
	double load_01;                /* mean demand over size of those that serve */
	double response_ns, target_ns; /* measured and promised; 0: not known */
	int64_t since_ns;              /* the last change of its number */
};

/* A host failed with these guests on it; or (count 0) it is expected to fail at expected_ns. */
struct policy_failure {
	uint32_t host, count;
	const uint32_t *lost;
	int64_t expected_ns;
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
	/* Since version 1. Guests are NULL where no question needs them. */
	uint32_t guest_count;
	const struct policy_guest *guests;
	const uint32_t *first_guest;   /* [host]: head of its list, POLICY_NONE if empty */
	int64_t interval_ns;           /* between two looks */
	/* Utilisation at the last looks, oldest first, the newest last; returns how many, at most `most`. A
	 * host's is the sum over the guests that are on it now (so a guest brings its past along). */
	uint32_t (*host_history)(const struct policy_view *view, uint32_t host, double *u_01, uint32_t most);
	uint32_t (*guest_history)(const struct policy_view *view, uint32_t guest, double *u_01,
	                          uint32_t most);
	/* How long a move of this guest would take on the links as they are now. */
	int64_t (*move_ns)(const struct policy_view *view, uint32_t guest, uint32_t to);
	const char *const *methods;    /* kinds of migration, ended by NULL */
	double carbon_g_per_kwh;       /* of site 0, now */
	bool by_demand;                /* hosts are booked by what guests demand, not by their sizes */
	int64_t waiting_hz;            /* size of the guests that wait for room */
	/* CPU that the host has at this P-state, of its cpu_hz, which is at the fastest. */
	double (*speed_01)(const struct policy_view *view, uint32_t host, uint32_t speed);
};

enum policy_power { POLICY_POWER_ON, POLICY_POWER_OFF, POLICY_POWER_SLEEP };

/* What a policy may ask for. Each call answers NULL, or why it cannot be: a text that lives on. */
struct policy_plan {
	uint32_t struct_size;
	void *loop;
	const char *(*migrate)(struct policy_plan *plan, uint32_t guest, uint32_t host);
	const char *(*swap)(struct policy_plan *plan, uint32_t guest, uint32_t other);
	const char *(*start)(struct policy_plan *plan, uint32_t guest, uint32_t host); /* one that was lost */
	const char *(*host_power)(struct policy_plan *plan, uint32_t host, enum policy_power to);
	const char *(*host_speed)(struct policy_plan *plan, uint32_t host, uint32_t speed);
	const char *(*host_cap)(struct policy_plan *plan, uint32_t host, double watts);
	const char *(*resize)(struct policy_plan *plan, uint32_t guest, double cpu_factor, double ram_factor);
	const char *(*replicate)(struct policy_plan *plan, uint32_t guest, uint32_t host);
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
	/* All may be NULL, but not all questions. `values` are the parameters in the order of the table. */
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

	/* Since version 1. */
	/* Is this host a hotspot, as the view stands? Asked again after each guest that leaves it in
	 * thought, and, where `control.target_check` says so, of a target with the guest on it in thought. */
	bool (*overloaded)(void *state, const struct policy_view *view, uint32_t host);
	/* Which guest shall leave the host next? Only one that `moves`. False: none. */
	bool (*select)(void *state, const struct policy_view *view, uint32_t host, uint32_t *guest);
	/* Which host shall be emptied next? One that is on, has guests and is neither closed nor tried. It
	 * is emptied wholly or left alone. False: no more in this round. */
	bool (*drain)(void *state, const struct policy_view *view, uint32_t *host);
	/* Are the moves that would empty a host worth it? NULL: always. */
	bool (*worth)(void *state, const struct policy_view *view, const struct policy_move *moves,
	              uint32_t n);
	/* Index into view->methods. False: as the scenario says. */
	bool (*method)(void *state, const struct policy_view *view, const struct policy_move *move,
	               uint32_t *method);
	/* At each look, after the round of the questions above. */
	void (*balance)(void *state, const struct policy_view *view, struct policy_plan *plan);
	void (*power)(void *state, const struct policy_view *view, struct policy_plan *plan);
	void (*failed)(void *state, const struct policy_view *view, struct policy_plan *plan,
	               const struct policy_failure *failure);
	/* How many guests shall the service have? Clamped to least .. most. */
	uint32_t (*scale)(void *state, const struct policy_view *view, const struct policy_service *service);
	bool place_sees_guests;        /* its place looks at the guests of the view, not at hosts alone */
};

/* What its guests demand, of its capacity: above 1 where they want more than there is. */
static inline double policy_utilisation(const struct policy_host *h)
{
	return (double)h->demand_hz / (double)h->cpu_hz;
}

/* The request that a guest of the view is, for policy_fits() and for a place that a policy looks for
 * itself. */
static inline struct policy_request policy_request_of(const struct policy_view *view, uint32_t guest)
{
	const struct policy_guest *g = &view->guests[guest];
	struct policy_request r = {
		.guest = guest, .vcpus = g->vcpus, .priority = g->priority, .vcpu_hz = g->vcpu_hz,
		.cpu_hz = view->by_demand ? g->demand_hz : g->cpu_hz, .ram_bytes = g->ram_bytes,
		.disk_bytes = g->disk_bytes, .on_kind = g->on_kind, .move = g->host != POLICY_NONE,
		.from = g->host, .apart = g->apart,
	};
	return r;
}

/* Would the host take the guest now? The control loop applies the same test. */
static inline bool policy_fits(const struct policy_host *h, const struct policy_request *r)
{
	const struct policy_on_kind *kind = r->on_kind ? &r->on_kind[h->kind] : NULL;
	return h->on && !h->closed && !(kind && kind->refused) &&
	       r->vcpu_hz <= h->core_hz && r->vcpus <= h->cores &&
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

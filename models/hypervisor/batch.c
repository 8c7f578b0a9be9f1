/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replays many samples of one host at once: demand added up guest by guest in vectors over time, power
 * likewise, and a fair share solved only for the samples in which demand exceeds capacity. */
#include "models/hypervisor/batch.h"

#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/loss.h"
#include "models/hypervisor/solve.h"
#include "models/hypervisor/useful.h"
#include "sim/lanes.h"
#include "sim/share.h"

#define SCRATCH 8192
#define GUESTS_MOST SHARE_MANY_CLAIMANTS /* a host with more guests is walked change by change */

/* Whole numbers in doubles throughout: all sums stay below 2^53 and are exact (models/demand.h). */
struct batch {
	uint32_t n, guests;
	uint32_t stride;      /* of hz: n rounded up to whole cache lines */
	int64_t period_ns;
	double capacity_hz;
	_Alignas(64) double load[BATCH_MOST], given[BATCH_MOST], raw_uw[BATCH_MOST], power_uw[BATCH_MOST];
	/* [guest][stride], in whole cache lines: a store that straddles two costs twice. */
	_Alignas(64) double hz[SCRATCH + 8 * GUESTS_MOST];
	/* [guest][contended samples, padded] */
	_Alignas(64) double packed[SCRATCH + SHARE_MANY_BLOCK * GUESTS_MOST];
	double asked[GUESTS_MOST], most[GUESTS_MOST], floor[GUESTS_MOST], weight[GUESTS_MOST];
	int64_t stolen[GUESTS_MOST];
};

/* Contended samples side by side: [guest][sample]. */
struct beside {
	_Alignas(64) double want[GUESTS_MOST * SHARE_BATCH_BLOCK], floor[GUESTS_MOST * SHARE_BATCH_BLOCK];
	_Alignas(64) double weight[GUESTS_MOST * SHARE_BATCH_BLOCK], given[GUESTS_MOST * SHARE_BATCH_BLOCK];
	double capacity[SHARE_BATCH_BLOCK], level[SHARE_BATCH_BLOCK];
};

static const struct demand_plan *plan_of(const struct world *world, uint32_t vm)
{
	return &world->plans[world->vm_types[world->vms[vm].type].plan.i];
}

uint32_t batch_length(const struct world *world, const struct host *host, int64_t until_ns)
{
	if (solve_has_service(world, host) || world->host_types[host->type].scheduler)
		return 0;
	if (host->bound_count)
		return 0;
	if (!world->rules.batch || host->clock == ID_NONE || host->nested_count || host->state != HOST_ON)
		return 0;
	if (host->guest_count == 0 || host->guest_count > GUESTS_MOST)
		return 0;
	const struct demand_plan *plan = plan_of(world, host->guests[0]);
	int64_t start_ns, period_ns;
	if (!demand_regular(plan, &start_ns, &period_ns))
		return 0;
	int64_t fit = (until_ns - host->since_ns) / period_ns;
	uint32_t most = SCRATCH / host->guest_count;
	most = most < BATCH_MOST ? most : BATCH_MOST;
	if (fit < 2)
		return 0;
	if (loss_any(world, host))
		return 0;
	/* A run of one may be a last value that is held for ever: it is no batch. */
	most = fit < (int64_t)most ? (uint32_t)fit : most;
	uint32_t n = demand_run(plan, &world->vms[host->guests[0]].cursor, most);
	return n < 2 ? 0 : n;
}

static void fill(struct world *world, const struct host *host, struct batch *b)
{
	memset(b->load, 0, b->n * sizeof *b->load);
	for (uint32_t g = 0; g < b->guests; g++) {
		const struct vm *vm = &world->vms[host->guests[g]];
		const struct vm_type *t = &world->vm_types[vm->type];
		double full_hz = (double)useful_asks_hz(world, vm);
		b->asked[g] = demand_fill(plan_of(world, host->guests[g]), vm->row, &vm->cursor, b->n,
		                          full_hz, (double)t->cap_hz, b->hz + (size_t)g * b->stride,
		                          b->load);
		b->most[g] = (double)t->cap_hz;
		b->stolen[g] = 0;
		b->floor[g] = (double)t->reservation_hz;
		b->weight[g] = t->weight;
	}
}

/* Equal weights and no reservations, and numbers small enough: no more than wants must be known. */
static bool plain(const struct batch *b)
{
	bool same = true;
	for (uint32_t g = 0; g < b->guests; g++)
		same = same && b->floor[g] == 0 && b->weight[g] == b->weight[0] &&
		       b->most[g] * b->guests < 0x1p53;
	return same;
}

/* In plain samples: what each guest loses. */
static void contend_plain(struct batch *b, const uint32_t *chosen, uint32_t n)
{
	uint32_t columns = (n + SHARE_MANY_BLOCK - 1) / SHARE_MANY_BLOCK * SHARE_MANY_BLOCK;
	double lost_hz[GUESTS_MOST];
	ASSERT((size_t)columns * b->guests <= sizeof b->packed / sizeof *b->packed);
	for (uint32_t g = 0; g < b->guests; g++) {
		lost_hz[g] = 0;
		const double *from = b->hz + (size_t)g * b->stride;
		double *to = b->packed + (size_t)g * columns;
		for (uint32_t k = 0; k < n; k++)
			to[k] = from[chosen[k]];
		for (uint32_t k = n; k < columns; k++)
			to[k] = 0;
	}
	share_many(b->guests, columns, b->packed, columns, b->capacity_hz, lost_hz);
	for (uint32_t g = 0; g < b->guests; g++)
		b->stolen[g] = (int64_t)lost_hz[g];
}

/* Up to a block of samples; the levels are those of the block before, which are near. */
static void contend_block(struct batch *b, struct beside *s, const uint32_t *chosen, uint32_t n)
{
	for (uint32_t g = 0; g < b->guests; g++) {
		const double *from = b->hz + (size_t)g * b->stride;
		double *want = s->want + g * SHARE_BATCH_BLOCK, *floor = s->floor + g * SHARE_BATCH_BLOCK;
		for (uint32_t k = 0; k < SHARE_BATCH_BLOCK; k++) {
			want[k] = k < n ? from[chosen[k]] : 0;
			floor[k] = b->floor[g] < want[k] ? b->floor[g] : want[k];
		}
	}
	share_batch(&(struct share_batch){
		b->guests, SHARE_BATCH_BLOCK, SHARE_BATCH_BLOCK, s->want, s->floor, s->weight, s->capacity,
		s->given, s->level});
	for (uint32_t g = 0; g < b->guests; g++)
		for (uint32_t k = 0; k < n; k++) {
			uint32_t at = g * SHARE_BATCH_BLOCK + k;
			b->stolen[g] += (int64_t)(s->want[at] - s->given[at]);
		}
}

static void contend_blocks(struct batch *b, const uint32_t *chosen, uint32_t n)
{
	struct beside s;
	for (uint32_t k = 0; k < SHARE_BATCH_BLOCK; k++) {
		s.capacity[k] = b->capacity_hz;
		s.level[k] = 0;
	}
	for (uint32_t i = 0; i < b->guests * SHARE_BATCH_BLOCK; i++)
		s.weight[i] = b->weight[i / SHARE_BATCH_BLOCK];
	for (uint32_t from = 0; from < n; from += SHARE_BATCH_BLOCK)
		contend_block(b, &s, chosen + from,
		              n - from < SHARE_BATCH_BLOCK ? n - from : SHARE_BATCH_BLOCK);
}

/* All samples in which the guests ask for more than there is: all of it is given. */
static void contend(struct batch *b)
{
	uint32_t chosen[BATCH_MOST], n = 0;
	for (uint32_t k = 0; k < b->n; k++) {
		chosen[n] = k;
		n += b->load[k] > b->capacity_hz;
	}
	if (n)
		(plain(b) ? contend_plain : contend_blocks)(b, chosen, n);
}

/* Power by the world's rules: what the host draws, and, for the trapezoid, what its curve says. */
static void draw(const struct world *world, const struct host *host, struct batch *b)
{
	power_span(pace_curve(world, host), b->n, b->given, (double)pace_cpu_hz(world, host), b->raw_uw);
	if (world->rules.idle_draws)
		memcpy(b->power_uw, b->raw_uw, b->n * sizeof *b->power_uw);
	else
		for (uint32_t k = 0; k < b->n; k++)
			b->power_uw[k] = b->given[k] > 0 ? b->raw_uw[k] : 0;
}

static void integrate_energy(const struct world *world, struct host *host, const struct batch *b)
{
	if (world->rules.energy == ENERGY_EXACT) {
		double sum_uw = 0;
		for (uint32_t k = 0; k < b->n; k++)
			sum_uw += b->power_uw[k];
		host->energy += 2 * wide_product((int64_t)sum_uw, b->period_ns);
		return;
	}
	if (host->open_counts)
		host->energy += wide_product(host->open_uw + (int64_t)b->raw_uw[0],
		                             host->since_ns - host->open_ns);
	double sum_uw = 0;
	for (uint32_t k = 0; k + 1 < b->n; k++)
		sum_uw += b->power_uw[k] > 0 ? b->raw_uw[k] + b->raw_uw[k + 1] : 0;
	host->energy += wide_product((int64_t)sum_uw, b->period_ns);
	host->open_ns = host->since_ns + (int64_t)(b->n - 1) * b->period_ns;
	host->open_uw = (int64_t)b->raw_uw[b->n - 1];
	host->open_counts = b->power_uw[b->n - 1] > 0;
}

/* The digest takes the new present of each sample. */
static void tell_digest(struct world *world, uint32_t id, const struct batch *b)
{
	struct digest digest = *engine_digest(world->engine);
	int64_t at_ns = world->hosts[id].since_ns;
	for (uint32_t k = 0; k < b->n; k++, at_ns += b->period_ns) {
		const int64_t state[3] = {(int64_t)b->load[k], (int64_t)b->given[k], (int64_t)b->power_uw[k]};
		batch_digest(&digest, id, at_ns, state);
	}
	*engine_digest(world->engine) = digest;
}

struct sums {
	double load_hz, given_hz, active, saturated;
};

LANES static struct sums sum(uint32_t n, const double *load, const double *given, double capacity)
{
	struct sums s = {0, 0, 0, 0};
	for (uint32_t k = 0; k < n; k++) {
		s.load_hz += load[k];
		s.given_hz += given[k];
		s.active += load[k] > 0 ? 1 : 0;
		s.saturated += load[k] >= capacity ? 1 : 0;
	}
	return s;
}

static void integrate(struct world *world, uint32_t id, const struct batch *b)
{
	struct host *host = &world->hosts[id];
	struct sums s = sum(b->n, b->load, b->given, b->capacity_hz);
	host->demanded += wide_product((int64_t)s.load_hz, b->period_ns);
	host->given += wide_product((int64_t)s.given_hz, b->period_ns);
	host->on_ns += (int64_t)b->n * b->period_ns;
	host->active_ns += (int64_t)s.active * b->period_ns;
	host->saturated_ns += (int64_t)s.saturated * b->period_ns;
	for (uint32_t g = 0; g < b->guests; g++) {
		struct vm *vm = &world->vms[host->guests[g]];
		vm->demanded += wide_product((int64_t)b->asked[g], b->period_ns);
		vm->stolen += wide_product(b->stolen[g], b->period_ns);
	}
}

/* The present at the last sample, for whoever looks before the next change. */
static void leave(struct world *world, struct host *host, const struct batch *b)
{
	uint32_t last = b->n - 1;
	int64_t ahead_ns = (int64_t)last * b->period_ns;
	host->demand_hz = (int64_t)b->load[last];
	host->given_hz = (int64_t)b->given[last];
	host->raw_uw = (int64_t)b->raw_uw[last];
	host->power_uw = (int64_t)b->power_uw[last];
	ASSERT(host->given_hz <= host->demand_hz && host->power_uw >= 0);
	host->since_ns += ahead_ns + b->period_ns;
	for (uint32_t g = 0; g < b->guests; g++) {
		struct vm *vm = &world->vms[host->guests[g]];
		vm->cursor.tick += last;
		vm->cursor.next_ns += ahead_ns;
	}
	host->next_ns += ahead_ns;
}

void batch_walk(struct world *world, host_id id, uint32_t n)
{
	struct host *host = &world->hosts[id.i];
	int64_t start_ns;
	struct batch b;
	ASSERT(host->state == HOST_ON && host->guest_count > 0 && host->guest_count <= GUESTS_MOST);
	b.guests = host->guest_count;
	b.capacity_hz = (double)pace_most_hz(world, host);
	bool regular = demand_regular(plan_of(world, host->guests[0]), &start_ns, &b.period_ns);
	ASSERT(regular && n >= 2 && n <= BATCH_MOST && (uint64_t)n * b.guests <= SCRATCH);
	b.n = n;
	b.stride = (n + 7) / 8 * 8;
	fill(world, host, &b);
	for (uint32_t k = 0; k < b.n; k++)
		b.given[k] = b.load[k] < b.capacity_hz ? b.load[k] : b.capacity_hz;
	contend(&b);
	host->updates += b.n;
	draw(world, host, &b);
	integrate_energy(world, host, &b);
	tell_digest(world, id.i, &b);
	integrate(world, id.i, &b);
	if (world->hooks.span)
		world->hooks.span(world->hooks.context, &(struct host_span){
			.host = id, .t0_ns = host->since_ns, .dt_ns = b.period_ns, .n = b.n,
			.demand_hz = b.load, .given_hz = b.given, .power_uw = b.power_uw, .on = true,
		});
	leave(world, host, &b);
}

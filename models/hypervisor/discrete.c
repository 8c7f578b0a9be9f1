/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hosts with discrete schedulers: demand to work, counts to sums, busy cores to energy. */
#include "models/hypervisor/discrete.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/random.h"

/* One vCPU of a guest, and what was already added to its guest's sums. */
struct discrete_vcpu {
	uint32_t number;             /* of the scheduler */
	struct quantum_work work;
	struct quantum_counts seen;
	int64_t extra_ns;            /* done before its demand fell: counts as asked for */
	int64_t due_ns, done_ns;
};

struct discrete_owner {
	uint32_t vm, vcpu;
};

static const struct host_type *type_of(const struct world *world, uint32_t host)
{
	return &world->host_types[world->hosts[host].type];
}

/* What a guest asks for, its cap not looked at. */
static int64_t asked_hz(const struct world *world, const struct vm *vm)
{
	const struct vm_type *t = &world->vm_types[vm->type];
	if (vm->fixed)
		return vm->fixed_hz;
	if (t->plan.i == ID_NONE || !vm->cursor.begun)
		return 0;
	double full_hz = (double)t->cpu_hz;
	double part = demand_value(&world->plans[t->plan.i], vm->row, DEMAND_CPU, &vm->cursor);
	return (int64_t)demand_round(part * full_hz);
}

static struct quantum_work work_of(const struct world *world, uint32_t host, uint32_t i)
{
	const struct vm *vm = &world->vms[i];
	const struct vm_type *t = &world->vm_types[vm->type];
	const struct vm_bursts *bursts = &t->bursts;
	const struct host_type *on = type_of(world, host);
	wide burst = wide_product(asked_hz(world, vm), bursts->period_ns);
	int64_t work_ns = (int64_t)wide_divide(burst, on->core_hz * t->vcpus);
	struct quantum_work work = {
		.work_ns = work_ns < bursts->period_ns ? work_ns : bursts->period_ns,
		.period_ns = bursts->period_ns, .late = QUANTUM_LATE_DROP,
	};
	if (work.work_ns > 0 && bursts->cheat_ns > 0 && bursts->cheat_ns < on->scheduler->tick_ns) {
		work.behaviour = QUANTUM_CHEAT;
		work.lock_hold_ns = bursts->cheat_ns;
	} else if (bursts->lock_every_ns > 0) {
		work.behaviour = QUANTUM_SPIN;
		work.lock_every_ns = bursts->lock_every_ns;
		work.lock_hold_ns = bursts->lock_hold_ns;
	}
	return work;
}

static bool same_work(const struct quantum_work *a, const struct quantum_work *b)
{
	return a->behaviour == b->behaviour && a->work_ns == b->work_ns && a->period_ns == b->period_ns &&
	       a->lock_every_ns == b->lock_every_ns && a->lock_hold_ns == b->lock_hold_ns;
}

/* Adds what a vCPU did since it was last looked at to its guest's sums. */
static void vcpu_sync(struct world *world, uint32_t host, uint32_t i, struct discrete_vcpu *seat)
{
	struct discrete_vm *d = &world->discrete->vms[i];
	struct vm *vm = &world->vms[i];
	struct quantum_counts n = quantum_vcpu_counts(world->discrete->hosts[host].quantum, seat->number);
	int64_t core_hz = type_of(world, host)->core_hz;
	int64_t due_ns = n.demanded_ns + seat->extra_ns, done_ns = n.run_ns - n.spun_ns;
	done_ns = done_ns < due_ns ? done_ns : due_ns; /* a lock may be held beyond the work that was due */
	wide got = wide_product(core_hz, done_ns - seat->done_ns);
	wide asked = wide_product(core_hz, due_ns - seat->due_ns);
	vm->demanded += asked;
	vm->stolen += asked - got;
	d->delivered += got;
	world->hosts[host].given += got;
	d->run_ns += n.run_ns - seat->seen.run_ns;
	d->ready_ns += n.ready_ns - seat->seen.ready_ns;
	d->throttled_ns += n.throttled_ns - seat->seen.throttled_ns;
	d->spun_ns += n.spun_ns - seat->seen.spun_ns;
	d->wakeup_wait_ns += n.wakeup_wait_ns - seat->seen.wakeup_wait_ns;
	d->slices += n.slices - seat->seen.slices;
	d->wakeups += n.wakeups - seat->seen.wakeups;
	d->preemptions += n.preemptions - seat->seen.preemptions;
	d->moves += n.moves - seat->seen.moves;
	seat->seen = n;
	seat->due_ns = due_ns;
	seat->done_ns = done_ns;
}

/* Rounded down over the whole time of one loss, so that looking in between changes nothing. */
static void loss_sync(struct vm *vm, struct discrete_vm *d, wide delivered_before)
{
	if (d->loss_ppm != vm->loss_ppm) {
		d->loss_ppm = vm->loss_ppm;
		d->loss_from = delivered_before;
		d->loss_before = vm->migration_lost;
	}
	wide lost = d->loss_before + (d->delivered - d->loss_from) * d->loss_ppm / 1000000;
	vm->stolen += lost - vm->migration_lost;
	vm->migration_lost = lost;
}

static void guest_sync(struct world *world, uint32_t host, uint32_t i)
{
	struct discrete_vm *d = &world->discrete->vms[i];
	wide before = d->delivered;
	for (uint32_t k = 0; k < world->vm_types[world->vms[i].type].vcpus; k++)
		vcpu_sync(world, host, i, &d->vcpus[k]);
	loss_sync(&world->vms[i], d, before);
}

/* Bursts of guests that came at one instant must not all fall due at one instant for ever. */
static int64_t phase_of(const struct world *world, uint32_t vm, uint32_t vcpu,
                        const struct quantum_work *work)
{
	struct random_stream chance;
	if (work->work_ns >= work->period_ns)
		return 0;
	random_init(&chance, engine_seed(world->engine), "vcpu_phase", (uint64_t)vm << 32 | vcpu);
	return (int64_t)random_below(&chance, (uint64_t)work->period_ns);
}

/* Hands new work over: only when time goes on, so that a look between two changes at one instant is not
 * seen by the scheduler. */
static void works_set(struct world *world, uint32_t id)
{
	struct discrete_host *h = &world->discrete->hosts[id];
	const struct host *host = &world->hosts[id];
	h->works_stale = false;
	for (uint32_t k = 0; k < host->guest_count; k++) {
		uint32_t i = host->guests[k];
		const struct vm_type *t = &world->vm_types[world->vms[i].type];
		struct quantum_work work = work_of(world, id, i);
		for (uint32_t v = 0; v < t->vcpus; v++) {
			struct discrete_vcpu *seat = &world->discrete->vms[i].vcpus[v];
			if (same_work(&seat->work, &work))
				continue;
			work.phase_ns = phase_of(world, i, v, &work);
			seat->work = work;
			quantum_work_set(h->quantum, seat->number, &work);
			struct quantum_counts n = quantum_vcpu_counts(h->quantum, seat->number);
			int64_t ahead_ns = n.run_ns - n.spun_ns - n.demanded_ns - seat->extra_ns;
			seat->extra_ns += ahead_ns > 0 ? ahead_ns : 0;
		}
	}
}

void discrete_settle(struct world *world, uint32_t host)
{
	world->discrete->hosts[host].works_stale = true;
}

static void owner_set(struct discrete_host *h, uint32_t number, struct discrete_owner owner)
{
	if (number >= h->owner_room) {
		uint32_t room = 2 * number + 16;
		struct discrete_owner *grown = memory_new(room, sizeof *grown, "vCPUs of a host");
		if (h->owners)
			memcpy(grown, h->owners, h->owner_room * sizeof *grown);
		free(h->owners);
		h->owners = grown;
		h->owner_room = room;
	}
	h->owners[number] = owner;
}

static struct quantum_group group_of(const struct quantum_rules *rules, int64_t core_hz,
                                     const struct vm_type *t)
{
	struct quantum_group group = {
		.weight = t->weight,
		.priority = t->cpu_priority < QUANTUM_PRIORITIES ? t->cpu_priority : QUANTUM_PRIORITIES - 1,
	};
	wide period_ns = rules->cap_period_ns;
	if (t->cap_hz < t->cpu_hz)
		group.cap_ns = (int64_t)wide_divide(t->cap_hz * period_ns, core_hz);
	group.reservation_ns = (int64_t)wide_divide(t->reservation_hz * period_ns, core_hz);
	if (t->cap_hz < t->cpu_hz && group.cap_ns == 0)
		group.cap_ns = 1; /* 0 means no cap */
	return group;
}

void discrete_guest_add(struct world *world, uint32_t host, uint32_t i)
{
	struct discrete_host *h = &world->discrete->hosts[host];
	struct discrete_vm *d = &world->discrete->vms[i];
	const struct vm_type *t = &world->vm_types[world->vms[i].type];
	const struct host_type *on = type_of(world, host);
	ASSERT(!d->vcpus && !world->vms[i].parent.is_vm);
	struct quantum_group group = group_of(on->scheduler, on->core_hz, t);
	d->group = quantum_group_add(h->quantum, &group);
	d->vcpus = memory_new(t->vcpus, sizeof *d->vcpus, "vCPUs of a guest");
	if (!d->latency)
		d->latency = memory_new(QUANTUM_LATENCY_BINS, sizeof *d->latency, "wake-up latencies");
	for (uint32_t v = 0; v < t->vcpus; v++) {
		const struct quantum_vcpu vcpu = {
			.group = d->group, .weight = 1024, .cores = t->pins, .pinned = t->pinned,
			.work = {.period_ns = t->bursts.period_ns}, /* asleep until works_set */
		};
		d->vcpus[v].work = vcpu.work;
		d->vcpus[v].number = quantum_vcpu_add(h->quantum, &vcpu);
		owner_set(h, d->vcpus[v].number, (struct discrete_owner){i, v});
	}
}

static void latency_add(uint64_t *sum, const uint64_t *more)
{
	for (uint32_t b = 0; b < QUANTUM_LATENCY_BINS; b++)
		sum[b] += more[b];
}

void discrete_guest_remove(struct world *world, uint32_t host, uint32_t i)
{
	struct discrete_host *h = &world->discrete->hosts[host];
	struct discrete_vm *d = &world->discrete->vms[i];
	guest_sync(world, host, i);
	latency_add(d->latency, quantum_group_latency(h->quantum, d->group));
	for (uint32_t v = 0; v < world->vm_types[world->vms[i].type].vcpus; v++)
		quantum_vcpu_remove(h->quantum, d->vcpus[v].number);
	quantum_group_remove(h->quantum, d->group);
	free(d->vcpus);
	d->vcpus = NULL;
}

/* uW ns that the host drew since this was last asked. */
static wide drawn(struct world *world, uint32_t id, int64_t dt_ns)
{
	struct discrete_host *h = &world->discrete->hosts[id];
	const struct host *host = &world->hosts[id];
	const int64_t *busy_ns = quantum_busy_ns(h->quantum);
	wide sum = 0;
	for (uint32_t k = 0; k <= type_of(world, id)->cores; k++) {
		sum += wide_product(h->power_uw[k], busy_ns[k] - h->busy_ns[k]);
		h->busy_ns[k] = busy_ns[k];
	}
	return host->state == HOST_ON ? sum : wide_product(host->power_uw, dt_ns);
}

/* Spans have whole rates. Sums that no whole rate gives are told as up to three spans, the rates of which
 * differ by one: their sums are exact. */
static void spans_tell(struct world *world, uint32_t id, int64_t dt_ns, const wide sums[2])
{
	const struct host *host = &world->hosts[id];
	int64_t rate[2], more_ns[2], at_ns = 0;
	for (int s = 0; s < 2; s++) {
		rate[s] = (int64_t)(sums[s] / dt_ns);
		more_ns[s] = (int64_t)(sums[s] % dt_ns); /* so long it is one more */
	}
	while (at_ns < dt_ns) {
		int64_t end_ns = dt_ns;
		double of[2], demand_hz = (double)host->demand_hz;
		for (int s = 0; s < 2; s++) {
			of[s] = (double)(rate[s] + (at_ns < more_ns[s]));
			end_ns = more_ns[s] > at_ns && more_ns[s] < end_ns ? more_ns[s] : end_ns;
		}
		world->hooks.span(world->hooks.context, &(struct host_span){
			.host = {id}, .t0_ns = host->since_ns + at_ns, .dt_ns = end_ns - at_ns, .n = 1,
			.demand_hz = &demand_hz, .given_hz = &of[0], .power_uw = &of[1],
			.on = host->state == HOST_ON,
		});
		at_ns = end_ns;
	}
}

static void part(struct world *world, uint32_t id, int64_t end_ns)
{
	struct host *host = &world->hosts[id];
	int64_t dt_ns = end_ns - host->since_ns;
	wide given_before = host->given;
	quantum_run(world->discrete->hosts[id].quantum, end_ns);
	wide drawn_uw_ns = drawn(world, id, dt_ns);
	host->energy += 2 * drawn_uw_ns;
	for (uint32_t k = 0; k < host->guest_count; k++)
		guest_sync(world, id, host->guests[k]);
	ASSERT(host->given - given_before <= wide_product(type_of(world, id)->cpu_hz, dt_ns));
	if (world->hooks.span)
		spans_tell(world, id, dt_ns, (const wide[]){host->given - given_before, drawn_uw_ns});
	host->since_ns = end_ns;
}

void discrete_pass(struct world *world, uint32_t id, int64_t end_ns)
{
	struct host *host = &world->hosts[id];
	int64_t grid_ns = world->hooks.span ? world->hooks.grid_ns : 0;
	if (world->discrete->hosts[id].works_stale && host->since_ns < end_ns)
		works_set(world, id);
	while (host->since_ns < end_ns) {
		int64_t next_ns = grid_ns ? (host->since_ns / grid_ns + 1) * grid_ns : end_ns;
		part(world, id, next_ns < end_ns ? next_ns : end_ns);
	}
	host->since_ns = end_ns;
}

struct quantum_core_counts discrete_host_counts(const struct world *world, uint32_t host)
{
	struct quantum_core_counts sum = {0};
	for (uint32_t c = 0; discrete_has(world, host) && c < type_of(world, host)->cores; c++) {
		struct quantum_core_counts n = quantum_core_counts(world->discrete->hosts[host].quantum, c);
		sum.busy_ns += n.busy_ns;
		sum.switch_ns += n.switch_ns;
		sum.idle_ns += n.idle_ns;
		sum.switches += n.switches;
	}
	return sum;
}

double discrete_bin_s(uint32_t bin)
{
	double low_s = 1e-6 * (double)(UINT64_C(1) << (bin + 1) / 2);
	return (bin + 1) % 2 ? low_s * 0x1.6a09e667f3bcdp0 : low_s; /* sqrt 2 */
}

double discrete_quantile_s(const uint64_t latency[static QUANTUM_LATENCY_BINS], double share)
{
	uint64_t all = 0, below = 0;
	for (uint32_t b = 0; b < QUANTUM_LATENCY_BINS; b++)
		all += latency[b];
	for (uint32_t b = 0; all && b < QUANTUM_LATENCY_BINS; b++) {
		below += latency[b];
		if ((double)below >= share * (double)all)
			return discrete_bin_s(b);
	}
	return (double)NAN;
}

static void seen(void *context, int64_t time_ns, uint32_t core, uint32_t vcpu)
{
	struct discrete *d = context;
	struct discrete_watch *w = &d->watch;
	struct discrete_stay *open = &w->open[core];
	int64_t from_ns = open->from_ns > w->from_ns ? open->from_ns : w->from_ns;
	int64_t to_ns = time_ns < w->to_ns ? time_ns : w->to_ns;
	if (open->vm != ID_NONE && from_ns < to_ns) {
		ARRAY_GROW(w->stays, w->count, w->room, "schedule of a host");
		w->stays[w->count] = *open;
		w->stays[w->count].from_ns = from_ns;
		w->stays[w->count++].to_ns = to_ns;
	}
	*open = (struct discrete_stay){.from_ns = time_ns, .core = core, .vm = ID_NONE};
	if (vcpu != UINT32_MAX) {
		open->vm = d->hosts[w->host].owners[vcpu].vm;
		open->vcpu = d->hosts[w->host].owners[vcpu].vcpu;
	}
}

void discrete_watch_host(struct world *world, uint32_t host, int64_t from_ns, int64_t to_ns)
{
	struct discrete *d = world->discrete;
	ASSERT(discrete_has(world, host) && d->watch.host == ID_NONE);
	uint32_t cores = type_of(world, host)->cores;
	d->watch = (struct discrete_watch){
		.host = host, .from_ns = from_ns, .to_ns = to_ns,
		.open = memory_new(cores, sizeof *d->watch.open, "schedule of a host"),
	};
	for (uint32_t c = 0; c < cores; c++)
		d->watch.open[c].vm = ID_NONE;
	quantum_watch(d->hosts[host].quantum, seen, d);
}

/* Power by busy cores, once a type. */
static const int64_t *power_of(struct world *world, uint32_t type)
{
	struct discrete *d = world->discrete;
	const struct host_type *t = &world->host_types[type];
	if (d->power_uw[type])
		return d->power_uw[type];
	d->power_uw[type] = memory_new(t->cores + 1, sizeof **d->power_uw, "power of a host");
	for (uint32_t k = 0; k <= t->cores; k++)
		d->power_uw[type][k] = k == 0 && !world->rules.idle_draws
			? 0 : power_uw(&world->curves[t->curve.i], k * t->core_hz, t->cpu_hz);
	return d->power_uw[type];
}

static void digest_rules(struct world *world, uint32_t type, const struct quantum_rules *r)
{
	const int64_t values[] = {
		r->scheduler, r->allocation, r->slice_ns, r->latency_ns, r->granularity_ns, r->wakeup_ns,
		r->tick_ns, r->cap_period_ns, r->cap_slice_ns, r->switch_ns, r->migrate_ns, r->balance_ns,
		r->boost, r->debit_samples, r->gang,
	};
	for (uint32_t k = 0; k < sizeof values / sizeof *values; k++) {
		const uint64_t words[5] = {digest_of_string("scheduler"), type, k, (uint64_t)values[k], 0};
		digest_add(engine_digest(world->engine), DIGEST_CONSTANT, words);
	}
}

static void digest_bursts(struct world *world, uint32_t type)
{
	const struct vm_type *t = &world->vm_types[type];
	const int64_t values[] = {t->bursts.period_ns, t->bursts.lock_every_ns, t->bursts.lock_hold_ns,
	                          t->bursts.cheat_ns, t->pinned, (int64_t)t->pins};
	for (uint32_t k = 0; k < sizeof values / sizeof *values; k++) {
		const uint64_t words[5] = {digest_of_string("bursts"), type, k, (uint64_t)values[k], 0};
		digest_add(engine_digest(world->engine), DIGEST_CONSTANT, words);
	}
}

void discrete_open(struct world *world)
{
	bool any = false;
	for (uint32_t t = 0; t < world->host_type_count; t++)
		any = any || world->host_types[t].scheduler;
	if (!any)
		return;
	struct discrete *d = world->discrete = memory_new(1, sizeof *d, "discrete schedulers");
	d->hosts = memory_new(world->host_count, sizeof *d->hosts, "discrete schedulers");
	d->vms = memory_new(world->vm_count, sizeof *d->vms, "guests of discrete schedulers");
	d->power_uw = memory_new(world->host_type_count, sizeof *d->power_uw, "discrete schedulers");
	d->watch.host = ID_NONE;
	for (uint32_t t = 0; t < world->host_type_count; t++)
		if (world->host_types[t].scheduler)
			digest_rules(world, t, world->host_types[t].scheduler);
	for (uint32_t t = 0; t < world->vm_type_count; t++)
		digest_bursts(world, t);
	for (uint32_t i = 0; i < world->host_count; i++) {
		const struct host_type *t = type_of(world, i);
		if (!t->scheduler)
			continue;
		uint64_t seed = random_seed(engine_seed(world->engine), i);
		d->hosts[i].quantum = quantum_open(t->scheduler, t->cores, seed,
		                                   engine_now_ns(world->engine));
		d->hosts[i].busy_ns = memory_new(t->cores + 1, sizeof *d->hosts[i].busy_ns, "busy cores");
		d->hosts[i].power_uw = power_of(world, world->hosts[i].type);
	}
}

void discrete_close(struct world *world)
{
	struct discrete *d = world->discrete;
	if (!d)
		return;
	for (uint32_t i = 0; i < world->host_count; i++) {
		quantum_close(d->hosts[i].quantum);
		free(d->hosts[i].owners);
		free(d->hosts[i].busy_ns);
	}
	for (uint32_t i = 0; i < world->vm_count; i++) {
		free(d->vms[i].latency);
		free(d->vms[i].vcpus);
	}
	for (uint32_t t = 0; t < world->host_type_count; t++)
		free(d->power_uw[t]);
	free(d->watch.stays);
	free(d->watch.open);
	free(d->power_uw);
	free(d->hosts);
	free(d->vms);
	free(d);
	world->discrete = NULL;
}

/* Latencies of guests that are still there are in their group; a watched core's stay may be open. */
static void finish(struct world *world)
{
	struct discrete *d = world->discrete;
	for (uint32_t i = 0; i < world->host_count; i++) {
		const struct host *host = &world->hosts[i];
		for (uint32_t k = 0; d->hosts[i].quantum && k < host->guest_count; k++) {
			struct discrete_vm *vm = &d->vms[host->guests[k]];
			latency_add(vm->latency, quantum_group_latency(d->hosts[i].quantum, vm->group));
		}
	}
	if (d->watch.host == ID_NONE)
		return;
	for (uint32_t c = 0; c < type_of(world, d->watch.host)->cores; c++)
		seen(d, quantum_now_ns(d->hosts[d->watch.host].quantum), c, UINT32_MAX);
}

void discrete_digest(struct world *world)
{
	finish(world);
	struct digest *digest = engine_digest(world->engine);
	for (uint32_t i = 0; i < world->vm_count; i++) {
		const struct discrete_vm *d = &world->discrete->vms[i];
		const uint64_t words[5] = {i, (uint64_t)d->ready_ns, (uint64_t)d->throttled_ns, d->slices,
		                           (uint64_t)d->wakeup_wait_ns};
		digest_add(digest, DIGEST_VM_OUTCOME, words);
	}
	for (uint32_t i = 0; i < world->host_count; i++) {
		struct quantum_core_counts n = discrete_host_counts(world, i);
		const uint64_t words[5] = {i, (uint64_t)n.busy_ns, (uint64_t)n.switch_ns, n.switches, 0};
		digest_add(digest, DIGEST_HOST_OUTCOME, words);
	}
}

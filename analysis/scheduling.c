/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Works out the tables of discrete schedulers. */
#include "analysis/scheduling.h"

#include <math.h>
#include <stdlib.h>

#include "sim/memory.h"
#include "sim/time.h"

static void vm_fill(struct scheduling_vm *row, const struct world *world, uint32_t i)
{
	const struct discrete_vm *d = &world->discrete->vms[i];
	double wakeups = (double)d->wakeups;
	*row = (struct scheduling_vm){
		.type = world->vms[i].type, .number = world->vms[i].number,
		.run_ns = d->run_ns, .ready_ns = d->ready_ns, .throttled_ns = d->throttled_ns,
		.spun_ns = d->spun_ns, .slices = (int64_t)d->slices, .wakeups = (int64_t)d->wakeups,
		.preemptions = (int64_t)d->preemptions, .moves = (int64_t)d->moves,
		.wait_mean_s = d->wakeups ? time_s(d->wakeup_wait_ns) / wakeups : (double)NAN,
		.wait_p99_s = d->latency ? discrete_quantile_s(d->latency, 0.99) : (double)NAN,
	};
}

static void host_fill(struct scheduling_host *row, const struct world *world, uint32_t i)
{
	struct quantum_core_counts n = discrete_host_counts(world, i);
	*row = (struct scheduling_host){
		.type = world->hosts[i].type, .number = world->hosts[i].number, .busy_ns = n.busy_ns,
		.switch_ns = n.switch_ns, .idle_ns = n.idle_ns, .switches = (int64_t)n.switches,
	};
}

static void bins_fill(struct scheduling *s, const struct world *world)
{
	uint64_t (*sums)[QUANTUM_LATENCY_BINS] =
		memory_new(world->vm_type_count, sizeof *sums, "wake-up latencies");
	for (uint32_t i = 0; i < world->vm_count; i++) {
		const uint64_t *latency = world->discrete->vms[i].latency;
		for (uint32_t b = 0; latency && b < QUANTUM_LATENCY_BINS; b++)
			sums[world->vms[i].type][b] += latency[b];
	}
	for (uint32_t k = 0; k < world->vm_type_count * QUANTUM_LATENCY_BINS; k++) {
		uint32_t type = k / QUANTUM_LATENCY_BINS, b = k % QUANTUM_LATENCY_BINS;
		if (!sums[type][b])
			continue;
		ARRAY_GROW(s->bins, s->bin_count, s->bin_room, "wake-up latencies");
		s->bins[s->bin_count++] = (struct scheduling_bin){
			.type = type, .from_s = b ? discrete_bin_s(b - 1) : 0, .to_s = discrete_bin_s(b),
			.count = (int64_t)sums[type][b],
		};
	}
	free(sums);
}

void scheduling_open(struct scheduling *s, const struct world *world, bool vms)
{
	*s = (struct scheduling){0};
	if (!world->discrete)
		return;
	s->hosts = memory_new(world->host_count, sizeof *s->hosts, "tables of schedulers");
	for (uint32_t i = 0; i < world->host_count; i++)
		host_fill(&s->hosts[i], world, i);
	if (vms)
		s->vms = memory_new(world->vm_count, sizeof *s->vms, "tables of schedulers");
	for (uint32_t i = 0; vms && i < world->vm_count; i++)
		vm_fill(&s->vms[i], world, i);
	bins_fill(s, world);
}

void scheduling_close(struct scheduling *s)
{
	free(s->vms);
	free(s->hosts);
	free(s->bins);
}

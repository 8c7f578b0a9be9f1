/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Works out the figures of a finished run. */
#include "analysis/summary.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "models/hypervisor/discrete.h"
#include "models/hypervisor/failure.h"
#include "models/hypervisor/filter.h"
#include "models/hypervisor/memory_host.h"
#include "sim/time.h"

#ifndef VDCSIM_VERSION
#define VDCSIM_VERSION "0.1.0-dev"
#endif

#define J_PER_KWH 3.6e6

#define ROW(type, kind, member, unit, long_name) \
	{#member, unit, long_name, kind, offsetof(struct type, member), sizeof ((struct type *)0)->member}
#define COUNT(member, long_name) ROW(summary, FIGURE_COUNT, member, "1", long_name)
#define REAL(member, unit, long_name) ROW(summary, FIGURE_REAL, member, unit, long_name)

const struct figure summary_figures[] = {
	COUNT(hosts, "hosts"),
	COUNT(vms, "guests, asked for or not"),
	REAL(energy_j, "J", "energy of the facility: hosts times PUE"),
	REAL(carbon_g, "g", "carbon dioxide equivalent of that energy"),
	COUNT(events, "events fired and changes of demand applied"),
	COUNT(migrations, "migrations that ended well"),
	REAL(simulated_s, "s", "simulated time"),
	REAL(slatah, "1", "SLA violation time per active host: mean share of active time at full load"),
	REAL(pdm, "1", "performance degradation by migrations: mean share of demanded work lost"),
	REAL(slav, "1", "slatah times pdm"),
	REAL(esv, "kWh", "energy in kWh times slav"),
	REAL(overall_sla_violation, "1", "work demanded and not delivered / work demanded, over all guests"),
	REAL(it_energy_j, "J", "energy of the hosts alone"),
	REAL(mean_power_w, "W", "mean power of the hosts alone"),
	REAL(demanded_ghz_h, "GHz h", "work demanded by all guests"),
	REAL(delivered_ghz_h, "GHz h", "work delivered to all guests"),
	REAL(useful_ghz_h, "GHz h", "the part of that which was the guests' own work"),
	REAL(overhead_ghz_h, "GHz h", "the part that virtualization took"),
	REAL(service_ghz_h, "GHz h", "work of dom0s, parent partitions and host systems"),
	COUNT(vms_placed, "placements of guests"),
	COUNT(vms_waiting, "guests that still wait at the end"),
	COUNT(vms_refused, "guests refused for want of room"),
	COUNT(vms_ended, "guests that ended"),
	COUNT(vms_lost, "guests lost with their host"),
	COUNT(plans_refused, "requests of policies and actions that were refused"),
	ROW(summary, FIGURE_TEXT, digest, "", "fingerprint of all that happened"),
	REAL(cost_total, "currency", "cost of the run's time: the five below (docs/costs.md)"),
	REAL(cost_energy, "currency", "electricity, with PUE"),
	REAL(cost_hardware, "currency", "purchase of hosts, spread over the years of depreciation"),
	REAL(cost_space, "currency", "rack units"),
	REAL(cost_administration, "currency", "people who look after the hosts"),
	REAL(cost_licences, "currency", "licences of hosts and cores"),
	REAL(rent_total, "currency", "what a cloud asks for the guests (vms[].price); not in cost_total"),
	ROW(summary, FIGURE_TEXT, currency, "", "currency of these figures"),
	REAL(ready_time_s, "s", "time that virtual CPUs waited for cores of discrete schedulers"),
	REAL(throttled_time_s, "s", "time that they could have run but for their caps"),
	COUNT(context_switches, "changes of what a core ran"),
	REAL(switch_time_s, "s", "time that cores lost in them"),
	COUNT(wakeups, "times that virtual CPUs woke"),
	REAL(wakeup_latency_mean_s, "s", "mean time from waking to running"),
	REAL(wakeup_latency_p99_s, "s", "what 99 % of the wake-ups do not exceed, up to a step of sqrt 2"),
	REAL(memory_lost_ghz_h, "GHz h", "work that guests did not get while they waited for pages"),
	REAL(filter_lost_ghz_h, "GHz h",
	     "work that guests did not get while forbidden operations were filtered"),
	COUNT(forbidden, "forbidden operations of guests that were filtered"),
	REAL(memory_swapped_bytes, "B", "swapped out by hosts, mean over the run"),
	REAL(memory_ballooned_bytes, "B", "in balloons, mean over the run"),
	REAL(memory_shared_bytes, "B", "saved by merging equal pages, mean over the run"),
	REAL(migration_time_mean_s, "s", "from the start of a migration to its end, mean"),
	REAL(migration_downtime_mean_s, "s", "that a guest stood still for a migration, mean"),
	REAL(migration_downtime_max_s, "s", "the longest of these"),
	REAL(migration_sent_bytes, "B", "sent by all migrations"),
	COUNT(migrations_failed, "migrations that failed or were called back"),
	COUNT(failure_hosts, "failures and crashes of hosts"),
	REAL(failure_host_down_s, "s", "time that hosts were down by them, sum"),
	REAL(failure_host_availability, "1",
	     "availability of hosts, mean; 0: none may fail (hosts: failures)"),
	REAL(failure_host_nines, "1", "-log10(1 - that)"),
	COUNT(failure_vms, "guests lost with their hosts, each time"),
	REAL(failure_vm_down_s, "s", "time that guests were down by that, sum"),
	REAL(failure_vm_availability, "1", "availability of guests that ever ran, mean"),
	REAL(failure_vm_nines, "1", "-log10(1 - that)"),
	REAL(failure_lost_ghz_h, "GHz h",
	     "work that guests had done since their last start, when they were lost"),
	{0}
};

#define PROVENANCE(kind, member, unit, long_name) ROW(provenance, kind, member, unit, long_name)

const struct figure provenance_figures[] = {
	PROVENANCE(FIGURE_REAL, cpu_s, "s", "CPU time of the process, user and system"),
	PROVENANCE(FIGURE_REAL, wall_s, "s", "wall time"),
	PROVENANCE(FIGURE_REAL, load_s, "s", "wall time to read the scenario and load or draw the demand"),
	PROVENANCE(FIGURE_REAL, simulate_s, "s", "wall time from then to the end of the simulation"),
	PROVENANCE(FIGURE_COUNT, peak_rss_bytes, "B", "peak resident memory"),
	PROVENANCE(FIGURE_TEXT, version, "", "version of vdcsim"),
	PROVENANCE(FIGURE_TEXT, date, "", "end of the run, UTC"),
	PROVENANCE(FIGURE_TEXT, machine, "", "system and processor"),
	{0}
};

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

/* Sites are few: one pass over the hosts a site keeps each site's energy exact. */
static wide site_energy(const struct world *world, uint32_t site)
{
	wide energy = 0;
	for (uint32_t i = 0; i < world->host_count; i++)
		if (world->hosts[i].site.i == site)
			energy += world->hosts[i].energy;
	return energy;
}

static void energy_of(struct summary *s, const struct world *world)
{
	for (uint32_t i = 0; i < world->site_count; i++) {
		const struct site *site = &world->sites[i];
		double it_j = wide_double(site_energy(world, i)) / 2e15; /* half femtojoules */
		s->it_energy_j += it_j;
		s->energy_j += it_j * site->pue;
		s->carbon_g += it_j * site->pue / J_PER_KWH * site->carbon_g_per_kwh;
	}
	s->mean_power_w = ratio(s->it_energy_j, s->simulated_s);
}

static void hosts_of(struct summary *s, const struct world *world)
{
	double saturated = 0;
	uint64_t active = 0;
	for (uint32_t i = 0; i < world->host_count; i++) {
		const struct host *host = &world->hosts[i];
		s->events += host->updates;
		s->service_ghz_h += wide_double(host->service) / 3.6e21;
		if (host->active_ns > 0) {
			saturated += (double)host->saturated_ns / (double)host->active_ns;
			active++;
		}
	}
	s->slatah = ratio(saturated, (double)active);
}

static void vms_of(struct summary *s, const struct world *world)
{
	wide demanded = 0, stolen = 0, overhead = 0;
	double lost = 0;
	uint64_t demanding = 0;
	for (uint32_t i = 0; i < world->vm_count; i++) {
		const struct vm *vm = &world->vms[i];
		s->vms_waiting += vm->state == VM_WAITING;
		demanded += vm->demanded;
		stolen += vm->stolen;
		overhead += world->useful ? world->useful[i].overhead : 0;
		demanding += vm->demanded > 0;
		if (vm->migration_lost > 0)
			lost += ratio(wide_double(vm->migration_lost), wide_double(vm->demanded));
	}
	s->pdm = ratio(lost, (double)demanding);
	s->overall_sla_violation = ratio(wide_double(stolen), wide_double(demanded));
	s->demanded_ghz_h = wide_double(demanded) / 3.6e21; /* Hz ns */
	s->delivered_ghz_h = wide_double(demanded - stolen) / 3.6e21;
	s->useful_ghz_h = wide_double(demanded - stolen - overhead) / 3.6e21;
	s->overhead_ghz_h = wide_double(overhead) / 3.6e21;
}

static void schedulers_of(struct summary *s, const struct world *world)
{
	uint64_t latency[QUANTUM_LATENCY_BINS] = {0};
	int64_t ready_ns = 0, throttled_ns = 0, wait_ns = 0, switch_ns = 0;
	for (uint32_t i = 0; i < world->vm_count; i++) {
		const struct discrete_vm *vm = &world->discrete->vms[i];
		ready_ns += vm->ready_ns;
		throttled_ns += vm->throttled_ns;
		wait_ns += vm->wakeup_wait_ns;
		s->wakeups += vm->wakeups;
		for (uint32_t b = 0; vm->latency && b < QUANTUM_LATENCY_BINS; b++)
			latency[b] += vm->latency[b];
	}
	for (uint32_t i = 0; i < world->host_count; i++) {
		struct quantum_core_counts n = discrete_host_counts(world, i);
		s->context_switches += n.switches;
		switch_ns += n.switch_ns;
	}
	s->ready_time_s = time_s(ready_ns);
	s->throttled_time_s = time_s(throttled_ns);
	s->switch_time_s = time_s(switch_ns);
	s->wakeup_latency_mean_s = ratio(time_s(wait_ns), (double)s->wakeups);
	s->wakeup_latency_p99_s = s->wakeups ? discrete_quantile_s(latency, 0.99) : 0;
}

static void memory_of(struct summary *s, const struct world *world, int64_t end_ns)
{
	wide lost = 0, filtered = 0, swapped = 0, ballooned = 0, shared = 0;
	for (uint32_t i = 0; i < world->vm_count; i++) {
		lost += world->memory ? world->memory->vms[i].lost : 0;
		filtered += world->filters ? world->filters->lost[i] : 0;
		s->forbidden += filter_count(world, i);
	}
	for (uint32_t i = 0; world->memory && i < world->host_count; i++) {
		swapped += world->memory->hosts[i].swapped;
		ballooned += world->memory->hosts[i].ballooned;
		shared += world->memory->hosts[i].shared;
	}
	s->memory_lost_ghz_h = wide_double(lost) / 3.6e21;
	s->filter_lost_ghz_h = wide_double(filtered) / 3.6e21;
	s->memory_swapped_bytes = ratio(wide_double(swapped), (double)end_ns);
	s->memory_ballooned_bytes = ratio(wide_double(ballooned), (double)end_ns);
	s->memory_shared_bytes = ratio(wide_double(shared), (double)end_ns);
}

static void migrations_of(struct summary *s, const struct migrations *migrations)
{
	double total_s = 0, downtime_s = 0;
	for (uint32_t i = 0; i < migrations->count; i++) {
		const struct migration *m = &migrations->all[i];
		double down_s = time_s(m->outcome.downtime_ns);
		s->migration_sent_bytes += (double)m->outcome.sent_bytes;
		s->migrations_failed += m->failed;
		if (!m->done || m->failed)
			continue;
		s->migrations++;
		total_s += time_s(m->end_ns - m->start_ns);
		downtime_s += down_s;
		if (down_s > s->migration_downtime_max_s)
			s->migration_downtime_max_s = down_s;
	}
	s->migration_time_mean_s = ratio(total_s, (double)s->migrations);
	s->migration_downtime_mean_s = ratio(downtime_s, (double)s->migrations);
}

static void failures_of(struct summary *s, const struct failures *failures)
{
	struct failure_totals t;
	failures_totals(failures, &t);
	s->failure_hosts = t.failures;
	s->failure_host_down_s = t.host_down_s;
	s->failure_host_availability = t.host_availability_01;
	s->failure_host_nines = t.host_nines;
	s->failure_vms = t.losses;
	s->failure_vm_down_s = t.vm_down_s;
	s->failure_vm_availability = t.vm_availability_01;
	s->failure_vm_nines = t.vm_nines;
	s->failure_lost_ghz_h = t.lost_ghz_h;
}

void summary_of(struct summary *s, const struct world *world, const struct migrations *migrations,
                int64_t end_ns)
{
	*s = (struct summary){
		.hosts = world->host_count,
		.vms = world->vm_count,
		.simulated_s = time_s(end_ns),
		.events = engine_fired(world->engine) - world->carriers,
		.vms_placed = world->notes[NOTE_VM_PLACED],
		.vms_refused = world->notes[NOTE_VM_REFUSED],
		.vms_ended = world->notes[NOTE_VM_ENDED],
		.vms_lost = world->notes[NOTE_VM_LOST],
		.plans_refused = world->notes[NOTE_PLAN_REFUSED],
	};
	if (migrations)
		migrations_of(s, migrations);
	energy_of(s, world);
	hosts_of(s, world);
	vms_of(s, world);
	if (world->discrete)
		schedulers_of(s, world);
	memory_of(s, world, end_ns);
	if (world->failures)
		failures_of(s, world->failures);
	s->slav = s->slatah * s->pdm;
	s->esv = s->energy_j / J_PER_KWH * s->slav;
	digest_text(engine_digest(world->engine), s->digest);
}

/* The processor's name, from the first page of /proc/cpuinfo; the whole of it takes long on large machines.
 */
static void processor_name(char *name, size_t size)
{
	char page[2048];
	int fd = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, page, sizeof page - 1);
	if (fd >= 0)
		close(fd);
	page[got > 0 ? got : 0] = '\0';
	char *model = strstr(page, "model name");
	model = model ? strchr(model, ':') : NULL;
	if (model)
		snprintf(name, size, "%.*s", (int)strcspn(model + 2, "\n"), model + 2);
	else
		snprintf(name, size, "unknown processor");
}

void provenance_of(struct provenance *p, double wall_s)
{
	struct rusage usage;
	struct utsname system;
	struct tm utc;
	char processor[64];
	time_t now = time(NULL);
	*p = (struct provenance){.wall_s = wall_s, .version = VDCSIM_VERSION};
	if (getrusage(RUSAGE_SELF, &usage) == 0) {
		p->cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
		         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
		p->peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
	}
	if (gmtime_r(&now, &utc))
		strftime(p->date, sizeof p->date, "%Y-%m-%dT%H:%M:%SZ", &utc);
	if (uname(&system) != 0)
		return;
	processor_name(processor, sizeof processor);
	snprintf(p->machine, sizeof p->machine, "%.16s %.24s %.12s, %.60s", system.sysname, system.release,
	         system.machine, processor);
}

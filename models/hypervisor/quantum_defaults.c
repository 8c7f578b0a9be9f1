/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What schedulers do by default, each constant with its source. */
#include "models/hypervisor/quantum.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)

/* kernel/sched/fair.c, get_update_sysctl_factor: times grow with 1 + log2(cores), no further than 8 cores. */
#define MOST_SCALING 4

static const struct quantum_rules quantum_table[QUANTUM_SCHEDULERS] = {
	/* Linux's RR_TIMESLICE is 100 ms (include/linux/sched/rt.h); textbooks say 10 to 100 ms. */
	[QUANTUM_ROUND_ROBIN] = { .slice_ns = 10 * MS },
	/* Waldspurger and Weihl 1995, section 4: quanta of 10 to 100 ms; theirs was 100 ms. From memory. */
	[QUANTUM_STRIDE] = { .slice_ns = 10 * MS },
	/* fair.c, 2.6.23 to 6.5: sysctl_sched_latency 6 ms, min_granularity 0.75 ms, wakeup_granularity 1 ms,
	 * each times the scaling. CONFIG_HZ=250, as Debian and Ubuntu build it. */
	[QUANTUM_CFS] = { .slice_ns = 3 * MS, .latency_ns = 6 * MS * MOST_SCALING,
	                  .granularity_ns = 750 * US * MOST_SCALING, .wakeup_ns = 1 * MS * MOST_SCALING,
	                  .tick_ns = 4 * MS },
	/* fair.c: sysctl_sched_base_slice, 0.70 ms times the scaling (0.75 ms before 6.15). */
	[QUANTUM_EEVDF] = { .slice_ns = 700 * US * MOST_SCALING, .tick_ns = 4 * MS },
	/* xen/common/sched_credit.c: CSCHED_DEFAULT_TSLICE_MS 30, CSCHED_TICKS_PER_TSLICE 3. */
	[QUANTUM_CREDIT] = { .slice_ns = 30 * MS, .tick_ns = 10 * MS, .boost = true }
};

struct quantum_rules quantum_defaults(enum quantum_scheduler scheduler)
{
	struct quantum_rules r = quantum_table[scheduler];
	r.scheduler = scheduler;
	/* cpu.cfs_period_us is 100 ms, sched_cfs_bandwidth_slice_us 5 ms; Xen settles caps each 30 ms. */
	r.cap_period_ns = scheduler == QUANTUM_CREDIT ? 30 * MS : 100 * MS;
	r.cap_slice_ns = 5 * MS;
	/* A pipe's ping-pong of 5.5 us (measured, two switches and four system calls of 0.14 us, two
	 * wake-ups) leaves about 2 us a switch. What cold caches cost depends on the guest: nothing unless
	 * told (Linux takes a vCPU to be hot for sysctl_sched_migration_cost, 0.5 ms). */
	r.switch_ns = 2 * US;
	/* Xen looks at its ticks, Linux at intervals that grow with the domain (8 to 64 ms, of its size). */
	r.balance_ns = scheduler == QUANTUM_CREDIT ? 10 * MS : 8 * MS;
	return r;
}

void quantum_defaults_scale(struct quantum_rules *rules, uint32_t cores)
{
	int64_t scaling = 1;
	for (uint32_t n = cores < 8 ? cores : 8; n > 1; n /= 2)
		scaling++;
	if (rules->scheduler != QUANTUM_CFS && rules->scheduler != QUANTUM_EEVDF)
		return;
	rules->slice_ns = rules->slice_ns / MOST_SCALING * scaling;
	rules->latency_ns = rules->latency_ns / MOST_SCALING * scaling;
	rules->granularity_ns = rules->granularity_ns / MOST_SCALING * scaling;
	rules->wakeup_ns = rules->wakeup_ns / MOST_SCALING * scaling;
}

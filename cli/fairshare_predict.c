/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predicts what Linux gives to threads in control groups: the quantum scheduler with EEVDF's rules. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/fairshare.h"
#include "models/hypervisor/quantum.h"
#include "sim/fault.h"
#include "sim/time.h"

/* What was measured in the kernel of the calibration data and of the machine on which this was written
 * (6.18, two cores, both guests): /proc/config.gz says CONFIG_HZ=250. The base slice follows from the number
 * of cores (quantum_defaults_scale): 1.4 ms with two, as /sys/kernel/debug/sched/debug says. */
#define TICK_NS (4 * NS_PER_MS)
#define MACHINE_CORES 2u

/* A busy core looks for imbalance every busy_factor (16) times balance_interval, which grows to twice the
 * number of cores in ms where nothing was found (sd_init and sched_balance_rq in kernel/sched). */
#define BALANCE_NS_PER_CORE (32 * NS_PER_MS)

/* CPU that going to sleep and waking up again cost a thread with a duty cycle, in ns a period: the timer, two
 * switches, two looks at the clocks, on a machine that is itself a guest. Two threads alone with 9 ms every
 * 20 ms use 9.014 ms in the calibration data, two with 6 ms 6.010 ms. */
#define WAKE_NS 10000

/* Other work on the machine, of which only the sum is recorded: it comes in bursts of 1 ms. Where a thread
 * has a core for itself (calibration data, 2 cores), it was interrupted once for every 0.6 to 2.5 ms that
 * were missing. */
#define BURST_NS NS_PER_MS
/* Below this, in CPUs, what is missing is the rounding of the recorded sums. */
#define OTHER_LEAST_CPUS 2e-4
/* The groups lie below a parent of 8192 shares; other work is beside it with 1024. */
#define PARENT_SHARES 8192.0

/* The counters are first read when the harness has noticed that the threads have started: it looks every
 * 10 ms, so 5 ms after the start in the mean. */
#define LOOK_NS (5 * NS_PER_MS)

/* How many times the start is tried, relative to the tick and to the refills of caps. */
#define STARTS 64u

/* Fractions whose multiples spread evenly over 0 .. 1, in each and in all of them: the golden ratio, and
 * the inverse of
 * the plastic number and its square (M. Roberts 2018, the sequences R_1 and R_2). */
#define LATTICE_1 0.6180339887498949
#define LATTICE_2 0.7548776662466927
#define LATTICE_3 0.5698402909980532

/* Linux's weights of the nice levels -20 .. 19 (sched_prio_to_weight in kernel/sched/core.c). */
static const uint32_t nice_weights[40] = {
	88761,
	71755,
	56483,
	46273,
	36291,
	29154,
	23254,
	18705,
	14949,
	11916,
	9548,
	7620,
	6100,
	4904,
	3906,
	3121,
	2501,
	1991,
	1586,
	1277,
	1024,
	820,
	655,
	526,
	423,
	335,
	272,
	215,
	172,
	137,
	110,
	87,
	70,
	56,
	45,
	36,
	29,
	23,
	18,
	15,
};

static int64_t rounded(double x)
{
	return (int64_t)floor(x + 0.5);
}

/* Nice levels are compared within a control group, so threads of different nice levels are all in one. */
static bool by_nice(const struct fairshare_config *config, const struct fairshare_thread *threads)
{
	for (uint32_t i = 0; i < config->count; i++)
		if (threads[i].nice != 0)
			return true;
	return false;
}

static uint32_t weight_of(double shares)
{
	double most = 1 << 20;
	return (uint32_t)rounded(shares < 1 ? 1 : shares > most ? most
	                                                        : shares);
}

static double fraction(double x)
{
	return x - floor(x);
}

/* The scheduler's group for each thread: added with the first of its threads. Caps are refilled at multiples
 * of their period since they were added; Linux draws each group's own offset, so that as much time goes by
 * behind each as a part of its period. */
static void groups_add(struct quantum *q, const struct fairshare_config *config,
                       const struct fairshare_thread *threads, double phase_01, uint32_t *groups)
{
	bool one = by_nice(config, threads);
	for (uint32_t i = 0; i < config->count; i++) {
		const struct fairshare_thread *t = &threads[i];
		uint32_t k = 0;
		while (k < i && !one && threads[k].group != t->group)
			k++;
		if (k < i) {
			groups[i] = groups[k];
			continue;
		}
		struct quantum_group group = {
			.weight = weight_of(t->shares),
			.cap_ns = rounded(t->quota_us * NS_PER_US),
			.cap_period_ns = rounded(t->quota_period_us * NS_PER_US),
		};
		groups[i] = quantum_group_add(q, &group);
		double offset_01 = fraction(phase_01 + i * LATTICE_3);
		int64_t wait_ns = rounded(offset_01 * (double)group.cap_period_ns);
		quantum_run(q, quantum_now_ns(q) + (group.cap_ns ? wait_ns : 0));
	}
}

static void threads_add(struct quantum *q, const struct fairshare_config *config,
                        const struct fairshare_thread *threads, const uint32_t *groups, uint32_t *vcpus)
{
	bool one = by_nice(config, threads);
	for (uint32_t i = 0; i < config->count; i++) {
		const struct fairshare_thread *t = &threads[i];
		uint32_t weight = one ? nice_weights[t->nice + 20] : 1024;
		struct quantum_vcpu vcpu = {.group = groups[i], .weight = weight};
		vcpu.work = (struct quantum_work){.behaviour = QUANTUM_DUTY, .late = QUANTUM_LATE_CARRY,
		                                  .work_ns = NS_PER_S, .period_ns = NS_PER_S};
		if (t->duty_period_ms > 0) {
			vcpu.work.period_ns = rounded(t->duty_period_ms * NS_PER_MS);
			vcpu.work.work_ns = rounded(t->duty_work_ms * NS_PER_MS) + WAKE_NS;
		}
		if (vcpu.work.work_ns > vcpu.work.period_ns)
			vcpu.work.work_ns = vcpu.work.period_ns;
		vcpus[i] = quantum_vcpu_add(q, &vcpu);
	}
}

/* One more vCPU that takes what the threads would have got but did not. */
static void others_add(struct quantum *q, const struct fairshare_config *config,
                       const struct fairshare_thread *threads, double phase_01)
{
	double missing_cpus = config->ideal_cpus - config->received_cpus, shares = 0;
	if (missing_cpus < OTHER_LEAST_CPUS)
		return;
	for (uint32_t i = 0; i < config->count; i++) {
		bool counted = i > 0 && by_nice(config, threads);
		for (uint32_t k = 0; k < i; k++)
			counted |= threads[k].group == threads[i].group;
		shares += counted ? 0 : threads[i].shares;
	}
	struct quantum_group group = {.weight = weight_of(shares * 1024 / PARENT_SHARES)};
	int64_t period_ns = rounded(BURST_NS / (missing_cpus < 1 ? missing_cpus : 1));
	struct quantum_vcpu vcpu = {.group = quantum_group_add(q, &group), .weight = 1024};
	vcpu.work = (struct quantum_work){
		.behaviour = QUANTUM_DUTY,
		.late = QUANTUM_LATE_CARRY,
		.work_ns = BURST_NS,
		.period_ns = period_ns,
		.phase_ns = rounded(phase_01 * (double)period_ns),
	};
	quantum_vcpu_add(q, &vcpu);
}

/* One start: adds its outcomes to the sums. */
static void start(const struct fairshare_config *config, const struct fairshare_thread *threads, uint32_t k,
                  struct fairshare_outcome *sums)
{
	struct quantum_rules rules = quantum_defaults(QUANTUM_EEVDF);
	rules.tick_ns = TICK_NS;
	rules.balance_ns = BALANCE_NS_PER_CORE * config->cores;
	rules.switch_ns = 0; /* the kernel counts what a switch costs as time of the threads */
	quantum_defaults_scale(&rules, MACHINE_CORES);
	uint32_t *groups = memory_new((size_t)2 * config->count, sizeof *groups, "threads");
	uint32_t *vcpus = groups + config->count;
	struct quantum_counts *before = memory_new(config->count, sizeof *before, "threads");
	struct quantum *q = quantum_open(&rules, config->cores, k, 0);

	groups_add(q, config, threads, fraction((k + 0.5) * LATTICE_1), groups);
	/* Ticks are counted from when the host was opened. */
	int64_t tick_ns = (quantum_now_ns(q) / TICK_NS + 1) * TICK_NS;
	int64_t begin_ns = tick_ns + rounded((k + 0.5) / STARTS * TICK_NS);
	quantum_run(q, begin_ns);
	threads_add(q, config, threads, groups, vcpus);
	others_add(q, config, threads, fraction((k + 0.5) * LATTICE_2));
	quantum_run(q, begin_ns + LOOK_NS);
	for (uint32_t i = 0; i < config->count; i++)
		before[i] = quantum_vcpu_counts(q, vcpus[i]);
	quantum_run(q, begin_ns + LOOK_NS + rounded(config->elapsed_s * NS_PER_S));
	for (uint32_t i = 0; i < config->count; i++) {
		struct quantum_counts c = quantum_vcpu_counts(q, vcpus[i]);
		/* The kernel counts the time that a thread was throttled as time waited. */
		int64_t wait_ns = c.ready_ns + c.throttled_ns - before[i].ready_ns - before[i].throttled_ns;
		sums[i].cpu_s += (double)(c.run_ns - before[i].run_ns) / NS_PER_S;
		sums[i].wait_s += (double)wait_ns / NS_PER_S;
		sums[i].slices += (double)(c.slices - before[i].slices);
	}
	quantum_close(q);
	free(before);
	free(groups);
}

/* Threads that nothing tells apart but their order in the file. */
static bool alike(const struct fairshare_config *config, const struct fairshare_thread *threads, uint32_t a,
                  uint32_t b)
{
	const struct fairshare_thread *s = &threads[a], *t = &threads[b];
	double differences[6] = {
		s->shares - t->shares,
		s->nice - t->nice,
		s->quota_us - t->quota_us,
		s->quota_period_us - t->quota_period_us,
		s->duty_period_ms - t->duty_period_ms,
		s->duty_work_ms - t->duty_work_ms,
	};
	int32_t members = 0;
	for (uint32_t i = 0; i < config->count; i++)
		members += (threads[i].group == s->group) - (threads[i].group == t->group);
	for (uint32_t k = 0; k < 6; k++)
		if (differences[k] != 0)
			return false;
	return members == 0;
}

/* Which of those that are alike wakes first at an instant is chance, so all of them have the same
 * expectation. */
static void even_out(const struct fairshare_config *config, const struct fairshare_thread *threads,
                     struct fairshare_outcome *predicted)
{
	struct fairshare_outcome *sums = memory_new(config->count, sizeof *sums, "threads");
	for (uint32_t i = 0; i < config->count; i++) {
		double n = 0;
		for (uint32_t k = 0; k < config->count; k++) {
			if (!alike(config, threads, i, k))
				continue;
			n++;
			sums[i].cpu_s += predicted[k].cpu_s;
			sums[i].wait_s += predicted[k].wait_s;
			sums[i].slices += predicted[k].slices;
		}
		sums[i].cpu_s /= n;
		sums[i].wait_s /= n;
		sums[i].slices /= n;
	}
	memcpy(predicted, sums, config->count * sizeof *predicted);
	free(sums);
}

void fairshare_predict(const struct fairshare_config *config, const struct fairshare_thread *threads,
                       struct fairshare_outcome *predicted)
{
	memset(predicted, 0, config->count * sizeof *predicted);
	for (uint32_t k = 0; k < STARTS; k++)
		start(config, threads, k, predicted);
	for (uint32_t i = 0; i < config->count; i++) {
		predicted[i].cpu_s /= STARTS;
		predicted[i].wait_s /= STARTS;
		predicted[i].slices /= STARTS;
	}
	even_out(config, threads, predicted);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simulated context switches a second of the discrete vCPU scheduler: quantum [--quick]. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "models/hypervisor/quantum.h"

static int64_t cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* n busy guests, one vCPU each, of equal weights or of four different ones. */
static struct quantum *host(enum quantum_scheduler scheduler, uint32_t n, uint32_t cores, bool equal)
{
	struct quantum_rules rules = quantum_defaults(scheduler);
	struct quantum *q = quantum_open(&rules, cores, 1, 0);
	for (uint32_t v = 0; v < n; v++) {
		struct quantum_group group = { .weight = equal ? 1024 : 1024 + 512 * (v / cores % 4) };
		quantum_vcpu_add(q, &(struct quantum_vcpu){ .group = quantum_group_add(q, &group),
		                 .weight = 1024, .work = { .work_ns = 1, .period_ns = 1 } });
	}
	return q;
}

static uint64_t switches(const struct quantum *q, uint32_t cores)
{
	uint64_t sum = 0;
	for (uint32_t c = 0; c < cores; c++)
		sum += quantum_core_counts(q, c).switches;
	return sum;
}

static void measure(enum quantum_scheduler scheduler, uint32_t n, uint32_t cores, bool quick)
{
	for (int equal = 1; equal >= 0; equal--) {
		struct quantum *q = host(scheduler, n, cores, equal);
		double best = 1e30;
		int64_t step_ns = INT64_C(400000000000) / cores, t = 0;
		quantum_run(q, t += 1000000000);
		for (int trial = 0; trial < (quick ? 5 : 30); trial++) {
			uint64_t before = switches(q, cores);
			int64_t from = cpu_ns();
			quantum_run(q, t += step_ns);
			double ns = (double)(cpu_ns() - from) / (double)(switches(q, cores) - before);
			best = ns < best ? ns : best;
		}
		printf("{\"bench\":\"quantum/%s/%u/%u/%s\",\"ns\":%.1f,\"million_switches_a_second\":%.1f}\n",
		       quantum_scheduler_names[scheduler], n, cores, equal ? "equal" : "weights", best,
		       1e3 / best);
		quantum_close(q);
	}
}

int main(int argc, char **argv)
{
	static const uint32_t sizes[][2] = { { 4, 1 }, { 16, 1 }, { 64, 1 }, { 16, 4 },
		                            { 16, 8 }, { 64, 8 } };
	bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	for (int k = 0; k < QUANTUM_SCHEDULERS; k++)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
			measure((enum quantum_scheduler)k, sizes[i][0], sizes[i][1], quick);
	return 0;
}

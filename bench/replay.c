/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a simulated day of 1,000,000 guests takes after loading, beside a streaming read of the same
 * samples: the limit that memory sets. The very code of `vdcsim run scenarios/library/scale.yaml`. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "scenarios/run.h"
#include "scenarios/scenario_read.h"

static double cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Reads every sample once, as fast as a sum of 64-bit words allows. */
static uint64_t stream(const struct run *run)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < run->set_count; i++) {
		const struct demand_samples *cpu = &run->sets[i]->columns[DEMAND_CPU];
		const uint64_t *words = cpu->at;
		size_t n = (size_t)run->sets[i]->rows * cpu->stride * cpu->bits / 64;
		for (size_t k = 0; k < n; k++)
			sum += words[k];
	}
	return sum;
}

static double stream_s(const struct run *run, uint64_t *sum)
{
	double best_s = 1e9;
	for (int k = 0; k < 5; k++) {
		double began_s = cpu_s();
		*sum ^= stream(run);
		double took_s = cpu_s() - began_s;
		best_s = took_s < best_s ? took_s : best_s;
	}
	return best_s;
}

static bool once(const struct scenario *scenario, struct diag *diag, double *took_s, double *read_s)
{
	struct run run = {0};
	uint64_t sum = 0;
	if (!run_open(&run, scenario, diag)) {
		run_close(&run);
		return false;
	}
	*read_s = stream_s(&run, &sum);
	double began_s = cpu_s();
	run_go(&run, NULL, NULL);
	*took_s = cpu_s() - began_s;
	double contended_01 = run.summary.slatah;
	fprintf(stderr, "replay: %llu events, %.1f %% of host time contended, digest %s, words %016llx\n",
	        (unsigned long long)run.summary.events, 100 * contended_01, run.summary.digest,
	        (unsigned long long)sum);
	run_close(&run);
	return true;
}

int main(int argc, char **argv)
{
	bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	struct diag diag;
	diag_init(&diag);
	struct scenario_options options = {0};
	struct scenario *scenario = scenario_read("scale.yaml", &options, &diag);
	double best_s = 1e9, best_read_s = 1e9;
	for (int k = 0; scenario && k < (quick ? 2 : 5); k++) {
		double took_s, read_s;
		if (!once(scenario, &diag, &took_s, &read_s))
			break;
		best_s = took_s < best_s ? took_s : best_s;
		best_read_s = read_s < best_read_s ? read_s : best_read_s;
	}
	diag_print(&diag, stderr);
	if (diag.errors)
		return EXIT_INPUT;
	printf("{\"bench\":\"replay/scale\",\"s\":%.4f,\"peer\":\"streaming read of the samples\","
	       "\"peer_s\":%.4f,\"ratio\":%.1f}\n", best_s, best_read_s, best_s / best_read_s);
	scenario_free(scenario);
	diag_fini(&diag);
	return EXIT_DONE;
}

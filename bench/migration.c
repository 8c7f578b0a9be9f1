/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nanoseconds for one migration page by page, of idle and of writing guests: migration [--quick]. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "models/migration/qemu.h"

#define MIB 1048576.0

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Half of its memory is data, a quarter of that is written; over a link of 1 Gbit/s. */
static struct qemu_case guest(int64_t mib, double rate_hz)
{
	struct qemu_case c = {
		.pages = mib * 256, .data = {{0, mib * 128}}, .data_count = 1,
		.dirty = dirty_pattern(DIRTY_UNIFORM, 0, mib * 32, rate_hz),
		.link = {.rate_Bps = 118 * MIB, .buffer_bytes = 300000},
		.rules = qemu_rules_default(QEMU_PRECOPY),
		.costs = qemu_costs_measured,
	};
	c.rules.max_bandwidth_Bps = 4096 * MIB;
	return c;
}

static void measure(int64_t mib, double rate_hz, int rounds)
{
	struct qemu_case c = guest(mib, rate_hz);
	struct qemu_outcome out = {.syncs = 0};
	double best_ns = 1e30;
	for (int k = 0; k < rounds; k++) {
		int64_t from = now_ns();
		qemu_migrate(&c, 1, &out);
		double ns = (double)(now_ns() - from);
		best_ns = ns < best_ns ? ns : best_ns;
	}
	printf("{\"bench\":\"migration/pages/%ldMiB/%.0f\",\"ns\":%.0f,\"ns_a_page\":%.1f,\"rounds\":%u}\n",
	       (long)mib, rate_hz, best_ns, best_ns / (double)(out.sent_pages + out.zero_pages), out.syncs);
}

int main(int argc, char **argv)
{
	bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	int rounds = quick ? 5 : 25;
	measure(256, 0, rounds);
	measure(256, 8000, rounds);
	measure(256, 25000, rounds);
	measure(4096, 8000, quick ? 2 : 10);
	return 0;
}

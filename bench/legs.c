/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nanoseconds for one migration in closed form, by kind and rounds: legs [--quick | --fixed NAME]. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/migration/leg.h"

struct work {
	const char *name;
	const struct move_kind *kind;
	struct move_case c;
};

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct move_case guest(enum stop_rule stop, double share)
{
	struct move_case c = {.data_pages = 262144, .path_Bps = 125e6, .rules = move_rules_default(stop)};
	c.dirty = dirty_pattern(DIRTY_HOT_COLD, 0, 65536, share * 125e6 / PAGE_BYTES);
	return c;
}

/* Sums what comes out, so that nothing is left out. */
static double run(const struct work *w, uint32_t times, uint32_t *rounds)
{
	struct move m = {.round = 0};
	double sum = 0;
	for (uint32_t k = 0; k < times; k++) {
		struct move_case c = w->c;
		c.data_pages += k;
		sum += move_run(w->kind, &c, 125e6, 0, &m) ? (double)m.now_ns : 0;
	}
	*rounds = m.round;
	return sum;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	bool fixed = argc > 2 && strcmp(argv[1], "--fixed") == 0;
	uint32_t times = quick ? 2000 : 20000, rounds = 0;
	struct work all[] = {
		{"cold", &move_cold, guest(STOP_QEMU, 0.5)},
		{"postcopy", &move_postcopy, guest(STOP_QEMU, 0.5)},
		{"precopy, qemu", &move_precopy, guest(STOP_QEMU, 0.5)},
		{"precopy, 10 rounds", &move_precopy, guest(STOP_ROUNDS, 0.9)},
		{"precopy, xen", &move_precopy, guest(STOP_XEN, 0.5)},
	};
	all[3].c.rules.rounds_most = 9;
	for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
		int64_t took_ns[9];
		if (fixed) {
			if (strcmp(argv[2], all[k].name) == 0)
				return run(&all[k], 10000, &rounds) > 0 ? 0 : 1;
			continue;
		}
		for (int n = 0; n < 9; n++) {
			int64_t begun_ns = now_ns();
			if (run(&all[k], times, &rounds) < 0)
				return 1;
			took_ns[n] = now_ns() - begun_ns;
		}
		qsort(took_ns, 9, sizeof *took_ns, compare);
		printf("{\"bench\":\"migration, %s\",\"ns\":%.1f,\"median_ns\":%.1f,\"rounds\":%u}\n",
		       all[k].name, (double)took_ns[0] / times, (double)took_ns[4] / times, rounds);
	}
	return 0;
}

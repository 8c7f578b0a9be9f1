/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nanoseconds for one fair share of a host, beside water-filling that sorts: share [--quick]. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/random.h"
#include "sim/share.h"

#define HOSTS 256              /* 64 claimants each: 0.4 MB, within the L2 cache */
#define MOST 64

struct host {
	int64_t want[MOST], floor[MOST];
	uint32_t weight[MOST];
	int64_t capacity;
	double level;              /* of the last solution: where the next one begins, warm */
};

enum way { COLD, WARM, PEER };

/* Eight hosts side by side. */
struct block {
	_Alignas(64) double want[MOST * SHARE_BATCH_BLOCK], floor[MOST * SHARE_BATCH_BLOCK];
	double weight[MOST * SHARE_BATCH_BLOCK], given[MOST * SHARE_BATCH_BLOCK];
	double capacity[SHARE_BATCH_BLOCK], level[SHARE_BATCH_BLOCK];
};

struct point {
	double level, slope;
};

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Shell's sort with Ciura's gaps: as quick as any at these sizes. */
static void points_sort(struct point *p, uint32_t n)
{
	static const uint32_t gaps[] = { 57, 23, 10, 4, 1 };
	for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
		for (uint32_t i = gaps[g]; i < n; i++) {
			struct point x = p[i];
			uint32_t at = i;
			for (; at >= gaps[g] && p[at - gaps[g]].level > x.level; at -= gaps[g])
				p[at] = p[at - gaps[g]];
			p[at] = x;
		}
}

/* The peer, as textbooks have it: sort the levels at which a claimant leaves its floor or reaches
 * its want, and walk up until the capacity is used. In doubles, so it is not exact. */
static void peer_solve(uint32_t n, const struct host *h, int64_t *given)
{
	struct point points[2 * MOST];
	double used = 0, slope = 0, level = 0;
	int64_t wanted = 0;
	for (uint32_t i = 0; i < n; i++)
		wanted += h->want[i];
	if (wanted <= h->capacity) {
		memcpy(given, h->want, n * sizeof *given);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		double w = (double)h->weight[i];
		points[2 * i] = (struct point){ (double)h->floor[i] / w, w };
		points[2 * i + 1] = (struct point){ (double)h->want[i] / w, -w };
		used += (double)h->floor[i];
	}
	points_sort(points, 2 * n);
	for (uint32_t k = 0; k < 2 * n; k++) {
		double more = slope * (points[k].level - level);
		if (used + more >= (double)h->capacity)
			break;
		used += more;
		level = points[k].level;
		slope += points[k].slope;
	}
	level += ((double)h->capacity - used) / slope;
	for (uint32_t i = 0; i < n; i++) {
		int64_t x = (int64_t)(level * (double)h->weight[i]);
		x = x < h->floor[i] ? h->floor[i] : x;
		given[i] = x > h->want[i] ? h->want[i] : x;
	}
}

/* vCPUs of up to 2.5 GHz; a quarter has a reservation; a contended host has 30 to 80 % of what is
 * between floors and wants. */
static void hosts_draw(struct host *hosts, uint32_t n, bool contended)
{
	struct random_stream r;
	random_init(&r, 1, "bench_share", n);
	for (uint32_t k = 0; k < HOSTS; k++) {
		struct host *h = &hosts[k];
		int64_t wanted = 0, floors = 0;
		for (uint32_t i = 0; i < n; i++) {
			h->want[i] = (int64_t)random_uniform(&r, 50e6, 2.5e9);
			h->floor[i] = random_below(&r, 4) ? 0 : (int64_t)random_uniform(&r, 0, 0.75e9);
			h->floor[i] = h->floor[i] < h->want[i] ? h->floor[i] : h->want[i];
			h->weight[i] = 1 + (uint32_t)random_below(&r, 8);
			wanted += h->want[i];
			floors += h->floor[i];
		}
		double part = random_uniform(&r, 0.3, 0.8);
		h->capacity = contended ? floors + (int64_t)(part * (double)(wanted - floors)) : 2 * wanted;
	}
}

static void solve(struct host *h, uint32_t n, enum way way, int64_t *given)
{
	if (way == PEER)
		peer_solve(n, h, given);
	else if (way == COLD)
		share_solve(n, h->want, h->floor, h->weight, h->capacity, given);
	else
		share_solve_from(n, h->want, h->floor, h->weight, h->capacity, given, &h->level);
}

/* ns for a host, one of whose claimants has changed since it was solved before: by up to a tenth, to and fro.
 * `sum` keeps the work from being optimized away. */
static double round_time(struct host *hosts, uint32_t n, enum way way, int64_t *sum)
{
	int64_t given[MOST], from = now_ns();
	uint32_t repeats = 2 + 512 / n; /* even: each change is taken back */
	for (uint32_t k = 0; k < repeats; k++)
		for (uint32_t i = 0; i < HOSTS; i++) {
			struct host *h = &hosts[i];
			int64_t *want = &h->want[(k / 2 + i) % n];
			*want += (k & 1 ? -1 : 1) * (int64_t)(i << 18);
			solve(h, n, way, given);
			*sum += given[n / 2];
		}
	return (double)(now_ns() - from) / (repeats * (double)HOSTS);
}

static void blocks_fill(struct block *blocks, const struct host *hosts, uint32_t n)
{
	for (uint32_t k = 0; k < HOSTS; k++) {
		struct block *b = &blocks[k / SHARE_BATCH_BLOCK];
		uint32_t lane = k % SHARE_BATCH_BLOCK;
		for (uint32_t i = 0; i < n; i++) {
			b->want[i * SHARE_BATCH_BLOCK + lane] = (double)hosts[k].want[i];
			b->floor[i * SHARE_BATCH_BLOCK + lane] = (double)hosts[k].floor[i];
			b->weight[i * SHARE_BATCH_BLOCK + lane] = hosts[k].weight[i];
		}
		b->capacity[lane] = (double)hosts[k].capacity;
		b->level[lane] = 0;
	}
}

/* The same as round_time, with eight hosts side by side: the same claimants change by as much. */
static double batch_time(struct block *blocks, uint32_t n, int64_t *sum)
{
	int64_t from = now_ns();
	uint32_t repeats = 2 + 512 / n;
	for (uint32_t k = 0; k < repeats; k++)
		for (uint32_t i = 0; i < HOSTS; i += SHARE_BATCH_BLOCK) {
			struct block *b = &blocks[i / SHARE_BATCH_BLOCK];
			for (uint32_t lane = 0; lane < SHARE_BATCH_BLOCK; lane++)
				b->want[(k / 2 + i + lane) % n * SHARE_BATCH_BLOCK + lane] +=
					(k & 1 ? -1 : 1) * (double)((i + lane) << 18);
			share_batch(&(struct share_batch){ n, SHARE_BATCH_BLOCK, SHARE_BATCH_BLOCK, b->want,
			                                   b->floor, b->weight, b->capacity, b->given,
			                                   b->level });
			*sum += (int64_t)b->given[n / 2 * SHARE_BATCH_BLOCK];
		}
	return (double)(now_ns() - from) / (repeats * (double)HOSTS);
}

/* What share_few.c and sim/lanes.h choose. */
static const char *isa(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
		return "x86-64-v4 (AVX-512)";
	if (__builtin_cpu_supports("avx2"))
		return "avx2";
#endif
	return "baseline";
}

static void report(uint32_t n, const char *name, double ns, double peer_ns)
{
	printf("{\"bench\":\"share/%u/%s\",\"ns\":%.1f,"
	       "\"peer\":\"sort-based water-filling\",\"peer_ns\":%.1f,"
	       "\"ratio\":%.2f,\"isa\":\"%s\"}\n", n, name, ns, peer_ns, peer_ns / ns, isa());
}

static void measure_batch(struct host *hosts, uint32_t n, int trials)
{
	static struct block blocks[HOSTS / SHARE_BATCH_BLOCK];
	double best = 1e30, peer_best = 1e30;
	int64_t sum = 0;
	blocks_fill(blocks, hosts, n);
	for (int trial = 0; trial < trials; trial++) {
		double ns = batch_time(blocks, n, &sum);
		double peer_ns = round_time(hosts, n, PEER, &sum);
		best = ns < best ? ns : best;
		peer_best = peer_ns < peer_best ? peer_ns : peer_best;
	}
	report(n, "batched", best, peer_best);
	if (sum == 42)
		exit(1); /* never: uses the sum */
}

static void measure(struct host *hosts, uint32_t n, const char *name, enum way way, int trials)
{
	double best = 1e30, peer_best = 1e30;
	int64_t sum = 0;
	for (int trial = 0; trial < trials; trial++) {
		double ns = round_time(hosts, n, way, &sum);
		double peer_ns = round_time(hosts, n, PEER, &sum);
		best = ns < best ? ns : best;
		peer_best = peer_ns < peer_best ? peer_ns : peer_best;
	}
	report(n, name, best, peer_best);
	if (sum == 42)
		exit(1); /* never: uses the sum */
}

int main(int argc, char **argv)
{
	static struct host hosts[HOSTS];
	bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	int trials = quick ? 50 : 400;
	for (uint32_t n = 4; n <= MOST; n *= 4) {
		hosts_draw(hosts, n, true);
		measure(hosts, n, "contended", COLD, trials);
		measure(hosts, n, "warm", WARM, trials);
		measure_batch(hosts, n, trials);
		hosts_draw(hosts, n, false);
		measure(hosts, n, "fits", COLD, trials);
	}
	return 0;
}

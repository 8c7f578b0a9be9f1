/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers: independent streams named by (seed, purpose, id).
 *
 * A stream is Philox4x32-10 (Salmon et al., SC 2011; Random123) keyed by a hash of the run's seed, a
 * purpose ("vm_arrival") and the id of what it is for; its counter starts at 0. Streams never share state,
 * so that giving one VM another draw, or drawing in another order between VMs, changes no other VM: common
 * random numbers across the runs of a comparison come for free. Variates are GSL's, through its generator
 * interface, with elementary functions that give the same bits on every processor (sim/transcend.h).
 *
 * The seed of replication k is random_seed(master, k), a hash, never master + k. */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdint.h>

struct random_stream {
	uint32_t key[2];
	uint64_t counter[2];   /* next block; [1] is a hash of purpose and id: tells equal keys apart */
	uint32_t block[4];     /* the words of the block under way */
	uint32_t used;         /* of those, how many are spent (0..4) */
};

/* `purpose` is a short constant string. */
void random_init(struct random_stream *r, uint64_t seed, const char *purpose, uint64_t id);

uint64_t random_seed(uint64_t master, uint64_t k);

uint32_t random_u32(struct random_stream *r);
uint64_t random_u64(struct random_stream *r);
/* Uniform integer in [0, n), n > 0, without bias. */
uint64_t random_below(struct random_stream *r, uint64_t n);
/* Uniform in (0, 1): 53 bits, never 0 nor 1. */
double random_01(struct random_stream *r);
double random_uniform(struct random_stream *r, double low, double high);
double random_exponential(struct random_stream *r, double mean);
double random_normal(struct random_stream *r, double mean, double deviation);
double random_lognormal(struct random_stream *r, double log_mean, double log_deviation);
double random_weibull(struct random_stream *r, double scale, double shape);
double random_pareto(struct random_stream *r, double shape, double minimum);

/* Fills n bytes with uniform bytes, four words a block: the fast way to fill a table of samples. */
void random_bytes(struct random_stream *r, uint8_t *bytes, uint64_t n);

#endif

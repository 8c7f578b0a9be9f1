/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fingerprint of a run: two runs with the same digest did the same things.
 *
 * A digest is a sum modulo 2^128 of one hash a record; a record is up to five 64-bit words: what
 * happened, when, to whom, and its operands. A sum does not depend on the order of addition, so a
 * host whose day is replayed in one batch adds up to the same digest as one that is stepped tick by
 * tick; the order of events is covered because each event carries its time and its sequence number.
 * Every event fired, every change of a host's demand, share and power, and every recorded value is
 * added: one unit in the last place of one constant changes the digest.
 *
 * The hash is two rounds of the 64x64->128 multiply-and-fold mixer of wyhash (Wang Yi, 2019) over
 * the words, keyed by the kind; it guards against mistakes, not against an adversary. */
#ifndef SIM_DIGEST_H
#define SIM_DIGEST_H

#include <stdint.h>

struct digest {
	uint64_t lo, hi;
};

/* The kinds keep records of different modules apart. Numbers are part of the digest: append only. */
enum digest_kind {
	DIGEST_EVENT = 1,      /* time, type, a, b, sequence */
	DIGEST_HOST_UPDATE,    /* time, host, demand, given, power */
	DIGEST_VALUE,          /* recorded value: name hash, index, value */
	DIGEST_CONSTANT,       /* a resolved constant of the world: name hash, index, value */
	DIGEST_NOTE,           /* a lifecycle record: time, kind, a, b, c */
	DIGEST_HOST_OUTCOME,   /* a host's integrals at the end */
	DIGEST_VM_OUTCOME,     /* a guest's */
	DIGEST_MACHINE,        /* a run on the small machine: row, instructions, traps, direct, outcome */
	DIGEST_CLOUDSIM = 16,  /* CloudSim's study: a migration, or its figures */
	/* a span of application traffic: time, stream, state, arriving rate, packets lost */
	DIGEST_STREAM = 20,
	DIGEST_PROCESS,        /* a moved process: row, state, moved, lost, bytes forwarded */
};

static inline uint64_t digest_fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 p = (unsigned __int128)a * b;
	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static inline void digest_add(struct digest *d, enum digest_kind kind, const uint64_t w[static 5])
{
	uint64_t k = (uint64_t)kind * UINT64_C(0x9e3779b97f4a7c15);
	uint64_t x = digest_fold(w[0] ^ UINT64_C(0xa0761d6478bd642f) ^ k,
	                         w[1] ^ UINT64_C(0xe7037ed1a0b428db));
	uint64_t y = digest_fold(w[2] ^ UINT64_C(0x8ebc6af09c88c6e3),
	                         w[3] ^ UINT64_C(0x589965cc75374cc3) ^ k);
	uint64_t z = digest_fold(x ^ w[4], y ^ UINT64_C(0x1d8e4e27c47d124f));
	uint64_t lo = d->lo + z;
	d->hi += digest_fold(z ^ y, x ^ UINT64_C(0xeb44accab455d165)) + (lo < z);
	d->lo = lo;
}

/* The words of a double and of a string. */
uint64_t digest_of_double(double x);
uint64_t digest_of_string(const char *s);

/* 32 lower-case hexadecimal digits and a NUL. */
void digest_text(const struct digest *d, char text[static 33]);

#endif

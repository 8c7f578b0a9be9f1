/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the digest that are not hot: words of doubles and strings, and its text. */
#include "sim/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

uint64_t digest_of_double(double x)
{
	uint64_t word;
	memcpy(&word, &x, sizeof word);
	return word;
}

/* FNV-1a, 64 bits (Fowler, Noll and Vo, 1991). */
uint64_t digest_of_string(const char *s)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return hash;
}

void digest_text(const struct digest *d, char text[static 33])
{
	snprintf(text, 33, "%016" PRIx64 "%016" PRIx64, d->hi, d->lo);
}

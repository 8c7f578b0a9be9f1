/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of share.c: fair shares of up to 64 claimants, eight in a register, where there is AVX-512. */
#ifndef SIM_SHARE_FEW_H
#define SIM_SHARE_FEW_H

#include <stdbool.h>
#include <stdint.h>

#define SHARE_FEW 64

struct share_few {
	uint32_t n;                  /* at most SHARE_FEW */
	const int64_t *want, *floor; /* floor, weight: NULL as for share_solve */
	const uint32_t *weight;
	int64_t capacity;
};

/* The processor can. */
bool share_few_here(void);

/* What share_solve does, from the level *level, or afresh if that is 0. Leaves the level there, or 0
 * if all fits. Returns the sum, or -1 if it has not found it; `given` is then not valid. */
int64_t share_few(const struct share_few *c, int64_t *given, double *level);

#endif

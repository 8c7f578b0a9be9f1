/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario's sections `jobs` and `remus`: pure arithmetic, which takes no simulated time. */
#ifndef SCENARIOS_RESILIENCE_H
#define SCENARIOS_RESILIENCE_H

#include <stdint.h>

#include "analysis/resilience.h"
#include "scenarios/check.h"
#include "sim/digest.h"

/* Shapes that a law needs or does not use, intervals upside down, names twice. */
void resilience_check(const struct check *c);
/* A law's shape: there where it is needed, and only there. `what` is "hosts", "jobs"; `section` the
 * law's own: "failures.repair". */
void law_check(const struct check *c, const struct scenario_law *law, const char *what, uint32_t i,
               const char *section);

struct law law_of(const struct scenario_law *law);

/* Runs them; what came out goes into the digest. */
void resilience_go(struct resilience *r, const struct scenario *s, struct digest *digest);
void resilience_close(struct resilience *r);

#endif

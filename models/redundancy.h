/* SPDX-License-Identifier: GPL-3.0-or-later */
/* k of n: a service of n equal parts that works as long as k of them do, with crews that repair.
 *
 * A part that fails waits for a crew (first come, first served) and is as good as new when it is
 * repaired. With exponential times the number of failed parts is a birth-death process, of which the
 * closed forms are known (Trivedi, Probability and Statistics with Reliability, Queuing and Computer
 * Science Applications, 2002, ch. 8): i failed parts become i + 1 at rate (n - i)/up and i - 1 at rate
 * min(i, crews)/repair, so that
 *     pi_i = pi_0 prod_{j < i} (n - j) repair / (min(j + 1, crews) up),
 *     availability = sum of pi_0 .. pi_(n - k),
 * and the mean time from "all work" to the first failure of the service is the sum of h_0 .. h_(n - k),
 * where h_i, the mean time from i to i + 1, is (1 + min(i, crews)/repair h_(i - 1)) / ((n - i)/up).
 *
 * The simulation follows every part and takes any law of times. */
#ifndef MODELS_REDUNDANCY_H
#define MODELS_REDUNDANCY_H

#include <stdint.h>

#include "models/law.h"

#define REDUNDANCY_MOST 64

struct redundancy {
	uint32_t n, k, crews;           /* 1 <= k <= n <= REDUNDANCY_MOST; 1 <= crews <= n */
	struct law up, repair;
};

/* Of the means alone. */
double redundancy_availability(const struct redundancy *r);
double redundancy_mttf_s(const struct redundancy *r);

struct redundancy_outcome {
	int64_t down_ns;                /* of the service */
	int64_t first_ns;               /* when it failed first; the end: never */
	uint64_t failures;              /* of the service */
	uint64_t part_failures;
};
/* From "all work" to end_ns. */
struct redundancy_outcome redundancy_run(const struct redundancy *r, int64_t end_ns,
                                         struct random_stream *stream);

#endif

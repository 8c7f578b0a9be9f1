/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simulated time: an int64_t count of nanoseconds since the start of the run.
 *
 * A variable that holds one is named *_ns. Whole numbers, so that sums of intervals are exact and
 * equal on every machine. The one rounding rule: a quantity in seconds becomes the nearest
 * nanosecond, halves away from zero (time_from_s); a division of work by a rate rounds up, so that
 * nothing ends before its work is done (time_for_work).
 *
 * The last instant is TIME_MAX_NS, about 18.2 years: the event queue keeps an event's rank in the
 * four bits that this leaves free (sim/event.h). */
#ifndef SIM_TIME_H
#define SIM_TIME_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MIN (60 * NS_PER_S)
#define NS_PER_HOUR (3600 * NS_PER_S)
#define NS_PER_DAY (24 * NS_PER_HOUR)
#define TIME_MAX_NS ((INT64_C(1) << 59) - 1)

/* Seconds to nanoseconds, to nearest, halves away from zero. False (and *ns untouched) when s is
 * not finite or lies outside [0, TIME_MAX_NS]. */
bool time_from_s(double s, int64_t *ns);

/* Nanoseconds to seconds, for printing and results only. */
static inline double time_s(int64_t ns)
{
	return (double)ns / 1e9;
}

/* The shortest time in which `work` units are done at `rate` units a second (rounded up; rate > 0,
 * work >= 0). TIME_MAX_NS when it would be longer. */
int64_t time_for_work(int64_t work, int64_t rate);

#endif

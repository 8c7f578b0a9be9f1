/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two conversions into simulated time, each exact before its one rounding. */
#include "sim/time.h"

#include <math.h>

#include "sim/fault.h"

bool time_from_s(double s, int64_t *ns)
{
	if (!(s >= 0 && s < time_s(TIME_MAX_NS) + 1))
		return false;
	/* The product of the fraction is cut into its double and the exact rest, so that halves are
	 * seen as such. */
	double whole = floor(s);
	double product = (s - whole) * 1e9;
	double rest = fma(s - whole, 1e9, -product);
	double below = floor(product);
	double over = product - below;
	bool up = over > 0.5 || (over == 0.5 && rest >= 0);
	int64_t result = (int64_t)whole * NS_PER_S + (int64_t)below + up;
	if (result > TIME_MAX_NS)
		return false;
	*ns = result;
	return true;
}

int64_t time_for_work(int64_t work, int64_t rate)
{
	ASSERT(rate > 0 && work >= 0);
	if (work <= (INT64_MAX - rate) / NS_PER_S) { /* nearly always; 128-bit division is ten times dearer */
		int64_t ns = (work * NS_PER_S + rate - 1) / rate;
		return ns < TIME_MAX_NS ? ns : TIME_MAX_NS;
	}
	__extension__ unsigned __int128 scaled = (unsigned __int128)work * (uint64_t)NS_PER_S;
	__extension__ unsigned __int128 ns = (scaled + (uint64_t)rate - 1) / (uint64_t)rate;
	return ns < (uint64_t)TIME_MAX_NS ? (int64_t)ns : TIME_MAX_NS;
}

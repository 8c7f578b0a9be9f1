/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power of a host from its utilisation: one expression a form, used for one state and for many. */
#include "models/power.h"

#include <math.h>

#include "sim/fault.h"
#include "sim/lanes.h"

#define UW_PER_W 1e6
#define INTERVALS (POWER_POINTS - 1)

const char *const power_form_names[POWER_FORMS] = { "table", "linear", "sqrt", "square", "cubic" };

LANES_INLINE double watts(const struct power_curve *curve, enum power_form form, double u)
{
	double idle = curve->idle_w, span = curve->max_w - curve->idle_w;
	double at = u * INTERVALS;
	int32_t below = (int32_t)at;
	switch (form) {
	case POWER_TABLE:
		below = below < INTERVALS ? below : INTERVALS - 1;
		return curve->table_w[below]
			+ (at - (double)below) * (curve->table_w[below + 1] - curve->table_w[below]);
	case POWER_LINEAR: return idle + span * u;
	case POWER_SQRT: return idle + span * sqrt(u);
	case POWER_SQUARE: return idle + span * (u * u);
	default: return idle + span * (u * u * u);
	}
}

/* To the nearest, halves up: adding and taking 2^52 leaves the nearest even whole number. Up to 4.5 GW. */
LANES_INLINE double microwatts(double power_in_w)
{
	double exact = power_in_w * UW_PER_W;
	double nearest = (exact + 0x1p52) - 0x1p52;
	return nearest + (exact - nearest >= 0.5 ? 1.0 : 0.0);
}

double power_w(const struct power_curve *curve, double u_01)
{
	ASSERT(u_01 >= 0 && u_01 <= 1);
	return watts(curve, curve->form, u_01);
}

int64_t power_uw(const struct power_curve *curve, int64_t given_hz, int64_t capacity_hz)
{
	ASSERT(given_hz >= 0 && given_hz <= capacity_hz && capacity_hz > 0);
	return (int64_t)microwatts(watts(curve, curve->form, (double)given_hz / (double)capacity_hz));
}

struct span {
	uint32_t n;
	double capacity_hz;
};

LANES_INLINE void span_of(const struct power_curve *curve, enum power_form form, struct span span,
                          const double *restrict given_hz, double *restrict uw)
{
	const struct power_curve copy = *curve;
	for (uint32_t i = 0; i < span.n; i++)
		uw[i] = microwatts(watts(&copy, form, given_hz[i] / span.capacity_hz));
}

LANES void power_span(const struct power_curve *curve, uint32_t n, const double *given_hz,
                      double capacity_hz, double *uw)
{
	struct span span = { n, capacity_hz };
	ASSERT(capacity_hz > 0);
	switch (curve->form) {
	case POWER_TABLE: span_of(curve, POWER_TABLE, span, given_hz, uw); break;
	case POWER_LINEAR: span_of(curve, POWER_LINEAR, span, given_hz, uw); break;
	case POWER_SQRT: span_of(curve, POWER_SQRT, span, given_hz, uw); break;
	case POWER_SQUARE: span_of(curve, POWER_SQUARE, span, given_hz, uw); break;
	default: span_of(curve, POWER_CUBIC, span, given_hz, uw); break;
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear regression for the least mean relative error.
 *
 * Coefficients c that make the mean of |c x - y| / y least, by least squares weighted anew with the errors of
 * the pass before (Schlossmacher 1973). Unlike least squares it does not follow a few instants that are far
 * off. */
#ifndef ANALYSIS_REGRESSION_H
#define ANALYSIS_REGRESSION_H

#include <stdbool.h>
#include <stddef.h>

#define REGRESSION_COLUMNS 4

struct regression_row {
	double x[REGRESSION_COLUMNS], y; /* y > 0 */
};

/* False when the columns do not tell the coefficients apart. */
bool regression_fit(const struct regression_row *rows, size_t count, double c[static REGRESSION_COLUMNS]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elementary functions that give the same bits on every processor.
 *
 * glibc picks the code of exp, log, pow, sin, cos ... by the features of the processor (with or
 * without FMA), and the last bits differ. transcend.c defines those names itself, over SLEEF's
 * scalar functions of 1.0 ulp without FMA (Shibata and Petrogalli, IEEE TPDS 2020; the "cinz"
 * family, whose results are specified to the bit). Since a program's own definitions come before a
 * shared library's, GSL calls them too. Nothing else of ours may include <math.h> for a
 * transcendental function in simulated state; sqrt, floor, fma and the like are exact and stay
 * libm's.
 *
 * Call exp, log, ... as usual after including this header. A macro turns each call into one of
 * transcend_exp and so on, names the compiler knows nothing of: it would otherwise fold exp(1.0)
 * with MPFR, turn pow(x, 2) into x * x, or sin and cos into sincos, which may give other bits than
 * the function called. So our own calls also do not depend on who wins the name. Only double: expf,
 * logl and their like stay libm's and have no place in simulated state.
 *
 * transcend_active() is true when the definitions in the program are the ones that libraries see: a
 * test. */
#ifndef SIM_TRANSCEND_H
#define SIM_TRANSCEND_H

#include <math.h>
#include <stdbool.h>

bool transcend_active(void);

double transcend_exp(double x);
double transcend_exp2(double x);
double transcend_exp10(double x);
double transcend_expm1(double x);
double transcend_log(double x);
double transcend_log2(double x);
double transcend_log10(double x);
double transcend_log1p(double x);
double transcend_pow(double x, double y);
double transcend_sin(double x);
double transcend_cos(double x);
double transcend_tan(double x);
double transcend_asin(double x);
double transcend_acos(double x);
double transcend_atan(double x);
double transcend_atan2(double y, double x);
double transcend_sinh(double x);
double transcend_cosh(double x);
double transcend_tanh(double x);
double transcend_asinh(double x);
double transcend_acosh(double x);
double transcend_atanh(double x);
double transcend_cbrt(double x);
double transcend_erf(double x);
double transcend_erfc(double x);
double transcend_lgamma(double x);
/* lgamma also sets signgam, as libm's does: not for threads. */
double transcend_lgamma_r(double x, int *sign);
double transcend_tgamma(double x);
double transcend_hypot(double x, double y);
void transcend_sincos(double x, double *sine, double *cosine);   /* the same bits as sin and cos */

#define exp(x) transcend_exp(x)
#define exp2(x) transcend_exp2(x)
#define exp10(x) transcend_exp10(x)
#define expm1(x) transcend_expm1(x)
#define log(x) transcend_log(x)
#define log2(x) transcend_log2(x)
#define log10(x) transcend_log10(x)
#define log1p(x) transcend_log1p(x)
#define pow(x, y) transcend_pow(x, y)
#define sin(x) transcend_sin(x)
#define cos(x) transcend_cos(x)
#define tan(x) transcend_tan(x)
#define asin(x) transcend_asin(x)
#define acos(x) transcend_acos(x)
#define atan(x) transcend_atan(x)
#define atan2(y, x) transcend_atan2(y, x)
#define sinh(x) transcend_sinh(x)
#define cosh(x) transcend_cosh(x)
#define tanh(x) transcend_tanh(x)
#define asinh(x) transcend_asinh(x)
#define acosh(x) transcend_acosh(x)
#define atanh(x) transcend_atanh(x)
#define cbrt(x) transcend_cbrt(x)
#define erf(x) transcend_erf(x)
#define erfc(x) transcend_erfc(x)
#define lgamma(x) transcend_lgamma(x)
#define lgamma_r(x, sign) transcend_lgamma_r(x, sign)
#define tgamma(x) transcend_tgamma(x)
#define hypot(x, y) transcend_hypot(x, y)
#define sincos(x, sine, cosine) transcend_sincos(x, sine, cosine)

#endif

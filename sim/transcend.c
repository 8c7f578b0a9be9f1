/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The elementary functions of the program, under our names and under libm's, over SLEEF.
 *
 * Each function here is transcend_NAME; NAME itself is an alias of it, which the dynamic linker
 * finds before libm's. SLEEF needs nothing of libm. errno stays as it was, and no floating-point
 * exceptions are promised. */
#include "sim/transcend.h"

#include <dlfcn.h>
#include <sleef.h>
#include <stddef.h>

/* The parentheses keep the macros of the header from expanding the name. */
#define ALIAS(name) __attribute__((alias("transcend_" #name)))
#define ONE(name, sleef) \
	double transcend_##name(double x) { return sleef(x); } \
	double (name)(double x) ALIAS(name);
#define TWO(name, a, b, sleef) \
	double transcend_##name(double a, double b) { return sleef(a, b); } \
	double (name)(double a, double b) ALIAS(name);

ONE(exp, Sleef_cinz_expd1_u10purec)
ONE(exp2, Sleef_cinz_exp2d1_u10purec)
ONE(exp10, Sleef_cinz_exp10d1_u10purec)
ONE(expm1, Sleef_cinz_expm1d1_u10purec)
ONE(log, Sleef_cinz_logd1_u10purec)
ONE(log2, Sleef_cinz_log2d1_u10purec)
ONE(log10, Sleef_cinz_log10d1_u10purec)
ONE(log1p, Sleef_cinz_log1pd1_u10purec)
TWO(pow, x, y, Sleef_cinz_powd1_u10purec)
ONE(sin, Sleef_cinz_sind1_u10purec)
ONE(cos, Sleef_cinz_cosd1_u10purec)
ONE(tan, Sleef_cinz_tand1_u10purec)
ONE(asin, Sleef_cinz_asind1_u10purec)
ONE(acos, Sleef_cinz_acosd1_u10purec)
ONE(atan, Sleef_cinz_atand1_u10purec)
TWO(atan2, y, x, Sleef_cinz_atan2d1_u10purec)
ONE(sinh, Sleef_cinz_sinhd1_u10purec)
ONE(cosh, Sleef_cinz_coshd1_u10purec)
ONE(tanh, Sleef_cinz_tanhd1_u10purec)
ONE(asinh, Sleef_cinz_asinhd1_u10purec)
ONE(acosh, Sleef_cinz_acoshd1_u10purec)
ONE(atanh, Sleef_cinz_atanhd1_u10purec)
ONE(cbrt, Sleef_cinz_cbrtd1_u10purec)
ONE(erf, Sleef_cinz_erfd1_u10purec)
ONE(erfc, Sleef_cinz_erfcd1_u15purec)
ONE(tgamma, Sleef_cinz_tgammad1_u10purec)
TWO(hypot, x, y, Sleef_cinz_hypotd1_u05purec)

/* The sign of gamma(x): it alternates between the poles at 0, -1, -2, ... and a zero has the sign
 * that it has. */
double transcend_lgamma_r(double x, int *sign)
{
	bool negative = x == 0 ? signbit(x) : x < 0 && floor(x) != 2 * floor(floor(x) / 2);
	*sign = negative ? -1 : 1;
	return Sleef_cinz_lgammad1_u10purec(x);
}
double (lgamma_r)(double x, int *sign) ALIAS(lgamma_r);

double transcend_lgamma(double x)
{
	return transcend_lgamma_r(x, &signgam);
}
double (lgamma)(double x) ALIAS(lgamma);

/* Not SLEEF's sincos, whose last bits are not those of its sin and cos: compilers join two calls
 * into one. */
void transcend_sincos(double x, double *sine, double *cosine)
{
	*sine = transcend_sin(x);
	*cosine = transcend_cos(x);
}
void (sincos)(double x, double *sine, double *cosine) ALIAS(sincos);

struct name {
	const char *name;
	void (*ours)(void);
};

#define NAME(name) { #name, (void (*)(void))transcend_##name }
static const struct name names[] = {
	NAME(exp), NAME(exp2), NAME(exp10), NAME(expm1), NAME(log), NAME(log2), NAME(log10),
	NAME(log1p), NAME(pow), NAME(sin), NAME(cos), NAME(tan), NAME(asin), NAME(acos), NAME(atan),
	NAME(atan2), NAME(sinh), NAME(cosh), NAME(tanh), NAME(asinh), NAME(acosh), NAME(atanh),
	NAME(cbrt), NAME(erf), NAME(erfc), NAME(lgamma), NAME(lgamma_r), NAME(tgamma), NAME(hypot),
	NAME(sincos),
};

bool transcend_active(void)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		union {
			void *object;
			void (*function)(void);
		} found = { dlsym(RTLD_DEFAULT, names[i].name) };
		if (found.function != names[i].ours)
			return false;
	}
	return true;
}

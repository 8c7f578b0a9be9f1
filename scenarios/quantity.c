/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers with units: one table of units a dimension, one way to read a number. */
#include "scenarios/quantity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct unit units_time[] = {
	{"s", 1e9},    {"ns", 1},     {"us", 1e3},    {"ms", 1e6},
	{"min", 60e9}, {"h", 3600e9}, {"d", 86400e9}, {NULL, 0},
};
static const struct unit units_bytes[] = {
	{"GiB", 0x1p30}, {"B", 1}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
	{"KiB", 0x1p10}, {"MiB", 0x1p20}, {"TiB", 0x1p40}, {NULL, 0},
};
static const struct unit units_bit_rate[] = {
	{"Gbit/s", 1e9}, {"bit/s", 1}, {"kbit/s", 1e3}, {"Mbit/s", 1e6}, {"Tbit/s", 1e12},
	{"B/s", 8}, {"kB/s", 8e3}, {"MB/s", 8e6}, {"GB/s", 8e9},
	{"KiB/s", 0x1p13}, {"MiB/s", 0x1p23}, {"GiB/s", 0x1p33}, {NULL, 0},
};
static const struct unit units_cpu_rate[] = {
	{"GHz", 1e9}, {"Hz", 1}, {"kHz", 1e3}, {"MHz", 1e6}, {"MIPS", 1e6}, {"GIPS", 1e9}, {NULL, 0},
};
static const struct unit units_power[] = {
	{"W", 1}, {"mW", 1e-3}, {"kW", 1e3}, {"MW", 1e6}, {NULL, 0},
};
static const struct unit units_fraction[] = {{"%", 1e-2}, {NULL, 0}};
static const struct unit units_carbon[] = {{"g/kWh", 1}, {"kg/MWh", 1}, {NULL, 0}};
static const struct unit units_money[] = {{"EUR", 1}, {"USD", 1}, {NULL, 0}};
static const struct unit units_none[] = {{NULL, 0}};

const struct unit *const dimension_units[DIMENSIONS] = {
	[DIM_NONE] = units_none, [DIM_TIME] = units_time, [DIM_BYTES] = units_bytes,
	[DIM_BIT_RATE] = units_bit_rate, [DIM_CPU_RATE] = units_cpu_rate, [DIM_POWER] = units_power,
	[DIM_FRACTION] = units_fraction, [DIM_CARBON] = units_carbon, [DIM_MONEY] = units_money,
};

const char *const dimension_names[DIMENSIONS] = {
	[DIM_NONE] = "number", [DIM_TIME] = "time", [DIM_BYTES] = "bytes", [DIM_BIT_RATE] = "bit rate",
	[DIM_CPU_RATE] = "CPU rate", [DIM_POWER] = "power", [DIM_FRACTION] = "fraction",
	[DIM_CARBON] = "carbon intensity", [DIM_MONEY] = "money",
};

static const char *skip_digits(const char *p)
{
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

/* The end of a decimal number at the start of text, or NULL. strtod alone would also take "0x1p3" and
 * "infinity". */
static const char *number_end(const char *text)
{
	const char *p = text + (*text == '+' || *text == '-');
	const char *whole = p;
	p = skip_digits(p);
	bool digits = p > whole;
	if (*p == '.') {
		const char *part = p + 1;
		p = skip_digits(part);
		digits = digits || p > part;
	}
	if (!digits)
		return NULL;
	if (*p == 'e' || *p == 'E') {
		const char *exponent = p + 1 + (p[1] == '+' || p[1] == '-');
		const char *end = skip_digits(exponent);
		if (end > exponent)
			p = end;
	}
	return p;
}

static bool names_no_number(const char *text)
{
	const char *p = text + (*text == '+' || *text == '-' || *text == '.');
	return strncasecmp(p, "nan", 3) == 0 || strncasecmp(p, "inf", 3) == 0 ||
	       strncasecmp(p, ".inf", 4) == 0;
}

enum quantity_error quantity_number(const char *text, double *value, const char **rest)
{
	while (*text == ' ')
		text++;
	const char *end = number_end(text);
	if (!end)
		return names_no_number(text) ? QUANTITY_NOT_FINITE : QUANTITY_NOT_NUMBER;
	*value = strtod(text, NULL);
	while (*end == ' ')
		end++;
	*rest = end;
	return isfinite(*value) ? QUANTITY_OK : QUANTITY_NOT_FINITE;
}

enum quantity_error quantity_read(const char *text, enum dimension dimension, double *value,
                                  const char **unit)
{
	double number = 0;
	enum quantity_error error = quantity_number(text, &number, unit);
	if (error)
		return error;
	if (!**unit) {
		*value = number;
		bool plain = dimension == DIM_NONE || dimension == DIM_FRACTION || number == 0;
		return plain ? QUANTITY_OK : QUANTITY_NO_UNIT;
	}
	for (const struct unit *u = dimension_units[dimension]; u->name; u++) {
		if (strcmp(u->name, *unit) != 0)
			continue;
		/* Dividing by 100 rounds once; multiplying by 0.01 would make 70 % one bit more than 0.7. */
		*value = u->factor < 1 ? number / (1 / u->factor) : number * u->factor;
		return isfinite(*value) ? QUANTITY_OK : QUANTITY_NOT_FINITE;
	}
	return QUANTITY_UNKNOWN_UNIT;
}

void quantity_units(enum dimension dimension, char *text, uint32_t size)
{
	uint32_t used = 0;
	text[0] = '\0';
	for (const struct unit *u = dimension_units[dimension]; u->name && used < size; u++)
		used += (uint32_t)snprintf(text + used, size - used, "%s%s",
		                           u == dimension_units[dimension] ? "" : ", ", u->name);
}

void quantity_write(double value, enum dimension dimension, char *text, uint32_t size)
{
	const struct unit *units = dimension_units[dimension], *best = NULL;
	bool bare = !units->name || dimension == DIM_FRACTION;
	if (bare || value == 0) {
		snprintf(text, size, "%.6g", value);
		return;
	}
	/* The largest unit in which the value is at least 1; among those that write it shortest, the first
	 * of the table. */
	size_t best_length = SIZE_MAX;
	for (const struct unit *u = units; u->name; u++) {
		char digits[32];
		double scaled = fabs(value) / u->factor;
		if (scaled < 1 && u->factor > 1)
			continue;
		size_t length = (size_t)snprintf(digits, sizeof digits, "%.6g", scaled);
		if (length < best_length) {
			best = u;
			best_length = length;
		}
	}
	if (!best)
		best = units;
	snprintf(text, size, "%.6g %s", value / best->factor, best->name);
}

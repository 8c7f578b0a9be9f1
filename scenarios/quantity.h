/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers with units, as people write them: "4 GiB", "10 Gbit/s", "2.5 GHz", "300 s", "50 %".
 *
 * Each quantity has a dimension; a number without a unit is an error where the dimension has units (0 alone
 * is allowed, and fractions may be plain). Values are read exactly (strtod on the number, then one
 * multiplication or division) and rounded to the base unit's whole number where the base is an integer (ns,
 * bytes, Hz, bit/s), halves away from zero. */
#ifndef SCENARIOS_QUANTITY_H
#define SCENARIOS_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

enum dimension {
	DIM_NONE,        /* plain number */
	DIM_TIME,        /* ns: ns us ms s min h d */
	DIM_BYTES,       /* B kB MB GB TB KiB MiB GiB TiB */
	DIM_BIT_RATE,    /* bit/s: bit/s kbit/s Mbit/s Gbit/s Tbit/s, B/s kB/s MB/s GB/s, KiB/s MiB/s GiB/s */
	DIM_CPU_RATE,    /* Hz: Hz kHz MHz GHz, MIPS GIPS (one instruction a cycle) */
	DIM_POWER,       /* W: mW W kW MW */
	DIM_FRACTION,    /* 1: a plain number or % */
	DIM_CARBON,      /* g/kWh: g/kWh kg/MWh */
	DIM_MONEY,       /* a plain number with a currency: EUR USD */
	DIMENSIONS
};

struct unit {
	const char *name;
	double factor;   /* base units */
};

/* Ended by a NULL name; [0] is the preferred one for messages. */
extern const struct unit *const dimension_units[DIMENSIONS];
extern const char *const dimension_names[DIMENSIONS];

enum quantity_error {
	QUANTITY_OK, QUANTITY_NOT_NUMBER, QUANTITY_NO_UNIT, QUANTITY_UNKNOWN_UNIT, QUANTITY_NOT_FINITE
};

/* Reads the number at the start of text; *rest is what follows it, blanks skipped. Never QUANTITY_NO_UNIT or
 * QUANTITY_UNKNOWN_UNIT. */
enum quantity_error quantity_number(const char *text, double *value, const char **rest);

/* "s, ns, us, ...": the units of a dimension, for messages. */
void quantity_units(enum dimension dimension, char *text, uint32_t size);

/* Reads text into base units. On QUANTITY_UNKNOWN_UNIT *unit points at the unit inside text. */
enum quantity_error quantity_read(const char *text, enum dimension dimension, double *value,
                                  const char **unit);

/* "4 GiB", "1.5 h": a short way to write a value in base units, for tables and messages. */
void quantity_write(double value, enum dimension dimension, char *text, uint32_t size);

#endif

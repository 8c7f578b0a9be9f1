/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers with units, read and written. */
#include "scenarios/quantity.h"

#include <string.h>

#include "tests/test.h"

static double value_of(const char *text, enum dimension dimension)
{
	double value = -1;
	const char *unit;
	CU_ASSERT_EQUAL(quantity_read(text, dimension, &value, &unit), QUANTITY_OK);
	return value;
}

static enum quantity_error error_of(const char *text, enum dimension dimension)
{
	double value;
	const char *unit;
	return quantity_read(text, dimension, &value, &unit);
}

static void units_have_their_factors(void)
{
	CU_ASSERT_EQUAL(value_of("4 GiB", DIM_BYTES), 4294967296.0);
	CU_ASSERT_EQUAL(value_of("4GB", DIM_BYTES), 4e9);
	CU_ASSERT_EQUAL(value_of("1.5 h", DIM_TIME), 5400e9);
	CU_ASSERT_EQUAL(value_of("300.01 s", DIM_TIME), 300010000000.0);
	CU_ASSERT_EQUAL(value_of("10 Gbit/s", DIM_BIT_RATE), 1e10);
	CU_ASSERT_EQUAL(value_of("1 MiB/s", DIM_BIT_RATE), 8388608.0);
	CU_ASSERT_EQUAL(value_of("2500 MIPS", DIM_CPU_RATE), 2.5e9);
	CU_ASSERT_EQUAL(value_of("5 mW", DIM_POWER), 0.005);
	CU_ASSERT_EQUAL(value_of("380 g/kWh", DIM_CARBON), 380.0);
}

static void percents_round_once(void)
{
	for (int i = 0; i <= 100; i++) {
		char text[16];
		snprintf(text, sizeof text, "%d %%", i);
		CU_ASSERT_EQUAL(value_of(text, DIM_FRACTION), i / 100.0);
	}
	CU_ASSERT_EQUAL(value_of("0.7", DIM_FRACTION), 0.7);
}

static void units_are_required(void)
{
	CU_ASSERT_EQUAL(error_of("4", DIM_BYTES), QUANTITY_NO_UNIT);
	CU_ASSERT_EQUAL(value_of("0", DIM_BYTES), 0.0);
	CU_ASSERT_EQUAL(value_of("-0.0", DIM_TIME), 0.0);
	CU_ASSERT_EQUAL(value_of("1.58", DIM_NONE), 1.58);
	CU_ASSERT_EQUAL(error_of("4 Gib", DIM_BYTES), QUANTITY_UNKNOWN_UNIT);
	CU_ASSERT_EQUAL(error_of("4 GiB", DIM_TIME), QUANTITY_UNKNOWN_UNIT);
	CU_ASSERT_EQUAL(error_of("4 s", DIM_NONE), QUANTITY_UNKNOWN_UNIT);
	CU_ASSERT_EQUAL(error_of("4 GiB x", DIM_BYTES), QUANTITY_UNKNOWN_UNIT);
}

static void odd_numbers_are_refused(void)
{
	static const char *const none[] = {"", "GiB", "x4 GiB", "--4 GiB", ".", "e5", "+", "four GiB"};
	static const char *const infinite[] = {"nan",  "NaN GiB", ".nan",      "inf",      "-inf",
	                                       ".inf", "-.inf",   "1e999 GiB", "1e305 TiB"};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		CU_ASSERT_EQUAL(error_of(none[i], DIM_BYTES), QUANTITY_NOT_NUMBER);
	for (size_t i = 0; i < sizeof infinite / sizeof *infinite; i++)
		CU_ASSERT_EQUAL(error_of(infinite[i], DIM_BYTES), QUANTITY_NOT_FINITE);
	CU_ASSERT_EQUAL(error_of("0x10 GiB", DIM_BYTES), QUANTITY_UNKNOWN_UNIT);
	CU_ASSERT_EQUAL(value_of("1e3 B", DIM_BYTES), 1000.0);
	CU_ASSERT_EQUAL(value_of(".5 kB", DIM_BYTES), 500.0);
	CU_ASSERT_EQUAL(value_of("5. kB", DIM_BYTES), 5000.0);
}

static void written_is_what_a_person_writes(void)
{
	static const struct { double value; enum dimension dimension; const char *text; } cases[] = {
		{4294967296.0, DIM_BYTES, "4 GiB"}, {4e9, DIM_BYTES, "4 GB"}, {5400e9, DIM_TIME, "90 min"},
		{300e9, DIM_TIME, "5 min"}, {1e10, DIM_BIT_RATE, "10 Gbit/s"}, {1, DIM_TIME, "1 ns"},
		{0, DIM_BYTES, "0"}, {0.5, DIM_FRACTION, "0.5"}, {1860e6, DIM_CPU_RATE, "1.86 GHz"},
		{89.4, DIM_POWER, "89.4 W"}, {7, DIM_NONE, "7"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[40];
		quantity_write(cases[i].value, cases[i].dimension, text, sizeof text);
		CU_ASSERT_STRING_EQUAL(text, cases[i].text);
	}
}

static void what_is_written_can_be_read(void)
{
	for (enum dimension d = DIM_NONE; d < DIMENSIONS; d++)
		for (const struct unit *u = dimension_units[d]; u->name; u++) {
			char text[40];
			quantity_write(3 * u->factor, d, text, sizeof text);
			double back = value_of(text, d);
			CU_ASSERT_DOUBLE_EQUAL(back, 3 * u->factor, 1e-5 * u->factor);
		}
}

static const struct test tests[] = {
	{"every unit has its factor", units_have_their_factors},
	{"a percentage is the nearest double", percents_round_once},
	{"a quantity needs a unit, 0 alone does not", units_are_required},
	{"what is no finite decimal number is refused", odd_numbers_are_refused},
	{"quantities are written as people write them", written_is_what_a_person_writes},
	{"what is written can be read back", what_is_written_can_be_read},
};
SUITE(scenarios_quantity, tests)

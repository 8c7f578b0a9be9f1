/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON writer and the CSV writer: what they put on paper. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/table.h"
#include "tests/test.h"

static void nested(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct json j;
	json_begin(&j, out);
	json_object(&j, NULL);
	json_int(&j, "least", INT64_MIN);
	json_list(&j, "empty");
	json_close(&j);
	json_list(&j, "list");
	json_bool(&j, NULL, true);
	json_text(&j, NULL, NULL);
	json_close(&j);
	json_close(&j);
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, "{\n  \"least\": -9223372036854775808,\n  \"empty\": [],\n"
	                             "  \"list\": [\n    true,\n    null\n  ]\n}\n");
	free(text);
}

static void escaped(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct json j;
	json_begin(&j, out);
	json_text(&j, NULL, "a \"b\"\\\n\t\x01 \xc3\xa9");
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, "\"a \\\"b\\\"\\\\\\n\\t\\u0001 \xc3\xa9\"");
	free(text);
}

static void reals(void)
{
	static const double values[] = {0.1, 1.0 / 3, 802.75, 1e300, 5e-324, -0.0, 123456789.123456789};
	char text[40];
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		real_text(values[i], text, sizeof text);
		double back = strtod(text, NULL);
		CU_ASSERT_EQUAL(memcmp(&back, &values[i], sizeof back), 0);
	}
	real_text(0.1, text, sizeof text);
	CU_ASSERT_STRING_EQUAL(text, "0.1");
}

static void not_finite(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct json j;
	json_begin(&j, out);
	json_list(&j, NULL);
	json_real(&j, NULL, (double)NAN);
	json_real(&j, NULL, (double)INFINITY);
	json_close(&j);
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, "[\n  null,\n  null\n]\n");
	free(text);
}

static void heading(const void *context, uint32_t column, struct cell *cell)
{
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", column ? "n" : "name");
}

static void text_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	static const char *const cells[2][2] = {{"a, \"b\"", "7"}, {"\xc3\xa9", "1234"}};
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", cells[row][column]);
	cell->number = column == 1;
}

static void tables(void)
{
	const struct table table = {.rows = 2, .columns = 2, .heading = heading, .cell = text_cell};
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	table_print(&table, TABLE_CSV, out);
	table_print(&table, TABLE_ALIGNED, out);
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, "name,n\n\"a, \"\"b\"\"\",7\n\xc3\xa9,1234\n"
	                             "name       n\na, \"b\"     7\n\xc3\xa9       1234\n");
	free(text);
}

static const struct test tests[] = {
	{"objects and lists nest, and an empty list is one word", nested},
	{"quotes, backslashes and control characters are escaped", escaped},
	{"reals read back to the same bits, in as few digits as do", reals},
	{"what is not finite becomes null", not_finite},
	{"CSV quotes what it must, and aligned columns count characters", tables},
};

SUITE(cli_json, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads carbon intensities of the hours of a run. */
#include "scenarios/carbon_trace.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scenarios/archive.h"
#include "scenarios/quantity.h"
#include "scenarios/trace.h"
#include "sim/memory.h"

#define S_PER_HOUR INT64_C(3600)
#define LINE_ROOM 128
#define G_PER_KWH_MOST 10000

#define GRID(code, country) \
	{"carbon/" code, "carbon-intensity/" code "_2021-2024.csv.gz", "carbon", \
	 "Carbon intensity of electricity in " country ", hourly, 2021 to 2024 (Electricity Maps)", \
	 "https://github.com/atlarge-research/opendc-traces", NULL}

const struct trace_info carbon_table[] = {
	GRID("DE", "Germany"), GRID("FR", "France"), GRID("NL", "the Netherlands"), GRID("PL", "Poland"),
	{NULL, NULL, NULL, NULL, NULL, NULL},
};

/* Days from 1970-01-01 in the Gregorian calendar; years begin in March, so that the leap day is their last
 * (H. Hinnant, "chrono-compatible low-level date algorithms", 2013). */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = year / 400, of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

/* Two digits after `mark`; moves on behind them. */
static bool two_digits(const char **text, char mark, int most, int *value)
{
	const char *p = *text;
	if (p[0] != mark || p[1] < '0' || p[1] > '9' || p[2] < '0' || p[2] > '9')
		return false;
	*value = (p[1] - '0') * 10 + p[2] - '0';
	*text = p + 3;
	return *value <= most;
}

bool instant_read(const char *text, int64_t *unix_s)
{
	int year = 0, month, day, hour = 0, minute = 0, second = 0;
	const char *p = text;
	for (; p < text + 4; p++) {
		if (*p < '0' || *p > '9')
			return false;
		year = year * 10 + *p - '0';
	}
	if (year < 1970 || !two_digits(&p, '-', 12, &month) || !two_digits(&p, '-', 31, &day))
		return false;
	if (!month || !day || day > days_of_month(year, month))
		return false;
	if (*p) {
		if (!two_digits(&p, 'T', 23, &hour) || !two_digits(&p, ':', 59, &minute))
			return false;
		if (*p == ':' && !two_digits(&p, ':', 59, &second))
			return false;
		if (*p == '.')
			p += 1 + strspn(p + 1, "0123456789");
		if (strcmp(p, "Z") != 0)
			return false;
	}
	*unix_s = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	return true;
}

struct carbon_reading {
	const char *path;
	int64_t first_hour;        /* since 1970 */
	struct carbon_series *series;
	struct diag *diag;
	bool well;
};

static bool line_bad(struct carbon_reading *r, uint32_t number, const char *why)
{
	diag_error(r->diag, (struct place){r->path, number, 1}, "%s", why);
	r->well = false;
	return false;
}

static bool line_read(struct carbon_reading *r, char *line, uint32_t number)
{
	int64_t at_s;
	double value;
	const char *rest;
	char *comma = strchr(line, ',');
	if (number == 1 && (*line < '0' || *line > '9'))
		return true; /* headings */
	if (!*line)
		return true;
	if (!comma)
		return line_bad(r, number, "a line is 'instant,grams a kWh'; here is no comma");
	*comma = '\0';
	if (!instant_read(line, &at_s))
		return line_bad(r, number, "the first column is an instant like 2023-01-15T06:00:00Z (UTC)");
	if (quantity_number(comma + 1, &value, &rest) != QUANTITY_OK || *rest || !(value >= 0) ||
	    value > G_PER_KWH_MOST)
		return line_bad(r, number, "the second column is grams a kWh, from 0 to 10000");
	int64_t hour = at_s / S_PER_HOUR - r->first_hour;
	if (at_s % S_PER_HOUR)
		return line_bad(r, number, "values are hourly, on the hour");
	if (hour >= 0 && hour < r->series->count)
		r->series->g_per_kwh[hour] = value;
	return true;
}

static void lines_read(struct carbon_reading *r, const char *at, const char *end)
{
	for (uint32_t number = 1; at < end && r->well; number++) {
		char line[LINE_ROOM];
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline ? newline : end) - at);
		if (length >= sizeof line) {
			line_bad(r, number, "a line of more than 127 bytes");
			return;
		}
		memcpy(line, at, length);
		line[length] = '\0';
		line[strcspn(line, "\r")] = '\0';
		line_read(r, line, number);
		at += length + (newline != NULL);
	}
}

bool carbon_parse(const struct carbon_text *text, int64_t first_hour, struct carbon_series *series,
                  struct diag *diag)
{
	struct carbon_reading r = {text->path, first_hour, series, diag, true};
	lines_read(&r, text->at, text->at + text->size);
	return r.well;
}

static bool file_read(void *context, const struct archive_file *file)
{
	struct carbon_reading *r = context;
	const struct carbon_text text = {r->path, file->data, file->size};
	r->well = carbon_parse(&text, r->first_hour, r->series, r->diag);
	return false; /* one file is all */
}

static bool hours_there(const struct carbon_reading *r, const char *name, struct place place)
{
	for (uint32_t h = 0; r->well && h < r->series->count; h++) {
		if (!isnan(r->series->g_per_kwh[h]))
			continue;
		time_t at = (time_t)((r->first_hour + h) * S_PER_HOUR);
		struct tm utc;
		char when[32] = "";
		if (gmtime_r(&at, &utc))
			strftime(when, sizeof when, "%Y-%m-%dT%H:%MZ", &utc);
		diag_error(r->diag, place,
		           "the carbon trace '%.60s' has no value for %s, which the run touches", name, when);
		return false;
	}
	return r->well;
}

bool carbon_trace_read(const char *name, const struct carbon_span *span, struct carbon_series *series,
                       struct place place, struct diag *diag)
{
	char path[PATH_MAX];
	*series = (struct carbon_series){0};
	if (!trace_look(name, path, sizeof path, place, diag))
		return false;
	series->phase_ns = span->start_s % S_PER_HOUR * INT64_C(1000000000);
	series->count = carbon_hours(series->phase_ns, span->duration_ns);
	series->g_per_kwh = memory_new(series->count, sizeof *series->g_per_kwh, "carbon intensities");
	for (uint32_t h = 0; h < series->count; h++)
		series->g_per_kwh[h] = (double)NAN;
	struct carbon_reading r = {path, span->start_s / S_PER_HOUR, series, diag, true};
	if (archive_read(path, NULL, file_read, &r, place, diag) && hours_there(&r, name, place))
		return true;
	free(series->g_per_kwh);
	*series = (struct carbon_series){0};
	return false;
}

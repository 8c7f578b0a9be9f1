/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Splits lines and reads numbers: the quick way where it is exact, strtod's where not. */
#include "scenarios/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/time.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct text_field trimmed(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	while (end > at && is_blank(end[-1]))
		end--;
	if (end - at >= 2 && *at == '"' && end[-1] == '"') {
		at++;
		end--;
	}
	return (struct text_field){at, (uint32_t)(end - at)};
}

/* The end of the field at `at`. Separators between quotes belong to it. */
static const char *field_end(const char *at, const char *end, char separator)
{
	while (at < end && is_blank(*at) && *at != separator)
		at++;
	if (at < end && *at == '"') {
		const char *quote = memchr(at + 1, '"', (size_t)(end - at - 1));
		while (quote && quote + 1 < end && quote[1] == '"')
			quote = memchr(quote + 2, '"', (size_t)(end - quote - 2));
		at = quote ? quote : at;
	}
	while (at < end && *at != separator && (separator != ' ' || !is_blank(*at)))
		at++;
	return at;
}

static void line_split(struct text_lines *lines, const char *at, const char *end)
{
	lines->count = 0;
	for (;;) {
		if (lines->separator == ' ') {
			while (at < end && is_blank(*at))
				at++;
			if (at == end)
				return;
		}
		const char *stop = field_end(at, end, lines->separator);
		if (lines->count < TEXT_FIELDS)
			lines->fields[lines->count++] = trimmed(at, stop);
		if (stop == end)
			return;
		at = stop + 1;
	}
}

bool text_next(struct text_lines *lines)
{
	if (lines->line == 0 && lines->stop - lines->at >= 3 && memcmp(lines->at, "\xef\xbb\xbf", 3) == 0)
		lines->at += 3; /* the byte order mark that spreadsheets write */
	while (lines->at < lines->stop) {
		const char *at = lines->at;
		const char *end = memchr(at, '\n', (size_t)(lines->stop - at));
		end = end ? end : lines->stop;
		lines->at = end < lines->stop ? end + 1 : end;
		lines->line++;
		while (at < end && is_blank(*at) && (lines->separator == ' ' || *at != lines->separator))
			at++;
		if (at == end)
			continue;
		line_split(lines, at, end);
		return true;
	}
	return false;
}

char text_separator(const char *at, const char *stop)
{
	static const char candidates[] = ";\t,";
	const char *end = memchr(at, '\n', (size_t)(stop - at));
	for (const char *c = candidates; *c; c++)
		if (memchr(at, *c, (size_t)((end ? end : stop) - at)))
			return *c;
	return ' ';
}

/* A decimal number taken apart: mantissa times ten to the power of ten. */
struct decimal {
	uint64_t mantissa;
	int power, digits;
	bool negative;
};

static const char *digits_read(const char *p, const char *stop, struct decimal *d, int behind)
{
	for (; p < stop && is_digit(*p); p++) {
		d->digits++;
		if (d->mantissa < UINT64_C(1) << 59) {
			d->mantissa = d->mantissa * 10 + (uint64_t)(*p - '0');
			d->power -= behind;
		} else {
			d->mantissa |= UINT64_C(1) << 60; /* too long for the quick way */
		}
	}
	return p;
}

static bool decimal_read(struct text_field f, char point, struct decimal *d)
{
	const char *p = f.at, *stop = f.at + f.length;
	*d = (struct decimal){.negative = p < stop && *p == '-'};
	p += p < stop && (*p == '-' || *p == '+');
	p = digits_read(p, stop, d, 0);
	if (p < stop && *p == point)
		p = digits_read(p + 1, stop, d, 1);
	if (!d->digits)
		return false;
	if (p < stop && (*p == 'e' || *p == 'E')) {
		bool negative = p + 1 < stop && p[1] == '-';
		int exponent = 0;
		p += 1 + (p + 1 < stop && (p[1] == '-' || p[1] == '+'));
		if (p == stop)
			return false;
		for (; p < stop && is_digit(*p); p++)
			exponent = exponent < 10000 ? exponent * 10 + (*p - '0') : exponent;
		d->power += negative ? -exponent : exponent;
	}
	return p == stop;
}

bool text_number(struct text_field field, bool comma, double *value)
{
	/* Powers of ten that a double holds exactly: one rounding, so the result is the nearest double
	 * (Clinger 1990). */
	static const double powers[] = {
		1e0,
		1e1,
		1e2,
		1e3,
		1e4,
		1e5,
		1e6,
		1e7,
		1e8,
		1e9,
		1e10,
		1e11,
		1e12,
		1e13,
		1e14,
		1e15,
		1e16,
		1e17,
		1e18,
		1e19,
		1e20,
		1e21,
		1e22,
	};
	struct decimal d;
	char copy[400];
	if (!decimal_read(field, comma ? ',' : '.', &d))
		return false;
	if (d.mantissa <= UINT64_C(1) << 53 && d.power >= -22 && d.power <= 22) {
		double x = (double)d.mantissa;
		x = d.power < 0 ? x / powers[-d.power] : x * powers[d.power];
		*value = d.negative ? -x : x;
		return true;
	}
	if (field.length >= sizeof copy)
		return false;
	memcpy(copy, field.at, field.length);
	copy[field.length] = '\0';
	char *at = comma ? strchr(copy, ',') : NULL;
	if (at)
		*at = '.';
	*value = strtod(copy, NULL);
	return isfinite(*value);
}

/* `count` digits at *p as a number; -1 when they are none. */
static int digits(const char **p, const char *stop, int count)
{
	int n = 0;
	for (int i = 0; i < count; i++, (*p)++) {
		if (*p == stop || !is_digit(**p))
			return -1;
		n = n * 10 + (**p - '0');
	}
	return n;
}

static bool skips(const char **p, const char *stop, const char *any)
{
	bool there = *p < stop && strchr(any, **p) && **p;
	*p += there;
	return there;
}

/* Days since 1970-01-01 in the Gregorian calendar (Hinnant 2013, days_from_civil). */
static int64_t days_since_1970(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = year / 400, of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The fraction of a second in nanoseconds, its point read; false when there are no digits. */
static bool fraction_read(const char **p, const char *stop, int64_t *ns)
{
	const char *first = *p;
	int64_t unit = 100000000;
	for (*ns = 0; *p < stop && is_digit(**p); (*p)++, unit /= 10)
		*ns += (**p - '0') * unit;
	return *p > first;
}

bool text_date(struct text_field field, int64_t *ns)
{
	const char *p = field.at, *stop = p + field.length;
	bool dotted = field.length > 2 && p[2] == '.';
	int year = 0, day = 0, month;
	int64_t rest_ns = 0;
	if (dotted)
		day = digits(&p, stop, 2);
	else
		year = digits(&p, stop, 4);
	if (!skips(&p, stop, dotted ? "." : "-/"))
		return false;
	month = digits(&p, stop, 2);
	if (!skips(&p, stop, dotted ? "." : "-/"))
		return false;
	if (dotted)
		year = digits(&p, stop, 4);
	else
		day = digits(&p, stop, 2);
	if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	int hour = 0, minute = 0, second = 0;
	if (p < stop) {
		bool well = skips(&p, stop, " T") && (hour = digits(&p, stop, 2)) >= 0 &&
		            skips(&p, stop, ":") && (minute = digits(&p, stop, 2)) >= 0;
		if (well && skips(&p, stop, ":"))
			well = (second = digits(&p, stop, 2)) >= 0;
		if (well && skips(&p, stop, "."))
			well = fraction_read(&p, stop, &rest_ns);
		skips(&p, stop, "Z");
		if (!well || p != stop || hour > 24 || minute > 59 || second > 60)
			return false;
	}
	*ns = (((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * NS_PER_S +
	      rest_ns;
	return true;
}

bool text_is(struct text_field field, const char *text)
{
	return strlen(text) == field.length && memcmp(field.at, text, field.length) == 0;
}

bool text_wrong(struct text_mistake *mistake, uint32_t line, struct text_field field, const char *what)
{
	mistake->line = line;
	snprintf(mistake->text, sizeof mistake->text, "'%.*s%s' %s",
	         field.length > 40 ? 40 : (int)field.length, field.at, field.length > 40 ? "..." : "",
	         what);
	for (char *c = mistake->text; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
	return false;
}

struct text_field text_file_name(const char *path, const char *name)
{
	static const char *const packings[] = {".gz", ".xz", ".bz2", ".zst", ".csv", ".txt", NULL};
	const char *slash = strrchr(name, '/');
	name = slash ? slash + 1 : name;
	if (strcmp(name, "data") == 0) {
		slash = strrchr(path, '/');
		name = slash ? slash + 1 : path;
	}
	struct text_field f = {name, (uint32_t)strlen(name)};
	for (const char *const *p = packings; *p; p++) {
		uint32_t n = (uint32_t)strlen(*p);
		if (f.length > n && memcmp(f.at + f.length - n, *p, n) == 0)
			f.length -= n;
	}
	return f;
}

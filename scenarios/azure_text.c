/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The four kinds of text in Azure's list of arrivals. */
#include "scenarios/azure.h"

#include <stdlib.h>
#include <string.h>

#define STEP_S 300

static bool mistaken(struct azure_mistake *mistake, uint32_t line, const char *text)
{
	*mistake = (struct azure_mistake){line, text};
	return false;
}

/* A whole number of at most nine digits; false and *at unmoved when there is none. */
static bool number(const char **at, uint32_t *value)
{
	uint32_t digits = 0, sum = 0;
	for (; (*at)[digits] >= '0' && (*at)[digits] <= '9' && digits < 9; digits++)
		sum = sum * 10 + (uint32_t)((*at)[digits] - '0');
	*value = sum;
	*at += digits;
	return digits && !(**at >= '0' && **at <= '9');
}

static void item_add(struct azure_items *items, uint32_t stamp_s, uint32_t batch, uint8_t value)
{
	if (items->count == items->room) {
		uint32_t room = items->room ? 2 * items->room : 1024;
		items->stamp_s = memory_resize(items->stamp_s, items->room, room, sizeof *items->stamp_s,
		                               "arrivals");
		items->batch = memory_resize(items->batch, items->room, room, sizeof *items->batch,
		                             "arrivals");
		items->value = memory_resize(items->value, items->room, room, 1, "arrivals");
		items->room = room;
	}
	items->stamp_s[items->count] = stamp_s;
	items->batch[items->count] = batch;
	items->value[items->count++] = value;
}

/* "b" or "U17"; false when it is neither. */
static bool value_parse(const char **at, bool lifetimes, uint8_t *value)
{
	char c = *(*at)++;
	uint32_t bin;
	if (!lifetimes) {
		*value = (uint8_t)c;
		return c >= 'a' && c <= 'z';
	}
	if ((c != 'U' && c != 'C') || !number(at, &bin) || bin >= AZURE_BINS)
		return false;
	*value = (uint8_t)(bin + (c == 'C' ? AZURE_CUT : 0));
	return true;
}

bool azure_parse(const char *text, size_t size, bool lifetimes, struct azure_items *items,
                 struct azure_mistake *mistake)
{
	const char *at = text, *stop = text + size;
	const char *what = lifetimes ? "a lifetime is U or C and a bin below 128"
	                             : "a size is a letter from a to z";
	uint32_t batch = 0, last_s = 0, stamp_s;
	*items = (struct azure_items){0};
	*mistake = (struct azure_mistake){0, ""};
	for (uint32_t line = 1; at < stop; line++) {
		if (!number(&at, &stamp_s) || *at++ != ' ' || stamp_s > AZURE_STAMP_MOST)
			return mistaken(mistake, line, "the line does not begin with seconds and a blank");
		if (stamp_s < last_s)
			return mistaken(mistake, line, "its stamp is before the last line's");
		last_s = stamp_s;
		while (at < stop && *at != '\n' && *at != '\r') {
			uint8_t value = 0;
			bool ends = *at == '|';
			if (!ends && !value_parse(&at, lifetimes, &value))
				return mistaken(mistake, line, what);
			at += ends;
			batch += ends;
			if (!ends && items->count >= ARRIVALS_MOST)
				return mistaken(mistake, line, "more than 100 million arrivals");
			if (!ends)
				item_add(items, stamp_s, batch, value);
			if (*at == ',')
				at++;
			else if (at < stop && *at != '\n' && *at != '\r')
				return mistaken(mistake, line, "a comma is missing between two of its items");
		}
		batch++; /* a batch does not go on in the next line */
		at += *at == '\r';
		at += at < stop && *at == '\n';
	}
	return items->count ? true : mistaken(mistake, 0, "it has no arrivals");
}

void azure_items_free(struct azure_items *items)
{
	free(items->stamp_s);
	free(items->batch);
	free(items->value);
	*items = (struct azure_items){0};
}

/* The end of a line, or of the text. */
static bool line_ends(const char **at, const char *stop)
{
	*at += **at == '\r';
	if (*at >= stop)
		return true;
	return *(*at)++ == '\n';
}

bool azure_bins_parse(const char *text, size_t size, struct azure_bins *bins, struct azure_mistake *mistake)
{
	const char *at = text, *stop = text + size;
	*mistake = (struct azure_mistake){0, ""};
	bins->count = 0;
	for (uint32_t b = 0; b < AZURE_BINS; b++) {
		bins->least[b] = UINT32_MAX;
		bins->most[b] = 0;
	}
	for (uint32_t line = 1; at < stop; line++) {
		uint32_t life_s, bin;
		if (!number(&at, &life_s) || *at++ != ' ' || !number(&at, &bin) ||
		    !line_ends(&at, stop))
			return mistaken(mistake, line, "a line is seconds, a blank and a bin");
		if (life_s % STEP_S || life_s > AZURE_STAMP_MOST || bin >= AZURE_BINS)
			return mistaken(mistake, line, "lifetimes are multiples of 300 s, bins below 128");
		uint32_t step = life_s / STEP_S;
		bins->least[bin] = step < bins->least[bin] ? step : bins->least[bin];
		bins->most[bin] = step > bins->most[bin] ? step : bins->most[bin];
		bins->count = bin >= bins->count ? bin + 1 : bins->count;
	}
	return bins->count ? true : mistaken(mistake, 0, "it has no bins");
}

/* "0.75" in thousandths: at most three digits behind the point. */
static bool thousandths(const char **at, int64_t *value)
{
	uint32_t whole, rest = 0;
	if (!number(at, &whole))
		return false;
	uint32_t weight = 1000;
	if (**at == '.')
		for (++*at; **at >= '0' && **at <= '9' && weight > 1; ++*at)
			rest += (uint32_t)(**at - '0') * (weight /= 10);
	*value = (int64_t)whole * 1000 + rest;
	return whole <= 1000000;
}

bool azure_sizes_parse(const char *text, size_t size, struct arrivals_flavour sizes[static 26],
                       struct azure_mistake *mistake)
{
	const char *at = text, *stop = text + size;
	*mistake = (struct azure_mistake){0, ""};
	memset(sizes, 0, 26 * sizeof *sizes);
	for (uint32_t line = 1; at < stop; line++) {
		int64_t cpu_milli, ram_milli;
		if (!thousandths(&at, &cpu_milli) || *at++ != ',' || !thousandths(&at, &ram_milli) ||
		    *at++ != ' ')
			return mistaken(mistake, line,
			                "a line is virtual CPUs, a comma, GB, a blank and a letter");
		char letter = *at++;
		if (letter < 'a' || letter > 'z' || !line_ends(&at, stop))
			return mistaken(mistake, line, "a size is called by a letter from a to z");
		if (cpu_milli <= 0 || cpu_milli > 4096000 || ram_milli <= 0 ||
		    sizes[letter - 'a'].cpu_milli)
			return mistaken(mistake, line,
			                "sizes are above 0, at most 4096 CPUs, and each letter is there "
			                "once");
		sizes[letter - 'a'].cpu_milli = cpu_milli;
		sizes[letter - 'a'].ram_bytes = ((ram_milli << 30) + 500) / 1000;
	}
	return true;
}

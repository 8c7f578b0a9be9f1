/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the reader of one PlanetLab file (libFuzzer). Beside memory errors it looks for wrong
 * answers: what is accepted must be whole percents whose text, written anew, is accepted as the
 * same samples. */
#include "scenarios/planetlab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int holds)
{
	if (!holds)
		abort();
}

/* Exactly the room that the contract names, so that a sanitizer sees one sample too many. */
static uint32_t parse(const char *text, size_t size, uint8_t **samples, struct planetlab_mistake *mistake)
{
	*samples = malloc(size / 2 + 1);
	expect(*samples != NULL);
	return planetlab_parse(text, size, *samples, mistake);
}

static void written_anew(const uint8_t *samples, uint32_t count)
{
	char *text = malloc((size_t)count * 4 + 1), *at = text;
	uint8_t *again;
	struct planetlab_mistake mistake;
	expect(text != NULL);
	for (uint32_t i = 0; i < count; i++) {
		expect(samples[i] <= 100);
		at += snprintf(at, 5, "%d\n", samples[i]);
	}
	expect(parse(text, (size_t)(at - text), &again, &mistake) == count);
	expect(memcmp(samples, again, count) == 0);
	free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	uint8_t *samples;
	struct planetlab_mistake mistake;
	expect(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	uint32_t count = parse(text, size, &samples, &mistake);
	if (count)
		written_anew(samples, count);
	else
		expect(*mistake.text && memchr(mistake.text, 0, sizeof mistake.text) && mistake.line <= size);
	free(samples);
	free(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the readers of Azure's four kinds of text (libFuzzer); the first byte says which. What is accepted
 * must be in order, within its limits, and each mistake must have words. */
#include "scenarios/azure.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int holds)
{
	if (!holds)
		abort();
}

static bool items(const char *text, size_t size, bool lifetimes, struct azure_mistake *mistake)
{
	struct azure_items items;
	bool well = azure_parse(text, size, lifetimes, &items, mistake);
	for (uint32_t i = 0; i < items.count; i++) {
		expect(lifetimes || (items.value[i] >= 'a' && items.value[i] <= 'z'));
		expect(items.stamp_s[i] <= AZURE_STAMP_MOST);
		expect(!i || items.stamp_s[i] >= items.stamp_s[i - 1]);
		expect(!i || items.batch[i] >= items.batch[i - 1]);
	}
	expect(!well || items.count);
	azure_items_free(&items);
	return well;
}

static bool bins(const char *text, size_t size, struct azure_mistake *mistake)
{
	struct azure_bins bins;
	bool well = azure_bins_parse(text, size, &bins, mistake);
	for (uint32_t b = 0; well && b < AZURE_BINS; b++)
		expect(b < bins.count || bins.least[b] > bins.most[b]);
	return well;
}

static bool sizes(const char *text, size_t size, struct azure_mistake *mistake)
{
	struct arrivals_flavour sizes[26];
	bool well = azure_sizes_parse(text, size, sizes, mistake);
	for (unsigned i = 0; well && i < 26; i++)
		expect((sizes[i].cpu_milli > 0) == (sizes[i].ram_bytes > 0));
	return well;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct azure_mistake mistake = {0, ""};
	if (!size)
		return 0;
	size_t length = size - 1;
	char *text = malloc(length + 1);
	bool well;
	expect(text != NULL);
	memcpy(text, data + 1, length);
	text[length] = '\0';
	switch (*data) {
	case 's':
		well = sizes(text, length, &mistake);
		break;
	case 'm':
		well = bins(text, length, &mistake);
		break;
	default:
		well = items(text, length, *data == 'l', &mistake);
	}
	expect(well || *mistake.text);
	expect(mistake.line <= length + 1);
	free(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts refusals and makes a note of each. */
#include "policies/reasons.h"

#include <stdio.h>
#include <string.h>

static uint32_t number_of(struct reasons *r, const char *why)
{
	uint32_t k = 0;
	while (k < r->count && strncmp(r->at[k].text, why, REASONS_TEXT - 1) != 0)
		k++;
	if (k < r->count)
		return k;
	if (r->count == REASONS_MOST)
		return REASONS_MOST - 1;
	bool last = r->count == REASONS_MOST - 1;
	snprintf(r->at[k].text, sizeof r->at[k].text, "%s", last ? "other reasons" : why);
	r->count++;
	return k;
}

const char *reasons_refuse(struct reasons *r, uint32_t vm, uint32_t host, const char *why)
{
	const struct world *world = r->world;
	uint32_t k = number_of(r, why);
	r->at[k].count++;
	world_note(r->world, NOTE_PLAN_REFUSED, vm < world->vm_count ? vm : ID_NONE,
	           host < world->host_count ? host : ID_NONE, REASONS_FIRST + (int64_t)k);
	return why;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads Azure's list of arrivals and settles the lifetimes that it does not tell. */
#include "scenarios/azure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/random.h"
#include "sim/time.h"

#define STEP_NS (300 * NS_PER_S)
#define LETTERS 26
#define PARTS 3
/* Of a size with fewer lifetimes than this the lifetimes of all sizes are taken. */
#define KNOWN_ENOUGH 100

/* The parts of the trace, in order of time. */
static const struct part {
	const char *subset, *sizes, *lifetimes;
} parts[PARTS] = {
	{"train", "v1.train.txt", NULL},
	{"dev", "v1.dev.txt", "v1.dev.c2100000.txt"},
	{"test", "v1.test.txt", "v1.test.c2591400.txt"},
};

struct lives {
	uint64_t ended[AZURE_BINS], cut[AZURE_BINS], known;
	double by_then_01[AZURE_BINS]; /* share of lives that end in a bin up to this one */
};

struct reading {
	const char *path;
	struct azure_bins bins;
	struct arrivals_flavour sizes[LETTERS];
	uint16_t flavour[LETTERS];
	struct azure_items items[PARTS], lives_seen[PARTS];
	struct lives lives[LETTERS + 1]; /* by letter; the last: all sizes */
	struct random_stream random;
	struct place place;
	struct diag *diag;
};

/* What arrivals_text is to do with one file. */
struct wanted {
	struct reading *r;
	const char *stem;
	struct azure_items *items; /* NULL: one of the maps */
	bool lifetimes, done;
};

static bool file_take(void *context, const struct archive_file *file)
{
	struct wanted *w = context;
	struct azure_mistake mistake;
	if (w->items)
		w->done = azure_parse(file->data, file->size, w->lifetimes, w->items, &mistake);
	else if (w->lifetimes)
		w->done = azure_bins_parse(file->data, file->size, &w->r->bins, &mistake);
	else
		w->done = azure_sizes_parse(file->data, file->size, w->r->sizes, &mistake);
	if (!w->done)
		diag_error(w->r->diag, w->r->place, "%s/%s:%u: %s", w->r->path, w->stem, mistake.line,
		           mistake.text);
	return false;
}

static bool file_read(struct reading *r, const char *stem, bool lifetimes, struct azure_items *items)
{
	struct wanted w = {r, stem, items, lifetimes, false};
	return arrivals_text(r->path, stem, file_take, &w, r->place, r->diag) && w.done;
}

/* Do sizes and lifetimes speak of the same machines? */
static bool parts_agree(struct reading *r, unsigned part)
{
	const struct azure_items *sizes = &r->items[part], *lives = &r->lives_seen[part];
	bool same = sizes->count == lives->count &&
	            memcmp(sizes->stamp_s, lives->stamp_s, sizes->count * sizeof *sizes->stamp_s) == 0 &&
	            memcmp(sizes->batch, lives->batch, sizes->count * sizeof *sizes->batch) == 0;
	if (!same)
		diag_error(r->diag, r->place, "%s: %s (%u arrivals) and %s (%u) do not fit together", r->path,
		           parts[part].sizes, sizes->count, parts[part].lifetimes, lives->count);
	for (uint32_t i = 0; same && i < lives->count; i++) {
		uint32_t bin = lives->value[i] % AZURE_CUT;
		same = r->bins.least[bin] <= r->bins.most[bin];
		if (!same)
			diag_error(r->diag, r->place, "%s: %s: v1.interval_map.txt has no bin %u", r->path,
			           parts[part].lifetimes, bin);
	}
	return same;
}

static bool sizes_known(struct reading *r, unsigned part)
{
	for (uint32_t i = 0; i < r->items[part].count; i++) {
		char letter = (char)r->items[part].value[i];
		if (r->sizes[letter - 'a'].cpu_milli)
			continue;
		diag_error(r->diag, r->place, "%s: %s: flav_map.txt has no size '%c'", r->path,
		           parts[part].sizes, letter);
		return false;
	}
	return true;
}

static bool files_read(struct reading *r)
{
	bool well = file_read(r, "flav_map.txt", false, NULL) &&
	            file_read(r, "v1.interval_map.txt", true, NULL);
	for (unsigned p = 0; p < PARTS && well; p++) {
		well = file_read(r, parts[p].sizes, false, &r->items[p]) && sizes_known(r, p);
		if (well && parts[p].lifetimes)
			well = file_read(r, parts[p].lifetimes, true, &r->lives_seen[p]) && parts_agree(r, p);
	}
	return well;
}

static void lives_count(struct reading *r)
{
	for (unsigned p = 0; p < PARTS; p++)
		for (uint32_t i = 0; i < r->lives_seen[p].count; i++) {
			uint8_t life = r->lives_seen[p].value[i];
			struct lives *of[2] = {&r->lives[r->items[p].value[i] - 'a'], &r->lives[LETTERS]};
			for (unsigned k = 0; k < 2; k++) {
				of[k]->known++;
				if (life >= AZURE_CUT)
					of[k]->cut[life - AZURE_CUT]++;
				else
					of[k]->ended[life]++;
			}
		}
}

/* Kaplan and Meier: of those that live at the beginning of a bin, the share that ends in it. */
static void lives_estimate(struct lives *lives, uint32_t bins)
{
	uint64_t at_risk = lives->known;
	double survive_01 = 1;
	for (uint32_t b = 0; b < bins; b++) {
		if (at_risk)
			survive_01 *= 1 - (double)lives->ended[b] / (double)at_risk;
		lives->by_then_01[b] = 1 - survive_01;
		at_risk -= lives->ended[b] + lives->cut[b];
	}
}

static int64_t bin_draw_ns(struct reading *r, uint32_t bin)
{
	uint32_t least = r->bins.least[bin], most = r->bins.most[bin];
	uint32_t step = least + (least == most ? 0 : (uint32_t)random_below(&r->random, most - least + 1));
	return step ? step * STEP_NS : STEP_NS / 2;
}

/* A life of which is known that it reaches bin `from`; share_01 says which part of such lives it outlives. */
static int64_t life_draw_ns(struct reading *r, unsigned letter, uint32_t from, double share_01)
{
	const struct lives *lives = &r->lives[r->lives[letter].known < KNOWN_ENOUGH ? LETTERS : letter];
	double before_01 = from ? lives->by_then_01[from - 1] : 0;
	double end_01 = before_01 + share_01 * (1 - before_01);
	for (uint32_t b = from; b < r->bins.count; b++)
		if (r->bins.least[b] <= r->bins.most[b] && lives->by_then_01[b] >= end_01)
			return bin_draw_ns(r, b);
	return TIME_MAX_NS;
}

/* Each part has a stream of its own: its lives do not depend on which parts are read with it. */
static bool part_add(struct reading *r, unsigned p, const struct arrivals_request *want, struct arrivals *out)
{
	const struct azure_items *items = &r->items[p];
	bool wanted = !want->subset || strcmp(want->subset, parts[p].subset) == 0;
	double share_01 = 0;
	random_init(&r->random, want->seed, "lifetimes", p);
	for (uint32_t i = 0; i < items->count && wanted; i++) {
		unsigned letter = items->value[i] - 'a';
		uint8_t seen = r->lives_seen[p].count ? r->lives_seen[p].value[i] : AZURE_CUT;
		int64_t life_ns = TIME_MAX_NS;
		if (i == 0 || items->batch[i] != items->batch[i - 1])
			share_01 = random_01(&r->random);
		if (seen < AZURE_CUT)
			life_ns = bin_draw_ns(r, seen);
		else if (want->lifetimes == LIFETIMES_DRAWN)
			life_ns = life_draw_ns(r, letter, seen - AZURE_CUT, share_01);
		uint32_t tenant = items->batch[i] * PARTS + p;
		if (!arrivals_add(out, items->stamp_s[i] * NS_PER_S, life_ns, tenant, r->flavour[letter]))
			return false;
	}
	return true;
}

static bool all_add(struct reading *r, const struct arrivals_request *want, struct arrivals *out)
{
	for (unsigned letter = 0; letter < LETTERS; letter++) {
		char name[2] = {(char)('a' + letter), '\0'};
		r->sizes[letter].name = name;
		if (r->sizes[letter].cpu_milli)
			arrivals_flavour(out, &r->sizes[letter], &r->flavour[letter]);
	}
	lives_count(r);
	for (unsigned i = 0; i <= LETTERS; i++)
		lives_estimate(&r->lives[i], r->bins.count);
	for (unsigned p = 0; p < PARTS; p++)
		if (!part_add(r, p, want, out)) {
			diag_error(r->diag, r->place, "%s: more than 100 million arrivals", r->path);
			return false;
		}
	arrivals_sort(out);
	return true;
}

static bool azure_read(const char *path, const struct arrivals_request *want, struct arrivals *out,
                       struct place place, struct diag *diag)
{
	bool known = !want->subset;
	for (unsigned p = 0; p < PARTS; p++)
		known = known || strcmp(want->subset, parts[p].subset) == 0;
	if (!known) {
		diag_error(diag, place, "azure has no subset '%.60s'; it has train, dev, test; absent: all",
		           want->subset);
		return false;
	}
	struct reading *r = memory_new(1, sizeof *r, "reading of arrivals");
	r->path = path;
	r->place = place;
	r->diag = diag;
	bool well = files_read(r) && all_add(r, want, out);
	for (unsigned p = 0; p < PARTS; p++) {
		azure_items_free(&r->items[p]);
		azure_items_free(&r->lives_seen[p]);
	}
	free(r);
	return well;
}

const struct arrivals_reader azure_reader = {
	"azure",
	"A folder with v1.train, v1.dev, v1.test, their lifetimes, flav_map and v1.interval_map",
	azure_read,
};

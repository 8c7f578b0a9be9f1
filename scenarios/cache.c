/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary files of demand sets. */
#include "scenarios/cache.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/hash.h"
#include "sim/memory.h"

#define MAGIC UINT64_C(0x3330636d69736476)      /* "vdsimc03", little-endian: the layout of this file */
#define ALIGN UINT64_C(64)

/* A table in the file. bytes == 0: absent. */
struct section {
	uint64_t at, bytes;
};

struct column_header {
	struct section samples;
	double full_scale, column_max;
	uint32_t bits, stride;
};

struct header {
	uint64_t magic;
	uint64_t checksum;      /* of all behind this word */
	uint64_t bytes;         /* of the whole file */
	uint64_t stamp, source_hash, set_checksum;
	uint32_t version, rows, irregular, count;
	int64_t start_ns, period_ns, origin_ns;
	uint64_t repeats;
	struct section name, row_names, row_count, row_at, stamps, row_cpu, row_memory;
	struct column_header columns[DEMAND_COLUMNS];
};

#define CHECKED offsetof(struct header, bytes)

/* Hash of the names that make up a key, each with its NUL; no two keys give the same bytes. */
static uint64_t key_hash(const struct cache_key *key)
{
	struct hash *hash = hash_begin();
	hash_add(hash, key->source, strlen(key->source) + 1);
	hash_add(hash, key->format, strlen(key->format) + 1);
	if (key->subset)
		hash_add(hash, key->subset, strlen(key->subset) + 1);
	return hash_end(hash);
}

bool cache_path(const char *folder, const struct cache_key *key, char *path, uint32_t size)
{
	int length = snprintf(path, size, "%s/%s-%016" PRIx64 ".trace", folder, key->format, key_hash(key));
	return length > 0 && (uint32_t)length < size;
}

static uint64_t samples_bytes(const struct demand_set *set, uint32_t column)
{
	const struct demand_samples *s = &set->columns[column];
	return s->at ? demand_row_samples(set, column, set->rows) * (s->bits / 8) : 0;
}

uint64_t cache_checksum(const struct demand_set *set)
{
	uint64_t words[3 + 3 * DEMAND_COLUMNS] = {
		set->rows, (uint64_t)set->axis.start_ns, (uint64_t)set->axis.period_ns,
	};
	for (uint32_t c = 0; c < DEMAND_COLUMNS; c++) {
		const struct demand_samples *s = &set->columns[c];
		uint64_t *w = words + 3 + 3 * c;
		if (!s->at)
			continue;
		w[0] = hash_bytes(s->at, samples_bytes(set, c));
		memcpy(&w[1], &s->full_scale, sizeof w[1]);
		memcpy(&w[2], &s->column_max, sizeof w[2]);
	}
	size_t capacities = set->rows * sizeof(double);
	if (set->row_cpu_hz)
		words[0] ^= hash_bytes(set->row_cpu_hz, capacities);
	if (set->row_memory_bytes)
		words[1] ^= hash_bytes(set->row_memory_bytes, capacities);
	if (!set->irregular)
		return hash_bytes(words, sizeof words);
	uint64_t irregular[2] = {
		hash_bytes(set->row_count, set->rows * sizeof *set->row_count),
		hash_bytes(set->stamps_ns, demand_row_stamps(set, set->rows) * sizeof *set->stamps_ns),
	};
	return hash_seeded(words, sizeof words, hash_bytes(irregular, sizeof irregular));
}

/* A mapped file, and the pointers to names in it. */
struct mapping {
	void *at;
	size_t bytes;
	const char **row_names;
};

static void mapping_free(struct mapping *m)
{
	munmap(m->at, m->bytes);
	free(m->row_names);
	free(m);
}

static void release(struct demand_set *set)
{
	mapping_free(set->backing);
	*set = (struct demand_set){0};
}

static void *section_at(const struct mapping *m, const struct section *s)
{
	return s->bytes ? (char *)m->at + s->at : NULL;
}

/* Is a section of a file with a right checksum where and what it must be? `bytes` 0: any length. A
 * file that was written by us always passes; this is for one that was made to mislead. */
static bool section_fits(const struct mapping *m, const struct section *s, uint64_t bytes)
{
	if (s->bytes == 0)
		return true;
	bool inside = s->at >= sizeof(struct header) && s->at % ALIGN == 0 && s->at <= m->bytes &&
	              s->bytes <= m->bytes - s->at;
	return inside && (bytes == 0 || s->bytes == bytes);
}

/* Do the rows lie within the samples? */
static bool rows_fit(const struct mapping *m, const struct header *h)
{
	const uint32_t *row_count = section_at(m, &h->row_count);
	const uint64_t *row_at = section_at(m, &h->row_at);
	bool fits = true;
	for (uint32_t i = 0; row_count && fits && i < h->rows; i++)
		fits = row_count[i] <= h->count && (!row_at || (row_at[i] <= row_at[h->rows] &&
		                                                row_count[i] <= row_at[h->rows] - row_at[i]));
	return fits;
}

static bool header_fits(const struct mapping *m, const struct header *h)
{
	uint64_t rows = h->rows, stamps = 0;
	const uint64_t *row_at = NULL;
	bool fits = h->rows && h->count && section_fits(m, &h->name, 0) && section_fits(m, &h->row_names, 0);
	fits = fits && !__builtin_mul_overflow(rows * h->count, sizeof(int64_t), &stamps);
	fits = fits && section_fits(m, &h->row_count, rows * sizeof(uint32_t));
	fits = fits && section_fits(m, &h->row_at, (rows + 1) * sizeof(uint64_t));
	row_at = fits ? section_at(m, &h->row_at) : NULL;
	if (row_at)
		fits = h->irregular && !__builtin_mul_overflow(row_at[rows], sizeof(int64_t), &stamps);
	fits = fits && section_fits(m, &h->stamps, stamps);
	fits = fits && section_fits(m, &h->row_cpu, rows * sizeof(double));
	fits = fits && section_fits(m, &h->row_memory, rows * sizeof(double));
	fits = fits && (h->irregular ? h->row_count.bytes && h->stamps.bytes : h->period_ns > 0);
	fits = fits && (!h->irregular || rows_fit(m, h));
	for (uint32_t c = 0; fits && c < DEMAND_COLUMNS; c++) {
		const struct column_header *column = &h->columns[c];
		if (!column->samples.bytes)
			continue;
		fits = (column->bits == 8 || column->bits == 16) && (row_at || column->stride >= h->count) &&
		       section_fits(m, &column->samples,
		                    (row_at ? row_at[rows] : rows * column->stride) * (column->bits / 8));
	}
	return fits;
}

/* Makes the pointers to the names, which lie one behind the other. False when there are fewer than
 * rows. */
static bool names_find(struct mapping *m, const struct header *h)
{
	const char *name = section_at(m, &h->name), *at = section_at(m, &h->row_names);
	if (!name || name[h->name.bytes - 1] != '\0')
		return false;
	if (!at)
		return true;
	const char *stop = at + h->row_names.bytes;
	m->row_names = memory_new(h->rows, sizeof *m->row_names, "names of a trace");
	for (uint32_t i = 0; i < h->rows; i++) {
		const char *end = at < stop ? memchr(at, '\0', (size_t)(stop - at)) : NULL;
		if (!end)
			return false;
		m->row_names[i] = at;
		at = end + 1;
	}
	return true;
}

static void set_of(struct mapping *m, const struct header *h, struct demand_set *set)
{
	*set = (struct demand_set){
		.name = section_at(m, &h->name), .rows = h->rows, .irregular = h->irregular,
		.axis = {h->start_ns, h->period_ns, h->count}, .row_count = section_at(m, &h->row_count),
		.row_at = section_at(m, &h->row_at), .stamps_ns = section_at(m, &h->stamps),
		.row_names = m->row_names,
		.row_cpu_hz = section_at(m, &h->row_cpu), .row_memory_bytes = section_at(m, &h->row_memory),
		.origin_ns = h->origin_ns, .repeats = h->repeats, .release = release,
		.backing = m, .backing_bytes = m->bytes, .checksum = h->set_checksum,
	};
	for (uint32_t c = 0; c < DEMAND_COLUMNS; c++) {
		const struct column_header *column = &h->columns[c];
		if (column->samples.bytes)
			set->columns[c] = (struct demand_samples){
				section_at(m, &column->samples), column->bits, column->stride,
				column->full_scale, column->column_max,
			};
	}
}

/* Maps the file; NULL when it is not there or too short to be ours. */
static struct mapping *mapping_open(const char *path, enum cache_state *state)
{
	struct stat st;
	struct mapping m = {MAP_FAILED, 0, NULL};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	*state = CACHE_ABSENT;
	if (fd < 0)
		return NULL;
	*state = CACHE_DAMAGED;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size >= sizeof(struct header)) {
		m.bytes = (size_t)st.st_size;
		m.at = mmap(NULL, m.bytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	}
	close(fd);
	if (m.at == MAP_FAILED)
		return NULL;
	struct mapping *kept = memory_new(1, sizeof *kept, "trace");
	*kept = m;
	return kept;
}

static enum cache_state header_judge(struct mapping *m, const struct cache_key *key)
{
	const struct header *h = m->at;
	if (h->magic != MAGIC && h->magic << 16 == MAGIC << 16)
		return CACHE_ABSENT;
	if (h->magic != MAGIC || h->bytes != m->bytes)
		return CACHE_DAMAGED;
	if (h->checksum != hash_bytes((const char *)m->at + CHECKED, m->bytes - CHECKED))
		return CACHE_DAMAGED;
	if (h->version != key->version || h->stamp != key->stamp || h->source_hash != key_hash(key))
		return CACHE_ABSENT;
	return header_fits(m, h) && names_find(m, h) ? CACHE_READ : CACHE_DAMAGED;
}

enum cache_state cache_load(const char *path, const struct cache_key *key, struct demand_set *set)
{
	enum cache_state state;
	struct mapping *m = mapping_open(path, &state);
	if (!m)
		return state;
	state = header_judge(m, key);
	if (state == CACHE_READ)
		set_of(m, m->at, set);
	else
		mapping_free(m);
	return state;
}

/* The tables of a set, in the order of the file. */
#define TABLES 7                 /* beside the columns */
#define PARTS (TABLES + DEMAND_COLUMNS)
struct part {
	struct section *section;
	const void *from;
	uint64_t bytes;
};

static void parts_lay_out(struct header *h, struct part parts[static PARTS])
{
	h->bytes = sizeof *h;
	for (uint32_t i = 0; i < PARTS; i++) {
		if (!parts[i].bytes)
			continue;
		uint64_t at = (h->bytes + ALIGN - 1) / ALIGN * ALIGN;
		*parts[i].section = (struct section){at, parts[i].bytes};
		h->bytes = at + parts[i].bytes;
	}
}

/* One text of all names; release with free. */
static char *names_join(const struct demand_set *set, uint64_t *bytes)
{
	*bytes = 0;
	for (uint32_t i = 0; set->row_names && i < set->rows; i++)
		*bytes += strlen(set->row_names[i]) + 1;
	char *text = memory_new(*bytes, 1, "names of a trace"), *at = text;
	for (uint32_t i = 0; set->row_names && i < set->rows; i++)
		at = stpcpy(at, set->row_names[i]) + 1;
	return text;
}

/* Header, then parts with zeros between them, written and hashed in one go. */
static bool file_write(FILE *out, struct header *h, const struct part parts[static PARTS])
{
	static const char zeros[ALIGN];
	struct hash *hash = hash_begin();
	hash_add(hash, (const char *)h + CHECKED, sizeof *h - CHECKED);
	uint64_t at = sizeof *h;
	bool well = fwrite(h, sizeof *h, 1, out) == 1;
	for (uint32_t i = 0; i < PARTS && well; i++) {
		if (!parts[i].bytes)
			continue;
		uint64_t gap = parts[i].section->at - at;
		hash_add(hash, zeros, gap);
		hash_add(hash, parts[i].from, parts[i].bytes);
		well = fwrite(zeros, 1, gap, out) == gap;
		well = well && fwrite(parts[i].from, 1, parts[i].bytes, out) == parts[i].bytes;
		at += gap + parts[i].bytes;
	}
	h->checksum = hash_end(hash);
	return well && fseek(out, 0, SEEK_SET) == 0 && fwrite(h, sizeof *h, 1, out) == 1;
}

static struct header header_of(const struct cache_key *key, const struct demand_set *set)
{
	struct header h;
	memset(&h, 0, sizeof h); /* padding is written and hashed too */
	h.magic = MAGIC;
	h.stamp = key->stamp;
	h.source_hash = key_hash(key);
	h.set_checksum = set->checksum;
	h.version = key->version;
	h.rows = set->rows;
	h.irregular = set->irregular;
	h.count = set->axis.count;
	h.start_ns = set->axis.start_ns;
	h.period_ns = set->axis.period_ns;
	h.origin_ns = set->origin_ns;
	h.repeats = set->repeats;
	for (uint32_t c = 0; c < DEMAND_COLUMNS; c++) {
		h.columns[c].full_scale = set->columns[c].full_scale;
		h.columns[c].column_max = set->columns[c].column_max;
		h.columns[c].bits = set->columns[c].bits;
		h.columns[c].stride = set->columns[c].stride;
	}
	return h;
}

bool cache_save(const char *path, const struct cache_key *key, const struct demand_set *set)
{
	char beside[4096];
	uint64_t names_bytes, rows = set->irregular ? set->rows : 0, row_bytes = set->rows * sizeof(double);
	if (snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid()) >= (int)sizeof beside)
		return false;
	FILE *out = fopen(beside, "wbe");
	if (!out)
		return false;
	char *names = names_join(set, &names_bytes);
	struct header h = header_of(key, set);
	struct part parts[PARTS] = {
		{&h.name, set->name, strlen(set->name) + 1},
		{&h.row_names, names, names_bytes},
		{&h.row_count, set->row_count, rows * sizeof *set->row_count},
		{&h.row_at, set->row_at, set->row_at ? (rows + 1) * sizeof *set->row_at : 0},
		{&h.stamps, set->stamps_ns, demand_row_stamps(set, (uint32_t)rows) * sizeof *set->stamps_ns},
		{&h.row_cpu, set->row_cpu_hz, set->row_cpu_hz ? row_bytes : 0},
		{&h.row_memory, set->row_memory_bytes, set->row_memory_bytes ? row_bytes : 0},
	};
	for (uint32_t c = 0; c < DEMAND_COLUMNS; c++) {
		struct section *section = &h.columns[c].samples;
		parts[TABLES + c] = (struct part){section, set->columns[c].at, samples_bytes(set, c)};
	}
	parts_lay_out(&h, parts);
	bool well = file_write(out, &h, parts);
	well = fclose(out) == 0 && well && rename(beside, path) == 0;
	if (!well)
		unlink(beside);
	free(names);
	return well;
}

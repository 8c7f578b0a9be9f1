/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Appends runs to a log and reads them back, torn records left out. */
#include "analysis/run_log.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/fault.h"
#include "sim/hash.h"
#include "sim/memory.h"

#define MARK UINT64_C(0x0a6e75722d636476) /* "vdc-run\n" in memory */

struct head {
	uint64_t mark;
	uint64_t size;          /* of the payload */
	uint64_t hash;
};

/* What is stored of a record: the whole of it up to the figures, then as many figures and letters as there
 * are. */
struct fixed {
	uint64_t name, seed;
	int64_t wall_ns, cpu_ns, peak_rss_bytes;
	uint32_t point, replication;
	int32_t end, status;
	uint32_t figure_count, tail_size;
	char digest[36];
	uint32_t generated;
};

#define SIZE_MOST \
	(sizeof(struct head) + sizeof(struct fixed) + RUN_FIGURES_MOST * sizeof(double) + RUN_TAIL_MOST)

uint32_t run_figure_count(void)
{
	uint32_t n = 0;
	for (const struct figure *f = summary_figures; f->name; f++)
		n += f->kind != FIGURE_TEXT;
	return n;
}

const struct figure *run_figure(uint32_t i)
{
	for (const struct figure *f = summary_figures; f->name; f++)
		if (f->kind != FIGURE_TEXT && i-- == 0)
			return f;
	return NULL;
}

/* A mean over no migrations is no number: it must not enter a mean over runs as 0. */
static bool has_value(const struct figure *f, const struct summary *s)
{
	bool mean = strncmp(f->name, "migration_time", 14) == 0 ||
		strncmp(f->name, "migration_downtime", 18) == 0;
	return !mean || s->migrations > 0;
}

void run_record_figures(struct run_record *record, const struct summary *summary)
{
	const char *base = (const char *)summary;
	record->figure_count = run_figure_count();
	ASSERT(record->figure_count <= RUN_FIGURES_MOST);
	for (uint32_t i = 0; i < record->figure_count; i++) {
		const struct figure *f = run_figure(i);
		uint64_t count;
		memcpy(&count, base + f->offset, sizeof count);
		if (!has_value(f, summary))
			record->figures[i] = (double)NAN;
		else if (f->kind == FIGURE_COUNT)
			record->figures[i] = (double)count;
		else
			memcpy(&record->figures[i], base + f->offset, sizeof record->figures[i]);
	}
	memcpy(record->digest, summary->digest, sizeof record->digest);
}

bool run_log_append(int fd, const struct run_record *record)
{
	char bytes[SIZE_MOST];
	size_t tail = strlen(record->tail), figures = record->figure_count * sizeof *record->figures;
	struct fixed fixed = {
		.name = record->name, .seed = record->seed, .wall_ns = record->wall_ns,
		.cpu_ns = record->cpu_ns,
		.peak_rss_bytes = record->peak_rss_bytes, .point = record->point,
		.replication = record->replication, .end = (int32_t)record->end, .status = record->status,
		.figure_count = record->figure_count, .tail_size = (uint32_t)tail,
	};
	struct head head = {MARK, sizeof fixed + figures + tail, 0};
	char *at = bytes + sizeof head;
	ASSERT(record->figure_count <= RUN_FIGURES_MOST && tail <= RUN_TAIL_MOST);
	memcpy(fixed.digest, record->digest, sizeof record->digest);
	fixed.generated = record->generated;
	memcpy(at, &fixed, sizeof fixed);
	memcpy(at + sizeof fixed, record->figures, figures);
	memcpy(at + sizeof fixed + figures, record->tail, tail);
	head.hash = hash_bytes(at, head.size);
	memcpy(bytes, &head, sizeof head);
	ssize_t written = write(fd, bytes, sizeof head + head.size);
	if (written >= 0 && (size_t)written != sizeof head + head.size)
		errno = ENOSPC; /* a part of it: the reader will leave it out */
	return written >= 0 && (size_t)written == sizeof head + head.size;
}

/* The record in a payload whose checksum is right; false where its own sizes disagree. Its tail goes into a
 * buffer of RUN_TAIL_MOST + 1 bytes. */
static bool unpack(struct run_record *record, const char *payload, size_t size, char *tail)
{
	struct fixed fixed;
	if (size < sizeof fixed)
		return false;
	memcpy(&fixed, payload, sizeof fixed);
	size_t figures = fixed.figure_count * sizeof(double);
	if (fixed.figure_count > RUN_FIGURES_MOST || fixed.tail_size > RUN_TAIL_MOST ||
	    size != sizeof fixed + figures + fixed.tail_size || fixed.end < RUN_DONE ||
		fixed.end > RUN_KILLED)
		return false;
	*record = (struct run_record){
		.name = fixed.name, .seed = fixed.seed, .wall_ns = fixed.wall_ns, .cpu_ns = fixed.cpu_ns,
		.peak_rss_bytes = fixed.peak_rss_bytes, .point = fixed.point,
		.replication = fixed.replication,
		.end = (enum run_end)fixed.end, .status = fixed.status, .figure_count = fixed.figure_count,
		.generated = fixed.generated != 0, .tail = tail,
	};
	memcpy(record->digest, fixed.digest, sizeof record->digest - 1);
	memcpy(record->figures, payload + sizeof fixed, figures);
	memcpy(tail, payload + sizeof fixed + figures, fixed.tail_size);
	tail[fixed.tail_size] = '\0';
	return true;
}

/* Bytes of the whole record that begins here; 0 where none does. */
static size_t record_at(const char *bytes, size_t left, struct run_record *record, char *tail)
{
	struct head head;
	if (left < sizeof head)
		return 0;
	memcpy(&head, bytes, sizeof head);
	if (head.mark != MARK || head.size > left - sizeof head)
		return 0;
	if (hash_bytes(bytes + sizeof head, head.size) != head.hash ||
	    !unpack(record, bytes + sizeof head, head.size, tail))
		return 0;
	return sizeof head + head.size;
}

static char *bytes_of(const char *path, size_t *size)
{
	struct stat at;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return NULL;
	if (fd < 0 || fstat(fd, &at) != 0)
		fault_surroundings("cannot read %s: %s", path, strerror(errno));
	char *bytes = memory_new((size_t)at.st_size, 1, "log of runs");
	for (*size = 0; *size < (size_t)at.st_size;) {
		ssize_t got = read(fd, bytes + *size, (size_t)at.st_size - *size);
		if (got < 0)
			fault_surroundings("cannot read %s: %s", path, strerror(errno));
		if (got == 0)
			break;
		*size += (size_t)got;
	}
	close(fd);
	return bytes;
}

uint64_t run_log_read(const char *path, void (*take)(void *context, const struct run_record *record),
                      void *context)
{
	size_t size = 0;
	uint64_t left_out = 0;
	char tail[RUN_TAIL_MOST + 1], *bytes = bytes_of(path, &size);
	for (size_t at = 0; at < size;) {
		struct run_record record;
		size_t length = record_at(bytes + at, size - at, &record, tail);
		if (length)
			take(context, &record);
		else
			left_out++;
		at += length ? length : 1;
	}
	free(bytes);
	return left_out;
}

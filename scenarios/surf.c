/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the jobs of SURF's cluster. */
#include "scenarios/surf.h"

#include <string.h>

#include "scenarios/arrivals_csv.h"
#include "sim/time.h"

#define DURATION_MOST_MS INT64_C(500000000000)

enum { DURATION,
       CORES,
       CAPACITY,
       MEMORY,
       WHOLE,
       SUBMISSION = WHOLE,
       ID,
       COLUMNS };
static const char *const names[] = {
	[DURATION] = "duration",
	[CORES] = "cpu_count",
	[CAPACITY] = "cpu_capacity",
	[MEMORY] = "mem_capacity",
	[SUBMISSION] = "submission_time",
	[ID] = "id",
	[COLUMNS] = NULL,
};
static const struct columns_limits limits[] = {
	[DURATION] = {0, DURATION_MOST_MS},
	[CORES] = {1, 4096},
	[CAPACITY] = {1, 100000000},
	[MEMORY] = {0, 1000000000},
};

static bool job_add(struct arrivals *out, const int64_t values[WHOLE], int64_t start_ns)
{
	struct arrivals_flavour size = {
		.cpu_milli = values[CORES] * 1000,
		.vcpu_hz = values[CAPACITY] * 1000000 / values[CORES],
		.ram_bytes = values[MEMORY] ? values[MEMORY] * 1000000 : 1,
	};
	uint16_t flavour;
	return arrivals_flavour(out, &size, &flavour) &&
	       arrivals_add(out, start_ns, values[DURATION] * NS_PER_MS, out->count, flavour);
}

/* Stamps are since 1970; the trace begins with its first job. */
static bool starts_from_first(struct arrivals *out)
{
	int64_t first_ns = out->count ? out->start_ns[0] : 0, last_ns = first_ns;
	for (uint32_t i = 0; i < out->count; i++) {
		first_ns = out->start_ns[i] < first_ns ? out->start_ns[i] : first_ns;
		last_ns = out->start_ns[i] > last_ns ? out->start_ns[i] : last_ns;
	}
	int64_t span_ns;
	if (__builtin_sub_overflow(last_ns, first_ns, &span_ns) || span_ns > TIME_MAX_NS)
		return false;
	for (uint32_t i = 0; i < out->count; i++)
		out->start_ns[i] -= first_ns;
	return true;
}

bool surf_parse(const char *text, size_t size, struct arrivals *out, struct text_mistake *mistake)
{
	struct text_lines lines = {.at = text, .stop = text + size, .separator = ','};
	struct columns columns = {names, WHOLE, {0}};
	if (!columns_find(&lines, &columns, mistake))
		return false;
	while (text_next(&lines)) {
		int64_t values[WHOLE], start_ns;
		struct text_field submission = columns_field(&lines, &columns, SUBMISSION);
		if (!columns_whole(&lines, &columns, limits, values, mistake))
			return false;
		if (!text_date(submission, &start_ns))
			return text_wrong(mistake, lines.line, submission, "is no time of submission");
		if (!job_add(out, values, start_ns))
			return columns_wrong(mistake, lines.line, "more jobs or sizes than there may be");
		struct text_field id = columns_field(&lines, &columns, ID);
		arrivals_name(out, id.at, id.length);
	}
	return starts_from_first(out) ||
	       columns_wrong(mistake, 0, "there are more than 18 years between its first and last job");
}

static bool surf_read(const char *path, const struct arrivals_request *want, struct arrivals *out,
                      struct place place, struct diag *diag)
{
	if (want->subset) {
		diag_error(diag, place, "a list of the format surf has no subsets");
		return false;
	}
	return arrivals_csv_read(path, "tasks.csv", surf_parse, out, &(struct arrivals_told){place, diag});
}

const struct arrivals_reader surf_reader = {
	"surf",
	"A CSV file of jobs with id, submission_time, duration, cpu_count, cpu_capacity, mem_capacity; or a "
	"folder with tasks.csv",
	surf_read,
};

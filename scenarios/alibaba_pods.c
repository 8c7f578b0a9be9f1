/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the containers of Alibaba's openb cluster. */
#include "scenarios/alibaba_pods.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/arrivals_csv.h"
#include "sim/time.h"

#define SECONDS_MOST 500000000

enum { CPU,
       MEMORY,
       CREATION,
       WHOLE,
       DELETION = WHOLE,
       COLUMNS };
static const char *const names[] = {
	[CPU] = "cpu_milli",
	[MEMORY] = "memory_mib",
	[CREATION] = "creation_time",
	[DELETION] = "deletion_time",
	[COLUMNS] = NULL,
};
static const struct columns_limits limits[] = {
	[CPU] = {1, 4096000},
	[MEMORY] = {0, INT64_C(1) << 30},
	[CREATION] = {0, SECONDS_MOST},
};

static bool life_of(const struct text_lines *lines, const struct columns *columns, int64_t creation_s,
                    int64_t *life_ns)
{
	struct text_field field = columns_field(lines, columns, DELETION);
	double deletion_s;
	*life_ns = TIME_MAX_NS;
	if (!field.length)
		return true;
	if (!text_number(field, false, &deletion_s) || deletion_s < (double)creation_s ||
	    deletion_s > SECONDS_MOST)
		return false;
	*life_ns = ((int64_t)deletion_s - creation_s) * NS_PER_S;
	return true;
}

bool alibaba_pods_parse(const char *text, size_t size, struct arrivals *out, struct text_mistake *mistake)
{
	struct text_lines lines = {.at = text, .stop = text + size, .separator = ','};
	struct columns columns = {names, WHOLE, {0}};
	if (!columns_find(&lines, &columns, mistake))
		return false;
	while (text_next(&lines)) {
		int64_t values[WHOLE], life_ns;
		uint16_t flavour;
		if (!columns_whole(&lines, &columns, limits, values, mistake))
			return false;
		if (!life_of(&lines, &columns, values[CREATION], &life_ns))
			return text_wrong(mistake, lines.line, columns_field(&lines, &columns, DELETION),
			                  "is no deletion_time at or after the creation_time");
		struct arrivals_flavour size_of = {
			.cpu_milli = values[CPU],
			.ram_bytes = values[MEMORY] ? values[MEMORY] << 20 : 1,
		};
		if (!arrivals_flavour(out, &size_of, &flavour) ||
		    !arrivals_add(out, values[CREATION] * NS_PER_S, life_ns, out->count, flavour))
			return columns_wrong(mistake, lines.line,
			                     "more containers or sizes than there may be");
	}
	return true;
}

static bool pods_read(const char *path, const struct arrivals_request *want, struct arrivals *out,
                      struct place place, struct diag *diag)
{
	char stem[128];
	snprintf(stem, sizeof stem, "openb_pod_list_%.60s.csv", want->subset ? want->subset : "default");
	return arrivals_csv_read(path, stem, alibaba_pods_parse, out, &(struct arrivals_told){place, diag});
}

const struct arrivals_reader alibaba_pods_reader = {
	"alibaba_pods",
	"A CSV file of containers with cpu_milli, memory_mib, creation_time, deletion_time; or a "
	"folder with openb_pod_list_SUBSET.csv",
	pods_read,
};

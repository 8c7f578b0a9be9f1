/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of guests from traces: when each was asked for, how long it lived, how large it was, who asked.
 *
 * What a demand_set is to samples (models/demand.h), struct arrivals is to guests. Columns are arrays of
 * one length, in the order of the trace, which is by start. Sizes are few and stand in a table of flavours;
 * scenarios/build.c makes one type of guests of each, called GROUP.FLAVOUR.
 *
 * A trace is a window: of a guest that outlived it, or that came where lives were not kept, the life is not
 * known. LIFETIMES_DRAWN draws it from the lives that the trace does know, by the product-limit estimator
 * (Kaplan and Meier 1958), which uses the unfinished ones too; LIFETIMES_ENDLESS lets it run to the end.
 * Either way `life_ns` is decided when the arrays are filled: TIME_MAX_NS is a life without end.
 *
 * Nothing is cached: the largest list known, Azure's 1.9 million, is read in less time than a run takes to
 * write its results. A new format is one reader and one line in arrivals_table.c. */
#ifndef SCENARIOS_ARRIVALS_H
#define SCENARIOS_ARRIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/archive.h"
#include "scenarios/diag.h"
#include "scenarios/trace.h"
#include "sim/memory.h"

enum arrivals_lifetimes { LIFETIMES_DRAWN, LIFETIMES_ENDLESS, ARRIVALS_LIFETIMES };
extern const char *const arrivals_lifetimes_names[ARRIVALS_LIFETIMES]; /* "drawn", "endless" */

struct arrivals_flavour {
	const char *name;               /* letters, digits, '_' and '-' */
	int64_t cpu_milli;              /* thousandths of a virtual CPU, > 0 */
	int64_t vcpu_hz;                /* 0: the trace does not say; the group's is taken */
	int64_t ram_bytes;
};

#define ARRIVALS_FLAVOURS_MOST 65535
#define ARRIVALS_MOST 100000000

struct arrivals {
	struct arena names;
	struct arrivals_flavour *flavours;
	uint32_t flavour_count, flavour_room;
	int64_t *start_ns, *life_ns;    /* trace time */
	uint32_t *tenant;               /* equal for those that one tenant asked for together */
	uint16_t *flavour;
	const char **name;              /* of each in the trace: finds its demand; NULL: not kept */
	uint32_t count, room, name_room;
};

struct arrivals_request {
	const char *name;               /* in arrivals_table, or a path */
	const char *subset, *format;    /* may be NULL */
	enum arrivals_lifetimes lifetimes;
	uint64_t seed;                  /* of drawn lives */
};

struct arrivals_reader {
	const char *format, *summary;
	/* Fills empty arrivals from a file or folder. False after an error in diag. */
	bool (*read)(const char *path, const struct arrivals_request *want, struct arrivals *out,
	             struct place place, struct diag *diag);
};
extern const struct arrivals_reader *const arrivals_readers[];  /* ended by NULL */
extern const struct trace_info arrivals_table[];                /* ended by a NULL name */

/* Finds and reads a list. On failure false, with an error in diag; `out` is then empty. */
bool arrivals_open(const struct arrivals_request *want, struct arrivals *out, struct place place,
                   struct diag *diag);
void arrivals_close(struct arrivals *a);

/* For readers. Adds one arrival; false when there are ARRIVALS_MOST. */
bool arrivals_add(struct arrivals *a, int64_t start_ns, int64_t life_ns, uint32_t tenant, uint16_t flavour);
/* Names the one that was added last; a list names all of its guests or none. */
void arrivals_name(struct arrivals *a, const char *name, uint32_t length);
/* The flavour of this size, made when it is new ("4000m-8192Mi" when name is NULL); false when there are too
 * many. */
bool arrivals_flavour(struct arrivals *a, const struct arrivals_flavour *size, uint16_t *flavour);
/* Copies guest `from` over guest `to`. */
void arrivals_move(struct arrivals *a, uint32_t to, uint32_t from);
/* Puts them in order of start, those of one start in the order in which they were added. */
void arrivals_sort(struct arrivals *a);

/* For readers: hands the text of the file `stem` in a folder, plain, .gz or .xz, to `each`. False after an
 * error in diag: it is not there, or cannot be read. */
bool arrivals_text(const char *folder, const char *stem,
                   bool (*each)(void *context, const struct archive_file *file), void *context,
                   struct place place, struct diag *diag);
/* The same in pieces of whole lines (scenarios/archive.h). */
bool arrivals_pieces(const char *folder, const char *stem,
                     bool (*each)(void *context, const struct archive_file *piece), void *context,
                     struct place place, struct diag *diag);

#endif

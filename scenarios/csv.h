/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any table in text: a map says which column is what. The map is the trace's `subset`:
 *
 *   time=1, cpu=3 %                               column 1 in seconds, column 3 in percent
 *   time=timestamp ms, row=vm_id, cpu=cpu_usage MHz, cpu_capacity=cpu_mhz MHz
 *   cpu=1 %, memory=2 %, period=5 min, sep=space  no stamps: a sample every five minutes
 *
 * A column is a number from 1 or its name in the heading, then its unit (scenarios/quantity.h):
 *   time            seconds if not told; s, ms, us, min, h, d, or `date` (2013-08-01 12:00:00)
 *   row             names the machine: lines of several may be mixed. Without it a file is a row
 *   cpu, memory     a fraction of the row's own from 0 to 1, or %; or MHz, GiB ... with
 *   cpu_capacity, memory_capacity  what the row was given; the largest counts
 *   net_in, net_out, disk_read, disk_write  with a unit: Mbit/s, kB/s, ...
 * and, if the guess is wrong,
 *   sep=; , sep=tab, sep=space, sep=comma         guessed from the first line: ; then tab, comma, blanks
 *   header=yes, header=no                         guessed: is what should be a number one?
 *   period=300 s    where there is no time
 *   start=0         the stamp (in time's unit) at which the simulation begins: the first one if not told
 *   empty=skip      a line without one of these numbers is left out (else it is a mistake)
 *   files=*.csv     of a folder or archive
 * Stamps of a row ascend; other than that, the file's order is free. */
#ifndef SCENARIOS_CSV_H
#define SCENARIOS_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/reading.h"
#include "scenarios/trace.h"

extern const struct trace_reader csv_reader;

#define CSV_STAMP_MOST_NS 4e18  /* the year 2096, since 1970 */

enum csv_role {
	CSV_TIME, CSV_ROW, CSV_CPU, CSV_MEMORY, CSV_NET_IN, CSV_NET_OUT, CSV_DISK_READ, CSV_DISK_WRITE,
	CSV_CPU_CAPACITY, CSV_MEMORY_CAPACITY, CSV_ROLES
};

struct csv_column {
	bool mapped;
	uint32_t field;         /* from 0; looked up anew in each file where it has a name */
	const char *name;       /* in the heading; NULL: by number */
	double factor;          /* from the file's number to the series'; not for percents, which are */
	bool percent;           /* divided by 100: 7 % is the double 0.07 */
	bool unit;              /* one was told */
};

enum csv_header { CSV_HEADER_GUESSED, CSV_HEADER_YES, CSV_HEADER_NO };

struct csv_map {
	struct csv_column columns[CSV_ROLES];
	char separator;         /* '\0': guessed */
	enum csv_header header;
	bool date, skip_empty, start_given;
	double start;
	int64_t period_ns;
	const char *glob;
	struct arena *arena;
};

/* Reads a map; on failure false, and why. */
bool csv_map_read(struct csv_map *map, const char *text, struct arena *arena, const char **why);

/* Gives the series the map's columns. */
void csv_columns(const struct csv_map *map, struct series *s);

/* Reads one file's text into the rows of a series with these columns. False after a mistake. */
bool csv_parse(struct csv_map *map, const struct reading_file *file, struct series *s,
               struct text_mistake *mistake);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a results file: which columns they have, and where in the world's structs these come from.
 *
 * A column is one row of a table of fields (schema.c); nothing else knows its name. A table's rows are the
 * elements of an array; a second array of equal length may hold what has to be worked out first. */
#ifndef ANALYSIS_SCHEMA_H
#define ANALYSIS_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/pressure.h"
#include "analysis/results.h"
#include "analysis/scheduling.h"

/* What lies at the offset, and so how it is stored. */
enum field_form {
	FIELD_ROW,       /* nothing: the row's number                 -> int32 */
	FIELD_ID,        /* uint32_t, ID_NONE                         -> int32, -1 */
	FIELD_U32,       /* uint32_t                                  -> int64 */
	FIELD_I64,       /* int64_t                                   -> int64 */
	FIELD_F64,       /* double                                    -> double */
	FIELD_FLAG,      /* bool                                      -> uint8 */
	FIELD_ENUM,      /* an enum; `meanings` are its words         -> uint8, attribute flag_meanings */
	FIELD_TEXT,      /* const char *, may be NULL                 -> text */
	FIELD_TIME,      /* int64_t ns; below 0 or TIME_MAX: never    -> double s, NaN */
	FIELD_GHZ,       /* int64_t Hz                                -> double GHz */
	FIELD_WORK,      /* wide Hz ns                                -> double GHz h */
	FIELD_ENERGY,    /* wide uW ns / 2                            -> double J */
};

struct field {
	const char *name, *unit, *long_name;
	enum field_form form;
	unsigned from;               /* 0: the element, 1: its counterpart in the second array */
	size_t offset;
	const char *const *meanings; /* FIELD_ENUM */
	unsigned meaning_count;
};

struct schema_table {
	const char *path, *long_name;
	const struct field *fields;  /* ended by a NULL name */
	const void *base[2];
	size_t stride[2];
	uint64_t rows;
};

/* What is worked out before tables are written. */
struct schema_host {
	int64_t cpu_hz;
	enum host_state first_state;
};
struct schema_host_type {
	double idle_w, max_w;
};
struct schema_rack {
	uint32_t hosts_offset, hosts_count; /* into rack_hosts */
};
struct schema_vm {
	wide useful, overhead;
};
struct schema {
	struct costs_site *sites;    /* prices; 0 where nothing costs */
	struct schema_host *hosts;
	struct schema_vm *vms;       /* only when they are recorded */
	struct schema_host_type *host_types;
	struct schema_rack *racks;
	uint32_t *rack_hosts;        /* host ids, rack by rack */
	struct scheduling scheduling; /* where hosts have discrete schedulers */
	struct pressure_vm *vm_memory;     /* where hosts reclaim memory; else NULL */
	struct pressure_host *host_memory;
	struct pressure_io *io_paths;      /* where hosts have hypervisors; else NULL */
	uint32_t io_path_count;
};

void schema_init(struct schema *schema, const struct results_input *in);
void schema_fini(struct schema *schema);

#define SCHEMA_RESILIENCE 5
#define SCHEMA_TABLES (30 + SCHEMA_RESILIENCE)
/* The tables that a run has, in the order in which they are shown; returns how many. They point into the
 * input and the schema. */
unsigned schema_tables(struct schema_table tables[static SCHEMA_TABLES], const struct results_input *in,
                       const struct schema *schema);

/* Adds the tables of failures, jobs and copied guests that a run has; returns how many, at most
 * SCHEMA_RESILIENCE. For schema_tables. */
unsigned schema_resilience(struct schema_table *tables, const struct results_input *in);
unsigned schema_cloudsim(struct schema_table *tables, const struct results_input *in);
/* Columns of what stands around migrations: schema_traffic.c. */
extern const struct field refusal_fields[], stream_fields[], span_fields[], process_fields[];

#endif

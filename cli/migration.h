/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations measured on a real hypervisor, what the models predict for them, and how far they are apart.
 *
 * A file has one row a run and is read by the names of its columns. What was set up (inputs) and what
 * came out are different structs: a prediction is given only the first and so cannot read the second, and
 * a file without outcomes is predicted all the same.
 *
 * The page-by-page model draws the guest's writes, so a prediction is the median over five seeds: what came
 * out of a real run is one draw too, and of all guesses the median has the least mean distance to such a
 * draw. The closed form (leg.h), which the simulator uses at scale, is predicted beside it. */
#ifndef CLI_MIGRATION_H
#define CLI_MIGRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/json.h"
#include "models/migration/qemu.h"
#include "scenarios/diag.h"

#define MIGRATION_NAME 48

struct migration_run {               /* inputs */
	char name[MIGRATION_NAME];
	bool kvm;                    /* false: QEMU's translator, with a Linux guest */
	enum qemu_mode mode;
	bool at_start;               /* post-copy asked for at once, not after the first pass */
	double after_s;              /* or so long after the start; 0: by pass */
	double ram_mib, fill_mib, ws_mib;
	enum dirty_pattern pattern;
	double rate_hz;              /* page writes */
	double write_bytes;
	double bandwidth_Bps;        /* max-bandwidth */
	double link_Bps;             /* 0: a bare socket */
	double downtime_limit_s, time_limit_s;
	bool auto_converge, xbzrle, multifd;
};

struct migration_result {            /* measured, or predicted; NaN: not known */
	bool completed;
	double total_s, bytes, downtime_s, rounds, throttle_01;
};

/* A run beside its prediction; strata are bits. */
struct migration_pair {
	const char *name;
	uint32_t strata;
	bool left_out;               /* failed: neither completed nor not */
	struct migration_result measured, predicted, closed;
};

enum migration_stratum {
	MIGRATION_ALL, MIGRATION_LINK, MIGRATION_THROTTLE, MIGRATION_BARE, MIGRATION_UNIFORM,
	MIGRATION_HOTCOLD, MIGRATION_SEQ, MIGRATION_PRECOPY, MIGRATION_POSTCOPY, MIGRATION_HYBRID,
	MIGRATION_COLD, MIGRATION_AUTO_CONVERGE, MIGRATION_STRATA
};
extern const char *const migration_stratum_names[MIGRATION_STRATA];

struct migration_runs {
	struct migration_run *runs;
	struct migration_pair *pairs;
	uint32_t count, run_room, pair_room;
	bool has_outcomes;
};

/* Reads a file of measure/migration's columns; false after mistakes, which are in the diag. */
bool migration_runs_read(struct migration_runs *m, const char *path, struct diag *diag);
void migration_runs_free(struct migration_runs *m);
uint32_t migration_strata_of(const struct migration_run *run);

/* Page by page; as rounds in closed form. */
struct migration_result migration_predict(const struct migration_run *run, const struct qemu_costs *costs);
struct migration_result migration_predict_closed(const struct migration_run *run);
void migration_runs_predict(struct migration_runs *m);
/* What the CPUs carry over a bare socket while the guest runs. */
double migration_socket_Bps(const struct qemu_costs *costs);
/* The case of a run; and the median over seeds of any case. */
struct qemu_case migration_case_of(const struct migration_run *run, const struct qemu_costs *costs);
struct migration_result migration_median(const struct qemu_case *c);

/* Relative errors are of runs that completed and were predicted to; NaN where there is none. */
struct migration_errors {
	uint32_t runs;
	double total_median, total_p90, bytes_median, bytes_p90, downtime_ms_median, rounds_exact;
	double outcome;              /* mean over the outcomes that occur of the part predicted right */
	double throttle_abs_median;  /* of the largest CPU throttle, as a part of 1 */
};
struct migration_errors migration_compare(const struct migration_pair *pairs, uint32_t count,
                                          uint32_t stratum, bool closed);

/* "all" and "strata" of the object that is open; names[0] is "all". */
void migration_json(struct json *j, const struct migration_pair *pairs, uint32_t count,
                    const char *const *names, uint32_t name_count);
void migration_json_runs(struct json *j, const struct migration_pair *pairs, uint32_t count, bool measured);
/* The same as a table; with the closed form's below it. */
void migration_table(const struct migration_pair *pairs, uint32_t count, const char *const *names,
                     uint32_t name_count, bool with_closed);
/* Predicted against measured total time, bytes and downtime; a colour and mark for each of three strata. */
void migration_draw(const struct migration_pair *pairs, uint32_t count, const char *const names[static 3],
                    const char *path);

#endif

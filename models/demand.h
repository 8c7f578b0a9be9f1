/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What guests ask for over time: a vector of CPU, memory, network and disk, held narrow.
 *
 * A demand_set is a table of samples: rows (a machine of a trace, or a generated one) by columns of
 * the vector (CPU, memory, ...) by time. A column that a trace does not have is absent and costs
 * nothing. CPU samples are 8 or 16 bits: a fraction of the guest's own CPU capacity in units of
 * 1/full_scale (100 for a trace in percent, 255 or 65535 for a generated one). The layout is
 * [row][sample], so that a host's day is a few short sequential reads; each row starts at a
 * multiple of 16 bytes.
 *
 * The time axis is regular (start, period, count), shared by all rows, or irregular: each row then
 * has its own stamps, kept as they are. Rows of very different lengths (jobs of minutes and of days)
 * are packed one behind the other: row_at.
 *
 * A demand_plan says how guests read a set: shift and scale, what holds between samples, what comes
 * after the last one. All guests of one scenario group share a plan; a host whose guests have one
 * plan can replay many samples in one batch (models/hypervisor/fluid.h).
 *
 * Between samples the demand is
 *   step     the last sample's value, from its stamp on;
 *   linear   read off the straight line between the neighbouring samples at the instants offset + k
 *            interval of simulated time, k >= 0, and held from one instant to the next. (So demand
 *            is always a step function, and all integrals of it are exact. CloudSim does the same:
 *            its first instant is 300.01 s, its interval 300 s.)
 * Ticks number what holds: of a step plan, tick k is sample k; of a linear one, what was read at
 * instant k. The first tick is the first one not before the row's first stamp; until then the
 * demand is 0 and the cursor has not begun.
 *
 * A sample lasts until the next stamp; the last one of a row as long as the one before it (a lone
 * one for ever). There the row ends:
 *   stop     a step plan's demand is 0 from there on, a linear one's from the first instant not
 *            before that;
 *   hold     the last sample stays;
 *   repeat   the row begins again; ticks are numbered on.
 * The line after the last sample leads to a copy of it, or, where the row repeats, to its first
 * sample. A run has fewer than 2^32 - 1 ticks (periods of 135 ms or more always do).
 *
 * A guest's demand in Hz is round(sample * (scale / full_scale) * its CPU capacity), halves to
 * even. */
#ifndef MODELS_DEMAND_H
#define MODELS_DEMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/id.h"

enum demand_column {
	DEMAND_CPU,          /* fraction of the guest's CPU capacity */
	DEMAND_MEMORY,       /* fraction of the guest's memory */
	DEMAND_NET_IN,       /* fraction of `column_max`, bit/s */
	DEMAND_NET_OUT,
	DEMAND_DISK_READ,    /* fraction of `column_max`, byte/s */
	DEMAND_DISK_WRITE,
	DEMAND_COLUMNS
};

extern const char *const demand_column_names[DEMAND_COLUMNS];

struct demand_samples {
	void *at;               /* uint8_t or uint16_t [rows][stride]; NULL: the column is absent */
	uint32_t bits;          /* 8 or 16 */
	uint32_t stride;        /* samples from row to row, >= the longest row */
	double full_scale;      /* the sample that means 1.0 */
	double column_max;      /* what 1.0 means in bit/s or byte/s (network and disk columns) */
};

struct demand_axis {
	int64_t start_ns, period_ns;
	uint32_t count;
};

struct demand_set {
	const char *name;               /* "planetlab/20110303", "generated/vms.0" */
	uint32_t rows;
	bool irregular;
	struct demand_axis axis;        /* regular sets; irregular ones use only count = longest row */
	const uint32_t *row_count;      /* irregular: samples in each row */
	const int64_t *stamps_ns;       /* irregular: [rows][axis.count], ascending within a row */
	const uint64_t *row_at;         /* irregular, [rows + 1]: where a packed row's stamps and samples */
	                                /* begin; the last is how many there are in all. NULL: not packed */
	const char *const *row_names;   /* a trace's file or machine names; NULL for generated sets */
	const double *row_cpu_hz;       /* what each row was given, where the trace tells it: fractions are */
	const double *row_memory_bytes; /* of these; NULL: absent; 0: the row was never given any */
	int64_t origin_ns;              /* the trace's own clock where the axis is 0 (since 1970, mostly) */
	uint64_t repeats;               /* samples left out, since the next one had the same stamp */
	struct demand_samples columns[DEMAND_COLUMNS];
	void (*release)(struct demand_set *set); /* frees or unmaps what the set points to; may be NULL */
	void *backing;
	uint64_t backing_bytes;
	uint64_t checksum;              /* of the samples: part of the run's digest */
};

/* Where a row begins in the samples of a column, and in the stamps. */
static inline size_t demand_row_samples(const struct demand_set *set, enum demand_column column, uint32_t row)
{
	return set->row_at ? set->row_at[row] : (size_t)row * set->columns[column].stride;
}
static inline size_t demand_row_stamps(const struct demand_set *set, uint32_t row)
{
	return set->row_at ? set->row_at[row] : (size_t)row * set->axis.count;
}

/* The row will be read soon, from sample i on: memory may send it meanwhile. gcc takes functions that only
 * prefetch for ones without effect and drops calls to them, so callers must be inlined too. */
static inline __attribute__((always_inline)) void demand_soon(const struct demand_set *set, uint32_t row,
                                                              uint32_t i)
{
	const struct demand_samples *cpu = &set->columns[DEMAND_CPU];
	if (cpu->at)
		__builtin_prefetch((const char *)cpu->at +
		                   (demand_row_samples(set, DEMAND_CPU, row) + i) * (cpu->bits / 8));
}

enum demand_hold { DEMAND_STEP, DEMAND_LINEAR, DEMAND_HOLDS };
enum demand_end { DEMAND_END_STOP, DEMAND_END_HOLD, DEMAND_END_REPEAT, DEMAND_ENDS };

extern const char *const demand_hold_names[DEMAND_HOLDS];
extern const char *const demand_end_names[DEMAND_ENDS];

struct demand_plan {
	const struct demand_set *set;
	double scale;
	int64_t shift_ns;               /* trace time = simulated time - shift */
	enum demand_hold hold;
	int64_t interval_ns, offset_ns; /* linear only: instants of reading; interval > 0 */
	enum demand_end end;            /* stop: the guest ends there; the demand is 0 from there on */
	uint32_t clock;         /* equal for plans that change at the same instants (world_plan_add) */
};

/* Where a guest stands on its plan: the value that holds from tick `tick` until next_ns. */
struct demand_cursor {
	int64_t next_ns;        /* the next instant at which the value may change; TIME_MAX_NS: never */
	uint32_t tick;                  /* the tick that holds */
	bool begun;                     /* false: the first instant is still to come and the demand is 0 */
};

/* Puts the cursor where it stands at now_ns. */
void demand_seek(const struct demand_plan *plan, uint32_t row, int64_t now_ns, struct demand_cursor *cursor);

/* Steps to the value that holds from cursor->next_ns on. */
void demand_step(const struct demand_plan *plan, uint32_t row, struct demand_cursor *cursor);

/* The value under the cursor: CPU and memory as a fraction of the guest's own, network and disk in
 * bit/s and byte/s. Absent column, or not begun: 0. */
double demand_value(const struct demand_plan *plan, uint32_t row, enum demand_column column,
                    const struct demand_cursor *cursor);

/* Nearest whole number, halves to even; |x| < 2^51. The one rounding of demand; elementwise, so
 * that every width of vector gives the same bits. (x + magic) - magic is not x in IEEE arithmetic,
 * so no compiler may fold the pair away without -ffast-math; a test watches over it. */
#define DEMAND_MAGIC 0x1.8p52
static inline double demand_round(double x)
{
	return x + DEMAND_MAGIC - DEMAND_MAGIC;
}

/* The instant from which the plan holds nothing more (end rule stop), or TIME_MAX_NS. */
int64_t demand_end_ns(const struct demand_plan *plan, uint32_t row);

/* Can hosts batch this plan? True for a regular axis: then tick k is at start + k period, for all
 * rows. */
bool demand_regular(const struct demand_plan *plan, int64_t *start_ns, int64_t *period_ns);

/* How many consecutive ticks from the cursor's can be read in one go, at most `most`; at least 1.
 * All of them last a whole period: a run ends before the end of the trace, before a last value that
 * is held, and before a wrap. Regular plans. */
uint32_t demand_run(const struct demand_plan *plan, const struct demand_cursor *cursor, uint32_t most);

/* The CPU demand in whole Hz of ticks cursor->tick .. +n-1 for a guest of capacity cpu_hz, capped
 * at cap_hz: hz[k] = min(demand_round(demand_value * cpu_hz), cap_hz), to the bit, and load[k] +=
 * hz[k]. Returns the sum of hz, exact as long as n cap_hz <= 2^53. Regular plans, n from
 * demand_run; hz and load do not overlap. About 0.5 ns a sample. */
double demand_fill(const struct demand_plan *plan, uint32_t row, const struct demand_cursor *cursor,
                   uint32_t n, double cpu_hz, double cap_hz, double *hz, double *load);

/* The first instant at or after from_ns, and not before the first tick, at which the CPU demand is
 * exactly 0, or TIME_MAX_NS (CloudSim's death of idle guests). */
int64_t demand_first_zero_ns(const struct demand_plan *plan, uint32_t row, int64_t from_ns);

#endif

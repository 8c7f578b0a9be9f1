/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The boxes of measured migrations, and the closed form's error in each. */
#include "models/migration/range.h"

#include <stddef.h>
#include <string.h>

#include "sim/fault.h"

#define MIB 1048576.0
/* Of the bandwidth, the least dirty rate of a run with auto-converge. It acts on guests that dirty more than
 * half of what is sent; with one that is slower it is nothing but allowed. */
#define THROTTLED 0.4

const struct range_axis_info range_axes[RANGE_AXES] = {
	[RANGE_BANDWIDTH] = {"bandwidth", "MiB/s", "no migration over such a bandwidth was measured"},
	[RANGE_RAM] = {"memory", "MiB", "no guest of such a size was measured"},
	[RANGE_DIRTY] = {"dirty rate", "of the bandwidth",
	                 "no guest with such a dirty rate over its bandwidth was measured"},
	[RANGE_SET] = {"working set", "of the memory", "no guest with such a working set was measured"},
	[RANGE_LIMIT] = {"downtime limit", "ms", "no such downtime limit was measured"},
};

const char range_shared[] = "it shared its path with others; those measured had theirs alone";

#define BOX(bandwidth, ram, dirty, set, limit) {bandwidth, ram, dirty, set, limit}
#define FROM(least, most) {least, most}

/* 156 of the 204 migrations in measure/data/migration.csv: guests without an operating system, QEMU 10.0
 * over KVM on two cores of an EPYC processor, over a paced link or over a local socket under
 * max-bandwidth. What is left out was limited by the CPUs, or had options whose costs depend on what
 * guests write (XBZRLE) or that were measured too rarely (multifd). Errors are those of move_run, no
 * constant of which was fitted on these runs. A guest that writes less than any that was measured, down
 * to nothing, counts as measured. tests/cli/range.c works all of it out anew from the file. */
const struct range_stratum range_strata[] = {
	{"link, pre-copy", "precopy", false, false,
	 BOX(FROM(17, 253), FROM(140, 3980), FROM(0, 0.98), FROM(0, 0.71), FROM(21, 969)),
	 37, 0.006, 0.025, 0.001, 13},
	{"link, pre-copy, auto-converge", "precopy", false, true,
	 BOX(FROM(24, 271), FROM(204, 3584), FROM(THROTTLED, 1.46), FROM(0, 0.23), FROM(23, 408)),
	 9, 0.021, 0.045, 0.004, 9},
	{"link, post-copy", "postcopy", false, false,
	 BOX(FROM(22, 220), FROM(172, 2044), FROM(0, 0.73), FROM(0, 0.54), FROM(25, 853)),
	 13, 0.0025, 0.025, 0.001, 2},
	{"link, hybrid", "hybrid", false, false,
	 BOX(FROM(41, 268), FROM(140, 3980), FROM(0, 0.61), FROM(0, 0.65), FROM(25, 862)),
	 18, 0.012, 0.029, 0.0014, 12},
	{"link, cold", "cold", false, false,
	 BOX(FROM(28, 103), FROM(148, 2292), FROM(0, 0.2), FROM(0, 0.26), FROM(22, 997)),
	 8, 0.0085, 0.03, 0.0005, 37},
	{"throttle, pre-copy", "precopy", true, false,
	 BOX(FROM(26, 252), FROM(140, 3980), FROM(0, 0.96), FROM(0, 0.59), FROM(21, 832)),
	 24, 0.022, 0.071, 0.001, 11},
	{"throttle, pre-copy, auto-converge", "precopy", true, true,
	 BOX(FROM(40, 245), FROM(140, 2992), FROM(THROTTLED, 1.45), FROM(0, 0.14), FROM(36, 811)),
	 11, 0.016, 0.091, 0.0016, 21},
	{"throttle, post-copy", "postcopy", true, false,
	 BOX(FROM(18, 250), FROM(148, 3980), FROM(0, 0.55), FROM(0, 0.39), FROM(25, 579)),
	 13, 0.012, 0.026, 0.001, 1.5},
	{"throttle, hybrid", "hybrid", true, false,
	 BOX(FROM(23, 239), FROM(148, 3980), FROM(0, 1.26), FROM(0, 0.5), FROM(33, 799)),
	 17, 0.033, 0.115, 0.001, 10},
	{"throttle, cold", "cold", true, false,
	 BOX(FROM(34, 194), FROM(204, 3980), FROM(0, 0.98), FROM(0, 0.25), FROM(23, 462)),
	 6, 0.017, 0.046, 0.0005, 32},
	{.name = NULL},
};

/* The first axis, in the order of the table, on which the place is outside; RANGE_AXES: none. */
static unsigned outside(const struct range_stratum *s, const double place[static RANGE_AXES])
{
	for (unsigned a = 0; a < RANGE_AXES; a++) {
		const struct range_box *box = &s->box[a];
		if (!(place[a] >= box->least * (1 - 1e-9) && place[a] <= box->most * (1 + 1e-9)))
			return a;
	}
	return RANGE_AXES;
}

/* Options that no measured run had; NULL: none of them. */
static const char *unmeasured(const struct move_case *c)
{
	const struct move_rules *r = &c->rules;
	if (r->stop != STOP_QEMU)
		return "only QEMU's stop rule was measured";
	if (c->round_trip_ns > RANGE_ROUND_TRIP_NS)
		return "no migration over such a distance was measured";
	if (c->disk != DISK_SHARED)
		return "no migration of a disk was measured";
	bool memory = !r->balloon && !r->drop_cache && r->compress_01 >= 1 && r->resend_bytes <= 0;
	bool guest = !r->self && r->stun_Hz <= 0;
	bool push = r->switching == SWITCH_QEMU && r->push == PUSH_ACTIVE && r->channels == 1;
	return memory && guest && push ? NULL : "no migration with such options was measured";
}

void range_place(const struct move_case *c, double rate_Bps, double place[static RANGE_AXES])
{
	double memory = c->data_pages + c->zero_pages, hz = 0;
	ASSERT(rate_Bps > 0);
	for (uint32_t k = 0; k < c->dirty.count; k++)
		hz += c->dirty.writer[k].rate_hz;
	place[RANGE_BANDWIDTH] = rate_Bps / MIB;
	place[RANGE_RAM] = memory * PAGE_BYTES / MIB;
	place[RANGE_DIRTY] = hz * PAGE_BYTES / rate_Bps;
	place[RANGE_SET] = memory > 0 ? (double)dirty_working_set(&c->dirty) / memory : 0;
	place[RANGE_LIMIT] = (double)c->rules.downtime_limit_ns / 1e6;
}

const struct range_stratum *range_find(const struct move_kind *kind, const struct move_case *c,
                                       double rate_Bps, const char **why)
{
	const char *first = unmeasured(c);
	double place[RANGE_AXES];
	bool held = c->rules.most_Bps > 0 && c->rules.most_Bps < rate_Bps, plain = !first;
	unsigned furthest = 0;
	range_place(c, held ? c->rules.most_Bps : rate_Bps, place);
	bool throttled = c->rules.auto_converge && place[RANGE_DIRTY] >= THROTTLED;
	if (plain)
		first = "nothing of its kind was measured";
	for (const struct range_stratum *s = range_strata; plain && s->name; s++) {
		if (s->held != held || s->throttled != throttled || strcmp(s->kind, kind->name) != 0)
			continue;
		unsigned axis = outside(s, place);
		if (axis == RANGE_AXES)
			return s;
		/* Of several boxes that are all missed, the one that fits on most axes tells why. */
		if (axis >= furthest)
			first = range_axes[axis].outside;
		furthest = axis > furthest ? axis : furthest;
	}
	if (why)
		*why = first;
	return NULL;
}

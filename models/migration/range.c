/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The boxes of measured migrations, and the closed form's error in each. */
#include "models/migration/range.h"

#include <stddef.h>
#include <string.h>

#define MIB 1048576.0
/* 107 migrations of guests without an operating system by QEMU 10.0 over KVM, on two cores of an EPYC
 * processor: over a paced link, or over a local socket under max-bandwidth. Errors are those of move_run;
 * no constant of it was fitted on them. A box is as wide as the runs are, bandwidths a tenth wider. */
const struct range_stratum range_strata[] = {
	{"link, pre-copy", "precopy", false, {256, 256}, {0, 0.25}, {0, 4}, {29, 138}, {30, 300}, 36,
	 0.009, 0.021, 0.001, 6},
	{"link, post-copy", "postcopy", false, {256, 256}, {0, 0.25}, {0, 0.5}, {113, 138}, {300, 300}, 4,
	 0.011, 0.011, 0.001, 2},
	{"link, hybrid", "hybrid", false, {256, 256}, {0, 0.25}, {0, 0.5}, {113, 138}, {300, 300}, 4,
	 0.008, 0.009, 0.001, 4},
	{"link, cold", "cold", false, {256, 256}, {0, 0.25}, {0, 4}, {113, 138}, {300, 300}, 1,
	 0.019, 0.019, 0.001, 15},
	{"throttle, pre-copy", "precopy", true, {256, 512}, {0, 0.5}, {0, 4}, {29, 138}, {30, 300}, 50,
	 0.018, 0.074, 0.002, 7},
	{"throttle, post-copy", "postcopy", true, {256, 256}, {0, 0.25}, {0, 4}, {29, 138}, {300, 300}, 6,
	 0.028, 0.064, 0.002, 1},
	{"throttle, hybrid", "hybrid", true, {256, 256}, {0, 0.25}, {0, 4}, {29, 138}, {300, 300}, 6,
	 0.009, 0.014, 0.002, 4},
	{.name = NULL},
};

struct point {
	double ram_mib, set_part, dirty_part, bandwidth_MiBps, limit_ms;
};

static bool in(const struct range_box *box, double x)
{
	return x >= box->least * (1 - 1e-9) && x <= box->most * (1 + 1e-9);
}

/* What of the case is outside; NULL: nothing. */
static const char *outside(const struct range_stratum *s, const struct point *p)
{
	if (!in(&s->bandwidth_MiBps, p->bandwidth_MiBps))
		return "no migration over such a bandwidth was measured";
	if (!in(&s->ram_mib, p->ram_mib))
		return "no guest of such a size was measured";
	if (!in(&s->dirty_part, p->dirty_part))
		return "no guest with such a dirty rate over its bandwidth was measured";
	if (!in(&s->set_part, p->set_part))
		return "no guest with such a working set was measured";
	if (!in(&s->limit_ms, p->limit_ms))
		return "no such downtime limit was measured";
	return NULL;
}

/* Options that no measured run had. */
static bool plain(const struct move_case *c)
{
	const struct move_rules *r = &c->rules;
	return r->stop == STOP_QEMU && !r->self && !r->balloon && !r->drop_cache && r->stun_Hz <= 0 &&
	       r->compress_01 >= 1 && r->resend_bytes <= 0 && r->channels == 1 && c->disk == DISK_SHARED &&
	       r->switching == SWITCH_QEMU && r->push == PUSH_ACTIVE && c->round_trip_ns == 0;
}

static struct point place(const struct move_case *c, double rate_Bps)
{
	double memory = c->data_pages + c->zero_pages, hz = 0;
	for (uint32_t k = 0; k < c->dirty.count; k++)
		hz += c->dirty.writer[k].rate_hz;
	return (struct point){
		.ram_mib = memory * PAGE_BYTES / MIB,
		.bandwidth_MiBps = rate_Bps / MIB,
		.set_part = memory > 0 ? (double)dirty_working_set(&c->dirty) / memory : 0,
		.dirty_part = hz * PAGE_BYTES / rate_Bps,
		.limit_ms = (double)c->rules.downtime_limit_ns / 1e6,
	};
}

const struct range_stratum *range_find(const struct move_kind *kind, const struct move_case *c,
                                       double rate_Bps, const char **why)
{
	const char *first = "nothing of its kind was measured";
	bool held = c->rules.most_Bps > 0 && c->rules.most_Bps < rate_Bps;
	struct point p = place(c, held ? c->rules.most_Bps : rate_Bps);
	for (const struct range_stratum *s = range_strata; plain(c) && s->name; s++) {
		if (s->held != held || strcmp(s->kind, kind->name) != 0)
			continue;
		first = outside(s, &p);
		if (!first)
			return s;
	}
	if (why)
		*why = first;
	return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Post-copy: the guest moves at once with its devices, and its memory follows; each page goes once.
 *
 * A page that the guest touches before it has come is a fault over the network. Of a run of n pages, touched
 * evenly r times a second while all N pages that are left follow in T seconds, the part
 *     1 - (1 - exp(-x)) / x,  x = r a T / n
 * is touched before its turn (leg.h, move_early_01), where a is the part of its time in which the guest runs:
 *     a = 1 - faults (fault time + round trip) / (T vCPUs)
 * Bubbling (Hines and Gopalan 2009, s. 3.2) sends what lies around the last fault first. So the pages in
 * use come before the others, in T W / N seconds for a working set of W; and of pages that are touched
 * one after another, only the first of a run is a fault, as long as the push is faster than the guest.
 * Demand paging alone never ends: pages that are not touched stay at the source. */
#include "models/migration/leg.h"

#include "sim/time.h"
#include "sim/transcend.h"

#define EULER_GAMMA 0.5772156649015329

static double least(double a, double b)
{
	return a < b ? a : b;
}

static double most(double a, double b)
{
	return a > b ? a : b;
}

void move_switch(struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	m->switching = true;
	m->stopped_at_ns = m->now_ns;
	move_pages(m, LEG_STOP, GUEST_STOPPED, 0, 0);
	m->leg.bytes += m->c.device_bytes;
	m->leg.time_ns += r->stop_ns;
	if (r->switching == SWITCH_PSEUDO_PAGING)
		m->leg.time_ns += (int64_t)((m->c.data_pages - m->freed_pages) * r->pseudo_page_ns + 0.5);
	else
		m->leg.time_ns += r->discard_ns;
}

/* The touching process: writes, and the reads that come with them. */
static struct dirty touching(const struct move *m)
{
	struct dirty d = m->c.dirty;
	for (uint32_t k = 0; k < d.count; k++)
		d.writer[k].rate_hz *= m->c.touches > 0 ? m->c.touches : 1;
	return d;
}

/* Seconds that a page which is missing costs one vCPU. */
static double fault_s(const struct move *m)
{
	return m->c.rules.fault_s + time_s(m->c.round_trip_ns);
}

struct push {
	struct dirty d;
	double part;             /* of the working set's pages, still to come */
	double pages;            /* all that are still to come */
	double page_Hz;          /* how fast they come */
};

/* Faults of a guest that runs for the part a of its time. */
static double faults_at(const struct move *m, const struct push *p, double a)
{
	bool bubble = m->c.rules.push == PUSH_BUBBLE;
	double set = (double)dirty_working_set(&p->d) * p->part, rate_hz = 0, sum = 0;
	double seconds = (bubble ? least(set, p->pages) : p->pages) / p->page_Hz;
	for (uint32_t k = 0; k < p->d.count; k++) {
		const struct dirty_writer *w = &p->d.writer[k];
		sum += p->part * (double)w->pages * move_early_01(w, seconds * a);
		rate_hz += w->rate_hz * a;
	}
	if (!bubble)
		return sum;
	double run = most(m->c.rules.touch_run, 1);
	double outrun = rate_hz > p->page_Hz ? 1 - p->page_Hz / rate_hz : 0;
	return sum * (1 / run + (1 - 1 / run) * outrun);
}

/* The part of its time in which the guest runs, from its faults, which depend on it: by halving. */
static double running_01(const struct move *m, const struct push *p)
{
	double low = 0, high = 1, vcpus = m->c.vcpus > 0 ? m->c.vcpus : 1;
	double each = fault_s(m) / (p->pages / p->page_Hz * vcpus);
	if (faults_at(m, p, 1) * each <= 1e-9)
		return 1;
	for (int k = 0; k < 14; k++) {
		double a = (low + high) / 2;
		if (a < 1 - faults_at(m, p, a) * each)
			low = a;
		else
			high = a;
	}
	return (low + high) / 2;
}

static void push_active(struct move *m, double data)
{
	struct push p = {.d = touching(m), .pages = m->data_left, .part = 0};
	double set = (double)dirty_working_set(&p.d), whole = PAGE_BYTES * m->c.rules.compress_01;
	p.part = set > 0 ? least(p.pages / set, 1) : 0;
	double push_Bps = m->c.rules.push_Bps, rate_Bps = m->c.path_Bps;
	if (m->round > 1)
		rate_Bps = m->bandwidth_Bps;
	if (push_Bps > 0 && push_Bps < rate_Bps)
		rate_Bps = push_Bps;
	p.page_Hz = rate_Bps / (m->c.rules.header_bytes + whole);
	double a = 1, faults = 0;
	if (p.pages > 0 && p.part > 0) {
		a = running_01(m, &p);
		faults = faults_at(m, &p, a) * data / p.pages;
	}
	move_pages(m, LEG_PUSH, GUEST_AT_TARGET, data, data < m->data_left ? 0 : m->zero_left);
	m->leg.lost_01 = 1 - a;
	m->faults += faults;
	m->stall_ns += (int64_t)(faults * fault_s(m) * 1e9 + 0.5);
}

/* Time until the guest has touched all of its working set by itself: the last of n coupons takes
 * n (ln n + gamma) / r; a sweep n / r. */
static double touched_s(const struct dirty *d)
{
	double longest = 0;
	for (uint32_t k = 0; k < d->count; k++) {
		double n = (double)d->writer[k].pages;
		double touches = d->writer[k].sweep ? n : n * (log(n) + EULER_GAMMA);
		longest = most(longest, touches / d->writer[k].rate_hz);
	}
	return longest;
}

static void push_demand(struct move *m)
{
	struct dirty d = touching(m);
	double data = least((double)dirty_working_set(&d), m->data_left);
	double vcpus = m->c.vcpus > 0 ? m->c.vcpus : 1;
	double stall_s = data * fault_s(m), touch_s = data > 0 ? touched_s(&d) : 0;
	move_pages(m, LEG_PUSH, GUEST_AT_TARGET, data, 0);
	m->leg.time_ns = (int64_t)((touch_s + stall_s / vcpus) * 1e9 + 0.5);
	m->leg.lost_01 = stall_s > 0 ? stall_s / vcpus / (touch_s + stall_s / vcpus) : 0;
	m->faults += data;
	m->stall_ns += (int64_t)(stall_s * 1e9 + 0.5);
	m->stay_pages = m->data_left - data;
}

bool move_push(struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	double rest = stop_threshold_pages(m);
	if (m->leg.stage == LEG_PUSH && (r->push == PUSH_DEMAND || m->data_left + m->zero_left < 0.5))
		return false;
	if (m->leg.stage == LEG_ACTIVATE)
		m->round++;
	if (r->push == PUSH_DEMAND) {
		push_demand(m);
		return true;
	}
	/* QEMU holds the push to max-postcopy-bandwidth only until what is left is below the threshold. */
	bool held = r->push_Bps > 0 && m->leg.stage == LEG_ACTIVATE;
	double data = m->data_left;
	if (held && m->data_left + m->zero_left > rest)
		data = least(data, m->data_left + m->zero_left - rest);
	else
		held = false;
	push_active(m, data);
	if (held && (m->leg.most_Bps <= 0 || r->push_Bps < m->leg.most_Bps))
		m->leg.most_Bps = r->push_Bps;
	return true;
}

static bool postcopy_next(struct move *m, const struct leg_report *report)
{
	if (move_advance(m, report))
		return true;
	if (m->switching)
		return move_push(m);
	move_switch(m);
	return true;
}

const struct move_kind move_postcopy = {
	.name = "postcopy", .summary = "the guest moves at once; its memory follows, pages it misses first",
	.source = "Hines and Gopalan 2009", .next = postcopy_next,
};

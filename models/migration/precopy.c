/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pre-copy: rounds while the guest runs, until a stop rule says that the rest may go with it stopped.
 *
 * A round sends what the last one left dirty. QEMU's rounds end early: it looks at what is left at most
 * every call_ns, and reads the dirty log as soon as that would fit the downtime limit, zero pages counted
 * in full; so its count of rounds is not the textbook's (qemu.h has the same, page by page). */
#include "models/migration/leg.h"

#include "sim/time.h"

/* QEMU 10 measures the bandwidth over this; max-bandwidth is spent in it */
#define SLICE_NS (100 * NS_PER_MS)
/* by how much it wakes late from the sleep to a slice's end (measured) */
#define WAKE_NS (100 * NS_PER_US)
#define FLUSH_PAGES 32
/* and, once it throttles the guest, reads the dirty log this often */
#define LATE_NS (5 * NS_PER_S)

static double least(double a, double b)
{
	return a < b ? a : b;
}

static double most(double a, double b)
{
	return a > b ? a : b;
}

/* Pages of one sort, in the order in which they go. */
struct part {
	double pages, page_s;
};

static double parts_s(const struct part p[2], double pages)
{
	double first = least(pages, p[0].pages);
	return first * p[0].page_s + least(pages - first, p[1].pages) * p[1].page_s;
}

/* How many of each go in so many seconds. */
static void parts_in(const struct part p[2], double seconds, double sent[2])
{
	for (int k = 0; k < 2; k++) {
		sent[k] = p[k].pages * p[k].page_s <= seconds ? p[k].pages : seconds / p[k].page_s;
		seconds = most(seconds - sent[k] * p[k].page_s, 0);
	}
}

/* What the rules let a slice of max-bandwidth send: QEMU stops with the buffer of 32 pages that passes the
 * budget. */
static double slice_Bps(double most_Bps, double header_bytes)
{
	double buffer = FLUSH_PAGES * (PAGE_BYTES + header_bytes);
	double budget = most_Bps * time_s(SLICE_NS) / buffer, buffers = (double)(int64_t)budget;
	buffers += buffers < budget * (1 - 1e-9);
	return (buffers > 0 ? buffers : 1) * buffer / time_s(SLICE_NS + WAKE_NS);
}

/* Pages to be sent until QEMU reads the dirty log. */
static double qemu_need(struct move *m, const struct part p[2])
{
	double left = m->data_left + m->zero_left, need = most(left - stop_threshold_pages(m), 0);
	/* Among zero pages next to nothing is sent. Once a whole slice has been, the threshold drops with
	 * it. */
	if (m->round == 1 && (need - p[0].pages) * p[1].page_s > time_s(SLICE_NS)) {
		m->tail_Bps = m->c.rules.zero_bytes / p[1].page_s;
		need = most(left - stop_threshold_pages(m), 0);
	}
	return need;
}

static double whole(double x)
{
	double n = (double)(int64_t)x;
	return n < x || n < 1 ? n + 1 : n;
}

/* How long QEMU sends, at the link's pace: whole calls. */
static double calls_s(const struct move *m, double need_s)
{
	double call_s = time_s(m->c.rules.call_ns);
	if (m->round == 1)
		need_s = most(need_s, time_s(SLICE_NS)); /* nothing is known of the bandwidth before */
	return call_s > 0 ? whole(need_s / call_s) * call_s : need_s;
}

/* Under max-bandwidth: to the end of a slice, or until nothing is left. A slice's budget goes in one burst at
 * the link's pace, so what is left of it when a round ends in its midst is sent by the next one at once.
 * Seconds are those of the mean rate; *took_s are the clock's. */
static double slices_s(struct move *m, double need_s, double left_s, double *took_s)
{
	double slice_s = time_s(SLICE_NS + WAKE_NS), spent_s = m->slice_01 * slice_s;
	/* of a burst, in clock seconds a second of budget */
	double pace = m->c.rules.most_Bps / m->c.path_Bps;
	double slices = whole((need_s + spent_s) / slice_s), end_s = slices * slice_s;
	pace = least(pace, 1);
	if (end_s - spent_s < left_s) {
		m->slice_01 = 0;
		*took_s = end_s - spent_s * pace;
		return end_s - spent_s;
	}
	double full = (double)(int64_t)((left_s + spent_s) / slice_s);
	m->slice_01 = (left_s + spent_s) / slice_s - full;
	*took_s = full * slice_s + m->slice_01 * slice_s * pace - spent_s * pace;
	return left_s;
}

/* What a QEMU round sends. Zero pages lie behind the data: last in the first round, first later. */
static void round_qemu(struct move *m, double rate_Bps)
{
	const struct move_rules *r = &m->c.rules;
	double body = PAGE_BYTES * r->compress_01;
	if (m->again && r->resend_bytes > 0)
		body = least(r->resend_bytes, body);
	bool held = r->most_Bps > 0 && rate_Bps >= r->most_Bps, first = m->round == 1;
	rate_Bps = held ? slice_Bps(r->most_Bps, r->header_bytes) : rate_Bps;
	struct part data = {m->data_left, (r->header_bytes + body) / rate_Bps};
	struct part zero = {m->zero_left, most(r->zero_page_ns / 1e9, r->zero_bytes / rate_Bps)};
	struct part p[2] = {first ? data : zero, first ? zero : data};
	m->tail_Bps = 0;
	double need_s = parts_s(p, qemu_need(m, p)), left_s = parts_s(p, m->data_left + m->zero_left);
	double sent[2], took_s = 0, s = held ? slices_s(m, need_s, left_s, &took_s) : calls_s(m, need_s);
	double longest_s = m->throttle_01 > 0 ? time_s(LATE_NS) : s;
	longest_s = m->round_most_s > 0 ? least(longest_s, m->round_most_s) : longest_s;
	took_s = longest_s < s ? longest_s : took_s;
	s = least(s, longest_s);
	parts_in(p, s, sent);
	move_pages(m, LEG_ROUND, GUEST_AT_SOURCE, sent[!first], sent[first]);
	took_s -= time_s(m->leg.time_ns);
	if (held && took_s > 0)
		m->leg.most_Bps = m->leg.bytes / took_s;
}

/* Pages that are dirty again when their turn comes. How long the round lasts depends on them in turn: the
 * part that was skipped the last time is a good guess, and the first time some passes find it. */
static double skipped(const struct move *m, double data, double rate_Bps)
{
	struct dirty d = move_writers(m);
	double set = (double)dirty_working_set(&d), of_set = m->round == 1 ? 1 : least(data / set, 1);
	double before = m->leg_data + m->last_skipped, pages = 0;
	if (m->round > 1 && before > 0)
		pages = data * m->last_skipped / before;
	for (int pass = m->round > 1 ? 2 : 0; pass < 3; pass++) {
		double seconds = (data - pages) * PAGE_BYTES / rate_Bps;
		pages = 0;
		for (uint32_t k = 0; k < d.count; k++)
			pages += of_set * (double)d.writer[k].pages * move_early_01(&d.writer[k], seconds);
		pages = least(pages, data);
	}
	return pages;
}

/* A whole pass over what is dirty. */
static void round_whole(struct move *m, double rate_Bps)
{
	double data = m->data_left, zero = m->zero_left, skip = 0;
	if (m->c.rules.peek && m->c.dirty.count > 0)
		skip = skipped(m, data, rate_Bps);
	double page_s = PAGE_BYTES / rate_Bps;
	if (m->round_most_s > 0 && (data - skip) * page_s > m->round_most_s) {
		data = m->round_most_s / page_s;
		skip = zero = 0;
	}
	move_pages(m, LEG_ROUND, GUEST_AT_SOURCE, data - skip, zero);
	m->leg_skipped = m->last_skipped = skip;
}

static double lost_01(const struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	return 1 - (1 - r->log_lost_01) * (1 - (r->self ? r->self_lost_01 : 0));
}

static void round_begin(struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	double own_Bps = stop_rate_Bps(m), rate_Bps = m->bandwidth_Bps;
	if (own_Bps > 0)
		rate_Bps = r->stop == STOP_CLARK ? least(m->c.path_Bps, own_Bps) : least(rate_Bps, own_Bps);
	m->round++;
	if (r->stop == STOP_QEMU)
		round_qemu(m, rate_Bps);
	else
		round_whole(m, rate_Bps);
	bool set = r->stop == STOP_QEMU && m->leg.most_Bps > 0; /* slices and all */
	if (own_Bps > 0 && !set && (m->leg.most_Bps <= 0 || own_Bps < m->leg.most_Bps))
		m->leg.most_Bps = own_Bps;
	m->leg.time_ns += (int64_t)((m->c.data_pages + m->c.zero_pages) * r->sync_page_ns + 0.5);
	m->leg.lost_01 = lost_01(m);
	m->leg.throttle_01 = m->throttle_01;
}

void move_round_or_stop(struct move *m)
{
	if (m->leg.stage == LEG_ROUND) {
		double dirtied = move_sync(m);
		if (stop_now(m)) {
			move_stop(m);
			return;
		}
		stop_converge(m, dirtied);
	}
	round_begin(m);
}

static bool precopy_next(struct move *m, const struct leg_report *report)
{
	if (move_advance(m, report))
		return true;
	if (m->leg.stage == LEG_ACTIVATE)
		return false;
	move_round_or_stop(m);
	return true;
}

const struct move_kind move_precopy = {
	.name = "precopy",
	.summary = "memory is sent in rounds while the guest runs; the rest with it stopped",
	.source = "Clark et al. 2005; stop rules of Xen, QEMU 10 and vMotion by name",
	.next = precopy_next,
};

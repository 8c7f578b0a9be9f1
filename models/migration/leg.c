/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kinds of migration share: counting legs, reading the dirty log, and the closed form. */
#include "models/migration/leg.h"

#include <stddef.h>

#include "sim/fault.h"
#include "sim/time.h"
#include "sim/transcend.h"

#define STEPS_MOST 100000                   /* of a closed form, which otherwise might never end */
#define THROTTLE_SLICE_NS (10 * NS_PER_MS)  /* QEMU 10: a throttled vCPU runs this long between two pauses */

const char *const leg_stage_names[LEG_STAGES] = {
	"prepare", "balloon", "disk", "round", "stop-and-copy", "commit", "activate", "push",
};
const char *const stop_rule_names[STOP_RULES] = {"qemu", "xen", "clark", "vmotion", "rounds", "simgrid"};
const char *const push_way_names[PUSH_WAYS] = {"demand", "active", "bubble"};
const char *const switch_way_names[SWITCH_WAYS] = {"qemu", "pseudo-paging"};
const char *const disk_way_names[DISK_WAYS] = {"shared", "copy", "mirror"};

const struct move_kind *const move_kinds[] = {&move_cold, &move_precopy, &move_postcopy, &move_hybrid, NULL};

static double least(double a, double b)
{
	return a < b ? a : b;
}

static double most(double a, double b)
{
	return a > b ? a : b;
}

/* The lower of two limits of which 0 means none. */
static double limit(double a, double b)
{
	return a > 0 && (b <= 0 || a < b) ? a : b;
}

/* What the streams of this migration can do together, in bytes on the wire a second; 0: no limit. */
static double streams_Bps(const struct move_case *c)
{
	const struct move_rules *r = &c->rules;
	double one = limit(r->channel_Bps, r->compress_Bps * r->compress_01);
	if (c->round_trip_ns > 0)
		one = limit(one, r->window_bytes / time_s(c->round_trip_ns));
	return one * r->channels;
}

void move_begin(struct move *m, const struct move_case *c)
{
	const struct move_rules *r = &c->rules;
	ASSERT(c->data_pages >= 0 && c->zero_pages >= 0 && c->path_Bps > 0 && r->channels > 0);
	ASSERT(c->free_pages >= 0 && c->cache_pages >= 0 && c->free_pages + c->cache_pages <= c->data_pages);
	ASSERT(r->compress_01 > 0 && r->compress_01 <= 1);
	*m = (struct move){
		.c = *c, .data_left = c->data_pages, .first_left = c->data_pages, .zero_left = c->zero_pages,
		.disk_left_bytes = c->disk == DISK_SHARED ? 0 : c->disk_bytes,
		.bandwidth_Bps = limit(c->path_Bps, limit(r->most_Bps, streams_Bps(c))),
	};
}

void move_fixed(struct move *m, enum leg_stage stage, enum guest_where guest, int64_t time_ns)
{
	m->leg = (struct leg){.stage = stage, .guest = guest, .time_ns = time_ns};
	m->leg_data = m->leg_zero = m->leg_disk_bytes = m->leg_saved_bytes = 0;
}

/* Bytes of a page's body that is sent again: as a difference, if the sender still has what it sent before. */
static double again_bytes(const struct move *m, double whole)
{
	const struct move_rules *r = &m->c.rules;
	double set = (double)dirty_working_set(&m->c.dirty);
	if (r->resend_bytes <= 0 || m->leg.guest == GUEST_AT_TARGET)
		return whole;
	double kept = set > 0 ? least(r->resend_cache_pages / set, 1) : 1;
	return kept * least(r->resend_bytes, whole) + (1 - kept) * whole;
}

/* What the disk sends along: what was written since it was last sent, or what is being written. */
static double disk_bytes(const struct move *m)
{
	const struct move_case *c = &m->c;
	if (m->leg.guest == GUEST_AT_TARGET)
		return 0;
	double bytes = m->disk_left_bytes;
	if (c->disk == DISK_MIRROR && m->leg.guest == GUEST_AT_SOURCE) {
		/* Writes that come at w while bytes go at B need w bytes / (B - w) more; a mirror that
		 * cannot keep up slows the guest's writes down instead, here to half of the bandwidth. */
		double w = least(c->disk_write_Bps, m->bandwidth_Bps / 2);
		bytes += w * (bytes + m->leg.bytes) / (m->bandwidth_Bps - w);
	}
	return bytes;
}

void move_pages(struct move *m, enum leg_stage stage, enum guest_where guest, double data, double zero)
{
	const struct move_rules *r = &m->c.rules;
	double first = least(data, m->first_left), whole = PAGE_BYTES * r->compress_01;
	double full = data * (PAGE_BYTES + r->header_bytes);
	m->leg = (struct leg){.stage = stage, .guest = guest, .most_Bps = streams_Bps(&m->c)};
	double pages = data * r->header_bytes + first * whole + (data - first) * again_bytes(m, whole);
	m->leg.bytes = pages + zero * r->zero_bytes;
	m->leg_disk_bytes = disk_bytes(m);
	m->leg.bytes += m->leg_disk_bytes;
	m->leg.time_ns = (int64_t)(zero * r->zero_page_ns + 0.5);
	m->leg_data = data;
	m->leg_zero = zero;
	m->leg_saved_bytes = full - pages;
}

/* Of the writes that the guest would do at full speed, it did this part. */
static double writes_01(const struct move *m, const struct leg_report *report)
{
	double t = m->leg.throttle_01;
	if (t <= 0)
		return report->activity_01;
	int64_t pause_ns = (int64_t)((double)THROTTLE_SLICE_NS * t / (1 - t));
	return report->activity_01 * dirty_slowed(&m->c.dirty, THROTTLE_SLICE_NS, pause_ns);
}

/* How the bandwidth looked to the sender. A burst into a slice of max-bandwidth does not count for more. */
static void measure(struct move *m, const struct leg_report *report)
{
	const struct move_rules *r = &m->c.rules;
	double sending_s = time_s(report->elapsed_ns - m->leg.time_ns);
	if (m->leg.stage != LEG_ROUND && m->leg.stage != LEG_DISK)
		return;
	if (m->leg.bytes - m->leg_zero * r->zero_bytes > 0 && sending_s > 0)
		m->bandwidth_Bps = limit(r->most_Bps, m->leg.bytes / sending_s);
}

static void count_disk(struct move *m, double written_s)
{
	const struct move_case *c = &m->c;
	m->disk_sent_bytes += m->leg_disk_bytes;
	if (c->disk == DISK_SHARED || m->leg.stage < LEG_DISK || m->leg.guest == GUEST_AT_TARGET)
		return;
	m->disk_left_bytes = most(m->disk_left_bytes - m->leg_disk_bytes, 0);
	if (c->disk != DISK_COPY || m->leg.guest != GUEST_AT_SOURCE)
		return;
	m->disk_left_bytes += c->disk_write_Bps * written_s;
	m->disk_left_bytes = least(m->disk_left_bytes, c->disk_set_bytes);
}

static void count_guest(struct move *m, const struct leg_report *report)
{
	double seconds = time_s(report->elapsed_ns), written_s = seconds * writes_01(m, report);
	count_disk(m, written_s);
	if (m->leg.stage == LEG_ROUND) {
		m->unread_s += written_s;
		m->unread_ns += report->elapsed_ns;
	}
	if (m->leg.guest == GUEST_STOPPED)
		m->downtime_ns += report->elapsed_ns;
	else
		m->lost_s += seconds * (1 - (1 - m->leg.lost_01) * (1 - m->leg.throttle_01));
	if (m->leg.guest == GUEST_AT_TARGET)
		m->residual_ns += report->elapsed_ns;
}

static void count_leg(struct move *m, const struct leg_report *report)
{
	ASSERT(report->elapsed_ns >= 0 && report->activity_01 >= 0 && report->activity_01 <= 1);
	measure(m, report);
	count_guest(m, report);
	m->first_left = most(m->first_left - m->leg_data, 0);
	m->data_left = most(m->data_left - m->leg_data, 0);
	m->zero_left = most(m->zero_left - m->leg_zero, 0);
	m->sent_pages += m->leg_data;
	m->sent_bytes += m->leg.bytes;
	m->saved_bytes += m->leg_saved_bytes;
	if (m->leg_data + m->leg_zero > 0 && m->round > 0 && m->round <= MOVE_ROUNDS) {
		struct move_round *log = &m->log[m->round - 1];
		if (log->bytes == 0)
			log->start_ns = m->now_ns;
		log->bytes += m->leg.bytes;
		log->pages += m->leg_data;
		log->elapsed_ns += report->elapsed_ns;
	}
	m->now_ns += report->elapsed_ns;
}

/* Free pages and page cache are given back, unless there are none or nobody asked for it. */
static bool balloon(struct move *m)
{
	const struct move_case *c = &m->c;
	double pages = (c->rules.balloon ? c->free_pages : 0) + (c->rules.drop_cache ? c->cache_pages : 0);
	if (pages <= 0)
		return false;
	move_fixed(m, LEG_BALLOON, GUEST_AT_SOURCE, (int64_t)(pages * c->rules.balloon_page_ns + 0.5));
	m->leg.lost_01 = c->rules.balloon_lost_01;
	m->freed_pages = pages;
	m->data_left -= pages;
	m->first_left -= pages;
	return true;
}

static bool disk(struct move *m)
{
	if (m->suspended || m->disk_left_bytes <= 0)
		return false;
	move_pages(m, LEG_DISK, GUEST_AT_SOURCE, 0, 0);
	return true;
}

bool move_advance(struct move *m, const struct leg_report *report)
{
	const struct move_case *c = &m->c;
	if (!report) {
		move_fixed(m, LEG_PREPARE, GUEST_AT_SOURCE, c->rules.prepare_ns + c->round_trip_ns);
		return true;
	}
	count_leg(m, report);
	switch (m->leg.stage) {
	case LEG_PREPARE:
		return balloon(m) || disk(m);
	case LEG_BALLOON:
		return disk(m);
	case LEG_STOP:
		move_fixed(m, LEG_COMMIT, GUEST_STOPPED, c->rules.commit_ns + c->round_trip_ns);
		return true;
	case LEG_COMMIT:
		move_fixed(m, LEG_ACTIVATE, GUEST_STOPPED, c->rules.activate_ns + c->device_ns);
		return true;
	default:
		return false;
	}
}

struct dirty move_writers(const struct move *m)
{
	struct dirty d = m->c.dirty;
	double most_Hz = m->c.rules.stun_Hz;
	if (most_Hz <= 0 || m->round < 2)
		return d;
	for (uint32_t k = 0; k < d.count; k++)
		d.writer[k].rate_hz = least(d.writer[k].rate_hz, most_Hz);
	return d;
}

double move_early_01(const struct dirty_writer *w, double seconds)
{
	double x = w->rate_hz * seconds / (double)w->pages; /* writes a page, in the whole pass */
	if (x <= 0)
		return 0;
	if (w->sweep)
		return x <= 1 ? x / 2 : 1 - 1 / (2 * x);
	/* The mean over the pass of 1 - exp(-x u), u from 0 to 1; for small x without loss of digits. */
	return x < 1e-4 ? x / 2 : 1 + expm1(-x) / x;
}

/* Of pages that are left to be sent anyway, some are dirtied again: they are not sent twice for that. An
 * even writer hits them as often as others; a sweep comes to those it wrote last only after all others, so
 * it hits fewer of them, by half if one does not know where it and the sender are (beside qemu.c most are
 * within 5 %). Pages never sent do not count, since what the guest writes is sent early. */
static double newly_dirtied(const struct move *m, const struct dirty *d, double *dirtied)
{
	double set = (double)dirty_working_set(d), sum = 0;
	double left = set > 0 ? (m->data_left - m->first_left) / set : 0;
	left = least(most(left, 0), 1);
	*dirtied = 0;
	for (uint32_t k = 0; k < d->count; k++) {
		double pages = dirty_writer_distinct(&d->writer[k], m->unread_s), even = pages * (1 - left);
		double most_new = (double)d->writer[k].pages * (1 - left);
		*dirtied += pages;
		sum += d->writer[k].sweep ? (even + least(pages, most_new)) / 2 : even;
	}
	/* Of a round that skipped pages, all that is left is dirty again. */
	return m->leg_skipped > 0 ? most(*dirtied - m->data_left, 0) : sum;
}

double move_sync(struct move *m)
{
	struct dirty d = move_writers(m);
	double dirtied, added = newly_dirtied(m, &d, &dirtied);
	if (m->round > 0 && m->round <= MOVE_ROUNDS)
		m->log[m->round - 1].dirtied_pages = dirtied;
	if (m->unread_ns > 0)
		m->dirty_Hz = dirtied / time_s(m->unread_ns);
	m->data_left += added;
	m->again_pages += added;
	m->check_pages += added;
	m->unread_s = 0;
	m->unread_ns = 0;
	m->leg_skipped = 0;
	m->again = true;
	return dirtied;
}

/* QEMU holds a guest that was stopped before to max-bandwidth, but not what fits the downtime limit. */
static double cold_Bps(const struct move *m)
{
	double most_Bps = m->c.rules.most_Bps, bytes = m->leg.bytes; /* zero pages count as whole ones */
	double pages = m->data_left + m->zero_left - stop_threshold_pages(m);
	double held = least(most(pages, 0) * (PAGE_BYTES + m->c.rules.header_bytes), bytes);
	if (most_Bps <= 0)
		return 0;
	return bytes / (held / most_Bps + (bytes - held) / m->c.path_Bps);
}

void move_stop(struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	double copied = 0;
	if (!m->suspended && m->unread_ns > 0)
		move_sync(m);
	if (r->self && !m->suspended) {
		/* The guest stops all but its migration, copies what is dirty beside its memory, and sends
		 * the copy; what its own sending dirtied until then is part of it. */
		copied = m->data_left + r->self_pages;
		m->data_left = copied;
		m->again_pages += r->self_pages;
	}
	m->round++;
	m->stopped_at_ns = m->now_ns;
	move_pages(m, LEG_STOP, GUEST_STOPPED, m->data_left, m->zero_left);
	m->leg.bytes += m->c.device_bytes;
	/* What limits the sender for the guest's sake is not in force while it waits; Clark's is the
	 * link's share. */
	if (r->stop == STOP_CLARK)
		m->leg.most_Bps = limit(m->leg.most_Bps, r->most_Bps);
	if (m->suspended && r->stop == STOP_QEMU)
		m->leg.most_Bps = limit(m->leg.most_Bps, cold_Bps(m));
	m->leg.time_ns += r->stop_ns + (int64_t)(copied * r->self_copy_ns + 0.5);
	if (!m->suspended)
		m->leg.time_ns += (int64_t)((m->c.data_pages + m->c.zero_pages) * r->sync_page_ns + 0.5);
}

bool move_run(const struct move_kind *kind, const struct move_case *c, double rate_Bps, int64_t time_limit_ns,
              struct move *out)
{
	ASSERT(rate_Bps > 0);
	struct leg_report report = {.activity_01 = 1};
	uint32_t steps = 0;
	move_begin(out, c);
	for (bool on = kind->next(out, NULL); on; on = kind->next(out, &report)) {
		const struct leg *leg = &out->leg;
		report.activity_01 = 1 - leg->lost_01;
		double seconds = leg->bytes / limit(leg->most_Bps, rate_Bps);
		report.elapsed_ns = leg->time_ns + (int64_t)(seconds * 1e9 + 0.5);
		bool late = time_limit_ns > 0 && out->now_ns + report.elapsed_ns > time_limit_ns;
		if ((late && move_fate(out, BREAK_CANCEL) == FATE_AT_SOURCE) || ++steps > STEPS_MOST)
			return false;
	}
	return true;
}

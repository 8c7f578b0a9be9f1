/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop of QEMU's migration thread over a guest's pages, and the guest that dirties them meanwhile. */
#include "models/migration/qemu.h"

#include <stdlib.h>
#include <string.h>

#include "models/migration/xbzrle.h"
#include "sim/fault.h"
#include "sim/memory.h"
#include "sim/random.h"
#include "sim/time.h"

#define SLICE_NS (100 * NS_PER_MS)       /* BUFFER_DELAY: a budget of max-bandwidth lasts this long */
#define CALL_NS (50 * NS_PER_MS)         /* MAX_WAIT: longest call of the RAM code */
#define CALL_LOOK 64                     /* pages between two looks at the clock */
#define FLUSH_PAGES 32                   /* 64 vectors, two a page */
#define FLUSH_BYTES 32768                /* or a full buffer of headers and zero pages */
#define THROTTLE_PERIOD_NS NS_PER_S      /* auto-converge looks at the dirty rate of at least this long */
#define THROTTLE_SYNC_NS (5 * NS_PER_S)  /* and, once it throttles, reads the dirty log this often */
#define THROTTLE_SLICE_NS (10 * NS_PER_MS) /* a throttled vCPU runs this long between two pauses */
#define PACKET_PAGES 128                 /* multifd: pages of a packet, zero pages too */
#define PACKET_BYTES 1344                /* its head: 320 bytes and an offset of 8 a page */

const char *const qemu_mode_names[QEMU_MODES] = {"precopy", "postcopy", "hybrid", "cold"};

const struct qemu_costs qemu_costs_measured = {
	.first_ns = 12000, .again_ns = 3000, .linked_ns = 1200, .stopped_ns = 1500, .placed_ns = 3400,
	.zero_ns = 650, .zero_placed_ns = 650, .sync_ns = 200000, .wake_ns = 350000, .stop_ns = 1000000,
	.resume_ns = 2000000, .discard_ns = 1300000, .ask_ns = 8000000,
};

struct qemu_rules qemu_rules_default(enum qemu_mode mode)
{
	return (struct qemu_rules){
		.mode = mode, .downtime_limit_ns = 300 * NS_PER_MS, .throttle_initial_01c = 20,
		.throttle_step_01c = 10, .throttle_most_01c = 99, .write_bytes = 8, .switch_pass = 2,
	};
}

struct sender {
	const struct qemu_case *c;
	struct qemu_outcome *out;
	struct random_stream chance;
	uint8_t *dirty;              /* still to be sent, as the migration thread knows it */
	uint8_t *written;            /* since the dirty log was last read */
	uint8_t *data, *there;       /* not a zero page; sent at least once */
	int64_t left;                /* pages set in `dirty` */
	int64_t at;                  /* the page it looks at next */
	int64_t now_ns;
	int64_t written_ns;          /* the guest's writes are drawn up to here */
	double due[DIRTY_WRITERS];   /* part of a write that has come up */
	int64_t sweep[DIRTY_WRITERS];
	bool stopped, postcopy;

	int64_t filled_bytes;        /* in the buffer, not flushed */
	int64_t copied_bytes;        /* of these, what lies in the buffer itself: all but whole pages */
	uint32_t filled_pages;
	int64_t flushed_bytes;       /* what QEMU counts as transferred */
	double wire_ns;              /* when the link will have sent all that was flushed */
	int64_t slice_ns, slice_bytes; /* start of the slice, and flushed_bytes there */
	double threshold_bytes;

	int64_t period_ns, period_bytes, period_pages; /* auto-converge: since it last looked */
	uint32_t high;               /* how often in a row the guest dirtied too fast */
	int64_t next_sync_ns;
	uint32_t last_syncs;
	int64_t next_poll_ns;
	bool asked;                  /* post-copy was asked for */
	struct xbzrle xbzrle;
};

/* How fast the guest writes under the throttle, as a part of its full rate. */
static double pace(const struct sender *s)
{
	int64_t pct = s->out->throttle_01c;
	if (pct == 0)
		return 1;
	return dirty_slowed(&s->c->dirty, THROTTLE_SLICE_NS, THROTTLE_SLICE_NS * pct / (100 - pct));
}

static void write_page(struct sender *s, uint32_t k)
{
	const struct dirty_writer *w = &s->c->dirty.writer[k];
	int64_t page;
	if (w->sweep) {
		page = s->sweep[k];
		s->sweep[k] = page + 1 == w->pages ? 0 : page + 1;
	} else {
		page = (int64_t)random_below(&s->chance, (uint64_t)w->pages);
	}
	s->written[w->first + page] = 1;
	if (s->xbzrle.writes && s->xbzrle.writes[w->first + page] < UINT8_MAX)
		s->xbzrle.writes[w->first + page]++;
}

/* Draws the guest's writes up to t_ns. */
static void run_guest(struct sender *s, int64_t t_ns)
{
	if (t_ns <= s->written_ns || s->stopped)
		return;
	double seconds = time_s(t_ns - s->written_ns) * pace(s);
	s->written_ns = t_ns;
	for (uint32_t k = 0; k < s->c->dirty.count; k++) {
		s->due[k] += s->c->dirty.writer[k].rate_hz * seconds;
		for (; s->due[k] >= 1; s->due[k] -= 1)
			write_page(s, k);
	}
}

static void throttle_up(struct sender *s)
{
	const struct qemu_rules *r = &s->c->rules;
	int64_t pct = s->out->throttle_01c;
	pct = pct ? pct + r->throttle_step_01c : r->throttle_initial_01c;
	s->out->throttle_01c = pct < r->throttle_most_01c ? pct : r->throttle_most_01c;
}

/* Twice in a row more than half as much was dirtied as was sent: take more CPU away. */
static void converge(struct sender *s)
{
	if (s->now_ns <= s->period_ns + THROTTLE_PERIOD_NS)
		return;
	double sent = (double)(s->flushed_bytes - s->period_bytes);
	if (s->c->rules.auto_converge && (double)s->period_pages * QEMU_PAGE > sent / 2 && ++s->high >= 2) {
		s->high = 0;
		throttle_up(s);
	}
	s->period_ns = s->now_ns;
	s->period_bytes = s->flushed_bytes;
	s->period_pages = 0;
}

/* Reads the dirty log: what was written since the last time is to be sent (again). */
static void sync_log(struct sender *s)
{
	s->now_ns += s->c->costs.sync_ns * s->c->pages / 65536;
	run_guest(s, s->now_ns);
	for (uint32_t k = 0; k < s->c->dirty.count; k++) {
		const struct dirty_writer *w = &s->c->dirty.writer[k];
		for (int64_t p = w->first; p < w->first + w->pages; p++) {
			bool fresh = s->written[p] && !s->dirty[p];
			s->dirty[p] |= s->written[p];
			s->written[p] = 0;
			s->left += fresh;
			s->period_pages += fresh;
		}
	}
	struct qemu_outcome *out = s->out;
	if (out->syncs < QEMU_PASSES) {
		out->pass_start_ns[out->syncs] = s->now_ns;
		out->pass_pages[out->syncs] = s->left;
	}
	out->syncs++;
	converge(s);
}

/* Hands the buffer to the link; waits while more is in flight than the socket holds. */
static void flush(struct sender *s)
{
	const struct qemu_link *link = &s->c->link;
	if (s->c->rules.multifd && s->filled_pages)
		s->filled_bytes += PACKET_BYTES;
	s->flushed_bytes += s->filled_bytes;
	if (link->rate_Bps > 0) {
		double free_ns = (double)(s->now_ns - link->burst_ns);
		s->wire_ns = s->wire_ns > free_ns ? s->wire_ns : free_ns;
		s->wire_ns += (double)s->filled_bytes / link->rate_Bps * 1e9;
		double held_ns = (double)link->buffer_bytes / link->rate_Bps * 1e9;
		if (s->wire_ns - held_ns > (double)s->now_ns)
			s->now_ns = (int64_t)(s->wire_ns - held_ns);
	}
	s->filled_bytes = s->copied_bytes = 0;
	s->filled_pages = 0;
}

static int64_t cost_of(const struct sender *s)
{
	const struct qemu_costs *k = &s->c->costs;
	int64_t ns = k->first_ns;
	if (s->postcopy)
		ns = k->placed_ns;
	else if (s->there[s->at])
		ns = s->stopped ? k->stopped_ns : k->again_ns;
	return s->c->link.rate_Bps > 0 && ns > k->linked_ns ? k->linked_ns : ns;
}

/* Fills the buffer with a page that is not zero. */
static void fill_data(struct sender *s)
{
	int64_t less = -1;
	if (s->c->rules.xbzrle && !s->postcopy)
		less = xbzrle_bytes(&s->xbzrle, s->at, s->out->syncs, s->stopped);
	s->now_ns += cost_of(s);
	if (less >= 0) {
		s->filled_bytes += less;
		s->copied_bytes += less;
		s->out->small_pages++;
		return;
	}
	int64_t head = s->c->rules.multifd ? 0 : QEMU_PAGE_HEADER;
	s->filled_bytes += head + QEMU_PAGE;
	s->copied_bytes += head;
	s->out->sent_pages++;
	s->filled_pages++;
}

static void fill_zero(struct sender *s)
{
	s->now_ns += s->postcopy ? s->c->costs.zero_placed_ns : s->c->costs.zero_ns;
	s->out->zero_pages++;
	if (s->c->rules.multifd) {
		s->filled_pages++;
		return;
	}
	s->filled_bytes += QEMU_ZERO_PAGE_BYTES;
	s->copied_bytes += QEMU_ZERO_PAGE_BYTES;
}

static void send_page(struct sender *s)
{
	s->dirty[s->at] = 0;
	s->left--;
	if (s->data[s->at])
		fill_data(s);
	else
		fill_zero(s);
	s->there[s->at] = 1;
	uint32_t most = s->c->rules.multifd ? PACKET_PAGES : FLUSH_PAGES;
	if (s->filled_pages >= most || s->copied_bytes >= FLUSH_BYTES)
		flush(s);
}

/* Moves on to the next dirty page, round and round. */
static bool find_page(struct sender *s)
{
	if (s->left == 0) {
		s->xbzrle.on = true;
		return false;
	}
	while (!s->dirty[s->at])
		if (++s->at == s->c->pages) {
			s->at = 0;
			s->xbzrle.on = true;
		}
	return true;
}

static bool exceeded(const struct sender *s)
{
	const struct qemu_rules *r = &s->c->rules;
	double budget = (s->postcopy ? r->postcopy_bandwidth_Bps : r->max_bandwidth_Bps) * time_s(SLICE_NS);
	return budget > 0 && (double)(s->flushed_bytes - s->slice_bytes) > budget;
}

/* One call of the RAM code. */
static void send_some(struct sender *s)
{
	int64_t begun_ns = s->now_ns;
	for (uint32_t n = 1; !exceeded(s) && find_page(s); n++) {
		send_page(s);
		if (n % CALL_LOOK == 0 && s->now_ns - begun_ns > CALL_NS)
			break;
	}
	flush(s);
}

/* Measures the bandwidth of a slice that is over, and opens the next one. */
static void end_slice(struct sender *s)
{
	if (s->now_ns < s->slice_ns + SLICE_NS)
		return;
	double sent = (double)(s->flushed_bytes - s->slice_bytes);
	s->threshold_bytes = sent / (double)(s->now_ns - s->slice_ns) * (double)s->c->rules.downtime_limit_ns;
	s->slice_ns = s->now_ns;
	s->slice_bytes = s->flushed_bytes;
}

static bool below(const struct sender *s)
{
	return s->left == 0 || (double)s->left * QEMU_PAGE < s->threshold_bytes;
}

/* Sends all that is left, unthrottled. */
static void send_rest(struct sender *s)
{
	while (find_page(s))
		send_page(s);
	flush(s);
	if (s->wire_ns > (double)s->now_ns)
		s->now_ns = (int64_t)s->wire_ns;
	s->now_ns += s->c->costs.resume_ns;
}

static void stop_guest(struct sender *s)
{
	run_guest(s, s->now_ns);
	s->out->stopped_at_ns = s->stopped ? 0 : s->now_ns;
	s->stopped = true;
}

static void complete(struct sender *s)
{
	s->out->completed = true;
	if (s->postcopy) {
		send_rest(s);
		return;
	}
	stop_guest(s);
	s->now_ns += s->c->costs.stop_ns;
	sync_log(s);
	send_rest(s);
	s->out->downtime_ns = s->now_ns - s->out->stopped_at_ns;
	if (s->c->rules.mode == QEMU_COLD)
		s->out->downtime_ns += s->c->costs.ask_ns;
}

static void begin_postcopy(struct sender *s)
{
	const struct qemu_costs *k = &s->c->costs;
	stop_guest(s);
	s->postcopy = s->out->postcopy = true;
	sync_log(s);
	s->now_ns += k->stop_ns;
	s->out->downtime_ns = k->stop_ns + k->discard_ns + k->resume_ns;
}

/* Whoever drives the migration looks now and then, and asks for post-copy when its rule says so. */
static void poll(struct sender *s)
{
	const struct qemu_rules *r = &s->c->rules;
	if (r->mode != QEMU_POSTCOPY && r->mode != QEMU_HYBRID)
		return;
	if (s->now_ns < s->next_poll_ns)
		return;
	bool by_pass = r->switch_after_ns == 0 && s->out->syncs >= r->switch_pass;
	bool by_time = r->switch_after_ns > 0 && s->now_ns >= r->switch_after_ns;
	s->asked |= r->mode == QEMU_POSTCOPY || by_pass || by_time;
	int64_t poll_ns = r->poll_ns > 0 ? r->poll_ns : 1;
	s->next_poll_ns += (s->now_ns - s->next_poll_ns) / poll_ns * poll_ns + poll_ns;
}

/* Auto-converge reads the dirty log of a long pass, but for the first, from time to time. */
static void sync_if_late(struct sender *s)
{
	if (!s->c->rules.auto_converge || s->postcopy || s->now_ns < s->next_sync_ns)
		return;
	s->next_sync_ns += THROTTLE_SYNC_NS;
	if (s->out->syncs > 1 && s->out->syncs == s->last_syncs)
		sync_log(s);
	s->last_syncs = s->out->syncs;
}

/* One turn of the migration thread's loop; true when the migration is over. */
static bool turn(struct sender *s)
{
	const struct qemu_rules *r = &s->c->rules;
	sync_if_late(s);
	poll(s);
	if (exceeded(s)) {
		/* The budget of this slice is spent: sleep to its end. */
		int64_t end_ns = s->slice_ns + SLICE_NS;
		if (s->now_ns < end_ns)
			s->now_ns = end_ns + s->c->costs.wake_ns;
		end_slice(s);
		return false;
	}
	if (below(s) && !s->postcopy)
		sync_log(s);
	if (below(s)) {
		complete(s);
		return true;
	}
	if (s->asked && !s->postcopy) {
		begin_postcopy(s);
		return false;
	}
	send_some(s);
	/* In post-copy the pages that the guest asks for wake the thread at once: it need not sleep first. */
	if (s->postcopy && s->c->dirty.count && below(s)) {
		complete(s);
		return true;
	}
	end_slice(s);
	return r->time_limit_ns > 0 && s->now_ns > r->time_limit_ns;
}

/* Data pages of which no more is known lie evenly among those that are zero. */
static void spread(struct sender *s)
{
	int64_t zero = 0, seen = 0;
	for (int64_t p = 0; p < s->c->pages; p++)
		zero += !s->data[p];
	int64_t more = s->c->spread_pages < zero ? s->c->spread_pages : zero;
	for (int64_t p = 0; p < s->c->pages; p++) {
		if (s->data[p])
			continue;
		s->data[p] = (seen + 1) * more / zero > seen * more / zero;
		seen++;
	}
}

static void sender_init(struct sender *s, const struct qemu_case *c, uint64_t seed)
{
	ASSERT(c->pages > 0 && c->data_count <= QEMU_RUNS);
	size_t n = (size_t)c->pages;
	random_init(&s->chance, seed, "page writes", 0);
	s->dirty = memory_new(n, 4, "pages of a migrating guest");
	s->written = s->dirty + n;
	s->data = s->dirty + 2 * n;
	s->there = s->dirty + 3 * n;
	memset(s->dirty, 1, n);
	s->left = c->pages;
	for (uint32_t k = 0; k < c->data_count; k++) {
		ASSERT(c->data[k].first >= 0 && c->data[k].first + c->data[k].count <= c->pages);
		memset(s->data + c->data[k].first, 1, (size_t)c->data[k].count);
	}
	for (uint32_t k = 0; k < c->dirty.count; k++) {
		/* A page that is written is no zero page. */
		const struct dirty_writer *w = &c->dirty.writer[k];
		ASSERT(w->first >= 0 && w->first + w->pages <= c->pages);
		memset(s->data + w->first, 1, (size_t)w->pages);
	}
	spread(s);
	if (c->rules.xbzrle)
		xbzrle_init(&s->xbzrle, c->pages, c->rules.write_bytes);
	s->wire_ns = -(double)c->link.burst_ns;
	s->stopped = c->rules.mode == QEMU_COLD;
	s->next_poll_ns = c->rules.poll_ns;
	s->next_sync_ns = THROTTLE_SYNC_NS;
}

void qemu_migrate(const struct qemu_case *c, uint64_t seed, struct qemu_outcome *out)
{
	*out = (struct qemu_outcome){.syncs = 1};
	out->pass_pages[0] = c->pages;
	struct sender s = {.c = c, .out = out};
	sender_init(&s, c, seed);
	while (!turn(&s))
		;
	out->total_ns = s.now_ns;
	out->sent_bytes = s.flushed_bytes;
	free(s.dirty);
	xbzrle_fini(&s.xbzrle);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Continuous checkpoints of a guest, epoch by epoch. */
#include "models/migration/remus.h"

#include "sim/fault.h"
#include "sim/time.h"
#include "sim/transcend.h"

#define EPOCHS_MOST 100000
#define EPOCHS_LEAST 2          /* the first has no epoch before it to wait for */

/* Instants of an epoch, in its own time: it begins to run at 0. */
struct epoch {
	double pages;
	int64_t run_ns, paused_ns, send_ns;
	int64_t acknowledged_ns;
};

static int64_t whole_ns(double s)
{
	int64_t ns;
	return time_from_s(s, &ns) ? ns : TIME_MAX_NS / 8;
}

/* `busy_ns`: until the one before is acknowledged, from when this one begins. */
static struct epoch epoch_run(const struct remus *r, int64_t busy_ns)
{
	struct epoch e = {.run_ns = busy_ns > r->epoch_ns ? busy_ns : r->epoch_ns};
	e.pages = dirty_distinct(&r->dirty, time_s(e.run_ns));
	e.paused_ns = r->pause_ns + whole_ns(e.pages * time_s(r->copy_ns));
	e.send_ns = whole_ns(e.pages * r->page_bytes / r->bandwidth_Bps);
	/* Sending begins when the copy is complete; the guest goes on at the same instant. */
	e.acknowledged_ns = e.run_ns + e.paused_ns + e.send_ns + 2 * r->latency_ns;
	return e;
}

static struct remus_outcome outcome(const struct remus *r, const struct epoch *e)
{
	int64_t cycle_ns = e->run_ns + e->paused_ns;
	double cycle_s = time_s(cycle_ns), behind_s = time_s(e->acknowledged_ns - e->run_ns);
	ASSERT(cycle_ns > 0);
	return (struct remus_outcome){
		.run_ns = e->run_ns, .paused_ns = e->paused_ns, .send_ns = e->send_ns, .pages = e->pages,
		.bytes = e->pages * r->page_bytes,
		.speed_01 = (double)e->run_ns / (double)cycle_ns,
		.bandwidth_Bps = e->pages * r->page_bytes / cycle_s,
		/* It sends only while it runs: at an instant spread evenly over the run. */
		.latency_mean_s = time_s(e->run_ns) / 2 + behind_s,
		.latency_most_s = time_s(e->run_ns) + behind_s,
		/* Between two acknowledgements the state to go back to is that of the earlier pause. */
		.undone_mean_s = behind_s + cycle_s / 2,
		.recovery_s = time_s(r->detect_ns + r->activate_ns),
	};
}

struct remus_outcome remus_run(const struct remus *r)
{
	struct epoch e = {.pages = 0};
	int64_t busy_ns = 0;
	uint32_t n = 0;
	ASSERT(r->epoch_ns > 0 && r->epoch_ns < TIME_MAX_NS / 8 && r->bandwidth_Bps > 0);
	ASSERT(r->pause_ns >= 0 && r->copy_ns >= 0 && r->latency_ns >= 0 && r->page_bytes >= 0);
	for (; n < EPOCHS_MOST; n++) {
		int64_t before_ns = e.run_ns;
		e = epoch_run(r, busy_ns);
		busy_ns = e.acknowledged_ns - e.run_ns - e.paused_ns;
		if (n >= EPOCHS_LEAST && e.run_ns == before_ns)
			break; /* a longer epoch dirties less a second, so it settles */
	}
	struct remus_outcome o = outcome(r, &e);
	o.epochs = n;
	return o;
}

double remus_closed_loop_01(const struct remus_outcome *o, double response_s)
{
	ASSERT(response_s > 0 && o->speed_01 > 0);
	return response_s / (response_s / o->speed_01 + o->latency_mean_s);
}

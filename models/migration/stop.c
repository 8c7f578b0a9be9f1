/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stop rules of pre-copy, each by the name of who has it, and what each does to the guest and to the rate. */
#include "models/migration/leg.h"

#include "sim/fault.h"
#include "sim/time.h"

#define CHECK_NS NS_PER_S        /* QEMU 10: auto-converge judges the dirty rate of at least this long */
/* Of the bandwidth, what vMotion leaves the guest to dirty once it slows it. VMware tells only that the
 * vCPUs sleep so that the migration can end (Epping 2011, "stun during page send"); the part is our
 * choice. */
#define VMOTION_SHARE 0.5

static double least(double a, double b)
{
	return a < b ? a : b;
}

static double most(double a, double b)
{
	return a > b ? a : b;
}

/* Pages that can go within the downtime limit at the bandwidth measured. */
double stop_threshold_pages(const struct move *m)
{
	double bandwidth_Bps = m->tail_Bps > 0 ? m->tail_Bps : m->bandwidth_Bps;
	return bandwidth_Bps * time_s(m->c.rules.downtime_limit_ns) / PAGE_BYTES;
}

/* Clark's rate for the next round, 2005, s. 5.3: the dirty rate of the last one and a step. */
static double clark_Bps(const struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	double rate = m->round < 1 ? 0 : m->dirty_Hz * PAGE_BYTES + r->step_Bps;
	return most(rate, r->least_Bps);
}

double stop_rate_Bps(const struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	return r->stop == STOP_CLARK ? least(clark_Bps(m), r->most_Bps) : r->most_Bps;
}

/* Pages left, with what the disk still has to send. */
static double left_pages(const struct move *m)
{
	return m->data_left + m->zero_left + m->disk_left_bytes / PAGE_BYTES;
}

static bool xen_gives_up(const struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	double memory = m->c.data_pages + m->c.zero_pages;
	return r->factor_most > 0 && m->sent_pages > r->factor_most * memory;
}

bool stop_now(struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	switch (r->stop) {
	case STOP_QEMU:
	case STOP_VMOTION:
		m->converged = left_pages(m) < stop_threshold_pages(m) || left_pages(m) <= 0;
		return m->converged;
	case STOP_SIMGRID:
		m->converged = left_pages(m) <= stop_threshold_pages(m);
		return m->converged;
	case STOP_XEN:
		/* It looks at the round that is over, not at what is left: sent and skipped. */
		m->converged = m->leg_data + m->leg_zero + m->last_skipped < r->few_pages;
		if (!m->converged && xen_gives_up(m))
			return true;
		break;
	case STOP_CLARK:
		m->converged = left_pages(m) < r->few_pages;
		if (!m->converged && clark_Bps(m) > r->most_Bps)
			return true;
		break;
	case STOP_ROUNDS:
		m->converged = left_pages(m) < 1;
		break;
	case STOP_RULES:
		ASSERT(r->stop < STOP_RULES);
	}
	return m->converged || (r->rounds_most > 0 && m->round >= r->rounds_most);
}

/* QEMU: twice in a row more than half as much was dirtied as was sent: a step more of the CPU is taken
 * away. */
static void auto_converge(struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	if (m->now_ns <= m->check_ns + CHECK_NS)
		return;
	bool high = m->check_pages * PAGE_BYTES > (m->sent_bytes - m->check_bytes) / 2;
	/* As in QEMU, a period with little dirtied in between does not begin the count anew. */
	m->high += high;
	if (high && m->high >= 2) {
		m->high = 0;
		double step_01 = m->throttle_01 > 0 ? r->throttle_step_01 : r->throttle_first_01;
		m->throttle_01 = least(m->throttle_01 + step_01, r->throttle_most_01);
	}
	m->check_ns = m->now_ns;
	m->check_bytes = m->sent_bytes;
	m->check_pages = 0;
}

void stop_converge(struct move *m, double dirtied)
{
	const struct move_rules *r = &m->c.rules;
	if (r->stop == STOP_VMOTION && dirtied * PAGE_BYTES > VMOTION_SHARE * m->leg.bytes) {
		double kept = (1 - m->throttle_01) * VMOTION_SHARE * m->leg.bytes / (dirtied * PAGE_BYTES);
		m->throttle_01 = least(1 - kept, r->throttle_most_01);
	}
	if (r->auto_converge)
		auto_converge(m);
}

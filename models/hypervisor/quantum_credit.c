/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Xen's credit scheduler (xen/common/sched_credit.c).
 *
 * Each accounting (three ticks of 10 ms) shares 30 ms of credit a core among the active vCPUs by weight;
 * running costs it. With credit left a vCPU is UNDER, else OVER, and UNDER runs before OVER, each in a
 * circle with slices of 30 ms. Who wakes UNDER is BOOSTed before all others until a tick finds it running,
 * but takes no core from one that has had it for less than the rate limit of 1 ms. Who has saved up more
 * than a slice stops earning, and loses half, until a tick finds it running again.
 *
 * Credit is kept in ns of CPU (Xen: 10 credits a ms). `debit_samples` is the rule of Xen 3: whoever runs at
 * a tick pays the whole tick, others nothing: who sleeps then is never seen (Zhou et al. 2011, "Scheduler
 * vulnerabilities and attacks in cloud computing"). Otherwise who has overdrawn is active too, where Xen
 * lets only ticks make a vCPU active. Differences: a group's weight is shared by its vCPUs (Xen
 * from 4.? on gives each vCPU the weight of its domain), caps are purses (quantum_cap.c, where Xen parks who
 * has overdrawn), and a core takes from others only when it has nothing of that rank to run. */
#include "models/hypervisor/quantum_kind.h"

enum { BOOST, UNDER, OVER };

#define RATELIMIT_NS 1000000         /* sched_ratelimit_us = 1000 */
#define TICKS_PER_ACCOUNTING 3       /* CSCHED_TICKS_PER_TSLICE */

static void join(struct quantum *q, struct quantum_lane *lane, uint32_t v, enum quantum_join why)
{
	struct quantum_seat *s = &q->seats[v];
	if (why == QUANTUM_NEW)
		s->class = UNDER;
	if ((why == QUANTUM_NEW || why == QUANTUM_WOKEN) && s->class == UNDER && q->rules.boost)
		s->class = BOOST;
	quantum_line_put(&lane->queue, s->class, v);
}

static uint32_t pick(struct quantum *q, struct quantum_lane *lane)
{
	(void)q;
	return quantum_line_take(&lane->queue).vcpu;
}

static void charge(struct quantum *q, struct quantum_lane *lane, uint32_t v, int64_t ran_ns)
{
	(void)lane;
	if (q->rules.debit_samples)
		return;
	q->seats[v].credit_ns -= ran_ns;
	if (q->seats[v].credit_ns < 0)
		q->seats[v].active = true;
}

static int64_t until(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	(void)lane;
	return quantum_slice_end(q, v);
}

static int64_t preempts(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	(void)lane;
	const struct quantum_seat *s = &q->seats[v];
	const struct quantum_core *core = &q->cores[s->core];
	if (s->class >= q->seats[core->running].class)
		return QUANTUM_NEVER;
	int64_t limit_ns = core->start_ns + (RATELIMIT_NS < q->rules.slice_ns ? RATELIMIT_NS : 0);
	return limit_ns > q->now_ns ? limit_ns : q->now_ns;
}

static void sample(struct quantum *q)
{
	for (uint32_t c = 0; c < q->core_count; c++) {
		quantum_settle(q, c);
		if (q->cores[c].running == QUANTUM_NONE)
			continue;
		struct quantum_seat *s = &q->seats[q->cores[c].running];
		if (q->rules.debit_samples)
			s->credit_ns -= q->rules.tick_ns;
		if (s->class == BOOST)
			s->class = UNDER;
		s->active = true;
	}
}

/* What an active vCPU earns: its part by weight, at most all of one core; what that leaves goes to the
 * others. In rounds, since each who is cut to a core raises the parts of the rest. Pays those who are cut,
 * and gives what the others (`earns`) have for a load of 1, 2^32 times. */
static int64_t earn(struct quantum *q)
{
	int64_t most_ns = q->rules.tick_ns * TICKS_PER_ACCOUNTING, left_ns = most_ns * q->core_count;
	int64_t load = 0, heaviest = 0;
	for (uint32_t v = 0; v < q->seat_count; v++) {
		struct quantum_seat *s = &q->seats[v];
		s->earns = s->used && s->active;
		load += s->earns ? s->load : 0;
		heaviest = s->earns && s->load > heaviest ? s->load : heaviest;
	}
	bool again = wide_product(left_ns, heaviest) >= wide_product(most_ns, load);
	while (again && load) {
		again = false;
		for (uint32_t v = 0; v < q->seat_count; v++) {
			struct quantum_seat *s = &q->seats[v];
			if (!s->earns || wide_product(left_ns, s->load) < wide_product(most_ns, load))
				continue;
			s->earns = false;
			s->credit_ns += most_ns;
			left_ns -= most_ns;
			load -= s->load;
			again = true;
		}
	}
	return load ? (int64_t)(((wide)left_ns << 32) / load) : 0;
}

/* Classes have changed: those that wait are put in order again, if they are not any more. */
static void resort(struct quantum *q, struct quantum_line *l)
{
	bool sorted = true;
	for (uint32_t i = l->head; i < l->tail; i++) {
		l->at[i].key = q->seats[l->at[i].vcpu].class;
		sorted &= i == l->head || l->at[i - 1].key <= l->at[i].key;
	}
	uint32_t tail = l->tail;
	if (!sorted)
		l->tail = l->head;
	for (uint32_t i = l->head; i < tail && !sorted; i++)
		quantum_line_put(l, l->at[i].key, l->at[i].vcpu);
}

static void resort_all(struct quantum *q)
{
	for (uint64_t left = q->ranks; left; left &= left - 1)
		for (uint32_t c = 0; c < q->core_count; c++)
			resort(q, &q->lanes[__builtin_ctzll(left)][c].queue);
}

static void account(struct quantum *q)
{
	int64_t slice_ns = q->rules.tick_ns * TICKS_PER_ACCOUNTING;
	int64_t rate = earn(q);
	bool changed = false;
	for (uint32_t v = 0; v < q->seat_count; v++) {
		struct quantum_seat *s = &q->seats[v];
		if (!s->used || !s->active)
			continue;
		s->credit_ns += s->earns ? (int64_t)(wide_product(rate, s->load) >> 32) : 0;
		uint32_t class = s->credit_ns < 0 ? OVER : UNDER;
		changed |= class != s->class;
		s->class = class;
		if (s->credit_ns < -slice_ns)
			s->credit_ns = -slice_ns;
		if (s->credit_ns > slice_ns) {
			s->active = false;
			s->credit_ns /= 2;
		}
	}
	if (changed)
		resort_all(q);
}

/* Goes on while anybody is awake. */
static int64_t timer(struct quantum *q)
{
	sample(q);
	if ((q->now_ns - q->opened_ns) / q->rules.tick_ns % TICKS_PER_ACCOUNTING == 0)
		account(q);
	return q->idle == q->core_count && !q->waiting ? QUANTUM_NEVER : q->now_ns + q->rules.tick_ns;
}

const struct quantum_kind quantum_credit = {
	.join = join, .pick = pick, .charge = charge, .until = until, .preempts = preempts, .timer = timer
};

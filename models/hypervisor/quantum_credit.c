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
 * has overdrawn), and a core takes from others only when it has nothing of that rank to run.
 *
 * Two things keep it quick, and change nothing. What each earns is worked out when somebody joins or leaves
 * those that are active, or a load changes; accounting then adds. And a tick that would find nobody BOOSTed
 * and everybody active is passed over: who is put on a core and is not so asks for one (pick). */
#include "models/hypervisor/quantum_kind.h"

#include "sim/fault.h"
#include "sim/lanes.h"

enum { BOOST, UNDER, OVER };

#define RATELIMIT_NS 1000000         /* sched_ratelimit_us = 1000 */
#define TICKS_PER_ACCOUNTING 3       /* CSCHED_TICKS_PER_TSLICE */

static int64_t standing_of(uint32_t class)
{
	return class == BOOST ? 1 : class == UNDER ? 0 : -1;
}

static void class_set(struct quantum *q, struct quantum_seat *s, uint32_t class)
{
	s->class = class;
	if (s->active)
		q->book.standing[s->place] = standing_of(class);
}

static int64_t *credit_of(struct quantum *q, struct quantum_seat *s)
{
	return s->active ? &q->book.credit_ns[s->place] : &s->credit_ns;
}

static void book_grow(struct quantum_book *b)
{
	uint32_t room = b->room ? 2 * b->room : 16;
	b->seat = memory_resize(b->seat, b->room, room, sizeof *b->seat, "credits of vCPUs");
	b->credit_ns = memory_resize(b->credit_ns, b->room, room, sizeof *b->credit_ns, "credits of vCPUs");
	b->earns_ns = memory_resize(b->earns_ns, b->room, room, sizeof *b->earns_ns, "credits of vCPUs");
	b->standing = memory_resize(b->standing, b->room, room, sizeof *b->standing, "credits of vCPUs");
	b->room = room;
}

static void activate(struct quantum *q, uint32_t v)
{
	struct quantum_book *b = &q->book;
	struct quantum_seat *s = &q->seats[v];
	if (s->active)
		return;
	if (b->count == b->room)
		book_grow(b);
	s->place = b->count++;
	s->active = true;
	b->seat[s->place] = v;
	b->credit_ns[s->place] = s->credit_ns;
	b->standing[s->place] = standing_of(s->class);
	b->stale = true;
}

/* The last of the book takes the place. */
static void deactivate(struct quantum *q, uint32_t v)
{
	struct quantum_book *b = &q->book;
	struct quantum_seat *s = &q->seats[v];
	uint32_t place = s->place, last = --b->count;
	ASSERT(s->active && place <= last && b->seat[place] == v);
	s->credit_ns = b->credit_ns[place];
	s->active = false;
	b->seat[place] = b->seat[last];
	b->credit_ns[place] = b->credit_ns[last];
	b->standing[place] = b->standing[last];
	q->seats[b->seat[place]].place = place;
	b->stale = true;
}

static void forget(struct quantum *q, uint32_t v)
{
	if (q->seats[v].active)
		deactivate(q, v);
}

static void join(struct quantum *q, struct quantum_lane *lane, uint32_t v, enum quantum_join why)
{
	struct quantum_seat *s = &q->seats[v];
	if (why == QUANTUM_NEW)
		class_set(q, s, UNDER);
	if ((why == QUANTUM_NEW || why == QUANTUM_WOKEN) && s->class == UNDER && q->rules.boost)
		class_set(q, s, BOOST);
	quantum_line_put(&lane->queue, s->class, v);
}

/* Who is about to run and would be changed by a tick must be found by the next one. */
static uint32_t pick(struct quantum *q, struct quantum_lane *lane)
{
	uint32_t v = quantum_line_take(&lane->queue).vcpu;
	const struct quantum_seat *s = &q->seats[v];
	if (s->active && s->class != BOOST)
		return v;
	int64_t tick_ns = quantum_tick(q, q->now_ns + 1);
	if (tick_ns < quantum_alarm_get(&q->timers, QUANTUM_ALARM_KIND))
		quantum_alarm_set(&q->timers, QUANTUM_ALARM_KIND, tick_ns);
	return v;
}

static void charge(struct quantum *q, struct quantum_lane *lane, uint32_t v, int64_t ran_ns)
{
	struct quantum_seat *s = &q->seats[v];
	int64_t *credit_ns = credit_of(q, s);
	(void)lane;
	if (q->rules.debit_samples)
		return;
	*credit_ns -= ran_ns;
	if (*credit_ns < 0)
		activate(q, v);
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
		uint32_t v = q->cores[c].running;
		struct quantum_seat *s = &q->seats[v];
		if (q->rules.debit_samples)
			*credit_of(q, s) -= q->rules.tick_ns;
		if (s->class == BOOST)
			class_set(q, s, UNDER);
		activate(q, v);
	}
}

/* What each in the book earns: its part by weight, at most all of one core; what that leaves goes to the
 * others. In rounds, since each who is cut to a core raises the parts of the rest. */
static void earn(struct quantum *q)
{
	struct quantum_book *b = &q->book;
	int64_t most_ns = q->rules.tick_ns * TICKS_PER_ACCOUNTING, left_ns = most_ns * q->core_count;
	int64_t load = 0, heaviest = 0;
	for (uint32_t p = 0; p < b->count; p++) {
		const struct quantum_seat *s = &q->seats[b->seat[p]];
		b->earns_ns[p] = 0;
		load += s->load;
		heaviest = s->load > heaviest ? s->load : heaviest;
	}
	bool again = wide_product(left_ns, heaviest) >= wide_product(most_ns, load);
	while (again && load) {
		again = false;
		for (uint32_t p = 0; p < b->count; p++) {
			int64_t own = q->seats[b->seat[p]].load;
			if (b->earns_ns[p] || wide_product(left_ns, own) < wide_product(most_ns, load))
				continue;
			b->earns_ns[p] = most_ns;
			left_ns -= most_ns;
			load -= own;
			again = true;
		}
	}
	int64_t rate = load ? (int64_t)(((wide)left_ns << 32) / load) : 0; /* of a load of 1, 2^32 times */
	for (uint32_t p = 0; p < b->count; p++)
		if (!b->earns_ns[p])
			b->earns_ns[p] = (int64_t)(wide_product(rate, q->seats[b->seat[p]].load) >> 32);
	b->stale = false;
}

/* Everybody earns, and nobody owes more than a slice. False when that changes no class and makes nobody rich,
 * which is to have more than a slice. */
LANES static bool pay(uint32_t n, const int64_t *restrict earns_ns, const int64_t *restrict standing,
                      int64_t slice_ns, int64_t *restrict credit_ns)
{
	int64_t changed = 0;
	for (uint32_t p = 0; p < n; p++) {
		int64_t credit = credit_ns[p] + earns_ns[p];
		changed |= (-(int64_t)(credit < 0) ^ standing[p]) | -(int64_t)(credit > slice_ns);
		credit_ns[p] = credit < -slice_ns ? -slice_ns : credit;
	}
	return changed != 0;
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

/* The same where v alone of those that wait has changed: it goes past those between its old class and its
 * new one. */
static void resort_one(struct quantum *q, uint32_t v)
{
	struct quantum_line *l = &quantum_lane_of(q, q->seats[v].core, q->seats[v].rank)->queue;
	int64_t key = q->seats[v].class;
	uint32_t i = l->head;
	while (i < l->tail && l->at[i].vcpu != v)
		i++;
	ASSERT(i < l->tail);
	for (; i + 1 < l->tail && l->at[i + 1].key < key; i++)
		l->at[i] = l->at[i + 1];
	for (; i > l->head && l->at[i - 1].key > key; i--)
		l->at[i] = l->at[i - 1];
	l->at[i] = (struct quantum_entry){ key, v };
}

/* Puts everybody into the class that the credit says; who is rich stops earning, and loses half. False when
 * one of those runs: a tick must find it. From the last place to the first, since who leaves is replaced by
 * the last. */
static bool classify(struct quantum *q, int64_t slice_ns)
{
	struct quantum_book *b = &q->book;
	uint32_t changed = 0, waiting = QUANTUM_NONE;
	bool quiet = true;
	for (uint32_t p = b->count; p-- > 0;) {
		uint32_t v = b->seat[p];
		struct quantum_seat *s = &q->seats[v];
		if (b->standing[p] != -(int64_t)(b->credit_ns[p] < 0)) {
			class_set(q, s, b->credit_ns[p] < 0 ? OVER : UNDER);
			changed += s->state == QUANTUM_READY;
			waiting = s->state == QUANTUM_READY ? v : waiting;
		}
		if (b->credit_ns[p] > slice_ns) {
			b->credit_ns[p] /= 2;
			quiet &= s->state != QUANTUM_RUNNING;
			deactivate(q, v);
		}
	}
	if (changed == 1)
		resort_one(q, waiting);
	else if (changed)
		resort_all(q);
	return quiet;
}

static bool account(struct quantum *q)
{
	struct quantum_book *b = &q->book;
	int64_t slice_ns = q->rules.tick_ns * TICKS_PER_ACCOUNTING;
	if (b->stale)
		earn(q);
	return !pay(b->count, b->earns_ns, b->standing, slice_ns, b->credit_ns) || classify(q, slice_ns);
}

/* Ticks end at one at which nobody is awake, and accountings with them. That one may have been passed
 * over. */
static bool ended(const struct quantum *q)
{
	int64_t last_ns = q->now_ns - q->rules.tick_ns;
	if (q->idle < q->core_count || q->waiting)
		return false;
	for (uint32_t c = 0; c < q->core_count; c++)
		if (q->cores[c].idle_since_ns >= last_ns)
			return false;
	return true;
}

static int64_t timer(struct quantum *q)
{
	int64_t tick_ns = q->rules.tick_ns;
	if (ended(q))
		return QUANTUM_NEVER;
	sample(q);
	int64_t past = (q->now_ns - q->opened_ns) / tick_ns % TICKS_PER_ACCOUNTING;
	bool quiet = past || account(q);
	if (q->idle == q->core_count && !q->waiting)
		return QUANTUM_NEVER;
	if (!quiet || q->rules.debit_samples || q->rules.gang)
		return q->now_ns + tick_ns;
	return q->now_ns + (TICKS_PER_ACCOUNTING - past) * tick_ns;
}

const struct quantum_kind quantum_credit = {
	.join = join, .pick = pick, .charge = charge, .until = until, .preempts = preempts, .timer = timer,
	.forget = forget
};

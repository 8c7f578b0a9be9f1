/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Demand over time: where a guest stands on its trace, what holds there, and many samples at once.
 *
 * Three coordinates: simulated time; the tick of a plan (models/demand.h numbers them); and the
 * place in a row, the time since the row's first stamp, folded into one lap where the trace
 * repeats. Everything below is one of tick -> instant, instant -> tick, or tick -> place. */
#include "models/demand.h"

#include <stddef.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/time.h"

const char *const demand_column_names[DEMAND_COLUMNS] = {
	"cpu", "memory", "net_in", "net_out", "disk_read", "disk_write",
};
const char *const demand_hold_names[DEMAND_HOLDS] = {"step", "linear"};
const char *const demand_end_names[DEMAND_ENDS] = {"stop", "hold", "repeat"};

/* Spans and instants are cut here, so that sums of a few of them stay within 64 bits. */
#define FOREVER_NS (INT64_C(1) << 60)
#define TICK_NONE UINT32_MAX

/* The stamps of one row, regular or not. */
struct ruler {
	const int64_t *stamps_ns;       /* NULL: regular */
	int64_t start_ns, period_ns;
	int64_t span_ns;                /* from the first stamp to the end of the last sample */
	uint32_t count;
};

/* A place in a row: sample `at`, `rest_ns` behind its stamp, on the way to sample `to`. */
struct spot {
	uint32_t at, to;
	int64_t rest_ns, gap_ns;
	bool past;                      /* behind an end rule stop */
};

static int64_t at_most(int64_t x, int64_t most)
{
	return x < most ? x : most;
}

/* Quotient rounded up, of any whole number by a positive one. */
static int64_t divide_up(int64_t x, int64_t divisor)
{
	return x / divisor + (x % divisor > 0);
}

static struct ruler ruler_of(const struct demand_plan *plan, uint32_t row)
{
	const struct demand_set *set = plan->set;
	if (!set->irregular) {
		int64_t span_ns;
		if (__builtin_mul_overflow(set->axis.period_ns, (int64_t)set->axis.count, &span_ns))
			span_ns = FOREVER_NS;
		return (struct ruler){
			NULL, set->axis.start_ns, set->axis.period_ns,
			at_most(span_ns, FOREVER_NS), set->axis.count,
		};
	}
	ASSERT(row < set->rows);
	const int64_t *stamps_ns = set->stamps_ns + demand_row_stamps(set, row);
	uint32_t n = set->row_count[row];
	struct ruler ruler = {stamps_ns, n ? stamps_ns[0] : 0, 0, FOREVER_NS, n};
	if (n > 1)
		ruler.span_ns = 2 * stamps_ns[n - 1] - stamps_ns[n - 2] - stamps_ns[0];
	return ruler;
}

/* When sample i begins, since the first stamp. */
static int64_t ruler_offset(const struct ruler *ruler, uint32_t i)
{
	return ruler->stamps_ns ? ruler->stamps_ns[i] - ruler->start_ns : i * ruler->period_ns;
}

/* The sample that holds `in_ns` >= 0 after the first stamp: the last one for all that is behind it.
 * */
static uint32_t ruler_find(const struct ruler *ruler, int64_t in_ns)
{
	if (!ruler->stamps_ns)
		return (uint32_t)at_most(in_ns / ruler->period_ns, ruler->count - 1);
	uint32_t low = 0, high = ruler->count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (ruler_offset(ruler, middle) <= in_ns)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* When the row begins, in simulated time. */
static int64_t row_start_ns(const struct demand_plan *plan, const struct ruler *ruler)
{
	return ruler->start_ns + plan->shift_ns;
}

static int64_t first_tick(const struct demand_plan *plan, const struct ruler *ruler)
{
	if (plan->hold == DEMAND_STEP)
		return 0;
	int64_t k = divide_up(row_start_ns(plan, ruler) - plan->offset_ns, plan->interval_ns);
	return k > 0 ? k : 0;
}

/* The tick whose value never changes again: the first behind the end (stop), or on the last sample
 * (hold). */
static int64_t last_tick(const struct demand_plan *plan, const struct ruler *ruler)
{
	if (plan->end == DEMAND_END_REPEAT)
		return TICK_NONE;
	bool stops = plan->end == DEMAND_END_STOP && ruler->span_ns < FOREVER_NS;
	if (plan->hold == DEMAND_STEP)
		return stops ? ruler->count : ruler->count - 1;
	int64_t still_ns = stops ? ruler->span_ns : ruler_offset(ruler, ruler->count - 1);
	int64_t k = divide_up(row_start_ns(plan, ruler) + still_ns - plan->offset_ns, plan->interval_ns);
	int64_t first = first_tick(plan, ruler);
	return at_most(k > first ? k : first, TICK_NONE);
}

static int64_t tick_ns(const struct demand_plan *plan, const struct ruler *ruler, int64_t tick)
{
	if (plan->hold == DEMAND_LINEAR)
		return plan->offset_ns + tick * plan->interval_ns;
	if (!ruler->stamps_ns)
		return row_start_ns(plan, ruler) + tick * ruler->period_ns;
	int64_t lap = tick / ruler->count, i = tick % ruler->count;
	return row_start_ns(plan, ruler) + lap * ruler->span_ns + ruler_offset(ruler, (uint32_t)i);
}

/* The tick that holds at now_ns, not before the first one. */
static int64_t tick_at(const struct demand_plan *plan, const struct ruler *ruler, int64_t now_ns)
{
	if (plan->hold == DEMAND_LINEAR)
		return (now_ns - plan->offset_ns) / plan->interval_ns;
	int64_t in_ns = now_ns - row_start_ns(plan, ruler);
	if (!ruler->stamps_ns)
		return in_ns / ruler->period_ns;
	if (plan->end != DEMAND_END_REPEAT)
		return in_ns < ruler->span_ns ? ruler_find(ruler, in_ns) : ruler->count;
	return in_ns / ruler->span_ns * ruler->count + ruler_find(ruler, in_ns % ruler->span_ns);
}

static int64_t next_ns(const struct demand_plan *plan, const struct ruler *ruler, int64_t tick)
{
	if (tick >= last_tick(plan, ruler))
		return TIME_MAX_NS;
	return at_most(tick_ns(plan, ruler, tick + 1), TIME_MAX_NS);
}

static struct spot spot_at(const struct demand_plan *plan, const struct ruler *ruler, uint32_t tick)
{
	struct spot spot = {0, 0, 0, 1, false};
	if (plan->hold == DEMAND_STEP) {
		spot.past = plan->end == DEMAND_END_STOP && tick >= ruler->count;
		spot.at = spot.to = plan->end == DEMAND_END_REPEAT ? tick % ruler->count : tick;
		return spot;
	}
	int64_t in_ns = tick_ns(plan, ruler, tick) - row_start_ns(plan, ruler);
	if (plan->end == DEMAND_END_REPEAT)
		in_ns %= ruler->span_ns;
	spot.past = plan->end == DEMAND_END_STOP && in_ns >= ruler->span_ns;
	spot.at = spot.to = ruler_find(ruler, in_ns);
	spot.rest_ns = in_ns - ruler_offset(ruler, spot.at);
	bool on_last = spot.at == ruler->count - 1;
	if (on_last && plan->end != DEMAND_END_REPEAT)
		return spot;
	spot.to = on_last ? 0 : spot.at + 1;
	spot.gap_ns = on_last ? ruler->span_ns : ruler_offset(ruler, spot.to);
	spot.gap_ns -= ruler_offset(ruler, spot.at);
	return spot;
}

static uint32_t sample(const struct demand_set *set, enum demand_column column, uint32_t row, uint32_t i)
{
	const struct demand_samples *samples = &set->columns[column];
	size_t k = demand_row_samples(set, column, row) + i;
	return samples->bits == 8 ? ((const uint8_t *)samples->at)[k] : ((const uint16_t *)samples->at)[k];
}

static double spot_fraction(const struct spot *spot)
{
	return (double)spot->rest_ns / (double)spot->gap_ns;
}

void demand_seek(const struct demand_plan *plan, uint32_t row, int64_t now_ns, struct demand_cursor *cursor)
{
	const struct ruler ruler = ruler_of(plan, row);
	*cursor = (struct demand_cursor){TIME_MAX_NS, 0, false};
	if (!ruler.count)
		return;
	int64_t first = first_tick(plan, &ruler);
	int64_t first_ns = tick_ns(plan, &ruler, first);
	cursor->begun = now_ns >= first_ns;
	if (!cursor->begun) {
		cursor->tick = (uint32_t)at_most(first, TICK_NONE);
		cursor->next_ns = at_most(first_ns, TIME_MAX_NS);
		return;
	}
	int64_t tick = at_most(tick_at(plan, &ruler, now_ns), last_tick(plan, &ruler));
	ASSERT(tick < TICK_NONE);
	cursor->tick = (uint32_t)tick;
	cursor->next_ns = next_ns(plan, &ruler, tick);
}

void demand_step(const struct demand_plan *plan, uint32_t row, struct demand_cursor *cursor)
{
	const struct ruler ruler = ruler_of(plan, row);
	if (!ruler.count)
		return;
	if (!cursor->begun)
		cursor->begun = true;
	else if (cursor->tick < last_tick(plan, &ruler))
		cursor->tick++;
	ASSERT(cursor->tick < TICK_NONE);
	cursor->next_ns = next_ns(plan, &ruler, cursor->tick);
}

double demand_value(const struct demand_plan *plan, uint32_t row, enum demand_column column,
                    const struct demand_cursor *cursor)
{
	const struct demand_samples *samples = &plan->set->columns[column];
	if (!samples->at || !cursor->begun)
		return 0;
	const struct ruler ruler = ruler_of(plan, row);
	struct spot spot = spot_at(plan, &ruler, cursor->tick);
	if (spot.past)
		return 0;
	double x = sample(plan->set, column, row, spot.at);
	if (spot.to != spot.at)
		x += (sample(plan->set, column, row, spot.to) - x) * spot_fraction(&spot);
	x *= plan->scale / samples->full_scale;
	return column <= DEMAND_MEMORY ? x : x * samples->column_max;
}

int64_t demand_end_ns(const struct demand_plan *plan, uint32_t row)
{
	ASSERT(row < plan->set->rows);
	const struct ruler ruler = ruler_of(plan, row);
	if (plan->end != DEMAND_END_STOP || !ruler.count || ruler.span_ns >= FOREVER_NS)
		return TIME_MAX_NS;
	if (plan->hold == DEMAND_STEP)
		return at_most(row_start_ns(plan, &ruler) + ruler.span_ns, TIME_MAX_NS);
	return at_most(tick_ns(plan, &ruler, last_tick(plan, &ruler)), TIME_MAX_NS);
}

bool demand_regular(const struct demand_plan *plan, int64_t *start_ns, int64_t *period_ns)
{
	if (plan->set->irregular)
		return false;
	bool linear = plan->hold == DEMAND_LINEAR;
	*start_ns = linear ? plan->offset_ns : plan->set->axis.start_ns + plan->shift_ns;
	*period_ns = linear ? plan->interval_ns : plan->set->axis.period_ns;
	return true;
}

uint32_t demand_run(const struct demand_plan *plan, const struct demand_cursor *cursor, uint32_t most)
{
	ASSERT(!plan->set->irregular);
	const struct ruler ruler = ruler_of(plan, 0);
	if (!cursor->begun)
		return 1;
	int64_t ahead = last_tick(plan, &ruler) - cursor->tick;
	if (plan->end == DEMAND_END_REPEAT && plan->hold == DEMAND_STEP) {
		ahead = ruler.count - cursor->tick % ruler.count;
	} else if (plan->end == DEMAND_END_REPEAT) {
		int64_t in_ns = tick_ns(plan, &ruler, cursor->tick) - row_start_ns(plan, &ruler);
		ahead = divide_up(ruler.span_ns - in_ns % ruler.span_ns, plan->interval_ns);
	}
	ahead = ahead > 1 ? ahead : 1;
	return (uint32_t)at_most(ahead, most);
}

/* The arguments of the loops over samples. */
struct fill {
	const uint8_t *at;              /* the first sample */
	uint32_t bytes, n;
	bool line;                      /* on the way to the next sample by `fraction` */
	double fraction, unit, cpu_hz, cap_hz;
	double *hz, *load;
};

/* One sample, and the loop that says what all widths of vector must agree with. */
static inline double fill_one(const struct fill *f, uint32_t k, double x, double next)
{
	if (f->line)
		x += (next - x) * f->fraction;
	double hz = demand_round(x * f->unit * f->cpu_hz);
	hz = hz < f->cap_hz ? hz : f->cap_hz;
	f->hz[k] = hz;
	f->load[k] += hz;
	return hz;
}

/* Samples k and up; the sum of their rates. */
static double fill_rest(const struct fill *f, uint32_t k)
{
	double sum = 0;
	for (; k < f->n; k++) {
		uint16_t pair[2];
		const uint8_t *at = f->at + (size_t)k * f->bytes;
		if (f->bytes == 1) {
			pair[0] = at[0];
			pair[1] = f->line ? at[1] : 0;
		} else {
			memcpy(pair, at, f->line ? sizeof pair : sizeof *pair);
		}
		sum += fill_one(f, k, pair[0], f->line ? pair[1] : 0);
	}
	return sum;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "samples are read as little-endian words");

#define FILL_LANES 2
#define FILL fill_2
#define FILL_TARGET
#include "models/demand_fill.inc"

#ifdef __x86_64__
#define FILL_LANES 4
#define FILL fill_4
#define FILL_TARGET __attribute__((target("avx2")))
#include "models/demand_fill.inc"

#define FILL_LANES 8
#define FILL fill_8
#define FILL_TARGET __attribute__((target("avx512f")))
#include "models/demand_fill.inc"
#endif

/* As the processor allows; the last samples are left to the plain loop, outside of code for wide
 * vectors. */
static double fill_samples(const struct fill *f)
{
#ifdef __x86_64__
	if (f->n >= 8 && __builtin_cpu_supports("avx512f"))
		return fill_8(f) + fill_rest(f, f->n & ~7U);
	if (f->n >= 4 && __builtin_cpu_supports("avx2"))
		return fill_4(f) + fill_rest(f, f->n & ~3U);
#endif
	return fill_2(f) + fill_rest(f, f->n & ~1U);
}

/* Ticks k and up where instants are not one sample apart, or lie between the last sample and what
 * follows it. */
static double fill_tick_by_tick(const struct demand_plan *plan, uint32_t row, uint32_t tick,
                                struct fill *f, uint32_t k)
{
	const struct ruler ruler = ruler_of(plan, row);
	double sum = 0;
	for (; k < f->n; k++) {
		struct spot spot = spot_at(plan, &ruler, tick + k);
		f->line = spot.to != spot.at;
		f->fraction = spot_fraction(&spot);
		sum += fill_one(f, k, sample(plan->set, DEMAND_CPU, row, spot.at),
		                sample(plan->set, DEMAND_CPU, row, spot.to));
	}
	return sum;
}

static double fill_nothing(struct fill *f)
{
	memset(f->hz, 0, f->n * sizeof *f->hz);
	return 0;
}

/* tidy: many, since who, when, how fast and where to are all that a fill is: the hottest call of all. */
double demand_fill(const struct demand_plan *plan, uint32_t row, const struct demand_cursor *cursor,
                   uint32_t n, double cpu_hz, double cap_hz, double *hz, double *load)
{
	const struct demand_samples *samples = &plan->set->columns[DEMAND_CPU];
	struct fill f = {
		.bytes = samples->bits / 8, .n = n,
		.cpu_hz = cpu_hz, .cap_hz = cap_hz, .hz = hz, .load = load,
	};
	ASSERT(!plan->set->irregular && row < plan->set->rows);
	if (!samples->at || !cursor->begun)
		return fill_nothing(&f);
	const struct ruler ruler = ruler_of(plan, row);
	struct spot spot = spot_at(plan, &ruler, cursor->tick);
	if (spot.past)
		return fill_nothing(&f);
	f.unit = plan->scale / samples->full_scale;
	f.at = (const uint8_t *)samples->at + ((size_t)row * samples->stride + spot.at) * f.bytes;
	if (plan->hold == DEMAND_STEP) {
		ASSERT(n <= ruler.count - spot.at);
		return fill_samples(&f);
	}
	uint32_t on_lines = 0;
	double sum = 0;
	if (plan->interval_ns == ruler.period_ns) {
		on_lines = ruler.count - 1 - spot.at;
		f.n = on_lines = on_lines < n ? on_lines : n;
		f.line = true;
		f.fraction = spot_fraction(&spot);
		sum = fill_samples(&f);
		f.n = n;
	}
	return sum + fill_tick_by_tick(plan, row, cursor->tick, &f, on_lines);
}

/* Does the demand of a spot vanish? */
static bool spot_is_zero(const struct demand_plan *plan, uint32_t row, const struct spot *spot)
{
	const struct demand_set *set = plan->set;
	if (spot->past || !set->columns[DEMAND_CPU].at || plan->scale == 0)
		return true;
	if (sample(set, DEMAND_CPU, row, spot->at) != 0)
		return false;
	return spot->to == spot->at || spot->rest_ns == 0 || sample(set, DEMAND_CPU, row, spot->to) == 0;
}

/* How many ticks, at least one, from a spot that is not zero to the first one on a later sample
 * that is 0, or in the next lap. The spot of a held last value lies behind them all. */
static int64_t ticks_to_zero(const struct demand_plan *plan, uint32_t row, const struct ruler *ruler,
                             const struct spot *spot)
{
	uint32_t i = spot->at + 1;
	while (i < ruler->count && sample(plan->set, DEMAND_CPU, row, i) != 0)
		i++;
	if (plan->hold == DEMAND_STEP)
		return i - spot->at;
	int64_t there_ns = i < ruler->count ? ruler_offset(ruler, i) : ruler->span_ns;
	int64_t here_ns = ruler_offset(ruler, spot->at) + spot->rest_ns;
	int64_t ticks = divide_up(there_ns - here_ns, plan->interval_ns);
	return ticks > 0 ? ticks : 1;
}

static int64_t greatest_divisor(int64_t a, int64_t b)
{
	while (b) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

/* So many ticks from any one on, a plan has shown all that it will ever show. */
static int64_t ticks_to_look_at(const struct demand_plan *plan, const struct ruler *ruler)
{
	if (plan->end != DEMAND_END_REPEAT)
		return TICK_NONE;
	if (plan->hold == DEMAND_STEP)
		return ruler->count;
	return ruler->span_ns / greatest_divisor(ruler->span_ns, plan->interval_ns);
}

int64_t demand_first_zero_ns(const struct demand_plan *plan, uint32_t row, int64_t from_ns)
{
	struct demand_cursor cursor;
	demand_seek(plan, row, from_ns, &cursor);
	int64_t at_ns = cursor.begun ? from_ns : cursor.next_ns;
	const struct ruler ruler = ruler_of(plan, row);
	if (!ruler.count)
		return TIME_MAX_NS;
	int64_t last = last_tick(plan, &ruler), stop = cursor.tick + ticks_to_look_at(plan, &ruler);
	int64_t tick = cursor.tick;
	for (;;) {
		struct spot spot = spot_at(plan, &ruler, (uint32_t)tick);
		if (spot_is_zero(plan, row, &spot))
			return at_ns;
		if (tick == last)
			return TIME_MAX_NS;
		tick += ticks_to_zero(plan, row, &ruler, &spot);
		if (tick > last || tick >= stop)
			return TIME_MAX_NS;
		at_ns = tick_ns(plan, &ruler, tick);
		if (at_ns >= TIME_MAX_NS)
			return TIME_MAX_NS;
	}
}

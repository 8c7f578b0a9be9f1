/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Demand against a slow reading of its definition: random sets, every instant of a while, every end
 * rule. */
#include "models/demand.h"

#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"
#include "sim/random.h"
#include "sim/time.h"
#include "tests/test.h"

#define ROWS 4
#define MOST_SAMPLES 24
#define STRIDE 32
#define WHILE_NS 400
#define CPU_HZ 2660000003.0
#define CAP_HZ 1600000001.0

/* A set and a plan drawn at random; times are a few hundred ns, so that every instant can be looked
 * at. */
struct made {
	struct demand_set set;
	struct demand_plan plan;
	uint32_t counts[ROWS];
	int64_t stamps_ns[ROWS * MOST_SAMPLES];
	uint8_t bytes[ROWS * STRIDE * 2] __attribute__((aligned(16)));
};

static int64_t draw(struct random_stream *r, int64_t least, int64_t most)
{
	return least + (int64_t)random_below(r, (uint64_t)(most - least + 1));
}

static uint32_t made_sample(const struct made *m, uint32_t row, uint32_t i)
{
	const struct demand_samples *s = &m->set.columns[DEMAND_CPU];
	uint16_t wide;
	memcpy(&wide, m->bytes + 2 * (row * STRIDE + i), sizeof wide);
	return s->bits == 8 ? m->bytes[row * STRIDE + i] : wide;
}

static void make_samples(struct made *m, struct random_stream *r)
{
	struct demand_samples *s = &m->set.columns[DEMAND_CPU];
	s->bits = random_below(r, 2) ? 8 : 16;
	s->at = m->bytes;
	s->stride = STRIDE;
	s->full_scale = random_below(r, 2) ? 100 : 65535;
	bool zeros = random_below(r, 2);
	random_bytes(r, m->bytes, sizeof m->bytes);
	for (size_t i = 0; i < sizeof m->bytes; i++)
		if (zeros && i / (s->bits / 8) % 3)
			m->bytes[i] = 0;
}

static void make(struct made *m, uint64_t k)
{
	struct random_stream r;
	random_init(&r, 7, "test/demand", k);
	memset(m, 0, sizeof *m);
	make_samples(m, &r);
	m->set.rows = ROWS;
	m->set.irregular = random_below(&r, 2);
	m->set.axis.start_ns = draw(&r, -40, 40);
	m->set.axis.period_ns = draw(&r, 1, 20);
	m->set.axis.count = (uint32_t)draw(&r, 1, MOST_SAMPLES);
	for (uint32_t row = 0; row < ROWS; row++) {
		m->counts[row] = m->set.axis.count;
		if (m->set.irregular)
			m->counts[row] = (uint32_t)draw(&r, 0, m->set.axis.count);
		int64_t t = draw(&r, -40, 40);
		for (uint32_t i = 0; i < m->counts[row]; i++)
			m->stamps_ns[row * m->set.axis.count + i] = t += draw(&r, 1, 20);
	}
	m->set.row_count = m->counts;
	m->set.stamps_ns = m->stamps_ns;
	m->plan = (struct demand_plan){
		.set = &m->set, .scale = random_below(&r, 2) ? 1 : 0.7, .shift_ns = draw(&r, -60, 60),
		.hold = random_below(&r, 2) ? DEMAND_LINEAR : DEMAND_STEP, .offset_ns = draw(&r, 0, 50),
		.interval_ns = random_below(&r, 2) ? m->set.axis.period_ns : draw(&r, 1, 25),
		.end = (enum demand_end)random_below(&r, DEMAND_ENDS),
	};
}

/* Where sample i begins; i = count is where the row ends, or far away for a lone sample of an
 * irregular row. */
static int64_t stamp(const struct made *m, uint32_t row, uint32_t i)
{
	uint32_t n = m->counts[row];
	if (!m->set.irregular)
		return m->set.axis.start_ns + i * m->set.axis.period_ns;
	const int64_t *at = m->stamps_ns + row * m->set.axis.count;
	if (i < n)
		return at[i];
	return n == 1 ? at[0] + 100 * WHILE_NS : at[n - 1] + at[n - 1] - at[n - 2];
}

/* The value read at simulated time t, by the definition; false before the row begins. */
static bool read_at(const struct made *m, uint32_t row, int64_t t, double *value)
{
	uint32_t n = m->counts[row], i = 0;
	t -= m->plan.shift_ns;
	if (!n || t < stamp(m, row, 0))
		return false;
	while (m->plan.end == DEMAND_END_REPEAT && t >= stamp(m, row, n))
		t -= stamp(m, row, n) - stamp(m, row, 0);
	*value = 0;
	if (m->plan.end == DEMAND_END_STOP && t >= stamp(m, row, n))
		return true;
	while (i + 1 < n && stamp(m, row, i + 1) <= t)
		i++;
	double x = made_sample(m, row, i);
	if (m->plan.hold == DEMAND_LINEAR) {
		uint32_t j = i + 1 < n ? i + 1 : m->plan.end == DEMAND_END_REPEAT ? 0 : i;
		double gap = (double)(stamp(m, row, i + 1) - stamp(m, row, i));
		x += (made_sample(m, row, j) - x) * ((double)(t - stamp(m, row, i)) / gap);
	}
	*value = x * (m->plan.scale / m->set.columns[DEMAND_CPU].full_scale);
	return true;
}

/* The demand that holds at t. */
static bool holds_at(const struct made *m, uint32_t row, int64_t t, double *value)
{
	*value = 0;
	if (m->plan.hold == DEMAND_STEP)
		return read_at(m, row, t, value);
	if (t < m->plan.offset_ns)
		return false;
	return read_at(m, row, t - (t - m->plan.offset_ns) % m->plan.interval_ns, value);
}

static void each_made(void (*look)(const struct made *m, uint32_t row))
{
	struct made *m = memory_new(1, sizeof *m, "test");
	for (uint64_t k = 0; k < 150; k++) {
		make(m, k);
		for (uint32_t row = 0; row < ROWS; row++)
			look(m, row);
	}
	free(m);
}

static void look_sought(const struct made *m, uint32_t row)
{
	for (int64_t t = 0; t < WHILE_NS; t++) {
		struct demand_cursor c, next;
		double expected, later;
		demand_seek(&m->plan, row, t, &c);
		bool begun = holds_at(m, row, t, &expected);
		CU_ASSERT_EQUAL(c.begun, begun);
		CU_ASSERT_EQUAL(demand_value(&m->plan, row, DEMAND_CPU, &c), expected);
		CU_ASSERT(c.next_ns > t);
		/* Until next_ns nothing changes, and a step leads where a search does. */
		for (int64_t u = t; u < c.next_ns && u < WHILE_NS; u++)
			CU_ASSERT_FATAL(holds_at(m, row, u, &later) == begun && later == expected);
		if (c.next_ns == TIME_MAX_NS)
			continue;
		demand_seek(&m->plan, row, c.next_ns, &next);
		demand_step(&m->plan, row, &c);
		CU_ASSERT(c.begun && next.begun && c.tick == next.tick && c.next_ns == next.next_ns);
	}
}

static void test_sought(void)
{
	each_made(look_sought);
}

static void look_filled(const struct made *m, uint32_t row)
{
	int64_t start_ns, period_ns;
	CU_ASSERT_EQUAL(demand_regular(&m->plan, &start_ns, &period_ns), !m->set.irregular);
	if (m->set.irregular)
		return;
	struct demand_cursor c;
	demand_seek(&m->plan, row, 0, &c);
	while (c.next_ns < WHILE_NS) {
		double hz[32], load[32], sum = 0;
		uint32_t n = demand_run(&m->plan, &c, 32);
		for (uint32_t k = 0; k < n; k++)
			load[k] = k;
		double filled = demand_fill(&m->plan, row, &c, n, CPU_HZ, CAP_HZ, hz, load);
		for (uint32_t k = 0; k < n; k++) {
			double one = demand_round(demand_value(&m->plan, row, DEMAND_CPU, &c) * CPU_HZ);
			one = one < CAP_HZ ? one : CAP_HZ;
			CU_ASSERT(hz[k] == one && load[k] == k + one);
			CU_ASSERT(!c.begun || n == 1 || c.next_ns == start_ns + (c.tick + 1) * period_ns);
			sum += one;
			demand_step(&m->plan, row, &c);
		}
		CU_ASSERT_EQUAL(filled, sum);
	}
}

static void test_filled(void)
{
	each_made(look_filled);
}

static void look_end(const struct made *m, uint32_t row)
{
	int64_t end_ns = demand_end_ns(&m->plan, row);
	if (m->plan.end != DEMAND_END_STOP)
		CU_ASSERT_EQUAL(end_ns, TIME_MAX_NS);
	if (end_ns == TIME_MAX_NS)
		return;
	double value;
	for (int64_t t = end_ns < 0 ? 0 : end_ns; t < WHILE_NS; t++)
		CU_ASSERT(holds_at(m, row, t, &value) && value == 0);
	/* It is the first such instant: just before, the row is read or has not begun. */
	int64_t before_ns = end_ns - 1 - m->plan.shift_ns;
	if (m->plan.hold == DEMAND_STEP)
		CU_ASSERT(before_ns < stamp(m, row, m->counts[row]));
}

static void test_end(void)
{
	each_made(look_end);
}

static void look_zero(const struct made *m, uint32_t row)
{
	for (int64_t from = 0; from < WHILE_NS; from += 37) {
		int64_t t = from;
		double value;
		while (t < 4 * WHILE_NS && !(holds_at(m, row, t, &value) && value == 0))
			t++;
		int64_t found = demand_first_zero_ns(&m->plan, row, from);
		CU_ASSERT(t < 4 * WHILE_NS ? found == t : found >= t);
	}
}

static void test_zero(void)
{
	each_made(look_zero);
}

/* Long rows run through the vectors; each width must give what single ticks give. */
static void wide_row(uint32_t bits, enum demand_hold hold, uint32_t skip)
{
	enum { COUNT = 331 };
	uint8_t bytes[2 * COUNT];
	double hz[COUNT], load[COUNT], one, other = 0, sum = 0;
	struct random_stream r;
	random_init(&r, 11, "test/demand", bits);
	random_bytes(&r, bytes, sizeof bytes);
	struct demand_set set = {.rows = 1, .axis = {0, 300 * NS_PER_S, COUNT}};
	set.columns[DEMAND_CPU] = (struct demand_samples){bytes, bits, COUNT, bits == 8 ? 255 : 65535, 0};
	struct demand_plan plan = {
		.set = &set, .scale = 1.1, .hold = hold,
		.interval_ns = 300 * NS_PER_S, .offset_ns = 10 * NS_PER_MS,
	};
	struct demand_cursor c;
	demand_seek(&plan, 0, skip * 300 * NS_PER_S + NS_PER_S, &c);
	uint32_t n = demand_run(&plan, &c, COUNT);
	CU_ASSERT_EQUAL(n, COUNT - skip);
	memset(load, 0, sizeof load);
	double filled = demand_fill(&plan, 0, &c, n, 1e9 / 7, 1.2e8, hz, load);
	for (uint32_t k = 0; k < n; k++) {
		demand_fill(&plan, 0, &c, 1, 1e9 / 7, 1.2e8, &one, &other);
		CU_ASSERT(hz[k] == one && load[k] == one);
		sum += one;
		demand_step(&plan, 0, &c);
	}
	CU_ASSERT_EQUAL(filled, sum);
	CU_ASSERT_EQUAL(demand_value(&plan, 0, DEMAND_CPU, &c), 0);
}

static void test_wide(void)
{
	for (uint32_t skip = 0; skip < 20; skip++) {
		wide_row(8, DEMAND_STEP, skip);
		wide_row(16, DEMAND_STEP, skip);
		wide_row(8, DEMAND_LINEAR, skip);
		wide_row(16, DEMAND_LINEAR, skip);
	}
}

static void test_round(void)
{
	CU_ASSERT_EQUAL(demand_round(0.5), 0);
	CU_ASSERT_EQUAL(demand_round(1.5), 2);
	CU_ASSERT_EQUAL(demand_round(2.5), 2);
	CU_ASSERT_EQUAL(demand_round(-3.5), -4);
	CU_ASSERT_EQUAL(demand_round(0.49999999999999994), 0);
	CU_ASSERT_EQUAL(demand_round(0x1p50 + 0.25), 0x1p50);
	CU_ASSERT_EQUAL(demand_round(0x1p50 + 0.75), 0x1p50 + 1);
}

/* CloudSim's reading of a PlanetLab day: sample k and 1/30000 of the step to k + 1, from 300.01 s
 * on; the 289th sample is a copy of the 288th. */
static void test_cloudsim(void)
{
	uint8_t day[288];
	for (uint32_t k = 0; k < 288; k++)
		day[k] = (uint8_t)(k == 100 ? 0 : k == 150 || k == 151 ? 0 : 1 + k % 90);
	struct demand_set set = {.rows = 1, .axis = {0, 300 * NS_PER_S, 288}};
	set.columns[DEMAND_CPU] = (struct demand_samples){day, 8, 288, 100, 0};
	int64_t first_ns = 300 * NS_PER_S + 10 * NS_PER_MS;
	struct demand_plan plan = {
		.set = &set, .scale = 1, .hold = DEMAND_LINEAR,
		.interval_ns = 300 * NS_PER_S, .offset_ns = first_ns,
		.end = DEMAND_END_HOLD,
	};
	struct demand_cursor c;
	demand_seek(&plan, 0, 0, &c);
	CU_ASSERT(!c.begun && c.next_ns == first_ns);
	CU_ASSERT_EQUAL(demand_value(&plan, 0, DEMAND_CPU, &c), 0);
	demand_step(&plan, 0, &c);
	CU_ASSERT_DOUBLE_EQUAL(demand_value(&plan, 0, DEMAND_CPU, &c), 0.02 + 0.01 / 30000, 1e-15);
	demand_seek(&plan, 0, 287 * 300 * NS_PER_S + NS_PER_S, &c);
	CU_ASSERT_EQUAL(demand_value(&plan, 0, DEMAND_CPU, &c), day[287] * 0.01);
	CU_ASSERT_EQUAL(c.next_ns, TIME_MAX_NS);
	/* One zero sample is no death: the line leaves it at once. Two in a row are. */
	CU_ASSERT_EQUAL(demand_first_zero_ns(&plan, 0, 0), first_ns + 149 * 300 * NS_PER_S);
}

static void test_columns(void)
{
	uint8_t cpu[16] = {50}, net[16] = {200};
	struct demand_set set = {.rows = 1, .axis = {0, NS_PER_S, 1}};
	set.columns[DEMAND_CPU] = (struct demand_samples){cpu, 8, 16, 100, 0};
	set.columns[DEMAND_NET_IN] = (struct demand_samples){net, 8, 16, 200, 1e9};
	struct demand_plan plan = {.set = &set, .scale = 1, .end = DEMAND_END_HOLD};
	struct demand_cursor c;
	demand_seek(&plan, 0, 5, &c);
	CU_ASSERT_EQUAL(demand_value(&plan, 0, DEMAND_CPU, &c), 0.5);
	CU_ASSERT_EQUAL(demand_value(&plan, 0, DEMAND_NET_IN, &c), 1e9);
	CU_ASSERT_EQUAL(demand_value(&plan, 0, DEMAND_DISK_READ, &c), 0);
	set.columns[DEMAND_CPU].at = NULL;
	double hz = 1, load = 3;
	CU_ASSERT_EQUAL(demand_fill(&plan, 0, &c, 1, 1e9, 1e9, &hz, &load), 0);
	CU_ASSERT(hz == 0 && load == 3);
	CU_ASSERT_EQUAL(demand_first_zero_ns(&plan, 0, 5), 5);
}

static const struct test tests[] = {
	{"a cursor shows what the definition says, at every instant", test_sought},
	{"a batch is its single steps, to the bit", test_filled},
	{"every width of vector gives the same bits", test_wide},
	{"a trace that stops is 0 from its end on", test_end},
	{"the first zero is where a scan finds it", test_zero},
	{"rounding is to nearest, halves to even", test_round},
	{"a linear plan reads a PlanetLab day as CloudSim does", test_cloudsim},
	{"columns are independent, and an absent one is 0", test_columns},
};
SUITE(models_demand, tests)

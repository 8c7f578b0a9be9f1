/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the models say of a measured migration: its guest's memory laid out, its writers, its rules. */
#include <math.h>
#include <stdlib.h>

#include "cli/migration.h"
#include "sim/time.h"

#define MIB_PAGES 256
#define SEEDS 5

/* The measured guest under KVM has no kernel: its pages up to 4 MiB are zero but for 56 of its own, then come
 * those it filled, the working set first; the firmware's are last. */
#define GUEST_FIRST 1024
#define GUEST_FROM 985
#define GUEST_MORE 60
#define FIRMWARE_PAGES 130
#define FIRMWARE_DATA 66
/* Under the translator it is Linux, whose own pages (kernel, page table, initrd) lie among the free ones; how
 * many is an estimate (32 MiB), not measured. */
#define LINUX_PAGES 8192

/* The guest's writer: paced by the clock, 50 ms of backlog at most, then one tick of 1 ms. */
#define BACKLOG_NS (50 * NS_PER_MS)
#define BURST_NS NS_PER_MS

/* The harness looks every 20 ms, and asking takes one more. */
#define POLL_NS (21 * NS_PER_MS)

/* The relay: two sockets' buffers, and what it lets an idle link catch up. */
#define RELAY_BYTES 300000
#define RELAY_BURST_NS (10 * NS_PER_MS)

const char *const migration_stratum_names[MIGRATION_STRATA] = {
	"all", "link", "throttle", "bare socket", "uniform", "hotcold", "seq", "precopy", "postcopy",
	"hybrid", "cold", "auto-converge",
};

double migration_socket_Bps(const struct qemu_costs *costs)
{
	return (QEMU_PAGE + QEMU_PAGE_HEADER) / ((double)costs->first_ns * 1e-9);
}

uint32_t migration_strata_of(const struct migration_run *run)
{
	static const enum migration_stratum modes[QEMU_MODES] = {
		[QEMU_PRECOPY] = MIGRATION_PRECOPY, [QEMU_POSTCOPY] = MIGRATION_POSTCOPY,
		[QEMU_HYBRID] = MIGRATION_HYBRID, [QEMU_COLD] = MIGRATION_COLD,
	};
	bool link = run->link_Bps > 0 && run->link_Bps <= run->bandwidth_Bps;
	bool bare = run->link_Bps <= 0 && run->bandwidth_Bps > migration_socket_Bps(&qemu_costs_measured);
	uint32_t strata = 1u << MIGRATION_ALL | 1u << modes[run->mode] |
	                  1u << (MIGRATION_UNIFORM + (uint32_t)run->pattern);
	strata |= 1u << (link ? MIGRATION_LINK : bare ? MIGRATION_BARE : MIGRATION_THROTTLE);
	return strata | (run->auto_converge ? 1u << MIGRATION_AUTO_CONVERGE : 0);
}

static struct qemu_rules rules_of(const struct migration_run *run)
{
	struct qemu_rules r = qemu_rules_default(run->mode);
	r.max_bandwidth_Bps = r.postcopy_bandwidth_Bps = run->bandwidth_Bps;
	r.downtime_limit_ns = (int64_t)(run->downtime_limit_s * 1e9);
	r.time_limit_ns = (int64_t)(run->time_limit_s * 1e9);
	r.poll_ns = POLL_NS;
	r.auto_converge = run->auto_converge;
	r.xbzrle = run->xbzrle;
	r.multifd = run->multifd;
	r.write_bytes = (int64_t)run->write_bytes;
	r.switch_after_ns = (int64_t)(run->after_s * 1e9);
	if (run->at_start)
		r.switch_pass = 1;
	return r;
}

struct qemu_case migration_case_of(const struct migration_run *run, const struct qemu_costs *costs)
{
	int64_t fill = (int64_t)run->fill_mib * MIB_PAGES, ws = (int64_t)run->ws_mib * MIB_PAGES;
	struct qemu_case c = {
		.pages = (int64_t)run->ram_mib * MIB_PAGES + FIRMWARE_PAGES,
		.rules = rules_of(run),
		.costs = *costs,
		.dirty = dirty_pattern(run->pattern, GUEST_FIRST, ws < fill ? ws : fill, run->rate_hz),
	};
	c.data[0] = (struct qemu_run){GUEST_FROM, fill + GUEST_MORE};
	c.data[1] = (struct qemu_run){c.pages - FIRMWARE_DATA, FIRMWARE_DATA};
	c.data_count = 2;
	c.dirty.open_loop = true;
	c.dirty.backlog_ns = BACKLOG_NS;
	c.dirty.burst_ns = BURST_NS;
	if (run->link_Bps > 0)
		c.link = (struct qemu_link){run->link_Bps, RELAY_BYTES, RELAY_BURST_NS};
	if (!run->kvm) {
		c.data[0] = c.data[1];
		c.data_count = 1;
		c.spread_pages = (fill > ws ? fill - ws : 0) + LINUX_PAGES;
	}
	return c;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median_of(double values[static SEEDS], uint32_t count)
{
	qsort(values, count, sizeof *values, by_size);
	return values[count / 2];
}

/* Over the seeds of the outcome that most had. */
struct migration_result migration_median(const struct qemu_case *c)
{
	struct qemu_outcome out[SEEDS];
	double total[SEEDS], bytes[SEEDS], downtime[SEEDS], rounds[SEEDS];
	uint32_t completed = 0, n = 0;
	int64_t throttle = 0;
	for (uint32_t i = 0; i < SEEDS; i++) {
		qemu_migrate(c, i + 1, &out[i]);
		completed += out[i].completed;
	}
	bool most = completed > SEEDS / 2;
	for (uint32_t i = 0; i < SEEDS; i++) {
		if (out[i].completed != most)
			continue;
		total[n] = time_s(out[i].total_ns);
		bytes[n] = (double)out[i].sent_bytes;
		downtime[n] = time_s(out[i].downtime_ns);
		rounds[n++] = out[i].syncs;
		throttle = throttle > out[i].throttle_01c ? throttle : out[i].throttle_01c;
	}
	return (struct migration_result){
		.completed = most, .total_s = median_of(total, n), .bytes = median_of(bytes, n),
		.downtime_s = most ? median_of(downtime, n) : (double)NAN, .rounds = median_of(rounds, n),
		.throttle_01 = (double)throttle / 100,
	};
}

struct migration_result migration_predict(const struct migration_run *run, const struct qemu_costs *costs)
{
	struct qemu_case c = migration_case_of(run, costs);
	return migration_median(&c);
}

void migration_runs_predict(struct migration_runs *m)
{
	for (uint32_t i = 0; i < m->count; i++) {
		m->pairs[i].predicted = migration_predict(&m->runs[i], &qemu_costs_measured);
		m->pairs[i].closed = migration_predict_closed(&m->runs[i]);
	}
}

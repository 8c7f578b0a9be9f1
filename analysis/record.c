/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording: adds spans of hosts up to interval means, and keeps the notes. */
#include "analysis/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/digest.h"
#include "sim/fault.h"
#include "sim/lanes.h"
#include "sim/time.h"

const struct series_info series_table[SERIES_COUNT] = {
	[SERIES_DEMANDED] = {
		"demanded_ghz", "GHz", "CPU demanded by the host's guests, mean over the interval",
		"CPU demanded on the site's hosts, mean over the interval",
	},
	[SERIES_DELIVERED] = {
		"delivered_ghz", "GHz", "CPU delivered to the host's guests, mean over the interval",
		"CPU delivered on the site's hosts, mean over the interval",
	},
	[SERIES_POWER] = {
		"power_w", "W", "power drawn by the host, mean over the interval",
		"power drawn by the site's hosts (without PUE), mean over the interval",
	},
	[SERIES_ON] = {
		"on", "1", "fraction of the interval in which the host was on",
		"hosts that were on, mean over the interval",
	},
	[SERIES_ACTIVE] = {
		"active", "1", "fraction of the interval in which guests demanded CPU of the host",
		"hosts of which guests demanded CPU, mean over the interval",
	},
};

/* The integer rates summed (Hz, uW) are this many times finer than the series' units. */
static const double series_scale[SERIES_COUNT] = {1e9, 1e9, 1e6, 1, 1};

int64_t record_interval_ns(const struct record *r, uint32_t interval)
{
	int64_t start = interval * r->options.interval_ns;
	return r->end_ns - start < r->options.interval_ns ? r->end_ns - start : r->options.interval_ns;
}

/* Means of rates are rounded to whole Hz and uW first (far below a float's or a meter's precision): the
 * quotient's own rounding error then never shows, and a constant rate comes out the same whether its sum
 * was formed or not. */
static double rate_mean(wide sum, int64_t length_ns)
{
	return (double)(int64_t)(wide_double(sum) / (double)length_ns + 0.5);
}

static float host_value(enum series series, wide sum, int64_t length_ns)
{
	if (series >= SERIES_ON)
		return (float)((double)(int64_t)sum / (double)length_ns);
	return (float)(rate_mean(sum, length_ns) / series_scale[series]);
}

static void bucket_close(struct record *r, uint32_t host)
{
	struct host_bucket *bucket = &r->buckets[host];
	if (!bucket->open)
		return;
	int64_t length_ns = record_interval_ns(r, bucket->interval);
	size_t at = (size_t)host * r->intervals + bucket->interval;
	for (unsigned s = 0; s < SERIES_COUNT; s++)
		r->host_series[s][at] = host_value(s, bucket->sum[s], length_ns);
	memset(bucket, 0, sizeof *bucket);
}

/* Adds what one host did within one interval. */
static void interval_add(struct record *r, uint32_t host, uint32_t interval,
                         const wide sum[static SERIES_COUNT])
{
	if (r->site_sums) {
		struct site_sums *site = &r->site_sums[r->world->hosts[host].site.i];
		for (unsigned s = 0; s < SERIES_COUNT; s++)
			site->rest[s][interval] += sum[s];
	}
	if (!r->buckets)
		return;
	struct host_bucket *bucket = &r->buckets[host];
	if (bucket->open && bucket->interval != interval) {
		ASSERT(bucket->interval < interval);
		bucket_close(r, host);
	}
	bucket->open = true;
	bucket->interval = interval;
	for (unsigned s = 0; s < SERIES_COUNT; s++)
		bucket->sum[s] += sum[s];
}

/* Sums of whole numbers: the same in any order. Rates are below 2^51, so that 2^11 of them fit into 64
 * bits. */
#define SPANS_AT_ONCE (1u << 11)

LANES static int64_t rates_sum(const double *rates, uint32_t n)
{
	int64_t sum = 0;
	for (uint32_t k = 0; k < n; k++)
		sum += lanes_whole(rates[k]);
	return sum;
}

LANES static int64_t rates_positive(const double *rates, uint32_t n)
{
	int64_t count = 0;
	for (uint32_t k = 0; k < n; k++)
		count += rates[k] > 0;
	return count;
}

/* Adds `length_ns` of each of n spans from the k-th to `sum`: one multiplication a series. */
static void spans_sum(const struct host_span *span, uint32_t k, uint32_t n, int64_t length_ns, wide *sum)
{
	sum[SERIES_DEMANDED] += wide_product(rates_sum(span->demand_hz + k, n), length_ns);
	sum[SERIES_DELIVERED] += wide_product(rates_sum(span->given_hz + k, n), length_ns);
	sum[SERIES_POWER] += wide_product(rates_sum(span->power_uw + k, n), length_ns);
	if (!span->on)
		return;
	sum[SERIES_ON] += n * length_ns;
	sum[SERIES_ACTIVE] += rates_positive(span->demand_hz + k, n) * length_ns;
}

/* Spans that do not lie on the grid of intervals: walks interval by interval; those whole within one are
 * summed together, one that crosses an end is cut there. */
static void spans_split(struct record *r, const struct host_span *span)
{
	int64_t step_ns = r->options.interval_ns;
	int64_t from_ns = span->t0_ns;              /* what lies before is added */
	uint32_t k = 0;                             /* the span that holds from_ns */
	uint32_t interval = (uint32_t)(from_ns / step_ns);
	wide sum[SERIES_COUNT] = {0};
	while (k < span->n) {
		int64_t start_ns = span->t0_ns + k * span->dt_ns;
		int64_t close_ns = (interval + INT64_C(1)) * step_ns;
		if (from_ns == start_ns && start_ns + span->dt_ns <= close_ns) {
			int64_t fit = (close_ns - start_ns) / span->dt_ns;
			uint32_t last = fit < span->n - k ? k + (uint32_t)fit : span->n;
			last = last - k < SPANS_AT_ONCE ? last : k + SPANS_AT_ONCE;
			spans_sum(span, k, last - k, span->dt_ns, sum);
			k = last;
			from_ns = span->t0_ns + k * span->dt_ns;
		} else {
			int64_t until_ns =
				start_ns + span->dt_ns < close_ns ? start_ns + span->dt_ns : close_ns;
			spans_sum(span, k, 1, until_ns - from_ns, sum);
			from_ns = until_ns;
			k += from_ns == start_ns + span->dt_ns;
		}
		if (from_ns == close_ns || k == span->n) {
			interval_add(r, span->host.i, interval, sum);
			memset(sum, 0, sizeof sum);
			interval++;
		}
	}
}

LANES static void whole_add(int64_t *restrict whole, const double *restrict rates, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		whole[k] += lanes_whole(rates[k]);
}

LANES static void whole_count(int64_t *restrict on, int64_t *restrict active, const double *restrict demand,
                              uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		on[k] += 1;
		active[k] += demand[k] > 0;
	}
}

static void site_add_whole(struct site_sums *site, const struct host_span *span, uint32_t first)
{
	whole_add(site->whole[SERIES_DEMANDED] + first, span->demand_hz, span->n);
	whole_add(site->whole[SERIES_DELIVERED] + first, span->given_hz, span->n);
	whole_add(site->whole[SERIES_POWER] + first, span->power_uw, span->n);
	if (span->on)
		whole_count(site->whole[SERIES_ON] + first, site->whole[SERIES_ACTIVE] + first,
		            span->demand_hz, span->n);
}

LANES static void values_put(float *restrict series, const double *restrict rates, double scale, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		series[k] = (float)(rates[k] / scale);
}

LANES static void states_put(float *restrict on, float *restrict active, const double *restrict demand,
                             uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		on[k] = 1;
		active[k] = demand[k] > 0;
	}
}

static void host_put_whole(struct record *r, const struct host_span *span, uint32_t first)
{
	size_t at = (size_t)span->host.i * r->intervals + first;
	bucket_close(r, span->host.i);
	values_put(r->host_series[SERIES_DEMANDED] + at, span->demand_hz, series_scale[SERIES_DEMANDED],
	           span->n);
	values_put(r->host_series[SERIES_DELIVERED] + at, span->given_hz, series_scale[SERIES_DELIVERED],
	           span->n);
	values_put(r->host_series[SERIES_POWER] + at, span->power_uw, series_scale[SERIES_POWER], span->n);
	if (span->on)
		states_put(r->host_series[SERIES_ON] + at, r->host_series[SERIES_ACTIVE] + at,
		           span->demand_hz, span->n);
}

static void record_span(void *context, const struct host_span *span)
{
	struct record *r = context;
	int64_t step_ns = r->options.interval_ns;
	ASSERT(span->t0_ns >= 0 && span->dt_ns >= 0 && span->dt_ns <= r->end_ns);
	ASSERT(span->n <= (span->dt_ns ? (r->end_ns - span->t0_ns) / span->dt_ns : UINT32_MAX));
	if (!span->dt_ns)
		return;
	if (span->dt_ns != step_ns || span->t0_ns % step_ns) {
		spans_split(r, span);
		return;
	}
	uint32_t first = (uint32_t)(span->t0_ns / step_ns);
	if (r->site_sums)
		site_add_whole(&r->site_sums[r->world->hosts[span->host.i].site.i], span, first);
	if (r->buckets)
		host_put_whole(r, span, first);
}

static void record_note(void *context, const struct note *note)
{
	struct record *r = context;
	ARRAY_GROW(r->notes, r->note_count, r->note_room, "table of events");
	r->notes[r->note_count++] = *note;
}

static size_t host_series_bytes(const struct record *r)
{
	size_t bytes;
	if (__builtin_mul_overflow((size_t)r->world->host_count * r->intervals, sizeof(float), &bytes))
		fault_surroundings("out of memory: %u intervals of %u hosts are too many to record",
		                   r->intervals, r->world->host_count);
	return bytes;
}

static void tables_open(struct record *r)
{
	if (r->options.hosts) {
		r->buckets = memory_new(r->world->host_count, sizeof *r->buckets, "open intervals of hosts");
		for (unsigned s = 0; s < SERIES_COUNT; s++)
			r->host_series[s] = memory_huge_new(host_series_bytes(r), "series of hosts");
	}
	if (!r->options.sites)
		return;
	r->site_sums = memory_new(r->world->site_count, sizeof *r->site_sums, "sums of sites");
	for (unsigned s = 0; s < SERIES_COUNT; s++) {
		size_t values = (size_t)r->world->site_count * r->intervals;
		r->site_series[s] = memory_new(values, sizeof(double), "series of sites");
		for (uint32_t i = 0; i < r->world->site_count; i++) {
			r->site_sums[i].whole[s] = memory_new(r->intervals, sizeof(int64_t), "sums of sites");
			r->site_sums[i].rest[s] = memory_new(r->intervals, sizeof(wide), "sums of sites");
		}
	}
}

void record_open(struct record *r, struct world *world, const struct record_options *options, int64_t end_ns)
{
	ASSERT(options->interval_ns > 0 && end_ns >= 0);
	*r = (struct record){.world = world, .options = *options, .end_ns = end_ns};
	r->first_states = memory_new(world->host_count, sizeof *r->first_states, "states of hosts");
	for (uint32_t i = 0; i < world->host_count; i++)
		r->first_states[i] = world->hosts[i].state;
	bool series = options->hosts || options->sites;
	int64_t intervals = end_ns / options->interval_ns + (end_ns % options->interval_ns > 0);
	if (series && intervals >= UINT32_MAX)
		fault_surroundings("out of memory: a series of %" PRId64
		                   " intervals of %g s each is too long to record",
		                   intervals, time_s(options->interval_ns));
	if (series) {
		r->intervals = (uint32_t)intervals;
		tables_open(r);
	}
	world->hooks = (struct world_hooks){
		.context = r,
		.grid_ns = options->interval_ns,
		.span = series ? record_span : NULL,
		.note = options->events ? record_note : NULL,
	};
}

static double site_value(const struct record *r, const struct site_sums *sums, unsigned series, uint32_t k)
{
	int64_t length_ns = record_interval_ns(r, k);
	wide sum = wide_product(sums->whole[series][k], r->options.interval_ns) + sums->rest[series][k];
	if (series >= SERIES_ON)
		return wide_double(sum) / (double)length_ns;
	return rate_mean(sum, length_ns) / series_scale[series];
}

static void sites_finish(struct record *r)
{
	size_t values = (size_t)r->world->site_count * r->intervals;
	for (unsigned s = 0; s < SERIES_COUNT; s++) {
		for (size_t at = 0; at < values; at++) {
			const struct site_sums *sums = &r->site_sums[at / r->intervals];
			r->site_series[s][at] = site_value(r, sums, s, (uint32_t)(at % r->intervals));
		}
	}
}

static uint64_t float_pair(const float *at, size_t left)
{
	float pair[2] = {at[0], left > 1 ? at[1] : 0};
	uint64_t word;
	memcpy(&word, pair, sizeof word);
	return word;
}

/* Six floats a record: what is hashed is all the values with their places, at a sixth of the cost. */
static void digest_floats(struct digest *digest, uint64_t name, const float *values, size_t count)
{
	for (size_t i = 0; i < count; i += 6) {
		uint64_t word[5] = {name, i};
		for (size_t k = 0; k < 3 && i + 2 * k < count; k++)
			word[2 + k] = float_pair(values + i + 2 * k, count - i - 2 * k);
		digest_add(digest, DIGEST_VALUE, word);
	}
}

static void digest_doubles(struct digest *digest, uint64_t name, const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		digest_add(digest, DIGEST_VALUE, (uint64_t[5]){name, i, digest_of_double(values[i])});
}

void record_finish(struct record *r)
{
	struct digest *digest = engine_digest(r->world->engine);
	if (r->buckets)
		for (uint32_t host = 0; host < r->world->host_count; host++)
			bucket_close(r, host);
	if (r->site_sums)
		sites_finish(r);
	for (unsigned s = 0; s < SERIES_COUNT; s++) {
		uint64_t name = digest_of_string(series_table[s].name);
		if (r->buckets)
			digest_floats(digest, name, r->host_series[s],
			              (size_t)r->world->host_count * r->intervals);
		if (r->site_sums)
			digest_doubles(digest, ~name, r->site_series[s],
			               (size_t)r->world->site_count * r->intervals);
	}
}

void record_close(struct record *r)
{
	if (!r->world)
		return; /* never opened */
	for (unsigned s = 0; s < SERIES_COUNT; s++) {
		for (uint32_t i = 0; r->site_sums && i < r->world->site_count; i++) {
			free(r->site_sums[i].whole[s]);
			free(r->site_sums[i].rest[s]);
		}
		memory_huge_free(r->host_series[s], r->host_series[s] ? host_series_bytes(r) : 0);
		free(r->site_series[s]);
	}
	free(r->first_states);
	free(r->site_sums);
	free(r->buckets);
	free(r->notes);
	if (r->world->hooks.context == r)
		r->world->hooks = (struct world_hooks){0};
	*r = (struct record){0};
}

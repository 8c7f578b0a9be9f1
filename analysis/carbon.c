/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Energy of sites by the hour, and what it emitted. */
#include "analysis/carbon.h"

#include <stdlib.h>

#include "sim/fault.h"
#include "sim/memory.h"

/* Powers are below 2^51 uW: this many of them fit into 64 bits. */
#define SPANS_AT_ONCE 2048

uint32_t carbon_hours(int64_t phase_ns, int64_t duration_ns)
{
	int64_t hours = (phase_ns + duration_ns + CARBON_HOUR_NS - 1) / CARBON_HOUR_NS;
	return hours > 0 ? (uint32_t)hours : 1;
}

/* Where the books of a site stand: an hour, and when it ends. */
struct place_in_time {
	wide *drawn;              /* [hour] */
	uint32_t hour;
	int64_t end_ns;
};

/* As many whole spans from the k-th as end within the hour: returns how many. */
static uint32_t add_whole(struct place_in_time *p, const struct host_span *span, uint32_t k)
{
	int64_t start_ns = span->t0_ns + k * span->dt_ns;
	int64_t fit = (p->end_ns - start_ns) / span->dt_ns;
	uint32_t n = fit < span->n - k ? (uint32_t)fit : span->n - k;
	n = n < SPANS_AT_ONCE ? n : SPANS_AT_ONCE;
	int64_t sum_uw = 0;
	for (uint32_t i = 0; i < n; i++)
		sum_uw += (int64_t)span->power_uw[k + i];
	p->drawn[p->hour] += wide_product(sum_uw, span->dt_ns);
	return n;
}

/* One span that goes beyond the hour's end: cut at each end. */
static void add_cut(struct place_in_time *p, const struct host_span *span, uint32_t k)
{
	int64_t from_ns = span->t0_ns + k * span->dt_ns, to_ns = from_ns + span->dt_ns;
	while (from_ns < to_ns) {
		int64_t until_ns = to_ns < p->end_ns ? to_ns : p->end_ns;
		p->drawn[p->hour] += wide_product((int64_t)span->power_uw[k], until_ns - from_ns);
		from_ns = until_ns;
		if (until_ns == p->end_ns && until_ns < to_ns) {
			p->hour++;
			p->end_ns += CARBON_HOUR_NS;
		}
	}
}

static void add_spans(const struct carbon_series *series, wide *drawn, const struct host_span *span)
{
	int64_t hour = (span->t0_ns + series->phase_ns) / CARBON_HOUR_NS;
	struct place_in_time p = {
		drawn, (uint32_t)hour, (hour + 1) * CARBON_HOUR_NS - series->phase_ns,
	};
	for (uint32_t k = 0; k < span->n;) {
		if (span->t0_ns + k * span->dt_ns == p.end_ns) {
			p.hour++;
			p.end_ns += CARBON_HOUR_NS;
		}
		uint32_t n = add_whole(&p, span, k);
		if (!n)
			add_cut(&p, span, k);
		k += n ? n : 1;
	}
	ASSERT(p.hour < series->count);
}

static void carbon_span(void *context, const struct host_span *span)
{
	struct carbon *c = context;
	uint32_t site = c->world->hosts[span->host.i].site.i;
	if (c->drawn[site] && span->dt_ns > 0)
		add_spans(&c->series[site], c->drawn[site], span);
	if (c->next.span)
		c->next.span(c->next.context, span);
}

static void carbon_note(void *context, const struct note *note)
{
	struct carbon *c = context;
	c->next.note(c->next.context, note);
}

/* A grid that the hours of all sites are on, and that of whoever listened before. */
static int64_t grid_of(const struct carbon *c)
{
	int64_t grid_ns = CARBON_HOUR_NS;
	for (uint32_t i = 0; i <= c->world->site_count; i++) {
		bool site = i < c->world->site_count;
		int64_t with_ns = !site ? c->next.grid_ns : c->series[i].count ? c->series[i].phase_ns : 0;
		while (with_ns) {
			int64_t rest_ns = grid_ns % with_ns;
			grid_ns = with_ns;
			with_ns = rest_ns;
		}
	}
	return grid_ns;
}

void carbon_open(struct carbon *c, struct world *world, struct carbon_series *series)
{
	*c = (struct carbon){.world = world, .series = series};
	if (!series)
		return;
	c->next = world->hooks;
	c->drawn = memory_new(world->site_count, sizeof *c->drawn, "energy of sites by the hour");
	for (uint32_t i = 0; i < world->site_count; i++) {
		if (!series[i].count)
			continue;
		c->drawn[i] = memory_new(series[i].count, sizeof *c->drawn[i], "energy of sites by the hour");
		double sum = 0;
		for (uint32_t h = 0; h < series[i].count; h++)
			sum += series[i].g_per_kwh[h];
		world->sites[i].carbon_g_per_kwh = sum / series[i].count;
	}
	world->hooks = (struct world_hooks){
		.context = c, .grid_ns = grid_of(c), .span = carbon_span,
		.note = c->next.note ? carbon_note : NULL,
	};
}

/* Every span came by once: the hours add up to what the hosts counted (in halves of uW ns). */
static void check_sum(const struct carbon *c, uint32_t site, wide drawn)
{
	wide energy = 0;
	for (uint32_t h = 0; h < c->world->host_count; h++)
		if (c->world->hosts[h].site.i == site)
			energy += c->world->hosts[h].energy;
	ASSERT(energy == 2 * drawn);
}

static struct carbon_hour hour_of(const struct carbon *c, uint32_t site, uint32_t hour)
{
	const struct carbon_series *series = &c->series[site];
	wide energy = 2 * c->drawn[site][hour];
	double kwh = wide_double(energy) / (2e15 * 3.6e6) * c->world->sites[site].pue;
	return (struct carbon_hour){
		.time_ns = hour ? hour * CARBON_HOUR_NS - series->phase_ns : 0, .site = site,
		.g_per_kwh = series->g_per_kwh[hour], .carbon_g = kwh * series->g_per_kwh[hour],
		.energy = energy,
	};
}

static void hours_fill(struct carbon *c)
{
	uint64_t count = 0;
	for (uint32_t i = 0; i < c->world->site_count; i++)
		count += c->series[i].count;
	c->hours = memory_new(count, sizeof *c->hours, "carbon by the hour");
	for (uint32_t i = 0; i < c->world->site_count; i++)
		for (uint32_t h = 0; h < c->series[i].count; h++)
			c->hours[c->hour_count++] = hour_of(c, i, h);
}

void carbon_finish(struct carbon *c)
{
	if (c->series)
		hours_fill(c);
	for (uint32_t i = 0; c->series && i < c->world->site_count; i++) {
		if (!c->drawn[i])
			continue;
		wide drawn = 0;
		double weighted = 0;
		for (uint32_t h = 0; h < c->series[i].count; h++) {
			drawn += c->drawn[i][h];
			weighted += wide_double(c->drawn[i][h]) * c->series[i].g_per_kwh[h];
		}
		check_sum(c, i, drawn);
		if (drawn > 0)
			c->world->sites[i].carbon_g_per_kwh = weighted / wide_double(drawn);
	}
}

void carbon_close(struct carbon *c)
{
	if (!c->world || !c->series)
		return;
	if (c->world->hooks.context == c)
		c->world->hooks = c->next;
	for (uint32_t i = 0; i < c->world->site_count; i++) {
		free(c->series[i].g_per_kwh);
		if (c->drawn)
			free(c->drawn[i]);
	}
	free(c->drawn);
	free(c->hours);
	free(c->series);
	*c = (struct carbon){0};
}

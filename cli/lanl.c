/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From records to nodes that are watched; rates, ages and gaps, fitted on one half and tried on the
 * other. */
#include "cli/lanl.h"

#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"
#include "sim/transcend.h"

#define S_PER_YEAR 31557600.0
#define HALF_S 30.0             /* clocks of minutes */
#define YOUNG_MOST 30.0

/* ---- nodes and systems ---- */

static int ascending(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* The median of what is not LANL_NEVER; LANL_NEVER where nothing is. */
static int64_t median(const struct lanl_failure *f, uint32_t n,
                      int64_t (*value)(const struct lanl_failure *f))
{
	int64_t *known = memory_new(n, sizeof *known, "values of records"), middle = LANL_NEVER;
	uint32_t count = 0;
	for (uint32_t i = 0; i < n; i++)
		if (value(&f[i]) != LANL_NEVER)
			known[count++] = value(&f[i]);
	qsort(known, count, sizeof *known, ascending);
	if (count)
		middle = known[count / 2];
	free(known);
	return middle;
}

static int64_t processors_of(const struct lanl_failure *f)
{
	return f->processors ? f->processors : LANL_NEVER;
}

static int64_t production_of(const struct lanl_failure *f)
{
	return f->production_s;
}

/* "Still in use" is a month beyond all others. */
static int64_t decommission_of(const struct lanl_failure *f)
{
	return f->decommission_s == LANL_NEVER ? INT64_MAX : f->decommission_s;
}

static int64_t cpu_of(const struct lanl_failure *f)
{
	return f->cpu;
}

struct window {
	int64_t from_s, to_s;           /* of all records */
};

static struct window window_of(const struct lanl *all)
{
	struct window w = {INT64_MAX, 0};
	for (uint32_t i = 0; i < all->count; i++) {
		w.from_s = all->failures[i].at_s < w.from_s ? all->failures[i].at_s : w.from_s;
		w.to_s = all->failures[i].at_s > w.to_s ? all->failures[i].at_s : w.to_s;
	}
	return w;
}

static uint32_t kind_index(struct lanl_study *s, uint32_t cpu)
{
	for (uint32_t k = 0; k < s->kind_count; k++)
		if (s->kinds[k].cpu == cpu)
			return k;
	if (s->kind_count == LANL_KINDS)
		return LANL_KINDS - 1;
	s->kinds[s->kind_count] = (struct lanl_kind){.cpu = cpu};
	return s->kind_count++;
}

/* What the records f[0 .. n) tell of their node; what they do not tell is as in `like`. */
static struct lanl_node node_told(struct lanl_node like, const struct lanl_failure *f, uint32_t n,
                                  struct window w)
{
	int64_t born_s = median(f, n, production_of), gone_s = median(f, n, decommission_of);
	int64_t processors = median(f, n, processors_of);
	like.born_s = born_s == LANL_NEVER ? like.born_s : born_s;
	like.to_s = gone_s < w.to_s ? gone_s : w.to_s;
	like.processors = processors == LANL_NEVER ? like.processors : (uint32_t)processors;
	like.from_s = like.born_s > w.from_s ? like.born_s : w.from_s;
	return like;
}

/* A node with the failures f[0 .. n). */
static void node_add(struct lanl_study *s, struct lanl_node node, const struct lanl_failure *f, uint32_t n)
{
	if (node.to_s <= node.from_s)
		return;
	node.first = s->at_count;
	for (uint32_t i = 0; i < n; i++) {
		if (f[i].at_s < node.from_s || f[i].at_s > node.to_s)
			continue;
		ARRAY_GROW(s->at_s, s->at_count, s->at_room, "failures of nodes");
		s->at_s[s->at_count++] = f[i].at_s;
		node.count++;
	}
	ARRAY_GROW(s->nodes, s->node_count, s->node_room, "nodes");
	s->nodes[s->node_count++] = node;
	struct lanl_system *system = &s->systems[node.system];
	system->nodes++;
	system->failures += node.count;
	system->processor_years += node.processors * (double)(node.to_s - node.from_s) / S_PER_YEAR;
}

static uint32_t records_of_node(const struct lanl_failure *f, uint32_t n)
{
	uint32_t k = 1;
	while (k < n && f[k].node == f[0].node)
		k++;
	return k;
}

static uint32_t distinct_nodes(const struct lanl_failure *f, uint32_t n)
{
	uint32_t nodes = 0;
	for (uint32_t k = 0; k < n; k += records_of_node(f + k, n - k))
		nodes++;
	return nodes;
}

/* All nodes of a system in the order of their numbers, with those between that never failed: machines
 * are installed in blocks of them. Some systems have numbers beyond their number of nodes: then not
 * every number is a node. */
static void nodes_add(struct lanl_study *s, struct lanl_node like, const struct lanl_failure *f, uint32_t n,
                      struct window w)
{
	uint32_t number = 0, distinct = distinct_nodes(f, n);
	uint32_t left = f[0].nodes > distinct ? f[0].nodes - distinct : 0;
	for (uint32_t k = 0, each; k < n; k += each) {
		each = records_of_node(f + k, n - k);
		struct lanl_node told = node_told(like, f + k, each, w);
		like = k ? like : told; /* those before the first that failed are as it is */
		for (; number < f[k].node && left; number++, left--)
			node_add(s, like, NULL, 0);
		node_add(s, told, f + k, each);
		number = f[k].node + 1;
		like = told;
	}
	for (; left; left--)
		node_add(s, like, NULL, 0);
}

static void system_add(struct lanl_study *s, const struct lanl_failure *f, uint32_t n, struct window w)
{
	int64_t processors = median(f, n, processors_of), from_s = w.to_s, to_s = w.from_s;
	const struct lanl_node like = {
		.system = s->system_count,
		.processors = processors == LANL_NEVER ? 1 : (uint32_t)processors,
		.born_s = w.from_s,
	};
	uint32_t first_node = s->node_count;
	ARRAY_GROW(s->systems, s->system_count, s->system_room, "systems");
	struct lanl_system *system = &s->systems[s->system_count++];
	*system = (struct lanl_system){
		.number = f[0].system, .held = f[0].system % 2 == 1, .processors = like.processors,
		.kind = kind_index(s, (uint32_t)median(f, n, cpu_of)),
	};
	nodes_add(s, like, f, n, w);
	for (uint32_t k = first_node; k < s->node_count; k++) {
		from_s = s->nodes[k].from_s < from_s ? s->nodes[k].from_s : from_s;
		to_s = s->nodes[k].to_s > to_s ? s->nodes[k].to_s : to_s;
	}
	system->years = to_s > from_s ? (double)(to_s - from_s) / S_PER_YEAR : 0;
}

static void systems_add(struct lanl_study *s, const struct lanl *all)
{
	struct window w = window_of(all);
	for (uint32_t k = 0, next; k < all->count; k = next) {
		for (next = k;
		     next < all->count && all->failures[next].system == all->failures[k].system; next++)
			;
		system_add(s, all->failures + k, next - k, w);
	}
}

/* ---- rates and age ---- */

/* The integral of g over ages from 0, in years. */
static double age_integral(double young, double young_years, double age)
{
	if (!(age > 0))
		return 0;
	return age - young * young_years * expm1(-age / young_years);
}

/* Years weighted with g between two instants of a node's life. */
static double weighted_years(const struct lanl_study *s, const struct lanl_node *node, int64_t from_s,
                             int64_t to_s)
{
	double from = (double)(from_s - node->born_s) / S_PER_YEAR,
	       to = (double)(to_s - node->born_s) / S_PER_YEAR;
	return age_integral(s->young, s->young_years, to) - age_integral(s->young, s->young_years, from);
}

/* Failures and weighted exposure of each kind, over the fitted systems. */
static void kinds_fill(struct lanl_study *s)
{
	for (uint32_t k = 0; k < s->kind_count; k++)
		s->kinds[k].failures = s->kinds[k].exposure = 0;
	for (uint32_t i = 0; i < s->node_count; i++) {
		const struct lanl_node *node = &s->nodes[i];
		struct lanl_kind *kind = &s->kinds[s->systems[node->system].kind];
		if (s->systems[node->system].held)
			continue;
		kind->failures += node->count;
		kind->exposure += node->processors * weighted_years(s, node, node->from_s, node->to_s);
	}
}

/* Of a Poisson process with these ages, the rates of kinds at their best. */
static double age_likelihood(struct lanl_study *s)
{
	double sum = 0;
	kinds_fill(s);
	for (uint32_t k = 0; k < s->kind_count; k++)
		if (s->kinds[k].failures > 0)
			sum -= s->kinds[k].failures * log(s->kinds[k].exposure);
	for (uint32_t i = 0; i < s->node_count; i++) {
		const struct lanl_node *node = &s->nodes[i];
		if (s->systems[node->system].held)
			continue;
		for (uint32_t k = 0; k < node->count; k++) {
			double age = (double)(s->at_s[node->first + k] - node->born_s) / S_PER_YEAR;
			sum += log1p(s->young * exp(-age / s->young_years));
		}
	}
	return sum;
}

/* The best A for a T, by golden section; leaves it in the study. */
static double young_best(struct lanl_study *s)
{
	const double golden = (sqrt(5) - 1) / 2;
	double low = 0, high = YOUNG_MOST;
	for (int i = 0; i < 30; i++) {
		double a = high - golden * (high - low), b = low + golden * (high - low);
		s->young = a;
		double at_a = age_likelihood(s);
		s->young = b;
		if (at_a > age_likelihood(s))
			high = b;
		else
			low = a;
	}
	s->young = (low + high) / 2;
	return age_likelihood(s);
}

static void rates_fit(struct lanl_study *s)
{
	double best = -(double)INFINITY, best_years = 1, failures = 0, exposure = 0;
	for (double months = 1; months < 40; months *= 1.5) {
		s->young_years = months / 12;
		double at = young_best(s);
		if (at > best) {
			best = at;
			best_years = s->young_years;
		}
	}
	s->young_years = best_years;
	young_best(s);
	kinds_fill(s);
	for (uint32_t k = 0; k < s->kind_count; k++) {
		failures += s->kinds[k].failures;
		exposure += s->kinds[k].exposure;
	}
	for (uint32_t k = 0; k < s->kind_count; k++) {
		struct lanl_kind *kind = &s->kinds[k];
		kind->rate = kind->exposure > 0 ? kind->failures / kind->exposure : failures / exposure;
	}
}

static void expect(struct lanl_study *s)
{
	for (uint32_t i = 0; i < s->node_count; i++) {
		const struct lanl_node *node = &s->nodes[i];
		struct lanl_system *system = &s->systems[node->system];
		const struct lanl_kind *kind = &s->kinds[system->kind];
		system->known = kind->exposure > 0;
		system->expected += kind->rate * node->processors *
		                    weighted_years(s, node, node->from_s, node->to_s);
	}
}

/* ---- gaps ---- */

/* The gaps of a side, in units of the mean that the rate tells: one for each failure, one censored for
 * each node. */
static struct lifetime *gaps(const struct lanl_study *s, bool held, size_t *count)
{
	struct lifetime *x =
		memory_new((size_t)s->at_count + s->node_count, sizeof *x, "gaps between failures");
	size_t n = 0;
	for (uint32_t i = 0; i < s->node_count; i++) {
		const struct lanl_node *node = &s->nodes[i];
		const struct lanl_system *system = &s->systems[node->system];
		double rate = s->kinds[system->kind].rate * node->processors;
		int64_t from_s = node->from_s;
		if (system->held != held)
			continue;
		for (uint32_t k = 0; k <= node->count; k++) {
			bool last = k == node->count;
			int64_t to_s = last ? node->to_s : s->at_s[node->first + k];
			double age = (double)(to_s - node->born_s) / S_PER_YEAR;
			double now = rate * (1 + s->young * exp(-age / s->young_years));
			x[n++] = (struct lifetime){rate * weighted_years(s, node, from_s, to_s),
			                           now * HALF_S / S_PER_YEAR, last};
			from_s = to_s;
		}
	}
	*count = n;
	return x;
}

static bool laws_fit(struct lanl_study *s)
{
	bool well = true;
	for (int held = 0; held < 2 && well; held++) {
		size_t n;
		struct lifetime *x = gaps(s, held, &n);
		s->failures[held] = 0;
		for (size_t i = 0; i < n; i++)
			s->failures[held] += !x[i].censored;
		for (unsigned k = LAW_EXPONENTIAL; k < LAWS && well; k++) {
			well = s->failures[held] &&
			       (held || lifetimes_fit((enum law_kind)k, x, n, &s->laws[k]));
			if (well)
				s->likelihood[held][k] =
					lifetimes_log_likelihood(&s->laws[k], x, n) / s->failures[held];
		}
		free(x);
	}
	return well;
}

bool lanl_study(struct lanl_study *s, const struct lanl *all)
{
	*s = (struct lanl_study){.young_years = 1};
	systems_add(s, all);
	rates_fit(s);
	expect(s);
	return laws_fit(s);
}

void lanl_study_free(struct lanl_study *s)
{
	free(s->nodes);
	free(s->systems);
	free(s->at_s);
}

static int ascending_real(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

struct lanl_errors lanl_compare(const struct lanl_study *s, double aim)
{
	struct lanl_errors e = {.total = (double)NAN, .known_total = (double)NAN};
	double expected[2] = {0}, seen[2] = {0}; /* of kinds that were not fitted, that were */
	double *errors = memory_new(s->system_count, sizeof *errors, "errors of systems");
	for (uint32_t i = 0; i < s->system_count; i++) {
		const struct lanl_system *system = &s->systems[i];
		if (!system->held || !system->failures || !(system->years > 0))
			continue;
		expected[system->known] += system->expected / system->years;
		seen[system->known] += system->failures / system->years;
		double error = fabs(system->expected / system->failures - 1);
		errors[e.systems++] = error;
		e.mean += error;
		e.within += error <= aim;
	}
	qsort(errors, e.systems, sizeof *errors, ascending_real);
	e.mean = e.systems ? e.mean / e.systems : (double)NAN;
	e.median = e.systems ? (errors[(e.systems - 1) / 2] + errors[e.systems / 2]) / 2 : (double)NAN;
	if (seen[0] + seen[1] > 0)
		e.total = fabs((expected[0] + expected[1]) / (seen[0] + seen[1]) - 1);
	if (seen[1] > 0)
		e.known_total = fabs(expected[1] / seen[1] - 1);
	free(errors);
	return e;
}

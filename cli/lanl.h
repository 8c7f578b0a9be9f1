/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well failures of some of Los Alamos' systems foretell those of the others.
 *
 * The law, of physics and not of systems: a node fails in proportion to its processors, at a rate of
 * its kind of hardware (the processor's), more often while it is young,
 *     rate = lambda_kind processors g(age),      g = 1 + A exp(-age/T),
 * and in time rescaled by that rate, gaps between failures of a node follow one law for all:
 * exponential if failures were independent, Weibull or lognormal if they come in bursts. Everything is
 * fitted by maximum likelihood to the systems with even numbers; those with odd numbers are held out. A
 * kind that no fitted system has gets the rate of all fitted ones together.
 *
 * A node is watched from its month of production, or from when the records begin, to its month of
 * decommission, or to when they end. A node without a record never failed: it has the size and the
 * months of the last one before it that did, as systems grow by blocks of nodes. */
#ifndef CLI_LANL_H
#define CLI_LANL_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/lifetimes.h"
#include "scenarios/lanl.h"

struct lanl_node {
	uint32_t system;                /* index of lanl_study.systems */
	uint32_t processors;
	uint32_t first, count;          /* its failures in the window, in lanl_study.at_s */
	int64_t born_s, from_s, to_s;   /* in production since; watched from, to */
};

struct lanl_system {
	uint32_t number, kind;          /* index of lanl_study.kinds */
	bool held;
	bool known;                     /* a fitted system is of its kind */
	uint32_t processors;            /* of a node, the median */
	uint32_t nodes, failures;
	double processor_years, years;  /* watched; years: from its first node to its last */
	double expected;                /* failures after the law */
};

struct lanl_kind {
	uint32_t cpu;                   /* kind of processor, as the records number them */
	double failures, exposure;      /* of fitted systems; processor years, weighted with g */
	double rate;                    /* failures a processor year, old age */
};

#define LANL_KINDS 64

struct lanl_study {
	struct lanl_node *nodes;
	uint32_t node_count, node_room;
	struct lanl_system *systems;
	uint32_t system_count, system_room;
	struct lanl_kind kinds[LANL_KINDS];
	uint32_t kind_count;
	int64_t *at_s;                  /* failures, node by node */
	uint32_t at_count, at_room;
	double young, young_years;      /* A and T above */
	struct law laws[LAWS];          /* of gaps in rescaled time, fitted */
	double likelihood[2][LAWS];     /* a failure: of fitted systems, of held ones */
	uint32_t failures[2];
};

/* Counts, fits and foretells. False: no systems on one of the sides. Free with lanl_study_free in
 * either case. */
bool lanl_study(struct lanl_study *study, const struct lanl *all);
void lanl_study_free(struct lanl_study *study);

/* Yearly failures of held systems: |expected/seen - 1| of their sum, of the sum of those whose kind was
 * fitted, and over systems its mean and median, and how many are within `aim`. */
struct lanl_errors {
	double total, known_total, mean, median;
	uint32_t systems, within;
};
struct lanl_errors lanl_compare(const struct lanl_study *study, double aim);

#endif

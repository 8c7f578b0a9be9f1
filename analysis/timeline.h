/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run as a timeline in Chrome's Trace Event Format (Google 2016), which opens in ui.perfetto.dev and in
 * chrome://tracing.
 *
 * A process is a host; a VM's stay on it is a complete event (X) in one of the host's lanes (threads),
 * which are filled from the first that is free, so that no two events of a lane overlap. Waiting for a
 * place is an event of the process "waiting". A state other than running (booting, paused ...) is an event
 * of its own, whose name tells it. A migration is a flow arrow (s, f) from the stay that it began in to
 * the one that begins when the guest switches hosts, a refusal an instant event (i). States of a host
 * other than on, from its first_state on, are events of its lane 0. Power and CPU are counters (C), one of
 * each a site and a host, written where they change. Times are in microseconds, in rising order. */
#ifndef ANALYSIS_TIMELINE_H
#define ANALYSIS_TIMELINE_H

#include <stdint.h>
#include <stdio.h>

#include "analysis/results.h"

struct timeline_limits {
	uint64_t hosts;              /* the first so many hosts; the sites' counters are of all */
	uint64_t events;             /* the first so many, metadata apart */
};

/* What is in it and what was left out, so that the caller can say so. */
struct timeline_counts {
	uint64_t hosts, hosts_left_out;
	uint64_t events;
	double until_s;              /* what began later was left out; else the end of the run */
	bool lives, counters;        /* whether the file has the events of VMs; the series */
	bool cut;                    /* the limit of events was met */
};

/* Writes the whole JSON document. */
void timeline_write(FILE *out, struct results *results, const struct timeline_limits *limits,
                    struct timeline_counts *counts);

#endif

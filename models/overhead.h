/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a guest of one type costs on a host of one type beyond its own work.
 *
 * The world holds a table of them, [host type][guest type], when some host has a hypervisor, and none
 * otherwise: then every host is ideal, a guest takes what its work takes. models/hypervisor/hypervisor.c
 * fills it from presets; here are only the numbers that sharing, booking and counting need. */
#ifndef MODELS_OVERHEAD_H
#define MODELS_OVERHEAD_H

#include <stdint.h>

#include "sim/event.h"
#include "sim/wide.h"

#define OVERHEAD_UNIT INT64_C(1000000000)

struct overhead {
	const char *refused;     /* why a host of this type cannot run it; NULL: it can */
	int64_t slow_ppb;        /* CPU taken for a unit of useful work, when warm; OVERHEAD_UNIT: 1 */
	double cold_s, warm_s;   /* models/hypervisor/technique.h; 0: it is warm at once */
	int64_t service_ppb;     /* CPU that the service domain wants for a unit of what it asks for */
	int64_t guest_hz;        /* CPU that the service domain wants as long as it is there */
	int64_t ram_bytes;       /* memory of the hypervisor for it */
	const char *io;          /* way of its I/O; what a request costs: models/hypervisor/io_path.h; told */
	double io_guest_ns, io_service_ns, io_latency_ns, io_guest_most, io_service_most;
};

/* What a whole host loses to its hypervisor. */
struct host_service {
	int64_t base_hz;         /* wanted by the service domain without guests */
	uint32_t weight;         /* of the service domain among the guests */
	int64_t ram_bytes;       /* kept from guests */
};

/* How a guest fares: a table beside the guests, models/hypervisor/useful.h. */
struct vm_useful {
	int64_t slow_ppb;        /* CPU for a unit of useful work where it runs now; 0: on an ideal host,
		or none */
	int64_t asks_hz;         /* what 100 % of its demand is in CPU there */
	wide overhead;           /* the part of what it got that was no useful work, up to `settled` */
	wide settled;            /* what had been delivered when overhead was last brought up to date */
	wide warm_from;          /* warming up (warm.h): useful work done before it began, */
	double warm_s;           /* work done since, in s of a vCPU, */
	uint32_t warm_steps, warm_idle; /* steps taken; doublings of the wait */
	event_id warming;        /* and the next step */
};

#endif

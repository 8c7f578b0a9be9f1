/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules with every value at its default, and where each comes from. */
#include "models/migration/leg.h"

#include "sim/time.h"

#define MBIT_BPS 125000.0 /* bytes a second in a Mbit/s */

/* What a migration costs besides bytes. Measured on QEMU 10 (docs/validation.md) but where it says
 * otherwise. */
static void costs(struct move_rules *r)
{
	r->prepare_ns = 2 * NS_PER_MS;
	r->stop_ns = NS_PER_MS;
	r->activate_ns = 2 * NS_PER_MS;
	r->sync_page_ns = 4.6;          /* 0.3 ms for 65536 pages */
	r->zero_page_ns = 650;
	r->discard_ns = 2500 * NS_PER_US;
	/* request, lookup, placing; our estimate, the round trip comes on top */
	r->fault_s = 0.3e-3;
	/* Hines and Gopalan 2009: pre-paging leaves 21 % of the working set of large workloads to be
	 * faults. If all is touched before it is pushed, that is the first page of runs of five. */
	r->touch_run = 5;
	/* Downtime about 0.6 s for a guest of 512 MiB (from memory, not checked): 4.6 us a page. */
	r->pseudo_page_ns = 4600;
	r->header_bytes = PAGE_HEADER_BYTES;
	r->zero_bytes = ZERO_PAGE_BYTES;
}

/* What is rarely asked for; our estimates where no source is named. */
static void options(struct move_rules *r)
{
	r->throttle_first_01 = 0.20;    /* QEMU 10: cpu-throttle-initial, -increment, max-cpu-throttle */
	r->throttle_step_01 = 0.10;
	r->throttle_most_01 = 0.99;
	r->self_lost_01 = 0.1;
	r->self_pages = 64;
	r->self_copy_ns = 1000;         /* 4 KiB at 4 GB/s */
	r->balloon_page_ns = 500;
	r->balloon_lost_01 = 0.1;
	r->hybrid_round = 2;
	r->push = PUSH_ACTIVE;          /* QEMU's */
	r->compress_01 = 1;
	r->resend_cache_pages = 16384;  /* QEMU 10: xbzrle-cache-size, 64 MiB */
	r->channels = 1;
}

static void xen(struct move_rules *r)
{
	/* Xen's tools/libxc/xc_linux_save.c: DEF_MAX_ITERS, DEF_MAX_FACTOR, and 50 pages sent or skipped.
	 * It asks which pages are dirty again while it goes over them in a shuffled order. */
	r->rounds_most = 29;
	r->factor_most = 3;
	r->few_pages = 50;
	r->peek = true;
}

static void clark(struct move_rules *r)
{
	/* Clark 2005, s. 5.3, and START_MBIT_RATE, MAX_MBIT_RATE and the step of 50 in Xen's source of
	 * that year. That fewer than 256 KiB end it is from memory. */
	r->rounds_most = 29;
	r->few_pages = 64;
	r->least_Bps = 100 * MBIT_BPS;
	r->most_Bps = 500 * MBIT_BPS;
	r->step_Bps = 50 * MBIT_BPS;
	r->peek = true;
}

/* SimGrid 3.32's plug-in: nothing but memory over bandwidth. */
static void simgrid(struct move_rules *r)
{
	r->downtime_limit_ns = 30 * NS_PER_MS;
	r->header_bytes = r->zero_bytes = 0;
	r->prepare_ns = r->stop_ns = r->activate_ns = 0;
	r->sync_page_ns = r->zero_page_ns = 0;
}

struct move_rules move_rules_default(enum stop_rule stop)
{
	struct move_rules r = {
		.stop = stop,
		.downtime_limit_ns = 300 * NS_PER_MS, /* QEMU's default; libvirt's too */
		.call_ns = 50 * NS_PER_MS,            /* QEMU's MAX_WAIT */
	};
	costs(&r);
	options(&r);
	if (stop == STOP_XEN)
		xen(&r);
	if (stop == STOP_CLARK)
		clark(&r);
	if (stop == STOP_VMOTION)
		r.downtime_limit_ns = 500 * NS_PER_MS; /* Broadcom, knowledge base 436882 */
	if (stop == STOP_ROUNDS)
		r.rounds_most = 5;
	if (stop == STOP_SIMGRID)
		simgrid(&r);
	return r;
}

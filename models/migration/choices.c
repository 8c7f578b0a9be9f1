/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line and one source for each stop rule, dirty pattern and way to push, to switch and to take a disk. */
#include "models/migration/choices.h"

#include <stddef.h>

#include "models/migration/dirty.h"
#include "models/migration/leg.h"

static const struct move_choice stops[STOP_RULES] = {
	[STOP_QEMU] = {
		"when what is left fits the downtime limit at the bandwidth measured; looks every 50 ms",
		"QEMU 10, migration/migration.c, read; held against measurements (docs/validation.md)"},
	[STOP_XEN] = {
		"after a round of fewer than 50 pages, 29 rounds, or three times the memory sent",
		"Xen, tools/libxc/xc_linux_save.c, read"},
	[STOP_CLARK] = {
		"when under 256 KiB is left, or the rate (last dirty rate + 50 Mbit/s) would pass its most",
		"Clark et al. 2005, s. 5.3; rates as in Xen's source of 2005; 256 KiB from memory"},
	[STOP_VMOTION] = {
		"when the rest fits 500 ms; a guest that dirties too fast is slowed until it does",
		"Broadcom, knowledge base 436882; Epping 2011 (stun during page send); how far: our choice"},
	[STOP_ROUNDS] = {
		"after so many rounds, whatever is left", "textbooks"},
	[STOP_SIMGRID] = {
		"after whole rounds, when the rest fits 30 ms; nothing else costs anything",
		"SimGrid 3.32, VmLiveMigration.cpp, read; equal to 1e-6"},
};

static const struct move_choice patterns[DIRTY_PATTERNS] = {
	[DIRTY_UNIFORM] = {
		"pages drawn evenly: n (1 - exp(-r t / n)) of n are dirty after t",
		"Poisson thinning; as the guest of measure/migration writes"},
	[DIRTY_HOT_COLD] = {
		"nine writes of ten to a tenth of the set, both parts evenly",
		"the writable working set of Clark et al. 2005, s. 3, as a mixture of two"},
	[DIRTY_SEQUENTIAL] = {
		"one page after another, and again: min(n, r t) of n are dirty after t",
		"a sweep, the opposite of locality; as the guest of measure/migration writes"},
};

static const struct move_choice pushes[PUSH_WAYS] = {
	[PUSH_DEMAND] = {
		"pages come when the guest asks; what it never asks for stays behind for ever",
		"Hines and Gopalan 2009, s. 3 (demand paging)"},
	[PUSH_ACTIVE] = {
		"and the others follow in the order of their addresses",
		"Hines and Gopalan 2009, s. 3 (active push); QEMU"},
	[PUSH_BUBBLE] = {
		"and the others follow around the last fault, so that few are asked for",
		"Hines and Gopalan 2009, s. 3.2 (adaptive pre-paging, bubbling)"},
};

static const struct move_choice switches[SWITCH_WAYS] = {
	[SWITCH_QEMU] = {
		"the target is told which pages are stale, and takes their faults: milliseconds",
		"QEMU 10 (userfaultfd), measured"},
	[SWITCH_PSEUDO_PAGING] = {
		"the guest swaps its memory out to a pseudo device: 4.6 us a page",
		"Hines and Gopalan 2009; the time from memory, not checked"},
};

static const struct move_choice disks[DISK_WAYS] = {
	[DISK_SHARED] = {"both hosts reach it: nothing is sent", "storage networks"},
	[DISK_COPY] = {
		"copied before the memory; blocks written meanwhile go again with each round",
		"QEMU's block migration (deprecated since 8.2)"},
	[DISK_MIRROR] = {
		"copied before the memory; each write goes to both ends until the guest has moved",
		"QEMU (blockdev-mirror); Bradford et al. 2007 (pre-copying and write throttling)"},
};

#define CHOICES(topic, question, names, rows) \
	{topic, question, names, rows, (uint32_t)(sizeof rows / sizeof *rows)}

const struct move_choices move_choices[] = {
	CHOICES("stop", "when pre-copy stops its guest", stop_rule_names, stops),
	CHOICES("dirty", "which pages a guest writes", dirty_pattern_names, patterns),
	CHOICES("push", "post-copy: pages that the guest has not asked for", push_way_names, pushes),
	CHOICES("switch", "post-copy: how pages are made absent at the target", switch_way_names, switches),
	CHOICES("disk", "a local disk", disk_way_names, disks),
	{.topic = NULL},
};

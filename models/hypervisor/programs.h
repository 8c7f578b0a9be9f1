/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guests that come along, as source text: models/hypervisor/guests/ in this binary. */
#ifndef MODELS_HYPERVISOR_PROGRAMS_H
#define MODELS_HYPERVISOR_PROGRAMS_H

struct program {
	const char *name, *summary, *text;
};
extern const struct program program_table[]; /* ended by a NULL name */

/* NULL when there is none of that name. */
const struct program *program_find(const char *name);

/* guests/monitor.s: the monitor that is a guest itself. Its own guest lies at this address in its memory. */
#define MONITOR_GUEST 256
extern const char program_monitor[];

#endif

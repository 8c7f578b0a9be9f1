/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be asked of a guest in which state, and where it leads: the table, and nothing else.
 *
 * After the states and calls of libvirt (virDomainState, virDomainCreate, ...). vm_life.c carries requests
 * out; the table is all that it goes by, and what `vdcsim list states` prints. A request that the table
 * allows may still be refused for want of something (room in a pool, a host that is on). */
#ifndef MODELS_HYPERVISOR_VM_REQUESTS_H
#define MODELS_HYPERVISOR_VM_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/vm.h"

enum vm_request {
	VM_DEFINE, VM_START, VM_PAUSE, VM_UNPAUSE, VM_SAVE, VM_RESTORE, VM_SHUT_DOWN, VM_STOP, VM_REBOOT,
	VM_RESET, VM_CRASH, VM_MIGRATE, VM_CLONE, VM_SNAPSHOT, VM_REVERT, VM_DROP_SNAPSHOT, VM_DELETE,
	VM_UNDEFINE, VM_REQUESTS
};
extern const char *const vm_request_names[VM_REQUESTS];

struct vm_way {
	uint32_t from;               /* bit s: allowed in state s */
	bool stays;                  /* the state does not change; else: */
	enum vm_state through, to;   /* at once, and when the time is over; equal: at once */
	const char *why;             /* why not, in any other state */
	const char *summary;
};
extern const struct vm_way vm_ways[VM_REQUESTS];

bool vm_request_allowed(enum vm_state state, enum vm_request request);
/* The state it leads to at once; VM_STATES: it is not allowed. */
enum vm_state vm_request_leads(enum vm_state state, enum vm_request request);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lives of hosts and guests: which state may follow which, and how long the way takes.
 *
 * Host:  off -> booting -> on -> shutting down -> off;  on -> suspending -> suspended -> resuming -> on;
 *        any but failed -> failed (at once; its guests are lost);  failed -> off (repair, at once).
 * Guest: defined -> running | waiting | refused;  waiting -> running | stopped;  running <-> migrating;
 *        running, migrating -> stopped | lost.
 * A request that the table does not allow is refused with a reason, and nothing changes.
 *
 * Times and powers of host transitions are the host type's phases. The books (cpu, ram, disk booked) change
 * here and in models/migration only. */
#ifndef MODELS_HYPERVISOR_LIFECYCLE_H
#define MODELS_HYPERVISOR_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/world.h"

enum host_request {
	HOST_POWER_ON, HOST_POWER_OFF, HOST_SUSPEND, HOST_RESUME, HOST_FAIL, HOST_REPAIR, HOST_REQUESTS
};
extern const char *const host_request_names[HOST_REQUESTS];

struct lifecycle {
	struct world *world;
	event_type host_done, vm_end;
	/* Called after a guest left a host or a host came on: room may have appeared. May be NULL. */
	void (*room)(void *context, host_id host);
	/* Called when a migrating guest's source or target
	 * went away; models/migration sets it. May be NULL. */
	void (*migration_broken)(void *context, vm_id vm);
	void *room_context, *migration_context;
};

/* Registers its event types. */
void lifecycle_init(struct lifecycle *life, struct world *world);

/* NULL when done or begun; else why not (a constant phrase: "a failed host can only be repaired").
 * Powering off and suspending are refused while guests are on the host. */
const char *lifecycle_host(struct lifecycle *life, host_id host, enum host_request request);

/* Starts a defined or waiting guest on a parent (the host must be on and the caller has checked room):
 * books, adds, schedules its end. NULL or why not. */
const char *lifecycle_vm_start(struct lifecycle *life, vm_id vm, struct vm_parent parent);

/* Ends a running, migrating or waiting guest; nested guests end with it. NULL or why not. */
const char *lifecycle_vm_stop(struct lifecycle *life, vm_id vm);

/* Books and unbooks a guest's claims on a host; migrations book the target before the first byte. */
void lifecycle_book(struct world *world, host_id host, vm_id vm);
void lifecycle_unbook(struct world *world, host_id host, vm_id vm);

#endif

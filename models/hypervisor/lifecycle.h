/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lives of hosts: which state may follow which, and how long the way takes; and what guests book.
 *
 *   off -> booting -> on -> shutting down -> off;  on -> suspending -> suspended -> resuming -> on;
 *   any but failed -> failed (at once; its guests are lost);  failed -> off (repair, at once);
 *   on -> booting -> on (a crash; its guests are lost).
 * A request that the table does not allow is refused with a reason, and nothing changes.
 *
 * Times and powers of transitions are the host type's phases. The books (cpu, ram, disk booked) change
 * here only; who asks is vm_life.c, where guests live, and models/migration. */
#ifndef MODELS_HYPERVISOR_LIFECYCLE_H
#define MODELS_HYPERVISOR_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/transfer.h"
#include "models/world.h"

enum host_request {
	HOST_POWER_ON, HOST_POWER_OFF, HOST_SUSPEND, HOST_RESUME, HOST_FAIL, HOST_REPAIR,
	HOST_CRASH,      /* the machine's own software falls, and boots again */
	HOST_OS_CRASH,   /* the OS beneath the hypervisor falls: there is none under type 1 */
	HOST_REQUESTS
};
extern const char *const host_request_names[HOST_REQUESTS];

/* Why a migration cannot go on. */
enum migration_breaks {
	BREAKS_GUEST_ENDS,   /* stopped or crashed */
	BREAKS_HOST_FAILS,   /* the one that it runs on */
	BREAKS_OTHER_FAILS   /* vm.target */
};

struct lifecycle {
	struct world *world;
	event_type host_done, vm_end, vm_timer;
	struct transfers transfers;  /* where there are storage pools */
	/* Called after a guest left a host or a host came on: room may have appeared. May be NULL. */
	void (*room)(void *context, host_id host);
	/* The host goes down under a guest; models/hypervisor/vm_life.c sets it. */
	void (*guest_lost)(struct lifecycle *life, vm_id vm);
	/* Called when a migrating guest or one of its hosts goes away; models/migration sets it. May be NULL.
	 * The guest may be lost afterwards where the other host fails. */
	void (*migration_broken)(void *context, vm_id vm, enum migration_breaks by);
	/* A host has failed or crashed, and these guests were lost with it; control sets it. May be NULL. */
	void (*failed)(void *context, host_id host, const uint32_t *lost, uint32_t n);
	void *room_context, *migration_context, *failed_context;
};

/* Registers its event types. */
void lifecycle_init(struct lifecycle *life, struct world *world);

/* The state that a request leads to at once; HOST_STATES: it is not allowed. */
enum host_state lifecycle_host_leads(enum host_state state, enum host_request request);

/* NULL when done or begun; else why not (a constant phrase: "a failed host can only be repaired").
 * Powering off and suspending are refused while guests are on the host. */
const char *lifecycle_host(struct lifecycle *life, host_id host, enum host_request request);

/* Books and unbooks a guest's claims on a host; migrations book the target before the first byte. */
void lifecycle_book(struct world *world, host_id host, vm_id vm);
void lifecycle_unbook(struct world *world, host_id host, vm_id vm);
/* Its CPU alone: a guest that stands still keeps the rest. */
void lifecycle_book_cpu(struct world *world, host_id host, vm_id vm, bool book);

#endif

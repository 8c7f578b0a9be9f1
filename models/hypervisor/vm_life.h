/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lives of guests: carries out what vm_requests.h allows, with its durations and books.
 *
 *   undefined -> defined -> starting -> running -> shutting down -> stopped -> starting ...
 *   running <-> paused;  running, paused -> saving -> saved -> restoring -> running;  running -> crashed
 *
 * Starting: the image is read from the guest's storage pool, then the guest boots for its boot time and asks
 * for the boot's CPU (it competes, and costs energy), while it reads what a boot reads; it runs when time and
 * reading are both over. Contention slows what else runs, not the boot's end: its CPU is stolen then. Saving
 * and restoring move all its memory through the pool (models/transfer.h). Without any of these keys a guest
 * runs at the instant at which it is started, and no event is queued.
 *
 * Books: models/vm.h says what a guest holds in each state (vm_state_holds). One that stands still holds
 * memory and a place on its host and no CPU; to go on it takes its CPU back unasked: the fair share
 * decides, as after a migration. A lifetime goes on while a guest is paused or saved; at its end it is
 * stopped.
 *
 * A crash takes whom the host's isolation says (models/host.h): under a hypervisor the guest alone, with
 * those inside it; in OS-level virtualization its kernel is the host's, and all fall. */
#ifndef MODELS_HYPERVISOR_VM_LIFE_H
#define MODELS_HYPERVISOR_VM_LIFE_H

#include "models/hypervisor/lifecycle.h"
#include "models/hypervisor/vm_requests.h"

/* After lifecycle_init. Registers the event type of guests' ends. */
void vm_life_init(struct lifecycle *life);

/* When pools and guests are there, before the run: books disks in pools, and where a guest has a duration
 * or a pool registers the event types of both. */
void vm_life_open(struct lifecycle *life);
void vm_life_close(struct lifecycle *life);

/* Each returns NULL when done or begun; else why not (a constant phrase), and nothing has changed. */

/* Start or restore on a parent: its host must be on, and the caller has checked room. */
const char *vm_life_start(struct lifecycle *life, vm_id vm, struct vm_parent parent);
const char *vm_life_restore(struct lifecycle *life, vm_id vm, struct vm_parent parent);

/* Pulls the plug; nested guests end with it. */
const char *vm_life_stop(struct lifecycle *life, vm_id vm);

/* `into` becomes a clone of the guest. */
const char *vm_life_clone(struct lifecycle *life, vm_id vm, vm_id into);

/* Any request but start, restore, clone and migrate. */
const char *vm_life_request(struct lifecycle *life, vm_id vm, enum vm_request request);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a guest has in its storage pool: its disk, a memory image while it is saved, snapshots, clones.
 *
 * Everything is booked in the pool from the instant at which it begins to be made, and given back exactly.
 * A snapshot or clone is a layer (copy on write: there at once, books layer_bytes for what will change) or
 * a full copy: every byte is read from the pool and written to it, side by side, and it is over when both
 * are. A layer needs what lies beneath it: a guest on whose disk clones stand can be neither deleted nor
 * reverted. While a disk is being copied, requests that would change or use it are refused. */
#ifndef MODELS_HYPERVISOR_VM_DISK_H
#define MODELS_HYPERVISOR_VM_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/lifecycle.h"
#include "models/hypervisor/vm_requests.h"

/* A transfer's tag names the guest, and whether it is part of a copy of its disk. */
#define VM_DISK_TAG(vm, copy) ((uint64_t)(vm) << 1 | (uint64_t)(copy))

/* The guest's store; the table is made when the first is asked for. */
struct vm_store *vm_disk_store(struct world *world, vm_id vm);

/* Books so many bytes instead of *held, which is a member of the guest's store. */
void vm_disk_hold(struct world *world, vm_id vm, int64_t *held, int64_t bytes);

/* Why what the guest has in its pool does not allow a request that its state allows; or NULL. */
const char *vm_disk_refuses(const struct world *world, vm_id vm, enum vm_request request);

/* Snapshot, revert or drop: the caller has asked vm_disk_refuses. */
void vm_disk_request(struct lifecycle *life, vm_id vm, enum vm_request request);

/* A clone of a guest's disk for an undefined guest that has none. NULL, or why not. */
const char *vm_disk_clone(struct lifecycle *life, vm_id vm, vm_id into);

/* A transfer of a copy is over. */
void vm_disk_copied(struct lifecycle *life, vm_id vm);

/* Gives all back: disk, image, snapshots, the place on another's disk. */
void vm_disk_forget(struct world *world, vm_id vm);

#endif

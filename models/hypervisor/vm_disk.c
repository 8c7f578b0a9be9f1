/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Books of disks, images, snapshots and clones; copies of disks. */
#include "models/hypervisor/vm_disk.h"

#include "models/transfer.h"

#define ONE(request) (UINT32_C(1) << (request))
#define NEED_POOL (ONE(VM_SAVE) | ONE(VM_CLONE) | ONE(VM_SNAPSHOT) | ONE(VM_REVERT) | ONE(VM_DROP_SNAPSHOT))
#define NEED_QUIET (ONE(VM_START) | ONE(VM_CLONE) | ONE(VM_SNAPSHOT) | ONE(VM_REVERT) | \
                    ONE(VM_DROP_SNAPSHOT) | ONE(VM_DELETE) | ONE(VM_UNDEFINE))
#define NEED_SNAPSHOT (ONE(VM_REVERT) | ONE(VM_DROP_SNAPSHOT))
#define NEED_NO_CLONES (ONE(VM_REVERT) | ONE(VM_DELETE))

struct vm_store *vm_disk_store(struct world *world, vm_id vm)
{
	ASSERT(vm.i < world->vm_count);
	if (!world->stores) {
		world->stores = memory_new(world->vm_count, sizeof *world->stores, "storage of guests");
		for (uint32_t v = 0; v < world->vm_count; v++)
			world->stores[v].base = world->stores[v].moving = ID_NONE;
	}
	return &world->stores[vm.i];
}

static const struct vm_type *type_of(const struct world *world, vm_id vm)
{
	return &world->vm_types[world->vms[vm.i].type];
}

/* What a snapshot of this guest, or its disk as a clone, books. */
static int64_t copy_bytes(const struct vm_type *t)
{
	return t->copy == VM_COPY_FULL ? t->pool_disk_bytes : t->layer_bytes;
}

void vm_disk_hold(struct world *world, vm_id vm, int64_t *held, int64_t bytes)
{
	if (*held == bytes)
		return;
	struct pool *pool = &world->pools[type_of(world, vm)->pool.i];
	pool->booked_bytes += bytes - *held;
	*held = bytes;
	ASSERT(pool->booked_bytes >= 0 && pool->booked_bytes <= pool->capacity_bytes);
}

/* How many more bytes a request books. */
static int64_t needed_bytes(const struct vm_type *t, const struct vm_store *store, enum vm_request request)
{
	if (request == VM_SAVE)
		return t->ram_bytes;
	if (request == VM_SNAPSHOT)
		return copy_bytes(t);
	if (request == VM_DEFINE && !store->disk_bytes && store->base == ID_NONE)
		return t->pool_disk_bytes;
	return 0;
}

const char *vm_disk_refuses(const struct world *world, vm_id vm, enum vm_request request)
{
	const struct vm_type *t = type_of(world, vm);
	const struct vm_store none = {.base = ID_NONE}, *store = world->stores ? &world->stores[vm.i] : &none;
	uint32_t one = ONE(request);
	if (t->pool.i == ID_NONE && one & NEED_POOL)
		return "the guest has no storage pool";
	if (store->busy && one & NEED_QUIET)
		return "its disk is being copied";
	if (!store->snapshots && one & NEED_SNAPSHOT)
		return "the guest has no snapshot";
	if (store->clones && one & NEED_NO_CLONES)
		return "clones stand on its disk";
	if (store->snapshots && request == VM_UNDEFINE)
		return "it has snapshots: drop them, or delete the guest with them";
	bool empty = !store->disk_bytes && !store->snapshot_bytes && store->base == ID_NONE;
	if (request == VM_DELETE && world->vms[vm.i].state == VM_UNDEFINED && empty)
		return "the guest is not defined and has nothing in a pool";
	if (t->pool.i == ID_NONE)
		return NULL;
	const struct pool *pool = &world->pools[t->pool.i];
	if (needed_bytes(t, store, request) > pool->capacity_bytes - pool->booked_bytes)
		return "its storage pool has too little free room";
	return NULL;
}

/* Reads a disk's bytes from one pool and writes them to the guest's own. */
static void copy_begin(struct lifecycle *life, vm_id vm, vm_id from, enum vm_request request)
{
	const struct vm_type *t = type_of(life->world, vm), *source = type_of(life->world, from);
	struct vm_store *store = vm_disk_store(life->world, vm);
	int64_t bytes = source->pool_disk_bytes;
	store->busy = vm_disk_store(life->world, from)->busy = true;
	store->copy_from = from.i;
	store->copy_for = request;
	store->copies = 2;
	transfer_begin(&life->transfers, source->pool, TRANSFER_READ, bytes, VM_DISK_TAG(vm.i, 1));
	transfer_begin(&life->transfers, t->pool, TRANSFER_WRITE, bytes, VM_DISK_TAG(vm.i, 1));
}

static void snapshot_made(struct world *world, vm_id vm)
{
	uint32_t snapshots = ++world->stores[vm.i].snapshots;
	world_note(world, NOTE_SNAPSHOT, vm.i, ID_NONE, snapshots);
}

static void clone_made(struct lifecycle *life, vm_id into)
{
	life->world->vms[into.i].state = VM_DEFINED;
	world_note(life->world, NOTE_VM_STATE, into.i, ID_NONE, VM_DEFINED);
}

void vm_disk_request(struct lifecycle *life, vm_id vm, enum vm_request request)
{
	struct world *world = life->world;
	const struct vm_type *t = type_of(world, vm);
	struct vm_store *store = vm_disk_store(world, vm);
	bool full = t->copy == VM_COPY_FULL && t->pool_disk_bytes > 0;
	if (request == VM_SNAPSHOT)
		vm_disk_hold(world, vm, &store->snapshot_bytes, store->snapshot_bytes + copy_bytes(t));
	if (request == VM_DROP_SNAPSHOT) {
		vm_disk_hold(world, vm, &store->snapshot_bytes, store->snapshot_bytes - copy_bytes(t));
		store->snapshots--;
		world_note(world, NOTE_SNAPSHOT, vm.i, ID_NONE, store->snapshots);
	} else if (full) {
		copy_begin(life, vm, vm, request);
	} else if (request == VM_SNAPSHOT) {
		snapshot_made(world, vm);
	}
}

static const char *clone_refused(const struct world *world, vm_id vm, vm_id into)
{
	const struct vm_type *from = type_of(world, vm), *t = type_of(world, into);
	const struct vm_store none = {.base = ID_NONE};
	const struct vm_store *store = world->stores ? &world->stores[into.i] : &none;
	if (world->vms[into.i].state != VM_UNDEFINED)
		return "the guest that is to be the clone is defined already";
	if (t->pool.i == ID_NONE)
		return "the guest that is to be the clone has no storage pool";
	if (store->disk_bytes || store->base != ID_NONE)
		return "the guest that is to be the clone has a disk already";
	if (t->pool_disk_bytes < from->pool_disk_bytes)
		return "the disk of the guest that is to be the clone is too small";
	if (t->copy == VM_COPY_ON_WRITE && t->pool.i != from->pool.i)
		return "a layer must be in the pool of the disk that it stands on";
	if (copy_bytes(t) > world->pools[t->pool.i].capacity_bytes - world->pools[t->pool.i].booked_bytes)
		return "its storage pool has too little free room";
	return NULL;
}

const char *vm_disk_clone(struct lifecycle *life, vm_id vm, vm_id into)
{
	struct world *world = life->world;
	const char *why = clone_refused(world, vm, into);
	if (why)
		return why;
	const struct vm_type *t = type_of(world, into);
	struct vm_store *store = vm_disk_store(world, into);
	vm_disk_hold(world, into, &store->disk_bytes, copy_bytes(t));
	if (t->copy == VM_COPY_ON_WRITE) {
		store->base = vm.i;
		vm_disk_store(world, vm)->clones++;
	} else if (type_of(world, vm)->pool_disk_bytes > 0) {
		world->vms[into.i].state = VM_CLONING;
		world_note(world, NOTE_VM_STATE, into.i, ID_NONE, VM_CLONING);
		copy_begin(life, into, vm, VM_CLONE);
		return NULL;
	}
	clone_made(life, into);
	return NULL;
}

void vm_disk_copied(struct lifecycle *life, vm_id vm)
{
	struct vm_store *store = vm_disk_store(life->world, vm);
	ASSERT(store->copies > 0 && store->busy);
	if (--store->copies)
		return;
	store->busy = vm_disk_store(life->world, (vm_id){store->copy_from})->busy = false;
	if (store->copy_for == VM_SNAPSHOT)
		snapshot_made(life->world, vm);
	if (store->copy_for == VM_CLONE)
		clone_made(life, vm);
}

void vm_disk_forget(struct world *world, vm_id vm)
{
	struct vm_store *store = vm_disk_store(world, vm);
	ASSERT(!store->busy && !store->clones);
	vm_disk_hold(world, vm, &store->disk_bytes, 0);
	vm_disk_hold(world, vm, &store->saved_bytes, 0);
	vm_disk_hold(world, vm, &store->snapshot_bytes, 0);
	store->snapshots = 0;
	if (store->base != ID_NONE)
		vm_disk_store(world, (vm_id){store->base})->clones--;
	store->base = ID_NONE;
}

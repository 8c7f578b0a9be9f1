/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest: a virtual machine, or a container or nested machine inside one.
 *
 * Plain data. A guest's parent is a host or another guest. Its CPU capacity is vcpus * vcpu_hz; its demand
 * is a fraction of that (models/demand.h). delivered = demanded - stolen, always. */
#ifndef MODELS_VM_H
#define MODELS_VM_H

#include <stdbool.h>
#include <stdint.h>

#include "models/demand.h"
#include "models/id.h"
#include "sim/event.h"
#include "sim/wide.h"

enum vm_state {
	VM_DEFINED,     /* known, not yet asked for */
	VM_WAITING,     /* asked for, no room yet */
	VM_RUNNING,
	VM_MIGRATING,   /* running on its host while its memory moves to vm.target */
	VM_STOPPED,     /* ended: its life was over, or it was stopped */
	VM_REFUSED,     /* asked for and refused for want of room */
	VM_LOST,        /* its host failed, or the guest that held it */
	VM_UNDEFINED,   /* not known to the hypervisor: its disk may be there still */
	VM_STARTING,    /* on its host: image transfer, then boot */
	VM_PAUSED,      /* keeps its memory, gets no CPU */
	VM_SAVING,      /* stands still while its memory is written to its storage pool */
	VM_SAVED,       /* on no host; its memory lies in its storage pool */
	VM_RESTORING,   /* back on a host, stands still while its memory is read */
	VM_SHUTTING_DOWN,
	VM_REBOOTING,   /* shutting down, to start again where it is */
	VM_CRASHED,     /* on no host */
	VM_PRESERVED,   /* crashed; its memory is kept on the host, to be looked at */
	VM_CLONING,     /* its disk is being copied from another's */
	VM_STATES
};
extern const char *const vm_state_names[VM_STATES];

/* What a guest in a state has of its host: a place and memory, CPU too, or nothing. */
enum vm_holds { VM_HOLDS_NOTHING, VM_HOLDS_MEMORY, VM_HOLDS_ALL };
extern const enum vm_holds vm_state_holds[VM_STATES];

/* What becomes of a guest that crashed, as in libvirt. */
enum vm_on_crash { ON_CRASH_DESTROY, ON_CRASH_RESTART, ON_CRASH_PRESERVE, ON_CRASHES };
extern const char *const vm_on_crash_names[ON_CRASHES];

/* How snapshots and clones are made: a layer that holds what changes, or a copy of every byte. */
enum vm_copy { VM_COPY_ON_WRITE, VM_COPY_FULL, VM_COPIES };
extern const char *const vm_copy_names[VM_COPIES];

struct vm_parent {
	bool is_vm;
	uint32_t i;           /* host or guest index; ID_NONE: nowhere */
};

struct image {
	const char *name, *os, *isa, *format;
	int64_t size_bytes;
};

/* A phase of a guest's life: how long it takes and the CPU that it asks for meanwhile. */
struct vm_phase {
	int64_t time_ns, cpu_hz;
};

/* How a guest's demand looks to a discrete scheduler (models/hypervisor/discrete.h): work that falls due
 * period by period, locks within it, a guest that hides from the scheduler's samples. */
struct vm_bursts {
	int64_t period_ns;            /* a demand of d is a burst of d period_ns in each period */
	int64_t lock_every_ns, lock_hold_ns; /* of a spin lock that its vCPUs share; 0: none */
	int64_t cheat_ns;             /* sleeps so long before each sample, whatever it demands; 0: no */
};

/* What the guests of one scenario group have in common. */
struct vm_type {
	const char *name;
	uint32_t group;               /* of the scenario: several types may be of one group, a size each */
	uint32_t vcpus;
	int64_t vcpu_hz, cpu_hz;      /* cpu_hz = vcpus * vcpu_hz */
	int64_t cap_hz;               /* most it may get; cpu_hz when not capped */
	int64_t reservation_hz;       /* what it gets in any case */
	uint32_t weight;              /* 1 .. 2^20; 1024 is ordinary */
	uint32_t priority;            /* larger goes first when room is scarce */
	uint32_t cpu_priority;        /* larger gets CPU first, strictly; 0 .. 31 */
	int64_t ram_bytes, disk_bytes;
	image_id image;
	tenant_id tenant;
	service_id service;
	plan_id plan;
	bool dies_idle;               /* CloudSim: ends at the first update at which it demands nothing */
	struct vm_phase boot, shut_down;
	int64_t image_bytes;          /* read from its pool before each boot */
	int64_t boot_read_bytes;      /* read from its pool while it boots */
	enum vm_on_crash on_crash;
	pool_id pool;                 /* holds its disk; ID_NONE: the host does (disk_bytes) */
	int64_t pool_disk_bytes;
	enum vm_copy copy;
	int64_t layer_bytes;          /* booked for a snapshot or clone made by copy on write */
	struct vm_bursts bursts;
	bool pinned;
	uint64_t pins;                /* where pinned: bit k: its vCPUs may run on core k */
};

/* What a guest has in storage pools, and what its life waits for. Beside the table of guests, and
 * there only in worlds where a guest needs it: models/hypervisor/vm_life.c, snapshot.c. */
struct vm_store {
	int64_t disk_bytes, saved_bytes, snapshot_bytes; /* booked in its type's pool */
	uint32_t snapshots, clones;   /* clones: guests whose disks are layers on this one's */
	uint32_t base;                /* the guest on whose disk this one's is a layer; ID_NONE: none */
	event_id timer;
	uint32_t moving;              /* transfer that its state waits for; ID_NONE: none */
	bool image;                   /* starting: its image is under way, the boot comes after */
	uint32_t copy_from;           /* copy under way: whose disk; itself: snapshot or revert */
	uint32_t copy_for;            /* the request: models/hypervisor/vm_requests.h */
	uint32_t copies;              /* transfers of that copy that are not over */
	bool busy;                    /* its disk is being copied or copied over */
};

/* The first cache line is all that a batch of samples touches (models/hypervisor/batch.c). */
struct vm {
	_Alignas(64) uint32_t type;   /* index into world.vm_types */
	uint32_t row;                 /* of the plan's set */
	enum vm_state state;
	uint32_t loss_ppm;            /* of what it is given, lost to a migration under way */

	/* Integrals over its life, Hz ns: kept by models/hypervisor/fluid.c. */
	wide demanded, stolen;        /* stolen: demanded and not delivered, for whatever reason */
	struct demand_cursor cursor;

	int64_t demand_hz, given_hz;  /* the present; own demand, without nested guests */
	uint32_t number;              /* within its group */
	uint32_t slot;                /* its place in the parent's guest list */
	struct vm_parent parent;      /* where it runs now */
	host_id target;               /* while migrating: the host booked besides the one it is on */
	uint32_t inside;              /* the guest that is to hold it, ID_NONE: a host does */
	uint32_t first_child, next_sibling; /* nested guests: list, ID_NONE ends it */
	int64_t start_ns;             /* when it is asked for */
	int64_t life_ns;              /* ends this long after it started; TIME_MAX_NS: never */
	int64_t placed_ns, ended_ns;  /* when it began to run and stopped; -1 not (yet) */
	event_id end;
	uint32_t migrations;
	wide migration_lost;          /* the part of stolen that a migration took */
	int64_t fixed_hz;             /* where fixed: what it demands, whatever its plan says */
	bool fixed;                   /* stands still, boots or shuts down */
};

#endif

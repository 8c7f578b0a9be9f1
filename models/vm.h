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
	VM_LOST,        /* its host failed */
	VM_STATES
};
extern const char *const vm_state_names[VM_STATES];

struct vm_parent {
	bool is_vm;
	uint32_t i;           /* host or guest index; ID_NONE: nowhere */
};

struct image {
	const char *name, *os, *isa, *format;
	int64_t size_bytes;
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
	int64_t ram_bytes, disk_bytes;
	image_id image;
	tenant_id tenant;
	service_id service;
	plan_id plan;
	bool dies_idle;               /* CloudSim: ends at the first update at which it demands nothing */
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
	host_id target;               /* while migrating */
	uint32_t inside;              /* the guest that is to hold it, ID_NONE: a host does */
	uint32_t first_child, next_sibling; /* nested guests: list, ID_NONE ends it */
	int64_t start_ns;             /* when it is asked for */
	int64_t life_ns;              /* ends this long after it started; TIME_MAX_NS: never */
	int64_t placed_ns, ended_ns;  /* when it began to run and stopped; -1 not (yet) */
	event_id end;
	uint32_t migrations;
	wide migration_lost;          /* the part of stolen that a migration took */
};

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hypervisors: what the preset of a real system (presets.h) means for a world.
 *
 * A hypervisor has a technique with its costs (technique.h), and a service domain: dom0, the parent
 * partition, the host OS of a type 2. It competes with the guests for CPU (its base, something a guest, and
 * something an I/O request) and keeps memory. */
#ifndef MODELS_HYPERVISOR_HYPERVISOR_H
#define MODELS_HYPERVISOR_HYPERVISOR_H

#include "models/hypervisor/io_path.h"
#include "models/hypervisor/presets.h"
#include "models/hypervisor/technique.h"
#include "models/world.h"

/* What a guest type is to a hypervisor; part of the scenario, kept beside vm_type. */
struct hypervisor_guest {
	const struct mix *mix;
	struct technique_guest guest;
	enum technique technique;     /* has_technique: instead of the hypervisor's own */
	enum io_path io;              /* has_io: instead of the hypervisor's own */
	bool has_io;
	bool has_technique, nested;   /* nested: its kernel is that of the guest it is inside */
};

/* The costs of one guest type on a host type; `costs->refused` when it cannot run. */
void hypervisor_overhead(const struct hypervisor *h, const struct host_type *host, const struct vm_type *type,
                         const struct hypervisor_guest *guest, struct overhead *overhead);
void hypervisor_service(const struct hypervisor *h, const struct host_type *host,
                        struct host_service *service);

/* Why the pair cannot run, or NULL. */
const char *hypervisor_refusal(const struct hypervisor *h, const struct hypervisor_guest *guest);

/* Fills world.overheads and world.host_services from host_types[].hypervisor and guests[vm type], if any host
 * type has a hypervisor. Once, after building, before anything is booked. */
void hypervisor_install(struct world *world, const struct hypervisor_guest *guests);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of a guest's I/O: an emulated device, a paravirtual one, or the device itself.
 *
 * A request costs the guest exits (and what they wait for), the service domain the work behind it, and both
 * add to its latency:
 *   emulated      each access to the device's registers exits, and a device model answers
 *   paravirtual   a ring in shared memory; one notification announces several requests (virtio)
 *   pass_through  the guest drives the device, an IOMMU keeps it to its own memory: no exits, no service
 * A hypervisor's preset has figures for its own way. For another way it takes over those of a preset that
 * goes it (io_path_presets): what differs is the device's work, not the hypervisor's exit. */
#ifndef MODELS_HYPERVISOR_IO_PATH_H
#define MODELS_HYPERVISOR_IO_PATH_H

#include "models/hypervisor/technique.h"

struct hypervisor;

enum io_path { IO_PATH_EMULATED, IO_PATH_PARAVIRTUAL, IO_PATH_PASS_THROUGH, IO_PATHS };
extern const char *const io_path_names[IO_PATHS];

/* The preset that a way's figures are taken from: "kvm". */
extern const char *const io_path_presets[IO_PATHS];

/* NULL, or why a hypervisor's guests cannot go that way. */
const char *io_path_refusal(const struct hypervisor *h, enum io_path path);

/* The hypervisor with the costs of that way. */
struct hypervisor io_path_apply(const struct hypervisor *h, enum io_path path);

/* What a request costs, and the most that one vCPU, and one core of the service domain, can do of them. */
struct io_costs {
	double guest_ns, service_ns, latency_ns; /* guest: on top of the native cost */
	double guest_most, service_most;         /* requests/s; 0: the service domain has no part in it */
};
struct io_costs io_path_costs(const struct hypervisor *h, const struct technique_price *price);

#endif

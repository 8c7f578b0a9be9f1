/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real systems as tables: hypervisors and mixes of operations, each number with its source.
 *
 * A preset is what a careful administrator would assume, not a measurement of one machine; `vdcsim list
 * hypervisors NAME` prints where each number is from, "assumed" where it was not checked in a source. Costs
 * measured on one machine belong into a scenario (hosts[].hypervisor.parameters), never in here. */
#ifndef MODELS_HYPERVISOR_PRESETS_H
#define MODELS_HYPERVISOR_PRESETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/hypervisor/technique.h"

enum hypervisor_type {
	HYPERVISOR_NONE, HYPERVISOR_TYPE_1, HYPERVISOR_TYPE_2, HYPERVISOR_OS, HYPERVISOR_TYPES
};
extern const char *const hypervisor_type_names[HYPERVISOR_TYPES];

#define HYPERVISOR_COSTS(X) \
	X(service_cores, "cores", "CPU of dom0, parent partition or host OS without any guest") \
	X(noise_cores, "cores", "CPU of whatever else runs on the host OS, mean") \
	X(guest_cores, "cores", "CPU of the service domain for each guest that is there (timers, monitor)") \
	X(service_io_ns, "ns", "CPU of the service domain for an I/O request of a guest") \
	X(service_weight, "1", "weight of the service domain; a guest's is 1024 if not told") \
	X(service_ram_mib, "MiB", "memory that hypervisor and service domain keep") \
	X(service_ram_share, "1", "and this share of the host's") \
	X(guest_ram_mib, "MiB", "memory of the hypervisor for a guest") \
	X(guest_ram_share, "1", "and this share of the guest's") \
	X(io_latency_ns, "ns", "added to an I/O request's latency; told, not simulated") \
	X(start_s, "s", "starting a guest before its system boots; told, not simulated")

struct hypervisor_costs {
#define X(member, unit, text) double member;
	HYPERVISOR_COSTS(X)
#undef X
};

enum hypervisor_parameter {
#define X(member, unit, text) PARAMETER_##member,
	TECHNIQUE_COSTS(X) HYPERVISOR_COSTS(X)
#undef X
	HYPERVISOR_PARAMETERS
};

struct hypervisor_parameter_info {
	const char *name, *unit, *summary;
	size_t offset;                /* of the double in struct hypervisor */
};
extern const struct hypervisor_parameter_info hypervisor_parameters[HYPERVISOR_PARAMETERS];

struct hypervisor {
	const char *name, *summary;
	enum hypervisor_type type;
	enum technique technique;
	const char *io;               /* path of I/O: "emulated", "paravirtual", "pass-through", "native" */
	const char *isa, *os;         /* isa: NULL: x86_64; os: of the kernel that guests share, or NULL */
	bool virtualizable, ported_only;
	struct technique_costs technique_costs;
	struct hypervisor_costs costs;
	const char *source[HYPERVISOR_PARAMETERS]; /* NULL: the parameter does not apply and is 0 */
};

/* NULL past the last. */
const struct hypervisor *hypervisor_at(uint32_t i);
const struct hypervisor *hypervisor_find(const char *name);

static inline double *hypervisor_value(struct hypervisor *h, enum hypervisor_parameter p)
{
	return (double *)(void *)((char *)h + hypervisor_parameters[p].offset);
}

/* Mixes of operations by name; NULL past the last. */
const struct mix *mix_at(uint32_t i);
const struct mix *mix_find(const char *name);

#endif

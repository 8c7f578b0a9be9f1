/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways of I/O: whose figures they have, who can go them, what a request costs. */
#include "models/hypervisor/io_path.h"

#include <string.h>

#include "models/hypervisor/presets.h"
#include "sim/fault.h"

const char *const io_path_names[IO_PATHS] = {"emulated", "paravirtual", "pass_through"};
const char *const io_path_presets[IO_PATHS] = {"virtualbox", "kvm", "lpar"};

/* Presets write it with a hyphen, keys with an underscore. */
static bool own_way(const struct hypervisor *h, enum io_path path)
{
	const char *name = path == IO_PATH_PASS_THROUGH ? "pass-through" : io_path_names[path];
	return strcmp(h->io, name) == 0;
}

const char *io_path_refusal(const struct hypervisor *h, enum io_path path)
{
	if (strcmp(h->io, "native") == 0)
		return "its I/O is native: there is no device between";
	if (path == IO_PATH_PASS_THROUGH && (h->technique == TECHNIQUE_INTERPRETATION ||
	                                     h->technique == TECHNIQUE_CROSS_ISA))
		return "an emulated machine has no real devices to pass through";
	return NULL;
}

struct hypervisor io_path_apply(const struct hypervisor *h, enum io_path path)
{
	struct hypervisor way = *h;
	const struct hypervisor *from = hypervisor_find(io_path_presets[path]);
	ASSERT(from);
	if (own_way(h, path) || io_path_refusal(h, path))
		return way;
	way.io = from->io;
	way.technique_costs.io_exits = from->technique_costs.io_exits;
	way.technique_costs.io_batch = from->technique_costs.io_batch;
	way.technique_costs.io_ns = from->technique_costs.io_ns;
	way.costs.service_io_ns = from->costs.service_io_ns;
	way.costs.io_latency_ns = from->costs.io_latency_ns;
	return way;
}

struct io_costs io_path_costs(const struct hypervisor *h, const struct technique_price *price)
{
	double service_ns = h->costs.service_io_ns, extra_ns = price->extra_ns[OP_IO];
	return (struct io_costs){
		.guest_ns = extra_ns, .service_ns = service_ns,
			.latency_ns = h->costs.io_latency_ns + extra_ns,
		.guest_most = 1e9 / (operation_native_ns[OP_IO] + extra_ns),
		.service_most = service_ns > 0 ? 1e9 / service_ns : 0,
	};
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a hypervisor's costs and a guest's mix to the numbers that the world shares and books by. */
#include "models/hypervisor/hypervisor.h"

#include "sim/memory.h"

#define MIB INT64_C(1048576)

static enum technique technique_of(const struct hypervisor *h, const struct hypervisor_guest *guest)
{
	return guest->has_technique ? guest->technique : h->technique;
}

const char *hypervisor_refusal(const struct hypervisor *h, const struct hypervisor_guest *guest)
{
	const struct technique_host host = {
		.isa = h->isa ? h->isa : "x86_64", .os = h->os, .virtualizable = h->virtualizable,
		.ported_only = h->ported_only,
	};
	return guest->nested ? NULL : technique_refusal(technique_of(h, guest), &guest->guest, &host);
}

static int64_t rounded(double x)
{
	return (int64_t)(x + 0.5);
}

void hypervisor_overhead(const struct hypervisor *preset, const struct host_type *host,
                         const struct vm_type *type, const struct hypervisor_guest *guest, struct overhead *o)
{
	struct technique_price price;
	struct hypervisor way = guest->has_io ? io_path_apply(preset, guest->io) : *preset;
	const struct hypervisor *h = &way;
	technique_price(technique_of(h, guest), &h->technique_costs, guest->mix->walk_01, &price);
	double slow = technique_slowdown(&price, guest->mix);
	*o = (struct overhead){
		.refused = hypervisor_refusal(h, guest),
		.slow_ppb = rounded(slow * OVERHEAD_UNIT),
		.cold_s = price.cold_s, .warm_s = price.warm_s,
		/* Asked CPU is slow times native work, and requests come with the work. */
		.service_ppb = rounded(guest->mix->per_s[OP_IO] * h->costs.service_io_ns / slow),
		.guest_hz = rounded(h->costs.guest_cores * (double)host->core_hz),
		.ram_bytes = rounded(h->costs.guest_ram_mib * MIB +
		                     h->costs.guest_ram_share * (double)type->ram_bytes),
		.io = h->io,
	};
	struct io_costs io = io_path_costs(h, &price);
	o->io_guest_ns = io.guest_ns;
	o->io_service_ns = io.service_ns;
	o->io_latency_ns = io.latency_ns;
	o->io_guest_most = io.guest_most;
	o->io_service_most = io.service_most;
}

void hypervisor_service(const struct hypervisor *h, const struct host_type *host,
	struct host_service *service)
{
	const struct hypervisor_costs *c = &h->costs;
	*service = (struct host_service){
		.base_hz = rounded((c->service_cores + c->noise_cores) * (double)host->core_hz),
		.weight = (uint32_t)(c->service_weight >= 1 ? c->service_weight : 1024),
		.ram_bytes = rounded(c->service_ram_mib * MIB +
		                     c->service_ram_share * (double)host->ram_bytes),
	};
}

void hypervisor_install(struct world *world, const struct hypervisor_guest *guests)
{
	bool any = false;
	for (uint32_t h = 0; h < world->host_type_count; h++)
		any = any || world->host_types[h].hypervisor;
	if (!any)
		return;
	uint32_t types = world->vm_type_count;
	world->overheads = arena_new(&world->arena, world->host_type_count * types, sizeof *world->overheads);
	world->host_services = arena_new(&world->arena, world->host_type_count, sizeof *world->host_services);
	for (uint32_t h = 0; h < world->host_type_count; h++) {
		const struct host_type *host = &world->host_types[h];
		world->host_services[h].weight = 1024;
		if (host->hypervisor)
			hypervisor_service(host->hypervisor, host, &world->host_services[h]);
		for (uint32_t t = 0; t < types; t++) {
			struct overhead *o = &world->overheads[h * types + t];
			o->slow_ppb = OVERHEAD_UNIT;
			if (host->hypervisor)
				hypervisor_overhead(host->hypervisor, host, &world->vm_types[t], &guests[t],
					o);
		}
	}
	world->useful = memory_new(world->vm_count, sizeof *world->useful, "useful work of guests");
	for (uint32_t i = 0; i < world->host_count; i++)
		world->hosts[i].ram_booked_bytes += world->host_services[world->hosts[i].type].ram_bytes;
}

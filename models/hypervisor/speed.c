/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets P-states and power caps of hosts. */
#include "models/hypervisor/speed.h"

#include "models/hypervisor/fluid.h"
#include "sim/memory.h"

static void paces_open(struct world *world)
{
	if (world->paces)
		return;
	world->paces = memory_new(world->host_count, sizeof *world->paces, "speeds of hosts");
	for (uint32_t h = 0; h < world->host_count; h++) {
		const struct host_type *t = &world->host_types[world->hosts[h].type];
		world->paces[h] = (struct pace){.cpu_hz = t->cpu_hz, .most_hz = t->cpu_hz, .curve = t->curve};
	}
}

/* The most that can be given without drawing more than the cap: by halving, as power does not fall. */
static int64_t most_under(const struct power_curve *curve, int64_t cpu_hz, int64_t cap_uw)
{
	int64_t low = 0, high = cpu_hz;
	if (cap_uw == 0 || power_uw(curve, cpu_hz, cpu_hz) <= cap_uw)
		return cpu_hz;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (power_uw(curve, middle, cpu_hz) <= cap_uw)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void pace_renew(struct world *world, uint32_t host)
{
	struct pace *pace = &world->paces[host];
	pace->most_hz = most_under(&world->curves[pace->curve.i], pace->cpu_hz, pace->cap_uw);
	ASSERT(pace->most_hz >= 0 && pace->most_hz <= pace->cpu_hz);
	world_changed(world, (host_id){host});
}

static const char *refusal(const struct world *world, host_id host)
{
	ASSERT(host.i < world->host_count);
	return world->host_types[world->hosts[host.i].type].scheduler
	       ? "a host with a discrete scheduler runs at one speed" : NULL;
}

const char *speed_set(struct world *world, host_id host, uint32_t speed)
{
	const struct host_type *t = &world->host_types[world->hosts[host.i].type];
	const char *why = refusal(world, host);
	if (why)
		return why;
	if (!t->speed_count)
		return "this host has no P-states";
	if (speed >= t->speed_count)
		return "the host has no such P-state";
	paces_open(world);
	fluid_touch(world, host);
	struct pace *pace = &world->paces[host.i];
	pace->speed = speed;
	pace->cpu_hz = t->speeds[speed].core_hz * t->cores;
	pace->curve = t->speeds[speed].curve;
	pace_renew(world, host.i);
	return NULL;
}

const char *speed_cap(struct world *world, host_id host, int64_t cap_uw)
{
	const char *why = refusal(world, host);
	if (why)
		return why;
	ASSERT(cap_uw >= 0);
	paces_open(world);
	fluid_touch(world, host);
	world->paces[host.i].cap_uw = cap_uw;
	pace_renew(world, host.i);
	return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps of guests that warm up. */
#include "models/hypervisor/warm.h"

#include "models/hypervisor/fluid.h"
#include "models/hypervisor/solve.h"
#include "models/hypervisor/useful.h"
#include "sim/transcend.h"

#define STEPS 16            /* in warm_s of time */
#define WARM_ENOUGH 1e-4    /* of slow-down left to lose */
#define IDLE_MOST 12        /* doublings of the wait of a guest that does little */

/* Seconds of one vCPU's native work that the guest has done since it was put there. */
static double work_s(const struct world *world, uint32_t i)
{
	const struct vm *vm = &world->vms[i];
	const struct vm_useful *u = &world->useful[i];
	wide useful = vm->demanded - vm->stolen - u->overhead - u->warm_from;
	return wide_double(useful) / 1e9 / (double)world->vm_types[vm->type].vcpu_hz;
}

/* The mean slow-down over the work of the next step, which is what the time allows at that slow-down. */
static double slow_next(const struct overhead *o, double w_s, double step_s)
{
	double steady = (double)o->slow_ppb / OVERHEAD_UNIT, left = o->cold_s * exp(-w_s / o->warm_s);
	double slow = steady + left / o->warm_s;
	for (int i = 0; i < 4; i++) {
		double work = step_s / slow;
		slow = steady - left * expm1(-work / o->warm_s) / work;
	}
	return slow;
}

static void step(struct world *world, vm_id id, host_id host)
{
	struct vm_useful *u = &world->useful[id.i];
	const struct overhead *o =
		world_overhead(world, world->hosts[host.i].type, world->vms[id.i].type);
	useful_settle(world, id.i);
	double w_s = work_s(world, id.i), step_s = o->warm_s / STEPS, done_s = w_s - u->warm_s;
	/* Little work since the last look: wait longer; much: less long. */
	if (u->warm_steps && done_s < step_s / 4 && u->warm_idle < IDLE_MOST)
		u->warm_idle++;
	else if (done_s > step_s && u->warm_idle)
		u->warm_idle--;
	u->warm_steps++;
	u->warm_s = w_s;
	bool done = o->cold_s / o->warm_s * exp(-w_s / o->warm_s) < WARM_ENOUGH;
	double slow = done ? (double)o->slow_ppb / OVERHEAD_UNIT : slow_next(o, w_s, step_s);
	useful_set(world, id.i, (int64_t)(slow * OVERHEAD_UNIT + 0.5));
	solve_demand(world, &world->vms[id.i]);
	int64_t at_ns = engine_now_ns(world->engine) + ((int64_t)(step_s * 1e9 + 1) << u->warm_idle);
	u->warming = done ? EVENT_NONE : event_at(world->engine, at_ns, world->warming, id.i, 0);
}

static void fired(struct engine *engine, void *context, const struct event *event)
{
	struct world *world = context;
	vm_id id = {(uint32_t)event->a};
	(void)engine;
	world->useful[id.i].warming = EVENT_NONE;
	host_id host = fluid_host_of(world, id);
	if (host.i == ID_NONE)
		return;
	fluid_touch(world, host);
	step(world, id, host);
}

/* A guest has just been put on a host, which was touched. */
static void entered(struct world *world, vm_id id, host_id host)
{
	const struct vm *vm = &world->vms[id.i];
	struct vm_useful *u = &world->useful[id.i];
	event_cancel(world->engine, u->warming);
	u->warming = EVENT_NONE;
	if (!(world_overhead(world, world->hosts[host.i].type, vm->type)->cold_s > 0))
		return;
	u->warm_from = vm->demanded - vm->stolen - u->overhead;
	u->warm_s = 0;
	u->warm_steps = u->warm_idle = 0;
	step(world, id, host);
}

void warm_init(struct world *world)
{
	bool any = false;
	uint32_t pairs = world->overheads ? world->host_type_count * world->vm_type_count : 0;
	for (uint32_t i = 0; i < pairs; i++)
		any = any || world->overheads[i].cold_s > 0;
	if (!any)
		return;
	world->warming = engine_type(world->engine, "guest gets warmer", RANK_DEMAND, fired, world);
	world->entered = entered;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control loop: arrivals, waiting, the scenario's
 * actions; asks policies and carries out what they say. */
#include "policies/control.h"

#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/fluid.h"
#include "models/hypervisor/memory_host.h"

#define ARRIVALS_AHEAD 8 /* guests: a microsecond or two of work, several times what memory takes */

static double view_power_w(const struct policy_view *view, uint32_t power, double u_01)
{
	const struct world *world = view->world;
	if (power >= world->curve_count)
		return 0;
	return power_w(&world->curves[power], u_01 > 0 ? u_01 < 1 ? u_01 : 1 : 0);
}

static int64_t view_demand_hz(const struct policy_view *view, uint32_t host)
{
	struct world *world = view->world;
	fluid_advance(world, (host_id){host}, engine_now_ns(world->engine));
	return world->hosts[host].demand_hz;
}

/* Brings the policy's view of a host up to date. */
static void refresh_host(struct control *c, uint32_t h)
{
	const struct host *host = &c->world->hosts[h];
	struct policy_host *p = &c->hosts[h];
	p->on = host->state == HOST_ON;
	p->closed = c->loop.open && c->loop.look.maintained[h];
	p->guests = host->guest_count;
	p->cpu_booked_hz = host->cpu_booked_hz;
	p->ram_booked_bytes = host->ram_booked_bytes;
	p->disk_booked_bytes = host->disk_booked_bytes;
}

static void refresh(struct control *c)
{
	struct world *world = c->world;
	for (uint32_t k = 0; k < world->changed_count; k++) {
		ASSERT(world->hosts[world->changed[k]].changed);
		refresh_host(c, world->changed[k]);
		scores_changed(&c->scores, world->changed[k]);
		if (c->loop.open)
			loop_changed(&c->loop, world->changed[k]);
		world->hosts[world->changed[k]].changed = false;
	}
	world->changed_count = 0;
	c->view.now_ns = engine_now_ns(world->engine);
}

static int64_t limit(int64_t capacity, double ratio)
{
	double limit = (double)capacity * ratio;
	return limit < 0x1p62 ? (int64_t)limit : INT64_C(1) << 62;
}

/* What hypervisors mean for each type of guest. */
static void kinds_open(struct control *c)
{
	const struct world *world = c->world;
	uint32_t kinds = world->host_type_count;
	if (!world->overheads)
		return;
	c->on_kind = memory_new((size_t)world->vm_type_count * kinds, sizeof *c->on_kind, "kinds of hosts");
	for (uint32_t t = 0; t < world->vm_type_count; t++)
		for (uint32_t k = 0; k < kinds; k++) {
			const struct overhead *o = world_overhead(world, k, t);
			c->on_kind[t * kinds + k] = (struct policy_on_kind){o->refused != NULL, o->ram_bytes};
		}
}

static void view_open(struct control *c)
{
	struct world *world = c->world;
	c->hosts = memory_new(world->host_count, sizeof *c->hosts, "policy's view of the hosts");
	for (uint32_t h = 0; h < world->host_count; h++) {
		const struct host_type *t = &world->host_types[world->hosts[h].type];
		c->hosts[h] = (struct policy_host){
			.cores = t->cores, .core_hz = t->core_hz, .cpu_hz = t->cpu_hz,
			.cpu_limit_hz = limit(t->cpu_hz, c->admission.cpu_overcommit),
			.ram_limit_bytes = limit(t->ram_bytes,
			                         memory_overcommit(t, c->admission.ram_overcommit)),
			.disk_limit_bytes = limit(t->disk_bytes, c->admission.disk_overcommit),
			.power = t->curve.i, .rack = world->hosts[h].rack.i, .site = world->hosts[h].site.i,
			.kind = world->hosts[h].type,
		};
		refresh_host(c, h);
	}
	c->view = (struct policy_view){
		.struct_size = sizeof c->view, .host_count = world->host_count, .hosts = c->hosts,
		.world = world, .power_w = view_power_w, .demand_hz = view_demand_hz,
	};
}

static struct policy_request request_of(const struct control *c, uint32_t v)
{
	const struct vm_type *t = &c->world->vm_types[c->world->vms[v].type];
	struct policy_request request = {
		.guest = v, .vcpus = t->vcpus, .priority = t->priority, .vcpu_hz = t->vcpu_hz,
		.cpu_hz = t->cpu_hz, .ram_bytes = t->ram_bytes, .disk_bytes = t->disk_bytes,
	};
	if (c->on_kind)
		request.on_kind = &c->on_kind[c->world->vms[v].type * c->world->host_type_count];
	return request;
}

static bool has_room(struct control *c, uint32_t v, uint32_t host)
{
	struct policy_request request = request_of(c, v);
	refresh(c);
	return policy_fits(&c->hosts[host], &request);
}

/* Asks the policy for a host and checks the answer; false when there is none. */
static bool choose(struct control *c, uint32_t v, uint32_t *host)
{
	struct policy_request request = request_of(c, v);
	refresh(c);
	watch_asks(c->watch, c->policy->name, "place", c->view.now_ns);
	bool found = scores_place(&c->scores, &request, host);
	watch_answered(c->watch);
	if (!found)
		return false;
	if (*host < c->world->host_count && policy_fits(&c->hosts[*host], &request))
		return true;
	world_note(c->world, NOTE_PLAN_REFUSED, v, *host < c->world->host_count ? *host : ID_NONE, 0);
	return false;
}

static void room(void *context, host_id host)
{
	struct control *c = context;
	if (c->loop.open)
		loop_room(&c->loop, host.i);
	if (c->waiting_count && !event_pending(c->world->engine, c->retry_event))
		c->retry_event = event_at(c->world->engine, engine_now_ns(c->world->engine), c->retry, 0, 0);
}

static bool start(struct control *c, uint32_t v)
{
	struct vm_parent parent = {true, c->world->vms[v].inside};
	if (parent.i == ID_NONE) {
		parent.is_vm = false;
		if (!choose(c, v, &parent.i))
			return false;
	}
	if (vm_life_start(c->life, (vm_id){v}, parent))
		return false;
	/* It may be the one that a waiting guest is to run inside. */
	if (c->waiting_inside)
		room(c, (host_id){ID_NONE});
	return true;
}

static uint32_t priority_of(const struct control *c, uint32_t v)
{
	return c->world->vm_types[c->world->vms[v].type].priority;
}

static void wait_or_refuse(struct control *c, uint32_t v)
{
	struct vm *vm = &c->world->vms[v];
	ASSERT(vm->parent.i == ID_NONE);
	if (!c->admission.wait) {
		vm->state = VM_REFUSED;
		world_note(c->world, NOTE_VM_REFUSED, v, ID_NONE, 0);
		return;
	}
	vm->state = VM_WAITING;
	waiting_add(&c->waiting, v, vm->type, priority_of(c, v), vm->inside != ID_NONE);
	c->waiting_count++;
	c->waiting_inside += vm->inside != ID_NONE;
	world_note(c->world, NOTE_VM_WAITS, v, ID_NONE, 0);
}

static void ask_next_arrival(struct control *c)
{
	if (c->order_next >= c->world->vm_count)
		return;
	int64_t start_ns = c->world->vms[c->order[c->order_next]].start_ns;
	event_at(c->world->engine, start_ns, c->arrive, c->order_next, 0);
}

/* A million guests that arrive at once would each wait for memory to send its first sample. */
static inline __attribute__((always_inline)) void foresee(const struct control *c)
{
	const struct world *world = c->world;
	if (world->vm_count - c->order_next <= ARRIVALS_AHEAD)
		return;
	const struct vm *vm = &world->vms[c->order[c->order_next + ARRIVALS_AHEAD]];
	plan_id plan = world->vm_types[vm->type].plan;
	if (plan.i != ID_NONE)
		demand_soon(world->plans[plan.i].set, vm->row, 0);
}

static void arrive(struct engine *engine, void *context, const struct event *event)
{
	struct control *c = context;
	(void)engine;
	while (c->order_next < c->world->vm_count) {
		uint32_t v = c->order[c->order_next];
		ASSERT(c->world->vms[v].start_ns >= event->time_ns);
		if (c->world->vms[v].start_ns != event->time_ns)
			break;
		c->order_next++;
		foresee(c);
		if (c->world->vms[v].state == VM_DEFINED && !start(c, v))
			wait_or_refuse(c, v);
	}
	ask_next_arrival(c);
}

/* Tries all that wait, once; a type that found no room is not asked about again in the same round. */
static void retry(struct engine *engine, void *context, const struct event *event)
{
	struct control *c = context;
	uint32_t v;
	(void)engine;
	(void)event;
	c->retry_event = EVENT_NONE;
	c->waiting_inside = 0;
	ASSERT(c->waiting_stopped <= c->waiting_count);
	c->waiting_count -= c->waiting_stopped;
	c->waiting_stopped = 0;
	waiting_round(&c->waiting);
	while (waiting_next(&c->waiting, &v)) {
		const struct vm *vm = &c->world->vms[v];
		bool waits = vm->state == VM_WAITING, stays = waits && !start(c, v);
		c->waiting_count -= waits && !stays;
		c->waiting_inside += stays && vm->inside != ID_NONE;
		waiting_tried(&c->waiting, stays);
	}
}

/* Starts or restores a guest where the action says, or where the policy would place it. */
static const char *act_place(struct control *c, const struct action *a, enum vm_request request)
{
	const struct vm *vm = &c->world->vms[a->vm];
	struct vm_parent parent = {a->host == ID_NONE && vm->inside != ID_NONE, a->host};
	bool waits = vm->state == VM_WAITING;
	if (!vm_request_allowed(vm->state, request))
		return vm_ways[request].why;
	if (parent.is_vm)
		parent.i = vm->inside;
	else if (a->host == ID_NONE && !choose(c, a->vm, &parent.i))
		return "no host has room for it";
	else if (a->host != ID_NONE && !has_room(c, a->vm, a->host))
		return "that host is not on or has no room for it";
	const char *why = request == VM_START ? vm_life_start(c->life, (vm_id){a->vm}, parent)
	                                      : vm_life_restore(c->life, (vm_id){a->vm}, parent);
	c->waiting_stopped += waits && !why;
	return why;
}

/* What is done to migrations, and not to a guest or a host. */
static const char *act_migration(struct control *c, const struct action *a)
{
	if (a->kind == ACTION_MIGRATION_CANCEL)
		return migration_cancel(c->migrations, (vm_id){a->vm});
	return migrations_cable(c->migrations, (host_id){a->host}, a->kind == ACTION_CABLE_CUT);
}

/* Maintenance of a host. */
static const char *act_maintain(struct control *c, const struct action *a)
{
	if (!c->loop.open)
		return "nothing looks at hosts: there is no section control";
	return a->kind == ACTION_HOST_DRAIN ? loop_maintain(&c->loop, a->host, a->by_ns)
	                                    : loop_maintain_end(&c->loop, a->host);
}

static const char *act_one(struct control *c, const struct action *a)
{
	const struct action_info *info = &action_infos[a->kind];
	vm_id vm = {a->vm};
	if (a->kind == ACTION_HOST_DRAIN || a->kind == ACTION_HOST_UNDRAIN)
		return act_maintain(c, a);
	if (info->of_host)
		return lifecycle_host(c->life, (host_id){a->host}, info->host_request);
	switch (info->vm_request) {
	case VM_MIGRATE:
		return migration_ask(c->migrations, &(struct migration_request){
			.vm = vm, .target = {a->host}, .kind = a->move, .rules = a->rules,
			.has_disk = a->has_disk, .disk = a->disk});
	case VM_REQUESTS:
		return act_migration(c, a);
	case VM_START:
	case VM_RESTORE:
		return act_place(c, a, info->vm_request);
	case VM_CLONE:
		return vm_life_clone(c->life, vm, (vm_id){a->into});
	case VM_STOP:
		c->waiting_stopped += c->world->vms[a->vm].state == VM_WAITING;
		return vm_life_stop(c->life, vm);
	default:
		return vm_life_request(c->life, vm, info->vm_request);
	}
}

static void ask_next_action(struct control *c)
{
	if (c->action_next < c->action_count)
		event_at(c->world->engine, c->actions[c->action_next].at_ns, c->act, c->action_next, 0);
}

static void act(struct engine *engine, void *context, const struct event *event)
{
	struct control *c = context;
	(void)engine;
	for (; c->action_next < c->action_count; c->action_next++) {
		const struct action *a = &c->actions[c->action_next];
		ASSERT(a->at_ns >= event->time_ns);
		if (a->at_ns != event->time_ns)
			break;
		const char *why = act_one(c, a);
		if (!why)
			continue;
		world_note(c->world, NOTE_PLAN_REFUSED, a->vm, a->host, (int64_t)a->kind);
		if (c->refused)
			c->refused(c->refused_context, a, why);
	}
	ask_next_action(c);
}

void control_open(struct control *c, struct world *world, struct lifecycle *life,
                  struct migrations *migrations, const struct policy *policy)
{
	*c = (struct control){.world = world, .life = life, .migrations = migrations, .policy = policy};
	c->arrive = engine_type(world->engine, "guests arrive", RANK_VM_START, arrive, c);
	c->act = engine_type(world->engine, "scenario acts", RANK_ACTION, act, c);
	c->retry = engine_type(world->engine, "waiting guests try again", RANK_CONTROL, retry, c);
	life->room = room;
	life->room_context = c;
}

struct arrival {
	int64_t start_ns;
	uint32_t priority, vm;
};

static int by_arrival(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	return (x->vm > y->vm) - (x->vm < y->vm);
}

/* Guests by (start, priority downwards, id); most scenarios define them in that order already. */
static void sort_arrivals(struct control *c)
{
	uint32_t n = c->world->vm_count;
	struct arrival *arrivals = memory_new(n, sizeof *arrivals, "arrivals");
	bool sorted = true;
	for (uint32_t v = 0; v < n; v++) {
		arrivals[v] = (struct arrival){c->world->vms[v].start_ns, priority_of(c, v), v};
		sorted = sorted && (v == 0 || by_arrival(&arrivals[v - 1], &arrivals[v]) < 0);
	}
	if (!sorted)
		qsort(arrivals, n, sizeof *arrivals, by_arrival);
	c->order = memory_new(n, sizeof *c->order, "order of arrivals");
	for (uint32_t v = 0; v < n; v++)
		c->order[v] = arrivals[v].vm;
	free(arrivals);
}

static void loop_refresh(void *context)
{
	refresh(context);
}

/* A guest that is to run again wherever there is room, now or later. */
static void loop_queue(void *context, uint32_t guest)
{
	struct control *c = context;
	if (!start(c, guest))
		wait_or_refuse(c, guest);
}

static int64_t loop_waiting_hz(void *context)
{
	const struct control *c = context;
	int64_t hz = 0;
	for (uint32_t t = 0; t < c->waiting.queue_count; t++)
		hz += c->waiting.queues[t].count * c->world->vm_types[t].cpu_hz;
	return hz;
}

static void loop_begin(struct control *c)
{
	if (!c->loop_rules)
		return;
	const struct loop_hooks hooks = {c, loop_refresh, loop_queue, loop_waiting_hz, c->hosts, c->on_kind};
	refresh(c);
	loop_open(&c->loop, c->life, c->migrations, c->loop_rules, &hooks);
}

void control_start(struct control *c, const struct admission *admission, const double *values,
                   const struct action *actions, uint32_t n)
{
	ASSERT(c->policy && c->policy->place && !c->hosts); /* opened, and started once */
	c->admission = *admission;
	c->actions = actions;
	c->action_count = n;
	for (uint32_t k = 1; k < n; k++)
		ASSERT(actions[k - 1].at_ns <= actions[k].at_ns);
	view_open(c);
	kinds_open(c);
	c->state = memory_new(1, c->policy->state_bytes ? c->policy->state_bytes : 1, "policy state");
	watch_asks(c->watch, c->policy->name, "open", 0);
	if (c->policy->open)
		c->policy->open(c->state, &c->view, values);
	watch_answered(c->watch);
	scores_open(&c->scores, c->policy, c->state, &c->view);
	sort_arrivals(c);
	loop_begin(c);
	ask_next_arrival(c);
	ask_next_action(c);
}

void control_close(struct control *c)
{
	loop_close(&c->loop);
	if (c->policy && c->policy->close && c->state)
		c->policy->close(c->state);
	free(c->state);
	free(c->hosts);
	free(c->on_kind);
	free(c->order);
	scores_close(&c->scores);
	waiting_free(&c->waiting);
}

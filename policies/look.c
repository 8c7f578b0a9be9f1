/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens the policies' view and brings it up to date: hosts, lists of guests, moves under way. */
#include "policies/look.h"

#include <stdlib.h>

#include "models/hypervisor/memory_host.h"
#include "models/hypervisor/pace.h"
#include "models/migration/migration.h"
#include "sim/memory.h"

enum policy_host_state look_state(enum host_state state)
{
	switch (state) {
	case HOST_OFF:
		return POLICY_HOST_OFF;
	case HOST_ON:
		return POLICY_HOST_ON;
	case HOST_SUSPENDED:
		return POLICY_HOST_ASLEEP;
	case HOST_FAILED:
		return POLICY_HOST_FAILED;
	default:
		return POLICY_HOST_CHANGING;
	}
}

static void mark_dirty(struct look *look, uint32_t host)
{
	if (host == ID_NONE || look->is_dirty[host])
		return;
	ASSERT(look->dirty_count < look->world->host_count);
	look->is_dirty[host] = true;
	look->dirty[look->dirty_count++] = host;
}

void look_changed(struct look *look, uint32_t host)
{
	ASSERT(host < look->world->host_count);
	mark_dirty(look, host);
}

static void flight_add(struct look *look, const struct look_flight *flight)
{
	ASSERT(!look->flying[flight->guest]);
	ARRAY_GROW(look->flights, look->flight_count, look->flight_room, "moves under way");
	look->flights[look->flight_count++] = *flight;
	look->flying[flight->guest] = true;
}

void look_fly(struct look *look, const struct look_flight *flight)
{
	ASSERT(flight->from != flight->to && flight->to < look->world->host_count);
	flight_add(look, flight);
}

/* Is the move still ahead or under way? */
static bool flies(const struct look *look, const struct look_flight *f)
{
	const struct vm *vm = &look->world->vms[f->guest];
	enum host_state target = look->world->hosts[f->to].state;
	/* It may have switched, or be on its way elsewhere by now. */
	if (vm->state == VM_MIGRATING)
		return vm->target.i == f->to ||
		       (vm->parent.i == f->to &&
		        migration_target(look->migrations, (vm_id){f->guest}).i == f->to);
	if (vm->state != VM_RUNNING || vm->parent.is_vm || vm->parent.i != f->from)
		return false;
	if (f->waits)
		return target == HOST_BOOTING || target == HOST_RESUMING || target == HOST_ON;
	return migration_waits(look->migrations, (vm_id){f->guest});
}

/* Hosts of moves are always made anew: what is booked where depends on how far each move has come. */
static void flights_review(struct look *look)
{
	uint32_t kept = 0;
	for (uint32_t k = 0; k < look->flight_count; k++) {
		struct look_flight f = look->flights[k];
		mark_dirty(look, f.from);
		mark_dirty(look, f.to);
		if (flies(look, &f))
			look->flights[kept++] = f;
		else
			look->flying[f.guest] = false;
	}
	look->flight_count = kept;
}

/* Moves that others began: the scenario's actions. The list of dirty hosts grows while it is walked. */
static void flights_find(struct look *look)
{
	for (uint32_t k = 0; k < look->dirty_count; k++) {
		const struct host *host = &look->world->hosts[look->dirty[k]];
		for (uint32_t i = 0; i < host->guest_count; i++) {
			uint32_t v = host->guests[i];
			if (look->world->vms[v].state != VM_MIGRATING || look->flying[v])
				continue;
			host_id to = migration_target(look->migrations, (vm_id){v});
			flight_add(look, &(struct look_flight){
				.guest = v, .from = look->dirty[k], .to = to.i});
			mark_dirty(look, to.i);
		}
	}
}

static void unlink_all(struct look *look, uint32_t host)
{
	uint32_t v = look->first[host];
	look->first[host] = POLICY_NONE;
	while (v != POLICY_NONE) {
		struct policy_guest *g = &look->guests[v];
		uint32_t next = g->next;
		g->host = g->next = POLICY_NONE;
		g->running = g->moves = false;
		look->home[v] = ID_NONE;
		v = next;
	}
}

static void pace_read(const struct look *look, const struct pace *pace, struct policy_host *p)
{
	p->speed = pace->speed;
	p->cap_w = (double)pace->cap_uw / 1e6;
	p->power = pace->curve.i;
	ASSERT(p->speed < p->speeds && p->power < look->world->curve_count);
}

/* The entry of a host as it is in the world, without guests. */
static void host_renew(struct look *look, uint32_t h)
{
	const struct host *host = &look->world->hosts[h];
	struct policy_host *p = &look->hosts[h];
	p->on = host->state == HOST_ON;
	p->state = look_state(host->state);
	p->closed = look->maintained[h];
	p->tried = false;
	p->guests = p->moving = 0;
	p->demand_hz = 0;
	p->cpu_booked_hz = look->rules.by_demand ? 0 : host->cpu_booked_hz;
	p->ram_booked_bytes = host->ram_booked_bytes;
	p->disk_booked_bytes = host->disk_booked_bytes;
	if (look->world->paces)
		pace_read(look, &look->world->paces[h], p);
	const struct host_type *t = &look->world->host_types[host->type];
	enum host_state rests = host->state == HOST_SUSPENDED ? HOST_SUSPENDED : HOST_OFF;
	enum host_state wakes = host->state == HOST_SUSPENDED ? HOST_RESUMING : HOST_BOOTING;
	p->wake_ns = t->phase[wakes].time_ns;
	p->sleep_w = (double)t->phase[rests].power_uw / 1e6;
	p->ram_01 = t->ram_bytes > 0 ? (double)p->ram_booked_bytes / (double)t->ram_bytes : 0;
}

/* Puts a guest that runs on the host into its list, unless it is leaving. */
static void guest_renew(struct look *look, uint32_t v, uint32_t h)
{
	const struct vm *vm = &look->world->vms[v];
	struct policy_guest *g = &look->guests[v];
	ASSERT(look->home[v] == ID_NONE && g->host == POLICY_NONE);
	look->home[v] = h;
	look_demand_guest(look, v);
	if (look->flying[v])
		return;
	g->running = vm->state == VM_RUNNING;
	g->moves = g->running && !look->world->vm_types[vm->type].pinned;
	look_link(look, v, h);
}

static void host_fill(struct look *look, uint32_t h)
{
	const struct host *host = &look->world->hosts[h];
	look_demand_host(look, h);
	for (uint32_t k = 0; k < host->guest_count; k++)
		guest_renew(look, host->guests[k], h);
}

/* A guest under way is on its target's list. One whose move has not begun is not yet booked there. */
static void fly(struct look *look, const struct look_flight *f)
{
	struct policy_host *from = &look->hosts[f->from], *to = &look->hosts[f->to];
	const struct vm *vm = &look->world->vms[f->guest];
	from->moving += !f->waits;
	to->moving += !f->waits;
	look->guests[f->guest].running = look->guests[f->guest].moves = false;
	look_link(look, f->guest, f->to);
	if (vm->state == VM_MIGRATING)
		return;
	const struct policy_request size = look_request(look, f->guest);
	to->ram_booked_bytes += size.ram_bytes + (size.on_kind ? size.on_kind[to->kind].ram_bytes : 0);
	to->disk_booked_bytes += size.disk_bytes;
	if (look->rules.by_demand)
		return;
	to->cpu_booked_hz += size.cpu_hz;
	from->cpu_booked_hz -= size.cpu_hz;
}

static void tell_touched(struct look *look)
{
	for (uint32_t k = 0; look->touched && k < look->dirty_count; k++)
		look->touched(look->touched_context, look->dirty[k]);
}

void look_refresh(struct look *look, bool sample)
{
	look->view.now_ns = engine_now_ns(look->world->engine);
	flights_review(look);
	flights_find(look);
	look_demand_begin(look);
	for (uint32_t k = 0; k < look->dirty_count; k++)
		unlink_all(look, look->dirty[k]);
	for (uint32_t k = 0; k < look->dirty_count; k++)
		host_renew(look, look->dirty[k]);
	for (uint32_t k = 0; k < look->dirty_count; k++)
		host_fill(look, look->dirty[k]);
	for (uint32_t k = 0; k < look->flight_count; k++)
		fly(look, &look->flights[k]);
	if (sample)
		look_demand_all(look);
	tell_touched(look);
	for (uint32_t k = 0; k < look->dirty_count; k++)
		look->is_dirty[look->dirty[k]] = false;
	look->dirty_count = 0;
}

static double view_power_w(const struct policy_view *view, uint32_t power, double u_01)
{
	const struct look *look = view->world;
	if (power >= look->world->curve_count)
		return 0;
	return power_w(&look->world->curves[power], u_01 > 0 ? u_01 < 1 ? u_01 : 1 : 0);
}

static int64_t view_demand_hz(const struct policy_view *view, uint32_t host)
{
	return host < view->host_count ? view->hosts[host].demand_hz : 0;
}

static int64_t view_move_ns(const struct policy_view *view, uint32_t guest, uint32_t to)
{
	return look_move_ns(view->world, guest, to);
}

static double view_speed_01(const struct policy_view *view, uint32_t host, uint32_t speed)
{
	const struct look *look = view->world;
	if (host >= view->host_count)
		return 1;
	const struct host_type *t = &look->world->host_types[look->world->hosts[host].type];
	return speed < t->speed_count ? (double)t->speeds[speed].core_hz / (double)t->core_hz : 1;
}

static void hosts_open(struct look *look)
{
	const struct world *world = look->world;
	for (uint32_t h = 0; h < world->host_count; h++) {
		struct policy_host *p = &look->hosts[h];
		*p = look->limits[h];
		if (look->rules.by_demand)
			p->cpu_limit_hz = p->cpu_hz;
		const struct host_type *t = &world->host_types[world->hosts[h].type];
		p->ram_limit_bytes = (int64_t)((double)t->ram_bytes * memory_overcommit(t, 1));
		p->disk_limit_bytes = t->disk_bytes;
		p->speeds = t->speed_count > 1 ? t->speed_count : 1;
		p->nic_bps = (double)t->nic_bps;
		look->first[h] = POLICY_NONE;
		mark_dirty(look, h);
	}
}

static void guests_open(struct look *look)
{
	const struct world *world = look->world;
	for (uint32_t v = 0; v < world->vm_count; v++) {
		const struct vm_type *t = &world->vm_types[world->vms[v].type];
		const struct migration_guest *moves = look->migrations->guests
			? &look->migrations->guests[world->vms[v].type] : NULL;
		struct policy_guest *g = &look->guests[v];
		*g = (struct policy_guest){
			.host = POLICY_NONE, .next = POLICY_NONE, .apart = POLICY_NONE,
			.group = t->group, .service = t->service.i, .vcpus = t->vcpus,
			.priority = t->priority, .vcpu_hz = t->vcpu_hz, .cpu_hz = t->cpu_hz,
			.ram_bytes = t->ram_bytes, .disk_bytes = t->disk_bytes,
		};
		if (look->on_kind)
			g->on_kind = &look->on_kind[(size_t)world->vms[v].type * world->host_type_count];
		for (uint32_t k = 0; moves && k < moves->dirty.count; k++)
			g->dirty_bps += moves->dirty.writer[k].rate_hz * PAGE_BYTES * 8;
		look->home[v] = ID_NONE;
	}
}

/* What can be asked for: kinds that go leg by leg, then the planned ones. */
static void methods_open(struct look *look)
{
	uint32_t n = 0, k = 0;
	while (move_kinds[n])
		n++;
	const char **names = arena_new(&look->world->arena, n + 1, sizeof *names);
	for (; k < n; k++)
		names[k] = move_kinds[k]->name;
	look->view.methods = names;
}

void look_open(struct look *look, struct migrations *migrations, const struct look_rules *rules,
               const struct policy_host *limits, const struct policy_on_kind *on_kind)
{
	struct world *world = migrations->world;
	uint32_t hosts = world->host_count, guests = world->vm_count;
	*look = (struct look){
		.world = world, .migrations = migrations, .rules = *rules, .on_kind = on_kind,
		.limits = limits,
		.hosts = memory_new(hosts, sizeof *look->hosts, "view of hosts in thought"),
		.guests = memory_new(guests, sizeof *look->guests, "view of guests"),
		.first = memory_new(hosts, sizeof *look->first, "lists of guests"),
		.home = memory_new(guests, sizeof *look->home, "hosts of guests"),
		.maintained = memory_new(hosts, sizeof *look->maintained, "maintained hosts"),
		.dirty = memory_new(hosts, sizeof *look->dirty, "changed hosts"),
		.is_dirty = memory_new(hosts, sizeof *look->is_dirty, "changed hosts"),
		.is_marked = memory_new(hosts, sizeof *look->is_marked, "marked hosts"),
		.flying = memory_new(guests, sizeof *look->flying, "guests under way"),
	};
	look->view = (struct policy_view){
		.struct_size = sizeof look->view, .host_count = hosts, .hosts = look->hosts,
		.world = look, .power_w = view_power_w, .demand_hz = view_demand_hz,
		.guest_count = guests, .guests = look->guests, .first_guest = look->first,
		.interval_ns = rules->interval_ns, .move_ns = view_move_ns,
		.by_demand = rules->by_demand, .speed_01 = view_speed_01,
		.carbon_g_per_kwh = world->site_count ? world->sites[0].carbon_g_per_kwh : 0,
	};
	hosts_open(look);
	guests_open(look);
	methods_open(look);
	look_demand_open(look);
	look_refresh(look, false);
}

void look_close(struct look *look)
{
	look_demand_close(look);
	free(look->hosts);
	free(look->guests);
	free(look->first);
	free(look->home);
	free(look->maintained);
	free(look->dirty);
	free(look->is_dirty);
	free(look->flying);
	free(look->flights);
	free(look->marked);
	free(look->is_marked);
	*look = (struct look){0};
}

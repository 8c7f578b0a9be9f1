/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of the world: adding, naming, noting, and the laws that hold at every instant. */
#include "models/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const host_state_names[HOST_STATES] = {
	"off", "booting", "on", "suspending", "suspended", "resuming", "shutting down", "failed",
};

const char *const vm_state_names[VM_STATES] = {
	"defined", "waiting", "running", "migrating", "stopped", "refused", "lost", "undefined",
	"starting", "paused", "saving", "saved", "restoring", "shutting down", "rebooting", "crashed",
	"preserved", "cloning",
};

const enum vm_holds vm_state_holds[VM_STATES] = {
	[VM_RUNNING] = VM_HOLDS_ALL,       [VM_MIGRATING] = VM_HOLDS_ALL,
	[VM_STARTING] = VM_HOLDS_ALL,      [VM_RESTORING] = VM_HOLDS_ALL,
	[VM_SHUTTING_DOWN] = VM_HOLDS_ALL, [VM_REBOOTING] = VM_HOLDS_ALL,
	[VM_PAUSED] = VM_HOLDS_MEMORY,     [VM_SAVING] = VM_HOLDS_MEMORY,
	[VM_PRESERVED] = VM_HOLDS_MEMORY,
};

const char *const vm_on_crash_names[ON_CRASHES] = {"destroy", "restart", "preserve"};
const char *const vm_copy_names[VM_COPIES] = {"copy_on_write", "full"};
const char *const isolation_names[ISOLATIONS] = {"type_1", "type_2", "os"};

const char *const note_kind_names[NOTE_KINDS] = {
	"vm placed", "vm waits", "vm refused", "vm ended", "vm lost", "migration start", "migration end",
	"migration failed", "host state", "plan refused", "vm state", "snapshot",
	"migration switch", "overloaded", "underloaded", "move agreed", "host emptied",
	"failure foreseen",
};

const char *const energy_rule_names[ENERGY_RULES] = {"exact", "trapezoid"};

void world_init(struct world *world, struct engine *engine)
{
	*world = (struct world){.engine = engine};
	world->rules = (struct world_rules){
		.energy = ENERGY_EXACT, .idle_draws = true, .first_interval = true, .last_interval = true,
		.batch = true,
	};
	arena_init(&world->arena);
	network_init(&world->network);
}

void world_fini(struct world *world)
{
	for (uint32_t h = 0; h < world->host_count; h++)
		free(world->hosts[h].guests);
	free(world->sites);
	free(world->racks);
	free(world->host_types);
	free(world->hosts);
	free(world->vm_types);
	memory_huge_free(world->vms, world->vm_room * sizeof *world->vms);
	free(world->stores);
	free(world->vm_tenant);
	free(world->curves);
	free(world->plans);
	free(world->images);
	free(world->tenants);
	free(world->services);
	free(world->pools);
	free(world->changed);
	free(world->useful);
	free(world->paces);
	network_fini(&world->network);
	arena_fini(&world->arena);
}

uint32_t world_site_add(struct world *world, const char *name)
{
	ARRAY_GROW(world->sites, world->site_count, world->site_room, "site table");
	uint32_t i = world->site_count++;
	world->sites[i] = (struct site){.name = arena_string(&world->arena, name), .pue = 1.0};
	world->sites[i].core = network_node_add(&world->network, NODE_SWITCH, i);
	return i;
}

uint32_t world_rack_add(struct world *world, const char *name, site_id site)
{
	ASSERT(site.i < world->site_count);
	ARRAY_GROW(world->racks, world->rack_count, world->rack_room, "rack table");
	uint32_t i = world->rack_count++;
	world->racks[i] = (struct rack){
		.name = arena_string(&world->arena, name), .site = site, .first_host = world->host_count,
		.tor = network_node_add(&world->network, NODE_SWITCH, i),
	};
	return i;
}

uint32_t world_host_type_add(struct world *world, const char *name)
{
	ARRAY_GROW(world->host_types, world->host_type_count, world->host_type_room, "host type table");
	uint32_t i = world->host_type_count++;
	world->host_types[i].name = arena_string(&world->arena, name);
	return i;
}

uint32_t world_host_add(struct world *world, uint32_t type, rack_id rack)
{
	ASSERT(type < world->host_type_count && rack.i < world->rack_count);
	ARRAY_GROW(world->hosts, world->host_count, world->host_room, "host table");
	uint32_t i = world->host_count++;
	world->hosts[i] = (struct host){
		.type = type, .site = world->racks[rack.i].site, .rack = rack, .state = HOST_ON,
		.node = network_node_add(&world->network, NODE_HOST, i), .next_ns = TIME_MAX_NS,
		.clock = ID_NONE, .stale = true,
	};
	world->racks[rack.i].host_count++;
	return i;
}

uint32_t world_vm_type_add(struct world *world, const char *name)
{
	ARRAY_GROW(world->vm_types, world->vm_type_count, world->vm_type_room, "guest type table");
	uint32_t i = world->vm_type_count++;
	world->vm_types[i] = (struct vm_type){
		.name = arena_string(&world->arena, name), .group = i, .weight = 1024,
		.image = {ID_NONE}, .tenant = {ID_NONE}, .service = {ID_NONE}, .plan = {ID_NONE},
		.pool = {ID_NONE}, .bursts = {.period_ns = 100 * NS_PER_MS},
	};
	return i;
}

uint32_t world_vms_add(struct world *world, uint32_t type, uint32_t n)
{
	uint32_t first = world->vm_count;
	ASSERT(type < world->vm_type_count);
	ASSERT(n <= UINT32_MAX - 1 - first);
	if (first + n > world->vm_room) {
		struct vm *grown = memory_huge_new((size_t)(first + n) * sizeof *grown, "guest table");
		if (first)
			memcpy(grown, world->vms, first * sizeof *grown);
		memory_huge_free(world->vms, world->vm_room * sizeof *world->vms);
		world->vms = grown;
		world->vm_room = first + n;
	}
	for (uint32_t k = 0; k < n; k++)
		world->vms[first + k] = (struct vm){
			.type = type, .number = k, .state = VM_DEFINED,
			.parent = {false, ID_NONE}, .target = {ID_NONE}, .inside = ID_NONE,
			.first_child = ID_NONE, .next_sibling = ID_NONE,
			.life_ns = TIME_MAX_NS, .placed_ns = -1, .ended_ns = -1,
			.cursor = {.next_ns = TIME_MAX_NS},
		};
	world->vm_count = first + n;
	return first;
}

uint32_t world_curve_add(struct world *world, const struct power_curve *curve)
{
	ASSERT((unsigned)curve->form < POWER_FORMS);
	ARRAY_GROW(world->curves, world->curve_count, world->curve_room, "power curve table");
	world->curves[world->curve_count] = *curve;
	return world->curve_count++;
}

static bool same_axis(const struct demand_set *a, const struct demand_set *b)
{
	return a == b || (!a->irregular && !b->irregular && a->axis.start_ns == b->axis.start_ns &&
	                  a->axis.period_ns == b->axis.period_ns && a->axis.count == b->axis.count);
}

static bool same_clock(const struct demand_plan *a, const struct demand_plan *b)
{
	return same_axis(a->set, b->set) && a->shift_ns == b->shift_ns && a->hold == b->hold &&
	       a->interval_ns == b->interval_ns && a->offset_ns == b->offset_ns && a->end == b->end;
}

uint32_t world_plan_add(struct world *world, const struct demand_plan *plan)
{
	uint32_t clock = world->plan_count;
	for (uint32_t i = world->plan_count; i--;) {
		const struct demand_plan *p = &world->plans[i];
		if (!same_clock(p, plan))
			continue;
		if (p->set == plan->set && memcmp(&p->scale, &plan->scale, sizeof p->scale) == 0)
			return i;
		clock = p->clock;
	}
	ARRAY_GROW(world->plans, world->plan_count, world->plan_room, "demand plan table");
	world->plans[world->plan_count] = *plan;
	world->plans[world->plan_count].clock = clock;
	return world->plan_count++;
}

void world_host_name(const struct world *world, host_id host, char *text, uint32_t size)
{
	const struct host *h = &world->hosts[host.i];
	snprintf(text, size, "%s-%u", world->host_types[h->type].name, h->number);
}

void world_vm_name(const struct world *world, vm_id vm, char *text, uint32_t size)
{
	const struct vm *v = &world->vms[vm.i];
	snprintf(text, size, "%s-%u", world->vm_types[v->type].name, v->number);
}

void world_changed(struct world *world, host_id host)
{
	ASSERT(host.i < world->host_count);
	if (world->hosts[host.i].changed)
		return;
	world->hosts[host.i].changed = true;
	ARRAY_GROW(world->changed, world->changed_count, world->changed_room, "list of changed hosts");
	ASSERT(world->changed_count < world->host_count); /* each is listed once */
	world->changed[world->changed_count++] = host.i;
}

static void constant(struct world *world, const char *name, uint64_t index, uint64_t value)
{
	const uint64_t words[5] = {digest_of_string(name), index, value, 0, 0};
	digest_add(engine_digest(world->engine), DIGEST_CONSTANT, words);
}

/* Constants that came later are told where they are not zero: what does without them keeps its digest. */
static void constant_given(struct world *world, const char *name, uint64_t index, uint64_t value)
{
	if (value)
		constant(world, name, index, value);
}

static void digest_host_type(struct world *world, uint32_t i)
{
	const struct host_type *t = &world->host_types[i];
	constant(world, "host_type.cores", i, t->cores);
	constant(world, "host_type.core_hz", i, (uint64_t)t->core_hz);
	constant(world, "host_type.ram_bytes", i, (uint64_t)t->ram_bytes);
	constant(world, "host_type.disk_bytes", i, (uint64_t)t->disk_bytes);
	constant(world, "host_type.nic_bps", i, (uint64_t)t->nic_bps);
	constant(world, "host_type.curve", i, t->curve.i);
	for (unsigned s = 0; s < HOST_STATES; s++) {
		uint64_t phase = (uint64_t)i << 8 | s;
		constant(world, "host_type.phase_time", phase, (uint64_t)t->phase[s].time_ns);
		constant(world, "host_type.phase_power", phase, (uint64_t)t->phase[s].power_uw);
	}
	constant_given(world, "host_type.isolation", i, (uint64_t)t->isolation);
	constant_given(world, "host_type.speed_count", i, t->speed_count);
}

static void digest_vm_type(struct world *world, uint32_t i)
{
	const struct vm_type *t = &world->vm_types[i];
	constant(world, "vm_type.vcpus", i, t->vcpus);
	constant(world, "vm_type.vcpu_hz", i, (uint64_t)t->vcpu_hz);
	constant(world, "vm_type.cap_hz", i, (uint64_t)t->cap_hz);
	constant(world, "vm_type.reservation_hz", i, (uint64_t)t->reservation_hz);
	constant(world, "vm_type.weight", i, t->weight);
	constant(world, "vm_type.priority", i, t->priority);
	constant(world, "vm_type.ram_bytes", i, (uint64_t)t->ram_bytes);
	constant(world, "vm_type.disk_bytes", i, (uint64_t)t->disk_bytes);
	constant(world, "vm_type.image", i, t->image.i);
	constant(world, "vm_type.tenant", i, t->tenant.i);
	constant(world, "vm_type.service", i, t->service.i);
	constant(world, "vm_type.plan", i, t->plan.i);
	constant(world, "vm_type.dies_idle", i, t->dies_idle);
	constant_given(world, "vm_type.boot_time", i, (uint64_t)t->boot.time_ns);
	constant_given(world, "vm_type.boot_cpu", i, (uint64_t)t->boot.cpu_hz);
	constant_given(world, "vm_type.shut_down_time", i, (uint64_t)t->shut_down.time_ns);
	constant_given(world, "vm_type.shut_down_cpu", i, (uint64_t)t->shut_down.cpu_hz);
	constant_given(world, "vm_type.image_bytes", i, (uint64_t)t->image_bytes);
	constant_given(world, "vm_type.boot_read_bytes", i, (uint64_t)t->boot_read_bytes);
	constant_given(world, "vm_type.on_crash", i, (uint64_t)t->on_crash);
	constant_given(world, "vm_type.pool", i, t->pool.i == ID_NONE ? 0 : t->pool.i + UINT64_C(1));
	constant_given(world, "vm_type.pool_disk_bytes", i, (uint64_t)t->pool_disk_bytes);
	constant_given(world, "vm_type.copy", i, (uint64_t)t->copy);
	constant_given(world, "vm_type.layer_bytes", i, (uint64_t)t->layer_bytes);
	constant_given(world, "vm_type.cpu_priority", i, t->cpu_priority);
	constant_given(world, "vm_type.pins", i, t->pinned && !world->discrete ? t->pins : 0);
}

static void digest_plan(struct world *world, uint32_t i)
{
	const struct demand_plan *p = &world->plans[i];
	constant(world, "plan.samples", i, p->set ? p->set->checksum : 0);
	constant(world, "plan.scale", i, digest_of_double(p->scale));
	constant(world, "plan.shift", i, (uint64_t)p->shift_ns);
	constant(world, "plan.hold", i, (uint64_t)p->hold);
	constant(world, "plan.interval", i, (uint64_t)p->interval_ns);
	constant(world, "plan.offset", i, (uint64_t)p->offset_ns);
	constant(world, "plan.end", i, (uint64_t)p->end);
}

static void digest_curve(struct world *world, uint32_t i)
{
	const struct power_curve *c = &world->curves[i];
	constant(world, "curve.form", i, (uint64_t)c->form);
	constant(world, "curve.idle_w", i, digest_of_double(c->idle_w));
	constant(world, "curve.max_w", i, digest_of_double(c->max_w));
	for (unsigned k = 0; k < POWER_POINTS; k++)
		constant(world, "curve.table_w", (uint64_t)i << 8 | k, digest_of_double(c->table_w[k]));
}

static void digest_storage(struct world *world)
{
	for (uint32_t i = 0; i < world->image_count; i++)
		constant(world, "image.size_bytes", i, (uint64_t)world->images[i].size_bytes);
	for (uint32_t i = 0; i < world->pool_count; i++) {
		const struct pool *p = &world->pools[i];
		constant(world, "pool.node", i, (uint64_t)p->site.i << 32 | p->node.i);
		constant(world, "pool.capacity_bytes", i, (uint64_t)p->capacity_bytes);
		constant(world, "pool.read_bps", i, (uint64_t)p->read_bps);
		constant(world, "pool.write_bps", i, (uint64_t)p->write_bps);
	}
}

static void digest_vms(struct world *world)
{
	for (uint32_t i = 0; i < world->vm_count; i++) {
		const struct vm *v = &world->vms[i];
		const uint64_t words[5] = {i, v->type, v->row, (uint64_t)v->start_ns, (uint64_t)v->life_ns};
		digest_add(engine_digest(world->engine), DIGEST_CONSTANT, words);
		if (v->inside != ID_NONE)
			constant(world, "vm.inside", i, v->inside);
		if (v->state == VM_UNDEFINED)
			constant(world, "vm.undefined", i, 1);
	}
}

static void digest_links(struct world *world)
{
	for (uint32_t i = 0; i < world->network.link_count; i++) {
		const struct link *l = &world->network.links[i];
		const uint64_t words[5] = {i, l->from.i, l->to.i, (uint64_t)l->capacity_bps,
		                           (uint64_t)l->latency_ns};
		digest_add(engine_digest(world->engine), DIGEST_CONSTANT, words);
	}
}

/* Only where there are some: worlds of ideal hosts keep their fingerprints. */
static void digest_overheads(struct world *world)
{
	for (uint32_t i = 0; world->host_services && i < world->host_type_count; i++) {
		const struct host_service *s = &world->host_services[i];
		const uint64_t words[5] = {digest_of_string("service"), i, (uint64_t)s->base_hz, s->weight,
		                           (uint64_t)s->ram_bytes};
		digest_add(engine_digest(world->engine), DIGEST_CONSTANT, words);
	}
	uint32_t pairs = world->overheads ? world->host_type_count * world->vm_type_count : 0;
	for (uint32_t i = 0; i < pairs; i++) {
		const struct overhead *o = &world->overheads[i];
		constant(world, "overhead.slow_ppb", i, (uint64_t)o->slow_ppb);
		constant(world, "overhead.cold_s", i, digest_of_double(o->cold_s));
		constant(world, "overhead.warm_s", i, digest_of_double(o->warm_s));
		constant(world, "overhead.service_ppb", i, (uint64_t)o->service_ppb);
		constant(world, "overhead.guest_hz", i, (uint64_t)o->guest_hz);
		constant(world, "overhead.ram_bytes", i, (uint64_t)o->ram_bytes);
		constant(world, "overhead.refused", i, o->refused != NULL);
	}
}

void world_digest_constants(struct world *world)
{
	const struct world_rules *r = &world->rules;
	constant(world, "rules.energy", 0, (uint64_t)r->energy);
	constant(world, "rules.idle_draws", 0, r->idle_draws);
	constant(world, "rules.first_interval", 0, r->first_interval);
	constant(world, "rules.last_interval", 0, r->last_interval);
	for (uint32_t i = 0; i < world->site_count; i++) {
		constant(world, "site.pue", i, digest_of_double(world->sites[i].pue));
		constant(world, "site.carbon", i, digest_of_double(world->sites[i].carbon_g_per_kwh));
	}
	for (uint32_t i = 0; i < world->curve_count; i++)
		digest_curve(world, i);
	for (uint32_t i = 0; i < world->plan_count; i++)
		digest_plan(world, i);
	for (uint32_t i = 0; i < world->host_type_count; i++)
		digest_host_type(world, i);
	for (uint32_t i = 0; i < world->vm_type_count; i++)
		digest_vm_type(world, i);
	for (uint32_t i = 0; i < world->rack_count; i++)
		constant(world, "rack.site", i, world->racks[i].site.i);
	for (uint32_t i = 0; i < world->host_count; i++) {
		const struct host *h = &world->hosts[i];
		constant(world, "host", i, (uint64_t)h->type << 32 | h->rack.i);
		constant(world, "host.state", i, (uint64_t)h->state);
	}
	digest_overheads(world);
	digest_storage(world);
	digest_vms(world);
	digest_links(world);
}

void world_digest_outcome(struct world *world)
{
	struct digest *digest = engine_digest(world->engine);
	for (uint32_t i = 0; i < world->host_count; i++) {
		const struct host *h = &world->hosts[i];
		const uint64_t sums[5] = {(uint64_t)i << 1, (uint64_t)h->energy, (uint64_t)(h->energy >> 64),
		                          (uint64_t)h->demanded, (uint64_t)h->given};
		const uint64_t times[5] = {(uint64_t)i << 1 | 1, (uint64_t)h->on_ns, (uint64_t)h->active_ns,
		                           (uint64_t)h->saturated_ns, h->updates};
		digest_add(digest, DIGEST_HOST_OUTCOME, sums);
		digest_add(digest, DIGEST_HOST_OUTCOME, times);
		if (h->service)
			constant(world, "host.service", i, (uint64_t)h->service);
	}
	for (uint32_t i = 0; i < world->vm_count; i++) {
		const struct vm *v = &world->vms[i];
		const uint64_t words[5] = {(uint64_t)i << 32 | (uint64_t)v->state, (uint64_t)v->demanded,
		                           (uint64_t)v->stolen, (uint64_t)v->migration_lost,
		                           (uint64_t)v->ended_ns};
		digest_add(digest, DIGEST_VM_OUTCOME, words);
		if (world->useful)
			constant(world, "vm.overhead", i, (uint64_t)world->useful[i].overhead);
	}
}

void world_listen(struct world *world, void (*note)(void *context, const struct note *note), void *context)
{
	ASSERT(note && world->listener_count < WORLD_LISTENERS);
	world->listeners[world->listener_count++] = (struct world_listener){note, context};
}

void world_note(struct world *world, enum note_kind kind, uint32_t vm, uint32_t host, int64_t value)
{
	struct note note = {
		.time_ns = engine_now_ns(world->engine), .kind = kind, .vm = vm, .host = host, .value = value,
	};
	const uint64_t words[5] = {(uint64_t)note.time_ns, (uint64_t)kind, vm, host, (uint64_t)value};
	digest_add(engine_digest(world->engine), DIGEST_NOTE, words);
	world->notes[kind]++;
	if (world->hooks.note)
		world->hooks.note(world->hooks.context, &note);
	for (uint32_t k = 0; k < world->listener_count; k++)
		world->listeners[k].note(world->listeners[k].context, &note);
}

struct books {
	int64_t cpu_hz, ram_bytes, disk_bytes;
};

static void books_add(struct books *books, const struct world *world, uint32_t host, const struct vm *vm)
{
	const struct vm_type *t = &world->vm_types[vm->type];
	books[host].cpu_hz += vm_state_holds[vm->state] == VM_HOLDS_ALL ? t->cpu_hz : 0;
	books[host].ram_bytes += world_guest_ram(world, (host_id){host}, vm->type);
	books[host].disk_bytes += t->disk_bytes;
}

static void check_vm(const struct vm *vm)
{
	bool placed = vm_state_holds[vm->state] != VM_HOLDS_NOTHING;
	ASSERT(placed == (vm->parent.i != ID_NONE));
	ASSERT(!vm->fixed || placed);
	ASSERT((vm->state == VM_MIGRATING) == (vm->target.i != ID_NONE));
	ASSERT(vm->stolen >= 0 && vm->stolen <= vm->demanded && vm->migration_lost <= vm->stolen);
}

/* What guests hold in storage pools: a memory image in the states around saving and in no other. */
static void check_stores(const struct world *world)
{
	int64_t *booked = memory_new(world->pool_count, sizeof *booked, "check of the books");
	for (uint32_t v = 0; world->stores && v < world->vm_count; v++) {
		const struct vm_store *store = &world->stores[v];
		const struct vm *vm = &world->vms[v];
		uint32_t pool = world->vm_types[vm->type].pool.i;
		bool saved = vm->state == VM_SAVING || vm->state == VM_SAVED || vm->state == VM_RESTORING;
		int64_t held = store->disk_bytes + store->saved_bytes + store->snapshot_bytes;
		ASSERT(saved == (store->saved_bytes > 0));
		ASSERT(store->disk_bytes >= 0);
		ASSERT(store->snapshots || store->busy || store->snapshot_bytes == 0);
		ASSERT(pool != ID_NONE || held == 0);
		if (pool != ID_NONE)
			booked[pool] += held;
	}
	for (uint32_t p = 0; p < world->pool_count; p++) {
		ASSERT(booked[p] == world->pools[p].booked_bytes);
		ASSERT(booked[p] <= world->pools[p].capacity_bytes);
	}
	free(booked);
}

void world_check(const struct world *world)
{
	struct books *books = memory_new(world->host_count, sizeof *books, "check of the books");
	uint64_t listed = 0, direct = 0;
	for (uint32_t h = 0; h < world->host_count; h++) {
		const struct host *host = &world->hosts[h];
		ASSERT(host->given_hz <= world->host_types[host->type].cpu_hz);
		ASSERT(host->given_hz <= host->demand_hz);
		ASSERT(host->state == HOST_ON || host->guest_count == 0);
		for (uint32_t k = 0; k < host->guest_count; k++) {
			const struct vm *vm = &world->vms[host->guests[k]];
			ASSERT(!vm->parent.is_vm && vm->parent.i == h && vm->slot == k);
			ASSERT(vm_state_holds[vm->state] != VM_HOLDS_NOTHING);
		}
		listed += host->guest_count;
	}
	for (uint32_t v = 0; v < world->vm_count; v++) {
		const struct vm *vm = &world->vms[v];
		check_vm(vm);
		bool on_host = vm->parent.i != ID_NONE && !vm->parent.is_vm;
		direct += on_host;
		if (on_host)
			books_add(books, world, vm->parent.i, vm);
		if (vm->state == VM_MIGRATING)
			books_add(books, world, vm->target.i, vm);
	}
	ASSERT(listed == direct);
	for (uint32_t h = 0; h < world->host_count; h++) {
		ASSERT(books[h].cpu_hz == world->hosts[h].cpu_booked_hz);
		int64_t kept_bytes = 0;
		if (world->host_services)
			kept_bytes = world->host_services[world->hosts[h].type].ram_bytes;
		ASSERT(books[h].ram_bytes + kept_bytes == world->hosts[h].ram_booked_bytes);
		ASSERT(books[h].disk_bytes == world->hosts[h].disk_booked_bytes);
	}
	check_stores(world);
	free(books);
}

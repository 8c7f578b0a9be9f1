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
	"defined", "waiting", "running", "migrating", "stopped", "refused", "lost",
};

const char *const note_kind_names[NOTE_KINDS] = {
	"vm placed", "vm waits", "vm refused", "vm ended", "vm lost", "migration start", "migration end",
	"migration failed", "host state", "plan refused",
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
	free(world->curves);
	free(world->plans);
	free(world->images);
	free(world->tenants);
	free(world->services);
	free(world->pools);
	free(world->changed);
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
	};
	return i;
}

uint32_t world_vms_add(struct world *world, uint32_t type, uint32_t n)
{
	uint32_t first = world->vm_count;
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
	if (world->hosts[host.i].changed)
		return;
	world->hosts[host.i].changed = true;
	ARRAY_GROW(world->changed, world->changed_count, world->changed_room, "list of changed hosts");
	world->changed[world->changed_count++] = host.i;
}

static void constant(struct world *world, const char *name, uint64_t index, uint64_t value)
{
	const uint64_t words[5] = {digest_of_string(name), index, value, 0, 0};
	digest_add(engine_digest(world->engine), DIGEST_CONSTANT, words);
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
	}
	for (uint32_t i = 0; i < world->vm_count; i++) {
		const struct vm *v = &world->vms[i];
		const uint64_t words[5] = {(uint64_t)i << 32 | (uint64_t)v->state, (uint64_t)v->demanded,
		                           (uint64_t)v->stolen, (uint64_t)v->migration_lost,
		                           (uint64_t)v->ended_ns};
		digest_add(digest, DIGEST_VM_OUTCOME, words);
	}
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
}

struct books {
	int64_t cpu_hz, ram_bytes, disk_bytes;
};

static void books_add(struct books *books, const struct world *world, uint32_t host, const struct vm *vm)
{
	const struct vm_type *t = &world->vm_types[vm->type];
	books[host].cpu_hz += t->cpu_hz;
	books[host].ram_bytes += t->ram_bytes;
	books[host].disk_bytes += t->disk_bytes;
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
			ASSERT(vm->state == VM_RUNNING || vm->state == VM_MIGRATING);
		}
		listed += host->guest_count;
	}
	for (uint32_t v = 0; v < world->vm_count; v++) {
		const struct vm *vm = &world->vms[v];
		bool runs = vm->state == VM_RUNNING || vm->state == VM_MIGRATING;
		ASSERT(runs == (vm->parent.i != ID_NONE));
		ASSERT((vm->state == VM_MIGRATING) == (vm->target.i != ID_NONE));
		ASSERT(vm->stolen >= 0 && vm->stolen <= vm->demanded && vm->migration_lost <= vm->stolen);
		direct += runs && !vm->parent.is_vm;
		if (runs && !vm->parent.is_vm)
			books_add(books, world, vm->parent.i, vm);
		if (vm->state == VM_MIGRATING)
			books_add(books, world, vm->target.i, vm);
	}
	ASSERT(listed == direct);
	for (uint32_t h = 0; h < world->host_count; h++) {
		ASSERT(books[h].cpu_hz == world->hosts[h].cpu_booked_hz);
		ASSERT(books[h].ram_bytes == world->hosts[h].ram_booked_bytes);
		ASSERT(books[h].disk_bytes == world->hosts[h].disk_booked_bytes);
	}
	free(books);
}

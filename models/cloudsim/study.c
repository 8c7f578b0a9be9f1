/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs CloudSim's study: updates, deaths, plans, migrations, figures. */
#include "models/cloudsim/study.h"

#include <stdlib.h>

#include "models/cloudsim/books.h"
#include "models/cloudsim/consolidate.h"
#include "sim/fault.h"
#include "sim/memory.h"

struct study {
	struct cloudsim_books books;
	struct cloudsim_plan plan;
	const struct cloudsim_watch *watch;
	double now_s, counted_s;        /* energy is counted up to there */
	double energy_ws;
	uint64_t migrations, twice, destroyed;
	uint32_t *dirty;                /* hosts to be updated once more at this instant */
	bool *is_dirty;
	uint32_t dirty_count;
};

/* As CloudSim does it: half of the host's bandwidth, in kbit/s, for a VM's memory in MB. */
static double duration_s(const struct cloudsim_rules *rules, uint32_t vm_type)
{
	double rate = cloudsim_host_types[0].bandwidth * rules->bandwidth_01 / 8000;
	return cloudsim_vm_types[vm_type].ram_mb / rate;
}

double cloudsim_longest_s(const struct cloudsim_rules *rules)
{
	double longest = 0;
	for (uint32_t i = 0; i < CLOUDSIM_VM_TYPES; i++)
		if (duration_s(rules, i) > longest)
			longest = duration_s(rules, i);
	return longest;
}

static void dirty(struct study *s, uint32_t host)
{
	if (s->is_dirty[host])
		return;
	s->is_dirty[host] = true;
	s->dirty[s->dirty_count++] = host;
}

static bool dies(const struct study *s, uint32_t vm)
{
	const struct cloudsim_books *b = &s->books;
	if (!b->vms[vm].alive || b->vms[vm].moving || b->rules.death == CLOUDSIM_NEVER)
		return false;
	if (b->rules.death == CLOUDSIM_ONE_ZERO)
		return cloudsim_demand_zero(&b->demand, vm, s->now_s);
	return b->demand.requested[vm] == 0;
}

static void destroy(struct study *s, uint32_t vm)
{
	struct cloudsim_books *b = &s->books;
	uint32_t host = b->vms[vm].host;
	cloudsim_guest_remove(b, host, vm, false);
	cloudsim_host_rehash(b, &b->hosts[host]);
	b->vms[vm].alive = false;
	b->vms[vm].host = CLOUDSIM_NO_HOST;
	s->destroyed++;
}

/* Backwards, since the list closes up; which one of a host goes first makes no difference. */
static void destroy_idle(struct study *s, uint32_t host)
{
	const struct cloudsim_host *h = &s->books.hosts[host];
	if (!h->idle_guest && s->books.rules.death != CLOUDSIM_ONE_ZERO)
		return;
	for (uint32_t i = h->count; i-- > 0;)
		if (!h->guests[i].incoming && dies(s, h->guests[i].vm))
			destroy(s, h->guests[i].vm);
}

static uint32_t next_busy(const struct cloudsim_books *b, uint32_t from)
{
	for (uint32_t word = from / 64; word <= (b->host_count - 1) / 64; word++) {
		uint64_t bits = b->busy[word];
		if (word == from / 64)
			bits &= ~UINT64_C(0) << from % 64;
		if (bits)
			return word * 64 + (uint32_t)__builtin_ctzll(bits);
	}
	return b->host_count;
}

/* What all hosts draw at most, all the time. */
static double most_ws(const struct cloudsim_books *b, double span_s)
{
	double sum = 0;
	for (uint32_t h = 0; h < b->host_count; h++)
		sum += b->curves[b->hosts[h].type].watts[POWER_POINTS - 1] * span_s;
	return sum;
}

/* All hosts at the instant; their energy since the last update; VMs that ask for nothing go. */
static void update_all(struct study *s, double now_s)
{
	struct cloudsim_books *b = &s->books;
	double span_s = now_s - s->counted_s, sum = 0;
	s->now_s = now_s;
	cloudsim_demand_read(&b->demand, now_s);
	for (uint32_t h = next_busy(b, 0); h < b->host_count; h = next_busy(b, h + 1)) {
		struct cloudsim_host *host = &b->hosts[h];
		double used = host->used, before = host->watts;
		cloudsim_host_update(b, h, now_s);
		if (used != 0)
			sum += (before + (host->watts - before) / 2) * span_s;
	}
	if (b->rules.policy == CLOUDSIM_NON_POWER_AWARE)
		sum = most_ws(b, span_s);
	s->energy_ws += sum;
	s->counted_s = now_s;
	for (uint32_t h = next_busy(b, 0); h < b->host_count; h = next_busy(b, h + 1))
		destroy_idle(s, h);
}

/* Hosts that migrations concerned, once more. */
static void update_dirty(struct study *s)
{
	for (uint32_t i = 0; i < s->dirty_count; i++) {
		cloudsim_host_update(&s->books, s->dirty[i], s->now_s);
		s->is_dirty[s->dirty[i]] = false;
	}
}

static void begin_moves(struct study *s)
{
	struct cloudsim_books *b = &s->books;
	s->dirty_count = 0;
	for (uint32_t i = 0; i < s->plan.count; i++) {
		struct cloudsim_move *move = &s->plan.moves[i];
		struct cloudsim_vm *vm = &b->vms[move->vm];
		ASSERT(vm->alive && vm->host != move->to);
		s->twice += vm->moving;
		vm->moving = true;
		cloudsim_guest_add(b, move->to, move->vm, true);
		dirty(s, move->to);
		dirty(s, vm->host);
		if (!s->watch)
			continue;
		s->watch->move(s->watch->context, s->now_s, s->now_s + duration_s(&b->rules, vm->type),
		               (const uint32_t[3]){move->vm, vm->host, move->to});
	}
	s->migrations += s->plan.count;
	update_dirty(s);
}

static void end_move(struct study *s, const struct cloudsim_move *move)
{
	struct cloudsim_books *b = &s->books;
	struct cloudsim_vm *vm = &b->vms[move->vm];
	cloudsim_guest_remove(b, vm->host, move->vm, false);
	dirty(s, vm->host);
	cloudsim_guest_remove(b, move->to, move->vm, true);
	cloudsim_guest_add(b, move->to, move->vm, false);
	dirty(s, move->to);
	vm->host = move->to;
	vm->moving = false;
}

/* All that began at `start_s` and end at `end_s`. */
static void end_moves(struct study *s, double start_s, double end_s)
{
	struct cloudsim_books *b = &s->books;
	bool updated = false;
	s->dirty_count = 0;
	for (uint32_t i = 0; i < s->plan.count; i++) {
		const struct cloudsim_move *move = &s->plan.moves[i];
		if (start_s + duration_s(&b->rules, b->vms[move->vm].type) != end_s)
			continue;
		if (!updated)
			update_all(s, end_s);
		updated = true;
		end_move(s, move);
	}
	update_dirty(s);
	for (uint32_t i = 0; i < s->dirty_count; i++)
		destroy_idle(s, s->dirty[i]);
}

/* The ends of this tick's migrations, one instant after the other. */
static void let_moves_end(struct study *s)
{
	double start_s = s->now_s, done_s = start_s;
	for (uint32_t round = 0; round < CLOUDSIM_VM_TYPES; round++) {
		double next_s = 0;
		for (uint32_t i = 0; i < CLOUDSIM_VM_TYPES; i++) {
			double end_s = start_s + duration_s(&s->books.rules, i);
			if (end_s > done_s && (next_s == 0 || end_s < next_s))
				next_s = end_s;
		}
		if (next_s == 0 || next_s >= s->books.rules.end_s)
			return;
		end_moves(s, start_s, next_s);
		done_s = next_s;
	}
}

static void tick(struct study *s, double now_s)
{
	update_all(s, now_s);
	cloudsim_demand_remember(&s->books.demand);
	if (s->books.rules.policy != CLOUDSIM_CONSOLIDATE)
		return;
	cloudsim_plan_make(&s->plan);
	begin_moves(s);
	let_moves_end(s);
}

static void sums(const struct study *s, struct cloudsim_outcome *o, struct cloudsim_vm_book *all)
{
	const struct cloudsim_books *b = &s->books;
	double active_s = 0, violated_s = 0;
	uint64_t hosts = 0, vms = 0;
	for (uint32_t i = 0; i < b->vm_count; i++) {
		const struct cloudsim_vm_book *vm = &b->vms[i].book;
		all->given += vm->given;
		all->asked += vm->asked;
		all->lost += vm->lost;
		all->short_sum += vm->short_sum;
		all->short_count += vm->short_count;
		vms += vm->asked > 0;
		o->mean_pdm_01 += vm->asked > 0 ? vm->lost / vm->asked : 0;
	}
	for (uint32_t i = 0; i < b->host_count; i++) {
		const struct cloudsim_host_book *host = &b->hosts[i].book;
		active_s += host->active_s;
		violated_s += host->violated_s;
		hosts += host->active_s > 0;
		o->mean_slatah_01 += host->active_s > 0 ? host->violated_s / host->active_s : 0;
	}
	o->slatah_pct = violated_s / active_s * 100;
	o->mean_pdm_01 /= vms ? (double)vms : 1;
	o->mean_slatah_01 /= hosts ? (double)hosts : 1;
}

static struct cloudsim_outcome outcome(struct study *s)
{
	struct cloudsim_books *b = &s->books;
	struct cloudsim_vm_book all = {0};
	for (uint32_t i = 0; i < b->vm_count; i++)
		cloudsim_vm_finish(&b->vms[i].book, &b->times);
	for (uint32_t i = 0; i < b->host_count; i++)
		cloudsim_host_finish(&b->hosts[i].book, &b->times);
	struct cloudsim_outcome o = {
		.version = cloudsim_version_names[b->rules.version],
		.trace = b->demand.trace->name,
		.hosts = b->host_count, .vms = b->vm_count,
		.sim_time_s = b->rules.end_s,
		.energy_kwh = s->energy_ws / 3.6e6,
		.migrations = s->migrations,
		.host_shutdowns = b->times.before_shutdown.count,
		.mean_time_before_host_shutdown_s = cloudsim_spread_mean(&b->times.before_shutdown),
		.stdev_time_before_host_shutdown_s = cloudsim_spread_deviation(&b->times.before_shutdown),
		.mean_time_before_vm_migration_s = cloudsim_spread_mean(&b->times.in_migration),
		.stdev_time_before_vm_migration_s = cloudsim_spread_deviation(&b->times.in_migration),
		.vms_destroyed = s->destroyed, .double_migrations = s->twice,
	};
	sums(s, &o, &all);
	o.pdm_pct = all.lost / all.asked * 100;
	o.sla_pct = o.slatah_pct / 100 * (o.pdm_pct / 100) * 100;
	o.overall_sla_violation_pct = (all.asked - all.given) / all.asked * 100;
	if (all.short_count)
		o.average_sla_violation_pct = all.short_sum / (double)all.short_count * 100;
	o.asked_mips_s = all.asked;
	o.given_mips_s = all.given;
	return o;
}

struct cloudsim_outcome cloudsim_study(const struct cloudsim_rules *rules, const struct demand_set *trace,
                                       uint32_t hosts, const struct cloudsim_watch *watch)
{
	struct study s = {.watch = watch};
	ASSERT(hosts > 0 && cloudsim_longest_s(rules) < rules->interval_s);
	cloudsim_books_open(&s.books, rules, trace, hosts);
	cloudsim_plan_open(&s.plan, &s.books);
	s.dirty = memory_new(hosts, sizeof *s.dirty, "CloudSim study");
	s.is_dirty = memory_new(hosts, sizeof *s.is_dirty, "CloudSim study");
	uint32_t unplaced = cloudsim_place_all(&s.plan.targets);
	/* Added up as CloudSim does, each tick from the one before. */
	double t_s = rules->offset_s;
	for (;;) {
		t_s += rules->interval_s;
		if (t_s < rules->end_s || rules->last_tick)
			tick(&s, t_s);
		if (t_s >= rules->end_s)
			break;
	}
	struct cloudsim_outcome o = outcome(&s);
	o.vms_unplaced = unplaced;
	free(s.dirty);
	free(s.is_dirty);
	cloudsim_plan_close(&s.plan);
	cloudsim_books_close(&s.books);
	return o;
}

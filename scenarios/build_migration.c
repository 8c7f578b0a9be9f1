/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of migration and what there is to move, from the scenario. */
#include "scenarios/build_migration.h"

#include <string.h>

#include "sim/memory.h"

/* A page of which a tenth has changed: our estimate, as no key says how much guests write. */
#define XBZRLE_BYTES 450.0
#define IMAGE_ANY ((1u << IMAGE_FORMATS) - 1)
#define DEVICES_ANY ((1u << DEVICE_KINDS) - 1)

const struct move_kind *build_move_kind(const char *name)
{
	for (uint32_t k = 0; name && move_kinds[k]; k++)
		if (strcmp(move_kinds[k]->name, name) == 0)
			return move_kinds[k];
	return NULL;
}

static const struct migration_kind *planned(const char *name)
{
	for (uint32_t k = 0; migration_kinds[k]; k++)
		if (strcmp(migration_kinds[k]->name, name) == 0)
			return migration_kinds[k];
	return NULL;
}

static struct move_rules rules_of(const struct scenario_migration *g)
{
	struct move_rules r = move_rules_default(g->stop);
	if (g->has_downtime_limit)
		r.downtime_limit_ns = g->downtime_limit_ns;
	if (g->has_rounds)
		r.rounds_most = (uint32_t)g->rounds;
	if (g->has_bandwidth)
		r.most_Bps = (double)g->bandwidth_bps / 8;
	if (g->has_least)
		r.least_Bps = (double)g->least_bps / 8;
	if (g->has_hybrid_after)
		r.hybrid_after_ns = g->hybrid_after_ns;
	if (g->has_push_bandwidth)
		r.push_Bps = (double)g->push_bps / 8;
	r.auto_converge = g->auto_converge;
	r.stun_Hz = (double)g->stun_hz;
	r.self = g->self;
	r.balloon = g->balloon;
	r.drop_cache = g->drop_cache;
	r.hybrid_round = (uint32_t)g->hybrid_round;
	r.push = g->push;
	r.switching = g->switching;
	r.compress_01 = g->compression_01;
	r.resend_bytes = g->xbzrle ? XBZRLE_BYTES : 0;
	r.channels = (uint32_t)g->channels;
	r.log_lost_01 = g->logging_01;
	return r;
}

static struct migration_guest guest_of(const struct scenario_vm *g, const struct vm_type *t)
{
	const struct scenario_dirty *d = &g->dirty;
	int64_t pages = t->ram_bytes / (int64_t)PAGE_BYTES, set = d->set_bytes / (int64_t)PAGE_BYTES;
	return (struct migration_guest){
		.zero_01 = d->zero_01,
		.free_01 = d->free_01,
		.cache_01 = d->cache_01,
		.touches = 1,
		.dirty = dirty_pattern(d->pattern, 0, set < pages ? set : pages,
			(double)d->rate_bps / 8 / PAGE_BYTES),
		.disk_set_bytes = (double)d->disk_set_bytes,
		.disk_write_Bps = (double)d->disk_bps / 8,
		.needs.cpu = g->cpu_model ? cpu_model_find(g->cpu_model)->features : 0,
	};
}

static void build_hosts(struct migrations *m, const struct scenario *s)
{
	struct world *w = m->world;
	bool any = false;
	struct compat_host *hosts = arena_new(&w->arena, s->host_group_count, sizeof *hosts);
	for (uint32_t k = 0; k < s->host_group_count; k++) {
		const char *model = s->hosts[k].cpu_model;
		any = any || model;
		hosts[k] = (struct compat_host){
			.cpu = model ? cpu_model_find(model)->features : UINT64_MAX,
			.devices = DEVICES_ANY,
			.hypervisor = s->hosts[k].has_hypervisor ? s->hosts[k].hypervisor : "",
			.formats = IMAGE_ANY,
		};
	}
	m->hosts = any ? hosts : NULL;
}

void build_migrations(struct migrations *m, const struct scenario *s)
{
	struct world *w = m->world;
	const struct scenario_migration *g = &s->migration;
	m->move_kind = build_move_kind(g->kind);
	if (!m->move_kind)
		m->kind = planned(g->kind);
	ASSERT(m->kind); /* scenario_read has checked the name */
	m->bandwidth_share = g->bandwidth_01;
	m->loss_ppm = (uint32_t)(g->cpu_loss_01 * 1e6 + 0.5);
	m->rules = rules_of(g);
	m->disk = g->disk;
	m->link_share_01 = g->link_share_01;
	m->host_cpu_01 = g->host_cpu_01;
	m->limits = (struct migration_limits){
		(uint32_t)g->out,
		(uint32_t)g->in,
		(uint32_t)g->link,
		(uint32_t)g->all,
	};
	for (uint32_t k = 0; k < s->action_count; k++)
		m->with_legs |= s->actions[k].migration != NULL;
	m->guests = arena_new(&w->arena, w->vm_type_count, sizeof *m->guests);
	for (uint32_t t = 0; t < w->vm_type_count; t++)
		m->guests[t] = guest_of(&s->vms[w->vm_types[t].group], &w->vm_types[t]);
	build_hosts(m, s);
	migrations_open(m);
}

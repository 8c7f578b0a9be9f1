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

bool build_move_differs(const struct scenario_move *with)
{
	return with->has_stop || with->has_push || with->has_downtime_limit || with->has_rounds ||
	       with->has_bandwidth || with->has_hybrid_round || with->has_hybrid_after ||
	       with->has_auto_converge || with->has_balloon || with->has_disk;
}

const struct move_rules *build_move_rules(struct arena *arena, const struct scenario *s,
                                          const struct scenario_move *with)
{
	struct scenario_migration g = s->migration;
	if (!build_move_differs(with))
		return NULL;
	g.stop = with->has_stop ? with->stop : g.stop;
	g.push = with->has_push ? with->push : g.push;
	g.auto_converge = with->has_auto_converge ? with->auto_converge : g.auto_converge;
	g.balloon = with->has_balloon ? with->balloon : g.balloon;
	g.hybrid_round = with->has_hybrid_round ? with->hybrid_round : g.hybrid_round;
	g.downtime_limit_ns = with->has_downtime_limit ? with->downtime_limit_ns : g.downtime_limit_ns;
	g.rounds = with->has_rounds ? with->rounds : g.rounds;
	g.bandwidth_bps = with->has_bandwidth ? with->bandwidth_bps : g.bandwidth_bps;
	g.hybrid_after_ns = with->has_hybrid_after ? with->hybrid_after_ns : g.hybrid_after_ns;
	g.has_downtime_limit |= with->has_downtime_limit;
	g.has_rounds |= with->has_rounds;
	g.has_bandwidth |= with->has_bandwidth;
	/* A round given here counts, although the scenario has a deadline. */
	g.has_hybrid_after = with->has_hybrid_after || (g.has_hybrid_after && !with->has_hybrid_round);
	struct move_rules *rules = arena_new(arena, 1, sizeof *rules);
	*rules = rules_of(&g);
	return rules;
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
		.needs.devices = g->devices,
	};
}

/* Of its image; a disk that was made from none is raw. The check has seen to it that the word is known
 * where it matters. */
static enum image_format format_of(const struct scenario *s, const char *image)
{
	const char *word = image_format_names[IMAGE_RAW];
	for (uint32_t k = 0; image && k < s->image_count; k++)
		if (strcmp(s->images[k].name, image) == 0)
			word = s->images[k].format;
	for (uint32_t f = 0; f < IMAGE_FORMATS; f++)
		if (strcmp(image_format_names[f], word) == 0)
			return (enum image_format)f;
	return IMAGE_RAW;
}

/* Is there anything that one host has and another lacks? */
static bool hosts_differ(const struct scenario *s)
{
	const char *hypervisor = NULL;
	for (uint32_t k = 0; k < s->host_group_count; k++) {
		const struct scenario_host *h = &s->hosts[k];
		if (h->cpu_model || h->has_devices || h->has_image_formats)
			return true;
		if (hypervisor && h->has_hypervisor && strcmp(hypervisor, h->hypervisor) != 0)
			return true;
		hypervisor = h->has_hypervisor ? h->hypervisor : hypervisor;
	}
	for (uint32_t k = 0; k < s->vm_group_count; k++)
		if (s->vms[k].devices & ~(1u << DEVICE_VIRTIO))
			return true;
	return false;
}

static void build_hosts(struct migrations *m, const struct scenario *s)
{
	struct world *w = m->world;
	struct compat_host *hosts = arena_new(&w->arena, s->host_group_count, sizeof *hosts);
	for (uint32_t k = 0; k < s->host_group_count; k++) {
		const char *model = s->hosts[k].cpu_model;
		hosts[k] = (struct compat_host){
			.cpu = model ? cpu_model_find(model)->features : UINT64_MAX,
			.devices = s->hosts[k].has_devices ? s->hosts[k].devices : DEVICES_ANY,
			.hypervisor = s->hosts[k].has_hypervisor ? s->hosts[k].hypervisor : "",
			.formats = s->hosts[k].has_image_formats ? s->hosts[k].image_formats : IMAGE_ANY,
		};
	}
	m->hosts = hosts_differ(s) ? hosts : NULL;
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
	m->with_legs = s->stream_count > 0 || s->process_count > 0;
	for (uint32_t k = 0; k < s->action_count; k++)
		m->with_legs |= s->actions[k].migration != NULL;
	m->with_legs |= s->control.asked[ASK_METHOD].policy != NULL;
	m->guests = arena_new(&w->arena, w->vm_type_count, sizeof *m->guests);
	for (uint32_t t = 0; t < w->vm_type_count; t++) {
		const struct scenario_vm *v = &s->vms[w->vm_types[t].group];
		m->guests[t] = guest_of(v, &w->vm_types[t]);
		m->guests[t].needs.format = format_of(s, v->image);
	}
	build_hosts(m, s);
	migrations_open(m);
}

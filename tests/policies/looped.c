/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds small worlds under a control loop. */
#include "tests/policies/looped.h"

#include <string.h>

#include "policies/registry.h"
#include "tests/test.h"

static bool above_80(void *state, const struct policy_view *view, uint32_t host)
{
	(void)state;
	return (double)view->hosts[host].demand_hz > 0.8 * (double)view->hosts[host].cpu_hz;
}

static bool first_that_moves(void *state, const struct policy_view *view, uint32_t host, uint32_t *guest)
{
	(void)state;
	for (uint32_t v = view->first_guest[host]; v != POLICY_NONE; v = view->guests[v].next) {
		*guest = v;
		if (view->guests[v].moves)
			return true;
	}
	return false;
}

const struct policy looped_threshold = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy), .name = "above_80",
	.overloaded = above_80, .select = first_that_moves,
};

static bool least_loaded(void *state, const struct policy_view *view, uint32_t *host)
{
	bool found = false;
	(void)state;
	for (uint32_t h = 0; h < view->host_count; h++) {
		const struct policy_host *p = &view->hosts[h];
		if (p->state != POLICY_HOST_ON || !p->guests || p->closed || p->tried)
			continue;
		if (!found || p->demand_hz < view->hosts[*host].demand_hz)
			*host = h;
		found = true;
	}
	return found;
}

const struct policy looped_drain = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy), .name = "least_loaded_first",
	.drain = least_loaded,
};

static void take_note(void *context, const struct note *note)
{
	struct looped *l = context;
	ASSERT(l->noted < LOOPED_NOTES);
	l->log[l->noted++] = *note;
}

void looped_open(struct looped *l, uint32_t hosts)
{
	const struct policy *first_fit = policy_find("first_fit");
	memset(l, 0, sizeof *l);
	small_open(&l->s);
	control_open(&l->control, &l->s.world, &l->s.life, &l->s.migrations, first_fit);
	uint32_t type = small_host_type(&l->s, 1, 1000);
	for (uint32_t h = 0; h < hosts; h++)
		small_host(&l->s, type);
	l->rules = (struct loop_rules){
		.look = {.by_demand = true, .wake = true, .history = 4, .interval_ns = 100 * NS_PER_S},
		.round = {.target_check = true, .kept_take = true},
	};
	l->rules.choices[ASK_TARGET].policy = first_fit;
}

void looped_start(struct looped *l, const struct action *actions, uint32_t n)
{
	static const struct admission admission = {1, 1, 1, true};
	l->s.world.hooks = (struct world_hooks){.context = l, .note = take_note};
	l->control.loop_rules = &l->rules;
	control_start(&l->control, &admission, NULL, actions, n);
}

void looped_close(struct looped *l)
{
	l->control.loop.hooks.refresh(l->control.loop.hooks.context);
	look_refresh(&l->control.loop.look, false);
	look_check(&l->control.loop.look);
	world_check(&l->s.world);
	control_close(&l->control);
	small_close(&l->s);
}

uint32_t looped_guest(struct looped *l, int64_t cpu_hz, uint32_t host)
{
	uint32_t v = small_vm(&l->s, cpu_hz, PLAN(&l->s, 1000, 100));
	small_place(&l->s, v, host);
	return v;
}

uint32_t looped_host_of(const struct looped *l, uint32_t vm)
{
	return fluid_host_of(&l->s.world, (vm_id){vm}).i;
}

const struct note *looped_note(const struct looped *l, enum note_kind kind, uint32_t k)
{
	for (uint32_t i = 0; i < l->noted; i++)
		if (l->log[i].kind == kind && k-- == 0)
			return &l->log[i];
	return NULL;
}

uint64_t looped_refused(const struct looped *l, const char *why)
{
	const struct reasons *r = &l->control.loop.reasons;
	for (uint32_t k = 0; k < r->count; k++)
		if (strcmp(r->at[k].text, why) == 0)
			return r->at[k].count;
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guest types: boot, shutting down, storage. */
#include "scenarios/build_life.h"

#include <string.h>

#include "models/hypervisor/hypervisor.h"

static struct vm_phase phase(const struct scenario_guest_phase *p, int64_t cpu_hz)
{
	if (!p->time_ns)
		return (struct vm_phase){0};
	return (struct vm_phase){p->time_ns, (int64_t)((double)cpu_hz * p->cpu_01)};
}

void build_vm_life(const struct world *w, const struct scenario *s, const struct scenario_vm *g,
                   struct vm_type *t)
{
	t->boot = phase(&g->boot, t->cpu_hz);
	t->shut_down = phase(&g->shut_down, t->cpu_hz);
	t->on_crash = g->on_crash;
	for (uint32_t p = 0; g->storage && p < s->pool_count; p++)
		if (strcmp(s->pools[p].name, g->storage) == 0)
			t->pool = (pool_id){p};
	if (t->pool.i == ID_NONE)
		return;
	t->pool_disk_bytes = t->disk_bytes;
	t->disk_bytes = 0;
	t->copy = g->copy;
	t->layer_bytes = (int64_t)((double)t->pool_disk_bytes * g->layer_01);
	t->boot_read_bytes = g->boot_read_bytes;
	t->image_bytes = g->boot_image ? w->images[t->image.i].size_bytes : 0;
}

void build_isolation(struct world *w, const struct scenario *s)
{
	static const enum isolation of[HYPERVISOR_TYPES] = {
		[HYPERVISOR_TYPE_1] = ISOLATION_TYPE_1,
		[HYPERVISOR_TYPE_2] = ISOLATION_TYPE_2,
		[HYPERVISOR_OS] = ISOLATION_OS,
	};
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		const struct hypervisor *h = w->host_types[i].hypervisor;
		w->host_types[i].isolation = h ? of[h->type] : ISOLATION_TYPE_1;
		if (s->hosts[i].has_isolation)
			w->host_types[i].isolation = s->hosts[i].isolation;
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of storage pools and of what VMs keep there. */
#include "scenarios/check_storage.h"

#include <string.h>

#include "scenarios/quantity.h"

void check_storage(const struct check *c, const struct names *pools, uint32_t i)
{
	const struct scenario_vm *v = &c->s->vms[i];
	bool known = name_known(c, pools, v->storage, check_place(c, "vms", i, "storage"), "pool");
	if (v->storage && !known)
		return;
	if (v->boot_read_bytes && !v->storage)
		diag_error(c->diag, check_place(c, "vms", i, "boot.read"),
		           "'boot.read' needs 'storage': the pool that is read");
	if (v->boot_image && !(v->storage && v->image))
		diag_error(c->diag, check_place(c, "vms", i, "boot.image"),
		           "'boot.image: transfer' needs 'image' and 'storage': what is read from where");
	if (v->storage && v->has_arrivals)
		diag_error(c->diag, check_place(c, "vms", i, "storage"),
		           "'storage' is not used with 'arrivals': their disks are on hosts");
}

void check_pools(const struct check *c)
{
	const struct scenario *s = c->s;
	for (uint32_t p = 0; p < s->pool_count; p++) {
		double held = 0;
		if (!s->pools[p].name) /* told already */
			continue;
		for (uint32_t i = 0; i < s->vm_group_count; i++) {
			const struct scenario_vm *v = &s->vms[i];
			if (v->storage && !v->undefined && strcmp(v->storage, s->pools[p].name) == 0)
				held += (double)v->disk_bytes * (double)(v->has_count ? v->count : 1);
		}
		char mine[40], has[40];
		quantity_write(held, DIM_BYTES, mine, sizeof mine);
		quantity_write((double)s->pools[p].capacity_bytes, DIM_BYTES, has, sizeof has);
		if (held > (double)s->pools[p].capacity_bytes)
			diag_error(c->diag, s->pools[p].place,
			           "the VMs' disks in pool '%s' are %s; it holds %s", s->pools[p].name,
			           mine, has);
	}
}

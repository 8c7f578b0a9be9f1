/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the small world of lives. */
#include "tests/models/small_life.h"

#include "tests/test.h"

void life_open(struct small *s, enum vm_copy copy, enum vm_on_crash on_crash)
{
	small_open(s);
	struct world *w = &s->world;
	uint32_t type = small_host_type(s, 1, 1000);
	w->host_types[type].ram_bytes = 64 * GB;
	small_host(s, type);
	small_host(s, type);
	ARRAY_GROW(w->pools, w->pool_count, w->pool_room, "pools");
	w->pools[w->pool_count++] = (struct pool){
		.name = "pool", .capacity_bytes = LIFE_POOL, .read_bps = 8 * GB, .write_bps = 4 * GB,
	};
	uint32_t plan = PLAN(s, 1000, 40);
	for (uint32_t v = 0; v < 2; v++) {
		small_vm(s, 1000, plan);
		struct vm_type *t = small_type(s, v);
		t->ram_bytes = LIFE_RAM;
		t->pool = (pool_id){0};
		t->pool_disk_bytes = LIFE_DISK;
		t->layer_bytes = LIFE_LAYER;
		t->copy = copy;
		t->on_crash = on_crash;
		t->image_bytes = 20 * GB;
		t->boot = (struct vm_phase){30 * NS_PER_S, 500};
		t->boot_read_bytes = 40 * GB;
		t->shut_down = (struct vm_phase){25 * NS_PER_S, 100};
	}
	w->vms[1].state = VM_UNDEFINED;
	vm_life_open(&s->life);
}

void life_close(struct small *s)
{
	world_check(&s->world);
	vm_life_close(&s->life);
	small_close(s);
}

void life_running(struct small *s)
{
	small_place(s, 0, 0);
	small_run(s, 100);
	CU_ASSERT_EQUAL(s->world.vms[0].state, VM_RUNNING);
}

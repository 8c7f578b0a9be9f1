/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small worlds for hand-worked tests: one site, one rack, hosts of 1000 Hz that draw 100 W idle and 200 W
 * full, so that each Hz given is 0.1 W, and guests whose demand is written down in percent. */
#ifndef TESTS_MODELS_SMALL_H
#define TESTS_MODELS_SMALL_H

#include "models/hypervisor/fluid.h"
#include "models/hypervisor/vm_life.h"
#include "models/migration/migration.h"
#include "models/world.h"

#define SMALL_SETS 16
#define SMALL_W(state) ((int64_t)(state) + 1) /* what a host draws in any state but on */
#define JOULE INT64_C(1000000)
#define HZ_S(hz) ((wide)(hz) * NS_PER_S) /* an integral of so many Hz over a second */

struct small {
	struct engine *engine;
	struct world world;
	struct lifecycle life;
	struct migrations migrations;
	struct demand_set sets[SMALL_SETS];
	uint32_t set_count;
};

/* A world without hosts. */
void small_open(struct small *s);
void small_close(struct small *s);

/* A host type of `cores` times `core_hz`, with 8 GiB of memory; the transition numbered s takes 10 s s.
 * Returns its index. */
uint32_t small_host_type(struct small *s, uint32_t cores, int64_t core_hz);
/* Adds a host of a type, on, with a cable of 1 Gbit/s and 1 ms to the rack. */
uint32_t small_host(struct small *s, uint32_t type);

/* A plan of n samples in percent, period_s apart. Returns its index. */
uint32_t small_plan(struct small *s, int64_t period_s, uint32_t n, const uint8_t *percent);
#define PLAN(s, period_s, ...) \
	small_plan((s), (period_s), sizeof (uint8_t[]){__VA_ARGS__}, (const uint8_t[]){__VA_ARGS__})

/* A type of its own and a guest of it: one vCPU of cpu_hz, 1 GiB of memory; the plan may be ID_NONE. */
uint32_t small_vm(struct small *s, int64_t cpu_hz, uint32_t plan);
struct vm_type *small_type(struct small *s, uint32_t vm);

/* Starts a guest on a host, or inside another guest; asserts that it could be. */
void small_place(struct small *s, uint32_t vm, uint32_t host);
void small_nest(struct small *s, uint32_t vm, uint32_t holder);

/* Runs to at_s and integrates all hosts up to there. */
void small_run(struct small *s, int64_t at_s);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random small worlds for tests of laws: every kind of host, guest and demand, and a life full of events. */
#ifndef TESTS_LAWS_WORLDS_H
#define TESTS_LAWS_WORLDS_H

#include "models/hypervisor/lifecycle.h"
#include "models/migration/migration.h"
#include "models/world.h"
#include "policies/control.h"

struct random_world {
	struct engine *engine;
	struct world world;
	struct lifecycle life;
	struct migrations migrations;
	struct control control;
	struct demand_set sets[4];
	struct action actions[24];
	int64_t end_ns;
};

struct random_world_options {
	uint64_t seed;
	bool batch;
	enum energy_rule energy;
	bool idle_draws, last_interval;
	bool busy;            /* migrations, failures, guests that come and go; else only demand changes */
	/* Called on the finished world before anything happens in it; may be NULL. */
	void (*change)(void *context, struct random_world *w);
	void *context;
};

/* Two worlds of one seed differ only in what the options say. */
void random_world_open(struct random_world *w, const struct random_world_options *options);
/* Runs it to end_ns and finishes the integrals. */
void random_world_run(struct random_world *w);
void random_world_close(struct random_world *w);

#endif

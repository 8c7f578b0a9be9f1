/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says what the runs of a study are. */
#include "scenarios/study.h"

#include <stdlib.h>

#include "sim/random.h"

const char *const study_design_names[STUDY_DESIGNS] = {"factorial", "latin_hypercube", "sobol"};

void study_free(struct study *study)
{
	if (!study)
		return;
	struct arena arena = study->arena;
	free(study);
	arena_fini(&arena);
}

struct study_run study_run(const struct study *study, uint32_t point, uint32_t replication,
                           struct arena *arena)
{
	struct study_run run = {
		.point = point, .replication = replication, .override_count = study->set_count +
			study->key_count,
	};
	uint64_t of_point = study->common_random_numbers ? study->seed : random_seed(study->seed, point);
	run.seed = random_seed(of_point, replication);
	run.overrides = arena_new(arena, run.override_count, sizeof *run.overrides);
	for (uint32_t i = 0; i < study->set_count; i++)
		run.overrides[i] = study->sets[i];
	for (uint32_t k = 0; k < study->key_count; k++)
		run.overrides[study->set_count + k] = arena_printf(arena, "%s=%s", study->keys[k],
			study->values[(size_t)point * study->key_count + k]);
	return run;
}

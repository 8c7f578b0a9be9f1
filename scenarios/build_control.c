/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of the control loop, from the scenario. */
#include "scenarios/build_control.h"

#include <string.h>

double *build_values(struct arena *arena, const struct policy *policy, const struct scenario_value *given,
                     uint32_t n)
{
	uint32_t count = 0;
	while (policy->parameters && policy->parameters[count].name)
		count++;
	double *values = arena_new(arena, count, sizeof *values);
	for (uint32_t i = 0; i < count; i++) {
		values[i] = policy->parameters[i].preset;
		for (uint32_t k = 0; k < n; k++)
			if (strcmp(given[k].name, policy->parameters[i].name) == 0)
				values[i] = given[k].value;
	}
	return values;
}

static struct question_choice choice_of(const struct scenario *s, const char *name,
                                        const struct scenario_value *values, uint32_t n, struct arena *arena)
{
	const struct policy *policy = plugins_policy(&s->plugins, name);
	ASSERT(policy); /* scenario_read has checked the name */
	return (struct question_choice){policy, build_values(arena, policy, values, n)};
}

void build_control(struct loop_rules *rules, const struct scenario *s, struct arena *arena)
{
	const struct scenario_control *g = &s->control;
	*rules = (struct loop_rules){
		.look = {
			.by_demand = g->by_demand, .wake = g->wake, .history = (uint32_t)g->history,
			.interval_ns = g->interval_ns,
		},
		.round = {.target_check = g->target_check, .kept_take = g->kept_take},
		.monitor_s = g->monitor_ns / 1e9, .failure_delay_ns = g->failure_delay_ns,
		.watch = s->plugins.watch,
	};
	for (unsigned q = 0; q < QUESTIONS; q++)
		if (g->asked[q].policy)
			rules->choices[q] = choice_of(s, g->asked[q].policy, g->asked[q].values,
			                              g->asked[q].value_count, arena);
	if (!rules->choices[ASK_TARGET].policy)
		rules->choices[ASK_TARGET] = choice_of(s, s->policy, s->policy_values, s->policy_value_count,
		                                       arena);
	const struct question_choice *drains = &rules->choices[ASK_UNDERLOAD];
	if (!rules->choices[ASK_WORTH].policy && drains->policy && drains->policy->worth)
		rules->choices[ASK_WORTH] = *drains;
}

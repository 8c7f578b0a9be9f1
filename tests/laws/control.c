/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the control loop, over random worlds and policies that ask for anything: the view in thought is
 * what one would find anew, demand read off plans is demand read off hosts, and the world stays whole. */
#include "tests/test.h"

#include <stdio.h>

#include "models/hypervisor/fluid.h"
#include "policies/registry.h"
#include "sim/random.h"
#include "tests/laws/worlds.h"

#define WORLDS 600

/* A policy without sense: its answers depend on how often it was asked. */
struct whim {
	struct random_stream random;
	uint64_t asked;
};

static uint64_t below(void *state, uint64_t n)
{
	struct whim *w = state;
	w->asked++;
	return random_below(&w->random, n);
}

static void whim_open(void *state, const struct policy_view *view, const double *values)
{
	struct whim *w = state;
	(void)view;
	random_init(&w->random, (uint64_t)values[0], "whim", 0);
}

/* What the loop read off plans is what hosts find when they are walked up to now. */
static uint32_t differences(const struct look *look)
{
	uint32_t wrong = 0;
	for (uint32_t v = 0; v < look->view.guest_count; v++) {
		const struct vm *vm = &look->world->vms[v];
		if (look->home[v] == ID_NONE || vm->first_child != ID_NONE)
			continue;
		fluid_advance(look->world, (host_id){look->home[v]}, look->view.now_ns);
		wrong += look->guests[v].demand_hz != vm->demand_hz;
	}
	return wrong;
}

static bool whim_overloaded(void *state, const struct policy_view *view, uint32_t host)
{
	look_check(view->world);
	return view->hosts[host].guests && below(state, 3) == 0;
}

static bool whim_select(void *state, const struct policy_view *view, uint32_t host, uint32_t *guest)
{
	uint32_t v = view->first_guest[host];
	for (uint64_t n = below(state, view->hosts[host].guests + 1); n-- && v != POLICY_NONE;)
		v = view->guests[v].next;
	*guest = below(state, 8) ? v : (uint32_t)below(state, 40);
	return below(state, 10) != 0;
}

static bool whim_place(void *state, const struct policy_view *view, const struct policy_request *request,
                       uint32_t *host)
{
	uint32_t first = (uint32_t)below(state, view->host_count);
	for (uint32_t k = 0; k < view->host_count; k++) {
		*host = (first + k) % view->host_count;
		if (policy_fits(&view->hosts[*host], request) && *host != request->from)
			return true;
	}
	*host = (uint32_t)below(state, 9);
	return below(state, 4) == 0;
}

static bool whim_drain(void *state, const struct policy_view *view, uint32_t *host)
{
	for (uint32_t k = 0; k < 3; k++) {
		*host = (uint32_t)below(state, view->host_count + 1);
		if (*host < view->host_count && view->hosts[*host].state == POLICY_HOST_ON &&
		    view->hosts[*host].guests && !view->hosts[*host].closed && !view->hosts[*host].tried)
			return true;
	}
	return below(state, 20) == 0;
}

static bool whim_worth(void *state, const struct policy_view *view, const struct policy_move *moves,
                       uint32_t n)
{
	look_check(view->world);
	for (uint32_t k = 0; k < n; k++)
		CU_ASSERT(moves[k].from != moves[k].to && view->guests[moves[k].guest].host == moves[k].to);
	return below(state, 3) != 0;
}

static void whim_act(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	for (uint64_t n = below(state, 5); n--;) {
		uint32_t guest = (uint32_t)below(state, view->guest_count + 1);
		uint32_t other = (uint32_t)below(state, view->guest_count + 1);
		uint32_t host = (uint32_t)below(state, view->host_count + 1);
		switch (below(state, 5)) {
		case 0:
			plan->migrate(plan, guest, host);
			break;
		case 1:
			plan->swap(plan, guest, other);
			break;
		case 2:
			plan->start(plan, guest, below(state, 2) ? host : POLICY_NONE);
			break;
		default:
			plan->host_power(plan, host, (enum policy_power)below(state, 3));
		}
		look_check(view->world);
	}
}

static void whim_balance(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	CU_ASSERT_EQUAL(differences(view->world), 0);
	whim_act(state, view, plan);
}

static void whim_failed(void *state, const struct policy_view *view, struct policy_plan *plan,
                        const struct policy_failure *failure)
{
	for (uint32_t k = 0; k < failure->count; k++)
		plan->start(plan, failure->lost[k],
		            below(state, 2) ? POLICY_NONE : (uint32_t)below(state, view->host_count));
	whim_act(state, view, plan);
}

static const struct policy_parameter whim_parameters[] = {{"seed", "", 1, 0, 1e9, ""}, {0}};
static const struct policy whim = {
	.abi = POLICY_ABI, .struct_size = sizeof whim, .name = "whim", .parameters = whim_parameters,
	.state_bytes = sizeof(struct whim), .open = whim_open, .place = whim_place,
	.overloaded = whim_overloaded, .select = whim_select, .drain = whim_drain, .worth = whim_worth,
	.balance = whim_balance, .power = whim_act, .failed = whim_failed,
};

struct law {
	struct loop_rules rules;
	double seed[1];
	bool flat, scored;
};

static void change(void *context, struct random_world *w)
{
	struct law *law = context;
	for (uint32_t v = 0; law->flat && v < w->world.vm_count; v++)
		w->world.vms[v].inside = ID_NONE;
	for (unsigned q = 0; q < QUESTIONS; q++)
		if (question_answered(&whim, (enum question)q))
			law->rules.choices[q] = (struct question_choice){&whim, law->seed};
	if (law->scored)
		law->rules.choices[ASK_TARGET] = (struct question_choice){policy_find("best_fit"), NULL};
	w->control.loop_rules = &law->rules;
}

static uint64_t world_run(uint64_t seed, bool batch, char digest[static 33])
{
	struct law law = {
		.rules = {
			.look = {.by_demand = seed % 2, .wake = seed % 3 == 0,
			         .history = (uint32_t)(seed % 5 * 3),
			         .interval_ns = (20 + (int64_t)(seed % 7) * 45) * NS_PER_S},
			.round = {.target_check = seed % 4 < 2, .kept_take = seed % 5 < 3},
			.failure_delay_ns = (int64_t)(seed % 2) * 7 * NS_PER_S,
		},
		.seed = {(double)seed}, .flat = seed % 4 != 0, .scored = seed % 3 == 1,
	};
	struct random_world w;
	random_world_open(&w, &(struct random_world_options){
		.seed = seed, .batch = batch, .idle_draws = true, .last_interval = true, .busy = true,
		.change = change, .context = &law});
	random_world_run(&w);
	uint64_t moves = w.control.loop.moves;
	digest_text(engine_digest(w.engine), digest);
	random_world_close(&w);
	return moves;
}

static void test_whims(void)
{
	char digest[33];
	uint64_t moves = 0;
	for (uint64_t seed = 1; seed <= WORLDS; seed++)
		moves += world_run(seed, true, digest);
	CU_ASSERT(moves > 5 * WORLDS);
}

/* The same questions in the same order: twice the same run. */
static void test_same(void)
{
	char one[33], two[33];
	uint32_t differ = 0;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		world_run(seed, true, one);
		world_run(seed, true, two);
		for (int k = 0; k < 32; k++)
			differ += one[k] != two[k];
	}
	CU_ASSERT_EQUAL(differ, 0);
}

static const struct test tests[] = {
	{"whatever policies ask for, the view is true and the world stays whole", test_whims},
	{"with policies, too, the same seed gives the same run", test_same},
};
SUITE(laws_control, tests)

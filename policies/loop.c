/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The looks of the control loop: when they happen, in which order questions are asked, and what is done. */
#include "policies/loop.h"

#include <stdlib.h>

#include "models/hypervisor/fluid.h"
#include "models/hypervisor/speed.h"
#include "sim/memory.h"

/* The view again, after something was done; demand as of the last look. */
static void renew(struct loop *loop)
{
	loop->hooks.refresh(loop->hooks.context);
	loop->look.view.waiting_hz = loop->hooks.waiting_hz(loop->hooks.context);
	look_refresh(&loop->look, false);
}

/* The kind that the method policy names; NULL: as the scenario says. */
static const struct move_kind *method_of(struct loop *loop, const struct round_move *m)
{
	const struct answerer *by = &loop->questions.by[ASK_METHOD];
	const struct policy_move move = {
		m->guest, m->from, m->to, look_move_ns(&loop->look, m->guest, m->to),
	};
	uint32_t index = 0, known = 0;
	if (!by->policy)
		return NULL;
	void *state = questions_begin(&loop->questions, ASK_METHOD);
	bool says = by->policy->method(state, &loop->look.view, &move, &index);
	questions_end(&loop->questions);
	if (!says)
		return NULL;
	while (move_kinds[known])
		known++;
	if (index < known && loop->migrations->flows)
		return move_kinds[index];
	reasons_refuse(&loop->reasons, m->guest, m->to, index < known
		? "migrations of this run are planned: they have one kind"
		: "there is no such kind of migration");
	return NULL;
}

static const char *ask(struct loop *loop, const struct round_move *m)
{
	const struct migration_request request = {
		.vm = {m->guest}, .target = {m->to}, .kind = method_of(loop, m),
	};
	return migration_ask(loop->migrations, &request);
}

static const char *wake(struct loop *loop, uint32_t host)
{
	enum host_state state = loop->world->hosts[host].state;
	if (state == HOST_BOOTING || state == HOST_RESUMING)
		return NULL;
	return lifecycle_host(loop->life, (host_id){host},
	                      state == HOST_SUSPENDED ? HOST_RESUME : HOST_POWER_ON);
}

/* Begins an agreed move, or wakes its target first. */
static void send(struct loop *loop, const struct round_move *m)
{
	bool on = loop->world->hosts[m->to].state == HOST_ON;
	const char *why = on ? ask(loop, m) : wake(loop, m->to);
	if (why) {
		reasons_refuse(&loop->reasons, m->guest, m->to, why);
		look_changed(&loop->look, m->from);
		look_changed(&loop->look, m->to);
		return;
	}
	world_note(loop->world, NOTE_MOVE_AGREED, m->guest, m->from, (int64_t)m->why);
	look_fly(&loop->look, &(struct look_flight){
		.guest = m->guest, .from = m->from, .to = m->to, .waits = !on, .why = (uint32_t)m->why});
	loop->moves++;
}

static void send_all(struct loop *loop)
{
	for (uint32_t k = 0; k < loop->round.move_count; k++)
		send(loop, &loop->round.moves[k]);
	loop->round.move_count = 0;
}

static const char *start(struct loop *loop, const struct wish *wish)
{
	enum vm_state state = loop->world->vms[wish->guest].state;
	if (state != VM_LOST && state != VM_CRASHED)
		return "the guest was started meanwhile";
	if (wish->host != POLICY_NONE)
		return vm_life_start(loop->life, (vm_id){wish->guest}, (struct vm_parent){false, wish->host});
	loop->hooks.queue(loop->hooks.context, wish->guest);
	return NULL;
}

static void carry_out(struct loop *loop, const struct wish *wish, enum question question)
{
	const char *why = NULL;
	switch (wish->kind) {
	case WISH_MOVE:
		send(loop, &(struct round_move){wish->guest, wish->from, wish->host, question});
		break;
	case WISH_START:
		why = start(loop, wish);
		break;
	case WISH_POWER:
		why = lifecycle_host(loop->life, (host_id){wish->host}, wish->request);
		break;
	case WISH_SPEED:
		why = speed_set(loop->world, (host_id){wish->host}, wish->speed);
		break;
	case WISH_CAP:
		why = speed_cap(loop->world, (host_id){wish->host}, (int64_t)(wish->watts * 1e6 + 0.5));
		break;
	}
	if (why)
		reasons_refuse(&loop->reasons, wish->guest, wish->host, why);
	if (wish->host != POLICY_NONE && wish->kind != WISH_MOVE)
		look_changed(&loop->look, wish->host);
}

static void carry_out_all(struct loop *loop, enum question question)
{
	for (uint32_t k = 0; k < loop->plan.wish_count; k++)
		carry_out(loop, &loop->plan.wishes[k], question);
	plan_begin(&loop->plan);
}

/* A policy that acts by itself, on the view as it is now. */
static void ask_plan(struct loop *loop, enum question question)
{
	const struct answerer *by = &loop->questions.by[question];
	if (!by->policy)
		return;
	renew(loop);
	plan_begin(&loop->plan);
	void *state = questions_begin(&loop->questions, question);
	if (question == ASK_BALANCE)
		by->policy->balance(state, &loop->look.view, &loop->plan.calls);
	else
		by->policy->power(state, &loop->look.view, &loop->plan.calls);
	questions_end(&loop->questions);
	carry_out_all(loop, question);
}

/* A look costs CPU where the guests are: spread evenly over the time between two looks. */
static void monitor(struct loop *loop)
{
	struct world *world = loop->world;
	double looks_hz = 1e9 / (double)loop->rules.look.interval_ns;
	for (uint32_t h = 0; loop->monitored_hz && h < world->host_count; h++) {
		const struct host *host = &world->hosts[h];
		double core_hz = (double)world->host_types[host->type].core_hz;
		double cores = host->guest_count * loop->rules.monitor_s * looks_hz;
		int64_t hz = (int64_t)(cores * core_hz);
		if (hz == loop->monitored_hz[h])
			continue;
		fluid_touch(world, (host_id){h});
		world->moving_hz[h] += hz - loop->monitored_hz[h];
		loop->monitored_hz[h] = hz;
	}
}

static void maintain(struct loop *loop)
{
	for (uint32_t k = 0; k < loop->maintenance_count; k++)
		round_evacuate(&loop->round, loop->maintenance[k].host);
	send_all(loop);
}

static bool has_round(const struct loop *loop)
{
	return questions_has(&loop->questions, ASK_OVERLOAD) ||
	       questions_has(&loop->questions, ASK_UNDERLOAD);
}

static void look(struct engine *engine, void *context, const struct event *event)
{
	struct loop *loop = context;
	loop->hooks.refresh(loop->hooks.context);
	loop->look.view.waiting_hz = loop->hooks.waiting_hz(loop->hooks.context);
	look_refresh(&loop->look, true);
	loop->rounds++;
	monitor(loop);
	if (loop->maintenance_count) {
		maintain(loop);
		renew(loop);
	}
	if (has_round(loop)) {
		round_go(&loop->round);
		CHECK((look_check(&loop->look), true));
		send_all(loop);
	}
	ask_plan(loop, ASK_BALANCE);
	ask_plan(loop, ASK_POWER);
	int64_t next_ns = event->time_ns + loop->rules.look.interval_ns;
	if (next_ns <= TIME_MAX_NS)
		event_at(engine, next_ns, loop->looks, 0, 0);
}

/* A host came on for which moves wait. */
static void woken(struct engine *engine, void *context, const struct event *event)
{
	struct loop *loop = context;
	struct look *view = &loop->look;
	(void)engine;
	for (uint32_t k = 0; k < view->flight_count; k++) {
		struct look_flight *f = &view->flights[k];
		if (!f->waits || f->to != event->a || loop->world->hosts[f->to].state != HOST_ON)
			continue;
		f->waits = false;
		const struct round_move move = {f->guest, f->from, f->to, (enum question)f->why};
		const char *why = ask(loop, &move);
		if (why)
			reasons_refuse(&loop->reasons, f->guest, f->to, why);
	}
}

static void maintenance_report(struct loop *loop, struct loop_maintenance *m)
{
	world_note(loop->world, NOTE_HOST_EMPTIED, ID_NONE, m->host, loop->world->hosts[m->host].guest_count);
	m->reported = true;
}

void loop_room(struct loop *loop, uint32_t host)
{
	if (host == ID_NONE)
		return;
	struct world *world = loop->world;
	bool came_on = world->hosts[host].state == HOST_ON && loop->look.hosts[host].state != POLICY_HOST_ON;
	if (came_on && loop->look.flight_count)
		event_at(world->engine, engine_now_ns(world->engine), loop->woken, host, 0);
	for (uint32_t k = 0; k < loop->maintenance_count; k++) {
		struct loop_maintenance *m = &loop->maintenance[k];
		if (m->host == host && !m->reported && !world->hosts[host].guest_count)
			maintenance_report(loop, m);
	}
}

static void deadline(struct engine *engine, void *context, const struct event *event)
{
	struct loop *loop = context;
	(void)engine;
	for (uint32_t k = 0; k < loop->maintenance_count; k++) {
		struct loop_maintenance *m = &loop->maintenance[k];
		if (m->host == event->a && m->deadline_ns == event->time_ns && !m->reported)
			maintenance_report(loop, m);
	}
}

const char *loop_maintain(struct loop *loop, uint32_t host, int64_t deadline_ns)
{
	struct world *world = loop->world;
	int64_t now_ns = engine_now_ns(world->engine);
	if (loop->look.maintained[host])
		return "the host is under maintenance already";
	if (!questions_has(&loop->questions, ASK_TARGET))
		return "nobody says where its guests are to go";
	loop->look.maintained[host] = true;
	world_changed(world, (host_id){host});
	ARRAY_GROW(loop->maintenance, loop->maintenance_count, loop->maintenance_room, "maintained hosts");
	struct loop_maintenance *m = &loop->maintenance[loop->maintenance_count++];
	*m = (struct loop_maintenance){.host = host, .since_ns = now_ns, .deadline_ns = deadline_ns};
	if (deadline_ns < TIME_MAX_NS && deadline_ns >= now_ns)
		event_at(world->engine, deadline_ns, loop->deadline, host, 0);
	if (!world->hosts[host].guest_count) {
		maintenance_report(loop, m);
		return NULL;
	}
	renew(loop);
	maintain(loop);
	return NULL;
}

const char *loop_maintain_end(struct loop *loop, uint32_t host)
{
	uint32_t k = 0;
	while (k < loop->maintenance_count && loop->maintenance[k].host != host)
		k++;
	if (k == loop->maintenance_count)
		return "the host is not under maintenance";
	for (; k + 1 < loop->maintenance_count; k++)
		loop->maintenance[k] = loop->maintenance[k + 1];
	loop->maintenance_count--;
	loop->look.maintained[host] = false;
	world_changed(loop->world, (host_id){host});
	if (loop->life->room)
		loop->life->room(loop->life->room_context, (host_id){host});
	return NULL;
}

/* The policy is asked by an event, when what is under way is finished. */
static void failure_add(struct loop *loop, const struct loop_failure *failure, int64_t told_ns)
{
	ARRAY_GROW(loop->failures, loop->failure_count, loop->failure_room, "failures of hosts");
	loop->failures[loop->failure_count] = *failure;
	if (told_ns <= TIME_MAX_NS)
		event_at(loop->world->engine, told_ns, loop->fails, loop->failure_count, 0);
	loop->failure_count++;
}

/* A host has failed, or crashed; it takes time to notice. */
static void host_failed(void *context, host_id host, const uint32_t *lost, uint32_t n)
{
	struct loop *loop = context;
	int64_t now_ns = engine_now_ns(loop->world->engine);
	const struct loop_failure failure = {host.i, loop->lost_count, n, now_ns};
	for (uint32_t k = 0; k < n; k++) {
		ARRAY_GROW(loop->lost, loop->lost_count, loop->lost_room, "guests lost");
		loop->lost[loop->lost_count++] = lost[k];
	}
	failure_add(loop, &failure, now_ns + loop->rules.failure_delay_ns);
}

void loop_foresee(struct loop *loop, uint32_t host, int64_t expected_ns)
{
	ASSERT(host < loop->world->host_count);
	if (questions_has(&loop->questions, ASK_FAILURE))
		failure_add(loop, &(struct loop_failure){host, loop->lost_count, 0, expected_ns},
		            engine_now_ns(loop->world->engine));
}

/* Those that are still lost: meanwhile somebody may have started one. */
static uint32_t still_lost(const struct loop *loop, const struct loop_failure *f, uint32_t *lost)
{
	uint32_t n = 0;
	for (uint32_t k = 0; k < f->count; k++)
		if (loop->world->vms[loop->lost[f->first + k]].state == VM_LOST)
			lost[n++] = loop->lost[f->first + k];
	return n;
}

static void fails(struct engine *engine, void *context, const struct event *event)
{
	struct loop *loop = context;
	const struct loop_failure f = loop->failures[event->a];
	const struct answerer *by = &loop->questions.by[ASK_FAILURE];
	(void)engine;
	renew(loop);
	uint32_t *lost = memory_new(f.count, sizeof *lost, "guests lost");
	const struct policy_failure failure = {f.host, still_lost(loop, &f, lost), lost, f.at_ns};
	plan_begin(&loop->plan);
	void *state = questions_begin(&loop->questions, ASK_FAILURE);
	by->policy->failed(state, &loop->look.view, &loop->plan.calls, &failure);
	questions_end(&loop->questions);
	carry_out_all(loop, ASK_FAILURE);
	free(lost);
}

static void monitor_open(struct loop *loop)
{
	struct world *world = loop->world;
	if (!(loop->rules.monitor_s > 0))
		return;
	loop->monitored_hz = memory_new(world->host_count, sizeof *loop->monitored_hz, "CPU of looks");
	if (world->moving_hz)
		return;
	loop->moving_hz = memory_new(world->host_count, sizeof *loop->moving_hz, "CPU of looks");
	world->moving_hz = loop->moving_hz;
}

void loop_open(struct loop *loop, struct lifecycle *life, struct migrations *migrations,
               const struct loop_rules *rules, const struct loop_hooks *hooks)
{
	struct world *world = life->world;
	ASSERT(rules->look.interval_ns > 0 && !loop->open);
	*loop = (struct loop){
		.open = true, .world = world, .life = life, .migrations = migrations, .rules = *rules,
		.hooks = *hooks, .reasons.world = world,
	};
	loop->looks = engine_type(world->engine, "control looks", RANK_CONTROL, look, loop);
	loop->woken = engine_type(world->engine, "moves to a woken host", RANK_CONTROL, woken, loop);
	loop->fails = engine_type(world->engine, "a failure is noticed", RANK_CONTROL, fails, loop);
	loop->deadline = engine_type(world->engine, "maintenance is due", RANK_CONTROL, deadline, loop);
	monitor_open(loop);
	look_open(&loop->look, migrations, &rules->look, hooks->hosts, hooks->on_kind);
	questions_open(&loop->questions, rules->choices, &loop->look.view, rules->watch);
	targets_open(&loop->targets, &loop->look, &loop->questions);
	plan_open(&loop->plan, &loop->look, &loop->reasons);
	loop->round = (struct round){
		.look = &loop->look, .questions = &loop->questions, .targets = &loop->targets,
		.reasons = &loop->reasons, .rules = rules->round,
	};
	if (questions_has(&loop->questions, ASK_FAILURE)) {
		life->failed = host_failed;
		life->failed_context = loop;
	}
	int64_t first_ns = engine_now_ns(world->engine) + rules->look.interval_ns;
	if (first_ns <= TIME_MAX_NS)
		event_at(world->engine, first_ns, loop->looks, 0, 0);
}

void loop_changed(struct loop *loop, uint32_t host)
{
	look_changed(&loop->look, host);
}

void loop_close(struct loop *loop)
{
	if (!loop->open)
		return;
	targets_close(&loop->targets);
	questions_close(&loop->questions);
	round_free(&loop->round);
	plan_close(&loop->plan);
	look_close(&loop->look);
	free(loop->failures);
	free(loop->lost);
	free(loop->maintenance);
	free(loop->monitored_hz);
	if (loop->moving_hz)
		loop->world->moving_hz = NULL;
	free(loop->moving_hz);
	*loop = (struct loop){0};
}

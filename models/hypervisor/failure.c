/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures and repairs as events; what notes tell, added up. */
#include "models/hypervisor/failure.h"

#include <stdio.h>
#include <stdlib.h>

#include "models/hypervisor/fluid.h"
#include "models/hypervisor/vm_life.h"
#include "sim/memory.h"
#include "sim/transcend.h"

#define PURPOSE_ROOM 96

static const struct failure_rules *rules_of(const struct failures *f, uint32_t h)
{
	return &f->rules[f->world->hosts[h].type];
}

static int64_t later(int64_t at_ns, int64_t span_ns)
{
	return span_ns < TIME_MAX_NS - at_ns ? at_ns + span_ns : TIME_MAX_NS;
}

/* ---- what is to come ---- */

/* The host's next own failure; TIME_MAX_NS: never. */
static int64_t next_ns(struct failures *f, uint32_t h)
{
	const struct failure_rules *rules = rules_of(f, h);
	struct failure_host *host = &f->hosts[h];
	int64_t now_ns = engine_now_ns(f->world->engine);
	struct law law = rules->between;
	if (rules->log_count) {
		const struct failure_log *log = &rules->logs[f->world->hosts[h].number % rules->log_count];
		while (host->entry < log->count && log->entries[host->entry].at_ns < now_ns)
			host->entry++;
		return host->entry < log->count ? log->entries[host->entry].at_ns : TIME_MAX_NS;
	}
	if (rules->rack_01 >= 1)
		return TIME_MAX_NS;
	law.mean_s /= 1 - rules->rack_01;
	return later(now_ns, law_draw_ns(&law, &host->fails));
}

/* ---- foresight ---- */

/* Shall the failure at at_ns be foreseen? Then when its time has come, or at once if that is past. */
static void arm_foresight(struct failures *f, uint32_t h, int64_t at_ns)
{
	const struct failure_foresight *sight = &rules_of(f, h)->foresight;
	struct failure_host *host = &f->hosts[h];
	int64_t now_ns = engine_now_ns(f->world->engine);
	if (!(sight->recall_01 > 0) || random_01(&host->foresights) > sight->recall_01)
		return;
	int64_t told_ns = at_ns - sight->lead_ns > now_ns ? at_ns - sight->lead_ns : now_ns;
	host->foresees = event_at(f->world->engine, told_ns, f->foresee, h, (uint64_t)at_ns);
}

/* Mean time between the host's own failures: its law's, or its log's. */
static double own_mean_s(const struct failures *f, uint32_t h)
{
	const struct failure_rules *rules = rules_of(f, h);
	if (!rules->log_count)
		return rules->between.mean_s / (1 - rules->rack_01);
	const struct failure_log *log = &rules->logs[f->world->hosts[h].number % rules->log_count];
	return log->count ? time_s(log->entries[log->count - 1].at_ns) / log->count : (double)INFINITY;
}

static void arm_alarm(struct failures *f, uint32_t h)
{
	const struct failure_foresight *sight = &rules_of(f, h)->foresight;
	if (!(sight->recall_01 > 0) || sight->precision_01 >= 1)
		return;
	ASSERT(sight->precision_01 > 0);
	double mean_s =
		own_mean_s(f, h) * sight->precision_01 / (sight->recall_01 * (1 - sight->precision_01));
	const struct law law = {LAW_EXPONENTIAL, mean_s > 0 && isfinite(mean_s) ? mean_s : 1e12, 0};
	int64_t at_ns = later(engine_now_ns(f->world->engine), law_draw_ns(&law, &f->hosts[h].foresights));
	if (at_ns < TIME_MAX_NS)
		event_at(f->world->engine, at_ns, f->alarm, h, 0);
}

static void tell_foreseen(struct failures *f, uint32_t h, int64_t expected_ns)
{
	world_note(f->world, NOTE_FAILURE_FORESEEN, ID_NONE, h, expected_ns);
	if (f->foreseen)
		f->foreseen(f->foreseen_context, (host_id){h}, expected_ns);
}

static void foresee(struct engine *engine, void *context, const struct event *event)
{
	struct failures *f = context;
	uint32_t h = (uint32_t)event->a;
	(void)engine;
	f->hosts[h].foresees = EVENT_NONE;
	f->hosts[h].foreseen++;
	tell_foreseen(f, h, (int64_t)event->b);
}

static void false_alarm(struct engine *engine, void *context, const struct event *event)
{
	struct failures *f = context;
	uint32_t h = (uint32_t)event->a;
	(void)engine;
	if (f->world->hosts[h].state != HOST_FAILED) {
		f->hosts[h].alarms++;
		tell_foreseen(f, h, later(event->time_ns, rules_of(f, h)->foresight.lead_ns));
	}
	arm_alarm(f, h);
}

static void arm(struct failures *f, uint32_t h)
{
	int64_t at_ns = next_ns(f, h);
	ASSERT(!event_pending(f->world->engine, f->hosts[h].next));
	if (at_ns == TIME_MAX_NS)
		return;
	f->hosts[h].next = event_at(f->world->engine, at_ns, f->fail, h, 0);
	arm_foresight(f, h, at_ns);
}

static void arm_shock(struct failures *f, uint32_t k)
{
	struct failure_shock *shock = &f->shocks[k];
	const struct failure_rules *rules = &f->rules[shock->type];
	const struct law law = {LAW_EXPONENTIAL, rules->between.mean_s / rules->rack_01, 0};
	int64_t at_ns = later(engine_now_ns(f->world->engine), law_draw_ns(&law, &shock->stream));
	if (at_ns < TIME_MAX_NS)
		event_at(f->world->engine, at_ns, f->shock, k, 0);
}

static void fail(struct engine *engine, void *context, const struct event *event)
{
	struct failures *f = context;
	uint32_t h = (uint32_t)event->a;
	const struct failure_rules *rules = rules_of(f, h);
	struct failure_host *host = &f->hosts[h];
	(void)engine;
	host->next = EVENT_NONE;
	if (rules->log_count) {
		uint32_t machine = f->world->hosts[h].number % rules->log_count;
		host->told_ns = rules->logs[machine].entries[host->entry++].down_ns;
	}
	const char *why = lifecycle_host(f->life, (host_id){h}, HOST_FAIL);
	ASSERT(!why); /* what has failed has no failure to come */
}

static void shock(struct engine *engine, void *context, const struct event *event)
{
	struct failures *f = context;
	uint32_t k = (uint32_t)event->a;
	const struct rack *rack = &f->world->racks[f->shocks[k].rack];
	(void)engine;
	for (uint32_t h = rack->first_host; h < rack->first_host + rack->host_count; h++) {
		const struct host *host = &f->world->hosts[h];
		ASSERT(host->rack.i == f->shocks[k].rack); /* a rack's hosts are neighbours in the table */
		if (host->type == f->shocks[k].type && host->state != HOST_FAILED)
			lifecycle_host(f->life, (host_id){h}, HOST_FAIL);
	}
	arm_shock(f, k);
}

static void repair(struct engine *engine, void *context, const struct event *event)
{
	struct failures *f = context;
	uint32_t h = (uint32_t)event->a;
	bool was_on = f->hosts[h].was_on;
	(void)engine;
	f->hosts[h].repair = EVENT_NONE;
	const char *why = lifecycle_host(f->life, (host_id){h}, HOST_REPAIR);
	ASSERT(!why);
	if (was_on)
		why = lifecycle_host(f->life, (host_id){h}, HOST_POWER_ON);
	ASSERT(!why);
}

/* Those that were lost last held, or came before, those that were lost first: so back in reverse. */
static void restart(struct engine *engine, void *context, const struct event *event)
{
	struct failures *f = context;
	uint32_t h = (uint32_t)event->a;
	struct failure_host *host = &f->hosts[h];
	(void)engine;
	if (f->world->hosts[h].state != HOST_ON)
		return; /* it has gone again in this instant; its guests are still on the list */
	for (uint32_t k = host->lost_count; k--;) {
		const struct vm *vm = &f->world->vms[host->lost[k]];
		struct vm_parent parent = {vm->inside != ID_NONE, vm->inside != ID_NONE ? vm->inside : h};
		if (vm->state == VM_LOST) /* a refusal leaves it lost: its holder may still boot */
			vm_life_start(f->life, (vm_id){host->lost[k]}, parent);
	}
	host->lost_count = 0;
}

/* ---- what notes tell ---- */

static void host_falls(struct failures *f, uint32_t h, bool was_on)
{
	struct failure_host *host = &f->hosts[h];
	host->failures++;
	if (host->down)
		return; /* it fell again before it was back */
	host->down = true;
	host->was_on = was_on;
	host->since_ns = engine_now_ns(f->world->engine);
}

static void host_back(struct failures *f, uint32_t h)
{
	struct failure_host *host = &f->hosts[h];
	ASSERT(host->down);
	host->down = false;
	host->down_ns += engine_now_ns(f->world->engine) - host->since_ns;
}

static void host_failed(struct failures *f, uint32_t h)
{
	const struct failure_rules *rules = rules_of(f, h);
	struct failure_host *host = &f->hosts[h];
	int64_t now_ns = engine_now_ns(f->world->engine);
	enum host_state last = host->last;
	host_falls(f, h, last == HOST_ON || last == HOST_BOOTING || last == HOST_RESUMING);
	event_cancel(f->world->engine, host->next);
	event_cancel(f->world->engine, host->foresees);
	host->next = host->foresees = EVENT_NONE;
	if (!rules->fails)
		return; /* nobody repairs it but the scenario */
	int64_t down_ns = host->told_ns > 0 ? host->told_ns : law_draw_ns(&rules->repair, &host->repairs);
	int64_t at_ns = later(now_ns, down_ns);
	host->told_ns = 0;
	if (at_ns < TIME_MAX_NS)
		host->repair = event_at(f->world->engine, at_ns, f->repair, h, 0);
}

static void host_entered(struct failures *f, uint32_t h, enum host_state state)
{
	struct failure_host *host = &f->hosts[h];
	enum host_state last = host->last;
	if (state == HOST_FAILED) {
		host_failed(f, h);
	} else if (state == HOST_BOOTING && last == HOST_ON) { /* a crash: it boots again by itself */
		host_falls(f, h, true);
	} else if (state == HOST_OFF && last == HOST_FAILED) {
		event_cancel(f->world->engine, host->repair); /* a scenario's action was faster */
		host->repair = EVENT_NONE;
		if (!host->was_on)
			host_back(f, h);
		if (rules_of(f, h)->fails)
			arm(f, h);
	} else if (state == HOST_ON) {
		if (host->down)
			host_back(f, h);
		if (host->lost_count)
			event_at(f->world->engine, engine_now_ns(f->world->engine), f->restart, h, 0);
	}
	host->last = state;
}

static wide delivered(const struct world *world, uint32_t v)
{
	return world->vms[v].demanded - world->vms[v].stolen;
}

static void vm_lost(struct failures *f, uint32_t v, uint32_t h)
{
	struct failure_vm *vm = &f->vms[v];
	struct failure_host *host = &f->hosts[h];
	ASSERT(h < f->world->host_count && delivered(f->world, v) >= vm->begun);
	vm->losses++;
	vm->lost += delivered(f->world, v) - vm->begun;
	vm->begun = delivered(f->world, v);
	if (!vm->down)
		vm->since_ns = engine_now_ns(f->world->engine);
	vm->down = true;
	if (!rules_of(f, h)->restarts)
		return;
	ARRAY_GROW(host->lost, host->lost_count, host->lost_room, "guests lost with a host");
	host->lost[host->lost_count++] = v;
}

static void vm_back(struct failures *f, uint32_t v)
{
	struct failure_vm *vm = &f->vms[v];
	int64_t now_ns = engine_now_ns(f->world->engine);
	if (vm->down)
		vm->down_ns += now_ns - vm->since_ns;
	vm->down = false;
	vm->up_ns = now_ns;
}

/* A start is told before it is known whether the guest boots first: then it is down still. */
static void vm_entered(struct failures *f, uint32_t v, enum vm_state state)
{
	struct failure_vm *vm = &f->vms[v];
	int64_t now_ns = engine_now_ns(f->world->engine);
	if (state == VM_STARTING && vm->losses && !vm->down && vm->up_ns == now_ns) {
		vm->down = true;
		vm->since_ns = now_ns;
	} else if (vm->down && state == VM_RUNNING) {
		vm_back(f, v);
	}
}

static void hear(void *context, const struct note *note)
{
	struct failures *f = context;
	switch (note->kind) {
	case NOTE_HOST_STATE:
		host_entered(f, note->host, (enum host_state)note->value);
		break;
	case NOTE_VM_LOST:
		vm_lost(f, note->vm, note->host);
		break;
	case NOTE_VM_PLACED:
		f->vms[note->vm].begun = delivered(f->world, note->vm);
		vm_back(f, note->vm);
		break;
	case NOTE_VM_STATE:
		vm_entered(f, note->vm, (enum vm_state)note->value);
		break;
	default:
		break;
	}
}

/* ---- opening and closing ---- */

static void stream_open(struct failures *f, struct random_stream *stream, const char *what,
                        const struct failure_rules *rules, uint64_t id)
{
	char purpose[PURPOSE_ROOM];
	snprintf(purpose, sizeof purpose, "%s/%s", what, rules->stream);
	random_init(stream, engine_seed(f->world->engine), purpose, id);
}

/* Is there a shock for this host's kind in its rack already? */
static bool shock_known(const struct failures *f, const struct host *host)
{
	for (uint32_t k = f->shock_count; k--;) {
		if (f->shocks[k].rack != host->rack.i)
			return false; /* racks come in order */
		if (f->shocks[k].type == host->type)
			return true;
	}
	return false;
}

static void shocks_open(struct failures *f)
{
	for (uint32_t h = 0; h < f->world->host_count; h++) {
		const struct host *host = &f->world->hosts[h];
		const struct failure_rules *rules = rules_of(f, h);
		if (!rules->fails || rules->log_count || !(rules->rack_01 > 0) || shock_known(f, host))
			continue;
		ARRAY_GROW(f->shocks, f->shock_count, f->shock_room, "common failures of racks");
		struct failure_shock *shock = &f->shocks[f->shock_count++];
		*shock = (struct failure_shock){.rack = host->rack.i, .type = host->type};
		/* The first host's number names the rack within its group, for groups that share
		 * failures. */
		stream_open(f, &shock->stream, "rack fails", rules, host->number);
	}
}

static void constants_tell(const struct failures *f)
{
	struct digest *digest = engine_digest(f->world->engine);
	for (uint32_t t = 0; t < f->world->host_type_count; t++) {
		const struct failure_rules *r = &f->rules[t];
		if (!r->fails)
			continue;
		uint64_t kinds =
			(uint64_t)r->between.kind << 8 | (uint64_t)r->repair.kind << 1 | r->restarts;
		const uint64_t between[5] = {digest_of_string("failures.between"), t, kinds,
		                             digest_of_double(r->between.mean_s),
		                             digest_of_double(r->between.shape)};
		const uint64_t mended[5] = {digest_of_string("failures.repair"), t,
		                            digest_of_double(r->rack_01),
		                            digest_of_double(r->repair.mean_s),
		                            digest_of_double(r->repair.shape)};
		digest_add(digest, DIGEST_CONSTANT, between);
		digest_add(digest, DIGEST_CONSTANT, mended);
	}
}

void failures_open(struct failures *f, struct world *world, struct lifecycle *life,
                   const struct failure_rules *rules)
{
	*f = (struct failures){.world = world, .life = life, .rules = rules};
	ASSERT(!world->failures);
	world->failures = f;
	world_listen(world, hear, f);
	f->fail = engine_type(world->engine, "host fails", RANK_HOST, fail, f);
	f->repair = engine_type(world->engine, "host is repaired", RANK_HOST, repair, f);
	f->shock = engine_type(world->engine, "rack fails", RANK_HOST, shock, f);
	f->restart = engine_type(world->engine, "lost guests start again", RANK_HOST, restart, f);
	f->foresee = engine_type(world->engine, "failure is foreseen", RANK_HOST, foresee, f);
	f->alarm = engine_type(world->engine, "false alarm", RANK_HOST, false_alarm, f);
	f->hosts = memory_new(world->host_count, sizeof *f->hosts, "failures of hosts");
	f->vms = memory_new(world->vm_count, sizeof *f->vms, "losses of guests");
	constants_tell(f);
	for (uint32_t h = 0; h < world->host_count; h++) {
		f->hosts[h].last = world->hosts[h].state;
		if (!rules_of(f, h)->fails)
			continue;
		stream_open(f, &f->hosts[h].fails, "host fails", rules_of(f, h), world->hosts[h].number);
		stream_open(f, &f->hosts[h].repairs, "host repair", rules_of(f, h), world->hosts[h].number);
		stream_open(f, &f->hosts[h].foresights, "host foreseen", rules_of(f, h),
		            world->hosts[h].number);
		arm(f, h);
		arm_alarm(f, h);
	}
	shocks_open(f);
	for (uint32_t k = 0; k < f->shock_count; k++)
		arm_shock(f, k);
}

static double part_up(int64_t down_ns, int64_t of_ns)
{
	ASSERT(down_ns >= 0 && down_ns <= of_ns);
	return of_ns > 0 ? 1 - (double)down_ns / (double)of_ns : 1;
}

static double nines(double availability_01)
{
	return availability_01 < 1 ? -log10(1 - availability_01) : (double)INFINITY;
}

/* How long a guest was wanted: from when it ran first until it ended, or until now. */
static int64_t wanted_ns(const struct vm *vm, bool down, int64_t end_ns)
{
	if (vm->placed_ns < 0)
		return 0;
	return (vm->ended_ns >= 0 && !down ? vm->ended_ns : end_ns) - vm->placed_ns;
}

void failures_finish(struct failures *f, int64_t end_ns)
{
	for (uint32_t h = 0; h < f->world->host_count; h++) {
		struct failure_host *host = &f->hosts[h];
		host->down_ns += host->down ? end_ns - host->since_ns : 0;
		host->availability_01 = part_up(host->down_ns, end_ns);
		host->nines = nines(host->availability_01);
	}
	for (uint32_t v = 0; v < f->world->vm_count; v++) {
		struct failure_vm *vm = &f->vms[v];
		vm->down_ns += vm->down ? end_ns - vm->since_ns : 0;
		vm->availability_01 = part_up(vm->down_ns, wanted_ns(&f->world->vms[v], vm->down, end_ns));
	}
}

void failures_close(struct failures *f)
{
	for (uint32_t h = 0; f->hosts && h < f->world->host_count; h++)
		free(f->hosts[h].lost);
	free(f->hosts);
	free(f->vms);
	free(f->shocks);
	if (f->world)
		f->world->failures = NULL;
}

void failures_totals(const struct failures *f, struct failure_totals *t)
{
	double hosts = 0, vms = 0;
	uint64_t ran = 0;
	*t = (struct failure_totals){.failures = 0};
	for (uint32_t h = 0; h < f->world->host_count; h++) {
		t->failures += f->hosts[h].failures;
		t->foreseen += f->hosts[h].foreseen;
		t->alarms += f->hosts[h].alarms;
		t->host_down_s += time_s(f->hosts[h].down_ns);
		hosts += f->hosts[h].availability_01;
	}
	for (uint32_t v = 0; v < f->world->vm_count; v++) {
		t->losses += f->vms[v].losses;
		t->vm_down_s += time_s(f->vms[v].down_ns);
		t->lost_ghz_h += wide_double(f->vms[v].lost) / 3.6e21; /* Hz ns */
		if (f->world->vms[v].placed_ns < 0)
			continue;
		vms += f->vms[v].availability_01;
		ran++;
	}
	t->host_availability_01 = f->world->host_count ? hosts / f->world->host_count : 1;
	t->vm_availability_01 = ran ? vms / (double)ran : 1;
	t->host_nines = nines(t->host_availability_01);
	t->vm_nines = nines(t->vm_availability_01);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects stays, states and counters of a run, sorts them by time, gives stays their lanes, and writes. */
#include "analysis/timeline.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/text.h"
#include "sim/memory.h"

/* Processes: the sites, what waits, then the hosts. */
#define PID_SITES 1
#define PID_WAITING 2
#define PID_HOSTS 3
#define LANES_MAX 256                    /* of what waits: more are left out, no screen shows them */
#define NONE UINT32_MAX

enum phase { PHASE_STAY, PHASE_STATE, PHASE_REFUSED, PHASE_FLOW_START, PHASE_FLOW_END, PHASE_COUNTER };

struct trace_event {
	double ts_s, end_s;                  /* end_s of a flow: its other end; of a counter: its value */
	const char *text;                    /* the name */
	double leaves_s;                     /* stays: when the migration to the next one began */
	uint32_t order;                      /* in which it was added: ties keep it */
	uint32_t pid, lane;
	uint32_t before;                     /* stays: order of the one that the VM came from, or NONE */
	enum phase phase;
};

/* The lanes of a process: until when each is taken. */
struct lanes {
	double *until_s;
	uint32_t count, room;
};

/* Where a VM is now. */
struct whereabouts {
	double since_s, waits_s, leaves_s;   /* NaN: is nowhere, does not wait, does not migrate */
	uint32_t host, before;
	int64_t state;                       /* enum vm_state: told where it is not running */
};

struct timeline {
	struct results *results;
	const struct timeline_limits *limits;
	struct timeline_counts *counts;
	struct trace_event *events;
	uint32_t count, room;
	uint64_t hosts, vms, shown;
	const char **host_names, **vm_names;
	struct lanes *lanes;                 /* [pid] */
	double span_s;
};

static struct trace_event *event_add(struct timeline *t, enum phase phase, uint32_t pid, double ts_s)
{
	ARRAY_GROW(t->events, t->count, t->room, "events of a timeline");
	struct trace_event *e = &t->events[t->count];
	*e = (struct trace_event){
		.ts_s = ts_s, .phase = phase, .pid = pid, .order = t->count, .before = NONE,
		.leaves_s = (double)NAN};
	t->count++;
	return e;
}

static int event_order(const void *a, const void *b)
{
	const struct trace_event *x = a, *y = b;
	if (x->ts_s != y->ts_s)
		return x->ts_s < y->ts_s ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* "web-3 (paused)" */
static const char *stay_name(struct timeline *t, const struct whereabouts *w, const char *name)
{
	char text[200];
	if (w->state == VM_RUNNING)
		return name;
	snprintf(text, sizeof text, "%.100s (%s)", name, vm_state_names[w->state]);
	return results_keep(t->results, text);
}

/* A VM leaves its host: its stay is over. */
static void stay_end(struct timeline *t, struct whereabouts *w, const char *name, double end_s)
{
	uint32_t order = NONE;
	if (!isnan(w->since_s) && w->host < t->shown) {
		struct trace_event *e = event_add(t, PHASE_STAY, PID_HOSTS + w->host, w->since_s);
		e->end_s = end_s;
		e->text = stay_name(t, w, name);
		e->before = w->before;
		e->leaves_s = w->leaves_s;
		order = e->order;
	}
	w->since_s = w->leaves_s = (double)NAN;
	w->before = order;
}

static void wait_end(struct timeline *t, struct whereabouts *w, const char *name, double end_s)
{
	if (!isnan(w->waits_s) && end_s > w->waits_s) {
		struct trace_event *e = event_add(t, PHASE_STAY, PID_WAITING, w->waits_s);
		e->end_s = end_s;
		e->text = name;
	}
	w->waits_s = (double)NAN;
}

/* One row of the table of events. */
struct happening {
	double time_s;
	const char *kind;
	int64_t vm, host, value;
};

/* A new state: what the VM was before is an event of its own, and no flow joins the two. */
static void state_happening(struct timeline *t, struct whereabouts *w, const struct happening *h)
{
	if (h->value < 0 || h->value >= VM_STATES)
		return;
	if (!(w->since_s == h->time_s)) /* also when it is nowhere: NaN */
		stay_end(t, w, t->vm_names[h->vm], h->time_s);
	w->before = NONE;
	w->state = h->value;
	w->host = (uint32_t)h->host;
	bool placed = h->host >= 0 && vm_state_holds[h->value] != VM_HOLDS_NOTHING;
	w->since_s = placed ? h->time_s : (double)NAN;
}

/* A guest is at its target from the switch on; of a planned migration the end is the switch. */
static void migration_happening(struct timeline *t, struct whereabouts *w, const struct happening *h)
{
	if (strcmp(h->kind, "migration_start") == 0) {
		w->leaves_s = h->time_s;
	} else if (strcmp(h->kind, "migration_failed") == 0) {
		w->leaves_s = (double)NAN;
	} else if ((int64_t)w->host != h->value) { /* switched, or ended without a switch before */
		stay_end(t, w, t->vm_names[h->vm], h->time_s);
		w->since_s = h->time_s;
		w->host = (uint32_t)h->value;
	}
}

static void vm_happening(struct timeline *t, struct whereabouts *w, const struct happening *h)
{
	const char *name = t->vm_names[h->vm];
	if (strcmp(h->kind, "vm_placed") == 0) {
		wait_end(t, w, name, h->time_s);
		*w = (struct whereabouts){h->time_s, (double)NAN, (double)NAN, (uint32_t)h->host, NONE,
		                           VM_RUNNING};
	} else if (strcmp(h->kind, "vm_waits") == 0) {
		w->waits_s = isnan(w->waits_s) ? h->time_s : w->waits_s;
	} else if (strcmp(h->kind, "vm_state") == 0) {
		state_happening(t, w, h);
	} else if (strncmp(h->kind, "migration_", strlen("migration_")) == 0) {
		migration_happening(t, w, h);
	} else if (strcmp(h->kind, "vm_ended") == 0 || strcmp(h->kind, "vm_lost") == 0) {
		stay_end(t, w, name, h->time_s);
	} else if (strcmp(h->kind, "vm_refused") == 0) {
		wait_end(t, w, name, h->time_s);
		event_add(t, PHASE_REFUSED, PID_WAITING, h->time_s)->text = name;
	}
}

/* States other than on, from change to change. */
struct state_since {
	double since_s;
	int64_t state;
};

static void state_end(struct timeline *t, uint64_t host, const struct state_since *s, double end_s)
{
	if (s->state == HOST_ON || s->state < 0 || s->state >= HOST_STATES || host >= t->shown)
		return;
	struct trace_event *e = event_add(t, PHASE_STATE, PID_HOSTS + (uint32_t)host, s->since_s);
	e->end_s = end_s;
	e->text = host_state_names[s->state];
}

static void happenings_walk(struct timeline *t, const struct results_table *table,
                            struct whereabouts *where, struct state_since *states)
{
	const struct results_column *time = column_named(table, "time_s");
	const struct results_column *kind = column_named(table, "kind"), *vm = column_named(table, "vm");
	const struct results_column *host = column_named(table, "host");
	const struct results_column *value = column_named(table, "value");
	bool whole = time && kind && vm && host && value && time->reals && kind->texts && vm->ints
	             && host->ints && value->ints;
	t->counts->lives = whole;
	for (uint64_t i = 0; whole && i < table->rows; i++) {
		struct happening h = {time->reals[i], kind->texts[i], vm->ints[i], host->ints[i],
		                      value->ints[i]};
		if (h.vm >= 0 && (uint64_t)h.vm < t->vms) {
			vm_happening(t, &where[h.vm], &h);
		} else if (strcmp(h.kind, "host_state") == 0 && h.host >= 0
		           && (uint64_t)h.host < t->hosts) {
			state_end(t, (uint64_t)h.host, &states[h.host], h.time_s);
			states[h.host] = (struct state_since){h.time_s, h.value};
		}
	}
}

static int64_t state_named(const char *name)
{
	for (int64_t state = 0; state < HOST_STATES; state++)
		if (strcmp(host_state_names[state], name) == 0)
			return state;
	return HOST_ON;
}

/* Events tell changes alone: in which state a host began stands in the table of hosts. */
static void states_first(struct timeline *t, struct state_since *states)
{
	uint64_t rows;
	const char **names = columns_texts(t->results, "hosts", "first_state", &rows);
	for (uint64_t i = 0; i < t->hosts; i++)
		states[i].state = names && i < rows ? state_named(names[i]) : HOST_ON;
	free(names);
}

static void lives_collect(struct timeline *t)
{
	struct whereabouts *where = memory_new(t->vms, sizeof *where, "whereabouts of VMs");
	struct state_since *states = memory_new(t->hosts, sizeof *states, "states of hosts");
	for (uint64_t i = 0; i < t->vms; i++)
		where[i] = (struct whereabouts){(double)NAN, (double)NAN, (double)NAN, NONE, NONE,
		                                VM_RUNNING};
	states_first(t, states);
	const struct results_table *table = results_table(t->results, "events");
	if (table && t->vm_names)
		happenings_walk(t, table, where, states);
	for (uint64_t i = 0; i < t->vms; i++) {
		wait_end(t, &where[i], t->vm_names[i], t->span_s);
		stay_end(t, &where[i], t->vm_names[i], t->span_s);
	}
	for (uint64_t i = 0; i < t->hosts; i++)
		state_end(t, i, &states[i], t->span_s);
	free(where);
	free(states);
}

/* The first lane that is free; NONE when there may be no more. Lane 0 of a host is for its states. */
static uint32_t lane_take(struct lanes *lanes, const struct trace_event *e)
{
	uint32_t lane = 0;
	while (lane < lanes->count && lanes->until_s[lane] > e->ts_s)
		lane++;
	if (e->pid == PID_WAITING && lane == LANES_MAX)
		return NONE;
	if (lane == lanes->count) {
		ARRAY_GROW(lanes->until_s, lanes->count, lanes->room, "lanes of a timeline");
		lanes->count++;
	}
	lanes->until_s[lane] = e->end_s;
	return lane + 1;
}

/* Gives lanes to stays in the order of their starts, and joins the stays of a VM that moved. */
static void stays_arrange(struct timeline *t)
{
	uint32_t count = t->count;
	uint32_t *place = memory_new(count, sizeof *place, "events of a timeline");
	if (count) /* qsort takes no NULL */
		qsort(t->events, count, sizeof *t->events, event_order);
	for (uint32_t i = 0; i < count; i++) {
		struct trace_event *e = &t->events[i];
		place[e->order] = i;
		if (e->phase == PHASE_STAY)
			e->lane = lane_take(&t->lanes[e->pid], e);
	}
	for (uint32_t i = 0; i < count; i++) {
		struct trace_event to = t->events[i];
		if (to.phase != PHASE_STAY || to.before == NONE)
			continue;
		struct trace_event from = t->events[place[to.before]];
		double start_s = isnan(from.leaves_s) ? from.ts_s : from.leaves_s;
		for (unsigned end = 0; end < 2; end++) {
			const struct trace_event *at = end ? &to : &from;
			struct trace_event *e = event_add(t, end ? PHASE_FLOW_END : PHASE_FLOW_START, at->pid,
			                                  end ? to.ts_s : start_s);
			e->end_s = end ? start_s : to.ts_s;
			e->lane = at->lane;
			e->before = to.order; /* names the flow */
			e->text = to.text;
		}
	}
	free(place);
}

/* One counter of the entities of a series. */
struct counter {
	const char *series, *name;
	bool hosts, share;                   /* share: per cent of the host's CPU */
};

static const struct counter counters[] = {
	{"series/sites/power_w", "power (W)", false, false},
	{"series/sites/on", "hosts on", false, false},
	{"series/sites/demanded_ghz", "CPU demanded (GHz)", false, false},
	{"series/sites/delivered_ghz", "CPU delivered (GHz)", false, false},
	{"series/hosts/power_w", "power (W)", true, false},
	{"series/hosts/delivered_ghz", "CPU utilisation (%)", true, true},
};

/* The names of one counter's entities and the last value of each. */
struct counter_state {
	const char **names;
	double *capacity_ghz;
	float *last;
};

static void counter_walk(struct timeline *t, const struct counter *counter,
                         const struct results_series *s, struct counter_state *state)
{
	uint64_t shown = counter->hosts && s->entities > t->shown ? t->shown : s->entities, added = 0;
	/* In the order of time: when there are more than may be written, none of the rest would be. */
	for (uint64_t time = 0; time < s->times && added <= t->limits->events; time++) {
		for (uint64_t i = 0; i < shown; i++) {
			float value = s->values[time * s->entities + i];
			if (time && value == state->last[i])
				continue;
			state->last[i] = value;
			uint32_t pid = counter->hosts ? PID_HOSTS + (uint32_t)i : PID_SITES;
			struct trace_event *e = event_add(t, PHASE_COUNTER, pid, s->time_s[time]);
			e->text = counter->hosts ? counter->name : state->names[i];
			e->end_s = (double)value;
			if (counter->share)
				e->end_s *= 100 / state->capacity_ghz[i];
			added++;
		}
	}
}

static const char **counter_names(struct timeline *t, const struct counter *counter, uint64_t *count)
{
	const char **names = columns_texts(t->results, "sites", "name", count);
	for (uint64_t i = 0; names && i < *count; i++) {
		char name[200];
		snprintf(name, sizeof name, "%.100s: %s", names[i], counter->name);
		names[i] = results_keep(t->results, name);
	}
	return names;
}

static void counter_collect(struct timeline *t, const struct counter *counter)
{
	struct results_series s;
	struct counter_state state = {0};
	uint64_t named = t->hosts, sized = named;
	if (!results_series(t->results, counter->series, &s))
		return;
	if (!counter->hosts)
		state.names = counter_names(t, counter, &named);
	if (counter->share)
		state.capacity_ghz = columns_reals(t->results, "hosts", "cpu_ghz", &sized);
	state.last = memory_new(s.entities, sizeof *state.last, "counters of a timeline");
	if (named == s.entities && (!counter->hosts || sized == s.entities)) {
		counter_walk(t, counter, &s, &state);
		t->counts->counters = true;
	}
	free(state.names);
	free(state.capacity_ghz);
	free(state.last);
}

static void named(FILE *out, const char *what, uint64_t pid, uint64_t lane, const char *name)
{
	fprintf(out, "{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%" PRIu64 ",\"tid\":%" PRIu64
	        ",\"args\":{\"name\":", what, pid, lane);
	text_json(out, name);
	fputs("}},\n", out);
}

static void metadata_write(FILE *out, const struct timeline *t)
{
	named(out, "process_name", PID_SITES, 0, "datacenter");
	named(out, "process_name", PID_WAITING, 0, "waiting for a place");
	for (uint64_t i = 0; i < t->shown; i++) {
		char lane_name[32];
		uint64_t pid = PID_HOSTS + i;
		named(out, "process_name", pid, 0, t->host_names[i]);
		fprintf(out, "{\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":%" PRIu64
		        ",\"tid\":0,\"args\":{\"sort_index\":%" PRIu64 "}},\n", pid, pid);
		named(out, "thread_name", pid, 0, "state of the host");
		for (uint32_t lane = 1; lane <= t->lanes[pid].count; lane++) {
			snprintf(lane_name, sizeof lane_name, "VM lane %u", lane);
			named(out, "thread_name", pid, lane, lane_name);
		}
	}
}

static void event_write(FILE *out, const struct trace_event *e)
{
	static const char *const openings[] = {
		[PHASE_STAY] = "{\"ph\":\"X\",\"cat\":\"vm\"",
		[PHASE_STATE] = "{\"ph\":\"X\",\"cat\":\"host\"",
		[PHASE_REFUSED] = "{\"ph\":\"i\",\"s\":\"p\",\"cat\":\"refused\"",
		[PHASE_FLOW_START] = "{\"ph\":\"s\",\"cat\":\"migration\"",
		[PHASE_FLOW_END] = "{\"ph\":\"f\",\"bp\":\"e\",\"cat\":\"migration\"",
		[PHASE_COUNTER] = "{\"ph\":\"C\"",
	};
	fprintf(out, "%s,\"pid\":%u,\"tid\":%u,\"ts\":%.3f,\"name\":", openings[e->phase], e->pid, e->lane,
	        e->ts_s * 1e6);
	text_json(out, e->text);
	if (e->phase == PHASE_STAY || e->phase == PHASE_STATE)
		fprintf(out, ",\"dur\":%.3f}", (e->end_s - e->ts_s) * 1e6);
	else if (e->phase == PHASE_FLOW_START || e->phase == PHASE_FLOW_END)
		fprintf(out, ",\"id\":%u}", e->before);
	else if (e->phase == PHASE_COUNTER)
		fprintf(out, ",\"args\":{\"value\":%.7g}}", e->end_s);
	else
		fputc('}', out);
}

/* Where the limit cuts: a moment, so that what is written is whole up to there. */
static double cut_at(const struct timeline *t)
{
	if (t->count <= t->limits->events)
		return (double)INFINITY;
	return t->events[t->limits->events].ts_s;
}

static void events_write(FILE *out, struct timeline *t)
{
	double cut_s = cut_at(t);
	t->counts->cut = isfinite(cut_s);
	t->counts->until_s = t->counts->cut ? cut_s : t->span_s;
	for (uint32_t i = 0; i < t->count && t->events[i].ts_s < cut_s; i++) {
		const struct trace_event *e = &t->events[i];
		bool flow = e->phase == PHASE_FLOW_START || e->phase == PHASE_FLOW_END;
		if (e->lane == NONE || (flow && e->end_s >= cut_s))
			continue;
		fputs(t->counts->events++ ? ",\n" : "", out);
		event_write(out, e);
	}
}

static void document_write(FILE *out, struct timeline *t)
{
	fputs("{\"displayTimeUnit\":\"ms\",\"otherData\":{\"source\":\"vdcsim\",\"scenario\":", out);
	text_json(out, results_scenario_name(t->results));
	fprintf(out, ",\"seed\":\"%" PRIu64 "\"},\n\"traceEvents\":[\n", results_seed(t->results));
	metadata_write(out, t);
	named(out, "thread_name", PID_SITES, 0, "sites");
	events_write(out, t);
	/* A list may not end with a comma: the metadata's last one needs an event behind it. */
	if (!t->counts->events)
		fputs("{\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":1,\"tid\":0,"
		      "\"args\":{\"sort_index\":1}}", out);
	fputs("\n]}\n", out);
}

void timeline_write(FILE *out, struct results *results, const struct timeline_limits *limits,
                    struct timeline_counts *counts)
{
	struct timeline t = {.results = results, .limits = limits, .counts = counts};
	struct summary summary;
	struct provenance provenance;
	*counts = (struct timeline_counts){0};
	results_summary(results, &summary, &provenance);
	t.span_s = summary.simulated_s;
	t.host_names = columns_texts(results, "hosts", "name", &t.hosts);
	t.vm_names = columns_texts(results, "vms", "name", &t.vms);
	t.shown = t.hosts < limits->hosts ? t.hosts : limits->hosts;
	t.lanes = memory_new(PID_HOSTS + t.hosts, sizeof *t.lanes, "lanes of a timeline");
	lives_collect(&t);
	stays_arrange(&t);
	for (unsigned i = 0; i < sizeof counters / sizeof *counters; i++)
		counter_collect(&t, &counters[i]);
	if (t.count)
		qsort(t.events, t.count, sizeof *t.events, event_order);
	document_write(out, &t);
	counts->hosts = t.shown;
	counts->hosts_left_out = t.hosts - t.shown;
	for (uint64_t pid = 0; pid < PID_HOSTS + t.hosts; pid++)
		free(t.lanes[pid].until_s);
	free(t.lanes);
	free(t.events);
	free(t.host_names);
	free(t.vm_names);
}

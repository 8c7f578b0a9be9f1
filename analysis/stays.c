/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows each guest from event to event, and draws what it was in between. */
#include "analysis/stays.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/plot.h"
#include "models/vm.h"
#include "sim/memory.h"

/* How a state looks: those of one look are one entry of the key. A guest on no host is a thin line. */
struct look {
	const char *title, *colour;
	double half;                         /* of the bar's height */
	uint32_t states;                     /* bit s */
};

#define IS(state) (1u << (state))

/* Beside the states of guests: migrating, and at the target already. */
#define STATE_FOLLOWED VM_STATES
#define STATE_UNTOLD (VM_STATES + 1)     /* the event says nothing about it */
/* Of the span: what is shorter cannot be seen and needs no entry in the key. */
#define VISIBLE 1e-3

static const struct look looks[] = {
	{"waiting", "#999999", 0.10, IS(VM_WAITING)},
	{"starting", PLOT_SKY, 0.40, IS(VM_STARTING)},
	{"running", PLOT_BLUE, 0.40, IS(VM_RUNNING)},
	{"migrating", "#000000", 0.40, IS(VM_MIGRATING)},
	{"moved, memory follows", "#707070", 0.40, IS(STATE_FOLLOWED)},
	{"paused", "#F0E442", 0.40, IS(VM_PAUSED)},
	{"saving", PLOT_ORANGE, 0.40, IS(VM_SAVING)},
	{"saved", "#8C6D31", 0.10, IS(VM_SAVED)},
	{"restoring", PLOT_GREEN, 0.40, IS(VM_RESTORING)},
	{"shutting down", PLOT_PURPLE, 0.40, IS(VM_SHUTTING_DOWN) | IS(VM_REBOOTING)},
	{"crashed, lost", PLOT_VERMILION, 0.10, IS(VM_CRASHED) | IS(VM_LOST)},
	{"preserved", "#7A1F1F", 0.40, IS(VM_PRESERVED)},
	{"cloning", "#C0C0C0", 0.25, IS(VM_CLONING)},
};
#define LOOKS (sizeof looks / sizeof *looks)

/* The state in which an event leaves its guest. */
static int state_after(const char *kind, int64_t value)
{
	static const struct {
		const char *kind;
		int state;
	} told[] = {
		{"vm_placed", VM_RUNNING}, {"vm_waits", VM_WAITING}, {"vm_refused", VM_REFUSED},
		{"vm_ended", VM_STOPPED}, {"vm_lost", VM_LOST}, {"migration_start", VM_MIGRATING},
		{"migration_switch", STATE_FOLLOWED}, {"migration_end", VM_RUNNING},
		{"migration_failed", VM_RUNNING},
	};
	if (strcmp(kind, "vm_state") == 0)
		return value >= 0 && value < VM_STATES ? (int)value : STATE_UNTOLD;
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (strcmp(kind, told[i].kind) == 0)
			return told[i].state;
	return STATE_UNTOLD;
}

static void stay_add(struct stays *s, const struct stay *since, double to_s)
{
	if (!since->row || !(since->from_s < to_s))
		return;
	ARRAY_GROW(s->all, s->count, s->room, "states of VMs");
	s->all[s->count] = *since;
	s->all[s->count++].to_s = to_s;
}

/* True when one of the states is told by an event of its own. */
static bool events_walk(struct stays *s, const struct results_table *table, struct stay *now, uint64_t vms)
{
	const struct results_column *time = column_named(table, "time_s");
	const struct results_column *kind = column_named(table, "kind"), *vm = column_named(table, "vm");
	const struct results_column *value = column_named(table, "value");
	bool told = false;
	if (!time || !kind || !vm || !value || !time->reals || !kind->texts || !vm->ints || !value->ints)
		return false;
	for (uint64_t i = 0; i < table->rows; i++) {
		int64_t v = vm->ints[i];
		int state = state_after(kind->texts[i], value->ints[i]);
		told |= strcmp(kind->texts[i], "vm_state") == 0;
		if (v < 0 || (uint64_t)v >= vms || state == STATE_UNTOLD)
			continue;
		stay_add(s, &now[v], time->reals[i]);
		now[v].from_s = time->reals[i];
		now[v].state = state;
	}
	return told;
}

bool stays_read(struct stays *s, struct results *results, const uint64_t *row_of, uint64_t vms,
                double span_s)
{
	*s = (struct stays){0};
	const struct results_table *table = results_table(results, "events");
	if (!table)
		return false;
	struct stay *now = memory_new(vms, sizeof *now, "states of VMs");
	for (uint64_t v = 0; v < vms; v++)
		now[v] = (struct stay){.row = row_of[v], .state = VM_DEFINED};
	bool told = events_walk(s, table, now, vms);
	for (uint64_t v = 0; v < vms; v++)
		stay_add(s, &now[v], span_s);
	free(now);
	if (!told)
		stays_free(s);
	return told;
}

void stays_free(struct stays *s)
{
	free(s->all);
	*s = (struct stays){0};
}

/* The line above the data lets a datablock be empty. */
void stays_put(FILE *gnuplot, const struct stays *s, double unit)
{
	for (size_t k = 0; k < LOOKS; k++) {
		fprintf(gnuplot, "$look%zu << EOD\nNaN NaN NaN\n", k);
		for (uint32_t i = 0; i < s->count; i++) {
			const struct stay *stay = &s->all[i];
			if (looks[k].states & IS(stay->state))
				fprintf(gnuplot, "%llu %.9g %.9g\n", (unsigned long long)stay->row,
				        stay->from_s / unit, stay->to_s / unit);
		}
		fputs("EOD\n", gnuplot);
	}
}

void stays_plot(FILE *gnuplot, const struct stays *s)
{
	uint32_t occur = IS(VM_RUNNING); /* so that there is something to plot */
	double span_s = 0;
	for (uint32_t i = 0; i < s->count; i++)
		span_s = s->all[i].to_s > span_s ? s->all[i].to_s : span_s;
	for (uint32_t i = 0; i < s->count; i++) {
		const struct stay *stay = &s->all[i];
		/* Only the activation of a pre-copy is as short as that, and each has one. */
		if (stay->state != STATE_FOLLOWED || stay->to_s - stay->from_s > VISIBLE * span_s)
			occur |= IS(stay->state);
	}
	const char *comma = "plot";
	for (size_t k = 0; k < LOOKS; k++) {
		if (!(looks[k].states & occur))
			continue;
		fprintf(gnuplot, "%s $look%zu using 2:1:2:3:($1-%g):($1+%g) with boxxyerror lc rgb '%s' "
		        "title '%s'", comma, k, looks[k].half, looks[k].half, looks[k].colour,
		        looks[k].title);
		comma = ",";
	}
}

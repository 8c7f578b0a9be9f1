/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Presets of hypervisors and mixes of work, changed as a scenario says. */
#include "scenarios/hypervisors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/warm.h"
#include "scenarios/quantity.h"

#define RATE_MOST 1e9
#define COST_MOST 1e12
#define RATES (OPERATIONS + CODES + 1)

static enum hypervisor_parameter parameter_find(const char *name)
{
	int p = 0;
	while (p < HYPERVISOR_PARAMETERS && strcmp(hypervisor_parameters[p].name, name) != 0)
		p++;
	return (enum hypervisor_parameter)p;
}

/* "syscalls", ... "kernel", "page_walks": where a mix keeps it. */
static const char *rate_name(int i)
{
	return i < OPERATIONS           ? operation_names[i]
	       : i < OPERATIONS + CODES ? code_names[i - OPERATIONS]
	                                : "page_walks";
}

static double *rate_at(struct mix *mix, int i)
{
	return i < OPERATIONS           ? &mix->per_s[i]
	       : i < OPERATIONS + CODES ? &mix->share[i - OPERATIONS]
	                                : &mix->walk_01;
}

static int rate_find(const char *name)
{
	int i = 0;
	while (i < RATES && strcmp(rate_name(i), name) != 0)
		i++;
	return i;
}

static struct hypervisor hypervisor_of(const struct scenario_host *g)
{
	struct hypervisor h = *hypervisor_find(g->hypervisor);
	for (uint32_t i = 0; i < g->hypervisor_value_count; i++) {
		enum hypervisor_parameter p = parameter_find(g->hypervisor_values[i].name);
		if (p < HYPERVISOR_PARAMETERS)
			*hypervisor_value(&h, p) = g->hypervisor_values[i].value;
	}
	return h;
}

static struct mix mix_of(const struct scenario_vm *g)
{
	struct mix mix = *mix_find(g->mix);
	for (uint32_t i = 0; i < g->mix_value_count; i++) {
		int rate = rate_find(g->mix_values[i].name);
		if (rate < RATES)
			*rate_at(&mix, rate) = g->mix_values[i].value;
	}
	return mix;
}

static struct hypervisor_guest guest_of(const struct scenario *s, const struct scenario_vm *g,
                                        const struct mix *mix)
{
	struct hypervisor_guest guest = {
		.mix = mix, .guest.form = g->form, .technique = g->technique,
		.has_technique = g->has_technique, .nested = g->inside != NULL,
		.io = g->io, .has_io = g->has_io,
	};
	for (uint32_t i = 0; g->image && i < s->image_count; i++)
		if (strcmp(s->images[i].name, g->image) == 0) {
			guest.guest.isa = s->images[i].isa;
			guest.guest.os = s->images[i].os;
		}
	return guest;
}

/* One value of a mapping: its name among those known, its unit, its range. */
struct known {
	const char *what, *unit;
	const char *const *names;
	size_t count;
	double most;
};

static void check_value(const struct scenario_value *v, const struct yaml_node *map,
	const struct known *known,
                        struct diag *diag)
{
	const struct yaml_node *text = yaml_get(map, v->name);
	const char *rest = "", *near;
	double number;
	if (!known->unit) {
		near = diag_near(v->name, known->names, known->count);
		diag_error(diag, v->place, "unknown %s '%.60s'%s%s%s", known->what, v->name,
		           near ? "; did you mean '"
		           	: "; 'vdcsim list hypervisors kvm' and 'list mixes' tell them",
		           near ? near : "", near ? "'?" : "");
	} else if (text && quantity_number(text->text, &number, &rest) == QUANTITY_OK &&
	           strcmp(rest, known->unit) != 0) {
		diag_error(diag, v->place, "%s '%s' is in %s; '%.40s' is not", known->what, v->name,
		           *known->unit ? known->unit : "plain numbers", text->text);
	} else if (!(v->value >= 0 && v->value <= known->most)) {
		diag_error(diag, v->place, "%s '%s' is %g; it must be from 0 to %g", known->what, v->name,
		           v->value, known->most);
	}
}

static const struct yaml_node *element(const struct yaml_node *root, const char *list, uint32_t i)
{
	const struct yaml_node *node = yaml_get(root, list);
	return node && node->kind == YAML_LIST && i < node->count ? node->items[i] : NULL;
}

static const struct yaml_node *under(const struct yaml_node *node, const char *a, const char *b)
{
	node = node ? yaml_get(node, a) : NULL;
	return node ? yaml_get(node, b) : NULL;
}

static void check_host(const struct scenario_host *g, const struct yaml_node *node, struct diag *diag)
{
	const char *names[HYPERVISOR_PARAMETERS];
	for (int p = 0; p < HYPERVISOR_PARAMETERS; p++)
		names[p] = hypervisor_parameters[p].name;
	struct known known = {"parameter", NULL, names, HYPERVISOR_PARAMETERS, COST_MOST};
	for (uint32_t i = 0; i < g->hypervisor_value_count; i++) {
		enum hypervisor_parameter p = parameter_find(g->hypervisor_values[i].name);
		known.unit = p < HYPERVISOR_PARAMETERS ? hypervisor_parameters[p].unit : NULL;
		if (known.unit && strcmp(known.unit, "1") == 0)
			known.unit = "";
		check_value(&g->hypervisor_values[i], under(node, "hypervisor", "parameters"), &known, diag);
	}
}

static void check_mix(const struct scenario_vm *g, const struct yaml_node *node, struct diag *diag)
{
	const char *names[RATES];
	uint32_t errors = diag->errors;
	for (int i = 0; i < RATES; i++)
		names[i] = rate_name(i);
	for (uint32_t i = 0; i < g->mix_value_count; i++) {
		bool rate = rate_find(g->mix_values[i].name) < OPERATIONS;
		bool found = rate_find(g->mix_values[i].name) < RATES;
		const struct known known = {"rate", found ? "" : NULL, names, RATES, rate ? RATE_MOST : 1};
		check_value(&g->mix_values[i], under(node, "workload", "rates"), &known, diag);
	}
	struct mix mix = mix_of(g);
	const char *why = mix_check(&mix);
	if (why && diag->errors == errors)
		diag_error(diag, g->mix_value_count ? g->mix_values[0].place : g->place,
			"workload of '%s': %s",
		           g->name, why);
}

/* A guest that no host could ever run is told with the reason of each kind of host. */
static void check_runs(const struct scenario *s, const struct scenario_vm *g, struct diag *diag)
{
	char why[600] = "";
	size_t used = 0;
	struct mix mix = mix_of(g);
	struct hypervisor_guest guest = guest_of(s, g, &mix);
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		if (!s->hosts[i].has_hypervisor)
			return;
		struct hypervisor h = hypervisor_of(&s->hosts[i]);
		const char *refused = hypervisor_refusal(&h, &guest);
		if (!refused)
			return;
		if (used < sizeof why)
			used += (size_t)snprintf(why + used, sizeof why - used, "%s%s (%s): %s", used
				? "; " : "",
			                         s->hosts[i].name, h.name, refused);
	}
	diag_error(diag, g->place, "VMs of '%s' can run on no host: %s", g->name, why);
}

/* What only a hypervisor reads has no effect without one. */
static void check_used(const struct scenario_vm *g, const struct yaml_node *node, struct diag *diag)
{
	static const char *const keys[] = {"workload", "guest", "technique", "io"};
	for (int k = 0; k < 4; k++) {
		const struct yaml_node *given = node ? yaml_get(node, keys[k]) : NULL;
		if (given)
			diag_warning(diag, given->place,
				"'%s' of '%s' has no effect: no host has a 'hypervisor'",
			             keys[k], g->name);
	}
}

void hypervisors_check(const struct scenario *s, const struct yaml_node *root, struct diag *diag)
{
	uint32_t errors = diag->errors;
	bool any = false;
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		any = any || s->hosts[i].has_hypervisor;
		check_host(&s->hosts[i], element(root, "hosts", i), diag);
	}
	for (uint32_t i = 0; i < s->vm_group_count; i++) {
		const struct yaml_node *node = element(root, "vms", i);
		check_mix(&s->vms[i], node, diag);
		if (!any)
			check_used(&s->vms[i], node, diag);
	}
	for (uint32_t i = 0; any && diag->errors == errors && i < s->vm_group_count; i++)
		check_runs(s, &s->vms[i], diag);
}

void hypervisors_build(struct world *world, const struct scenario *s)
{
	bool any = false;
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		if (!s->hosts[i].has_hypervisor)
			continue;
		struct hypervisor *h = arena_new(&world->arena, 1, sizeof *h);
		*h = hypervisor_of(&s->hosts[i]);
		world->host_types[i].hypervisor = h;
		any = true;
	}
	if (!any)
		return;
	struct mix *mixes = memory_new(world->vm_type_count, sizeof *mixes, "mixes of work");
	struct hypervisor_guest *guests = memory_new(world->vm_type_count, sizeof *guests, "kinds of guests");
	for (uint32_t t = 0; t < world->vm_type_count; t++) {
		const struct scenario_vm *g = &s->vms[world->vm_types[t].group];
		mixes[t] = mix_of(g);
		guests[t] = guest_of(s, g, &mixes[t]);
	}
	hypervisor_install(world, guests);
	warm_init(world);
	free(guests);
	free(mixes);
}

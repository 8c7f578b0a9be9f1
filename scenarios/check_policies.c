/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of policies: questions, parameters, and what the control loop needs. */
#include "scenarios/check_policies.h"

#include <stdio.h>
#include <string.h>

#include "policies/registry.h"
#include "scenarios/quantity.h"

#define LOOKS_MOST 10000000

static void check_parameter(const struct check *c, const struct policy *p, const struct scenario_value *value,
                            const char *text)
{
	const char *known[64] = {NULL};
	size_t n = 0;
	for (const struct policy_parameter *q = p->parameters; q && q->name && n < 64; q++) {
		known[n++] = q->name;
		if (strcmp(q->name, value->name) != 0)
			continue;
		const char *rest = "";
		double number;
		if (quantity_number(text, &number, &rest) == QUANTITY_OK && strcmp(rest, q->unit) != 0)
			diag_error(c->diag, value->place, "parameter '%s' is in %s; '%.40s' is not", q->name,
			           *q->unit ? q->unit : "plain numbers", text);
		else if (!(value->value >= q->least && value->value <= q->most))
			diag_error(c->diag, value->place, "parameter '%s' is %g; it must be from %g to %g",
			           q->name, value->value, q->least, q->most);
		return;
	}
	const char *near = diag_near(value->name, known, n);
	if (near)
		diag_error(c->diag, value->place, "policy %s has no parameter '%.60s'; did you mean '%s'?",
		           p->name, value->name, near);
	else
		diag_error(c->diag, value->place, "policy %s has no parameter '%.60s'%s", p->name,
		           value->name, n ? "" : "; it has none at all");
}

static void check_parameters(const struct check *c, const struct policy *p, const struct yaml_node *given,
                             const struct scenario_asked *asked)
{
	for (uint32_t i = 0; p && given && i < asked->value_count; i++) {
		const struct yaml_node *text = yaml_get(given, asked->values[i].name);
		if (text && text->kind == YAML_SCALAR)
			check_parameter(c, p, &asked->values[i], text->text);
	}
}

/* The built-in policies that answer a question, and the one whose name is nearest. */
static void answerers_tell(const struct check *c, const struct scenario_asked *asked, enum question question)
{
	const char *known[128] = {NULL};
	char all[600] = "";
	size_t n = 0, used = 0;
	for (const struct policy *const *p = policy_registry; *p && n < 128; p++) {
		if (!question_answered(*p, question))
			continue;
		if (used < sizeof all)
			used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", n ? ", " : "",
			                         (*p)->name);
		known[n++] = (*p)->name;
	}
	const char *near = diag_near(asked->policy, known, n);
	diag_error(c->diag, asked->place, "policy %.60s does not answer '%s'%s%s%s%s%s", asked->policy,
	           question_names[question], near ? "; did you mean '" : "", near ? near : "",
	           near ? "'?" : "", n ? "; these do: " : "; no built-in policy does", all);
}

static void check_question(const struct check *c, enum question question)
{
	const struct scenario_asked *asked = &c->s->control.asked[question];
	const struct yaml_node *section = yaml_get(yaml_get(c->root, "control"), question_names[question]);
	if (!asked->policy) {
		const struct yaml_node *values = yaml_get(section, "parameters");
		if (values)
			diag_error(c->diag, values->place,
			           "'parameters' without a 'policy' that they are of");
		return;
	}
	const struct policy *p = plugins_policy(&c->s->plugins, asked->policy);
	if (!p) /* told already */
		return;
	if (!question_answered(p, question))
		answerers_tell(c, asked, question);
	check_parameters(c, p, yaml_get(section, "parameters"), asked);
}

static void check_control(const struct check *c)
{
	const struct scenario *s = c->s;
	const struct yaml_node *section = yaml_get(c->root, "control");
	if (!s->has_control || s->control.interval_ns <= 0) /* the latter: no mapping, which was told */
		return;
	for (unsigned q = 0; q < QUESTIONS; q++)
		check_question(c, (enum question)q);
	if (s->duration_ns / s->control.interval_ns > LOOKS_MOST)
		diag_error(c->diag, yaml_at(c->root, "control.interval")->place,
		           "more than %d looks in the run's duration; make the interval longer", LOOKS_MOST);
	if (s->control.asked[ASK_OVERLOAD].policy && !s->control.asked[ASK_SELECTION].policy)
		diag_error(c->diag, section ? section->place : s->control.place,
		           "'overload' finds hotspots, but 'selection' does not say which VM leaves them");
	if (s->control.asked[ASK_SELECTION].policy && !s->control.asked[ASK_OVERLOAD].policy)
		diag_error(c->diag, s->control.asked[ASK_SELECTION].place,
		           "'selection' is not used without 'overload'");
	if (s->control.asked[ASK_SCALING].policy)
		diag_error(c->diag, s->control.asked[ASK_SCALING].place,
		           "'scaling' is not carried out yet: no model shares a service's work among VMs");
	if (s->control.asked[ASK_WORTH].policy && !s->control.asked[ASK_UNDERLOAD].policy)
		diag_error(c->diag, s->control.asked[ASK_WORTH].place,
		           "'worth' is not used without 'underload'");
}

static void check_placement(const struct check *c)
{
	const struct scenario *s = c->s;
	const struct policy *p = s->policy ? plugins_policy(&s->plugins, s->policy) : NULL;
	const struct scenario_asked asked = {s->policy, s->policy_place, s->policy_values,
	                                     s->policy_value_count};
	if (p && !p->place)
		diag_error(c->diag, s->policy_place, "policy %s does not say where a VM is placed: it has no "
		           "`place`", p->name);
	check_parameters(c, p, yaml_get(yaml_get(c->root, "placement"), "parameters"), &asked);
}

static void check_maintenance(const struct check *c)
{
	const struct scenario *s = c->s;
	for (uint32_t i = 0; i < s->action_count; i++) {
		const struct scenario_action *a = &s->actions[i];
		bool maintains = a->kind == ACTION_HOST_DRAIN || a->kind == ACTION_HOST_UNDRAIN;
		if (maintains && !s->has_control)
			diag_error(c->diag, check_place(c, "actions", i, "do"),
			           "action %s needs a section 'control': its target policy says where "
			           "the VMs go",
			           action_kind_names[a->kind]);
		if (a->has_by && a->kind != ACTION_HOST_DRAIN)
			diag_error(c->diag, check_place(c, "actions", i, "by"),
			           "only host_drain takes a 'by'");
		else if (a->has_by && a->by_ns < a->at_ns)
			diag_error(c->diag, check_place(c, "actions", i, "by"),
			           "the deadline is before the action");
	}
}

void check_policies(const struct check *c)
{
	check_placement(c);
	check_control(c);
	check_maintenance(c);
}

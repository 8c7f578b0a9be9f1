/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carbon and money of a scenario. */
#include "scenarios/money.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/carbon_trace.h"
#include "scenarios/quantity.h"

const char *const currency_names[CURRENCIES] = {[CURRENCY_EUR] = "EUR", [CURRENCY_USD] = "USD"};

/* Every key that holds an amount. */
static const struct amount {
	const char *list, *key;
	size_t offset;
} amounts[] = {
	{"sites", "electricity_price", offsetof(struct scenario_site, electricity_price)},
	{"sites", "rack_unit_price", offsetof(struct scenario_site, rack_unit_price)},
	{"hosts", "price", offsetof(struct scenario_host, price)},
	{"hosts", "administration", offsetof(struct scenario_host, administration)},
	{"hosts", "licence", offsetof(struct scenario_host, licence)},
	{"hosts", "core_licence", offsetof(struct scenario_host, core_licence)},
	{"vms", "price", offsetof(struct scenario_vm, price)},
};

/* The i-th element of a list of the scenario, or NULL past its end. */
static void *element(struct scenario *s, const char *list, uint32_t i)
{
	if (strcmp(list, "sites") == 0)
		return i < s->site_count ? &s->sites[i] : NULL;
	if (strcmp(list, "hosts") == 0)
		return i < s->host_group_count ? &s->hosts[i] : NULL;
	return i < s->vm_group_count ? (void *)&s->vms[i] : NULL;
}

/* The node of a key of a list's element if it is there: given, or from the catalogue. */
static const struct yaml_node *given(const struct yaml_node *root, const char *list, uint32_t i,
                                     const char *key)
{
	const struct yaml_node *node = yaml_get(root, list);
	return node && node->kind == YAML_LIST && i < node->count ? yaml_get(node->items[i], key) : NULL;
}

static void amount_settle(struct scenario *s, const struct yaml_node *node, double *amount)
{
	double number;
	const char *unit = "";
	if (node->kind != YAML_SCALAR || quantity_number(node->text, &number, &unit) != QUANTITY_OK || !*unit)
		return; /* told by the key's own check; or a bare 0 */
	bool usd = strcmp(unit, "USD") == 0;
	if (usd && s->currency == CURRENCY_EUR)
		*amount /= s->usd_per_eur;
	if (!usd && s->currency == CURRENCY_USD)
		*amount *= s->usd_per_eur;
}

void money_settle(struct scenario *s, const struct yaml_node *root)
{
	for (size_t k = 0; k < sizeof amounts / sizeof *amounts; k++) {
		char *base;
		for (uint32_t i = 0; (base = element(s, amounts[k].list, i)) != NULL; i++) {
			const struct yaml_node *node = given(root, amounts[k].list, i, amounts[k].key);
			if (node)
				amount_settle(s, node, (double *)(void *)(base + amounts[k].offset));
		}
	}
}

/* A catalogue entry tells facts of a machine, whether the scenario uses them or not. */
static bool of_catalog(const struct yaml_node *node, const struct scenario_host *h)
{
	char end[96];
	snprintf(end, sizeof end, "/catalog/%.63s.yaml", h->type ? h->type : "");
	size_t length = strlen(end), file = node->place.file ? strlen(node->place.file) : 0;
	return h->type && file >= length && strcmp(node->place.file + file - length, end) == 0;
}

static uint32_t site_index(const struct scenario *s, const char *name)
{
	for (uint32_t i = 0; name && i < s->site_count; i++)
		if (s->sites[i].name && strcmp(s->sites[i].name, name) == 0)
			return i;
	return 0; /* a site whose name is wrong has none */
}

static void check_host(const struct scenario *s, const struct yaml_node *root, uint32_t i, struct diag *diag)
{
	const struct scenario_host *h = &s->hosts[i];
	const struct yaml_node *years = given(root, "hosts", i, "depreciation_years");
	const struct yaml_node *units = given(root, "hosts", i, "rack_units");
	uint32_t site = site_index(s, h->site);
	bool priced = given(root, "sites", site, "rack_unit_price") != NULL;
	if (years && !given(root, "hosts", i, "price"))
		diag_error(diag, years->place, "'depreciation_years' is not used: the group has no 'price'");
	if (units && !priced && !of_catalog(units, h))
		diag_error(diag, units->place,
		           "'rack_units' is not used: site '%.60s' has no 'rack_unit_price'",
		           s->sites[site].name);
	if (priced && !units)
		diag_error(diag, h->place,
		           "hosts of '%.60s' need 'rack_units': their site '%.60s' has a 'rack_unit_price'",
		           h->name, s->sites[site].name);
}

static void check_carbon(const struct scenario *s, const struct yaml_node *root, uint32_t i,
                         struct diag *diag)
{
	const struct scenario_site *site = &s->sites[i];
	const struct yaml_node *node = given(root, "sites", i, "carbon_trace");
	int64_t start_s;
	if (!node || node->kind != YAML_MAP)
		return;
	const struct yaml_node *constant = given(root, "sites", i, "carbon");
	const struct yaml_node *start = yaml_get(node, "start");
	if (constant)
		diag_error(diag, constant->place, "'carbon' is not used: the site has a 'carbon_trace'");
	if (!yaml_get(node, "trace"))
		diag_error(diag, node->place,
		           "carbon_trace needs 'trace': a name (carbon/DE) or a path");
	if (!start)
		diag_error(diag, node->place,
		           "carbon_trace needs 'start': when the run begins, 2023-01-15T00:00Z");
	else if (site->carbon_start && !instant_read(site->carbon_start, &start_s))
		diag_error(diag, start->place,
		           "'start' is an instant in UTC, from 1970 on: 2023-01-15 or 2023-01-15T00:00Z");
	if (s->rules.energy != ENERGY_EXACT)
		diag_error(diag, node->place,
		           "carbon_trace needs 'energy: {rule: exact}': others tell no energy of an hour");
}

void money_check(const struct scenario *s, const struct yaml_node *root, struct diag *diag)
{
	for (uint32_t i = 0; s->site_count && i < s->host_group_count; i++)
		check_host(s, root, i, diag);
	for (uint32_t i = 0; i < s->site_count; i++)
		check_carbon(s, root, i, diag);
}

void money_costs(struct costs *costs, const struct scenario *s)
{
	*costs = (struct costs){
		.currency = currency_names[s->currency],
		.sites = memory_new(s->site_count, sizeof *costs->sites, "prices"),
		.hosts = memory_new(s->host_group_count, sizeof *costs->hosts, "prices"),
		.vms_per_hour = memory_new(s->vm_group_count, sizeof *costs->vms_per_hour, "prices"),
	};
	for (uint32_t i = 0; i < s->site_count; i++)
		costs->sites[i] = (struct costs_site){
			s->sites[i].electricity_price, s->sites[i].rack_unit_price};
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		const struct scenario_host *h = &s->hosts[i];
		costs->hosts[i] = (struct costs_host){
			.price = h->price, .depreciation_years = h->depreciation_years,
			.rack_units = h->rack_units, .administration_per_year = h->administration,
			.licence_per_year = h->licence + (double)h->cores * h->core_licence,
		};
	}
	for (uint32_t i = 0; i < s->vm_group_count; i++)
		costs->vms_per_hour[i] = s->vms[i].price;
}

void money_costs_free(struct costs *costs)
{
	free(costs->sites);
	free(costs->hosts);
	free(costs->vms_per_hour);
	*costs = (struct costs){0};
}

bool money_carbon(struct carbon_series **series, const struct scenario *s, struct diag *diag)
{
	uint32_t traced = 0;
	bool well = true;
	*series = NULL;
	for (uint32_t i = 0; i < s->site_count; i++)
		traced += s->sites[i].carbon_trace != NULL;
	if (!traced)
		return true;
	struct carbon_series *all = memory_new(s->site_count, sizeof *all, "carbon intensities");
	for (uint32_t i = 0; i < s->site_count; i++) {
		const struct scenario_site *site = &s->sites[i];
		struct carbon_span span = {0, s->duration_ns};
		if (!site->carbon_trace || !instant_read(site->carbon_start, &span.start_s))
			continue;
		well = carbon_trace_read(site->carbon_trace, &span, &all[i], site->carbon_place, diag)
		       && well;
	}
	if (well) {
		*series = all;
		return true;
	}
	for (uint32_t i = 0; i < s->site_count; i++)
		free(all[i].g_per_kwh);
	free(all);
	return false;
}

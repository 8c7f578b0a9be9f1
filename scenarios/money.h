/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of carbon and money: what they need of each other, one currency, and what the run's books get. */
#ifndef SCENARIOS_MONEY_H
#define SCENARIOS_MONEY_H

#include <stdbool.h>

#include "analysis/carbon.h"
#include "analysis/costs.h"
#include "scenarios/scenario.h"
#include "scenarios/yaml.h"

/* Brings every amount into the scenario's currency. Once, after the keys were read. */
void money_settle(struct scenario *s, const struct yaml_node *root);

/* Keys without their other half; carbon traces. */
void money_check(const struct scenario *s, const struct yaml_node *root, struct diag *diag);

/* The prices of a run; released by money_costs_free. */
void money_costs(struct costs *costs, const struct scenario *s);
void money_costs_free(struct costs *costs);

/* Reads the carbon traces of all sites. *series NULL when no site has one. False after errors in diag. */
bool money_carbon(struct carbon_series **series, const struct scenario *s, struct diag *diag);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario's hypervisors and guests: presets and mixes with what the scenario says otherwise, checked. */
#ifndef SCENARIOS_HYPERVISORS_H
#define SCENARIOS_HYPERVISORS_H

#include "models/hypervisor/hypervisor.h"
#include "scenarios/scenario.h"
#include "scenarios/yaml.h"

/* Unknown names, wrong units and values, mixes that are none, guests that no host can run. */
void hypervisors_check(const struct scenario *s, const struct yaml_node *root, struct diag *diag);

/* Gives host types their hypervisors and fills the world's tables; after all types of guests are there. */
void hypervisors_build(struct world *world, const struct scenario *s);

#endif

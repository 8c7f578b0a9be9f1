/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instance types of clouds: the tables in catalog/instances/, one file a cloud.
 *
 *   description: ...
 *   types:
 *     m5.large: {vcpus: 2, ram: 8 GiB, price: 0.0960 USD}
 *
 * `type: aws/m5.large` in a group of VMs lays that entry below the group's own keys. */
#ifndef SCENARIOS_CATALOG_H
#define SCENARIOS_CATALOG_H

#include "scenarios/yaml.h"

/* Lays each group of VMs of a scenario over the entry that its type names. `folder` holds catalog/; NULL:
 * there is none. */
void catalog_apply_vms(struct yaml_node *root, const char *folder, struct arena *arena, struct diag *diag);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of storage pools and of what VMs keep there. */
#ifndef SCENARIOS_CHECK_STORAGE_H
#define SCENARIOS_CHECK_STORAGE_H

#include "scenarios/check.h"

/* A group's pool is there, and is given where something needs one. */
void check_storage(const struct check *c, const struct names *pools, uint32_t i);

/* The disks that pools hold from the start fit into them. */
void check_pools(const struct check *c);

#endif

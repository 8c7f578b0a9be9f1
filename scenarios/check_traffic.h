/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of application traffic, of processes that move, and of formats of images. */
#ifndef SCENARIOS_CHECK_TRAFFIC_H
#define SCENARIOS_CHECK_TRAFFIC_H

#include "scenarios/check.h"

/* Streams end somewhere and carry something; migration.identity is given only where it counts. */
void check_traffic(const struct check *c);
void check_processes(const struct check *c);

/* Where hosts tell what formats they open, VMs' images have one of the known ones. */
void check_formats(const struct check *c);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Application traffic and processes that move, from the scenario. */
#ifndef SCENARIOS_BUILD_TRAFFIC_H
#define SCENARIOS_BUILD_TRAFFIC_H

#include "models/migration/processes.h"
#include "models/migration/traffic.h"
#include "scenarios/diag.h"
#include "scenarios/scenario.h"

/* Once the migrations are open. Nothing happens where the scenario has none of these. False after errors:
 * a guest that is not there, since a trace told how many there are. */
bool build_traffic(struct traffic *t, struct migrations *m, const struct scenario *s, struct diag *diag);
bool build_processes(struct processes *p, struct migrations *m, const struct scenario *s, struct diag *diag);

#endif

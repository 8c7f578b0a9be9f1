/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of states and requests, of hosts and of guests, as they stand in the models. */
#ifndef CLI_STATES_H
#define CLI_STATES_H

#include <stdio.h>

#include "cli/items.h"

/* One item a request: what it does, from where to where, why not elsewhere. */
void items_states(struct items *items);

/* Both tables: a row a state, a column a request, in each field the state that follows at once. */
void states_print(FILE *out);

#endif

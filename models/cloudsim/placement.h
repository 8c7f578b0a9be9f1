/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where does a VM go? Power-aware best fit: the host whose power rises least.
 *
 * A host is fit when a core is fast enough, enough of its CPU is not reserved, and, where guests run
 * already, its detector would not fire with the VM there. Its rise is its power with the VM less its
 * power as of the last update, in which what is tentatively there is missing; a host that is off counts
 * as one that idles. The power curve is piecewise linear, so untouched hosts of a type in the same
 * tenth of load rise by the same, and which double is least is a matter of rounding: hence sums in
 * the order of lists, and CloudSim's order of operations.
 *
 * Hosts without guests are alike in all that matters but their id, so that of each type only the first stands
 * among the candidates. Detectors are asked in the order of rising power until one is quiet. */
#ifndef MODELS_CLOUDSIM_PLACEMENT_H
#define MODELS_CLOUDSIM_PLACEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/cloudsim/books.h"
#include "models/cloudsim/detectors.h"

struct cloudsim_targets {
	struct cloudsim_books *books;
	bool starting;                  /* VMs have no demand yet: they ask for all of their MIPS */
	uint32_t *hosts;                /* ascending: with guests, and of each type the first without */
	double *rises;                  /* [count] scratch: watts; INFINITY: not fit */
	uint32_t count, room;
	uint32_t next_off[CLOUDSIM_HOST_TYPES]; /* among the candidates; host_count: none is left */
	double most[CLOUDSIM_HOST_TYPES]; /* MIPS beyond which a detector fires for certain; INFINITY */
	struct cloudsim_load *loads;    /* [host_count] filled when needed, up to guest `vms` */
	uint32_t *filled, round;        /* [host_count] in which round: since cloudsim_targets_renew */
};

void cloudsim_targets_open(struct cloudsim_targets *t, struct cloudsim_books *b);
void cloudsim_targets_close(struct cloudsim_targets *t);

/* VMs ask for something else now, or hosts have other guests: loads are summed anew. */
void cloudsim_targets_renew(struct cloudsim_targets *t);
/* All hosts that are not overloaded. */
void cloudsim_targets_all(struct cloudsim_targets *t);
/* Takes out those that gave no CPU as of the last update: they are off, also those just woken. */
void cloudsim_targets_drop_idle(struct cloudsim_targets *t);
void cloudsim_targets_drop(struct cloudsim_targets *t, uint32_t host);

/* The host for the VM, or CLOUDSIM_NO_HOST. */
uint32_t cloudsim_find(struct cloudsim_targets *t, uint32_t vm);
/* Puts it there tentatively; the last ones can be taken back. */
void cloudsim_put(struct cloudsim_targets *t, uint32_t host, uint32_t vm);
void cloudsim_take_back(struct cloudsim_targets *t, uint32_t host);

/* Would a detector fire now, with the host's guests as they are? Fills the host's load. */
bool cloudsim_fires(struct cloudsim_targets *t, uint32_t host);

/* At the start of the study: every VM in the order of ids, by best fit or first fit. Returns how many
 * found no host. */
uint32_t cloudsim_place_all(struct cloudsim_targets *t);

#endif

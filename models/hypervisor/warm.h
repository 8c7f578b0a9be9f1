/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests that start cold: under a translator or a just-in-time compiler (technique.h).
 *
 * A guest's slow-down falls with the native work w that it has done, s + cold/warm exp(-w / warm). It is
 * changed in steps, by events: each step has the mean slow-down over the work that it is expected to do, so
 * that what translating takes in all is right, and steps are a sixteenth of warm_s long. A guest that does
 * nothing gets no warmer, and is looked at less and less often. One that migrates arrives cold: what was
 * translated stays behind. */
#ifndef MODELS_HYPERVISOR_WARM_H
#define MODELS_HYPERVISOR_WARM_H

#include "models/world.h"

/* Registers the event type and world.entered if some pair warms up; after hypervisor_install. */
void warm_init(struct world *world);

#endif

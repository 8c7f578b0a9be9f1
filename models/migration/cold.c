/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cold migration: the guest is suspended, all of it is sent, it is resumed. Each page goes once. */
#include "models/migration/leg.h"

static bool cold_next(struct move *m, const struct leg_report *report)
{
	m->suspended = true;
	if (move_advance(m, report))
		return true;
	if (m->leg.stage == LEG_ACTIVATE)
		return false;
	move_stop(m);
	return true;
}

const struct move_kind move_cold = {
	.name = "cold", .summary = "the guest is suspended, copied and resumed",
	.source = "Kozuch and Satyanarayanan 2002 (suspend, copy, resume)", .next = cold_next,
};

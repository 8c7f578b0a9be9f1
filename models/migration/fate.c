/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a guest whose migration is cut short: the source is whole until the target has
 * committed. */
#include "models/migration/leg.h"

enum move_fate move_fate(const struct move *m, enum move_break how)
{
	bool committed = m->leg.stage == LEG_ACTIVATE || m->leg.stage == LEG_PUSH;
	if (!committed)
		return how == BREAK_SOURCE ? FATE_LOST : FATE_AT_SOURCE;
	if (how == BREAK_CANCEL)
		return FATE_GOES_ON; /* too late: the source's copy is stale, or soon will be */
	if (how == BREAK_TARGET)
		return FATE_LOST;
	/* Without its source or the network a post-copied guest has lost the pages that are still to come. */
	return m->switching ? FATE_LOST : FATE_GOES_ON;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carries out migrations leg by leg in a world: bytes as flows, fixed times as events, the guest where the
 * leg says.
 *
 * A leg's bytes are one flow over the links of the path, max-min fair beside all other migrations; when
 * the last bit is through, the leg's fixed time passes. Then the kind is told how long it took and which
 * part of the CPU it wanted the guest used, and names the next leg. From stop-and-copy to activation the
 * guest loses all that it is given; it changes its host when the target has committed, at the start of the
 * activation: from then on the source's copy is no longer the guest. While bytes flow, both hosts spend
 * CPU on it. */
#ifndef MODELS_MIGRATION_CARRY_H
#define MODELS_MIGRATION_CARRY_H

#include "models/migration/moves.h"
#include "sim/flow.h"

struct carry {
	struct move move;
	const struct move_kind *kind;
	struct network_path path;
	uint32_t migration; /* index into migrations.all; ID_NONE: free */
	uint32_t next_free;
	uint32_t flow; /* FLOW_NONE: no bytes are under way */
	event_id timer;
	int64_t began_ns;    /* the leg */
	wide demanded, used; /* the guest's sums then; what the migration itself took counts as used */
	double faults;       /* what the kind foresaw until then; a push foresees its own at its start */
	int64_t stall_ns;
	bool sends; /* both hosts spend CPU on it */
};

void carry_open(struct migrations *m);
void carry_close(struct migrations *m);

/* The first leg of a migration that is booked; takes the case over. */
void carry_start(struct migrations *m, uint32_t migration, const struct move_kind *kind,
	const struct move_case *c,
                 const struct network_path *path);

/* Those of a guest; ID_NONE: it is not carried. */
uint32_t carry_of(const struct migrations *m, vm_id vm);

/* Cut short. False: it is too late, nothing has changed and it goes on. A guest that is lost is gone
 * afterwards. */
bool carry_break(struct migrations *m, uint32_t carry, enum move_break how, enum migration_verdict result);
/* The guest itself is leaving its host, for whatever reason. */
void carry_leave(struct migrations *m, uint32_t carry, enum migration_verdict result, bool lost);

/* Brings the figures of one under way up to date. */
void carry_figures(struct migrations *m, uint32_t carry);

#endif

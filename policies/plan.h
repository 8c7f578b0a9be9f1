/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy that acts by itself asks for: the calls of struct policy_plan.
 *
 * Each call is checked against the view and answered at once; what is granted happens in thought and is put
 * on a list of wishes, which the control loop carries out after the policy has returned. What is refused is
 * counted with its reason. A list is for one question: plan_begin empties it. */
#ifndef POLICIES_PLAN_H
#define POLICIES_PLAN_H

#include <stdint.h>

#include "models/hypervisor/lifecycle.h"
#include "policies/look.h"
#include "policies/reasons.h"

enum wish_kind { WISH_MOVE, WISH_START, WISH_POWER, WISH_SPEED, WISH_CAP };

struct wish {
	enum wish_kind kind;
	uint32_t guest, host;          /* start: host may be POLICY_NONE: where placement finds room */
	uint32_t from;                 /* move */
	enum host_request request;     /* power */
	uint32_t speed;
	double watts;
};

struct plan {
	struct policy_plan calls;      /* first: the policy's pointer is the plan's */
	struct look *look;
	struct reasons *reasons;
	struct wish *wishes;
	uint32_t wish_count, wish_room;
};

void plan_open(struct plan *plan, struct look *look, struct reasons *reasons);
void plan_close(struct plan *plan);
void plan_begin(struct plan *plan);

#endif

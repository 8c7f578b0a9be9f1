/* SPDX-License-Identifier: MIT */
/* P-states for frequency governors: from a share of the fastest speed to a P-state and back.
 *
 * It includes nothing but policy.h, and a plug-in may take a copy of it. Speed 0 is the fastest, and
 * P-states are in order of their speeds. */
#ifndef POLICIES_SPEED_H
#define POLICIES_SPEED_H

#include "policies/policy.h"

/* Has the host a speed that could be another? */
static inline bool speed_varies(const struct policy_host *h)
{
	return h->on && h->speeds > 1;
}

/* Busy share of the time at the speed in force: what a governor measures. Never above 1, since a CPU
 * cannot be more than busy, whatever its guests would like. */
static inline double speed_load(const struct policy_view *view, uint32_t host)
{
	const struct policy_host *h = &view->hosts[host];
	double load = policy_utilisation(h) / view->speed_01(view, host, h->speed);
	return load < 1 ? load : 1;
}

/* The slowest P-state that is at least so fast; the fastest if none is. */
static inline uint32_t speed_at_least(const struct policy_view *view, uint32_t host, double share_01)
{
	uint32_t speed = view->hosts[host].speeds - 1;
	while (speed > 0 && view->speed_01(view, host, speed) < share_01)
		speed--;
	return speed;
}

/* The fastest P-state that is at most so fast; the slowest if none is. */
static inline uint32_t speed_at_most(const struct policy_view *view, uint32_t host, double share_01)
{
	uint32_t speed = 0;
	while (speed + 1 < view->hosts[host].speeds && view->speed_01(view, host, speed) > share_01)
		speed++;
	return speed;
}

/* The P-state whose speed is nearest; the faster one of two that are as near. */
static inline uint32_t speed_nearest(const struct policy_view *view, uint32_t host, double share_01)
{
	uint32_t above = speed_at_least(view, host, share_01), below = speed_at_most(view, host, share_01);
	double up = view->speed_01(view, host, above) - share_01,
		down = share_01 - view->speed_01(view, host, below);
	return (up < 0 ? -up : up) <= (down < 0 ? -down : down) ? above : below;
}

/* Asks for it if it is another one. */
static inline void speed_ask(const struct policy_view *view, struct policy_plan *plan, uint32_t host,
                             uint32_t speed)
{
	if (view->hosts[host].speed != speed)
		plan->host_speed(plan, host, speed);
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A view written down by hand, for tests of policies: hosts and guests in small round numbers, a plan that
 * carries out what fits and writes down what was asked, and one policy under test.
 *
 * Hosts have ten cores of 100 Hz, room for 1000 bytes of memory and of disk, a NIC of 1000 bit/s, four
 * P-states (1, 0.8, 0.6 and 0.4 of the speed), power curve 1, and may be promised three times their CPU.
 * Curve k draws 100 k W idle and 100 k W more when full; curve 9 is a square from 0 to 100 W. Guests have
 * four vCPUs of 100 Hz, and move at 100 bytes a second. */
#ifndef TESTS_POLICIES_VIEW_H
#define TESTS_POLICIES_VIEW_H

#include "policies/policy.h"

#define VIEW_HOSTS 40
#define VIEW_GUESTS 40
#define VIEW_PAST 40

struct view {
	struct policy_view view;
	struct policy_plan plan;
	struct policy_host hosts[VIEW_HOSTS];
	struct policy_guest guests[VIEW_GUESTS];
	uint32_t first[VIEW_HOSTS];
	double host_past[VIEW_HOSTS][VIEW_PAST], guest_past[VIEW_GUESTS][VIEW_PAST];
	uint32_t host_pasts[VIEW_HOSTS], guest_pasts[VIEW_GUESTS];
	char said[1000];               /* what the policy asked for: "migrate 2 to 1; sleep 3; " */
	const struct policy *policy;
	void *state;
};

/* An empty view at time 0. */
void view_init(struct view *v);
void view_fini(struct view *v);

/* Each gives the next id. What must be another than above is changed in what they return. */
struct policy_host *view_host(struct view *v);
struct policy_guest *view_guest(struct view *v, uint32_t host, int64_t demand_hz, int64_t ram_bytes);
void view_host_past(struct view *v, uint32_t host, const double *u_01, uint32_t n);
void view_guest_past(struct view *v, uint32_t guest, const double *u_01, uint32_t n);

/* In thought: POLICY_NONE takes it away. */
void view_move(struct view *v, uint32_t guest, uint32_t to);

/* The policy under test, fresh, with the parameters "name=value name=value"; the others are preset. Closes
 * the one before. */
void view_policy(struct view *v, const char *name, const char *parameters);

/* Its answers; POLICY_NONE: none. Those of a plan are what it said at this question. */
bool view_overloaded(struct view *v, uint32_t host);
uint32_t view_select(struct view *v, uint32_t host);
uint32_t view_place(struct view *v, const struct policy_request *request);
uint32_t view_drain(struct view *v);
const char *view_method(struct view *v, uint32_t guest, uint32_t to);
const char *view_balance(struct view *v);
const char *view_power(struct view *v);
const char *view_failed(struct view *v, const struct policy_failure *failure);
uint32_t view_scale(struct view *v, const struct policy_service *service);

/* Counts an assertion and, where they differ, says why the first should have been the second. */
void view_same(const char *why, const char *answer, const char *expected);
void view_equal(const char *why, uint32_t answer, uint32_t expected);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls of a plan: checked in thought, granted or refused. */
#include "policies/plan.h"

#include <stdlib.h>

#include "models/hypervisor/vm_requests.h"
#include "sim/memory.h"

#define WATTS_MOST 1e9

static struct plan *plan_of(struct policy_plan *calls)
{
	return (struct plan *)calls->loop;
}

static struct wish *wish_add(struct plan *plan, enum wish_kind kind)
{
	ARRAY_GROW(plan->wishes, plan->wish_count, plan->wish_room, "wishes of a policy");
	plan->wishes[plan->wish_count] = (struct wish){
		.kind = kind, .guest = POLICY_NONE, .host = POLICY_NONE, .from = POLICY_NONE,
	};
	return &plan->wishes[plan->wish_count++];
}

static const char *guest_refusal(const struct look *look, uint32_t guest)
{
	if (guest >= look->view.guest_count)
		return "there is no such guest";
	return look->guests[guest].moves ? NULL : "the guest cannot move now";
}

static void agree(struct plan *plan, uint32_t guest, uint32_t host)
{
	struct wish *wish = wish_add(plan, WISH_MOVE);
	wish->guest = guest;
	wish->host = host;
	wish->from = plan->look->home[guest];
}

static const char *plan_migrate(struct policy_plan *calls, uint32_t guest, uint32_t host)
{
	struct plan *plan = plan_of(calls);
	struct look *look = plan->look;
	const char *why = guest_refusal(look, guest);
	if (!why) {
		const struct policy_request request = look_request(look, guest);
		why = look_refuses(look, &request, host);
	}
	if (why)
		return reasons_refuse(plan->reasons, guest, host, why);
	look_lift(look, guest);
	look_land(look, guest, host);
	agree(plan, guest, host);
	return NULL;
}

/* With both in the air: would each fit where the other was? Memory of both stays booked where they are. */
static const char *swap_refusal(const struct look *look, uint32_t guest, uint32_t other)
{
	const struct policy_request one = look_request(look, guest), two = look_request(look, other);
	const char *why = look_refuses(look, &one, look->home[other]);
	return why ? why : look_refuses(look, &two, look->home[guest]);
}

static const char *plan_swap(struct policy_plan *calls, uint32_t guest, uint32_t other)
{
	struct plan *plan = plan_of(calls);
	struct look *look = plan->look;
	const char *why = guest_refusal(look, guest);
	why = why ? why : guest_refusal(look, other);
	if (!why && look->home[guest] == look->home[other])
		why = "the guests to be swapped are on one host";
	if (why)
		return reasons_refuse(plan->reasons, guest, POLICY_NONE, why);
	uint32_t to = look->home[other], back = look->home[guest];
	look_lift(look, guest);
	look_lift(look, other);
	why = swap_refusal(look, guest, other);
	look_land(look, guest, why ? back : to);
	look_land(look, other, why ? to : back);
	if (why)
		return reasons_refuse(plan->reasons, guest, to, why);
	agree(plan, guest, to);
	agree(plan, other, back);
	return NULL;
}

static const char *start_refusal(const struct look *look, uint32_t guest, uint32_t host)
{
	if (guest >= look->view.guest_count)
		return "there is no such guest";
	enum vm_state state = look->world->vms[guest].state;
	if ((state != VM_LOST && state != VM_CRASHED) || look->guests[guest].host != POLICY_NONE)
		return "only a guest that was lost or has crashed can be started again";
	if (host == POLICY_NONE)
		return NULL;
	if (look->world->vms[guest].inside != ID_NONE)
		return "a guest that runs inside another is started without a host";
	const struct policy_request request = look_request(look, guest);
	const char *why = look_refuses(look, &request, host);
	if (!why && look->hosts[host].state != POLICY_HOST_ON)
		why = "the host is not on";
	return why;
}

static const char *plan_start(struct policy_plan *calls, uint32_t guest, uint32_t host)
{
	struct plan *plan = plan_of(calls);
	const char *why = start_refusal(plan->look, guest, host);
	if (why)
		return reasons_refuse(plan->reasons, guest, host, why);
	if (host != POLICY_NONE)
		look_start(plan->look, guest, host);
	struct wish *wish = wish_add(plan, WISH_START);
	wish->guest = guest;
	wish->host = host;
	return NULL;
}

/* What to ask of the host's life; HOST_REQUESTS with the reason why not. */
static enum host_request power_request(const struct look *look, uint32_t host, enum policy_power to,
                                       const char **why)
{
	*why = "there is no such host";
	if (host >= look->view.host_count)
		return HOST_REQUESTS;
	const struct policy_host *p = &look->hosts[host];
	*why = p->state == POLICY_HOST_FAILED     ? "the host has failed"
	       : p->state == POLICY_HOST_CHANGING ? "the host is changing its state"
	                                          : NULL;
	if (*why)
		return HOST_REQUESTS;
	if (to == POLICY_POWER_ON) {
		*why = p->state == POLICY_HOST_ON ? "the host is on already" : NULL;
		return p->state == POLICY_HOST_ASLEEP ? HOST_RESUME : HOST_POWER_ON;
	}
	if (p->state != POLICY_HOST_ON)
		*why = "only a host that is on can be put to sleep or switched off";
	else if (p->guests || p->moving || look->world->hosts[host].guest_count)
		*why = "guests are on the host or on their way";
	return to == POLICY_POWER_SLEEP ? HOST_SUSPEND : HOST_POWER_OFF;
}

static const char *plan_host_power(struct policy_plan *calls, uint32_t host, enum policy_power to)
{
	struct plan *plan = plan_of(calls);
	const char *why;
	enum host_request request = power_request(plan->look, host, to, &why);
	if (why)
		return reasons_refuse(plan->reasons, POLICY_NONE, host, why);
	plan->look->hosts[host].state = POLICY_HOST_CHANGING;
	plan->look->hosts[host].on = to == POLICY_POWER_ON && plan->look->hosts[host].on;
	struct wish *wish = wish_add(plan, WISH_POWER);
	wish->host = host;
	wish->request = request;
	return NULL;
}

static const char *plan_host_speed(struct policy_plan *calls, uint32_t host, uint32_t speed)
{
	struct plan *plan = plan_of(calls);
	const char *why = NULL;
	if (host >= plan->look->view.host_count)
		why = "there is no such host";
	else if (plan->look->hosts[host].speeds <= 1)
		why = "this host has no P-states";
	else if (speed >= plan->look->hosts[host].speeds)
		why = "the host has no such P-state";
	if (why)
		return reasons_refuse(plan->reasons, POLICY_NONE, host, why);
	plan->look->hosts[host].speed = speed;
	struct wish *wish = wish_add(plan, WISH_SPEED);
	wish->host = host;
	wish->speed = speed;
	return NULL;
}

static const char *plan_host_cap(struct policy_plan *calls, uint32_t host, double watts)
{
	struct plan *plan = plan_of(calls);
	const char *why = NULL;
	if (host >= plan->look->view.host_count)
		why = "there is no such host";
	else if (!(watts >= 0 && watts <= WATTS_MOST))
		why = "a cap is a number of watts, or 0 for none";
	if (why)
		return reasons_refuse(plan->reasons, POLICY_NONE, host, why);
	plan->look->hosts[host].cap_w = watts;
	struct wish *wish = wish_add(plan, WISH_CAP);
	wish->host = host;
	wish->watts = watts;
	return NULL;
}

static const char *plan_resize(struct policy_plan *calls, uint32_t guest, double cpu_factor,
                               double ram_factor)
{
	struct plan *plan = plan_of(calls);
	(void)cpu_factor;
	(void)ram_factor;
	return reasons_refuse(plan->reasons, guest, POLICY_NONE, guest >= plan->look->view.guest_count
		? "there is no such guest" : "this guest cannot be resized");
}

static const char *plan_replicate(struct policy_plan *calls, uint32_t guest, uint32_t host)
{
	struct plan *plan = plan_of(calls);
	return reasons_refuse(plan->reasons, guest, host, guest >= plan->look->view.guest_count
		? "there is no such guest" : "this guest's group has no spare guests");
}

void plan_open(struct plan *plan, struct look *look, struct reasons *reasons)
{
	*plan = (struct plan){.look = look, .reasons = reasons};
	plan->calls = (struct policy_plan){
		.struct_size = sizeof plan->calls, .loop = plan, .migrate = plan_migrate, .swap = plan_swap,
		.start = plan_start, .host_power = plan_host_power, .host_speed = plan_host_speed,
		.host_cap = plan_host_cap, .resize = plan_resize, .replicate = plan_replicate,
	};
}

void plan_close(struct plan *plan)
{
	free(plan->wishes);
	*plan = (struct plan){0};
}

void plan_begin(struct plan *plan)
{
	plan->wish_count = 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A view written down by hand, for tests of policies. */
#include "tests/policies/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/registry.h"
#include "tests/test.h"

#define MOVE_BYTES_PER_S 100
#define MOST_PARAMETERS 16

static struct view *of(const struct policy_view *view)
{
	return view->world;
}

static double power_w(const struct policy_view *view, uint32_t power, double u_01)
{
	(void)view;
	return power == 9 ? 100 * u_01 * u_01 : 100.0 * power + 100.0 * power * u_01;
}

static int64_t demand_hz(const struct policy_view *view, uint32_t host)
{
	return view->hosts[host].demand_hz;
}

static double speed_01(const struct policy_view *view, uint32_t host, uint32_t speed)
{
	static const double shares[] = {1, 0.8, 0.6, 0.4};
	(void)view;
	(void)host;
	return shares[speed];
}

static uint32_t newest(const double *past, uint32_t n, double *u_01, uint32_t most)
{
	uint32_t count = n < most ? n : most;
	memcpy(u_01, past + n - count, count * sizeof *u_01);
	return count;
}

static uint32_t host_history(const struct policy_view *view, uint32_t host, double *u_01, uint32_t most)
{
	return newest(of(view)->host_past[host], of(view)->host_pasts[host], u_01, most);
}

static uint32_t guest_history(const struct policy_view *view, uint32_t guest, double *u_01, uint32_t most)
{
	return newest(of(view)->guest_past[guest], of(view)->guest_pasts[guest], u_01, most);
}

static int64_t move_ns(const struct policy_view *view, uint32_t guest, uint32_t to)
{
	(void)to;
	return view->guests[guest].ram_bytes * 1000000000 / MOVE_BYTES_PER_S;
}

__attribute__((format(printf, 2, 3)))
static const char *say(struct policy_plan *plan, const char *format, ...)
{
	struct view *v = plan->loop;
	size_t length = strlen(v->said);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(v->said + length, sizeof v->said - length, format, arguments);
	va_end(arguments);
	return NULL;
}

static bool fits(struct view *v, uint32_t guest, uint32_t host)
{
	struct policy_request request = policy_request_of(&v->view, guest);
	return policy_fits(&v->hosts[host], &request);
}

static const char *migrate(struct policy_plan *plan, uint32_t guest, uint32_t host)
{
	struct view *v = plan->loop;
	if (!fits(v, guest, host)) {
		say(plan, "migrate %u to %u refused; ", guest, host);
		return "there is no room";
	}
	view_move(v, guest, host);
	v->guests[guest].moves = false;
	return say(plan, "migrate %u to %u; ", guest, host);
}

static const char *swap(struct policy_plan *plan, uint32_t guest, uint32_t other)
{
	struct view *v = plan->loop;
	uint32_t here = v->guests[guest].host, there = v->guests[other].host;
	view_move(v, guest, there);
	view_move(v, other, here);
	return say(plan, "swap %u with %u; ", guest, other);
}

static const char *start(struct policy_plan *plan, uint32_t guest, uint32_t host)
{
	view_move(plan->loop, guest, host);
	return say(plan, "start %u on %u; ", guest, host);
}

static const char *host_power(struct policy_plan *plan, uint32_t host, enum policy_power to)
{
	static const char *const names[] = {"wake", "off", "sleep"};
	static const enum policy_host_state states[] = {POLICY_HOST_CHANGING, POLICY_HOST_OFF,
	                                                POLICY_HOST_ASLEEP};
	struct view *v = plan->loop;
	v->hosts[host].on = false;
	v->hosts[host].state = states[to];
	return say(plan, "%s %u; ", names[to], host);
}

static const char *host_speed(struct policy_plan *plan, uint32_t host, uint32_t speed)
{
	struct view *v = plan->loop;
	v->hosts[host].speed = speed;
	return say(plan, "speed %u of %u; ", speed, host);
}

static const char *host_cap(struct policy_plan *plan, uint32_t host, double watts)
{
	struct view *v = plan->loop;
	v->hosts[host].cap_w = watts;
	return say(plan, "cap %g W of %u; ", watts, host);
}

static const char *resize(struct policy_plan *plan, uint32_t guest, double cpu_factor, double ram_factor)
{
	(void)ram_factor;
	return say(plan, "resize %u by %g; ", guest, cpu_factor);
}

static const char *replicate(struct policy_plan *plan, uint32_t guest, uint32_t host)
{
	return say(plan, "replicate %u on %u; ", guest, host);
}

void view_init(struct view *v)
{
	static const char *const methods[] = {"ram_over_bandwidth", "precopy", "postcopy", "hybrid", NULL};
	memset(v, 0, sizeof *v);
	v->view = (struct policy_view){
		.struct_size = sizeof v->view, .hosts = v->hosts, .world = v, .power_w = power_w,
		.demand_hz = demand_hz, .guests = v->guests, .first_guest = v->first,
		.interval_ns = 300000000000, .host_history = host_history, .guest_history = guest_history,
		.move_ns = move_ns, .methods = methods, .speed_01 = speed_01,
	};
	v->plan = (struct policy_plan){
		sizeof v->plan, v, migrate, swap, start, host_power, host_speed, host_cap, resize, replicate,
	};
}

void view_fini(struct view *v)
{
	if (v->policy && v->policy->close)
		v->policy->close(v->state);
	free(v->state);
	v->policy = NULL;
	v->state = NULL;
}

struct policy_host *view_host(struct view *v)
{
	CU_ASSERT_FATAL(v->view.host_count < VIEW_HOSTS);
	uint32_t h = v->view.host_count++;
	v->first[h] = POLICY_NONE;
	v->hosts[h] = (struct policy_host){
		.on = true, .state = POLICY_HOST_ON, .cores = 10, .core_hz = 100, .cpu_hz = 1000,
		.cpu_limit_hz = 3000, .ram_limit_bytes = 1000, .disk_limit_bytes = 1000, .power = 1,
		.speeds = 4, .nic_bps = 1000,
	};
	return &v->hosts[h];
}

struct policy_guest *view_guest(struct view *v, uint32_t host, int64_t demand, int64_t ram_bytes)
{
	CU_ASSERT_FATAL(v->view.guest_count < VIEW_GUESTS);
	uint32_t g = v->view.guest_count++;
	v->guests[g] = (struct policy_guest){
		.host = POLICY_NONE, .next = POLICY_NONE, .service = POLICY_NONE, .apart = POLICY_NONE,
		.running = true, .moves = true, .vcpus = 4, .vcpu_hz = 100, .cpu_hz = 400,
		.ram_bytes = ram_bytes, .demand_hz = demand, .given_hz = demand,
	};
	view_move(v, g, host);
	return &v->guests[g];
}

void view_host_past(struct view *v, uint32_t host, const double *u_01, uint32_t n)
{
	memcpy(v->host_past[host], u_01, n * sizeof *u_01);
	v->host_pasts[host] = n;
}

void view_guest_past(struct view *v, uint32_t guest, const double *u_01, uint32_t n)
{
	memcpy(v->guest_past[guest], u_01, n * sizeof *u_01);
	v->guest_pasts[guest] = n;
}

/* One guest more (sign 1) or less (-1). */
static void book(struct view *v, uint32_t host, const struct policy_guest *g, int sign)
{
	struct policy_host *h = &v->hosts[host];
	h->guests += (uint32_t)sign;
	h->demand_hz += sign * g->demand_hz;
	h->cpu_booked_hz += sign * g->cpu_hz;
	h->ram_booked_bytes += sign * g->ram_bytes;
	h->ram_01 = (double)h->ram_booked_bytes / (double)h->ram_limit_bytes;
}

void view_move(struct view *v, uint32_t guest, uint32_t to)
{
	struct policy_guest *g = &v->guests[guest];
	if (g->host != POLICY_NONE) {
		uint32_t *at = &v->first[g->host];
		while (*at != guest)
			at = &v->guests[*at].next;
		*at = g->next;
		book(v, g->host, g, -1);
	}
	g->host = to;
	g->next = POLICY_NONE;
	if (to == POLICY_NONE)
		return;
	uint32_t *at = &v->first[to];
	while (*at != POLICY_NONE)
		at = &v->guests[*at].next;
	*at = guest;
	book(v, to, g, 1);
}

/* "name=value": false if there is no such parameter. */
static bool set(const struct policy *policy, double *values, const char *name, double value)
{
	for (uint32_t i = 0; policy->parameters && policy->parameters[i].name; i++)
		if (strcmp(policy->parameters[i].name, name) == 0) {
			values[i] = value;
			return true;
		}
	return false;
}

void view_policy(struct view *v, const char *name, const char *parameters)
{
	double values[MOST_PARAMETERS], value;
	char word[40];
	int length;
	view_fini(v);
	v->policy = policy_find(name);
	CU_ASSERT_PTR_NOT_NULL_FATAL(v->policy);
	for (uint32_t i = 0; v->policy->parameters && v->policy->parameters[i].name; i++) {
		CU_ASSERT_FATAL(i < MOST_PARAMETERS);
		values[i] = v->policy->parameters[i].preset;
	}
	while (sscanf(parameters, " %39[a-z_]=%lf%n", word, &value, &length) == 2) {
		CU_ASSERT_FATAL(set(v->policy, values, word, value));
		parameters += length;
	}
	CU_ASSERT_FATAL(*parameters == '\0');
	v->state = calloc(1, v->policy->state_bytes + 1);
	if (v->policy->open)
		v->policy->open(v->state, &v->view, values);
}

bool view_overloaded(struct view *v, uint32_t host)
{
	return v->policy->overloaded(v->state, &v->view, host);
}

uint32_t view_select(struct view *v, uint32_t host)
{
	uint32_t guest;
	return v->policy->select(v->state, &v->view, host, &guest) ? guest : POLICY_NONE;
}

uint32_t view_place(struct view *v, const struct policy_request *request)
{
	uint32_t host;
	return v->policy->place(v->state, &v->view, request, &host) ? host : POLICY_NONE;
}

uint32_t view_drain(struct view *v)
{
	uint32_t host;
	return v->policy->drain(v->state, &v->view, &host) ? host : POLICY_NONE;
}

const char *view_method(struct view *v, uint32_t guest, uint32_t to)
{
	const struct policy_move move = {guest, v->guests[guest].host, to, move_ns(&v->view, guest, to)};
	uint32_t method;
	return v->policy->method(v->state, &v->view, &move, &method) ? v->view.methods[method] : "as ever";
}

const char *view_balance(struct view *v)
{
	*v->said = '\0';
	v->policy->balance(v->state, &v->view, &v->plan);
	return v->said;
}

const char *view_power(struct view *v)
{
	*v->said = '\0';
	v->policy->power(v->state, &v->view, &v->plan);
	return v->said;
}

const char *view_failed(struct view *v, const struct policy_failure *failure)
{
	*v->said = '\0';
	v->policy->failed(v->state, &v->view, &v->plan, failure);
	return v->said;
}

uint32_t view_scale(struct view *v, const struct policy_service *service)
{
	return v->policy->scale(v->state, &v->view, service);
}

void view_same(const char *why, const char *answer, const char *expected)
{
	CU_ASSERT_STRING_EQUAL(answer, expected);
	if (strcmp(answer, expected) != 0)
		printf("\n    %s: \"%s\" and not \"%s\"", why, answer, expected);
}

void view_equal(const char *why, uint32_t answer, uint32_t expected)
{
	CU_ASSERT_EQUAL(answer, expected);
	if (answer != expected)
		printf("\n    %s: %u and not %u", why, answer, expected);
}

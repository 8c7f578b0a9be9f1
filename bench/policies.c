/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each built-in policy costs, a look at 1,000 to 100,000 hosts of ten guests: policies [--quick].
 *
 * The view is a table and the plan moves guests in it, so that what is measured is the policy and not the
 * control loop. A look asks `overloaded` and `select` of every host, `drain` until it ends, `place` a
 * hundred times, `failed` once, `balance` and `power` once; a policy that answers several is measured at
 * each. `ns` is of the whole look; `growth` is the exponent between this number of hosts and the one
 * before. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policies/registry.h"
#include "policies/table.h"

enum { GUESTS = 10, ROUNDS = 5, PLACES = 100, MOST_PARAMETERS = 16 };

struct cluster {
	struct policy_view view;
	struct policy_plan plan;
	struct policy_host *hosts;
	struct policy_guest *guests;
	uint32_t *first;
	uint64_t asked;                /* sums what comes out, so that nothing is left out */
};

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint32_t noise(uint32_t x)
{
	x = (x ^ (x >> 16)) * 0x85ebca6bu;
	x = (x ^ (x >> 13)) * 0xc2b2ae35u;
	return x ^ (x >> 16);
}

static double power_w(const struct policy_view *view, uint32_t power, double u_01)
{
	(void)view;
	return 100 + power + 100 * u_01;
}

static int64_t demand_hz(const struct policy_view *view, uint32_t host)
{
	return view->hosts[host].demand_hz;
}

static double speed_01(const struct policy_view *view, uint32_t host, uint32_t speed)
{
	(void)view;
	(void)host;
	return 1 - 0.2 * speed;
}

static uint32_t host_history(const struct policy_view *view, uint32_t host, double *u_01, uint32_t most)
{
	uint32_t n = most < 30 ? most : 30;
	double u = policy_utilisation(&view->hosts[host]);
	for (uint32_t i = 0; i < n; i++)
		u_01[i] = u * (0.9 + 0.2 * (noise(host * 31 + i) % 1000) / 1000);
	return n;
}

static uint32_t guest_history(const struct policy_view *view, uint32_t guest, double *u_01, uint32_t most)
{
	uint32_t n = most < 30 ? most : 30;
	(void)view;
	for (uint32_t i = 0; i < n; i++)
		u_01[i] = noise(guest * 31 + i) % 1000 / 1000.0;
	return n;
}

static int64_t move_ns(const struct policy_view *view, uint32_t guest, uint32_t to)
{
	(void)to;
	return view->guests[guest].ram_bytes * 8;
}

static void count(struct cluster *c, uint32_t guest, uint32_t host, int sign)
{
	struct policy_host *h = &c->hosts[host];
	const struct policy_guest *g = &c->guests[guest];
	h->guests += (uint32_t)sign;
	h->demand_hz += sign * g->demand_hz;
	h->cpu_booked_hz += sign * g->cpu_hz;
	h->ram_booked_bytes += sign * g->ram_bytes;
}

static void put(struct cluster *c, uint32_t guest, uint32_t host)
{
	c->guests[guest].host = host;
	c->guests[guest].next = c->first[host];
	c->first[host] = guest;
	count(c, guest, host, 1);
}

static const char *migrate(struct policy_plan *plan, uint32_t guest, uint32_t host)
{
	struct cluster *c = plan->loop;
	uint32_t from = c->guests[guest].host, *at = &c->first[from];
	while (*at != guest)
		at = &c->guests[*at].next;
	*at = c->guests[guest].next;
	count(c, guest, from, -1);
	put(c, guest, host);
	c->guests[guest].moves = false;
	c->asked += host;
	return NULL;
}

static const char *pair(struct policy_plan *plan, uint32_t guest, uint32_t other)
{
	struct cluster *c = plan->loop;
	c->asked += guest + other;
	return NULL;
}

static const char *host_power(struct policy_plan *plan, uint32_t host, enum policy_power to)
{
	return pair(plan, host, (uint32_t)to);
}

static const char *host_cap(struct policy_plan *plan, uint32_t host, double watts)
{
	return pair(plan, host, (uint32_t)watts);
}

static const char *resize(struct policy_plan *plan, uint32_t guest, double cpu_factor, double ram_factor)
{
	return pair(plan, guest, (uint32_t)(cpu_factor * ram_factor));
}

static void fill(struct cluster *c, uint32_t hosts)
{
	for (uint32_t h = 0; h < hosts; h++) {
		c->hosts[h] = (struct policy_host){
			.on = true, .state = POLICY_HOST_ON, .cores = 16, .core_hz = 1000, .cpu_hz = 10000,
			.cpu_limit_hz = 40000, .ram_limit_bytes = 2000, .disk_limit_bytes = 1000,
			.power = noise(h) % 5, .rack = h / 40, .speeds = 4, .nic_bps = 1e9,
				.wake_ns = 1000000000,
		};
		c->first[h] = POLICY_NONE;
	}
	for (uint32_t g = 0; g < hosts * GUESTS; g++) {
		c->guests[g] = (struct policy_guest){
			.service = g % 2 ? POLICY_NONE : g / 8, .apart = POLICY_NONE, .running = true,
				.moves = true,
			.vcpus = 2, .vcpu_hz = 1000, .cpu_hz = 2000, .ram_bytes = 60 + noise(g) % 80,
			.demand_hz = noise(g / GUESTS) % 1000 + noise(g + 7) % 200, .priority = g % 3,
		};
		put(c, g, g / GUESTS);
	}
	c->view.now_ns += 300000000000;
	c->view.carbon_g_per_kwh = 100 + noise((uint32_t)(c->view.now_ns / 1000000000)) % 100;
}

static void make(struct cluster *c, uint32_t hosts)
{
	static const char *const methods[] = {"precopy", NULL};
	memset(c, 0, sizeof *c);
	c->hosts = table_new(hosts, sizeof *c->hosts);
	c->guests = table_new((size_t)hosts * GUESTS, sizeof *c->guests);
	c->first = table_new(hosts, sizeof *c->first);
	c->view = (struct policy_view){
		.struct_size = sizeof c->view, .host_count = hosts, .hosts = c->hosts, .world = c,
		.power_w = power_w, .demand_hz = demand_hz, .guest_count = hosts * GUESTS,
			.guests = c->guests,
		.first_guest = c->first, .interval_ns = 300000000000, .host_history = host_history,
		.guest_history = guest_history, .move_ns = move_ns, .methods = methods, .speed_01 = speed_01,
	};
	c->plan = (struct policy_plan){
		sizeof c->plan, c, migrate, pair, pair, host_power, pair, host_cap, resize, pair,
	};
}

/* One look, and how long it took. Hosts are all over again what they were. */
static int64_t look(struct cluster *c, const struct policy *p, void *state, int question)
{
	const struct policy_view *view = &c->view;
	uint32_t answer = 0, lost[GUESTS];
	fill(c, view->host_count);
	for (uint32_t i = 0; i < GUESTS; i++)
		lost[i] = i;
	int64_t begun_ns = now_ns();
	for (uint32_t h = 0; h < view->host_count && question == 0; h++)
		c->asked += p->overloaded(state, view, h);
	for (uint32_t h = 0; h < view->host_count && question == 1; h++)
		c->asked += p->select(state, view, h, &answer) ? answer : 0;
	while (question == 2 && p->drain(state, view, &answer))
		c->asked += answer;
	for (uint32_t i = 0; i < PLACES && question == 3; i++) {
		struct policy_request request = policy_request_of(view, i);
		c->asked += p->place(state, view, &request, &answer) ? answer : 0;
	}
	if (question == 4)
		p->balance(state, view, &c->plan);
	if (question == 5)
		p->power(state, view, &c->plan);
	if (question == 6)
		p->failed(state, view, &c->plan, &(struct policy_failure){0, GUESTS, lost, view->now_ns});
	return now_ns() - begun_ns;
}

static int64_t least(uint32_t hosts, const struct policy *p, int question, uint64_t *asked)
{
	struct cluster c;
	double values[MOST_PARAMETERS];
	int64_t least_ns = INT64_MAX;
	void *state = table_new(1, p->state_bytes + 1);
	make(&c, hosts);
	for (uint32_t i = 0; p->parameters && p->parameters[i].name && i < MOST_PARAMETERS; i++)
		values[i] = p->parameters[i].preset;
	if (p->open)
		p->open(state, &c.view, values);
	for (int round = 0; round < ROUNDS; round++) {
		int64_t took_ns = look(&c, p, state, question);
		least_ns = took_ns < least_ns ? took_ns : least_ns;
	}
	if (p->close)
		p->close(state);
	*asked += c.asked;
	free(c.hosts);
	free(c.guests);
	free(c.first);
	free(state);
	return least_ns;
}

int main(int argc, char **argv)
{
	static const char *const names[] = {"overloaded", "select", "drain", "place", "balance", "power",
	                                    "failed"};
	static const uint32_t sizes[] = {1000, 10000, 100000};
	size_t count_of_sizes = argc > 1 && strcmp(argv[1], "--quick") == 0 ? 2 : 3;
	uint64_t asked = 0;
	for (const struct policy *const *p = policy_registry; *p; p++) {
		const bool answers[] = {
			(*p)->overloaded, (*p)->select, (*p)->drain, (*p)->place, (*p)->balance,
			(*p)->power, (*p)->failed,
		};
		for (int q = 0; q < 7; q++) {
			double before = 0;
			for (size_t i = 0; answers[q] && i < count_of_sizes; i++) {
				double ns = (double)least(sizes[i], *p, q, &asked);
				printf("{\"bench\":\"policy %s, %s\",\"hosts\":%u,\"ns\":%.0f",
				       (*p)->name, names[q], sizes[i], ns);
				if (i > 0)
					printf(",\"growth\":%.2f", log10(ns / before));
				puts("}");
				fflush(stdout);
				before = ns;
			}
		}
	}
	return asked == 0;
}

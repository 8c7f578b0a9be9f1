/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Balance: three remedies for a hotspot, and the one that costs least is taken. Costs are in the same
 * coin, Hz times seconds: what guests lack until the remedy is in force, and what it takes itself.
 *
 *   migrate    lack x time of the move + loss x demand x time of the move
 *   replicate  lack x time of a boot   + price x size x horizon   (half of the demand goes to the replica)
 *   resize     lack x time of a resize + price x growth x horizon
 *
 * Where the host is too full, its guest of the largest demand is moved or replicated; where a guest has
 * outgrown its own size on a host with room, it is resized or replicated. `price` is what a Hz that is
 * booked costs beside a Hz that is lacking. Only guests that serve with others (that have a service) can
 * be replicated; moves and replicas go to the host with the most CPU left below the threshold. */
#include "policies/policy.h"
#include "policies/table.h"

extern const struct policy policy_replicate_or_migrate;

enum { THRESHOLD, BOOT, RESIZE, HORIZON, PRICE, LOSS };
enum { ASIDE = 8 };                    /* hosts that are looked at beyond the first */

struct replicate_or_migrate {
	double threshold, boot_s, resize_s, horizon_s, price, loss;
	struct room room_hz;           /* [host]: CPU below the threshold that is left now */
};

enum remedy { NOTHING, MIGRATE, REPLICATE, GROW };

struct choice {
	enum remedy remedy;
	uint32_t to;
	double factor, cost;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct replicate_or_migrate *s = state;
	(void)view;
	s->threshold = values[THRESHOLD];
	s->boot_s = values[BOOT];
	s->resize_s = values[RESIZE];
	s->horizon_s = values[HORIZON];
	s->price = values[PRICE];
	s->loss = values[LOSS];
}

static void note_room(struct replicate_or_migrate *s, const struct policy_view *view, uint32_t host)
{
	const struct policy_host *h = &view->hosts[host];
	room_set(&s->room_hz, host, h->on ? s->threshold * (double)h->cpu_hz - (double)h->demand_hz : -1);
}

/* The host with the most CPU left below the threshold, if that is so much. Those that cannot take the
 * guest for other reasons are set aside, a few of them, and put back. */
static bool target(struct replicate_or_migrate *s, const struct policy_view *view,
                   const struct policy_request *request, double more_hz, uint32_t *to)
{
	uint32_t aside[ASIDE], n = 0;
	bool found = false;
	while (!found && n < ASIDE) {
		uint32_t h = room_most(&s->room_hz);
		if (h == ROOM_NONE || room_left(&s->room_hz, h) < more_hz)
			break;
		found = h != request->from && policy_fits(&view->hosts[h], request);
		if (found)
			*to = h;
		else
			room_set(&s->room_hz, aside[n++] = h, -1);
	}
	while (n > 0)
		note_room(s, view, aside[--n]);
	return found;
}

static void consider(struct choice *best, struct choice other)
{
	if (best->remedy == NOTHING || other.cost < best->cost)
		*best = other;
}

static void consider_migrating(struct replicate_or_migrate *s, const struct policy_view *view,
                               uint32_t guest, double lack_hz, struct choice *best)
{
	struct policy_request request = policy_request_of(view, guest);
	double demand_hz = (double)view->guests[guest].demand_hz;
	uint32_t to;
	if (!target(s, view, &request, demand_hz, &to))
		return;
	double time_s = (double)view->move_ns(view, guest, to) / 1e9;
	consider(best, (struct choice){MIGRATE, to, 1, (lack_hz + s->loss * demand_hz) * time_s});
}

static void consider_replicating(struct replicate_or_migrate *s, const struct policy_view *view,
                                 uint32_t guest, double lack_hz, struct choice *best)
{
	const struct policy_guest *g = &view->guests[guest];
	struct policy_request request = policy_request_of(view, guest);
	uint32_t to;
	if (g->service == POLICY_NONE || !target(s, view, &request, (double)g->demand_hz / 2, &to))
		return;
	double cost = lack_hz * s->boot_s + s->price * (double)g->cpu_hz * s->horizon_s;
	consider(best, (struct choice){REPLICATE, to, 1, cost});
}

/* To a size of which its demand is the threshold, if its host has that much to promise. */
static void consider_resizing(struct replicate_or_migrate *s, const struct policy_view *view,
                              uint32_t guest, double lack_hz, struct choice *best)
{
	const struct policy_guest *g = &view->guests[guest];
	const struct policy_host *h = &view->hosts[g->host];
	double factor = (double)g->demand_hz / (s->threshold * (double)g->cpu_hz);
	double growth_hz = (factor - 1) * (double)g->cpu_hz;
	if (growth_hz > (double)(h->cpu_limit_hz - h->cpu_booked_hz))
		return;
	double cost = lack_hz * s->resize_s + s->price * growth_hz * s->horizon_s;
	consider(best, (struct choice){GROW, g->host, factor, cost});
}

static void carry_out(struct replicate_or_migrate *s, const struct policy_view *view,
                      struct policy_plan *plan, uint32_t guest, const struct choice *choice)
{
	uint32_t from = view->guests[guest].host;
	if (choice->remedy == MIGRATE)
		plan->migrate(plan, guest, choice->to);
	else if (choice->remedy == REPLICATE)
		plan->replicate(plan, guest, choice->to);
	else if (choice->remedy == GROW)
		plan->resize(plan, guest, choice->factor, 1);
	note_room(s, view, from);
	if (choice->remedy != NOTHING)
		note_room(s, view, choice->to);
}

static void cool_host(struct replicate_or_migrate *s, const struct policy_view *view,
                      struct policy_plan *plan, uint32_t host)
{
	const struct policy_host *h = &view->hosts[host];
	struct choice best = {.remedy = NOTHING};
	double lack_hz = (double)h->demand_hz - s->threshold * (double)h->cpu_hz;
	uint32_t largest = POLICY_NONE;
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next)
		if (view->guests[i].moves && (largest == POLICY_NONE ||
		                              view->guests[i].demand_hz > view->guests[largest].demand_hz))
			largest = i;
	if (largest == POLICY_NONE)
		return;
	consider_migrating(s, view, largest, lack_hz, &best);
	consider_replicating(s, view, largest, lack_hz, &best);
	carry_out(s, view, plan, largest, &best);
}

static void help_guests(struct replicate_or_migrate *s, const struct policy_view *view,
                        struct policy_plan *plan, uint32_t host)
{
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next) {
		const struct policy_guest *g = &view->guests[i];
		struct choice best = {.remedy = NOTHING};
		double lack_hz = (double)g->demand_hz - s->threshold * (double)g->cpu_hz;
		if (!g->running || lack_hz <= 0)
			continue;
		consider_resizing(s, view, i, lack_hz, &best);
		consider_replicating(s, view, i, lack_hz, &best);
		carry_out(s, view, plan, i, &best);
	}
}

static void balance(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	struct replicate_or_migrate *s = state;
	s->room_hz = room_new(view->host_count);
	for (uint32_t h = 0; h < view->host_count; h++)
		note_room(s, view, h);
	for (uint32_t h = 0; h < view->host_count; h++) {
		if (!view->hosts[h].on)
			continue;
		if (policy_utilisation(&view->hosts[h]) > s->threshold)
			cool_host(s, view, plan, h);
		else
			help_guests(s, view, plan, h);
	}
	free(s->room_hz.left);
}

static const struct policy_parameter parameters[] = {
	[THRESHOLD] = {"threshold", "", 0.8, 0.01, 10, "share of a host's or guest's CPU that is too much"},
	[BOOT] = {"boot", "s", 60, 0, 1e6, "until a replica serves"},
	[RESIZE] = {"resize", "s", 1, 0, 1e6, "until a new size is in force"},
	[HORIZON] = {"horizon", "s", 600, 0, 1e7, "how long what is booked more is expected to be needed"},
	[PRICE] = {"price", "", 0.01, 0, 1000, "cost of a Hz that is booked beside a Hz that is lacking"},
	[LOSS] = {"loss", "", 0.1, 0, 1, "share of its CPU that a guest loses while it moves"},
	{0},
};

const struct policy policy_replicate_or_migrate = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "replicate_or_migrate",
	.summary = "replicates, migrates or resizes the guest of a hotspot, whichever costs least",
	.source = "ours; resizing beside migrating as in Wood et al. 2009, replicas as in cloud autoscaling",
	.parameters = parameters,
	.state_bytes = sizeof(struct replicate_or_migrate),
	.open = open,
	.balance = balance,
};

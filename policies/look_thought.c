/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What if: guests lifted from hosts and landed on others in the policies' view, and nowhere else. */
#include "policies/look.h"

#include "models/hypervisor/bound.h"
#include "sim/memory.h"

static void touch(struct look *look, uint32_t host)
{
	if (look->touched)
		look->touched(look->touched_context, host);
}

struct policy_request look_request(const struct look *look, uint32_t guest)
{
	ASSERT(guest < look->view.guest_count);
	const struct policy_guest *g = &look->guests[guest];
	uint32_t home = look->home[guest];
	struct policy_request request = policy_request_of(&look->view, guest);
	request.move = home != ID_NONE;
	request.from = home;
	if (!request.move)
		request.cpu_hz = g->cpu_hz;
	return request;
}

bool look_wakes(const struct look *look, uint32_t host)
{
	enum host_state state = look->world->hosts[host].state;
	return look->rules.wake && (state == HOST_OFF || state == HOST_SUSPENDED || state == HOST_BOOTING ||
	                            state == HOST_RESUMING);
}

const char *look_refuses(const struct look *look, const struct policy_request *r, uint32_t host)
{
	if (host >= look->view.host_count)
		return "there is no such host";
	struct policy_host entry = look->hosts[host];
	const struct policy_host *h = &entry;
	const struct policy_on_kind *kind = r->on_kind ? &r->on_kind[h->kind] : NULL;
	if (r->move && host == r->from && !h->closed)
		return "the guest is on that host already";
	entry.on = entry.on || look_wakes(look, host);
	if (!r->move) {
		entry.ram_limit_bytes = look->limits[host].ram_limit_bytes;
		entry.disk_limit_bytes = look->limits[host].disk_limit_bytes;
	}
	if (policy_fits(h, r))
		return NULL;
	if (!h->on)
		return "the host is not on";
	if (h->closed)
		return "the host takes no guests in this round";
	if (kind && kind->refused)
		return "the host's hypervisor cannot run such a guest";
	if (r->vcpu_hz > h->core_hz || r->vcpus > h->cores)
		return "the host's cores are too slow or too few";
	if (r->cpu_hz > h->cpu_limit_hz - h->cpu_booked_hz)
		return "the host has too little free CPU";
	if (r->disk_bytes > h->disk_limit_bytes - h->disk_booked_bytes)
		return "the host has too little free disk";
	return "the host has too little free memory";
}

/* A list is in order of arrival: those that run there by their slots, then those that come. */
void look_link(struct look *look, uint32_t guest, uint32_t host)
{
	const struct vm *vms = look->world->vms;
	struct policy_guest *g = &look->guests[guest];
	ASSERT(g->host == POLICY_NONE && g->next == POLICY_NONE);
	bool at_home = look->home[guest] == host;
	uint32_t *link = &look->first[host];
	while (*link != POLICY_NONE) {
		bool comes = look->home[*link] != host;
		if (at_home && (comes || vms[*link].slot > vms[guest].slot))
			break;
		link = &look->guests[*link].next;
	}
	g->next = *link;
	*link = guest;
	g->host = host;
	look->hosts[host].guests++;
	look->hosts[host].demand_hz += g->demand_hz;
	if (look->rules.by_demand)
		look->hosts[host].cpu_booked_hz += g->demand_hz;
}

static void unlink_one(struct look *look, uint32_t guest)
{
	struct policy_guest *g = &look->guests[guest];
	struct policy_host *h = &look->hosts[g->host];
	uint32_t *link = &look->first[g->host];
	while (*link != guest) {
		ASSERT(*link != POLICY_NONE);
		link = &look->guests[*link].next;
	}
	*link = g->next;
	h->guests--;
	h->demand_hz -= g->demand_hz;
	if (look->rules.by_demand)
		h->cpu_booked_hz -= g->demand_hz;
	g->host = g->next = POLICY_NONE;
}

/* What a guest books on a host beside its list: memory and disk where it is not at home, and its size. */
static void book(struct look *look, uint32_t guest, uint32_t host, int64_t sign)
{
	const struct policy_guest *g = &look->guests[guest];
	struct policy_host *h = &look->hosts[host];
	if (!look->rules.by_demand)
		h->cpu_booked_hz += sign * g->cpu_hz;
	if (look->home[guest] == host)
		return;
	const struct policy_request size = look_request(look, guest);
	h->ram_booked_bytes += sign * (size.ram_bytes + (size.on_kind ? size.on_kind[h->kind].ram_bytes : 0));
	h->disk_booked_bytes += sign * size.disk_bytes;
	ASSERT(h->cpu_booked_hz >= 0 && h->ram_booked_bytes >= 0 && h->disk_booked_bytes >= 0);
}

void look_lift(struct look *look, uint32_t guest)
{
	uint32_t host = look->guests[guest].host;
	ASSERT(host != POLICY_NONE && !look->flying[guest]);
	book(look, guest, host, -1);
	unlink_one(look, guest);
	look->guests[guest].running = look->guests[guest].moves = false;
	touch(look, host);
}

void look_land(struct look *look, uint32_t guest, uint32_t host)
{
	bool at_home = look->home[guest] == host;
	ASSERT(look->guests[guest].host == POLICY_NONE && host < look->view.host_count);
	look_link(look, guest, host);
	book(look, guest, host, 1);
	look->guests[guest].running = look->guests[guest].moves = at_home;
	touch(look, host);
}

void look_start(struct look *look, uint32_t guest, uint32_t host)
{
	ASSERT(look->home[guest] == ID_NONE);
	/* What it will ask for is not known yet: all that it may. */
	look->guests[guest].demand_hz = look->guests[guest].cpu_hz;
	look->guests[guest].given_hz = 0;
	look_land(look, guest, host);
}

static void mark(struct look *look, uint32_t host)
{
	touch(look, host);
	if (look->is_marked[host])
		return;
	look->is_marked[host] = true;
	ARRAY_GROW(look->marked, look->marked_count, look->marked_room, "marked hosts");
	look->marked[look->marked_count++] = host;
}

void look_close_host(struct look *look, uint32_t host, bool closed)
{
	look->hosts[host].closed = closed || look->maintained[host];
	mark(look, host);
}

void look_tried(struct look *look, uint32_t host)
{
	if (look->hosts[host].tried)
		return;
	look->hosts[host].tried = true;
	mark(look, host);
}

void look_marks_clear(struct look *look)
{
	for (uint32_t k = 0; k < look->marked_count; k++) {
		uint32_t host = look->marked[k];
		look->hosts[host].tried = look->is_marked[host] = false;
		look->hosts[host].closed = look->maintained[host];
		touch(look, host);
	}
	look->marked_count = 0;
}

/* A pre-copy sends again what is written meanwhile: a geometric series, while the writing is slower than
 * the path. Where it is not, ten times the memory stands for "very long". */
static int64_t legs_ns(const struct look *look, const struct policy_guest *g, double path_bps)
{
	const struct move_rules *rules = &look->migrations->rules;
	double bps = path_bps * look->migrations->link_share_01;
	if (rules->most_Bps > 0 && rules->most_Bps * 8 < bps)
		bps = rules->most_Bps * 8;
	double once_s = (double)g->ram_bytes * 8 / bps;
	double again = g->dirty_bps < 0.9 * bps ? 1 / (1 - g->dirty_bps / bps) : 10;
	double total_ns = once_s * again * 1e9;
	return total_ns < (double)TIME_MAX_NS ? (int64_t)total_ns : TIME_MAX_NS;
}

int64_t look_move_ns(const struct look *look, uint32_t guest, uint32_t to)
{
	const struct migrations *m = look->migrations;
	const struct world *world = look->world;
	struct network_path path;
	if (guest >= look->view.guest_count || to >= look->view.host_count || look->home[guest] == ID_NONE)
		return TIME_MAX_NS;
	const struct policy_guest *g = &look->guests[guest];
	node_id from = world->hosts[look->home[guest]].node;
	if (look->home[guest] == to)
		return 0;
	if (!network_path(&world->network, from, world->hosts[to].node, &path))
		return TIME_MAX_NS;
	if (m->move_kind)
		return legs_ns(look, g, (double)path.capacity_bps);
	struct migration_outcome out = {0};
	const struct migration_case c = {
		.ram_bytes = g->ram_bytes, .disk_bytes = g->disk_bytes, .path_bps = path.capacity_bps,
		.latency_ns = path.latency_ns, .bandwidth_share = m->bandwidth_share,
	};
	m->kind->plan(&c, &out);
	return out.total_ns;
}

/* What the books of a host must be, from its list and the world. */
struct books {
	uint32_t guests;
	int64_t demand_hz, cpu_hz, ram_bytes, disk_bytes;
};

static void books_add(const struct look *look, struct books *b, uint32_t v, uint32_t h)
{
	const struct policy_guest *g = &look->guests[v];
	b->guests++;
	b->demand_hz += g->demand_hz;
	ASSERT(b->guests <= look->view.guest_count && g->host == h);
	if (look->rules.by_demand)
		b->cpu_hz += g->demand_hz;
	if (look->home[v] == h || look->world->vms[v].state == VM_MIGRATING)
		return;
	const struct policy_request size = look_request(look, v);
	b->ram_bytes += size.ram_bytes + (size.on_kind ? size.on_kind[look->hosts[h].kind].ram_bytes : 0);
	b->disk_bytes += size.disk_bytes;
	if (!look->rules.by_demand)
		b->cpu_hz += g->cpu_hz;
}

static void host_check(const struct look *look, uint32_t h)
{
	const struct host *host = &look->world->hosts[h];
	const struct policy_host *p = &look->hosts[h];
	struct books b = {
		.cpu_hz = look->rules.by_demand ? 0 : host->cpu_booked_hz,
		.ram_bytes = host->ram_booked_bytes, .disk_bytes = host->disk_booked_bytes,
	};
	uint32_t at_home = 0;
	for (uint32_t v = look->first[h]; v != POLICY_NONE; v = look->guests[v].next) {
		books_add(look, &b, v, h);
		at_home += look->home[v] == h;
	}
	for (uint32_t k = 0; k < host->guest_count; k++) {
		uint32_t v = host->guests[k];
		ASSERT(look->home[v] == h);
		bool left = look->guests[v].host != h;
		if (left && !look->rules.by_demand && look->world->vms[v].state != VM_MIGRATING)
			b.cpu_hz -= look->guests[v].cpu_hz;
		at_home += left;
	}
	ASSERT(at_home == host->guest_count);
	ASSERT(p->guests == b.guests && p->demand_hz == b.demand_hz && p->cpu_booked_hz == b.cpu_hz);
	ASSERT(p->ram_booked_bytes == b.ram_bytes && p->disk_booked_bytes == b.disk_bytes);
}

void look_check(const struct look *look)
{
	uint64_t listed = 0, on_hosts = 0;
	for (uint32_t h = 0; h < look->view.host_count; h++) {
		host_check(look, h);
		listed += look->hosts[h].guests;
	}
	for (uint32_t v = 0; v < look->view.guest_count; v++)
		on_hosts += look->guests[v].host != POLICY_NONE;
	ASSERT(listed == on_hosts); /* each on one list at most */
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints which request is allowed in which state, and where it leads. */
#include "cli/states.h"

#include <string.h>

#include "models/hypervisor/lifecycle.h"
#include "models/hypervisor/vm_requests.h"

/* One of the two tables. */
struct machine {
	const char *title;
	const char *const *states, *const *requests;
	unsigned state_count, request_count;
	unsigned (*leads)(unsigned state, unsigned request); /* state_count: it is refused */
};

static unsigned host_leads(unsigned state, unsigned request)
{
	return lifecycle_host_leads((enum host_state)state, (enum host_request)request);
}

static unsigned vm_leads(unsigned state, unsigned request)
{
	return vm_request_leads((enum vm_state)state, (enum vm_request)request);
}

static const struct machine machines[] = {
	{"host", host_state_names, host_request_names, HOST_STATES, HOST_REQUESTS, host_leads},
	{"VM", vm_state_names, vm_request_names, VM_STATES, VM_REQUESTS, vm_leads},
};
#define MACHINES (sizeof machines / sizeof *machines)

static int widest(const char *const *names, unsigned count)
{
	size_t most = 0;
	for (unsigned i = 0; i < count; i++)
		most = strlen(names[i]) > most ? strlen(names[i]) : most;
	return (int)most;
}

/* The states in which a request leads to a state, or (state_count) leaves it as it is; false when there are
 * none. */
static bool from_print(FILE *out, const struct machine *m, unsigned request, unsigned to)
{
	const char *comma = "", *next = to == m->state_count ? "the same" : m->states[to];
	for (unsigned s = 0; s < m->state_count; s++) {
		unsigned leads = m->leads(s, request);
		bool stays = m->leads == vm_leads && vm_ways[request].stays && leads == s;
		if (stays ? to != m->state_count : leads != to || to == m->state_count)
			continue;
		if (!*comma)
			fprintf(out, "%-*s  %-*s  ", widest(m->requests, m->request_count),
			        m->requests[request], widest(m->states, m->state_count), next);
		fprintf(out, "%s%s", comma, m->states[s]);
		comma = ", ";
	}
	return *comma;
}

static void machine_print(FILE *out, const struct machine *m)
{
	fprintf(out, "%-*s  %-*s  in states\n", widest(m->requests, m->request_count), "request",
	        widest(m->states, m->state_count), "leads to");
	for (unsigned r = 0; r < m->request_count; r++)
		for (unsigned to = 0; to <= m->state_count; to++)
			if (from_print(out, m, r, to))
				fputc('\n', out);
}

/* States down, requests across: a dot where a request is refused, else a star. */
static void matrix_print(FILE *out, const struct machine *m)
{
	int width = widest(m->states, m->state_count);
	for (unsigned r = 0; r < m->request_count; r++)
		fprintf(out, "%*s  %c %s\n", width, "", 'A' + (int)r, m->requests[r]);
	fprintf(out, "%-*s ", width, m->title);
	for (unsigned r = 0; r < m->request_count; r++)
		fprintf(out, " %c", 'A' + (int)r);
	fputc('\n', out);
	for (unsigned s = 0; s < m->state_count; s++) {
		fprintf(out, "%-*s ", width, m->states[s]);
		for (unsigned r = 0; r < m->request_count; r++)
			fputs(m->leads(s, r) == m->state_count ? " ." : " *", out);
		fputc('\n', out);
	}
}

void states_print(FILE *out)
{
	for (size_t i = 0; i < MACHINES; i++) {
		fputs(i ? "\n" : "", out);
		matrix_print(out, &machines[i]);
		fputc('\n', out);
		machine_print(out, &machines[i]);
	}
	fputs("\n* allowed, . refused; `vdcsim list states 'vm save'` tells all about one request\n", out);
}

static void request_item(struct items *items, const struct machine *m, unsigned r)
{
	bool vm = m->leads == vm_leads;
	const char **from = arena_new(&items->arena, m->state_count, sizeof *from);
	unsigned count = 0, to = 0;
	for (unsigned s = 0; s < m->state_count; s++) {
		if (m->leads(s, r) == m->state_count)
			continue;
		from[count++] = m->states[s];
		to = m->leads(s, r);
	}
	const char *name = arena_printf(&items->arena, "%s %s", vm ? "vm" : "host", m->requests[r]);
	const char *summary = arena_printf(&items->arena, "the host is then %s", m->states[to]);
	struct item *item = items_add(items, name, vm ? vm_ways[r].summary : summary);
	item_list(item, "allowed in", from, count);
	if (vm && !vm_ways[r].stays) {
		item_text(item, "through", m->states[vm_ways[r].through]);
		item_text(item, "to", m->states[vm_ways[r].to]);
	}
	item_text(item, "elsewhere", vm ? vm_ways[r].why : NULL);
}

void items_states(struct items *items)
{
	for (size_t i = 0; i < MACHINES; i++)
		for (unsigned r = 0; r < machines[i].request_count; r++)
			request_item(items, &machines[i], r);
}

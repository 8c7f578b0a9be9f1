/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items of virtualization: presets of hypervisors with the source of each number, mixes of work, and the
 * taxonomy: interface replaced, technique, systems. */
#include <stdio.h>

#include "cli/items.h"
#include "models/hypervisor/hypervisor.h"

static double value_of(const struct hypervisor *h, int p)
{
	return *(const double *)(const void *)((const char *)h + hypervisor_parameters[p].offset);
}

/* "exit_ns = 683 ns: from the guest ... [source]", for each number that the preset has. */
static void parameters_of(struct items *items, const struct hypervisor *h, struct item *item)
{
	const char **lines = arena_new(&items->arena, HYPERVISOR_PARAMETERS, sizeof *lines);
	uint32_t n = 0;
	for (int p = 0; p < HYPERVISOR_PARAMETERS; p++) {
		const struct hypervisor_parameter_info *info = &hypervisor_parameters[p];
		const char *unit = info->unit[0] == '1' && !info->unit[1] ? "" : info->unit;
		if (h->source[p])
			lines[n++] = arena_printf(&items->arena, "%s = %.9g%s%s: %s (%s)", info->name,
			                          value_of(h, p), *unit ? " " : "", unit, info->summary,
			                          h->source[p]);
	}
	item_list(item, "parameters", lines, n);
}

/* What it makes of each mix. */
static void slowdowns_of(struct items *items, const struct hypervisor *h, struct item *item)
{
	const struct mix *mix;
	const char *line = "";
	for (uint32_t i = 0; (mix = mix_at(i)); i++) {
		struct technique_price price;
		technique_price(h->technique, &h->technique_costs, mix->walk_01, &price);
		line = arena_printf(&items->arena, "%s%s%s %.4g", line, i ? ", " : "", mix->name,
		                    technique_slowdown(&price, mix));
	}
	item_text(item, "slow-down", line);
}

void items_hypervisors(struct items *items)
{
	const struct hypervisor *h;
	for (uint32_t i = 0; (h = hypervisor_at(i)); i++) {
		struct item *item = items_add(items, h->name, h->summary);
		item_text(item, "type", hypervisor_type_names[h->type]);
		item_text(item, "technique", technique_names[h->technique]);
		item_text(item, "input and output", h->io);
		item_text(item, "ISA", h->isa ? h->isa : "x86_64");
		item_text(item, "shared kernel", h->os);
		slowdowns_of(items, h, item);
		parameters_of(items, h, item);
	}
}

void items_mixes(struct items *items)
{
	const struct mix *mix;
	for (uint32_t i = 0; (mix = mix_at(i)); i++) {
		struct item *item = items_add(items, mix->name, mix->summary);
		const char **lines = arena_new(&items->arena, OPERATIONS, sizeof *lines);
		for (int k = 0; k < OPERATIONS; k++)
			lines[k] = arena_printf(&items->arena, "%s = %g (of %g ns natively)",
				operation_names[k],
			                        mix->per_s[k], operation_native_ns[k]);
		item_list(item, "operations in a second of native work", lines, OPERATIONS);
		const char **shares = arena_new(&items->arena, CODES, sizeof *shares);
		for (int k = 0; k < CODES; k++)
			shares[k] = arena_printf(&items->arena, "%s = %g", code_names[k], mix->share[k]);
		item_list(item, "the rest of it, shares of code", shares, CODES);
		item_text(item, "page_walks", arena_printf(&items->arena, "%g of the time of memory code",
		                                           mix->walk_01));
		item_text(item, "source", mix->source);
	}
}

/* The presets of a technique, as a line. */
static const char *presets_of(struct items *items, int technique)
{
	const struct hypervisor *h;
	const char *line = NULL;
	for (uint32_t i = 0; (h = hypervisor_at(i)); i++)
		if ((int)h->technique == technique)
			line = arena_printf(&items->arena, "%s%s%s", line ? line : "", line ? ", " : "",
				h->name);
	return line;
}

void items_taxonomy(struct items *items)
{
	static const char *const interfaces[] = {"ISA", "ABI", "API"};
	for (int k = 0; k < 3; k++)
		for (int i = 0; i < TECHNIQUES; i++) {
			const struct technique_info *info = &technique_table[i];
			if (info->interface[1] != interfaces[k][1] || info->interface[0] != interfaces[k][0])
				continue;
			const char *name = arena_printf(&items->arena, "%s/%s", info->interface,
			                                technique_names[i]);
			struct item *item = items_add(items, name, arena_printf(&items->arena, "%s: %s",
			                              info->systems, info->summary));
			item_text(item, "interface", info->interface);
			item_text(item, "technique", technique_names[i]);
			item_text(item, "systems", info->systems);
			item_text(item, "presets", presets_of(items, i));
		}
}

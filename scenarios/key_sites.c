/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of sites, of what they cost, and of the network that connects them. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "scenarios/scenario.h"

#define S(member) offsetof(struct scenario, member)
#define SITE(member) offsetof(struct scenario_site, member)

static const struct key rows[] = {
	{"sites[]", KEY_SECTION, .least = 1, .most = 1000, .preset = "[{}]", .offset = S(sites),
         .count_offset = S(site_count), .place_offset = offsetof(struct scenario_site, place),
         .size = sizeof(struct scenario_site), .summary = "Datacenters; absent: one with every preset"},
	{"sites[].name", KEY_NAME, .most = 63, .preset = "site", .offset = SITE(name),
         .summary = "Name of the site"},
	{"sites[].pue", KEY_REAL, .least = 1, .most = 10, .preset = "1", .offset = SITE(pue),
         .summary = "Power usage effectiveness: power of the whole site over that of its hosts"},
	{"sites[].carbon", KEY_REAL, .dimension = DIM_CARBON, .most = 10000, .preset = "0",
         .offset = SITE(carbon_g_per_kwh),
         .summary = "Carbon intensity of the site's electricity; 0: emissions are not counted"},
	{"sites[].carbon_trace", KEY_SECTION, .place_offset = SITE(carbon_place),
         .summary = "Carbon intensity hour by hour, in place of sites[].carbon"},
	{"sites[].carbon_trace.trace", KEY_TEXT, .most = 4096, .optional = true,
         .offset = SITE(carbon_trace),
         .summary = "Trace of intensities: a name (carbon/DE) or a path to lines of instant,g/kWh"},
	{"sites[].carbon_trace.start", KEY_TEXT, .most = 63, .optional = true, .offset = SITE(carbon_start),
         .summary = "Instant of the trace at which the run begins, UTC: 2023-01-15T00:00Z"},
	{"sites[].electricity_price", KEY_REAL, .dimension = DIM_MONEY, .most = 1e6, .preset = "0",
         .offset = SITE(electricity_price), .summary = "Price of a kWh, paid for hosts times PUE"},
	{"sites[].rack_unit_price", KEY_REAL, .dimension = DIM_MONEY, .most = 1e9, .preset = "0",
         .offset = SITE(rack_unit_price), .summary = "Price of a rack unit a month (730 h)"},
	{"sites[].wan_link", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e15,
         .optional = true, .offset = SITE(wan_bps), .has_offset = SITE(has_wan_link),
         .summary = "Its link to the other sites; absent: network.wan_link"},
	{"sites[].wan_latency", KEY_WHOLE, .dimension = DIM_TIME, .most = 3600e9, .optional = true,
         .offset = SITE(wan_latency_ns), .has_offset = SITE(has_wan_latency),
         .summary = "Latency of that link, one way; absent: network.wan_latency"},
	{"costs", KEY_SECTION, .summary = "How money is counted (docs/costs.md)"},
	{"costs.currency", KEY_CHOICE, .preset = "EUR", .names = currency_names, .name_count = CURRENCIES,
         .offset = S(currency), .summary = "Currency of the figures"},
	{"costs.usd_per_eur", KEY_REAL, .least = 0.01, .most = 100, .preset = "1.08",
         .offset = S(usd_per_eur),
         .summary = "Dollars for a euro, for amounts in the other currency; preset: ECB, mean of 2023"},
	{"network", KEY_SECTION,
         .summary = "Links above the hosts' own; each host has its link in hosts[].nic"},
	{"network.rack_link", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e15,
         .preset = "40 Gbit/s", .offset = S(network.rack_bps),
         .summary = "Each rack's link up to the core of its site"},
	{"network.wan_link", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e15,
         .preset = "10 Gbit/s", .offset = S(network.wan_bps),
         .summary = "Each site's link to the other sites"},
	{"network.nic_latency", KEY_WHOLE, .dimension = DIM_TIME, .most = 3600e9, .preset = "10 us",
         .offset = S(network.nic_latency_ns),
         .summary = "Latency from a host to its rack's switch, one way"},
	{"network.rack_latency", KEY_WHOLE, .dimension = DIM_TIME, .most = 3600e9, .preset = "10 us",
         .offset = S(network.rack_latency_ns),
         .summary = "Latency from a rack's switch to the core, one way"},
	{"network.wan_latency", KEY_WHOLE, .dimension = DIM_TIME, .most = 3600e9, .preset = "10 ms",
         .offset = S(network.wan_latency_ns),
         .summary = "Latency from a site's core to the wide area, one way"},
};
const struct key_table key_sites = {rows, sizeof rows / sizeof *rows};

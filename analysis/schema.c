/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables and columns of results files. */
#include "analysis/schema.h"

#include <stdlib.h>

#include "analysis/carbon.h"
#include "models/power.h"
#include "sim/memory.h"

/* A column is named in the file as its first argument says; the member gives its place. */
#define FIELD(column, type, member, form, unit, long_name) \
	{column, unit, long_name, form, 0, offsetof(struct type, member), NULL, 0}
#define EXTRA(column, type, member, form, unit, long_name) \
	{column, unit, long_name, form, 1, offsetof(struct type, member), NULL, 0}
#define WORDS(column, type, member, words, count, long_name) \
	{column, NULL, long_name, FIELD_ENUM, 0, offsetof(struct type, member), words, count}
#define ROW_ID(long_name) {"id", NULL, long_name, FIELD_ROW, 0, 0, NULL, 0}
#define END {NULL, NULL, NULL, FIELD_ROW, 0, 0, NULL, 0}

static const struct field site_fields[] = {
	ROW_ID("site"), FIELD("name", site, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("pue", site, pue, FIELD_F64, "1", "power usage effectiveness: facility power over IT power"),
	FIELD("carbon_g_per_kwh", site, carbon_g_per_kwh, FIELD_F64, "g/kWh",
	      "carbon intensity of its electricity"),
	END};

static const struct field rack_fields[] = {
	ROW_ID("rack"),
	FIELD("name", rack, name, FIELD_TEXT, NULL, "name"),
	FIELD("site", rack, site, FIELD_ID, NULL, "site that it stands in"),
	EXTRA("hosts_offset", schema_rack, hosts_offset, FIELD_U32, "1", "first of its rows in rack_hosts"),
	EXTRA("hosts_count", schema_rack, hosts_count, FIELD_U32, "1", "number of its rows in rack_hosts"),
	END
};

static const struct field rack_host_fields[] = {
	{"host", NULL, "hosts, rack by rack", FIELD_ID, 0, 0, NULL, 0},
	END
};

static const struct field host_type_fields[] = {
	ROW_ID("host group"),
	FIELD("name", host_type, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("catalog", host_type, catalog, FIELD_TEXT, NULL, "catalogue entry, if any"),
	FIELD("cores", host_type, cores, FIELD_U32, "1", "cores of a host"),
	FIELD("core_ghz", host_type, core_hz, FIELD_GHZ, "GHz", "speed of a core"),
	FIELD("cpu_ghz", host_type, cpu_hz, FIELD_GHZ, "GHz", "CPU capacity of a host"),
	FIELD("ram_bytes", host_type, ram_bytes, FIELD_I64, "B", "memory"),
	FIELD("disk_bytes", host_type, disk_bytes, FIELD_I64, "B", "disk"),
	FIELD("nic_bps", host_type, nic_bps, FIELD_I64, "bit/s", "network interface"),
	EXTRA("idle_w", schema_host_type, idle_w, FIELD_F64, "W", "power at no load"),
	EXTRA("max_w", schema_host_type, max_w, FIELD_F64, "W", "power at full load"),
	END
};

static const struct field host_fields[] = {
	ROW_ID("host"),
	FIELD("type", host, type, FIELD_ID, NULL, "host group"),
	FIELD("number", host, number, FIELD_ID, NULL, "number within the group"),
	FIELD("site", host, site, FIELD_ID, NULL, "site that it stands in"),
	FIELD("rack", host, rack, FIELD_ID, NULL, "rack that it stands in"),
	EXTRA("cpu_ghz", schema_host, cpu_hz, FIELD_GHZ, "GHz", "CPU capacity"),
	WORDS("state", host, state, host_state_names, HOST_STATES, "state at the end of the run"),
	FIELD("energy_j", host, energy, FIELD_ENERGY, "J", "energy drawn"),
	FIELD("demanded_ghz_h", host, demanded, FIELD_WORK, "GHz h", "work demanded by its guests"),
	FIELD("delivered_ghz_h", host, given, FIELD_WORK, "GHz h", "work delivered to its guests"),
	FIELD("on_s", host, on_ns, FIELD_TIME, "s", "time in state on"),
	FIELD("active_s", host, active_ns, FIELD_TIME, "s", "time on with guests that demanded CPU"),
	FIELD("saturated_s", host, saturated_ns, FIELD_TIME, "s",
	      "active time with demand at or above capacity"),
	END};

static const struct field vm_type_fields[] = {
	ROW_ID("guest group"),
	FIELD("name", vm_type, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("vcpus", vm_type, vcpus, FIELD_U32, "1", "virtual CPUs of a guest"),
	FIELD("vcpu_ghz", vm_type, vcpu_hz, FIELD_GHZ, "GHz", "speed of a virtual CPU"),
	FIELD("cpu_ghz", vm_type, cpu_hz, FIELD_GHZ, "GHz", "CPU capacity of a guest"),
	FIELD("cap_ghz", vm_type, cap_hz, FIELD_GHZ, "GHz", "most CPU that it may get"),
	FIELD("reservation_ghz", vm_type, reservation_hz, FIELD_GHZ, "GHz", "CPU that it gets in any case"),
	FIELD("weight", vm_type, weight, FIELD_U32, "1", "share of CPU under contention; 1024 is ordinary"),
	FIELD("priority", vm_type, priority, FIELD_U32, "1", "larger goes first when room is scarce"),
	FIELD("ram_bytes", vm_type, ram_bytes, FIELD_I64, "B", "memory"),
	FIELD("disk_bytes", vm_type, disk_bytes, FIELD_I64, "B", "disk"),
	FIELD("image", vm_type, image, FIELD_ID, NULL, "image, or -1"),
	FIELD("tenant", vm_type, tenant, FIELD_ID, NULL, "tenant, or -1"),
	FIELD("service", vm_type, service, FIELD_ID, NULL, "service, or -1"),
	END
};

static const struct field vm_fields[] = {
	ROW_ID("guest"),
	FIELD("type", vm, type, FIELD_ID, NULL, "guest group"),
	FIELD("number", vm, number, FIELD_ID, NULL, "number within the group"),
	WORDS("state", vm, state, vm_state_names, VM_STATES, "state at the end of the run"),
	FIELD("parent", vm, parent.i, FIELD_ID, NULL, "host or guest that it runs on, or -1"),
	FIELD("nested", vm, parent.is_vm, FIELD_FLAG, NULL, "1: the parent is a guest; 0: a host"),
	FIELD("start_s", vm, start_ns, FIELD_TIME, "s", "time at which it was asked for"),
	FIELD("placed_s", vm, placed_ns, FIELD_TIME, "s", "time at which it began to run, or NaN"),
	FIELD("ended_s", vm, ended_ns, FIELD_TIME, "s", "time at which it stopped, or NaN"),
	FIELD("demanded_ghz_h", vm, demanded, FIELD_WORK, "GHz h", "work demanded"),
	FIELD("stolen_ghz_h", vm, stolen, FIELD_WORK, "GHz h", "work demanded and not delivered"),
	FIELD("migration_lost_ghz_h", vm, migration_lost, FIELD_WORK, "GHz h",
	      "the part of that due to migrations"),
	FIELD("migrations", vm, migrations, FIELD_ID, "1", "migrations that ended"),
	END};

static const struct field image_fields[] = {
	ROW_ID("image"),
	FIELD("name", image, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("os", image, os, FIELD_TEXT, NULL, "operating system"),
	FIELD("isa", image, isa, FIELD_TEXT, NULL, "instruction set architecture"),
	FIELD("format", image, format, FIELD_TEXT, NULL, "file format"),
	FIELD("size_bytes", image, size_bytes, FIELD_I64, "B", "size"),
	END
};

static const struct field name_fields[] = {
	ROW_ID("row"),
	{"name", NULL, "name in the scenario", FIELD_TEXT, 0, 0, NULL, 0},
	END
};

static const struct field pool_fields[] = {
	ROW_ID("storage pool"),
	FIELD("name", pool, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("site", pool, site, FIELD_ID, NULL, "site that it stands in"),
	FIELD("capacity_bytes", pool, capacity_bytes, FIELD_I64, "B", "capacity"),
	FIELD("read_bps", pool, read_bps, FIELD_I64, "bit/s", "rate of reading"),
	FIELD("write_bps", pool, write_bps, FIELD_I64, "bit/s", "rate of writing"),
	END
};

static const struct field event_fields[] = {
	FIELD("time_s", note, time_ns, FIELD_TIME, "s", "time"),
	WORDS("kind", note, kind, note_kind_names, NOTE_KINDS, "what happened"),
	FIELD("vm", note, vm, FIELD_ID, NULL, "guest that it happened to, or -1"),
	FIELD("host", note, host, FIELD_ID, NULL, "host where it happened, or -1"),
	FIELD("value", note, value, FIELD_I64, NULL,
	      "migrations: target host; host state: the new state's number"),
	END};

static const struct field migration_fields[] = {
	FIELD("vm", migration, vm, FIELD_ID, NULL, "guest that moved"),
	FIELD("source", migration, source, FIELD_ID, NULL, "host that it left"),
	FIELD("target", migration, target, FIELD_ID, NULL, "host that it went to"),
	FIELD("start_s", migration, start_ns, FIELD_TIME, "s", "start"),
	FIELD("end_s", migration, end_ns, FIELD_TIME, "s", "end"),
	FIELD("downtime_s", migration, outcome.downtime_ns, FIELD_TIME, "s",
	      "time in which the guest stood still"),
	FIELD("sent_bytes", migration, outcome.sent_bytes, FIELD_I64, "B", "bytes sent"),
	FIELD("done", migration, done, FIELD_FLAG, NULL, "1: over; 0: under way when the run ended"),
	FIELD("failed", migration, failed, FIELD_FLAG, NULL, "1: broken off; the guest did not move"),
	END};

static const struct field carbon_fields[] = {
	FIELD("time_s", carbon_hour, time_ns, FIELD_TIME, "s", "start of the hour, or of the run"),
	FIELD("site", carbon_hour, site, FIELD_ID, NULL, "site"),
	FIELD("g_per_kwh", carbon_hour, g_per_kwh, FIELD_F64, "g/kWh", "carbon intensity of that hour"),
	FIELD("energy_j", carbon_hour, energy, FIELD_ENERGY, "J", "energy of the site's hosts, without PUE"),
	FIELD("carbon_g", carbon_hour, carbon_g, FIELD_F64, "g", "emitted, with PUE"),
	END
};

void schema_init(struct schema *schema, const struct world *world)
{
	const char *what = "tables of the results";
	*schema = (struct schema){
		.hosts = memory_new(world->host_count, sizeof *schema->hosts, what),
		.host_types = memory_new(world->host_type_count, sizeof *schema->host_types, what),
		.racks = memory_new(world->rack_count, sizeof *schema->racks, what),
		.rack_hosts = memory_new(world->host_count, sizeof *schema->rack_hosts, what),
	};
	for (uint32_t i = 0; i < world->host_type_count; i++) {
		const struct power_curve *curve = &world->curves[world->host_types[i].curve.i];
		schema->host_types[i] = (struct schema_host_type){power_w(curve, 0), power_w(curve, 1)};
	}
	for (uint32_t i = 0; i < world->host_count; i++) {
		schema->hosts[i].cpu_hz = world->host_types[world->hosts[i].type].cpu_hz;
		schema->racks[world->hosts[i].rack.i].hosts_count++;
	}
	for (uint32_t i = 1; i < world->rack_count; i++)
		schema->racks[i].hosts_offset =
			schema->racks[i - 1].hosts_offset + schema->racks[i - 1].hosts_count;
	uint32_t *next = memory_new(world->rack_count, sizeof *next, what);
	for (uint32_t i = 0; i < world->host_count; i++) {
		uint32_t rack = world->hosts[i].rack.i;
		schema->rack_hosts[schema->racks[rack].hosts_offset + next[rack]++] = i;
	}
	free(next);
}

void schema_fini(struct schema *schema)
{
	free(schema->hosts);
	free(schema->host_types);
	free(schema->racks);
	free(schema->rack_hosts);
}

#define TABLE(path, fields, array, count, long_name) \
	{path, long_name, fields, {array, NULL}, {sizeof *(array), 0}, count}
#define TABLE_2(path, fields, array, second, count, long_name) \
	{path, long_name, fields, {array, second}, {sizeof *(array), sizeof *(second)}, count}

unsigned schema_tables(struct schema_table tables[static SCHEMA_TABLES], const struct results_input *in,
                       const struct schema *schema)
{
	const struct world *w = in->world;
	const struct record *r = in->record;
	const struct migrations *m = in->migrations;
	const struct schema_table all[SCHEMA_TABLES] = {
		TABLE("entities/sites", site_fields, w->sites, w->site_count, "sites"),
		TABLE_2("entities/racks", rack_fields, w->racks, schema->racks, w->rack_count, "racks"),
		TABLE("entities/rack_hosts", rack_host_fields, schema->rack_hosts, w->host_count,
		"hosts of the racks"),
		TABLE_2("entities/host_types", host_type_fields, w->host_types, schema->host_types,
		        w->host_type_count, "groups of equal hosts"),
		TABLE_2("entities/hosts", host_fields, w->hosts, schema->hosts, w->host_count,
		"hosts, and what they did"),
		TABLE("entities/vm_types", vm_type_fields, w->vm_types, w->vm_type_count,
		"groups of equal guests"),
		TABLE("entities/images", image_fields, w->images, w->image_count, "images of guests"),
		TABLE("entities/tenants", name_fields, w->tenants, w->tenant_count, "tenants"),
		TABLE("entities/services", name_fields, w->services, w->service_count, "services"),
		TABLE("entities/pools", pool_fields, w->pools, w->pool_count, "storage pools"),
		TABLE("migrations", migration_fields, m->all, m->count,
		"migrations in the order of their starts"),
		TABLE("entities/vms", vm_fields, w->vms, w->vm_count, "guests, and what became of them"),
		TABLE("carbon", carbon_fields, in->carbon, in->carbon_count,
		"sites with a carbon trace, hour by hour"),
		TABLE("events", event_fields, r->notes, r->note_count, "what happened to whom, in order"),
	};
	unsigned count = 0;
	for (unsigned i = 0; i < SCHEMA_TABLES; i++) {
		bool vms = all[i].fields == vm_fields, events = all[i].fields == event_fields;
		bool carbon = all[i].fields == carbon_fields;
		if ((!vms || r->options.vms) && (!events || r->options.events) && (!carbon || in->carbon))
			tables[count++] = all[i];
	}
	return count;
}

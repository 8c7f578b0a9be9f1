/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of what stands around a migration: a VM's place in the network, devices, formats of images. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "models/migration/compat.h"
#include "scenarios/scenario.h"

#define ID(member) offsetof(struct scenario, migration.identity.member)
#define VM(member) offsetof(struct scenario_vm, member)
#define HOST(member) offsetof(struct scenario_host, member)

/* Presets are identity_default's; the sources are there. */
static const struct key rows[] = {
	{"migration.identity", KEY_SECTION,
         .summary = "How packets find a VM that has moved; counts where there is traffic"},
	{"migration.identity.announce", KEY_CHOICE, .preset = "arp", .names = announce_way_names,
         .name_count = ANNOUNCE_WAYS, .offset = ID(announce),
         .summary = "Who tells the switches: nobody, so that they learn from the VM's packets or forget; the "
                    "hypervisor; or, to another site, the old host forwards through a tunnel"},
	{"migration.identity.announce_after", KEY_WHOLE, .dimension = DIM_TIME, .most = 1e13,
         .preset = "50 ms", .offset = ID(after_ns),
         .summary = "arp: from running at the target to the announcement; the preset is QEMU's"},
	{"migration.identity.learn", KEY_WHOLE, .dimension = DIM_TIME, .most = 1e13, .preset = "1 ms",
         .offset = ID(learn_ns), .summary = "From then until every switch has learnt it; our estimate"},
	{"migration.identity.ageing", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST,
         .preset = "300 s", .offset = ID(ageing_ns),
         .summary = "none: switches forget an address after so long; the preset is IEEE 802.1D's"},
	{"migration.identity.rename", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST,
         .preset = "300 s", .offset = ID(rename_ns),
         .summary = "tunnel: until names and routes lead to the new site; our estimate"},
	{"migration.identity.tunnel_header", KEY_WHOLE, .dimension = DIM_BYTES, .most = 65536,
         .preset = "20 B", .offset = ID(header_bytes),
         .summary = "tunnel: what each packet is longer by; 20 B: IP within IP, 50 B: VXLAN"},
	{"vms[].devices", KEY_SET, .preset = "virtio", .names = device_kind_names,
         .name_count = DEVICE_KINDS, .offset = VM(devices),
         .summary = "What its drivers drive: a target must provide it, and what is passed through stays"},
	{"hosts[].devices", KEY_SET, .optional = true, .names = device_kind_names,
         .name_count = DEVICE_KINDS, .offset = HOST(devices), .has_offset = HOST(has_devices),
         .summary = "Devices that its hypervisor can provide to a VM that comes; absent: all"},
	{"hosts[].image_formats", KEY_SET, .optional = true, .names = image_format_names,
         .name_count = IMAGE_FORMATS, .offset = HOST(image_formats),
         .has_offset = HOST(has_image_formats),
         .summary = "Formats of images (images[].format) that its hypervisor opens; absent: all"},
};
const struct key_table key_identity = {rows, sizeof rows / sizeof *rows};

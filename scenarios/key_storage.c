/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of images and of storage pools. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "scenarios/scenario.h"

#define S(member) offsetof(struct scenario, member)
#define IMAGE(member) offsetof(struct scenario_image, member)
#define POOL(member) offsetof(struct scenario_pool, member)

static const struct key rows[] = {
	{"images[]", KEY_SECTION, .most = 10000, .optional = true, .offset = S(images),
         .count_offset = S(image_count), .place_offset = offsetof(struct scenario_image, place),
         .size = sizeof(struct scenario_image), .summary = "Images from which VMs are made"},
	{"images[].name", KEY_NAME, .most = 63, .offset = IMAGE(name), .summary = "Name of the image"},
	{"images[].os", KEY_TEXT, .most = 63, .preset = "linux", .offset = IMAGE(os),
         .summary = "Operating system"},
	{"images[].isa", KEY_TEXT, .most = 63, .preset = "x86_64", .offset = IMAGE(isa),
         .summary = "Instruction set"},
	{"images[].format", KEY_TEXT, .most = 63, .preset = "qcow2", .offset = IMAGE(format),
         .summary = "Format of the file"},
	{"images[].size", KEY_WHOLE, .dimension = DIM_BYTES, .most = 0x1p60, .preset = "2 GiB",
         .offset = IMAGE(size_bytes), .summary = "Size of the file"},
	{"pools[]", KEY_SECTION, .most = 10000, .optional = true, .offset = S(pools),
         .count_offset = S(pool_count), .place_offset = offsetof(struct scenario_pool, place),
         .size = sizeof(struct scenario_pool), .summary = "Storage pools on the network"},
	{"pools[].name", KEY_NAME, .most = 63, .offset = POOL(name), .summary = "Name of the pool"},
	{"pools[].site", KEY_NAME, .most = 63, .optional = true, .offset = POOL(site),
         .summary = "Site of the pool; absent: the first"},
	{"pools[].capacity", KEY_WHOLE, .dimension = DIM_BYTES, .least = 1, .most = 0x1p62,
         .preset = "100 TB", .offset = POOL(capacity_bytes), .summary = "What the pool holds"},
	{"pools[].read", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e15, .preset = "2 GB/s",
         .offset = POOL(read_bps), .summary = "Reading rate"},
	{"pools[].write", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e15,
         .preset = "1 GB/s", .offset = POOL(write_bps), .summary = "Writing rate"},
};
const struct key_table key_storage = {rows, sizeof rows / sizeof *rows};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A storage pool: a node of the network that holds disks and memory images of guests (models/transfer.h). */
#ifndef MODELS_STORAGE_H
#define MODELS_STORAGE_H

#include <stdint.h>

#include "models/id.h"

struct pool {
	const char *name;
	site_id site;
	node_id node;
	int64_t capacity_bytes, booked_bytes;
	int64_t read_bps, write_bps;    /* bit/s */
};

#endif

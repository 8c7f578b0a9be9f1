/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small typed ids: the only references between things of a world.
 *
 * An id is an index into its table in struct world (models/world.h). It
 * survives the growth of the table and can be stored, hashed and printed.
 * ID_NONE in .i means "no such thing" where a declaration says that it may. */
#ifndef MODELS_ID_H
#define MODELS_ID_H

#include <stdint.h>

#define ID_NONE UINT32_MAX

typedef struct { uint32_t i; } site_id;
typedef struct { uint32_t i; } rack_id;
typedef struct { uint32_t i; } host_id;
typedef struct { uint32_t i; } vm_id;
typedef struct { uint32_t i; } node_id;
typedef struct { uint32_t i; } link_id;
typedef struct { uint32_t i; } pool_id;
typedef struct { uint32_t i; } image_id;
typedef struct { uint32_t i; } tenant_id;
typedef struct { uint32_t i; } service_id;
typedef struct { uint32_t i; } curve_id;
typedef struct { uint32_t i; } plan_id;

#endif

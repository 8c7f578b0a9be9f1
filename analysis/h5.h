/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HDF5 files: the few things that results need of libhdf5, and the only place that sees it.
 *
 * A file is put together in memory (libhdf5's core driver) and handed out as bytes: no half-written file
 * can exist, errors of the disk are plain errno of plain writes, and its metadata cost no system calls. The
 * oldest file format is used: every reader knows it, it has no time stamps and no checksums over values, so
 * equal calls give equal bytes. Arrays of 1 MiB and more are chunked, shuffled and deflated at level 1;
 * below that deflating costs more time than it saves anywhere.
 *
 * While writing, any failure is want of memory and ends the process (status 3). While reading, functions
 * return false or NULL, since a file may be anything. libhdf5's own printing is off. */
#ifndef ANALYSIS_H5_H
#define ANALYSIS_H5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/memory.h"

struct h5;

enum h5_type {
	H5_TYPE_U8, H5_TYPE_I32, H5_TYPE_I64, H5_TYPE_U64, H5_TYPE_F32, H5_TYPE_F64, H5_TYPE_TEXT,
	H5_TYPES
};

/* An array to be written. */
struct h5_array {
	const char *path, *unit, *long_name;   /* unit and long_name become attributes; NULL: none */
	enum h5_type type;
	uint32_t rank;                         /* 0: one value */
	uint64_t size[2];
	const void *values;                    /* of H5_TYPE_TEXT: const char *const * */
	size_t text_bytes;                     /* H5_TYPE_TEXT: kept for each; 0: what the longest needs */
};

struct h5 *h5_new(void);
void h5_group(struct h5 *file, const char *path, const char *long_name);
void h5_write(struct h5 *file, const struct h5_array *array);
void h5_text(struct h5 *file, const char *path, const char *long_name, const char *text);
void h5_mark(struct h5 *file, const char *path, const char *name, const char *text);
void h5_mark_u64(struct h5 *file, const char *path, const char *name, uint64_t value);
/* Makes a 1-D array a dimension scale; attaches it to a dimension of arrays, under a label. */
void h5_scale(struct h5 *file, const char *path, const char *name);
void h5_attach(struct h5 *file, const char *array, const char *scale, unsigned dimension, const char *label);
/* The finished file's bytes; they live until h5_close. Nothing can be written afterwards. */
const void *h5_bytes(struct h5 *file, size_t *size);

/* An ordinary file that is whole (analysis/seal.h): libhdf5 trusts what it reads. NULL with *why. */
struct h5 *h5_open(const char *path, const char **why);
void h5_close(struct h5 *file);

struct h5_shape {
	enum h5_type type;                     /* I64: any whole number; F64: any real; TEXT */
	uint32_t rank;
	uint64_t size[2];
	uint64_t count;                        /* product of sizes; 1 for rank 0 */
};
/* False when there is no such array, or one of more than two dimensions, or of a type that results do not
 * have. */
bool h5_shape(struct h5 *file, const char *path, struct h5_shape *shape);
/* Reads all of an array, converted to I64, U64, F32 or F64. */
bool h5_read(struct h5 *file, const char *path, enum h5_type type, void *values);
/* Reads an array of texts into an arena; `texts` has room for shape.count. */
bool h5_read_texts(struct h5 *file, const char *path, struct arena *arena, const char **texts);
/* An attribute of an array or a group; NULL when it is not there. */
const char *h5_marked(struct h5 *file, const char *path, const char *name, struct arena *arena);
bool h5_marked_u64(struct h5 *file, const char *path, const char *name, uint64_t *value);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal of a results file: 24 bytes behind its end as HDF5 knows it, with the length and the hash of all
 * before.
 *
 * libhdf5 believes what a file says about itself, and some that were damaged, by a bad disk or a copy that
 * was cut, make it read where nothing is. So nothing is given to it whose seal is not right. Others that read
 * HDF5 (h5py, h5dump) do not see the seal: the format says where a file ends, and what follows is none of
 * it. */
#ifndef ANALYSIS_SEAL_H
#define ANALYSIS_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seal {
	char magic[8];
	uint64_t bytes, hash;   /* little-endian, as the arrays in the file are */
};

struct seal seal_of(const void *bytes, size_t size);

/* False with *why (what follows the path in a message): the file cannot be read, or is not whole. */
bool seal_check(const char *path, const char **why);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wrapper around libhdf5. */
#include "analysis/h5.h"

#include <errno.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/fault.h"

#define LARGE_BYTES ((uint64_t)1 << 20)
#define CHUNK_VALUES ((uint64_t)1 << 16)
#define DEFLATE_LEVEL 1
#define IMAGE_STEP ((size_t)512 << 10) /* the memory image of a file grows by this */

/* What is made once is made once because a file has hundreds of attributes, and libhdf5 takes microseconds
 * for each object. */
struct h5 {
	hid_t file;
	hid_t small;      /* how arrays are made: contiguous, no time stamps; below 0 when reading */
	hid_t access;
	hid_t text;       /* a text type, resized for each attribute */
	hid_t one;        /* the space of one value */
};

static hid_t must(hid_t id, const char *path)
{
	if (id < 0)
		fault_surroundings("out of memory: libhdf5 could not build '%s' of the results", path);
	return id;
}

static size_t type_bytes(enum h5_type type)
{
	static const size_t bytes[H5_TYPES] = {1, 4, 8, 8, 4, 8, 0};
	return bytes[type];
}

/* As stored and, on the little-endian machines that exist, as in memory. */
static hid_t type_of(enum h5_type type)
{
	switch (type) {
	case H5_TYPE_U8: return H5T_STD_U8LE;
	case H5_TYPE_I32: return H5T_STD_I32LE;
	case H5_TYPE_I64: return H5T_STD_I64LE;
	case H5_TYPE_U64: return H5T_STD_U64LE;
	case H5_TYPE_F32: return H5T_IEEE_F32LE;
	default: return H5T_IEEE_F64LE;
	}
}

static hid_t memory_type(enum h5_type type)
{
	switch (type) {
	case H5_TYPE_U8: return H5T_NATIVE_UINT8;
	case H5_TYPE_I32: return H5T_NATIVE_INT32;
	case H5_TYPE_I64: return H5T_NATIVE_INT64;
	case H5_TYPE_U64: return H5T_NATIVE_UINT64;
	case H5_TYPE_F32: return H5T_NATIVE_FLOAT;
	default: return H5T_NATIVE_DOUBLE;
	}
}

static hid_t text_type(size_t bytes)
{
	hid_t type = must(H5Tcopy(H5T_C_S1), "a text");
	H5Tset_size(type, bytes ? bytes : 1);
	H5Tset_strpad(type, H5T_STR_NULLPAD);
	H5Tset_cset(type, H5T_CSET_UTF8);
	return type;
}

static void quiet(void)
{
	H5open();
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

struct h5 *h5_new(void)
{
	quiet();
	struct h5 *file = memory_new(1, sizeof *file, "results file");
	hid_t creation = must(H5Pcreate(H5P_FILE_CREATE), "/");
	H5Pset_obj_track_times(creation, false);
	file->access = must(H5Pcreate(H5P_FILE_ACCESS), "/");
	H5Pset_fapl_core(file->access, IMAGE_STEP, false);
	H5Pset_libver_bounds(file->access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18);
	file->file = must(H5Fcreate("results", H5F_ACC_TRUNC, creation, file->access), "/");
	file->small = must(H5Pcreate(H5P_DATASET_CREATE), "/");
	H5Pset_obj_track_times(file->small, false);
	file->text = text_type(1);
	file->one = must(H5Screate(H5S_SCALAR), "/");
	H5Pclose(creation);
	return file;
}

static void mark(struct h5 *file, hid_t object, const char *name, hid_t type, const void *value)
{
	hid_t attribute = must(H5Acreate2(object, name, type, file->one, H5P_DEFAULT, H5P_DEFAULT), name);
	must(H5Awrite(attribute, type, value), name);
	H5Aclose(attribute);
}

static void mark_text(struct h5 *file, hid_t object, const char *name, const char *text)
{
	if (!text)
		return;
	H5Tset_size(file->text, *text ? strlen(text) : 1);
	mark(file, object, name, file->text, text);
}

void h5_group(struct h5 *file, const char *path, const char *long_name)
{
	hid_t group = must(H5Gcreate2(file->file, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), path);
	mark_text(file, group, "long_name", long_name);
	H5Gclose(group);
}

/* Doubles that are all different (work of guests) deflate by a seventh at 40 MB/s: not worth it. Looks at
 * pairs of neighbours all over the array; a function of the values alone, so equal runs still give equal
 * files. */
static bool worth_deflating(const struct h5_array *a)
{
	const uint64_t pairs = 1024;
	if (a->type != H5_TYPE_F64)
		return true;
	const uint64_t *bits = a->values;
	uint64_t count = a->size[0] * (a->rank > 1 ? a->size[1] : 1), differing = 0;
	for (uint64_t i = 0; i < pairs; i++)
		differing += bits[i * (count / pairs)] != bits[i * (count / pairs) + 1];
	return differing < pairs / 2;
}

/* Chunks hold about 64 Ki values: a few whole rows of a series, or a stretch of a column. */
static hid_t large_properties(struct h5 *file, const struct h5_array *a)
{
	hsize_t chunk[2] = {a->size[0], a->rank > 1 ? a->size[1] : 1};
	if (chunk[1] > CHUNK_VALUES)
		chunk[1] = CHUNK_VALUES;
	if (chunk[0] > CHUNK_VALUES / chunk[1])
		chunk[0] = CHUNK_VALUES / chunk[1];
	hid_t properties = must(H5Pcopy(file->small), a->path);
	H5Pset_chunk(properties, (int)a->rank, chunk);
	H5Pset_shuffle(properties);
	H5Pset_deflate(properties, DEFLATE_LEVEL);
	return properties;
}

static void write_values(struct h5 *file, const struct h5_array *a, const hid_t types[static 2],
                         const void *values)
{
	uint64_t bytes = H5Tget_size(types[0]);
	for (uint32_t i = 0; i < a->rank; i++)
		bytes *= a->size[i];
	hsize_t size[2] = {a->size[0], a->size[1]};
	hid_t space = a->rank ? must(H5Screate_simple((int)a->rank, size, NULL), a->path) : file->one;
	bool large = a->rank && bytes >= LARGE_BYTES && worth_deflating(a);
	hid_t properties = large ? large_properties(file, a) : file->small;
	hid_t set =
		must(H5Dcreate2(file->file, a->path, types[0], space, H5P_DEFAULT, properties, H5P_DEFAULT),
	             a->path);
	if (bytes)
		must(H5Dwrite(set, types[1], H5S_ALL, H5S_ALL, H5P_DEFAULT, values), a->path);
	mark_text(file, set, "units", a->unit);
	mark_text(file, set, "long_name", a->long_name);
	H5Dclose(set);
	if (a->rank)
		H5Sclose(space);
	if (large)
		H5Pclose(properties);
}

/* Texts lie side by side, each filled up with NULs to the same size. */
static void write_texts(struct h5 *file, const struct h5_array *a)
{
	const char *const *texts = a->values;
	uint64_t count = a->rank ? a->size[0] : 1;
	size_t bytes = a->text_bytes ? a->text_bytes : 1;
	for (uint64_t i = 0; !a->text_bytes && i < count; i++)
		if (texts[i] && strlen(texts[i]) > bytes)
			bytes = strlen(texts[i]);
	char *packed = memory_new(count, bytes, "texts of the results");
	for (uint64_t i = 0; i < count; i++)
		if (texts[i])
			memcpy(packed + i * bytes, texts[i], strnlen(texts[i], bytes));
	hid_t type = text_type(bytes);
	write_values(file, a, (hid_t[]){type, type}, packed);
	H5Tclose(type);
	free(packed);
}

void h5_write(struct h5 *file, const struct h5_array *array)
{
	if (array->type == H5_TYPE_TEXT)
		write_texts(file, array);
	else
		write_values(file, array, (hid_t[]){type_of(array->type), memory_type(array->type)},
		             array->values);
}

void h5_text(struct h5 *file, const char *path, const char *long_name, const char *text)
{
	h5_write(file, &(struct h5_array){
			       .path = path,
			       .long_name = long_name,
			       .type = H5_TYPE_TEXT,
			       .values = (const char *const[]){text},
		       });
}

void h5_mark(struct h5 *file, const char *path, const char *name, const char *text)
{
	hid_t object = must(H5Oopen(file->file, path, H5P_DEFAULT), path);
	mark_text(file, object, name, text);
	H5Oclose(object);
}

void h5_mark_u64(struct h5 *file, const char *path, const char *name, uint64_t value)
{
	hid_t object = must(H5Oopen(file->file, path, H5P_DEFAULT), path);
	mark(file, object, name, H5T_STD_U64LE, &value);
	H5Oclose(object);
}

void h5_scale(struct h5 *file, const char *path, const char *name)
{
	hid_t set = must(H5Dopen2(file->file, path, H5P_DEFAULT), path);
	must(H5DSset_scale(set, name), path);
	H5Dclose(set);
}

void h5_attach(struct h5 *file, const char *array, const char *scale, unsigned dimension, const char *label)
{
	hid_t set = must(H5Dopen2(file->file, array, H5P_DEFAULT), array);
	hid_t by = must(H5Dopen2(file->file, scale, H5P_DEFAULT), scale);
	must(H5DSattach_scale(set, by, dimension), array);
	must(H5DSset_label(set, dimension, label), array);
	H5Dclose(by);
	H5Dclose(set);
}

/* After a flush the core driver's own block is the file: no copy is made. Its end is what libhdf5 says that
 * an image of the file needs; behind it lies unused room. */
const void *h5_bytes(struct h5 *file, size_t *size)
{
	void *handle = NULL;
	must(H5Fflush(file->file, H5F_SCOPE_GLOBAL), "/");
	ssize_t bytes = H5Fget_file_image(file->file, NULL, 0);
	must(bytes, "/");
	must(H5Fget_vfd_handle(file->file, file->access, &handle), "/");
	*size = (size_t)bytes;
	return *(void **)handle;
}

struct h5 *h5_open(const char *path, const char **why)
{
	quiet();
	hid_t id = H5Fis_hdf5(path) > 0 ? H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT) : H5I_INVALID_HID;
	if (id < 0) {
		*why = "is no HDF5 file";
		return NULL;
	}
	struct h5 *file = memory_new(1, sizeof *file, "results file");
	*file = (struct h5){.file = id, .small = H5I_INVALID_HID};
	return file;
}

void h5_close(struct h5 *file)
{
	if (!file)
		return;
	if (file->small >= 0) {     /* a file that was written */
		H5Pclose(file->small);
		H5Pclose(file->access);
		H5Tclose(file->text);
		H5Sclose(file->one);
	}
	H5Fclose(file->file);
	free(file);
}

static bool set_shape(hid_t set, struct h5_shape *shape)
{
	hid_t type = H5Dget_type(set), space = H5Dget_space(set);
	int rank = H5Sget_simple_extent_ndims(space);
	hsize_t size[2] = {1, 1};
	if (rank >= 0 && rank <= 2)
		H5Sget_simple_extent_dims(space, size, NULL);
	H5T_class_t class = H5Tget_class(type);
	bool text = class == H5T_STRING && H5Tis_variable_str(type) == 0;
	shape->type = class == H5T_INTEGER ? H5_TYPE_I64 : class == H5T_FLOAT ? H5_TYPE_F64 : H5_TYPE_TEXT;
	shape->rank = (uint32_t)rank;
	shape->size[0] = size[0];
	shape->size[1] = size[1];
	bool sane = !__builtin_mul_overflow(size[0], size[1], &shape->count);
	H5Tclose(type);
	H5Sclose(space);
	return rank >= 0 && rank <= 2 && sane && (class == H5T_INTEGER || class == H5T_FLOAT || text);
}

bool h5_shape(struct h5 *file, const char *path, struct h5_shape *shape)
{
	hid_t set = H5Dopen2(file->file, path, H5P_DEFAULT);
	if (set < 0)
		return false;
	bool known = set_shape(set, shape);
	H5Dclose(set);
	return known;
}

bool h5_read(struct h5 *file, const char *path, enum h5_type type, void *values)
{
	ASSERT(type_bytes(type) >= 4);
	hid_t set = H5Dopen2(file->file, path, H5P_DEFAULT);
	if (set < 0)
		return false;
	bool done = H5Dread(set, memory_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
	H5Dclose(set);
	return done;
}

bool h5_read_texts(struct h5 *file, const char *path, struct arena *arena, const char **texts)
{
	struct h5_shape shape;
	hid_t set = H5Dopen2(file->file, path, H5P_DEFAULT);
	if (set < 0)
		return false;
	hid_t type = H5Dget_type(set);
	bool done = set_shape(set, &shape) && shape.type == H5_TYPE_TEXT;
	size_t bytes = done ? H5Tget_size(type) : 1;
	char *packed = memory_new(done ? shape.count : 0, bytes, "texts of a results file");
	done = done && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, packed) >= 0;
	for (uint64_t i = 0; done && i < shape.count; i++)
		texts[i] = arena_string_n(arena, packed + i * bytes, bytes);
	free(packed);
	H5Tclose(type);
	H5Dclose(set);
	return done;
}

const char *h5_marked(struct h5 *file, const char *path, const char *name, struct arena *arena)
{
	hid_t attribute = H5Aopen_by_name(file->file, path, name, H5P_DEFAULT, H5P_DEFAULT);
	if (attribute < 0)
		return NULL;
	hid_t type = H5Aget_type(attribute);
	bool text = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0
	         && H5Aget_storage_size(attribute) == H5Tget_size(type);
	char *value = text ? arena_new(arena, H5Tget_size(type) + 1, 1) : NULL;
	if (text && H5Aread(attribute, type, value) < 0)
		value = NULL;
	H5Tclose(type);
	H5Aclose(attribute);
	return value;
}

bool h5_marked_u64(struct h5 *file, const char *path, const char *name, uint64_t *value)
{
	hid_t attribute = H5Aopen_by_name(file->file, path, name, H5P_DEFAULT, H5P_DEFAULT);
	if (attribute < 0)
		return false;
	bool done = H5Aget_storage_size(attribute) == sizeof *value
	         && H5Aread(attribute, H5T_NATIVE_UINT64, value) >= 0;
	H5Aclose(attribute);
	return done;
}

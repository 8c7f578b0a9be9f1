/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds traces and opens them, through the cache where there is one. */
#include "scenarios/trace.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/archive.h"
#include "scenarios/cache.h"

/* Where named traces lie, in the order of looking. */
enum traces_folder { FOLDER_TOLD, FOLDER_BESIDE_HERE, FOLDER_BESIDE_PROGRAM, FOLDER_CACHE, FOLDERS };

static bool folder_of_program(char *path, uint32_t size)
{
	ssize_t length = readlink("/proc/self/exe", path, size);
	if (length <= 0 || (size_t)length >= size)
		return false;
	path[length] = '\0';
	*strrchr(path, '/') = '\0';
	return true;
}

static bool folder_of(enum traces_folder which, char *path, uint32_t size)
{
	char program[PATH_MAX];
	const char *told = getenv("VDCSIM_TRACES");
	int length = 0;
	switch (which) {
	case FOLDER_TOLD:
		length = told ? snprintf(path, size, "%s", told) : 0;
		break;
	case FOLDER_BESIDE_HERE:
		length = snprintf(path, size, "../shared/traces");
		break;
	case FOLDER_BESIDE_PROGRAM:
		if (folder_of_program(program, sizeof program))
			length = snprintf(path, size, "%s/../shared/traces", program);
		break;
	default:
		return trace_cache_folder(path, size, false);
	}
	return length > 0 && (uint32_t)length < size;
}

static bool exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

static const struct trace_info *info_of(const char *name)
{
	for (const struct trace_info *const *table = trace_tables; *table; table++)
		for (const struct trace_info *info = *table; info->name; info++)
			if (strcmp(info->name, name) == 0)
				return info;
	return NULL;
}

bool trace_find(const char *name, char *path, uint32_t size)
{
	const struct trace_info *info = info_of(name);
	if (!info)
		return (uint32_t)snprintf(path, size, "%s", name) < size && exists(path);
	for (enum traces_folder which = 0; which < FOLDERS; which++) {
		char folder[PATH_MAX];
		if (!folder_of(which, folder, sizeof folder))
			continue;
		if ((uint32_t)snprintf(path, size, "%s/%s", folder, info->file) < size && exists(path))
			return true;
	}
	return false;
}

static const char *cache_root(char *root, uint32_t size)
{
	const char *off = getenv("VDCSIM_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int length = -1;
	if (off && strcmp(off, "off") == 0)
		return NULL;
	if (xdg && *xdg == '/') /* the XDG rule: a relative path is to be ignored */
		length = snprintf(root, size, "%s", xdg);
	else if (home && *home)
		length = snprintf(root, size, "%s/.cache", home);
	return length > 0 && (uint32_t)length < size ? root : NULL;
}

const char *trace_cache_folder(char *path, uint32_t size, bool create)
{
	char root[PATH_MAX];
	if (!cache_root(root, sizeof root))
		return NULL;
	if ((uint32_t)snprintf(path, size, "%s/vdcsim", root) >= size)
		return NULL;
	if (!create)
		return path;
	mkdir(root, 0700);
	return mkdir(path, 0777) == 0 || errno == EEXIST ? path : NULL;
}

/* Says where a named trace was looked for, and how to come by it; or that a path leads nowhere. */
static void tell_missing(const char *name, struct place place, struct diag *diag)
{
	const struct trace_info *info = info_of(name);
	const char *looked = "";
	if (!info) {
		size_t count = 0;
		while (trace_table[count].name)
			count++;
		const char **names = arena_new(&diag->arena, count, sizeof *names);
		for (size_t n = 0; n < count; n++)
			names[n] = trace_table[n].name;
		const char *near = diag_near(name, names, count);
		diag_error(diag, place,
		           "there is no file and no named trace '%s'%s%s%s; 'vdcsim list traces' tells them",
		           name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
		return;
	}
	for (enum traces_folder which = 0; which < FOLDERS; which++) {
		char folder[PATH_MAX];
		if (folder_of(which, folder, sizeof folder))
			looked = arena_printf(&diag->arena, "%s%s%s%s", looked, *looked ? ", " : "",
			                      which == FOLDER_TOLD ? "$VDCSIM_TRACES = " : "", folder);
	}
	diag_error(diag, place,
	           "the trace '%s' is not on this machine: looked for %s in %s; try 'vdcsim trace fetch %s', "
	           "or get it from %s, and put it there or give the path of its folder as the trace, with "
	           "format: %s",
	           name, info->file, looked, name, info->address, info->format);
}

bool trace_look(const char *name, char *path, uint32_t size, struct place place, struct diag *diag)
{
	bool found = trace_find(name, path, size);
	if (!found)
		tell_missing(name, place, diag);
	return found;
}

static const struct trace_reader *reader_of(const char *name, const char *format, struct place place,
                                            struct diag *diag)
{
	const struct trace_info *info = info_of(name);
	if (!format && info)
		format = info->format;
	const char *formats = "";
	for (const struct trace_reader *const *r = trace_readers; *r; r++) {
		if (format && strcmp((*r)->format, format) == 0)
			return *r;
		formats = arena_printf(&diag->arena, "%s%s%s", formats, *formats ? ", " : "", (*r)->format);
	}
	if (format)
		diag_error(diag, place, "there is no trace format '%s'; there is %s", format, formats);
	else
		diag_error(diag, place, "the trace '%s' is a path: say its format (%s)", name, formats);
	return NULL;
}

/* tidy: many, since three words name a trace and two tell what is wrong with it. */
bool trace_open(const char *name, const char *subset, const char *format, struct demand_set *set,
                struct place place, struct diag *diag)
{
	char path[PATH_MAX], source[PATH_MAX], folder[PATH_MAX], cached[PATH_MAX];
	*set = (struct demand_set){0};
	const struct trace_reader *reader = reader_of(name, format, place, diag);
	if (!reader)
		return false;
	if (!trace_look(name, path, sizeof path, place, diag))
		return false;
	struct cache_key key = {realpath(path, source), subset, reader->format, reader->version, 0};
	bool caches = key.source && trace_cache_folder(folder, sizeof folder, true) &&
	              cache_path(folder, &key, cached, sizeof cached);
	enum cache_state state = CACHE_ABSENT;
	if (caches) {
		key.stamp = archive_stamp(path, subset);
		state = cache_load(cached, &key, set);
	}
	if (state == CACHE_READ)
		return true;
	if (state == CACHE_DAMAGED)
		diag_warning(diag, place, "the cache file %s is damaged; the trace is read anew", cached);
	uint32_t told = diag->count;
	if (!reader->read(path, subset, set, place, diag))
		return false;
	set->checksum = cache_checksum(set);
	if (caches && diag->count == told) /* else the reader warns, and should the next time */
		cache_save(cached, &key, set); /* a cache that cannot be written is no error */
	return true;
}

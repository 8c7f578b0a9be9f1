/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a file beside its place, syncs and renames it. */
#include "analysis/save.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/fault.h"
#include "sim/memory.h"

/* mkostemp's pattern, and how much of it is always the same. */
#define PART ".part-XXXXXX"
#define PART_KNOWN (sizeof ".part-" - 1)

struct save {
	const char *path;        /* as the user gave it: for messages */
	char *temporary;         /* NULL: written in place */
	int fd;
};

static _Noreturn void save_fail(struct save *s, const char *doing)
{
	int cause = errno;
	if (s->temporary)
		unlink(s->temporary);
	fault_surroundings("cannot write '%s': %s: %s", s->path, doing, strerror(cause));
}

static void write_all(struct save *s, const char *bytes, size_t size)
{
	while (size) {
		ssize_t written = write(s->fd, bytes, size < SSIZE_MAX ? size : SSIZE_MAX);
		if (written < 0 && errno != EINTR)
			save_fail(s, "writing");
		bytes += written > 0 ? written : 0;
		size -= written > 0 ? (size_t)written : 0;
	}
}

static void folder_sync(const char *path)
{
	char *folder = memory_string(path);
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd); /* some file systems cannot; the rename is then as durable as they make it */
		close(fd);
	}
	free(folder);
}

static bool writes_in_place(const char *path)
{
	struct stat at;
	return stat(path, &at) == 0 && !S_ISREG(at.st_mode);
}

/* Removes one that was left behind. Who still writes holds its lock: that one stays. */
static void leftover_remove(int folder, const char *name)
{
	int fd = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(folder, name, 0);
	close(fd);
}

/* What writers of the same file left beside it when they were killed. */
static void leftovers_remove(const char *target)
{
	const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
	char *folder = slash ? memory_string_n(target, (size_t)(slash - target) + 1) : memory_string(".");
	size_t length = strlen(name), ending = strlen(PART);
	DIR *entries = opendir(folder);
	for (const struct dirent *e; entries && (e = readdir(entries)) != NULL;)
		if (strlen(e->d_name) == length + ending && strncmp(e->d_name, name, length) == 0
		    && strncmp(e->d_name + length, PART, PART_KNOWN) == 0)
			leftover_remove(dirfd(entries), e->d_name);
	if (entries)
		closedir(entries);
	free(folder);
}

/* Makes and locks it. Between the two another writer may take it for left behind: then once more. */
static void temporary_make(struct save *s, const char *target, size_t size)
{
	struct stat at = {0};
	do {
		if (s->fd >= 0)
			close(s->fd);
		snprintf(s->temporary, size, "%s" PART, target);
		s->fd = mkostemp(s->temporary, O_CLOEXEC);
	} while (s->fd >= 0 && flock(s->fd, LOCK_EX) == 0 && fstat(s->fd, &at) == 0 && at.st_nlink == 0);
}

static void temporary_open(struct save *s, const char *target)
{
	size_t size = strlen(target) + sizeof PART;
	s->temporary = memory_new(size, 1, "a file name");
	leftovers_remove(target);
	temporary_make(s, target, size);
	if (s->fd < 0) {
		free(s->temporary);
		s->temporary = NULL;
		save_fail(s, "creating a file beside it");
	}
	mode_t mask = umask(0); /* asking is only possible by setting */
	umask(mask);
	if (fchmod(s->fd, 0666 & ~mask) != 0)
		save_fail(s, "setting its mode");
}

void save_file(const char *path, const void *bytes, size_t size)
{
	save_parts(path, &(struct save_part){bytes, size}, 1);
}

void save_parts(const char *path, const struct save_part *parts, unsigned count)
{
	struct save s = {.path = path, .fd = -1};
	char *target = realpath(path, NULL); /* through links: the file is replaced, not the link to it */
	if (!target)
		target = memory_string(path);
	if (writes_in_place(target)) {
		s.fd = open(target, O_WRONLY | O_CLOEXEC);
		if (s.fd < 0)
			save_fail(&s, "opening");
	} else {
		temporary_open(&s, target);
	}
	for (unsigned i = 0; i < count; i++)
		write_all(&s, parts[i].bytes, parts[i].size);
	if (s.temporary && fsync(s.fd) != 0)
		save_fail(&s, "syncing");
	/* Before it is closed: that gives up the lock. */
	if (s.temporary && rename(s.temporary, target) != 0)
		save_fail(&s, "renaming the finished file");
	if (close(s.fd) != 0)
		save_fail(&s, "closing");
	if (s.temporary)
		folder_sync(target);
	free(s.temporary);
	free(target);
}

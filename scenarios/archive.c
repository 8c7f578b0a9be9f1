/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads folders with readdir and archives with libarchive, one file at a time through one buffer. */
#include "scenarios/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/digest.h"
#include "sim/memory.h"

#define FILE_MOST ((size_t)1 << 30)
#define BLOCK ((size_t)64 << 10)        /* read from the archive at once */
#define PATH_ROOM 4096

/* What all the functions below pass around: the wishes of the caller, and the buffer. */
struct walk {
	const char *path;
	bool (*want)(void *context, const char *name);
	bool (*each)(void *context, const struct archive_file *file);
	void *context;
	struct place place;
	struct diag *diag;
	char *data;
	size_t room;
	bool stopped;           /* by `each` */
	bool pieces;            /* whole lines as they come, not whole files */
};

static bool walk_fails(const struct walk *w, const char *name, const char *why)
{
	const char *colon = name ? ": " : "";
	diag_error(w->diag, w->place, "cannot read %s%s%s: %s", w->path, colon, name ? name : "", why);
	return false;
}

/* Room for `size` bytes and a NUL. */
static bool walk_room(struct walk *w, const char *name, size_t size)
{
	if (size > FILE_MOST)
		return walk_fails(w, name, "the file is larger than 1 GiB");
	if (size < w->room)
		return true;
	size_t room = w->room ? w->room : BLOCK;
	while (room <= size)
		room *= 2;
	w->data = memory_resize(w->data, w->room, room, 1, "file of a trace");
	w->room = room;
	return true;
}

static void walk_give(struct walk *w, const char *name, size_t size)
{
	w->data[size] = '\0';
	const struct archive_file file = {name, w->data, size};
	w->stopped = !w->each(w->context, &file);
}

/* A file of a folder. */
static bool read_plain(struct walk *w, const char *path, const char *name)
{
	if (w->want && !w->want(w->context, name))
		return true;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return walk_fails(w, name, strerror(errno));
	size_t size = 0;
	ssize_t got = 1;
	bool fits = true;
	while (got > 0 && (fits = walk_room(w, name, size + BLOCK))) {
		got = read(fd, w->data + size, BLOCK);
		size += got > 0 ? (size_t)got : 0;
	}
	int why = errno;
	close(fd);
	if (!fits)
		return false;
	if (got < 0)
		return walk_fails(w, name, strerror(why));
	walk_give(w, name, size);
	return true;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Hidden names are left out: "." and "..", a clone's .git, an editor's leavings. */
static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

struct folder {
	struct dirent **entries;
	int count;
};

static struct folder folder_read(const char *path)
{
	struct folder folder = {NULL, 0};
	folder.count = scandir(path, &folder.entries, is_shown, by_bytes);
	return folder;
}

static void folder_free(struct folder *folder)
{
	for (int i = 0; i < folder->count; i++)
		free(folder->entries[i]);
	free(folder->entries);
}

/* The files of a folder, and of the folders in it; `inside` is the path from w->path, with a slash, or "". */
static bool read_folder(struct walk *w, const char *path, const char *inside)
{
	struct folder folder = folder_read(path);
	if (folder.count < 0)
		return walk_fails(w, *inside ? inside : NULL, strerror(errno));
	bool well = true;
	for (int i = 0; i < folder.count && well && !w->stopped; i++) {
		char full[PATH_ROOM], name[PATH_ROOM];
		struct stat st;
		const char *entry = folder.entries[i]->d_name;
		int length = snprintf(full, sizeof full, "%s/%s", path, entry);
		snprintf(name, sizeof name, "%s%s", inside, entry);
		if (length >= (int)sizeof full)
			well = walk_fails(w, name, strerror(ENAMETOOLONG));
		else if (stat(full, &st) != 0)
			well = walk_fails(w, name, strerror(errno));
		else if (S_ISREG(st.st_mode))
			well = read_plain(w, full, name);
		else if (S_ISDIR(st.st_mode) && !*inside && snprintf(name, sizeof name, "%s/", entry) > 0)
			well = read_folder(w, full, name);
	}
	folder_free(&folder);
	return well;
}

/* Gives the whole lines among the first `size` bytes; how many bytes are left, moved to the front. */
static size_t walk_give_lines(struct walk *w, const char *name, size_t size)
{
	const char *last = memrchr(w->data, '\n', size);
	if (!last)
		return size;
	size_t whole = (size_t)(last - w->data) + 1;
	char next = w->data[whole];
	walk_give(w, name, whole);
	w->data[whole] = next;
	memmove(w->data, w->data + whole, size - whole);
	return size - whole;
}

/* The present entry of an archive. */
static bool read_entry(struct walk *w, struct archive *a, const char *name)
{
	size_t size = 0;
	bool given = false;
	while (!w->stopped) {
		if (!walk_room(w, name, size + BLOCK))
			return false;
		la_ssize_t got = archive_read_data(a, w->data + size, BLOCK);
		if (got == ARCHIVE_RETRY || got == ARCHIVE_WARN)
			continue;
		if (got < 0)
			return walk_fails(w, name, archive_error_string(a));
		if (got == 0)
			break;
		size += (size_t)got;
		if (!w->pieces)
			continue;
		size_t left = walk_give_lines(w, name, size);
		given = given || left < size;
		size = left;
	}
	if (!w->stopped && (size || !given))
		walk_give(w, name, size);
	return true;
}

/* "raw" takes whatever has a byte: what is of no format is empty. */
static const char *why_not(struct archive *a)
{
	bool empty = archive_errno(a) == EILSEQ && archive_format(a) == 0;
	return empty ? "the file is empty" : archive_error_string(a);
}

static bool read_entries(struct walk *w, struct archive *a)
{
	struct archive_entry *entry;
	int got;
	while (!w->stopped && (got = archive_read_next_header(a, &entry)) != ARCHIVE_EOF) {
		if (got == ARCHIVE_RETRY)
			continue;
		if (got < ARCHIVE_WARN)
			return walk_fails(w, NULL, why_not(a));
		const char *stored = archive_entry_pathname(entry);
		if (!stored || archive_entry_filetype(entry) != AE_IFREG)
			continue;
		if (w->want && !w->want(w->context, stored))
			continue;
		/* The entry, and its name with it, belongs to the archive: what reads on may reuse it. */
		char *name = memory_string(stored);
		bool well = read_entry(w, a, name);
		free(name);
		if (!well)
			return false;
	}
	return true;
}

/* "raw" takes what is no archive: a single file, packed or plain. All other formats of libarchive are left
 * out, since some of them take plain text for their own (mtree). */
static bool read_archive(struct walk *w)
{
	struct archive *a = archive_read_new();
	bool well;
	archive_read_support_filter_all(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_7zip(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_filename(a, w->path, BLOCK) != ARCHIVE_OK)
		well = walk_fails(w, NULL, why_not(a));
	else
		well = read_entries(w, a);
	archive_read_free(a);
	return well;
}

/* tidy: many, as the callback's two halves and the message's two belong together but not to each other. */
bool archive_read(const char *path, bool (*want)(void *context, const char *name),
                  bool (*each)(void *context, const struct archive_file *file), void *context,
                  struct place place, struct diag *diag)
{
	struct walk w = {
		.path = path, .want = want, .each = each, .context = context, .place = place, .diag = diag,
	};
	struct stat st;
	bool well;
	if (stat(path, &st) != 0)
		well = walk_fails(&w, NULL, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		well = read_folder(&w, path, "");
	else
		well = read_archive(&w);
	free(w.data);
	return well;
}

bool archive_pieces(const char *path, bool (*each)(void *context, const struct archive_file *piece),
                    void *context, struct place place, struct diag *diag)
{
	struct walk w = {
		.path = path, .each = each, .context = context, .place = place, .diag = diag, .pieces = true,
	};
	bool well = read_archive(&w);
	free(w.data);
	return well;
}

static uint64_t stamp_add(uint64_t stamp, const char *name, const struct stat *st)
{
	uint64_t changed = (uint64_t)st->st_mtim.tv_sec * 1000000000 + (uint64_t)st->st_mtim.tv_nsec;
	stamp = digest_fold(stamp ^ digest_of_string(name), UINT64_C(0xe7037ed1a0b428db));
	return digest_fold(stamp ^ (uint64_t)st->st_size, changed ^ UINT64_C(0x8ebc6af09c88c6e3));
}

static uint64_t stamp_folder(const char *path, uint64_t stamp, unsigned depth)
{
	struct folder folder = folder_read(path);
	for (int i = 0; i < folder.count; i++) {
		char full[PATH_ROOM];
		struct stat st;
		int length = snprintf(full, sizeof full, "%s/%s", path, folder.entries[i]->d_name);
		if (length >= (int)sizeof full || stat(full, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth)
			stamp = stamp_folder(full, stamp, depth - 1);
		else
			stamp = stamp_add(stamp, folder.entries[i]->d_name, &st);
	}
	folder_free(&folder);
	return stamp;
}

uint64_t archive_stamp(const char *path, const char *subset)
{
	char part[PATH_ROOM];
	struct stat st;
	if (stat(path, &st) != 0)
		return 0;
	if (!S_ISDIR(st.st_mode))
		return stamp_add(1, "", &st);
	int length = subset ? snprintf(part, sizeof part, "%s/%s", path, subset) : (int)sizeof part;
	if (length < (int)sizeof part && stat(part, &st) == 0 && S_ISDIR(st.st_mode))
		return stamp_folder(part, 2, 0);
	return stamp_folder(path, 3, 1);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seals results files, and sees whether a seal is right. */
#include "analysis/seal.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/hash.h"

static const char magic[8] = {'v', 'd', 'c', 's', 'e', 'a', 'l', '1'};

struct seal seal_of(const void *bytes, size_t size)
{
	struct seal seal = {.bytes = htole64(size), .hash = htole64(hash_bytes(bytes, size))};
	memcpy(seal.magic, magic, sizeof magic);
	return seal;
}

static bool seal_right(const char *file, size_t size)
{
	struct seal found, right;
	memcpy(&found, file + size - sizeof found, sizeof found);
	if (memcmp(found.magic, magic, sizeof magic) != 0 || le64toh(found.bytes) != size - sizeof found)
		return false;
	right = seal_of(file, size - sizeof found);
	return memcmp(&found, &right, sizeof right) == 0;
}

static const char *fault_of(int file)
{
	static const char not_whole[] = "is no results file of this program, or is damaged";
	struct stat at;
	if (fstat(file, &at) != 0)
		return strerror(errno);
	if (!S_ISREG(at.st_mode))
		return S_ISDIR(at.st_mode) ? "is a folder" : "is no ordinary file";
	size_t size = (size_t)at.st_size;
	if (size < sizeof(struct seal))
		return not_whole;
	char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
	if (bytes == MAP_FAILED)
		return strerror(errno);
	bool right = seal_right(bytes, size);
	munmap(bytes, size);
	return right ? NULL : not_whole;
}

bool seal_check(const char *path, const char **why)
{
	int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe would be waited for */
	*why = file < 0 ? strerror(errno) : fault_of(file);
	if (file >= 0)
		close(file);
	return *why == NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks for the scenarios' folder where a checkout and an installation have it. */
#include "scenarios/folder.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 4096

static bool folder_is(const char *path)
{
	char inside[PATH_SIZE + 16];
	snprintf(inside, sizeof inside, "%s/catalog", path);
	return access(inside, R_OK | X_OK) == 0;
}

const char *scenario_folder(char *path, uint32_t size)
{
	const char *told = getenv("VDCSIM_SCENARIOS");
	if (told && *told) {
		snprintf(path, size, "%s", told);
		return folder_is(path) ? path : NULL;
	}
	char program[PATH_SIZE];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	program[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(program, '/');
	if (slash)
		*slash = '\0';
	static const char *const beside[] = {"scenarios", "../scenarios", "../share/vdcsim"};
	for (size_t i = 0; slash && i < sizeof beside / sizeof *beside; i++) {
		if (snprintf(path, size, "%s/%s", program, beside[i]) < (int)size && folder_is(path))
			return path;
	}
	static const char *const elsewhere[] = {"scenarios", "/usr/local/share/vdcsim"};
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
		if (snprintf(path, size, "%s", elsewhere[i]) < (int)size && folder_is(path))
			return path;
	}
	return NULL;
}

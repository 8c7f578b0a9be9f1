/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be said of a key without the table that it is in. */
#include "scenarios/key.h"

#include <string.h>

const char *const key_type_names[KEY_TYPES] = {
	[KEY_COUNT] = "whole number",
	[KEY_SEED] = "whole number",
	[KEY_WHOLE] = "quantity",
	[KEY_REAL] = "quantity",
	[KEY_CHOICE] = "choice",
	[KEY_SWITCH] = "choice",
	[KEY_BOOL] = "true or false",
	[KEY_TEXT] = "text",
	[KEY_NAME] = "name",
	[KEY_MEMBER] = "name-number",
	[KEY_PART] = "part",
	[KEY_TABLE] = "list of 11",
	[KEY_SET] = "words",
	[KEY_VALUES] = "names and numbers",
	[KEY_SECTION] = "section",
	[KEY_INCLUDE] = "file or list of files",
};

const char *key_name(const struct key *key, const char *section, size_t *length)
{
	size_t n = strlen(section);
	const char *name = key->path;
	if (n) {
		if (strncmp(name, section, n) != 0 || name[n] != '.')
			return NULL;
		name += n + 1;
	}
	*length = strcspn(name, "[.");
	const char *end = name + *length;
	return *end == '\0' || strcmp(end, "[]") == 0 ? name : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies that are loaded at run time: a shared object that exports one `const struct policy vdcsim_policy`.
 *
 * What a plug-in says of itself is checked before anything of it is called: the version of the ABI, the size
 * of its struct, its name and its table of parameters. One of the same version whose struct is shorter
 * (compiled against an earlier header) is taken with its missing questions unanswered. That it may crash or
 * never come back cannot be checked: policies/supervisor.h watches over that. */
#ifndef POLICIES_PLUGIN_H
#define POLICIES_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "policies/policy.h"

#define PLUGIN_SYMBOL "vdcsim_policy"

struct plugin {
	char *path;
	void *handle;
	struct policy policy;          /* a copy, filled up to this program's size */
};

/* Is this the name of a file, and not of a policy of the registry? It is where it has a '/'. */
bool plugin_is_path(const char *name);

/* Loads it; false, with the reason in `why` (a clause that follows "policy ./mine.so: "). */
bool plugin_open(struct plugin *plugin, const char *path, char *why, size_t size);
void plugin_close(struct plugin *plugin);

/* Is the struct one that this program can use? Split off for tests. */
bool plugin_check(const struct policy *policy, char *why, size_t size);

#endif

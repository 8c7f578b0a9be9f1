/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads a policy from a shared object, after it has been checked. */
#include "policies/plugin.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/memory.h"

#define NAME_MOST 63
#define PARAMETERS_MOST 64
#define STATE_MOST ((size_t)1 << 32) /* bytes: more is a slip, not a policy */

bool plugin_is_path(const char *name)
{
	return strchr(name, '/') != NULL;
}

static bool name_good(const char *name)
{
	if (!name || !*name || strlen(name) > NAME_MOST)
		return false;
	for (const char *c = name; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_'))
			return false;
	return true;
}

static bool parameters_good(const struct policy *policy, char *why, size_t size)
{
	uint32_t n = 0;
	for (const struct policy_parameter *p = policy->parameters; p && p->name; p++, n++) {
		if (n == PARAMETERS_MOST) {
			snprintf(why, size, "its table of parameters has no end: a row {0} ends it");
			return false;
		}
		if (!name_good(p->name) || !p->unit || !p->summary) {
			snprintf(why, size, "parameter %u has no name of a-z, 0-9 and _, no unit or no "
			         "summary", n);
			return false;
		}
		if (!(p->least <= p->preset && p->preset <= p->most)) {
			snprintf(why, size, "the preset of its parameter '%s' is %g, and not from %g to %g",
			         p->name, p->preset, p->least, p->most);
			return false;
		}
	}
	return true;
}

static bool answers(const struct policy *p)
{
	return p->place || p->overloaded || p->select || p->drain || p->worth || p->method || p->balance ||
	       p->power || p->failed || p->scale;
}

bool plugin_check(const struct policy *policy, char *why, size_t size)
{
	if (policy->abi != POLICY_ABI) {
		snprintf(why, size, "it speaks version %u of the policy ABI; this program speaks %d",
		         policy->abi, POLICY_ABI);
		return false;
	}
	if (policy->struct_size < offsetof(struct policy, place) || policy->struct_size > sizeof *policy) {
		snprintf(why, size, "its struct policy has %u bytes; this program's has %zu: "
		         "compile it against this program's policy.h", policy->struct_size, sizeof *policy);
		return false;
	}
	if (!name_good(policy->name) || !policy->summary || !policy->source) {
		snprintf(why, size, "it has no name of a-z, 0-9 and _, no summary or no source");
		return false;
	}
	if (policy->state_bytes > STATE_MOST) {
		snprintf(why, size, "it wants %zu bytes of state", policy->state_bytes);
		return false;
	}
	return parameters_good(policy, why, size);
}

/* The loader's message begins with the path, which the caller has said already. */
static const char *loader_says(const char *path)
{
	const char *text = dlerror();
	size_t length = strlen(path);
	if (!text)
		return "it cannot be loaded";
	if (strncmp(text, path, length) == 0 && strncmp(text + length, ": ", 2) == 0)
		return text + length + 2;
	return text;
}

static bool take(struct plugin *plugin, char *why, size_t size)
{
	const struct policy *theirs = dlsym(plugin->handle, PLUGIN_SYMBOL);
	if (!theirs) {
		snprintf(why, size, "it exports no `const struct policy %s`", PLUGIN_SYMBOL);
		return false;
	}
	if (!plugin_check(theirs, why, size))
		return false;
	memcpy(&plugin->policy, theirs, theirs->struct_size);
	if (!answers(&plugin->policy)) {
		snprintf(why, size, "it answers no question");
		return false;
	}
	if (plugin->policy.score && !plugin->policy.place) {
		snprintf(why, size, "it has a score, but does not answer `place`");
		return false;
	}
	return true;
}

bool plugin_open(struct plugin *plugin, const char *path, char *why, size_t size)
{
	*plugin = (struct plugin){.path = memory_string(path)};
	ASSERT(plugin_is_path(path)); /* else the loader would search the system's folders */
	plugin->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!plugin->handle)
		snprintf(why, size, "%s", loader_says(path));
	else if (take(plugin, why, size))
		return true;
	plugin_close(plugin);
	return false;
}

void plugin_close(struct plugin *plugin)
{
	if (plugin->handle)
		dlclose(plugin->handle);
	free(plugin->path);
	*plugin = (struct plugin){0};
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What checks between keys have in common: where a key stands in the file, and which names there are. */
#ifndef SCENARIOS_CHECK_H
#define SCENARIOS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/diag.h"
#include "scenarios/scenario.h"
#include "scenarios/yaml.h"

struct check {
	const struct scenario *s;
	const struct yaml_node *root;
	struct diag *diag;
};

/* The node of a list's element, if it was given: "vms", 3, "demand.noise". */
const struct yaml_node *check_given(const struct check *c, const char *list, uint32_t i, const char *key);

/* Where that node is, or else the list's element. */
struct place check_place(const struct check *c, const char *list, uint32_t i, const char *key);

/* The names of one of the scenario's lists, for look-ups and suggestions. The caller frees `at`. */
struct names {
	const char **at;
	uint32_t count;
};

#define NAMES(list, n) names_collect((n) ? &(list)->name : NULL, (n), sizeof *(list))

struct names names_collect(const char *const *first, uint32_t count, size_t stride);
/* UINT32_MAX: it is none of them. */
uint32_t names_find(const struct names *names, const char *name);

/* A reference to one of names; absent ones (NULL) are fine. Tells what is wrong. */
bool name_known(const struct check *c, const struct names *names, const char *name, struct place at,
                const char *what);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a study. */
#include "scenarios/study_read.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/quantity.h"
#include "scenarios/study_points.h"
#include "scenarios/yaml.h"

#define AXES_MOST 64
#define LEVELS_MOST 100000

struct reader {
	struct study *s;
	struct diag *diag;
	const struct yaml_node *root;
};

#define TELL(r, at, ...) diag_error((r)->diag, (at), __VA_ARGS__)

/* Tells of every key of the map that is not among the names, which end with NULL. */
static void keys_known(const struct reader *r, const struct yaml_node *map, const char *const *names)
{
	size_t n = 0;
	while (names[n])
		n++;
	for (uint32_t i = 0; i < map->count; i++) {
		bool known = false;
		for (size_t k = 0; k < n; k++)
			known |= strcmp(map->keys[i], names[k]) == 0;
		if (known)
			continue;
		const char *near = diag_near(map->keys[i], names, n);
		TELL(r, map->key_places[i], "unknown key '%.60s'%s%s%s", map->keys[i],
		     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
}

/* The value's text; NULL where it is absent, or no value (told). */
static const char *scalar(const struct reader *r, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);
	if (!node)
		return NULL;
	if (node->kind == YAML_SCALAR)
		return node->text;
	TELL(r, node->place, "'%s' is a %s; it must be one value", key, yaml_kind_names[node->kind]);
	return NULL;
}

/* A whole number from least to most, or the preset. */
static int64_t whole(const struct reader *r, const struct yaml_node *map, const char *key,
                     const int64_t range[3])
{
	const char *text = scalar(r, map, key), *rest = "";
	double value = 0;
	if (!text)
		return range[2];
	bool number = quantity_number(text, &value, &rest) == QUANTITY_OK && !*rest && value == floor(value);
	if (number && value >= (double)range[0] && value <= (double)range[1])
		return (int64_t)value;
	TELL(r, yaml_get(map, key)->place, "'%s' is '%.60s'; it must be a whole number from %" PRId64 " to "
	     "%" PRId64,
	     key, text, range[0], range[1]);
	return range[2];
}

static bool truth(const struct reader *r, const struct yaml_node *map, const char *key, bool preset)
{
	const char *text = scalar(r, map, key);
	if (!text)
		return preset;
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return *text == 't';
	TELL(r, yaml_get(map, key)->place, "'%s' is '%.60s'; it must be true or false", key, text);
	return preset;
}

/* One of n names; the first where it is absent. */
static uint32_t choice(const struct reader *r, const struct yaml_node *map, const char *key,
                       const char *const *names, uint32_t n)
{
	const char *text = scalar(r, map, key);
	for (uint32_t i = 0; text && i < n; i++)
		if (strcmp(text, names[i]) == 0)
			return i;
	if (!text)
		return 0;
	const char *near = diag_near(text, names, n);
	char all[200] = "";
	for (uint32_t i = 0; i < n; i++)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", names[i]);
	TELL(r, yaml_get(map, key)->place, "unknown %s '%.60s'%s%s%s; allowed: %s", key, text,
	     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "", all);
	return 0;
}

/* A list of values, or one alone; their texts. */
static const char **texts(const struct reader *r, const struct yaml_node *node, const char *key,
                          uint32_t *count)
{
	*count = 0;
	if (!node)
		return NULL;
	if (node->kind == YAML_MAP) {
		TELL(r, node->place, "'%s' is a mapping; it must be a list of values", key);
		return NULL;
	}
	uint32_t n = node->kind == YAML_LIST ? node->count : 1;
	const char **list = arena_new(&r->s->arena, n, sizeof *list);
	for (uint32_t i = 0; i < n; i++) {
		const struct yaml_node *item = node->kind == YAML_LIST ? node->items[i] : node;
		if (item->kind != YAML_SCALAR) {
			TELL(r, item->place, "'%s' has a %s in it; it must be a list of values", key,
			     yaml_kind_names[item->kind]);
			return NULL;
		}
		list[i] = item->text;
	}
	*count = n;
	return list;
}

static bool levels_good(const struct reader *r, struct place at, uint32_t levels)
{
	if (levels >= 1 && levels <= LEVELS_MOST)
		return true;
	TELL(r, at, levels ? "an axis of %u levels; at most %d" : "an axis of %u levels; at least 1 of at "
	     "most %d",
	     levels, LEVELS_MOST);
	return false;
}

static void axis_values(const struct reader *r, struct study_axis *axis, const struct yaml_node *node)
{
	const struct yaml_node *values = yaml_get(node, "values");
	axis->values = texts(r, values, "values", &axis->levels);
	if (axis->values)
		levels_good(r, values->place, axis->levels);
}

/* {zip: {KEY: [..], KEY: [..]}}: as many values of each. */
static void axis_zip(const struct reader *r, struct study_axis *axis, const struct yaml_node *zip)
{
	if (zip->kind != YAML_MAP || zip->count == 0) {
		TELL(r, zip->place, "'zip' must be a mapping of keys to lists of values");
		return;
	}
	axis->key_count = zip->count;
	axis->keys = zip->keys;
	for (uint32_t k = 0; k < zip->count; k++) {
		uint32_t n;
		const char **list = texts(r, zip->items[k], zip->keys[k], &n);
		if (!list)
			return;
		if (k == 0) {
			axis->levels = n;
			axis->values = arena_new(&r->s->arena, (size_t)n * zip->count, sizeof *axis->values);
		} else if (n != axis->levels) {
			TELL(r, zip->items[k]->place, "'%.60s' has %u values and '%.60s' has %u; zipped "
			     "keys need as "
			     "many of each", zip->keys[k], n, zip->keys[0], axis->levels);
			return;
		}
		for (uint32_t l = 0; l < n; l++)
			axis->values[(size_t)l * zip->count + k] = list[l];
	}
	levels_good(r, zip->place, axis->levels);
}

static bool range_end(const struct reader *r, const struct yaml_node *node, const char *name, double *value,
                      const char **unit)
{
	const char *text = scalar(r, node, name);
	if (!text)
		TELL(r, node->place, "an axis needs `values`, or `from` and `to`; '%s' is missing", name);
	else if (quantity_number(text, value, unit) == QUANTITY_OK)
		return true;
	else
		TELL(r, yaml_get(node, name)->place, "'%s' is '%.60s'; it must be a number, with its unit",
		     name,
		     text);
	return false;
}

static bool is_whole(const char *text)
{
	return strspn(text, "+-0123456789") == strlen(text);
}

/* {key, from, to, steps, scale}. In a design of points the steps are the design's. */
static void axis_range(const struct reader *r, struct study_axis *axis, const struct yaml_node *node)
{
	static const char *const scales[] = {"linear", "log"};
	static const int64_t steps[3] = {2, LEVELS_MOST, 5};
	const char *to_unit = "";
	axis->range = true;
	axis->log = choice(r, node, "scale", scales, 2) == 1;
	if (!range_end(r, node, "from", &axis->from, &axis->unit) ||
	    !range_end(r, node, "to", &axis->to, &to_unit))
		return;
	if (strcmp(axis->unit, to_unit) != 0)
		TELL(r, yaml_get(node, "to")->place, "'from' is in '%.20s' and 'to' in '%.20s'; both need "
		     "the same unit",
		     axis->unit, to_unit);
	if (!(axis->from < axis->to))
		TELL(r, yaml_get(node, "to")->place, "'to' must be above 'from'");
	if (axis->log && axis->from <= 0)
		TELL(r, yaml_get(node, "from")->place, "a logarithmic scale begins above 0");
	axis->whole = is_whole(scalar(r, node, "from")) && is_whole(scalar(r, node, "to"));
	axis->levels = (uint32_t)whole(r, node, "steps", steps);
	if (axis->whole && r->s->design == STUDY_FACTORIAL && axis->levels - 1 > axis->to - axis->from)
		TELL(r, node->place, "%u whole numbers from %g to %g are not to be had; for numbers between "
		     "write "
		     "them as 'from: %g.0'", axis->levels, axis->from, axis->to, axis->from);
	if (r->s->design != STUDY_FACTORIAL && yaml_get(node, "steps"))
		TELL(r, yaml_get(node, "steps")->place,
		     "'steps' is for the factorial design; in this one `points` "
		     "says how many");
}

static void read_axis(const struct reader *r, struct study_axis *axis, const struct yaml_node *node)
{
	static const char *const names[] = {"key", "values", "from", "to", "steps", "scale", "zip", "file",
		"crossed",
		NULL};
	axis->place = node->place;
	axis->unit = "";
	if (node->kind != YAML_MAP) {
		TELL(r, node->place, "an axis is a mapping: {key: hosts.0.nic, values: [...]}");
		return;
	}
	keys_known(r, node, names);
	axis->crossed = truth(r, node, "crossed", false);
	if (axis->crossed && r->s->design == STUDY_FACTORIAL)
		TELL(r, yaml_get(node, "crossed")->place, "'crossed' is for latin_hypercube and sobol: in a "
		     "factorial design all axes are");
	const char *key = scalar(r, node, "key"), *file = scalar(r, node, "file");
	if (!!key + !!file + !!yaml_get(node, "zip") != 1) {
		TELL(r, node->place, "an axis has a `key`, or a `zip` of keys, or a `file` of points");
	} else if (file) {
		study_points_file(axis, file, r->s, yaml_get(node, "file")->place, r->diag);
	} else if (!key) {
		axis_zip(r, axis, yaml_get(node, "zip"));
	} else {
		axis->key_count = 1;
		axis->keys = arena_new(&r->s->arena, 1, sizeof *axis->keys);
		axis->keys[0] = key;
		if (yaml_get(node, "values"))
			axis_values(r, axis, node);
		else
			axis_range(r, axis, node);
	}
}

static void read_axes(const struct reader *r)
{
	struct study *s = r->s;
	const struct yaml_node *axes = yaml_get(r->root, "axes");
	if (!axes)
		return; /* replications of one point */
	if (axes->kind != YAML_LIST || axes->count == 0 || axes->count > AXES_MOST) {
		TELL(r, axes->place, "'axes' must be a list of 1 to %d axes", AXES_MOST);
		return;
	}
	s->axes = arena_new(&s->arena, axes->count, sizeof *s->axes);
	s->axis_count = axes->count;
	for (uint32_t a = 0; a < axes->count; a++) {
		read_axis(r, &s->axes[a], axes->items[a]);
		s->key_count += s->axes[a].key_count;
	}
	s->keys = arena_new(&s->arena, s->key_count, sizeof *s->keys);
	for (uint32_t a = 0, n = 0; a < s->axis_count; a++)
		for (uint32_t k = 0; k < s->axes[a].key_count; k++)
			s->keys[n++] = s->axes[a].keys[k];
	for (uint32_t i = 0; i < s->key_count; i++)
		if (strcmp(s->keys[i], "seed") == 0)
			TELL(r, axes->place, "'seed' is no axis: `replications` and the study's own `seed` "
			     "say which "
			     "seeds there are");
	for (uint32_t i = 0; i < s->key_count; i++)
		for (uint32_t j = 0; j < i; j++)
			if (strcmp(s->keys[i], s->keys[j]) == 0)
				TELL(r, axes->place, "the key '%.60s' is on two axes", s->keys[i]);
}

static void read_until(const struct reader *r)
{
	static const char *const names[] = {"metric", "half_width", "least", "most", NULL};
	static const int64_t least[3] = {2, 1000000, 5}, most[3] = {2, 1000000, 1000};
	const struct yaml_node *until = yaml_get(r->root, "until");
	struct study *s = r->s;
	const char *unit = NULL;
	if (!until)
		return;
	s->has_until = true;
	if (until->kind != YAML_MAP) {
		TELL(r, until->place, "'until' is a mapping: {metric: energy_j, half_width: 1 %%, most: "
		     "100}");
		return;
	}
	keys_known(r, until, names);
	s->until_metric = scalar(r, until, "metric");
	const char *width = scalar(r, until, "half_width");
	if (!s->until_metric || !width)
		TELL(r, until->place, "'until' needs a `metric` and a `half_width`");
	else if (quantity_read(width, DIM_FRACTION, &s->until_half_width, &unit) != QUANTITY_OK ||
	         !(s->until_half_width > 0 && s->until_half_width < 1))
		TELL(r, yaml_get(until, "half_width")->place,
		     "'half_width' is '%.60s'; it must be above 0 and below "
		     "100 %%", width);
	s->replications = whole(r, until, "least", least);
	s->until_most = whole(r, until, "most", most);
	if (s->until_most < s->replications)
		TELL(r, until->place, "'most' is below 'least'");
	if (yaml_get(r->root, "replications"))
		TELL(r, yaml_get(r->root, "replications")->place,
		     "'until' says how many replications there are: give "
		     "`least` and `most` there");
}

static void read_root(struct reader *r)
{
	static const char *const names[] = {"scenario", "set", "design", "points", "axes", "replications",
		"common_random_numbers", "seed", "until", "metrics", "keep", "description", NULL};
	static const char *const keeps[] = {"summary", "results"};
	static const int64_t replications[3] = {1, 1000000, 1}, points[3] = {1, STUDY_RUNS_MOST, 0};
	static const int64_t seeds[3] = {0, INT64_C(1) << 53, 1};
	struct study *s = r->s;
	keys_known(r, r->root, names);
	s->scenario = scalar(r, r->root, "scenario");
	if (!s->scenario)
		TELL(r, r->root->place, "a study needs a `scenario`");
	s->sets = texts(r, yaml_get(r->root, "set"), "set", &s->set_count);
	for (uint32_t i = 0; i < s->set_count; i++)
		if (strncmp(s->sets[i], "seed=", 5) == 0)
			TELL(r, yaml_get(r->root, "set")->place,
			     "'seed' is not set here: the study has a `seed` of its "
			     "own");
	s->design = (enum study_design)choice(r, r->root, "design", study_design_names, STUDY_DESIGNS);
	s->replications = whole(r, r->root, "replications", replications);
	s->seed = (uint64_t)whole(r, r->root, "seed", seeds);
	s->common_random_numbers = truth(r, r->root, "common_random_numbers", true);
	s->metrics = texts(r, yaml_get(r->root, "metrics"), "metrics", &s->metric_count);
	s->keep_results = choice(r, r->root, "keep", keeps, 2) == 1;
	s->points = (uint32_t)whole(r, r->root, "points", points);
	if (s->design != STUDY_FACTORIAL && s->points == 0)
		TELL(r, r->root->place, "the design %s needs `points`: how many",
		     study_design_names[s->design]);
	if (s->design == STUDY_FACTORIAL && s->points != 0)
		TELL(r, yaml_get(r->root, "points")->place,
		     "'points' is for latin_hypercube and sobol; a factorial "
		     "design has one for each combination of levels");
	read_axes(r);
	read_until(r);
}

static struct study *finish(struct study *s, const struct yaml_node *root, struct diag *diag, uint32_t errors)
{
	struct reader r = {s, diag, root};
	if (root && root->kind != YAML_MAP)
		TELL(&r, root->place, "a study is a mapping (key: value); here is a %s",
		     yaml_kind_names[root->kind]);
	else if (root)
		read_root(&r);
	if (root && diag->errors == errors)
		study_points(s, root->place, diag);
	if (diag->errors == errors && root)
		return s;
	study_free(s);
	return NULL;
}

static struct study *study_new(const char *path)
{
	struct study *s = memory_new(1, sizeof *s, "study");
	arena_init(&s->arena);
	s->path = arena_string(&s->arena, path);
	return s;
}

struct study *study_read(const char *path, struct diag *diag)
{
	struct study *s = study_new(path);
	uint32_t errors = diag->errors;
	return finish(s, yaml_read_file(s->path, &s->text, &s->arena, diag), diag, errors);
}

struct study *study_read_text(const char *text, const char *name, struct diag *diag)
{
	struct study *s = study_new(name);
	uint32_t errors = diag->errors;
	s->text = arena_string(&s->arena, text);
	return finish(s, yaml_read_text(s->text, strlen(s->text), s->path, &s->arena, diag), diag, errors);
}

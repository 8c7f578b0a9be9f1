/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the tree from libyaml's events, with limits that a hostile file meets before the machine does. */
#include "scenarios/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#define NODES_MAX 1000000
#define LEVELS_MAX 64
#define KEYS_MAX 256             /* of one mapping: duplicates are found by comparing all pairs */
#define VALUE_MAX ((size_t)64 << 10)
#define FILE_MAX ((size_t)16 << 20)
#define ANCHORS_MAX 100
#define INCLUDES_MAX 16          /* files inside each other */
#define FILES_MAX 1000           /* files in all, each time that one is included */

struct yaml_anchor {
	const char *name;
	struct yaml_node *node;
};

struct yaml_frame {              /* an open list or map */
	struct yaml_node *node;
	const char *anchor;
	const char *key;             /* maps: the key that waits for its value */
	struct place key_place;
};

struct yaml_open {               /* a file being read: a chain up to the first */
	const struct yaml_open *above;
	const char *path;
	dev_t device;
	ino_t inode;
	uint32_t number;
	bool nameless; /* text that is no file: includes are relative to the working directory */
};

/* What all files of one reading share. */
struct yaml_reading {
	struct arena *arena;
	struct diag *diag;
	uint32_t nodes, files;
	const char **text;           /* gets the first file's text; may be NULL */
};

/* One document being built. */
struct yaml_build {
	struct yaml_reading *reading;
	const struct yaml_open *file;
	const char *name;
	struct yaml_frame frames[LEVELS_MAX];
	uint32_t level;
	struct yaml_anchor *anchors;
	uint32_t anchor_count, anchor_room;
	struct yaml_node *root;
};

static struct yaml_node *yaml_read_inner(struct yaml_reading *reading, const char *path, struct place from,
                                         const struct yaml_open *above);

static struct place mark_place(const struct yaml_build *b, yaml_mark_t mark)
{
	return (struct place){b->name, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

static bool yaml_count(struct yaml_reading *r, uint32_t nodes, struct place at)
{
	if (nodes > NODES_MAX - r->nodes) {
		diag_error(r->diag, at,
		           "more than %d values, counting each alias with all that it stands for",
		           NODES_MAX);
		return false;
	}
	r->nodes += nodes;
	return true;
}

/* Values of `include`: one file, or a list of files; all lie under the mapping that names them. */
static struct yaml_node *yaml_include(struct yaml_build *b, struct yaml_node *map)
{
	struct yaml_node *value = yaml_get(map, "include");
	struct yaml_node *one[1] = {value};
	struct yaml_node **files = value->kind == YAML_LIST ? value->items : one;
	uint32_t n = value->kind == YAML_LIST ? value->count : 1;
	struct yaml_node *below = NULL;
	for (uint32_t i = 0; i < n; i++) {
		if (files[i]->kind != YAML_SCALAR || !*files[i]->text) {
			diag_error(b->reading->diag, files[i]->place,
			           "'include' takes the name of a file, or a list of names");
			return NULL;
		}
		struct yaml_node *read =
			yaml_read_inner(b->reading, files[i]->text, files[i]->place, b->file);
		if (!read)
			return NULL;
		below = below ? yaml_merge(read, below, b->reading->arena) : read;
	}
	uint32_t at = 0;
	while (strcmp(map->keys[at], "include") != 0)
		at++;
	uint32_t after = map->count - at - 1;
	memmove(&map->keys[at], &map->keys[at + 1], after * sizeof *map->keys);
	memmove(&map->items[at], &map->items[at + 1], after * sizeof *map->items);
	memmove(&map->key_places[at], &map->key_places[at + 1], after * sizeof *map->key_places);
	map->count--;
	return below ? yaml_merge(map, below, b->reading->arena) : map;
}

static bool yaml_anchor_add(struct yaml_build *b, const char *name, struct yaml_node *node)
{
	for (uint32_t i = 0; i < b->anchor_count; i++)
		if (strcmp(b->anchors[i].name, name) == 0) {
			b->anchors[i].node = node;
			return true;
		}
	if (b->anchor_count >= ANCHORS_MAX) {
		diag_error(b->reading->diag, node->place, "more than %d anchors", ANCHORS_MAX);
		return false;
	}
	ARRAY_GROW(b->anchors, b->anchor_count, b->anchor_room, "anchors");
	b->anchors[b->anchor_count++] = (struct yaml_anchor){name, node};
	return true;
}

/* Puts a finished node where it belongs: into the open list or map, or at the root. */
static bool yaml_attach(struct yaml_build *b, struct yaml_node *node, struct place at)
{
	if (!b->level) {
		b->root = node;
		return true;
	}
	struct yaml_frame *frame = &b->frames[b->level - 1];
	struct yaml_node *parent = frame->node;
	if (b->level + node->depth > LEVELS_MAX) {
		diag_error(b->reading->diag, at,
		           "more than %d levels of lists and mappings inside each other", LEVELS_MAX);
		return false;
	}
	if (parent->kind == YAML_MAP)
		yaml_add(parent, frame->key, frame->key_place, node, b->reading->arena);
	else
		yaml_add(parent, NULL, frame->key_place, node, b->reading->arena);
	frame->key = NULL;
	return true;
}

static bool yaml_key(struct yaml_build *b, struct yaml_frame *frame, const char *text, struct place at)
{
	struct yaml_node *map = frame->node;
	for (uint32_t i = 0; i < map->count; i++) {
		if (strcmp(map->keys[i], text) != 0)
			continue;
		/* Reading goes on: the rest of the file may hold more to tell. */
		diag_error(b->reading->diag, at, "key '%.60s' was given before, at line %u; give it once",
		           text, map->key_places[i].line);
		break;
	}
	if (map->count >= KEYS_MAX) {
		diag_error(b->reading->diag, at, "a mapping of more than %d keys", KEYS_MAX);
		return false;
	}
	frame->key = text;
	frame->key_place = at;
	return true;
}

static bool yaml_scalar(struct yaml_build *b, const yaml_event_t *event)
{
	struct yaml_reading *r = b->reading;
	struct place at = mark_place(b, event->start_mark);
	if (event->data.scalar.length > VALUE_MAX) {
		diag_error(r->diag, at, "a value of %zu bytes; at most %zu", event->data.scalar.length,
		           VALUE_MAX);
		return false;
	}
	const char *text = arena_string_n(r->arena, (const char *)event->data.scalar.value,
	                                  event->data.scalar.length);
	if (strlen(text) != event->data.scalar.length) {
		diag_error(r->diag, at, "a value with a NUL character in it");
		return false;
	}
	struct yaml_frame *frame = b->level ? &b->frames[b->level - 1] : NULL;
	if (frame && frame->node->kind == YAML_MAP && !frame->key)
		return yaml_key(b, frame, text, at);
	if (!yaml_count(r, 1, at))
		return false;
	struct yaml_node *node = arena_new(r->arena, 1, sizeof *node);
	node->kind = YAML_SCALAR;
	node->place = at;
	node->text = text;
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->size = node->depth = 1;
	if (event->data.scalar.anchor) {
		const char *name = arena_string(r->arena, (const char *)event->data.scalar.anchor);
		if (!yaml_anchor_add(b, name, node))
			return false;
	}
	return yaml_attach(b, node, node->place);
}

static bool yaml_alias(struct yaml_build *b, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct place at = mark_place(b, event->start_mark);
	struct yaml_frame *frame = b->level ? &b->frames[b->level - 1] : NULL;
	struct diag *diag = b->reading->diag;
	if (frame && frame->node->kind == YAML_MAP && !frame->key) {
		diag_error(diag, at, "an alias cannot be a key; write the key");
		return false;
	}
	for (uint32_t i = 0; i < b->level; i++)
		if (b->frames[i].anchor && strcmp(b->frames[i].anchor, name) == 0) {
			diag_error(diag, at, "alias '*%.60s' stands inside what it names", name);
			return false;
		}
	for (uint32_t i = 0; i < b->anchor_count; i++)
		if (strcmp(b->anchors[i].name, name) == 0)
			return yaml_count(b->reading, b->anchors[i].node->size, at) &&
			       yaml_attach(b, b->anchors[i].node, at);
	diag_error(diag, at, "alias '*%.60s' has no anchor '&%.60s' before it", name, name);
	return false;
}

static bool yaml_begin(struct yaml_build *b, enum yaml_kind kind, const yaml_char_t *anchor, yaml_mark_t mark)
{
	struct place at = mark_place(b, mark);
	struct yaml_frame *frame = b->level ? &b->frames[b->level - 1] : NULL;
	struct diag *diag = b->reading->diag;
	if (frame && frame->node->kind == YAML_MAP && !frame->key) {
		diag_error(diag, at, "a list or mapping cannot be a key; keys are words");
		return false;
	}
	if (b->level >= LEVELS_MAX) {
		diag_error(diag, at, "more than %d levels of lists and mappings inside each other",
		           LEVELS_MAX);
		return false;
	}
	if (!yaml_count(b->reading, 1, at))
		return false;
	struct yaml_node *node = arena_new(b->reading->arena, 1, sizeof *node);
	node->kind = kind;
	node->place = at;
	node->size = node->depth = 1;
	const char *name = anchor ? arena_string(b->reading->arena, (const char *)anchor) : NULL;
	b->frames[b->level++] = (struct yaml_frame){.node = node, .anchor = name};
	return true;
}

static bool yaml_end(struct yaml_build *b)
{
	struct yaml_frame frame = b->frames[--b->level];
	struct yaml_node *node = frame.node;
	if (node->kind == YAML_MAP && yaml_get(node, "include")) {
		node = yaml_include(b, node);
		if (!node)
			return false;
	}
	if (frame.anchor && !yaml_anchor_add(b, frame.anchor, node))
		return false;
	return yaml_attach(b, node, node->place);
}

static const yaml_char_t *event_tag(const yaml_event_t *event)
{
	if (event->type == YAML_SCALAR_EVENT)
		return event->data.scalar.tag;
	if (event->type == YAML_SEQUENCE_START_EVENT)
		return event->data.sequence_start.tag;
	return event->type == YAML_MAPPING_START_EVENT ? event->data.mapping_start.tag : NULL;
}

static bool yaml_event(struct yaml_build *b, const yaml_event_t *event)
{
	const yaml_char_t *tag = event_tag(event);
	if (tag) {
		diag_error(b->reading->diag, mark_place(b, event->start_mark),
		           "tag '%.60s'; scenarios use no tags", (const char *)tag);
		return false;
	}
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (!b->root)
			return true;
		diag_error(b->reading->diag, mark_place(b, event->start_mark),
		           "a second document begins here; a file holds one");
		return false;
	case YAML_SCALAR_EVENT:
		return yaml_scalar(b, event);
	case YAML_ALIAS_EVENT:
		return yaml_alias(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return yaml_begin(b, YAML_LIST, event->data.sequence_start.anchor, event->start_mark);
	case YAML_MAPPING_START_EVENT:
		return yaml_begin(b, YAML_MAP, event->data.mapping_start.anchor, event->start_mark);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return yaml_end(b);
	default:
		return true;
	}
}

/* libyaml's own complaints: its words, its place, and for the commonest slip what to do. */
static void yaml_complain(struct yaml_build *b, const yaml_parser_t *parser)
{
	struct place at = mark_place(b, parser->problem_mark);
	const char *problem = parser->problem ? parser->problem : "cannot be read";
	const char *advice = "";
	if (strstr(problem, "cannot start any token"))
		advice = "; indent with blanks, and quote values that begin with a special character";
	else if (strstr(problem, "mapping values are not allowed"))
		advice = "; is the line indented as its neighbours are, or a ': ' not quoted?";
	diag_error(b->reading->diag, at, "not YAML: %s%s%s%s", parser->context ? parser->context : "",
	           parser->context ? ": " : "", problem, advice);
}

static bool yaml_parse(struct yaml_build *b, const char *text, size_t size)
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser)) {
		diag_error(b->reading->diag, (struct place){b->name, 0, 0}, "out of memory");
		return false;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
	bool going = true, done = false;
	while (going && !done) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event)) {
			yaml_complain(b, &parser);
			going = false;
			break;
		}
		done = event.type == YAML_STREAM_END_EVENT;
		going = yaml_event(b, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return going;
}

/* Length of the valid UTF-8 sequence at p (Unicode 15, table 3-7), 0 when there is none. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 :
	           p[0] >= 0xF0 && p[0] <= 0xF4 ? 4 : 0;
	if (!n || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	bool bad = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
	           (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F);
	return bad ? 0 : n;
}

/* Tells the first byte that no text file has; libyaml would name only an offset. */
static bool yaml_is_text(struct yaml_build *b, const char *text, size_t size)
{
	const unsigned char *p = (const unsigned char *)text;
	struct place at = {b->name, 1, 1};
	for (size_t i = 0; i < size;) {
		size_t n = utf8_length(p + i, size - i);
		bool control = p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r';
		if (!n) {
			diag_error(b->reading->diag, at, "byte 0x%02x is not UTF-8 text", p[i]);
			return false;
		}
		if (control || p[i] == 0x7f) {
			diag_error(b->reading->diag, at, "byte 0x%02x is no text; is this a scenario file?",
			           p[i]);
			return false;
		}
		at.line += p[i] == '\n';
		at.column = p[i] == '\n' ? 1 : at.column + 1;
		i += n;
	}
	return true;
}

static struct yaml_node *yaml_build(struct yaml_reading *r, const char *text, size_t size,
                                    const struct yaml_open *file)
{
	if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		text += 3, size -= 3;
	struct yaml_build *b = memory_new(1, sizeof *b, "YAML reader");
	b->reading = r;
	b->file = file;
	b->name = arena_string(r->arena, file->path);
	bool built = yaml_is_text(b, text, size) && yaml_parse(b, text, size);
	struct yaml_node *root = built ? b->root : NULL;
	if (built && !root)
		diag_error(r->diag, (struct place){b->name, 1, 1},
		           "the file is empty; it must hold keys with values");
	free(b->anchors);
	free(b);
	return root;
}

static char *yaml_load(const char *path, size_t *size, struct stat *status, const char **why)
{
	int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* O_NONBLOCK: a pipe must not hang us */
	*why = NULL;
	if (file < 0 || fstat(file, status) < 0)
		*why = strerror(errno);
	else if (S_ISDIR(status->st_mode))
		*why = "it is a folder; name a file";
	else if (!S_ISREG(status->st_mode))
		*why = "it is not a regular file";
	else if (status->st_size > (off_t)FILE_MAX)
		*why = "it is larger than 16 MiB";
	char *text = NULL;
	if (!*why) {
		*size = 0;
		size_t room = (size_t)status->st_size + 1;
		text = memory_new(room, 1, "scenario text");
		ssize_t n;
		while (*size < room && (n = read(file, text + *size, room - *size)) != 0) {
			if (n < 0 && errno == EINTR)
				continue;
			if (n < 0) {
				*why = strerror(errno);
				break;
			}
			*size += (size_t)n;
		}
		if (!*why && *size > (size_t)status->st_size)
			*why = "it grew while it was read";
	}
	if (file >= 0)
		close(file);
	if (*why) {
		free(text);
		return NULL;
	}
	return text;
}

/* "a.yaml > b.yaml > a.yaml" */
static void yaml_chain(const struct yaml_open *file, char *text, size_t size)
{
	if (file->above)
		yaml_chain(file->above, text, size);
	size_t used = strlen(text);
	snprintf(text + used, size - used, "%s%s", used ? " > " : "", file->path);
}

/* The path of an included file: relative to the folder of the file that names it. */
static const char *yaml_beside(struct yaml_reading *r, const char *path, const struct yaml_open *above)
{
	const char *slash = above && !above->nameless ? strrchr(above->path, '/') : NULL;
	if (path[0] == '/' || !slash)
		return path;
	return arena_printf(r->arena, "%.*s/%s", (int)(slash - above->path), above->path, path);
}

/* `from` is where the file is named: the include's value, or the file itself for the first. */
static struct yaml_node *yaml_read_inner(struct yaml_reading *r, const char *path, struct place from,
                                         const struct yaml_open *above)
{
	struct yaml_open file = {.above = above, .number = above ? above->number + 1 : 1};
	file.path = yaml_beside(r, path, above);
	struct stat status;
	size_t size = 0;
	const char *why;
	char *text = yaml_load(file.path, &size, &status, &why);
	if (!text) {
		if (above)
			diag_error(r->diag, from, "cannot read '%.300s': %s", file.path, why);
		else
			diag_error(r->diag, from, "cannot be read: %s", why);
		return NULL;
	}
	file.device = status.st_dev;
	file.inode = status.st_ino;
	for (const struct yaml_open *up = above; up; up = up->above) {
		if (up->device != file.device || up->inode != file.inode)
			continue;
		char chain[512] = "";
		yaml_chain(&file, chain, sizeof chain);
		diag_error(r->diag, from, "file includes itself: %s", chain);
		free(text);
		return NULL;
	}
	struct yaml_node *node = NULL;
	if (++r->files > FILES_MAX)
		diag_error(r->diag, from, "more than %d files are included", FILES_MAX);
	else if (file.number > INCLUDES_MAX)
		diag_error(r->diag, from, "more than %d files that include each other", INCLUDES_MAX);
	else
		node = yaml_build(r, text, size, &file);
	if (node && !above && r->text)
		*r->text = arena_string_n(r->arena, text, size);
	free(text);
	if (node && above && node->kind != YAML_MAP) {
		diag_error(r->diag, node->place, "an included file holds a mapping (key: value), not a %s",
		           yaml_kind_names[node->kind]);
		return NULL;
	}
	return node;
}

struct yaml_node *yaml_read_file(const char *path, const char **text, struct arena *arena, struct diag *diag)
{
	struct yaml_reading reading = {.arena = arena, .diag = diag, .text = text};
	return yaml_read_inner(&reading, path, (struct place){path, 0, 0}, NULL);
}

struct yaml_node *yaml_read_text(const char *text, size_t size, const char *name, struct arena *arena,
                                 struct diag *diag)
{
	struct yaml_reading reading = {.arena = arena, .diag = diag};
	struct yaml_open file = {.path = name, .number = 1, .nameless = true};
	if (size > FILE_MAX) {
		diag_error(diag, (struct place){name, 0, 0}, "is larger than 16 MiB");
		return NULL;
	}
	return yaml_build(&reading, text, size, &file);
}

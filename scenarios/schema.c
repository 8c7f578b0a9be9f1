/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the table of keys as JSON Schema, as Markdown and as text. */
#include "scenarios/schema.h"

#include <stdbool.h>
#include <string.h>

#include "scenarios/key_table.h"
#include "scenarios/quantity.h"

/* A number with one of the units of its dimension; regular expression of the number itself. */
#define NUMBER "[+-]?([0-9]+\\\\.?[0-9]*|\\\\.[0-9]+)([eE][+-]?[0-9]+)?"

static void json_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static const char *key_word(const struct key *key, uint32_t i)
{
	if (key->name_at)
		return key->name_at(i);
	return i < key->name_count ? key->names[i] : NULL;
}

static bool key_is_list(const struct key *key)
{
	return key->type == KEY_SECTION && key->size;
}

/* "GiB" -> "GiB", "%" -> "%", "bit/s" -> "bit/s": units hold no character that a regular expression takes
 * otherwise. */
static void json_units(FILE *out, enum dimension dimension)
{
	for (const struct unit *u = dimension_units[dimension]; u->name; u++)
		fprintf(out, "%s%s", u == dimension_units[dimension] ? "" : "|", u->name);
}

static void json_quantity(FILE *out, const struct key *key)
{
	bool plain = key->dimension == DIM_NONE || key->dimension == DIM_FRACTION;
	if (key->dimension == DIM_NONE) {
		fprintf(out, "\"type\": \"number\", \"minimum\": %.17g, \"maximum\": %.17g", key->least,
		        key->most);
		return;
	}
	fprintf(out, "\"anyOf\": [");
	if (plain)
		fprintf(out, "{\"type\": \"number\", \"minimum\": %.17g, \"maximum\": %.17g}, ", key->least,
		        key->most);
	else if (key->least <= 0)
		fprintf(out, "{\"const\": 0}, ");
	fprintf(out, "{\"type\": \"string\", \"pattern\": \"^" NUMBER " *(");
	json_units(out, key->dimension);
	fprintf(out, ")$\"}]");
}

static void json_words(FILE *out, const struct key *key)
{
	fprintf(out, "\"enum\": [");
	for (uint32_t i = 0; key_word(key, i); i++) {
		fprintf(out, "%s", i ? ", " : "");
		json_string(out, key_word(key, i));
	}
	/* Readers of YAML 1.1 take a bare on or off for a boolean. */
	if (key->type == KEY_SWITCH && strcmp(key_word(key, 1), "on") == 0)
		fprintf(out, ", true, false");
	fprintf(out, "]");
}

static void json_value(FILE *out, const struct key *key)
{
	switch (key->type) {
	case KEY_COUNT:
	case KEY_SEED:
		fprintf(out, "\"type\": \"integer\", \"minimum\": %.0f, \"maximum\": %.0f", key->least,
		        key->most);
		break;
	case KEY_WHOLE:
	case KEY_REAL:
		json_quantity(out, key);
		break;
	case KEY_BOOL:
		fprintf(out, "\"type\": \"boolean\"");
		break;
	case KEY_PART:
		fprintf(out, "\"type\": \"string\", \"pattern\": \"^[0-9]+/[0-9]+$\"");
		break;
	case KEY_TABLE:
		fprintf(out, "\"type\": \"array\", \"minItems\": 11, \"maxItems\": 11, \"items\": {");
		json_quantity(out, key);
		fprintf(out, "}");
		break;
	case KEY_SET:
		fprintf(out, "\"anyOf\": [{");
		json_words(out, key);
		fprintf(out, "}, {\"type\": \"array\", \"items\": {");
		json_words(out, key);
		fprintf(out, "}}]");
		break;
	case KEY_VALUES:
		fprintf(out, "\"type\": \"object\", \"additionalProperties\": {\"type\": [\"number\", "
		             "\"string\"]}");
		break;
	case KEY_INCLUDE:
		fprintf(out, "\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"array\", \"items\": "
		             "{\"type\": \"string\"}}]");
		break;
	default:
		if (key_word(key, 0))
			json_words(out, key);
		else /* a name of digits only is a number to YAML */
			fprintf(out, "\"type\": [\"string\", \"number\"]");
		break;
	}
}

static void indent(FILE *out, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		fputs("  ", out);
}

static void json_section(FILE *out, const char *section, unsigned depth);

/* A lone value, or a mapping of which it is one member: the braces of the first, up to the second. */
static void json_shorthand(FILE *out, const struct key *key)
{
	char path[128];
	snprintf(path, sizeof path, "%s.%s", key->path, key->shorthand);
	fprintf(out, "\"anyOf\": [{");
	json_value(out, key_find(path));
	fprintf(out, "}, {");
}

static void json_key(FILE *out, const struct key *key, const char *name, size_t length, unsigned depth)
{
	indent(out, depth);
	fprintf(out, "\"%.*s\": {\"description\": ", (int)length, name);
	json_string(out, key->summary);
	fprintf(out, ", ");
	if (key->preset && !key_is_list(key)) {
		fprintf(out, "\"default\": ");
		json_string(out, key->preset);
		fprintf(out, ", ");
	}
	if (key_is_list(key)) {
		fprintf(out, "\"type\": \"array\", \"minItems\": %.0f, \"items\": {\n", key->least);
		json_section(out, key->path, depth + 1);
		indent(out, depth);
		fprintf(out, "}}");
	} else if (key->type == KEY_SECTION) {
		bool shorthand = key->shorthand != NULL;
		if (shorthand)
			json_shorthand(out, key);
		fprintf(out, "\n");
		json_section(out, key->path, depth + 1);
		indent(out, depth);
		fputs(shorthand ? "}]}" : "}", out);
	} else {
		json_value(out, key);
		fprintf(out, "}");
	}
}

static bool key_required(const struct key *key)
{
	return !key->preset && !key->optional && (key->type != KEY_SECTION || key->size);
}

/* A catalogue entry or an included file may give what is required, so nothing is required but at the top. */
static void json_section(FILE *out, const char *section, unsigned depth)
{
	size_t length;
	bool first = true;
	indent(out, depth);
	fprintf(out, "\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\n");
	const struct key *key;
	for (uint32_t i = 0; (key = key_at(i)); i++) {
		bool include = key->type == KEY_INCLUDE;
		const char *name = include ? key->path : key_name(key, section, &length);
		if (!name)
			continue;
		if (include)
			length = strlen(name);
		fprintf(out, "%s", first ? "" : ",\n");
		first = false;
		json_key(out, key, name, length, depth + 1);
	}
	fprintf(out, "\n");
	indent(out, depth);
	fprintf(out, "}\n");
}

void schema_write_json(FILE *out)
{
	fprintf(out, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
	             "  \"title\": \"vdcsim scenario\",\n");
	json_section(out, "", 1);
	fprintf(out, "}\n");
}

/* "from 1 to 4096", "one of off, on": what a value may be, in words. */
static void write_range(FILE *out, const struct key *key)
{
	char least[40], most[40];
	if (key->type == KEY_SET)
		fprintf(out, "list of ");
	if (key_word(key, 0)) {
		for (uint32_t i = 0; key_word(key, i); i++)
			fprintf(out, "%s%s", i ? ", " : "", key_word(key, i));
		return;
	}
	if (key->shorthand) {
		char path[128];
		snprintf(path, sizeof path, "%s.%s", key->path, key->shorthand);
		write_range(out, key_find(path));
		fprintf(out, ", or mapping");
		return;
	}
	fprintf(out, "%s", key_is_list(key) ? "list of mappings" : key->type == KEY_SECTION ? "mapping" :
	        key->dimension ? dimension_names[key->dimension] : key_type_names[key->type]);
	bool number = key->type == KEY_COUNT || key->type == KEY_WHOLE || key->type == KEY_REAL ||
	              key->type == KEY_TABLE;
	if (!number)
		return;
	quantity_write(key->least, key->dimension, least, sizeof least);
	quantity_write(key->most, key->dimension, most, sizeof most);
	if (key->type == KEY_COUNT) /* 10000000: a count cannot be written 1e+07 */
		snprintf(most, sizeof most, "%.0f", key->most);
	fprintf(out, " from %s to %s", least, most);
}

static void write_preset(FILE *out, const struct key *key)
{
	if (key->type == KEY_SECTION && !key_is_list(key))
		return;
	if (key_required(key))
		fputs("required", out);
	else
		fputs(key->preset && !key_is_list(key) ? key->preset : "-", out);
}

static void markdown_section(FILE *out, const struct key *section)
{
	const char *path = section ? section->path : "";
	size_t length;
	fprintf(out, "\n## %s\n\n%s\n\n", section ? path : "Top",
	        section ? section->summary : "The keys of a scenario.");
	fprintf(out, "| Key | Value | Preset | |\n|---|---|---|---|\n");
	const struct key *key;
	for (uint32_t i = 0; (key = key_at(i)); i++) {
		const char *name = key_name(key, path, &length);
		if (!name)
			continue;
		fprintf(out, "| `%.*s` | ", (int)length, name);
		write_range(out, key);
		fprintf(out, " | ");
		write_preset(out, key);
		fprintf(out, " | %s |\n", key->summary);
	}
}

void schema_write_markdown(FILE *out)
{
	fprintf(out, "# Keys of a scenario\n\nWritten from the tables of keys in `scenarios/key_*.c`. "
	             "Quantities have units: ");
	for (enum dimension d = DIM_TIME; d < DIMENSIONS; d++) {
		char units[200];
		quantity_units(d, units, sizeof units);
		fprintf(out, "%s%s (%s)", d == DIM_TIME ? "" : ", ", dimension_names[d], units);
	}
	fprintf(out, ".\nA bare 0 needs none, and a fraction may be a plain number.\n");
	markdown_section(out, NULL);
	const struct key *key;
	for (uint32_t i = 0; (key = key_at(i)); i++)
		if (key->type == KEY_SECTION)
			markdown_section(out, key);
}

void schema_write_value(FILE *out, const struct key *key)
{
	write_range(out, key);
	if (key_required(key))
		fprintf(out, "; required");
	else if (key->preset && !key_is_list(key))
		fprintf(out, "; preset %s", key->preset);
}

void schema_write_text(FILE *out, const char *prefix)
{
	const struct key *key;
	for (uint32_t i = 0; (key = key_at(i)); i++) {
		if (prefix && strncmp(key->path, prefix, strlen(prefix)) != 0)
			continue;
		fprintf(out, "%-32s ", key->path);
		schema_write_value(out, key);
		fprintf(out, "\n    %s\n", key->summary);
	}
}

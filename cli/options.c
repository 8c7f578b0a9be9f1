/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads options from a table, and prints the help that the table implies. */
#include "cli/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/diag.h"
#include "scenarios/quantity.h"
#include "sim/memory.h"
#include "sim/time.h"

#define OPTIONS_MOST 32

enum exit_status usage_error(const struct command *command, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "vdcsim %s: error: ", command->name);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	return EXIT_INPUT;
}

enum exit_status usage_unknown(const struct command *command, const char *what, const char *word,
                               const char *const *names, size_t count)
{
	const char *near = diag_near(word, names, count);
	fprintf(stderr, "vdcsim %s: error: unknown %s '%s'; ", command->name, what, word);
	if (near) {
		fprintf(stderr, "did you mean '%s'?\n", near);
		return EXIT_INPUT;
	}
	fputs("allowed: ", stderr);
	for (size_t i = 0; i < count; i++)
		fprintf(stderr, "%s%s", i ? ", " : "", names[i]);
	fputs(count ? "\n" : "nothing\n", stderr);
	return EXIT_INPUT;
}

void words_free(struct words *words)
{
	free(words->items);
	*words = (struct words){0};
}

static void words_add(struct words *words, const char *word)
{
	ARRAY_GROW(words->items, words->count, words->room, "words of the command line");
	words->items[words->count++] = word;
}

static void help_option(const struct option *o)
{
	char left[48];
	snprintf(left, sizeof left, "%c%c%s --%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
	         o->letter ? "," : " ", o->name, o->value ? " " : "", o->value ? o->value : "");
	printf("  %-28s %s", left, o->summary);
	for (uint32_t i = 0; i < o->choice_count; i++)
		printf("%s%s", i ? ", " : ": ", o->choices[i]);
	putchar('\n');
}

static void help_print(const struct command *command)
{
	printf("vdcsim %s %s\n%s.\n\n", command->name, command->arguments, command->summary);
	for (const struct option *o = command->options; o->name; o++)
		help_option(o);
	printf("  %-28s %s\n", "-h, --help", "this text");
	if (command->help)
		printf("\n%s\n", command->help);
}

/* The row for "--name", "--name=value" or "-o"; *value is what stands behind the equals sign, or NULL. */
static const struct option *option_find(const struct command *command, const char *word, const char **value)
{
	*value = NULL;
	if (word[1] != '-') {
		for (const struct option *o = command->options; o->name; o++)
			if (o->letter && word[1] == o->letter && !word[2])
				return o;
		return NULL;
	}
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) - 2 : strlen(word) - 2;
	for (const struct option *o = command->options; o->name; o++)
		if (strlen(o->name) == length && strncmp(o->name, word + 2, length) == 0) {
			*value = equals ? equals + 1 : NULL;
			return o;
		}
	return NULL;
}

static enum exit_status option_unknown(const struct command *command, const char *word)
{
	char name[64], dashed[OPTIONS_MOST][64];
	const char *names[OPTIONS_MOST];
	size_t count = 0;
	for (const struct option *o = command->options; o->name && count < OPTIONS_MOST - 1; o++, count++)
		snprintf(dashed[count], sizeof dashed[count], "--%s", o->name);
	snprintf(dashed[count++], sizeof dashed[0], "--help");
	for (size_t i = 0; i < count; i++)
		names[i] = dashed[i];
	snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
	return usage_unknown(command, "option", name, names, count);
}

static bool count_read(const char *text, struct option_count *out)
{
	char *end;
	errno = 0;
	if (text[0] < '0' || text[0] > '9')
		return false;
	out->value = strtoull(text, &end, 10);
	out->given = true;
	return !*end && !errno;
}

static bool time_read(const char *text, struct option_time *out)
{
	double ns;
	const char *unit;
	if (quantity_read(text, DIM_TIME, &ns, &unit) != QUANTITY_OK || !(ns >= 1) ||
	    ns > (double)TIME_MAX_NS)
		return false;
	out->value_ns = (int64_t)(ns + 0.5);
	out->given = true;
	return true;
}

static bool choice_read(const struct option *o, const char *text, int *out)
{
	for (uint32_t i = 0; i < o->choice_count; i++)
		if (strcmp(o->choices[i], text) == 0) {
			*out = (int)i;
			return true;
		}
	return false;
}

/* Stores a value. False after a message. */
static bool option_store(const struct command *command, const struct option *o, const char *text,
                         char *values)
{
	void *at = values + o->offset;
	switch (o->type) {
	case OPTION_FLAG:
		*(bool *)at = true;
		return true;
	case OPTION_TEXT:
		*(const char **)at = text;
		return true;
	case OPTION_LIST:
		words_add(at, text);
		return true;
	case OPTION_COUNT:
		if (count_read(text, at))
			return true;
		usage_error(command, "--%s is '%s'; a whole number from 0 to %" PRIu64 " is allowed",
		            o->name, text, UINT64_MAX);
		return false;
	case OPTION_TIME:
		if (time_read(text, at))
			return true;
		usage_error(command,
		            "--%s is '%s'; a time above 0 and up to 6671 d, with its unit "
		            "(ns us ms s min h d), is allowed",
		            o->name, text);
		return false;
	case OPTION_CHOICE:
		if (choice_read(o, text, at))
			return true;
		usage_unknown(command, o->name, text, o->choices, o->choice_count);
		return false;
	}
	return false;
}

static bool words_counted(const struct command *command, const struct words *words)
{
	if (words->count < command->least_words)
		usage_error(command, "needs %s; see 'vdcsim %s --help'", command->words_meaning,
		            command->name);
	else if (words->count > command->most_words)
		usage_error(command, "'%s' is one word too many: it takes %s",
		            words->items[command->most_words], command->words_meaning);
	else
		return true;
	return false;
}

enum options_outcome options_read(const struct command *command, int argc, char **argv, void *values,
                                  struct words *words)
{
	bool only_words = false;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			help_print(command);
			return OPTIONS_HELP;
		}
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *value;
		if (only_words || word[0] != '-' || !word[1]) {
			words_add(words, word);
			continue;
		}
		if (strcmp(word, "--") == 0) {
			only_words = true;
			continue;
		}
		const struct option *o = option_find(command, word, &value);
		if (!o) {
			option_unknown(command, word);
			return OPTIONS_WRONG;
		}
		if (o->type == OPTION_FLAG ? value != NULL : !value && i + 1 == argc) {
			usage_error(command,
			            o->type == OPTION_FLAG ? "%s takes no value" : "%s needs a value", word);
			return OPTIONS_WRONG;
		}
		if (o->type != OPTION_FLAG && !value)
			value = argv[++i];
		if (!option_store(command, o, value, values))
			return OPTIONS_WRONG;
	}
	return words_counted(command, words) ? OPTIONS_GO : OPTIONS_WRONG;
}

enum exit_status options_go(const struct command *command, int argc, char **argv, void *values,
                            enum exit_status (*act)(const struct command *command, void *values,
                                                    const struct words *words))
{
	struct words words = {0};
	enum options_outcome outcome = options_read(command, argc, argv, values, &words);
	enum exit_status status = outcome == OPTIONS_HELP ? EXIT_DONE : EXIT_INPUT;
	if (outcome == OPTIONS_GO)
		status = act(command, values, &words);
	words_free(&words);
	return status;
}

#define ACTIONS_MOST 16

enum exit_status options_act(const struct command *command, int argc, char **argv)
{
	const char *names[ACTIONS_MOST];
	uint32_t count = 0;
	bool word = argc > 1 && argv[1][0] != '-';
	for (const struct command *const *a = command->actions; *a; a++) {
		ASSERT(count < ACTIONS_MOST && strlen((*a)->name) > strlen(command->name));
		names[count] = (*a)->name + strlen(command->name) + 1;
		if (word && strcmp(argv[1], names[count++]) == 0)
			return (*a)->run(*a, argc - 1, argv + 1);
	}
	if (word)
		return usage_unknown(command, "action", argv[1], names, count);
	struct words words = {0};
	enum options_outcome outcome = options_read(command, argc, argv, NULL, &words);
	words_free(&words);
	return outcome == OPTIONS_HELP ? EXIT_DONE : EXIT_INPUT;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: what a subcommand is, its options as a table, and the one parser that reads them.
 *
 * An option row says where its value goes: an offset into the subcommand's own struct of values. Long
 * options may be written --seed 7 or --seed=7; "--" ends options; words that are no options are collected
 * in order. A mistake is told on stderr with what is allowed, and the command ends with EXIT_INPUT:
 * nothing is run. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/fault.h"

enum option_type {
	OPTION_FLAG,     /* bool */
	OPTION_TEXT,     /* const char *, NULL when absent */
	OPTION_LIST,     /* struct words: may be repeated */
	OPTION_COUNT,    /* struct option_count: a whole number from 0 to 2^64 - 1 */
	OPTION_TIME,     /* struct option_time: "2h", "90 s", more than 0 */
	OPTION_CHOICE,   /* int: index into choices */
};

struct words {
	const char **items;
	uint32_t count, room;
};

struct option_count {
	bool given;
	uint64_t value;
};

struct option_time {
	bool given;
	int64_t value_ns;
};

struct option {
	const char *name;             /* without the dashes; NULL ends the table */
	char letter;                  /* 0: none */
	enum option_type type;
	size_t offset;
	const char *value;            /* what to call the value in the help: "FILE" */
	const char *summary;
	const char *const *choices;   /* OPTION_CHOICE: choice_count names */
	uint32_t choice_count;
};

struct command {
	const char *name;
	const char *arguments;        /* "SCENARIO [-o FILE]": for the help's first line */
	const char *summary;          /* one line, no full stop */
	const char *help;             /* paragraphs under the options; may be NULL */
	const struct option *options;
	uint32_t least_words, most_words;
	const char *words_meaning;    /* "a scenario": for messages about too few or too many */
	enum exit_status (*run)(const struct command *command, int argc, char **argv);
	const struct command *const *actions; /* a subcommand's own, ended by NULL: "trace info" of "trace" */
};

enum options_outcome { OPTIONS_GO, OPTIONS_HELP, OPTIONS_WRONG };

/* Reads argv[1..] into values and words. HELP: the help was printed on stdout. WRONG: a message was
 * printed. */
enum options_outcome options_read(const struct command *command, int argc, char **argv, void *values,
                                  struct words *words);

/* The whole of most subcommands: reads the options, does it when they are right, ends with its status. */
enum exit_status options_go(const struct command *command, int argc, char **argv, void *values,
                            enum exit_status (*act)(const struct command *command, void *values,
                                                    const struct words *words));

/* The whole of a subcommand of actions: the first word names one of command->actions, which gets what
 * follows. */
enum exit_status options_act(const struct command *command, int argc, char **argv);

/* Prints "vdcsim <command>: error: ..." on stderr and returns EXIT_INPUT. */
enum exit_status usage_error(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says that `word` is not one of the names, which are; with a suggestion when one is near. Returns
 * EXIT_INPUT. */
enum exit_status usage_unknown(const struct command *command, const char *what, const char *word,
                               const char *const *names, size_t count);

void words_free(struct words *words);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim new: writes a commented file to start from. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/save.h"
#include "cli/commands.h"
#include "sim/memory.h"

#define MARK "@NAME@"
#define NAME_MOST 63

/* The files' own bytes, each ended by a zero. */
#define ASSET(name, path) \
	__asm__(".section .rodata\n.global " #name "\n.type " #name ", @object\n" #name ":\n.incbin \"" path \
	        "\"\n.byte 0\n.size " #name ", . - " #name "\n.previous\n")
extern const char new_policy_text[], new_policy_header[];
ASSET(new_policy_text, "cli/assets/new_policy.c.in");
ASSET(new_policy_header, "policies/policy.h");

struct new_values {
	const char *folder;
};

static bool name_good(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
	return length > 0 && length <= NAME_MOST && !name[length] && !(*name >= '0' && *name <= '9');
}

/* The template with the name in place of each mark; to be freed. */
static char *named(const char *text, const char *name, size_t *size)
{
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, size);
	if (!out)
		fault_surroundings("out of memory: no room for the file");
	for (const char *mark; (mark = strstr(text, MARK)) != NULL; text = mark + strlen(MARK)) {
		fwrite(text, 1, (size_t)(mark - text), out);
		fputs(name, out);
	}
	fputs(text, out);
	if (fclose(out) != 0)
		fault_surroundings("out of memory: no room for the file");
	return bytes;
}

/* Is there a file that holds just these bytes? */
static bool holds(const char *path, const char *bytes)
{
	FILE *file = fopen(path, "rb");
	bool same = file != NULL;
	while (same && *bytes)
		same = getc(file) == (unsigned char)*bytes++;
	same = same && getc(file) == EOF;
	if (file)
		fclose(file);
	return same;
}

static bool is_there(const char *path)
{
	struct stat at;
	return lstat(path, &at) == 0;
}

/* Both files, or neither: what is there already is somebody's work. */
static enum exit_status write_policy(const struct command *command, const char *folder, const char *name)
{
	struct arena arena;
	size_t size;
	arena_init(&arena);
	const char *source = arena_printf(&arena, "%s/%s.c", folder, name);
	const char *header = arena_printf(&arena, "%s/policy.h", folder);
	enum exit_status status = EXIT_INPUT;
	if (is_there(source))
		usage_error(command, "%s is there already; it is not overwritten", source);
	else if (is_there(header) && !holds(header, new_policy_header))
		usage_error(command, "%s is there already, of another version or changed; it is not "
		            "overwritten",
		            header);
	else {
		char *bytes = named(new_policy_text, name, &size);
		if (!is_there(header))
			save_file(header, new_policy_header, strlen(new_policy_header));
		save_file(source, bytes, size);
		free(bytes);
		fprintf(stderr, "wrote %s and %s; build it and run it:\n"
		        "  cc -std=c11 -O2 -Wall -Wextra -shared -fPIC -o %s/%s.so %s\n"
		        "  vdcsim run tutorial_two_hosts --set placement.policy=%s/%s.so\n",
		        source, header, folder, name, source, folder, name);
		status = EXIT_DONE;
	}
	arena_fini(&arena);
	return status;
}

static enum exit_status new_file(const struct command *command, void *given, const struct words *words)
{
	static const char *const kinds[] = {"policy"};
	const struct new_values *values = given;
	const char *folder = values->folder ? values->folder : ".";
	struct stat at;
	if (strcmp(words->items[0], "policy") != 0)
		return usage_unknown(command, "kind of file", words->items[0], kinds, 1);
	if (!name_good(words->items[1]))
		return usage_error(command, "'%.80s' is no name for a policy: a-z, 0-9 and _, at most %d, "
		                   "not "
		                   "beginning with a digit", words->items[1], NAME_MOST);
	if (stat(folder, &at) != 0 || !S_ISDIR(at.st_mode))
		return usage_error(command, "there is no folder %s", folder);
	return write_policy(command, folder, words->items[1]);
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct new_values values = {0};
	return options_go(command, argc, argv, &values, new_file);
}

static const struct option options[] = {
	{"output", 'o', OPTION_TEXT, offsetof(struct new_values, folder), "FOLDER",
	 "where to write it: here if not told", NULL, 0},
	{0},
};

const struct command command_new = {
	.name = "new",
	.arguments = "policy NAME [-o FOLDER]",
	.summary = "Write a commented policy in C that builds and runs at once",
	.help = "NAME.c and the header policy.h beside it. The header includes nothing but C's own and\n"
	        "may be copied anywhere. A policy that is not built in is named by its path: ./NAME.so.",
	.options = options,
	.least_words = 2,
	.most_words = 2,
	.words_meaning = "a kind of file and a name",
	.run = go,
};

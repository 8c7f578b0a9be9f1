/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim: finds the subcommand and runs it.
 *
 * stdout carries what a program may read, stderr what is said to a person. Exit status: 0 done, 1 a
 * comparison or an assertion of the user's failed, 2 bad input, 3 the surroundings; SIGABRT is our own
 * mistake. Signals keep their default actions: a result appears under its name only when it is whole, so
 * there is nothing to undo. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "analysis/summary.h"
#include "cli/commands.h"
#include "cli/man.h"
#include "scenarios/diag.h"

static const struct command *const commands[] = {
	&command_run, &command_check, &command_show, &command_plot, &command_timeline, &command_report,
	&command_list, &command_isa, &command_validate, &command_trace, &command_new, &command_sweep,
	&command_compare, &command_diff,
};
#define COMMANDS (sizeof commands / sizeof *commands)

static void help_all(FILE *out)
{
	fputs("vdcsim simulates virtualized datacenters.\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  vdcsim %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n'vdcsim COMMAND --help' tells more of each; 'vdcsim --version' which version this is.\n"
	      "Exit status: 0 done, 1 a comparison failed, 2 bad input, 3 disk, memory or another program.\n",
	      out);
}

static enum exit_status unknown_command(const char *word)
{
	const char *names[COMMANDS];
	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i]->name;
	const char *near = diag_near(word, names, COMMANDS);
	fprintf(stderr, "vdcsim: error: unknown command '%s'", word);
	if (near) {
		fprintf(stderr, "; did you mean '%s'?\n", near);
		return EXIT_INPUT;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(stderr, "%s%s", i ? ", " : "; allowed: ", names[i]);
	fputc('\n', stderr);
	return EXIT_INPUT;
}

static enum exit_status dispatch(int argc, char **argv)
{
	if (argc < 2) {
		help_all(stderr);
		return EXIT_INPUT;
	}
	const char *word = argv[1];
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		help_all(stdout);
		return EXIT_DONE;
	}
	if (strcmp(word, "--version") == 0) {
		struct provenance p;
		provenance_of(&p, 0);
		printf("vdcsim %s\n", p.version);
		return EXIT_DONE;
	}
	if (strcmp(word, "--man") == 0) /* for `make docs`: the pages of the manual, or one of them */
		return man_print(commands, COMMANDS, argv[2]);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(word, commands[i]->name) == 0)
			return commands[i]->run(commands[i], argc - 1, argv + 1);
	return unknown_command(word);
}

int main(int argc, char **argv)
{
	/* A limit on the size of files is then an error of write, as a full disk is. */
	signal(SIGXFSZ, SIG_IGN);
	enum exit_status status = dispatch(argc, argv);
	/* Output that did not arrive is no output: a full disk behind a '>' must not look like success. */
	if ((fflush(stdout) || ferror(stdout)) && status == EXIT_DONE)
		fault_surroundings("cannot write the output: %s", strerror(errno));
	return (int)status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim trace fetch: gets a public trace by its public address into the cache folder.
 *
 * All of them lie in git repositories. One commit of one folder is fetched with git; its name is a
 * hash of all that is in it, so nothing else can be taken for it. Packed again where the folder has
 * many files. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/trace.h"
#include "scenarios/trace.h"

struct fetch_values {
	bool dry_run;
};

/* Where in its repository a trace is. */
struct recipe {
	const char *name, *commit;
	const char *inside; /* a file or folder */
	const char *pack;   /* git archive's format for a folder of many files; NULL: taken as it is */
	const char *by_hand; /* not NULL: it cannot be used as it lies there; what is to be done */
};

static const struct recipe recipes[] = {
	{"planetlab", "344ffdbf7e528bfa6f276014e889e68a0cb640c2", ".", "tar.gz", NULL},
	{"bitbrains", "0901a0da3024507c7732c782621e590077abca64", "rnd/2013-8", "tar.xz", NULL},
	{"gcd", "327b8ce301d43fd09e0a6b63279edca0728d1af8", "GCD_VMs.tar.gz", NULL, NULL},
	{"azure", "fa856db037539396ae5dbc71f5a255f74c888443", "resources", NULL, NULL},
	{"alibaba_pods", "7a6c496e4f4b6ce6150be8f881cb051bf2abff42", "cluster-trace-gpu-v2023/csv", NULL,
         NULL},
	{"openb", "7a6c496e4f4b6ce6150be8f881cb051bf2abff42", "cluster-trace-gpu-v2023/csv", NULL, NULL},
	{"surf", NULL, NULL, NULL,
         "there its two tables are Parquet; as CSV they are tasks.csv and fragments.csv of that place"},
	{NULL, NULL, NULL, NULL, NULL},
};

#define STEP_WORDS 16

/* Paths of one fetching; `work` is a folder beside the trace's file, for the clone. */
struct fetch {
	const struct trace_info *info;
	const struct recipe *recipe;
	char file[PATH_MAX], work[PATH_MAX], made[PATH_MAX];
	bool dry_run;
};

/* Runs a program, or prints how it would be run. Its own words go to stderr. */
static bool step_run(const struct fetch *f, const char *const *words)
{
	pid_t child;
	int status = -1;
	char *copy[STEP_WORDS + 1] = {NULL};
	for (uint32_t i = 0; words[i]; i++) {
		if (f->dry_run)
			printf("%s%s", i ? " " : "", words[i]);
		copy[i] = strdup(words[i]);
	}
	if (f->dry_run) {
		putchar('\n');
		status = 0;
	} else {
		int refused = posix_spawnp(&child, copy[0], NULL, NULL, copy, environ);
		if (refused)
			fault_surroundings("%s cannot be run: %s (Debian: apt-get install %s)", copy[0],
			                   strerror(refused), copy[0]);
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
	}
	for (uint32_t i = 0; copy[i]; i++)
		free(copy[i]);
	return status == 0;
}

#define STEP(f, ...) step_run((f), (const char *const[]){__VA_ARGS__, NULL})

static bool commit_get(const struct fetch *f)
{
	const struct recipe *r = f->recipe;
	return STEP(f, "git", "init", "-q", f->work) &&
	       STEP(f, "git", "-C", f->work, "remote", "add", "origin", f->info->address) &&
	       STEP(f, "git", "-C", f->work, "fetch", "-q", "--depth", "1", "--filter=blob:none", "origin",
	            r->commit);
}

/* What was asked for, out of the clone and under its name, whole. */
static bool take_out(struct fetch *f)
{
	const struct recipe *r = f->recipe;
	char inside[PATH_MAX];
	if (!r->pack) {
		snprintf(inside, sizeof inside, "%.2000s/%s", f->work, r->inside);
		return STEP(f, "git", "-C", f->work, "checkout", "-q", r->commit, "--", r->inside) &&
		       STEP(f, "mv", inside, f->file);
	}
	snprintf(f->made, sizeof f->made, "%.2000s/whole", f->work);
	return STEP(f, "git", "-C", f->work, "-c", "tar.tar.xz.command=xz -c", "archive", "--format",
	            r->pack, "-o", f->made, r->commit, r->inside) &&
	       STEP(f, "mv", f->made, f->file);
}

static void folders_make(const char *path)
{
	char part[PATH_MAX];
	snprintf(part, sizeof part, "%s", path);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0777) != 0 && errno != EEXIST)
			fault_surroundings("cannot make the folder %s: %s", part, strerror(errno));
		*slash = '/';
	}
}

/* Folders of fetchings of the same trace that were killed: of processes that are not there any more. */
static void leftovers_remove(const struct fetch *f, const char *folder)
{
	char known[80], path[PATH_MAX];
	int length = snprintf(known, sizeof known, ".fetch-%.60s-", f->info->name);
	DIR *entries = opendir(folder);
	for (const struct dirent *e; entries && (e = readdir(entries)) != NULL;) {
		char *end = NULL;
		if (strncmp(e->d_name, known, (size_t)length) != 0)
			continue;
		long process = strtol(e->d_name + length, &end, 10);
		if (process <= 0 || process > INT_MAX || *end)
			continue;
		if (kill((pid_t)process, 0) == 0 || errno != ESRCH)
			continue;
		snprintf(path, sizeof path, "%.2000s/%s", folder, e->d_name);
		STEP(f, "rm", "-rf", path);
	}
	if (entries)
		closedir(entries);
}

static enum exit_status fetch(struct fetch *f)
{
	char folder[PATH_MAX];
	if (!trace_cache_folder(folder, sizeof folder, !f->dry_run))
		fault_surroundings("there is no cache folder to put the trace in (VDCSIM_CACHE, "
		                   "XDG_CACHE_HOME, HOME)");
	snprintf(f->file, sizeof f->file, "%.2000s/%s", folder, f->info->file);
	snprintf(f->work, sizeof f->work, "%.2000s/.fetch-%s-%ld", folder, f->info->name, (long)getpid());
	if (!f->dry_run) {
		leftovers_remove(f, folder);
		folders_make(f->file);
	}
	bool well = commit_get(f) && take_out(f);
	STEP(f, "rm", "-rf", f->work);
	if (!well)
		fault_surroundings(
			"cannot fetch the trace '%s' from %s: git's words are above; is there a network? "
			"Nothing was kept. A copy by other ways goes to %s",
			f->info->name, f->info->address, f->file);
	if (!f->dry_run)
		fprintf(stderr, "fetched %s\n", f->file);
	return EXIT_DONE;
}

static const struct trace_info *info_find(const struct trace_info *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

static enum exit_status fetch_named(const struct command *command, void *given, const struct words *words)
{
	const struct fetch_values *values = given;
	const char *name = words->items[0];
	struct fetch f = {.dry_run = values->dry_run};
	char path[PATH_MAX];
	const char *names[sizeof recipes / sizeof *recipes];
	size_t n = 0;
	for (const struct trace_info *const *table = trace_tables; *table && !f.info; table++)
		f.info = info_find(*table, name);
	for (const struct recipe *r = recipes; r->name; r++) {
		names[n++] = r->name;
		if (strcmp(r->name, name) == 0)
			f.recipe = r;
	}
	if (!f.info)
		return usage_unknown(command, "trace", name, names, n);
	if (!values->dry_run && trace_find(name, path, sizeof path)) {
		fprintf(stderr, "%s is on this machine already: %s\n", name, path);
		return EXIT_DONE;
	}
	if (!f.recipe || f.recipe->by_hand)
		return usage_error(command,
		                   "the trace '%s' cannot be fetched as it is; its origin is %s, its place "
		                   "%s%s%s", name, f.info->address, f.info->file, f.recipe ? "; " : "",
		                   f.recipe ? f.recipe->by_hand : "");
	return fetch(&f);
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct fetch_values values = {0};
	return options_go(command, argc, argv, &values, fetch_named);
}

static const struct option options[] = {
	{"dry-run", 'n', OPTION_FLAG, offsetof(struct fetch_values, dry_run), NULL,
         "print what would be run, and run nothing", NULL, 0},
	{0},
};

const struct command trace_fetch_command = {
	.name = "trace fetch",
	.arguments = "NAME [--dry-run]",
	.summary = "Get a public trace by its public address",
	.help = "Into the cache folder, where it is found from then on. The commit that is fetched is "
                "fixed, and is\n"
		"the checksum of what is in it. Exit status 3 when there is no network.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "the name of a trace ('vdcsim list traces')",
	.run = go,
};

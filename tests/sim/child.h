/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a function that is expected to end its process: in a child, whose last words and status are
 * handed back. */
#ifndef TESTS_SIM_CHILD_H
#define TESTS_SIM_CHILD_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
	int status;         /* as waitpid gives it */
	char words[1024];   /* what it wrote on stderr */
};

static inline _Noreturn void child_body(void (*run)(void), int words)
{
	const struct rlimit no_core = {0, 0};
	setrlimit(RLIMIT_CORE, &no_core);
	dup2(words, STDERR_FILENO);
	run();
	exit(99);
}

static inline struct child child_run(void (*run)(void))
{
	struct child child = {.status = -1};
	int ends[2];
	fflush(NULL);
	if (pipe(ends) != 0)
		return child;
	pid_t pid = fork();
	if (pid == 0)
		child_body(run, ends[1]);
	close(ends[1]);
	size_t length = 0;
	ssize_t got;
	while (length + 1 < sizeof child.words &&
	       (got = read(ends[0], child.words + length, sizeof child.words - 1 - length)) > 0)
		length += (size_t)got;
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, &child.status, 0);
	return child;
}

static inline int child_aborted(const struct child *child)
{
	return WIFSIGNALED(child->status) && WTERMSIG(child->status) == SIGABRT;
}

static inline int child_exited(const struct child *child, int status)
{
	return WIFEXITED(child->status) && WEXITSTATUS(child->status) == status;
}

static inline int child_said(const struct child *child, const char *words)
{
	return strstr(child->words, words) != NULL;
}

#endif

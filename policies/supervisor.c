/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A parent that waits for a run with foreign code in it, and tells how it ended. */
#include "policies/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/fault.h"

#define LOOK_NS 100000000 /* between two looks at the child's clock */

/* The child's question under way, and the CPU that the child had used when the parent first saw it. */
struct seen {
	uint64_t asked;
	double begun_s;
};

static double cpu_s(pid_t child)
{
	clockid_t clock;
	struct timespec t;
	if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &t) != 0)
		return 0;
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void tell(const struct watch *watch, const char *what)
{
	fprintf(stderr, "vdcsim: error: policy '%s' %s when asked '%s' at %.3f s of simulated time; "
	        "this run is lost, nothing was written\n", watch->policy, what, watch->question,
	        (double)watch->now_ns / 1e9);
}

static bool too_long(const struct watch *watch, pid_t child, struct seen *seen)
{
	double used_s = cpu_s(child);
	if (watch->asked != seen->asked || watch->asked % 2 == 0) {
		*seen = (struct seen){watch->asked, used_s};
		return false;
	}
	return used_s - seen->begun_s > watch->budget_s;
}

/* What a program does to itself, and not what others ask of it (Ctrl-C). */
static bool is_crash(int number)
{
	return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL ||
	       number == SIGABRT || number == SIGSYS || number == SIGTRAP || number == SIGPIPE;
}

/* As the child ended, so does the program; a signal that was nobody's answer is passed on. */
static _Noreturn void end_as(const struct watch *watch, int status)
{
	char what[WATCH_NAME + 32];
	if (WIFEXITED(status) && watch->asked % 2) {
		tell(watch, "ended the program");
		_exit(EXIT_SURROUNDINGS);
	}
	if (WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	int number = WTERMSIG(status);
	if (watch->asked % 2 && is_crash(number)) {
		snprintf(what, sizeof what, "crashed (%s)", strsignal(number));
		tell(watch, what);
		_exit(EXIT_SURROUNDINGS);
	}
	signal(number, SIG_DFL);
	raise(number);
	_exit(EXIT_SURROUNDINGS);
}

static _Noreturn void supervise(const struct watch *watch, pid_t child, const sigset_t *ended)
{
	struct seen seen = {0};
	for (;;) {
		int status;
		struct timespec look = {0, LOOK_NS};
		pid_t got = waitpid(child, &status, WNOHANG);
		if (got == child)
			end_as(watch, status);
		if (got < 0 && errno != EINTR)
			fault_surroundings("lost sight of the run: %s", strerror(errno));
		if (too_long(watch, child, &seen)) {
			char what[WATCH_NAME];
			snprintf(what, sizeof what, "took more than %g s of CPU", watch->budget_s);
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			tell(watch, what);
			_exit(EXIT_SURROUNDINGS);
		}
		sigtimedwait(ended, NULL, &look);
	}
}

struct watch *supervisor_begin(double budget_s)
{
	struct watch *watch = mmap(NULL, sizeof *watch, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	                           -1, 0);
	sigset_t ended, before;
	if (watch == MAP_FAILED)
		fault_surroundings("no memory to watch over a plug-in: %s", strerror(errno));
	watch->budget_s = budget_s;
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, &before);
	fflush(stdout);
	fflush(stderr);
	pid_t parent = getpid(), child = fork();
	if (child < 0)
		fault_surroundings("cannot start a process for a plug-in: %s", strerror(errno));
	if (child > 0)
		supervise(watch, child, &ended);
	sigprocmask(SIG_SETMASK, &before, NULL);
	/* Who kills the parent means the run. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_SURROUNDINGS);
	return watch;
}

void watch_asks(struct watch *watch, const char *policy, const char *question, int64_t now_ns)
{
	if (!watch)
		return;
	ASSERT(watch->asked % 2 == 0);
	snprintf(watch->policy, sizeof watch->policy, "%s", policy);
	snprintf(watch->question, sizeof watch->question, "%s", question);
	watch->now_ns = now_ns;
	watch->asked++;
}

void watch_answered(struct watch *watch)
{
	if (!watch)
		return;
	ASSERT(watch->asked % 2 == 1);
	watch->asked++;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs of a sweep on this machine: so many processes at a time, one run each.
 *
 * The parent opens the scenario once, which fills the caches of its traces; children read them from the same
 * pages. A child that is done appends its own record, so that a parent that is killed loses nothing that was
 * done; for one that failed the parent does, with the last that it said. Signals come by a descriptor: no
 * handlers, no globals. */
#include "cli/sweep_pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/results_save.h"
#include "scenarios/run.h"
#include "scenarios/scenario_read.h"
#include "sim/fault.h"

#define LOOK_MS 200 /* between two lines of progress */

struct slot {
	pid_t pid;               /* 0: free */
	struct study_run run;
	uint64_t name;
	int said;                /* the child's stderr: a file in memory */
	int64_t begun_ns;
};

struct crew {
	struct sweep *sweep;
	const struct sweep_todo *todo;
	struct slot *slots;
	uint32_t workers, running, begun, ended, failed;
	int log, signals;
	uint32_t asked_to_end;   /* signals so far */
	bool shown;              /* stderr is a terminal */
	int64_t begun_ns, shown_ns;
};

static int64_t wall_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t time_ns(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000000 + (int64_t)t.tv_usec * 1000;
}

/* What the run cost, into its record. */
static void usage_of(struct run_record *record, const struct rusage *usage, int64_t begun_ns)
{
	record->wall_ns = wall_ns() - begun_ns;
	record->cpu_ns = time_ns(usage->ru_utime) + time_ns(usage->ru_stime);
	record->peak_rss_bytes = (int64_t)usage->ru_maxrss * 1024;
}

static void append(const struct crew *crew, const struct run_record *record)
{
	if (!run_log_append(crew->log, record))
		fault_surroundings("cannot write the log of the sweep in %s: %s", crew->sweep->folder,
		                   strerror(errno));
}

static struct run_record record_of(const struct slot *slot)
{
	return (struct run_record){
		.name = slot->name, .point = slot->run.point, .replication = slot->run.replication,
		.seed = slot->run.seed, .tail = "",
	};
}

static void keep_results(const struct crew *crew, const struct run *run, uint64_t name)
{
	char path[PATH_MAX];
	struct provenance provenance;
	provenance_of(&provenance, 0);
	int length = snprintf(path, sizeof path, "%s/%016llx.h5", crew->sweep->folder,
	                      (unsigned long long)name);
	if (length < 0 || (size_t)length >= sizeof path)
		fault_surroundings("the path of the sweep's folder is too long");
	results_save(run, path, &provenance);
}

/* The child: one run, from the scenario's text to its record. Its exit status is the program's. */
static int run_one(const struct crew *crew, const struct slot *slot)
{
	struct run run = {0};
	struct diag diag;
	struct rusage usage;
	diag_init(&diag);
	struct scenario *scenario = scenario_read(crew->sweep->study->scenario, &(struct scenario_options){
		.overrides = slot->run.overrides, .override_count = slot->run.override_count,
		.has_seed = true, .seed = slot->run.seed, .supervise = true}, &diag);
	if (!scenario || !run_open(&run, scenario, &diag)) {
		diag_print(&diag, stderr);
		return EXIT_INPUT;
	}
	run_go(&run, NULL, NULL);
	if (crew->sweep->study->keep_results)
		keep_results(crew, &run, slot->name);
	struct run_record record = record_of(slot);
	run_record_figures(&record, &run.summary);
	record.generated = run.generated;
	getrusage(RUSAGE_SELF, &usage);
	usage_of(&record, &usage, slot->begun_ns);
	append(crew, &record);
	return EXIT_DONE;
}

static _Noreturn void child(const struct crew *crew, const struct slot *slot, pid_t parent)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	signal(SIGINT, SIG_IGN); /* Ctrl-C is for the parent, which lets runs end */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(slot->said, STDERR_FILENO) < 0 || getppid() != parent)
		_exit(EXIT_SURROUNDINGS);
	_exit(run_one(crew, slot)); /* memory is the kernel's to clear away */
}

/* Overrides are the child's alone: the parent that makes them would have to keep them. */
static void begin(struct crew *crew, struct slot *slot)
{
	struct arena arena;
	const struct study_run *next = &crew->todo->runs[crew->begun++];
	pid_t parent = getpid();
	arena_init(&arena);
	slot->run = study_run(crew->sweep->study, next->point, next->replication, &arena);
	slot->name = sweep_name(crew->sweep, &slot->run);
	slot->begun_ns = wall_ns();
	slot->said = memfd_create("stderr", MFD_CLOEXEC);
	slot->pid = slot->said < 0 ? -1 : fork();
	if (slot->pid == 0)
		child(crew, slot, parent);
	if (slot->pid < 0)
		fault_surroundings("cannot start a process for a run: %s", strerror(errno));
	slot->run.overrides = NULL;
	arena_fini(&arena);
	crew->running++;
}

/* The last of what the run said on stderr. */
static void tail_of(int said, char *tail)
{
	off_t size = lseek(said, 0, SEEK_END), from = size > RUN_TAIL_MOST ? size - RUN_TAIL_MOST : 0;
	ssize_t got = pread(said, tail, RUN_TAIL_MOST, from);
	tail[got > 0 ? got : 0] = '\0';
}

static void end(struct crew *crew, struct slot *slot, int status, const struct rusage *usage)
{
	char tail[RUN_TAIL_MOST + 1];
	if (!(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE)) {
		struct run_record record = record_of(slot);
		tail_of(slot->said, tail);
		record.tail = tail;
		record.end = WIFEXITED(status) ? RUN_FAILED : RUN_KILLED;
		record.status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
		usage_of(&record, usage, slot->begun_ns);
		append(crew, &record);
		crew->failed++;
	}
	close(slot->said);
	*slot = (struct slot){0};
	crew->running--;
	crew->ended++;
}

static void reap(struct crew *crew)
{
	int status;
	struct rusage usage;
	for (pid_t pid; (pid = wait4(-1, &status, WNOHANG, &usage)) > 0;)
		for (uint32_t i = 0; i < crew->workers; i++)
			if (crew->slots[i].pid == pid)
				end(crew, &crew->slots[i], status, &usage);
}

static void show(struct crew *crew)
{
	int64_t now_ns = wall_ns();
	if (!crew->shown || now_ns - crew->shown_ns < (int64_t)LOOK_MS * 1000000)
		return;
	double s = (double)(now_ns - crew->begun_ns) / 1e9, rate = (double)crew->ended / s;
	double left_s = rate > 0 ? (double)(crew->todo->count - crew->ended) / rate : 0;
	fprintf(stderr, "\r%u of %u runs, %u failed, %.3g a second, %.0f s left\033[K", crew->ended,
	        crew->todo->count, crew->failed, rate, left_s);
	fflush(stderr);
	crew->shown_ns = now_ns;
}

/* Once: no new runs. Twice: the ones that run are killed, too. */
static void asked_to_end(struct crew *crew)
{
	crew->asked_to_end++;
	if (crew->asked_to_end == 1)
		fprintf(stderr, "\nending: %u runs are let finish (again: at once)\n", crew->running);
	for (uint32_t i = 0; crew->asked_to_end > 1 && i < crew->workers; i++)
		if (crew->slots[i].pid)
			kill(crew->slots[i].pid, SIGKILL);
}

static void wait_for_news(struct crew *crew)
{
	struct pollfd news = {.fd = crew->signals, .events = POLLIN};
	struct signalfd_siginfo info;
	if (poll(&news, 1, LOOK_MS) > 0 && read(crew->signals, &info, sizeof info) == sizeof info &&
	    info.ssi_signo != SIGCHLD)
		asked_to_end(crew);
	reap(crew);
	show(crew);
}

static int log_open(const struct sweep *sweep)
{
	char path[PATH_MAX], host[65] = "host";
	gethostname(host, sizeof host - 1);
	int length = snprintf(path, sizeof path, "%s/log-%s-%ld", sweep->folder, host, (long)getpid());
	int fd = length > 0 && (size_t)length < sizeof path
	       ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;
	if (fd < 0)
		fault_surroundings("cannot write the log %s: %s", path, strerror(errno));
	return fd;
}

uint32_t sweep_pool(struct sweep *sweep, const struct sweep_todo *todo, uint32_t workers, bool *stopped)
{
	sigset_t set, before;
	struct crew crew = {.sweep = sweep, .todo = todo, .workers = workers, .begun_ns = wall_ns()};
	crew.shown = isatty(STDERR_FILENO);
	crew.log = log_open(sweep);
	crew.slots = memory_new(workers, sizeof *crew.slots, "workers");
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before);
	crew.signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (crew.signals < 0)
		fault_surroundings("cannot listen to signals: %s", strerror(errno));
	while (crew.running > 0 || (crew.begun < todo->count && !crew.asked_to_end)) {
		for (uint32_t i = 0; i < workers && crew.begun < todo->count && !crew.asked_to_end; i++)
			if (!crew.slots[i].pid)
				begin(&crew, &crew.slots[i]);
		wait_for_news(&crew);
	}
	if (crew.shown && crew.shown_ns)
		fputs("\r\033[K", stderr);
	if (fsync(crew.log) != 0 || close(crew.log) != 0)
		fault_surroundings("cannot write the log of the sweep in %s: %s", sweep->folder,
		                   strerror(errno));
	close(crew.signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	free(crew.slots);
	*stopped = crew.asked_to_end > 0;
	return crew.failed;
}

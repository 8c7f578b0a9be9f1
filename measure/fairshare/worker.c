/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thread that stands for a vCPU: worker START_NS PERIOD_NS WORK_NS.
 *
 * From START_NS (CLOCK_MONOTONIC) on it spins (WORK_NS 0), or uses WORK_NS of CPU in every PERIOD_NS and
 * sleeps for the rest; a period that ends late has the next one begin at once, so that work is never lost.
 * On SIGTERM it prints how many periods it finished, and how many of them after their end. It looks at the
 * clock of its own CPU time after every 200 steps, about 0.2 us. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static volatile sig_atomic_t ended; /* a signal handler has no other way to say so */

static void end(int signal_number)
{
	(void)signal_number;
	ended = 1;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_until(int64_t ns)
{
	struct timespec t = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
	while (!ended && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("worker START_NS PERIOD_NS WORK_NS\n", stderr);
		return 2;
	}
	int64_t start_ns = strtoll(argv[1], NULL, 10), period_ns = strtoll(argv[2], NULL, 10);
	int64_t work_ns = strtoll(argv[3], NULL, 10), finished = 0, late = 0;
	struct sigaction action = {.sa_handler = end};
	volatile uint64_t steps = 0;
	sigaction(SIGTERM, &action, NULL);
	sleep_until(start_ns);
	while (work_ns == 0 && !ended)
		steps++;
	for (int64_t end_ns = start_ns + period_ns; !ended; end_ns += period_ns) {
		int64_t begun_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		while (!ended && clock_ns(CLOCK_THREAD_CPUTIME_ID) - begun_ns < work_ns)
			for (int i = 0; i < 200; i++)
				steps++;
		finished++;
		if (clock_ns(CLOCK_MONOTONIC) > end_ns)
			late++;
		else
			sleep_until(end_ns);
	}
	printf("%lld %lld\n", (long long)finished, (long long)late);
	return 0;
}

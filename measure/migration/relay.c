/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link between two unix sockets: what comes in on one goes out on the other at a set rate.
 *
 *     relay LISTEN CONNECT BYTES_PER_S BURST_US CHUNK_BYTES
 *
 * Each connection to LISTEN is paired with one to CONNECT. Bytes forward share one rate over all pairs, in
 * chunks; an idle link saves at most BURST_US of it. The way back (page requests, acknowledgements) is not
 * paced. What may wait inside: the sender's socket, one chunk, and a send buffer of CHUNK_BYTES (the kernel
 * doubles it) towards CONNECT. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000
#define SLACK_NS 1000ul /* of the kernel's timers */

struct link {
	pthread_mutex_t lock;
	double bytes_per_s;
	int64_t burst_ns, free_ns; /* free_ns: when the last byte taken has passed */
	size_t chunk_bytes;
};

struct leg {
	struct link *link;
	int from, to;
	bool paced;
};

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static void pass(struct link *link, size_t bytes)
{
	pthread_mutex_lock(&link->lock);
	int64_t now = now_ns();
	if (link->free_ns < now - link->burst_ns)
		link->free_ns = now - link->burst_ns;
	link->free_ns += (int64_t)((double)bytes * NS_PER_S / link->bytes_per_s);
	int64_t due = link->free_ns;
	pthread_mutex_unlock(&link->lock);
	struct timespec at = {due / NS_PER_S, due % NS_PER_S};
	while (due > now && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

static bool write_all(int to, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = write(to, bytes, n);
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

static void *carry(void *argument)
{
	struct leg *leg = argument;
	char *chunk = malloc(leg->link->chunk_bytes);
	prctl(PR_SET_TIMERSLACK, SLACK_NS);
	for (ssize_t n; chunk && (n = read(leg->from, chunk, leg->link->chunk_bytes)) > 0;) {
		if (leg->paced)
			pass(leg->link, (size_t)n);
		if (!write_all(leg->to, chunk, (size_t)n))
			break;
	}
	shutdown(leg->to, SHUT_WR);
	shutdown(leg->from, SHUT_RD);
	free(chunk);
	free(leg);
	return NULL;
}

static bool start_leg(struct link *link, int from, int to, bool paced)
{
	struct leg *leg = malloc(sizeof *leg);
	pthread_t thread;
	if (!leg)
		return false;
	*leg = (struct leg){link, from, to, paced};
	if (pthread_create(&thread, NULL, carry, leg))
		return false;
	return pthread_detach(thread) == 0;
}

static int make_socket(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address->sun_path)
		return -1;
	memcpy(address->sun_path, path, strlen(path));
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static bool pair(struct link *link, int incoming, const char *path)
{
	struct sockaddr_un address;
	int outgoing = make_socket(path, &address), size = (int)link->chunk_bytes;
	if (outgoing < 0 || connect(outgoing, (struct sockaddr *)&address, sizeof address))
		return false;
	setsockopt(outgoing, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	return start_leg(link, incoming, outgoing, true) && start_leg(link, outgoing, incoming, false);
}

int main(int argc, char **argv)
{
	if (argc != 6)
		return 2;
	struct link link = {PTHREAD_MUTEX_INITIALIZER, strtod(argv[3], NULL), strtoll(argv[4], NULL, 10) * 1000, 0,
	                    strtoul(argv[5], NULL, 10)};
	struct sockaddr_un address;
	int listening = make_socket(argv[1], &address);
	if (listening < 0 || bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 16)) {
		perror(argv[1]);
		return 3;
	}
	for (;;) {
		int incoming = accept(listening, NULL, NULL);
		if (incoming < 0 || !pair(&link, incoming, argv[2])) {
			perror("relay");
			return 3;
		}
	}
}

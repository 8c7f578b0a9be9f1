/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving a process instead of a guest: the contrast that shows what a guest's boundary is good for.
 *
 * A process moves with less memory than its guest, but what the kernel holds for it stays at home: open
 * files, sockets, its pid. Each use of them is sent to the home host and back, for as long as the process
 * lives, and if the home sleeps, it is lost. A guest takes its kernel along and leaves nothing behind once
 * its migration has ended. (Milojicic et al., Process migration, ACM Computing Surveys 32(3), 2000:
 * residual dependency; Powell and Miller, DEMOS/MP, 1983: forwarding. From memory.) */
#ifndef MODELS_MIGRATION_PROCESS_H
#define MODELS_MIGRATION_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

struct process_case {
	int64_t memory_bytes;        /* of the process */
	uint32_t files, sockets;     /* open; they stay */
	double call_hz;              /* system calls a second that use them */
	double call_bytes;           /* and bytes of each, both ways */
	double bandwidth_Bps;
	int64_t round_trip_ns;
	int64_t freeze_ns;           /* to stop it, gather its state and start it elsewhere */
	int64_t lives_ns;            /* after it has moved */
	bool source_sleeps;          /* at some time of that the home host goes to sleep */
	int64_t sleeps_after_ns;
};

struct process_outcome {
	int64_t total_ns, downtime_ns; /* the process is frozen while its memory goes: the same */
	double sent_bytes;           /* of the move */
	double forwarded_bytes;      /* afterwards, through the home host */
	double slowed_01;            /* of its time, waiting for forwarded calls; 1: it does nothing else */
	uint32_t left_behind;        /* files and sockets at home */
	/* for which it needs its home: all its life, if anything is left behind */
	int64_t residual_ns;
	bool lost;
};

void process_move(const struct process_case *c, struct process_outcome *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that move from host to host in a world, without their kernel: process.h carried out.
 *
 * At its time a process is frozen, its state is gathered, its memory goes over the network as a flow like
 * a migration's, and it runs on the other host. What its kernel held for it stays at home: an open
 * flow carries its calls there from then on. Before its memory has arrived it can fall back to its home;
 * afterwards it is lost when one of its two hosts is not on any more, for any reason: to sleep is enough.
 * Its CPU is not simulated. */
#ifndef MODELS_MIGRATION_PROCESSES_H
#define MODELS_MIGRATION_PROCESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/migration/moves.h"
#include "models/migration/process.h"

/* Numbers are in results: append only. */
enum process_state {
	PROCESS_AT_HOME,
	PROCESS_FROZEN,
	PROCESS_AWAY,
	PROCESS_LOST,
	PROCESS_STATES
};
extern const char *const process_state_names[PROCESS_STATES];

struct process_plan {
	const char *name;
	uint32_t home, to;       /* host */
	int64_t at_ns;           /* when it moves */
	int64_t memory_bytes;
	uint32_t files, sockets;
	double call_hz, call_bytes;
	int64_t freeze_ns;
};

struct process {
	struct process_plan plan;
	enum process_state state;
	const char *why;         /* it did not move, or not for good; NULL */
	struct network_path path;
	uint32_t flow;           /* FLOW_NONE: none */
	event_id timer;
	int64_t moved_ns, lost_ns; /* -1: not */
	struct process_outcome outcome;
};

struct processes {
	struct migrations *migrations;
	struct process *all;
	uint32_t count, room;
	event_type step;
};

void processes_init(struct processes *p, struct migrations *m);
void processes_add(struct processes *p, const struct process_plan *plan);
/* Once the migrations are open, with flows. Registers the event type, listens, asks for every start. */
void processes_open(struct processes *p);
void processes_finish(struct processes *p);
void processes_close(struct processes *p);

/* The last bit of a process's memory has arrived. */
void processes_sent(struct processes *p, uint32_t process);
/* A cable was cut or mended. */
void processes_cables(struct processes *p);

#endif

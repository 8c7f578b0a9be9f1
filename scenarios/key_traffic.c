/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of what else uses the network: application traffic, and processes that move instead of VMs. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "scenarios/scenario.h"

#define STREAM(member) offsetof(struct scenario_stream, member)
#define PROCESS(member) offsetof(struct scenario_process, member)

static const struct key rows[] = {
	{"traffic[]", KEY_SECTION, .most = 10000, .optional = true,
         .offset = offsetof(struct scenario, streams),
         .count_offset = offsetof(struct scenario, stream_count), .place_offset = STREAM(place),
         .size = sizeof(struct scenario_stream),
         .summary = "Streams of packets that share the links with migrations"},
	{"traffic[].name", KEY_NAME, .most = 63, .preset = "stream", .offset = STREAM(name),
         .summary = "Name of the stream"},
	{"traffic[].from", KEY_NAME, .most = 74, .preset = TRAFFIC_OUTSIDE, .offset = STREAM(from),
         .summary = "Who sends: a VM (group-number, from 0), or outside: beyond the wide area, or beyond "
                    "the core of a single site"},
	{"traffic[].to", KEY_NAME, .most = 74, .preset = TRAFFIC_OUTSIDE, .offset = STREAM(to),
         .summary = "Who receives: a VM, or outside"},
	{"traffic[].transport", KEY_CHOICE, .preset = "tcp", .names = transport_names,
         .name_count = TRANSPORTS, .offset = STREAM(transport),
         .summary = "udp: what finds no room or no receiver is lost; tcp: it waits, and is sent again"},
	{"traffic[].rate", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e14,
         .offset = STREAM(rate_bps), .summary = "What each connection sends, headers included"},
	{"traffic[].packet", KEY_WHOLE, .dimension = DIM_BYTES, .least = 1, .most = 65536,
         .preset = "1500 B", .offset = STREAM(packet_bytes), .summary = "Size of a packet"},
	{"traffic[].connections", KEY_COUNT, .least = 1, .most = STREAM_CONNECTIONS_MOST, .preset = "1",
         .offset = STREAM(connections), .summary = "Equal connections side by side"},
	{"traffic[].window", KEY_WHOLE, .dimension = DIM_BYTES, .least = 1, .most = 0x1p40,
         .preset = "1 MiB", .offset = STREAM(window_bytes),
         .summary = "tcp: most of a connection that is under way, a round trip; the preset is a choice"},
	{"traffic[].timeout", KEY_WHOLE, .dimension = DIM_TIME, .least = 1, .most = TIME_MOST,
         .preset = "924.6 s", .offset = STREAM(timeout_ns),
         .summary = "Silence after which its peer gives up; the preset is Linux's (tcp_retries2 = 15)"},
	{"traffic[].start", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "0 s",
         .offset = STREAM(start_ns), .summary = "From when on, once both ends are there"},
	{"traffic[].end", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .optional = true,
         .offset = STREAM(end_ns), .has_offset = STREAM(has_end),
         .summary = "Until when; absent: to the end of the run"},
	{"processes[]", KEY_SECTION, .most = 10000, .optional = true,
         .offset = offsetof(struct scenario, processes),
         .count_offset = offsetof(struct scenario, process_count), .place_offset = PROCESS(place),
         .size = sizeof(struct scenario_process),
         .summary = "Processes that move from host to host without a VM around them: the contrast"},
	{"processes[].name", KEY_NAME, .most = 63, .preset = "process", .offset = PROCESS(name),
         .summary = "Name of the process"},
	{"processes[].home", KEY_MEMBER, .most = 74, .offset = PROCESS(home),
         .summary = "Host whose kernel holds its files and sockets: group-number, from 0"},
	{"processes[].to", KEY_MEMBER, .most = 74, .offset = PROCESS(to),
         .summary = "Host to which it moves: group-number, from 0"},
	{"processes[].at", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .offset = PROCESS(at_ns),
         .summary = "When it moves"},
	{"processes[].memory", KEY_WHOLE, .dimension = DIM_BYTES, .least = 1, .most = 0x1p50,
         .preset = "256 MiB", .offset = PROCESS(memory_bytes), .summary = "Memory that goes with it"},
	{"processes[].files", KEY_COUNT, .most = 1e6, .preset = "3", .offset = PROCESS(files),
         .summary = "Open files: they stay at home"},
	{"processes[].sockets", KEY_COUNT, .most = 1e6, .preset = "1", .offset = PROCESS(sockets),
         .summary = "Open sockets: they stay at home"},
	{"processes[].calls", KEY_REAL, .most = 1e9, .preset = "100", .offset = PROCESS(call_hz),
         .summary = "System calls a second of its own running time that use them"},
	{"processes[].call_size", KEY_WHOLE, .dimension = DIM_BYTES, .most = 0x1p40, .preset = "4 KiB",
         .offset = PROCESS(call_bytes), .summary = "What each of them moves, both ways together"},
	{"processes[].freeze", KEY_WHOLE, .dimension = DIM_TIME, .most = 1e13, .preset = "100 ms",
         .offset = PROCESS(freeze_ns),
         .summary = "To stop it, gather its state and start it elsewhere; our estimate"},
};
const struct key_table key_traffic = {rows, sizeof rows / sizeof *rows};

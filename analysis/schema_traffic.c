/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of what stands around migrations: refusals, streams of packets, processes that move. */
#include "analysis/schema.h"
#include "analysis/schema_columns.h"

#include "models/migration/processes.h"
#include "models/migration/traffic.h"

const struct field refusal_fields[] = {
	FIELD("time_s", migration_refusal, time_ns, FIELD_TIME, "s", "when it was asked for, or its turn"),
	FIELD("vm", migration_refusal, vm, FIELD_ID, NULL, "guest that was to move"),
	FIELD("source", migration_refusal, source, FIELD_ID, NULL, "host that it was on, or -1"),
	FIELD("target", migration_refusal, target, FIELD_ID, NULL, "host that it was to go to"),
	WORDS("lacks", migration_refusal, lack, compat_lack_names, LACKS,
	      "what the target lacks; nothing: there is another reason"),
	FIELD("reason", migration_refusal, why, FIELD_TEXT, NULL, "why not"),
	END
};

const struct field stream_fields[] = {
	ROW_ID("stream"),
	FIELD("name", stream, plan.name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("sender", stream, plan.from, FIELD_ID, NULL, "guest, or -1: outside"),
	FIELD("receiver", stream, plan.to, FIELD_ID, NULL, "guest, or -1: outside"),
	WORDS("transport", stream, plan.transport, transport_names, TRANSPORTS, "transport"),
	FIELD("connections", stream, plan.connections, FIELD_U32, "1", "connections side by side"),
	FIELD("rate_bps", stream, plan.rate_bps, FIELD_I64, "bit/s", "what each of them sends"),
	FIELD("packet_bytes", stream, plan.packet_bytes, FIELD_I64, "B", "size of a packet"),
	WORDS("state", stream, state, stream_state_names, STREAM_STATES, "state at the end of the run"),
	FIELD("offered_bytes", stream, offered_bytes, FIELD_F64, "B",
	      "what its application sent, but for the time in which it stood still"),
	FIELD("arrived_bytes", stream, arrived_bytes, FIELD_F64, "B", "what arrived"),
	FIELD("lost_packets", stream, lost_packets, FIELD_F64, "1",
	      "packets lost, expected; tcp sends them again"),
	FIELD("kept", stream, kept, FIELD_U32, "1", "connections that were never broken"),
	FIELD("gaps", stream, gaps, FIELD_U32, "1", "times that nothing arrived"),
	FIELD("silent_s", stream, silent_ns, FIELD_TIME, "s", "these times together"),
	FIELD("longest_gap_s", stream, longest_ns, FIELD_TIME, "s", "the longest of them"),
	FIELD("tunnelled_s", stream, tunnelled_ns, FIELD_TIME, "s", "time for which it needed the old host"),
	END
};

const struct field span_fields[] = {
	FIELD("stream", stream_span, stream, FIELD_ID, NULL, "row in traffic"),
	WORDS("state", stream_span, state, stream_state_names, STREAM_STATES, "state"),
	FIELD("from_s", stream_span, from_ns, FIELD_TIME, "s", "since when"),
	FIELD("to_s", stream_span, to_ns, FIELD_TIME, "s", "until when"),
	FIELD("offered_bps", stream_span, offered_bps, FIELD_F64, "bit/s", "what its application sent"),
	FIELD("arrives_bps", stream_span, arrives_bps, FIELD_F64, "bit/s", "what arrived"),
	FIELD("lost_packets", stream_span, lost_packets, FIELD_F64, "1", "packets lost, expected"),
	FIELD("latency_s", stream_span, latency_ns, FIELD_TIME, "s", "of its path, one way"),
	END
};

const struct field process_fields[] = {
	ROW_ID("process"),
	FIELD("name", process, plan.name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("home", process, plan.home, FIELD_ID, NULL, "host that holds its files and sockets"),
	FIELD("to", process, plan.to, FIELD_ID, NULL, "host to which it moved"),
	WORDS("state", process, state, process_state_names, PROCESS_STATES, "state at the end of the run"),
	FIELD("asked_s", process, plan.at_ns, FIELD_TIME, "s", "when it was to move"),
	FIELD("moved_s", process, moved_ns, FIELD_TIME, "s", "when it ran on the other host, or NaN"),
	FIELD("lost_s", process, lost_ns, FIELD_TIME, "s", "when it was lost, or NaN"),
	FIELD("downtime_s", process, outcome.downtime_ns, FIELD_TIME, "s", "time in which it was frozen"),
	FIELD("sent_bytes", process, outcome.sent_bytes, FIELD_F64, "B", "its memory"),
	FIELD("forwarded_bytes", process, outcome.forwarded_bytes, FIELD_F64, "B", "its calls home"),
	FIELD("left_behind", process, outcome.left_behind, FIELD_U32, "1", "files and sockets at home"),
	FIELD("slowed", process, outcome.slowed_01, FIELD_F64, "1", "its time spent waiting for calls home"),
	FIELD("residual_s", process, outcome.residual_ns, FIELD_TIME, "s",
	      "time for which it needed its home"),
	FIELD("why", process, why, FIELD_TEXT, NULL, "why it did not move, or what became of it"),
	END
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of what a VM asks for over time. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "models/demand.h"
#include "scenarios/scenario.h"
#include "scenarios/trace.h"

#define VM(member) offsetof(struct scenario_vm, member)

static const char *format_name(uint32_t i)
{
	return trace_readers[i] ? trace_readers[i]->format : NULL;
}

static const struct key rows[] = {
	{"vms[].demand", KEY_SECTION, .optional = true, .has_offset = VM(has_demand),
         .place_offset = offsetof(struct scenario_vm, demand.place),
         .summary = "What it asks for over time: a trace or a generator; absent: nothing"},
	{"vms[].demand.trace", KEY_TEXT, .most = 4096, .optional = true, .offset = VM(demand.trace),
         .summary = "Trace: a name (`vdcsim list traces`) or a path"},
	{"vms[].demand.subset", KEY_TEXT, .most = 255, .optional = true, .offset = VM(demand.subset),
         .summary = "Part of the trace by name: a folder, a day"},
	{"vms[].demand.format", KEY_TEXT, .most = 63, .optional = true, .name_at = format_name,
         .offset = VM(demand.format), .summary = "Format of a trace given by path"},
	{"vms[].demand.if_missing", KEY_CHOICE, .preset = "error", .names = scenario_missing_names,
         .name_count = MISSINGS, .offset = VM(demand.if_missing),
         .summary = "A trace that is not on this machine: an error, or the generator stands in"},
	{"vms[].demand.part", KEY_PART, .preset = "1/1", .offset = VM(demand.part),
         .count_offset = VM(demand.parts), .summary = "Rows used: a part of so many equal parts, in order"},
	{"vms[].demand.generator", KEY_CHOICE, .optional = true,
         .names = scenario_source_names + SOURCE_CONSTANT, .name_count = SOURCES - SOURCE_CONSTANT,
         .first = SOURCE_CONSTANT, .offset = VM(demand.generator), .has_offset = VM(demand.has_generator),
         .summary = "How demand is made without a trace"},
	{"vms[].demand.level", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "50 %",
         .offset = VM(demand.level_01),
         .summary = "constant: the demand; diurnal, ar1: its mean; flash_crowd: without the crowd"},
	{"vms[].demand.least", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0 %",
         .offset = VM(demand.least_01),
         .summary = "uniform: least demand; diurnal: at night; on_off: while off"},
	{"vms[].demand.most", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "100 %",
         .offset = VM(demand.most_01),
         .summary = "uniform: most demand; diurnal: by day; on_off: while on; flash_crowd: at the peak"},
	{"vms[].demand.noise", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0 %",
         .offset = VM(demand.noise_01),
         .summary = "diurnal, ar1, flash_crowd: standard deviation of the noise of a sample"},
	{"vms[].demand.autocorrelation", KEY_REAL, .dimension = DIM_FRACTION, .least = -0.9999,
         .most = 0.9999, .preset = "0", .offset = VM(demand.autocorrelation),
         .summary = "Correlation of a sample's noise with the next one's (ar1 needs it)"},
	{"vms[].demand.correlation", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0",
         .offset = VM(demand.correlation_01),
         .summary = "Correlation of the noise of any two VMs of the group: what they share"},
	{"vms[].demand.spread", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0 %",
         .offset = VM(demand.spread_01),
         .summary = "diurnal, ar1, flash_crowd: standard deviation of the VMs' own levels around 'level'"},
	{"vms[].demand.peak_at", KEY_WHOLE, .dimension = DIM_TIME, .most = 86400e9, .preset = "14 h",
         .offset = VM(demand.peak_ns), .summary = "diurnal: time of day of the peak"},
	{"vms[].demand.on_time", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e6, .most = TIME_MOST,
         .preset = "10 min", .offset = VM(demand.on_ns), .summary = "on_off: mean time on, exponential"},
	{"vms[].demand.off_time", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e6, .most = TIME_MOST,
         .preset = "30 min", .offset = VM(demand.off_ns), .summary = "on_off: mean time off, exponential"},
	{"vms[].demand.start", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "12 h",
         .offset = VM(demand.start_ns), .summary = "flash_crowd: when the crowd begins to come"},
	{"vms[].demand.rise", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "10 min",
         .offset = VM(demand.rise_ns), .summary = "flash_crowd: time from then to the peak, straight up"},
	{"vms[].demand.decay", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e6, .most = TIME_MOST,
         .preset = "1 h", .offset = VM(demand.decay_ns),
         .summary = "flash_crowd: time constant of the crowd's going, exponential"},
	{"vms[].demand.period", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e6, .most = TIME_MOST,
         .preset = "300 s", .offset = VM(demand.period_ns), .summary = "Time between generated samples"},
	{"vms[].demand.scale", KEY_REAL, .most = 1000, .preset = "1", .offset = VM(demand.scale),
         .summary = "Factor on every sample"},
	{"vms[].demand.offset", KEY_WHOLE, .dimension = DIM_TIME, .least = -TIME_MOST, .most = TIME_MOST,
         .preset = "0 s", .offset = VM(demand.offset_ns),
         .summary = "Where in the trace the run starts: trace time is simulated time + offset"},
	{"vms[].demand.interpolation", KEY_CHOICE, .preset = "step", .names = demand_hold_names,
         .name_count = DEMAND_HOLDS, .offset = VM(demand.hold),
         .summary = "step holds each sample; linear reads the line between two at read_offset + k "
                    "read_interval"},
	{"vms[].demand.read_interval", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e6, .most = TIME_MOST,
         .preset = "300 s", .offset = VM(demand.read_interval_ns),
         .summary = "linear: time from one reading to the next"},
	{"vms[].demand.read_offset", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "0 s",
         .offset = VM(demand.read_offset_ns),
         .summary = "linear: the first reading; demand is 0 before it"},
	{"vms[].demand.at_end", KEY_CHOICE, .preset = "hold", .names = demand_end_names,
         .name_count = DEMAND_ENDS, .offset = VM(demand.end),
         .summary = "After the last sample: the VM stops, its demand holds, or the samples repeat"},
};
const struct key_table key_demand = {rows, sizeof rows / sizeof *rows};

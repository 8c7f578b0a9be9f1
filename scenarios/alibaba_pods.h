/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Containers of Alibaba's openb cluster (Weng et al., USENIX ATC 2023): one a line, with CPU in thousandths,
 * memory in MiB, creation and deletion in seconds.
 *
 *   name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,...
 *
 * Columns are found by their names. GPUs are not modelled. A container without a deletion lives to the end;
 * the trace gives those that outlived it the end of the trace as their deletion. */
#ifndef SCENARIOS_ALIBABA_PODS_H
#define SCENARIOS_ALIBABA_PODS_H

#include "scenarios/arrivals.h"
#include "scenarios/text.h"

extern const struct arrivals_reader alibaba_pods_reader;

/* Reads a file's text (NUL-terminated behind size bytes) into empty arrivals with their names initialised;
 * they are in the order of the file. False after a mistake. */
bool alibaba_pods_parse(const char *text, size_t size, struct arrivals *out, struct text_mistake *mistake);

#endif

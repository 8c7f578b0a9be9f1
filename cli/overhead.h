/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measurements of measure/overhead: single operations and mixes of them, by environment; and what the single
 * costs say about the mixes.
 *
 * A mix does counts[i] times operation i, one after the other. Its predicted time in an environment is
 * sum counts[i] cost[i]; its slow-down is that over the same sum natively (models/hypervisor/technique.h).
 * Only single operations calibrate; no mix does. */
#ifndef CLI_OVERHEAD_H
#define CLI_OVERHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/diag.h"
#include "sim/memory.h"

#define OVERHEAD_OPERATIONS 64

struct overhead_row {
	const char *environment, *operation;
	uint32_t line;
	bool measured;              /* false: the note says why not */
	double ns;                  /* least of the repetitions */
	bool mix;
	uint32_t parts;             /* of a mix: its operations and how often each */
	const char *part[OVERHEAD_OPERATIONS];
	double count[OVERHEAD_OPERATIONS];
};

struct overhead_prediction {
	const struct overhead_row *row;
	double predicted, measured; /* slow-downs; in the native environment times in ns */
	double error_rel;           /* predicted / measured - 1 */
};

struct overhead_errors {
	const char *environment;
	uint32_t mixes;
	double median, p90, largest; /* of |error_rel| */
};

struct overhead_file {
	struct arena arena;
	struct overhead_row *rows;
	uint32_t row_count, row_room;
	struct overhead_prediction *predictions;
	uint32_t prediction_count, prediction_room;
	uint32_t left_out;          /* mixes of which an operation could not be measured, there or natively */
};

/* False after messages. */
bool overhead_read(struct overhead_file *f, const char *path, struct diag *diag);
void overhead_free(struct overhead_file *f);

/* Fills in predictions for every mix that was measured. */
void overhead_predict(struct overhead_file *f);

/* Errors of one environment; NULL: of all but the native one. */
struct overhead_errors overhead_compare(const struct overhead_file *f, const char *environment);

/* The k-th environment in the order of the file; NULL past the last. */
const char *overhead_environment(const struct overhead_file *f, uint32_t k);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of validation: simulation against figures that were measured or published.
 *
 * A kind fills in cases; a case is one run beside its reference, a row a figure. cli/validate.c prints
 * them and judges: an aim is missed when a figure that has an aim differs from its reference in the last
 * digit in which the reference was printed. A new kind is one file and one row in the table of
 * validate.c. */
#ifndef CLI_VALIDATE_H
#define CLI_VALIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"

#define COMPARISON_ROWS 16

struct comparison_row {
	const char *name;
	double simulated, reference;
	bool has_reference;
	bool aim;            /* --assert: must agree */
	int digits;          /* behind the point, as the reference was printed */
};

struct comparison {
	char name[64];
	struct comparison_row rows[COMPARISON_ROWS];
	uint32_t row_count;
	/* Of cloudsim: told apart by these in JSON, where the figures as printed then stand
	 * beside. Or NULL. */
	const char *version, *day, *policy;
};

struct validate_values {
	const char *day, *policy, *plot;
	const char *file, *second_file; /* the second and third word; NULL */
	bool json, assert, fit;
};

struct comparisons {
	struct comparison *cases;
	uint32_t count, room;
};

struct validate_kind {
	const char *name, *summary;
	/* EXIT_DONE when it could compare; messages are printed. */
	enum exit_status (*run)(const struct command *command, const struct validate_values *values,
	                        struct comparisons *out);
	bool takes_file;     /* of measurements */
	bool takes_second;   /* a third word */
	bool prints_itself;  /* and judges: its figures are no list of simulated beside reference */
};

extern const struct validate_kind validate_cloudsim, validate_fairshare, validate_overhead;
extern const struct validate_kind validate_migration, validate_grid5000, validate_qemu, validate_lanl;
extern const struct validate_kind validate_power;

/* The next row of a case. */
struct comparison_row *comparison_add(struct comparison *c, const char *name, double simulated, int digits);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program for the machine of models/hypervisor/machine.h: one that comes along, by its name, or a file in
 * its assembly language. */
#ifndef SCENARIOS_GUEST_PROGRAM_H
#define SCENARIOS_GUEST_PROGRAM_H

#include "scenarios/diag.h"

/* The source, which assembles without mistakes; NULL after errors were added to diag (told at `at` when there
 * is no such program, else at their line). It lives in the arena or for ever. */
const char *guest_program_read(const char *name, struct place at, struct arena *arena, struct diag *diag);

#endif

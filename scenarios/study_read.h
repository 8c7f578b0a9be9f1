/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a study: YAML whose keys are checked by hand, as the values of its axes may be of any kind. */
#ifndef SCENARIOS_STUDY_READ_H
#define SCENARIOS_STUDY_READ_H

#include "scenarios/diag.h"
#include "scenarios/study.h"

/* NULL after errors were added to diag. The scenario itself is not opened. */
struct study *study_read(const char *path, struct diag *diag);
struct study *study_read_text(const char *text, const char *name, struct diag *diag);

#endif

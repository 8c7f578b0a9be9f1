/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where catalogue, library and instruction sets are on this machine. */
#ifndef SCENARIOS_FOLDER_H
#define SCENARIOS_FOLDER_H

#include <stdint.h>

/* Finds the folder that holds library/ and catalog/: $VDCSIM_SCENARIOS, beside the program or one folder
 * above it (a checkout), ../share/vdcsim from the program, then the working directory and
 * /usr/local/share/vdcsim. NULL when none is there. Writes into path. */
const char *scenario_folder(char *path, uint32_t size);

#endif

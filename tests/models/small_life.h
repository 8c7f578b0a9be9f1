/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small world whose guests have boots, disks in a pool and a name to be cloned into: for tests of their
 * lives. */
#ifndef TESTS_MODELS_SMALL_LIFE_H
#define TESTS_MODELS_SMALL_LIFE_H

#include "tests/models/small.h"

#define GB INT64_C(1000000000)
#define LIFE_RAM (16 * GB)
#define LIFE_DISK (100 * GB)
#define LIFE_LAYER (10 * GB)
#define LIFE_POOL (250 * GB)

/* Two hosts of 1000 Hz; a pool that reads 1 GB/s and writes 0.5 GB/s; guest 0, defined, and guest 1, not:
 * 1000 Hz of which they ask for 40 %, image 20 GB, boot 30 s at 500 Hz with 40 GB read, shut down 25 s at
 * 100 Hz. */
void life_open(struct small *s, enum vm_copy copy, enum vm_on_crash on_crash);
void life_close(struct small *s);

/* Guest 0 is started on host 0 at 0 s, runs from 60 s on, and it is 100 s. */
void life_running(struct small *s);

#endif

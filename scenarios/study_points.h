/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The points of a study's design, and axes that are read from a file. For study.c. */
#ifndef SCENARIOS_STUDY_POINTS_H
#define SCENARIOS_STUDY_POINTS_H

#include "scenarios/study.h"

/* Fills in points, values and levels from the axes. Factorial: the last axis changes fastest. Latin
 * hypercube: each of n points lies in another n-th of every axis, at a place within it drawn by the study's
 * seed (McKay, Beckman, Conover 1979). Sobol: GSL's sequence (Antonov and Saleev 1979), at most 40 axes,
 * without its first point, which is the centre. On an axis of listed values a design picks the level under
 * its place. */
void study_points(struct study *study, struct place place, struct diag *diag);

/* A CSV file, relative to the working directory: keys in the first line, a level in each other. */
void study_points_file(struct study_axis *axis, const char *path, struct study *study, struct place place,
                       struct diag *diag);

#endif

#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Line coverage out of build/cover, after `make cover` has run the tests there: a line a folder; status 1 when sim/ or
# models/ is below 95 %.
. "$(dirname "$0")/lib.sh"
./setup.sh dev || exit 3
info=build/cover/lines.info
lcov --quiet --capture --directory build/cover --base-directory . --no-external --output-file "$info" 2>build/cover/lcov.log ||
	{ cat build/cover/lcov.log >&2; exit 3; }
genhtml --quiet --output-directory build/cover/html "$info" >/dev/null 2>&1
awk -F: -v root="$PWD/" '
$1 == "SF" { path = $2; sub(root, "", path); folder = path; sub("/.*", "", folder) }
$1 == "DA" { split($2, part, ","); lines[folder]++; if (part[2] > 0) hit[folder]++; else missed[path] = missed[path] " " part[1] }
END {
	status = 0
	for (f in lines) {
		share = 100 * hit[f] / lines[f]
		printf "%-12s %6.2f %% of %d lines\n", f, share, lines[f]
		if ((f == "sim" || f == "models") && share < 95) status = 1
	}
	for (p in missed) if (p ~ /^(sim|models)\//) printf "not reached: %s:%s\n", p, missed[p]
	exit status
}' "$info" | sort
exit "${PIPESTATUS[0]}"

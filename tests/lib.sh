# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What the test scripts share: where things are, lists of files, and a count of what passed and failed. Sourced.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 3
export LC_ALL=C
BUILD=$(realpath -m "${BUILD:-build}")
mkdir -p "$BUILD"
vdcsim=$BUILD/vdcsim
# What answers one question of the policy ABI lies in a folder of that question's name.
questions=(place overloaded select drain method balance power failed scale)
# The folders in the order of the layers: a file includes its own folder and those before it, never one behind.
layers=(sim models models/cloudsim models/hypervisor models/migration policies "${questions[@]/#/policies/}" analysis scenarios cli)
passed=0 failed=0 skipped=0

# Our own C files below the given folders (by default all that are built).
c_files()
{
	local folders=(sim models policies analysis scenarios cli tests bench)
	[ $# -eq 0 ] || folders=("$@")
	find "${folders[@]}" \( -name '*.[ch]' -o -name '*.inc' \) 2>/dev/null | sort
}

pass()
{
	passed=$((passed + 1))
}

# fail WHAT [DETAIL...]: counts and tells; the script goes on.
fail()
{
	failed=$((failed + 1))
	printf '%s: FAILED: %s\n' "$(basename "$0" .sh)" "$1" >&2
	shift
	[ $# -eq 0 ] || printf '    %s\n' "$@" >&2
}

# skip WHAT WHY
skip()
{
	skipped=$((skipped + 1))
	printf '%s: skipped: %s (%s)\n' "$(basename "$0" .sh)" "$1" "$2" >&2
}

# Ends a script: 'name: N passed, N failed', and status 1 if any failed.
finish()
{
	local more=
	[ "$skipped" -eq 0 ] || more=", $skipped skipped"
	printf '%s: %d passed, %d failed%s\n' "$(basename "$0" .sh)" "$passed" "$failed" "$more"
	[ "$failed" -eq 0 ]
	exit
}

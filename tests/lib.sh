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

# Scripts that run the program set $out and $err, the files for what it says.
# shellcheck disable=SC2154
# expect STATUS WHAT ARGUMENT...: runs vdcsim and compares its exit status.
expect()
{
	local wanted=$1 what=$2 status
	shift 2
	"$vdcsim" "$@" >"$out" 2>"$err" </dev/null
	status=$?
	if [ "$status" -eq "$wanted" ]; then
		pass
	else
		fail "$what: status $status, not $wanted" "vdcsim $*" "$(tail -3 "$err")"
	fi
}

# holds WHAT COMMAND...: the command succeeds.
holds()
{
	local what=$1
	shift
	if "$@" >/dev/null 2>&1; then
		pass
	else
		fail "$what" "$*" "stdout: $(head -c 300 "$out")" "stderr: $(head -c 300 "$err")"
	fi
}

# same WHAT A B: equal, and something.
same()
{
	if [ "$2" = "$3" ] && [ -n "$2" ]; then pass; else fail "$1" "'$2'" "'$3'"; fi
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

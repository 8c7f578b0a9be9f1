#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line as a person and a script meet it: exit status, what goes to stdout and what to stderr, files.
. "$(dirname "$0")/lib.sh"
root=$PWD
library=$root/scenarios/library
tutorial=$library/tutorial_two_hosts.yaml
small=$library/generated_small.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export VDCSIM_SCENARIOS=$root/scenarios VDCSIM_CACHE=${VDCSIM_CACHE:-on}
cd "$work" || exit 3
out=$work/.out err=$work/.err

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

silent_stdout() { holds "$1: stdout stays empty" test ! -s "$out"; }
silent_stderr() { holds "$1: stderr stays empty" test ! -s "$err"; }
says() { holds "$1: stderr says '$2'" grep -qF -- "$2" "$err"; }
json() { holds "$1: stdout is JSON" jq -e . "$out"; }

help_everywhere()
{
	local command
	expect 0 "--help" --help
	silent_stderr "--help"
	expect 0 "--version" --version
	expect 2 "no command"
	silent_stdout "no command"
	expect 2 "an unknown command" rum "$small"
	says "an unknown command" "did you mean 'run'?"
	for command in run check show plot list validate; do
		expect 0 "$command --help" "$command" --help
		holds "$command --help names itself" grep -q "^vdcsim $command " "$out"
		silent_stderr "$command --help"
		expect 2 "$command with an unknown option" "$command" --hepl
		says "$command with an unknown option" "did you mean '--help'?"
		silent_stdout "$command with an unknown option"
	done
}

bad_command_lines()
{
	expect 2 "run without a scenario" run
	expect 2 "run with two scenarios" run "$small" "$small"
	expect 2 "run of a scenario that is not there" run nowhere.yaml
	says "run of a scenario that is not there" "nowhere.yaml"
	silent_stdout "run of a scenario that is not there"
	expect 2 "a time without a unit" run "$small" --until 2
	says "a time without a unit" "--until"
	expect 2 "a seed that is no number" run "$small" --seed=x
	expect 2 "a negative seed" run "$small" --seed -1
	expect 2 "an option without its value" run "$small" --seed
	says "an option without its value" "needs a value"
	expect 2 "a flag with a value" run "$small" --json=yes
	expect 2 "an override of an unknown key" run "$small" --set hostz=3
	expect 2 "an override without a value" run "$small" --set hosts
	expect 2 "an unknown plot format" plot x.h5 --format jpg
	says "an unknown plot format" "svg"
	expect 2 "show of a file that is not there" show nowhere.h5
	echo "no HDF5" >text.h5
	expect 2 "show of a file that is no results file" show text.h5
	says "show of a file that is no results file" "text.h5"
	expect 2 "list of an unknown kind" list keyz
	says "list of an unknown kind" "did you mean 'keys'?"
	expect 2 "list of an unknown policy" list policies nosuch
	expect 2 "validation of an unknown kind" validate nosuch
	expect 2 "a trace that is not there" run "$tutorial" --set vms.0.demand.trace=no_such_trace
	silent_stdout "a trace that is not there"
}

running()
{
	expect 0 "a run without -o" run "$small"
	says "a run without -o" "-o FILE"
	holds "a run without -o prints its digest" grep -qE '^digest +[0-9a-f]{32}' "$out"
	holds "no escape codes when not a terminal" bash -c "! grep -q $'\\033' '$out' '$err'"
	holds "no bar when not a terminal" bash -c "! grep -q $'\\r' '$err'"
	expect 0 "check" check "$small"
	silent_stderr "check"
	holds "check says ok, and how many hosts and VMs" grep -qE 'ok: [0-9]+ hosts, [0-9]+ VMs' "$out"
	mkdir alone
	expect 0 "a run with -o" run "$small" -o alone/a.h5
	holds "a run with -o leaves its file" test -s alone/a.h5
	holds "a run with -o leaves nothing else" test "$(ls -A alone)" = a.h5
	mv alone/a.h5 a.h5
	expect 0 "run --json" run "$small" --json
	json "run --json"
	holds "--json has the figures' fixed names" jq -e '.summary | [.hosts, .vms, .energy_j, .carbon_g, .events,
		.migrations, .simulated_s, .slatah, .pdm, .slav, .esv, .overall_sla_violation, .digest] | all(. != null)' "$out"
	holds "--json has the provenance apart" jq -e '.provenance | [.cpu_s, .wall_s, .peak_rss_bytes, .version, .date,
		.machine] | all(. != null)' "$out"
	expect 0 "--until" run "$small" --until 30min --json
	holds "--until ends the run there" jq -e '.summary.simulated_s == 1800' "$out"
}

digest_of()
{
	"$vdcsim" run "$@" --json 2>/dev/null | jq -r .summary.digest
}

sameness()
{
	expect 0 "the same run again" run "$small" -o b.h5
	holds "two runs are equal but for /provenance" h5diff --exclude-path=/provenance a.h5 b.h5
	expect 0 "a run with another seed" run "$small" --seed 4711 -o c.h5
	holds "another seed gives another digest" test "$(digest_of "$small")" != "$(digest_of "$small" --seed 4711)"
	holds "the same seed gives the same digest" test "$(digest_of "$small" --seed 4711)" = "$(digest_of "$small" --seed 4711)"
	holds "h5diff sees another seed" bash -c '! h5diff --exclude-path=/provenance a.h5 c.h5'
}

showing()
{
	local table
	expect 0 "show" show a.h5
	silent_stderr "show"
	expect 0 "show --json" show a.h5 --json
	json "show --json"
	for table in $(jq -r '.tables[]' "$out"); do
		expect 0 "show $table" show a.h5 "$table"
		expect 0 "show $table --csv" show a.h5 "$table" --csv
		holds "$table as CSV has lines of equal length" bash -c "jq -Rrse 'split(\"\n\")[:-1] | map(gsub(\"\\\"[^\\\"]*\\\"\"; \"x\")
			| split(\",\") | length) | unique | length == 1' '$out'"
		expect 0 "show $table --json" show a.h5 "$table" --json
		json "show $table --json"
	done
	expect 2 "show of an unknown table" show a.h5 hostz
	silent_stdout "show of an unknown table"
	expect 2 "--csv without a table" show a.h5 --csv
	expect 0 "show --scenario" show a.h5 --scenario
	holds "show --scenario prints the scenario as it was" cmp "$out" "$small"
}

listing()
{
	local kind
	for kind in keys models policies traces catalog plots; do
		expect 0 "list $kind" list "$kind"
		holds "list $kind prints something" test -s "$out"
		silent_stderr "list $kind"
		expect 0 "list $kind --json" list "$kind" --json
		json "list $kind --json"
	done
	expect 0 "list keys hosts" list keys hosts
	expect 0 "list schema" list schema
	json "list schema"
	holds "the schema says which one it follows" jq -e '."$schema"' "$out"
	expect 0 "plot --list" plot --list
}

plotting()
{
	local format
	for format in svg png pdf; do
		expect 0 "plot --format $format" plot a.h5 --format "$format" -o "plots_$format"
		holds "plots in $format are there" compgen -G "plots_$format/*.$format"
	done
	expect 2 "an unknown plot" plot a.h5 nosuch
	expect 0 "one plot" plot a.h5 "$("$vdcsim" plot --list | awk 'NR == 1 { print $1 }')" -o one
	holds "one plot is one file" test "$(find one -type f | wc -l)" -eq 1
	PATH=/nonexistent expect 3 "no gnuplot" plot a.h5 -o none
}

# A full disk, as a limit on the size of files: no root needed, and the same error from write().
disk_full()
{
	local status
	(trap '' XFSZ; ulimit -f 1; exec "$vdcsim" run "$small" -o full/x.h5) >"$out" 2>"$err"
	status=$?
	holds "a full disk ends with status 3" test "$status" -eq 3
	says "a full disk names the file" "full/x.h5"
	holds "a full disk leaves no file" test -z "$(ls full)"
	cp a.h5 full/old.h5
	(trap '' XFSZ; ulimit -f 1; exec "$vdcsim" run "$small" -o full/old.h5) >"$out" 2>"$err"
	holds "a full disk leaves the old file" cmp a.h5 full/old.h5
	holds "a full disk leaves nothing beside the old file" test "$(ls full)" = old.h5
	expect 3 "a folder that is not there" run "$small" -o nowhere/x.h5
	says "a folder that is not there" "nowhere/x.h5"
	expect 3 "a folder as a file" run "$small" -o full
	expect 3 "a device as a file" run "$small" -o /dev/full
	holds "a device stays a device" test -c /dev/full
	"$vdcsim" list keys >/dev/full 2>"$err"
	status=$?
	holds "stdout on a full disk ends with status 3" test "$status" -eq 3
	says "stdout on a full disk" "cannot write the output"
}

# Killed at any moment: the old file or none. The delays go through loading, running and writing.
killed()
{
	local delay process
	cp a.h5 old.h5
	for delay in 0.001 0.002 0.004 0.006 0.008 0.01 0.013 0.016 0.02 0.05; do
		"$vdcsim" run "$small" -o old.h5 >/dev/null 2>&1 &
		process=$!
		sleep "$delay"
		kill -9 "$process" 2>/dev/null
		wait "$process" 2>/dev/null
		holds "killed after $delay s, the file is whole" h5diff --exclude-path=/provenance a.h5 old.h5
	done
	"$vdcsim" run "$small" --set duration=300d -o new.h5 >/dev/null 2>&1 &
	process=$!
	sleep 0.05
	kill -TERM "$process" 2>/dev/null
	wait "$process" 2>/dev/null
	holds "SIGTERM ends it as it ends any program" test $? -eq 143
	holds "SIGTERM leaves no file" test ! -e new.h5
}

mkdir full
help_everywhere
bad_command_lines
running
sameness
showing
listing
plotting
disk_full
killed
cd "$root" || exit 3
finish

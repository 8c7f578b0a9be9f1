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
	for command in run check show plot list isa validate timeline report trace; do
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
	expect 2 "an override that ends with a dot" run "$small" --set hosts.0.=3
	says "an override that ends with a dot" "single dots between"
	expect 2 "an unknown plot format" plot x.h5 --format jpg
	says "an unknown plot format" "svg"
	expect 2 "show of a file that is not there" show nowhere.h5
	echo "no HDF5" >text.h5
	expect 2 "show of a file that is no results file" show text.h5
	says "show of a file that is no results file" "text.h5"
	expect 2 "a run with -o onto what is no results file" run "$small" -o text.h5
	says "a run with -o onto what is no results file" "it is not overwritten"
	holds "what is no results file stays" grep -qx "no HDF5" text.h5
	expect 2 "a run with an empty -o" run "$small" -o ""
	mkfifo pipe.h5
	expect 2 "show of a pipe without a writer" show pipe.h5
	says "show of a pipe without a writer" "no ordinary file"
	mkfifo pipe.s
	expect 2 "a guest from a pipe without a writer" isa run pipe.s
	says "a guest from a pipe without a writer" "not a regular file"
	: >empty.s
	expect 2 "a guest without instructions" isa run empty.s
	says "a guest without instructions" "empty.s:1:1: error: the program has no instruction"
	expect 2 "list of an unknown kind" list keyz
	says "list of an unknown kind" "did you mean 'keys'?"
	expect 2 "list of an unknown policy" list policies nosuch
	expect 2 "validation of an unknown kind" validate nosuch
	expect 2 "validation of fair sharing without a file" validate fairshare
	says "validation of fair sharing without a file" "FILE.csv"
	expect 2 "validation with a file that is not there" validate fairshare nowhere.csv
	says "validation with a file that is not there" "nowhere.csv"
	expect 2 "validation with a file that takes none" validate cloudsim x.csv
	expect 2 "validation with a policy that CloudSim has not" validate cloudsim --policy Lr
	says "validation with a policy that CloudSim has not" "LrMmt"
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

# Predictions of fair sharing: the same whatever the outcomes, which need not be there.
fair_sharing()
{
	local inputs=config,cpus,group,cpu_shares,nice,quota_us,quota_period_us,duty_period_ms,duty_work_ms,elapsed_s
	inputs+=,total_received_cpus,total_ideal_cpus
	local first=a,1,0,1024,0,,,20,8,2,1,1 second=a,1,1,2048,0,,,,,2,1,1 digest
	printf '%s\n' "$inputs" $first $second >inputs.csv
	printf '%s\n' "$inputs,cpu_s,runqueue_wait_s,timeslices" $first,0.66,1.3,200 $second,1.3,0.6,200 >outcomes.csv
	expect 0 "predictions without outcomes" validate fairshare inputs.csv --json
	json "predictions without outcomes"
	digest=$(jq -r .predictions_digest "$out")
	expect 0 "validate fairshare" validate fairshare outcomes.csv --json
	holds "validate fairshare has the four figures" jq -e '[.share_abs_err_mean, .share_abs_err_max,
		.wait_abs_err_mean, .timeslices_rel_err_median] | all(type == "number")' "$out"
	holds "predictions do not change with the outcomes" test "$(jq -r .predictions_digest "$out")" = "$digest"
	expect 1 "a missed aim with --assert" validate fairshare outcomes.csv --assert
	says "a missed aim with --assert" "the aim is"
	expect 2 "--assert without outcomes" validate fairshare inputs.csv --assert
	echo "a,1,0,x" >>inputs.csv
	expect 2 "a bad row" validate fairshare inputs.csv
	says "a bad row" "inputs.csv:4:7: error: cpu_shares: 'x' is not a number"
	printf '%s\n' "$inputs" $first a,2,1,2048,0,,,,,2,1,1 >unlike.csv
	expect 2 "two numbers of CPUs in one configuration" validate fairshare unlike.csv
	says "two numbers of CPUs in one configuration" "unlike.csv:3: error: cpus, elapsed_s or a total differs"
	printf '\357\273\277%s\n' "$inputs" $first $second >marked.csv
	expect 0 "a byte order mark before the names of columns" validate fairshare marked.csv
}

# What virtualization costs: a mix of 3 int and 2 call is 3 x 1 + 2 x 6 beside 3 x 1 + 2 x 4 natively.
overheads()
{
	local rows="native,int,1, native,call,4, native,mix,11,int=3;call=2 kvm,int,1, kvm,call,6, kvm,mix,15,int=3;call=2"
	echo environment,operation,ns_per_op_min,note >none.csv
	printf '%s\n' environment,operation,ns_per_op_min,note $rows >costs.csv
	expect 0 "validate overhead" validate overhead costs.csv --json
	json "validate overhead"
	holds "validate overhead predicts the mix" jq -e '.mixes_predicted | length == 2 and all(.error_rel == 0)' "$out"
	expect 2 "validation of overhead without a file" validate overhead
	expect 2 "validation of overhead with a file that is not there" validate overhead nowhere.csv
	says "validation of overhead with a file that is not there" "nowhere.csv"
	echo "kvm,int,x," >>none.csv
	expect 2 "a bad row of overhead" validate overhead none.csv
	says "a bad row of overhead" "none.csv:2:9: error:"
	silent_stdout "a bad row of overhead"
}

# A cluster of one job: what it draws does not change with what was measured.
cluster_power()
{
	mkdir lisa
	printf '%s\n' id,submission_time,duration,cpu_count,cpu_capacity,mem_capacity \
		7,2022-10-06T22:00:00Z,60000,16,33600,100 >lisa/tasks.csv
	printf '%s\n' id,duration,cpu_count,cpu_usage 7,30000,16,2100 7,30000,16,2100 >lisa/fragments.csv
	printf '%s\n' timestamp_ms,power_w 30000,9026 60000,8961 >power.csv
	expect 0 "validate power" validate power lisa power.csv --json --assert
	json "validate power"
	holds "validate power has its figures" jq -e '.power_mape < 0.001 and .energy_rel_err < 0.001 and .jobs == 1' "$out"
	local digest
	digest=$(jq -r .predictions_digest "$out")
	cut -d, -f1 power.csv >stamps.csv
	expect 0 "power without outcomes" validate power lisa stamps.csv --json
	holds "power does not change with the outcomes" test "$(jq -r .predictions_digest "$out")" = "$digest"
	expect 2 "--assert without power" validate power lisa stamps.csv --assert
	gzip -k power.csv
	expect 0 "a packed file of power" validate power lisa power.csv.gz --plot powerplots
	holds "validate power draws" test -s powerplots/power.svg
	sed -i 's/9026/18000/' power.csv
	expect 1 "power that is far off, with --assert" validate power lisa power.csv --assert
	expect 2 "a fit that has too little" validate power lisa power.csv --fit
	says "a fit that has too little" "do not tell the constants apart"
	expect 2 "power without its second file" validate power lisa
	says "power without its second file" "validate power DIR POWER.csv"
	expect 2 "power of a folder that is not there" validate power nowhere power.csv
	expect 2 "a second file for a kind that takes one" validate qemu power.csv power.csv
	echo 60000,x >>power.csv
	expect 2 "a bad row of power" validate power lisa power.csv
	says "a bad row of power" "power.csv:4:7: error: power_w: 'x' is not a number"
	silent_stdout "a bad row of power"
	: >none.csv
	expect 2 "an empty file of power" validate power lisa none.csv
	says "an empty file of power" "none.csv:1:1: error: the file is empty"
}

# Instruction sets held against the theorems, and guests that really run.
# Two systems of one kind, node 0 of each with two failures a minute apart, node 1 with none.
losses()
{
	local system at
	echo System,machine type,nodes,procstot,procsinnode,nodenum,nodenumz >lanl.csv
	for system in 2 3; do
		for at in 1/1/2000 3/1/2000 6/1/2001; do
			echo "$system,c,2,8,4,0,0,,Jan-99,current,,,2,,,,$at 0:00,$at 1:00,60,,,,,,,N" >>lanl.csv
			echo "$system,c,2,8,4,0,0,,Jan-99,current,,,2,,,,$at 2:01,$at 3:00,59,,,,,,,N" >>lanl.csv
		done
	done
	expect 0 "validate lanl" validate lanl lanl.csv --json --assert
	json "validate lanl"
	holds "equal systems foretell each other" jq -e '.held_failures == 6 and .yearly_rel_err < 1e-9 and
		.held_log_likelihood_gain_per_failure > 0' "$out"
	expect 0 "validate lanl as text" validate lanl lanl.csv
	head -4 lanl.csv >one.csv
	expect 2 "validation of lanl with systems of one side" validate lanl one.csv
	echo "2,c,2,8,4,0,x" >>lanl.csv
	expect 2 "a bad row of lanl" validate lanl lanl.csv
	says "a bad row of lanl" "lanl.csv:14: 'x' is no number of a node"
}

instruction_sets()
{
	local isa=$root/scenarios/isa/classic.yaml
	expect 0 "isa check of one that can be virtualized" isa check clean
	silent_stderr "isa check of one that can be virtualized"
	expect 1 "isa check of one that cannot" isa check x86_classic --json
	json "isa check of one that cannot"
	expect 1 "isa check of a file" isa check "$isa"
	echo 'instructions: [{name: halt, sensitive: maybe}]' >bad_isa.yaml
	expect 2 "isa check of a bad file" isa check bad_isa.yaml
	says "isa check of a bad file" "bad_isa.yaml:1:"
	silent_stdout "isa check of a bad file"
	expect 2 "isa check of nothing" isa check
	expect 2 "isa check of what is nowhere" isa check nowhere
	expect 2 "isa without an action" isa
	expect 2 "an unknown action of isa" isa chekc clean
	says "an unknown action of isa" "did you mean 'check'?"
	expect 0 "isa run" isa run compute --json
	json "isa run"
	expect 1 "isa run where guests differ" isa run mirror --isa classic --technique trap_and_emulate
	echo 'jump nowhere' >bad.s
	expect 2 "isa run of a bad program" isa run bad.s
	says "isa run of a bad program" "bad.s"
	expect 2 "isa run with an unknown technique" isa run compute --technique trap
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
	expect 2 "--rows without a table" show a.h5 --rows
	expect 2 "--rows as CSV" show a.h5 hosts --rows --csv
	expect 0 "show hosts --rows" show a.h5 hosts --rows
	holds "--rows tells each column with its unit" grep -q '^  energy_j  *[0-9.e+]* J  (energy drawn)$' "$out"
	expect 0 "show --scenario" show a.h5 --scenario
	holds "show --scenario prints the scenario as it was" cmp "$out" "$small"
}

listing()
{
	local kind
	for kind in keys models policies traces catalog plots hypervisors mixes taxonomy states; do
		expect 0 "list $kind" list "$kind"
		holds "list $kind prints something" test -s "$out"
		silent_stderr "list $kind"
		expect 0 "list $kind --json" list "$kind" --json
		json "list $kind --json"
	done
	expect 0 "list keys hosts" list keys hosts
	expect 0 "list keys of an element" list keys hosts.0.count
	holds "list keys takes what --set takes" grep -q '^hosts\[\]\.count ' "$out"
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
	local pair
	for pair in popek_goldberg:machines hypervisor_types:overhead precopy_rounds:migration_rates \
		adaptive_rate_limit:migration_rates autoconverge:migration_guest hybrid:migration_compare \
		downtime_and_dirty_rate:migration_downtime remus:remus hardware_failure:availability \
		checkpoint_interval:checkpoint streaming_client:traffic long_distance:migration_distance \
		disk_mirroring:migration_stages incompatible_cpu:compatibility process_migration:dependency \
		hotspot_sandpiper:hotspots; do
		expect 0 "run ${pair%:*}" run "${pair%:*}" -o special.h5
		expect 0 "its plot ${pair#*:}" plot special.h5 "${pair#*:}" -o special
		holds "the plot ${pair#*:} is there" test -s "special/${pair#*:}.svg"
	done
	expect 2 "an unknown plot" plot a.h5 nosuch
	expect 0 "one plot" plot a.h5 "$("$vdcsim" plot --list | awk 'NR == 1 { print $1 }')" -o one
	holds "one plot is one file" test "$(find one -type f | wc -l)" -eq 1
	PATH=/nonexistent expect 3 "no gnuplot" plot a.h5 -o none
	expect 2 "a plot that the file has no data for" plot a.h5 machines -o none
	says "a plot that the file has no data for" "the plot 'machines' needs"
	expect 0 "several files in one plot" plot a.h5 c.h5 power cpu -o over
	holds "several files in one plot are one picture each" test "$(find over -type f | wc -l)" -eq 2
	expect 2 "several files in a plot for one" plot a.h5 c.h5 energy -o over
	expect 2 "a second file that is not there" plot a.h5 nowhere.h5 -o over
}

# Structure, rising times, and an end for every beginning.
timelines()
{
	expect 0 "timeline" timeline a.h5 -o a.json
	silent_stdout "timeline"
	holds "a timeline's times rise" jq -e '[.traceEvents[] | select(.ph != "M") | .ts] | . == sort' a.json
	holds "a timeline has lives, counters and names" jq -e '[.traceEvents[].ph] | unique | contains(["C", "M", "X"])' a.json
	holds "a timeline's events are whole" jq -e '.traceEvents | all(.pid >= 1 and .tid >= 0 and (.name | length > 0)
		and (.ph != "X" or .dur >= 0) and (.ph != "C" or .args.value != null))' a.json
	expect 0 "a timeline of a run with a migration" run "$tutorial" -o two.h5
	expect 0 "a timeline on stdout" timeline two.h5
	json "a timeline on stdout"
	holds "each arrow that starts ends" jq -e '[.traceEvents[] | select(.ph == "s" or .ph == "f")] | group_by(.id)
		| length > 0 and all(length == 2 and .[0].ph == "s" and .[0].ts <= .[1].ts)' "$out"
	{
		echo 'duration: 3 h'
		echo 'hosts: [{name: h, state: off, boot: {time: 60 s}}]'
		echo 'vms: [{start: 2 h}]'
		echo 'actions: [{at: 1 h, do: host_on, host: h-0}]'
	} >off.yaml
	expect 0 "a host that is off at first" run off.yaml -o off.h5
	expect 0 "a timeline of a host that is off at first" timeline off.h5
	holds "a host that is off at first is off until it boots" jq -e '[.traceEvents[] | select(.cat == "host")
		| [.name, .ts, .dur]] == [["off", 0, 3600e6], ["booting", 3600e6, 60e6]]' "$out"
	expect 0 "a short timeline" timeline a.h5 --hosts 3 --max-events 100 -o short.json
	says "a short timeline" "17 more hosts are left out"
	says "a short timeline" "--max-events"
	holds "a short timeline is short" jq -e '[.traceEvents[] | select(.ph != "M")] | length <= 100' short.json
	expect 2 "a timeline of nothing" timeline nowhere.h5
	expect 3 "a timeline into no folder" timeline a.h5 -o nowhere/a.json
}

reporting()
{
	expect 0 "report" report a.h5 -o a.html
	silent_stdout "report"
	holds "a report is a page" grep -q '^</html>' a.html
	expect 0 "a report on stdout" report a.h5 --rows 3
	says "a report on stdout" "rows of tables are left out"
	expect 2 "a report of nothing" report nowhere.h5
	PATH=/nonexistent expect 3 "a report without gnuplot" report a.h5 -o none.html
	holds "a report without gnuplot leaves no file" test ! -e none.html
}

# A full disk, as a limit on the size of files: no root needed, and the same error from write().
# A trace made here: two machines that alternate between 10 % and 60 %, each level for 8 samples.
fitting()
{
	local generator day=traces_made/day
	mkdir -p $day
	awk 'BEGIN { for (k = 0; k < 288; k++) print int(k / 8) % 2 ? 60 : 10 }' >$day/a
	awk 'BEGIN { for (k = 0; k < 288; k++) print int((k + 3) / 8) % 2 ? 60 : 10 }' >$day/b
	for generator in ar1 on_off diurnal; do
		expect 0 "trace fit of $generator" trace fit traces_made --subset day --format planetlab -g $generator --json
		json "trace fit of $generator"
		holds "trace fit names $generator" jq -e ".demand.generator == \"$generator\" and .ks_distance <= 1" "$out"
	done
	expect 0 "trace fit as text" trace fit traces_made --subset day --format planetlab -g on_off
	holds "trace fit finds the two levels" grep -q 'distance.*: 0\.0' "$out"
	holds "trace fit prints YAML" grep -q '^ *most: 60 %' "$out"
	{
		echo 'hosts: [{}]'
		echo 'vms:'
		echo '  - name: web'
		sed -n '/^ *demand:/,$p' "$out"
	} >fitted.yaml
	expect 0 "the YAML of trace fit is a scenario's" check fitted.yaml
	expect 2 "trace fit without a trace" trace fit
	expect 2 "trace fit of a trace that is nowhere" trace fit nowhere --format planetlab
	expect 2 "trace fit of an unknown generator" trace fit traces_made --generator ar2
	says "trace fit of an unknown generator" "ar1"
}

disk_full()
{
	local status
	(ulimit -f 1; exec "$vdcsim" run "$small" -o full/x.h5) >"$out" 2>"$err"
	status=$?
	holds "a full disk ends with status 3" test "$status" -eq 3
	says "a full disk names the file" "full/x.h5"
	holds "a full disk leaves no file" test -z "$(ls full)"
	cp a.h5 full/old.h5
	(ulimit -f 1; exec "$vdcsim" run "$small" -o full/old.h5) >"$out" 2>"$err"
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
	mkdir left
	touch left/x.h5.part-Ab3xYz left/x.h5.part-mine left/y.h5.part-Ab3xYz
	expect 0 "a run after one that was killed" run "$small" -o left/x.h5
	holds "what a killed run left beside its file is gone, and only that" \
		test "$(ls left | tr '\n' ' ')" = "x.h5 x.h5.part-mine y.h5.part-Ab3xYz "
	touch left/x.h5.part-Ab3xYz
	flock left/x.h5.part-Ab3xYz "$vdcsim" run "$small" -o left/x.h5 >/dev/null 2>&1
	holds "what another still writes stays" test -e left/x.h5.part-Ab3xYz
}

tracing()
{
	printf 'vm,when,load\na,0,10\nb,0,50\na,60,30\nb,60,70\n' >own.csv
	expect 2 "trace without an action" trace
	expect 2 "an unknown action of trace" trace infp own.csv
	says "an unknown action of trace" "did you mean 'info'?"
	expect 2 "a CSV without a map" trace info own.csv --format csv
	says "a CSV without a map" "needs a map of its columns"
	expect 0 "trace info of a CSV" trace info own.csv --subset 'time=when s, row=vm, cpu=load %' --json
	json "trace info of a CSV"
	holds "trace info has rows, axis and moments" jq -e '.rows == 2 and .axis.period_s == 60 and
		(.columns.cpu.mean - 0.4 | fabs) < 1e-12' "$out"
	expect 0 "trace convert" trace convert own.csv --subset 'time=when,row=vm,cpu=load %' -o again.csv
	holds "trace convert writes a line a sample" test "$(wc -l <again.csv)" -eq 5
	expect 0 "what was converted is read" trace info again.csv --subset 'row=row, time=time_s, cpu=cpu' --json
	holds "what was converted is the same" jq -e '(.columns.cpu.mean - 0.4 | fabs) < 1e-12' "$out"
	expect 0 "trace plot" trace plot own.csv --subset 'time=when,row=vm,cpu=load %' -o traceplots
	holds "trace plot draws each column" test -s traceplots/trace_cpu.svg
	expect 0 "trace fetch --dry-run" trace fetch planetlab --dry-run
	holds "trace fetch --dry-run tells the address" grep -q 'https://github.com/beloglazov' "$out"
	expect 2 "trace fetch of an unknown trace" trace fetch planetlib
	says "trace fetch of an unknown trace" "did you mean 'planetlab'?"
}

# A copy of the program, far from any traces, with a proxy where nobody listens in the place of the network.
fetching_without_network()
{
	mkdir -p far/bin far/cwd
	cp "$vdcsim" far/bin/vdcsim
	local vdcsim=$work/far/bin/vdcsim
	export XDG_CACHE_HOME=$work/far/cache VDCSIM_TRACES=$work/far/none VDCSIM_CACHE=on
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 https_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1
	cd far/cwd || exit 3
	# What a fetching left that was killed: of a process that cannot be, since ids end at 2^22.
	local folder
	folder=$("$vdcsim" trace fetch planetlab --dry-run | sed -n 's/^git init -q \(.*\)\/\.fetch-.*/\1/p')
	mkdir -p "$folder/.fetch-planetlab-4194400"
	expect 3 "trace fetch without a network" trace fetch planetlab
	holds "trace fetch removes what a killed one left" test ! -e "$folder/.fetch-planetlab-4194400"
	silent_stdout "trace fetch without a network"
	says "trace fetch without a network" "cannot fetch the trace 'planetlab'"
	says "trace fetch without a network" "is there a network?"
	holds "trace fetch without a network keeps nothing" test -z "$(find "$work/far/cache" -type f)"
	expect 2 "trace fetch of what must be converted" trace fetch surf
	says "trace fetch of what must be converted" "Parquet"
	cd "$work" || exit 3
}

mkdir full
help_everywhere
tracing
fitting
bad_command_lines
running
fair_sharing
overheads
cluster_power
losses
instruction_sets
sameness
showing
listing
plotting
timelines
reporting
disk_full
killed
fetching_without_network
cd "$root" || exit 3
finish

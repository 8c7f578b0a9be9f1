#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sweeps on this machine: every run once, whoever is killed; failures told; collected and compared.
. "$(dirname "$0")/lib.sh"
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export VDCSIM_SCENARIOS=$root/scenarios
cd "$work" || exit 3
out=$work/.out err=$work/.err

says() { holds "$1: says '$2'" grep -qF -- "$2" "$err" "$out"; }

study()
{
	cat >"$1" <<-END
	scenario: precopy_rounds
	axes:
	  - {key: hosts.0.nic, values: [1 Gbit/s, 4 Gbit/s]}
	  - {key: vms.0.dirty.rate, values: [10 MB/s, 40 MB/s]}
	replications: $2
	metrics: [migration_time_mean_s]
	END
}

# The digests of all runs in a collected file, sorted: what came out, whoever ran it.
digests() { h5dump -d /runs/digest "$1" | grep -oE '[0-9a-f]{32}' | sort; }

whole()
{
	study study.yaml 3
	expect 0 "a sweep" sweep study.yaml -o a
	says "a sweep" "12 runs done, 0 failed, 0 left"
	expect 0 "the same again" sweep study.yaml -o a
	says "the same again" "12 runs done, 0 failed, 0 left"
	expect 0 "its status" sweep status a
	expect 0 "collected" sweep collect a -o a.h5
	expect 0 "one worker" sweep study.yaml -o one --workers 1
	expect 0 "one worker collected" sweep collect one -o one.h5
	same "one worker and many give the same" "$(digests a.h5)" "$(digests one.h5)"
	expect 0 "compared" compare a.h5 --by nic
	says "compared" "4 Gbit/s"
	expect 0 "compared as JSON" compare a.h5 --by hosts.0.nic --metric energy_j --json
	expect 2 "by a key that no axis has" compare a.h5 --by nicc
	says "by a key that no axis has" "allowed: hosts.0.nic"
	expect 2 "a metric that there is not" compare a.h5 --by nic --metric energy
	expect 2 "a results file is no study" compare study.yaml --by nic
	study other.yaml 4
	expect 2 "another study in the same folder" sweep other.yaml -o a
	says "another study in the same folder" "holds another study"
}

# The parent is killed in the middle; what was done stays, what was not is run once.
killed()
{
	study study.yaml 100
	"$vdcsim" sweep study.yaml -o k --workers 2 >/dev/null 2>&1 &
	local pid=$!
	for _ in $(seq 100); do
		[ "$(cat k/log-* 2>/dev/null | wc -c)" -gt 20000 ] && break
		sleep 0.01
	done
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	printf 'a torn end' >>"$(ls -t k/log-* | head -1)"
	expect 0 "resumed after kill -9" sweep resume k
	says "resumed after kill -9" "400 runs done, 0 failed, 0 left"
	expect 0 "collected after kill -9" sweep collect k -o k.h5
	same "each run is there once" "$(h5dump -H -d /runs/seed k.h5 | grep -oE '\( [0-9]+ \)' | head -1)" "( 400 )"
}

# One run is killed: it is told with its signal, the others go on, and it is run again.
run_killed()
{
	cat >slow.yaml <<-END
	scenario: generated_small
	set: [duration=2h, vms.0.count=100000, hosts.0.count=20000]
	replications: 3
	END
	"$vdcsim" sweep slow.yaml -o w --workers 1 >"$out" 2>"$err" &
	local pid=$! child=
	for _ in $(seq 200); do
		child=$(pgrep -P $pid | head -1)
		[ -n "$child" ] && kill -9 "$child" 2>/dev/null && break
		sleep 0.01
	done
	wait $pid
	same "a sweep with a killed run has runs left" "$?" 1
	says "a killed run" "Killed"
	says "a killed run" "2 runs done, 1 failed, 1 left"
	expect 0 "the killed run again" sweep resume w
	says "the killed run again" "3 runs done, 0 failed, 0 left"
}

# The disk is full in the middle: nothing that was done is lost, and the rest is done when there is room.
disk_full()
{
	mkdir disk
	if ! mount -t tmpfs -o size=64k tmpfs disk 2>/dev/null; then
		skip "a full disk" "only root may make a small one"
		return
	fi
	study study.yaml 40
	expect 3 "a full disk" sweep study.yaml -o disk/s
	says "a full disk" "No space left on device"
	mount -o remount,size=4m disk
	expect 0 "resumed with room" sweep resume disk/s
	says "resumed with room" "160 runs done, 0 failed, 0 left"
	umount disk
}

failing()
{
	cat >bad.yaml <<-END
	scenario: precopy_rounds
	axes: [{key: vms.0.ram, values: [1 GiB, 64 GiB, 2 GiB]}]
	END
	expect 1 "a run that cannot be" sweep bad.yaml -o f
	says "a run that cannot be" "2 runs done, 1 failed, 1 left"
	says "a run that cannot be" "vdcsim run precopy_rounds --set 'vms.0.ram=64 GiB'"
	expect 0 "status of a sweep with a failure" sweep status f
	expect 2 "no folder of a sweep" sweep status .
	expect 2 "no folder at all" sweep status nowhere
	: >f/origin
	expect 2 "a damaged origin" sweep status f
	says "a damaged origin" "is damaged"
	expect 2 "a study without output" sweep bad.yaml
	expect 2 "too many workers" sweep bad.yaml -o f --workers 0
	echo "scenario: precopy_rounds
metrics: [energi_j]" >metric.yaml
	expect 2 "a metric that no run has" sweep metric.yaml -o m
	says "a metric that no run has" "did you mean 'energy_j'?"
}

until_sure()
{
	cat >until.yaml <<-END
	scenario: generated_small
	set: [duration=1h]
	until: {metric: energy_j, half_width: 0.2 %, least: 3, most: 40}
	END
	expect 0 "until it is sure" sweep until.yaml -o u
	expect 0 "collected until it is sure" sweep collect u -o u.h5
	local n
	n=$(h5dump -H -d /runs/seed u.h5 | grep -oE '\( [0-9]+ \)' | head -1 | tr -dc 0-9)
	if [ "$n" -ge 3 ] && [ "$n" -le 40 ]; then pass; else fail "until it is sure: $n runs"; fi
}

whole
killed
run_killed
disk_full
failing
until_sure
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sweeps on a real Slurm: a controller and three nodes on loopback, in a folder of their own, ended by process id.
#
#   tests/slurm.sh            200 runs, each with the digest of the local pool
#   tests/slurm.sh --faults   2000 runs, then a node killed with its jobs, and the controller killed while busy
. "$(dirname "$0")/lib.sh"
root=$PWD
faults=0 runs=200
[ "${1:-}" = --faults ] && faults=1 runs=2000
work=$(mktemp -d /tmp/vdcslurm.XXXX) # short: the names of sockets are limited
export VDCSIM_SCENARIOS=$root/scenarios SLURM_CONF=$work/slurm.conf
host=$(hostname -s)
nodes=(n1 n2 n3)
pids=()

# stop_all: what we started, and what these left behind: their job processes carry our cluster's name.
stop_all()
{
	local pid
	scancel --quiet --user=root 2>/dev/null
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null
	done
	sleep 0.5
	for pid in /proc/[0-9]*; do
		if { tr '\0' '\n' <"$pid/environ"; } 2>/dev/null | grep -qx "SLURM_CONF=$work/slurm.conf" \
			&& [ "${pid#/proc/}" != $$ ] && [ "${pid#/proc/}" != "$BASHPID" ]; then
			kill -9 "${pid#/proc/}" 2>/dev/null
		fi
	done
	rm -rf "$work"
}
trap stop_all EXIT

packages_ready()
{
	command -v slurmctld >/dev/null && command -v munged >/dev/null && return
	[ "$(id -u)" -eq 0 ] || return
	apt-get install -y --no-install-recommends slurm-wlm munge >"$work/apt.log" 2>&1
	command -v slurmctld >/dev/null && command -v munged >/dev/null
}

write_conf()
{
	cat >"$work/slurm.conf" <<-END
	ClusterName=vdcsim
	SlurmctldHost=$host(127.0.0.1)
	SlurmctldPort=$((16817 + $$ % 2000))
	SlurmUser=root
	SlurmdUser=root
	AuthType=auth/munge
	AuthInfo=socket=$work/munge.sock
	CredType=cred/munge
	StateSaveLocation=$work/state
	SlurmdSpoolDir=$work/spool-%n
	SlurmctldPidFile=$work/slurmctld.pid
	SlurmdPidFile=$work/slurmd-%n.pid
	SlurmctldLogFile=$work/slurmctld.log
	SlurmdLogFile=$work/slurmd-%n.log
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	SwitchType=switch/none
	MpiDefault=none
	CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
	SelectType=select/cons_tres
	SelectTypeParameters=CR_CPU
	SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=0,default_queue_depth=1000
	SlurmdTimeout=5
	MessageTimeout=3
	BatchStartTimeout=10
	ReturnToService=2
	JobRequeue=1
	SlurmdParameters=config_overrides
	END
	local port=$((18817 + $$ % 2000))
	for node in "${nodes[@]}"; do
		echo "NodeName=$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$port CPUs=2 State=UNKNOWN"
		port=$((port + 1))
	done >>"$work/slurm.conf"
	echo "PartitionName=all Nodes=n[1-3] Default=YES MaxTime=INFINITE State=UP" >>"$work/slurm.conf"
}

begin_munge()
{
	dd if=/dev/urandom of="$work/munge.key" bs=1024 count=1 2>/dev/null
	chmod 600 "$work/munge.key"
	munged --force --key-file="$work/munge.key" --socket="$work/munge.sock" --pid-file="$work/munge.pid" \
		--log-file="$work/munge.log" --seed-file="$work/munge.seed" --origin=127.0.0.1
	for _ in $(seq 50); do [ -s "$work/munge.pid" ] && break; sleep 0.1; done
	pids+=("$(cat "$work/munge.pid")")
}

begin_controller()
{
	slurmctld -f "$work/slurm.conf" -D >"$work/ctld.out" 2>&1 &
	controller=$!
	pids+=("$controller")
}

begin_node()
{
	slurmd -f "$work/slurm.conf" -N "$1" -D >"$work/$1.out" 2>&1 &
	node_pid=$!
	pids+=("$node_pid")
}

begin_cluster()
{
	mkdir "$work/state"
	for node in "${nodes[@]}"; do mkdir "$work/spool-$node"; done
	write_conf
	begin_munge
	begin_controller
	for node in "${nodes[@]}"; do begin_node "$node"; done
	for _ in $(seq 150); do
		[ "$(sinfo -h -o '%D %t' 2>/dev/null)" = "3 idle" ] && return 0
		sleep 0.2
	done
	sinfo >&2
	tail -5 "$work"/*.log >&2
	return 1
}

study()
{
	cat >"$work/study.yaml" <<-END
	scenario: precopy_rounds
	axes:
	  - {key: hosts.0.nic, values: [1 Gbit/s, 4 Gbit/s]}
	  - {key: vms.0.dirty.rate, from: 1 MB/s, to: 50 MB/s, steps: 10}
	replications: $((runs / 20))
	END
}

digests() { h5dump -d /runs/name -d /runs/digest "$1" | grep -oE '"[0-9a-f]{16,32}"' | paste -sd' ' | md5sum; }

# sweep NAME: what the local pool gave is what the cluster gives; nothing is lost, nothing twice.
check()
{
	"$vdcsim" sweep collect "$work/$1" -o "$work/$1.h5" >"$work/$1.out" 2>/dev/null
	same "$1: every run is there" "$(head -1 "$work/$1.out")" "$runs runs done, 0 failed, 0 left"
	same "$1: each once, with the digest of the local pool" "$(digests "$work/$1.h5")" "$(digests "$work/local.h5")"
}

if ! packages_ready; then
	skip "sweeps on Slurm" "slurm-wlm and munge are not installed, and only root may"
	finish
fi
begin_cluster || { fail "the cluster does not start"; finish; }
study
"$vdcsim" sweep "$work/study.yaml" -o "$work/local" >/dev/null 2>&1
"$vdcsim" sweep collect "$work/local" -o "$work/local.h5" >/dev/null 2>&1
begun=$(date +%s%N)
"$vdcsim" sweep "$work/study.yaml" -o "$work/cluster" --slurm --nodes 6 --chunk $((runs / 12 + 1)) >"$work/sweep.out" 2>&1
same "the sweep ends well" "$?" 0
echo "slurm: $runs runs in $((($(date +%s%N) - begun) / 1000000)) ms" >&2
check cluster
if [ "$faults" -eq 1 ]; then
	# A node goes with all its processes while it works.
	"$vdcsim" sweep "$work/study.yaml" -o "$work/node" --slurm --nodes 6 --chunk 20 >"$work/sweep.out" 2>&1 &
	sweep=$!
	sleep 1.5
	kill -9 "$node_pid"
	sleep 8
	begin_node n3
	for _ in $(seq 60); do kill -0 $sweep 2>/dev/null || break; scontrol update JobId="$(squeue -h -o %A | head -1)" StartTime=now 2>/dev/null; sleep 1; done
	wait $sweep
	same "a node killed: the sweep ends well" "$?" 0
	check node
	# A node stops answering: its runs are done elsewhere, and maybe there, too; each counts once.
	"$vdcsim" sweep "$work/study.yaml" -o "$work/silent" --slurm --nodes 6 --chunk 20 >"$work/sweep.out" 2>&1 &
	sweep=$!
	sleep 1.5
	kill -STOP "$node_pid"
	sleep 8
	kill -CONT "$node_pid"
	for _ in $(seq 60); do kill -0 $sweep 2>/dev/null || break; scontrol update JobId="$(squeue -h -o %A | head -1)" StartTime=now 2>/dev/null; sleep 1; done
	wait $sweep
	same "a silent node: the sweep ends well" "$?" 0
	check silent
	# The controller goes while jobs wait, and comes back.
	"$vdcsim" sweep "$work/study.yaml" -o "$work/controller" --slurm --nodes 6 --chunk 20 >"$work/sweep.out" 2>&1 &
	sweep=$!
	sleep 1.5
	kill -9 "$controller"
	sleep 2
	begin_controller
	sleep 3
	scontrol update NodeName=ALL State=RESUME 2>/dev/null
	wait $sweep
	status=$?
	[ "$status" -eq 0 ] || { "$vdcsim" sweep resume "$work/controller" >/dev/null 2>&1; }
	check controller
fi
finish

# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine on which something is measured, and what else ran: whatever can be read, and null for the rest."""
import gzip
import os
import platform
import re


def text(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()
    except OSError:
        return None


def number(path):
    found = text(path)
    return int(found) if found and found.strip().lstrip("-").isdigit() else None


def kernel_configuration():
    """CONFIG_HZ and what preempts, from the kernel itself or from /boot."""
    try:
        with gzip.open("/proc/config.gz", "rt") as f:
            lines = f.read()
    except OSError:
        lines = text("/boot/config-" + platform.release()) or ""
    wanted = ("HZ", "PREEMPT", "PREEMPT_NONE", "PREEMPT_VOLUNTARY", "PREEMPT_LAZY", "PREEMPT_DYNAMIC", "NO_HZ_IDLE",
              "NO_HZ_FULL", "SCHED_AUTOGROUP", "SCHED_HRTICK")
    found = dict(re.findall(r"^CONFIG_(\w+)=(.*)$", lines, re.M))
    return {name.lower(): found.get(name) for name in wanted} if found else None


def base_slice_ns():
    """From debugfs; where that is locked, from what the kernel tells of this very process."""
    found = number("/sys/kernel/debug/sched/base_slice_ns")
    if found:
        return found
    debug = re.search(r"sysctl_sched_base_slice\s*:\s*([\d.]+)", text("/sys/kernel/debug/sched/debug") or "")
    if debug:
        return round(float(debug.group(1)) * 1e6)
    own = re.search(r"^se\.slice\s*:\s*(\d+)", text("/proc/self/sched") or "", re.M)
    return int(own.group(1)) if own else None


def features():
    found = text("/sys/kernel/debug/sched/features")
    if found:
        return found.split()
    bits = re.search(r"sysctl_sched_features\s*:\s*(\d+)", text("/sys/kernel/debug/sched/debug") or "")
    return "bits " + bits.group(1) if bits else None


def cpu():
    info = text("/proc/cpuinfo") or ""
    model = re.search(r"^model name\s*:\s*(.*)$", info, re.M)
    flags = re.search(r"^flags\s*:\s*(.*)$", info, re.M)
    return {"model": model.group(1) if model else platform.machine(), "cores": os.cpu_count(),
            "is_a_guest": "hypervisor" in flags.group(1).split() if flags else None}


def describe():
    return {
        "kernel": platform.release(), "kernel_version": platform.version(), "cpu": cpu(),
        "kernel_configuration": kernel_configuration(),
        "scheduler": {
            "base_slice_ns": base_slice_ns(), "features": features(),
            "preempt": (text("/sys/kernel/debug/sched/preempt") or "").strip() or None,
            "cap_slice_us": number("/proc/sys/kernel/sched_cfs_bandwidth_slice_us"),
            "autogroup": number("/proc/sys/kernel/sched_autogroup_enabled"),
        },
    }


def cpu_times():
    """Seconds since boot that all cores were busy, and that their hypervisor stole."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = (
        int(x) for x in (text("/proc/stat") or "cpu" + " 0" * 8).split("\n", 1)[0].split()[1:9])
    tick = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + softirq) / tick, steal / tick


def processes():
    """CPU seconds used so far, by (pid, start): of kernel threads and of programs."""
    tick, kernel, programs = os.sysconf("SC_CLK_TCK"), {}, {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        fields = (text("/proc/%s/stat" % pid) or "").rpartition(")")[2].split()
        if fields:
            is_kernel = int(fields[6]) & 0x200000  # PF_KTHREAD
            (kernel if is_kernel else programs)[(pid, fields[19])] = (int(fields[11]) + int(fields[12])) / tick
    return kernel, programs


def used_between(before, after, elapsed_s):
    """What kernel threads used, and how many programs used more than half a percent of a core. No names: what else
    runs on a machine is not for a file that is passed on."""
    used = [{key: (seconds - old.get(key, 0)) / elapsed_s for key, seconds in new.items()}
            for old, new in zip(before, after)]
    return {"kernel_threads_cpus": round(sum(used[0].values()), 4),
            "busy_programs": sum(cpus > 0.005 for cpus in used[1].values())}

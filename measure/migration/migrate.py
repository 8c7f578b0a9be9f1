# SPDX-License-Identifier: GPL-3.0-or-later
"""One migration of a guest, and all that was seen of it; row.py makes a row of it."""
import dataclasses
import os
import signal
import socket
import subprocess
import time

from guest import TICK_S, cpu_s, die_with_parent, end_process

MIB = 1 << 20
WARM_S = 1.0          # the writer at work before the migration starts
AFTER_S = 0.6         # heartbeats looked at after its end
POLL_S, SLOW_POLL_S, SLOW_AFTER_S = 0.020, 0.050, 2.0  # also when a switch rule is looked at
NEVER_ENDS_S = 120    # past the limit: post-copy cannot be cancelled
BURST_US, CHUNK_BYTES = 10000, 65536  # of the relay
MULTIFD_CHANNELS = 2
OPTIONS = ("auto-converge", "xbzrle", "multifd")


class Stuck(Exception):
    pass


@dataclasses.dataclass
class Poll:
    """QEMU's counters at one moment after the start."""
    at_s: float
    status: str
    reply: dict

    @property
    def ram(self):
        return self.reply.get("ram", {})


@dataclasses.dataclass
class Usage:
    """CPU seconds since boot: the machine's, its hypervisor's theft, and those of our processes."""
    busy_s: float
    stolen_s: float
    source_s: float
    destination_s: float
    harness_s: float

    @staticmethod
    def now(source, destination, relay):
        with open("/proc/stat", encoding="ascii") as f:
            v = [int(x) * TICK_S for x in f.readline().split()[1:9]]
        own = os.times()
        return Usage(sum(v) - v[3] - v[4] - v[7], v[7],
                     source.cpu_s(), destination.cpu_s() if destination else 0.0,
                     own.user + own.system + (cpu_s(relay.pid) if relay else 0.0))

    def since(self, earlier):
        return Usage(*(b - a for a, b in zip(dataclasses.astuple(earlier), dataclasses.astuple(self))))

    @property
    def foreign_s(self):
        return max(0.0, self.busy_s - self.source_s - self.destination_s - self.harness_s)


@dataclasses.dataclass
class Seen:
    """Times are wall-clock seconds; source and destination are the processes, still there."""
    warm_s: float
    begin_s: float
    end_s: float
    polls: list
    status: str
    cancelled: bool
    events: list
    source: object
    destination: object
    usage: Usage
    used_for_s: float


def set_up(source, destination, point):
    """Capabilities and parameters, the same on both sides."""
    wanted = set(filter(None, point["caps"].split("+"))) | {"events"}
    if point["mode"] in ("postcopy", "hybrid"):
        wanted.add("postcopy-ram")
    states = [{"capability": c, "state": c in wanted} for c in ("events", "postcopy-ram") + OPTIONS]
    parameters = {"max-bandwidth": int(point["bw_mib_s"] * MIB), "downtime-limit": point["dlimit_ms"],
                  "max-postcopy-bandwidth": int(point["bw_mib_s"] * MIB)}
    if "multifd" in wanted:
        parameters["multifd-channels"] = MULTIFD_CHANNELS
    for qmp in (source.qmp, destination.qmp):
        qmp.command("migrate-set-capabilities", {"capabilities": states})
        qmp.command("migrate-set-parameters", parameters)


def open_channel(destination, point, relay_program):
    """Where the source is to connect, and the relay in between, if any."""
    address = "unix:%s/channel" % destination.folder
    if point["channel"] == "tcp":
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            address = "tcp:127.0.0.1:%d" % s.getsockname()[1]
    destination.qmp.command("migrate-incoming", {"uri": address})
    if not point["link_mib_s"]:
        return address, None
    relay = subprocess.Popen(
        [relay_program, destination.folder + "/link", destination.folder + "/channel",
         str(int(point["link_mib_s"] * MIB)), str(BURST_US), str(CHUNK_BYTES)],
        stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
    return "unix:%s/link" % destination.folder, relay


def must_switch(point, poll):
    """To post-copy: at once, or when the second pass has begun."""
    if point["mode"] not in ("postcopy", "hybrid") or poll.status != "active":
        return False
    return point["switch_rule"] == "start" or poll.ram.get("dirty-sync-count", 0) >= 2


def follow(qmp, point, begin_s):
    """Polls until it has ended; (polls, whether it was cancelled)."""
    polls, cancelled, switched = [], False, False
    while True:
        reply = qmp.command("query-migrate")
        poll = Poll(time.time() - begin_s, reply.get("status", "none"), reply)
        polls.append(poll)
        if poll.status in ("completed", "failed", "cancelled"):
            return polls, cancelled
        if not switched and must_switch(point, poll):
            qmp.command("migrate-start-postcopy")
            switched = True
        if not cancelled and poll.at_s > point["time_limit_s"] and poll.status in ("active", "setup"):
            qmp.command("migrate_cancel")
            cancelled = True
        if poll.at_s > point["time_limit_s"] + NEVER_ENDS_S:
            raise Stuck("the migration is %s after %.0f s" % (poll.status, poll.at_s))
        time.sleep(POLL_S if poll.at_s < SLOW_AFTER_S else SLOW_POLL_S)


def wait_running(qmp, cold):
    """A guest that was stopped before it left stays so. It is told to go on once it has arrived: told before,
    the destination forgets it."""
    end, told = time.monotonic() + 60, not cold
    while True:
        status = qmp.command("query-status")["status"]
        if status == "running" and qmp.times_of("RESUME"):
            return
        if not told and status != "inmigrate":
            qmp.command("cont")
            told = True
        if time.monotonic() > end:
            raise Stuck("the guest is %s at its destination" % status)
        time.sleep(0.01)


def migrate(guest, point, relay_program):
    """Moves the guest; it goes on at the destination, or at the source when it was cancelled or failed."""
    guest.work(point)
    source, destination, relay = guest.process, guest.new_process(incoming=True), None
    arrived = False
    try:
        set_up(source, destination, point)
        address, relay = open_channel(destination, point, relay_program)
        warm_s = time.time()
        time.sleep(WARM_S)
        before, events = Usage.now(source, destination, relay), len(source.qmp.events)
        begin_s = time.time()
        if point["mode"] == "cold":
            source.qmp.command("stop")
        source.qmp.command("migrate", {"uri": address})
        polls, cancelled = follow(source.qmp, point, begin_s)
        end_s = time.time()
        status = polls[-1].status
        if status == "completed":
            wait_running(destination.qmp, point["mode"] == "cold")
        usage, used_for_s = Usage.now(source, destination, relay).since(before), time.time() - begin_s
        time.sleep(AFTER_S)
        arrived = status == "completed"
        return Seen(warm_s, begin_s, end_s, polls, status, cancelled, source.qmp.events_since(events), source,
                    destination, usage, used_for_s)
    finally:
        if relay:
            relay.send_signal(signal.SIGKILL)
            end_process(relay)
        if arrived:
            guest.moved_to(destination)
        else:
            destination.close()

# SPDX-License-Identifier: GPL-3.0-or-later
"""One QEMU process with its sockets, and the guest that lives in one after another."""
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

from qmp import Qmp

PR_SET_PDEATHSIG = 1
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
LIBC = ctypes.CDLL(None)


def die_with_parent():
    """Nothing of ours outlives the harness, however it ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def end_process(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_s(pid):
    """User and system time of a process, all its threads."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * TICK_S
    except OSError:
        return 0.0


def listen(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(1)
    server.settimeout(20)
    return server


class Heartbeat(threading.Thread):
    """Stamps each beat on arrival; reports are (host seconds, guest nanoseconds, writes)."""

    def __init__(self, connection):
        super().__init__(daemon=True)
        self._connection, self.beats, self.reports = connection, [], []
        self.start()

    def run(self):
        buffer = b""
        try:
            while data := self._connection.recv(4096):
                now = time.time()
                if b"." in data:
                    self.beats.append(now)
                *lines, buffer = (buffer + data.replace(b".", b"")).split(b"\n")
                for words in (line.split() for line in lines):
                    if len(words) == 4 and words[0] == b"H" and all(w.isdigit() for w in words[1:]):
                        self.reports.append((now, int(words[2]), int(words[3])))
        except OSError:
            pass
        self._connection.close()


class Process:
    """One QEMU: running the guest, or waiting for it to come."""

    def __init__(self, command, folder, incoming):
        self.folder = folder
        os.makedirs(folder)
        servers = [listen(folder + "/serial"), listen(folder + "/beat")]
        words = ["-chardev", "socket,id=serial,path=%s/serial" % folder, "-serial", "chardev:serial",
                 "-chardev", "socket,id=beat,path=%s/beat" % folder,
                 "-device", "isa-debugcon,iobase=0xe9,chardev=beat",
                 "-qmp", "unix:%s/qmp,server=on,wait=off" % folder]
        if incoming:
            words += ["-incoming", "defer"]
        with open(folder + "/messages", "wb") as messages:
            self.process = subprocess.Popen(command + words, stdin=subprocess.DEVNULL, stdout=messages,
                                            stderr=messages, preexec_fn=die_with_parent)
        try:
            self._serial, beat = (self._accept(s) for s in servers)
            self._serial.settimeout(0.1)
            self.heartbeat = Heartbeat(beat)
            self.qmp = Qmp(folder + "/qmp")
        except BaseException:
            end_process(self.process)
            raise
        finally:
            for server in servers:
                server.close()

    def _accept(self, server):
        try:
            return server.accept()[0]
        except TimeoutError:
            with open(self.folder + "/messages", encoding="utf-8") as f:
                raise RuntimeError("QEMU did not start: " + f.read().strip()) from None

    def cpu_s(self):
        return cpu_s(self.process.pid)

    def send(self, line):
        self._serial.sendall(line.encode() + b"\n")

    def wait_for(self, answer, timeout_s):
        end, buffer = time.monotonic() + timeout_s, b""
        while answer not in buffer:
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError("the guest did not say %r but %r" % (answer, buffer[-200:]))
            try:
                buffer += self._serial.recv(4096)
            except TimeoutError:
                pass

    def close(self):
        end_process(self.process)
        self._serial.close()
        self.qmp.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Guest:
    """A guest of one size; it is booted once, then goes from process to process."""

    def __init__(self, bench, ram_mib, fill_mib):
        self.ram_mib, self.fill_mib, self._bench, self._count = ram_mib, fill_mib, bench, 0
        cpu = "host,arch-capabilities=off" if bench.accel == "kvm" else "max"
        self._command = bench.qemu.command + [
            "-machine", "pc,accel=" + bench.accel, "-cpu", cpu, "-m", str(ram_mib), "-smp", "1",
            "-display", "none", "-nodefaults", "-no-reboot", "-kernel", bench.image,
            "-append", "fill=%d khz=%d" % (fill_mib, bench.khz)]
        began = time.monotonic()
        self.process = self.new_process(incoming=False)
        try:
            self.process.wait_for(b"READY\n", 240)
        except BaseException:
            self.close()
            raise
        self.boot_s = time.monotonic() - began

    def new_process(self, incoming):
        self._count += 1
        name = "g%d-%d-%d" % (self.ram_mib, self.fill_mib, self._count)
        return Process(self._command, os.path.join(self._bench.folder, name), incoming)

    def work(self, point):
        """Sets the writer; what it did before is forgotten."""
        self.process.send("ws=%d pat=%s rate=%d wbytes=%d" % (
            point["ws_mib"], point["pattern"][0], point["rate_req_pps"], point["wbytes"]))
        self.process.wait_for(b"SET\n", 15)

    def moved_to(self, process):
        self.process.close()
        self.process = process

    def close(self):
        self.process.close()

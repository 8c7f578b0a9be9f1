# SPDX-License-Identifier: GPL-3.0-or-later
"""QEMU's control socket: commands are answered in turn; events are kept with QEMU's own time stamps."""
import itertools
import json
import socket
import threading
import time


class QmpError(Exception):
    pass


def connect(path, timeout_s):
    """QEMU makes its socket some time after it was started."""
    end = time.monotonic() + timeout_s
    while True:
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(path)
            return s
        except OSError:
            s.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


class Qmp:
    """events is a list of {"event", "data", "at_s"}; at_s is wall-clock time."""

    def __init__(self, path, timeout_s=20):
        self._socket = connect(path, timeout_s)
        self._replies, self._ids = {}, itertools.count()
        self._changed, self._closed = threading.Condition(), False
        self.events = []
        threading.Thread(target=self._read, daemon=True).start()
        self.command("qmp_capabilities")

    def close(self):
        self._socket.close()

    def command(self, name, arguments=None, timeout_s=90):
        request = {"execute": name, "id": next(self._ids)}
        if arguments:
            request["arguments"] = arguments
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        end = time.monotonic() + timeout_s
        with self._changed:
            while request["id"] not in self._replies:
                if self._closed or time.monotonic() > end:
                    raise QmpError("%s: %s" % (name, "connection closed" if self._closed else "no answer"))
                self._changed.wait(0.5)
            reply = self._replies.pop(request["id"])
        if "error" in reply:
            raise QmpError("%s: %s" % (name, reply["error"].get("desc", reply["error"])))
        return reply["return"]

    def events_since(self, count):
        with self._changed:
            return list(self.events[count:])

    def times_of(self, name, since=0):
        return [e["at_s"] for e in self.events_since(since) if e["event"] == name]

    def _take(self, line):
        message = json.loads(line)
        with self._changed:
            if "event" in message:
                stamp = message["timestamp"]
                self.events.append({"event": message["event"], "data": message.get("data", {}),
                                    "at_s": stamp["seconds"] + stamp["microseconds"] / 1e6})
            elif "id" in message:
                self._replies[message["id"]] = message
            self._changed.notify_all()

    def _read(self):
        buffer = b""
        try:
            while data := self._socket.recv(65536):
                *lines, buffer = (buffer + data).split(b"\n")
                for line in filter(bytes.strip, lines):
                    self._take(line)
        except OSError:
            pass
        with self._changed:
            self._closed = True
            self._changed.notify_all()

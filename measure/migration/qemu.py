# SPDX-License-Identifier: GPL-3.0-or-later
"""Which QEMU, which accelerator, and the programs that are built on the spot: guest, relay."""
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "../.."))
LEAST_VERSION = 9  # before it, QEMU without KVM loses pages that were written (its dirty bitmap's short cut)
HOW_TO_GET = """QEMU of at least version 9.0 is needed: older ones lose written pages when they translate.
On Debian 12 it is in bookworm-backports; `measure/migration/get-qemu` unpacks it into build/measure/qemu and
installs nothing. Elsewhere name one with --qemu or $VDCSIM_QEMU."""
FLAGS = "-std=gnu11 -O2 -Wall -Wextra".split()
FREESTANDING = ("-ffreestanding -fno-stack-protector -fno-pic -mno-red-zone -mgeneral-regs-only "
                "-fcf-protection=none -fno-asynchronous-unwind-tables "
                "-fno-tree-loop-distribute-patterns").split()


class NotPossible(Exception):
    """What is missing here, for people."""


class Qemu:
    def __init__(self, program):
        self.program, self.version = program, version_of(program)
        share = os.path.join(os.path.dirname(program), "../share")
        unpacked = os.path.dirname(os.path.realpath(program)) not in ("/usr/bin", "/usr/local/bin")
        folders = [os.path.join(share, name) for name in ("qemu", "seabios")] if unpacked else []
        self.command = [program] + [word for f in folders if os.path.isdir(f) for word in ("-L", f)]


def version_of(program):
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"version (\d+\.\d+(\.\d+)?)", done.stdout)
    if not found:
        raise NotPossible("%s does not tell its version: %s" % (program, done.stderr.strip()))
    if int(found.group(1).split(".")[0]) < LEAST_VERSION:
        raise NotPossible("%s is version %s. %s" % (program, found.group(1), HOW_TO_GET))
    return found.group(1)


def find(wanted):
    """The one asked for, or the one unpacked here, or the one installed."""
    name = "qemu-system-x86_64"
    unpacked = os.path.join(ROOT, "build/measure/qemu/usr/bin", name)
    for program in (wanted, os.environ.get("VDCSIM_QEMU"), unpacked if os.path.exists(unpacked) else None,
                    shutil.which(name)):
        if program:
            if not (os.path.isfile(program) and os.access(program, os.X_OK)):
                raise NotPossible("%s is not a program" % program)
            return Qemu(os.path.abspath(program))
    raise NotPossible(HOW_TO_GET)


def accelerator(wanted):
    if wanted != "auto":
        return wanted
    return "kvm" if os.access("/dev/kvm", os.R_OK | os.W_OK) else "tcg"


def has_postcopy():
    """The destination must be allowed to handle its own page faults."""
    try:
        with open("/proc/sys/vm/unprivileged_userfaultfd", encoding="ascii") as f:
            return os.geteuid() == 0 or f.read().strip() == "1"
    except OSError:
        return os.geteuid() == 0


def run(*command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotPossible("guest and relay cannot be built: %s" % error) from None


def build(folder):
    """Compiles what is newer than its image; the paths of guest and relay, and the counter's rate."""
    os.makedirs(folder, exist_ok=True)
    compiler = os.environ.get("CC", "cc")

    def source(name):
        return os.path.join(HERE, name)

    def made(name):
        return os.path.join(folder, name)

    run(compiler, "-c", source("entry.S"), "-o", made("entry.o"))
    run(compiler, *FLAGS, *FREESTANDING, "-c", source("guest.c"), "-o", made("guest.o"))
    run("ld", "-m", "elf_x86_64", "-z", "noexecstack", "--no-warn-rwx-segments", "-T", source("guest.ld"),
        "--oformat", "binary", "-o", made("guest.bin"), made("entry.o"), made("guest.o"))
    for program in ("relay", "tsc"):
        run(compiler, *FLAGS, "-pthread", "-o", made(program), source(program + ".c"))
    khz = int(run(made("tsc")))
    print("guest and relay built; the time stamp counter runs at %d kHz" % khz, file=sys.stderr)
    return made("guest.bin"), made("relay"), khz

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which migrations are measured: points that fill the space of inputs, the same ones each time.

Points come in blocks of 40: five guests (one an octave of memory, 128 MiB to 4 GiB) of eight migrations
each. Within a block each input is a Latin hypercube: its range is cut into 40 equal parts and each is used
once, in an order of its own that a fixed seed shuffles. So any number of whole blocks is spread evenly, and
more blocks change none before.

Inputs are drawn where migrations differ, in ratios: bandwidth as the time that one copy takes, writing as a
share of that bandwidth. A run is in the set "fit" or, a third of them by a hash of its name, in "held": no
fit may see those.
"""
import hashlib
import random

RUNS_PER_GUEST, GUESTS_PER_BLOCK = 8, 5
RUNS_PER_BLOCK = RUNS_PER_GUEST * GUESTS_PER_BLOCK
SEED = 20261122
UNLIMITED_MIB_S = 4096   # a max-bandwidth that never limits
SOCKET_MIB_S = 300       # about what QEMU's migration thread sends over a bare socket
PAGES_PER_MIB = 256
LEAST_RAM_MIB, MOST_RAM_MIB = 128, 4096
LEAST_MIB_S, MOST_MIB_S, MOST_PPS = 16, 250, 40000
MOST_FILL_MIB = 2900     # the guest uses memory below the hole under 4 GiB only
# (mode, its option, share): cumulated over one stratified number.
KINDS = (("precopy", "", 0.35), ("precopy", "auto-converge", 0.10), ("precopy", "xbzrle", 0.07),
         ("precopy", "multifd", 0.07), ("postcopy", "", 0.13), ("hybrid", "", 0.20), ("cold", "", 0.08))
CHANNELS = (("link", 0.50), ("throttle", 0.38), ("socket", 0.12))
PATTERNS = (("uniform", 0.45), ("hotcold", 0.30), ("seq", 0.25))
DIMENSIONS = "kind channel pattern pass_s share rate dlimit tcp wbytes".split()


def latin(name, count):
    """A column of a Latin hypercube: one number of [0, 1) in each of `count` equal parts, shuffled."""
    chance = random.Random("%d %s" % (SEED, name))
    column = [(i + chance.random()) / count for i in range(count)]
    chance.shuffle(column)
    return column


def pick(table, u):
    """The row of a table of shares (its last column) that u falls into."""
    for row in table:
        u -= row[-1]
        if u < 0:
            return row
    return table[-1]


def between(low, high, u):
    """Evenly in the logarithm."""
    return low * (high / low) ** u


def guests_of(block):
    """(ram_mib, fill_mib) of a block's guests, in the order of memory: whole MiB, memory a multiple of 4."""
    fills = latin("fill %d" % block, GUESTS_PER_BLOCK)
    for u, fill in zip(sorted(latin("ram %d" % block, GUESTS_PER_BLOCK)), fills):
        ram = min(MOST_RAM_MIB, max(LEAST_RAM_MIB, 4 * round(between(115, 4600, u) / 4)))
        yield ram, int(min(ram * (0.25 + 0.65 * fill) - 8, MOST_FILL_MIB))


def bandwidth_of(channel, fill_mib, u):
    """(max-bandwidth, link, which of them counts): one copy of what is filled takes 0.4 to 20 s if it can."""
    low = max(LEAST_MIB_S, fill_mib / 20)
    mib_s = round(between(low, max(2 * low, min(MOST_MIB_S, fill_mib / 0.4)), u))
    if channel == "link":
        return UNLIMITED_MIB_S, mib_s, mib_s
    return (mib_s, "", mib_s) if channel == "throttle" else (UNLIMITED_MIB_S, "", SOCKET_MIB_S)


def rate_of(option, mib_s, u):
    """One in twelve writes nothing; the others from a fiftieth of the bandwidth to one and a half of it."""
    pages_per_s = mib_s * PAGES_PER_MIB
    high = min(1.5, MOST_PPS / pages_per_s)
    if option == "auto-converge":
        return round(between(0.4, high, u) * pages_per_s)
    return round(between(0.02, high, (u - 1 / 12) * 12 / 11) * pages_per_s) if u >= 1 / 12 else 0


def label_of(run_id):
    return "held" if int(hashlib.sha256(run_id.encode()).hexdigest(), 16) % 3 == 0 else "fit"


def point_of(run_id, guest, u):
    ram_mib, fill_mib = guest
    mode, option, _ = pick(KINDS, u["kind"])
    channel = pick(CHANNELS, u["channel"])[0]
    bw, link, mib_s = bandwidth_of(channel, fill_mib, u["pass_s"])
    patience_s = 30 if option == "auto-converge" else 5
    return {
        "run_id": run_id, "rep": 0, "set": label_of(run_id), "mode": mode, "caps": option, "ram_mib": ram_mib,
        "switch_rule": {"postcopy": "start", "hybrid": "pass2"}.get(mode, ""), "fill_mib": fill_mib,
        "ws_mib": max(4, round(fill_mib * between(0.03, 0.9, u["share"]))),
        "pattern": pick(PATTERNS, u["pattern"])[0],
        "rate_req_pps": rate_of(option, mib_s, u["rate"]), "bw_mib_s": bw, "link_mib_s": link,
        "wbytes": (8, 64, 512)[int(3 * u["wbytes"])] if option == "xbzrle" else 8,
        "dlimit_ms": round(between(20, 1000, u["dlimit"])),
        "channel": "tcp" if channel != "link" and u["tcp"] < 0.2 else "unix",
        "time_limit_s": round(max(15, 2.5 * fill_mib / mib_s) + patience_s),
    }


def block(number):
    columns = {name: latin("%s %d" % (name, number), RUNS_PER_BLOCK) for name in DIMENSIONS}
    guests = list(guests_of(number))
    for i in range(RUNS_PER_BLOCK):
        run_id = "lhs-%d-%02d" % (number, i)
        yield point_of(run_id, guests[i // RUNS_PER_GUEST], {name: columns[name][i] for name in DIMENSIONS})


def points(runs):
    """The first `runs` points, a guest's together."""
    found = []
    for number in range(-(-runs // RUNS_PER_BLOCK)):
        found += block(number)
    return found[:runs]

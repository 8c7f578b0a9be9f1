# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: configurations of groups of threads that share one or two cores.

A configuration is (name, cores, groups). A group is a dictionary: weight (cgroup shares, 1024 is ordinary),
quota and period (us; None: no cap), nice, and its threads, each busy (None) or (period_us, work_us).
"""


def group(weight=1024, quota=None, period=100000, threads=(None,), nice=0):
    return {"weight": weight, "quota": quota, "period": period, "threads": list(threads), "nice": nice}


def duty(period_ms, work_ms):
    return (int(period_ms * 1000), int(work_ms * 1000))


def working(period_ms, work_ms, weight=1024, threads=1):
    return group(weight, threads=[duty(period_ms, work_ms)] * threads)


def capped(percent, period_ms=100, weight=1024, threads=1):
    return group(weight, int(percent * period_ms * 10), int(period_ms * 1000), [None] * threads)


def busy(weight=1024, threads=1):
    return group(weight, threads=[None] * threads)


WEIGHTS = [
    ("1:1", 1, [busy(), busy()]),
    ("2:1", 1, [busy(2048), busy()]),
    ("3:1", 1, [busy(3072), busy()]),
    ("5:3", 1, [busy(5120), busy(3072)]),
    ("7:1", 1, [busy(7168), busy()]),
    ("20:1", 1, [busy(20480), busy()]),
    ("3:2:1", 1, [busy(3072), busy(2048), busy()]),
    ("4:2:1", 1, [busy(4096), busy(2048), busy()]),
    ("5:4:3:2", 1, [busy(5120), busy(4096), busy(3072), busy(2048)]),
    ("8:4:2:1", 1, [busy(8192), busy(4096), busy(2048), busy()]),
    ("1x3", 1, [busy()] * 3),
    ("1x6", 1, [busy()] * 6),
    ("1x12", 1, [busy()] * 12),
    ("group of 2 against 1", 1, [busy(threads=2), busy()]),
    ("group of 3 w2 against 2 w1", 1, [busy(2048, 3), busy(1024, 2)]),
    ("nice 0 against 3", 1, [group(), group(nice=3)]),
    ("nice 0 against 10", 1, [group(), group(nice=10)]),
    ("nice 0, 2, 4", 1, [group(), group(nice=2), group(nice=4)]),
]

CAPS = [
    ("cap 15 % alone", 1, [capped(15)]),
    ("cap 35 % alone, 20 ms period", 1, [capped(35, 20)]),
    ("cap 70 % alone, 50 ms period", 1, [capped(70, 50)]),
    ("cap 20 % and busy", 1, [capped(20), busy()]),
    ("cap 33 % and busy", 1, [capped(33), busy()]),
    ("cap 40 % and busy, 50 ms period", 1, [capped(40, 50), busy()]),
    ("cap 20 %, 20 ms period, and busy", 1, [capped(20, 20), busy()]),
    ("cap 45 % and cap 35 %", 1, [capped(45), capped(35)]),
    ("cap 80 % and cap 80 %", 1, [capped(80), capped(80)]),
    ("cap 15 %, cap 25 %, busy w2", 1, [capped(15), capped(25), busy(2048)]),
    ("cap 30 % w4 and busy w1", 1, [capped(30, weight=4096), busy()]),
    ("cap 60 % w3, busy w1, busy w1", 1, [capped(60, weight=3072), busy(), busy()]),
    ("cap 40 % of two threads, and busy", 1, [capped(40, threads=2), busy()]),
    ("cap 25 % beside a duty of 40 %", 1, [capped(25), working(20, 8)]),
]

DUTIES = [
    ("duty 20 % and busy", 1, [working(20, 4), busy()]),
    ("duty 35 % and busy", 1, [working(20, 7), busy()]),
    ("duty 45 % and busy", 1, [working(20, 9), busy()]),
    ("duty 30 % of 10 ms and busy", 1, [working(10, 3), busy()]),
    ("duty 30 % of 30 ms and busy", 1, [working(30, 9), busy()]),
    ("duty 40 % of 50 ms and busy", 1, [working(50, 20), busy()]),
    ("duty 20 % of 100 ms and busy", 1, [working(100, 20), busy()]),
    ("duty 25 % of 4 ms and busy", 1, [working(4, 1), busy()]),
    ("duty 15 % twice and busy", 1, [working(20, 3)] * 2 + [busy()]),
    ("duty 40 % twice", 1, [working(20, 8)] * 2),
    ("duty 30 % three times", 1, [working(20, 6)] * 3),
    ("duty 55 % twice, too much", 1, [working(20, 11)] * 2),
    ("duty 40 % three times, too much", 1, [working(20, 8)] * 3),
    ("duty 20 % w1 and busy w4", 1, [working(20, 4), busy(4096)]),
    ("duty 30 % w1 and busy w3", 1, [working(20, 6), busy(3072)]),
    ("duty 60 % w3 and busy w1", 1, [working(20, 12, 3072), busy()]),
    ("duty 30 % of 20 ms beside 40 % of 50 ms", 1, [working(20, 6), working(50, 20)]),
    ("duties of 10 %, 20 %, 30 % and busy", 1, [working(20, 2), working(20, 4), working(20, 6), busy()]),
]

TWO_CORES = [
    ("2 cores 1x3", 2, [busy()] * 3),
    ("2 cores 1x5", 2, [busy()] * 5),
    ("2 cores 2:1:1", 2, [busy(2048), busy(), busy()]),
    ("2 cores 3:2:1", 2, [busy(3072), busy(2048), busy()]),
    ("2 cores 4:3:2:1", 2, [busy(4096), busy(3072), busy(2048), busy()]),
    ("2 cores 1x4", 2, [busy()] * 4),
    ("2 cores, group of 3 against 1", 2, [busy(threads=3), busy()]),
    ("2 cores, group of 2 against 2 alone", 2, [busy(threads=2), busy(), busy()]),
    ("2 cores, cap 80 % of two threads, and busy", 2, [capped(80, threads=2), busy()]),
    ("2 cores, cap 120 % of three threads", 2, [capped(120, threads=3)]),
    ("2 cores, cap 50 % twice and busy twice", 2, [capped(50)] * 2 + [busy()] * 2),
    ("2 cores, duty 40 % four times", 2, [working(20, 8)] * 4),
    ("2 cores, duty 60 % four times, too much", 2, [working(20, 12)] * 4),
    ("2 cores, duty 30 % twice and busy twice", 2, [working(20, 6)] * 2 + [busy()] * 2),
]

CONFIGURATIONS = WEIGHTS + CAPS + DUTIES + TWO_CORES

# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen of one migration as a row of the table: inputs, outcomes, diagnostics."""
import os
import time

from migrate import BURST_US, CHUNK_BYTES, AFTER_S, WARM_S

INPUTS = ("mode switch_rule ram_mib fill_mib ws_mib pattern rate_req_pps wbytes bw_mib_s link_mib_s "
          "dlimit_ms caps channel time_limit_s").split()
COLUMNS = """run_id utc accel mode switch_rule ram_mib fill_mib ws_mib pattern rate_req_pps wbytes rep
bw_mib_s link_mib_s dlimit_ms caps channel time_limit_s status total_time_ms downtime_ms setup_time_ms
ram_total_b transferred_b precopy_b downtime_b postcopy_b multifd_b normal_pages duplicate_pages
dirty_sync_count dirty_pages_rate_last_pps mbps_final postcopy_requests throttle_pct_max xbzrle_pages
xbzrle_bytes stop_resume_ms hb_gap_ms hb_gap_before_ms hb_stall_after_ms rate_before_pps rate_during_pps
postcopy_active_ms event_total_ms pass_start_ms remaining_at_pass_b expected_downtime_last_ms src_cpu_s
dst_cpu_s host_busy_cores other_busy_cores run_wall_s note
set calm foreign_busy_cores stolen_cores link_burst_ms link_buffer_b""".split()
COUNTERS = {"transferred_b": "transferred", "precopy_b": "precopy-bytes", "downtime_b": "downtime-bytes",
            "postcopy_b": "postcopy-bytes", "multifd_b": "multifd-bytes", "normal_pages": "normal",
            "duplicate_pages": "duplicate", "dirty_sync_count": "dirty-sync-count", "ram_total_b": "total",
            "postcopy_requests": "postcopy-requests"}
LONG_GAP_S, USUAL_GAP_S = 0.010, 0.004  # of the heartbeat


def link_buffer_b():
    """What may wait on the way: the sender's socket, a chunk in the relay, its doubled send buffer."""
    with open("/proc/sys/net/core/wmem_default", encoding="ascii") as f:
        return int(f.read()) + 3 * CHUNK_BYTES


def ms(seconds, digits=1):
    return round(seconds * 1e3, digits)


def gaps(beats):
    return [(b - a, a, b) for a, b in zip(beats, beats[1:])]


def writes_pps(reports, begin_s, end_s):
    """Page writes a second that the guest itself counted, or nothing."""
    within = [r for r in reports if begin_s <= r[0] <= end_s]
    if len(within) < 2:
        return ""
    (t0, _, n0), (t1, _, n1) = within[0], within[-1]
    return round((n1 - n0) / (t1 - t0)) if t1 > t0 and n1 >= n0 else ""


def event_times(events, name, status=None):
    return [e["at_s"] for e in events if e["event"] == name and status in (None, e["data"].get("status"))]


def guest_outcomes(seen, completed):
    """Downtime by QEMU's events and by the guest's own heartbeat."""
    source, destination = seen.source.heartbeat, seen.destination.heartbeat
    warm_end_s = seen.warm_s + WARM_S
    before = [g[0] for g in gaps(list(source.beats)) if g[1] >= seen.warm_s and g[2] <= warm_end_s]
    stops = event_times(seen.events, "STOP")
    resumes = seen.destination.qmp.times_of("RESUME")
    out = {"hb_gap_before_ms": ms(max(before), 2) if before else "",
           "rate_before_pps": writes_pps(source.reports, seen.warm_s + 0.15, warm_end_s),
           "rate_during_pps": writes_pps(source.reports, seen.begin_s, stops[-1] if stops else seen.end_s)}
    if completed and stops and resumes:
        out["stop_resume_ms"] = ms(resumes[-1] - stops[-1], 2)
    beats = list(destination.beats)
    if completed and beats and source.beats:
        out["hb_gap_ms"] = ms(beats[0] - source.beats[-1], 2)
        out["hb_stall_after_ms"] = ms(sum(g[0] - USUAL_GAP_S for g in gaps(beats) if g[0] > LONG_GAP_S))
    return out


def pass_outcomes(seen):
    """When each pass began, and what then remained."""
    active = event_times(seen.events, "MIGRATION", "active")
    switched = event_times(seen.events, "MIGRATION", "postcopy-active")
    ended = event_times(seen.events, "MIGRATION", seen.status)
    reference = active[0] if active else seen.begin_s
    passes = [e for e in seen.events if e["event"] == "MIGRATION_PASS"]
    remaining = []
    for e in passes:
        after = [p for p in seen.polls if p.ram.get("dirty-sync-count") == e["data"]["pass"]]
        remaining.append(str(after[0].ram.get("remaining", "")) if after else "")
    return {"event_total_ms": ms(ended[-1] - reference) if ended else "",
            "postcopy_active_ms": ms(ended[-1] - switched[0]) if switched and ended else "",
            "pass_start_ms": ";".join("%.0f" % ((e["at_s"] - reference) * 1e3) for e in passes),
            "remaining_at_pass_b": ";".join(remaining)}


def counter_outcomes(seen):
    """QEMU's own counters; of a cancelled migration the last that it told."""
    last = seen.polls[-1].reply
    told = [p for p in seen.polls if p.ram]
    ram = told[-1].ram if told else {}
    active = [p for p in told if p.status in ("active", "postcopy-active")]
    out = {column: ram[counter] for column, counter in COUNTERS.items() if counter in ram}
    cache = last.get("xbzrle-cache", {})
    out.update(
        total_time_ms=last.get("total-time", round((seen.end_s - seen.begin_s) * 1e3)),
        downtime_ms=last.get("downtime", ""), setup_time_ms=last.get("setup-time", ""),
        mbps_final=round(ram.get("mbps", 0), 1),
        xbzrle_pages=cache.get("pages", ""), xbzrle_bytes=cache.get("bytes", ""),
        throttle_pct_max=max(p.reply.get("cpu-throttle-percentage", 0) for p in seen.polls),
        dirty_pages_rate_last_pps=next((p.ram["dirty-pages-rate"] for p in reversed(active)
                                        if p.ram.get("dirty-pages-rate")), 0),
        expected_downtime_last_ms=next((p.reply["expected-downtime"] for p in reversed(active)
                                        if "expected-downtime" in p.reply), ""))
    return out


def load_outcomes(seen, calm_below):
    """Other is all but the two QEMUs (relay and harness too); foreign is what is not ours at all."""
    u, span = seen.usage, seen.used_for_s
    foreign = u.foreign_s / span
    return {"src_cpu_s": round(u.source_s, 2), "dst_cpu_s": round(u.destination_s, 2),
            "host_busy_cores": round(u.busy_s / span, 2),
            "other_busy_cores": round(max(0.0, u.busy_s - u.source_s - u.destination_s) / span, 2),
            "foreign_busy_cores": round(foreign, 2), "stolen_cores": round(u.stolen_s / span, 3),
            "calm": int(foreign + u.stolen_s / span <= calm_below)}


def row_of(point, seen, accel, calm_below):
    completed = seen.status == "completed"
    row = dict.fromkeys(COLUMNS, "")
    row.update({name: point[name] for name in INPUTS + ["run_id", "set", "rep"]})
    row.update(accel=accel, utc=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seen.begin_s)),
               status="cancelled(limit)" if seen.cancelled and not completed else seen.status,
               note=seen.polls[-1].reply.get("error-desc", ""))
    if point["link_mib_s"]:
        row.update(link_burst_ms=BURST_US / 1000, link_buffer_b=link_buffer_b())
    row.update(guest_outcomes(seen, completed))
    row.update(pass_outcomes(seen))
    row.update(counter_outcomes(seen))
    row.update(load_outcomes(seen, calm_below))
    row["run_wall_s"] = round(time.time() - seen.warm_s, 2)
    return row


def trace_of(point, seen):
    """All counters over time, for the curious."""
    names = "transferred remaining dirty-sync-count dirty-pages-rate mbps normal duplicate".split()
    polls = [[round(p.at_s, 4), p.status, *map(p.ram.get, names), p.reply.get("expected-downtime")]
             for p in seen.polls]
    return {"run": point["run_id"], "rep": point["rep"], "polls": polls,
            "columns": ["at_s", "status", *names, "expected_downtime_ms"],
            "events": [[round(e["at_s"] - seen.begin_s, 4), e["event"], e["data"]] for e in seen.events]}

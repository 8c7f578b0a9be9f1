/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of results files that tell of failures, and of what is done about them. */
#include "analysis/schema.h"

#include "analysis/schema_columns.h"
#include "models/hypervisor/failure.h"

static const struct field host_failure_fields[] = {
	ROW_ID("host"),
	EXTRA("type", host, type, FIELD_ID, NULL, "host group"),
	EXTRA("number", host, number, FIELD_ID, NULL, "number within the group"),
	FIELD("failures", failure_host, failures, FIELD_U32, "1", "times that it failed or crashed"),
	FIELD("down_s", failure_host, down_ns, FIELD_TIME, "s",
              "time until it was on again, or repaired if it was off"),
	FIELD("availability", failure_host, availability_01, FIELD_F64, "1",
              "share of the run without these"),
	FIELD("nines", failure_host, nines, FIELD_F64, "1",
              "-log10(1 - availability); infinite where never down"),
	FIELD("foreseen", failure_host, foreseen, FIELD_U32, "1", "failures that were foreseen"),
	FIELD("alarms", failure_host, alarms, FIELD_U32, "1", "foreseen, and did not come"),
	END};

static const struct field vm_failure_fields[] = {
	ROW_ID("guest: its row in vms"),
	EXTRA("type", vm, type, FIELD_ID, NULL, "guest group"),
	EXTRA("number", vm, number, FIELD_ID, NULL, "number within the group"),
	FIELD("failures", failure_vm, losses, FIELD_U32, "1", "times that it was lost with its host"),
	FIELD("down_s", failure_vm, down_ns, FIELD_TIME, "s", "time until it ran again, or to the end"),
	FIELD("availability", failure_vm, availability_01, FIELD_F64, "1",
	      "share of the time since it ran first without these"),
	FIELD("lost_ghz_h", failure_vm, lost, FIELD_WORK, "GHz h",
	      "work delivered since it was started last, when it was lost"),
	END
};

static const struct field job_fields[] = {
	FIELD("name", job_row, name, FIELD_TEXT, NULL, "name in the scenario"),
	WORDS("law", job_row, law, law_names, LAWS, "law of the time between failures"),
	FIELD("mean_s", job_row, mean_s, FIELD_F64, "s", "its mean"),
	FIELD("shape", job_row, shape, FIELD_F64, "1", "its shape, where it has one"),
	FIELD("work_s", job_row, work_s, FIELD_F64, "s", "run time without failures and checkpoints"),
	FIELD("checkpoint_s", job_row, dump_s, FIELD_F64, "s", "time that a checkpoint takes"),
	FIELD("restart_s", job_row, restart_s, FIELD_F64, "s", "time that going back to one takes"),
	FIELD("young_s", job_row, young_s, FIELD_F64, "s", "best interval after Young 1974"),
	FIELD("daly_s", job_row, daly_s, FIELD_F64, "s", "best interval after Daly 2006"),
	FIELD("exact_s", job_row, exact_s, FIELD_F64, "s", "where Daly's expected run time is least"),
	FIELD("simulated_s", job_row, simulated_s, FIELD_F64, "s",
              "best interval in the simulation; 0: none"),
	FIELD("young_error", job_row, young_error_01, FIELD_F64, "1", "Young's interval against that"),
	FIELD("daly_error", job_row, daly_error_01, FIELD_F64, "1", "Daly's interval against that"),
	FIELD("young_cost", job_row, young_cost_01, FIELD_F64, "1",
              "expected run time with Young's interval over the least, less 1"),
	FIELD("daly_cost", job_row, daly_cost_01, FIELD_F64, "1", "and with Daly's"),
	END};

static const struct field checkpoint_fields[] = {
	FIELD("job", checkpoint_row, job, FIELD_U32, "1", "row in jobs"),
	FIELD("interval_s", checkpoint_row, interval_s, FIELD_F64, "s", "work between checkpoints"),
	FIELD("run_s", checkpoint_row, mean.run_s, FIELD_F64, "s", "run time, mean over the runs"),
	FIELD("error_s", checkpoint_row, mean.error_s, FIELD_F64, "s", "standard error of that"),
	FIELD("daly_s", checkpoint_row, daly_s, FIELD_F64, "s", "run time expected after Daly"),
	FIELD("error", checkpoint_row, error_01, FIELD_F64, "1", "simulated over that, less 1"),
	FIELD("redone_s", checkpoint_row, mean.redone_s, FIELD_F64, "s", "done again after failures, mean"),
	FIELD("restart_s", checkpoint_row, mean.restart_s, FIELD_F64, "s", "spent in restarts, mean"),
	FIELD("failures", checkpoint_row, mean.failures, FIELD_F64, "1", "failures in a run, mean"),
	FIELD("runs", checkpoint_row, mean.runs, FIELD_U32, "1", "runs"),
	FIELD("finished", checkpoint_row, mean.finished, FIELD_FLAG, NULL, "1: all came to their end"),
	END
};

static const struct field remus_fields[] = {
	FIELD("name", remus_row, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("epoch_s", remus_row, epoch_s, FIELD_F64, "s", "length of an epoch that was asked for"),
	FIELD("run_s", remus_row, run_s, FIELD_F64, "s", "time that it ran in one"),
	FIELD("paused_s", remus_row, paused_s, FIELD_F64, "s", "time that it was paused after it"),
	FIELD("send_s", remus_row, send_s, FIELD_F64, "s", "time that its pages took to be sent"),
	FIELD("pages", remus_row, outcome.pages, FIELD_F64, "1", "pages dirtied in an epoch"),
	FIELD("speed", remus_row, outcome.speed_01, FIELD_F64, "1",
              "CPU time that it got, of that without"),
	FIELD("bandwidth_bytes_s", remus_row, outcome.bandwidth_Bps, FIELD_F64, "B/s",
              "sent to the other host"),
	FIELD("latency_mean_s", remus_row, outcome.latency_mean_s, FIELD_F64, "s",
              "time that what it sends is held back, mean"),
	FIELD("latency_most_s", remus_row, outcome.latency_most_s, FIELD_F64, "s", "and at most"),
	FIELD("undone_s", remus_row, outcome.undone_mean_s, FIELD_F64, "s",
              "from the state that is gone back to, to the failure, mean"),
	FIELD("recovery_s", remus_row, outcome.recovery_s, FIELD_F64, "s",
              "from the failure until it runs again"),
	FIELD("closed_loop", remus_row, closed_loop_01, FIELD_F64, "1",
              "throughput of a client in a closed loop, of that without"),
	END};

/* A table without an array has nothing to tell, and is left out. */
unsigned schema_resilience(struct schema_table *tables, const struct results_input *in)
{
	static const struct resilience none;
	const struct world *w = in->world;
	const struct failures *f = w->failures;
	const struct resilience *r = in->resilience ? in->resilience : &none;
	bool vms = in->record->options.vms;
	const struct schema_table all[SCHEMA_RESILIENCE] = {
		TABLE_2("entities/host_failures", host_failure_fields, f ? f->hosts : NULL, w->hosts,
	                w->host_count, "host by host, failures and downtime"),
		TABLE_2("entities/vm_failures", vm_failure_fields, f && vms ? f->vms : NULL, w->vms,
	                w->vm_count, "guest by guest, what failures of hosts cost it"),
		TABLE("jobs", job_fields, r->job_count ? r->jobs : NULL, r->job_count,
	              "jobs with checkpoints, and their best intervals"),
		TABLE("checkpoints", checkpoint_fields, r->job_count ? r->checkpoints : NULL,
	              r->checkpoint_count, "jobs by the interval of their checkpoints"),
		TABLE("remus", remus_fields, r->remus_count ? r->remus : NULL, r->remus_count,
	              "guests that are copied all the time, by the length of an epoch"),
	};
	unsigned count = 0;
	for (unsigned i = 0; i < SCHEMA_RESILIENCE; i++)
		if (all[i].base[0])
			tables[count++] = all[i];
	return count;
}

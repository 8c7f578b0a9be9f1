/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of CloudSim's study: the figures that CloudSim prints, under the names of its results. */
#include "analysis/schema.h"
#include "analysis/schema_columns.h"
#include "models/cloudsim/metrics.h"

static const struct field cloudsim_fields[] = {
	FIELD("version", cloudsim_outcome, version, FIELD_TEXT, NULL, "of CloudSim, whose rules these are"),
	FIELD("policy", cloudsim_outcome, policy, FIELD_TEXT, NULL, "detector and selection, or neither"),
	FIELD("trace", cloudsim_outcome, trace, FIELD_TEXT, NULL, "what the VMs asked for"),
	FIELD("hosts", cloudsim_outcome, hosts, FIELD_U32, "1", "hosts"),
	FIELD("vms", cloudsim_outcome, vms, FIELD_U32, "1", "VMs"),
	FIELD("sim_time_s", cloudsim_outcome, sim_time_s, FIELD_F64, "s", "simulated time"),
	FIELD("energy_kwh", cloudsim_outcome, energy_kwh, FIELD_F64, "kWh", "energy of the hosts"),
	FIELD("migrations", cloudsim_outcome, migrations, FIELD_I64, "1", "migrations that began"),
	FIELD("sla_pct", cloudsim_outcome, sla_pct, FIELD_F64, "%", "slatah_pct times pdm_pct / 100"),
	FIELD("pdm_pct", cloudsim_outcome, pdm_pct, FIELD_F64, "%",
	      "demand not met of VMs on the move / demand of all"),
	FIELD("slatah_pct", cloudsim_outcome, slatah_pct, FIELD_F64, "%",
	      "time of hosts that gave too little / time that they were active; targets while they receive"),
	FIELD("overall_sla_violation_pct", cloudsim_outcome, overall_sla_violation_pct, FIELD_F64, "%",
	      "demand not met / demand"),
	FIELD("average_sla_violation_pct", cloudsim_outcome, average_sla_violation_pct, FIELD_F64, "%",
	      "plain mean over entries with demand not met"),
	FIELD("host_shutdowns", cloudsim_outcome, host_shutdowns, FIELD_I64, "1",
	      "times that hosts had nothing left to do"),
	FIELD("mean_time_before_host_shutdown_s", cloudsim_outcome, mean_time_before_host_shutdown_s,
	      FIELD_F64, "s", "mean time since they had begun"),
	FIELD("stdev_time_before_host_shutdown_s", cloudsim_outcome, stdev_time_before_host_shutdown_s,
	      FIELD_F64, "s", "its standard deviation"),
	FIELD("mean_time_before_vm_migration_s", cloudsim_outcome, mean_time_before_vm_migration_s,
	      FIELD_F64, "s", "so called; the mean time that VMs were on the move"),
	FIELD("stdev_time_before_vm_migration_s", cloudsim_outcome, stdev_time_before_vm_migration_s,
	      FIELD_F64, "s", "its standard deviation"),
	FIELD("vms_unplaced", cloudsim_outcome, vms_unplaced, FIELD_I64, "1", "VMs that found no host"),
	FIELD("vms_destroyed", cloudsim_outcome, vms_destroyed, FIELD_I64, "1",
	      "VMs that asked for nothing and were destroyed"),
	FIELD("double_migrations", cloudsim_outcome, double_migrations, FIELD_I64, "1",
	      "migrations of a VM that had just begun one"),
	END
};

unsigned schema_cloudsim(struct schema_table *tables, const struct results_input *in)
{
	if (!in->cloudsim)
		return 0;
	tables[0] = (struct schema_table){
		.path = "cloudsim", .long_name = "CloudSim's consolidation study", .fields = cloudsim_fields,
		.base = {in->cloudsim, NULL}, .stride = {sizeof *in->cloudsim, 0}, .rows = 1,
	};
	return 1;
}

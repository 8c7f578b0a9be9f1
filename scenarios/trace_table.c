/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of traces and of their readers: the one file that knows every reader, so that readers know
 * scenarios/trace.h and it knows none of them. */
#include "scenarios/arrivals.h"
#include "scenarios/bitbrains.h"
#include "scenarios/carbon_trace.h"
#include "scenarios/csv.h"
#include "scenarios/gcd.h"
#include "scenarios/lanl.h"
#include "scenarios/nodes.h"
#include "scenarios/planetlab.h"
#include "scenarios/surf_fragments.h"
#include "scenarios/trace.h"

const struct trace_reader *const trace_readers[] = {
	&planetlab_reader, &bitbrains_reader, &gcd_reader, &csv_reader, &surf_fragments_reader, NULL,
};

static const char *const planetlab_days[] = {
	"20110303", "20110306", "20110309", "20110322", "20110325",
	"20110403", "20110409", "20110411", "20110412", "20110420", NULL,
};

const struct trace_info trace_table[] = {
	{"planetlab", "planetlab/planetlab-10days.tar.gz", "planetlab",
	 "CPU of about a thousand PlanetLab machines, ten days of March and April 2011, every five minutes",
	 "https://github.com/beloglazov/planetlab-workload-traces", planetlab_days},
	{"bitbrains", "bitbrains-rnd/rnd-2013-8.tar.xz", "bitbrains",
	 "CPU, memory, disk and network of 500 VMs of a hosting provider, August 2013, every five minutes",
	 "https://github.com/JessieRayeBauer/Time-Series-Forecasting-", NULL},
	{"gcd", "google-gcd-vms/GCD_VMs.tar.gz", "gcd",
	 "CPU and memory of 1600 VMs made of jobs of Google's cluster, May 2011, a day, every five minutes",
	 "https://github.com/HiPro-IT/CPU-and-Memory-resource-usage-from-Google-Cluster-Data", NULL},
	{"surf", "surf-lisa-power", "surf",
	 "CPU of 6,295 of the 7,850 jobs of a week on the cluster Lisa of SURF, every 30 s",
	 "https://github.com/atlarge-research/opendt", NULL},
	{NULL, NULL, NULL, NULL, NULL, NULL},
};

const struct trace_info *const trace_tables[] = {
	trace_table, arrivals_table, nodes_table, carbon_table, lanl_table, NULL,
};

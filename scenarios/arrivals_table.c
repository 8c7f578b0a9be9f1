/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of lists of guests and of their readers: the one file that knows every reader. */
#include "scenarios/alibaba_pods.h"
#include "scenarios/arrivals.h"
#include "scenarios/azure.h"
#include "scenarios/surf.h"

const struct arrivals_reader *const arrivals_readers[] = {
	&azure_reader,
	&alibaba_pods_reader,
	&surf_reader,
	NULL,
};

static const char *const azure_subsets[] = {"train", "dev", "test", NULL};
static const char *const pod_subsets[] = {"default", "cpu250", NULL};

const struct trace_info arrivals_table[] = {
	{"azure", "azure-vm-arrivals", "azure",
         "1,870,433 virtual machines of 16 sizes asked for in 30 days, tenant by tenant, "
         "in bins of 5 minutes; lifetimes of the last 9 days (Cortez et al., SOSP 2017)",
         "https://github.com/huaweicloud/trace_generation_rnn", azure_subsets},
	{"alibaba_pods", "alibaba-openb-packing", "alibaba_pods",
         "8,152 containers with their sizes, creation and deletion, of a production cluster of 1,523 nodes "
         "(Weng et al., USENIX ATC 2023)",
         "https://github.com/alibaba/clusterdata", pod_subsets},
	{"surf", "surf-lisa-power", "surf",
         "7,850 jobs of a week on the cluster Lisa of SURF, with their cores, speed and memory",
         "https://github.com/atlarge-research/opendt", NULL},
	{NULL, NULL, NULL, NULL, NULL, NULL},
};

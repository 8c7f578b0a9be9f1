/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario may do at a given time, and what each such action needs to be told. */
#ifndef POLICIES_ACTION_H
#define POLICIES_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/lifecycle.h"
#include "models/hypervisor/vm_requests.h"
#include "models/migration/leg.h"

/* Numbers are in results and in the digest: append only. */
enum action_kind {
	ACTION_MIGRATE, ACTION_HOST_ON, ACTION_HOST_OFF, ACTION_HOST_SUSPEND, ACTION_HOST_RESUME,
	ACTION_HOST_FAIL, ACTION_HOST_REPAIR, ACTION_VM_STOP, ACTION_HOST_CRASH, ACTION_HOST_OS_CRASH,
	ACTION_VM_DEFINE, ACTION_VM_START, ACTION_VM_PAUSE, ACTION_VM_UNPAUSE, ACTION_VM_SAVE,
	ACTION_VM_RESTORE, ACTION_VM_SHUT_DOWN, ACTION_VM_REBOOT, ACTION_VM_RESET, ACTION_VM_CRASH,
	ACTION_VM_CLONE, ACTION_VM_SNAPSHOT, ACTION_VM_REVERT, ACTION_VM_DROP_SNAPSHOT, ACTION_VM_DELETE,
	ACTION_VM_UNDEFINE, ACTION_MIGRATION_CANCEL, ACTION_CABLE_CUT, ACTION_CABLE_MEND,
	ACTION_HOST_DRAIN, ACTION_HOST_UNDRAIN, ACTION_KINDS
};
extern const char *const action_kind_names[ACTION_KINDS];

enum action_need { TAKES_NONE, MAY_TAKE, NEEDS };

struct action_info {
	enum action_need vm, host, into;
	bool of_host;                /* host_request; else vm_request, where it is one */
	enum host_request host_request;
	enum vm_request vm_request;
};
extern const struct action_info action_infos[ACTION_KINDS];

struct action {
	int64_t at_ns;
	enum action_kind kind;
	uint32_t vm, host;      /* index; ID_NONE where the kind needs none */
	uint32_t order;         /* in the scenario: decides between actions of one time */
	uint32_t into;          /* clone: the guest that is to be it; else ID_NONE */
	const struct move_rules *rules; /* migrate: by which; NULL: as the scenario says */
	const struct move_kind *move; /* migrate: how; NULL: as the scenario says */
	int64_t by_ns;          /* host_drain: the deadline; TIME_MAX_NS: none */
	bool has_disk;                /* migrate: how its disk goes; else as the scenario says */
	enum disk_way disk;
};

#endif

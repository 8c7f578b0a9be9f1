/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of actions. */
#include "policies/action.h"

const char *const action_kind_names[ACTION_KINDS] = {
	"migrate", "host_on", "host_off", "host_suspend", "host_resume", "host_fail", "host_repair",
	"vm_stop", "host_crash", "host_os_crash", "vm_define", "vm_start", "vm_pause", "vm_unpause",
	"vm_save", "vm_restore", "vm_shut_down", "vm_reboot", "vm_reset", "vm_crash", "vm_clone",
	"vm_snapshot", "vm_revert", "vm_drop_snapshot", "vm_delete", "vm_undefine",
};

#define ON_HOST(request) {TAKES_NONE, NEEDS, TAKES_NONE, true, request, VM_REQUESTS}
#define ON_VM(host, into, request) {NEEDS, host, into, false, HOST_REQUESTS, request}

const struct action_info action_infos[ACTION_KINDS] = {
	[ACTION_MIGRATE] = ON_VM(NEEDS, TAKES_NONE, VM_MIGRATE),
	[ACTION_HOST_ON] = ON_HOST(HOST_POWER_ON),
	[ACTION_HOST_OFF] = ON_HOST(HOST_POWER_OFF),
	[ACTION_HOST_SUSPEND] = ON_HOST(HOST_SUSPEND),
	[ACTION_HOST_RESUME] = ON_HOST(HOST_RESUME),
	[ACTION_HOST_FAIL] = ON_HOST(HOST_FAIL),
	[ACTION_HOST_REPAIR] = ON_HOST(HOST_REPAIR),
	[ACTION_HOST_CRASH] = ON_HOST(HOST_CRASH),
	[ACTION_HOST_OS_CRASH] = ON_HOST(HOST_OS_CRASH),
	[ACTION_VM_STOP] = ON_VM(TAKES_NONE, TAKES_NONE, VM_STOP),
	[ACTION_VM_DEFINE] = ON_VM(TAKES_NONE, TAKES_NONE, VM_DEFINE),
	[ACTION_VM_START] = ON_VM(MAY_TAKE, TAKES_NONE, VM_START),
	[ACTION_VM_PAUSE] = ON_VM(TAKES_NONE, TAKES_NONE, VM_PAUSE),
	[ACTION_VM_UNPAUSE] = ON_VM(TAKES_NONE, TAKES_NONE, VM_UNPAUSE),
	[ACTION_VM_SAVE] = ON_VM(TAKES_NONE, TAKES_NONE, VM_SAVE),
	[ACTION_VM_RESTORE] = ON_VM(MAY_TAKE, TAKES_NONE, VM_RESTORE),
	[ACTION_VM_SHUT_DOWN] = ON_VM(TAKES_NONE, TAKES_NONE, VM_SHUT_DOWN),
	[ACTION_VM_REBOOT] = ON_VM(TAKES_NONE, TAKES_NONE, VM_REBOOT),
	[ACTION_VM_RESET] = ON_VM(TAKES_NONE, TAKES_NONE, VM_RESET),
	[ACTION_VM_CRASH] = ON_VM(TAKES_NONE, TAKES_NONE, VM_CRASH),
	[ACTION_VM_CLONE] = ON_VM(TAKES_NONE, NEEDS, VM_CLONE),
	[ACTION_VM_SNAPSHOT] = ON_VM(TAKES_NONE, TAKES_NONE, VM_SNAPSHOT),
	[ACTION_VM_REVERT] = ON_VM(TAKES_NONE, TAKES_NONE, VM_REVERT),
	[ACTION_VM_DROP_SNAPSHOT] = ON_VM(TAKES_NONE, TAKES_NONE, VM_DROP_SNAPSHOT),
	[ACTION_VM_DELETE] = ON_VM(TAKES_NONE, TAKES_NONE, VM_DELETE),
	[ACTION_VM_UNDEFINE] = ON_VM(TAKES_NONE, TAKES_NONE, VM_UNDEFINE),
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of requests to guests. */
#include "models/hypervisor/vm_requests.h"

#define IN(state) (UINT32_C(1) << (state))
/* Of no host, and not waiting for one: there is a definition, and nothing runs. */
#define AT_REST (IN(VM_DEFINED) | IN(VM_STOPPED) | IN(VM_CRASHED) | IN(VM_REFUSED) | IN(VM_LOST))
#define IN_TRANSIT \
	(IN(VM_STARTING) | IN(VM_SAVING) | IN(VM_RESTORING) | IN(VM_SHUTTING_DOWN) | IN(VM_REBOOTING))

const char *const vm_request_names[VM_REQUESTS] = {
	"define", "start", "pause", "unpause", "save", "restore", "shut down", "stop", "reboot", "reset",
	"crash", "migrate", "clone", "snapshot", "revert", "drop snapshot", "delete", "undefine",
};

const struct vm_way vm_ways[VM_REQUESTS] = {
	[VM_DEFINE] = {
		IN(VM_UNDEFINED), false, VM_DEFINED, VM_DEFINED, "the guest is defined already",
		"makes the guest known, and its disk in its pool if there is none",
	},
	[VM_START] = {
		AT_REST | IN(VM_WAITING), false, VM_STARTING, VM_RUNNING,
		"only a guest that is defined and not on a host can be started",
		"places it on a host, moves its image there and boots it",
	},
	[VM_PAUSE] = {
		IN(VM_RUNNING), false, VM_PAUSED, VM_PAUSED, "only a running guest can be paused",
		"it stands still: keeps its memory, gives back its CPU",
	},
	[VM_UNPAUSE] = {
		IN(VM_PAUSED), false, VM_RUNNING, VM_RUNNING, "only a paused guest can be unpaused",
		"it goes on where it was",
	},
	[VM_SAVE] = {
		IN(VM_RUNNING) | IN(VM_PAUSED), false, VM_SAVING, VM_SAVED,
		"only a running or paused guest can be saved",
		"writes its memory to its pool and leaves the host",
	},
	[VM_RESTORE] = {
		IN(VM_SAVED), false, VM_RESTORING, VM_RUNNING, "only a saved guest can be restored",
		"reads its memory back, on any host, and goes on",
	},
	[VM_SHUT_DOWN] = {
		IN(VM_RUNNING), false, VM_SHUTTING_DOWN, VM_STOPPED, "only a running guest can shut down",
		"asks the guest to shut down; it takes its time",
	},
	[VM_STOP] = {
		IN(VM_DEFINED) | IN(VM_WAITING) | IN(VM_RUNNING) | IN(VM_MIGRATING) | IN_TRANSIT |
			IN(VM_PAUSED) | IN(VM_SAVED) | IN(VM_PRESERVED),
		false, VM_STOPPED, VM_STOPPED,
		"only a guest that is on a host, saved, waiting or about to start can be stopped",
		"pulls the plug; a memory image is discarded",
	},
	[VM_REBOOT] = {
		IN(VM_RUNNING), false, VM_REBOOTING, VM_RUNNING, "only a running guest can reboot",
		"shuts down and boots where it is",
	},
	[VM_RESET] = {
		IN(VM_RUNNING) | IN(VM_PAUSED) | IN(VM_STARTING) | IN(VM_SHUTTING_DOWN) | IN(VM_REBOOTING) |
			IN(VM_PRESERVED),
		false, VM_STARTING, VM_RUNNING, "only a guest that is on a host and whole can be reset",
		"boots at once where it is, without shutting down",
	},
	[VM_CRASH] = {
		IN(VM_RUNNING) | IN(VM_MIGRATING) | IN_TRANSIT | IN(VM_PAUSED), false, VM_CRASHED, VM_CRASHED,
		"only a guest that is on a host can crash",
		"its kernel falls; on_crash says what becomes of it, the host's isolation who falls with it",
	},
	[VM_MIGRATE] = {
		IN(VM_RUNNING), false, VM_MIGRATING, VM_RUNNING, "the guest is not running",
		"moves to another host while it runs (models/migration)",
	},
	[VM_CLONE] = {
		AT_REST | IN(VM_PAUSED), true, VM_STATES, VM_STATES,
		"only a guest that is paused or not on a host can be cloned",
		"gives an undefined guest a disk like its own: a layer on it, or a copy",
	},
	[VM_SNAPSHOT] = {
		AT_REST | IN(VM_RUNNING) | IN(VM_PAUSED), true, VM_STATES, VM_STATES,
		"only a guest that is running, paused or not on a host can be snapshot",
		"keeps its disk as it is now: by a layer for what changes, or a copy",
	},
	[VM_REVERT] = {
		AT_REST, true, VM_STATES, VM_STATES,
		"only a guest that is on no host can go back to a snapshot",
		"its disk becomes again what it was at the last snapshot",
	},
	[VM_DROP_SNAPSHOT] = {
		AT_REST | IN(VM_RUNNING) | IN(VM_PAUSED) | IN(VM_SAVED), true, VM_STATES, VM_STATES,
		"a snapshot cannot be dropped in this state of the guest",
		"forgets its last snapshot",
	},
	[VM_DELETE] = {
		AT_REST | IN(VM_SAVED) | IN(VM_UNDEFINED), false, VM_UNDEFINED, VM_UNDEFINED,
		"only a guest that is saved or not on a host can be deleted",
		"forgets the guest and all that it has in its pool",
	},
	[VM_UNDEFINE] = {
		AT_REST, false, VM_UNDEFINED, VM_UNDEFINED,
		"only a guest that is on no host and not saved can be undefined",
		"forgets the guest; its disk stays",
	},
};

bool vm_request_allowed(enum vm_state state, enum vm_request request)
{
	return vm_ways[request].from & IN(state);
}

enum vm_state vm_request_leads(enum vm_state state, enum vm_request request)
{
	const struct vm_way *way = &vm_ways[request];
	if (!vm_request_allowed(state, request))
		return VM_STATES;
	return way->stays ? state : way->through;
}

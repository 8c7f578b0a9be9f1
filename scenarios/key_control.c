/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of the control loop: when it looks, and which policy answers which question. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "policies/questions.h"
#include "policies/registry.h"
#include "scenarios/scenario.h"

#define S(member) offsetof(struct scenario, control.member)

/* The i-th of the built-in policies that answer the question. */
static const char *answerer(enum question question, uint32_t i)
{
	for (const struct policy *const *p = policy_registry; *p; p++)
		if (question_answered(*p, question) && i-- == 0)
			return (*p)->name;
	return NULL;
}

#define ANSWERERS(name, question) \
	static const char *name(uint32_t i) \
	{ \
		return answerer(question, i); \
	}
ANSWERERS(of_overload, ASK_OVERLOAD)
ANSWERERS(of_selection, ASK_SELECTION)
ANSWERERS(of_target, ASK_TARGET)
ANSWERERS(of_underload, ASK_UNDERLOAD)
ANSWERERS(of_worth, ASK_WORTH)
ANSWERERS(of_method, ASK_METHOD)
ANSWERERS(of_balance, ASK_BALANCE)
ANSWERERS(of_power, ASK_POWER)
ANSWERERS(of_failure, ASK_FAILURE)
ANSWERERS(of_scaling, ASK_SCALING)

static const char *const size_demand[] = {"size", "demand"};
static const char *const any_healthy[] = {"none", "overload"};
static const char *const no_yes_wake[] = {"never", "when_needed"};
static const char *const stay_take[] = {"stay_closed", "take_guests"};

/* A question: `control.overload: static_threshold`, or with a policy and its parameters. */
#define QUESTION(name, question, names, text) \
	{"control." name, KEY_SECTION, .shorthand = "policy", .summary = text}, \
	{"control." name ".policy", KEY_TEXT, .most = 1000, .optional = true, .name_at = names, \
         .or_path = true, .offset = S(asked[question].policy), .place_offset = S(asked[question].place), \
         .summary = "Policy (`vdcsim list policies`), or a plug-in by its path"}, \
	{"control." name ".parameters", KEY_VALUES, .optional = true, .offset = S(asked[question].values), \
         .count_offset = S(asked[question].value_count), \
         .summary = "Parameters of the policy: name and number"}

static const struct key rows[] = {
	{"control", KEY_SECTION, .optional = true, .has_offset = offsetof(struct scenario, has_control),
         .place_offset = S(place),
         .summary = "Looks at hosts and VMs at intervals and lets policies move, start and switch off"},
	{"control.interval", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e6, .most = TIME_MOST,
         .preset = "300 s", .offset = S(interval_ns), .summary = "Time between two looks"},
	{"control.history", KEY_COUNT, .most = 10000, .preset = "30", .offset = S(history),
         .summary = "Samples of its CPU demand that are kept of each VM, one a look"},
	{"control.books", KEY_SWITCH, .preset = "demand", .names = size_demand, .name_count = 2,
         .offset = S(by_demand),
         .summary = "What a move packs by: size, what was booked for the VM, up to placement.cpu_overcommit; "
                    "demand, what it asked for at the last look, up to what the host has"},
	{"control.target_check", KEY_SWITCH, .preset = "overload", .names = any_healthy, .name_count = 2,
         .offset = S(target_check),
         .summary = "overload: no host may become a target that `overload` would then call overloaded, "
                    "unless it was empty"},
	{"control.wake", KEY_SWITCH, .preset = "when_needed", .names = no_yes_wake, .name_count = 2,
         .offset = S(wake),
         .summary = "Hosts that are off or asleep: may be targets (they are woken first, and the move "
                    "waits), or not"},
	{"control.not_emptied", KEY_SWITCH, .preset = "take_guests", .names = stay_take, .name_count = 2,
         .offset = S(kept_take),
         .summary = "A host that `underload` named and that could not be emptied: may take VMs in the same "
                    "round, or not"},
	{"control.monitor_cost", KEY_REAL, .dimension = DIM_TIME, .most = 60e9, .preset = "0 s",
         .offset = S(monitor_ns),
         .summary = "CPU time of a core that a look at one VM takes on its host"},
	QUESTION("overload", ASK_OVERLOAD, of_overload, "Is this host a hotspot?"),
	QUESTION("selection", ASK_SELECTION, of_selection, "Which VM leaves it?"),
	QUESTION("target", ASK_TARGET, of_target,
	         "Which host takes a VM that moves? Absent: the placement policy"),
	QUESTION("underload", ASK_UNDERLOAD, of_underload,
	         "Which host is emptied next?"),
	QUESTION("worth", ASK_WORTH, of_worth,
	         "Are the moves worth it? Absent: the policy of `underload`, if it answers that too"),
	QUESTION("method", ASK_METHOD, of_method, "How does a VM move? Absent: as `migration.kind` says"),
	QUESTION("balance", ASK_BALANCE, of_balance,
	         "What moves, resizes or multiplies, looking at all hosts?"),
	QUESTION("power", ASK_POWER, of_power, "Which hosts sleep, wake, run slower?"),
	QUESTION("failure", ASK_FAILURE, of_failure, "A host failed: what now?"),
	{"control.failure.delay", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "0 s",
         .offset = S(failure_delay_ns), .summary = "Time until a failed host is noticed"},
	QUESTION("scaling", ASK_SCALING, of_scaling, "How many VMs does a service have?"),
};
const struct key_table key_control = {rows, sizeof rows / sizeof *rows};

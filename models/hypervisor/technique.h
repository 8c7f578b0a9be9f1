/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What virtualization costs, by technique: pure arithmetic over what a program does.
 *
 * A second of native work is a mix: so many operations that a virtual machine monitor may have to see
 * (system calls, page faults, I/O requests ...), and in the rest of the time code of four kinds that it need
 * not see (innocuous, Popek and Goldberg 1974). A technique puts a price on each: a factor on code, extra
 * nanoseconds on an operation. The slow-down is what the second then takes:
 *
 *     s = sum over code of share * factor  +  sum over operations of rate * (native + extra)
 *
 * where the shares fill the time that the operations leave natively. So a mix is predicted from single costs,
 * which measure/overhead measures and `vdcsim validate overhead` checks.
 *
 * Translators and just-in-time compilers are slow at first. After w seconds of native work a share
 * exp(-w / warm_s) of the code is still to be translated, so that the slow-down at w is
 *     s + cold_s / warm_s * exp(-w / warm_s)      and its mean up to w      s + cold_s (1 - exp(-w /
 * warm_s)) / w
 * with cold_s the time that all the translating takes. Sources: Adams and Agesen 2006 (traps, callouts, block
 * cache), Barham et al. 2003 (hypercalls in batches), Bhargava et al. 2008 (two-dimensional walks). */
#ifndef MODELS_HYPERVISOR_TECHNIQUE_H
#define MODELS_HYPERVISOR_TECHNIQUE_H

#include <stdbool.h>
#include <stdint.h>

enum technique {
	TECHNIQUE_PROCESS,            /* the time-shared OS itself: the base case, slow-down 1 */
	TECHNIQUE_OS_LEVEL,           /* containers, jails, zones: one kernel, no exits */
	TECHNIQUE_PARTIAL,            /* the address space alone is virtual */
	TECHNIQUE_TRAP_EMULATE,       /* the guest's kernel in user mode; whatever is sensitive traps */
	TECHNIQUE_BINARY_TRANSLATION, /* the guest's kernel is translated, its programs run as they are */
	TECHNIQUE_HARDWARE,           /* VT-x, AMD-V, SIE: exits by reason; nested or shadow paging */
	TECHNIQUE_PARAVIRTUAL,        /* a kernel ported to hypercalls */
	TECHNIQUE_INTERPRETATION,     /* every instruction in software */
	TECHNIQUE_CROSS_ISA,          /* all code translated, from any ISA */
	TECHNIQUE_LANGUAGE,           /* bytecode, interpreted and then compiled */
	TECHNIQUE_APPLICATION,        /* another system's API on this one */
	TECHNIQUES
};
extern const char *const technique_names[TECHNIQUES];

/* What is told of a technique: `vdcsim list taxonomy`. */
struct technique_info {
	const char *interface;        /* that it replaces: ISA, ABI, API */
	const char *summary, *systems;
};
extern const struct technique_info technique_table[TECHNIQUES];

enum code { CODE_INTEGER, CODE_FLOAT, CODE_MEMORY, CODE_KERNEL, CODES };
extern const char *const code_names[CODES];

enum operation {
	OP_SYSCALL, OP_PAGE_FAULT, OP_PAGE_TABLE, OP_SWITCH, OP_PRIVILEGED, OP_SENSITIVE, OP_IO, OP_INTERRUPT,
	OPERATIONS
};
extern const char *const operation_names[OPERATIONS];
extern const double operation_native_ns[OPERATIONS]; /* on a server of about 3 GHz; assumed */

struct mix {
	const char *name, *summary, *source;
	double per_s[OPERATIONS];     /* in a second of native work */
	double share[CODES];          /* of the time that operations leave; sum 1 */
	double walk_01;               /* of memory code's time, spent on page walks natively */
};

/* What a hypervisor's costs are. A cost that the technique does not have is not looked at. */
#define TECHNIQUE_COSTS(X) \
	X(exit_ns, "ns", "hardware: from the guest to the monitor and back") \
	X(trap_ns, "ns", "software: a trap out of de-privileged code and back") \
	X(emulate_ns, "ns", "finding out what an exit or trap is about, and doing it") \
	X(hypercall_ns, "ns", "a hypercall") \
	X(hypercall_batch, "1", "page-table updates in one hypercall") \
	X(privileged_share, "1", "share of privileged instructions that leave the guest") \
	X(violation_share, "1", "nested paging: share of the guest's page faults that also exit") \
	X(shadow, "1", "1: shadow page tables; 0: nested paging") \
	X(walk_factor, "1", "a page walk, relative to native: 1 shadow, up to 24/4 nested") \
	X(interrupt_exits, "1", "exits for an interrupt delivered") \
	X(io_exits, "1", "exits for an I/O request, or notifications of a paravirtual device") \
	X(io_batch, "1", "I/O requests that one notification announces") \
	X(callout_ns, "ns", "translated code: emulating a sensitive instruction without a trap") \
	X(translate_ns, "ns", "translating a block") \
	X(blocks, "1", "blocks of the guest's code that are ever translated") \
	X(block_rate, "1/s", "blocks executed in a second of native work") \
	X(warm_s, "s", "native work after which 63 % of the code has been translated") \
	X(kernel_factor, "1", "kernel code: time over native time") \
	X(integer_factor, "1", "integer code: time over native time") \
	X(float_factor, "1", "floating-point code: time over native time") \
	X(memory_factor, "1", "code that waits for memory: time over native time") \
	X(interpret_factor, "1", "interpreted code: time over native time") \
	X(syscall_ns, "ns", "added to a system call, API call or trap to the guest's kernel") \
	X(switch_ns, "ns", "added to a context switch") \
	X(io_ns, "ns", "added to an I/O request in the guest's own time")

struct technique_costs {
#define X(member, unit, text) double member;
	TECHNIQUE_COSTS(X)
#undef X
};

/* The price list of a technique. */
struct technique_price {
	double factor[CODES];
	double extra_ns[OPERATIONS];
	double cold_s, warm_s;        /* 0: nothing to warm up */
};

/* Costs that are 0 and have no meaning at 0 (factors, batches) count as 1. `walk_01` is the mix's. */
void technique_price(enum technique technique, const struct technique_costs *costs, double walk_01,
                     struct technique_price *price);

/* The slow-down when warm, >= 1 for any mix that fits into its second. */
double technique_slowdown(const struct technique_price *price, const struct mix *mix);

/* The slow-down at w_s of native work, and its mean from 0 to w_s, given the warm one. */
double technique_slowdown_at(const struct technique_price *price, double warm, double w_s);
double technique_slowdown_mean(const struct technique_price *price, double warm, double w_s);

/* Share of the blocks executed at w_s that are in the block cache; 1 without one. */
double technique_hit_01(const struct technique_price *price, const struct technique_costs *costs, double w_s);

/* Does the mix fit: shares sum to 1, and the operations alone take less than the second? NULL, or why not. */
const char *mix_check(const struct mix *mix);

/* What kind of thing a guest is. */
enum guest_form {
	GUEST_ANY,           /* made for whatever it is put on */
	GUEST_SYSTEM,        /* an operating system as it is sold */
	GUEST_PORTED,        /* one whose kernel was ported to a hypervisor */
	GUEST_CONTAINER,     /* programs and their files, no kernel */
	GUEST_PROGRAM,       /* a program for the API of its image's system */
	GUEST_BYTECODE,      /* a program for a language's machine */
	GUEST_FORMS
};
extern const char *const guest_form_names[GUEST_FORMS];

struct technique_guest {
	enum guest_form form;
	const char *isa, *os;         /* NULL or empty: whatever the host has */
};

struct technique_host {
	const char *isa, *os;         /* os: of the kernel that guests would share; NULL: there is none */
	bool virtualizable;           /* the ISA's sensitive instructions are all privileged */
	bool ported_only;             /* boots only kernels ported to it, whatever the technique */
};

/* NULL, or why such a guest cannot run there under that technique (a constant phrase). */
const char *technique_refusal(enum technique technique, const struct technique_guest *guest,
                              const struct technique_host *host);

#endif

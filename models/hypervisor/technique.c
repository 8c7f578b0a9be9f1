/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The price list of each technique, and what each cannot run. */
#include "models/hypervisor/technique.h"

#include <string.h>

#include "sim/transcend.h"

const char *const technique_names[TECHNIQUES] = {
	"process", "os_level", "partial", "trap_and_emulate", "binary_translation", "hardware", "paravirtual",
	"interpretation", "cross_isa", "language", "application",
};

const struct technique_info technique_table[TECHNIQUES] = {
	[TECHNIQUE_PROCESS] = {"ABI",
		"the time-shared OS: CPU as processes, memory as pages and swap, disk as "
                                      "files, network as sockets, screen as windows",
                               "Unix, Windows"},
	[TECHNIQUE_OS_LEVEL] = {"ABI", "one kernel shows each container its own system; no exits",
                                "LXC, Docker, OpenVZ, Solaris Zones, FreeBSD jails"},
	[TECHNIQUE_PARTIAL] = {"ISA", "the address space alone is virtual: programs move, kernels do not run",
                               "IBM M44/44X, CTSS"},
	[TECHNIQUE_TRAP_EMULATE] = {"ISA",
		"full: the guest's kernel in user mode, each sensitive instruction "
                                           "traps and is emulated",
                                    "CP-67, VM/370"},
	[TECHNIQUE_BINARY_TRANSLATION] = {"ISA", "full: the guest's kernel is translated block by block, its "
                                                 "programs run as they are",
                                          "VMware Workstation and ESX before VT-x"},
	[TECHNIQUE_HARDWARE] = {"ISA", "full: a mode of the processor for guests; exits by reason, nested or "
                                       "shadow paging",
                                "KVM, Xen HVM and PVH, ESXi, Hyper-V, LPAR"},
	[TECHNIQUE_PARAVIRTUAL] = {"ISA", "the guest's kernel is ported: hypercalls, in batches, for what is "
                                          "privileged",
                                   "Xen PV, lguest"},
	[TECHNIQUE_INTERPRETATION] = {"ISA", "any ISA: every instruction is done in software", "Bochs, SIMH"},
	[TECHNIQUE_CROSS_ISA] = {"ISA", "any ISA: all code is translated block by block",
		"QEMU TCG, Rosetta 2"},
	[TECHNIQUE_LANGUAGE] = {"ABI", "bytecode of a language's machine: interpreted, then compiled",
                                "JVM, .NET"},
	[TECHNIQUE_APPLICATION] = {"API", "another system's API, made of this one's calls", "Wine, WSL 1"},
};

const char *const code_names[CODES] = {"integer", "float", "memory", "kernel"};
const char *const operation_names[OPERATIONS] = {
	"syscalls", "page_faults", "page_table_updates", "context_switches", "privileged", "sensitive",
	"io_requests", "interrupts",
};
/* Assumed: orders of magnitude of a server of about 3 GHz under Linux (lmbench-like figures). */
const double operation_native_ns[OPERATIONS] = {100, 700, 20, 1500, 30, 15, 4000, 1000};

const char *const guest_form_names[GUEST_FORMS] = {
	"any", "system", "ported", "container", "program", "bytecode",
};

static double at_least_1(double x)
{
	return x > 1 ? x : 1;
}

/* Traps out of user mode: a system call is caught by the monitor, reflected into the guest's kernel, and the
 * return from there is privileged; faults walk the guest's page table in software to fill the shadow. */
static void price_traps(const struct technique_costs *c, double *extra)
{
	double one = c->trap_ns + c->emulate_ns;
	extra[OP_SYSCALL] += 2 * c->trap_ns;
	extra[OP_PAGE_FAULT] += 2 * one;
	extra[OP_PAGE_TABLE] += one;
	extra[OP_SWITCH] += one;
	extra[OP_PRIVILEGED] += one;
	extra[OP_SENSITIVE] += one;
	extra[OP_IO] += c->io_exits / at_least_1(c->io_batch) * one;
	extra[OP_INTERRUPT] += 2 * one;
}

/* What was a trap is a call to the monitor's code beside the translated block; the guest's programs, which
 * run as they are, still trap when they call their kernel. */
static void price_translated_kernel(const struct technique_costs *c, double *extra)
{
	extra[OP_SYSCALL] += c->trap_ns;
	extra[OP_PAGE_FAULT] += 2 * c->trap_ns + c->emulate_ns;
	extra[OP_PAGE_TABLE] += c->callout_ns;
	extra[OP_SWITCH] += c->callout_ns + c->emulate_ns;
	extra[OP_PRIVILEGED] += c->callout_ns;
	extra[OP_SENSITIVE] += c->callout_ns;
	extra[OP_IO] += c->io_exits / at_least_1(c->io_batch) * (c->callout_ns + c->emulate_ns);
	extra[OP_INTERRUPT] += c->trap_ns;
}

static void price_exits(const struct technique_costs *c, double *extra)
{
	double one = c->exit_ns + c->emulate_ns;
	extra[OP_PAGE_FAULT] += c->shadow > 0 ? 2 * one : c->violation_share * one;
	extra[OP_PAGE_TABLE] += c->shadow > 0 ? one : 0;
	extra[OP_SWITCH] += c->shadow > 0 ? one : 0;
	extra[OP_PRIVILEGED] += c->privileged_share * one;
	extra[OP_IO] += c->io_exits / at_least_1(c->io_batch) * one;
	extra[OP_INTERRUPT] += c->interrupt_exits * c->exit_ns;
}

static void price_hypercalls(const struct technique_costs *c, double *extra)
{
	double update = c->hypercall_ns / at_least_1(c->hypercall_batch);
	extra[OP_PAGE_FAULT] += c->trap_ns + update;
	extra[OP_PAGE_TABLE] += update;
	extra[OP_SWITCH] += c->hypercall_ns;
	extra[OP_PRIVILEGED] += c->privileged_share * c->hypercall_ns;
	extra[OP_IO] += c->io_exits / at_least_1(c->io_batch) * c->hypercall_ns;
	extra[OP_INTERRUPT] += c->interrupt_exits * c->hypercall_ns;
}

/* Only what changes the map leaves the machine: loading another one, and editing one. */
static void price_maps(const struct technique_costs *c, double *extra)
{
	extra[OP_SWITCH] += c->trap_ns;
	extra[OP_PAGE_TABLE] += c->trap_ns + c->emulate_ns;
	extra[OP_PAGE_FAULT] += c->trap_ns;
}

/* All code in software: an operation is as much slower as kernel code is, and the monitor does the rest. */
static void price_software(const struct technique_costs *c, double kernel, double *extra)
{
	for (int i = 0; i < OPERATIONS; i++)
		extra[i] += operation_native_ns[i] * (kernel - 1);
	extra[OP_PAGE_FAULT] += c->emulate_ns;
	extra[OP_IO] += c->io_exits / at_least_1(c->io_batch) * c->emulate_ns;
	extra[OP_INTERRUPT] += c->emulate_ns;
}

static void factors(const struct technique_costs *c, double least, double *factor)
{
	const double given[CODES] = {c->integer_factor, c->float_factor, c->memory_factor, c->kernel_factor};
	for (int i = 0; i < CODES; i++)
		factor[i] = given[i] > 0 ? given[i] : least;
}

void technique_price(enum technique technique, const struct technique_costs *c, double walk_01,
                     struct technique_price *p)
{
	*p = (struct technique_price){{1, 1, 1, 1}, {0}, 0, 0};
	double *extra = p->extra_ns;
	extra[OP_SYSCALL] = c->syscall_ns;
	extra[OP_SWITCH] = c->switch_ns;
	extra[OP_IO] = c->io_ns;
	double translating_s = c->blocks * c->translate_ns * 1e-9;
	switch (technique) {
	case TECHNIQUE_PROCESS:
	case TECHNIQUE_OS_LEVEL:
	case TECHNIQUE_APPLICATION:
		break;
	case TECHNIQUE_PARTIAL:
		price_maps(c, extra);
		break;
	case TECHNIQUE_TRAP_EMULATE:
		price_traps(c, extra);
		break;
	case TECHNIQUE_BINARY_TRANSLATION:
		price_translated_kernel(c, extra);
		p->factor[CODE_KERNEL] = at_least_1(c->kernel_factor);
		p->cold_s = translating_s;
		break;
	case TECHNIQUE_HARDWARE:
		price_exits(c, extra);
		p->factor[CODE_MEMORY] = 1 + walk_01 * (at_least_1(c->walk_factor) - 1);
		break;
	case TECHNIQUE_PARAVIRTUAL:
		price_hypercalls(c, extra);
		break;
	case TECHNIQUE_INTERPRETATION:
		factors(c, at_least_1(c->interpret_factor), p->factor);
		price_software(c, p->factor[CODE_KERNEL], extra);
		break;
	case TECHNIQUE_CROSS_ISA:
		factors(c, 1, p->factor);
		price_software(c, p->factor[CODE_KERNEL], extra);
		p->cold_s = translating_s;
		break;
	case TECHNIQUE_LANGUAGE:
		factors(c, 1, p->factor);
		p->factor[CODE_KERNEL] = 1;
		p->cold_s = c->warm_s * (at_least_1(c->interpret_factor) - p->factor[CODE_INTEGER]);
		break;
	case TECHNIQUES:
		break;
	}
	p->warm_s = p->cold_s > 0 ? c->warm_s : 0;
}

double technique_slowdown(const struct technique_price *price, const struct mix *mix)
{
	double operations = 0, native = 0, code = 0;
	for (int i = 0; i < OPERATIONS; i++) {
		native += mix->per_s[i] * operation_native_ns[i] * 1e-9;
		operations += mix->per_s[i] * (operation_native_ns[i] + price->extra_ns[i]) * 1e-9;
	}
	for (int i = 0; i < CODES; i++)
		code += mix->share[i] * price->factor[i];
	return (1 - native) * code + operations;
}

double technique_slowdown_at(const struct technique_price *price, double warm, double w_s)
{
	return price->warm_s > 0 ? warm + price->cold_s / price->warm_s * exp(-w_s / price->warm_s) : warm;
}

double technique_slowdown_mean(const struct technique_price *price, double warm, double w_s)
{
	if (!(price->warm_s > 0) || !(w_s > 0))
		return technique_slowdown_at(price, warm, w_s);
	return warm - price->cold_s * expm1(-w_s / price->warm_s) / w_s;
}

double technique_hit_01(const struct technique_price *price, const struct technique_costs *c, double w_s)
{
	if (!(price->warm_s > 0) || !(c->block_rate > 0))
		return 1;
	double misses = c->blocks / price->warm_s * exp(-w_s / price->warm_s) / c->block_rate;
	return misses < 1 ? 1 - misses : 0;
}

const char *mix_check(const struct mix *mix)
{
	double share = 0, native = 0;
	for (int i = 0; i < CODES; i++)
		share += mix->share[i];
	for (int i = 0; i < OPERATIONS; i++)
		native += mix->per_s[i] * operation_native_ns[i] * 1e-9;
	if (share < 0.999 || share > 1.001)
		return "the shares of integer, float, memory and kernel code must add up to 1";
	if (native >= 1)
		return "its operations alone take more than a second of each second natively";
	return NULL;
}

static bool differ(const char *a, const char *b)
{
	return a && *a && b && *b && strcmp(a, b) != 0;
}

/* Runs code of any ISA. */
static bool runs_any_isa(enum technique technique)
{
	return technique == TECHNIQUE_INTERPRETATION || technique == TECHNIQUE_CROSS_ISA ||
	       technique == TECHNIQUE_LANGUAGE;
}

/* Why a kernel of the guest's own cannot run; NULL when it can. */
static const char *kernel_refusal(enum technique technique, bool ported, const struct technique_host *host)
{
	switch (technique) {
	case TECHNIQUE_PROCESS:
		return "it has a kernel of its own; processes share the machine's";
	case TECHNIQUE_OS_LEVEL:
		return "it has a kernel of its own; containers share the host's";
	case TECHNIQUE_PARTIAL:
		return "it has a kernel of its own; only address spaces are virtual here, not the processor";
	case TECHNIQUE_LANGUAGE:
		return "it is an operating system; a language's machine runs bytecode";
	case TECHNIQUE_APPLICATION:
		return "it is an operating system; an API can be replaced only under programs";
	case TECHNIQUE_PARAVIRTUAL:
		return ported ? NULL : "its kernel is not modified; paravirtualization needs one that makes "
		                       "hypercalls";
	case TECHNIQUE_TRAP_EMULATE:
		return host->virtualizable ? NULL : "this ISA has sensitive instructions that do not trap in "
		                                    "user mode (classic x86: POPF, SGDT and others)";
	default:
		return !ported && host->ported_only ? "it boots only kernels that were ported to it" : NULL;
	}
}

/* Programs without a kernel; NULL when they can run. */
static const char *program_refusal(enum technique technique, const struct technique_guest *guest,
                                   const struct technique_host *host)
{
	bool shares = technique == TECHNIQUE_PROCESS || technique == TECHNIQUE_OS_LEVEL ||
	              technique == TECHNIQUE_PARTIAL;
	if (technique == TECHNIQUE_APPLICATION)
		return guest->form == GUEST_PROGRAM ? NULL : "only single programs run on a replaced API";
	if (!shares)
		return "it has no kernel of its own; put it inside a VM that has one (vms[].inside)";
	return differ(guest->os, host->os) ? "its programs are made for another system's kernel" : NULL;
}

const char *technique_refusal(enum technique technique, const struct technique_guest *guest,
                              const struct technique_host *host)
{
	if (guest->form == GUEST_BYTECODE)
		return technique == TECHNIQUE_LANGUAGE ? NULL
			: "it is bytecode; it needs its language's machine";
	if (differ(guest->isa, host->isa) && !runs_any_isa(technique))
		return "its code is of another ISA; only interpretation or translation (cross_isa) runs it";
	switch (guest->form) {
	case GUEST_SYSTEM:
		return kernel_refusal(technique, false, host);
	case GUEST_PORTED:
		return kernel_refusal(technique, true, host);
	case GUEST_CONTAINER:
	case GUEST_PROGRAM:
		return program_refusal(technique, guest, host);
	default:
		/* Made for its place; but a shared kernel is of one system. */
		return technique == TECHNIQUE_OS_LEVEL && differ(guest->os, host->os)
		       ? "its programs are made for another system's kernel" : NULL;
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets up a real machine, a monitor, its guests and a bare machine beside each, and runs them. */
#include "models/hypervisor/virtualize.h"

#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/programs.h"
#include "sim/fault.h"
#include "sim/memory.h"

/* Words before, between and after guests that nobody was given. */
#define GAP 16
#define CANARY 0xdeadbeefu

/* Where the monitor within keeps what its guest takes for its own. */
struct inside {
	uint32_t vmode, vbase, vlimit;
	uint32_t depth;  /* monitors within */
	bool attempting; /* the next step is the innermost guest's */
	uint64_t steps, direct, direct_before;
};

struct experiment {
	const struct virtualize *what;
	struct outcome *outcome;
	struct machine real;
	struct guest *guests;
	struct lockstep *locksteps;
	struct program_image image; /* of the program, unchanged */
	uint32_t *loaded;           /* paravirtual: the changed program */
	uint8_t *hypercall;
	uint32_t words;
	struct console none;
	struct inside inside;
};

static void tell_nothing(void *context, uint32_t line, uint32_t column, const char *what)
{
	(void)context, (void)line, (void)column, (void)what;
}

static void assemble_again(struct program_image *image, const char *text,
                           const struct assemble_define *define)
{
	struct assemble_diag diag = {.tell = tell_nothing};
	bool good = assemble(image, text, define, &diag);
	ASSERT(good); /* the caller has assembled it before */
}

/* ---- the guest within a monitor within a guest */

static uint32_t outer_words(const struct experiment *x)
{
	return x->words + x->inside.depth * MONITOR_GUEST;
}

/* The monitors one behind the other, the program behind the last. */
static void load_nested(struct experiment *x, uint32_t *memory)
{
	uint32_t depth = x->inside.depth;
	for (uint32_t i = 0; i < depth; i++) {
		struct program_image monitor;
		struct assemble_define size = {"SIZE",
		                               (int32_t)(x->words + (depth - 1 - i) * MONITOR_GUEST)};
		assemble_again(&monitor, program_monitor, &size);
		memcpy(memory + i * MONITOR_GUEST, monitor.words, monitor.count * sizeof *memory);
		program_image_fini(&monitor);
	}
	memcpy(memory + depth * MONITOR_GUEST, x->image.words, x->image.count * sizeof *memory);
}

/* The innermost guest as it sees itself, while the processor is its. */
static bool inside_view(const struct experiment *x, const struct guest *g, struct cpu *cpu)
{
	const struct psw *psw = &g->cpu.psw;
	uint32_t depth = x->inside.depth;
	const uint32_t *monitor = g->memory + (depth - 1) * MONITOR_GUEST;
	if (psw->mode != MODE_USER || psw->base < depth * MONITOR_GUEST)
		return false;
	*cpu = g->cpu;
	cpu->psw.mode = monitor[x->inside.vmode];
	cpu->psw.base = monitor[x->inside.vbase];
	cpu->psw.limit = monitor[x->inside.vlimit];
	return true;
}

/* The bare machine up to where the innermost guest is, compared there. */
static void catch_up(struct experiment *x, const struct lockstep_view *view)
{
	struct lockstep *l = &x->locksteps[0];
	while (l->steps + 1 < x->inside.steps && !l->diverged) {
		l->steps++;
		machine_step(&l->native);
	}
	if (l->steps < x->inside.steps)
		lockstep_step(l, view);
}

/* Whoever has the processor next is the innermost guest: it has then made as many steps as it got attempts,
 * each of which the bare machine makes too. */
static void observe_inside(struct experiment *x, struct guest *g)
{
	struct inside *in = &x->inside;
	struct cpu cpu;
	in->steps += in->attempting;
	in->direct += in->attempting && g->counts.direct > in->direct_before;
	x->outcome->inner += !in->attempting;
	in->direct_before = g->counts.direct;
	in->attempting = inside_view(x, g, &cpu);
	if (in->attempting)
		catch_up(x, &(struct lockstep_view){.cpu = &cpu,
		                                    .console = &g->console,
		                                    .memory = g->memory + in->depth * MONITOR_GUEST});
}

/* The last step ends in the monitor, which stops its machine: registers are saved there by then. */
static void observe_end_inside(struct experiment *x)
{
	struct guest *g = &x->guests[0];
	struct cpu cpu = {0};
	struct lockstep *l = &x->locksteps[0];
	while (l->steps < x->inside.steps && !l->diverged) {
		l->steps++;
		machine_step(&l->native);
	}
	cpu = l->native.cpu;
	lockstep_compare(l, &(struct lockstep_view){.cpu = &cpu,
	                                            .console = &g->console,
	                                            .halted = g->halted,
	                                            .memory = g->memory + x->inside.depth * MONITOR_GUEST});
}

/* ---- one step of any guest */

static void trace(const struct experiment *x, const struct guest *g)
{
	const struct psw *psw = &g->cpu.psw;
	uint64_t at = (uint64_t)psw->base + psw->pc;
	char text[48] = "-";
	if (psw->pc < psw->limit && at < g->words)
		instruction_write(g->memory[at], text, sizeof text);
	fprintf(x->what->trace, "%8llu %c %5u  %s\n", (unsigned long long)g->counts.steps + 1,
	        psw->mode == MODE_USER ? 'u' : 's', (uint32_t)at, text);
}

static void observe(void *context, struct vmm *vmm, struct guest *g)
{
	struct experiment *x = context;
	uint32_t i = (uint32_t)(g - vmm->guests);
	if (x->what->technique == VMM_RECURSIVE) {
		observe_inside(x, g);
	} else {
		struct lockstep_view view = {&g->cpu,   g->memory,    &g->console,
		                             g->halted, g->hypercall, g->loaded};
		lockstep_step(&x->locksteps[i], &view);
	}
	if (x->what->trace && i == 0 && guest_running(g))
		trace(x, g);
}

static void run_native(struct experiment *x)
{
	struct guest *g = &x->guests[0];
	struct machine bare, *m = &bare;
	machine_init(m, g->memory, x->words, &x->what->isa, &g->console);
	while (!m->halted && g->counts.steps < g->budget) {
		if (x->what->trace) {
			g->cpu = m->cpu;
			trace(x, g);
		}
		machine_step(m);
		g->counts.steps++;
		g->counts.direct++;
		struct lockstep_view view = {&m->cpu, g->memory, &g->console, m->halted, NULL, NULL};
		lockstep_step(&x->locksteps[0], &view);
	}
	g->halted = m->halted;
}

/* ---- setting up and taking stock */

static void load(struct experiment *x)
{
	const struct virtualize *what = x->what;
	assemble_again(&x->image, what->text, NULL);
	x->words = what->words ? what->words : VIRTUALIZE_WORDS;
	if (x->words < x->image.count)
		x->words = x->image.count;
	x->loaded = memory_new(x->words, sizeof *x->loaded, "program");
	memcpy(x->loaded, x->image.words, x->image.count * sizeof *x->loaded);
	if (what->technique != VMM_PARAVIRTUAL)
		return;
	char *changed = paravirtualize(what->text);
	struct program_image image;
	assemble_again(&image, changed, NULL);
	x->hypercall = memory_new(x->words, 1, "hypercalls");
	for (uint32_t i = 0; i < image.count; i++)
		x->hypercall[i] = image.words[i] != x->image.words[i];
	memcpy(x->loaded, image.words, image.count * sizeof *x->loaded);
	program_image_fini(&image);
	free(changed);
}

static void guest_load(struct experiment *x, uint32_t i)
{
	struct guest *g = &x->guests[i];
	uint32_t *plain = memory_new(x->words, sizeof *plain, "program");
	memcpy(plain, x->image.words, x->image.count * sizeof *plain);
	lockstep_init(&x->locksteps[i], plain, x->words, &x->what->isa);
	free(plain);
	g->budget = x->what->steps ? x->what->steps : VIRTUALIZE_STEPS;
	g->hypercall = x->hypercall;
	g->loaded = x->loaded;
	if (x->what->technique == VMM_RECURSIVE)
		load_nested(x, g->memory);
	else
		memcpy(g->memory, x->loaded, x->words * sizeof *x->loaded);
}

static void counts_add(struct guest_counts *sum, const struct guest_counts *one)
{
	uint64_t *to = (uint64_t *)sum; /* nothing but counts */
	const uint64_t *from = (const uint64_t *)one;
	for (size_t i = 0; i < sizeof *sum / sizeof *to; i++)
		to[i] += from[i];
}

static void take_stock(struct experiment *x, uint32_t count, uint32_t each)
{
	struct outcome *o = x->outcome;
	o->halted = o->equivalent = o->contained = true;
	for (uint32_t i = 0; i < count; i++) {
		const struct guest *g = &x->guests[i];
		counts_add(&o->counts, &g->counts);
		o->halted &= g->halted;
		if (x->locksteps[i].diverged && o->equivalent) {
			o->equivalent = false;
			o->first = x->locksteps[i].first;
			o->first_guest = i;
		}
	}
	for (uint32_t i = 0; i <= count; i++)
		for (uint32_t k = 0; k < GAP; k++)
			o->contained &= x->real.memory[i * (each + GAP) + k] == CANARY;
	bool nested = x->what->technique == VMM_RECURSIVE;
	uint64_t steps = nested ? x->inside.steps : o->counts.steps;
	uint64_t direct = nested ? x->inside.direct : o->counts.direct;
	const struct guest_counts *c = &o->counts;
	o->direct_01 = steps ? (double)direct / (double)steps : 0;
	uint64_t work = c->dispatcher + c->allocator + c->interpreter + o->inner;
	o->vmm_calls = steps ? (double)work / (double)steps : 0;
	o->instructions = steps;
	o->console = x->guests[0].console;
}

static void run(struct experiment *x, uint32_t count, uint32_t each)
{
	struct vmm vmm;
	vmm_init(&vmm, &x->real, x->guests, count, x->what->technique);
	for (uint32_t i = 0; i < count; i++) {
		vmm_give(&vmm, i, GAP + i * (each + GAP), each);
		guest_load(x, i);
	}
	vmm.observe = observe;
	vmm.context = x;
	if (x->what->trace && x->what->technique != VMM_NATIVE)
		trace(x, &x->guests[0]);
	if (x->what->technique == VMM_NATIVE)
		run_native(x);
	else
		vmm_run(&vmm);
	if (x->what->technique == VMM_RECURSIVE && x->guests[0].halted)
		observe_end_inside(x);
	take_stock(x, count, each);
	vmm_fini(&vmm);
}

static void experiment_fini(struct experiment *x, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		lockstep_fini(&x->locksteps[i]);
	program_image_fini(&x->image);
	free(x->guests);
	free(x->locksteps);
	free(x->loaded);
	free(x->hypercall);
}

void virtualize(const struct virtualize *what, struct outcome *outcome)
{
	struct experiment x = {.what = what, .outcome = outcome};
	bool alone = what->technique == VMM_NATIVE || what->technique == VMM_RECURSIVE;
	uint32_t count = alone || !what->guests ? 1 : what->guests;
	ASSERT(count <= VIRTUALIZE_GUESTS_MOST);
	*outcome = (struct outcome){0};
	load(&x);
	if (what->technique == VMM_RECURSIVE) {
		x.inside.depth = what->levels ? what->levels : 1;
		bool known = assemble_symbol(program_monitor, "vmode", &x.inside.vmode) &&
		             assemble_symbol(program_monitor, "vbase", &x.inside.vbase) &&
		             assemble_symbol(program_monitor, "vlimit", &x.inside.vlimit);
		ASSERT(known);
	}
	uint32_t each = outer_words(&x), words = GAP + count * (each + GAP);
	uint32_t *memory = memory_new(words, sizeof *memory, "memory of the machine");
	for (uint32_t i = 0; i < words; i++)
		memory[i] = CANARY;
	machine_init(&x.real, memory, words, &what->isa, &x.none);
	x.guests = memory_new(count, sizeof *x.guests, "guests");
	x.locksteps = memory_new(count, sizeof *x.locksteps, "bare machines");
	run(&x, count, each);
	outcome->contained &= x.none.written == 0;
	free(memory);
	experiment_fini(&x, count);
}

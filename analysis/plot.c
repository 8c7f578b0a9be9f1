/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of plots, their look, and running gnuplot. */
#include "analysis/plot.h"

#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/fault.h"
#include "sim/memory.h"

#define HOST_SERIES "series of hosts (record: hosts)"
#define SITE_SERIES "series of sites (record: sites)"
#define HOST_TABLE "the table of hosts"
#define SCHEDULERS "tables of discrete schedulers (hosts: scheduler)"
#define VM_TABLE "the table of VMs (record: vms)"
#define LEG_TABLE "the table migration_legs (a kind of migration that goes leg by leg)"

const struct plot plot_table[] = {
	{
		"utilisation", "Utilisation of hosts over time",
		"CPU utilisation of each host over time: what was delivered in an interval as a share of "
		"the host's capacity. A row is a host, or the mean of neighbouring hosts when there are "
		"more than fit; grey is off. Bright rows are hot hosts, bright columns busy hours; a "
		"bright block beside a dark one is load that a policy packed together.",
		plot_utilisation, NULL, HOST_SERIES,
	},
	{
		"power", "Active hosts and power over time",
		"Above, hosts that were on and hosts whose guests demanded CPU; below, the power that "
		"all hosts drew together (without PUE). Both are means over the recording interval. The "
		"gap between line and area above is what consolidation could still switch off.",
		plot_power, overlay_power, SITE_SERIES,
	},
	{
		"cpu", "Demanded and delivered CPU over time",
		"CPU that all guests demanded and what the hosts delivered, means over the recording "
		"interval. Where the line of demand leaves the area, hosts were overloaded, and the "
		"guests on them waited for CPU (steal time).",
		plot_cpu, overlay_cpu, SITE_SERIES,
	},
	{
		"duration", "Duration curves of power and utilisation",
		"The values of the recording intervals in falling order: power above, CPU as a share of "
		"all hosts' capacity below. At 20 % of the time stands the value that was reached or "
		"exceeded in 20 % of the run. The area under a curve is energy, or work; a flat power "
		"curve over a steep utilisation curve is a datacenter that draws power whether it works "
		"or not.",
		plot_duration, overlay_duration, SITE_SERIES,
	},
	{
		"distribution", "Distribution of host utilisation",
		"How busy hosts were while they were on: bars give the share of their time at each CPU "
		"utilisation (in steps of 2 %), the line the share of time at or below it. A hump far to "
		"the left is idle machinery; a bar at 100 % is saturation, when guests waited. Several "
		"files: the lines alone.",
		plot_distribution, overlay_distribution, HOST_SERIES,
	},
	{
		"population", "VMs over time, arrivals and departures",
		"Above, VMs that were running and that waited for a place, means over short intervals; "
		"below, VMs that were asked for (area) and that ended (line) an hour. VMs that were "
		"there from the start are population, not arrivals; when none came or went later, there "
		"is no lower part.",
		plot_population, overlay_population, VM_TABLE,
	},
	{
		"lifecycle", "Life of VMs",
		"A row is a VM, in the order of their arrival: grey while it waited for a place, "
		"coloured by its group while it ran. A triangle marks a migration, a cross a VM that was "
		"refused, a bar that ends before the right edge a VM that ended. Where VMs boot, pause, "
		"are saved or crash, colours are states instead: a thick bar is a VM on a host, a thin "
		"one a VM that waits, is saved or has crashed, no bar one that is shut down. Of more "
		"than 100 VMs every n-th is shown.",
		plot_lifecycle, NULL, VM_TABLE,
	},
	{
		"energy", "Energy by type of host",
		"Energy that each group of hosts drew (without PUE), in two parts: what the hosts would "
		"have drawn idle for the time they were on, and what the load added. The dark part is "
		"what switching off hosts can save, the bright part what faster code or better hosts can.",
		plot_energy, NULL, HOST_TABLE,
	},
	{
		"overhead", "Useful work and overhead by type of host",
		"What became of the CPU that each group of hosts gave: the guests' own work; what "
		"virtualization added to it (exits, hypercalls, translation); CPU that guests held while "
		"they waited for pages or forbidden operations were filtered; and the work of service "
		"domains: dom0, parent partition, host system. Bars of equal dark length did the same "
		"work; the shorter the rest, the cheaper the hypervisor.",
		plot_overhead, NULL, "hosts with a hypervisor (hosts[].hypervisor)",
	},
	{
		"slowdown", "Slow-down by host group and VM group",
		"A row is a group of hosts, so a hypervisor or a technique; a column is a group of VMs, "
		"so a mix of operations. The number is CPU that the VMs got over their own work in it: "
		"1.00 costs nothing, at 2.00 half of the CPU went to virtualization; colours are "
		"logarithmic. A pale row suits every program, a pale column is a program that no "
		"technique slows.",
		plot_slowdown, NULL, "2 to 24 groups of hosts with hypervisors, 2 to 12 of VMs (record: vms)",
	},
	{
		"carbon", "Carbon over time",
		"CO2 of the electricity that the sites drew, with PUE and each site's carbon intensity: "
		"kilograms an hour above, their sum below. A rise with level power is dirtier "
		"electricity; the slope below shows when a load that can wait should not run.",
		plot_carbon, overlay_carbon, SITE_SERIES " and carbon intensity (sites: carbon)",
	},
	{
		"cost", "Cost over time",
		"What the datacenter costs: an hour above, since the start below. At the bottom energy "
		"(with PUE, at each site's price), on top of it hardware, space, administration and "
		"licences, as far as the scenario names prices. Only energy follows the load: where it "
		"is a thin stripe, a policy saves money by needing fewer hosts, not by emptying them. "
		"Several files: sums alone.",
		plot_cost, overlay_cost,
		SITE_SERIES " and prices in one currency (sites: electricity_price, hosts: price ...)",
	},
	{
		"memory", "Memory of guests over time",
		"Where the memory is that guests have touched: resident, saved by merging equal pages, "
		"given up to balloons, swapped out by the host; the dashed line is what there is. A "
		"panel for each of up to six hosts, else all together. Green and light blue are nearly "
		"free, as long as balloons take idle memory; where red begins, guests wait for pages "
		"that they need (table vm_memory).",
		plot_memory, NULL, "the table memory (hosts: memory)",
	},
	{
		"migration_rounds", "Migrations round by round",
		"The first migrations, one below the other: a box for each round of pre-copy, for "
		"stop-and-copy, for what follows a post-copied VM; as wide as it took, as high as its "
		"bytes went. The black line over a round is the rate at which pages were dirtied: above "
		"the boxes, pre-copy does not converge.",
		plot_migration_rounds, NULL, LEG_TABLE,
	},
	{
		"migration_rates", "Rate and dirty rate by round",
		"The first migrations with rounds, side by side. Above, at which rate each round was "
		"sent and at which rate pages were dirtied meanwhile; the triangle is what went with the "
		"VM stopped. Below, what was sent, on a logarithmic scale: a straight fall is a pre-copy "
		"that converges, a level row is its writable working set.",
		plot_migration_rates, NULL, "at least two rounds of a migration that goes leg by leg",
	},
	{
		"migration_guest", "A VM through its migration",
		"Throughput of each VM, as a part of what it does undisturbed, from just before its "
		"migration to just after: nothing at a red line, where it stands still, less while it is "
		"throttled (dashed: CPU taken away) or waits for pages that have not come (a mean over "
		"the push). The ribbon below tells the stage; rounds change their tint.",
		plot_migration_guest, NULL, LEG_TABLE,
	},
	{
		"migration_compare", "Migrations beside one another",
		"Of up to eight migrations that came to their end: total time, downtime (on a "
		"logarithmic scale), bytes sent, and what the VM lost, stopped and slowed down together, "
		"in seconds of its work. A colour is a kind of migration.",
		plot_migration_compare, NULL, "at least two migrations that went leg by leg to their end",
	},
	{
		"migration_downtime", "Downtime against dirty rate",
		"A point for each migration that came to its end: how long its VM stood still, over the "
		"rate at which it dirtied pages, a line for each kind and bandwidth of the path. Dotted: "
		"the dirty rate is that bandwidth; from there on each round leaves as much as it sent.",
		plot_migration_downtime, NULL, "migrations leg by leg, at two dirty rates or more",
	},
	{
		"migration_stages", "What migrations spend their time on",
		"A bar for each migration: preparing, the disk ahead of the memory, rounds, the time for "
		"which the VM stands still, and what follows it. Above it how it went, and what was sent.",
		plot_stages, NULL, "a migration that goes leg by leg",
	},
	{
		"migration_distance", "Migrations over growing distances",
		"Time in all, downtime and lost CPU over the round trip of the path (logarithmic), a "
		"line a kind. Pre-copy hardly minds the distance; post-copy pays for it in faults that "
		"wait for a round trip each.",
		plot_distance, NULL, "migrations over paths of different round trips",
	},
	{
		"compatibility", "Which VM may go where",
		"A mark where a migration was asked for: VMs down, targets across. A green dot moved; "
		"the others were refused before the first byte, for what the target lacks (table "
		"migration_refusals has the sentence).",
		plot_compatibility, NULL, "a migration that was refused",
	},
	{
		"traffic", "Application traffic while VMs move",
		"A panel for each of up to six streams, from shortly before the first change to shortly "
		"after the last: what is sent (dashed) and what arrives (area). Bands: the sender stands "
		"still; nobody hears what is sent; the peer has given up; packets go by the old host. "
		"After a gap a TCP stream catches up, as fast as links and window let it (cut off at "
		"three times what it sends).",
		plot_traffic, NULL, "the table traffic (scenario: traffic)",
	},
	{
		"dependency", "Who needs the host that it left",
		"A row for each migration and each process that moves: moving, standing still, running "
		"elsewhere while memory, calls or packets still come from the old host. A VM is rid of "
		"it in the end; a process is not, and is lost with it (cross).",
		plot_dependency, NULL, "migrations that go leg by leg, or the table processes",
	},
	{
		"machines", "Guests on the small machine",
		"Guests that really ran under techniques of virtualization: above, the share of their "
		"instructions that the real processor did without intervention; below, what the monitor "
		"did for each: calls of its modules, and instructions of monitors within. A cross marks "
		"a guest that differed from the bare machine: a sensitive instruction did not trap.",
		plot_machines, NULL, "the table of machines (scenario: machines)",
	},
	{
		"availability", "Downtime of hosts and of VMs",
		"How much of the time hosts (above) and VMs (below) were down by failures of hosts, in "
		"parts per million, a logarithmic axis: a nine is a step of ten. Beside each group, "
		"failures of a host, and the work that a VM lost because nobody had saved it. Where VMs "
		"are down as long as their hosts, nothing starts them elsewhere.",
		plot_availability, NULL, "hosts that may fail (hosts: failures)",
	},
	{
		"checkpoint", "Run time of jobs against the interval of checkpoints",
		"Points: simulated run time over the work itself, with two standard errors; lines: "
		"Daly's expected run time. To the left checkpoints cost, to the right failures. Marks: "
		"the best interval after Young and after Daly, and where the simulation has its minimum.",
		plot_checkpoint, NULL, "the tables of jobs (scenario: jobs)",
	},
	{
		"remus", "Continuous checkpoints of a VM against the length of an epoch",
		"Above, the CPU time that a VM gets, and dashed what a client in a closed loop gets; in "
		"the middle, how long what it sends is held back; below, what its pages take of the "
		"network. A VM that cannot be sent as fast as it writes has longer epochs than were "
		"asked for: there its curves are level.",
		plot_remus, NULL, "the table remus (scenario: remus)",
	},
	{
		"hotspots", "Hotspots and the moves that resolve them",
		"CPU that was asked for of each host. A band is a move, in a tint of the colour of the host "
		"that the VM leaves; a peak without a band is one that policies sat out, or did not see.",
		plot_hotspots, NULL, "at most 8 hosts and 60 moves, some by policies (control)",
	},
	{
		"frontier", "Energy against work not delivered",
		"A point a file: energy of the hosts, and the share of the work asked for that was not "
		"delivered. One with another below it and to its left is never to be chosen.",
		plot_frontier, overlay_frontier, "several files of runs with hosts",
	},
	{
		"shares", "CPU of groups of VMs",
		"CPU that a VM of each group got while it ran, a mean, in the colour of the hosts that "
		"the group ran on (dark grey: on several kinds); the light grey bar behind is what it "
		"asked for. Between groups of one host that all ask for more than there is, heights are "
		"as their weights; a cap cuts a bar from above, a reservation holds it up from below.",
		plot_shares, NULL, VM_TABLE,
	},
	{
		"ready_time", "Ready time of VMs",
		"Above, for each group of VMs, the part of the time in which their virtual CPUs could "
		"have run and did not: ready (waiting for a core) and throttled (their cap was used up). "
		"Below, the part of the cores' time that each group of hosts lost in switching. Short "
		"slices move the bars down above and up below.",
		plot_ready_time, NULL, SCHEDULERS,
	},
	{
		"wakeup_latency", "Wake-up latency",
		"How long virtual CPUs waited from waking to running: at each latency, the share of a "
		"group's wake-ups that waited longer, both axes logarithmic. A vertical fall is a bound "
		"that the scheduler keeps (n slices of those before it); a long tail to the right is "
		"what users of an interactive VM feel, even where its mean is small.",
		plot_wakeup_latency, NULL, SCHEDULERS,
	},
	{
		"schedule", "Schedule of a host's cores",
		"Which VM was on which core of one host, slice by slice: a colour a VM, or, of more than "
		"eight, a colour a group. White is an idle core. Look for equal widths (slices), short "
		"stays (woken VMs that preempt) and the same VM on several rows (migrations between "
		"cores).",
		plot_schedule, NULL, "a schedule (record: schedule)",
	},
	{0}
};

const char *const plot_format_names[PLOT_FORMATS] = {"svg", "png", "pdf"};

/* One shape and one relation of text to picture in all formats. */
static const char *const terminals[PLOT_FORMATS] = {
	[PLOT_SVG] = "svg size 1000,640 dynamic enhanced font 'sans,20' linewidth 1.6 background '#ffffff'",
	[PLOT_PNG] = "pngcairo size 1400,896 enhanced font 'sans,22' linewidth 2.2 background '#ffffff'",
	[PLOT_PDF] = "pdfcairo size 17.5cm,11.2cm enhanced font 'sans,14' linewidth 1.4",
};

static const char look[] =
	"reset\n"
	"set encoding utf8\n"
	"set border 3 lw 0.8 lc rgb '#404040'\n"
	"set tics nomirror out scale 0.6 textcolor rgb '#202020'\n"
	"set grid ytics lt 1 lw 0.5 lc rgb '#e4e4e4'\n"
	"set key above left horizontal Left reverse samplen 1.6 spacing 1.1 width 1 nobox\n"
	"set style fill solid 1.0 noborder\n"
	"set format y '%h'\n"
	"set xlabel offset 0,0.2\n";

const struct plot *plot_find(const char *name)
{
	for (const struct plot *p = plot_table; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

struct plot_unit plot_time_unit(double span_s)
{
	if (span_s <= 180)
		return (struct plot_unit){"s", 1};
	if (span_s <= 3 * 3600)
		return (struct plot_unit){"min", 60};
	if (span_s <= 4 * 86400)
		return (struct plot_unit){"h", 3600};
	return (struct plot_unit){"d", 86400};
}

struct plot_unit plot_power_unit(double most_w)
{
	if (most_w < 2e3)
		return (struct plot_unit){"W", 1};
	return most_w < 2e6 ? (struct plot_unit){"kW", 1e3} : (struct plot_unit){"MW", 1e6};
}

struct plot_unit plot_cpu_unit(double most_ghz)
{
	return most_ghz < 2e3 ? (struct plot_unit){"GHz", 1} : (struct plot_unit){"THz", 1e3};
}

/* Ticks at times that people use: six to nine of them. */
static double time_step(double span, double hours)
{
	static const double steps[] = {1, 2, 3, 4, 6, 12, 24};
	double step = 1;
	if (hours > 0)
		for (unsigned i = 0; i < sizeof steps / sizeof *steps && span / step > 8; i++)
			step = steps[i];
	return step;
}

void plot_time_axis(FILE *gnuplot, double span_s, bool label)
{
	struct plot_unit unit = plot_time_unit(span_s);
	fprintf(gnuplot, "set xrange [0:%.17g]\n", span_s / unit.size);
	if (strcmp(unit.name, "h") == 0)
		fprintf(gnuplot, "set xtics %g\n", time_step(span_s / unit.size, 1));
	if (label)
		fprintf(gnuplot, "set xlabel 'Time (%s)'\nset format x '%%h'\n", unit.name);
	else
		fprintf(gnuplot, "unset xlabel\nset format x ''\n");
}

void plot_value_axis(FILE *gnuplot, double most)
{
	double step = 1;
	if (!(most > 0))
		most = 1;
	while (step * 5 < most)
		step *= 10;
	while (step / 2 > most)
		step /= 10;
	/* now step is a power of ten near the largest tick; a part of it gives at most six ticks */
	static const double parts[] = {0.1, 0.2, 0.5, 1};
	for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (step * parts[i] * 6 >= most) {
			step *= parts[i];
			break;
		}
	}
	fprintf(gnuplot, "set yrange [0:%.9g]\nset ytics %.9g\n", most * 1.06, step);
}

void plot_count_axis(FILE *gnuplot, double most)
{
	plot_value_axis(gnuplot, most);
	if (most <= 5)
		fputs("set ytics 1\n", gnuplot);
}

/* A drawing under way: which plots, and their temporary files. */
struct drawing {
	const struct plot_job *job;
	const struct plot **plots;
	unsigned count;
	const char *why;
};

static void drawing_fail(struct drawing *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void drawing_fail(struct drawing *d, const char *format, ...)
{
	char text[640];
	va_list arguments;
	if (d->why)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	d->why = results_keep(d->job->inputs[0].results, text);
}

static void file_name(const struct drawing *d, const struct plot *plot, const char *ending,
                      char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s.%s%s", d->job->folder, plot->name,
	         plot_format_names[d->job->format], ending);
}

void plot_quoted(FILE *gnuplot, const char *text)
{
	fputc('\'', gnuplot);
	for (const char *c = text; *c; c++) {
		if (*c == '\'')
			fputc('\'', gnuplot);
		fputc(*c == '\n' ? ' ' : *c, gnuplot);
	}
	fputc('\'', gnuplot);
}

static bool plot_put(const struct drawing *d, FILE *script, const struct plot *plot)
{
	if (d->job->input_count == 1)
		return plot->draw(script, d->job->inputs[0].results);
	return plot->overlay && plot->overlay(script, d->job->inputs, d->job->input_count);
}

/* Adds one plot to the script, if the file has the data. */
static void script_add(struct drawing *d, FILE *script, const struct plot *plot)
{
	char path[PATH_MAX];
	char *commands = NULL;
	size_t size = 0;
	FILE *draft = open_memstream(&commands, &size);
	if (!draft)
		fault_surroundings("out of memory: no room to draw '%s'", plot->name);
	bool drawn = plot_put(d, draft, plot);
	fclose(draft);
	if (drawn) {
		file_name(d, plot, ".part", path);
		fputs(look, script);
		fputs("set output ", script);
		plot_quoted(script, path);
		fputc('\n', script);
		fwrite(commands, 1, size, script);
		fputs("\nunset output\n", script);
		d->plots[d->count++] = plot;
	}
	free(commands);
}

/* Runs gnuplot over the script. Returns its exit status, -1 (and errno) when it could not be run. */
static int gnuplot_run(int script, int complaints)
{
	char *const arguments[] = {(char[]){"gnuplot"}, (char[]){"--default-settings"}, (char[]){"-"}, NULL};
	posix_spawn_file_actions_t actions;
	pid_t child;
	int status = -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, script, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, complaints, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
	int refused = posix_spawnp(&child, "gnuplot", &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	errno = refused;
	if (refused)
		return -1;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	/* POSIX lets a child that could not be started end with 127 instead of being refused;
	 * under valgrind it does. */
	errno = ENOENT;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What gnuplot said, on one line: its messages quote the command, which is long when data are in it. */
static void complaint_text(int complaints, char text[static 400])
{
	ssize_t got = pread(complaints, text, 399, 0);
	text[got > 0 ? got : 0] = '\0';
	size_t length = 0;
	for (const char *c = text; *c; c++) {
		bool blank = *c == '\n' || *c == ' ' || *c == '\t';
		if (!blank || (length && text[length - 1] != ' '))
			text[length++] = blank ? ' ' : *c;
	}
	text[length] = '\0';
}

static bool script_run(struct drawing *d, int script, int complaints)
{
	char text[400];
	int status = gnuplot_run(script, complaints);
	if (status < 0) {
		drawing_fail(d, "gnuplot cannot be run: %s (Debian: apt-get install gnuplot-nox)",
		             strerror(errno));
	} else if (status > 0) {
		complaint_text(complaints, text);
		drawing_fail(d, "gnuplot failed with status %d: %s", status, text);
	}
	return status == 0;
}

/* Puts the finished files in their places, or takes the unfinished away. */
static unsigned files_finish(struct drawing *d, bool good)
{
	unsigned done = 0;
	for (unsigned i = 0; i < d->count; i++) {
		char part[PATH_MAX], path[PATH_MAX];
		file_name(d, d->plots[i], ".part", part);
		file_name(d, d->plots[i], "", path);
		if (good && rename(part, path) == 0) {
			done++;
			continue;
		}
		if (good)
			drawing_fail(d, "cannot write '%s': %s", path, strerror(errno));
		unlink(part);
	}
	return done;
}

static void lacking_set(const struct drawing *d)
{
	if (!d->why && d->job->lacking)
		*d->job->lacking = true;
}

/* Why a plot that was asked for by its name is not there. */
static void missing_tell(struct drawing *d, const struct plot *plot)
{
	lacking_set(d);
	if (d->job->input_count > 1 && !plot->overlay)
		drawing_fail(d, "the plot '%s' shows one file at a time", plot->name);
	else
		drawing_fail(d, "the plot '%s' needs %s, which %s not have", plot->name, plot->needs,
		             d->job->input_count > 1 ? "one of the files does" : "the file does");
}

static unsigned plots_gather(struct drawing *d, FILE *script)
{
	const struct plot_job *job = d->job;
	fprintf(script, "set terminal %s\n", terminals[job->format]);
	for (unsigned i = 0; job->plots ? i < job->plot_count : plot_table[i].name != NULL; i++) {
		const struct plot *plot = job->plots ? job->plots[i] : &plot_table[i];
		unsigned before = d->count;
		script_add(d, script, plot);
		if (job->plots && d->count == before)
			missing_tell(d, plot);
	}
	if (!d->count) {
		lacking_set(d);
		drawing_fail(d, "the file has no series to plot; record them (record: hosts, sites)");
	}
	return d->count;
}

static FILE *memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");
	if (!file)
		fault_surroundings("cannot make room for the plots: %s", strerror(errno));
	return file;
}

unsigned plot_job_draw(const struct plot_job *job, const char **why)
{
	unsigned known = job->plots ? job->plot_count : sizeof plot_table / sizeof *plot_table, done = 0;
	struct drawing d = {.job = job};
	d.plots = memory_new(known, sizeof *d.plots, "plots");
	FILE *script = memory_file("gnuplot-script"), *complaints = memory_file("gnuplot-words");
	if (access(job->folder, W_OK | X_OK) != 0) {
		drawing_fail(&d, "cannot write into '%s': %s", job->folder, strerror(errno));
	} else if (plots_gather(&d, script)) {
		if (fflush(script) != 0 || fseek(script, 0, SEEK_SET) != 0)
			fault_surroundings("cannot make room for the plots: %s", strerror(errno));
		done = files_finish(&d, script_run(&d, fileno(script), fileno(complaints)));
	}
	fclose(script);
	fclose(complaints);
	free(d.plots);
	*why = d.why;
	return done;
}

/* tidy: many because each of them says something that only the caller knows */
unsigned plot_draw(struct results *results, const struct plot *const *plots, unsigned count,
                   enum plot_format format, const char *folder, const char **why)
{
	const struct plot_input input = {results, results_scenario_name(results)};
	return plot_job_draw(&(struct plot_job){&input, 1, plots, count, format, folder, NULL}, why);
}

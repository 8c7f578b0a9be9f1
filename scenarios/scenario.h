/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario after reading: every key resolved, in base units, checked; plain structs.
 * scenario_read.h reads one.
 *
 * Where a value may be absent there is a has_ flag beside it. Strings live in the scenario's arena. */
#ifndef SCENARIOS_SCENARIO_H
#define SCENARIOS_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/record.h"
#include "models/cloudsim/rules.h"
#include "models/demand.h"
#include "models/hypervisor/io_path.h"
#include "models/hypervisor/memory_host.h"
#include "models/hypervisor/technique.h"
#include "models/law.h"
#include "models/migration/leg.h"
#include "models/migration/traffic.h"
#include "models/power.h"
#include "models/world.h"
#include "policies/control.h"
#include "scenarios/arrivals.h"
#include "scenarios/diag.h"
#include "scenarios/plugins.h"

struct scenario_site {
	const char *name;
	int64_t wan_bps, wan_latency_ns;    /* of its link; has_ false: as in the section network */
	bool has_wan_link, has_wan_latency;
	double pue, carbon_g_per_kwh;
	const char *carbon_trace;           /* name or path; NULL: carbon_g_per_kwh holds all the time */
	const char *carbon_start;           /* instant at which the run begins, ISO 8601 */
	struct place carbon_place;
	double electricity_price;           /* per kWh; all amounts are in scenario.currency */
	double rack_unit_price;             /* per month */
	struct place place;
};

struct scenario_phase {                 /* boot, shutdown, suspend, resume; off, suspended use power only */
	int64_t time_ns;
	double power_w;
	bool has_power;                 /* false in the file: power_w is then the group's power at idle */
};

struct scenario_value {                 /* a parameter of a policy or hypervisor, a rate of a mix */
	const char *name;
	double value;
	struct place place;
};

/* hosts[].scheduler: what is absent is the scheduler's own default. */
struct scenario_scheduler {
	unsigned kind;                      /* 0: fluid; else enum quantum_scheduler + 1 */
	int64_t slice_ns, latency_ns, granularity_ns, wakeup_ns, tick_ns, cap_period_ns, switch_ns,
		migrate_ns, balance_ns;
	bool has_slice, has_latency, has_granularity, has_wakeup, has_tick, has_cap_period, has_switch,
		has_migrate, has_balance;
	unsigned allocation;                /* enum quantum_allocation */
	bool boost, has_boost, debit_samples, gang;
};

struct scenario_dirty {                 /* vms[].dirty */
	int64_t set_bytes, rate_bps;
	enum dirty_pattern pattern;
	double zero_01, free_01, cache_01;
	int64_t disk_set_bytes, disk_bps;
};

struct scenario_identity {              /* migration.identity */
	enum announce_way announce;
	int64_t after_ns, learn_ns, ageing_ns, rename_ns, header_bytes;
};

struct scenario_migration {
	struct scenario_identity identity;
	const char *kind;                   /* planned, or one that goes leg by leg */
	double bandwidth_01, cpu_loss_01;   /* planned */
	enum stop_rule stop;
	double link_share_01, host_cpu_01;
	int64_t downtime_limit_ns, bandwidth_bps, least_bps, rounds, hybrid_after_ns, hybrid_round, push_bps;
	bool has_downtime_limit, has_bandwidth, has_least, has_rounds, has_hybrid_after, has_push_bandwidth;
	bool auto_converge, xbzrle, self, balloon, drop_cache;
	enum push_way push;
	enum switch_way switching;
	enum disk_way disk;
	double compression_01, logging_01;
	int64_t channels, stun_hz;
	int64_t out, in, link, all;         /* limits; 0: none */
};

struct scenario_law {                   /* of times; shape where the law has one */
	enum law_kind kind;
	double mean_ns, shape;
	bool has_mean, has_shape;
};

struct scenario_failures {              /* hosts[].failures */
	struct scenario_law between, repair;
	double rack_01;
	double recall_01, precision_01;     /* foresight */
	int64_t lead_ns;
	bool restarts;
	const char *as;                     /* a group of hosts; NULL: itself */
	struct place as_place;
	const char *trace;                  /* NULL: the laws */
	struct place trace_place;
	int64_t system, offset_ns;
	bool has_system;
};

struct scenario_job {                   /* scenarios/resilience.h */
	const char *name;
	int64_t work_ns, dump_ns, restart_ns, least_ns, most_ns, points, runs;
	bool has_least, has_most;
	struct scenario_law between;
	struct place place;
};

struct scenario_remus {                 /* scenarios/resilience.h */
	const char *name;
	int64_t set_bytes, rate_bps, least_ns, most_ns, points, pause_ns, copy_ns, bandwidth_bps, latency_ns,
		detect_ns, activate_ns, response_ns;
	enum dirty_pattern pattern;
	double compression_01;
	struct place place;
};

struct scenario_speed {                 /* a P-state */
	int64_t core_hz;
	double idle_w, max_w;
	struct place place;
};

struct scenario_host {                  /* a group of equal hosts */
	const char *name, *type, *site;     /* type: catalogue entry or NULL; site: never NULL */
	const char *description;            /* may be NULL */
	int64_t count, cores, core_hz, ram_bytes, disk_bytes, nic_bps;
	const char *nodes;                  /* list of machines: count, cores, ram of each (nodes.h) */
	struct place nodes_place;
	int64_t per_rack;                   /* hosts a rack; has_per_rack false: all in one */
	bool has_per_rack;
	bool on;                            /* state at the start */
	double rack_units;
	double price, depreciation_years;   /* of a host */
	double administration, licence, core_licence; /* per year: of a host, of a host, of a core */
	enum power_form power_form;
	double power_idle_w, power_max_w;
	double power_table_w[POWER_POINTS];
	uint32_t power_table_count;         /* 0 or 11 */
	bool has_power_form;                /* power.model was given; else a table makes it the table form */
	struct scenario_speed *speeds;      /* slower ones, the fastest first */
	uint32_t speed_count;
	struct scenario_phase boot, shutdown, suspend, resume, off, suspended;
	struct scenario_scheduler scheduler;
	const char *cpu_model;              /* NULL: it has every feature */
	uint32_t devices, image_formats;    /* bit k: device_kind, image_format k; has_ false: all */
	bool has_devices, has_image_formats;
	const char *hypervisor;             /* a preset; has_hypervisor false: an ideal one */
	bool has_hypervisor;
	enum isolation isolation;
	bool has_isolation;                 /* false: as the hypervisor is */
	struct memory_rules memory;
	int64_t balloon_bps, swap_bps;      /* bit/s: memory has bytes/s */
	bool has_memory;                    /* false: memory is never overcommitted */
	struct scenario_failures failures;
	bool has_failures;                  /* false: its hosts do not fail by themselves */
	struct scenario_value *hypervisor_values;
	uint32_t hypervisor_value_count;
	struct place place;
};

enum scenario_source {
	SOURCE_NONE, SOURCE_TRACE, SOURCE_CONSTANT, SOURCE_UNIFORM, SOURCE_DIURNAL, SOURCE_ON_OFF, SOURCE_AR1,
	SOURCE_FLASH_CROWD, SOURCES
};
extern const char *const scenario_source_names[SOURCES];

enum scenario_missing { MISSING_ERROR, MISSING_GENERATE, MISSINGS };
extern const char *const scenario_missing_names[MISSINGS]; /* "error", "generate" */

struct scenario_demand {
	enum scenario_source source;        /* `demand.trace` given: trace; else `demand.generator` */
	const char *trace;                  /* name in the table of traces, or a path */
	const char *subset;                 /* part of the trace: a folder (day) name; NULL: the only one */
	const char *format;                 /* reader for a path; NULL: by name of the trace */
	enum scenario_missing if_missing;   /* generate: the generator stands in for a missing trace */
	enum scenario_source generator;     /* from constant on */
	bool has_generator;
	double level_01, least_01, most_01; /* see generate.h */
	double noise_01, spread_01;         /* standard deviations: of a sample, of a row's level */
	double autocorrelation, correlation_01; /* of the noise: next samples, two rows */
	int64_t peak_ns;                    /* diurnal: time of day */
	int64_t on_ns, off_ns;              /* on_off: means */
	int64_t start_ns, rise_ns, decay_ns; /* flash_crowd */
	int64_t period_ns;                  /* generated: sample period */
	int64_t part, parts;                /* rows: the part-th (from 1) of `parts` equal ones, in order */
	double scale;
	int64_t offset_ns;                  /* trace time = simulated time + offset */
	enum demand_hold hold;
	int64_t read_interval_ns, read_offset_ns; /* linear: instants of reading */
	enum demand_end end;
	struct place place;
};

/* A time that is drawn for each guest: scenarios/draw.h. */
enum draw_kind { DRAW_CONSTANT, DRAW_EXPONENTIAL, DRAW_LOGNORMAL, DRAW_PARETO, DRAW_WEIBULL, DRAWS };

struct scenario_draw {
	enum draw_kind kind;
	int64_t mean_ns;
	bool has_mean;
	double shape;                       /* lognormal, pareto, weibull */
	bool has_shape;
};

struct scenario_arrivals {              /* guests as a trace tells them: scenarios/arrivals.h */
	const char *trace, *subset, *format; /* subset, format: may be NULL */
	enum arrivals_lifetimes lifetimes;
	int64_t offset_ns;                  /* trace time at which the run begins */
	bool has_offset;                    /* false: with the first arrival */
	struct place place;
};

struct scenario_guest_phase {           /* boot, shut_down */
	int64_t time_ns;
	double cpu_01;                      /* asked for meanwhile, of vcpus * vcpu_hz */
};

struct scenario_vm {                    /* a group of equal guests */
	const char *name, *image, *tenant, *service;
	const char *type;                   /* "aws/m5.large": its entry is merged in already; or NULL */
	int64_t nic_bps;
	bool has_nic;
	double price;                       /* what a cloud asks for one, per hour */
	const char *inside;                 /* an earlier group whose guests hold these; or NULL */
	const char *storage;                /* pool that holds their disks; NULL: their hosts do */
	bool undefined;                     /* at the start: names for clones and for vm_define */
	struct scenario_guest_phase boot, shut_down;
	int64_t boot_read_bytes;
	bool boot_image;                    /* the image is moved to the host before each boot */
	enum vm_on_crash on_crash;
	enum vm_copy copy;
	double layer_01;                    /* of its disk: booked for a layer */
	int64_t count;                      /* has_count false: one for each row of the demand's part */
	bool has_count;
	int64_t vcpus, vcpu_hz, ram_bytes, disk_bytes;
	double cap_01, reservation_01;      /* of vcpus * vcpu_hz */
	int64_t weight, priority, cpu_priority;
	int64_t start_ns, spacing_ns;       /* guest k starts at start + k spacing */
	struct scenario_draw interarrival;  /* times between starts; has_interarrival false: spacing_ns */
	bool has_interarrival;
	struct scenario_draw life;
	bool has_life;
	bool dies_idle;
	bool trace_sizes;                   /* each as large as its row of the trace tells */
	struct scenario_arrivals arrivals;
	bool has_arrivals;
	const char *mix;                    /* what its work is made of: a name of `list mixes` */
	struct scenario_value *mix_values;
	uint32_t mix_value_count;
	enum guest_form form;
	enum technique technique;
	bool has_technique;                 /* false: the hypervisor's own */
	struct vm_bursts bursts;
	bool has_lock;
	const char *pin;                    /* "0-3,8"; NULL: every core */
	struct scenario_dirty dirty;
	const char *cpu_model;              /* what it was started as; NULL: nothing that a host may lack */
	uint32_t devices;                   /* bit k: device_kind k */
	struct memory_type memory;
	const char *content;                /* whose pages are equal; NULL: those of one image, or group */
	enum io_path io;
	bool has_io;                        /* false: the hypervisor's own */
	double misbehaviour;                /* forbidden operations in a second of a vCPU's work */
	struct scenario_demand demand;
	bool has_demand;                    /* false: demand.source is SOURCE_NONE */
	struct place place;
};

struct scenario_image {
	const char *name, *os, *isa, *format;
	int64_t size_bytes;
	struct place place;
};

struct scenario_pool {
	const char *name, *site;
	int64_t capacity_bytes, read_bps, write_bps;
	struct place place;
};

struct scenario_network {
	int64_t rack_bps, wan_bps;                /* top of rack up, site core up to WAN */
	int64_t nic_latency_ns, rack_latency_ns, wan_latency_ns;
};

/* How one migration differs from what `migration` says; what is not given is as there. */
struct scenario_move {
	enum stop_rule stop;
	enum push_way push;
	int64_t downtime_limit_ns, rounds, bandwidth_bps, hybrid_round, hybrid_after_ns;
	bool auto_converge, balloon;
	bool has_stop, has_push, has_downtime_limit, has_rounds, has_bandwidth, has_hybrid_round;
	bool has_hybrid_after, has_auto_converge, has_balloon;
	enum disk_way disk;
	bool has_disk;
};

struct scenario_action {
	int64_t at_ns;
	const char *migration;              /* kind of this one; NULL: the scenario's */
	struct scenario_move with;
	int64_t by_ns;                      /* host_drain: the deadline */
	bool has_by;
	enum action_kind kind;
	const char *vm, *host, *into;       /* "web-3": group and number; NULL where not needed */
	struct place place;
};

struct scenario_asked {                 /* a policy for a question of the control loop */
	const char *policy;                 /* NULL: nobody answers */
	struct place place;
	struct scenario_value *values;
	uint32_t value_count;
};

struct scenario_control {
	int64_t interval_ns, history, failure_delay_ns;
	bool by_demand, target_check, wake, kept_take;
	double monitor_ns;
	struct scenario_asked asked[QUESTIONS];
	struct place place;
};

#define TRAFFIC_OUTSIDE "outside"

struct scenario_stream {                /* traffic */
	const char *name, *from, *to;       /* a VM, or TRAFFIC_OUTSIDE */
	enum transport transport;
	int64_t connections, rate_bps, packet_bytes, window_bytes, timeout_ns;
	int64_t start_ns, end_ns;
	bool has_end;
	struct place place;
};

struct scenario_process {               /* processes that move from host to host */
	const char *name, *home, *to;
	int64_t at_ns, memory_bytes, files, sockets, call_bytes, freeze_ns;
	double call_hz;
	struct place place;
};

struct scenario_machine {               /* guests that run on the small machine: scenarios/machines.h */
	const char *name, *isa, *program;
	unsigned technique;                 /* enum vmm_technique, or VMM_TECHNIQUES: all */
	int64_t guests, levels;
	struct place place;
};

struct scenario_cloudsim {              /* section `cloudsim`: scenarios/cloudsim.h */
	enum cloudsim_version version;
	enum cloudsim_policy policy;
	enum cloudsim_detector detector;
	enum cloudsim_selection selection;
	enum cloudsim_order history_order;
	enum cloudsim_death death;
	enum cloudsim_ties ties;
	const char *trace, *day;
	int64_t hosts, history_length, least_samples, regression_samples;
	double parameter, fallback, interval_ns, offset_ns, source_left_01, target_share_01, bandwidth_01,
		violation_hz;
	bool has_parameter, has_history_order, has_trims_tail, has_offset; /* else the version's */
	bool trims_tail, last_tick, steps, stale_subtrahend, ram_always, start_counts_all, double_migration,
		floors;
	struct place place;
};

struct scenario_schedule {              /* record.schedule */
	const char *host;
	int64_t from_ns, for_ns;
	struct place place;
};

enum host_order { ORDER_GROUPED, ORDER_INTERLEAVED, ORDERS };
extern const char *const host_order_names[ORDERS]; /* "grouped", "interleaved" (one of each group in turn) */

enum currency { CURRENCY_EUR, CURRENCY_USD, CURRENCIES };
extern const char *const currency_names[CURRENCIES];

struct scenario {
	struct arena arena;
	enum currency currency;
	double usd_per_eur;
	const char *path, *name, *description;
	const char *text;                   /* the scenario file as read: stored with the results */
	const char **overrides;             /* as given to --set */
	uint32_t override_count;
	int64_t duration_ns;
	uint64_t seed;

	struct scenario_site *sites;
	uint32_t site_count;
	struct scenario_network network;
	struct scenario_host *hosts;
	uint32_t host_group_count;
	enum host_order host_order;
	struct scenario_image *images;
	uint32_t image_count;
	struct scenario_pool *pools;
	uint32_t pool_count;
	struct scenario_vm *vms;
	uint32_t vm_group_count;

	const char *policy;
	struct place policy_place;
	struct scenario_value *policy_values;
	uint32_t policy_value_count;
	struct admission admission;
	struct scenario_control control;
	bool has_control;                   /* false: nothing looks */
	struct plugins plugins;             /* policies named by a path; budget and watch over them */

	struct scenario_migration migration;

	struct world_rules rules;
	struct record_options record;
	struct scenario_schedule schedule;
	bool has_schedule;
	struct scenario_action *actions;
	uint32_t action_count;
	struct scenario_machine *machines;
	uint32_t machine_count;
	struct scenario_job *jobs;
	uint32_t job_count;
	struct scenario_remus *remus;
	uint32_t remus_count;
	struct scenario_cloudsim cloudsim;
	bool has_cloudsim;
	struct scenario_stream *streams;
	uint32_t stream_count;
	struct scenario_process *processes;
	uint32_t process_count;
};

void scenario_free(struct scenario *s);

/* "web-3": which group, and which of its members (from 0). False when there is no such group, or its count is
 * known and smaller. */
bool scenario_host_find(const struct scenario *s, const char *name, uint32_t *group, int64_t *number);
bool scenario_vm_find(const struct scenario *s, const char *name, uint32_t *group, int64_t *number);

#endif

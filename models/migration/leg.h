/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A migration as legs: what is sent, for how long, and where the guest is meanwhile.
 *
 * A kind of migration is asked for one leg after another. Who asks carries the leg out: the world
 * sends its bytes over the network as a flow, whose rate changes as others come and go (migration.c), and
 * closed form sends them at one constant rate (move_run). Either way the kind is told how long it took and
 * how busy the guest was, and answers with the next leg, so both see the same rounds. Everything here is
 * expected values: pages are doubles.
 *
 * What is sent is accounted for (tests/laws/migration.c), in pages and in bytes:
 *     sent pages = data pages - freed pages + pages dirtied again - pages that stay behind
 *     sent bytes + saved bytes = sent pages (4096 + header) + zero pages + devices + disk
 *
 * struct move is plain data without pointers: it may be copied, stored and read back between two legs. */
#ifndef MODELS_MIGRATION_LEG_H
#define MODELS_MIGRATION_LEG_H

#include <stdbool.h>
#include <stdint.h>

#include "models/migration/dirty.h"

#define PAGE_BYTES 4096.0
#define PAGE_HEADER_BYTES 8.0
#define ZERO_PAGE_BYTES 9.0

/* Stages after Clark 2005, section 3.2, and what others add to them. */
enum leg_stage {
	LEG_PREPARE,             /* pre-migration and reservation: the target says yes, nothing is sent */
	/* the guest gives free pages and page cache back, so that they need not go */
	LEG_BALLOON,
	LEG_DISK,                /* its local disk goes ahead of its memory */
	LEG_ROUND,               /* iterative pre-copy: the guest runs at the source */
	LEG_STOP,                /* stop-and-copy: the guest runs nowhere */
	LEG_COMMIT,              /* the target says that it has all */
	LEG_ACTIVATE,            /* devices, network identity; the guest is about to run at the target */
	LEG_PUSH,                /* post-copy: the guest runs at the target, the rest follows */
	LEG_STAGES
};
extern const char *const leg_stage_names[LEG_STAGES];

enum guest_where { GUEST_AT_SOURCE, GUEST_STOPPED, GUEST_AT_TARGET };

struct leg {
	enum leg_stage stage;
	enum guest_where guest;
	double bytes;            /* to send; 0: none */
	int64_t time_ns;         /* a fixed time after the bytes are through */
	double most_Bps;         /* the sender's own limit; 0: none */
	double lost_01;          /* of its CPU, lost by the guest meanwhile */
	double throttle_01;      /* of what is left, taken away on purpose */
};

/* How a leg went. */
struct leg_report {
	int64_t elapsed_ns;
	/* Of the writes it wanted to do, the guest did; 1: it was not slowed. Without the throttle, which
	 * the kind counts itself, since a guest paced by a clock catches up after its pauses
	 * (dirty_slowed). */
	double activity_01;
};

/* When pre-copy stops its guest. Each by the name of who does so: stop.c. */
enum stop_rule {
	STOP_QEMU,               /* what is left fits the downtime limit at the bandwidth measured */
	/* a round of few pages, or rounds_most rounds, or factor_most times RAM sent */
	STOP_XEN,
	STOP_CLARK,              /* few pages left, or the rate cannot follow the dirty rate any more */
	STOP_VMOTION,            /* what is left fits the downtime limit; the guest is slowed until it does */
	STOP_ROUNDS,             /* after rounds_most rounds, whatever is left (textbook) */
	/* as SimGrid's plug-in: whole rounds until the rest fits the downtime limit */
	STOP_SIMGRID,
	STOP_RULES
};
extern const char *const stop_rule_names[STOP_RULES];

/* What post-copy does with pages that the guest has not asked for. Hines and Gopalan 2009, section 3. */
enum push_way {
	PUSH_DEMAND,             /* nothing: what is never touched stays behind, a dependency without end */
	PUSH_ACTIVE,             /* they follow in order of address */
	PUSH_BUBBLE,             /* they follow around the last fault (adaptive pre-paging, bubbling) */
	PUSH_WAYS
};
extern const char *const push_way_names[PUSH_WAYS];

/* How post-copy makes pages absent at the target. */
enum switch_way {
	SWITCH_QEMU,             /* userfaultfd: the target is told which pages are stale */
	/* Hines and Gopalan 2009: the guest swaps its memory out to a pseudo device */
	SWITCH_PSEUDO_PAGING,
	SWITCH_WAYS
};
extern const char *const switch_way_names[SWITCH_WAYS];

enum disk_way {
	DISK_SHARED,             /* both hosts reach it: nothing is sent */
	DISK_COPY,               /* copied; blocks written meanwhile go again with each round of memory */
	DISK_MIRROR,             /* copied; writes go to both ends until the guest has moved */
	DISK_WAYS
};
extern const char *const disk_way_names[DISK_WAYS];

/* How it is done. Defaults and their sources: rules.c. */
struct move_rules {
	enum stop_rule stop;
	int64_t downtime_limit_ns;
	uint32_t rounds_most;        /* 0: none */
	double factor_most;          /* times RAM; 0: none */
	double few_pages;
	double most_Bps;             /* of the sender while the guest runs; 0: none */
	double least_Bps, step_Bps;  /* STOP_CLARK: first round's rate; what is added to the dirty rate */
	/* pages that are dirty again when their turn comes wait for the next round */
	bool peek;
	int64_t call_ns;             /* QEMU looks no more often than this */

	int64_t prepare_ns, stop_ns, commit_ns, activate_ns;
	double sync_page_ns;         /* to read the dirty log, a page of memory */
	double zero_page_ns;         /* to find out that a page is zero */
	double header_bytes, zero_bytes;
	double log_lost_01;          /* of the guest's CPU, lost to dirty logging */

	bool auto_converge;          /* QEMU: CPU taken away step by step */
	double throttle_first_01, throttle_step_01, throttle_most_01;
	/* a writer faster than this is held to it after the first round; 0: none */
	double stun_Hz;

	/* self migration: the guest scans and sends its own pages (Clark 2005, s. 4.2) */
	bool self;
	double self_lost_01;         /* of its CPU, that this costs it */
	double self_pages;           /* that its own sending dirties until the end */
	double self_copy_ns;         /* to copy a page of the last round into the snapshot */

	bool balloon, drop_cache;    /* free pages, page cache: given back before the first round */
	double balloon_page_ns;      /* to give a page back */
	double balloon_lost_01;      /* of the guest's CPU, meanwhile */

	uint32_t hybrid_round;       /* post-copy begins when this round would: 1 at once, 2 after one pass */
	int64_t hybrid_after_ns;     /* or this long after the start; 0: by round only */
	enum push_way push;
	enum switch_way switching;
	int64_t discard_ns;          /* SWITCH_QEMU */
	double pseudo_page_ns;       /* SWITCH_PSEUDO_PAGING: of a page */
	double push_Bps;             /* of the sender after the switch; 0: none, QEMU's default */
	/* what a page fault over the network costs the guest, beside the round trip */
	double fault_s;
	double touch_run;            /* pages that are touched one after another, on average */

	double compress_01;          /* of a page's bytes, left after compression; 1: none */
	/* uncompressed bytes that one channel compresses a second; 0: no limit */
	double compress_Bps;
	double resend_bytes;         /* of a page sent again as a difference (XBZRLE); 0: whole */
	double resend_cache_pages;   /* of which the sender keeps a copy */
	uint32_t channels;           /* 1 .. */
	double channel_Bps;          /* what one stream can do; 0: no limit */
	double window_bytes;         /* of one stream, a round trip; 0: no limit */
};

/* What is moved, and where. */
struct move_case {
	double data_pages, zero_pages;   /* of the guest's memory; zero pages lie behind the data */
	double free_pages, cache_pages;  /* of data_pages, not in use, and page cache that is on disk too */
	struct dirty dirty;
	double touches;                  /* reads and writes to new pages, a write; 0 counts as 1 */
	uint32_t vcpus;                  /* 0 counts as 1 */
	double device_bytes;             /* CPU and device state */
	int64_t device_ns;               /* to provide devices anew at the target */
	enum disk_way disk;
	double disk_bytes, disk_set_bytes, disk_write_Bps; /* all of it; what is ever written; how fast */
	int64_t round_trip_ns;
	double path_Bps;                 /* expected, before the first round was measured */
	struct move_rules rules;
};

#define MOVE_ROUNDS 64               /* of which the log keeps figures */

struct move_round {
	double bytes, pages, dirtied_pages;
	int64_t start_ns, elapsed_ns;
};

/* A migration under way, as its kind sees it. */
struct move {
	struct move_case c;
	struct leg leg;              /* under way */
	uint32_t round;              /* under way, from 1; the count of passes afterwards */
	double data_left, zero_left; /* pages still to be sent */
	double first_left;           /* of data_left, pages never sent */
	double disk_left_bytes;
	double leg_data, leg_zero, leg_disk_bytes, leg_saved_bytes; /* of the leg under way */
	double leg_skipped;          /* pages of this round that wait for the next, being dirty again */
	double last_skipped;         /* the same, kept until the next round */
	double unread_s;             /* guest's writing time since the dirty log was last read */
	int64_t unread_ns;           /* and the wall's */
	double bandwidth_Bps;        /* as last measured, of data */
	/* QEMU under most_Bps: of the slice's budget, spent when the round began */
	double slice_01;
	/* as measured among zero pages, when a round ended there; 0: it did not */
	double tail_Bps;
	double dirty_Hz;             /* pages dirtied a second in the last round */
	double throttle_01;
	uint32_t high;               /* checks in a row with too much dirtied */
	int64_t check_ns;            /* of the throttle: the last, and what was sent and dirtied since */
	double check_bytes, check_pages;
	double round_most_s;         /* the next round lasts no longer; 0: no limit (hybrid's deadline) */

	double sent_bytes, sent_pages, saved_bytes, disk_sent_bytes;
	double freed_pages;          /* given back, never sent */
	double again_pages;          /* dirtied, and so to be sent (again) */
	double stay_pages;           /* never touched and never pushed: they stay at the source */
	double faults;               /* page requests in post-copy */
	double lost_s;               /* CPU that the guest lost, in seconds of all of it */
	int64_t stall_ns;            /* of the guest, waiting for pages in post-copy, over all its vCPUs */
	int64_t now_ns;              /* since the start */
	int64_t downtime_ns;
	int64_t residual_ns;         /* time for which the guest ran at the target and needed the source */
	int64_t stopped_at_ns;
	bool suspended;              /* cold */
	bool again;                  /* pages of this round were sent before */
	bool switching;              /* the stop before post-copy, and after */
	bool converged;              /* the stop rule was met; false: it gave up (rounds, factor, rate) */
	struct move_round log[MOVE_ROUNDS];
};

/* A kind answers with legs. Pure. */
struct move_kind {
	const char *name, *summary, *source;
	/* Writes the next leg to m->leg; `report` tells of the one before and is NULL for the first.
	 * False: the migration is over. */
	bool (*next)(struct move *m, const struct leg_report *report);
};

extern const struct move_kind move_cold, move_precopy, move_postcopy, move_hybrid;

/* The table of kinds, ended by NULL: cold, precopy, postcopy, hybrid. */
extern const struct move_kind *const move_kinds[];

/* Rules with every value at its default, by stop rule: sources in rules.c. */
struct move_rules move_rules_default(enum stop_rule stop);

void move_begin(struct move *m, const struct move_case *c);

/* Closed form: the whole migration at a constant rate. Returns false when it had not ended after
 * time_limit_ns (0: none); the guest is then where it was. Ten rounds take less than 2 us. */
bool move_run(const struct move_kind *kind, const struct move_case *c, double rate_Bps, int64_t time_limit_ns,
              struct move *out);

/* What becomes of a guest when its migration is cut short now (fate.c). */
enum move_break { BREAK_CANCEL, BREAK_NETWORK, BREAK_SOURCE, BREAK_TARGET };
enum move_fate {
	FATE_AT_SOURCE,          /* it runs on at the source as if nothing had been; nothing is lost */
	FATE_GOES_ON,            /* the target has all it needs, or the migration cannot be called back */
	FATE_LOST
};
enum move_fate move_fate(const struct move *m, enum move_break how);

/* The rest is for kinds. */

/* Counts the leg that was under way, and writes the next one where that is the same for all kinds: what comes
 * before the first page, and what comes after the guest stopped. False: the kind must say what is next. */
bool move_advance(struct move *m, const struct leg_report *report);
void move_fixed(struct move *m, enum leg_stage stage, enum guest_where guest, int64_t time_ns);
/* Bytes and time of a leg are those of its pages, and of what the disk has to send with them. */
void move_pages(struct move *m, enum leg_stage stage, enum guest_where guest, double data, double zero);
/* Reads the dirty log: pages written since the last time are left to be sent. Returns how many were. */
double move_sync(struct move *m);
/* After the guest stopped at the source: the log read, and a leg with all that is left and the devices. */
void move_stop(struct move *m);
/* The stop before post-copy: devices only. Then, from the target's activation on, one push after another. */
void move_switch(struct move *m);
bool move_push(struct move *m);
/* One step of pre-copy: a round, or the stop. */
void move_round_or_stop(struct move *m);
/* Stop rules: may the guest stop now? Sets converged when it is for a good reason. */
bool stop_now(struct move *m);
double stop_threshold_pages(const struct move *m);
/* Takes more of the CPU away when the rules say so; `dirtied` as move_sync told. */
void stop_converge(struct move *m, double dirtied);
/* The sender's limit in the round to come; 0: none. */
double stop_rate_Bps(const struct move *m);
/* The dirty process with its rogue writers held down, where the rules do so. */
struct dirty move_writers(const struct move *m);
/* Of a writer's pages, the part that it touches before their turn comes, in a pass of so many seconds. */
double move_early_01(const struct dirty_writer *w, double seconds);

#endif

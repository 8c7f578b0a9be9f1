/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lives of guests, by hand: durations, books, crashes, snapshots and clones. */
#include "tests/test.h"

#include <string.h>

#include "tests/models/small_life.h"

static void test_table(void)
{
	for (unsigned r = 0; r < VM_REQUESTS; r++) {
		CU_ASSERT(vm_request_names[r] && *vm_request_names[r]);
		CU_ASSERT(vm_ways[r].from && vm_ways[r].why && vm_ways[r].summary);
		for (unsigned s = 0; s < VM_STATES; s++) {
			enum vm_state next = vm_request_leads((enum vm_state)s, (enum vm_request)r);
			bool allowed = vm_request_allowed((enum vm_state)s, (enum vm_request)r);
			CU_ASSERT_EQUAL(next != VM_STATES, allowed);
		}
	}
	CU_ASSERT_EQUAL(vm_request_leads(VM_RUNNING, VM_SAVE), VM_SAVING);
	CU_ASSERT_EQUAL(vm_request_leads(VM_RUNNING, VM_SNAPSHOT), VM_RUNNING);
	CU_ASSERT_EQUAL(vm_request_leads(VM_PAUSED, VM_SHUT_DOWN), VM_STATES);
}

/* Image: 20 GB of 1 GB/s, 20 s. Boot: 30 s at half of 1000 Hz, while 40 GB are read: 40 s. So it runs after
 * 60 s, has asked for 500 Hz from 20 s to 60 s, and for its plan's 400 Hz from then on. */
static void test_boot(void)
{
	struct small s;
	life_open(&s, VM_COPY_ON_WRITE, ON_CRASH_DESTROY);
	small_place(&s, 0, 0);
	small_run(&s, 19);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_STARTING);
	CU_ASSERT_EQUAL(s.world.hosts[0].cpu_booked_hz, 1000);
	CU_ASSERT_EQUAL(s.world.vms[0].demand_hz, 0);
	small_run(&s, 20);
	CU_ASSERT_EQUAL(s.world.vms[0].demand_hz, 500);
	small_run(&s, 59);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_STARTING);
	small_run(&s, 60);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_RUNNING);
	small_run(&s, 100);
	CU_ASSERT(s.world.vms[0].demanded == HZ_S(500 * 40 + 400 * 40));
	CU_ASSERT_EQUAL(s.world.vms[0].placed_ns, 0);
	life_close(&s);
}

/* 16 GB of memory at 0.5 GB/s: 32 s out; at 1 GB/s: 16 s back. */
static void test_save(void)
{
	struct small s;
	life_open(&s, VM_COPY_ON_WRITE, ON_CRASH_DESTROY);
	life_running(&s);
	const struct host *host = &s.world.hosts[0];
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_SAVE));
	CU_ASSERT_EQUAL(host->cpu_booked_hz, 0);
	CU_ASSERT_EQUAL(host->ram_booked_bytes, LIFE_RAM);
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, LIFE_DISK + LIFE_RAM);
	small_run(&s, 100 + 31);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_SAVING);
	small_run(&s, 100 + 32);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_SAVED);
	CU_ASSERT_EQUAL(host->ram_booked_bytes, 0);
	CU_ASSERT_EQUAL(host->guest_count, 0);
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, LIFE_DISK + LIFE_RAM);
	CU_ASSERT_PTR_NULL(vm_life_restore(&s.life, (vm_id){0}, (struct vm_parent){false, 1}));
	CU_ASSERT_EQUAL(s.world.hosts[1].cpu_booked_hz, 1000);
	small_run(&s, 100 + 32 + 15);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_RESTORING);
	small_run(&s, 100 + 32 + 16);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_RUNNING);
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, LIFE_DISK);
	/* boot, 40 s of running; 48 s of nothing; then on */
	small_run(&s, 100 + 48 + 10);
	CU_ASSERT(s.world.vms[0].demanded == HZ_S(500 * 40 + 400 * 40 + 400 * 10));
	life_close(&s);
}

/* Two guests that save at once share 0.5 GB/s: 64 s each instead of 32 s. */
static void test_save_two(void)
{
	struct small s;
	life_open(&s, VM_COPY_ON_WRITE, ON_CRASH_DESTROY);
	life_running(&s);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){1}, VM_DEFINE));
	small_place(&s, 1, 1);
	small_run(&s, 200);
	CU_ASSERT_EQUAL(s.world.vms[1].state, VM_RUNNING);
	for (uint32_t v = 0; v < 2; v++)
		CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){v}, VM_SAVE));
	small_run(&s, 200 + 63);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_SAVING);
	small_run(&s, 200 + 64);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_SAVED);
	CU_ASSERT_EQUAL(s.world.vms[1].state, VM_SAVED);
	life_close(&s);
}

static void test_pause(void)
{
	struct small s;
	life_open(&s, VM_COPY_ON_WRITE, ON_CRASH_DESTROY);
	life_running(&s);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_PAUSE));
	CU_ASSERT_EQUAL(s.world.hosts[0].cpu_booked_hz, 0);
	CU_ASSERT_EQUAL(s.world.hosts[0].ram_booked_bytes, LIFE_RAM);
	small_run(&s, 150);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_UNPAUSE));
	CU_ASSERT_EQUAL(s.world.hosts[0].cpu_booked_hz, 1000);
	small_run(&s, 160);
	CU_ASSERT(s.world.vms[0].demanded == HZ_S(500 * 40 + 400 * 40 + 400 * 10));
	life_close(&s);
}

/* Shutting down takes 25 s at 100 Hz; a reboot that and the boot without the image, 40 s. */
static void test_shut_down(void)
{
	struct small s;
	life_open(&s, VM_COPY_ON_WRITE, ON_CRASH_DESTROY);
	life_running(&s);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_REBOOT));
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_REBOOTING);
	small_run(&s, 125);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_STARTING);
	CU_ASSERT_EQUAL(s.world.vms[0].demand_hz, 500);
	small_run(&s, 165);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_RUNNING);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_SHUT_DOWN));
	small_run(&s, 189);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_SHUTTING_DOWN);
	small_run(&s, 300);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_STOPPED);
	CU_ASSERT_EQUAL(s.world.vms[0].ended_ns, 190 * NS_PER_S);
	CU_ASSERT(s.world.vms[0].demanded == HZ_S(500 * 40 + 400 * 40 + 100 * 25 + 500 * 40 + 100 * 25));
	small_place(&s, 0, 1);
	CU_ASSERT_EQUAL(s.world.vms[0].ended_ns, -1);
	life_close(&s);
}

/* Its life is 200 s from 60 s on, whatever it does meanwhile. */
static void test_life_goes_on(void)
{
	struct small s;
	life_open(&s, VM_COPY_ON_WRITE, ON_CRASH_DESTROY);
	s.world.vms[0].life_ns = 200 * NS_PER_S;
	life_running(&s);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_SAVE));
	small_run(&s, 259);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_SAVED);
	small_run(&s, 260);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_STOPPED);
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, LIFE_DISK);
	life_close(&s);
}

static void test_crash(void)
{
	static const enum vm_state then[ON_CRASHES] = {
		[ON_CRASH_DESTROY] = VM_CRASHED, [ON_CRASH_RESTART] = VM_STARTING,
		[ON_CRASH_PRESERVE] = VM_PRESERVED,
	};
	for (unsigned k = 0; k < ON_CRASHES; k++) {
		struct small s;
		life_open(&s, VM_COPY_ON_WRITE, (enum vm_on_crash)k);
		life_running(&s);
		uint32_t inside = small_vm(&s, 10, ID_NONE);
		s.world.stores = memory_resize(s.world.stores, 2, 3, sizeof *s.world.stores, "stores");
		s.world.stores[inside].moving = s.world.stores[inside].base = ID_NONE;
		small_nest(&s, inside, 0);
		CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_CRASH));
		CU_ASSERT_EQUAL(s.world.vms[0].state, then[k]);
		CU_ASSERT_EQUAL(s.world.vms[inside].state, VM_LOST);
		CU_ASSERT_EQUAL(s.world.hosts[0].cpu_booked_hz, k == ON_CRASH_RESTART ? 1000 : 0);
		CU_ASSERT_EQUAL(s.world.hosts[0].ram_booked_bytes, k == ON_CRASH_DESTROY ? 0 : LIFE_RAM);
		small_run(&s, 140); /* it boots for 40 s: its image is there */
		CU_ASSERT_EQUAL(s.world.vms[0].state, k == ON_CRASH_RESTART ? VM_RUNNING : then[k]);
		life_close(&s);
	}
}

/* A neighbour that asks for all it can get: what a crash does to it under each isolation. */
static void check_isolation(enum isolation isolation, bool neighbour_lives)
{
	struct small s;
	small_open(&s);
	uint32_t type = small_host_type(&s, 1, 1000);
	s.world.host_types[type].isolation = isolation;
	small_host(&s, type);
	uint32_t plan = PLAN(&s, 1000, 100);
	for (uint32_t v = 0; v < 2; v++)
		small_place(&s, small_vm(&s, 1000, plan), 0);
	small_run(&s, 10);
	CU_ASSERT_EQUAL(s.world.vms[1].given_hz, 500);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_CRASH));
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_CRASHED);
	CU_ASSERT_EQUAL(s.world.vms[1].state, neighbour_lives ? VM_RUNNING : VM_LOST);
	CU_ASSERT_EQUAL(s.world.hosts[0].state, neighbour_lives ? HOST_ON : HOST_BOOTING);
	small_run(&s, 30);
	CU_ASSERT_EQUAL(s.world.vms[1].given_hz, neighbour_lives ? 1000 : 0); /* it never falls */
	CU_ASSERT_EQUAL(s.world.hosts[0].state, HOST_ON);                     /* 10 s of booting */
	small_close(&s);
}

static void test_isolation(void)
{
	check_isolation(ISOLATION_TYPE_1, true);
	check_isolation(ISOLATION_TYPE_2, true);
	check_isolation(ISOLATION_OS, false);
}

static void test_host_os_crash(void)
{
	for (unsigned k = 0; k < ISOLATIONS; k++) {
		struct small s;
		life_open(&s, VM_COPY_ON_WRITE, ON_CRASH_RESTART);
		s.world.host_types[0].isolation = (enum isolation)k;
		life_running(&s);
		const char *why = lifecycle_host(&s.life, (host_id){0}, HOST_OS_CRASH);
		CU_ASSERT_EQUAL(why == NULL, k != ISOLATION_TYPE_1);
		CU_ASSERT_EQUAL(s.world.vms[0].state, k == ISOLATION_TYPE_1 ? VM_RUNNING : VM_LOST);
		if (why)
			CU_ASSERT_STRING_EQUAL(why, "under a hypervisor of type 1 lies no host OS");
		small_run(&s, 110);
		CU_ASSERT_EQUAL(s.world.hosts[0].state, HOST_ON);
		CU_ASSERT_EQUAL(s.world.hosts[0].ram_booked_bytes, why ? LIFE_RAM : 0);
		life_close(&s);
	}
}

/* 100 GB read at 1 GB/s and written at 0.5 GB/s, side by side: 200 s. */
static void test_full_copies(void)
{
	struct small s;
	life_open(&s, VM_COPY_FULL, ON_CRASH_DESTROY);
	life_running(&s);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_SNAPSHOT));
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, 2 * LIFE_DISK);
	CU_ASSERT_STRING_EQUAL(vm_life_request(&s.life, (vm_id){0}, VM_SNAPSHOT), "its disk is being copied");
	CU_ASSERT_PTR_NULL(vm_life_stop(&s.life, (vm_id){0}));
	small_run(&s, 299);
	CU_ASSERT_EQUAL(s.world.stores[0].snapshots, 0);
	small_run(&s, 300);
	CU_ASSERT_EQUAL(s.world.stores[0].snapshots, 1);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_REVERT));
	small_run(&s, 500);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_DROP_SNAPSHOT));
	CU_ASSERT_PTR_NULL(vm_life_clone(&s.life, (vm_id){0}, (vm_id){1}));
	CU_ASSERT_EQUAL(s.world.vms[1].state, VM_CLONING);
	small_run(&s, 699);
	CU_ASSERT_EQUAL(s.world.vms[1].state, VM_CLONING);
	small_run(&s, 700);
	CU_ASSERT_EQUAL(s.world.vms[1].state, VM_DEFINED);
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, 2 * LIFE_DISK);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_DELETE)); /* a copy stands alone */
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, LIFE_DISK);
	life_close(&s);
}

static void test_layers(void)
{
	struct small s;
	life_open(&s, VM_COPY_ON_WRITE, ON_CRASH_DESTROY);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_SNAPSHOT));
	CU_ASSERT_EQUAL(s.world.stores[0].snapshots, 1);
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, LIFE_DISK + LIFE_LAYER);
	CU_ASSERT_PTR_NULL(vm_life_clone(&s.life, (vm_id){0}, (vm_id){1}));
	CU_ASSERT_EQUAL(s.world.vms[1].state, VM_DEFINED);
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, LIFE_DISK + 2 * LIFE_LAYER);
	CU_ASSERT_STRING_EQUAL(vm_life_request(&s.life, (vm_id){0}, VM_DELETE), "clones stand on its disk");
	CU_ASSERT_STRING_EQUAL(vm_life_request(&s.life, (vm_id){0}, VM_REVERT), "clones stand on its disk");
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){1}, VM_UNDEFINE)); /* its layer stays */
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, LIFE_DISK + 2 * LIFE_LAYER);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){1}, VM_DELETE));
	CU_ASSERT_STRING_EQUAL(vm_life_request(&s.life, (vm_id){1}, VM_DELETE),
	                       "the guest is not defined and has nothing in a pool");
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_DELETE));
	CU_ASSERT_EQUAL(s.world.pools[0].booked_bytes, 0);
	life_close(&s);
}

/* Without durations and pools nothing is queued and nothing can be saved. */
static void test_plain(void)
{
	struct small s;
	small_open(&s);
	small_host(&s, small_host_type(&s, 1, 1000));
	small_place(&s, small_vm(&s, 1000, ID_NONE), 0);
	vm_life_open(&s.life);
	CU_ASSERT_EQUAL(engine_pending(s.engine), 0);
	CU_ASSERT_STRING_EQUAL(vm_life_request(&s.life, (vm_id){0}, VM_SAVE),
	                       "the guest has no storage pool");
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_REBOOT));
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_RUNNING);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){0}, VM_SHUT_DOWN));
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_STOPPED);
	CU_ASSERT_PTR_NULL(s.world.stores);
	vm_life_close(&s.life);
	small_close(&s);
}

static const struct test tests[] = {
	{"the table has a reason and a name for everything", test_table},
	{"a boot takes its image's transfer, then its time or its reading, whichever is longer", test_boot},
	{"saving and restoring move all memory through the pool and free the host between", test_save},
	{"two guests that save at once take twice as long", test_save_two},
	{"a paused guest keeps its memory, gives back its CPU and demands nothing", test_pause},
	{"shutting down and rebooting take their times", test_shut_down},
	{"a life that ends while the guest is saved takes the image with it", test_life_goes_on},
	{"on_crash says what becomes of a guest that crashed", test_crash},
	{"a crash takes its neighbours only where they share a kernel", test_isolation},
	{"a host OS takes its guests along, and type 1 has none", test_host_os_crash},
	{"a full snapshot, revert and clone each take as long as the slower of reading and writing",
	 test_full_copies},
	{"layers are there at once and need what lies beneath them", test_layers},
	{"a guest without durations and pool starts, reboots and shuts down at once", test_plain},
};
SUITE(models_vm_life, tests)

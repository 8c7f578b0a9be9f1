/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is around a migration: may the guest go there, who still finds it, a process instead of a guest,
 * and whether the case is among those that were measured. */
#include "tests/test.h"

#include <string.h>

#include "models/migration/compat.h"
#include "models/migration/identity.h"
#include "models/migration/process.h"
#include "sim/time.h"

#define DEVICES (1U << DEVICE_VIRTIO | 1U << DEVICE_EMULATED)

static uint64_t cpu(const char *name)
{
	const struct cpu_model *m = cpu_model_find(name);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	return m->features;
}

static struct compat_guest guest_on(const char *model)
{
	return (struct compat_guest){cpu(model), 1U << DEVICE_VIRTIO, "kvm", IMAGE_QCOW2};
}

static struct compat_host host_of(const char *model)
{
	return (struct compat_host){cpu(model), DEVICES, "kvm", 1U << IMAGE_QCOW2 | 1U << IMAGE_RAW};
}

static void test_levels(void)
{
	for (int k = 1; k < 4; k++)
		CU_ASSERT_EQUAL(cpu_models[k - 1].features & ~cpu_models[k].features, 0);
	/* QEMU's table of levels: which of them each model reaches. */
	static const struct { const char *name; int level;
	} reach[] = {
		{"Nehalem", 2},
		{"Westmere", 2},
		{"SandyBridge", 2},
		{"Haswell", 3},
		{"Broadwell", 3},
		{"Skylake-Server", 4},
		{"Cascadelake-Server", 4},
		{"Icelake-Server", 4},
		{"SapphireRapids", 4},
		{"EPYC", 3},
		{"EPYC-Rome", 3},
		{"EPYC-Milan", 3},
		{"EPYC-Genoa", 4},
	};
	for (size_t k = 0; k < sizeof reach / sizeof *reach; k++) {
		uint64_t set = cpu(reach[k].name);
		CU_ASSERT_PTR_EQUAL(cpu_baseline(&set, 1), &cpu_models[reach[k].level - 1]);
	}
	CU_ASSERT_PTR_NULL(cpu_model_find("Haswel"));
	uint64_t none = 0;
	CU_ASSERT_PTR_NULL(cpu_baseline(&none, 1));
	for (int k = 0; k < CPU_FEATURES; k++)
		CU_ASSERT_PTR_NOT_NULL(cpu_feature_names[k]);
}

static void test_refused(void)
{
	char why[200];
	struct compat_guest guest = guest_on("Skylake-Server");
	struct compat_host host = host_of("EPYC-Rome");
	CU_ASSERT_FALSE(compat_check(&guest, &host, why, sizeof why));
	CU_ASSERT_STRING_EQUAL(why, "the target's processor lacks "
	                            "avx512f, avx512bw, avx512cd, avx512dq, avx512vl; "
	                            "a guest started as x86-64-v3 could move there");
	host = host_of("Icelake-Server");
	CU_ASSERT_TRUE(compat_check(&guest, &host, why, sizeof why));
	CU_ASSERT_STRING_EQUAL(why, "");
	guest.devices |= 1U << DEVICE_GPU_PASSTHROUGH;
	host.devices |= 1U << DEVICE_GPU_PASSTHROUGH;
	CU_ASSERT_FALSE(compat_check(&guest, &host, why, sizeof why));
	CU_ASSERT_STRING_EQUAL(why, "a device stays with its host: gpu-passthrough");
	guest.devices = 1U << DEVICE_TPM;
	CU_ASSERT_FALSE(compat_check(&guest, &host, why, sizeof why));
	CU_ASSERT_STRING_EQUAL(why, "the target cannot provide tpm");
	guest = guest_on("Skylake-Server");
	guest.format = IMAGE_VMDK;
	CU_ASSERT_FALSE(compat_check(&guest, &host, why, sizeof why));
	CU_ASSERT_STRING_EQUAL(why, "the target cannot open an image of format vmdk");
	host.hypervisor = "xen";
	CU_ASSERT_FALSE(compat_check(&guest, &host, why, sizeof why));
	CU_ASSERT_STRING_EQUAL(why, "the guest is held in the form of kvm, the target runs xen");
	CU_ASSERT_FALSE(compat_check(&guest, &host, why, 10));
	CU_ASSERT_STRING_EQUAL(why, "the guest");
}

static void test_ideal(void)
{
	/* An ideal hypervisor takes all, and what it holds all take. */
	char why[200];
	struct compat_guest guest = guest_on("Haswell");
	struct compat_host host = host_of("Haswell");
	host.hypervisor = "";
	CU_ASSERT_TRUE(compat_check(&guest, &host, why, sizeof why));
	guest.hypervisor = "";
	host.hypervisor = "xen";
	CU_ASSERT_TRUE(compat_check(&guest, &host, why, sizeof why));
	guest.hypervisor = "kvm";
	CU_ASSERT_EQUAL(compat_lack(&guest, &host), LACK_HYPERVISOR);
}

static void test_retransmissions(void)
{
	/* Doubling to 120 s: Linux's 15 retransmissions end after 204.6 + 6 * 120 s. */
	struct identity_case c = identity_default(ANNOUNCE_ARP, 0);
	uint32_t early;
	CU_ASSERT_EQUAL(identity_silent_ns(&c, 0, &early), 200 * NS_PER_MS);
	CU_ASSERT_EQUAL(early, 0);
	CU_ASSERT_EQUAL(identity_silent_ns(&c, 204600 * NS_PER_MS, &early), 204600 * NS_PER_MS);
	CU_ASSERT_EQUAL(early, 9);
	CU_ASSERT_EQUAL(identity_silent_ns(&c, 804600 * NS_PER_MS + 1, &early), c.timeout_ns);
	CU_ASSERT_EQUAL(early, 15);
}

static void test_baseline(void)
{
	/* A cluster of three generations: guests of its baseline go everywhere. */
	const char *const names[] = {"Skylake-Server", "EPYC-Rome", "Haswell"};
	uint64_t sets[3];
	char why[200];
	for (int k = 0; k < 3; k++)
		sets[k] = cpu(names[k]);
	const struct cpu_model *common = cpu_baseline(sets, 3);
	CU_ASSERT_STRING_EQUAL(common->name, "x86-64-v3");
	struct compat_guest guest = guest_on(common->name);
	for (int k = 0; k < 3; k++) {
		struct compat_host host = host_of(names[k]);
		CU_ASSERT_TRUE(compat_check(&guest, &host, why, sizeof why));
	}
}

static void test_lost_packets(void)
{
	struct identity_outcome out;
	struct identity_case c = identity_default(ANNOUNCE_ARP, 300 * NS_PER_MS);
	c.client_hz = 1000;
	c.connections = 7;
	identity_move(&c, &out);
	/* Stopped for 300 ms, announced 50 ms later, learnt in 1 ms: 351 packets of 1000 a second. The
	 * peers of the connections send again after 200 and 600 ms. */
	CU_ASSERT_EQUAL(out.gap_ns, 351 * NS_PER_MS);
	CU_ASSERT_DOUBLE_EQUAL(out.lost_packets, 351, 1e-9);
	CU_ASSERT_EQUAL(out.kept, 7);
	CU_ASSERT_EQUAL(out.silent_ns, 600 * NS_PER_MS);
	/* Nobody announces it: after 300 s of ageing, unless the guest itself sends, here 100 packets a
	 * second. */
	c.way = ANNOUNCE_NONE;
	identity_move(&c, &out);
	CU_ASSERT_EQUAL(out.gap_ns, 300 * NS_PER_S + 300 * NS_PER_MS);
	c.guest_hz = 100;
	identity_move(&c, &out);
	CU_ASSERT_EQUAL(out.gap_ns, 306 * NS_PER_MS);
}

static void test_cold_loses_connections(void)
{
	/* A streaming client that waits for 30 s, against a live migration of 0.3 s and a cold one of 40
	 * s. */
	struct identity_outcome live, cold;
	struct identity_case c = identity_default(ANNOUNCE_ARP, 300 * NS_PER_MS);
	c.client_hz = 50;
	c.connections = 1;
	c.timeout_ns = 30 * NS_PER_S;
	identity_move(&c, &live);
	c.downtime_ns = 40 * NS_PER_S;
	identity_move(&c, &cold);
	CU_ASSERT_EQUAL(live.kept, 1);
	CU_ASSERT_EQUAL(cold.kept, 0);
	CU_ASSERT_EQUAL(cold.silent_ns, 0);
	CU_ASSERT_TRUE(cold.lost_packets > 100 * live.lost_packets);
}

static void test_tunnel(void)
{
	struct identity_outcome out;
	struct identity_case c = identity_default(ANNOUNCE_TUNNEL, NS_PER_S);
	c.client_hz = 10;
	c.rename_ns = 60 * NS_PER_S;
	identity_move(&c, &out);
	CU_ASSERT_EQUAL(out.gap_ns, NS_PER_S + NS_PER_MS);
	CU_ASSERT_EQUAL(out.tunnelled_ns, 60 * NS_PER_S);
	CU_ASSERT_DOUBLE_EQUAL(out.tunnelled_packets, 600, 1e-9);
}

static void test_process(void)
{
	struct process_outcome out;
	struct process_case c = {
		.memory_bytes = 50000000,
		.bandwidth_Bps = 1e8,
		.round_trip_ns = NS_PER_MS,
		.freeze_ns = 9 * NS_PER_MS,
		.files = 3,
		.sockets = 2,
		.call_hz = 1000,
		.call_bytes = 0,
		.lives_ns = 3600 * NS_PER_S,
	};
	process_move(&c, &out);
	CU_ASSERT_EQUAL(out.total_ns, 510 * NS_PER_MS);
	CU_ASSERT_EQUAL(out.downtime_ns, 510 * NS_PER_MS);
	CU_ASSERT_EQUAL(out.left_behind, 5);
	CU_ASSERT_EQUAL(out.residual_ns, 3600 * NS_PER_S);
	/* a call each millisecond of work, a millisecond each */
	CU_ASSERT_DOUBLE_EQUAL(out.slowed_01, 0.5, 1e-12);
	CU_ASSERT_FALSE(out.lost);
	c.source_sleeps = true;
	c.sleeps_after_ns = 60 * NS_PER_S;
	c.call_bytes = 100000; /* another millisecond */
	process_move(&c, &out);
	CU_ASSERT_TRUE(out.lost);
	CU_ASSERT_EQUAL(out.residual_ns, 60 * NS_PER_S);
	CU_ASSERT_DOUBLE_EQUAL(out.forwarded_bytes, 1000 / 3.0 * 60 * 100000, 1);
	c.files = c.sockets = 0;
	process_move(&c, &out);
	CU_ASSERT_FALSE(out.lost);
	CU_ASSERT_EQUAL(out.residual_ns, 0);
}

static const struct test tests[] = {
	{"each level of x86-64 has those below, and models reach the levels of QEMU's table", test_levels},
	{"a guest whose target lacks something is refused with the reason", test_refused},
	{"an ideal hypervisor takes guests of any", test_ideal},
	{"a peer's waits double up to 120 s and add up to Linux's timeout", test_retransmissions},
	{"guests of the baseline of a mixed cluster go everywhere in it", test_baseline},
	{"packets are lost until the guest runs and switches have learnt where", test_lost_packets},
	{"a client's connection outlives a live migration and not a cold one", test_cold_loses_connections},
	{"between sites the old one forwards until the names have changed", test_tunnel},
	{"a process leaves its files behind and is lost when its home sleeps", test_process},
};
SUITE(models_migration_around, tests)

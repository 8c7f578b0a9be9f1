/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a target must have for a running guest: hypervisor, CPU features, devices, image format. */
#include "models/migration/compat.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/fault.h"

const char *const cpu_feature_names[CPU_FEATURES] = {
	"cmov", "cx8", "fpu", "fxsr", "mmx", "syscall", "sse", "sse2",
	"cx16", "lahf_lm", "popcnt", "sse3", "ssse3", "sse4.1", "sse4.2",
	"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave",
	"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl",
	"aes", "sha",
};
const char *const device_kind_names[DEVICE_KINDS] = {
	"virtio", "emulated", "tpm", "nic-passthrough", "gpu-passthrough", "sgx",
};
const char *const image_format_names[IMAGE_FORMATS] = {"raw", "qcow2", "vmdk", "vhdx"};
const char *const compat_lack_names[LACKS] = {"nothing", "hypervisor", "cpu", "device", "image"};

#define BIT(feature) (UINT64_C(1) << (feature))
#define BELOW(feature) (BIT(feature) - 1)
#define V1 BELOW(CPU_CX16)
#define V2 BELOW(CPU_AVX)
#define V3 BELOW(CPU_AVX512F)
#define V4 BELOW(CPU_AES)
#define BOUND (1U << DEVICE_NIC_PASSTHROUGH | 1U << DEVICE_GPU_PASSTHROUGH | 1U << DEVICE_SGX)

#define LEVELS 4
#define PSABI "x86-64 psABI, micro-architecture levels (2020)"
/* The level of each model is from that table; what it has beyond its level, from memory of the processors. */
#define ABI "QEMU, docs/system/cpu-models-x86-abi.csv"

const struct cpu_model cpu_models[] = {
	{"x86-64-v1", V1, PSABI},
	{"x86-64-v2", V2, PSABI},
	{"x86-64-v3", V3, PSABI},
	{"x86-64-v4", V4, PSABI},
	{"Nehalem", V2, ABI},
	{"Westmere", V2 | BIT(CPU_AES), ABI},
	{"SandyBridge", V2 | BIT(CPU_AES) | BIT(CPU_AVX) | BIT(CPU_XSAVE), ABI},
	{"Haswell", V3 | BIT(CPU_AES), ABI},
	{"Broadwell", V3 | BIT(CPU_AES), ABI},
	{"Skylake-Server", V4 | BIT(CPU_AES), ABI},
	{"Cascadelake-Server", V4 | BIT(CPU_AES), ABI},
	{"Icelake-Server", V4 | BIT(CPU_AES), ABI},
	{"SapphireRapids", V4 | BIT(CPU_AES) | BIT(CPU_SHA), ABI},
	{"EPYC", V3 | BIT(CPU_AES) | BIT(CPU_SHA), ABI},
	{"EPYC-Rome", V3 | BIT(CPU_AES) | BIT(CPU_SHA), ABI},
	{"EPYC-Milan", V3 | BIT(CPU_AES) | BIT(CPU_SHA), ABI},
	{"EPYC-Genoa", V4 | BIT(CPU_AES) | BIT(CPU_SHA), ABI},
	{NULL, 0, NULL},
};

const struct cpu_model *cpu_model_find(const char *name)
{
	for (const struct cpu_model *m = cpu_models; m->name; m++)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

const struct cpu_model *cpu_baseline(const uint64_t *features, size_t count)
{
	uint64_t common = ~UINT64_C(0);
	for (size_t k = 0; k < count; k++)
		common &= features[k];
	for (int level = LEVELS - 1; level >= 0; level--)
		if ((cpu_models[level].features & ~common) == 0)
			return &cpu_models[level];
	return NULL;
}

/* A text that is cut, not overrun. */
struct text {
	char *to;
	size_t room, used;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	int n = vsnprintf(t->to + t->used, t->room - t->used, format, list);
	va_end(list);
	if (n > 0)
		t->used = (size_t)n < t->room - t->used ? t->used + (size_t)n : t->room - 1;
}

static void add_names(struct text *t, uint64_t set, const char *const *names, unsigned count)
{
	const char *between = " ";
	for (unsigned k = 0; k < count; k++) {
		if (!(set >> k & 1))
			continue;
		add(t, "%s%s", between, names[k]);
		between = ", ";
	}
}

enum compat_lack compat_lack(const struct compat_guest *guest, const struct compat_host *target)
{
	ASSERT(guest->hypervisor && target->hypervisor && guest->format < IMAGE_FORMATS);
	if (*guest->hypervisor && *target->hypervisor && strcmp(guest->hypervisor, target->hypervisor) != 0)
		return LACK_HYPERVISOR;
	if (guest->cpu & ~target->cpu)
		return LACK_CPU;
	if (guest->devices & (BOUND | ~target->devices))
		return LACK_DEVICE;
	return target->formats >> guest->format & 1 ? LACK_NOTHING : LACK_IMAGE;
}

static void add_cpu(struct text *t, const struct compat_guest *guest, const struct compat_host *target)
{
	const struct cpu_model *model = cpu_baseline(&target->cpu, 1);
	add(t, "the target's processor lacks");
	add_names(t, guest->cpu & ~target->cpu, cpu_feature_names, CPU_FEATURES);
	if (model)
		add(t, "; a guest started as %s could move there", model->name);
}

static void add_devices(struct text *t, uint32_t devices, uint32_t bound)
{
	add(t, bound ? "a device stays with its host:" : "the target cannot provide");
	add_names(t, bound ? bound : devices, device_kind_names, DEVICE_KINDS);
}

bool compat_check(const struct compat_guest *guest, const struct compat_host *target, char *why, size_t room)
{
	struct text t = {why, room, 0};
	ASSERT(room > 0);
	why[0] = '\0';
	switch (compat_lack(guest, target)) {
	case LACK_HYPERVISOR:
		add(&t, "the guest is held in the form of %s, the target runs %s", guest->hypervisor,
		    target->hypervisor);
		return false;
	case LACK_CPU:
		add_cpu(&t, guest, target);
		return false;
	case LACK_DEVICE:
		add_devices(&t, guest->devices & ~target->devices, guest->devices & BOUND);
		return false;
	case LACK_IMAGE:
		add(&t, "the target cannot open an image of format %s", image_format_names[guest->format]);
		return false;
	default:
		return true;
	}
}

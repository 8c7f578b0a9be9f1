/* SPDX-License-Identifier: GPL-3.0-or-later */
/* May this guest run on that host? Asked before the first byte is sent.
 *
 * A running guest has seen the features of its processor and will go on using them, has drivers for its
 * devices, and is held in the form of its hypervisor; what the target lacks of these it cannot be given.
 * The way out is to give a guest less from the start: a baseline CPU model that every host of the cluster
 * has (cpu_baseline), and devices that are emulated or paravirtual. A device that is passed through stays
 * with its host. */
#ifndef MODELS_MIGRATION_COMPAT_H
#define MODELS_MIGRATION_COMPAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Features by which x86-64 processors differ; bit k of a set is feature k of cpu_feature_names. */
enum cpu_feature {
	CPU_CMOV, CPU_CX8, CPU_FPU, CPU_FXSR, CPU_MMX, CPU_SCE, CPU_SSE, CPU_SSE2,                /* v1 */
	CPU_CX16, CPU_LAHF, CPU_POPCNT, CPU_SSE3, CPU_SSSE3, CPU_SSE4_1, CPU_SSE4_2,              /* v2 */
	CPU_AVX, CPU_AVX2, CPU_BMI1, CPU_BMI2, CPU_F16C, CPU_FMA, CPU_LZCNT, CPU_MOVBE, CPU_XSAVE, /* v3 */
	CPU_AVX512F, CPU_AVX512BW, CPU_AVX512CD, CPU_AVX512DQ, CPU_AVX512VL,                      /* v4 */
	/* of no level */
	CPU_AES, CPU_SHA,
	CPU_FEATURES
};
extern const char *const cpu_feature_names[CPU_FEATURES];

struct cpu_model {
	const char *name;
	uint64_t features;
	const char *source;
};

/* The four levels, and models by name; ended by a NULL name. */
extern const struct cpu_model cpu_models[];

const struct cpu_model *cpu_model_find(const char *name); /* NULL: none of that name */

/* The highest of the four levels that all these sets have: what to give guests that must be free to move.
 * NULL: a host lacks even the lowest. */
const struct cpu_model *cpu_baseline(const uint64_t *features, size_t count);

enum device_kind {
	DEVICE_VIRTIO, DEVICE_EMULATED, DEVICE_TPM,   /* can be provided anywhere the hypervisor has them */
	DEVICE_NIC_PASSTHROUGH, DEVICE_GPU_PASSTHROUGH, DEVICE_SGX, /* bound to the host */
	DEVICE_KINDS
};
extern const char *const device_kind_names[DEVICE_KINDS];

enum image_format { IMAGE_RAW, IMAGE_QCOW2, IMAGE_VMDK, IMAGE_VHDX, IMAGE_FORMATS };
extern const char *const image_format_names[IMAGE_FORMATS];

struct compat_guest {
	uint64_t cpu;            /* features that it was started with */
	uint32_t devices;        /* bit k: device_kind k */
	const char *hypervisor;  /* in whose form it is held; "": an ideal one, which suits all */
	enum image_format format;
};

struct compat_host {
	uint64_t cpu;
	uint32_t devices;        /* that it can provide */
	const char *hypervisor;  /* "": an ideal one, which takes all */
	uint32_t formats;        /* bit k: image_format k */
};

/* The first thing that stands in the way. Numbers are in results: append only. */
enum compat_lack {
	LACK_NOTHING,
	LACK_HYPERVISOR,
	LACK_CPU,
	LACK_DEVICE,
	LACK_IMAGE,
	LACKS
};
extern const char *const compat_lack_names[LACKS];

enum compat_lack compat_lack(const struct compat_guest *guest, const struct compat_host *target);

/* True when the guest can move there. Else `why` says why not, as a sentence, cut to `room`; the first of
 * hypervisor, CPU, devices and image format that stands in the way. */
bool compat_check(const struct compat_guest *guest, const struct compat_host *target, char *why, size_t room);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The style sheet and the script of a report, as they stand in analysis/assets/. The assembler takes the
 * files' bytes as they are: no generated C, no limit on a string's length. */
#include "analysis/report.h"

#define ASSET(name, path) \
	__asm__(".section .rodata\n.global " #name "\n.type " #name ", @object\n" #name ":\n.incbin \"" path \
	        "\"\n.byte 0\n.size " #name ", . - " #name "\n.previous\n")

ASSET(report_css, "analysis/assets/report.css");
ASSET(report_js, "analysis/assets/report.js");

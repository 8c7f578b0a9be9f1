/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU's XBZRLE: which pages go as differences, because the sender still has what it sent before.
 *
 * The sender keeps copies of pages in a cache of 64 MiB with one place for each page (its number modulo the
 * places). A page is copied in when it misses, unless another page has its place and was of use less than
 * two dirty-log reads ago; what was sent before the first pass ended was never copied. A difference has 11
 * bytes around it (page header, kind, length), and per write the lengths of the run of equal bytes before it
 * and of its own: 3 bytes. A page that did not change since it was copied costs nothing. (Svard et al. 2011;
 * the rules are those of QEMU 10's migration/ram.c and page_cache.c.) */
#ifndef MODELS_MIGRATION_XBZRLE_H
#define MODELS_MIGRATION_XBZRLE_H

#include <stdbool.h>
#include <stdint.h>

#define XBZRLE_PLACES 16384      /* 64 MiB */

struct xbzrle {
	bool on;                 /* the first pass has ended */
	int64_t write_bytes;
	int64_t *page;           /* by place: which page it holds, + 1; 0: none */
	uint32_t *age;           /* and in which pass it was last of use */
	uint8_t *writes;         /* by page: writes since it was last sent, up to 255 */
};

void xbzrle_init(struct xbzrle *x, int64_t pages, int64_t write_bytes);
void xbzrle_fini(struct xbzrle *x);

/* Bytes that the page takes now, header included; -1: it must go whole. Forgets its writes.
 * In the last stage nothing is copied in. */
int64_t xbzrle_bytes(struct xbzrle *x, int64_t page, uint32_t pass, bool last_stage);

#endif

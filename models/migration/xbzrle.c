/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cache of pages sent, and how long a difference is. */
#include "models/migration/xbzrle.h"

#include <stdlib.h>

#include "sim/fault.h"
#include "sim/memory.h"

#define PAGE 4096
#define AROUND 11                /* page header 8, kind 1, length 2 */
#define AROUND_WRITE 3           /* run of equal bytes: 2 mostly; run of changed ones: 1 */
#define LIFETIME 2               /* passes */

void xbzrle_init(struct xbzrle *x, int64_t pages, int64_t write_bytes)
{
	ASSERT(pages > 0 && write_bytes > 0);
	*x = (struct xbzrle){.write_bytes = write_bytes};
	x->page = memory_new(XBZRLE_PLACES, sizeof *x->page, "places of the XBZRLE cache");
	x->age = memory_new(XBZRLE_PLACES, sizeof *x->age, "ages in the XBZRLE cache");
	x->writes = memory_new((size_t)pages, 1, "writes to pages of a migrating guest");
}

void xbzrle_fini(struct xbzrle *x)
{
	free(x->page);
	free(x->age);
	free(x->writes);
	*x = (struct xbzrle){.on = false};
}

int64_t xbzrle_bytes(struct xbzrle *x, int64_t page, uint32_t pass, bool last_stage)
{
	int64_t writes = x->writes[page], place = page % XBZRLE_PLACES;
	x->writes[page] = 0;
	if (!x->on)
		return -1;
	if (x->page[place] != page + 1) {
		bool taken = x->page[place] != 0 && x->age[place] + LIFETIME > pass;
		if (!last_stage && !taken) {
			x->page[place] = page + 1;
			x->age[place] = pass;
		}
		return -1;
	}
	x->age[place] = pass;
	if (writes == 0)
		return 0;
	int64_t length = writes * (AROUND_WRITE + x->write_bytes);
	return length < PAGE ? AROUND + length : -1;
}

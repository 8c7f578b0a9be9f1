/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest that is migrated, without a kernel: fills memory, then writes to pages at a set rate and beats.
 *
 * It takes KEY=NUMBER words from its command line and, after that, from lines on the first serial port:
 * fill (MiB, command line only), ws (MiB), pat (u, h or s: uniform, hot and cold, sequential), rate (pages
 * a second), wbytes (bytes a write), khz (of the time stamp counter) and hb (ms between beats). It answers
 * READY once, SET to each line. Port 0xe9 carries a '.' each beat and, ten times a second, a line "H NUMBER
 * GUEST_NS WRITES".
 *
 * Memory from 4 MiB on is filled, page after page, with numbers that do not repeat; the working set is its
 * beginning. The writer is open loop, in ticks of 1 ms; when it is behind by more than 50 ms it gives up
 * all but 1 ms of it. */
#include <stdint.h>

#define FILLED ((uint64_t *)0x400000)
#define WORDS 512 /* of 8 bytes a page */
#define PAGES_PER_MIB 256
#define SERIAL 0x3f8
#define CONSOLE 0xe9
#define HOT_PERCENT 10         /* of the working set */
#define HOT_WRITES_PERCENT 90  /* of the writes go there */
#define STEP 0x9e3779b97f4a7c15u
#define LINE 1024

void work(uint64_t multiboot);

struct workload {
	char pattern;
	uint64_t pages, hot_pages, rate_pps, words, cursor;
};

struct pace {
	uint64_t begin_tsc, begin_writes, writes;
};

struct guest {
	char line[LINE];
	uint64_t length, random, khz, fill_mib;
	uint64_t began_tsc, beat_tsc, report_tsc, listen_tsc, beat_ms, reports;
	struct workload load;
	struct pace pace;
};

static void out8(uint8_t value, uint16_t port)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in8(uint16_t port)
{
	uint8_t value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static uint64_t tsc(void)
{
	uint32_t low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* xorshift64 (Marsaglia 2003): it need not be good, only never zero. */
static uint64_t random(struct guest *g)
{
	g->random ^= g->random << 13;
	g->random ^= g->random >> 7;
	g->random ^= g->random << 17;
	return g->random;
}

static uint64_t below(struct guest *g, uint64_t n)
{
	return (uint64_t)((unsigned __int128)random(g) * n >> 64);
}

/* What follows "KEY=" at the start of a word, or NULL. */
static const char *word(const char *line, const char *key)
{
	for (const char *p = line; *p; p++) {
		const char *a = p, *k = key;
		while (*k && *a == *k)
			a++, k++;
		if (!*k && *a == '=' && (p == line || p[-1] == ' '))
			return a + 1;
	}
	return 0;
}

static uint64_t number(const char *line, const char *key, uint64_t otherwise)
{
	const char *p = word(line, key);
	if (!p)
		return otherwise;
	uint64_t value = 0;
	while (*p >= '0' && *p <= '9')
		value = value * 10 + (uint64_t)(*p++ - '0');
	return value;
}

static void say(uint16_t port, const char *text)
{
	while (*text)
		out8((uint8_t)*text++, port);
}

static void say_number(uint16_t port, uint64_t value)
{
	char digits[24];
	int n = 24;
	digits[--n] = 0;
	do {
		digits[--n] = (char)('0' + value % 10);
	} while (value /= 10);
	say(port, digits + n);
}

static void set_workload(struct guest *g)
{
	const char *pattern = word(g->line, "pat");
	uint64_t mib = number(g->line, "ws", 16);
	struct workload *w = &g->load;
	w->pages = (mib < g->fill_mib ? mib : g->fill_mib) * PAGES_PER_MIB;
	w->hot_pages = w->pages * HOT_PERCENT / 100 ? w->pages * HOT_PERCENT / 100 : 1;
	w->rate_pps = number(g->line, "rate", 0);
	w->words = number(g->line, "wbytes", 8) / 8;
	w->pattern = pattern ? *pattern : 'u';
	w->cursor = 0;
	g->pace.begin_tsc = tsc();
	g->pace.begin_writes = g->pace.writes = 0;
}

static uint64_t next_page(struct guest *g)
{
	struct workload *w = &g->load;
	if (w->pattern == 's') {
		uint64_t page = w->cursor;
		w->cursor = page + 1 == w->pages ? 0 : page + 1;
		return page;
	}
	if (w->pattern != 'h')
		return below(g, w->pages);
	if (below(g, 100) < HOT_WRITES_PERCENT)
		return below(g, w->hot_pages);
	return w->hot_pages + below(g, w->pages - w->hot_pages);
}

static void write_due(struct guest *g, uint64_t now)
{
	struct pace *p = &g->pace;
	uint64_t rate = g->load.rate_pps;
	uint64_t due = p->begin_writes + (now - p->begin_tsc) * rate / (g->khz * 1000);
	if (due > p->writes + rate / 20 + 1) {
		p->begin_tsc = now;
		p->begin_writes = p->writes;
		due = p->writes + rate / 1000;
	}
	if (now - p->begin_tsc > 10000 * g->khz) { /* before the product above overflows */
		p->begin_tsc = now;
		p->begin_writes = due;
	}
	for (; p->writes < due; p->writes++) {
		uint64_t *at = FILLED + next_page(g) * WORDS + below(g, WORDS + 1 - g->load.words);
		for (uint64_t i = 0; i < g->load.words; i++)
			at[i] = random(g) | 1;
	}
}

static void beat(struct guest *g, uint64_t now)
{
	if (now >= g->beat_tsc) {
		out8('.', CONSOLE);
		g->beat_tsc = now + g->beat_ms * g->khz;
	}
	if (now < g->report_tsc)
		return;
	say(CONSOLE, "\nH ");
	say_number(CONSOLE, g->reports++);
	say(CONSOLE, " ");
	say_number(CONSOLE, (now - g->began_tsc) / g->khz * 1000000);
	say(CONSOLE, " ");
	say_number(CONSOLE, g->pace.writes);
	say(CONSOLE, "\n");
	g->report_tsc += 100 * g->khz;
	if (g->report_tsc < now)
		g->report_tsc = now + 100 * g->khz;
}

/* Reads the serial port 50 times a second: each look leaves the guest, which costs. */
static void listen(struct guest *g, uint64_t now)
{
	if (now < g->listen_tsc)
		return;
	g->listen_tsc = now + 20 * g->khz;
	while (in8(SERIAL + 5) & 1) {
		char c = (char)in8(SERIAL);
		if (c != '\n') {
			g->line[g->length] = c;
			g->length += g->length < LINE - 1;
			continue;
		}
		g->line[g->length] = 0;
		g->length = 0;
		set_workload(g);
		say(SERIAL, "SET\n");
	}
}

static void fill(struct guest *g)
{
	for (uint64_t page = 0; page < g->fill_mib * PAGES_PER_MIB; page++) {
		uint64_t value = random(g) | 1;
		for (int i = 0; i < WORDS; i++)
			FILLED[page * WORDS + (uint64_t)i] = value += STEP;
	}
}

/* The command line is where Multiboot's table says at offset 16. */
static void start(struct guest *g, uint64_t multiboot)
{
	const char *command = (const char *)(uint64_t)*(const uint32_t *)(multiboot + 16);
	uint64_t n = 0;
	for (; command[n] && n < LINE - 1; n++)
		g->line[n] = command[n];
	g->line[n] = 0;
	g->length = 0;
	g->random = STEP;
	g->khz = number(g->line, "khz", 1000000);
	g->fill_mib = number(g->line, "fill", 64);
	g->beat_ms = number(g->line, "hb", 2);
	g->reports = 0;
	fill(g);
	set_workload(g);
	g->began_tsc = g->beat_tsc = g->report_tsc = g->listen_tsc = tsc();
	out8(1, SERIAL + 2); /* its queue of 16 bytes on */
	say(SERIAL, "READY\n");
}

void work(uint64_t multiboot)
{
	struct guest g;
	start(&g, multiboot);
	for (;;) {
		uint64_t now = tsc();
		write_due(&g, now);
		beat(&g, now);
		listen(&g, now);
		while (tsc() < now + g.khz)
			__asm__ volatile("pause");
	}
}

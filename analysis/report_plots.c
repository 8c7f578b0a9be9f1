/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pictures of a report: gnuplot's SVG put into the page, and the data of the heat map. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/columns.h"
#include "analysis/heat.h"
#include "analysis/plot.h"
#include "analysis/report.h"
#include "analysis/text.h"
#include "sim/fault.h"
#include "sim/memory.h"

/* Cells of the heat map: as many as make a page of half a megabyte. */
#define ROWS_MAX 500
#define COLUMNS_MAX 720

/* Where in gnuplot's SVG a name follows: its own (id) or another's. */
static const char *const name_marks[] = {" id=\"", " id='", "href='#", "href=\"#", "url(#"};

void report_svg(FILE *out, const char *svg, const char *prefix)
{
	const char *at = strstr(svg, "<svg");
	while (at && *at) {
		size_t length = 1;
		bool mark = false;
		for (unsigned i = 0; i < sizeof name_marks / sizeof *name_marks && !mark; i++) {
			mark = strncmp(at, name_marks[i], strlen(name_marks[i])) == 0;
			length = mark ? strlen(name_marks[i]) : 1;
		}
		fwrite(at, 1, length, out);
		if (mark)
			fprintf(out, "%s-", prefix);
		at += length;
	}
}

static char *file_text(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r");
	if (!file)
		return NULL;
	if (getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

static void figure_write(FILE *out, const struct plot *plot, const char *svg)
{
	fprintf(out, "<figure id=\"plot-%s\"><h3>%s</h3>\n"
	        "<div class=\"plot\" role=\"img\" aria-label=\"%s\">",
	        plot->name, plot->title, plot->title);
	report_svg(out, svg, plot->name);
	fputs("</div>\n<figcaption>", out);
	text_html(out, plot->caption);
	fputs("</figcaption></figure>\n", out);
}

const char *report_plots(FILE *out, struct results *results, struct report_counts *counts)
{
	char folder[PATH_MAX], path[PATH_MAX + 64];
	const char *place = getenv("TMPDIR"), *why = NULL;
	snprintf(folder, sizeof folder, "%s/vdcsim-report-XXXXXX", place && *place ? place : "/tmp");
	if (!mkdtemp(folder))
		fault_surroundings("cannot make a folder like %s: %s", folder, strerror(errno));
	plot_draw(results, NULL, 0, PLOT_SVG, folder, &why);
	if (why) {
		fputs("<p>The plots are missing: ", out);
		text_html(out, why);
		fputs("</p>\n", out);
	}
	fputs("<div class=\"plots\">\n", out);
	for (const struct plot *p = plot_table; p->name; p++) {
		snprintf(path, sizeof path, "%s/%s.svg", folder, p->name);
		char *svg = file_text(path);
		unlink(path);
		/* The heat map is on the page already, to zoom into. */
		if (svg && strcmp(p->name, "utilisation") != 0) {
			figure_write(out, p, svg);
			counts->plots++;
		}
		free(svg);
	}
	fputs("</div>\n", out);
	rmdir(folder);
	return why;
}

/* The data that the page's script reads: a byte a cell, 0..250 for 0..100 %, 255 for off. */
static void heat_data(FILE *out, const struct heat *h, const char *const *names)
{
	uint64_t count = h->rows * h->columns;
	unsigned char *bytes = memory_new(count, 1, "a heat map");
	for (uint64_t i = 0; i < count; i++) {
		double cell = (double)h->cells[i];
		bytes[i] = isnan(cell) ? 255 : (unsigned char)lround(fmin(fmax(cell, 0), 100) * 2.5);
	}
	fprintf(out, "<script type=\"application/json\">{\"rows\":%llu,\"columns\":%llu,\"hosts_a_row\":%llu,"
	        "\"cell_s\":%.9g,\"colours\":[", (unsigned long long)h->rows, (unsigned long long)h->columns,
	        (unsigned long long)h->hosts_a_row, (double)h->times_a_column * h->delivered.interval_s);
	for (unsigned i = 0; i < HEAT_COLOURS; i++)
		fprintf(out, "%s\"%s\"", i ? "," : "", heat_colours[i]);
	fputs("],\"hosts\":[", out);
	for (uint64_t row = 0; row < h->rows; row++) {
		fputs(row ? "," : "", out);
		text_json(out, names[row * h->hosts_a_row]);
	}
	fputs("],\"cells\":\"", out);
	text_base64(out, bytes, count);
	fputs("\"}</script>\n", out);
	free(bytes);
}

void report_heat(FILE *out, struct results *results)
{
	const struct plot *plot = plot_find("utilisation");
	struct heat h;
	uint64_t hosts;
	if (!heat_open(&h, results, ROWS_MAX, COLUMNS_MAX))
		return;
	const char **names = columns_texts(results, "hosts", "name", &hosts);
	if (names && hosts == h.delivered.entities) {
		fprintf(out, "<figure id=\"heat\" class=\"heat\"><h3>%s</h3>\n"
		        "<div class=\"tools\"><button type=\"button\">Zoom in</button>"
		        "<button type=\"button\">Zoom out</button><button type=\"button\">All</button>"
		        "<span class=\"soft\">0 %% <span class=\"legend\"></span> 100 %%</span></div>\n"
		        "<canvas tabindex=\"0\" role=\"img\" aria-label=\"%s\"></canvas>\n"
		        "<div class=\"axis\"><span></span><span></span><span></span></div>\n"
		        "<output>Point at a cell to read it; drag to move; wheel after a click, two fingers "
		        "or the buttons to zoom.</output>\n", plot->title, plot->title);
		heat_data(out, &h, names);
		fputs("<figcaption>", out);
		text_html(out, plot->caption);
		fputs("</figcaption></figure>\n", out);
	}
	free(names);
	heat_close(&h);
}

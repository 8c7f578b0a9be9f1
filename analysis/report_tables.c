/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a report. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analysis/report.h"
#include "analysis/text.h"

static void heading_write(FILE *out, const struct results_column *c)
{
	fprintf(out, "<th%s title=\"", c->type == RESULTS_TEXT ? "" : " class=\"n\"");
	text_html(out, c->long_name ? c->long_name : "");
	fputs("\"><button type=\"button\">", out);
	text_html(out, c->name);
	fputs("</button></th>", out);
}

static void cell_write(FILE *out, const struct results_column *c, uint64_t row)
{
	fputs(c->type == RESULTS_TEXT ? "<td>" : "<td class=\"n\">", out);
	if (c->type == RESULTS_INT)
		fprintf(out, "%" PRId64, c->ints[row]);
	else if (c->type == RESULTS_REAL && isnan(c->reals[row]))
		fputc('-', out);
	else if (c->type == RESULTS_REAL)
		fprintf(out, "%.7g", c->reals[row]);
	else
		text_html(out, c->texts[row]);
	fputs("</td>", out);
}

static void table_write(FILE *out, const struct results_table *t, uint64_t rows)
{
	fprintf(out, "<details%s><summary><b>", t->rows <= 30 ? " open" : "");
	text_html(out, t->name);
	fputs("</b>: ", out);
	text_html(out, t->summary);
	fprintf(out, " <span class=\"soft\">(%" PRIu64 " %s%s", t->rows, t->rows == 1 ? "row" : "rows",
	        t->rows > rows ? "" : ")</span>");
	if (t->rows > rows)
		fprintf(out, ", the first %" PRIu64
		        " here; <code>vdcsim show FILE %s --csv</code> has all)</span>", rows, t->name);
	fputs("</summary>\n<div class=\"scroll\"><table class=\"sortable\"><thead><tr>", out);
	for (uint32_t c = 0; c < t->column_count; c++)
		heading_write(out, &t->columns[c]);
	fputs("</tr></thead><tbody>\n", out);
	for (uint64_t row = 0; row < t->rows && row < rows; row++) {
		fputs("<tr>", out);
		for (uint32_t c = 0; c < t->column_count; c++)
			cell_write(out, &t->columns[c], row);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div></details>\n", out);
}

void report_tables(FILE *out, struct results *results, uint64_t rows, struct report_counts *counts)
{
	uint32_t n;
	const struct results_table_info *infos = results_tables(results, &n);
	for (uint32_t i = 0; i < n; i++) {
		/* Series are in the plots and the heat map; rack_hosts says what `rack` of hosts says. */
		if (strncmp(infos[i].name, "series/", strlen("series/")) == 0
		    || strcmp(infos[i].name, "rack_hosts") == 0)
			continue;
		const struct results_table *t = results_table(results, infos[i].name);
		if (!t || !t->rows)
			continue;
		table_write(out, t, rows);
		counts->tables++;
		counts->rows_left_out += t->rows > rows ? t->rows - rows : 0;
	}
}

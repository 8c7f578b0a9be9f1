/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a report: head, figures, plots, tables, scenario. */
#include "analysis/report.h"

#include <inttypes.h>
#include <string.h>

#include "analysis/text.h"

/* What a reader wants first: a handful of figures in units of their own. */
struct card {
	const char *name, *figure, *unit;
	double size;                         /* of the unit, in the figure's */
};

static const struct card cards[] = {
	{"hosts", "hosts", "", 1},
	{"VMs", "vms", "", 1},
	{"energy", "energy_j", "kWh", 3.6e6},
	{"carbon", "carbon_g", "kg CO2", 1000},
	{"mean power", "mean_power_w", "W", 1},
	{"CPU not delivered", "overall_sla_violation", "%", 0.01},
	{"migrations", "migrations", "", 1},
	{"VMs refused", "vms_refused", "", 1},
};

static void figure_text(const struct figure *f, const void *of, char *text, size_t size)
{
	const void *at = (const char *)of + f->offset;
	if (f->kind == FIGURE_COUNT)
		snprintf(text, size, "%" PRIu64, *(const uint64_t *)at);
	else if (f->kind == FIGURE_REAL)
		snprintf(text, size, "%.10g", *(const double *)at);
	else
		snprintf(text, size, "%s", (const char *)at);
}

static double figure_value(const struct figure *f, const void *of)
{
	const void *at = (const char *)of + f->offset;
	return f->kind == FIGURE_COUNT ? (double)*(const uint64_t *)at : *(const double *)at;
}

static void cards_write(FILE *out, const struct summary *s)
{
	fputs("<div class=\"cards\">\n", out);
	for (unsigned i = 0; i < sizeof cards / sizeof *cards; i++) {
		for (const struct figure *f = summary_figures; f->name; f++) {
			if (strcmp(f->name, cards[i].figure) != 0 || f->kind == FIGURE_TEXT)
				continue;
			double value = figure_value(f, s) / cards[i].size;
			/* %g would write 12345 as 1.234e+04 */
			bool whole = f->kind == FIGURE_COUNT || value >= 1000 || value == 0;
			fprintf(out, "<div class=\"card\"><b>%.*f <small>%s</small></b>"
			        "<span>%s</span></div>\n", whole ? 0 : value >= 10 ? 1 : 3, value,
			        cards[i].unit, cards[i].name);
		}
	}
	fputs("</div>\n", out);
}

static void figures_write(FILE *out, const char *id, const struct figure *figures, const void *of)
{
	fprintf(out, "<div class=\"scroll\"><table id=\"%s\" class=\"figures\"><thead><tr><th>figure</th>"
	             "<th class=\"n\">value</th><th>unit</th><th>meaning</th></tr></thead><tbody>\n", id);
	for (const struct figure *f = figures; f->name; f++) {
		char text[160];
		figure_text(f, of, text, sizeof text);
		fprintf(out, "<tr><td>%s</td><td class=\"n\">", f->name);
		text_html(out, text);
		fputs("</td><td>", out);
		text_html(out, strcmp(f->unit, "1") == 0 ? "" : f->unit);
		fputs("</td><td>", out);
		text_html(out, f->long_name);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void head_write(FILE *out, const char *name, const char *file)
{
	/* The empty icon keeps a browser from asking a server; the policy forbids what is not here. */
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
	      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n<title>", out);
	text_html(out, name);
	fputs(" - vdcsim</title>\n<style>\n", out);
	fputs(report_css, out);
	fputs("</style>\n</head>\n<body>\n<h1>", out);
	text_html(out, name);
	fputs("</h1>\n<p class=\"soft\">", out);
	text_html(out, file);
}

static void origin_write(FILE *out, struct results *results, const struct summary *s,
                         const struct provenance *p)
{
	uint32_t count;
	const char *const *overrides = results_overrides(results, &count);
	fprintf(out, ", seed %" PRIu64 ", digest <code>%s</code>, vdcsim ", results_seed(results), s->digest);
	text_html(out, p->version);
	fputs(", ", out);
	text_html(out, p->date);
	for (uint32_t i = 0; i < count; i++) {
		fputs(i ? " " : "<br>with <code>", out);
		fputs("--set ", out);
		text_html(out, overrides[i]);
	}
	fputs(count ? "</code></p>\n" : "</p>\n", out);
	fputs("<nav><a href=\"#figures\">Figures</a><a href=\"#plots\">Plots</a>"
	      "<a href=\"#tables\">Tables</a><a href=\"#scenario\">Scenario</a></nav>\n", out);
}

const char *report_write(FILE *out, struct results *results, const char *file, uint64_t rows,
                         struct report_counts *counts)
{
	struct summary s;
	struct provenance p;
	*counts = (struct report_counts){0};
	results_summary(results, &s, &p);
	head_write(out, results_scenario_name(results), file);
	origin_write(out, results, &s, &p);
	cards_write(out, &s);
	fputs("<h2 id=\"figures\">Figures</h2>\n", out);
	figures_write(out, "summary", summary_figures, &s);
	fputs("<details><summary>Provenance (differs from run to run)</summary>\n", out);
	figures_write(out, "provenance", provenance_figures, &p);
	fputs("</details>\n<h2 id=\"plots\">Plots</h2>\n", out);
	report_heat(out, results);
	const char *why = report_plots(out, results, counts);
	fputs("<h2 id=\"tables\">Tables</h2>\n<p class=\"soft\">A click on a heading sorts.</p>\n", out);
	report_tables(out, results, rows, counts);
	fputs("<h2 id=\"scenario\">Scenario</h2>\n<pre>", out);
	text_html(out, results_scenario_text(results));
	fputs("</pre>\n<script>\n", out);
	fputs(report_js, out);
	fputs("</script>\n</body>\n</html>\n", out);
	return why;
}

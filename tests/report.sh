#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The report in a real browser (headless Chromium): no word on its console, every figure drawn, tables sort, the heat
# map zooms, nothing wider than the page at 1200 and 400 pixels, light and dark. `tests/report.sh DIR` keeps the
# screenshots there, to be looked at. Skips where there is no Chromium.
. "$(dirname "$0")/lib.sh"
command -v chromium >/dev/null || { skip "the report in a browser" "chromium is not installed"; finish; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
keep=${1:+$(realpath -m "$1")}
[ -z "$keep" ] || mkdir -p "$keep"

# browser WIDTH HEIGHT light|dark PAGE OPTION...: Chromium's output; its log in $work/log. Its own chatter with servers
# is switched off.
browser()
{
	local size=$1,$2 scheme=1 page=$4
	[ "$3" = light ] || scheme=0
	shift 4
	timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars \
		--disable-background-networking --disable-component-update --disable-sync --enable-logging=stderr \
		--blink-settings=preferredColorScheme=$scheme --user-data-dir="$(mktemp -d -p "$work")" \
		--virtual-time-budget=4000 --window-size="$size" "$@" "file://$page" 2>"$work/log"
}

# What a page says of itself once it has run: clicks, zooms, measures. It tells the page around it.
probe()
{
	cat <<'PROBE'
<script>
addEventListener("load", () => setTimeout(() => {
	const all = s => [...document.querySelectorAll(s)], found = {};
	found.figures = all("figure").length;
	found.drawn = all(".plot svg").filter(s => s.getBoundingClientRect().height > 100).length;
	found.captions = all("figcaption").filter(c => c.textContent.length > 100).length;
	found.ids = new Set(all("[id]").map(e => e.id)).size === all("[id]").length;
	found.fits = document.documentElement.scrollWidth <= document.documentElement.clientWidth;
	found.dark = matchMedia("(prefers-color-scheme: dark)").matches;
	found.contrast = getComputedStyle(document.body).color !== getComputedStyle(document.body).backgroundColor;
	const hosts = all("table.sortable").find(t => t.tHead.textContent.includes("energy_j"));
	const column = [...hosts.tHead.rows[0].cells].findIndex(c => c.textContent === "energy_j");
	const values = () => [...hosts.tBodies[0].rows].map(r => Number(r.cells[column].textContent));
	hosts.tHead.rows[0].cells[column].firstElementChild.click();
	found.rising = values().every((v, i, a) => !i || a[i - 1] <= v);
	hosts.tHead.rows[0].cells[column].firstElementChild.click();
	found.falling = values().every((v, i, a) => !i || a[i - 1] >= v);
	const canvas = document.querySelector("canvas"), axis = () => document.querySelector(".axis").textContent;
	const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data, colours = new Set();
	for (let i = 0; i < pixels.length; i += 4) colours.add(pixels[i] << 16 | pixels[i + 1] << 8 | pixels[i + 2]);
	found.colours = colours.size > 10;
	const whole = axis();
	document.querySelectorAll(".heat button")[0].click();
	found.zooms = axis() !== whole;
	document.querySelectorAll(".heat button")[2].click();
	found.resets = axis() === whole;
	const box = canvas.getBoundingClientRect();
	canvas.dispatchEvent(new PointerEvent("pointermove", {clientX: box.left + 9, clientY: box.top + 9}));
	found.reads = /%|off/.test(document.querySelector(".heat output").textContent);
	parent.postMessage(JSON.stringify(found), "*");
}, 300));
</script>
PROBE
}

# frame WIDTH HEIGHT PAGE: a page that shows another in a window of any width (a browser's own has a least one).
frame()
{
	cat <<FRAME
<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,"><body style="margin:0">
<script>addEventListener("message", e => { document.body.dataset.found = e.data; });</script>
<iframe src="$3" style="border:0;width:$1px;height:$2px"></iframe>
FRAME
}

# figures WIDTH SCHEME
look()
{
	local what="$1 px, $2" found
	frame "$1" 5000 probed.html >"$work/frame.html"
	found=$(browser $(($1 < 500 ? 500 : $1)) 5000 "$2" "$work/frame.html" --dump-dom |
		sed -n 's/.*data-found="\([^"]*\)".*/\1/p' | sed 's/&quot;/"/g')
	if grep -q CONSOLE "$work/log"; then
		fail "$what: words on the console" "$(grep -m3 CONSOLE "$work/log")"
	else
		pass
	fi
	if [ -n "$found" ] && jq -e --argjson plots "$plots" --argjson dark "$([ "$2" = dark ] && echo true || echo false)" \
		'.figures == $plots + 1 and .drawn == $plots and .captions == $plots + 1 and .ids and .fits and .dark == $dark
		and .contrast and .rising and .falling and .colours and .zooms and .resets and .reads' \
		<<<"$found" >/dev/null; then
		pass
	else
		fail "$what: the page is not as it should be" "${found:-it said nothing}" "$(tail -3 "$work/log")"
	fi
	[ -z "$keep" ] || {
		frame "$1" 5000 report.html >"$work/shot.html"
		browser $(($1 < 500 ? 500 : $1)) 5000 "$2" "$work/shot.html" --screenshot="$keep/report_$1_$2.png"
	}
}

"$vdcsim" run scenarios/library/generated_small.yaml -o "$work/day.h5" >/dev/null 2>&1 &&
	"$vdcsim" report "$work/day.h5" -o "$work/report.html" 2>"$work/err" || fail "the report is written" "$(cat "$work/err")"
plots=$(sed -n 's/.* with \([0-9]*\) plots.*/\1/p' "$work/err")
{ sed '/^<\/body>/,$d' "$work/report.html"; probe; echo '</body></html>'; } >"$work/probed.html"
for scheme in light dark; do
	for width in 1200 400; do
		look "$width" "$scheme"
	done
done
finish

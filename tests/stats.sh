#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Measures the source as the table in docs/structure.md has it, and prints that page: `make docs` keeps it.
. "$(dirname "$0")/lib.sh"
files=$(c_files sim models policies analysis scenarios cli)
command -v ctags >/dev/null || { echo "stats: universal-ctags is missing; ./setup.sh dev installs it" >&2; exit 3; }

# "count median largest-name largest" of lines a file.
file_sizes()
{
	# shellcheck disable=SC2086
	wc -l $files | awk '$2 != "total" { print $1, $2 }' | sort -n | awk '
	{ n[NR] = $1; name = $2; sum += $1 }
	END { printf "%d %d %d %s %d\n", NR, sum, n[int((NR + 1) / 2)], name, n[NR] }'
}

# "median p99 share-over-70 largest" of lines a function.
function_sizes()
{
	# shellcheck disable=SC2086
	ctags --languages=C --langmap=C:.c.h --kinds-C=f --fields=+ne -x --_xformat='%n %e' $files 2>/dev/null |
		awk '{ print $2 - $1 + 1 }' | sort -n | awk '
		{ n[NR] = $1; over += $1 > 70 }
		END { printf "%d %d %.1f %d %d\n", n[int((NR + 1) / 2)], n[int(NR * 0.99 + 0.5)], 100 * over / NR, n[NR], NR }'
}

# Lines that hold nothing but comment, in percent of all.
comment_share()
{
	# shellcheck disable=SC2086
	cat $files | awk '
	/^[ \t]*\/\*/ { comment++; inside = !/\*\//; next }
	inside { comment++; if (/\*\//) inside = 0 }
	END { printf "%d\n", 100 * comment / NR + 0.5 }'
}

asserts()
{
	# shellcheck disable=SC2086
	cat $files | awk '/(ASSERT|CHECK)\(/ && !/#define/ { n++ } END { printf "%.0f\n", 1000 * n / NR }'
}

# Variables of file scope (or static in a function) that can change; each has its reason in tests/layers.sh.
globals()
{
	objdump -t "$BUILD/libvdcsim.a" "$BUILD/objects/cli/main.o" 2>/dev/null | awk '
	/ O / && /[ \t](\.data|\.bss|\.tdata|\.tbss|\*COM\*)[ \t]/ && $NF !~ /^(__|\.L)/ { n++ } END { print n + 0 }'
}

# The largest set of modules (X.c and X.h) that reach each other by #include: by transitive closure.
largest_cycle()
{
	# shellcheck disable=SC2086
	awk '/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\""); from = FILENAME; to = part[2]
		sub(/\.[ch]$/, "", from); sub(/\.[ch]$/, "", to)
		if (from != to) print from, to }' $files | sort -u | awk '
	function id(name) { if (!(name in number)) { number[name] = ++n; } return number[name] }
	{ reach[id($1), id($2)] = 1 }
	END {
		for (k = 1; k <= n; k++)
			for (i = 1; i <= n; i++)
				if ((i, k) in reach)
					for (j = 1; j <= n; j++)
						if ((k, j) in reach) reach[i, j] = 1
		for (i = 1; i <= n; i++) {
			size = 0
			for (j = 1; j <= n; j++)
				if (((i, j) in reach) && ((j, i) in reach)) size++
			if (size > most) most = size
		}
		printf "%s of %d modules\n", (most > 1 ? most : "none"), n
	}'
}

read -r count lines median largest_name largest < <(file_sizes)
read -r function_median p99 over longest functions < <(function_sizes)
cat <<END
# The shape of the source

Written by \`make docs\` (tests/stats.sh). Measured on the C files of sim/, models/, policies/, analysis/, scenarios/
and cli/; the three rows below it were measured the same way on those projects' own sources.

| project (part) | files / lines | file median, largest | function median / p99 / over 70 lines | comment % | asserts per kloc | mutable globals | largest include cycle |
|---|---|---|---|---|---|---|---|
| vdcsim (all but tests) | $count / $lines | $median, $(basename "$largest_name") $largest | $function_median / $p99 / $over% | $(comment_share) | $(asserts) | $(globals) | $(largest_cycle) |
| Lua 53b41d0c (all) | 68 / 34k | 284, ltests.c 2248 | 10 / 62 / 0.8% | 21 | 12 | 5 | 18 of 46 modules |
| cimba 278eb47 (src; headers apart) | 45 / 13k | 221, cmb_process.c 1047 | 14 / 75 / 1.6% | 32; include/ 73 | 91 | 48 (thread-local) | 21 of 76 |
| SimGrid 12a63c78 (src/kernel) | 144 / 39k | 115, platf_sax_cb.cpp 1064 | 6 / 80 / 1.5% | 13 | - | - | 153 of 1349 (repo) |

$functions functions, the longest of $longest lines. Asserts are ASSERT and CHECK (sim/fault.h); tests have their own.
Mutable globals are objects in .data, .bss and their thread-local kin; tests/layers.sh lists each with its reason.
A module is X.c and X.h together.
END

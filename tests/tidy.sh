#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sizes, style and static checks over all C files: prints each finding as file:line and ends with 'tidy: N findings'.
# A line `/* tidy: long because ... */` (or `deep`, `wide`, `many`) lifts one rule for what follows it:
#   long   a function of more than 60 lines     (on the line above the function, or of the file: its first 5 lines)
#   many   more than 5 parameters               (on the line above the function)
#   deep   a nesting of more than 3             (on the line above the function)
#   wide   a line of more than 110 columns      (on the line itself or above)
. "$(dirname "$0")/lib.sh"
function_lines=60 file_lines=600 parameters=5 nesting=3 columns=110
findings=$(mktemp)
trap 'rm -f "$findings"' EXIT
files=$(c_files sim models policies analysis scenarios cli tests bench)
[ -n "$files" ] || exit 3

# "file first last name (signature)" for each function, from universal-ctags.
functions()
{
	# shellcheck disable=SC2086 # a list of files
	ctags --languages=C --langmap=C:.c.h --kinds-C=f --fields=+neS -x --_xformat='%F %n %e %N %S' $files 2>/dev/null
}

function_sizes()
{
	functions | awk -v most="$function_lines" -v many="$parameters" '
	function lifted(file, line, word,    i, text) {
		for (i = 1; i <= line && (getline text < file) > 0; i++)
			if (i >= line - 3 && i < line && index(text, "tidy: " word)) { close(file); return 1 }
		close(file)
		return 0
	}
	{
		signature = $0
		sub(/^[^(]*\(/, "", signature)
		gsub(/\([^()]*\)/, "", signature)      # parameters of function pointers
		count = (signature ~ /^(void)?\)?$/) ? 0 : gsub(/,/, ",", signature) + 1
		if ($3 - $2 + 1 > most && !lifted($1, $2, "long"))
			printf "%s:%d: %s has %d lines, at most %d\n", $1, $2, $4, $3 - $2 + 1, most
		if (count > many && !lifted($1, $2, "many"))
			printf "%s:%d: %s has %d parameters, at most %d\n", $1, $2, $4, count, many
	}'
}

# Depth by indentation: a statement in a function stands at one tab, each block around it adds one.
line_rules()
{
	# shellcheck disable=SC2086
	awk -v most="$file_lines" -v wide="$columns" -v deep="$nesting" '
	function width(s,    i, n) {
		n = 0
		for (i = 1; i <= length(s); i++) {
			c = substr(s, i, 1)
			if (c == "\t") n += 8 - n % 8
			else if (c < "\200" || c >= "\300") n++ # bytes of UTF-8 that continue a character take no room
		}
		return n
	}
	function end() {
		if (name && lines > most && !long)
			printf "%s:1: %d lines, at most %d\n", name, lines, most
	}
	FNR == 1 { end(); name = FILENAME; long = 0; lift = 0; before = ""; statement_end = 1 }
	{ lines = FNR }
	FNR <= 5 && /tidy: long/ { long = 1 }
	/tidy: deep/ { lift = 1 }
	/^}/ { lift = 0 }
	length($0) > 60 && width($0) > wide && !/tidy: wide/ && before !~ /tidy: wide/ {
		printf "%s:%d: %d columns, at most %d\n", FILENAME, FNR, width($0), wide
	}
	/[ \t]$/ { printf "%s:%d: space at the end of the line\n", FILENAME, FNR }
	/^ +[a-z}]/ && !/^ \*/ { if (statement_end) printf "%s:%d: indented by spaces, not by tabs\n", FILENAME, FNR }
	/^\t+[a-z]/ && statement_end && !lift {
		match($0, /^\t+/)
		if (RLENGTH - 1 > deep && !/^\t+(case|default)/)
			printf "%s:%d: nested %d deep, at most %d\n", FILENAME, FNR, RLENGTH - 1, deep
	}
	# The next line starts a statement when this one ends one or opens a block.
	!/^[ \t]*(\/\*|\*|$)/ {
		code = $0
		sub(/[ \t]*\/\*.*$/, "", code)
		statement_end = (code ~ /[;{}:]$/ || code ~ /^#/)
	}
	{ before = $0 }
	END { end() }' $files
}

# What a reader of a log, a merge or another compiler trips over.
habits()
{
	grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $files | sed 's/$/ (open an issue instead)/'
	grep -nE '^[ \t]*(//|.*[;{}][ \t]*//)' $files | sed 's/$/ (comments are \/\* \*\/)/'
	grep -nE '\b(strcpy|strcat|sprintf|gets|atoi|atof|rand|srand)\(' $files | sed 's/$/ (banned call)/'
	grep -nE '\b(malloc|calloc|realloc)\(' $files | grep -vE '^(sim/memory\.c|policies/table\.h|tests/)' | sed 's/$/ (sim\/memory.h has it)/'
	grep -nE '^typedef struct [a-z_]+ ' $files | sed 's/$/ (no typedef of structs)/'
}

static_checks()
{
	if command -v cppcheck >/dev/null; then
		# shellcheck disable=SC2086,SC2046
		cppcheck --quiet --std=c11 --language=c -D_GNU_SOURCE -I. --inline-suppr --enable=warning,performance,portability \
			--suppress=missingInclude --suppress=missingIncludeSystem --suppress=unknownMacro --suppress=preprocessorErrorDirective \
			--template='{file}:{line}: {message} [{id}]' $(echo "$files" | grep '\.c$') 2>&1
	fi
	if command -v shellcheck >/dev/null; then
		shellcheck -x -P tests -e SC2034 -S warning -f gcc tests/*.sh bench/*.sh setup.sh .ci/run 2>&1
	fi
}

deep_checks()
{
	command -v clang-tidy >/dev/null || return
	local flags
	flags=$(sed -n 's/^PKG_CFLAGS = //p' "$BUILD/packages.mk" 2>/dev/null)
	# shellcheck disable=SC2086
	echo "$files" | grep '\.c$' | grep -v '^tests/fuzz' | xargs -P 2 -n 8 sh -c '
		flags=$1; shift
		clang-tidy --quiet "$@" -- -std=c11 -D_GNU_SOURCE -I. $flags 2>/dev/null' tidy "$flags" |
		sed -n "s#^$PWD/##; /: \(warning\|error\): /p"
}

{
	function_sizes
	line_rules
	habits
	static_checks
	deep_checks
} | sort -u -t: -k1,1 -k2,2n >"$findings"
cat "$findings"
count=$(wc -l <"$findings")
echo "tidy: $count findings"
[ "$count" -eq 0 ]

#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The architecture as a test: who may include whom, headers that stand alone, no mutable globals, and what every
# file and folder must say about itself. Each check prints what breaks it.
. "$(dirname "$0")/lib.sh"

# check WHAT FUNCTION: the function prints one line for each breach.
check()
{
	local found
	found=$($2 2>&1)
	if [ -z "$found" ]; then
		pass
	else
		fail "$1"
		printf '%s\n' "$found" | head -20 | sed 's/^/    /' >&2
	fi
}

# "file line header" for every #include of a file of ours.
own_includes()
{
	c_files "${layers[@]}" | sort -u | xargs awk '/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\""); print FILENAME, FNR, part[2] }'
}

upward_includes()
{
	own_includes | awk -v order="${layers[*]}" '
	function layer(path) { sub("/[^/]*$", "", path); return (path in rank) ? rank[path] : 0 }
	BEGIN { n = split(order, name, " "); for (i = 1; i <= n; i++) rank[name[i]] = i }
	{
		if (!layer($3))
			printf "%s:%d: \"%s\" is not a path from the root to one of the layers\n", $1, $2, $3
		else if (layer($3) > layer($1))
			printf "%s:%d: \"%s\" lies below this folder in the order of the layers\n", $1, $2, $3
	}'
}

own_header_first()
{
	local file
	for file in $(c_files "${layers[@]}" | sort -u | grep '\.c$'); do
		[ -f "${file%.c}.h" ] || continue
		grep -m1 '^#include' "$file" | grep -qF "\"${file%.c}.h\"" ||
			echo "$file: its first include is not its own header"
	done
}

# A module is NAME.h and NAME.c together: a header that includes one whose source includes it back is a circle too,
# since neither can then be read, tested or replaced alone. tsort names the members of each.
module_cycles()
{
	c_files | sort -u | xargs awk '/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\""); from = FILENAME; to = part[2]
		sub(/\.[a-z]+$/, "", from); sub(/\.[a-z]+$/, "", to)
		if (from != to) print from, to }' | tsort 2>&1 >/dev/null | sed 's/^tsort: //'
}

# A library's header belongs to one file, so that a library can be replaced there. All that is not C's, POSIX's or
# Linux's own counts as a library's.
third_party_once()
{
	local system='assert|complex|ctype|errno|fenv|float|inttypes|limits|locale|math|setjmp|signal|stdalign|stdarg'
	system+='|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|tgmath|threads|time|wchar|wctype'
	system+='|dirent|dlfcn|fcntl|ftw|getopt|glob|libgen|poll|pthread|regex|sched|strings|termios|unistd|wordexp|spawn'
	system+='|immintrin|features|malloc|sys/[a-z_]+|linux/[a-z_]+'
	c_files "${layers[@]}" | sort -u | xargs awk -v standard="^($system)\\\\.h\$" '
	/^[ \t]*#[ \t]*include[ \t]*</ {
		split($0, part, /[<>]/)
		if (part[2] ~ standard) next
		if (part[2] in where && where[part[2]] != FILENAME)
			printf "%s:%d: <%s> is included in %s already; one file wraps a library\n", FILENAME, FNR, part[2],
			       where[part[2]]
		where[part[2]] = FILENAME
	}'
}

# A policy is written as a plug-in is: it knows policy.h, the small headers that a plug-in may take along, and
# nothing else of ours. Policies are the files in the sub-folders of policies/.
policies_know_only_the_abi()
{
	own_includes | awk '$1 ~ /^policies\/[a-z]+\// && $3 !~ /^policies\/(policy|history|speed|table)\.h$/ {
		printf "%s:%d: a policy includes only policy.h, history.h, speed.h and table.h of policies/, not %s\n", $1, $2, $3 }
	$1 ~ /^policies\/(policy|history|speed|table)\.h$/ && $3 != "policies/policy.h" {
		printf "%s:%d: a header that plug-ins take along includes only policy.h, not %s\n", $1, $2, $3 }'
}

# The simulation must not see a library that reads or draws.
sim_includes_no_io()
{
	grep -nE '#include <(yaml|hdf5|archive|CUnit)' -r sim models policies/policy.h | sed 's/$/: an I\/O library/'
}

headers_compile_alone()
{
	local header flags
	flags=$(sed -n 's/^PKG_CFLAGS = //p' "$BUILD/packages.mk" 2>/dev/null)
	for header in $(c_files "${layers[@]}" | sort -u | grep '\.h$'); do
		# shellcheck disable=SC2086 # flags are words
		echo "#include \"$header\"" | ${CC:-gcc} -std=c11 -D_GNU_SOURCE -I. $flags -Wall -Wextra -Werror -fsyntax-only \
			-x c - 2>/dev/null || echo "$header does not compile alone"
	done
}

# Variables that can change at run time and belong to no struct. Constant tables that hold pointers are relocated
# (.data.rel.ro) and are no variables. The allowed ones, each with its reason:
allowed_globals='
current     sim/fault.c: an ASSERT anywhere must find the run under way, and cannot be passed it
'
mutable_globals()
{
	local allowed
	allowed=$(echo "$allowed_globals" | awk 'NF { printf "%s ", $1 }')
	[ -f "$BUILD/libvdcsim.a" ] || { echo "$BUILD/libvdcsim.a is not built"; return; }
	# Sanitizers and coverage add variables of their own.
	! nm "$BUILD/libvdcsim.a" 2>/dev/null | grep -qE ' U __(asan|tsan|gcov)_' || return
	objdump -t "$BUILD/libvdcsim.a" "$BUILD/objects/cli/main.o" | awk -v allowed=" $allowed" '
	/file format/ { object = $1; sub(":$", "", object) }
	/ O / && $0 ~ /[ \t](\.data|\.bss|\.tdata|\.tbss|\*COM\*|\.data\.[^r][^ \t]*|\.bss\.[^ \t]*)[ \t]/ {
		name = $NF; sub(/\.[0-9]+$/, "", name)
		if (name !~ /^(__|\.L)/ && !index(allowed, " " name " "))
			printf "%s: \"%s\" is a mutable variable of file scope or static\n", object, name
	}'
}

# Everything that people wrote and keep; not inputs of tests, which are as odd as they must be.
written_files()
{
	find . \( -path ./.git -o -path ./build -o -path ./demo -o -path ./tests/bad -o -path ./tests/fuzz/corpus \
		-o -path ./tests/golden \) -prune -o -type f \
		\( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.def' -o -name '*.yaml' -o -name Makefile \
		-o -path ./.ci/run \) -print | sort
}

licence_lines()
{
	local file
	for file in $(written_files); do
		head -2 "$file" | grep -q 'SPDX-License-Identifier: \(GPL-3.0-or-later\|MIT\)' ||
			echo "$file: no SPDX line at its top"
	done
}

readmes()
{
	local folder file stem lines
	for folder in "${layers[@]}" tests bench; do
		compgen -G "$folder/*.[ch]" >/dev/null || compgen -G "$folder/*.sh" >/dev/null || continue
		[ -f "$folder/README.md" ] || { echo "$folder has no README.md"; continue; }
		lines=$(wc -l <"$folder/README.md")
		[ "$lines" -le 40 ] || echo "$folder/README.md has $lines lines; at most 40"
		for file in "$folder"/*.[ch] "$folder"/*.sh; do
			[ -e "$file" ] || continue
			stem=$(basename "$file")
			grep -qw -- "${stem%.*}" "$folder/README.md" || echo "$folder/README.md does not name $stem"
		done
	done
}

# Nothing that we keep may say on which machine it was written.
machine_paths()
{
	grep -rnIE '(^|[^A-Za-z0-9_.])/(wor[k]|home|root|tmp/tea[m])/' --exclude-dir=.git --exclude-dir=build --exclude-dir=demo . |
		cut -c1-160
}

# A suite that nobody registered would never run.
suites_registered()
{
	local file name
	grep -lE '^SUITE\(' -r tests --include='*.c' | while read -r file; do
		name=$(sed -n 's/^SUITE(\([a-z0-9_]*\),.*/\1/p' "$file")
		grep -q "^SUITE_ENTRY($name)" tests/suites.def || echo "$file: suite $name is not in tests/suites.def"
	done
}

check "a file includes only its own folder and those above it" upward_includes
check "a source file includes its own header first" own_header_first
check "modules (a header and its source) do not include each other in a circle" module_cycles
check "a library's header is included in one file" third_party_once
check "policies know nothing but the policy ABI" policies_know_only_the_abi
check "sim and models see no I/O library" sim_includes_no_io
check "every header compiles alone" headers_compile_alone
check "there are no mutable globals" mutable_globals
check "every file names its licence" licence_lines
check "every folder's README names its files" readmes
check "no file names a place on its author's machine" machine_paths
check "every suite is registered" suites_registered
finish

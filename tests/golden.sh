#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs every scenario of the library and compares digest and figures with tests/golden/NAME.txt. `--bless` writes them
# anew and shows old beside new; `--long` takes the large scenario too.
. "$(dirname "$0")/lib.sh"
bless="" long=""
for word; do
	case $word in
	--bless) bless=1 ;;
	--long) long=1 ;;
	*) echo "golden: unknown option '$word'; allowed: --bless, --long" >&2; exit 2 ;;
	esac
done
now=$(mktemp)
trap 'rm -f "$now" "$now".err' EXIT

# The named traces that a scenario reads, and does not do without, that are not on this machine.
missing_traces()
{
	local trace
	sed -n 's/.*trace: {*\(trace: \)*\([a-zA-Z_/]*\).*/\2/p' "$1" | sort -u | while read -r trace; do
		"$vdcsim" list traces "$trace" --json 2>/dev/null |
			jq -e '.[0].found | startswith("/") or startswith(".")' >/dev/null || echo "$trace"
	done
}

# One line a figure, at most 30, without those of money where no prices are, as the program prints them for programs.
figures()
{
	jq -r '"scenario \(.scenario)", "seed \(.seed)", (.summary
		| if .overhead_ghz_h == 0 and .service_ghz_h == 0 then del(.useful_ghz_h, .overhead_ghz_h, .service_ghz_h) else . end
		| if .context_switches == 0 then del(.ready_time_s, .throttled_time_s, .context_switches, .switch_time_s, .wakeups,
			.wakeup_latency_mean_s, .wakeup_latency_p99_s) else . end
		| with_entries(select((.key | test("^(memory|filter|failure|migration)_|^migrations_failed$|^forbidden$") | not) or .value != 0))
		| to_entries
		| map(select((.key | test("^(cost|rent)_|^currency$") | not) or (.value | tostring | test("^(0|EUR)$") | not)))
		| .[:28][] | "\(.key) \(.value)")'
}

golden()
{
	local scenario=$1 name=${1#scenarios/library/} file missing
	name=$(echo "${name%.yaml}" | tr / _)
	file=tests/golden/$name.txt
	if [ "$name" = scale ] && [ -z "$long" ]; then
		return
	fi
	missing=$(missing_traces "$scenario" | paste -sd ' ')
	if [ -n "$missing" ]; then
		skip "$name" "not on this machine: $missing"
		return
	fi
	if ! "$vdcsim" run "$scenario" --json 2>"$now.err" | figures >"$now" || [ ! -s "$now" ]; then
		fail "$scenario does not run" "$(head -3 "$now.err")"
		return
	fi
	if [ -n "$bless" ]; then
		mkdir -p tests/golden
		[ -f "$file" ] && cmp -s "$file" "$now" || { echo "$name: old | new"; diff -y -W 110 "$([ -f "$file" ] && echo "$file" || echo /dev/null)" "$now"; }
		cp "$now" "$file"
		pass
	elif [ ! -f "$file" ]; then
		fail "$file is missing; 'make bless' writes it"
	elif cmp -s "$file" "$now"; then
		pass
	else
		fail "$scenario has other results than $file (old | new)" "$(diff -y -W 100 --suppress-common-lines "$file" "$now")"
	fi
}

for scenario in $(find scenarios/library -name '*.yaml' | sort); do
	# Files that others include are no scenarios of their own.
	grep -q '^duration:' "$scenario" && golden "$scenario"
done
finish

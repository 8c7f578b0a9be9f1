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

has_planetlab()
{
	"$vdcsim" list traces planetlab --json 2>/dev/null | jq -e '.[0].found | startswith("/") or startswith(".")' >/dev/null
}
planetlab=
has_planetlab && planetlab=1

has_azure()
{
	"$vdcsim" list traces azure --json 2>/dev/null | jq -e '.[0].found | startswith("/") or startswith(".")' >/dev/null
}
azure=
has_azure && azure=1

has_carbon()
{
	"$vdcsim" list traces carbon/DE --json 2>/dev/null | jq -e '.[0].found | startswith("/") or startswith(".")' >/dev/null
}
carbon=
has_carbon && carbon=1

# One line a figure, at most 30, without those of money where no prices are, as the program prints them for programs.
figures()
{
	jq -r '"scenario \(.scenario)", "seed \(.seed)", (.summary | to_entries
		| map(select((.key | test("^(cost|rent)_|^currency$") | not) or (.value | tostring | test("^(0|EUR)$") | not)))
		| .[:28][] | "\(.key) \(.value)")'
}

golden()
{
	local scenario=$1 name=${1#scenarios/library/} file
	name=$(echo "${name%.yaml}" | tr / _)
	file=tests/golden/$name.txt
	if [ "$name" = scale ] && [ -z "$long" ]; then
		return
	fi
	if grep -q 'planetlab' "$scenario" && [ -z "$planetlab" ]; then
		skip "$name" "the PlanetLab trace is not on this machine"
		return
	fi
	if grep -q 'trace: azure' "$scenario" && [ -z "$azure" ]; then
		skip "$name" "the list of arrivals of Azure is not on this machine"
		return
	fi
	if grep -q 'carbon_trace' "$scenario" && [ -z "$carbon" ]; then
		skip "$name" "the carbon traces are not on this machine"
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

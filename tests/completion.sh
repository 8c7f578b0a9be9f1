#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion in bash, and the pages of the manual: what a person gets after `make install`.
. "$(dirname "$0")/lib.sh"
. completions/vdcsim.bash
export VDCSIM_SCENARIOS=$PWD/scenarios
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# completes WANTED WORD...: is WANTED among what follows the words? The last word is the one that is being typed.
completes()
{
	local wanted=$1
	shift
	COMP_WORDS=("$vdcsim" "$@")
	COMP_CWORD=$#
	_vdcsim "$vdcsim" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
	if printf '%s\n' "${COMPREPLY[@]}" | grep -qxF -- "$wanted"; then
		pass
	else
		fail "completion of 'vdcsim $*' lacks '$wanted'" "it has: ${COMPREPLY[*]:0:12}"
	fi
}

"$vdcsim" run tutorial_two_hosts -o "$work/day.h5" >/dev/null 2>&1
completes run r
completes --version --v
completes --seed run --s
completes tutorial_two_hosts run tut
completes cloudsim/dvfs check --set seed=3 cl
completes policies list p
completes first_fit list policies "fi"
completes hp_ml110_g5 list catalog hp
completes vms show "$work/day.h5" v
completes series/hosts/power_w show "$work/day.h5" series/hosts/p
completes power plot "$work/day.h5" po
completes png plot "$work/day.h5" --format p
completes cloudsim validate c
completes overhead validate o
completes check isa c
completes clean isa check cl
completes --technique isa run toy_os --te
completes toy_os isa run t
completes hypervisors list h
completes xen_pv list hypervisors xen
completes web list mixes w
completes taxonomy list t
completes info trace i
completes planetlab trace info pl
completes --subset trace info planetlab --su
completes diurnal trace fit planetlab -g d
completes hosts.0.count= run x.yaml --set hosts.0.c

# Every page: groff has nothing to say about it.
pages=$("$vdcsim" --man)
[ "$(wc -w <<<"$pages")" -ge 10 ] && pass || fail "the manual has pages" "$pages"
for page in $pages; do
	if ! "$vdcsim" --man "$page" >"$work/$page"; then
		fail "vdcsim --man $page"
	elif ! command -v groff >/dev/null || [ -z "$(groff -man -Tascii -ww "$work/$page" 2>&1 >/dev/null)" ]; then
		pass
	else
		fail "$page" "$(groff -man -Tascii -ww "$work/$page" 2>&1 >/dev/null | head -5)"
	fi
done
for command in $("$vdcsim" --help | sed -nE 's/^  vdcsim ([a-z]+) .*/\1/p'); do
	grep -qx "vdcsim-$command.1" <<<"$pages" && pass || fail "no page for vdcsim $command"
done
"$vdcsim" --man vdcsim-nonsense.1 >/dev/null 2>&1
[ $? -eq 2 ] && pass || fail "an unknown page is bad input"
finish

# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Completion of vdcsim for bash. It asks the program: subcommands and options come from its help, names from
# `vdcsim list`, so that nothing here has to be kept in step. To try it: source completions/vdcsim.bash

# The value that an option of the help takes: "FILE", "FORMAT", or nothing for a flag.
_vdcsim_value_of()
{
	sed -nE "s/^  (.., |    )$2 ([A-Z][^ ]*) .*/\\2/p; s/^  $2, --[a-z-]+ ([A-Z][^ ]*) .*/\\1/p" <<<"$1"
}

# The words that an option allows, where its line of the help ends with them: ": svg, png, pdf".
_vdcsim_choices_of()
{
	grep -E -- "(^| )$2[ ,]" <<<"$1" | sed -nE 's/.*: ([a-z0-9_]+(, [a-z0-9_]+)+)$/\1/p' | tr -d ,
}

# Names of one kind, the first column of a list.
_vdcsim_names()
{
	"$1" list "$2" 2>/dev/null | sed -E '/^ /d; s/ .*//'
}

# Scenarios that are found by their name alone: those beside this machine's catalogue.
_vdcsim_library()
{
	local file
	file=$("$1" list catalog 2>/dev/null | sed 's/ .*//;q')
	file=$("$1" list catalog "$file" 2>/dev/null | sed -n 's/^  file: //p')
	(cd "${file%/catalog/*}/library" 2>/dev/null && find . -name '*.yaml' | sed -E 's|^\./||; s|\.yaml$||')
}

# Names of what comes along, as the help of a subcommand tells them: "comes along: clean, classic." on two lines.
_vdcsim_along()
{
	tr '\n' ' ' <<<"$1" | sed -nE 's/.* comes? along: ([a-z0-9_, ]+)\..*/\1/p' | tr -d ,
}

# What may stand as the n-th word (from 0) of a subcommand that is no option; nothing: files.
_vdcsim_words()
{
	local program=$1 command=$2 help=$3 n=$4 first=$5
	local alternatives
	alternatives=$(sed -nE '1s/^vdcsim [a-z]+ ([a-z0-9|]+)( .*)?$/\1/p' <<<"$help" | tr '|' '\n')
	case $command:$n in
	run:0 | check:0) _vdcsim_library "$program"; compgen -f -- "$word" ;;
	show:1) "$program" show "$first" 2>/dev/null | sed -nE '/^tables/,$s/^  ([^ ]+) .*/\1/p' ;;
	plot:[1-9]*) _vdcsim_names "$program" plots; compgen -f -X '!*.h5' -- "$word" ;;
	list:1) _vdcsim_names "$program" "$first" ;;
	isa:1) _vdcsim_along "$help"; compgen -f -- "$word" ;;
	trace:1) _vdcsim_names "$program" traces; compgen -f -- "$word" ;;
	*:0) echo "$alternatives" ;;
	esac
}

_vdcsim()
{
	local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} word=$2 before=$3
	local help value choices i n=0 first=''
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		help=$("$program" --help 2>/dev/null | sed -nE 's/^  vdcsim ([a-z]+) .*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$help --help --version" -- "$word")
		return
	fi
	help=$("$program" "$command" --help 2>/dev/null) || return
	# A subcommand with actions of its own: its pages of help are theirs.
	if [[ $command =~ ^(trace|isa)$ ]] && [ "$COMP_CWORD" -gt 2 ]; then
		help=$("$program" "$command" "${COMP_WORDS[2]}" --help 2>/dev/null) || return
	fi
	[[ $before == -* ]] && value=$(_vdcsim_value_of "$help" "$before")
	if [ -n "$value" ]; then
		choices=$(_vdcsim_choices_of "$help" "$before")
		if [ "$value" = KEY=VALUE ]; then
			compopt -o nospace 2>/dev/null
			choices=$("$program" list keys 2>/dev/null | sed -nE 's/^([a-z][^ ]*) .*/\1/p' | sed 's/\[\]/.0/g; s/$/=/')
		fi
		mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
		return
	fi
	if [[ $word == -* ]]; then
		choices=$(sed -nE 's/^  (.., |    )(--[a-z-]+).*/\2/p' <<<"$help")
		mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
		return
	fi
	for ((i = 2; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == -* ]]; then
			[ -z "$(_vdcsim_value_of "$help" "${COMP_WORDS[i]}")" ] || i=$((i + 1))
			continue
		fi
		[ "$n" -gt 0 ] || first=${COMP_WORDS[i]}
		n=$((n + 1))
	done
	mapfile -t COMPREPLY < <(compgen -W "$(_vdcsim_words "$program" "$command" "$help" "$n" "$first")" -- "$word")
}

complete -o default -o bashdefault -F _vdcsim vdcsim

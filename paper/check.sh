#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# No number in the paper is typed by hand: every \vName that the text uses must be in numbers.tex with a value, and a
# digit in the text itself is a finding unless it belongs to a name or a unit in the list below.
#
# usage: paper/check.sh NUMBERS.TEX
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C
numbers=$1
text=vdcsim.tex

# Names with digits in them, and sizes of types: no measurements.
names='C11|HDF5|ML110|G4|G5|GWA-T-12|CloudSim 7G|3 March 2011|\(2012\)|4-ary|[0-9]+-bit|[0-9]+-byte|M/M/1|Random123|P_0|2\^\{?[0-9]+\}?'

# The body: comments, arguments that are no text, and what this build leaves out are taken away; lines stay in place.
body()
{
	awk -v traced="$(grep -c '^\\tracetrue' "$numbers" || true)" '
	/\\begin\{document\}/ { inside = 1 }
	/^\\iftrace/ { cut = !traced; print ""; next }
	/^\\elsetrace/ { cut = traced; print ""; next }
	/^\\fi/ { cut = 0; print ""; next }
	{ print inside && !cut ? $0 : "" }' "$text" |
		sed -E 's/(^|[^\\])%.*/\1/
			s/\\(cite|ref|label|input|texttt|bibliography|bibliographystyle|includegraphics|vspace|hspace|url)(\[[^]]*\])?\{[^}]*\}//g
			s/\\setlength\\?[a-z{}\\]*\{[^}]*\}//g
			s/\\begin\{tabular\*?\}(\{[^}]*\})+//g; s/\\multicolumn\{[0-9]\}\{[^}]*\}//g; s/\\cline\{[^}]*\}//g'
}

findings=0
finding()
{
	echo "paper: $1" >&2
	findings=$((findings + 1))
}

while read -r name; do
	value=$(sed -n "s/^\\\\newcommand{\\\\$name}{\(.*\)}\$/\1/p" "$numbers")
	[[ $value =~ [0-9] || ($name == vMachine && -n $value) ]] || finding "\\$name has no number in $numbers"
done < <(body | grep -oE '\\v[A-Z][A-Za-z]*' | tr -d '\\' | sort -u)

while IFS= read -r line; do
	finding "$text:${line%%:*}: a number typed by hand: ${line#*:}"
done < <(body | sed -E "s#$names##g" | grep -nE '[0-9]' || true)

[[ $findings -eq 0 ]] || { echo "paper: $findings findings" >&2; exit 1; }

#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds paper/vdcsim.pdf: numbers, check, figures, LaTeX. Everything between is in $BUILD/paper.
#
# usage: paper/build.sh [--text]     --text: the numbers and figures of the last time
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C
build=$(realpath -m "${BUILD:-build}")
out=$build/paper
mkdir -p "$out"

# run WHAT COMMAND...: quietly, unless it fails.
run()
{
	local what=$1
	shift
	"$@" >"$out/step.log" 2>&1 || { tail -25 "$out/step.log" >&2; echo "paper: $what failed" >&2; exit 1; }
}

if [[ ${1:-} != --text ]]; then
	BUILD=$build paper/numbers.sh
	for figure in hold hosts unmet; do
		run "figure $figure" gnuplot -e "folder='$out'" "paper/$figure.gp"
	done
	run "figure cpu" "$build/vdcsim" plot "$out/day.h5" cpu --format pdf -o "$out"
fi
paper/check.sh "$out/numbers.tex"

cp paper/vdcsim.tex paper/vdcsim.bib "$out"
latex=(pdflatex -halt-on-error -interaction=nonstopmode vdcsim)
cd "$out"
run latex "${latex[@]}"
run bibtex bibtex vdcsim
run latex "${latex[@]}"
run latex "${latex[@]}"
if grep -E 'undefined|multiply defined' vdcsim.log >&2; then
	echo 'paper: references are missing' >&2
	exit 1
fi
cd - >/dev/null
cp "$out/vdcsim.pdf" paper/vdcsim.pdf
echo 'wrote paper/vdcsim.pdf' >&2

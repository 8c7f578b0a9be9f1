#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sees to it that what the build needs is on this machine. `setup.sh` for building and testing, `setup.sh dev`
# for `make tidy`, fuzz, cover and test-long too, `setup.sh paper` for `make paper`. Silent when nothing is
# missing; asks for what is there, not for package names, so that a hand-built library counts as well.
set -eu

# Debian package / kind of probe / what to look for. pkg-config stands before the modules that it is asked about.
build_list='
gcc command gcc
libc6-dev header stdlib.h
make command make
pkg-config command pkg-config
libgsl-dev module gsl
libyaml-dev module yaml-0.1
libhdf5-dev module hdf5
libarchive-dev module libarchive
libxxhash-dev module libxxhash
libsleef-dev module sleef
librandom123-dev header Random123/philox.h
libcunit1-dev header CUnit/CUnit.h
gnuplot-nox command gnuplot
hdf5-tools command h5diff
jq command jq
'
dev_list='
clang command clang
clang-format command clang-format
clang-tidy command clang-tidy
cppcheck command cppcheck
universal-ctags command ctags
lcov command lcov
valgrind command valgrind
debootstrap command debootstrap
'

paper_list='
texlive-latex-base command pdflatex
texlive-binaries command bibtex
'

# present KIND WHAT: is it here?
present()
{
	case $1 in
	command) command -v "$2" >/dev/null 2>&1 || [ -x "/usr/sbin/$2" ] ;;
	module) pkg-config --exists "$2" 2>/dev/null ;;
	header) echo "#include <$2>" | gcc -E -x c - >/dev/null 2>&1 ;;
	esac
}

# Prints the packages of the lists whose probe fails.
missing()
{
	echo "$1" | while read -r package kind what; do
		[ -z "$package" ] || present "$kind" "$what" || echo "$package"
	done
}

lists=$build_list
[ "${1:-}" = dev ] && lists="$build_list$dev_list"
[ "${1:-}" = paper ] && lists="$build_list$paper_list"
needed=$(missing "$lists" | tr '\n' ' ')
[ -n "$needed" ] || exit 0

root=
[ "$(id -u)" -eq 0 ] || root=sudo
if ! command -v apt-get >/dev/null 2>&1 || { [ -n "$root" ] && ! command -v sudo >/dev/null 2>&1; }; then
	echo "setup: these are missing and cannot be installed from here: $needed" >&2
	echo "setup: (Debian's names.) Install them and run make again." >&2
	exit 3
fi

echo "setup: installing $needed" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The lists of a new machine are empty and those of an old one stale; either way an update costs seconds.
if ! { $root apt-get -qq update && $root env DEBIAN_FRONTEND=noninteractive \
	apt-get -qq -y --no-install-recommends install $needed; } </dev/null >"$log" 2>&1; then
	cat "$log" >&2
	echo "setup: apt-get could not install: $needed" >&2
	exit 3
fi
still=$(missing "$lists" | tr '\n' ' ')
[ -z "$still" ] || { echo "setup: installed, but still not found: $still" >&2; exit 3; }

#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# make demo and make test from a fresh clone on a bare Debian: debootstrap's minimal system with git and make, no
# compiler, no library, no trace. Needs root. Prints how long each took. `fresh.sh --keep` leaves the system behind.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || { skip "a bare machine" "needs root"; finish; }
command -v debootstrap >/dev/null || PATH=$PATH:/usr/sbin
command -v debootstrap >/dev/null || { skip "a bare machine" "debootstrap is not installed"; finish; }
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
bare=${TMPDIR:-/var/tmp}/vdcsim-bare.$$
mounted=
clean_up()
{
	[ -z "$mounted" ] || umount "$bare/proc"
	[ "${1:-}" = --keep ] && { echo "fresh: kept $bare" >&2; return; }
	rm -rf --one-file-system "$bare"
}
trap 'clean_up "${keep:-}"' EXIT
keep=${1:-}

# The mirror, the proxies and the keys that this machine uses: nothing about them is written down here.
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
	awk -v suite="$suite" '$2 == suite && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || { skip "a bare machine" "this machine's apt names no mirror for $suite"; finish; }
echo "fresh: a bare $suite" >&2
if ! debootstrap --variant=minbase --include=git,make,ca-certificates "$suite" "$bare" "$mirror" >"$BUILD/fresh.log" 2>&1; then
	fail "debootstrap" "$(tail -5 "$BUILD/fresh.log")"
	finish
fi
cp /etc/resolv.conf "$bare/etc/" 2>/dev/null
mkdir -p "$bare/etc/apt/apt.conf.d"
apt-config dump 2>/dev/null | grep -E '^Acquire::(http|https)::' >"$bare/etc/apt/apt.conf.d/99host"
mount -t proc proc "$bare/proc" 2>/dev/null && mounted=1
git clone -q --no-hardlinks . "$bare/srv/vdcsim" 2>>"$BUILD/fresh.log" || { fail "git clone" "$(tail -3 "$BUILD/fresh.log")"; finish; }

# timed TARGET
timed()
{
	local begun=$SECONDS
	if chroot "$bare" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
		http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
		make -C /srv/vdcsim "$1" </dev/null >"$BUILD/fresh-$1.log" 2>&1; then
		pass
	else
		fail "make $1 on a bare machine" "$(tail -20 "$BUILD/fresh-$1.log")"
	fi
	echo "fresh: make $1 took $((SECONDS - begun)) s"
}

timed demo
timed test
[ -n "$(ls "$bare"/srv/vdcsim/demo/*.png 2>/dev/null)" ] && pass || fail "make demo left no plots"
finish

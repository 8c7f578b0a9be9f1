#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs what the paper tells of and writes its numbers: $BUILD/paper/numbers.tex, a \newcommand each, and the CSV files
# of its figures. Every number comes from a run made here, from bench/results.jsonl, from the source (how many random
# worlds a test draws) or from peers.csv. A sentence that a number could overturn is a `claim`.
#
# usage: paper/numbers.sh     BUILD tells the build folder (build)
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C
build=$(realpath -m "${BUILD:-build}")
vdcsim=$build/vdcsim
out=$build/paper
day=scenarios/library/planetlab_day.yaml
policies='first_fit next_fit best_fit worst_fit power_aware_best_fit'
overcommits='1 1.25 1.5 2 2.5 3 4 5 6 8'
no_ram_limit=16     # a RAM overcommit at which RAM never decides

fail()
{
	echo "paper: $1" >&2
	exit 1
}

# macro NAME FORMAT VALUE: \vNAME is the value; five digits and more before the point in groups of three.
macro()
{
	local text
	[[ $3 =~ [0-9] || $2 == %s ]] || fail "no value for $1: '$3'"
	# shellcheck disable=SC2059 # the format is the point
	text=$(printf "$2" "$3")
	if [[ $text =~ ^([0-9]{5,})(.*)$ ]]; then
		text=$(sed -E ':a; s/^([0-9]+)([0-9]{3})/\1\\,\2/; ta' <<<"${BASH_REMATCH[1]}")${BASH_REMATCH[2]}
	fi
	printf '\\newcommand{\\v%s}{%s}\n' "$1" "$text" >>"$out/numbers.tex"
}

# An awk expression, in full precision.
calc()
{
	awk "BEGIN { printf \"%.17g\", $1 }"
}

# Two significant digits, written out: for ratios that deserve no more.
about()
{
	awk -v x="$1" 'BEGIN {
		p = 1
		while (x / p >= 100) p *= 10
		while (x / p < 10) p /= 10
		printf "%.10g", int(x / p + 0.5) * p
	}'
}

# claim WHAT EXPRESSION: the text says WHAT; it must be so.
claim()
{
	[[ $(calc "($2) ? 1 : 0") == 1 ]] || fail "the text says that $1, but $2 does not hold; mend the text"
}

camel()
{
	sed -E 's/(^|_)(.)/\u\2/g' <<<"$1"
}

# simulate NAME SCENARIO [--set ...]: the results in $out/NAME.h5, the summary in $out/NAME.json.
simulate()
{
	local name=$1
	shift
	"$vdcsim" run "$@" --json -o "$out/$name.h5" >"$out/$name.run" 2>"$out/$name.log" ||
		{ cat "$out/$name.log" >&2; fail "a run failed: $*"; }
	"$vdcsim" show "$out/$name.h5" --json >"$out/$name.json"
}

# get NAME JQ-PATH
get()
{
	jq -r ".$2" "$out/$1.json"
}

laws()
{
	local suite worlds halves
	for suite in laws_conservation laws_digest; do
		"$build/tests" "$suite" >"$out/$suite.log" 2>&1 || fail "suite $suite failed, see $out/$suite.log"
		grep -Eq '^ +tests +[1-9]' "$out/$suite.log" || fail "suite $suite ran no test"
	done
	worlds=$(sed -n 's/^#define WORLDS //p' tests/laws/conservation.c)
	halves=$(sed -n '/test_batches/,/^}/s/.*WORLDS \/ \([0-9]*\);.*/\1/p' tests/laws/conservation.c)
	macro LawWorlds %d "$worlds"
	macro BatchWorlds %d "$(calc "$worlds / ${halves:-0}")"
	macro DigestWorlds %d "$(sed -n 's/^#define WORLDS //p' tests/laws/digest.c)"
}

# lines FOLDER...: lines of C source, in units of a thousand.
source_size()
{
	local folder lines total=0
	for folder in sim models policies analysis scenarios cli tests; do
		lines=$(find "$folder" -name '*.[ch]' -exec cat {} + | wc -l)
		[[ $folder == tests ]] || total=$((total + lines))
		macro "Lines$(camel "$folder")" %.1f "$(calc "$lines / 1000")"
	done
	macro LinesAll %.0f "$(calc "$total / 1000")"
}

# bench JQ-FILTER of the line of one bench
bench()
{
	jq -r "select(.bench == \"$1\") | $2" bench/results.jsonl
}

queue()
{
	local kind size word ours heap
	for kind in hold/exponential hold/ticks hold/camel cancel/exponential engine/exponential; do
		for size in 1e3 1e4 1e5 1e6 1e7; do
			echo "$kind,$size,$(bench "$kind/$size" '[.median_ns, .peer_median_ns] | @csv')"
		done
	done >"$out/hold.csv"
	for kind in hold/exponential hold/ticks hold/camel cancel/exponential engine/exponential; do
		for size in 1e3:Thousand 1e6:Million 1e7:TenMillion; do
			word=$(camel "$(tr / _ <<<"$kind")")${size#*:}
			ours=$(bench "$kind/${size%:*}" .median_ns)
			heap=$(bench "$kind/${size%:*}" .peer_median_ns)
			macro "$word" %.0f "$ours"
			macro "${word}Heap" %.0f "$heap"
			macro "${word}Ratio" %s "$(about "$(calc "$heap / $ours")")"
			claim "our queue beats the heap ($kind/$size)" "$ours < $heap"
		done
	done
}

share()
{
	macro ShareContended %.0f "$(bench share/16/contended .ns)"
	macro ShareContendedPeer %.0f "$(bench share/16/contended .peer_ns)"
	macro ShareFits %.0f "$(bench share/16/fits .ns)"
	macro ShareSmall %.0f "$(bench share/4/contended .ns)"
	macro ShareSmallPeer %.0f "$(bench share/4/contended .peer_ns)"
	claim 'with four claimants the peer is faster' "$(bench share/4/contended '"\(.ns) > \(.peer_ns)"')"
}

# A day of a million guests; the bench has the calm figures of the part after loading.
scale()
{
	local samples
	simulate scale scenarios/library/scale.yaml
	rm "$out/scale.h5"
	macro ScaleVms %d "$(get scale summary.vms)"
	macro ScaleHosts %d "$(get scale summary.hosts)"
	macro ScaleContended %.1f "$(calc "100 * $(get scale summary.slatah)")"
	macro ScaleLoad %.1f "$(get scale provenance.load_s)"
	macro ScaleRss %.0f "$(calc "$(get scale provenance.peak_rss_bytes) / 1e6")"
	samples=$(calc "$(get scale summary.vms) * 288")
	macro ScaleSamples %.0f "$(calc "$samples / 1e6")"
	macro ScaleSeconds %.2f "$(bench replay/scale .s)"
	macro ScaleStream %.3f "$(bench replay/scale .peer_s)"
	macro ScaleRatio %.0f "$(bench replay/scale .ratio)"
	macro ScalePerSample %.1f "$(calc "$(bench replay/scale .s) / $samples * 1e9")"
}

# A smaller copy of that day with batches and with an event for each change of demand: wall time, least of three.
batches()
{
	local name try time lazy=1e9 eager=1e9
	for try in 1 2 3; do
		for name in true false; do
			simulate "batch_$name" scenarios/library/scale.yaml --set hosts.0.count=6250 \
				--set vms.0.count=100000 --set 'record.interval=24 h' --set "engine.batch=$name"
			time=$(get "batch_$name" provenance.simulate_s)
			if $name; then
				lazy=$(calc "$time < $lazy ? $time : $lazy")
			else
				eager=$(calc "$time < $eager ? $time : $eager")
			fi
		done
	done
	for name in true false; do
		"$vdcsim" show "$out/batch_$name.h5" hosts --csv >"$out/batch_$name.csv"
	done
	cmp -s "$out/batch_true.csv" "$out/batch_false.csv" || fail 'batches change the outcome of a host'
	[[ $(get batch_true 'summary | del(.digest)') == $(get batch_false 'summary | del(.digest)') ]] ||
		fail 'batches change the summary'
	macro BatchTries %d "$try"
	macro BatchVms %d "$(get batch_true summary.vms)"
	macro BatchLazy %.2f "$lazy"
	macro BatchEager %.1f "$eager"
	macro BatchRatio %s "$(about "$(calc "$eager / $lazy")")"
	macro BatchChanges %.1f "$(calc "$(get batch_true summary.events) / 1e6")"
}

# peer COLUMN ORDER: values of CloudSim 7G's runs, one a line.
peer()
{
	awk -F, -v column="$1" -v order="$2" '
	/^#/ { next }
	!head++ { for (i = 1; i <= NF; i++) if ($i == column) c = i; next }
	$2 == "7G-fixed" && $3 == order { print $c }' paper/peers.csv | sort -n
}

cloudsim()
{
	local run cpu best=1e9 rss kwh energy
	kwh=$(peer energy_kwh sorted | head -1)
	macro PeerKwh %s "$kwh"
	macro PeerKwhListed %s "$(peer energy_kwh 'as listed')"
	macro PeerOrder %.1f "$(calc "100 * (1 - $(peer energy_kwh 'as listed') / $kwh)")"
	macro PeerCpu %.1f "$(peer cpu_s sorted | head -1)"
	macro PeerRss %.0f "$(calc "$(peer max_rss_kib sorted | head -1) * 1024 / 1e6")"
	if ! $trace; then
		energy=$(sed -n 's/^it_energy_j //p' tests/golden/cloudsim_dvfs.txt)
		macro DvfsKwh %.2f "$(calc "$energy / 3.6e6")"
		return
	fi
	"$vdcsim" validate cloudsim --assert >"$out/validate.log" 2>&1 || fail "CloudSim differs, see $out/validate.log"
	for run in 1 2 3 4 5 6 7; do
		simulate dvfs scenarios/library/cloudsim/dvfs.yaml
		cpu=$(get dvfs provenance.cpu_s)
		best=$(calc "$cpu < $best ? $cpu : $best")
	done
	rss=$(get dvfs provenance.peak_rss_bytes)
	macro DvfsRuns %d "$run"
	macro DvfsKwh %.2f "$(calc "$(get dvfs summary.it_energy_j) / 3.6e6")"
	macro DvfsEnded %d "$(get dvfs summary.vms_ended)"
	macro DvfsCpu %.0f "$(calc "$best * 1e3")"
	macro DvfsRss %.1f "$(calc "$rss / 1e6")"
	macro DvfsCpuRatio %s "$(about "$(calc "$(peer cpu_s sorted | head -1) / $best")")"
	macro DvfsRssRatio %s "$(about "$(calc "$(peer max_rss_kib sorted | head -1) * 1024 / $rss")")"
	claim 'both print the same energy' "\"$(printf %.2f "$(calc "$(get dvfs summary.it_energy_j) / 3.6e6")")\" == \"$kwh\""
}

# place POLICY CPU RAM: one line "policy,cpu,ram,hosts,kwh of those,kwh of all,slatah %,unmet %,G4s among them"
place()
{
	simulate place "$day" --set "placement.policy=$1" --set "placement.cpu_overcommit=$2" \
		--set "placement.ram_overcommit=$3"
	[[ $(get place summary.vms_waiting) == 0 ]] || fail "$1 at $2, $3 left guests waiting"
	"$vdcsim" show "$out/place.h5" events --csv >"$out/place_events.csv"
	"$vdcsim" show "$out/place.h5" hosts --csv >"$out/place_hosts.csv"
	awk -F, -v name="$1,$2,$3" -v all="$(get place summary.it_energy_j)" -v slatah="$(get place summary.slatah)" \
		-v unmet="$(get place summary.overall_sla_violation)" '
	FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
	FNR == NR { if ($column["kind"] == "vm_placed") used[$column["host"]] = 1; next }
	$1 in used { n++; g4 += $column["type"] == 0; joule += $column["energy_j"] }
	END { printf "%s,%d,%.6f,%.6f,%.6f,%.6f,%d\n", name, n, joule / 3.6e6, all / 3.6e6, 100 * slatah, 100 * unmet, g4 }' \
		"$out/place_events.csv" "$out/place_hosts.csv"
}

study_runs()
{
	local policy cpu
	echo policy,cpu,ram,hosts,kwh_used,kwh_all,slatah_pct,unmet_pct,g4
	for policy in $policies; do
		place "$policy" 4 1.5
		for cpu in $overcommits; do
			place "$policy" "$cpu" "$no_ram_limit"
		done
	done
}

# cell POLICY CPU RAM COLUMN of study.csv
cell()
{
	awk -F, -v key="$1,$2,$3" -v column="$4" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) c = i; next }
	$1 "," $2 "," $3 == key { print $c }' "$out/study.csv"
}

study_table()
{
	local policy ram row rows=
	for policy in $policies; do
		row=$(sed 's/power_aware/power-aware/; s/_/ /g' <<<"$policy")
		for ram in 1.5 "$no_ram_limit"; do
			row+=$(printf ' & %d & %.0f & %.3f & %.4f' \
				"$(cell "$policy" 4 $ram hosts)" "$(cell "$policy" 4 $ram kwh_used)" \
				"$(cell "$policy" 4 $ram slatah_pct)" "$(cell "$policy" 4 $ram unmet_pct)")
		done
		rows+="$row"' \\ '
	done
	printf '\\newcommand{\\vStudyRows}{%s}\n' "$rows" >>"$out/numbers.tex"
}

study_claims()
{
	local pabf=power_aware_best_fit
	claim 'worst fit uses most hosts' "$(cell worst_fit 4 1.5 hosts) > $(cell first_fit 4 1.5 hosts)"
	claim 'power-aware best fit uses fewest' "$(cell $pabf 4 1.5 hosts) <= $(cell best_fit 4 1.5 hosts)"
	claim 'SLATAH and unmet demand rank differently' "$(cell first_fit 4 $no_ram_limit slatah_pct) > \
		$(cell best_fit 4 $no_ram_limit slatah_pct) && $(cell first_fit 4 $no_ram_limit unmet_pct) < $(cell best_fit 4 $no_ram_limit unmet_pct)"
	claim 'RAM binds' "$(cell $pabf 4 1.5 hosts) > 2 * $(cell $pabf 4 $no_ram_limit hosts)"
	claim 'worst fit starves nobody' "$(cell worst_fit 8 $no_ram_limit unmet_pct) == 0"
	claim 'next fit uses no G4 and fewest hosts without a RAM limit' "$(cell next_fit 4 $no_ram_limit g4) == 0 && \
		$(cell next_fit 4 $no_ram_limit hosts) < $(cell $pabf 4 $no_ram_limit hosts)"
	claim 'four is nearly free' "$(cell $pabf 4 $no_ram_limit unmet_pct) < 0.2"
	claim 'eight is not' "$(cell $pabf 8 $no_ram_limit unmet_pct) > 5"
}

# ram_bound OVERCOMMIT: no placement can use fewer hosts, all guests' RAM over that of the largest host.
ram_bound()
{
	awk -F, -v overcommit="$1" -v need="$(guests ram_bytes)" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == "ram_bytes") c = i; next }
	{ host = $c > host ? $c : host }
	END { n = need / (host * overcommit); print int(n) + (n > int(n)) }' \
		<("$vdcsim" show "$out/day.h5" host_types --csv)
}

study()
{
	local policy pabf=power_aware_best_fit low high
	study_runs >"$out/study.csv"
	$trace && study_claims
	study_table
	low=$(awk -F, 'NR > 1 { print $6 }' "$out/study.csv" | sort -n | head -1)
	high=$(awk -F, 'NR > 1 { print $6 }' "$out/study.csv" | sort -n | tail -1)
	macro StudyRuns %d "$(calc "$(wc -l <"$out/study.csv") - 1")"
	macro StudyLow %.0f "$low"
	macro StudyHigh %.0f "$high"
	macro StudySpread %.1f "$(calc "100 * ($high / $low - 1)")"
	for policy in $policies; do
		macro "Hosts$(camel "$policy")" %d "$(cell "$policy" 4 1.5 hosts)"
		macro "Kwh$(camel "$policy")" %.0f "$(cell "$policy" 4 1.5 kwh_used)"
	done
	macro StudySaving %.0f "$(calc "100 * (1 - $(cell $pabf 4 1.5 kwh_used) / $(cell worst_fit 4 1.5 kwh_used))")"
	macro PackedGFour %d "$(cell $pabf 4 $no_ram_limit g4)"
	macro PackedHosts %d "$(cell $pabf 4 $no_ram_limit hosts)"
	macro PackedUnmet %.2f "$(cell $pabf 4 $no_ram_limit unmet_pct)"
	macro PackedSlatah %.2f "$(cell $pabf 4 $no_ram_limit slatah_pct)"
	macro CrowdedHosts %d "$(cell $pabf 8 $no_ram_limit hosts)"
	macro CrowdedUnmet %.0f "$(cell $pabf 8 $no_ram_limit unmet_pct)"
	macro CrowdedSlatah %.0f "$(cell $pabf 8 $no_ram_limit slatah_pct)"
	macro CpuOvercommit %s 4
	macro CpuOvercommitTwice %s 8
	macro RamOvercommit %s 1.5
	macro RamOvercommitHigh %s "$no_ram_limit"
	macro RamBound %d "$(ram_bound 1.5)"
}

# guests COLUMN of vm_types, summed over the guests of the day.
guests()
{
	awk -F, -v name="$1" '
	FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
	FNR == NR { size[$1] = $column[name]; next }
	{ sum += size[$column["type"]] }
	END { printf "%.0f", sum }' \
		<("$vdcsim" show "$out/day.h5" vm_types --csv) <("$vdcsim" show "$out/day.h5" vms --csv)
}

# The day itself, by the library's scenario as it stands.
base()
{
	simulate day "$day"
	trace=true
	[[ $(jq -r .generated "$out/day.run") == false ]] || trace=false
	if $trace; then
		printf '%s\n' '\tracetrue'
	else
		printf '%s\n' '\tracefalse'
		echo 'paper: the PlanetLab trace is not on this machine: the study uses generated demand, and the PDF says so' >&2
	fi >>"$out/numbers.tex"
	macro DayVms %d "$(get day summary.vms)"
	macro DayHosts %d "$(get day summary.hosts)"
	macro DayCpu %.0f "$(calc "1e3 * $(get day provenance.cpu_s)")"
	macro DayMean %.0f "$(calc "100 * $(get day summary.demanded_ghz_h) / 24 / $(guests cpu_ghz)")"
	macro Version %s "$(get day provenance.version)"
	macro Machine %s "$(get day provenance.machine | sed 's/.*, //; s/(R)//g; s/_/\\_/g')"
	macro Date %s "$(get day provenance.date | sed 's/T.*//')"
}

mkdir -p "$out"
echo '% Written by paper/numbers.sh.' >"$out/numbers.tex"
base
laws
source_size
queue
share
scale
batches
cloudsim
study
rm -f "$out"/place* "$out"/batch_*.h5

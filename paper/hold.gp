# SPDX-License-Identifier: GPL-3.0-or-later
# The hold model: ns a hold over the number of events pending, our queue and a 4-ary heap.
set terminal pdfcairo size 3.4in,2.3in font "Helvetica,9" fontscale 0.64 linewidth 1.2
set output folder."/hold.pdf"
set datafile separator ","
set logscale xy
set format x "10^{%L}"
set xlabel "events pending"
set ylabel "ns a hold"
set xrange [700:1.4e7]
set yrange [15:4000]
set grid ytics lc rgb "#dddddd"
set key above maxrows 3 samplen 2 font ",8.5"
set border 3
set tics nomirror
file = folder."/hold.csv"
row(k) = sprintf("< grep '^%s,' %s", k, file)
plot row("cancel/exponential") using 2:4 with linespoints pt 8 ps 0.5 lc rgb "#d9a08b" title "heap, with cancels", \
	row("hold/exponential") using 2:4 with linespoints pt 6 ps 0.5 lc rgb "#b3431f" title "heap, exponential", \
	row("hold/camel") using 2:4 with linespoints pt 4 ps 0.5 lc rgb "#e0b000" title "heap, camel", \
	row("cancel/exponential") using 2:3 with linespoints pt 9 ps 0.5 lc rgb "#8fc1dd" title "queue, with cancels", \
	row("hold/exponential") using 2:3 with linespoints pt 7 ps 0.5 lc rgb "#1f6f9f" title "queue, exponential", \
	row("hold/camel") using 2:3 with linespoints pt 5 ps 0.5 lc rgb "#3a9a6a" title "queue, camel"

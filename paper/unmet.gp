# SPDX-License-Identifier: GPL-3.0-or-later
# Work demanded and not delivered over the CPU overcommit, by policy, where RAM does not decide.
set terminal pdfcairo size 3.4in,2.1in font "Helvetica,9" fontscale 0.64 linewidth 1.2
set output folder."/unmet.pdf"
set datafile separator ","
set xlabel "CPU overcommit"
set xrange [0.8:8.2]
set xtics 1
set grid ytics lc rgb "#dddddd"
set border 3
set tics nomirror
set key top left samplen 2 font ",8.5"
set ylabel "work not delivered, %"
set yrange [-0.3:12]
file = folder."/study.csv"
row(p) = sprintf("< grep '^%s,[0-9.]*,16,' %s", p, file)
plot row("worst_fit") using 2:8 with linespoints pt 8 ps 0.5 lc rgb "#888888" title "worst fit", \
	row("first_fit") using 2:8 with linespoints pt 6 ps 0.5 lc rgb "#b3431f" title "first fit", \
	row("next_fit") using 2:8 with linespoints pt 4 ps 0.5 lc rgb "#e0b000" title "next fit", \
	row("best_fit") using 2:8 with linespoints pt 7 ps 0.6 lc rgb "#8fc1dd" title "best fit", \
	row("power_aware_best_fit") using 2:8 with linespoints pt 5 ps 0.3 lc rgb "#1f6f9f" title "power-aware best fit"

a: a: add r9
.org 5
.org 1
.text "x
.word 99999999999999999999999, -x
hcall add

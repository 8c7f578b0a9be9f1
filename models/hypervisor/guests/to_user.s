; SPDX-License-Identifier: GPL-3.0-or-later
; Enters user mode by `jrst`, as monitors of the PDP-10 did by JRST 1, and comes back by a system call, ten times.
; Where jrst does not trap a VMM does not learn that its guest is now in user mode.
.org 8
        .word 0, trap, 0, 1024, 0
.org 16
start:  li r1, 10
again:  jrst process(r0)
trap:   ld r2, 0(r0)            ; the old mode: 1 came from user mode
        addi r2, r2, '0'
        out r2
        addi r1, r1, -1
        bne r1, r0, again
        halt
process: addi r3, r3, 7
        and r4, r3, r1
        svc 1

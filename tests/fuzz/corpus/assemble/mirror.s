; SPDX-License-Identifier: GPL-3.0-or-later
; Looks at itself: asks for its mode and its relocation register, in supervisor and in user mode, and writes what it
; sees. On the bare machine it writes "S0U". Where such an instruction does not trap, a guest that is not alone sees
; the real machine: "U" at once.
.org 8
        .word 0, trap, 0, 1024, 0
.org 16
start:  smsw r1                 ; 0: supervisor
        beq r1, r0, super
        li r2, 'U'
        j tell
super:  li r2, 'S'
tell:   out r2
        getr r3, r4             ; base, limit
        addi r3, r3, '0'
        out r3
        li r5, 30
        sett r5                 ; as POPF would: changes the timer, or silently does not
        li r6, 100
wait:   addi r6, r6, -1
        bne r6, r0, wait
        halt                    ; only when the timer did not come
trap:   ld r1, 5(r0)            ; the timer's trap: then go to user mode
        li r2, 4
        bne r1, r2, from_user
        lpsw user(r0)
from_user:
        ld r1, seen(r0)
        addi r1, r1, 'T'        ; mode 1: 'U'
        out r1
        halt
user:   .word 1, process, 0, 1024, 0
process: smsw r1                ; in user mode: traps, or tells the mode
        st r1, seen(r0)
        svc 0
seen:   .word 1

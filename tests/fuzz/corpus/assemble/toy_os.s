; SPDX-License-Identifier: GPL-3.0-or-later
; A small operating system: four processes, each in memory of its own behind the relocation register, system calls
; (0 end, 1 write r1, 2 give way), and a timer that takes the processor away. The fourth process reaches beyond its
; memory and is ended.
.equ SLICE, 40
.equ ENTRY, 12                  ; words of a process: alive, r1 to r7, pc, base, limit, timer
.org 8
        .word 0, trap, 0, 1024, 0
.org 16
start:  li r1, table
        st r1, current(r0)
        j run
trap:   st r1, saved(r0)        ; registers into the table
        ld r1, current(r0)
        st r2, 2(r1)
        st r3, 3(r1)
        st r4, 4(r1)
        st r5, 5(r1)
        st r6, 6(r1)
        st r7, 7(r1)
        ld r2, saved(r0)
        st r2, 1(r1)
        ld r2, 1(r0)
        st r2, 8(r1)            ; pc
        ld r2, 4(r0)
        st r2, 11(r1)           ; what is left of its slice
        ld r2, 5(r0)            ; why
        li r3, 3
        beq r2, r3, call
        li r3, 4
        beq r2, r3, next        ; the timer
        j end                   ; it did what it may not
call:   ld r2, 6(r0)
        beq r2, r0, end
        li r3, 1
        bne r2, r3, next
        ld r2, 1(r1)
        out r2
        j resume
end:    st r0, 0(r1)
next:   li r4, 4                ; the next that is alive
look:   beq r4, r0, idle
        addi r4, r4, -1
        addi r1, r1, ENTRY
        li r2, table_end
        bne r1, r2, alive
        li r1, table
alive:  ld r2, 0(r1)
        beq r2, r0, look
        st r1, current(r0)
run:    ld r1, current(r0)
        li r2, SLICE
        st r2, 11(r1)
resume: ld r2, 8(r1)
        st r2, psw+1(r0)
        ld r2, 9(r1)
        st r2, psw+2(r0)
        ld r2, 10(r1)
        st r2, psw+3(r0)
        ld r2, 11(r1)
        st r2, psw+4(r0)
        ld r2, 2(r1)
        ld r3, 3(r1)
        ld r4, 4(r1)
        ld r5, 5(r1)
        ld r6, 6(r1)
        ld r7, 7(r1)
        ld r1, 1(r1)
        lpsw psw(r0)
idle:   halt                    ; nobody is left
current: .word 0
saved:  .word 0
psw:    .word 1, 0, 0, 0, 0
table:  .word 1, 0, 0, 0, 0, 0, 0, 0, 0, counter, 32, 0
        .word 1, 0, 0, 0, 0, 0, 0, 0, 0, writer, 32, 0
        .word 1, 0, 0, 0, 0, 0, 0, 0, 0, writer, 32, 0
        .word 1, 0, 0, 0, 0, 0, 0, 0, 0, rogue, 8, 0
table_end:
; Processes see addresses from 0.
.org 200
counter: li r2, 300             ; computes; the timer interrupts it
        addi r2, r2, -1
        bne r2, r0, 1 + counter
        li r1, '.'
        svc 1
        svc 0
.org 240
writer: ld r1, 20(r0)           ; both writers share this memory: what one counts the other goes on from
        li r3, 'z'+1
        beq r1, r3, writer + 9
        svc 1
        ld r1, 20(r0)
        addi r1, r1, 1
        st r1, 20(r0)
        svc 2
        beq r0, r0, writer
        svc 0
.org 260
        .word 'a'
.org 300
rogue:  li r1, '!'
        svc 1
        st r1, 40(r0)           ; beyond its limit
        svc 1
        svc 0

; SPDX-License-Identifier: GPL-3.0-or-later
; Writes a text on the console, a character at a time: one instruction in five is privileged.
.org 8
        .word 0, failed, 0, 1024, 0
.org 16
start:  li r1, 0
more:   ld r2, message(r1)
        beq r2, r0, done
        out r2
        addi r1, r1, 1
        j more
done:   halt
failed: halt
message: .text "the quick brown fox jumps over the lazy dog\n"
        .word 0

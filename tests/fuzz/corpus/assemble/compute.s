; SPDX-License-Identifier: GPL-3.0-or-later
; Counts the primes below 100 with a sieve, writes how many, and stops. Nearly all of it is innocuous.
.equ BELOW, 100
.org 8
        .word 0, failed, 0, 1024, 0
.org 16
start:  li r1, 2                ; the number looked at
        li r2, 0                ; primes so far
        li r4, BELOW
next:   ld r3, sieve(r1)
        bne r3, r0, crossed
        addi r2, r2, 1
        add r5, r1, r1          ; cross out its multiples
cross:  bltu r5, r4, strike
        j crossed
strike: st r4, sieve(r5)
        add r5, r5, r1
        j cross
crossed: addi r1, r1, 1
        bltu r1, r4, next
        li r6, 10               ; two digits
        li r5, '0'
tens:   bltu r2, r6, digits
        sub r2, r2, r6
        addi r5, r5, 1
        j tens
digits: out r5
        addi r2, r2, '0'
        out r2
        halt
failed: halt
sieve:  .space BELOW

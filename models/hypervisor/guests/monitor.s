; SPDX-License-Identifier: GPL-3.0-or-later
; A virtual machine monitor for this machine, in its own instructions: trap and emulate for one guest, which lies at
; GUEST and has SIZE words. Being a program like any other, it can be its own guest: theorem 2.
;
; The guest always runs in real user mode. What it takes for its own mode and relocation register is in vmode, vbase
; and vlimit; its pc and timer travel in the real PSW, its registers in regs while the monitor runs.
.equ GUEST, 256
.equ SIZE, 1024
.org 8
        .word 0, trap, 0, GUEST+SIZE, 0
.org 16
start:  li r1, 16
        st r1, vpc(r0)
        li r1, SIZE
        st r1, vlimit(r0)
        j dispatch
; ---- dispatcher: why are we here?
trap:   st r1, regs+1(r0)
        st r2, regs+2(r0)
        st r3, regs+3(r0)
        st r4, regs+4(r0)
        st r5, regs+5(r0)
        st r6, regs+6(r0)
        st r7, regs+7(r0)
        ld r1, 1(r0)
        st r1, vpc(r0)
        ld r1, 4(r0)
        st r1, vtimer(r0)
        ld r1, 5(r0)            ; r1: the cause
        ld r2, 6(r0)            ; r2: what there is to say of it
        li r3, 1
        bne r1, r3, reflect     ; all but privileged instructions are the guest's own affair
        ld r4, vmode(r0)
        bne r4, r0, reflect     ; and those too, when its own user mode met them
; ---- interpreter: r2 is a privileged instruction of the guest's supervisor
        shift r3, r2, 12        ; r3: its s, r4: its d, r5: its number
        shift r3, r3, -28
        shift r4, r2, 8
        shift r4, r4, -28
        li r5, 7
        and r3, r3, r5
        and r4, r4, r5
        shift r5, r2, 16
        shift r5, r5, -16
        li r6, 1
        shift r6, r6, 15
        bltu r5, r6, positive
        sub r5, r5, r6
        sub r5, r5, r6
positive:
        shift r6, r2, -24       ; r6: its opcode
        ld r7, vpc(r0)
        addi r7, r7, 1
        li r1, 14
        beq r6, r1, do_lpsw
        st r7, vpc(r0)
        li r1, 15
        beq r6, r1, do_setr
        li r1, 16
        beq r6, r1, do_getr
        li r1, 17
        beq r6, r1, do_smsw
        li r1, 18
        beq r6, r1, do_sett
        li r1, 19
        beq r6, r1, do_jrst
        li r1, 20
        beq r6, r1, do_out
        halt
do_setr: ld r1, regs(r4)
        st r1, vbase(r0)
        ld r1, regs(r3)
        st r1, vlimit(r0)
        j dispatch
do_getr: ld r1, vbase(r0)
        st r1, regs(r4)
        ld r1, vlimit(r0)
        st r1, regs(r3)
        st r0, regs(r0)         ; r0 stays 0
        j dispatch
do_smsw: st r0, regs(r4)        ; it is in supervisor mode, or we would not be here
        j dispatch
do_sett: ld r1, regs(r4)
        st r1, vtimer(r0)
        j dispatch
do_jrst: ld r1, regs(r3)
        add r1, r1, r5
        st r1, vpc(r0)
        li r1, 1
        st r1, vmode(r0)
        j dispatch
do_out: ld r1, regs(r4)
        out r1
        j dispatch
do_lpsw: ld r1, regs(r3)
        add r2, r1, r5          ; r2: the address as the guest writes it
        jal r7, window          ; r5: where its window lies, r6: how many words it has
        li r3, 5
check:  bltu r2, r6, inside
        li r1, 2                ; a memory trap of the guest
        j reflect
inside: addi r2, r2, 1
        addi r3, r3, -1
        bne r3, r0, check
        add r2, r2, r5
        ld r1, -5(r2)
        li r3, 1
        and r1, r1, r3
        st r1, vmode(r0)
        ld r1, -4(r2)
        st r1, vpc(r0)
        ld r1, -3(r2)
        st r1, vbase(r0)
        ld r1, -2(r2)
        st r1, vlimit(r0)
        ld r1, -1(r2)
        st r1, vtimer(r0)
        j dispatch
; ---- the guest's own trap: cause r1, info r2; what the hardware does, done in the guest's memory
reflect: st r1, GUEST+5(r0)
        st r2, GUEST+6(r0)
        ld r1, vmode(r0)
        st r1, GUEST(r0)
        ld r1, vpc(r0)
        st r1, GUEST+1(r0)
        ld r1, vbase(r0)
        st r1, GUEST+2(r0)
        ld r1, vlimit(r0)
        st r1, GUEST+3(r0)
        ld r1, vtimer(r0)
        st r1, GUEST+4(r0)
        ld r1, GUEST+8(r0)
        li r2, 1
        and r1, r1, r2
        st r1, vmode(r0)
        ld r1, GUEST+9(r0)
        st r1, vpc(r0)
        ld r1, GUEST+10(r0)
        st r1, vbase(r0)
        ld r1, GUEST+11(r0)
        st r1, vlimit(r0)
        ld r1, GUEST+12(r0)
        st r1, vtimer(r0)
; ---- back to the guest
dispatch: jal r7, window
        st r5, psw_base(r0)
        st r6, psw_limit(r0)
        ld r1, regs+1(r0)
        ld r2, regs+2(r0)
        ld r3, regs+3(r0)
        ld r4, regs+4(r0)
        ld r5, regs+5(r0)
        ld r6, regs+6(r0)
        ld r7, regs+7(r0)
        lpsw psw(r0)
; ---- allocator: the real base (r5) and limit (r6) of what the guest asks for; changes r1
window: ld r5, vbase(r0)
        li r1, SIZE
        bltu r5, r1, within
        li r5, GUEST            ; it lies outside: nothing is allowed
        li r6, 0
        jalr r0, 0(r7)
within: sub r1, r1, r5
        addi r5, r5, GUEST
        ld r6, vlimit(r0)
        bltu r6, r1, narrow
        add r6, r1, r0
narrow: jalr r0, 0(r7)
vmode:  .word 0
vbase:  .word 0
vlimit: .word 0
regs:   .space 8
psw:    .word 1                 ; real user mode, whatever the guest believes
vpc:    .word 0
psw_base: .word 0
psw_limit: .word 0
vtimer: .word 0

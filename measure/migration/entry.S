/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's first instructions: from Multiboot to 64-bit mode, 4 GiB mapped to themselves, then ring 3
 * for good.
 *
 * There is a KVM that runs ring 3 at native speed and interprets ring 0 instruction by instruction (a
 * machine that is itself a guest may have it); SYSEXIT is the way down that it knows. AMD's processors have
 * no SYSEXIT in 64-bit mode: it ends as exception 6 there, whose handler is the workload itself, in ring 0,
 * which such machines run natively. */
	.section .text.start, "ax"
	.code32
	.align 4
header:
	.long 0x1BADB002, 0x00010000, -(0x1BADB002 + 0x00010000)
	.long header, 0x100000, _load_end, _bss_end, _start
	.global _start
_start:
	cli
	mov $0x1f0000, %esp
	mov %ebx, multiboot
	movl $(level3 + 7), level4
	mov $(level2 + 7), %eax
	mov $level3, %edi
1:	mov %eax, (%edi)		/* four directories of pages of 2 MiB, all open to ring 3 */
	add $4096, %eax
	add $8, %edi
	cmp $(level3 + 32), %edi
	jne 1b
	mov $0x87, %eax
	mov $level2, %edi
2:	mov %eax, (%edi)
	add $0x200000, %eax
	add $8, %edi
	cmp $(level2 + 4 * 4096), %edi
	jne 2b
	mov $level4, %eax
	mov %eax, %cr3
	mov %cr4, %eax
	or $0x20, %eax
	mov %eax, %cr4
	mov $0xC0000080, %ecx		/* EFER: 64-bit mode */
	rdmsr
	or $0x101, %eax
	wrmsr
	mov %cr0, %eax
	or $0x80000001, %eax
	mov %eax, %cr0
	lgdt gdt_pointer
	ljmp $0x8, $wide
	.code64
wide:
	mov $0x10, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov $user, %eax			/* gate 6: invalid instruction */
	mov %ax, idt + 96
	movw $0x8, idt + 98
	movw $0x8e00, idt + 100
	shr $16, %eax
	mov %ax, idt + 102
	lidt idt_pointer
	mov $0x174, %ecx		/* SYSENTER_CS: SYSEXIT goes to this + 32 (code) and + 40 (data) */
	mov $0x8, %eax
	xor %edx, %edx
	wrmsr
	push $0x3002			/* ports are open to ring 3, interrupts off */
	popfq
	mov $user, %edx
	mov $0x1e0000, %ecx
	sysexitq
user:
	mov $0x1e0000, %esp
	mov multiboot, %edi
	call work
3:	pause
	jmp 3b
	.align 8
gdt:
	.quad 0
	.quad 0x00af9b000000ffff	/* 0x08 ring 0, code, 64 bits */
	.quad 0x00cf93000000ffff	/* 0x10 ring 0, data */
	.quad 0x00cffb000000ffff	/* 0x18 ring 3, code, 32 bits */
	.quad 0x00cff3000000ffff	/* 0x20 ring 3, data */
	.quad 0x00affb000000ffff	/* 0x28 ring 3, code, 64 bits */
	.quad 0x00cff3000000ffff	/* 0x30 ring 3, data */
gdt_pointer:
	.word gdt_pointer - gdt - 1
	.long gdt
idt_pointer:
	.word 7 * 16 - 1
	.quad idt
multiboot:
	.quad 0
	.section .bss
	.align 4096
level4:	.skip 4096
level3:	.skip 4096
level2:	.skip 4 * 4096
idt:	.skip 7 * 16

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest kernel that other boot loaders take for Linux: it says on the first serial line
 * which kernel it is, what its command line is and what its initrd holds (zeros left out), and ends
 * QEMU. Begun in real mode (BIOS) or at its 32-bit entry; the rest of Linux/x86's boot protocol is
 * there.
 */
#include "../lib/kbtest/serial.h"

enum {
	DEBUG_EXIT = 0xf4,
	/* In the boot parameters, and as far from the start of the real-mode part. */
	RAMDISK_IMAGE = 0x218,
	RAMDISK_SIZE = 0x21c,
	CMD_LINE_PTR = 0x228,
};

__asm__(".pushsection .setup, \"ax\"\n"
	".code16\n"
	".org 0x1f1\n"
	".byte 4\n" /* sectors of this part behind the first */
	".word 0\n"
	".long 0x200\n" /* 16 bytes each of the other part */
	".word 0, 0xffff, 0, 0xaa55\n"
	".byte 0xeb, far - 0x202\n"
	".ascii \"HdrS\"\n"
	".word 0x20c\n"
	".long 0\n"
	".word 0, version - 0x200\n"
	".byte 0, 1\n" /* loaded high */
	".word 0x8000\n"
	".long 0x100000\n"
	".long 0, 0, 0\n" /* the initrd */
	".word 0xde00\n"
	".byte 0, 0\n"
	".long 0, 0x7fffffff, 0x100000\n"
	".byte 0, 0\n"
	".word 0\n"
	".long 2047, 0\n"
	".quad 0\n"
	".long 0, 0\n"
	".quad 0, 0x100000\n"
	".long 0x10000, 0\n"
	"far: jmp setup\n"
	"version: .asciz \"6.1.0-loaders\"\n"
	".balign 8\n"
	"gdt: .quad 0, 0, 0x00cf9a000000ffff, 0x00cf92000000ffff\n"
	"gdtr: .word gdtr - gdt - 1\n"
	".long 0\n"
	"setup: cli\n"
	"xor %eax, %eax\n"
	"mov %ds, %ax\n"
	"shl $4, %eax\n"
	"mov %eax, %esi\n"
	"add $gdt, %eax\n"
	"mov %eax, gdtr + 2\n"
	"lgdtl gdtr\n"
	"mov %cr0, %eax\n"
	"or $1, %al\n"
	"mov %eax, %cr0\n"
	"ljmpl $0x10, $0x100000\n"
	".org 0xa00\n"
	".popsection\n");

__asm__(".pushsection .start, \"ax\"\n"
	".code32\n"
	"start: jmp 1f\n"
	".org 16\n"
	".globl name\n"
	"name: .skip 240\n" /* filled in by loaders_oracle.py */
	"1: mov $0x18, %eax\n"
	"mov %eax, %ds\n"
	"mov %eax, %es\n"
	"mov %eax, %ss\n"
	"mov $stack_end, %esp\n"
	"push %esi\n"
	"call run\n"
	".skip 1024\n"
	"stack_end:\n"
	".popsection\n");

extern const char name[];

static void say(const char *text)
{
	while (*text) {
		put(*text++);
	}
}

static uint32_t word_at(uintptr_t at)
{
	return *(const volatile uint32_t *)at;
}

__attribute__((used)) void run(uintptr_t params)
{
	const char *initrd = (const char *)(uintptr_t)word_at(params + RAMDISK_IMAGE);
	uint32_t size = word_at(params + RAMDISK_SIZE);
	uint32_t line = word_at(params + CMD_LINE_PTR);

	say("\n@@kernel ");
	say(name);
	say("\n@@args ");
	say(line ? (const char *)(uintptr_t)line : "");
	say("\n@@initrd\n");
	for (uint32_t i = 0; i < size; i++) {
		if (initrd[i]) {
			put(initrd[i]);
		}
	}
	say("\n@@end\n");
	for (;;) {
		outb(DEBUG_EXIT, 0);
	}
}

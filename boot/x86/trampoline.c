/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kexec enters in 64-bit mode with paging on, interrupts off, and no valid descriptor table, on
 * page tables that lie in memory which belongs to nobody any more. The boot protocol wants flat
 * segments 0x10 (code) and 0x18 (data), memory mapped onto itself, rsi = boot_params, interrupts
 * off (Documentation/arch/x86/boot.rst, "64-bit boot protocol"). Everything the code touches lies
 * in its own page or in our own tables; it reaches its data relative to rip, so it runs anywhere.
 *
 * It may only be read here, never run: it is a part of .rodata that is copied into the segment.
 */
#include "trampoline.h"

#include <string.h>

/* Where the data stands in the page; the assembler is held to the same numbers. */
enum {
	DATA_GDT_POINTER = 0x106, /* u16 limit, u64 base, aligned so that the base is */
	DATA_ROOT_4 = 0x110,
	DATA_ROOT_5 = 0x118,
	DATA_BOOT_PARAMS = 0x120,
	DATA_ENTRY = 0x128,
	DATA_GDT = 0x140,
	GDT_ENTRIES = 4,
};

/* Flat 64-bit code and flat data, present, accessed bits clear (Intel SDM volume 3, 3.4.5). */
static const uint64_t gdt[GDT_ENTRIES] = {0, 0, 0x00af9a000000ffff, 0x00cf92000000ffff};

extern const uint8_t kb_x86_trampoline_start[];
extern const uint8_t kb_x86_trampoline_end[];

__asm__(".pushsection .rodata\n"
	".balign 16\n"
	".globl kb_x86_trampoline_start, kb_x86_trampoline_end\n"
	".hidden kb_x86_trampoline_start, kb_x86_trampoline_end\n"
	"kb_x86_trampoline_start:\n"
	"	cli\n"
	"	cld\n"
	/* The stack is the rest of the page. */
	"	leaq	kb_x86_trampoline_start + 0x1000(%rip), %rsp\n"
	/* CR4.LA57 cannot be changed while paging is on: take the tables that fit it. */
	"	movq	%cr4, %rax\n"
	"	movq	kb_x86_trampoline_start + 0x110(%rip), %rbx\n"
	"	btl	$12, %eax\n"
	"	jnc	1f\n"
	"	movq	kb_x86_trampoline_start + 0x118(%rip), %rbx\n"
	"1:	movq	%rbx, %cr3\n"
	"	lgdt	kb_x86_trampoline_start + 0x106(%rip)\n"
	"	movl	$0x18, %eax\n"
	"	movl	%eax, %ds\n"
	"	movl	%eax, %es\n"
	"	movl	%eax, %ss\n"
	"	movl	%eax, %fs\n"
	"	movl	%eax, %gs\n"
	"	pushq	$0x10\n"
	"	leaq	2f(%rip), %rax\n"
	"	pushq	%rax\n"
	"	lretq\n"
	"2:	movq	kb_x86_trampoline_start + 0x120(%rip), %rsi\n"
	"	movq	kb_x86_trampoline_start + 0x128(%rip), %rax\n"
	"	xorl	%ebx, %ebx\n"
	"	xorl	%ebp, %ebp\n"
	"	xorl	%edi, %edi\n"
	"	jmpq	*%rax\n"
	/* The assembler refuses to go back where the code has run into its data. */
	".org	kb_x86_trampoline_start + 0x100\n"
	"kb_x86_trampoline_end:\n"
	".popsection\n");

void kb_x86_trampoline_write(const struct kb_x86_trampoline *t, uint8_t page[KB_X86_PAGE_BYTES])
{
	uint16_t gdt_limit = sizeof(gdt) - 1;
	uint64_t gdt_base = t->base + DATA_GDT;

	memset(page, 0, KB_X86_PAGE_BYTES);
	memcpy(page, kb_x86_trampoline_start,
	       (size_t)(kb_x86_trampoline_end - kb_x86_trampoline_start));
	memcpy(page + DATA_GDT_POINTER, &gdt_limit, sizeof(gdt_limit));
	memcpy(page + DATA_GDT_POINTER + 2, &gdt_base, sizeof(gdt_base));
	memcpy(page + DATA_ROOT_4, &t->root_4, sizeof(t->root_4));
	memcpy(page + DATA_ROOT_5, &t->root_5, sizeof(t->root_5));
	memcpy(page + DATA_BOOT_PARAMS, &t->boot_params, sizeof(t->boot_params));
	memcpy(page + DATA_ENTRY, &t->entry, sizeof(t->entry));
	memcpy(page + DATA_GDT, gdt, sizeof(gdt));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where things are in boot_params, the page in which a kernel finds what it is told.
 * For the x86 loader.
 * Must hold numbers only. Source: the kernel's Documentation/arch/x86/zero-page.rst.
 */
#ifndef KBOOT_BOOT_X86_ZERO_PAGE_H
#define KBOOT_BOOT_X86_ZERO_PAGE_H

enum { KB_X86_PARAMS_BYTES = 4096 };

/* Offsets; those of the setup header are in image_x86.h. */
enum {
	KB_X86_SCREEN = 0x000,
	KB_X86_SCREEN_BYTES = 0x40,
	KB_X86_EXT_MEM_K = 0x002, /* u16 */
	KB_X86_VIDEO_TYPE = 0x00f,
	KB_X86_OLD_CMDLINE = 0x020, /* u16 magic, u16 offset: before protocol 2.02 */
	KB_X86_RSDP = 0x070,        /* u64 */
	KB_X86_EXT_INITRD = 0x0c0,  /* u32, the upper half */
	KB_X86_EXT_INITRD_SIZE = 0x0c4,
	KB_X86_EXT_CMDLINE = 0x0c8,
	KB_X86_EDID = 0x140,
	KB_X86_EDID_BYTES = 0x80,
	KB_X86_EFI_INFO = 0x1c0,
	KB_X86_EFI_INFO_BYTES = 0x20,
	KB_X86_EFI_SIGNATURE = 0x1c0,
	KB_X86_EFI_SYSTAB = 0x1c4,
	KB_X86_EFI_MEMDESC_SIZE = 0x1c8,
	KB_X86_EFI_MEMDESC_VERSION = 0x1cc,
	KB_X86_EFI_MEMMAP = 0x1d0,
	KB_X86_EFI_MEMMAP_SIZE = 0x1d4,
	KB_X86_EFI_SYSTAB_HIGH = 0x1d8,
	KB_X86_EFI_MEMMAP_HIGH = 0x1dc,
	KB_X86_ALT_MEM_K = 0x1e0,    /* u32 */
	KB_X86_E820_ENTRIES = 0x1e8, /* u8 */
	KB_X86_EDD_ENTRIES = 0x1e9,
	KB_X86_EDD_MBR_ENTRIES = 0x1ea,
	KB_X86_SECURE_BOOT = 0x1ec,
	KB_X86_LOADER_TYPE = 0x210,
	KB_X86_INITRD = 0x218, /* u32 */
	KB_X86_INITRD_SIZE = 0x21c,
	KB_X86_CMDLINE = 0x228,    /* u32 */
	KB_X86_SUBARCH = 0x23c,    /* u32 */
	KB_X86_SETUP_DATA = 0x250, /* u64 */
	KB_X86_EDD_MBR = 0x290,
	KB_X86_EDD_MBR_BYTES = 0x40,
	KB_X86_E820 = 0x2d0,
	KB_X86_E820_MAX = 128,
	KB_X86_E820_BYTES = 20,
	KB_X86_EDD = 0xd00,
	KB_X86_EDD_BYTES = 6 * 82,
};

#endif

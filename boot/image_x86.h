/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x86 boot protocol's setup header, checked against the file it stands in.
 * For the inspector, the planner and the x86 loader.
 * Must not act on the header: it only tells.
 * Source: the kernel's Documentation/arch/x86/boot.rst.
 */
#ifndef KBOOT_BOOT_IMAGE_X86_H
#define KBOOT_BOOT_IMAGE_X86_H

#include "image_source.h"

/* Offsets in the file, and the same in boot_params. */
enum {
	KB_X86_SETUP_SECTS = 0x1f1, /* u8 */
	KB_X86_SYSSIZE = 0x1f4,     /* u32, paragraphs of 16 bytes */
	KB_X86_BOOT_FLAG = 0x1fe,
	KB_X86_JUMP_LENGTH = 0x201, /* u8: the header ends at 0x202 + this */
	KB_X86_MAGIC = 0x202,
	KB_X86_PROTOCOL = 0x206,        /* u16 */
	KB_X86_VERSION_TEXT = 0x20e,    /* u16, relative to 0x200 */
	KB_X86_LOADFLAGS = 0x211,       /* u8 */
	KB_X86_CODE32_START = 0x214,    /* u32 */
	KB_X86_INITRD_ADDR_MAX = 0x22c, /* u32 */
	KB_X86_ALIGNMENT = 0x230,       /* u32 */
	KB_X86_RELOCATABLE = 0x234,     /* u8 */
	KB_X86_XLOADFLAGS = 0x236,      /* u16 */
	KB_X86_CMDLINE_SIZE = 0x238,    /* u32 */
	KB_X86_PAYLOAD_OFFSET = 0x248,  /* u32, relative to the protected-mode part */
	KB_X86_PAYLOAD_LENGTH = 0x24c,  /* u32 */
	KB_X86_PREF_ADDRESS = 0x258,    /* u64 */
	KB_X86_INIT_SIZE = 0x260,       /* u32 */
	KB_X86_HEADER_START = KB_X86_SETUP_SECTS,
	KB_X86_HEADER_END = 0x290, /* room for it in boot_params */
};

enum {
	KB_X86_LOADED_HIGH = 1 << 0,
	KB_X86_XLF_KERNEL_64 = 1 << 0,
	KB_X86_XLF_ABOVE_4G = 1 << 1,
	KB_X86_XLF_EFI_KEXEC = 1 << 4,
	KB_X86_XLF_5LEVEL = 1 << 5,
};

struct kb_x86_header {
	uint8_t raw[KB_X86_HEADER_END - KB_X86_HEADER_START]; /* as in the file, zero beyond its
								 end */
	unsigned protocol;
	unsigned xloadflags;  /* 0 before protocol 2.12 */
	uint64_t body_offset; /* the protected-mode part: where in the file, how much of it */
	uint64_t body_bytes;
	uint32_t initrd_addr_max;
	uint32_t alignment; /* a power of two, at least a page */
	uint32_t cmdline_max_bytes;
	bool relocatable;
	uint64_t pref_address;
	uint64_t init_size_bytes;
};

/* -ENOEXEC, -EUCLEAN with a sentence. */
KB_MUST_CHECK int kb_x86_header_read(const struct kb_image_source *src,
				     struct kb_x86_header *ret_header, struct kb_error *err);
/* The same from an open file of which nothing is known yet. */
KB_MUST_CHECK int kb_x86_header_read_fd(int fd, const char *name, struct kb_x86_header *ret_header,
					struct kb_error *err);
/* Can it be entered in 64-bit mode (protocol 2.12, XLF_KERNEL_64)? */
bool kb_x86_header_is_64(const struct kb_x86_header *header);

#endif

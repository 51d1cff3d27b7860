/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools_kind.h"

/*
 * kexec/arch/x86_64/kexec-x86_64.c of kexec-tools 2.0.25. Left to itself it takes the first of its
 * types that fits, and a 64-bit ELF file around a multiboot header fits "elf-x86_64"; and it gives
 * an ELF kernel ELF boot notes, of which Linux knows nothing.
 */
static const struct {
	enum kb_image_type image;
	enum kb_arch arch;
	struct kb_tools_kind kind;
} on_x86[] = {
	{KB_IMAGE_BZIMAGE, KB_ARCH_X86_64, {.initrd = true}},
	{KB_IMAGE_BZIMAGE, KB_ARCH_I386, {.initrd = true}},
	{KB_IMAGE_ELF, KB_ARCH_X86_64, {"--type=elf-x86_64", "--args-linux", .initrd = true}},
	{KB_IMAGE_ELF, KB_ARCH_I386, {"--type=elf-x86", "--args-linux", .initrd = true}},
	{KB_IMAGE_MULTIBOOT, KB_ARCH_I386, {"--type=multiboot-x86", .modules = true}},
	{KB_IMAGE_MULTIBOOT2, KB_ARCH_I386, {"--type=multiboot2-x86", .modules = true}},
	{KB_IMAGE_MULTIBOOT2, KB_ARCH_X86_64, {"--type=multiboot2-x86", .modules = true}},
};

/* Other architectures have a type or two, and no choices. */
static const struct kb_tools_kind elsewhere = {.initrd = true, .dtb = true};

const struct kb_tools_kind *kb_tools_kind(const struct kb_image *image)
{
	enum kb_arch here = kb_arch_here();
	/* It unpacks by itself what came from gzip. */
	enum kb_image_type type = image->type == KB_IMAGE_GZIP ? image->unpacked : image->type;

	if (here != KB_ARCH_X86_64 && here != KB_ARCH_I386) {
		return &elsewhere;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(on_x86); i++) {
		if (on_x86[i].image == type && on_x86[i].arch == image->arch) {
			return &on_x86[i].kind;
		}
	}
	return NULL;
}

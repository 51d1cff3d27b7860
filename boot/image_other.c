/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds with a header of a few fields: arm64 and RISC-V Image, ARM zImage, uImage. */
#include <errno.h>

#include "image_pe.h"
#include "image_source.h"

enum {
	ARM64_HEADER_BYTES = 64,
	ARM64_CMDLINE_MAX_BYTES = 2047,
	RISCV_CMDLINE_MAX_BYTES = 1023,
	ARM_CMDLINE_MAX_BYTES = 1023,
	UIMAGE_HEADER_BYTES = 64,
	UIMAGE_SIZE = 12,
	UIMAGE_ARCH = 29,
	UIMAGE_TYPE = 30,
	UIMAGE_NAME = 32,
	UIMAGE_TYPE_KERNEL = 2,
	UIMAGE_TYPE_MULTI = 4,
	UIMAGE_TYPE_KERNEL_NOLOAD = 14,
};

static const struct {
	unsigned code;
	enum kb_arch arch;
} uimage_archs[] = {
	{2, KB_ARCH_ARM},     {3, KB_ARCH_I386},     {22, KB_ARCH_ARM64},
	{24, KB_ARCH_X86_64}, {26, KB_ARCH_RISCV64},
};

/* Images with an EFI stub are PE files, whose sections tell what must be there. */
static int check_sections(const struct kb_image_source *src, struct kb_image *image,
			  struct kb_error *err)
{
	struct kb_pe_section section;
	struct kb_pe pe;
	int r;

	if (!kb_image_has(src, 0, "MZ", 2)) {
		return 0;
	}
	r = kb_image_pe(src, &pe, err);
	for (unsigned i = 0; r == 0 && i < pe.n_sections; i++) {
		r = kb_image_pe_section(src, &pe, i, &section, err);
	}
	if (r == 0) {
		image->is_signed = pe.is_signed;
	}
	return r;
}

/* Documentation/arch/arm64/booting.rst */
static bool match_arm64(const struct kb_image_source *src)
{
	return src->head_len >= ARM64_HEADER_BYTES && kb_image_has(src, 56, "ARM\x64", 4);
}

static int inspect_arm64(const struct kb_image_source *src, struct kb_image *image,
			 struct kb_error *err)
{
	image->arch = KB_ARCH_ARM64;
	image->cmdline_max_bytes = ARM64_CMDLINE_MAX_BYTES;
	return check_sections(src, image, err);
}

/* Documentation/arch/riscv/boot-image-header.rst */
static bool match_riscv(const struct kb_image_source *src)
{
	return src->head_len >= ARM64_HEADER_BYTES && kb_image_has(src, 56, "RSC\x05", 4);
}

static int inspect_riscv(const struct kb_image_source *src, struct kb_image *image,
			 struct kb_error *err)
{
	image->arch = KB_ARCH_RISCV64;
	image->cmdline_max_bytes = RISCV_CMDLINE_MAX_BYTES;
	return check_sections(src, image, err);
}

/* arch/arm/boot/compressed/head.S: magic, start and end of the zImage. */
static bool match_arm(const struct kb_image_source *src)
{
	return src->head_len >= 0x30 && kb_image_has(src, 0x24, "\x18\x28\x6f\x01", 4);
}

static int inspect_arm(const struct kb_image_source *src, struct kb_image *image,
		       struct kb_error *err)
{
	uint32_t start = kb_le32(src->head + 0x28);
	uint32_t end = kb_le32(src->head + 0x2c);

	image->arch = KB_ARCH_ARM;
	image->cmdline_max_bytes = ARM_CMDLINE_MAX_BYTES;
	return end > start && end - start > src->size_bytes
		       ? kb_image_truncated(src, end - start, err)
		       : 0;
}

static bool match_uimage(const struct kb_image_source *src)
{
	return src->head_len >= UIMAGE_HEADER_BYTES && kb_image_has(src, 0, "\x27\x05\x19\x56", 4);
}

static int inspect_uimage(const struct kb_image_source *src, struct kb_image *image,
			  struct kb_error *err)
{
	uint64_t wanted = (uint64_t)kb_be32(src->head + UIMAGE_SIZE) + UIMAGE_HEADER_BYTES;
	unsigned type = src->head[UIMAGE_TYPE];

	if (type != UIMAGE_TYPE_KERNEL && type != UIMAGE_TYPE_MULTI &&
	    type != UIMAGE_TYPE_KERNEL_NOLOAD) {
		return kb_error_set(err, -ENOEXEC, "%s is a U-Boot image, but not of a kernel",
				    src->name);
	}
	image->arch = KB_ARCH_OTHER;
	for (size_t i = 0; i < KB_ARRAY_LEN(uimage_archs); i++) {
		if (uimage_archs[i].code == src->head[UIMAGE_ARCH]) {
			image->arch = uimage_archs[i].arch;
		}
	}
	kb_image_copy_text(image->version, sizeof(image->version), src->head + UIMAGE_NAME, 32);
	return wanted > src->size_bytes ? kb_image_truncated(src, wanted, err) : 0;
}

const struct kb_image_kind kb_image_kind_arm64 = {KB_IMAGE_ARM64, match_arm64, inspect_arm64};
const struct kb_image_kind kb_image_kind_riscv = {KB_IMAGE_RISCV, match_riscv, inspect_riscv};
const struct kb_image_kind kb_image_kind_arm = {KB_IMAGE_ARM, match_arm, inspect_arm};
const struct kb_image_kind kb_image_kind_uimage = {KB_IMAGE_UIMAGE, match_uimage, inspect_uimage};

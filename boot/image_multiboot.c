/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image_multiboot.h"

enum {
	SEARCH_1_BYTES = 8192,  /* Multiboot 0.6.96, 3.1.1 */
	SEARCH_2_BYTES = 32768, /* Multiboot2 2.0, 3.1.1 */
	HEADER_1_BYTES = 12,
	HEADER_2_BYTES = 16,
};

static const uint32_t magic_1 = 0x1badb002;
static const uint32_t magic_2 = 0xe85250d6;

static bool is_header_1(const uint8_t *p)
{
	return kb_le32(p) == magic_1 && kb_le32(p) + kb_le32(p + 4) + kb_le32(p + 8) == 0;
}

static bool is_header_2(const uint8_t *p)
{
	return kb_le32(p) == magic_2 &&
	       kb_le32(p) + kb_le32(p + 4) + kb_le32(p + 8) + kb_le32(p + 12) == 0;
}

int kb_multiboot_find(const struct kb_image_source *src)
{
	for (size_t i = 0; i + HEADER_2_BYTES <= src->head_len && i < SEARCH_2_BYTES; i += 8) {
		if (is_header_2(src->head + i)) {
			return 2;
		}
	}
	for (size_t i = 0; i + HEADER_1_BYTES <= src->head_len && i < SEARCH_1_BYTES; i += 4) {
		if (is_header_1(src->head + i)) {
			return 1;
		}
	}
	return 0;
}

static bool match(const struct kb_image_source *src)
{
	return kb_multiboot_find(src) != 0;
}

/* Not an ELF file: the header itself says where everything goes (the "a.out kludge"). */
static int inspect(const struct kb_image_source *src, struct kb_image *image, struct kb_error *err)
{
	(void)err;
	image->type = kb_multiboot_find(src) == 2 ? KB_IMAGE_MULTIBOOT2 : KB_IMAGE_MULTIBOOT;
	image->arch = KB_ARCH_I386;
	return 0;
}

const struct kb_image_kind kb_image_kind_multiboot = {KB_IMAGE_MULTIBOOT, match, inspect};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multiboot 0.6.96 and Multiboot2 2.0, as far as kexec-tools 2.0.25 knows them. What it would load
 * in another way than the header asks for, or would not survive, is refused here.
 */
#include "image_multiboot.h"

#include <errno.h>

enum {
	SEARCH_1_BYTES = 8192,  /* 3.1.1 of the standard */
	SEARCH_2_BYTES = 32768, /* 3.1.1; the head is as long */
	HEADER_1_BYTES = 12,
	HEADER_1_ADDRESS_BYTES = 32,
	HEADER_2_BYTES = 16,
	TAG_BYTES = 8,
	TAG_OPTIONAL = 1,
	TAG_END = 0,
	ARCH_2_I386 = 0,
};

static const uint32_t magic_1 = 0x1badb002;
static const uint32_t magic_2 = 0xe85250d6;
/* 3.1.2: what a loader that does not know it must not pass over; kexec-tools knows bits 0 to 2. */
static const uint32_t unknown_flags = 0xfff8;
static const uint32_t has_addresses = 1u << 16;

/*
 * Information request, console, framebuffer, module alignment, three for EFI, relocatable. Not the
 * addresses (2, 3): kexec-tools loads and enters what the ELF headers say.
 */
static const bool tag_is_known[] = {
	[1] = true, [4] = true, [5] = true, [6] = true,
	[7] = true, [8] = true, [9] = true, [10] = true,
};

/* Where a header is in the head of the file. */
struct place {
	bool is_there;
	bool is_damaged; /* there is only one whose sum is wrong */
	size_t offset;
};

static bool sum_is_zero(const uint8_t *p, size_t bytes)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < bytes; i += 4) {
		sum += kb_le32(p + i);
	}
	return sum == 0;
}

static struct place find(const struct kb_image_source *src, uint32_t magic, size_t bytes,
			 size_t step, size_t search_bytes)
{
	struct place place = {0};

	for (size_t i = 0; i + bytes <= src->head_len && i + bytes <= search_bytes; i += step) {
		if (kb_le32(src->head + i) != magic) {
			continue;
		}
		if (sum_is_zero(src->head + i, bytes)) {
			return (struct place){.is_there = true, .offset = i};
		}
		place.is_damaged = true;
	}
	return place;
}

static struct place find_1(const struct kb_image_source *src)
{
	return find(src, magic_1, HEADER_1_BYTES, 4, SEARCH_1_BYTES);
}

static struct place find_2(const struct kb_image_source *src)
{
	return find(src, magic_2, HEADER_2_BYTES, 8, SEARCH_2_BYTES);
}

static int damaged(const struct kb_image_source *src, const char *what, struct kb_error *err)
{
	return kb_error_set(err, -EUCLEAN, "%s is damaged: its multiboot header %s", src->name,
			    what);
}

/* The header itself says where everything goes (the "a.out kludge"); 0 is "to the end". */
static int check_addresses(const struct kb_image_source *src, size_t offset, struct kb_error *err)
{
	const uint8_t *p = src->head + offset;
	uint32_t header;
	uint32_t load;
	uint32_t load_end;
	uint64_t end;

	if (offset + HEADER_1_ADDRESS_BYTES > src->head_len ||
	    offset + HEADER_1_ADDRESS_BYTES > SEARCH_1_BYTES) {
		return damaged(src, "is cut short", err);
	}
	header = kb_le32(p + 12);
	load = kb_le32(p + 16);
	load_end = kb_le32(p + 20);
	if (load > header || header - load > offset || (load_end != 0 && load_end < load)) {
		return damaged(src, "has addresses that lead nowhere", err);
	}
	end = offset - (header - load) + (load_end != 0 ? load_end - load : 0);
	return end > src->size_bytes ? kb_image_truncated(src, end, err) : 0;
}

static int check_1(const struct kb_image_source *src, size_t offset, enum kb_multiboot_file file,
		   struct kb_error *err)
{
	uint32_t flags = kb_le32(src->head + offset + 4);

	if (flags & unknown_flags) {
		return kb_error_set(err, -ENOEXEC,
				    "%s asks for what kexec-tools does not know (multiboot flags "
				    "0x%x)",
				    src->name, flags & unknown_flags);
	}
	if (flags & has_addresses) {
		return check_addresses(src, offset, err);
	}
	if (file == KB_FILE_FLAT) {
		return damaged(src, "has no addresses, and the file is not ELF", err);
	}
	if (file == KB_FILE_ELF_64) {
		return kb_error_set(err, -ENOEXEC,
				    "%s is a multiboot kernel in a 64-bit ELF file, which only "
				    "version 2 of multiboot can start",
				    src->name);
	}
	return 0;
}

/* The end is looked for as kexec-tools does, which stops at nothing else. */
static int check_tags(const struct kb_image_source *src, const uint8_t *tag, size_t bytes,
		      struct kb_error *err)
{
	while (bytes >= TAG_BYTES) {
		unsigned type = kb_le16(tag);
		uint32_t size = kb_le32(tag + 4);

		if (type == TAG_END) {
			return 0;
		}
		if (size < TAG_BYTES || size > bytes) {
			break;
		}
		if ((type >= KB_ARRAY_LEN(tag_is_known) || !tag_is_known[type]) &&
		    (kb_le16(tag + 2) & TAG_OPTIONAL) == 0) {
			return kb_error_set(
				err, -ENOEXEC,
				"%s asks for what kexec-tools does not know (multiboot 2 "
				"tag %u)",
				src->name, type);
		}
		size = (size + TAG_BYTES - 1) & ~(uint32_t)(TAG_BYTES - 1);
		if (size > bytes) {
			break;
		}
		tag += size;
		bytes -= size;
	}
	return damaged(src, "has tags that lead nowhere", err);
}

static int check_2(const struct kb_image_source *src, size_t offset, enum kb_multiboot_file file,
		   struct kb_error *err)
{
	const uint8_t *p = src->head + offset;
	uint32_t bytes = kb_le32(p + 8);

	if (file == KB_FILE_FLAT) {
		return kb_error_set(
			err, -ENOEXEC,
			"%s is a multiboot 2 kernel, but not an ELF file, the only kind "
			"that kexec-tools loads",
			src->name);
	}
	if (bytes < HEADER_2_BYTES || bytes > src->head_len - offset) {
		return damaged(src, "is longer than what must hold it", err);
	}
	return check_tags(src, p + HEADER_2_BYTES, bytes - HEADER_2_BYTES, err);
}

static int inspect_1(const struct kb_image_source *src, size_t offset, enum kb_multiboot_file file,
		     struct kb_image *image, struct kb_error *err)
{
	int r = check_1(src, offset, file, err);

	if (r < 0) {
		return r;
	}
	image->type = KB_IMAGE_MULTIBOOT;
	image->cmdline_max_bytes = 0;
	if (kb_le32(src->head + offset + 4) & has_addresses) {
		image->arch = KB_ARCH_I386; /* whatever the file around it says */
	}
	return 0;
}

static int inspect_2(const struct kb_image_source *src, size_t offset, enum kb_multiboot_file file,
		     struct kb_image *image, struct kb_error *err)
{
	int r = check_2(src, offset, file, err);

	if (r < 0) {
		return r;
	}
	image->type = KB_IMAGE_MULTIBOOT2;
	image->cmdline_max_bytes = 0;
	if (kb_le32(src->head + offset + 4) != ARCH_2_I386) {
		image->arch = KB_ARCH_OTHER;
	}
	return 0;
}

int kb_multiboot_inspect(const struct kb_image_source *src, enum kb_multiboot_file file,
			 struct kb_image *image, struct kb_error *err)
{
	struct place one = find_1(src);
	struct place two = find_2(src);
	int r = 0;

	if (two.is_there) {
		r = inspect_2(src, two.offset, file, image, err);
	}
	/* Many a kernel has both headers. */
	if (one.is_there && (r < 0 || !two.is_there)) {
		kb_error_clear(err);
		return inspect_1(src, one.offset, file, image, err);
	}
	if (two.is_there || (!one.is_damaged && !two.is_damaged)) {
		return r;
	}
	return damaged(src, "has a wrong checksum", err);
}

static bool match(const struct kb_image_source *src)
{
	return find_1(src).is_there || find_2(src).is_there;
}

static int inspect(const struct kb_image_source *src, struct kb_image *image, struct kb_error *err)
{
	return kb_multiboot_inspect(src, KB_FILE_FLAT, image, err);
}

const struct kb_image_kind kb_image_kind_multiboot = {KB_IMAGE_MULTIBOOT, match, inspect};

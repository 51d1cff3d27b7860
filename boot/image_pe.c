/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image_pe.h"

#include <errno.h>
#include <string.h>

enum { DOS_PE_OFFSET = 0x3c };

static const struct {
	unsigned machine;
	enum kb_arch arch;
} machines[] = {
	{0x8664, KB_ARCH_X86_64},  {0x014c, KB_ARCH_I386}, {0xaa64, KB_ARCH_ARM64},
	{0x01c0, KB_ARCH_ARM},     {0x01c2, KB_ARCH_ARM},  {0x01c4, KB_ARCH_ARM},
	{0x5064, KB_ARCH_RISCV64},
};

static enum kb_arch arch_of(unsigned machine)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(machines); i++) {
		if (machines[i].machine == machine) {
			return machines[i].arch;
		}
	}
	return KB_ARCH_OTHER;
}

static bool match(const struct kb_image_source *src)
{
	uint32_t offset;

	if (!kb_image_has(src, 0, "MZ", 2) || src->head_len < DOS_PE_OFFSET + 4) {
		return false;
	}
	offset = kb_le32(src->head + DOS_PE_OFFSET);
	return kb_image_has(src, offset, "PE\0", 4);
}

static int damaged(const struct kb_image_source *src, struct kb_error *err)
{
	return kb_error_set(err, -EUCLEAN, "%s is damaged: its EFI headers lead nowhere",
			    src->name);
}

static int read_bytes(const void *ctx, uint64_t offset, void *buf, size_t len)
{
	return kb_image_read(ctx, offset, buf, len);
}

static struct kb_pe_source pe_source(const struct kb_image_source *src)
{
	return (struct kb_pe_source){read_bytes, src, src->size_bytes};
}

int kb_image_pe(const struct kb_image_source *src, struct kb_pe *ret_pe, struct kb_error *err)
{
	const struct kb_pe_source source = pe_source(src);
	int r = kb_pe_headers(&source, ret_pe);

	if (r == -ENOEXEC) {
		return kb_error_set(err, r, "%s is not an EFI program", src->name);
	}
	if (r < 0) {
		return damaged(src, err);
	}
	return ret_pe->signature_end > src->size_bytes
		       ? kb_image_truncated(src, ret_pe->signature_end, err)
		       : 0;
}

int kb_image_pe_section(const struct kb_image_source *src, const struct kb_pe *pe, unsigned index,
			struct kb_pe_section *ret_section, struct kb_error *err)
{
	const struct kb_pe_source source = pe_source(src);
	int r = kb_pe_section(&source, pe, index, ret_section);

	return r == -EFBIG
		       ? kb_image_truncated(src, ret_section->file_offset + ret_section->bytes, err)
	       : r < 0 ? damaged(src, err)
		       : 0;
}

int kb_image_pe_signature(const struct kb_image_source *src, bool *ret_is_signed,
			  struct kb_error *err)
{
	struct kb_pe pe = {0};
	int r = match(src) ? kb_image_pe(src, &pe, err) : 0;

	if (r == 0) {
		*ret_is_signed = pe.is_signed;
	}
	return r;
}

static int inspect(const struct kb_image_source *src, struct kb_image *image, struct kb_error *err)
{
	struct kb_pe_section section = {0};
	uint8_t text[sizeof(image->version)];
	struct kb_pe pe = {0};
	int r;

	r = kb_image_pe(src, &pe, err);
	if (r < 0) {
		return r;
	}
	image->arch = arch_of(pe.machine);
	image->is_signed = pe.is_signed;
	for (unsigned i = 0; i < pe.n_sections; i++) {
		size_t len = sizeof(text);

		r = kb_image_pe_section(src, &pe, i, &section, err);
		if (r < 0) {
			return r;
		}
		if (strcmp(section.name, ".linux") == 0) {
			image->type = KB_IMAGE_UKI;
		}
		if (strcmp(section.name, ".uname") != 0) {
			continue;
		}
		len = section.bytes < len ? (size_t)section.bytes : len;
		if (kb_image_read(src, section.file_offset, text, len) == 0) {
			kb_image_copy_text(image->version, sizeof(image->version), text, len);
		}
	}
	return 0;
}

const struct kb_image_kind kb_image_kind_pe = {KB_IMAGE_PE, match, inspect};

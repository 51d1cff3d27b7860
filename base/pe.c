/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/pe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kboot/base/endian.h"
#include "kboot/base/tree.h"

enum {
	DOS_BYTES = 64,
	DOS_PE_OFFSET = 0x3c,
	COFF_BYTES = 24, /* signature and file header */
	COFF_MACHINE = 4,
	COFF_SECTIONS = 6,
	COFF_OPTIONAL_BYTES = 20,
	OPTIONAL_MAX_BYTES = 1024,
	OPTIONAL_MIN_BYTES = 96,
	PE32_PLUS = 0x20b,
	DIRECTORY_CERTIFICATE = 4,
	DIRECTORY_BYTES = 8,
	SECTION_BYTES = 40,
	SECTION_NAME_BYTES = 8,
	MAX_HEADER_OFFSET = 1 << 20,
};

int kb_pe_read_fd(const void *ctx, uint64_t offset, void *buf, size_t len)
{
	const int *fd = ctx;

	return kb_read_at(*fd, offset, buf, len);
}

static int read_bytes(const struct kb_pe_source *src, uint64_t offset, void *buf, size_t len)
{
	return offset > src->size_bytes || len > src->size_bytes - offset
		       ? -EUCLEAN
		       : src->read(src->ctx, offset, buf, len);
}

/* The certificate table: the one directory whose address is an offset in the file. */
static uint64_t certificate_end(const uint8_t *optional, size_t len)
{
	size_t directories = kb_le16(optional) == PE32_PLUS ? 112 : 96;
	size_t entry = directories + (size_t)DIRECTORY_CERTIFICATE * DIRECTORY_BYTES;

	if (entry + DIRECTORY_BYTES > len ||
	    kb_le32(optional + directories - 4) <= DIRECTORY_CERTIFICATE) {
		return 0;
	}
	if (kb_le32(optional + entry) == 0 || kb_le32(optional + entry + 4) == 0) {
		return 0;
	}
	return (uint64_t)kb_le32(optional + entry) + kb_le32(optional + entry + 4);
}

int kb_pe_headers(const struct kb_pe_source *src, struct kb_pe *ret_pe)
{
	uint8_t optional[OPTIONAL_MAX_BYTES] = {0};
	uint8_t coff[COFF_BYTES];
	uint8_t dos[DOS_BYTES];
	struct kb_pe pe = {0};
	uint64_t offset;
	size_t len;

	if (read_bytes(src, 0, dos, sizeof(dos)) < 0 || memcmp(dos, "MZ", 2) != 0) {
		return -ENOEXEC;
	}
	offset = kb_le32(dos + DOS_PE_OFFSET);
	if (offset > MAX_HEADER_OFFSET || read_bytes(src, offset, coff, sizeof(coff)) < 0 ||
	    memcmp(coff, "PE\0", 4) != 0) {
		return -EUCLEAN;
	}
	len = kb_le16(coff + COFF_OPTIONAL_BYTES);
	pe.machine = kb_le16(coff + COFF_MACHINE);
	pe.n_sections = kb_le16(coff + COFF_SECTIONS);
	pe.section_table = offset + COFF_BYTES + len;
	if (len < OPTIONAL_MIN_BYTES || len > sizeof(optional) ||
	    pe.n_sections > KB_PE_MAX_SECTIONS ||
	    read_bytes(src, offset + COFF_BYTES, optional, len) < 0) {
		return -EUCLEAN;
	}
	pe.signature_end = certificate_end(optional, len);
	pe.is_signed = pe.signature_end > 0;
	*ret_pe = pe;
	return 0;
}

/* A name is as it stands, or with what no name has as a question mark. */
static void copy_name(char *name, const uint8_t *raw)
{
	size_t n = 0;

	while (n < SECTION_NAME_BYTES && raw[n] != '\0') {
		name[n] = (char)(raw[n] >= ' ' && raw[n] < 0x7f ? raw[n] : '?');
		n++;
	}
	name[n] = '\0';
}

int kb_pe_section(const struct kb_pe_source *src, const struct kb_pe *pe, unsigned index,
		  struct kb_pe_section *ret_section)
{
	uint8_t raw[SECTION_BYTES];
	uint64_t raw_bytes;

	if (read_bytes(src, pe->section_table + (uint64_t)index * SECTION_BYTES, raw, sizeof(raw)) <
	    0) {
		return -EUCLEAN;
	}
	copy_name(ret_section->name, raw);
	ret_section->bytes = kb_le32(raw + 8);
	raw_bytes = kb_le32(raw + 16);
	ret_section->file_offset = kb_le32(raw + 20);
	ret_section->memory_bytes = ret_section->bytes;
	if (ret_section->bytes == 0 || ret_section->bytes > raw_bytes) {
		ret_section->bytes = raw_bytes;
	}
	return raw_bytes > 0 && ret_section->file_offset + ret_section->bytes > src->size_bytes
		       ? -EFBIG
		       : 0;
}

int kb_pe_of_profile(const struct kb_pe_source *src, const struct kb_pe *pe, unsigned profile,
		     const char *name, struct kb_pe_section *ret_section)
{
	bool is_profile = strcmp(name, ".profile") == 0;
	bool has_base = false;
	bool has_own = false;
	unsigned n_profiles = 0;

	for (unsigned i = 0; i < pe->n_sections; i++) {
		struct kb_pe_section section;
		int r = kb_pe_section(src, pe, i, &section);

		if (r < 0) {
			return r;
		}
		n_profiles += strcmp(section.name, ".profile") == 0;
		if (strcmp(section.name, name) != 0) {
			continue;
		}
		if (n_profiles == profile + 1 && !has_own) {
			has_own = true;
			*ret_section = section;
		} else if (n_profiles == 0 && !has_base && !has_own) {
			has_base = true;
			*ret_section = section;
		}
	}
	if (profile > 0 && profile >= n_profiles) {
		return -ENOENT;
	}
	return has_own || (has_base && !is_profile) ? 0 : -ENOENT;
}

int kb_pe_text(const struct kb_pe_source *src, const struct kb_pe *pe, unsigned profile,
	       const char *name, size_t max_bytes, struct kb_buf *text)
{
	struct kb_pe_section section;
	char *bytes;
	int r = kb_pe_of_profile(src, pe, profile, name, &section);

	if (r == -ENOENT || (r == 0 && section.bytes == 0)) {
		return 0;
	}
	if (r == 0 && section.bytes > max_bytes) {
		return -E2BIG;
	}
	bytes = r == 0 ? malloc(section.bytes) : NULL;
	if (r == 0) {
		r = bytes ? src->read(src->ctx, section.file_offset, bytes, section.bytes)
			  : -ENOMEM;
	}
	if (r == 0) {
		kb_buf_str(text, kb_str_of(bytes, strnlen(bytes, section.bytes)));
		r = kb_buf_error(text);
	}
	free(bytes);
	return r;
}

int kb_pe_cmdline(const struct kb_pe_source *src, const struct kb_pe *pe, unsigned profile,
		  size_t max_bytes, struct kb_buf *args)
{
	KB_BUF struct kb_buf text = {0};
	int r = kb_pe_text(src, pe, profile, ".cmdline", max_bytes, &text);

	for (size_t i = 0; i < text.len; i++) {
		text.data[i] = (char)((unsigned char)text.data[i] < ' ' ? ' ' : text.data[i]);
	}
	kb_buf_str(args, kb_str_trim(kb_buf_view(&text)));
	return r < 0 ? r : kb_buf_error(args);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot_files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zlib.h>

enum { SECTOR = 512, MAX_FILE = 1 << 20, PE_OFFSET = 0x80, PE_FILE_BYTES = 0x400 };

static void must(int ok)
{
	if (!ok) {
		abort();
	}
}

int boot_file(const void *data, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	must(fd >= 0);
	boot_file_patch(fd, 0, data, len);
	must(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

int boot_file_text(const char *text)
{
	return boot_file(text, strlen(text));
}

int boot_file_pattern(size_t len, unsigned seed)
{
	static uint8_t data[MAX_FILE];

	must(len <= sizeof(data));
	for (size_t i = 0; i < len; i++) {
		data[i] = (uint8_t)(i + seed);
	}
	return boot_file(data, len);
}

void boot_file_patch(int fd, size_t offset, const void *data, size_t len)
{
	must(pwrite(fd, data, len, (off_t)offset) == (ssize_t)len);
}

int boot_file_cut(int fd, size_t len)
{
	must(ftruncate(fd, (off_t)len) == 0);
	return fd;
}

int boot_file_gzip(int fd)
{
	static uint8_t plain[MAX_FILE];
	static uint8_t packed[2 * MAX_FILE];
	ssize_t n = pread(fd, plain, sizeof(plain), 0);
	z_stream stream = {.next_in = plain, .next_out = packed, .avail_out = sizeof(packed)};

	must(n >= 0 && close(fd) == 0);
	stream.avail_in = (unsigned)n;
	must(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8,
			  Z_DEFAULT_STRATEGY) == Z_OK);
	must(deflate(&stream, Z_FINISH) == Z_STREAM_END && deflateEnd(&stream) == Z_OK);
	return boot_file(packed, sizeof(packed) - stream.avail_out);
}

static void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		p[i] = (uint8_t)(value >> (8 * i));
	}
}

static uint64_t or_default(uint64_t value, uint64_t otherwise)
{
	return value ? value : otherwise;
}

static void put_header(const struct bzimage_spec *spec, uint32_t body, uint8_t *file)
{
	unsigned flags = (unsigned)or_default(spec->xloadflags, 0x7f);

	file[0x1f1] = (uint8_t)or_default(spec->setup_sects, 2);
	put(file + 0x1f4, body / 16, 4);
	put(file + 0x1fe, 0xaa55, 2);
	put(file + 0x214, 0x100000, 4);
	file[0x200] = 0xeb;
	file[0x201] = 0x6a; /* the header ends at 0x26c */
	memcpy(file + 0x202, "HdrS", 4);
	put(file + 0x206, or_default(spec->protocol, 0x20f), 2);
	if (spec->version) {
		put(file + 0x20e, BZIMAGE_VERSION_AT - SECTOR, 2);
		memcpy(file + BZIMAGE_VERSION_AT, spec->version, strlen(spec->version) + 1);
	}
	file[0x211] = 1;
	put(file + 0x22c, or_default(spec->initrd_addr_max, 0x7fffffff), 4);
	put(file + 0x230, 0x200000, 4);
	file[0x234] = spec->not_relocatable ? 0 : 1;
	put(file + 0x236, flags == BZIMAGE_NO_FLAGS ? 0 : flags, 2);
	put(file + 0x238, or_default(spec->cmdline_size, 2047), 4);
	put(file + 0x258, or_default(spec->pref_address, 0x1000000), 8);
	put(file + 0x260, or_default(spec->init_size, 0x400000), 4);
}

int boot_file_bzimage(const struct bzimage_spec *spec)
{
	static uint8_t file[MAX_FILE];
	uint32_t body = (uint32_t)or_default(spec->body_bytes, 8192);
	size_t setup = (or_default(spec->setup_sects, 2) + 1) * SECTOR;

	must(setup + body <= sizeof(file));
	memset(file, 0, setup);
	put_header(spec, body, file);
	for (size_t i = 0; i < body; i++) {
		file[setup + i] = (uint8_t)(i * 7);
	}
	return boot_file(file, setup + body);
}

int boot_file_pe(unsigned machine, const char *section_name, size_t signed_bytes)
{
	uint8_t file[PE_FILE_BYTES + 256] = {0};
	uint8_t *coff = file + PE_OFFSET;
	uint8_t *optional = coff + 24;
	uint8_t *section = optional + 240;

	memcpy(file, "MZ", 2);
	put(file + 0x3c, PE_OFFSET, 4);
	memcpy(coff, "PE\0", 4);
	put(coff + 4, machine, 2);
	put(coff + 6, 1, 2);
	put(coff + 20, 240, 2);
	put(optional, 0x20b, 2);
	put(optional + 108, 16, 4);
	if (signed_bytes > 0) {
		put(optional + 112 + 4 * 8, PE_FILE_BYTES, 4);
		put(optional + 112 + 4 * 8 + 4, signed_bytes, 4);
	}
	memcpy(section, section_name, strlen(section_name));
	put(section + 8, 16, 4);
	put(section + 16, 0x200, 4);
	put(section + 20, 0x200, 4);
	memcpy(file + 0x200, "6.1.0-test", 10);
	return boot_file(file, PE_FILE_BYTES + signed_bytes);
}

int boot_file_elf(unsigned type, unsigned machine, unsigned phdr_type)
{
	uint8_t file[0x100] = {0};

	memcpy(file, "\177ELF\2\1\1", 7);
	put(file + 16, type, 2);
	put(file + 18, machine, 2);
	put(file + 32, 64, 8);
	put(file + 54, 56, 2);
	put(file + 56, 1, 2);
	put(file + 64, phdr_type, 4);
	put(file + 64 + 8, 0xe0, 8);
	put(file + 64 + 32, 0x20, 8);
	return boot_file(file, sizeof(file));
}

int boot_file_elf32(unsigned type, unsigned machine, unsigned phdr_type)
{
	uint8_t file[0x100] = {0};

	memcpy(file, "\177ELF\1\1\1", 7);
	put(file + 16, type, 2);
	put(file + 18, machine, 2);
	put(file + 28, 52, 4);
	put(file + 42, 32, 2);
	put(file + 44, 1, 2);
	put(file + 52, phdr_type, 4);
	put(file + 52 + 4, 0xe0, 4);
	put(file + 52 + 16, 0x20, 4);
	return boot_file(file, sizeof(file));
}

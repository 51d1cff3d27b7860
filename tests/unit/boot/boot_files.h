/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel files made for a test, in memory: just enough header for the code under test.
 * For the tests of boot/, of every kind.
 * Must not use anything of boot/: what it writes is what the specifications say.
 */
#ifndef KBOOT_TESTS_BOOT_FILES_H
#define KBOOT_TESTS_BOOT_FILES_H

#include <stddef.h>
#include <stdint.h>

/* Zero means the default in brackets. */
struct bzimage_spec {
	unsigned protocol;        /* [0x20f] */
	unsigned setup_sects;     /* [2] */
	uint32_t body_bytes;      /* [8192], a multiple of 16 */
	unsigned xloadflags;      /* [0x7f]; NO_FLAGS for none */
	uint32_t cmdline_size;    /* [2047] */
	const char *version;      /* [none] */
	uint64_t pref_address;    /* [0x1000000] */
	uint32_t init_size;       /* [0x400000] */
	uint32_t initrd_addr_max; /* [0x7fffffff] */
	int not_relocatable;
};

enum { BZIMAGE_NO_FLAGS = 0x8000, BZIMAGE_VERSION_AT = 0x400 };

/* A descriptor of an unnamed file in memory; the tests stop (abort) where there is none. */
int boot_file(const void *data, size_t len);
int boot_file_text(const char *text);
/* len bytes, each its offset's lowest byte plus seed. */
int boot_file_pattern(size_t len, unsigned seed);
/* body bytes are (offset in the body) * 7. */
int boot_file_bzimage(const struct bzimage_spec *spec);
/* The same, cut to len bytes. */
/* Packs the file and closes it. */
int boot_file_gzip(int fd);
int boot_file_cut(int fd, size_t len);
/* Overwrites bytes of one. */
void boot_file_patch(int fd, size_t offset, const void *data, size_t len);

/*
 * A PE file: DOS header, COFF header at 0x80, optional header of PE32+, one section of 16 bytes
 * named section_name. signed_bytes: length of a certificate table at the end, 0 for none.
 */
int boot_file_pe(unsigned machine, const char *section_name, size_t signed_bytes);
/* An ELF file of 64 bits, little-endian, with one program header of phdr_type for 32 bytes. */
int boot_file_elf(unsigned type, unsigned machine, unsigned phdr_type);
/* The same of 32 bits. */
int boot_file_elf32(unsigned type, unsigned machine, unsigned phdr_type);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "boot_files.h"
#include "kboot/boot/image.h"

static struct kb_image seen;
static struct kb_error error;

/* Inspects and closes. */
static int inspect(int fd)
{
	int r;

	memset(&seen, 0, sizeof(seen));
	kb_error_clear(&error);
	r = kb_image_inspect(fd, "k", &seen, &error);
	(void)kb_close(fd);
	return r;
}

static void assert_refused(int fd, int code, const char *text)
{
	assert_int_equal(inspect(fd), code);
	assert_int_equal(error.code, code);
	assert_string_equal(error.text, text);
	assert_int_equal(seen.type, KB_IMAGE_UNKNOWN); /* untouched */
}

static void bzimage_tells_what_it_is(void **state)
{
	struct bzimage_spec spec = {.version = "6.1.0 (me) #1"};

	(void)state;
	assert_int_equal(inspect(boot_file_bzimage(&spec)), 0);
	assert_int_equal(seen.type, KB_IMAGE_BZIMAGE);
	assert_int_equal(seen.arch, KB_ARCH_X86_64);
	assert_string_equal(seen.version, "6.1.0 (me) #1");
	assert_int_equal(seen.cmdline_max_bytes, 2047);
	assert_int_equal(seen.size_bytes, 3 * 512 + 8192);
	assert_false(seen.is_signed);
}

static void bzimage_architecture_and_limits(void **state)
{
	struct bzimage_spec only_32 = {.xloadflags = BZIMAGE_NO_FLAGS};
	struct bzimage_spec before_212 = {.protocol = 0x20b};
	struct bzimage_spec before_206 = {.protocol = 0x205};
	struct bzimage_spec long_line = {.cmdline_size = 4095};

	(void)state;
	assert_int_equal(inspect(boot_file_bzimage(&only_32)), 0);
	assert_int_equal(seen.arch, KB_ARCH_I386);
	assert_int_equal(inspect(boot_file_bzimage(&before_212)), 0);
	assert_int_equal(seen.arch, KB_ARCH_I386);
	assert_int_equal(seen.cmdline_max_bytes, 2047);
	assert_int_equal(inspect(boot_file_bzimage(&before_206)), 0);
	assert_int_equal(seen.cmdline_max_bytes, 255);
	assert_int_equal(inspect(boot_file_bzimage(&long_line)), 0);
	assert_int_equal(seen.cmdline_max_bytes, 4095);
}

static void bzimage_cut_short(void **state)
{
	struct bzimage_spec spec = {0};
	size_t whole = 3 * 512 + 8192;
	uint32_t payload = 1 << 20;
	int fd;

	(void)state;
	assert_refused(boot_file_cut(boot_file_bzimage(&spec), 4096), -EUCLEAN,
		       "k is truncated: its header says 9,728 bytes, the file has 4,096");
	assert_refused(boot_file_cut(boot_file_bzimage(&spec), whole - 16), -EUCLEAN,
		       "k is truncated: its header says 9,728 bytes, the file has 9,712");
	assert_refused(boot_file_cut(boot_file_bzimage(&spec), 0x20a), -EUCLEAN,
		       "k is truncated: its header says 560 bytes, the file has 522");
	/* Less than a paragraph is what builders that do not pad leave off. */
	assert_int_equal(inspect(boot_file_cut(boot_file_bzimage(&spec), whole - 15)), 0);
	fd = boot_file_bzimage(&spec);
	boot_file_patch(fd, 0x24c, &payload, sizeof(payload));
	assert_refused(fd, -EUCLEAN,
		       "k is truncated: its header says 1,050,112 bytes, the file has 9,728");
}

static void bzimage_that_lies(void **state)
{
	struct bzimage_spec spec = {.version = "6.1.0"};
	uint16_t far = 0xffff;
	uint32_t none = 0;
	int fd;

	(void)state;
	fd = boot_file_bzimage(&spec);
	boot_file_patch(fd, 0x20e, &far, sizeof(far)); /* the version lies beyond the setup code */
	assert_int_equal(inspect(fd), 0);
	assert_string_equal(seen.version, "");
	fd = boot_file_bzimage(&spec);
	boot_file_patch(fd, 0x1f4, &none, sizeof(none));
	assert_refused(fd, -EUCLEAN, "k is damaged: its header says it is empty");
	fd = boot_file_bzimage(&spec);
	boot_file_patch(fd, BZIMAGE_VERSION_AT, "6\033[2J", 5);
	assert_int_equal(inspect(fd), 0);
	assert_string_equal(seen.version, "6?[2J");
}

/* What their headers have in iPXE 1.0.0, memdisk 6.04 and memtest86+ 6.10. */
static void bzimage_that_needs_the_bios(void **state)
{
	static const char sentence[] =
		"k works with the BIOS in real mode, of which nothing is left once Linux has run; "
		"only the firmware or a loader there can start it";
	struct bzimage_spec ipxe = {.protocol = 0x207, .xloadflags = BZIMAGE_NO_FLAGS};
	struct bzimage_spec memdisk = {.protocol = 0x203, .version = "MEMDISK 6.04 20200816"};
	struct bzimage_spec memtest = {.protocol = 0x20c,
				       .xloadflags = 4,
				       .version = "Memtest86+ v6.10"};
	struct bzimage_spec old_linux = {.protocol = 0x203, .version = "2.4.37 (me) #1"};
	uint32_t none = 0;
	int fd = boot_file_bzimage(&ipxe);

	(void)state;
	boot_file_patch(fd, 0x214, &none, sizeof(none));
	assert_refused(fd, -ENOTSUP, sentence);
	assert_refused(boot_file_bzimage(&memdisk), -ENOTSUP, sentence);
	memdisk.version = NULL;
	fd = boot_file_bzimage(&memdisk);
	boot_file_patch(fd, 0x1f4, &none, sizeof(none));
	assert_refused(fd, -ENOTSUP, sentence);
	assert_int_equal(inspect(boot_file_bzimage(&memtest)), 0);
	assert_int_equal(inspect(boot_file_bzimage(&old_linux)), 0);
}

static void efi_programs(void **state)
{
	(void)state;
	assert_int_equal(inspect(boot_file_pe(0x8664, ".text", 0)), 0);
	assert_int_equal(seen.type, KB_IMAGE_PE);
	assert_int_equal(seen.arch, KB_ARCH_X86_64);
	assert_false(seen.is_signed);
	assert_int_equal(inspect(boot_file_pe(0xaa64, ".linux", 64)), 0);
	assert_int_equal(seen.type, KB_IMAGE_UKI);
	assert_int_equal(seen.arch, KB_ARCH_ARM64);
	assert_true(seen.is_signed);
	assert_int_equal(inspect(boot_file_pe(0x8664, ".uname", 0)), 0);
	assert_string_equal(seen.version, "6.1.0-test");
	assert_refused(boot_file_cut(boot_file_pe(0x8664, ".text", 64), 0x410), -EUCLEAN,
		       "k is truncated: its header says 1,088 bytes, the file has 1,040");
	assert_refused(boot_file_cut(boot_file_pe(0x8664, ".text", 0), 0x208), -EUCLEAN,
		       "k is truncated: its header says 528 bytes, the file has 520");
	assert_refused(boot_file_cut(boot_file_pe(0x8664, ".text", 0), 0x90), -EUCLEAN,
		       "k is damaged: its EFI headers lead nowhere");
}

static void elf_files(void **state)
{
	uint64_t far = UINT64_MAX - 4;
	int fd;

	(void)state;
	assert_int_equal(inspect(boot_file_elf(2, 62, 1)), 0);
	assert_int_equal(seen.type, KB_IMAGE_ELF);
	assert_int_equal(seen.arch, KB_ARCH_X86_64);
	assert_int_equal(inspect(boot_file_elf(2, 21, 1)), 0);
	assert_int_equal(seen.arch, KB_ARCH_PPC64);
	assert_int_equal(inspect(boot_file_elf(2, 7, 1)), 0);
	assert_int_equal(seen.arch, KB_ARCH_OTHER);
	assert_refused(boot_file_elf(3, 62, 3), -ENOEXEC, "k is a program, not a kernel");
	assert_refused(boot_file_elf(1, 62, 1), -ENOEXEC,
		       "k is an object file or module, not a kernel");
	assert_refused(boot_file_elf(4, 62, 1), -ENOEXEC, "k is an ELF file, but not a kernel");
	assert_refused(boot_file_cut(boot_file_elf(2, 62, 1), 100), -EUCLEAN,
		       "k is truncated: its header says 120 bytes, the file has 100");
	assert_refused(boot_file_cut(boot_file_elf(2, 62, 1), 0xf0), -EUCLEAN,
		       "k is truncated: its header says 256 bytes, the file has 240");
	assert_refused(boot_file_cut(boot_file_elf(2, 62, 1), 20), -EUCLEAN,
		       "k is truncated: its header says 64 bytes, the file has 20");
	fd = boot_file_elf(2, 62, 1);
	boot_file_patch(fd, 72, &far, sizeof(far));
	assert_refused(fd, -EUCLEAN, "k is damaged: its ELF headers lead nowhere");
}

static void elf_class_and_byte_order(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(inspect(boot_file_elf32(2, 3, 1)), 0);
	assert_int_equal(seen.type, KB_IMAGE_ELF);
	assert_int_equal(seen.arch, KB_ARCH_I386);
	assert_int_equal(seen.cmdline_max_bytes, 2047);
	/* x32, an 80386 of 64 bits and a big-endian x86: kexec-tools would start them. */
	assert_int_equal(inspect(boot_file_elf32(2, 62, 1)), 0);
	assert_int_equal(seen.arch, KB_ARCH_OTHER);
	assert_int_equal(inspect(boot_file_elf(2, 3, 1)), 0);
	assert_int_equal(seen.arch, KB_ARCH_OTHER);
	fd = boot_file_elf(2, 62, 1);
	boot_file_patch(fd, 4, "\3", 1);
	assert_refused(fd, -EUCLEAN, "k is damaged: its ELF header has class 3 and byte order 1");
	fd = boot_file_elf(2, 62, 1);
	boot_file_patch(fd, 5, "", 1);
	assert_refused(fd, -EUCLEAN, "k is damaged: its ELF header has class 2 and byte order 0");
}

enum { AT = 0x84 };

/* An ELF file of 32 bits with these numbers, whose third becomes the checksum, at AT. */
static int multiboot_1(uint32_t flags, const uint32_t *more, size_t more_bytes)
{
	const uint32_t header[3] = {0x1badb002, flags, 0u - 0x1badb002u - flags};
	int fd = boot_file_elf32(2, 3, 1);

	boot_file_patch(fd, AT, header, sizeof(header));
	boot_file_patch(fd, AT + sizeof(header), more, more_bytes);
	return fd;
}

static void multiboot_headers(void **state)
{
	const uint32_t one[3] = {0x1badb002, 3, 0u - 0x1badb002u - 3u};
	const uint32_t wrong[3] = {0x1badb002, 3, 0};
	int fd;

	(void)state;
	assert_int_equal(inspect(multiboot_1(3, NULL, 0)), 0);
	assert_int_equal(seen.type, KB_IMAGE_MULTIBOOT);
	assert_int_equal(seen.arch, KB_ARCH_I386);
	assert_int_equal(seen.cmdline_max_bytes, 0);
	assert_refused(multiboot_1(3 | 8, NULL, 0), -ENOEXEC,
		       "k asks for what kexec-tools does not know (multiboot flags 0x8)");
	fd = boot_file_elf(2, 62, 1);
	boot_file_patch(fd, AT, one, sizeof(one));
	assert_refused(fd, -ENOEXEC,
		       "k is a multiboot kernel in a 64-bit ELF file, which only version 2 of "
		       "multiboot can start");
	fd = boot_file_elf32(2, 3, 1);
	boot_file_patch(fd, AT, wrong, sizeof(wrong));
	assert_refused(fd, -EUCLEAN, "k is damaged: its multiboot header has a wrong checksum");
	/* Any other ELF file has no header, and one that ends beyond 8 KiB is none. */
	fd = boot_file_elf32(2, 3, 1);
	boot_file_patch(fd, 8192 - 8, one, sizeof(one));
	assert_int_equal(inspect(fd), 0);
	assert_int_equal(seen.type, KB_IMAGE_ELF);
}

static void multiboot_addresses(void **state)
{
	/* header, load, load end, bss end, entry */
	uint32_t fine[5] = {0x100084, 0x100000, 0x100100, 0x200000, 0x100010};
	uint32_t far[5] = {0x100084, 0x100000, 0x100101, 0x200000, 0x100010};
	uint32_t before[5] = {0x100088, 0x100000, 0x100100, 0x200000, 0x100010};
	uint8_t flat[64] = {0};
	const uint32_t bare[3] = {0x1badb002, 0, 0u - 0x1badb002u};
	const uint32_t kludge = 1u << 16;
	int fd;

	(void)state;
	assert_int_equal(inspect(multiboot_1(kludge, fine, sizeof(fine))), 0);
	assert_int_equal(seen.type, KB_IMAGE_MULTIBOOT);
	assert_refused(multiboot_1(kludge, far, sizeof(far)), -EUCLEAN,
		       "k is truncated: its header says 257 bytes, the file has 256");
	assert_refused(multiboot_1(kludge, before, sizeof(before)), -EUCLEAN,
		       "k is damaged: its multiboot header has addresses that lead nowhere");
	/* The addresses count whatever the file around them is. */
	fd = multiboot_1(kludge, fine, sizeof(fine));
	boot_file_patch(fd, 18, "\50", 1);
	assert_int_equal(inspect(fd), 0);
	assert_int_equal(seen.arch, KB_ARCH_I386);
	memcpy(flat + 32, bare, sizeof(bare));
	assert_refused(boot_file(flat, sizeof(flat)), -EUCLEAN,
		       "k is damaged: its multiboot header has no addresses, and the file is not "
		       "ELF");
	fd = multiboot_1(kludge, fine, sizeof(fine));
	boot_file_patch(fd, 0, "flat", 4);
	assert_int_equal(inspect(fd), 0);
	assert_int_equal(seen.type, KB_IMAGE_MULTIBOOT);
	assert_int_equal(seen.arch, KB_ARCH_I386);
	fd = multiboot_1(kludge, fine, sizeof(fine));
	boot_file_patch(fd, 0, "flat", 4);
	assert_refused(boot_file_cut(fd, AT + 20), -EUCLEAN,
		       "k is damaged: its multiboot header is cut short");
}

/* A file of 64 bits with a header of version 2 and these tags, 8 bytes each, at offset. */
static int multiboot_2(size_t offset, const char *tags, uint32_t tag_bytes)
{
	uint32_t len = 16 + tag_bytes;
	const uint32_t header[4] = {0xe85250d6, 0, len, 0u - 0xe85250d6u - len};
	int fd = boot_file_elf(2, 62, 1);

	boot_file_patch(fd, offset, header, sizeof(header));
	boot_file_patch(fd, offset + sizeof(header), tags, tag_bytes);
	return fd;
}

#define END_TAG "\0\0\0\0\10\0\0\0"

static void multiboot_2_headers(void **state)
{
	const uint32_t one[3] = {0x1badb002, 3, 0u - 0x1badb002u - 3u};
	int fd;

	(void)state;
	assert_int_equal(inspect(multiboot_2(0x80, END_TAG, 8)), 0);
	assert_int_equal(seen.type, KB_IMAGE_MULTIBOOT2);
	assert_int_equal(seen.arch, KB_ARCH_X86_64);
	assert_int_equal(seen.cmdline_max_bytes, 0);
	assert_int_equal(inspect(multiboot_2(0x7fe8, END_TAG, 8)), 0);
	assert_int_equal(seen.type, KB_IMAGE_MULTIBOOT2);
	assert_refused(multiboot_2(0x7ff0, END_TAG, 8), -EUCLEAN,
		       "k is damaged: its multiboot header is longer than what must hold it");
	/* Alignment of modules, in a tag that is filled up. */
	assert_int_equal(inspect(multiboot_2(0x80, "\6\0\0\0\11\0\0\0-------+" END_TAG, 24)), 0);
	/* kexec-tools would go round and round. */
	assert_refused(multiboot_2(0x80, "\6\0\0\0\0\0\0\0" END_TAG, 16), -EUCLEAN,
		       "k is damaged: its multiboot header has tags that lead nowhere");
	assert_refused(multiboot_2(0x80, "\6\0\0\0\21\0\0\0" END_TAG, 16), -EUCLEAN,
		       "k is damaged: its multiboot header has tags that lead nowhere");
	assert_refused(multiboot_2(0x80, "\6\0\0\0\10\0\0\0", 8), -EUCLEAN,
		       "k is damaged: its multiboot header has tags that lead nowhere");
	/* An entry address of its own, unless it can be done without. */
	assert_refused(multiboot_2(0x80, "\3\0\0\0\14\0\0\0entry---" END_TAG, 24), -ENOEXEC,
		       "k asks for what kexec-tools does not know (multiboot 2 tag 3)");
	assert_int_equal(inspect(multiboot_2(0x80, "\3\0\1\0\14\0\0\0entry---" END_TAG, 24)), 0);
	fd = multiboot_2(0x80, END_TAG, 8);
	boot_file_patch(fd, 0, "flat", 4);
	assert_refused(fd, -ENOEXEC,
		       "k is a multiboot 2 kernel, but not an ELF file, the only kind that "
		       "kexec-tools loads");
	/* Of a kernel with both headers the one that can be used counts. */
	fd = boot_file_elf32(2, 3, 1);
	boot_file_patch(fd, 0xc0, one, sizeof(one));
	boot_file_patch(fd, 0x80, "\xd6\x50\x52\xe8\0\0\0\0\x20\0\0\0\x0a\xaf\xad\x17", 16);
	boot_file_patch(fd, 0x90, "\3\0\0\0\10\0\0\0" END_TAG, 16);
	assert_int_equal(inspect(fd), 0);
	assert_int_equal(seen.type, KB_IMAGE_MULTIBOOT);
	fd = boot_file_elf32(2, 3, 1);
	boot_file_patch(fd, 0xc0, one, sizeof(one));
	boot_file_patch(fd, 0x80, "\xd6\x50\x52\xe8\0\0\0\0\x18\0\0\0\x12\xaf\xad\x17", 16);
	boot_file_patch(fd, 0x90, END_TAG, 8);
	assert_int_equal(inspect(fd), 0);
	assert_int_equal(seen.type, KB_IMAGE_MULTIBOOT2);
	assert_int_equal(seen.arch, KB_ARCH_I386);
}

static void other_machines(void **state)
{
	uint8_t head[128] = {0};

	(void)state;
	memcpy(head + 56, "ARM\x64", 4);
	assert_int_equal(inspect(boot_file(head, sizeof(head))), 0);
	assert_int_equal(seen.type, KB_IMAGE_ARM64);
	assert_int_equal(seen.arch, KB_ARCH_ARM64);
	memcpy(head + 56, "RSC\x05", 4);
	assert_int_equal(inspect(boot_file(head, sizeof(head))), 0);
	assert_int_equal(seen.arch, KB_ARCH_RISCV64);
	memset(head, 0, sizeof(head));
	memcpy(head + 0x24, "\x18\x28\x6f\x01\0\0\0\0\x00\x01\0\0", 12);
	assert_refused(boot_file(head, sizeof(head)), -EUCLEAN,
		       "k is truncated: its header says 256 bytes, the file has 128");
	head[0x2d] = 0;
	head[0x2c] = 0x80;
	assert_int_equal(inspect(boot_file(head, sizeof(head))), 0);
	assert_int_equal(seen.type, KB_IMAGE_ARM);
}

static void uimage(void **state)
{
	uint8_t head[96] = {0x27, 0x05, 0x19, 0x56};

	(void)state;
	head[15] = 32; /* data size, big-endian */
	head[29] = 22;
	head[30] = 2;
	memcpy(head + 32, "Linux-6.1", 9);
	assert_int_equal(inspect(boot_file(head, sizeof(head))), 0);
	assert_int_equal(seen.type, KB_IMAGE_UIMAGE);
	assert_int_equal(seen.arch, KB_ARCH_ARM64);
	assert_string_equal(seen.version, "Linux-6.1");
	assert_refused(boot_file(head, sizeof(head) - 1), -EUCLEAN,
		       "k is truncated: its header says 96 bytes, the file has 95");
	head[30] = 3;
	assert_refused(boot_file(head, sizeof(head)), -ENOEXEC,
		       "k is a U-Boot image, but not of a kernel");
}

static void strangers(void **state)
{
	uint8_t disk[1024] = {0};

	(void)state;
	assert_refused(boot_file("", 0), -ENOEXEC, "k is empty");
	assert_refused(boot_file("x", 1), -ENOEXEC, "k is not a kernel");
	assert_refused(boot_file_text("070701000"), -ENOEXEC,
		       "k is an initramfs archive, not a kernel");
	assert_refused(boot_file_text("<!DOCTYPE html>"), -ENOEXEC,
		       "k is a web page (does the network want a login first?), not a kernel");
	assert_refused(boot_file_text("<HTML>"), -ENOEXEC,
		       "k is a web page (does the network want a login first?), not a kernel");
	assert_refused(boot_file_text("#!/bin/sh\n"), -ENOEXEC, "k is a script, not a kernel");
	disk[510] = 0x55;
	disk[511] = 0xaa;
	assert_refused(boot_file(disk, sizeof(disk)), -ENOEXEC,
		       "k is a boot sector or disk image, not a kernel");
	assert_refused(open("/", O_RDONLY | O_CLOEXEC), -ENOEXEC, "k is not a regular file");
}

static void compressed_kernels(void **state)
{
	struct bzimage_spec spec = {.version = "6.1.0 (me) #1", .body_bytes = 256 << 10};
	uint8_t arm64[128] = {0};

	(void)state;
	assert_int_equal(inspect(boot_file_gzip(boot_file_elf(2, 62, 1))), 0);
	assert_int_equal(seen.type, KB_IMAGE_GZIP);
	assert_int_equal(seen.unpacked, KB_IMAGE_ELF);
	assert_int_equal(seen.arch, KB_ARCH_X86_64);
	assert_int_equal(inspect(boot_file_gzip(boot_file_bzimage(&spec))), 0);
	assert_int_equal(seen.unpacked, KB_IMAGE_BZIMAGE);
	assert_string_equal(seen.version, "6.1.0 (me) #1");
	assert_int_equal(seen.cmdline_max_bytes, 2047);
	memcpy(arm64 + 56, "ARM\x64", 4);
	assert_int_equal(inspect(boot_file_gzip(boot_file(arm64, sizeof(arm64)))), 0);
	assert_int_equal(seen.arch, KB_ARCH_ARM64);
}

static void compressed_strangers(void **state)
{
	static const char hi[] = "hi\n";
	uint8_t endless[64 << 10];

	(void)state;
	assert_refused(boot_file_gzip(boot_file_text(hi)), -ENOEXEC,
		       "k, unpacked, is not a kernel");
	assert_refused(boot_file_gzip(boot_file("", 0)), -ENOEXEC, "k, unpacked, is not a kernel");
	assert_refused(boot_file_gzip(boot_file_text("070701000")), -ENOEXEC,
		       "k, unpacked, is an initramfs archive, not a kernel");
	assert_refused(boot_file_gzip(boot_file_gzip(boot_file_elf(2, 62, 1))), -ENOEXEC,
		       "k, unpacked, is not a kernel");
	assert_refused(boot_file_gzip(boot_file_elf(3, 62, 3)), -ENOEXEC,
		       "k, unpacked, is a program, not a kernel");
	assert_refused(boot_file_gzip(boot_file_cut(boot_file_elf(2, 62, 1), 0xf0)), -EUCLEAN,
		       "k, unpacked, is truncated: its header says 256 bytes, the file has 240");
	assert_refused(boot_file("\x1f\x8b\x08\0", 4), -ENOEXEC, "k, unpacked, is not a kernel");
	assert_refused(boot_file("\x1f\x8b\x08\0\0\0\0\0\0\0\xff\xff", 12), -EUCLEAN,
		       "k is damaged: it cannot be unpacked");
	/* A header whose file name has no end. */
	memset(endless, 'x', sizeof(endless));
	memcpy(endless, "\x1f\x8b\x08\x08", 4);
	assert_refused(boot_file(endless, sizeof(endless)), -ENOEXEC,
		       "k, unpacked, is not a kernel");
}

static void names(void **state)
{
	(void)state;
	for (int i = KB_IMAGE_UNKNOWN + 1; i <= KB_IMAGE_ARM; i++) {
		assert_string_not_equal(kb_image_type_name((enum kb_image_type)i), "unknown");
	}
	for (int i = KB_ARCH_UNKNOWN + 1; i <= KB_ARCH_OTHER; i++) {
		assert_string_not_equal(kb_arch_name((enum kb_arch)i),
					kb_arch_name(KB_ARCH_UNKNOWN));
	}
	assert_int_not_equal(kb_arch_here(), KB_ARCH_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bzimage_tells_what_it_is),
		cmocka_unit_test(bzimage_architecture_and_limits),
		cmocka_unit_test(bzimage_cut_short),
		cmocka_unit_test(bzimage_that_lies),
		cmocka_unit_test(bzimage_that_needs_the_bios),
		cmocka_unit_test(efi_programs),
		cmocka_unit_test(elf_files),
		cmocka_unit_test(elf_class_and_byte_order),
		cmocka_unit_test(multiboot_headers),
		cmocka_unit_test(multiboot_addresses),
		cmocka_unit_test(multiboot_2_headers),
		cmocka_unit_test(other_machines),
		cmocka_unit_test(uimage),
		cmocka_unit_test(strangers),
		cmocka_unit_test(compressed_kernels),
		cmocka_unit_test(compressed_strangers),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("boot/image", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/boot/image.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image_source.h"
#include "kboot/base/tree.h"

/* The first that matches wins: a bzImage and an arm64 Image are PE files too. */
static const struct kb_image_kind *const kinds[] = {
	&kb_image_kind_bzimage, &kb_image_kind_arm64, &kb_image_kind_riscv,
	&kb_image_kind_arm,     &kb_image_kind_pe,    &kb_image_kind_elf,
	&kb_image_kind_uimage,  &kb_image_kind_gzip,  &kb_image_kind_multiboot,
};

/* So answers a captive portal, whatever it is asked for. */
#define WEB_PAGE "a web page (does the network want a login first?)"

/* What people point at by mistake; magic at offset 0 unless said. */
static const struct {
	size_t offset;
	const char *magic;
	size_t magic_len;
	const char *what;
} strangers[] = {
	{0, "070701", 6, "an initramfs archive"},
	{0, "070702", 6, "an initramfs archive"},
	{0, "\x28\xb5\x2f\xfd", 4, "zstd-compressed data (an initrd?)"},
	{0, "\xfd\x37zXZ", 5, "xz-compressed data (an initrd?)"},
	{0, "\x02\x21\x4c\x18", 4, "lz4-compressed data (an initrd?)"},
	{0, "\x04\x22\x4d\x18", 4, "lz4-compressed data (an initrd?)"},
	{0, "BZh", 3, "bzip2-compressed data (an initrd?)"},
	{0, "\xd0\x0d\xfe\xed", 4, "a device tree or FIT image"},
	{0, "PK\x03\x04", 4, "a zip archive"},
	{0, "#!", 2, "a script"},
	{0, "<!", 2, WEB_PAGE},
	{0, "<html", 5, WEB_PAGE},
	{0, "<HTML", 5, WEB_PAGE},
	{0x1fe, "\x55\xaa", 2, "a boot sector or disk image"},
};

static const struct {
	enum kb_image_type type;
	const char *name;
} type_names[] = {
	{KB_IMAGE_UNKNOWN, "unknown"},
	{KB_IMAGE_BZIMAGE, "Linux kernel (bzImage)"},
	{KB_IMAGE_PE, "EFI program"},
	{KB_IMAGE_UKI, "unified kernel image"},
	{KB_IMAGE_ARM64, "Linux kernel (arm64 Image)"},
	{KB_IMAGE_RISCV, "Linux kernel (RISC-V Image)"},
	{KB_IMAGE_ELF, "ELF kernel"},
	{KB_IMAGE_UIMAGE, "U-Boot image (uImage)"},
	{KB_IMAGE_GZIP, "gzip-compressed kernel"},
	{KB_IMAGE_MULTIBOOT, "multiboot kernel"},
	{KB_IMAGE_MULTIBOOT2, "multiboot 2 kernel"},
	{KB_IMAGE_ARM, "Linux kernel (ARM zImage)"},
};

static const struct {
	enum kb_arch arch;
	const char *name;
} arch_names[] = {
	{KB_ARCH_UNKNOWN, "an unknown architecture"},
	{KB_ARCH_X86_64, "x86-64"},
	{KB_ARCH_I386, "32-bit x86"},
	{KB_ARCH_ARM64, "arm64"},
	{KB_ARCH_ARM, "32-bit ARM"},
	{KB_ARCH_PPC64, "64-bit PowerPC"},
	{KB_ARCH_RISCV64, "64-bit RISC-V"},
	{KB_ARCH_S390X, "s390x"},
	{KB_ARCH_OTHER, "another architecture"},
};

#if defined(__x86_64__)
#define ARCH_HERE KB_ARCH_X86_64
#elif defined(__i386__)
#define ARCH_HERE KB_ARCH_I386
#elif defined(__aarch64__)
#define ARCH_HERE KB_ARCH_ARM64
#elif defined(__arm__)
#define ARCH_HERE KB_ARCH_ARM
#elif defined(__powerpc64__)
#define ARCH_HERE KB_ARCH_PPC64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH_HERE KB_ARCH_RISCV64
#elif defined(__s390x__)
#define ARCH_HERE KB_ARCH_S390X
#else
#define ARCH_HERE KB_ARCH_OTHER
#endif

const char *kb_image_type_name(enum kb_image_type type)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(type_names); i++) {
		if (type_names[i].type == type) {
			return type_names[i].name;
		}
	}
	return type_names[0].name;
}

const char *kb_arch_name(enum kb_arch arch)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(arch_names); i++) {
		if (arch_names[i].arch == arch) {
			return arch_names[i].name;
		}
	}
	return arch_names[0].name;
}

enum kb_arch kb_arch_here(void)
{
	return ARCH_HERE;
}

bool kb_image_has(const struct kb_image_source *src, size_t offset, const void *magic, size_t len)
{
	return offset <= src->head_len && len <= src->head_len - offset &&
	       memcmp(src->head + offset, magic, len) == 0;
}

int kb_image_read(const struct kb_image_source *src, uint64_t offset, void *buf, size_t len)
{
	if (offset > src->size_bytes || len > src->size_bytes - offset) {
		return -EUCLEAN;
	}
	if (kb_image_is_unpacked(src)) {
		if (offset > src->head_len || len > src->head_len - offset) {
			return -EUCLEAN;
		}
		memcpy(buf, src->head + offset, len);
		return 0;
	}
	return kb_read_at(src->fd, offset, buf, len);
}

const char *kb_image_count(char buf[KB_IMAGE_COUNT_TEXT], uint64_t n)
{
	char *p = buf + KB_IMAGE_COUNT_TEXT;
	unsigned digits = 0;

	*--p = '\0';
	do {
		if (digits > 0 && digits % 3 == 0) {
			*--p = ',';
		}
		*--p = (char)('0' + n % 10);
		n /= 10;
		digits++;
	} while (n > 0);
	return p;
}

int kb_image_truncated(const struct kb_image_source *src, uint64_t wanted_bytes,
		       struct kb_error *err)
{
	char wanted[KB_IMAGE_COUNT_TEXT];
	char has[KB_IMAGE_COUNT_TEXT];

	if (src->size_bytes == KB_IMAGE_SIZE_UNKNOWN) {
		return kb_error_set(err, -EUCLEAN, "%s is damaged: its header leads nowhere",
				    src->name);
	}
	return kb_error_set(err, -EUCLEAN,
			    "%s is truncated: its header says %s bytes, the file has %s", src->name,
			    kb_image_count(wanted, wanted_bytes),
			    kb_image_count(has, src->size_bytes));
}

void kb_image_copy_text(char *buf, size_t size, const uint8_t *text, size_t len)
{
	size_t n = 0;

	while (n < len && n < size - 1 && text[n] != '\0' && text[n] != '\n') {
		char c = (char)text[n];

		buf[n] = '?';
		if (c >= ' ' && c < 0x7f) {
			buf[n] = c;
		}
		n++;
	}
	buf[n] = '\0';
}

static int stranger(const struct kb_image_source *src, struct kb_error *err)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(strangers); i++) {
		if (kb_image_has(src, strangers[i].offset, strangers[i].magic,
				 strangers[i].magic_len)) {
			return kb_error_set(err, -ENOEXEC, "%s is %s, not a kernel", src->name,
					    strangers[i].what);
		}
	}
	return kb_error_set(err, -ENOEXEC, "%s is not a kernel", src->name);
}

static int open_source(struct kb_image_source *src, uint8_t *head, struct kb_error *err)
{
	struct stat st;
	int r;

	if (fstat(src->fd, &st) < 0) {
		return kb_error_set(err, -errno, "%s: %s", src->name, strerror(errno));
	}
	if (!S_ISREG(st.st_mode)) {
		return kb_error_set(err, -ENOEXEC, "%s is not a regular file", src->name);
	}
	if (st.st_size <= 0) {
		return kb_error_set(err, -ENOEXEC, "%s is empty", src->name);
	}
	src->size_bytes = (uint64_t)st.st_size;
	src->head_len = src->size_bytes < KB_IMAGE_HEAD_BYTES ? (size_t)src->size_bytes
							      : KB_IMAGE_HEAD_BYTES;
	r = kb_image_read(src, 0, head, src->head_len);
	if (r < 0) {
		return kb_error_set(err, r, "reading %s: %s", src->name, strerror(-r));
	}
	src->head = head;
	return 0;
}

int kb_image_inspect_source(const struct kb_image_source *src, struct kb_image *ret_image,
			    struct kb_error *err)
{
	struct kb_image image = {.size_bytes = src->size_bytes};
	int r;

	for (size_t i = 0; i < KB_ARRAY_LEN(kinds); i++) {
		if (!kinds[i]->match(src)) {
			continue;
		}
		image.type = kinds[i]->type;
		r = kinds[i]->inspect(src, &image, err);
		if (r == 0) {
			*ret_image = image;
		}
		return r;
	}
	return stranger(src, err);
}

int kb_image_inspect(int fd, const char *name, struct kb_image *ret_image, struct kb_error *err)
{
	struct kb_image_source src = {.fd = fd, .name = name};
	uint8_t head[KB_IMAGE_HEAD_BYTES];
	int r = open_source(&src, head, err);

	return r < 0 ? r : kb_image_inspect_source(&src, ret_image, err);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "image_multiboot.h"
#include "image_source.h"

enum {
	ELF_CLASS = 4,
	ELF_CLASS_32 = 1,
	ELF_CLASS_64 = 2,
	ELF_DATA = 5,
	ELF_DATA_LITTLE = 1,
	ELF_DATA_BIG = 2,
	ELF_TYPE = 16,
	ELF_MACHINE = 18,
	ELF_HEADER_32 = 52,
	ELF_HEADER_64 = 64,
	TYPE_REL = 1,
	TYPE_EXEC = 2,
	TYPE_DYN = 3,
	PHDR_32 = 32,
	PHDR_64 = 56,
	PHDR_INTERP = 3,
	MAX_PHDRS = 512,
	X86_CMDLINE_MAX_BYTES = 2047, /* COMMAND_LINE_SIZE of arch/x86, and of kexec-tools */
};

/* A file of another class or byte order (0: either) is none for that machine: x32, for one. */
static const struct {
	unsigned machine;
	uint8_t class;
	uint8_t data;
	enum kb_arch arch;
} machines[] = {
	{3, ELF_CLASS_32, ELF_DATA_LITTLE, KB_ARCH_I386},
	{62, ELF_CLASS_64, ELF_DATA_LITTLE, KB_ARCH_X86_64},
	{40, ELF_CLASS_32, 0, KB_ARCH_ARM},
	{183, ELF_CLASS_64, 0, KB_ARCH_ARM64},
	{21, ELF_CLASS_64, 0, KB_ARCH_PPC64},
	{22, ELF_CLASS_64, ELF_DATA_BIG, KB_ARCH_S390X},
	{243, ELF_CLASS_64, ELF_DATA_LITTLE, KB_ARCH_RISCV64},
};

/* Reads the fields of either class and byte order from bytes that are there. */
struct elf {
	bool is_64;
	bool is_big;
};

static unsigned get16(struct elf e, const uint8_t *p)
{
	return e.is_big ? (unsigned)p[0] << 8 | p[1] : kb_le16(p);
}

static uint32_t get32(struct elf e, const uint8_t *p)
{
	return e.is_big ? kb_be32(p) : kb_le32(p);
}

static uint64_t get64(struct elf e, const uint8_t *p)
{
	return e.is_big ? (uint64_t)kb_be32(p) << 32 | kb_be32(p + 4) : kb_le64(p);
}

/* An Elf_Addr or Elf_Off of this class. */
static uint64_t get_word(struct elf e, const uint8_t *p)
{
	return e.is_64 ? get64(e, p) : get32(e, p);
}

static bool match(const struct kb_image_source *src)
{
	return kb_image_has(src, 0, "\177ELF", 4);
}

static int check_type(const struct kb_image_source *src, unsigned type, struct kb_error *err)
{
	if (type == TYPE_REL) {
		return kb_error_set(err, -ENOEXEC, "%s is an object file or module, not a kernel",
				    src->name);
	}
	if (type != TYPE_EXEC && type != TYPE_DYN) {
		return kb_error_set(err, -ENOEXEC, "%s is an ELF file, but not a kernel",
				    src->name);
	}
	return 0;
}

static int check_phdr(const struct kb_image_source *src, struct elf e, const uint8_t *phdr,
		      struct kb_error *err)
{
	uint64_t offset = get_word(e, phdr + (e.is_64 ? 8 : 4));
	uint64_t bytes = get_word(e, phdr + (e.is_64 ? 32 : 16));
	uint64_t end;

	if (get32(e, phdr) == PHDR_INTERP) {
		return kb_error_set(err, -ENOEXEC, "%s is a program, not a kernel", src->name);
	}
	if (__builtin_add_overflow(offset, bytes, &end)) {
		return kb_error_set(err, -EUCLEAN, "%s is damaged: its ELF headers lead nowhere",
				    src->name);
	}
	return bytes > 0 && end > src->size_bytes ? kb_image_truncated(src, end, err) : 0;
}

static int check_phdrs(const struct kb_image_source *src, struct elf e, struct kb_error *err)
{
	const uint8_t *h = src->head;
	uint64_t table = get_word(e, h + (e.is_64 ? 32 : 28));
	unsigned entry_bytes = get16(e, h + (e.is_64 ? 54 : 42));
	unsigned n = get16(e, h + (e.is_64 ? 56 : 44));
	uint8_t phdr[PHDR_64];
	size_t need = e.is_64 ? PHDR_64 : PHDR_32;
	int r;

	if (n == 0 || n > MAX_PHDRS || entry_bytes < need || table > INT64_MAX) {
		return kb_error_set(err, -EUCLEAN,
				    "%s is damaged: %u program headers of %u bytes make no sense",
				    src->name, n, entry_bytes);
	}
	for (unsigned i = 0; i < n; i++) {
		r = kb_image_read(src, table + (uint64_t)i * entry_bytes, phdr, need);
		if (r == -EUCLEAN) {
			return kb_image_truncated(src, table + (uint64_t)n * entry_bytes, err);
		}
		if (r < 0) {
			return kb_error_set(err, r, "reading %s: %s", src->name, strerror(-r));
		}
		r = check_phdr(src, e, phdr, err);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int check_ident(const struct kb_image_source *src, struct kb_error *err)
{
	unsigned class;
	unsigned data;

	if (src->head_len < ELF_HEADER_32 ||
	    (src->head[ELF_CLASS] == ELF_CLASS_64 && src->head_len < ELF_HEADER_64)) {
		return kb_image_truncated(src, ELF_HEADER_64, err);
	}
	class = src->head[ELF_CLASS];
	data = src->head[ELF_DATA];
	if ((class != ELF_CLASS_32 && class != ELF_CLASS_64) ||
	    (data != ELF_DATA_LITTLE && data != ELF_DATA_BIG)) {
		return kb_error_set(err, -EUCLEAN,
				    "%s is damaged: its ELF header has class %u and byte order %u",
				    src->name, class, data);
	}
	return 0;
}

static enum kb_arch find_arch(const uint8_t *head, unsigned machine)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(machines); i++) {
		if (machines[i].machine == machine && machines[i].class == head[ELF_CLASS] &&
		    (machines[i].data == 0 || machines[i].data == head[ELF_DATA])) {
			return machines[i].arch;
		}
	}
	return KB_ARCH_OTHER;
}

static int inspect(const struct kb_image_source *src, struct kb_image *image, struct kb_error *err)
{
	struct elf e = {0};
	int r;

	r = check_ident(src, err);
	if (r < 0) {
		return r;
	}
	e.is_64 = src->head[ELF_CLASS] == ELF_CLASS_64;
	e.is_big = src->head[ELF_DATA] == ELF_DATA_BIG;
	r = check_type(src, get16(e, src->head + ELF_TYPE), err);
	if (r < 0) {
		return r;
	}
	r = check_phdrs(src, e, err);
	if (r < 0) {
		return r;
	}
	image->arch = find_arch(src->head, get16(e, src->head + ELF_MACHINE));
	if (image->arch == KB_ARCH_X86_64 || image->arch == KB_ARCH_I386) {
		image->cmdline_max_bytes = X86_CMDLINE_MAX_BYTES;
	}
	return kb_multiboot_inspect(src, e.is_64 ? KB_FILE_ELF_64 : KB_FILE_ELF_32, image, err);
}

const struct kb_image_kind kb_image_kind_elf = {KB_IMAGE_ELF, match, inspect};

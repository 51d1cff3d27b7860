/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel file is, judged by its content: type, architecture, limits.
 * For core (inside the load worker, and for dry runs) and whoever asks "is this bootable".
 * Must not trust an offset or a size in the file, and must not change the machine.
 */
#ifndef KBOOT_BOOT_IMAGE_H
#define KBOOT_BOOT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kboot/base/error.h"

enum kb_image_type {
	KB_IMAGE_UNKNOWN,
	KB_IMAGE_BZIMAGE, /* x86 boot protocol */
	KB_IMAGE_PE, /* EFI application without a bzImage header (arm64 Image, UKI, EFI zboot) */
	KB_IMAGE_UKI,
	KB_IMAGE_ARM64,
	KB_IMAGE_RISCV,
	KB_IMAGE_ELF,
	KB_IMAGE_UIMAGE,
	KB_IMAGE_GZIP, /* a compressed kernel of another kind: unpacked says of which */
	KB_IMAGE_MULTIBOOT,
	KB_IMAGE_MULTIBOOT2,
	KB_IMAGE_ARM, /* 32-bit ARM zImage */
};

enum kb_arch {
	KB_ARCH_UNKNOWN,
	KB_ARCH_X86_64,
	KB_ARCH_I386,
	KB_ARCH_ARM64,
	KB_ARCH_ARM,
	KB_ARCH_PPC64,
	KB_ARCH_RISCV64,
	KB_ARCH_S390X,
	KB_ARCH_OTHER
};

struct kb_image {
	enum kb_image_type type;
	enum kb_image_type unpacked; /* GZIP: what comes out of it */
	enum kb_arch arch;
	char version[128];        /* the kernel's own version text, "" if it does not say */
	size_t cmdline_max_bytes; /* without the NUL; 0: unknown */
	uint64_t size_bytes;
	bool is_signed; /* PE with a certificate table */
};

const char *kb_image_type_name(enum kb_image_type type);
const char *kb_arch_name(enum kb_arch arch);
enum kb_arch kb_arch_here(void);

/*
 * Looks at an open regular file. A file that is not bootable at all is -ENOEXEC, one that only a
 * BIOS can start -ENOTSUP, a cut one -EUCLEAN ("… is truncated: its header says 8,123,456 bytes,
 * the file has 4,096"), with a sentence that starts with name.
 */
KB_MUST_CHECK int kb_image_inspect(int fd, const char *name, struct kb_image *ret_image,
				   struct kb_error *err);

#endif

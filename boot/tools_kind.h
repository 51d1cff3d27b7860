/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kexec-tools can load on this machine, and what it must be told about it.
 * For the plan (can it at all?) and for tools.c, which starts it.
 * Must not look into a file: that is the inspector's work.
 */
#ifndef KBOOT_BOOT_TOOLS_KIND_H
#define KBOOT_BOOT_TOOLS_KIND_H

#include "kboot/boot/image.h"

struct kb_tools_kind {
	const char *type; /* its argument for the type; NULL: it finds out */
	const char
		*style; /* its argument for the kernel's boot protocol; NULL: there is one only */
	bool initrd;    /* the initrds, as one --initrd= */
	bool modules;   /* each as a --module= */
	bool dtb;
};

/* NULL: it knows no such kernel here. */
const struct kb_tools_kind *kb_tools_kind(const struct kb_image *image);

#endif

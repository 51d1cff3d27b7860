/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a label starts: which kind of file, with what behind it; and which label a branch means.
 * For the files of this folder.
 * Must not open anything.
 */
#ifndef KBOOT_FORMATS_SYSLINUX_START_H
#define KBOOT_FORMATS_SYSLINUX_START_H

#include "syslinux/config.h"

enum syslinux_program {
	SYSLINUX_NO_PROGRAM,
	SYSLINUX_MENU,
	SYSLINUX_MBOOT,
	SYSLINUX_LINUX_C32,
	SYSLINUX_CHAIN,
	SYSLINUX_REBOOT,
	SYSLINUX_POWEROFF,
	SYSLINUX_IFCPU,
	SYSLINUX_WHICHSYS,
	SYSLINUX_OTHER_PROGRAM,
};

struct syslinux_start {
	enum syslinux_type type; /* KERNEL only where it is Linux */
	enum syslinux_program program;
	struct kb_str file;
	struct kb_str args; /* behind the file, then the label's own; in the arena */
};

/* -ENOMEM. */
KB_MUST_CHECK int syslinux_start_of(const struct syslinux_config *config,
				    const struct syslinux_label *label,
				    struct syslinux_start *ret_start);
/* The label that is called so in one configuration, or NULL; rest: what stands behind its name. */
struct syslinux_label *syslinux_find(const struct syslinux_config *config, unsigned called,
				     struct kb_str text, struct kb_str *ret_rest);
/* The label that it comes to behind ifcpu64.c32, whichsys.c32 and the like. -ENOMEM. */
KB_MUST_CHECK int syslinux_follow(const struct syslinux_config *config,
				  const struct syslinux_label *label,
				  const struct syslinux_label **ret_label,
				  struct syslinux_start *ret_start);
/* Are its kernel, its initrd and the device tree that it names there? -ENOMEM. */
KB_MUST_CHECK int syslinux_is_whole(const struct syslinux_config *config,
				    struct tree_lookups *lookups,
				    const struct syslinux_label *label, bool *ret_is_whole);
/* The name of a kernel without the configuration of a FIT image: "image#conf". */
struct kb_str syslinux_kernel(const struct syslinux_config *config, struct kb_str file);
/* The device tree that a label names, NULL: none, or one inside its FIT image. */
const char *syslinux_dtb(const struct syslinux_label *label);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration in the syntax of Syslinux, its includes and the configurations that it calls, as
 * labels and submenus: of EXTLINUX, ISOLINUX, PXELINUX and SYSLINUX, and of U-Boot.
 * For the files of this folder.
 * Must not judge what a label starts.
 */
#ifndef KBOOT_FORMATS_SYSLINUX_CONFIG_H
#define KBOOT_FORMATS_SYSLINUX_CONFIG_H

#include "conf_diags.h"
#include "loader_files.h"

enum {
	SYSLINUX_MAX_BYTES = 8 << 20, /* of all files of a configuration */
	SYSLINUX_MAX_LABELS = 10000,
	SYSLINUX_MAX_FILES = 64,
};

enum syslinux_dialect { SYSLINUX_DISK, SYSLINUX_ISO, SYSLINUX_NET, SYSLINUX_UBOOT };

/* What a label starts, by its keyword. KERNEL: by the name of the file. */
enum syslinux_type {
	SYSLINUX_KERNEL,
	SYSLINUX_LINUX,
	SYSLINUX_BOOT, /* a boot sector, a disk image, a PXE program */
	SYSLINUX_COM32,
	SYSLINUX_CONFIG,
	SYSLINUX_LOCALBOOT,
};

struct syslinux_menu {
	struct syslinux_menu *parent; /* NULL: the first one */
	size_t depth;
	const char *label; /* text that is not there is NULL */
	const char *title;
	const char *tag;
	bool is_default; /* of its parent */
};

struct syslinux_label {
	struct syslinux_label *next;
	struct syslinux_menu *menu;
	const char *folder; /* its names begin there */
	unsigned called; /* which configuration it is in: 0 is the first, the others are called */
	struct kb_position at; /* canonical */
	const char *path;      /* of that file in the tree */
	const char *name;
	const char *shown; /* the line that a menu shows where nothing names a title */
	const char *title;
	enum syslinux_type type;
	const char *kernel; /* with what stands behind it on its line */
	const char *append; /* "-": none */
	const char *more;   /* arguments behind those */
	const char *initrd;
	const char *dtb;
	const char *dtb_folder;
	const char *overlays;
	const char *sysappend;
	const char *passwd;
	const char *unknown; /* a keyword at which U-Boot ends the label */
	bool is_default;     /* MENU DEFAULT */
	bool hidden;
	bool is_idle; /* a line of the menu that starts nothing */
};

/* What holds outside of labels, and for one configuration with its includes only. */
struct syslinux_globals {
	const char *append;
	const char *sysappend;
	const char *by_default;
	const char *on_timeout;
	const char *ui; /* the line of a menu program; NULL: there is only a prompt */
	bool has_prompt;
	unsigned timeout; /* tenths of a second; 0: none */
	unsigned total_timeout;
	struct kb_position timeout_at;
};

struct syslinux_config {
	/* Set by the caller: */
	struct kb_arena *arena;
	const struct kb_tree *tree;
	struct conf_diags *diags;
	enum syslinux_dialect dialect;
	const char *folder; /* names begin there */
	/* What was read: */
	struct syslinux_globals globals;
	struct syslinux_menu menu;
	struct syslinux_label *first;
	size_t n_labels;
	/* Of the reading: */
	struct syslinux_label **end;
	struct syslinux_label *label; /* the open one */
	struct syslinux_menu *in;
	unsigned called;
	size_t n_too_deep;
	const char *path;  /* of the first file */
	const char *shown; /* the same, canonical */
	const char *files[SYSLINUX_MAX_FILES];
	size_t n_files;
	size_t n_bytes; /* of those */
	bool is_full;   /* it was said that there are too many of something */
};

/* Reads the file and what it includes. -ENOENT, …: that file is not there; -ENOMEM. What cannot be
 * read is a diagnostic. */
KB_MUST_CHECK int syslinux_read(struct syslinux_config *config, const char *path);
/* Reads one more, as if it were pasted behind. -ENOMEM. */
KB_MUST_CHECK int syslinux_add_file(struct syslinux_config *config, const char *path);
/* Reads the file as a submenu with globals and a folder of its own, its labels behind label; not
 * one that was read before. -ENOMEM. */
KB_MUST_CHECK int syslinux_call(struct syslinux_config *config, struct syslinux_label *label,
				const char *path, const char *folder);
/* Adds an empty one at the end. -E2BIG: that was too many. */
KB_MUST_CHECK int syslinux_add(struct syslinux_config *config, struct syslinux_label **ret_label);

#endif

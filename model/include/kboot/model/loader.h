/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What systemd-boot is told of its default, beside the entries: its loader.conf, and the EFI
 * variables that the running system writes (https://systemd.io/BOOT_LOADER_INTERFACE).
 * For every module above base.
 * Must not do I/O; the strings belong to whoever made the value.
 */
#ifndef KBOOT_MODEL_LOADER_H
#define KBOOT_MODEL_LOADER_H

/* Globs of ids; what is not said is NULL. */
struct kb_loader_conf {
	const char *file; /* NULL: there is none */
	const char *preferred;
	const char *wanted; /* default: */
};

enum kb_loader_var {
	KB_LOADER_ONE_SHOT,
	KB_LOADER_PREFERRED,
	KB_LOADER_DEFAULT,
	KB_LOADER_LAST_BOOTED,
	KB_LOADER_TIMEOUT,
	KB_LOADER_TIMEOUT_ONCE,
	KB_LOADER_COUNT_PATH, /* the counted file that was started, for systemd-bless-boot */
	KB_N_LOADER_VARS
};

#define KB_LOADER_VENDOR "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

/* LoaderEntryOneShot, … */
extern const char *const kb_loader_var_names[KB_N_LOADER_VARS];

struct kb_loader_vars {
	const char *values[KB_N_LOADER_VARS]; /* NULL: there is no such variable */
};

#endif

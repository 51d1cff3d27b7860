/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory for one test, filled from literals and removed with all that is in it.
 * For unit and fault tests, which stop (abort) when the machine will not even give them that.
 * Must not follow symlinks out of the directory when it removes.
 */
#ifndef KBOOT_TESTS_TEMP_DIR_H
#define KBOOT_TESTS_TEMP_DIR_H

#include <stddef.h>

struct temp_dir {
	int fd; /* of the directory: what a kb_tree wants as its root */
	char path[64];
};

void temp_dir_init(struct temp_dir *dir);
void temp_dir_done(struct temp_dir *dir);
/* Parents are made on the way. path is relative. */
void temp_dir_mkdir(struct temp_dir *dir, const char *path);
void temp_dir_write(struct temp_dir *dir, const char *path, const void *data, size_t len);
void temp_dir_text(struct temp_dir *dir, const char *path, const char *text);
void temp_dir_symlink(struct temp_dir *dir, const char *path, const char *target);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine that is a folder, for the tests of storage: devices are files, device-mapper and md
 * answer what the test says, and what is told of sets is kept as text.
 * For unit tests.
 * Must not touch a device of the machine that runs the test.
 */
#ifndef KBOOT_TESTS_STORAGE_CASE_H
#define KBOOT_TESTS_STORAGE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_sys.h"
#include "kboot/storage/assembly.h"
#include "temp_dir.h"

enum { TOLD_BYTES = 8192, CASE_MEMBERS = 16 };

struct storage_case {
	struct fake_sys *fake;
	struct temp_dir dir; /* dev/ and sys/ */
	char dev_dir[96];
	char run_dir[96];
	char sys_dir[96];
	struct kb_member members[CASE_MEMBERS];
	struct kb_assembly assembly;
	struct kb_error err;
	char told[TOLD_BYTES]; /* a line a set: KIND STATE NAME WANTED MEMBERS… | WHY */
	/* What the kernel answers to requests of md and btrfs; the first word of its table is
	 * asked. */
	int (*answer)(struct storage_case *c, unsigned long request, void *argument);
	const char *script; /* what a program does, for /bin/sh; $0 is its name */
	char existing[256]; /* a uuid of a device that device-mapper has already */
	char refused[64];   /* a target that it refuses */
};

int storage_case_setup(void **state);
int storage_case_teardown(void **state);
/* Of the assembly; returns what kb_assemble does. */
int storage_case_assemble(struct storage_case *c, enum kb_set_kind kind);
void storage_case_member(struct storage_case *c, const char *name, const char *uuid);
/* Bytes at their place on a disk. */
void storage_case_put(unsigned char *disk, size_t at, const void *bytes, size_t len);
/* Has a call with this text in it been made? */
bool storage_case_did(const struct storage_case *c, const char *text);

#endif

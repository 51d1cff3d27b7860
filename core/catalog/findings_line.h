/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines in which a worker tells the engine what it found: an object a line.
 * For findings.c and findings_writer.c.
 * Must hold declarations only.
 */
#ifndef KBOOT_CORE_FINDINGS_LINE_H
#define KBOOT_CORE_FINDINGS_LINE_H

#include "kboot/base/error.h"
#include "kboot/base/record.h"

enum findings_kind {
	ENTRY,
	DEVICE,
	SYSTEM,
	MOUNT,
	SETTING,
	LOADER,
	VARIABLE,
	OTHER,
	DIAG,
	GREETING,
	ERROR,
	END,
	N_KINDS
};

/* An entry and a device have an object of their own beside it. */
struct findings_line {
	enum findings_kind kind;
	unsigned number; /* SETTING, VARIABLE: which; DIAG: the severity; ERROR: errno */
	const char
		*text; /* MOUNT: the source; SETTING, VARIABLE: the value; LOADER: default; OTHER */
	const char *dir;       /* MOUNT; LOADER: preferred */
	const char *subvolume; /* MOUNT */
	bool is_bind;
	bool of_loader; /* SETTING: another boot loader's */
	struct kb_position at;
};

enum { LINE, OF_SYSTEM };

enum { KB_FINDINGS_N_FIELDS = 15 };

extern const struct kb_field kb_findings_fields[KB_FINDINGS_N_FIELDS];

#endif

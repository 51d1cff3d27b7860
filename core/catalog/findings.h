/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was found at one place (a device, a folder, kboot's own configuration), and its way from a
 * worker to the engine. For the rest of core. Must not trust the worker, which has read a hostile
 * disk: every number is capped.
 */
#ifndef KBOOT_CORE_FINDINGS_H
#define KBOOT_CORE_FINDINGS_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"
#include "kboot/formats/installed.h"
#include "kboot/formats/reader.h"
#include "kboot/model/entry.h"
#include "kboot/model/fstab.h"
#include "kboot/model/setting.h"

enum {
	KB_FINDINGS_MAX_ENTRIES = 20000,
	KB_FINDINGS_MAX_SETTINGS = 256,
	KB_FINDINGS_MAX_FSTAB = 256, /* lines, of a system */
	KB_FINDINGS_MAX_SYSTEMS = 16,
	KB_FINDINGS_MAX_OTHERS = 8, /* filesystems besides the place's own */
	KB_FINDINGS_MAX_LOSSES = 4,
	KB_FINDINGS_MAX_DIAGS = 128, /* in the log; of the others only the number is told */
	KB_GREETING_MAX_BYTES = 4096,
};

/* An operating system that is installed there, and its fstab. */
struct kb_system {
	const char *subvolume; /* of a btrfs, with a slash before; NULL: the filesystem's root */
	struct kb_installed says;
	struct kb_fstab fstab;
};

/* Zeroed is empty. Strings live in the arena, whose account, if it has one, is charged for all. */
struct kb_findings {
	struct kb_arena arena;
	bool has_device;
	struct kb_device device;
	struct kb_entry *entries;
	size_t n_entries;
	size_t cap_entries;
	struct kb_loader_conf loader; /* systemd-boot's */
	struct kb_loader_vars vars;   /* what the firmware says to it */
	struct kb_setting settings[KB_FINDINGS_MAX_SETTINGS];
	size_t n_settings;
	struct kb_system systems[KB_FINDINGS_MAX_SYSTEMS]; /* names without more mean the first */
	size_t n_systems;
	/* Other filesystems that its configurations lead to, as they name them: "UUID=X". */
	const char *others[KB_FINDINGS_MAX_OTHERS];
	size_t n_others;
	const char *greeting;
	bool complete;         /* the worker came to its end */
	struct kb_error error; /* why it did not */
	unsigned n_diags;
	size_t n_dropped; /* entries that found no memory, or came after one that did not */
	/* Sentences with file and line: what could not be read. The first ones; n_lost counts all.
	 */
	const char *losses[KB_FINDINGS_MAX_LOSSES];
	size_t n_losses;
	unsigned n_lost;
};

void kb_findings_done(struct kb_findings *f);
KB_MUST_CHECK int kb_findings_add_setting(struct kb_findings *f, const struct kb_setting *setting);
/* Keeps a diagnostic that tells of a loss, and passes every one on. Out of memory it is counted. */
void kb_findings_take_diag(struct kb_findings *f, const struct kb_diag *diag,
			   const struct kb_diag_sink *sink);
/* The system in the subvolume ("": in the filesystem's root; NULL: the first one), or NULL. */
const struct kb_system *kb_findings_system(const struct kb_findings *f, const char *subvolume);
/* The callbacks of a reader, filling f (ctx). diags go to sink. */
struct kb_reader_out kb_findings_reader_out(struct kb_findings *f,
					    const struct kb_diag_sink *diags);

/* In the worker: a descriptor that takes JSON lines. */
struct kb_findings_writer {
	int fd;
	struct kb_buf buf;
	size_t n_entries;
	size_t n_systems;
	const char *subvolume;     /* of what is written; NULL: the filesystem's root */
	struct kb_setting message; /* the message= that was seen last, copied; value NULL: none */
	struct kb_arena arena;
};

void kb_findings_writer_done(struct kb_findings_writer *w);
KB_MUST_CHECK int kb_findings_write_device(struct kb_findings_writer *w,
					   const struct kb_device *device);
KB_MUST_CHECK int kb_findings_write_system(struct kb_findings_writer *w,
					   const struct kb_system *system);
KB_MUST_CHECK int kb_findings_write_greeting(struct kb_findings_writer *w, const char *text);
KB_MUST_CHECK int kb_findings_write_vars(struct kb_findings_writer *w,
					 const struct kb_loader_vars *vars);
KB_MUST_CHECK int kb_findings_write_other(struct kb_findings_writer *w, const char *name);
KB_MUST_CHECK int kb_findings_write_error(struct kb_findings_writer *w,
					  const struct kb_error *error);
/* The last line: everything was read. */
KB_MUST_CHECK int kb_findings_write_end(struct kb_findings_writer *w);
struct kb_reader_out kb_findings_writer_out(struct kb_findings_writer *w);

/* In the engine: one line of the worker. Diagnostics go to sink. -EINVAL for what is no such line,
 * -E2BIG, -ENOMEM; but an entry that finds no memory is counted, and so is what comes after it. */
KB_MUST_CHECK int kb_findings_read_line(struct kb_findings *f, struct kb_str line,
					const struct kb_diag_sink *sink);
/* After the last line: what was counted but not kept becomes a loss and a line for the sink. */
void kb_findings_end(struct kb_findings *f, const struct kb_diag_sink *sink);

#endif

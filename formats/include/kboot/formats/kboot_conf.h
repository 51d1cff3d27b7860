/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kboot.conf: bytes in, variables and labels with their positions out; expansion of a label to a
 * boot target. For core, app (`kboot check`) and the reader of kboot.conf. Must not open files, and
 * must keep what can be read of a broken one.
 */
#ifndef KBOOT_FORMATS_KBOOT_CONF_H
#define KBOOT_FORMATS_KBOOT_CONF_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/model/setting.h"

enum {
	KB_CONF_MAX_BYTES = 16 << 20,    /* a file above is refused with one sentence */
	KB_CONF_MAX_LINE = 64 << 10,     /* a line above is skipped with one sentence */
	KB_CONF_MAX_LABELS = 20000,      /* labels above are dropped with one sentence */
	KB_CONF_MAX_EXPANSION = 32,      /* labels in labels */
	KB_CONF_MAX_EXPANDED = 16 << 10, /* bytes that a line may come to */
	KB_CONF_MAX_DIAGS = 100,         /* then one "N more" line */
};

struct kb_conf_item {
	struct kb_str name;          /* as written */
	struct kb_str value;         /* outer quotes gone */
	struct kb_position at;       /* of the name */
	struct kb_position value_at; /* of the value's first byte */
};

struct kb_conf_index;

/* Items in file order. Strings point into text or the arena. Made by kb_conf_parse; a zeroed one is
 * empty. */
struct kb_conf {
	const char *file;
	struct kb_conf_item *variables; /* at most one a variable, the last that counted */
	size_t n_variables;
	struct kb_conf_item *labels; /* repeated ones stay */
	size_t n_labels;
	struct kb_conf_index *index; /* of the labels, by name */
	bool is_xell;                /* its first line says that it was written for XeLL */
};

/*
 * text must outlive conf. Broken lines are diagnostics; only -ENOMEM and -EFBIG are failures. What
 * is lost (no `=`, a bad value, a NUL) is an error, what is odd but used is a warning. A file whose
 * first line is #KBOOTCONFIG is XeLL's: " ;" starts a comment behind a value too, but for a value
 * in quotes, and XeLL's own settings are passed over.
 */
KB_MUST_CHECK int kb_conf_parse(struct kb_arena *arena, const char *file, struct kb_str text,
				const struct kb_diag_sink *diags, struct kb_conf *ret_conf,
				struct kb_error *err);
/* Is name a setting of XeLL, which means nothing in text, a file (without byte order mark) of
 * XeLL's? */
bool kb_conf_passes_over(struct kb_str text, struct kb_str name);
const struct kb_conf_item *kb_conf_variable(const struct kb_conf *conf, enum kb_variable variable);
/* The last label of that name, case-insensitive. */
const struct kb_conf_item *kb_conf_label(const struct kb_conf *conf, struct kb_str name);

/*
 * Appends text to line with the settings (initrd= root= dtb=) that stand before its first other
 * word moved behind the last one, where they mean the same: so the first word is what may be a
 * label. True when there were any, and another word. Errors stay in line.
 */
bool kb_conf_move_settings_last(struct kb_str text, struct kb_buf *line);

/* What a label (or a typed line) comes to. Text that is not there is NULL. */
struct kb_conf_target {
	const char *kernel; /* the first word: a name for a file, or a command */
	const char **initrd;
	size_t n_initrd;
	bool has_initrd; /* the line itself has initrd=, maybe with nothing behind it: none */
	const char *root;
	const char *dtb;
	const char *args; /* the kernel's arguments, in order, quotes kept; root= and video= not yet
			     in it */
	const char *line; /* all of it after the expansion, nothing taken out: what the prompt would
			     run */
};

/*
 * Expands line: its first word (quotes respected; the longest label that the line starts with
 * counts, so that labels may contain spaces) is replaced while it is a label of conf. initrd= root=
 * dtb= are taken out wherever they stand; conf's variables initrd, root and dtb fill what the line
 * leaves out. `initrd=` with nothing behind it means none. Of several root= or dtb= the last one
 * counts. -ELOOP for a macro loop (the sentence names the labels), -EINVAL for a line that is empty
 * or nothing but settings, -E2BIG above KB_CONF_MAX_EXPANDED, -ENOMEM.
 */
KB_MUST_CHECK int kb_conf_expand(struct kb_arena *arena, const struct kb_conf *conf,
				 struct kb_str line, struct kb_position at,
				 const struct kb_diag_sink *diags,
				 struct kb_conf_target *ret_target, struct kb_error *err);

#endif

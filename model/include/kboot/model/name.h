/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names for files, as a person or a configuration writes them, and their canonical form.
 * For every module above base.
 * Must not do I/O: what a name means on this machine is for mount and core to find out.
 */
#ifndef KBOOT_MODEL_NAME_H
#define KBOOT_MODEL_NAME_H

#include <stdbool.h>

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/base/str.h"

enum kb_name_kind {
	KB_NAME_RELATIVE,    /* x/y, ./x                    path "x/y" */
	KB_NAME_ENVIRONMENT, /* /boot/vmlinuz               below the booted environment's root */
	KB_NAME_OWN, /* //tmp/foo                   below kboot's own root; path "/tmp/foo" */
	KB_NAME_DEVICE, /* sda2:/x UUID=…:/x vg/lv:/x  place "sda2", "UUID=…", "vg/lv" (no /dev/) */
	/* host:/x [::1]:/x nfs://host:2050/x?vers=3   place "host", "[::1]", "host:2050?vers=3" */
	KB_NAME_NFS,
	/* smb://me@host:4450/share/x                  place "me@host:4450/share" as it is written,
	 * without a password; path "/x", %20 read as a blank */
	KB_NAME_SMB,
	/* http://… and the like                       path is the whole URL, or several (URL|URL),
	 * without passwords; place the scheme */
	KB_NAME_URL,
};

/* All text lives in the arena handed to the parser. path has no "." and no empty components; ".."
 * stays. */
struct kb_name {
	enum kb_name_kind kind;
	const char *place;
	const char *path;
	bool had_password; /* URL, SMB: one was left out, as names are shown to everybody */
};

enum { KB_NAME_MAX_BYTES = 4096 };

/* What there is to say of had_password. */
#define KB_NAME_PASSWORD_TEXT                                                                      \
	"the password in a URL is not used, as everybody can read it here: it belongs into netrc"

/*
 * Takes a name apart. Whether "word:/path" is a device or an NFS host cannot be seen from the text
 * alone: a word that is_device(ctx, word) knows (NULL: it knows none) is a device; of the others
 * those with a dot or a colon in them are hosts. -EINVAL (empty, NUL inside), -ENAMETOOLONG,
 * -ENOMEM, with a sentence.
 */
KB_MUST_CHECK int kb_name_parse(struct kb_arena *arena, struct kb_str text,
				bool (*is_device)(void *ctx, struct kb_str word), void *ctx,
				struct kb_name *ret_name, struct kb_error *err);
/* What may be shown of a text that kb_name_parse refuses: no user with a password. NULL: no memory.
 */
const char *kb_name_to_show(struct kb_arena *arena, const char *text);
/* Is it a KB_NAME_URL? NULL is none. */
bool kb_name_is_url(const char *text);
/* Does it begin with "UUID=", "LABEL=", "PARTUUID=" or "PARTLABEL="? */
bool kb_name_has_tag(struct kb_str text);
/* The folder that a name being typed is in: up to its last slash, or the colon of a device. */
struct kb_str kb_name_folder(struct kb_str name);
/* Is there a ".." in it, so that only a walk can tell where it leads? */
bool kb_name_has_dots(const char *path);
/* Is the canonical name (NULL: none) of a file on the device of that name? */
bool kb_name_is_on(const char *name, const char *device);
/*
 * "NAME:/path", "HOST:/path", a URL, "/path", "//path". A host that could be taken for a device (no
 * dot in it), a port and options make it "nfs://HOST:PORT?OPTIONS/path"; so the path always comes
 * last, and formatting an empty one gives what stands before it. NULL when out of memory.
 */
char *kb_name_format(struct kb_arena *arena, const struct kb_name *name);

#endif

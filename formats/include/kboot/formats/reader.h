/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers: each looks at the tree of one filesystem for the configuration files of one boot loader
 * and gives entries. For core (inside a scan worker) and the tests; GRUB, BLS, extlinux and the
 * rest are further rows of one table. Must not look outside the tree, must not print, and must
 * survive anything the tree holds.
 */
#ifndef KBOOT_FORMATS_READER_H
#define KBOOT_FORMATS_READER_H

#include "kboot/base/error.h"
#include "kboot/base/tree.h"
#include "kboot/model/entry.h"
#include "kboot/model/loader.h"
#include "kboot/model/setting.h"

/* What PXELINUX adds to a command line where it is told to (IPAPPEND, SYSAPPEND); NULL: not known.
 */
struct kb_reader_net {
	const char *ip;     /* 1: "ip=CLIENT:SERVER:GATEWAY:NETMASK" */
	const char *bootif; /* 2: "BOOTIF=01-52-54-…" */
	const char *uuid;   /* 4: "SYSUUID=…" */
};

/* Where a reader's findings go; the callbacks copy what they keep. A negative answer ends the
 * reading. */
struct kb_reader_out {
	void *ctx;
	int (*entry)(void *ctx, const struct kb_entry *entry);
	int (*setting)(void *ctx, const struct kb_setting *setting);
	/* systemd-boot's loader.conf was found. May be NULL. */
	int (*loader)(void *ctx, const struct kb_loader_conf *conf);
	struct kb_diag_sink diags;
	bool wants_all; /* of a file, not only the first few */
	/* Whether a path of the tree lies on another filesystem when the system on it runs, so that
	 * its absence here says nothing. May be NULL. */
	bool (*is_elsewhere)(void *elsewhere, const char *path);
	void *elsewhere;
	const struct kb_reader_net *net; /* of a network boot; NULL: it is none */
	const struct kb_device *device;  /* the tree's; NULL: nobody knows */
	/* The tree of another filesystem, as kboot calls it ("UUID=X", "sda3"). NULL: it is not
	 * there (yet); where it comes, all is read once more. May be NULL: there is no other. */
	const struct kb_tree *(*other)(void *others, const char *name);
	void *others;
	/* The tree of an ISO image that is a file of this one, path being in it; *ret_rest: the
	 * path there. NULL: it is not to be had. May be NULL: none is. */
	const struct kb_tree *(*image)(void *images, const char *path, const char **ret_rest);
	void *images;
	const struct kb_device *outer; /* of an image: what its file is on; NULL: nobody knows */
};

struct kb_reader {
	const char *name; /* for messages: "kboot.conf", "bare kernels" */
	enum kb_format format;
	/*
	 * 0 also when there was nothing to find. Names of files in entries are as written, made
	 * absolute within the tree where they are relative; files on this tree that are not there
	 * become problems of the entry.
	 */
	int (*read)(const struct kb_tree *tree, const struct kb_reader_out *out,
		    struct kb_error *err);
	/* As read(), of this one file wherever it is, with all that is wrong in it. May be NULL. */
	int (*check)(const struct kb_tree *tree, const char *path, const struct kb_reader_out *out,
		     struct kb_error *err);
};

/* In the order in which their entries are shown. */
extern const struct kb_reader *const kb_readers[];
extern const size_t kb_n_readers;

/* For a file of a server, by check(). */
extern const struct kb_reader kb_reader_pxelinux;

/*
 * The reader of kboot.conf for a file that is no part of a device: the built-in one, --config. Its
 * names mean the booted environment, which is not known yet: they stay as written and are not
 * looked up, unless tree is given and has a name. Settings have KB_RANK_IMAGE. A label that cannot
 * be expanded is a diagnostic and an entry with a problem; only what out answers and -ENOMEM are
 * failures.
 */
KB_MUST_CHECK int kb_read_kboot_conf(const struct kb_tree *tree, const char *file,
				     struct kb_str text, const struct kb_reader_out *out,
				     struct kb_error *err);

#endif

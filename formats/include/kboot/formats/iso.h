/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ISO file as something to boot from: whose it is, what its own menu has, and what must be on
 * the kernel's command line so that the system in it finds the file again. For core, inside a scan
 * worker, and the tests. Must not mount, and must not look outside of the trees it is given.
 */
#ifndef KBOOT_FORMATS_ISO_H
#define KBOOT_FORMATS_ISO_H

#include "kboot/formats/reader.h"

enum {
	KB_ISO_DESCRIPTOR_OFFSET = 0x8000, /* the primary volume descriptor's, in the file */
	KB_ISO_DESCRIPTOR_BYTES = 1024,    /* what is looked at of it */
	KB_ISO_MAX_ENTRIES = 256,
};

/* What the primary volume descriptor says (ECMA-119, 8.4). Text that is not there is NULL. */
struct kb_iso_volume {
	const char *label; /* without the blanks that fill it up */
	const char *uuid;  /* the time of its making, as libblkid and GRUB write it */
};

/* Hostile bytes give a volume without texts. -ENOMEM. */
KB_MUST_CHECK int kb_iso_volume_read(struct kb_arena *arena,
				     const unsigned char descriptor[KB_ISO_DESCRIPTOR_BYTES],
				     struct kb_iso_volume *ret_volume);

struct kb_iso {
	/* is_image; name is that of the device that the file is on, below the file's path there. */
	const struct kb_tree *tree;
	struct kb_iso_volume volume;
	const struct kb_device *on; /* what the file is on */
};

/*
 * Gives the entries of the image: those of its loopback.cfg, else of its GRUB, ISOLINUX or
 * systemd-boot, each below a submenu with the file's name and with what its family needs on the
 * command line; one entry with a problem where none can start. None is a default, has a hotkey, or
 * writes. Names of files are the image's own. Settings are nobody's. -ENOMEM, what out answers.
 */
KB_MUST_CHECK int kb_iso_read(const struct kb_iso *iso, const struct kb_reader_out *out,
			      struct kb_error *err);

#endif

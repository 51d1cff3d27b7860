/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images: files that a script has named, what is wanted of them, and running one.
 * For the commands and the run. Must not read a file that is no script.
 */
#ifndef KBOOT_FORMATS_IPXE_IMAGES_H
#define KBOOT_FORMATS_IPXE_IMAGES_H

#include "state.h"

/* NULL: none of that name. */
struct ipxe_image *ipxe_image_find(const struct ipxe *x, const char *name);
/* One that has the name (NULL: the URL's last part) of the URL, as the script at work writes it;
 * *ret_image NULL where the run is over. */
int ipxe_image_add(struct ipxe *x, const char *url, const char *name,
		   struct ipxe_image **ret_image);
void ipxe_image_free(struct ipxe *x, struct ipxe_image *image);
/* Scripts run, and are back when they are done; anything else is what boots. */
int ipxe_image_run(struct ipxe *x, struct ipxe_image *image, enum kb_ipxe_use use, bool autofree);
/* What follows the name of an initrd: a path in a cpio archive and how the file is made. */
void ipxe_image_place(struct ipxe *x, struct ipxe_image *image);

#endif

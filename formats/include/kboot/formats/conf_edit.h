/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kboot.conf with some of its lines said anew: bytes in, bytes out.
 * For core (`save`).
 * Must not touch what it was not asked to change: comments, order, line ends and broken lines stay.
 */
#ifndef KBOOT_FORMATS_CONF_EDIT_H
#define KBOOT_FORMATS_CONF_EDIT_H

#include "kboot/base/str.h"

/*
 * Appends text to out with the lines of changes (NAME=VALUE each, as a kboot.conf has them) in
 * place of the last line of text that says the same name, which is the one that counts; what text
 * does not say comes at its end. Names are compared letter case aside. -EILSEQ for a text in
 * UTF-16, which nobody reads; -EINVAL where text is XeLL's and one of the changes has the name of a
 * setting of XeLL, which would be passed over; -ENOMEM, and what out's cap answers.
 */
KB_MUST_CHECK int kb_conf_edit(struct kb_str text, struct kb_str changes, struct kb_buf *out);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "readers.h"

const struct kb_reader *const kb_readers[] = {
	&kb_reader_kboot_conf, &kb_reader_bls,         &kb_reader_grub,
	&kb_reader_syslinux,   &kb_reader_grub_legacy, &kb_reader_lilo,
	&kb_reader_petitboot,  &kb_reader_refind,      &kb_reader_bare,
};

const size_t kb_n_readers = KB_ARRAY_LEN(kb_readers);

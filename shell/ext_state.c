/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ext_state.h"

/* Documentation/filesystems/ext4/super.rst of the kernel: little-endian all over. */
enum {
	MAGIC_AT = 0x38,
	MAGIC = 0xEF53,
	STATE_AT = 0x3A,
	STATE_ERRORS = 2,
	INCOMPAT_AT = 0x60,
	INCOMPAT_RECOVER = 4,
};

static unsigned number_at(struct kb_str bytes, size_t at)
{
	return (unsigned)(unsigned char)bytes.data[at] | (unsigned)(unsigned char)bytes.data[at + 1]
								 << 8;
}

unsigned kb_ext_state(struct kb_str superblock)
{
	if (superblock.len < KB_EXT_BYTES || number_at(superblock, MAGIC_AT) != MAGIC) {
		return 0;
	}
	return (number_at(superblock, STATE_AT) & STATE_ERRORS ? KB_EXT_ERRORS : 0) |
	       (number_at(superblock, INCOMPAT_AT) & INCOMPAT_RECOVER ? KB_EXT_JOURNAL : 0);
}

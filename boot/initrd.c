/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "image_source.h"
#include "kboot/boot/load.h"

enum { HEAD_BYTES = 2 << 10 };

/*
 * What Linux unpacks or mounts as an initrd: usr/gen_init_cpio.c, lib/decompress.c and
 * init/do_mounts_rd.c. Zero bytes may stand before an archive.
 */
static const struct {
	size_t offset;
	const char *magic;
	size_t len;
} known[] = {
	{0, "070701", 6},
	{0, "070702", 6},
	{0, "\x1f\x8b", 2},
	{0, "\x1f\x9e", 2},
	{0, "BZh", 3},
	{0, "\x5d\x00", 2}, /* lzma */
	{0, "\xfd\x37zXZ", 5},
	{0, "\x89\x4c\x5a\x4f", 4}, /* lzo */
	{0, "\x02\x21\x4c\x18", 4}, /* lz4, the legacy frame */
	{0, "\x28\xb5\x2f\xfd", 4}, /* zstd */
	{0, "\0", 1},
	{0x438, "\x53\xef", 2}, /* ext2 */
	{0x410, "\x7f\x13", 2}, /* minix */
	{0x410, "\x8f\x13", 2},
	{0, "-rom1fs-", 8},
	{0, "\x45\x3d\xcd\x28", 4}, /* cramfs */
	{0, "hsqs", 4},             /* squashfs */
};

bool kb_boot_is_initrd(const struct kb_boot_file *file)
{
	uint8_t head[HEAD_BYTES];
	struct kb_image_source src = {.fd = file->fd, .name = file->name, .head = head};
	ssize_t n = pread(file->fd, head, sizeof(head), 0);

	src.head_len = n > 0 ? (size_t)n : 0;
	for (size_t i = 0; i < KB_ARRAY_LEN(known); i++) {
		if (kb_image_has(&src, known[i].offset, known[i].magic, known[i].len)) {
			return true;
		}
	}
	return false;
}

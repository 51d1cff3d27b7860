/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/font.h"

#include <errno.h>
#include <linux/kd.h>
#include <stdlib.h>
#include <sys/ioctl.h>

void kb_font_add(struct kb_font *font, wchar_t ch)
{
	if (ch >= 0 && ch < KB_FONT_CHARS) {
		font->has[ch / 8] |= (uint8_t)(1U << ch % 8);
	}
}

bool kb_font_has(const struct kb_font *font, wchar_t ch)
{
	return ch >= 0 && ch < KB_FONT_CHARS && (font->has[ch / 8] >> ch % 8 & 1U) != 0;
}

bool kb_font_read(int fd, struct kb_font *ret_font)
{
	struct unimapdesc map = {0};
	bool told = false;

	/* Without room for any entry the kernel says how many there are. */
	if (ioctl(fd, GIO_UNIMAP, &map) == 0 || errno != ENOMEM || map.entry_ct == 0) {
		return false;
	}
	map.entries = calloc(map.entry_ct, sizeof(*map.entries));
	if (map.entries && ioctl(fd, GIO_UNIMAP, &map) == 0) {
		*ret_font = (struct kb_font){0};
		for (unsigned i = 0; i < map.entry_ct; i++) {
			kb_font_add(ret_font, map.entries[i].unicode);
		}
		told = true;
	}
	free(map.entries);
	return told;
}

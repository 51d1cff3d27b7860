/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "syslinux/keywords.h"

bool syslinux_knows(bool is_uboot, struct kb_str word)
{
	struct kb_str words =
		is_uboot ? KB_STR("title background prompt kaslrseed fallback say")
			 : KB_STR("allowoptions console display endtext font implicit kbdmap "
				  "nocomplete noescape nohalt onerror path say sendcookies serial "
				  "f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12");
	struct kb_str known;

	while (kb_str_next_word(&words, &known)) {
		if (kb_str_eq_nocase(word, known)) {
			return true;
		}
	}
	return false;
}

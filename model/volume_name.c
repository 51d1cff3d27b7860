/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/model/volume_name.h"

#include <errno.h>

bool kb_volume_name(struct kb_str mapper, char *ret_name, size_t size)
{
	size_t n = 0;
	bool has_group = false;

	for (size_t i = 0; i < mapper.len && n + 1 < size; i++) {
		char c = mapper.data[i];

		if (c == '-' && i + 1 < mapper.len && mapper.data[i + 1] == '-') {
			i++;
		} else if (c == '-' && !has_group) {
			has_group = true;
			c = '/';
		}
		ret_name[n++] = c;
	}
	ret_name[n] = '\0';
	return has_group;
}

int kb_volume_mapper(const char *name, char *ret_mapper, size_t size)
{
	size_t n = 0;

	for (; *name; name++) {
		size_t len = *name == '-' ? 2 : 1;

		if (n + len >= size) {
			return -ENAMETOOLONG;
		}
		ret_mapper[n++] = (char)(*name == '/' ? '-' : *name);
		if (len == 2) {
			ret_mapper[n++] = '-';
		}
	}
	ret_mapper[n] = '\0';
	return 0;
}

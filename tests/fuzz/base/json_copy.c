/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_copy: writes each line of its input again, as our reader of JSON understands it. */
#include <stdio.h>

#include "json_dump.h"

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, stdin)) > 0) {
		KB_ARENA struct kb_arena arena = {0};
		KB_BUF struct kb_buf json = {0};
		const struct kb_json *value;

		if (kb_json_parse(&arena, kb_str_of(line, (size_t)len - 1), &value) == 0) {
			json_dump(value, &json);
		}
		(void)puts(json.data ? json.data : "refused");
	}
	free(line);
	return 0;
}

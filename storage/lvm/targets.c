/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lvm/targets.h"

#include <errno.h>

int kb_targets_add(struct kb_targets *table, const char *type, uint64_t sectors,
		   struct kb_buf *params)
{
	char *text = NULL;
	int r = kb_buf_steal(params, &text);

	if (r == 0 && table->n == table->room) {
		size_t room = table->room ? 2 * table->room : 8;
		struct kb_dm_target *targets =
			room > KB_TARGETS_MAX
				? NULL
				: realloc(table->targets, room * sizeof(table->targets[0]));

		r = targets ? 0 : room > KB_TARGETS_MAX ? -E2BIG : -ENOMEM;
		table->targets = targets ? targets : table->targets;
		table->room = targets ? room : table->room;
	}
	if (r < 0) {
		free(text);
		return r;
	}
	table->targets[table->n++] = (struct kb_dm_target){.start = table->sectors,
							   .length = sectors,
							   .type = type,
							   .params = text};
	table->sectors += sectors;
	return 0;
}

void kb_targets_done(struct kb_targets *table)
{
	for (size_t i = 0; i < table->n; i++) {
		free((char *)table->targets[i].params);
	}
	free(table->targets);
	*table = (struct kb_targets){0};
}

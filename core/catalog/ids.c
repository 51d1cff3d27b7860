/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ids.h"

#include <errno.h>
#include <stdlib.h>

static bool in_id(char c)
{
	return kb_is_letter(c) || kb_is_digit(c) || strchr("._+:/-@", c) ||
	       (unsigned char)c >= 0x80;
}

/* Two names never make one id: a blank is ~, what else is no part of one is =HH, as in mail. */
static void put_in_id(struct kb_buf *id, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (in_id(*p)) {
			kb_buf_putc(id, *p);
		} else if (*p == ' ') {
			kb_buf_putc(id, '~');
		} else {
			kb_buf_printf(id, "=%02X", (unsigned)(unsigned char)*p);
		}
	}
}

/* Device names change between boots, what is written on the disk does not: it comes first. */
int kb_entry_give_id(struct kb_arena *arena, struct kb_entry *entry)
{
	const struct kb_device *d = entry->device;
	const char *where = "kboot";
	const char *what = entry->label ? entry->label : entry->kernel;
	KB_BUF struct kb_buf id = {0};

	if (d) {
		where = d->uuid ? d->uuid : d->partuuid ? d->partuuid : d->name;
	}
	if (entry->format == KB_FORMAT_FILE && entry->kernel) {
		const char *colon = strchr(entry->kernel, ':');

		what = entry->label ? entry->label : colon ? colon + 1 : entry->kernel;
	}
	put_in_id(&id, where);
	kb_buf_printf(&id, "/%s/", kb_format_name(entry->format));
	if (entry->subvolume) {
		put_in_id(&id, entry->subvolume + 1);
		kb_buf_putc(&id, '/');
	}
	put_in_id(&id, what ? what : entry->unlock ? "unlock" : "unnamed");
	if (kb_buf_error(&id) < 0) {
		return -ENOMEM;
	}
	entry->id = kb_arena_str(arena, kb_buf_view(&id));
	return entry->id ? 0 : -ENOMEM;
}

struct id_index {
	const char *id;
	const struct kb_device *device;
	size_t at;
};

/* Clones of one disk: what tells them apart, whichever was read first. */
static int by_device(const struct kb_device *x, const struct kb_device *y)
{
	int order = 0;

	if (x == y || !x || !y) {
		return 0;
	}
	/* A stick with a copied UUID does not take the id of an internal disk's entry. */
	if (x->removable != y->removable) {
		return x->removable ? 1 : -1;
	}
	if (x->partuuid && y->partuuid) {
		order = strcmp(x->partuuid, y->partuuid);
	}
	return order != 0 ? order : strcmp(x->name, y->name);
}

static int by_id(const void *a, const void *b)
{
	const struct id_index *x = a;
	const struct id_index *y = b;
	int order = strcmp(x->id, y->id);

	if (order == 0) {
		order = by_device(x->device, y->device);
	}
	if (order == 0) {
		order = x->at < y->at ? -1 : 1;
	}
	return order;
}

/* Two labels of one name, two clones of one disk: the second is "…#2". */
int kb_entries_make_ids_unique(struct kb_arena *arena, struct kb_entry *entries, size_t n)
{
	KB_FREE struct id_index *index = calloc(n + 1, sizeof(*index));
	size_t nth = 1;

	if (!index) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		index[i] = (struct id_index){entries[i].id, entries[i].device, i};
	}
	qsort(index, n, sizeof(*index), by_id);
	for (size_t i = 1; i < n; i++) {
		struct kb_entry *e = &entries[index[i].at];

		nth = strcmp(index[i - 1].id, index[i].id) == 0 ? nth + 1 : 1;
		if (nth > 1) {
			e->id = kb_arena_printf(arena, "%s#%zu", index[i].id, nth);
			if (!e->id) {
				return -ENOMEM;
			}
		}
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loopback.h"

#include <errno.h>

enum { MAX_LOOPS = 64 };

static const struct grub_loop *find(const struct grub *g, const char *name, size_t *ret_n)
{
	size_t n = 0;
	const struct grub_loop *loop = g->loops_made;

	for (; loop && strcmp(loop->name, name) != 0; loop = loop->next) {
		n++;
	}
	*ret_n = n;
	return loop && loop->path ? loop : NULL;
}

/* The newest counts, as GRUB replaces one of the same name. */
int grub_loop_add(struct grub *g, const char *name, const struct grub_place *place)
{
	struct grub_loop *loop = kb_arena_alloc(&g->kept, sizeof(*loop));
	size_t n;

	(void)find(g, "", &n);
	if (n >= MAX_LOOPS) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "loopback: more than %d", MAX_LOOPS);
		return GRUB_BAD_ARGUMENT;
	}
	if (loop) {
		*loop = (struct grub_loop){.name = kb_arena_strdup(&g->kept, name),
					   .device = kb_arena_strdup(&g->kept,
								     place ? place->device : ""),
					   .path = place ? kb_arena_strdup(&g->kept, place->path)
							 : NULL,
					   .next = g->loops_made};
	}
	if (!loop || !loop->name || !loop->device || (place && !loop->path)) {
		grub_check(g, -ENOMEM);
		return 0;
	}
	g->loops_made = loop;
	return 0;
}

void grub_loop_follow(struct grub *g, struct grub_place *place)
{
	size_t n;
	const struct grub_loop *loop = find(g, place->device, &n);
	const char *path;

	if (!loop) {
		return;
	}
	path = kb_arena_printf(&g->kept, "%s%s%s", loop->path, place->path[0] == '/' ? "" : "/",
			       place->path);
	grub_check(g, path ? 0 : -ENOMEM);
	place->is_loop = path != NULL;
	place->path = path ? path : place->path;
	(void)snprintf(place->device, sizeof(place->device), "%s", loop->device);
}

void grub_loop_open(struct grub *g, struct grub_place *place)
{
	const struct kb_reader_out *out = g->host->out;
	const char *rest = NULL;

	if (place->is_loop && place->is_here && out->image) {
		place->image = out->image(out->images, place->path, &rest);
		place->file = place->image ? rest : place->path;
	}
}

bool grub_loop_outer(const struct grub *g, char *device)
{
	const struct kb_device *outer = g->host->out->outer;

	if (!outer || !outer->uuid) {
		return false;
	}
	(void)snprintf(device, GRUB_DEVICE_BYTES, "UUID=%s", outer->uuid);
	return true;
}

void grub_loop_preset(struct grub *g)
{
	const struct kb_device *outer = g->host->out->outer;
	const char *const values[][2] = {
		{"iso_path", g->host->tree->below},
		{"isofile", g->host->tree->below},
		{"rootuuid", outer ? outer->uuid : NULL},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(values); i++) {
		if (values[i][1]) {
			grub_set(g, values[i][0], values[i][1]);
			grub_check(g, grub_variable_export(g->context, kb_str_from(values[i][0])));
		}
	}
}

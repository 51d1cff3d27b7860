/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "prompt_work.h"

#define DEV_DIR "/dev/"

/* By its name, also before it was looked at, or by what is on it. */
static bool is_device(const struct kb_places *places, struct kb_str reference)
{
	for (const struct kb_place *place = places->first; place; place = place->next) {
		if (place->kind == KB_PLACE_DEVICE &&
		    kb_str_eq(reference, kb_str_from(kb_place_name(place)))) {
			return true;
		}
	}
	return kb_places_device(places, reference) != NULL;
}

/* sda1, /dev/sda1 and sda1:x are names of files; whoever types one most likely means the device. */
int kb_prompt_hint(const struct kb_prompt_work *w, int r, struct kb_error *err)
{
	struct kb_str name = kb_str_from(w->job->name);
	struct kb_str device;
	struct kb_str rest;
	char text[KB_ERROR_TEXT];

	if ((r != -ENOENT && r != -ENOTDIR) || !w->job->name) {
		return r;
	}
	if (kb_str_starts(name, KB_STR(DEV_DIR))) {
		name = kb_str_skip(name, strlen(DEV_DIR));
	}
	device = kb_str_head(name, kb_str_find(name, ':'));
	rest = kb_str_skip(name, device.len + 1);
	if (device.len == 0 || kb_str_starts(rest, KB_STR("/")) ||
	    !is_device(w->job->places, device)) {
		return r;
	}
	(void)snprintf(text, sizeof(text), "%s", err->text);
	return kb_error_set(err, r, "%s (on the device: %.*s:%s%.*s)", text, KB_STR_ARG(device),
			    rest.len > 0 ? "/" : "", KB_STR_ARG(rest));
}

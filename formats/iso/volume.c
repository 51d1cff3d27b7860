/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "kboot/base/cleanup.h"
#include "kboot/formats/iso.h"

/* Where they are in the descriptor, from 0. A time is sixteen digits, and an offset from UTC. */
enum { LABEL_AT = 40, LABEL_BYTES = 32, CREATED_AT = 813, MODIFIED_AT = 830, TIME_DIGITS = 16 };

static bool has_time(const unsigned char *time)
{
	bool is_set = false;

	for (size_t i = 0; i < TIME_DIGITS; i++) {
		if (!kb_is_digit((char)time[i])) {
			return false;
		}
		is_set = is_set || time[i] != '0';
	}
	return is_set;
}

static int read_uuid(struct kb_arena *arena, const unsigned char *descriptor, const char **ret_uuid)
{
	const char *t = (const char *)descriptor +
			(has_time(descriptor + MODIFIED_AT) ? MODIFIED_AT : CREATED_AT);

	*ret_uuid = NULL;
	if (!has_time((const unsigned char *)t)) {
		return 0;
	}
	*ret_uuid = kb_arena_printf(arena, "%.4s-%.2s-%.2s-%.2s-%.2s-%.2s-%.2s", t, t + 4, t + 6,
				    t + 8, t + 10, t + 12, t + 14);
	return *ret_uuid ? 0 : -ENOMEM;
}

int kb_iso_volume_read(struct kb_arena *arena,
		       const unsigned char descriptor[KB_ISO_DESCRIPTOR_BYTES],
		       struct kb_iso_volume *ret_volume)
{
	struct kb_iso_volume volume = {0};
	const char *label = (const char *)descriptor + LABEL_AT;
	size_t len = strnlen(label, LABEL_BYTES);
	int r;

	if (memcmp(descriptor, "\1CD001", 6) != 0) {
		*ret_volume = volume;
		return 0;
	}
	while (len > 0 && label[len - 1] == ' ') {
		len--;
	}
	if (len > 0) {
		volume.label = kb_arena_str(arena, kb_str_of(label, len));
		if (!volume.label) {
			return -ENOMEM;
		}
	}
	r = read_uuid(arena, descriptor, &volume.uuid);
	if (r == 0) {
		*ret_volume = volume;
	}
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why nothing boots from a place, in words. */
#include <string.h>

#include "kboot/mount/device.h"
#include "place.h"

/* Most sentences begin with the name already. */
static void tell_error(const char *name, const char *error, struct kb_buf *text)
{
	size_t len = strlen(name);

	if (strncmp(error, name, len) != 0 || !strchr(" :", error[len])) {
		kb_buf_printf(text, "%s: ", name);
	}
	kb_buf_puts(text, error);
}

/* "sda2 is a member of the array data". */
static void name_set(const struct kb_place *place, const struct kb_set *set, struct kb_buf *text)
{
	static const char *const what[KB_N_SETS] = {
		[KB_SET_MD] = "a disk of the array",    [KB_SET_LVM] = "a disk of the volume group",
		[KB_SET_BTRFS] = "a disk of the btrfs", [KB_SET_LUKS] = "encrypted",
		[KB_SET_TABLE] = "partitioned",
	};
	enum kb_set_kind kind = kb_place_set_kind(place);
	const char *name = set && set->name ? set->name : set ? set->uuid : NULL;
	bool is_shared = kind != KB_SET_LUKS && kind != KB_SET_TABLE;

	kb_buf_printf(text, "%s is %s", kb_place_name(place), what[kind]);
	if (is_shared && name) {
		kb_buf_printf(text, " %s", name);
	}
}

static enum kb_log_level tell_set(const struct kb_places *p, const struct kb_place *place,
				  struct kb_buf *text)
{
	static const enum kb_log_level levels[KB_N_SET_STATES] = {
		[KB_SET_WAITING] = KB_LOG_WARNING, [KB_SET_LOCKED] = KB_LOG_INFO,
		[KB_SET_READY] = KB_LOG_DEBUG,     [KB_SET_DEGRADED] = KB_LOG_WARNING,
		[KB_SET_REFUSED] = KB_LOG_WARNING,
	};
	const struct kb_set *set = kb_places_set(p, place);

	name_set(place, set, text);
	if (!set) {
		return KB_LOG_DEBUG;
	}
	kb_buf_puts(text, ", ");
	kb_place_put_state(p, place, text);
	return set->state == KB_SET_LOCKED && kb_places_holder(p, place) ? KB_LOG_DEBUG
									 : levels[set->state];
}

/* A device that was read, and what it is made for is no filesystem. */
static enum kb_log_level tell_closed(const struct kb_device *device, struct kb_buf *text)
{
	if (!device->fstype) {
		kb_buf_printf(text, "%s holds no filesystem that kboot knows", device->name);
		return KB_LOG_INFO;
	}
	if (strcmp(device->fstype, "swap") == 0) {
		kb_buf_printf(text, "%s holds swap", device->name);
		return KB_LOG_DEBUG;
	}
	if (kb_device_is_hibernated(device)) {
		kb_buf_printf(text,
			      "%s holds a hibernated system: this machine's disks stay read-only, "
			      "also with mount_rw=true",
			      device->name);
	} else {
		kb_buf_printf(text, "%s holds %s: cannot be opened yet", device->name,
			      device->fstype);
	}
	return KB_LOG_WARNING;
}

enum kb_log_level kb_place_tell(const struct kb_places *p, const struct kb_place *place,
				struct kb_buf *text)
{
	const struct kb_place *original = kb_places_original(p, place);
	const struct kb_findings *found = &place->found;
	const struct kb_device *device = &found->device;

	if (place->status == KB_PLACE_FAILED) {
		tell_error(kb_place_name(place), found->error.text, text);
		return KB_LOG_WARNING;
	}
	if (original) {
		kb_buf_printf(text, "%s is a copy of %s, which counts in its place",
			      kb_place_name(place), kb_place_name(original));
		return KB_LOG_WARNING;
	}
	if (place->kind < KB_PLACE_FOLDER || place->status != KB_PLACE_READ ||
	    place->block.has_partitions || found->n_entries > 0) {
		return KB_LOG_DEBUG;
	}
	if (found->has_device && !place->is_whole &&
	    (device->set || kb_set_kind_of_type(device->fstype) != KB_SET_NONE)) {
		return tell_set(p, place, text);
	}
	if (found->has_device && !device->tree && !kb_mount_knows(device->fstype)) {
		return tell_closed(device, text);
	}
	kb_buf_puts(text, kb_place_name(place));
	if (device->fstype) {
		kb_buf_printf(text, " (%s)", device->fstype);
	}
	if (found->n_others > 0) {
		kb_buf_printf(text,
			      " has a configuration that leads to %s, where nothing was found",
			      found->others[0]);
		return KB_LOG_INFO;
	}
	kb_buf_puts(text, found->n_lost > 0       ? " has no entry that could be read"
			  : found->n_settings > 0 ? " has a configuration and no entry"
						  : " has no kernel and no configuration");
	return KB_LOG_INFO;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"

enum kb_source_kind kb_source_kind(const struct kb_entry *entry)
{
	switch (entry->format) {
	case KB_FORMAT_BLS:
	case KB_FORMAT_UKI:
		return KB_SOURCE_BLS;
	case KB_FORMAT_FILE:
		return KB_SOURCE_BARE;
	case KB_FORMAT_LUKS:
		return KB_SOURCE_LOCKED;
	case KB_FORMAT_SESSION:
		return KB_SOURCE_SESSION;
	default:
		/* What GRUB's blscfg reads. */
		return entry->file && strstr(entry->file, "/loader/entries/")
			       ? KB_SOURCE_BLS
			       : KB_SOURCE_CONFIGURATION;
	}
}

static const char *device_name(const struct kb_entry *entry)
{
	return entry->device && entry->device->name ? entry->device->name : "";
}

const char *kb_source_file(const struct kb_entry *entry)
{
	size_t len = strlen(device_name(entry));
	const char *file = entry->menu ? entry->menu : entry->file;

	if (kb_source_kind(entry) != KB_SOURCE_CONFIGURATION || !file) {
		return NULL;
	}
	if (len > 0 && strncmp(file, device_name(entry), len) == 0 && file[len] == ':') {
		return file + len + 1;
	}
	return file;
}

bool kb_source_same(const struct kb_entry *a, const struct kb_entry *b)
{
	const char *a_file = kb_source_file(a);
	const char *b_file = kb_source_file(b);

	return kb_source_kind(a) == kb_source_kind(b) &&
	       strcmp(device_name(a), device_name(b)) == 0 &&
	       (a_file && b_file ? strcmp(a_file, b_file) == 0 : a_file == b_file);
}

uint64_t kb_source_print(const struct kb_entry *entry, bool lasting)
{
	static const char *const kinds[] = {"configuration", "bls", "bare", "locked", "session"};
	const char *uuid = lasting && entry->device ? entry->device->uuid : NULL;
	uint64_t print = kb_str_fingerprint(0, kb_str_from(kinds[kb_source_kind(entry)]));

	print = kb_str_fingerprint(print, kb_str_from(uuid ? uuid : device_name(entry)));
	return kb_str_fingerprint(print, kb_str_from(kb_source_file(entry)));
}

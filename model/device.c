/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/model/device.h"

#include <errno.h>

#include "text_field.h"

static const struct text_field fields[] = {
	{"name", offsetof(struct kb_device, name)},
	{"uuid", offsetof(struct kb_device, uuid)},
	{"label", offsetof(struct kb_device, label)},
	{"partuuid", offsetof(struct kb_device, partuuid)},
	{"partlabel", offsetof(struct kb_device, partlabel)},
	{"fstype", offsetof(struct kb_device, fstype)},
	{"bus", offsetof(struct kb_device, bus)},
	{"tree", offsetof(struct kb_device, tree)},
};

/* Left out of JSON where they are NULL. */
static const struct text_field optional[] = {
	{"parttype", offsetof(struct kb_device, parttype)},
	{"disk", offsetof(struct kb_device, disk)},
	{"subvolume", offsetof(struct kb_device, subvolume)},
	{"alias", offsetof(struct kb_device, alias)},
	{"mapper", offsetof(struct kb_device, mapper)},
	{"uuid_sub", offsetof(struct kb_device, uuid_sub)},
	{"set", offsetof(struct kb_device, set)},
	{"set_uuid", offsetof(struct kb_device, set_uuid)},
	{"members", offsetof(struct kb_device, members)},
};

static const struct bus {
	const char *name;
	bool removable;
} buses[] = {
	{"ata", false},    {"firewire", true}, {"mmc", false}, {"nvme", false},
	{"scsi", false},   {"sd", true},       {"usb", true},  {"thunderbolt", true},
	{"virtio", false}, {"xen", false},
};

/* How a reference names a device by one of its properties; the links are udev's. */
static const struct tag {
	struct kb_str prefix;
	struct kb_str link;
	size_t offset;
	bool any_case;
} tags[] = {
	{KB_STR("UUID="), KB_STR("disk/by-uuid/"), offsetof(struct kb_device, uuid), true},
	{KB_STR("LABEL="), KB_STR("disk/by-label/"), offsetof(struct kb_device, label), false},
	{KB_STR("PARTUUID="), KB_STR("disk/by-partuuid/"), offsetof(struct kb_device, partuuid),
	 true},
	{KB_STR("PARTLABEL="), KB_STR("disk/by-partlabel/"), offsetof(struct kb_device, partlabel),
	 false},
};

int kb_device_copy(struct kb_arena *arena, const struct kb_device *from,
		   struct kb_device *ret_device)
{
	struct kb_device copy = *from;
	int r = text_fields_copy(arena, fields, KB_ARRAY_LEN(fields), from, &copy);

	if (r == 0) {
		r = text_fields_copy(arena, optional, KB_ARRAY_LEN(optional), from, &copy);
	}
	if (r < 0) {
		return r;
	}
	*ret_device = copy;
	return 0;
}

/* fstab and root= write UUID="…" now and then. */
static struct kb_str unquote(struct kb_str s)
{
	if (s.len >= 2 && (s.data[0] == '"' || s.data[0] == '\'') &&
	    s.data[s.len - 1] == s.data[0]) {
		return kb_str_of(s.data + 1, s.len - 2);
	}
	return s;
}

static bool tag_matches(const struct tag *tag, const struct kb_device *device, struct kb_str value)
{
	const char *text;

	memcpy(&text, (const char *)device + tag->offset, sizeof(text));
	if (!text || !*text) {
		return false;
	}
	return tag->any_case ? kb_str_eq_nocase(kb_str_from(text), value)
			     : kb_str_eq(kb_str_from(text), value);
}

static bool is_text(const char *text, struct kb_str value)
{
	return text && value.len > 0 && kb_str_eq(kb_str_from(text), value);
}

/* With dashes, colons and slashes where whoever wrote it likes them. */
static bool is_set_uuid(const char *uuid, struct kb_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("-:/", text.data[i])) {
			continue;
		}
		if (!*uuid || !kb_str_eq_nocase(kb_str_of(uuid, 1), kb_str_of(text.data + i, 1))) {
			return false;
		}
		uuid++;
	}
	return *uuid == '\0';
}

static bool has_name(const struct kb_device *device, struct kb_str name)
{
	static const struct kb_str mapper[] = {KB_STR("mapper/"), KB_STR("lvm/")};
	static const struct kb_str sets[] = {KB_STR("mduuid/"), KB_STR("cryptouuid/"),
					     KB_STR("lvmid/")};

	for (size_t i = 0; i < KB_ARRAY_LEN(mapper); i++) {
		if (kb_str_starts(name, mapper[i])) {
			return is_text(device->mapper, kb_str_skip(name, mapper[i].len));
		}
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(sets); i++) {
		if (kb_str_starts(name, sets[i])) {
			return device->set_uuid &&
			       is_set_uuid(device->set_uuid, kb_str_skip(name, sets[i].len));
		}
	}
	return is_text(device->name, name) || is_text(device->alias, name);
}

bool kb_device_matches(const struct kb_device *device, struct kb_str reference)
{
	struct kb_str name = reference;

	if (kb_str_starts(reference, KB_STR("/dev/"))) {
		name = kb_str_skip(reference, strlen("/dev/"));
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(tags); i++) {
		const struct tag *tag = &tags[i];

		if (kb_str_starts(reference, tag->prefix)) {
			return tag_matches(tag, device,
					   unquote(kb_str_skip(reference, tag->prefix.len)));
		}
		if (kb_str_starts(name, tag->link)) {
			return tag_matches(tag, device, kb_str_skip(name, tag->link.len));
		}
	}
	return has_name(device, name);
}

const char *kb_device_display(const struct kb_device *device)
{
	return device->alias ? device->alias : device->mapper ? device->mapper : device->name;
}

bool kb_device_is_hibernated(const struct kb_device *device)
{
	return device->fstype && strcmp(device->fstype, "swsuspend") == 0;
}

bool kb_is_member(const char *members, const char *name)
{
	struct kb_str rest = kb_str_from(members ? members : "");
	struct kb_str member;

	while (kb_str_next_until(&rest, ' ', &member)) {
		if (kb_str_eq(member, kb_str_from(name))) {
			return true;
		}
	}
	return false;
}

static const struct bus *find_bus(struct kb_str name)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(buses); i++) {
		if (kb_str_eq(kb_str_from(buses[i].name), name)) {
			return &buses[i];
		}
	}
	return NULL;
}

int kb_bus_find(struct kb_str name, const char **ret_bus)
{
	const struct bus *bus = find_bus(name);

	if (!bus) {
		return -ENOENT;
	}
	*ret_bus = bus->name;
	return 0;
}

bool kb_bus_is_removable(const char *name)
{
	const struct bus *bus = name ? find_bus(kb_str_from(name)) : NULL;

	return bus && bus->removable;
}

void kb_device_to_json(const struct kb_device *device, const char *key, struct kb_buf *json)
{
	kb_json_open(json, key, '{');
	text_fields_to_json(fields, KB_ARRAY_LEN(fields), device, json);
	text_fields_known_to_json(optional, KB_ARRAY_LEN(optional), device, json);
	kb_json_put_int(json, "size_bytes", (int64_t)device->size_bytes);
	kb_json_put_bool(json, "removable", device->removable);
	kb_json_close(json, '}');
}

int kb_device_from_json(const struct kb_json *object, struct kb_device *ret_device)
{
	struct kb_device device = {0};
	int64_t size_bytes = kb_json_get_int(object, "size_bytes", 0);
	int r;

	if (!kb_json_is(object, KB_JSON_OBJECT) || size_bytes < 0) {
		return -EINVAL;
	}
	r = text_fields_from_json(fields, KB_ARRAY_LEN(fields), object, &device);
	if (r == 0) {
		r = text_fields_from_json(optional, KB_ARRAY_LEN(optional), object, &device);
	}
	if (r < 0) {
		return r;
	}
	if (!device.name) {
		return -EINVAL;
	}
	device.size_bytes = (uint64_t)size_bytes;
	device.removable = kb_json_get_bool(object, "removable", false);
	*ret_device = device;
	return 0;
}

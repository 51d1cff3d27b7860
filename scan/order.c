/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "order.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kboot/base/str.h"

/* Numbers get leading zeros up to this width, so that 10 comes after 9 when bytes are compared. */
enum { NUMBER_WIDTH = 4, NAME_BYTES = 48, PARTITION_BYTES = 8 };

/* Appends within a fixed buffer; what does not fit is left out (the key stays deterministic). */
struct key {
	char *data;
	size_t len;
	size_t size;
};

static void put(struct key *k, const char *s, size_t len)
{
	size_t room = k->size - k->len - 1;

	len = len < room ? len : room;
	memcpy(k->data + k->len, s, len);
	k->len += len;
	k->data[k->len] = '\0';
}

static void put_padded(struct key *k, const char *s, size_t len)
{
	for (size_t i = len; i < NUMBER_WIDTH; i++) {
		put(k, "0", 1);
	}
	put(k, s, len);
}

static bool is_separator(char c)
{
	return c == ':' || c == '.' || c == '-' || c == '_';
}

/* "1f" of a PCI address is a number as a whole; in "usb1" only the 1 is. */
static void put_token(struct key *k, const char *s, size_t len)
{
	size_t hex = 0;

	while (hex < len && isxdigit((unsigned char)s[hex])) {
		hex++;
	}
	if (hex == len) {
		put_padded(k, s, len);
		return;
	}
	for (size_t i = 0; i < len;) {
		size_t end = i;

		while (end < len && isdigit((unsigned char)s[end])) {
			end++;
		}
		if (end > i) {
			put_padded(k, s + i, end - i);
			i = end;
		} else {
			put(k, s + i, 1);
			i++;
		}
	}
}

static void put_component(struct key *k, struct kb_str c)
{
	size_t start = 0;

	put(k, "/", 1);
	for (size_t i = 0; i <= c.len; i++) {
		if (i == c.len || is_separator(c.data[i])) {
			if (i > start) {
				put_token(k, c.data + start, i - start);
			}
			put(k, c.data + i, i < c.len ? 1 : 0);
			start = i + 1;
		}
	}
}

static bool is_word_and_number(struct kb_str c, struct kb_str word)
{
	size_t i = word.len;

	if (!kb_str_starts(c, word)) {
		return false;
	}
	while (i < c.len && isdigit((unsigned char)c.data[i])) {
		i++;
	}
	return i == c.len;
}

/* "6:0:0:0": SCSI host, channel, target, unit. */
static bool is_scsi_address(struct kb_str c)
{
	size_t colons = 0;

	for (size_t i = 0; i < c.len; i++) {
		if (c.data[i] == ':') {
			colons++;
		} else if (!isdigit((unsigned char)c.data[i])) {
			return false;
		}
	}
	return colons == 3;
}

/*
 * The kernel counts these up in the order in which drivers happen to start, which changes from
 * boot to boot; "1-2" in front of "1-2.3:1.0" says nothing new.
 */
static bool says_nothing(struct kb_str c, struct kb_str next)
{
	static const char *const counted[] = {"block", "nvme", "virtio", "host", "usb", "mmc_host"};

	for (size_t i = 0; i < KB_ARRAY_LEN(counted); i++) {
		if (is_word_and_number(c, kb_str_from(counted[i]))) {
			return true;
		}
	}
	if (kb_str_starts(c, KB_STR("target"))) {
		return true;
	}
	return next.len > c.len && kb_str_starts(next, c) && is_separator(next.data[c.len]);
}

static struct kb_str next_component(struct kb_str *rest)
{
	size_t end = kb_str_find(*rest, '/');
	struct kb_str c = kb_str_head(*rest, end);

	*rest = kb_str_skip(*rest, end + 1);
	return c;
}

static void put_bus_path(struct key *k, struct kb_str rest, bool is_partition)
{
	struct kb_str c = next_component(&rest);

	/* The last component is the device itself; a partition's is below its disk's. */
	while (rest.len > 0 && !(is_partition && kb_str_find(rest, '/') == rest.len)) {
		struct kb_str next = next_component(&rest);

		if (is_scsi_address(c)) {
			put_component(k, kb_str_skip(c, kb_str_find(c, ':') + 1));
		} else if (!says_nothing(c, next)) {
			put_component(k, c);
		}
		c = next;
	}
}

static struct kb_str disk_of(struct kb_str link, const char *name, bool is_partition)
{
	struct kb_str before = {0};
	struct kb_str last = {0};

	while (link.len > 0) {
		before = last;
		last = next_component(&link);
	}
	return is_partition && before.len > 0 ? before : kb_str_from(name);
}

void kb_scan_order(const char *link, const char *name, uint64_t partition, char *ret_key,
		   size_t size)
{
	struct key key = {ret_key, 0, size - NAME_BYTES - PARTITION_BYTES};
	const char *devices = strstr(link, "devices/");
	char number[PARTITION_BYTES];
	int n;

	ret_key[0] = '\0';
	if (devices) {
		put_bus_path(&key, kb_str_from(devices + strlen("devices/")), partition > 0);
	}
	/* Long paths were cut: the disk's name and the partition's number always have room. */
	key.size += NAME_BYTES;
	put_component(&key, disk_of(kb_str_from(link), name, partition > 0));
	key.size = size;
	n = snprintf(number, sizeof(number), "/%05u", (unsigned)(partition % 100000));
	put(&key, number, n > 0 ? (size_t)n : 0);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "luks/header.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "kboot/base/json.h"

/* LUKS1: "LUKS On-Disk Format Specification" 1.2.3; LUKS2: the same for 2, version 1.1. */
enum {
	MAGIC_BYTES = 6,
	VERSION_AT = 6,
	HEAD_BYTES = 4096,

	SLOTS_1 = 8,
	SLOTS_1_AT = 208,
	SLOT_1_BYTES = 48,
	ENABLED_1 = 0x00ac71f3,

	SIZE_2_AT = 8,
	JSON_AT = 4096,
	MOST_HEADER_2 = 4 << 20,
	JSON_MEMORY = 32 << 20,
	KIB = 1024,
};

static const char magic_first[MAGIC_BYTES] = {'L', 'U', 'K', 'S', '\xba', '\xbe'};
static const char magic_second[MAGIC_BYTES] = {'S', 'K', 'U', 'L', '\xba', '\xbe'};

static int read_all_at(int fd, uint64_t at, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (char *)buf + done, len - done, (off_t)(at + done));

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n < 0 ? -errno : -EUCLEAN;
		}
		done += (size_t)n;
	}
	return 0;
}

static unsigned version_of(const unsigned char *head, const char *magic)
{
	uint16_t version;

	if (memcmp(head, magic, MAGIC_BYTES) != 0) {
		return 0;
	}
	memcpy(&version, head + VERSION_AT, sizeof(version));
	return be16toh(version);
}

/* --- LUKS1 */

static void take_1(const unsigned char *head, struct kb_luks_header *header)
{
	header->version = 1;
	for (unsigned i = 0; i < SLOTS_1; i++) {
		uint32_t state;

		memcpy(&state, head + SLOTS_1_AT + (size_t)i * SLOT_1_BYTES, sizeof(state));
		if (be32toh(state) == ENABLED_1) {
			header->slots[header->n_slots++] = (struct kb_luks_slot){.number = i};
		}
	}
}

/* --- LUKS2 */

/* A token's slots hold a key that the token has, and not one that a person types. */
static bool is_of_token(const struct kb_json *tokens, const char *slot)
{
	static const char *const typed[] = {"systemd-recovery", "luks2-keyring"};

	for (const struct kb_json *t = tokens ? tokens->parts : NULL; t; t = t->next) {
		const struct kb_json *slots = kb_json_get(t, "keyslots");
		const char *type = kb_json_get_str(t, "type", "");

		if (strcmp(type, typed[0]) == 0 || strcmp(type, typed[1]) == 0) {
			continue;
		}
		for (const struct kb_json *s = kb_json_is(slots, KB_JSON_ARRAY) ? slots->parts
										: NULL;
		     s; s = s->next) {
			if (s->type == KB_JSON_TEXT && strcmp(s->text, slot) == 0) {
				return true;
			}
		}
	}
	return false;
}

static void put_sorted(struct kb_luks_header *header, struct kb_luks_slot slot)
{
	size_t i = header->n_slots++;

	for (; i > 0 && header->slots[i - 1].memory_bytes > slot.memory_bytes; i--) {
		header->slots[i] = header->slots[i - 1];
	}
	header->slots[i] = slot;
}

static void take_slot(const struct kb_json *slot, const struct kb_json *tokens,
		      struct kb_luks_header *header)
{
	const struct kb_json *kdf = kb_json_get(slot, "kdf");
	int64_t kib = kb_json_get_int(kdf, "memory", 0);
	uint64_t number;

	if (strcmp(kb_json_get_str(slot, "type", ""), "luks2") != 0) {
		/* One of type "reencrypt" is there while it lasts. */
		header->is_reencrypting =
			header->is_reencrypting ||
			strcmp(kb_json_get_str(slot, "type", ""), "reencrypt") == 0;
		return;
	}
	if (kb_str_to_u64(kb_str_from(slot->key), &number) < 0 || number >= KB_LUKS_MAX_SLOTS ||
	    header->n_slots == KB_LUKS_MAX_SLOTS || is_of_token(tokens, slot->key) ||
	    kb_json_get_int(slot, "priority", 1) == 0) {
		return;
	}
	if (kib < 0 || kib > INT_MAX || strcmp(kb_json_get_str(kdf, "type", ""), "pbkdf2") == 0) {
		kib = kib > INT_MAX ? INT_MAX : 0;
	}
	put_sorted(header, (struct kb_luks_slot){.number = (unsigned)number,
						 .memory_bytes = (uint64_t)kib * KIB});
}

static bool wants_reencryption(const struct kb_json *root)
{
	const struct kb_json *needs =
		kb_json_get(kb_json_get(kb_json_get(root, "config"), "requirements"), "mandatory");

	for (const struct kb_json *n = kb_json_is(needs, KB_JSON_ARRAY) ? needs->parts : NULL; n;
	     n = n->next) {
		if (n->type == KB_JSON_TEXT && strstr(n->text, "reencrypt")) {
			return true;
		}
	}
	return false;
}

static int take_2(const struct kb_json *root, struct kb_luks_header *header)
{
	const struct kb_json *slots = kb_json_get(root, "keyslots");
	const struct kb_json *tokens = kb_json_get(root, "tokens");

	if (!kb_json_is(slots, KB_JSON_OBJECT)) {
		return -EUCLEAN;
	}
	tokens = kb_json_is(tokens, KB_JSON_OBJECT) ? tokens : NULL;
	header->version = 2;
	header->has_token = tokens && tokens->parts;
	header->is_reencrypting = wants_reencryption(root);
	for (const struct kb_json *slot = slots->parts; slot; slot = slot->next) {
		take_slot(slot, tokens, header);
	}
	return 0;
}

/* The header at a place, of which the text is the rest up to its first NUL. */
static int read_2(int fd, uint64_t at, const unsigned char *head, struct kb_luks_header *header)
{
	KB_ARENA struct kb_arena arena = {.max_bytes = JSON_MEMORY};
	KB_FREE char *text = NULL;
	const struct kb_json *root = NULL;
	uint64_t size;
	int r;

	memcpy(&size, head + SIZE_2_AT, sizeof(size));
	size = be64toh(size);
	if (size <= JSON_AT || size > MOST_HEADER_2) {
		return -EUCLEAN;
	}
	size -= JSON_AT;
	text = malloc(size);
	if (!text) {
		return -ENOMEM;
	}
	r = read_all_at(fd, at + JSON_AT, text, size);
	r = r < 0 ? r : kb_json_parse(&arena, kb_str_of(text, strnlen(text, size)), &root);
	return r == -EINVAL ? -EUCLEAN : r < 0 ? r : take_2(root, header);
}

static int read_second(int fd, struct kb_luks_header *header)
{
	/* It stands behind the first, whose size may be any of these. */
	for (uint64_t at = 16 << 10; at <= MOST_HEADER_2; at *= 2) {
		unsigned char head[HEAD_BYTES];

		if (read_all_at(fd, at, head, sizeof(head)) == 0 &&
		    version_of(head, magic_second) == 2 && read_2(fd, at, head, header) == 0) {
			return 0;
		}
	}
	return -EUCLEAN;
}

static int read_any(int fd, struct kb_luks_header *header)
{
	unsigned char head[HEAD_BYTES];
	int r = read_all_at(fd, 0, head, sizeof(head));

	if (r < 0) {
		return r;
	}
	switch (version_of(head, magic_first)) {
	case 1:
		take_1(head, header);
		return 0;
	case 2:
		r = read_2(fd, 0, head, header);
		break;
	default:
		r = -EUCLEAN;
	}
	if (r == -EUCLEAN) {
		*header = (struct kb_luks_header){0};
		r = read_second(fd, header);
	}
	return r;
}

int kb_luks_header_read(int fd, const char *device, struct kb_luks_header *ret_header,
			struct kb_error *err)
{
	struct kb_luks_header header = {0};
	int r = read_any(fd, &header);

	if (r == -EUCLEAN) {
		return kb_error_set(err, r, "the LUKS header of %s is damaged", device);
	}
	if (r < 0) {
		return kb_error_set(err, r, "the LUKS header of %s cannot be read: %s", device,
				    strerror(-r));
	}
	*ret_header = header;
	return 0;
}

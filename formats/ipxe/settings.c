/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings.h"

#include <errno.h>

/* key: a name, or a DHCP option's number, as text. */
struct ipxe_setting {
	struct ipxe_setting *next;
	const char *scope; /* "": none */
	const char *key;
	int row; /* of what is known of it */
	const struct ipxe_type *type;
	char *bytes;
	size_t len; /* 0: deleted */
	size_t cap;
};

/* A name taken apart. */
struct place {
	struct kb_str scope;
	struct kb_str key;
	int row;                      /* of what is known of it; -1: nothing is */
	const struct ipxe_type *type; /* NULL: it does not say */
};

/* Names that are a DHCP option's, or not of text. */
static const struct {
	const char *name;
	const char *tag; /* NULL: none */
	const char *type;
} known[] = {
	{"ip", NULL, "ipv4"},
	{"netmask", "1", "ipv4"},
	{"gateway", "3", "ipv4"},
	{"dns", "6", "ipv4"},
	{"syslog", "7", "ipv4"},
	{"hostname", "12", "string"},
	{"domain", "15", "string"},
	{"root-path", "17", "string"},
	{"ntp", "42", "ipv4"},
	{"dhcp-server", "54", "ipv4"},
	{"vendor-class", "60", "string"},
	{"filename", "67", "string"},
	{"user-class", "77", "string"},
	{"initiator-iqn", "203", "string"},
	{"next-server", NULL, "ipv4"},
	{"mac", NULL, "hex"},
	{"busid", NULL, "hex"},
	{"uuid", NULL, "uuid"},
	{"unixtime", NULL, "uint32"},
	{"priority", NULL, "int8"},
};

static int known_row(struct kb_str key)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (kb_str_eq(key, kb_str_from(known[i].name)) ||
		    (known[i].tag && kb_str_eq(key, kb_str_from(known[i].tag)))) {
			return (int)i;
		}
	}
	return -1;
}

/* "SCOPE/KEY:TYPE". -EINVAL: there is no such type. */
static int take_apart(struct kb_str name, struct place *ret_place)
{
	size_t slash = kb_str_find(name, '/');
	struct place place = {0};
	size_t colon;

	if (slash < name.len) {
		place.scope = kb_str_head(name, slash);
		name = kb_str_skip(name, slash + 1);
	}
	if (kb_str_eq(place.scope, KB_STR("netX"))) {
		place.scope = KB_STR("net0");
	} else if (kb_str_eq(place.scope, KB_STR("dhcp"))) {
		place.scope = KB_STR("net0.dhcp");
	}
	colon = kb_str_find(name, ':');
	place.key = kb_str_head(name, colon);
	place.row = known_row(place.key);
	if (colon < name.len) {
		place.type = ipxe_type_find(kb_str_skip(name, colon + 1));
	}
	*ret_place = place;
	return colon < name.len && !place.type ? -EINVAL : 0;
}

/* By its number, where it has one: "filename" is 67. */
static bool is_same_key(const struct place *place, const struct ipxe_setting *at)
{
	return place->row >= 0 ? place->row == at->row
			       : kb_str_eq(place->key, kb_str_from(at->key));
}

static struct ipxe_setting *find_exact(const struct ipxe_settings *s, const struct place *place)
{
	struct ipxe_setting *at = s->first;

	while (at && !(kb_str_eq(place->scope, kb_str_from(at->scope)) && is_same_key(place, at))) {
		at = at->next;
	}
	return at;
}

/* Without a scope: the script's own, else that of any; "net0" has what "net0.dhcp" has. */
static bool is_below(struct kb_str scope, const char *of)
{
	return scope.len == 0 || (kb_str_starts(kb_str_from(of), scope) &&
				  (of[scope.len] == '\0' || of[scope.len] == '.'));
}

static const struct ipxe_setting *find(const struct ipxe_settings *s, const struct place *place)
{
	const struct ipxe_setting *at = find_exact(s, place);

	if (at && at->len > 0) {
		return at;
	}
	for (at = s->first; at; at = at->next) {
		if (at->len > 0 && is_below(place->scope, at->scope) && is_same_key(place, at)) {
			return at;
		}
	}
	return NULL;
}

static struct ipxe_setting *add(struct ipxe_settings *s, const struct place *place)
{
	struct ipxe_setting *at = kb_arena_alloc(s->arena, sizeof(*at));

	if (!at) {
		return NULL;
	}
	at->scope = kb_arena_str(s->arena, place->scope);
	at->key = kb_arena_str(s->arena, place->key);
	at->row = place->row;
	if (!at->scope || !at->key) {
		return NULL;
	}
	if (s->last) {
		s->last->next = at;
	} else {
		s->first = at;
	}
	s->last = at;
	s->n++;
	return at;
}

static int store(struct ipxe_settings *s, const struct place *place, const struct ipxe_type *type,
		 struct kb_str bytes)
{
	struct ipxe_setting *at = find_exact(s, place);

	if (!at && bytes.len == 0) {
		return 0;
	}
	if (!at && s->n == IPXE_MAX_SETTINGS) {
		return -E2BIG;
	}
	at = at ? at : add(s, place);
	if (at && bytes.len > at->cap) {
		size_t cap = at->cap + bytes.len;

		at->bytes = kb_arena_alloc(s->arena, cap);
		at->cap = at->bytes ? cap : 0;
		at->len = 0;
	}
	if (!at || at->cap < bytes.len) {
		return -ENOMEM;
	}
	if (bytes.len > 0) {
		memcpy(at->bytes, bytes.data, bytes.len);
	}
	at->len = bytes.len;
	at->type = type;
	return 0;
}

static const struct ipxe_type *default_type(const struct place *place)
{
	if (place->type) {
		return place->type;
	}
	return place->row >= 0 ? ipxe_type_find(kb_str_from(known[place->row].type))
			       : &ipxe_type_string;
}

int ipxe_settings_set(struct ipxe_settings *s, struct kb_str name, struct kb_str value)
{
	KB_BUF struct kb_buf bytes = {0};
	const struct ipxe_type *type;
	struct place place;
	int r = take_apart(name, &place);

	if (r == 0 && value.len > 0) {
		type = default_type(&place);
		r = type->parse ? type->parse(type, value, &bytes) : -ENOTSUP;
	}
	r = r < 0 ? r : kb_buf_error(&bytes);
	return r < 0 ? r : store(s, &place, default_type(&place), kb_buf_view(&bytes));
}

/* What has a name is of that name's type, however it was stored. */
static const struct ipxe_type *named_type(const struct place *place, const struct ipxe_setting *at)
{
	int row = place->row;

	return row >= 0 && kb_str_eq(place->key, kb_str_from(known[row].name)) &&
			       at->type->separator == 0 && at->type != &ipxe_type_string
		       ? ipxe_type_find(kb_str_from(known[row].type))
		       : at->type;
}

bool ipxe_settings_get(const struct ipxe_settings *s, struct kb_str name, struct kb_buf *text)
{
	const struct ipxe_setting *at;
	const struct ipxe_type *type;
	size_t before = text->len;
	struct place place;

	if (take_apart(name, &place) < 0) {
		return false;
	}
	at = find(s, &place);
	if (!at) {
		return false;
	}
	type = place.type ? place.type : named_type(&place, at);
	if (type->format(type, kb_str_of(at->bytes, at->len), text) < 0) {
		text->len = before;
		return false;
	}
	return true;
}

int ipxe_settings_add(struct ipxe_settings *s, struct kb_str name, int64_t more)
{
	const struct ipxe_type *type = ipxe_type_find(KB_STR("int32"));
	KB_BUF struct kb_buf bytes = {0};
	const struct ipxe_setting *at;
	struct place place;
	int64_t value = 0;
	int r = take_apart(name, &place);

	if (r < 0) {
		return r;
	}
	at = find(s, &place);
	type = place.type ? place.type : at ? at->type : type;
	if (type->size == 0) {
		return -ENOTSUP;
	}
	if (at && ipxe_bytes_number(kb_str_of(at->bytes, at->len), type->is_signed, &value) < 0) {
		value = 0;
	}
	ipxe_number_bytes(type, (int64_t)((uint64_t)value + (uint64_t)more), &bytes);
	return kb_buf_error(&bytes) < 0 ? kb_buf_error(&bytes)
					: store(s, &place, type, kb_buf_view(&bytes));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "kboot/mount/nfs.h"
#include "server/server.h"

static int bad_option(struct kb_error *err, int code, struct kb_str option, const char *why)
{
	return kb_error_set(err, code, "`%.*s`: %s", KB_STR_ARG(kb_str_head(option, 64)), why);
}

/* "3", "4", "4.1" */
static int parse_version(struct kb_str text, struct kb_nfs_place *place)
{
	static const struct {
		const char *word;
		unsigned version;
		int minor;
	} versions[] = {
		{"3", 3, KB_NFS_MINOR_ANY},
		{"4", 4, KB_NFS_MINOR_ANY},
		{"4.0", 4, 0},
		{"4.1", 4, 1},
		{"4.2", 4, 2},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(versions); i++) {
		if (kb_str_eq(text, kb_str_from(versions[i].word))) {
			place->version = versions[i].version;
			place->minor = versions[i].minor;
			return 0;
		}
	}
	return -EINVAL;
}

static int parse_minor(struct kb_str text, struct kb_nfs_place *place)
{
	uint64_t value;

	if (kb_str_to_u64(text, &value) < 0 || value > 2) {
		return -EINVAL;
	}
	place->version = 4;
	place->minor = (int)value;
	return 0;
}

/* UDP is passed over: every server has TCP as well. */
static int check_protocol(struct kb_str value)
{
	return kb_str_eq(value, KB_STR("rdma")) || kb_str_eq(value, KB_STR("rdma6")) ? -ENOTSUP : 0;
}

static int check_security(struct kb_str value)
{
	return kb_str_starts(value, KB_STR("krb5")) ? -ENOTSUP : 0;
}

static int apply_value(struct kb_str name, struct kb_str value, struct kb_nfs_place *place,
		       bool *ret_known)
{
	*ret_known = true;
	if (kb_str_eq(name, KB_STR("vers")) || kb_str_eq(name, KB_STR("nfsvers"))) {
		return parse_version(value, place);
	}
	if (kb_str_eq(name, KB_STR("minorversion"))) {
		return parse_minor(value, place);
	}
	if (kb_str_eq(name, KB_STR("port"))) {
		return kb_mount_server_parse_port(value, &place->port);
	}
	if (kb_str_eq(name, KB_STR("mountport"))) {
		return kb_mount_server_parse_port(value, &place->mount_port);
	}
	if (kb_str_eq(name, KB_STR("proto"))) {
		return check_protocol(value);
	}
	if (kb_str_eq(name, KB_STR("sec"))) {
		return check_security(value);
	}
	*ret_known = false;
	return 0;
}

static int apply_option(struct kb_str option, bool strict, struct kb_nfs_place *place,
			struct kb_error *err)
{
	size_t equals = kb_str_find(option, '=');
	struct kb_str name = kb_str_head(option, equals);
	bool known;
	int r;

	if (equals == option.len && kb_str_starts(option, KB_STR("v")) &&
	    parse_version(kb_str_skip(option, 1), place) == 0) {
		return 0; /* v4.1 is what some write for vers=4.1 */
	}
	r = apply_value(name, kb_str_skip(option, equals + 1), place, &known);
	if (r == -ENOTSUP) {
		return bad_option(err, r, option, "kboot's NFS knows TCP and plain user ids only");
	}
	if (r < 0) {
		return bad_option(err, r, option, "not a value for this option of NFS");
	}
	if (!known && strict) {
		return bad_option(err, -EINVAL, option, "not an option of NFS that kboot knows");
	}
	return 0;
}

/* separator: the one beside the comma. */
static int parse_options(struct kb_str options, bool strict, char separator,
			 struct kb_nfs_place *place, struct kb_error *err)
{
	struct kb_nfs_place result = *place;
	int r = 0;

	while (r == 0 && options.len > 0) {
		size_t comma = kb_str_find(options, ',');
		size_t other = kb_str_find(options, separator);
		size_t len = comma < other ? comma : other;
		struct kb_str option = kb_str_head(options, len);

		options = kb_str_skip(options, len + 1);
		r = option.len > 0 ? apply_option(option, strict, &result, err) : 0;
	}
	if (r == 0) {
		*place = result;
	}
	return r;
}

int kb_nfs_options_parse(struct kb_str options, struct kb_nfs_place *place, struct kb_error *err)
{
	return parse_options(options, false, ',', place, err);
}

int kb_nfs_place_parse(struct kb_arena *arena, struct kb_str text, struct kb_nfs_place *ret_place,
		       struct kb_error *err)
{
	struct kb_nfs_place place = {.minor = KB_NFS_MINOR_ANY};
	size_t question = kb_str_find(text, '?');
	struct kb_str address = kb_str_head(text, question);
	struct kb_str host;
	int r = kb_mount_server_parse(address, &host, &place.port, err);

	r = r < 0 ? r : parse_options(kb_str_skip(text, question + 1), true, '&', &place, err);
	if (r < 0) {
		return r;
	}
	place.host = kb_arena_str(arena, host);
	if (!place.host) {
		return kb_error_no_memory(err);
	}
	*ret_place = place;
	return 0;
}

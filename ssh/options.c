/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <errno.h>

enum { SHOWN_MAX = 40 };

/* What an option does here. There is no forwarding of any kind, so what forbids or allows it says
 * nothing. */
static const struct {
	const char *name;
	enum { NOTHING, COMMAND, RESTRICTED, RESTRICT, PTY, NO_PTY, VERIFY, NO_TOUCH } does;
} known[] = {
	{"command", COMMAND},
	{"restricted", RESTRICTED},
	{"restrict", RESTRICT},
	{"pty", PTY},
	{"no-pty", NO_PTY},
	{"verify-required", VERIFY},
	{"no-touch-required", NO_TOUCH},
	{"no-port-forwarding", NOTHING},
	{"port-forwarding", NOTHING},
	{"no-agent-forwarding", NOTHING},
	{"agent-forwarding", NOTHING},
	{"no-x11-forwarding", NOTHING},
	{"x11-forwarding", NOTHING},
	{"no-user-rc", NOTHING},
	{"user-rc", NOTHING},
	{"permitopen", NOTHING},
	{"permitlisten", NOTHING},
};

/* In quotes, in which \" is a quote. *rest stands at the first one, and behind the last one then.
 */
static int take_value(struct kb_str *rest, struct kb_buf *value)
{
	struct kb_str s = kb_str_skip(*rest, 1);

	while (s.len > 0 && s.data[0] != '"') {
		if (s.data[0] == '\\' && s.len > 1 && s.data[1] == '"') {
			s = kb_str_skip(s, 1);
		}
		kb_buf_putc(value, s.data[0]);
		s = kb_str_skip(s, 1);
	}
	*rest = kb_str_skip(s, 1);
	return s.len == 0 ? -EINVAL : 0;
}

static int apply(struct kb_arena *arena, struct kb_str name, const struct kb_buf *value,
		 struct kb_ssh_key *key, struct kb_error *err)
{
	size_t i = 0;

	while (i < KB_ARRAY_LEN(known) && !kb_str_eq_nocase(name, kb_str_from(known[i].name))) {
		i++;
	}
	if (i == KB_ARRAY_LEN(known)) {
		return kb_error_set(err, -EINVAL, "the option %.*s is not understood",
				    KB_STR_ARG(kb_str_head(name, SHOWN_MAX)));
	}
	switch (known[i].does) {
	case COMMAND:
		if (!value->data || kb_str_trim(kb_buf_view(value)).len == 0) {
			return kb_error_set(err, -EINVAL, "command has no \"command\" behind it");
		}
		key->command = kb_arena_str(arena, kb_buf_view(value));
		return key->command ? 0 : kb_error_no_memory(err);
	case RESTRICTED:
		key->restricted = true;
		break;
	case RESTRICT:
	case NO_PTY:
		key->no_terminal = true;
		break;
	case PTY:
		key->no_terminal = false;
		break;
	case VERIFY:
		key->verify_required = true;
		break;
	case NO_TOUCH:
		key->no_touch = true;
		break;
	case NOTHING:
		break;
	}
	return 0;
}

/* One option; *rest stands behind it. */
static int take_one(struct kb_arena *arena, struct kb_str *rest, struct kb_ssh_key *key,
		    struct kb_error *err)
{
	KB_BUF struct kb_buf value = {0};
	struct kb_str name;
	size_t len = 0;

	while (len < rest->len && !strchr(",=\" \t", rest->data[len])) {
		len++;
	}
	name = kb_str_head(*rest, len);
	*rest = kb_str_skip(*rest, len);
	if (kb_str_starts(*rest, KB_STR("=\""))) {
		*rest = kb_str_skip(*rest, 1);
		if (take_value(rest, &value) < 0) {
			return kb_error_set(err, -EINVAL, "the quote of %.*s has no end",
					    KB_STR_ARG(kb_str_head(name, SHOWN_MAX)));
		}
	}
	return kb_buf_error(&value) < 0 ? kb_error_no_memory(err)
					: apply(arena, name, &value, key, err);
}

int kb_ssh_options_take(struct kb_arena *arena, struct kb_str *rest, struct kb_ssh_key *key,
			struct kb_error *err)
{
	for (;;) {
		int r = take_one(arena, rest, key, err);

		if (r < 0) {
			return r;
		}
		if (rest->len == 0 || kb_is_blank(rest->data[0])) {
			return 0;
		}
		if (rest->data[0] != ',') {
			return kb_error_set(err, -EINVAL, "the options are not understood");
		}
		*rest = kb_str_skip(*rest, 1);
	}
}

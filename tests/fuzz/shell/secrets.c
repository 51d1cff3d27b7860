/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever stands before it, a secret on a line of its own is hidden; and nothing comes of nothing.
 */
#include "secrets.h"
#include "fuzz.h"

static const char secret[] = "zQ9hid1ngQ9z";

static bool contains(struct kb_str text, struct kb_str what)
{
	for (; text.len >= what.len; text = kb_str_skip(text, 1)) {
		if (kb_str_starts(text, what)) {
			return true;
		}
	}
	return false;
}

static int fingerprint(struct kb_str type, struct kb_str key, char *ret_text, size_t size)
{
	(void)snprintf(ret_text, size, "%zu", type.len + key.len);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str input = kb_str_of((const char *)data, size);
	KB_BUF struct kb_buf text = {0};
	KB_BUF struct kb_buf hidden = {0};
	KB_BUF struct kb_buf keys = {0};

	if (size > (64U << 10) || contains(input, kb_str_from(secret))) {
		return 0;
	}
	kb_buf_str(&text, input);
	kb_buf_printf(&text, "\nlinux /x password=%s quiet\nhttps://eve:%s@host/?%s\n", secret,
		      secret, secret);
	for (int kind = KB_SECRETS_PROSE; kind <= KB_SECRETS_CONFIG; kind++) {
		kb_buf_reset(&hidden);
		kb_secrets_hide(&hidden, kb_buf_view(&text), (enum kb_secrets_kind)kind);
		if (contains(kb_buf_view(&hidden), kb_str_from(secret))) {
			abort();
		}
	}
	kb_secrets_hide_keys(&keys, kb_buf_view(&text), fingerprint);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/ssh/authorized.h"

#include <errno.h>
#include <stdio.h>

#include "kboot/base/base64.h"
#include "kboot/base/json.h"
#include "options.h"

enum {
	LINE_BYTES = 16 << 10,
	TABLE_LINE_BYTES = 128 << 10,
	NAME_BYTES = 128,
	NUMBER_TEXT = 16,
	RSA_BITS = 2048
};

static const char *const types[] = {
	"ssh-ed25519",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"ssh-rsa",
	"sk-ssh-ed25519@openssh.com",
	"sk-ecdsa-sha2-nistp256@openssh.com",
};

static const char *find_type(struct kb_str word)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(types); i++) {
		if (kb_str_eq(word, kb_str_from(types[i]))) {
			return types[i];
		}
	}
	return NULL;
}

/* A text with its length before it (RFC 4251, 5). */
static bool take_text(struct kb_str *rest, struct kb_str *ret_text)
{
	const unsigned char *b = (const unsigned char *)rest->data;
	uint32_t len;

	if (rest->len < 4) {
		return false;
	}
	len = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	*rest = kb_str_skip(*rest, 4);
	*ret_text = kb_str_head(*rest, len);
	*rest = kb_str_skip(*rest, len);
	return ret_text->len == len;
}

/* An RSA key: its exponent, its modulus, which begins with a 0 byte where its first bit is set. */
static bool is_short(const char *type, struct kb_str rest)
{
	struct kb_str exponent;
	struct kb_str modulus;

	return strcmp(type, "ssh-rsa") == 0 &&
	       (!take_text(&rest, &exponent) || !take_text(&rest, &modulus) ||
		modulus.len < RSA_BITS / 8);
}

static int check_blob(const char *type, struct kb_str base64, struct kb_error *err)
{
	KB_BUF struct kb_buf blob = {0};
	struct kb_str rest;
	struct kb_str inside;
	int r = base64.len > KB_SSH_KEY_CHARS ? -EFBIG : kb_base64_decode(base64, &blob);

	if (r == -ENOMEM || kb_buf_error(&blob) < 0) {
		return kb_error_no_memory(err);
	}
	if (r < 0) {
		return kb_error_set(err, -EINVAL, "the key is %s",
				    r == -EFBIG ? "too long" : "not whole: that is no base64");
	}
	rest = kb_buf_view(&blob);
	if (!take_text(&rest, &inside) || !kb_str_eq(inside, kb_str_from(type)) || rest.len == 0) {
		return kb_error_set(err, -EINVAL, "the key is no %s key, or not whole", type);
	}
	if (is_short(type, rest)) {
		return kb_error_set(err, -EINVAL, "the RSA key has less than %d bits", RSA_BITS);
	}
	return 0;
}

static int take_key(struct kb_arena *arena, struct kb_str line, struct kb_ssh_key *key,
		    struct kb_error *err)
{
	struct kb_str rest = line;
	struct kb_str word = {0};
	int r = 0;

	(void)kb_str_next_word(&rest, &word);
	key->type = find_type(word);
	if (!key->type) {
		rest = line;
		r = kb_ssh_options_take(arena, &rest, key, err);
		if (r < 0) {
			return r;
		}
		key->type = kb_str_next_word(&rest, &word) ? find_type(word) : NULL;
	}
	if (!key->type) {
		return kb_error_set(err, -EINVAL,
				    "no kind of key that is known here (ssh-ed25519, ecdsa-sha2-…, "
				    "ssh-rsa, sk-…)");
	}
	if (!kb_str_next_word(&rest, &word)) {
		return kb_error_set(err, -EINVAL, "there is no key behind %s", key->type);
	}
	r = check_blob(key->type, word, err);
	if (r == 0) {
		key->base64 = kb_arena_str(arena, word);
		key->name = kb_arena_str(arena, kb_str_head(kb_str_trim(rest), NAME_BYTES));
		r = key->base64 && key->name ? 0 : kb_error_no_memory(err);
	}
	return r;
}

void kb_ssh_keys_done(struct kb_ssh_keys *keys)
{
	kb_arena_done(&keys->arena);
	keys->n = 0;
}

/* One bad line costs itself, and says why. */
static int read_line(struct kb_ssh_keys *keys, struct kb_str line, struct kb_position at,
		     const struct kb_diag_sink *diags)
{
	struct kb_ssh_key key = {0};
	struct kb_error err = {0};
	int r = 0;

	line = kb_str_trim(line);
	if (line.len == 0 || line.data[0] == '#') {
		return 0;
	}
	if (keys->n == KB_SSH_MAX_KEYS) {
		r = kb_error_set(&err, -EINVAL, "there are more than %d keys", KB_SSH_MAX_KEYS);
	} else if (line.len > LINE_BYTES || kb_str_find(line, '\0') < line.len) {
		r = kb_error_set(&err, -EINVAL, "a line that is too long, or has a NUL in it");
	} else {
		r = take_key(&keys->arena, line, &key, &err);
	}
	if (r == 0) {
		keys->keys[keys->n++] = key;
	} else if (r != -ENOMEM) {
		kb_diag_report(diags, KB_SEVERITY_WARNING, at, "%s; this line lets nobody in",
			       err.text);
	}
	return r == -ENOMEM ? r : 0;
}

int kb_ssh_keys_read(struct kb_ssh_keys *keys, struct kb_str text, const char *file,
		     const struct kb_diag_sink *diags)
{
	struct kb_position at = {.file = file};
	struct kb_str line;
	int r = 0;

	if (kb_str_starts(text, KB_STR("\xef\xbb\xbf"))) {
		text = kb_str_skip(text, 3);
	}
	while (r == 0 && kb_str_next_line(&text, &line)) {
		at.line++;
		r = read_line(keys, line, at, diags);
	}
	return r;
}

static void print_number(size_t i, char text[static NUMBER_TEXT])
{
	(void)snprintf(text, NUMBER_TEXT, "key%u", (unsigned)i + 1);
}

void kb_ssh_keys_print(const struct kb_ssh_keys *keys, struct kb_buf *text)
{
	char number[NUMBER_TEXT];

	for (size_t i = 0; i < keys->n; i++) {
		const struct kb_ssh_key *k = &keys->keys[i];
		const struct {
			bool is_set;
			const char *name;
		} options[] = {{k->no_terminal, "no-pty"},
			       {k->verify_required, "verify-required"},
			       {k->no_touch, "no-touch-required"}};
		const char *before = "";

		for (size_t o = 0; o < KB_ARRAY_LEN(options); o++) {
			if (options[o].is_set) {
				kb_buf_printf(text, "%s%s", before, options[o].name);
				before = ",";
			}
		}
		print_number(i, number);
		kb_buf_printf(text, "%s%s %s %s\n", before[0] ? " " : "", k->type, k->base64,
			      number);
	}
}

void kb_ssh_keys_print_table(const struct kb_ssh_keys *keys, struct kb_buf *text)
{
	char number[NUMBER_TEXT];

	for (size_t i = 0; i < keys->n; i++) {
		const struct kb_ssh_key *k = &keys->keys[i];
		size_t start = text->len;

		print_number(i, number);
		kb_json_open(text, NULL, '{');
		kb_json_put_text(text, "key", number);
		kb_json_put_text(text, "type", k->type);
		kb_json_put_text(text, "name", k->name);
		kb_json_put_text(text, "command", k->command);
		kb_json_put_bool(text, "restricted", k->restricted);
		(void)!kb_json_end_line(text, start, TABLE_LINE_BYTES, 0);
	}
}

int kb_ssh_key_find(struct kb_arena *arena, struct kb_str table, const char *number,
		    struct kb_ssh_key *ret_key)
{
	const struct kb_json *object;
	struct kb_str line;

	while (kb_str_next_line(&table, &line)) {
		int r = kb_json_parse(arena, line, &object);

		if (r < 0) {
			return r;
		}
		if (strcmp(kb_json_get_str(object, "key", ""), number) == 0) {
			*ret_key = (struct kb_ssh_key){
				.type = kb_json_get_str(object, "type", ""),
				.name = kb_json_get_str(object, "name", ""),
				.command = kb_json_get_str(object, "command", NULL),
				/* What does not say that it is free is not. */
				.restricted = kb_json_get_bool(object, "restricted", true),
			};
			return 0;
		}
	}
	return -ENOENT;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "secrets_words.h"

enum { TOKEN_MAX = 4096 };

/* Anywhere in a name. */
static const char *const stems[] = {"passw",   "passphrase",    "secret", "token",
				    "psk",     "preshared",     "apikey", "api_key",
				    "api-key", "private",       "wepkey", "wep_key",
				    "wep-key", "authorization", "cookie", "credential",
				    "passcode"};
/* A part of a name, between its dots, dashes and underscores. */
static const char *const parts[] = {"pass", "pw", "pwd", "pin", "key", "otp", "login"};
/* Of those, names whose value may be a file. */
static const char *const of_files[] = {"luks.key", "keyfile", "credentials"};

static bool contains(struct kb_str text, struct kb_str what)
{
	for (; text.len >= what.len; text = kb_str_skip(text, 1)) {
		if (kb_str_eq_nocase(kb_str_head(text, what.len), what)) {
			return true;
		}
	}
	return false;
}

static bool is_part(struct kb_str name, struct kb_str what)
{
	while (name.len > 0) {
		size_t len = 0;

		while (len < name.len &&
		       (kb_is_letter(name.data[len]) || kb_is_digit(name.data[len]))) {
			len++;
		}
		if (kb_str_eq_nocase(kb_str_head(name, len), what)) {
			return true;
		}
		name = kb_str_skip(name, len + 1);
	}
	return false;
}

bool kb_secrets_is_name(struct kb_str name)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(stems); i++) {
		if (contains(name, kb_str_from(stems[i]))) {
			return true;
		}
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(parts); i++) {
		if (is_part(name, kb_str_from(parts[i]))) {
			return true;
		}
	}
	/* key0, key_mgmt is none, wep_key0 was found above. */
	return name.len == 4 && kb_str_eq_nocase(kb_str_head(name, 3), KB_STR("key")) &&
	       kb_is_digit(name.data[3]);
}

bool kb_secrets_may_be_path(struct kb_str name)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(of_files); i++) {
		if (contains(name, kb_str_from(of_files[i]))) {
			return true;
		}
	}
	return false;
}

static bool in_token(char c)
{
	return kb_is_letter(c) || kb_is_digit(c) || strchr("./$+=,_-", c);
}

static size_t token_len(struct kb_str text)
{
	size_t len = 0;

	while (len < text.len && len < TOKEN_MAX && text.data[len] && in_token(text.data[len])) {
		len++;
	}
	return len;
}

/* crypt(5): "$6$rounds=5000$salt$hash", "$1$salt$hash", "$y$j9T$...". */
static bool is_crypt(struct kb_str token)
{
	size_t len = 1;

	if (token.len < 12 || token.data[0] != '$') {
		return false;
	}
	while (len < token.len && (kb_is_letter(token.data[len]) || kb_is_digit(token.data[len]))) {
		len++;
	}
	return len > 1 && len <= 8 && len < token.len && token.data[len] == '$';
}

/* Of JSON that was signed: header, claims and signature. */
static bool is_jwt(struct kb_str token)
{
	size_t dot = kb_str_find(token, '.');

	return kb_str_starts(token, KB_STR("eyJ")) && dot < token.len &&
	       kb_str_find(kb_str_skip(token, dot + 1), '.') < token.len - dot - 1;
}

size_t kb_secrets_token(struct kb_str text)
{
	static const char *const heads[] = {"grub.pbkdf2.", "ghp_",   "gho_",  "ghs_",
					    "github_pat_",  "glpat-", "xoxb-", "xoxp-"};
	size_t len = token_len(text);
	struct kb_str token = kb_str_head(text, len);

	if (is_crypt(token) || is_jwt(token)) {
		return len;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(heads); i++) {
		if (kb_str_eq_nocase(kb_str_head(token, strlen(heads[i])), kb_str_from(heads[i]))) {
			return len;
		}
	}
	return 0;
}

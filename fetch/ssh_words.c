/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ssh_words.h"

static bool find(struct kb_str text, struct kb_str what, size_t *ret_at)
{
	for (size_t at = 0; what.len <= text.len && at <= text.len - what.len; at++) {
		if (kb_str_starts(kb_str_skip(text, at), what)) {
			*ret_at = at;
			return true;
		}
	}
	return false;
}

static bool has(struct kb_str text, struct kb_str what)
{
	size_t at;

	return find(text, what, &at);
}

/* What stands behind, up to the end of its line. "" where it is not there. */
static struct kb_str behind(struct kb_str text, struct kb_str what)
{
	struct kb_str line = {0};
	size_t at;

	if (find(text, what, &at)) {
		text = kb_str_skip(text, at + what.len);
		(void)kb_str_next_line(&text, &line);
	}
	return kb_str_trim(line);
}

/* Of what is too long, or has what no word of a key has, nothing is kept. */
static void keep(struct kb_str word, char *to, size_t size)
{
	bool is_fit = word.len < size && kb_str_is_word(word, "-.@+/=:");

	(void)snprintf(to, size, "%.*s", is_fit ? (int)word.len : 0, is_fit ? word.data : "");
}

/* "(ssh-ed25519 fingerprint SHA256:…)" and, where it tells, "(ssh-ed25519 AAAA…)". */
static void take_key(struct kb_str says, struct kb_ssh_words *w)
{
	struct kb_str line;
	struct kb_str type;
	struct kb_str word;

	while (kb_str_next_line(&says, &line)) {
		size_t end = kb_str_find(line, ')');

		if (line.len == 0 || line.data[0] != '(' || end + 1 < line.len) {
			continue;
		}
		line = kb_str_skip(kb_str_head(line, end), 1);
		if (!kb_str_next_word(&line, &type) || !kb_str_next_word(&line, &word)) {
			continue;
		}
		if (!kb_str_eq(word, KB_STR("fingerprint"))) {
			keep(word, w->key, sizeof(w->key));
		} else if (kb_str_next_word(&line, &word)) {
			keep(type, w->type, sizeof(w->type));
			keep(word, w->fingerprint, sizeof(w->fingerprint));
		}
	}
}

static void take_changed(struct kb_str says, struct kb_ssh_words *w)
{
	size_t at = 0;
	size_t begin;

	(void)find(says, KB_STR(" host key mismatch for "), &at);
	for (begin = at; begin > 0 && !kb_is_blank(says.data[begin - 1]); begin--) {
	}
	keep(kb_str_of(says.data + begin, at - begin), w->type, sizeof(w->type));
	keep(behind(says, KB_STR("Fingerprint is ")), w->fingerprint, sizeof(w->fingerprint));
}

static void take_words(struct kb_str says, struct kb_ssh_words *w)
{
	struct kb_str words = behind(says, KB_STR(" exited: "));
	size_t n = 0;

	if (words.len == 0) {
		words = behind(says, KB_STR("Exited: "));
	}
	for (size_t i = 0; i < words.len && n < sizeof(w->words) - 1; i++) {
		char c = words.data[i];

		w->words[n++] = (char)(c < ' ' || c == 0x7f ? '?' : c);
	}
	w->words[n] = '\0';
}

void kb_ssh_words(struct kb_str says, struct kb_ssh_words *ret_words)
{
	struct kb_ssh_words *w = ret_words;
	static const struct {
		struct kb_str text;
		enum kb_ssh_reason reason;
	} signs[] = {
		/* The first question comes before any word of the server's that has an end. */
		{KB_STR(" host key mismatch for "), KB_SSH_KEY_CHANGED},
		{KB_STR("(y/n) "), KB_SSH_KEY_UNKNOWN},
		{KB_STR("Didn't validate host key"), KB_SSH_KEY_UNKNOWN},
		{KB_STR("No auth methods could be used"), KB_SSH_NO_WAY_IN},
		{KB_STR("exited: Interrupted."), KB_SSH_PASSWORD},
		{KB_STR("exited: Disconnect received"), KB_SSH_TURNED_AWAY},
		{KB_STR("Error resolving "), KB_SSH_NOT_RESOLVED},
		{KB_STR("Connect failed: "), KB_SSH_NOT_CONNECTED},
	};

	*w = (struct kb_ssh_words){0};
	take_words(says, w);
	for (size_t i = 0; w->reason == KB_SSH_SILENT && i < KB_ARRAY_LEN(signs); i++) {
		w->reason = has(says, signs[i].text) ? signs[i].reason : KB_SSH_SILENT;
	}
	/* A prompt has no end of line: it waits. */
	if (w->reason == KB_SSH_SILENT) {
		w->reason = w->words[0]                       ? KB_SSH_BROKEN
			    : kb_str_ends(says, KB_STR(": ")) ? KB_SSH_PASSWORD
							      : KB_SSH_SILENT;
	}
	if (w->reason == KB_SSH_KEY_UNKNOWN) {
		take_key(says, w);
	} else if (w->reason == KB_SSH_KEY_CHANGED) {
		take_changed(says, w);
	}
}

const char *kb_ssh_type_name(const char *type)
{
	return strcmp(type, "ssh-ed25519") == 0             ? "ED25519"
	       : strcmp(type, "ssh-rsa") == 0               ? "RSA"
	       : strncmp(type, "ecdsa-sha2-nistp", 16) == 0 ? "ECDSA"
							    : type;
}

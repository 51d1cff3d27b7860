/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/asking.h"

#include <errno.h>
#include <unistd.h>

#include "kboot/base/replace.h"

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

static void take_back(struct kb_answer_text *t)
{
	while (t->len > 0 && is_continuation(t->text[t->len - 1])) {
		t->text[--t->len] = '\0';
	}
	if (t->len > 0) {
		t->text[--t->len] = '\0';
	}
}

bool kb_answer_text_key(struct kb_answer_text *t, const struct kb_key *key)
{
	size_t len = strlen(key->text);

	if (key->code == KB_KEY_BACKSPACE) {
		take_back(t);
		return true;
	}
	if (key->code == KB_KEY_CTRL && key->text[0] == 'u') {
		kb_answer_text_wipe(t);
		return true;
	}
	if (key->code != KB_KEY_CHAR) {
		return false;
	}
	if (t->len + len < sizeof(t->text)) {
		memcpy(t->text + t->len, key->text, len);
		t->len += len;
	}
	return true;
}

size_t kb_answer_text_letters(const struct kb_answer_text *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->len; i++) {
		n += !is_continuation(t->text[i]);
	}
	return n;
}

void kb_answer_text_wipe(struct kb_answer_text *t)
{
	explicit_bzero(t, sizeof(*t));
}

static void put(const struct kb_asking *a, const char *text)
{
	/* Who does not see it can type all the same. */
	(void)!kb_write_all(a->fd, kb_str_from(text));
}

int kb_asking_begin(struct kb_asking *a, int fd, const char *prompt, bool is_hidden)
{
	struct termios quiet;

	*a = (struct kb_asking){.fd = fd, .is_hidden = is_hidden};
	if (tcgetattr(fd, &a->before) < 0) {
		return -errno;
	}
	quiet = a->before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSADRAIN, &quiet) < 0) {
		return -errno;
	}
	put(a, prompt);
	return 0;
}

/* A star for a letter that is hidden. */
static void show(const struct kb_asking *a, size_t letters_before, const struct kb_key *key)
{
	size_t letters = kb_answer_text_letters(&a->answer);

	for (size_t i = letters; i < letters_before; i++) {
		put(a, "\b \b");
	}
	if (letters > letters_before) {
		put(a, a->is_hidden ? "*" : key->text);
	}
}

enum kb_asking_end kb_asking_take(struct kb_asking *a, unsigned char byte)
{
	struct kb_key keys[KB_KEYS_AT_ONCE];
	size_t n = kb_key_decode(&a->decoder, byte, keys);

	for (size_t i = 0; i < n; i++) {
		const struct kb_key *key = &keys[i];
		size_t before = kb_answer_text_letters(&a->answer);

		if (key->code == KB_KEY_ENTER) {
			return KB_ASKING_DONE;
		}
		if (key->code == KB_KEY_CTRL &&
		    (key->text[0] == 'c' || (key->text[0] == 'd' && a->answer.len == 0))) {
			return KB_ASKING_CANCELLED;
		}
		if (kb_answer_text_key(&a->answer, key)) {
			show(a, before, key);
		}
	}
	return KB_ASKING_MORE;
}

void kb_asking_end(struct kb_asking *a)
{
	put(a, "\r\n");
	(void)tcsetattr(a->fd, TCSADRAIN, &a->before);
}

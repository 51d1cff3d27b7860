/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A name or a password that a person is asked for: typed blind or masked, and overwritten after its
 * use. For the menu, the prompt and commands.
 * Must not be kept anywhere else, and must leave the terminal as it was.
 */
#ifndef KBOOT_TERMINAL_ASKING_H
#define KBOOT_TERMINAL_ASKING_H

#include <termios.h>

#include "kboot/base/str.h"
#include "kboot/terminal/key.h"

enum { KB_ANSWER_BYTES = 256 };

/* What has been typed. Zeroed is empty. */
struct kb_answer_text {
	char text[KB_ANSWER_BYTES]; /* ends with a NUL */
	size_t len;
};

/* Letters, Backspace, Ctrl-U. False where the key means nothing to it; too much is not taken. */
bool kb_answer_text_key(struct kb_answer_text *t, const struct kb_key *key);
size_t kb_answer_text_letters(const struct kb_answer_text *t);
void kb_answer_text_wipe(struct kb_answer_text *t);

enum kb_asking_end { KB_ASKING_MORE, KB_ASKING_DONE, KB_ASKING_CANCELLED };

/* A question on one line of a terminal. */
struct kb_asking {
	int fd;
	struct termios before;
	bool is_hidden;
	struct kb_key_decoder decoder;
	struct kb_answer_text answer;
};

/* Prints the prompt on the terminal fd, and takes its echo away. -ENOTTY and the like. */
KB_MUST_CHECK int kb_asking_begin(struct kb_asking *a, int fd, const char *prompt, bool is_hidden);
/* Ctrl-C, and Ctrl-D where nothing is typed, cancel. */
enum kb_asking_end kb_asking_take(struct kb_asking *a, unsigned char byte);
/* The terminal as it was, on a new line; answer stays until it is wiped. */
void kb_asking_end(struct kb_asking *a);

#endif

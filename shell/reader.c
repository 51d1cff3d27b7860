/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reader.h"

#include <errno.h>
#include <stdio.h>

#include "editor.h"
#include "kboot/terminal/size.h"
#include "words.h"

enum { RETRY_MS = 500 };

/* A person is here: no countdown goes on without them. */
static void on_key(void *owner)
{
	struct kb_reader *r = owner;
	const struct kb_intent intent = {.type = KB_DO_ACTIVITY};
	const struct kb_shell_engine *e = r->engine;

	if (!r->active && e->has_state && e->state.phase < KB_PHASE_WAITING) {
		kb_shell_engine_tell(r->engine, &intent);
		r->active = true;
	}
}

/* The next byte that is typed; meanwhile the engine is heard. */
static int next_byte(void *owner, unsigned char *ret_byte)
{
	struct kb_reader *r = owner;
	struct kb_shell_engine *e = r->engine;

	for (;;) {
		unsigned events =
			kb_events_wait(r->events, e->connection.fd, STDIN_FILENO,
				       !kb_shell_engine_is_there(e) && r->terminal ? RETRY_MS : -1);
		ssize_t n;

		if (events & KB_EVENT_ENGINE) {
			kb_shell_engine_read(e);
		}
		if (r->heard(r->owner)) {
			kb_editor_redraw(r->editor);
		}
		if (e->leaving) {
			return -ESHUTDOWN;
		}
		if (r->events->hung_up) {
			return 0;
		}
		if (events & KB_EVENT_INTERRUPT) {
			return -EINTR;
		}
		if (r->events->resized) {
			r->events->resized = false;
			kb_editor_resize(r->editor);
		}
		n = events & KB_EVENT_TYPED ? read(STDIN_FILENO, ret_byte, 1) : -1;
		if (n > 0) {
			return 1;
		}
		if ((events & KB_EVENT_TYPED) && (n == 0 || (errno != EINTR && errno != EAGAIN))) {
			return 0;
		}
	}
}

int kb_reader_open(struct kb_reader *r)
{
	const struct kb_editor_options editor = {
		.next_byte = next_byte,
		.typed = on_key,
		.owner = r,
		.complete = r->complete,
		.show = r->show,
		.complete_owner = r->owner,
		.history = r->history,
	};

	return r->terminal ? kb_editor_create(&editor, &r->editor) : 0;
}

void kb_reader_close(struct kb_reader *r)
{
	kb_editor_destroy(r->editor);
	kb_buf_done(&r->line);
}

/*
 * A row of blanks: at the start of a line it fills this one, and the cursor waits at its end;
 * anywhere else it goes on into the next. Either way it comes back to a start. Nobody needs to be
 * asked where the cursor is, which some would not answer.
 */
void kb_reader_fresh_line(struct kb_reader *r)
{
	struct kb_terminal_size size;

	/* Of a width that is guessed they could end in the line that is to stay. */
	if (kb_editor_wraps_late(r->editor) && kb_terminal_size_known(STDOUT_FILENO, &size)) {
		printf("%*s\r", size.cols, "");
		(void)fflush(stdout);
	}
}

/* A byte at a time: what comes behind the line may be for the program that the line starts. */
static int plain_line(struct kb_reader *r)
{
	unsigned char byte = 0;
	int result;

	while ((result = next_byte(r, &byte)) > 0 && byte != '\n') {
		if (r->line.len <= KB_SHELL_LINE_MAX) {
			kb_buf_putc(&r->line, (char)byte);
		}
	}
	if (result < 0) {
		return result;
	}
	return result == 0 && r->line.len == 0 ? 0 : 1;
}

int kb_reader_line(struct kb_reader *r, const char *prompt, struct kb_str *ret_line)
{
	int result;

	kb_buf_reset(&r->line);
	result = r->editor ? kb_editor_line(r->editor, prompt, &r->line) : plain_line(r);
	if (result == 1 && kb_buf_error(&r->line) < 0) {
		return kb_buf_error(&r->line);
	}
	if (result == 1) {
		*ret_line = kb_buf_view(&r->line);
	} else if (r->editor) {
		(void)fputc('\n', stdout);
	}
	return result;
}

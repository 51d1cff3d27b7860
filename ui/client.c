/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client.h"

#include <errno.h>
#include <sys/socket.h>

static void hang_up(struct kb_ui_client *c)
{
	kb_source_remove(c->source);
	c->source = NULL;
	c->gone(c->ctx);
}

static int take_line(void *ctx, struct kb_str line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ui_client *c = ctx;
	struct kb_message message;

	/* What a newer engine says beyond us is skipped, and so is what cannot be understood. */
	if (kb_message_decode(&arena, line, &message) == 0) {
		c->message(c->ctx, &message);
	}
	return 0;
}

static void on_event(void *data, int fd, uint32_t events)
{
	struct kb_ui_client *c = data;
	int r = 1;

	if (events & EPOLLOUT) {
		kb_ui_client_flush(c);
	}
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
		r = kb_lines_read(&c->lines, fd, take_line, c);
	}
	c->done(c->ctx);
	if (r == 0 || (r < 0 && r != -EAGAIN && r != -EMSGSIZE && r != -ENOMEM)) {
		hang_up(c);
	}
}

int kb_ui_client_start(struct kb_ui_client *c, struct kb_loop *loop)
{
	kb_lines_init(&c->lines, KB_PROTO_MAX_LINE);
	return kb_loop_add_fd(loop, c->fd, EPOLLIN, on_event, c, &c->source);
}

void kb_ui_client_stop(struct kb_ui_client *c)
{
	kb_source_remove(c->source);
	c->source = NULL;
	kb_lines_done(&c->lines);
}

void kb_ui_client_flush(struct kb_ui_client *c)
{
	size_t done = 0;

	while (c->source && done < c->out->len) {
		ssize_t n = send(c->fd, c->out->data + done, c->out->len - done,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			/* Full: later. Broken: reading says so. */
			break;
		}
		done += (size_t)n;
	}
	if (done > 0) {
		memmove(c->out->data, c->out->data + done, c->out->len - done);
		c->out->len -= done;
	}
	if (c->source &&
	    kb_source_set_events(c->source, EPOLLIN | (c->out->len > 0 ? EPOLLOUT : 0)) < 0) {
		hang_up(c);
	}
}

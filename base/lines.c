/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/lines.h"

#include <errno.h>
#include <sys/socket.h>

enum { READ_BYTES = 16 << 10 };

void kb_lines_init(struct kb_lines *l, size_t max_line)
{
	*l = (struct kb_lines){.max_line = max_line, .buf.max_bytes = max_line ? max_line : 1};
}

void kb_lines_done(struct kb_lines *l)
{
	if (l) {
		kb_buf_done(&l->buf);
		l->skipping = false;
	}
}

/* Keeps a piece of a line whose end has not come yet; what does not fit drops the whole line. */
static int keep(struct kb_lines *l, struct kb_str piece)
{
	int r = 0;

	if (l->skipping) {
		return 0;
	}
	if (piece.len > l->max_line - l->buf.len) {
		r = -EMSGSIZE;
	} else {
		kb_buf_str(&l->buf, piece);
		r = kb_buf_error(&l->buf);
	}
	if (r < 0) {
		kb_buf_reset(&l->buf);
		l->skipping = true;
	}
	return r;
}

/* A whole line: what was kept and this last piece. Sets *ret_stopped when fn wants no more. */
static int finish(struct kb_lines *l, struct kb_str piece, kb_lines_fn *fn, void *ctx,
		  bool *ret_stopped)
{
	struct kb_str line = piece;
	bool pieced = l->buf.len > 0;
	int r = pieced || piece.len > l->max_line ? keep(l, piece) : 0;

	if (l->skipping) {
		l->skipping = false;
		return r;
	}
	if (pieced) {
		line = kb_buf_view(&l->buf);
		/* Emptied before the call, in which the owner may be done with us. */
		l->buf.len = 0;
	}
	r = fn(ctx, line);
	*ret_stopped = r < 0;
	return r < 0 ? r : 0;
}

int kb_lines_feed(struct kb_lines *l, const void *data, size_t len, kb_lines_fn *fn, void *ctx)
{
	struct kb_str rest = kb_str_of(data, len);
	bool stopped = false;
	int first = 0;

	while (rest.len > 0) {
		size_t end = kb_str_find(rest, '\n');
		struct kb_str piece = kb_str_head(rest, end);
		int r;

		if (end == rest.len) {
			r = keep(l, piece);
		} else {
			r = finish(l, piece, fn, ctx, &stopped);
			end++;
		}
		if (stopped) {
			return r;
		}
		if (first == 0) {
			first = r;
		}
		rest = kb_str_skip(rest, end);
	}
	return first;
}

int kb_lines_read(struct kb_lines *l, int fd, kb_lines_fn *fn, void *ctx)
{
	char chunk[READ_BYTES];
	ssize_t n;
	int r;

	do {
		n = read(fd, chunk, sizeof(chunk));
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return -errno;
	}
	if (n == 0) {
		return 0;
	}
	r = kb_lines_feed(l, chunk, (size_t)n, fn, ctx);
	/* It may have been a password. */
	explicit_bzero(chunk, (size_t)n);
	return r < 0 ? r : 1;
}

int kb_lines_send(int fd, struct kb_buf *out)
{
	size_t done = 0;
	ssize_t n = 0;

	while (n >= 0 && done < out->len) {
		do {
			n = send(fd, out->data + done, out->len - done,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
		} while (n < 0 && errno == EINTR);
		done += n > 0 ? (size_t)n : 0;
	}
	if (n < 0 && errno != EAGAIN) {
		return -errno;
	}
	if (done > 0) {
		memmove(out->data, out->data + done, out->len - done);
		out->len -= done;
		explicit_bzero(out->data + out->len, done);
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "terminal_size.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>

#include "grid.h"

bool kb_terminal_size_known(int fd, struct kb_terminal_size *ret_size)
{
	struct winsize size = {0};

	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0) {
		return false;
	}
	*ret_size = (struct kb_terminal_size){.rows = size.ws_row, .cols = size.ws_col};
	return true;
}

/* A decimal number of at most four digits at *at, which moves behind it. -1: there is none. */
static int take_number(struct kb_str bytes, size_t *at)
{
	int value = -1;

	for (int digits = 0; digits < 4 && *at < bytes.len; digits++, (*at)++) {
		char c = bytes.data[*at];

		if (c < '0' || c > '9') {
			break;
		}
		value = (value < 0 ? 0 : value * 10) + (c - '0');
	}
	return value;
}

/* Length of a report at the head of the bytes, or 0. */
static size_t report_at(struct kb_str bytes, struct kb_terminal_size *ret_size)
{
	size_t at = 2;
	int rows;
	int cols;

	if (!kb_str_starts(bytes, KB_STR("\x1b["))) {
		return 0;
	}
	rows = take_number(bytes, &at);
	if (rows < 1 || at >= bytes.len || bytes.data[at] != ';') {
		return 0;
	}
	at++;
	cols = take_number(bytes, &at);
	if (cols < 1 || at >= bytes.len || bytes.data[at] != 'R') {
		return 0;
	}
	*ret_size = (struct kb_terminal_size){
		.rows = rows < KB_GRID_MAX_ROWS ? rows : KB_GRID_MAX_ROWS,
		.cols = cols < KB_GRID_MAX_COLS ? cols : KB_GRID_MAX_COLS,
	};
	return at + 1;
}

bool kb_terminal_size_take_report(struct kb_buf *bytes, struct kb_terminal_size *ret_size)
{
	for (size_t i = 0; i < bytes->len; i++) {
		size_t len = report_at(kb_str_skip(kb_buf_view(bytes), i), ret_size);

		if (len > 0) {
			memmove(bytes->data + i, bytes->data + i + len, bytes->len - i - len);
			bytes->len -= len;
			return true;
		}
	}
	return false;
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool wait_report(int fd, struct kb_buf *bytes, struct kb_terminal_size *ret_size)
{
	int64_t end = now_ms() + KB_SIZE_ASK_MS;
	struct pollfd in = {.fd = fd, .events = POLLIN};
	char chunk[256];

	for (int64_t left = KB_SIZE_ASK_MS; left > 0; left = end - now_ms()) {
		ssize_t n;

		if (poll(&in, 1, (int)left) <= 0) {
			continue;
		}
		n = read(fd, chunk, sizeof(chunk));
		if (n <= 0) {
			return false;
		}
		kb_buf_append(bytes, chunk, (size_t)n);
		if (kb_terminal_size_take_report(bytes, ret_size)) {
			return true;
		}
	}
	return false;
}

struct kb_terminal_size kb_terminal_size_ask(int in_fd, int out_fd, struct kb_buf *typed)
{
	static const char question[] = "\x1b"
				       "7\x1b[999;999H\x1b[6n\x1b"
				       "8";
	struct kb_terminal_size size = {.rows = KB_SIZE_ROWS, .cols = KB_SIZE_COLS};
	struct winsize known = {0};
	struct termios before;
	struct termios raw;

	if (tcgetattr(in_fd, &before) < 0) {
		return size;
	}
	raw = before;
	cfmakeraw(&raw);
	if (tcsetattr(in_fd, TCSANOW, &raw) < 0) {
		return size;
	}
	if (write(out_fd, question, sizeof(question) - 1) == (ssize_t)sizeof(question) - 1) {
		(void)wait_report(in_fd, typed, &size);
	}
	(void)tcsetattr(in_fd, TCSANOW, &before);
	known.ws_row = (unsigned short)size.rows;
	known.ws_col = (unsigned short)size.cols;
	(void)ioctl(in_fd, TIOCSWINSZ, &known);
	return size;
}

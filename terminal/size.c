/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/terminal/size.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>

static int clamp(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

bool kb_terminal_size_known(int fd, struct kb_terminal_size *ret_size)
{
	struct winsize size = {0};

	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0) {
		return false;
	}
	ret_size->rows = clamp(size.ws_row, 1, KB_TERMINAL_MAX_ROWS);
	ret_size->cols = clamp(size.ws_col, 1, KB_TERMINAL_MAX_COLS);
	return true;
}

/* A decimal number at *at, which moves behind it; a large one is only that. -1: there is none. */
static int take_number(struct kb_str bytes, size_t *at)
{
	int value = -1;

	for (; *at < bytes.len && bytes.data[*at] >= '0' && bytes.data[*at] <= '9'; (*at)++) {
		value = clamp((value < 0 ? 0 : value * 10) + bytes.data[*at] - '0', 0, 99999);
	}
	return value;
}

/* Length of a report at the head of the bytes, or 0. CSI is two bytes or one. */
static size_t report_at(struct kb_str bytes, struct kb_terminal_size *ret_size)
{
	size_t at = kb_str_starts(bytes, KB_STR("\x1b["))  ? 2
		    : kb_str_starts(bytes, KB_STR("\x9b")) ? 1
							   : bytes.len;
	int rows = take_number(bytes, &at);
	int cols;

	if (rows < 0 || at >= bytes.len || bytes.data[at++] != ';') {
		return 0;
	}
	cols = take_number(bytes, &at);
	if (cols < 0 || at >= bytes.len || bytes.data[at] != 'R') {
		return 0;
	}
	ret_size->rows = clamp(rows, KB_TERMINAL_LEAST_ROWS, KB_TERMINAL_MAX_ROWS);
	ret_size->cols = clamp(cols, KB_TERMINAL_LEAST_COLS, KB_TERMINAL_MAX_COLS);
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
	int64_t end = now_ms() + KB_TERMINAL_ASK_MS;
	struct pollfd in = {.fd = fd, .events = POLLIN};
	char chunk[256];

	for (int64_t left = KB_TERMINAL_ASK_MS; left > 0; left = end - now_ms()) {
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

bool kb_terminal_size_ask(int in_fd, int out_fd, struct kb_buf *typed,
			  struct kb_terminal_size *ret_size)
{
	static const char question[] = "\x1b"
				       "7\x1b[999;999H\x1b[6n\x1b"
				       "8";
	struct winsize known = {0};
	struct termios before;
	struct termios raw;
	bool answered;

	*ret_size = (struct kb_terminal_size){KB_TERMINAL_ROWS, KB_TERMINAL_COLS};
	if (tcgetattr(in_fd, &before) < 0) {
		return false;
	}
	raw = before;
	cfmakeraw(&raw);
	if (tcsetattr(in_fd, TCSANOW, &raw) < 0) {
		return false;
	}
	answered = write(out_fd, question, sizeof(question) - 1) == sizeof(question) - 1 &&
		   wait_report(in_fd, typed, ret_size);
	(void)tcsetattr(in_fd, TCSANOW, &before);
	known.ws_row = (unsigned short)ret_size->rows;
	known.ws_col = (unsigned short)ret_size->cols;
	(void)ioctl(in_fd, TIOCSWINSZ, &known);
	return answered;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "kboot/base/escape.h"
#include "kboot/base/str.h"

int kb_shell_fail(const char *fmt, ...)
{
	KB_BUF struct kb_buf text = {0};
	va_list args;

	va_start(args, fmt);
	kb_buf_vprintf(&text, fmt, args);
	va_end(args);
	(void)fflush(stdout);
	/* At a prompt nothing but that begins with the name. */
	(void)fputs(isatty(STDERR_FILENO) ? "! " : "kboot: ", stderr);
	kb_print_escaped_lines(stderr, kb_buf_error(&text) < 0 ? "out of memory" : text.data);
	(void)fputc('\n', stderr);
	return 1;
}

void kb_shell_print(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len > 0) {
		kb_print_escaped_lines(stdout, text);
		(void)fputs(text[len - 1] == '\n' ? "" : "\n", stdout);
		(void)fflush(stdout);
	}
}

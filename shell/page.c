/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>

#include "pager.h"

enum { STATUS_SIGNAL = 128, CHUNK_BYTES = 4096 };

static int become_pager(void *ctx)
{
	struct kb_pager p;

	kb_pager_init(&p);
	(void)kb_pager_put(&p, kb_str_from(ctx));
	kb_pager_done(&p);
	return 0;
}

int kb_shell_show(struct kb_shell *s, const char *text)
{
	const struct kb_job_spec spec = {.line = "--more--",
					 .become = become_pager,
					 .ctx = (void *)text};
	struct kb_terminal_size size = {KB_TERMINAL_ROWS, KB_TERMINAL_COLS};
	bool has_written = s->jobs.has_written;
	int status;

	(void)kb_terminal_size_known(STDOUT_FILENO, &size);
	if (!s->interactive || kb_pager_fits(kb_str_from(text), &size)) {
		kb_shell_print(text);
		return 0;
	}
	status = kb_job_run(&s->jobs, &spec);
	/* A pager ends its lines. */
	s->jobs.has_written = has_written;
	return status;
}

/* --- the output of a program ----------------------------------------------------------------- */

struct shower {
	const struct kb_output *output;
	struct kb_pager pager;
	struct kb_buf unfinished; /* a line whose names are not all there */
	size_t last_name;
};

/* The longest path that the text begins with. Two names may lead to one path: they take turns. */
static const struct kb_shell_word *path_at(struct shower *s, struct kb_str text)
{
	const struct kb_shell_words *names = s->output->names;
	const struct kb_shell_word *found = NULL;

	for (size_t i = 1; i <= names->n; i++) {
		const struct kb_shell_word *w = &names->items[(s->last_name + i) % names->n];

		if (w->shown && kb_str_starts(text, kb_str_from(w->text)) &&
		    (!found || strlen(w->text) > strlen(found->text))) {
			found = w;
		}
	}
	s->last_name = found ? (size_t)(found - names->items) : s->last_name;
	return found;
}

/* The columns of a list stay where they are. */
static void put_name(const struct kb_shell_word *name, struct kb_str behind, struct kb_buf *to)
{
	size_t path_len = strlen(name->text);
	size_t len = strlen(name->shown);

	kb_buf_puts(to, name->shown);
	if (kb_str_starts(kb_str_skip(behind, kb_pager_colour(behind)), KB_STR("  ")) &&
	    len < path_len) {
		kb_buf_printf(to, "%*s", (int)(path_len - len), "");
	}
}

static void put_names(struct shower *s, struct kb_str text, struct kb_buf *to)
{
	while (text.len > 0) {
		size_t before = kb_str_find(text, '/');
		const struct kb_shell_word *name;

		kb_buf_str(to, kb_str_head(text, before));
		text = kb_str_skip(text, before);
		name = path_at(s, text);
		if (name) {
			text = kb_str_skip(text, strlen(name->text));
			put_name(name, text, to);
		} else {
			kb_buf_str(to, kb_str_head(text, 1));
			text = kb_str_skip(text, 1);
		}
	}
}

static bool put(struct shower *s, struct kb_str bytes)
{
	if (bytes.len == 0) {
		return true;
	}
	if (s->output->pages) {
		return kb_pager_put(&s->pager, bytes);
	}
	return fwrite(bytes.data, 1, bytes.len, stdout) == bytes.len && fflush(stdout) == 0;
}

/* What has come: as it is, or line by line where names are to be found in it. */
static bool take(struct shower *s, struct kb_str bytes, bool is_end)
{
	KB_BUF struct kb_buf named = {0};
	KB_BUF struct kb_buf lines = {0};
	size_t len;

	if (!s->output->names) {
		return put(s, bytes);
	}
	kb_buf_str(&s->unfinished, bytes);
	kb_buf_str(&lines, kb_buf_view(&s->unfinished));
	for (len = lines.len; !is_end && len > 0 && lines.data[len - 1] != '\n'; len--) {
	}
	kb_buf_reset(&s->unfinished);
	kb_buf_str(&s->unfinished, kb_str_skip(kb_buf_view(&lines), len));
	put_names(s, kb_str_head(kb_buf_view(&lines), len), &named);
	return kb_buf_error(&named) == 0 && kb_buf_error(&s->unfinished) == 0 &&
	       put(s, kb_buf_view(&named));
}

/* False: it was not read to its end. */
static bool show(struct shower *s, int fd)
{
	char bytes[CHUNK_BYTES];

	for (;;) {
		ssize_t n = read(fd, bytes, sizeof(bytes));

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return take(s, KB_STR(""), true);
		}
		if (!take(s, kb_str_of(bytes, (size_t)n), false)) {
			return false;
		}
	}
}

static int wait_writer(pid_t pid, bool was_read)
{
	int status = 0;

	if (!was_read) {
		/* It may wait for something else than us. */
		(void)kill(pid, SIGPIPE);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	if (!was_read) {
		return 0;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
}

int kb_shell_show_output(const struct kb_output *output)
{
	struct shower s = {.output = output};
	bool was_read;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		return kb_shell_fail("no pipe to the pager: %s", strerror(errno));
	}
	pid = fork();
	if (pid == 0) {
		_exit(dup2(fds[1], STDOUT_FILENO) < 0 ? 1 : output->become(output->ctx));
	}
	(void)kb_close(fds[1]);
	if (pid < 0) {
		(void)kb_close(fds[0]);
		return kb_shell_fail("no new process: %s", strerror(errno));
	}
	kb_pager_init(&s.pager);
	was_read = show(&s, fds[0]);
	kb_pager_done(&s.pager);
	kb_buf_done(&s.unfinished);
	(void)kb_close(fds[0]);
	return wait_writer(pid, was_read);
}

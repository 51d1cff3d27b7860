/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/shell/shell.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>

#include "builtin.h"
#include "complete.h"
#include "kboot/terminal/table.h"
#include "page.h"
#include "prompt.h"

/* What the engine does while nobody asks: it died. */
static void notice_engine(struct kb_shell *s)
{
	if (kb_shell_engine_lost(&s->engine)) {
		(void)kb_shell_fail("the boot engine is gone; only commands of this prompt's own "
				    "system work until it is back");
		/* The next engine knows nothing of what this one mounted. */
		if (strncmp(s->place, "//", 2) != 0) {
			kb_shell_leave_root(s);
		}
	}
}

static void on_show(void *owner, const char *text)
{
	(void)kb_shell_show(owner, text);
}

/* While a line is edited: something is told above it. */
static bool on_heard(void *owner)
{
	struct kb_shell *s = owner;
	struct kb_error err;

	if (s->engine.was_lost) {
		(void)fputc('\n', stdout);
		notice_engine(s);
		return true;
	}
	if (!kb_shell_engine_is_there(&s->engine) && !s->engine.leaving &&
	    kb_shell_engine_connect(&s->engine, &err) == 0 && s->engine.has_state) {
		printf("\nThe boot engine is back.\n");
		return true;
	}
	return false;
}

/* At the start of a prompt one is in the booted environment, unless this kboot is restricted: which
 * disk that is, the first command that needs to know waits for. */
static int choose_first_place(struct kb_shell *s)
{
	const struct kb_intent intent = {.type = KB_DO_ROOT, .want = "now"};
	const struct kb_message *reply;
	struct kb_error err;
	bool known = kb_shell_engine_ask(&s->engine, &intent, -1, &reply, &err) == 0 && reply->ok;

	s->place = strdup(known ? "/" : "//");
	return s->place ? 0 : -ENOMEM;
}

static int start(struct kb_shell *s, struct kb_error *err)
{
	bool terminal = !s->options->command && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	int r = kb_events_open(&s->events, terminal);

	if (r < 0) {
		return kb_error_set(err, r, "no signals can be taken: %s", strerror(-r));
	}
	/* Where nobody says what it is, text is UTF-8. */
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
		(void)setlocale(LC_CTYPE, "C.UTF-8");
	}
	s->interactive = terminal;
	kb_shell_engine_init(&s->engine, s->options, &s->events);
	s->engine.tells = terminal;
	kb_jobs_init(&s->jobs, &s->events, &s->engine, terminal ? STDIN_FILENO : -1);
	r = choose_first_place(s);
	if (r == 0 && !s->options->command) {
		s->reader = (struct kb_reader){.engine = &s->engine,
					       .events = &s->events,
					       .history = s->options->history,
					       .owner = s,
					       .complete = kb_shell_complete,
					       .show = on_show,
					       .heard = on_heard,
					       .terminal = terminal};
		r = kb_reader_open(&s->reader);
	}
	return r < 0 ? kb_error_set(err, r, "the prompt cannot start: %s", strerror(-r)) : 0;
}

static void finish(struct kb_shell *s)
{
	(void)fflush(stdout);
	kb_reader_close(&s->reader);
	kb_jobs_done(&s->jobs);
	kb_shell_engine_done(&s->engine);
	kb_events_close(&s->events);
	free(s->place);
	free(s->before);
}

static int read_line(struct kb_shell *s, struct kb_str *ret_line)
{
	KB_BUF struct kb_buf prompt = {0};

	kb_shell_prompt(&prompt, s->place, kb_table_columns());
	if (kb_buf_error(&prompt) < 0) {
		return kb_buf_error(&prompt);
	}
	(void)fflush(stdout);
	if (s->jobs.has_written) {
		s->jobs.has_written = false;
		kb_reader_fresh_line(&s->reader);
	}
	return kb_reader_line(&s->reader, prompt.data, ret_line);
}

static void run_lines(struct kb_shell *s)
{
	while (!s->done && !s->engine.leaving && !s->events.hung_up) {
		KB_ARENA struct kb_arena arena = {0};
		const char *copy;
		struct kb_str line = {0};
		int r;

		notice_engine(s);
		r = read_line(s, &line);
		if (r == -EINTR && s->interactive) {
			s->status = 128 + SIGINT;
			continue;
		}
		if (r <= 0) {
			break;
		}
		/* A line that was read lives until the next; what runs may read. */
		copy = kb_arena_str(&arena, line);
		if (!copy) {
			s->status = kb_shell_fail("out of memory");
			continue;
		}
		s->status = kb_shell_line(s, kb_str_of(copy, line.len));
	}
}

static int run_command(struct kb_shell *s, struct kb_str line)
{
	switch (s->options->verb) {
	case KB_SHELL_BOOTS:
		return kb_shell_boot_line(s, line);
	case KB_SHELL_PLANS:
		return kb_shell_plan_line(s, line);
	case KB_SHELL_EXPLAINS:
		return kb_shell_explain_line(s, line);
	default:
		return kb_shell_line(s, line);
	}
}

int kb_shell_run(const struct kb_shell_options *options, enum kb_shell_end *ret_end,
		 int *ret_status, struct kb_error *err)
{
	struct kb_shell s = {.options = options,
			     .builtins = kb_builtins,
			     .events = {.signal_fd = -1}};
	int r = start(&s, err);

	if (r == 0 && options->command) {
		s.status = run_command(&s, kb_str_from(options->command));
	} else if (r == 0 && options->only) {
		s.status = kb_shell_line(&s, kb_str_from(options->only));
	} else if (r == 0) {
		if (s.interactive) {
			/* A menu leaves what it showed. */
			kb_reader_fresh_line(&s.reader);
			printf("Tab completes, `help` lists the commands, `exit` leaves.\n");
		}
		if (options->first) {
			s.status = kb_shell_run_line(&s, kb_str_from(options->first));
		}
		run_lines(&s);
	}
	if (r == 0) {
		*ret_end = s.engine.leaving ? KB_SHELL_LEAVING : KB_SHELL_LEFT;
		*ret_status = s.status;
	}
	if (s.engine.leaving) {
		kb_shell_print(s.engine.bye);
	}
	finish(&s);
	return r;
}

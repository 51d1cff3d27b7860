/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/ui/menu.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "kboot/base/loop.h"
#include "kboot/base/tree.h"
#include "kboot/proto/connection.h"
#include "screen.h"
#include "terminal.h"
#include "theme_file.h"

struct menu {
	const struct kb_ui_options *options;
	struct kb_loop *loop;
	struct kb_terminal *terminal;
	struct kb_theme theme;
	struct kb_grid grid;
	struct kb_key_decoder keys;
	struct kb_ui ui;
	struct kb_connection connection;
	struct kb_source *engine; /* its socket */
	struct kb_source *tick;   /* something drawn changes by itself */
	struct kb_source *escape; /* an ESC stays alone */
	sigset_t signals_before;  /* what the loop blocks, a command line needs */
	enum kb_ui_end end;
	char goodbye[KB_ERROR_TEXT]; /* what stays on the screen after LEAVING */
};

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void end(struct menu *m, enum kb_ui_end how)
{
	m->end = how;
	kb_loop_quit(m->loop, 0);
}

/* Sends what the menu has to say; the rest when the socket takes it. */
static void speak(struct menu *m)
{
	struct kb_connection *c = &m->connection;

	kb_connection_put(c, kb_buf_view(&m->ui.out));
	kb_buf_reset(&m->ui.out);
	kb_source_set_events(m->engine, EPOLLIN | (c->out.len > 0 ? EPOLLOUT : 0));
	if (kb_buf_error(&c->out) < 0) {
		end(m, KB_UI_ENGINE_GONE);
	}
}

/* The console is another program's for a while. Nobody waits for us meanwhile but this person. */
static void run_shell(struct menu *m)
{
	sigset_t ours;

	m->ui.wants_shell = false;
	kb_terminal_suspend(m->terminal);
	(void)sigprocmask(SIG_SETMASK, &m->signals_before, &ours);
	(void)m->options->run_shell(m->options->shell_ctx, m->ui.boot_id, m->ui.prompt_only);
	(void)sigprocmask(SIG_SETMASK, &ours, NULL);
	kb_terminal_resume(m->terminal);
	if (kb_terminal_fit(m->terminal, &m->grid) < 0) {
		kb_ui_say(&m->ui, KB_NOTICE_WARNING, "Out of memory: the screen keeps its size.");
	}
}

/* After every event: say what is to be said, draw, and wake up when that gets old. */
static void turn(struct menu *m)
{
	int64_t next;

	if (m->ui.wants_shell) {
		run_shell(m);
	}
	speak(m);
	if (m->ui.wants_quit) {
		end(m, KB_UI_QUIT);
		return;
	}
	if (kb_screen_may_draw(&m->ui, now_ms())) {
		kb_screen_draw(&m->ui, &m->grid, now_ms());
		kb_terminal_show(m->terminal, &m->grid);
	}
	next = kb_screen_next_ms(&m->ui);
	if (next < 0) {
		kb_timer_stop(m->tick);
	} else {
		kb_timer_set(m->tick, (uint64_t)next);
	}
}

static void on_tick(void *data)
{
	turn(data);
}

static void press(struct menu *m, const struct kb_key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct kb_view *view = kb_screen_view(&m->ui);

		kb_screen_key(&m->ui, &keys[i], now_ms());
		if (kb_screen_view(&m->ui) != view) {
			/* The next key moves by what this view is high. */
			kb_screen_draw(&m->ui, &m->grid, now_ms());
		}
	}
}

/* What was typed, key by key. -EAGAIN: nothing was. */
static int take_typed(struct menu *m)
{
	unsigned char bytes[256];
	size_t len = 0;
	int r = kb_terminal_read(m->terminal, bytes, sizeof(bytes), &len);

	if (r == -EAGAIN || r == -EINTR) {
		return -EAGAIN;
	}
	if (r < 0 || len == 0) {
		end(m, KB_UI_QUIT); /* the line was hung up */
		return -EIO;
	}
	for (size_t i = 0; i < len; i++) {
		struct kb_key keys[KB_KEYS_AT_ONCE];

		press(m, keys, kb_key_decode(&m->keys, bytes[i], keys));
	}
	return 0;
}

static void give_up_key(struct menu *m)
{
	struct kb_key keys[KB_KEYS_AT_ONCE];

	press(m, keys, kb_key_give_up(&m->keys, keys));
}

static void wait_for_rest_of_key(struct menu *m)
{
	kb_timer_stop(m->escape);
	if (kb_key_pending(&m->keys)) {
		kb_timer_set(m->escape, kb_terminal_escape_ms(m->terminal));
	}
}

/* We may be late ourselves: what has been typed by now is looked at first. */
static void on_escape(void *data)
{
	struct menu *m = data;
	int r = take_typed(m);

	if (r == -EIO) {
		return;
	}
	if (r == -EAGAIN) {
		give_up_key(m);
	}
	wait_for_rest_of_key(m);
	turn(m);
}

static void on_typed(void *data, int fd, uint32_t events)
{
	struct menu *m = data;

	(void)fd;
	(void)events;
	if (take_typed(m) == 0) {
		wait_for_rest_of_key(m);
		turn(m);
	}
}

static void on_signal(void *data, int signo)
{
	struct menu *m = data;

	if (signo != SIGWINCH) {
		end(m, KB_UI_QUIT);
		return;
	}
	if (kb_terminal_fit(m->terminal, &m->grid) < 0) {
		kb_ui_say(&m->ui, KB_NOTICE_WARNING, "Out of memory: the screen keeps its size.");
	}
	turn(m);
}

static void on_bye(struct menu *m, const char *text)
{
	const struct kb_state *state = &m->ui.model.state;
	const struct kb_entry *entry = kb_model_find(&m->ui.model, state->stage_id);
	char title[KB_ERROR_TEXT];

	if (text && text[0]) {
		(void)snprintf(m->goodbye, sizeof(m->goodbye), "%s", text);
	} else {
		(void)snprintf(m->goodbye, sizeof(m->goodbye), "Starting %s ...",
			       entry ? kb_model_title(&m->ui.model, entry, title, sizeof(title))
				     : "the next system");
	}
	end(m, KB_UI_LEAVING);
}

static void on_message(void *ctx, const struct kb_message *message, struct kb_arena *arena)
{
	struct menu *m = ctx;

	(void)arena;
	if (message->type == KB_MSG_BYE) {
		on_bye(m, message->text);
		return;
	}
	kb_screen_message(&m->ui, message, now_ms());
	if (m->ui.wants_shell && !m->options->run_shell) {
		m->ui.wants_shell = false;
		kb_ui_say(&m->ui, KB_NOTICE_WARNING, "There is no command line here.");
	}
}

static void on_hang_up(struct menu *m)
{
	/* Hung up while leaving: the word was lost, the fact was not. */
	if (kb_ui_phase(&m->ui) == KB_PHASE_LEAVING) {
		on_bye(m, NULL);
	} else {
		end(m, KB_UI_ENGINE_GONE);
	}
}

static void on_engine(void *data, int fd, uint32_t events)
{
	struct menu *m = data;
	int r = kb_connection_receive(&m->connection);

	(void)fd;
	(void)events;
	if (m->end != KB_UI_LEAVING) {
		turn(m);
	}
	if (r == -EPIPE && m->end != KB_UI_LEAVING) {
		on_hang_up(m);
	}
}

static int add_sources(struct menu *m)
{
	static const int signals[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT};
	struct kb_source *source;
	int r = kb_loop_add_timer(m->loop, on_tick, m, &m->tick);

	if (r == 0) {
		r = kb_loop_add_timer(m->loop, on_escape, m, &m->escape);
	}
	if (r == 0) {
		r = kb_loop_add_fd(m->loop, STDIN_FILENO, EPOLLIN, on_typed, m, &source);
	}
	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(signals); i++) {
		r = kb_loop_add_signal(m->loop, signals[i], on_signal, m, &source);
	}
	return r == 0 ? kb_loop_add_fd(m->loop, m->connection.fd, EPOLLIN, on_engine, m, &m->engine)
		      : r;
}

static int read_theme(const char *file, struct kb_theme *theme, struct kb_error *err)
{
	KB_BUF struct kb_buf text = {0};
	/* Not to hang on what is no file. */
	KB_CLOSE int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r = fd < 0 ? -errno : kb_read_all(fd, KB_THEME_MAX_BYTES, &text);

	if (r < 0) {
		return kb_error_set(err, r, "the theme %s cannot be read: %s", file, strerror(-r));
	}
	return kb_theme_parse(file, kb_buf_view(&text), theme, err);
}

/* A menu in other colours is better than none. */
static void use_theme(struct menu *m)
{
	char text[KB_ERROR_TEXT + KB_ERROR_FILE];
	struct kb_error err = {0};

	m->theme = kb_theme_default;
	if (m->options->theme && read_theme(m->options->theme, &m->theme, &err) < 0) {
		kb_error_format(&err, text, sizeof(text));
		kb_ui_say(&m->ui, KB_NOTICE_WARNING, "%s", text);
	}
}

static int start(struct menu *m, struct kb_error *err)
{
	const struct kb_terminal_options terminal = {
		.tty = m->options->tty,
		.ascii = m->options->ascii,
		.monochrome = m->options->monochrome,
		.theme = &m->theme,
	};
	int r = kb_terminal_open(&terminal, &m->terminal, err);

	if (r < 0) {
		return r;
	}
	m->ui.symbols = kb_terminal_symbols(m->terminal);
	m->ui.slow = kb_terminal_is_slow(m->terminal);
	m->grid.symbols = m->ui.symbols;
	r = kb_terminal_fit(m->terminal, &m->grid);
	if (r == 0) {
		r = add_sources(m);
	}
	return r < 0 ? kb_error_set(err, r, "the menu cannot start: %s", strerror(-r)) : 0;
}

/* The terminal first: an error is printed behind it. */
static void finish(struct menu *m)
{
	kb_loop_destroy(m->loop);
	kb_connection_done(&m->connection);
	if (m->terminal && m->end == KB_UI_LEAVING) {
		kb_terminal_leave(m->terminal, m->goodbye);
	}
	kb_terminal_close(m->terminal);
	kb_grid_done(&m->grid);
	kb_ui_done(&m->ui);
	(void)sigprocmask(SIG_SETMASK, &m->signals_before, NULL);
}

int kb_ui_run(const struct kb_ui_options *options, enum kb_ui_end *ret_end, struct kb_error *err)
{
	struct menu m = {
		.options = options,
		.connection = {.message = on_message},
		.end = KB_UI_QUIT,
	};
	int r;

	m.connection.ctx = &m;
	kb_connection_open(&m.connection, options->socket_fd);
	(void)sigprocmask(SIG_SETMASK, NULL, &m.signals_before);
	r = kb_loop_create(&m.loop);
	if (r < 0) {
		kb_connection_done(&m.connection);
		return kb_error_set(err, r, "no event loop: %s", strerror(-r));
	}
	kb_screen_init(&m.ui, &kb_symbols[KB_CHARSET_ASCII], now_ms());
	m.ui.tty = options->tty;
	m.ui.may_leave = options->tty && strncmp(options->tty, "pts/", 4) == 0;
	use_theme(&m);
	r = start(&m, err);
	if (r == 0) {
		kb_ui_send(&m.ui, &(struct kb_intent){.type = KB_DO_WATCH, .tty = options->tty});
		on_typed(&m, STDIN_FILENO, 0);
		turn(&m);
		r = kb_loop_run(m.loop);
	}
	finish(&m);
	if (r == 0) {
		*ret_end = m.end;
	}
	return r;
}

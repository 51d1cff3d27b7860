/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "fault.h"
#include "kboot/base/arena.h"
#include "kboot/base/child.h"
#include "kboot/base/json.h"
#include "kboot/base/lines.h"
#include "kboot/base/loop.h"
#include "kboot/base/tree.h"
#include "temp_dir.h"

/* Answers -ENOMEM in the style of a caller that checks each pointer. */
static int arena(struct fake_sys *fake)
{
	KB_ARENA struct kb_arena a = {0};

	(void)fake;
	for (int i = 0; i < 40; i++) {
		if (!kb_arena_alloc(&a, 1000) || !kb_arena_printf(&a, "%d", i) ||
		    !kb_arena_strdup(&a, "text") || !kb_arena_array(&a, 300, 100)) {
			return -ENOMEM;
		}
	}
	return 0;
}

static int builder(struct fake_sys *fake)
{
	KB_BUF struct kb_buf b = {0};
	KB_FREE char *data = NULL;

	(void)fake;
	for (int i = 0; i < 500; i++) {
		kb_buf_printf(&b, "%d,", i);
		kb_buf_puts(&b, "text");
	}
	return kb_buf_steal(&b, &data);
}

static int count_line(void *ctx, struct kb_str line)
{
	(void)line;
	++*(int *)ctx;
	return 0;
}

static int lines(struct fake_sys *fake)
{
	KB_CLEANUP(kb_lines_done) struct kb_lines l;
	int count = 0;
	int first = 0;

	(void)fake;
	kb_lines_init(&l, 1000);
	for (int i = 0; i < 50; i++) {
		int r = kb_lines_feed(&l, "piece of a line\nanother", 23, count_line, &count);

		first = first ? first : r;
	}
	/* One line is lost where memory was, and never more than one for one failure. */
	return first < 0 ? first : count == 50 ? 0 : -EIO;
}

static int json(struct fake_sys *fake)
{
	KB_ARENA struct kb_arena a = {0};
	KB_BUF struct kb_buf b = {0};
	const struct kb_json *again;
	char key[16];
	int r;

	(void)fake;
	kb_json_open(&b, NULL, '{');
	for (int i = 0; i < 12; i++) {
		(void)snprintf(key, sizeof(key), "key %d", i);
		kb_json_put_text(&b, key, "a\xff text");
	}
	r = kb_json_end_line(&b, 0, 1000, 0);
	return r < 0 ? r : kb_json_parse(&a, kb_buf_view(&b), &again);
}

/* Whatever is missing, a text never comes back with a piece left out. */
static int parse(struct fake_sys *fake)
{
	static const size_t lengths[] = {1, 13, 14, 15, 29, 30, 31, 62, 126, 1000};

	(void)fake;
	for (size_t i = 0; i < KB_ARRAY_LEN(lengths); i++) {
		KB_ARENA struct kb_arena a = {0};
		const struct kb_json *object = NULL;
		char text[1100];
		char value[1001];
		int r;

		memset(value, 'a' + (int)i, lengths[i]);
		value[lengths[i]] = '\0';
		(void)snprintf(text, sizeof(text), "{\"key\":[\"%s\",-12,1.5e3,null]}", value);
		r = kb_json_parse(&a, kb_str_from(text), &object);
		if (r < 0) {
			return r;
		}
		if (strcmp(kb_json_get(object, "key")->parts->text, value) != 0) {
			return -EIO;
		}
	}
	return 0;
}

static int count_name(void *ctx, const char *name)
{
	(void)name;
	++*(int *)ctx;
	return 0;
}

static int read_and_list(const struct kb_tree *tree)
{
	KB_BUF struct kb_buf b = {0};
	int count = 0;
	int r = kb_tree_list(tree, "d", 200, count_name, &count);

	if (r == 0) {
		r = count == 100 ? kb_tree_read(tree, "d/50", 100, &b) : -EIO;
	}
	return r < 0 || kb_str_eq(kb_buf_view(&b), KB_STR("content")) ? r : -EIO;
}

static int tree(struct fake_sys *fake)
{
	struct temp_dir dir;
	char path[16];
	int r;

	(void)fake;
	temp_dir_init(&dir);
	for (int i = 0; i < 100; i++) {
		(void)snprintf(path, sizeof(path), "d/%d", i);
		temp_dir_text(&dir, path, "content");
	}
	r = read_and_list(&(struct kb_tree){.root_fd = dir.fd, .name = "tree"});
	temp_dir_done(&dir);
	return r;
}

static void nothing(void *data)
{
	(void)data;
}

static void on_readable(void *data, int fd, uint32_t events)
{
	(void)data;
	(void)fd;
	(void)events;
}

static void on_signal(void *data, int signo)
{
	(void)data;
	(void)signo;
}

static int add_sources(struct kb_loop *l)
{
	struct kb_source *source = NULL;
	int r = kb_loop_add_timer(l, nothing, NULL, &source);

	kb_timer_set(source, 0);
	if (r == 0) {
		r = kb_loop_add_fd(l, STDERR_FILENO, 0, on_readable, NULL, &source);
	}
	if (r == 0) {
		r = kb_loop_add_signal(l, SIGUSR1, on_signal, NULL, &source);
	}
	return r == 0 ? kb_loop_step(l, 10) : r;
}

static int loop(struct fake_sys *fake)
{
	struct kb_loop *l = NULL;
	int ends[2];
	int r = kb_loop_create(&l);

	(void)fake;
	(void)ends;
	if (r == 0) {
		r = add_sources(l);
	}
	kb_loop_destroy(l);
	return r;
}

struct outcome {
	int lines;
	bool done;
	struct kb_child_result result;
};

static int speak(void *data, int out_fd)
{
	(void)data;
	return dprintf(out_fd, "one\ntwo\n") < 0 ? -EIO : 0;
}

static void on_line(void *owner, struct kb_str line)
{
	struct outcome *o = owner;

	(void)line;
	o->lines++;
}

static void on_exit_report(void *owner, const struct kb_child_result *result)
{
	struct outcome *o = owner;

	o->done = true;
	o->result = *result;
}

static int start_and_wait(struct kb_loop *l, struct fake_sys *fake, struct kb_child_spec spec)
{
	struct outcome o = {0};
	struct kb_child *child = NULL;
	int r;

	spec.owner = &o;
	spec.on_line = on_line;
	spec.on_exit = on_exit_report;
	r = kb_child_start(l, &fake->table, &spec, &child);
	for (int i = 0; r == 0 && !o.done && i < 100; i++) {
		r = kb_loop_step(l, 100);
	}
	if (r < 0) {
		return r;
	}
	return o.done && o.lines == 2 && o.result.end == KB_CHILD_EXITED && o.result.status == 0
		       ? 0
		       : -EPROTO;
}

static int child_of_kind(struct fake_sys *fake, struct kb_child_spec spec)
{
	struct kb_loop *l = NULL;
	int r = kb_loop_create(&l);

	fake_sys_let_processes_through(fake);
	if (r == 0) {
		r = start_and_wait(l, fake, spec);
	}
	kb_loop_destroy(l);
	return r;
}

static int worker(struct fake_sys *fake)
{
	return child_of_kind(fake, (struct kb_child_spec){.run = speak});
}

static int program(struct fake_sys *fake)
{
	const char *argv[] = {"/bin/sh", "-c", "echo one; echo two", NULL};
	const char *envp[] = {NULL};
	struct kb_spawn spawn = {argv, envp, -1, -1, -1, NULL, 0, false, false};

	return child_of_kind(fake, (struct kb_child_spec){.spawn = &spawn});
}

static int hang(void *data, int out_fd)
{
	(void)data;
	(void)out_fd;
	while (pause() < 0) {
	}
	return 0;
}

static int cancelled(struct fake_sys *fake)
{
	struct kb_loop *l = NULL;
	struct kb_child *child = NULL;
	struct kb_child_spec spec = {.run = hang, .deadline_ms = 60000};
	int r = kb_loop_create(&l);

	fake_sys_let_processes_through(fake);
	if (r == 0) {
		r = kb_child_start(l, &fake->table, &spec, &child);
	}
	kb_child_cancel(child);
	kb_loop_destroy(l);
	return r;
}

const struct fault_scenario fault_scenarios[] = {
	{"arena", arena},
	{"builder", builder},
	{"lines", lines},
	{"json", json},
	{"parse", parse},
	{"tree", tree},
	{"loop", loop},
	{"worker", worker},
	{"program", program},
	{"cancelled", cancelled},
	{0},
};

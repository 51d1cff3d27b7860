/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sys/socket.h>

#include "candidates.h"
#include "engine.h"
#include "events.h"
#include "fault.h"
#include "history.h"
#include "kboot/terminal/table.h"
#include "pager.h"
#include "prompt.h"
#include "recall.h"
#include "temp_dir.h"
#include "words.h"

static int words(struct fake_sys *fake)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_shell_words found = {0};
	struct kb_error err = {0};
	int r = kb_shell_split(&arena, KB_STR("cat 'a b' *.c \"c\\\"d\" e\\ f"), false, &found,
			       &err);

	(void)fake;
	if (r < 0) {
		return err.text[0] ? r : -EPROTO;
	}
	return found.n == 5 ? 0 : -EPROTO;
}

static int prompt(struct fake_sys *fake)
{
	KB_BUF struct kb_buf buf = {0};

	(void)fake;
	kb_shell_prompt(&buf, "/a/place/that/is/long/enough/to/fill/a/line", 80);
	return kb_buf_error(&buf);
}

static int pager(struct fake_sys *fake)
{
	const struct kb_str text = KB_STR("a line, and\tanother\nwith \x1b[1mcolours\x1b[m\n");
	const struct kb_terminal_size size = {24, 10};
	struct kb_pager p;
	bool is_out;

	(void)fake;
	(void)kb_pager_fits(text, &size);
	kb_pager_init(&p);
	is_out = !kb_pager_put(&p, text);
	kb_pager_done(&p);
	return is_out ? -ENOMEM : 0;
}

static int candidates(struct fake_sys *fake)
{
	struct kb_candidates c = {0};
	KB_BUF struct kb_buf text = {0};
	KB_BUF struct kb_buf word = {0};
	int r = 0;

	(void)fake;
	for (int i = 0; r == 0 && i < 40; i++) {
		char name[16];
		const struct kb_candidate candidate = {.text = name, .note = "a note"};

		(void)snprintf(name, sizeof(name), "file %d", i);
		r = kb_candidates_add(&c, &candidate);
	}
	kb_candidates_sort(&c);
	kb_candidates_word(&c, &word);
	kb_candidates_list(&c, 80, &text);
	kb_candidates_done(&c);
	r = r < 0 ? r : kb_buf_error(&word);
	return r < 0 ? r : kb_buf_error(&text);
}

static int history(struct fake_sys *fake)
{
	KB_BUF struct kb_buf text = {0};
	struct temp_dir dir;
	char file[128];
	int r;

	(void)fake;
	temp_dir_init(&dir);
	(void)snprintf(file, sizeof(file), "%s/history", dir.path);
	r = kb_history_add(file, KB_STR("a line"));
	if (r == 0) {
		r = kb_history_read(file, &text);
	}
	temp_dir_done(&dir);
	return r;
}

/* A line that cannot be recalled is not; the one that is edited stays whole. */
static int recall(struct fake_sys *fake)
{
	struct kb_recall recalled = {0};
	struct kb_line_edit edit = {0};
	int r = kb_line_edit_init(&edit, "typed");

	(void)fake;
	if (r < 0) {
		return r;
	}
	kb_recall_keep(&recalled, NULL, KB_STR("an earlier line"));
	kb_recall_begin(&recalled, NULL);
	kb_recall_older(&recalled, &edit);
	if (strcmp(edit.text.data, "an earlier line") != 0) {
		r = -ENOMEM;
	}
	kb_recall_newer(&recalled, &edit);
	if (r == 0 && strcmp(edit.text.data, "typed") != 0) {
		r = -ENOMEM;
	}
	kb_recall_done(&recalled);
	kb_line_edit_done(&edit);
	return r;
}

static int hand_over(void *ctx, struct kb_error *err)
{
	int *fd = ctx;

	(void)err;
	return kb_steal_fd(fd);
}

/* The answer waits already: what is asked is one step of a conversation. */
static int question(struct fake_sys *fake)
{
	static const char said[] =
		"{\"type\":\"state\",\"phase\":\"waiting\",\"stage\":\"none\",\"notice_level\":"
		"\"none\"}\n{\"type\":\"reply\",\"to\":\"visit\",\"request\":1,\"ok\":true,"
		"\"place\":\"/boot\","
		"\"path\":\"/x\"}\n";
	const struct kb_intent intent = {.type = KB_DO_VISIT, .name = "/boot", .want = "dir"};
	struct kb_events events = {.signal_fd = -1};
	const struct kb_message *reply = NULL;
	struct kb_error err = {0};
	struct kb_shell_engine engine;
	int fds[2];
	struct kb_shell_options options = {.connect = hand_over, .ctx = &fds[0]};
	int r;

	(void)fake;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0 ||
	    write(fds[1], said, sizeof(said) - 1) < 0) {
		return -EPROTO;
	}
	kb_shell_engine_init(&engine, &options, &events);
	/* Out of memory for a message loses it: the engine's end then says so. */
	(void)shutdown(fds[1], SHUT_WR);
	r = kb_shell_engine_ask(&engine, &intent, -1, &reply, &err);
	if (r == 0 && (!reply || !reply->place || strcmp(reply->place, "/boot") != 0)) {
		r = -EPROTO;
	}
	kb_shell_engine_done(&engine);
	(void)kb_close(fds[0]);
	(void)kb_close(fds[1]);
	return r == -EPIPE ? -ENOMEM : r;
}

/* What is lost is not printed as if it were all. */
static int table(struct fake_sys *fake)
{
	KB_TABLE struct kb_table t = {0};
	KB_BUF struct kb_buf text = {0};

	(void)fake;
	for (int i = 10; i < 50; i++) {
		kb_table_add(&t, (struct kb_table_row){{kb_table_printf(&t, "%d", i), "a", NULL}});
	}
	kb_table_lines(&t, 80, 0, &text);
	if (kb_buf_error(&text) < 0) {
		return kb_buf_error(&text);
	}
	return text.len == 40 * strlen("10  a\n") ? 0 : -EPROTO;
}

const struct fault_scenario fault_scenarios[] = {
	{"a line is split", words},
	{"a prompt is made", prompt},
	{"what Tab offers is listed", candidates},
	{"a page is shown", pager},
	{"a line is kept", history},
	{"a line is recalled", recall},
	{"the engine is asked", question},
	{"a table is printed", table},
	{NULL, NULL},
};

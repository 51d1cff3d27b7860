/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "history.h"
#include "temp_dir.h"

struct fixture {
	struct temp_dir dir;
	char file[128];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f) {
		return -1;
	}
	temp_dir_init(&f->dir);
	(void)snprintf(f->file, sizeof(f->file), "%s/history", f->dir.path);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	temp_dir_done(&f->dir);
	free(f);
	return 0;
}

static void lines_are_kept_in_order(void **state)
{
	const struct fixture *f = *state;
	KB_BUF struct kb_buf text = {0};
	struct stat st;

	assert_int_equal(kb_history_add(f->file, KB_STR("one")), 0);
	assert_int_equal(kb_history_add(f->file, KB_STR("two words")), 0);
	assert_int_equal(kb_history_read(f->file, &text), 0);
	assert_string_equal(text.data, "one\ntwo words\n");
	assert_int_equal(stat(f->file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void the_older_half_goes(void **state)
{
	const struct fixture *f = *state;
	KB_BUF struct kb_buf text = {0};
	struct stat st;

	for (int i = 0; i < 3000; i++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "line %05d of the long history of this boot", i);
		assert_int_equal(kb_history_add(f->file, kb_str_from(line)), 0);
		assert_int_equal(stat(f->file, &st), 0);
		assert_true(st.st_size <= KB_HISTORY_MAX_BYTES);
	}
	assert_int_equal(kb_history_read(f->file, &text), 0);
	assert_true(kb_str_starts(kb_buf_view(&text), KB_STR("line ")));
	assert_true(kb_str_ends(kb_buf_view(&text),
				KB_STR("line 02999 of the long history of this boot\n")));
}

/* Four prompts at once: every line is whole, none is lost. */
static void prompts_write_at_the_same_time(void **state)
{
	enum { WRITERS = 4, LINES = 100 };
	const struct fixture *f = *state;
	KB_BUF struct kb_buf text = {0};
	struct kb_str rest;
	struct kb_str line;
	size_t n = 0;

	for (int writer = 0; writer < WRITERS; writer++) {
		if (fork() == 0) {
			int r = 0;

			for (int i = 0; r == 0 && i < LINES; i++) {
				r = kb_history_add(f->file, KB_STR("a line of this writer"));
			}
			_exit(r != 0);
		}
	}
	for (int writer = 0; writer < WRITERS; writer++) {
		int status = 1;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(kb_history_read(f->file, &text), 0);
	rest = kb_buf_view(&text);
	for (; kb_str_next_line(&rest, &line); n++) {
		assert_true(kb_str_eq(line, KB_STR("a line of this writer")));
	}
	assert_int_equal(n, WRITERS * LINES);
}

static void what_is_no_file_of_ours_is_left_alone(void **state)
{
	struct fixture *f = *state;
	KB_BUF struct kb_buf text = {0};

	assert_int_equal(kb_history_read(f->file, &text), -ENOENT);
	temp_dir_text(&f->dir, "other", "keep\n");
	temp_dir_symlink(&f->dir, "history", "other");
	assert_int_equal(kb_history_add(f->file, KB_STR("x")), -ELOOP);
	(void)snprintf(f->file, sizeof(f->file), "%s/fifo", f->dir.path);
	assert_int_equal(mkfifo(f->file, 0600), 0);
	assert_int_equal(kb_history_add(f->file, KB_STR("x")), -EINVAL);
	assert_int_equal(kb_history_read(f->file, &text), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_are_kept_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_older_half_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(prompts_write_at_the_same_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_file_of_ours_is_left_alone, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

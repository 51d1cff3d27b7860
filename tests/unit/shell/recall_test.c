/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "recall.h"

struct fixture {
	struct kb_recall recall;
	struct kb_line_edit edit;
};

static struct fixture begin(const char *const *lines, const char *typed)
{
	struct fixture f = {0};

	assert_int_equal(kb_line_edit_init(&f.edit, typed), 0);
	for (; *lines; lines++) {
		kb_recall_keep(&f.recall, NULL, kb_str_from(*lines));
	}
	kb_recall_begin(&f.recall, NULL);
	return f;
}

static void done(struct fixture *f)
{
	kb_recall_done(&f->recall);
	kb_line_edit_done(&f->edit);
}

static void expect(const struct fixture *f, const char *text)
{
	assert_string_equal(f->edit.text.data, text);
	assert_int_equal(f->edit.cursor, f->edit.text.len);
}

static void older(struct fixture *f, const char *text)
{
	kb_recall_older(&f->recall, &f->edit);
	expect(f, text);
}

static void newer(struct fixture *f, const char *text)
{
	kb_recall_newer(&f->recall, &f->edit);
	expect(f, text);
}

static void press(struct fixture *f, enum kb_key_code code, const char *letter, const char *text)
{
	struct kb_key key = {.code = code};

	(void)strncpy(key.text, letter, sizeof(key.text) - 1);
	assert_true(kb_recall_key(&f->recall, &key, &f->edit));
	expect(f, text);
}

static void up_and_down(void **state)
{
	struct fixture f =
		begin((const char *const[]){"one", " secret", "two", "two", "a\nb\xff", NULL},
		      "typ");

	(void)state;
	newer(&f, "typ");
	older(&f, "a\nb\xff");
	older(&f, "two");
	older(&f, "one");
	older(&f, "one");
	newer(&f, "two");
	newer(&f, "a\nb\xff");
	newer(&f, "typ");
	newer(&f, "typ");
	done(&f);
	f = begin((const char *const[]){NULL}, "typ");
	older(&f, "typ");
	newer(&f, "typ");
	done(&f);
}

static void searching(void **state)
{
	struct fixture f =
		begin((const char *const[]){"echo one", "ls", "echo two", "cat é", NULL}, "typ");
	const struct kb_key enter = {.code = KB_KEY_ENTER};

	(void)state;
	assert_false(kb_recall_key(&f.recall, &enter, &f.edit));
	kb_recall_search(&f.recall);
	press(&f, KB_KEY_CHAR, "o", "echo two");
	press(&f, KB_KEY_CHAR, " ", "echo two");
	press(&f, KB_KEY_CHAR, "o", "echo one");
	press(&f, KB_KEY_CHAR, "x", "echo one");
	press(&f, KB_KEY_BACKSPACE, "", "echo one");
	press(&f, KB_KEY_BACKSPACE, "", "echo two");
	press(&f, KB_KEY_CTRL, "r", "echo one");
	press(&f, KB_KEY_CTRL, "r", "echo one");
	press(&f, KB_KEY_BACKSPACE, "", "echo two");
	press(&f, KB_KEY_BACKSPACE, "", "typ");
	press(&f, KB_KEY_CHAR, "é", "cat é");
	press(&f, KB_KEY_BACKSPACE, "", "typ");
	press(&f, KB_KEY_BACKSPACE, "", "typ");
	press(&f, KB_KEY_CHAR, "l", "ls");
	press(&f, KB_KEY_CTRL, "g", "typ");
	kb_recall_search(&f.recall);
	press(&f, KB_KEY_CHAR, "l", "ls");
	assert_false(kb_recall_key(&f.recall, &enter, &f.edit));
	assert_false(f.recall.searching);
	expect(&f, "ls");
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(up_and_down),
		cmocka_unit_test(searching),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lines mean is in tests/golden/fstab; here are limits and what the caller may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/formats/fstab.h"

#include <errno.h>

/* Counts, and keeps the last sentence. */
struct heard {
	size_t n;
	struct kb_position last_at;
	char last[KB_ERROR_TEXT];
};

static void hear(void *ctx, const struct kb_diag *diag)
{
	struct heard *heard = ctx;

	heard->n++;
	heard->last_at = diag->at;
	(void)snprintf(heard->last, sizeof(heard->last), "%s", diag->text);
}

static struct kb_fstab read_text(struct kb_arena *arena, struct kb_str text, struct heard *heard)
{
	struct kb_diag_sink sink = {hear, heard};
	struct kb_fstab fstab;
	struct kb_error err;

	assert_int_equal(kb_fstab_read(arena, "f", text, &sink, &fstab, &err), 0);
	return fstab;
}

static void put_mounts(struct kb_buf *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		kb_buf_printf(text, "# comment\n\n/dev/sda%zu /%zu ext4\n", i, i);
	}
}

static void keeps_mounts_up_to_the_cap(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_fstab fstab;

	(void)state;
	put_mounts(&text, KB_FSTAB_MAX_LINES);
	fstab = read_text(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(fstab.n_lines, KB_FSTAB_MAX_LINES);
	assert_int_equal(heard.n, 0);
	put_mounts(&text, 2);
	fstab = read_text(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(fstab.n_lines, KB_FSTAB_MAX_LINES);
	assert_string_equal(fstab.lines[KB_FSTAB_MAX_LINES - 1].dir, "/255");
	assert_int_equal(heard.n, 1);
	assert_int_equal(heard.last_at.line, 3 * KB_FSTAB_MAX_LINES + 3);
	assert_string_equal(heard.last, "more than 256 mounts: this one and the rest are left out");
}

static void what_is_left_out_does_not_count(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_fstab fstab;

	(void)state;
	for (size_t i = 0; i < 2 * KB_FSTAB_MAX_LINES; i++) {
		kb_buf_puts(&text, "tmpfs /tmp tmpfs\n");
	}
	kb_buf_puts(&text, "/dev/sda1 / ext4\n");
	fstab = read_text(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(fstab.n_lines, 1);
	assert_int_equal(heard.n, 0);
}

static void reads_a_large_file_in_part(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_fstab fstab;

	(void)state;
	kb_buf_puts(&text, "/dev/sda1 / ext4\n");
	while (text.len < KB_FSTAB_MAX_BYTES - 10) {
		kb_buf_puts(&text, "#2345678\n");
	}
	/* The cap falls into this line, which would be another one without its end. */
	kb_buf_puts(&text, "/dev/sda2 /usr/local ext4\n/dev/sda3 /x ext4\n");
	fstab = read_text(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(fstab.n_lines, 1);
	assert_int_equal(heard.n, 1);
	assert_string_equal(heard.last,
			    "the file is above 64 KiB: the rest from here on is left out");
	assert_int_equal(heard.last_at.line, 2 + (KB_FSTAB_MAX_BYTES - 10 - 17 + 8) / 9);
	assert_int_equal(heard.last_at.column, 1);
}

static void skips_a_long_line(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_fstab fstab;

	(void)state;
	kb_buf_puts(&text, "/dev/sda1 /");
	while (text.len < KB_FSTAB_MAX_LINE - 5) {
		kb_buf_putc(&text, 'x');
	}
	kb_buf_puts(&text, " ext4");
	fstab = read_text(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(fstab.n_lines, 1);
	assert_int_equal(heard.n, 0);
	kb_buf_putc(&text, '\t');
	fstab = read_text(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(fstab.n_lines, 0);
	assert_string_equal(heard.last, "a line above 8192 bytes is skipped");
}

static void owns_its_strings(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	char text[] = "LABEL=a /b btrfs subvol=c,degraded";
	char file[] = "/etc/fstab";
	struct kb_fstab fstab;
	struct kb_error err;

	(void)state;
	assert_int_equal(kb_fstab_read(&arena, file, KB_STR(text), NULL, &fstab, &err), 0);
	memset(text, '?', sizeof(text));
	memset(file, '?', sizeof(file));
	assert_int_equal(fstab.n_lines, 1);
	assert_string_equal(fstab.lines[0].source, "LABEL=a");
	assert_string_equal(fstab.lines[0].dir, "/b");
	assert_string_equal(fstab.lines[0].fstype, "btrfs");
	assert_string_equal(fstab.lines[0].subvolume, "c");
	assert_string_equal(fstab.lines[0].options, "degraded");
	assert_string_equal(fstab.lines[0].at.file, "/etc/fstab");
}

static void needs_no_name_and_no_listener(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_fstab fstab;

	(void)state;
	assert_int_equal(kb_fstab_read(&arena, NULL, KB_STR("x\n/dev/sda1 /"), NULL, &fstab, NULL),
			 0);
	assert_int_equal(fstab.n_lines, 1);
	assert_null(fstab.lines[0].at.file);
	assert_int_equal(kb_fstab_read(&arena, NULL, kb_str_of(NULL, 0), NULL, &fstab, NULL), 0);
	assert_int_equal(fstab.n_lines, 0);
}

static void says_when_memory_is_gone(void **state)
{
	KB_ARENA struct kb_arena arena = {.max_bytes = 1};
	struct kb_fstab fstab = {.n_lines = 7};
	struct kb_error err;

	(void)state;
	assert_int_equal(kb_fstab_read(&arena, "f", KB_STR("/dev/sda1 / ext4\n"), NULL, &fstab,
				       &err),
			 -ENOMEM);
	assert_string_equal(err.file, "f");
	assert_int_equal(fstab.n_lines, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_mounts_up_to_the_cap),
		cmocka_unit_test(what_is_left_out_does_not_count),
		cmocka_unit_test(reads_a_large_file_in_part),
		cmocka_unit_test(skips_a_long_line),
		cmocka_unit_test(owns_its_strings),
		cmocka_unit_test(needs_no_name_and_no_listener),
		cmocka_unit_test(says_when_memory_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

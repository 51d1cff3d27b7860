/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/formats/kboot_conf.h"

#include <errno.h>

/* Counts, and keeps the last sentence. */
struct heard {
	size_t warnings;
	size_t errors;
	size_t losses; /* of the errors */
	unsigned last_line;
	char last[KB_ERROR_TEXT];
};

static void hear(void *ctx, const struct kb_diag *diag)
{
	struct heard *heard = ctx;

	if (diag->severity >= KB_SEVERITY_ERROR) {
		heard->errors++;
	} else {
		heard->warnings++;
	}
	heard->losses += diag->severity == KB_SEVERITY_LOSS;
	heard->last_line = diag->at.line;
	(void)snprintf(heard->last, sizeof(heard->last), "%s", diag->text);
}

static struct kb_conf parse(struct kb_arena *arena, struct kb_str text, struct heard *heard)
{
	struct kb_diag_sink sink = {hear, heard};
	struct kb_conf conf;
	struct kb_error err;

	assert_int_equal(kb_conf_parse(arena, "f", text, &sink, &conf, &err), 0);
	return conf;
}

static void refuses_a_large_file(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	size_t len = (size_t)KB_CONF_MAX_BYTES + 1;
	KB_FREE char *text = calloc(1, len);
	struct heard heard = {0};
	struct kb_diag_sink sink = {hear, &heard};
	struct kb_conf conf = {.file = "untouched"};
	struct kb_error err;

	(void)state;
	assert_non_null(text);
	assert_int_equal(kb_conf_parse(&arena, "f", kb_str_of(text, len), &sink, &conf, &err),
			 -EFBIG);
	assert_string_equal(err.text, "the file is above 16 MiB and is not read");
	assert_string_equal(err.file, "f");
	assert_string_equal(conf.file, "untouched");
	assert_int_equal(arena.used_bytes, 0);
}

static void survives_nuls(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_FREE char *text = calloc(1, KB_CONF_MAX_BYTES);
	struct heard heard = {0};
	struct kb_conf conf;

	(void)state;
	assert_non_null(text);
	conf = parse(&arena, kb_str_of(text, KB_CONF_MAX_BYTES), &heard);
	assert_int_equal(conf.n_labels + conf.n_variables, 0);
	assert_int_equal(heard.losses, 1);
	assert_in_range(arena.used_bytes, 1, 8192);
	conf = parse(&arena, kb_str_of(text, 1000), &heard);
	assert_int_equal(conf.n_labels + conf.n_variables, 0);
	assert_int_equal(heard.losses, 2);
	assert_string_equal(heard.last, "a line with a NUL byte is skipped");
}

static void skips_a_long_line(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_conf conf;

	(void)state;
	kb_buf_puts(&text, "timeout=5\nlong=");
	for (size_t i = 0; i < 1 << 20; i++) {
		kb_buf_putc(&text, 'x');
	}
	kb_buf_puts(&text, "\n# ");
	for (size_t i = 0; i < 1 << 20; i++) {
		kb_buf_putc(&text, 'x');
	}
	kb_buf_puts(&text, "\nlinux=/vmlinuz\n");
	conf = parse(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(conf.n_variables, 1);
	assert_int_equal(conf.n_labels, 1);
	assert_int_equal(heard.losses, 1);
	assert_int_equal(heard.last_line, 2);
	assert_string_equal(heard.last, "a line above 65536 bytes is skipped");
}

static void takes_the_longest_line(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_conf conf;

	(void)state;
	kb_buf_puts(&text, "x=");
	while (text.len < KB_CONF_MAX_LINE) {
		kb_buf_putc(&text, 'y');
	}
	conf = parse(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(conf.n_labels, 1);
	assert_int_equal(conf.labels[0].value.len, KB_CONF_MAX_LINE - 2);
	assert_int_equal(heard.warnings + heard.errors, 0);
}

static void leaves_out_labels_above_the_cap(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_conf conf;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		kb_buf_printf(&text, "label %d=/vmlinuz-%d\n", i, i);
	}
	kb_buf_puts(&text, "timeout=7\n");
	conf = parse(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(conf.n_labels, KB_CONF_MAX_LABELS);
	assert_int_equal(heard.losses, 1);
	assert_int_equal(heard.last_line, KB_CONF_MAX_LABELS + 1);
	assert_int_equal(conf.n_variables, 1);
	assert_non_null(kb_conf_label(&conf, KB_STR("Label 19999")));
	assert_null(kb_conf_label(&conf, KB_STR("label 20000")));
	assert_in_range(arena.used_bytes, 1, 4 << 20);
}

static void finds_every_label(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_conf conf;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		kb_buf_printf(&text, "Label %d=%d\n", i, i);
	}
	conf = parse(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(heard.warnings, 0);
	for (int i = 0; i < 10000; i++) {
		KB_ARENA struct kb_arena scratch = {0};
		const char *name = kb_arena_printf(&scratch, "lABEL %d", i);
		const struct kb_conf_item *label = kb_conf_label(&conf, kb_str_from(name));

		assert_non_null(label);
		assert_int_equal(label->at.line, i + 1);
	}
}

static int expand(const struct kb_conf *conf, const char *line, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_conf_target target;

	return kb_conf_expand(&arena, conf, kb_str_from(line), (struct kb_position){0}, NULL,
			      &target, err);
}

/* Each label doubles: without a cap the last one would come to 2^30 bytes. */
static void stops_what_grows(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_conf conf;
	struct kb_error err;

	(void)state;
	for (int i = 0; i < 30; i++) {
		kb_buf_printf(&text, "l%d=l%d ", i, i + 1);
		for (int j = 0; j < 1000; j++) {
			kb_buf_puts(&text, "x ");
		}
		kb_buf_putc(&text, '\n');
	}
	kb_buf_puts(&text, "l30=/vmlinuz\n");
	conf = parse(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(expand(&conf, "l25", &err), 0);
	assert_int_equal(expand(&conf, "l0", &err), -E2BIG);
	assert_string_equal(err.text, "the line comes to more than 16384 bytes");
}

static void expands_without_a_file(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_conf none = {0};
	struct kb_conf_target target;
	struct kb_error err;

	(void)state;
	assert_int_equal(kb_conf_expand(&arena, &none, KB_STR("sda2:/vmlinuz initrd=/i ro"),
					(struct kb_position){0}, NULL, &target, &err),
			 0);
	assert_string_equal(target.kernel, "sda2:/vmlinuz");
	assert_int_equal(target.n_initrd, 1);
	assert_string_equal(target.args, "ro");
	assert_int_equal(kb_conf_expand(&arena, &none, KB_STR("/vmlinuz a\0b"),
					(struct kb_position){0}, NULL, &target, &err),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_a_large_file),
		cmocka_unit_test(survives_nuls),
		cmocka_unit_test(skips_a_long_line),
		cmocka_unit_test(takes_the_longest_line),
		cmocka_unit_test(leaves_out_labels_above_the_cap),
		cmocka_unit_test(finds_every_label),
		cmocka_unit_test(stops_what_grows),
		cmocka_unit_test(expands_without_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

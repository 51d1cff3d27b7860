/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <unistd.h>

#include "findings.h"

static unsigned n_diags;

static void count(void *ctx, const struct kb_diag *diag)
{
	(void)ctx;
	(void)diag;
	n_diags++;
}

static const struct kb_diag_sink sink = {.report = count};

static int feed(struct kb_findings *f, const char *line)
{
	return kb_findings_read_line(f, kb_str_from(line), &sink);
}

static void what_a_worker_writes_the_engine_reads(void **state)
{
	const struct kb_device device = {.name = "sda2", .uuid = "aa", .fstype = "ext4"};
	const struct kb_entry entry = {
		.label = "linux",
		.title = "Linux",
		.kernel = "/vmlinuz",
		.initrd = {"/a", "/b"},
		.n_initrd = 2,
		.args = "quiet \"x y\"",
		.line = 7,
		.file = "/kboot.conf",
		.tries_left = -1,
	};
	const struct kb_setting setting = {.variable = KB_VAR_TIMEOUT,
					   .value = "5",
					   .at = {"sda2:/kboot.conf", 2, 1}};
	struct kb_findings f = {0};
	struct kb_findings_writer w = {0};
	struct kb_reader_out out;
	char text[4096];
	int fds[2];
	struct kb_str rest;
	struct kb_str line;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	w.fd = fds[1];
	out = kb_findings_writer_out(&w);
	assert_int_equal(kb_findings_write_device(&w, &device), 0);
	assert_int_equal(out.entry(out.ctx, &entry), 0);
	assert_int_equal(out.setting(out.ctx, &setting), 0);
	n_diags = 0;
	kb_diag_report(&out.diags, KB_SEVERITY_WARNING, setting.at, "odd");
	assert_int_equal(kb_findings_write_greeting(&w, "hello"), 0);
	assert_int_equal(kb_findings_write_end(&w), 0);
	kb_findings_writer_done(&w);
	close(fds[1]);
	rest = kb_str_of(text, (size_t)read(fds[0], text, sizeof(text)));
	close(fds[0]);
	while (kb_str_next_line(&rest, &line)) {
		assert_int_equal(kb_findings_read_line(&f, line, &sink), 0);
	}
	assert_true(f.complete);
	assert_string_equal(f.device.uuid, "aa");
	assert_int_equal(f.n_entries, 1);
	assert_string_equal(f.entries[0].args, "quiet \"x y\"");
	assert_int_equal(f.entries[0].n_initrd, 2);
	assert_int_equal(f.n_settings, 1);
	assert_int_equal(f.settings[0].at.line, 2);
	assert_int_equal(n_diags, 1);
	assert_string_equal(f.greeting, "hello");
	kb_findings_done(&f);
}

static void nonsense_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"{",
		"[]",
		"7",
		"{\"entry\": 3}",
		"{\"setting\": {\"name\": \"timeout\"}}",
		"{\"setting\": {\"name\": \"nonsense\", \"value\": \"1\"}}",
		"{\"device\": []}",
		"{\"end\": false}",
		"{\"unknown\": 1}",
	};
	struct kb_findings f = {0};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(lines); i++) {
		assert_true(feed(&f, lines[i]) < 0);
	}
	assert_false(f.complete);
	assert_int_equal(f.n_entries, 0);
	kb_findings_done(&f);
}

static void a_worker_cannot_flood_the_engine(void **state)
{
	struct kb_findings f = {0};
	const struct kb_setting setting = {.variable = KB_VAR_VIDEO, .value = "x"};
	int r = 0;

	(void)state;
	for (int i = 0; r == 0 && i <= KB_FINDINGS_MAX_ENTRIES; i++) {
		r = feed(&f, "{\"entry\": {\"label\": \"a\", \"kernel\": \"/k\"}}");
	}
	assert_int_equal(r, -E2BIG);
	assert_int_equal(f.n_entries, KB_FINDINGS_MAX_ENTRIES);
	for (r = 0; r == 0;) {
		r = kb_findings_add_setting(&f, &setting);
	}
	assert_int_equal(r, -E2BIG);
	assert_int_equal(f.n_settings, KB_FINDINGS_MAX_SETTINGS);
	kb_findings_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_worker_writes_the_engine_reads),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(a_worker_cannot_flood_the_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

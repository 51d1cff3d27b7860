/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <unistd.h>

#include "catalog/findings.h"

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
	struct kb_fstab_line lines[] = {
		{.source = "UUID=b",
		 .dir = "/boot",
		 .options = "umask=0077",
		 .subvolume = "@boot",
		 .at.line = 3},
		{.source = "/x \xff", .dir = "/sr v", .is_bind = true, .at.line = 9},
	};
	const struct kb_system systems[] = {
		{.says.args = "ro", .fstab = {lines, KB_ARRAY_LEN(lines)}},
		{"/@root",
		 {"Debian \xff", "root=UUID=a ro", "UUID=a", "c UUID=b none \n"},
		 {lines, 1}},
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
	assert_int_equal(kb_findings_write_system(&w, &systems[0]), 0);
	assert_int_equal(kb_findings_write_system(&w, &systems[1]), 0);
	w.subvolume = "/@root";
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
	assert_int_equal(f.n_systems, 2);
	assert_null(f.systems[0].subvolume);
	assert_string_equal(f.systems[0].says.args, "ro");
	assert_string_equal(f.systems[1].subvolume, "/@root");
	assert_string_equal(f.systems[1].says.name, "Debian \xff");
	assert_string_equal(f.systems[1].says.root, "UUID=a");
	assert_string_equal(f.systems[1].says.crypttab, "c UUID=b none \n");
	assert_int_equal(f.systems[1].fstab.n_lines, 1);
	assert_ptr_equal(kb_findings_system(&f, NULL), &f.systems[0]);
	assert_ptr_equal(kb_findings_system(&f, ""), &f.systems[0]);
	assert_ptr_equal(kb_findings_system(&f, "/@root"), &f.systems[1]);
	assert_null(kb_findings_system(&f, "/@"));
	assert_int_equal(f.systems[0].fstab.n_lines, 2);
	assert_string_equal(f.systems[0].fstab.lines[0].subvolume, "@boot");
	assert_string_equal(f.systems[0].fstab.lines[0].source, "UUID=b");
	assert_string_equal(f.systems[0].fstab.lines[0].dir, "/boot");
	assert_false(f.systems[0].fstab.lines[0].is_bind);
	assert_string_equal(f.systems[0].fstab.lines[1].source, "/x \xff");
	assert_string_equal(f.systems[0].fstab.lines[1].dir, "/sr v");
	assert_true(f.systems[0].fstab.lines[1].is_bind);
	assert_int_equal(f.systems[0].fstab.lines[1].at.line, 9);
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
		"{\"kind\": \"entry\"}",
		"{\"kind\": \"entry\", \"entry\": 3}",
		"{\"kind\": \"setting\", \"number\": 9}",
		"{\"kind\": \"setting\", \"number\": 99, \"text\": \"1\"}",
		"{\"kind\": \"device\", \"device\": []}",
		"{\"kind\": \"mount\", \"text\": \"a\", \"dir\": \"/b\"}",
		"{\"kind\": \"system\", \"args\": 3}",
		"{\"kind\": \"mount\", \"text\": \"a\"}",
		"{\"kind\": \"mount\", \"dir\": \"/b\"}",
		"{\"kind\": \"mount\", \"text\": \"a\", \"dir\": \"\"}",
		"{\"kind\": \"mount\", \"text\": \"a\", \"dir\": \"b\"}",
		"{\"kind\": \"mount\", \"text\": 1, \"dir\": \"/b\"}",
		"{\"kind\": \"mount\", \"text\": null, \"dir\": \"/b\"}",
		"{\"kind\": \"mount\", \"text\": \"a\", \"dir\": \"/b\", \"line\": -1}",
		"{\"kind\": \"greeting\", \"text\": 3}",
		"{\"kind\": \"error\"}",
		"{\"kind\": \"unknown\", \"text\": \"a\"}",
		"{\"kind\": 3}",
		"{\"end\": true}",
	};
	struct kb_findings f = {0};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(lines); i++) {
		assert_true(feed(&f, lines[i]) < 0);
	}
	assert_false(f.complete);
	assert_int_equal(f.n_entries, 0);
	assert_int_equal(f.n_systems, 0);
	kb_findings_done(&f);
}

static void an_empty_fstab_is_one(void **state)
{
	struct kb_findings f = {0};

	(void)state;
	assert_int_equal(feed(&f, "{\"kind\": \"system\"}"), 0);
	assert_int_equal(f.n_systems, 1);
	assert_int_equal(f.systems[0].fstab.n_lines, 0);
	kb_findings_done(&f);
}

/* Whatever order it says things in, and however often. */
static void what_a_worker_says_has_an_end(void **state)
{
	static const char start[] =
		"{\"kind\": \"device\", \"device\": {\"name\": \"sda\", \"label\": \"";
	static const char end[] = "\"}}";
	static char line[64 << 10];
	struct kb_account account = {.max_bytes = 2 << 20};
	struct kb_findings f = {.arena.account = &account};
	int r = 0;
	int i;

	(void)state;
	memset(line, 'g', sizeof(line));
	memcpy(line, start, sizeof(start) - 1);
	memcpy(line + sizeof(line) - sizeof(end), end, sizeof(end));
	for (i = 0; r == 0 && i < 64; i++) {
		r = feed(&f, line);
	}
	assert_int_equal(r, -ENOMEM);
	assert_true(i > 1);
	kb_findings_done(&f);
}

static void a_worker_cannot_flood_the_engine(void **state)
{
	struct kb_findings f = {0};
	const struct kb_setting setting = {.variable = KB_VAR_VIDEO, .value = "x"};
	int r = 0;

	(void)state;
	for (int i = 0; r == 0 && i <= KB_FINDINGS_MAX_ENTRIES; i++) {
		r = feed(
			&f,
			"{\"kind\": \"entry\", \"entry\": {\"label\": \"a\", \"kernel\": \"/k\"}}");
	}
	assert_int_equal(r, -E2BIG);
	assert_int_equal(f.n_entries, KB_FINDINGS_MAX_ENTRIES);
	for (r = 0; r == 0;) {
		r = kb_findings_add_setting(&f, &setting);
	}
	assert_int_equal(r, -E2BIG);
	assert_int_equal(f.n_settings, KB_FINDINGS_MAX_SETTINGS);
	for (r = 0; r == 0;) {
		r = feed(&f, "{\"kind\": \"system\"}");
	}
	assert_int_equal(r, -E2BIG);
	assert_int_equal(f.n_systems, KB_FINDINGS_MAX_SYSTEMS);
	for (r = 0; r == 0;) {
		r = feed(&f, "{\"kind\": \"mount\", \"text\": \"a\", \"dir\": \"/b\"}");
	}
	assert_int_equal(r, -E2BIG);
	assert_int_equal(f.systems[f.n_systems - 1].fstab.n_lines, KB_FINDINGS_MAX_FSTAB);
	kb_findings_done(&f);
}

static const char small[] =
	"{\"kind\": \"entry\", \"entry\": {\"label\": \"a\", \"kernel\": \"/k\"}}";

static void entries_beyond_the_memory_are_counted(void **state)
{
	struct kb_account account = {.max_bytes = 256 << 10};
	struct kb_findings one = {.arena.account = &account};
	struct kb_findings other = {.arena.account = &account};
	size_t kept;

	(void)state;
	while (one.n_dropped == 0) {
		assert_int_equal(feed(&one, small), 0);
		assert_true(one.n_entries < 10000);
	}
	kept = one.n_entries;
	assert_true(kept > 100);
	/* All places share it. */
	while (other.n_dropped == 0) {
		assert_int_equal(feed(&other, small), 0);
		assert_true(other.n_entries < kept);
	}
	/* There is room for the sentence; and none takes another one's turn, when there is more. */
	account.max_bytes *= 2;
	assert_int_equal(feed(&one, small), 0);
	assert_int_equal(one.n_entries, kept);
	kb_findings_end(&one, &sink);
	assert_int_equal(one.n_losses, 1);
	assert_string_equal(one.losses[0], "2 entries more than there is memory for");
	/* What goes makes room. */
	kb_findings_done(&one);
	kb_findings_done(&other);
	assert_int_equal(account.used_bytes, 0);
}

static void remarks_do_not_flood_the_log(void **state)
{
	struct kb_findings f = {0};

	(void)state;
	n_diags = 0;
	for (int i = 0; i < 5000; i++) {
		assert_int_equal(feed(&f, "{\"kind\": \"diag\", \"number\": 2, \"text\": \"odd\"}"),
				 0);
	}
	kb_findings_end(&f, &sink);
	assert_int_equal(n_diags, KB_FINDINGS_MAX_DIAGS + 1);
	assert_int_equal(f.n_lost, 5000);
	assert_int_equal(f.n_losses, KB_FINDINGS_MAX_LOSSES);
	kb_findings_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_worker_writes_the_engine_reads),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(an_empty_fstab_is_one),
		cmocka_unit_test(what_a_worker_says_has_an_end),
		cmocka_unit_test(a_worker_cannot_flood_the_engine),
		cmocka_unit_test(entries_beyond_the_memory_are_counted),
		cmocka_unit_test(remarks_do_not_flood_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

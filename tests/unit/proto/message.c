/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>

#include "kboot/proto/message.h"

static void encodes_to(const struct kb_message *message, const char *expected)
{
	KB_BUF struct kb_buf buf = {0};

	assert_int_equal(kb_message_encode(message, &buf), 0);
	assert_string_equal(buf.data, expected);
}

static int decode(struct kb_arena *arena, const char *line, struct kb_message *ret)
{
	return kb_message_decode(arena, kb_str_from(line), ret);
}

static struct kb_message round_trip(struct kb_arena *arena, const struct kb_message *message)
{
	KB_BUF struct kb_buf buf = {0};
	struct kb_message back = {0};

	assert_int_equal(kb_message_encode(message, &buf), 0);
	assert_true(buf.len > 1 && buf.data[buf.len - 1] == '\n');
	assert_int_equal(kb_str_find(kb_buf_view(&buf), '\n'), buf.len - 1);
	assert_int_equal(kb_message_decode(arena, kb_str_head(kb_buf_view(&buf), buf.len - 1),
					   &back),
			 0);
	assert_int_equal(back.type, message->type);
	return back;
}

/* The wire format is a promise: these lines stand in docs/PROTOCOL.md too. */
static void the_wire_format_stays(void **state)
{
	(void)state;
	encodes_to(&(struct kb_message){.type = KB_MSG_HELLO, .version = 1, .text = "kboot 0.1.0"},
		   "{\"type\":\"hello\",\"version\":1,\"text\":\"kboot 0.1.0\"}\n");
	encodes_to(&(struct kb_message){.type = KB_MSG_CATALOG, .count = 3},
		   "{\"type\":\"catalog\",\"count\":3}\n");
	encodes_to(&(struct kb_message){.type = KB_MSG_CATALOG_END},
		   "{\"type\":\"catalog-end\"}\n");
	encodes_to(&(struct kb_message){.type = KB_MSG_GREETING, .text = "one\ntwo\n"},
		   "{\"type\":\"greeting\",\"text\":\"one\\ntwo\\n\"}\n");
	encodes_to(&(struct kb_message){.type = KB_MSG_REPLY, .to = "boot", .text = "no kernel"},
		   "{\"type\":\"reply\",\"to\":\"boot\",\"text\":\"no kernel\"}\n");
	encodes_to(
		&(struct kb_message){.type = KB_MSG_REPLY, .to = "boot", .request = 17, .ok = true},
		"{\"type\":\"reply\",\"to\":\"boot\",\"request\":17,\"ok\":true}\n");
	encodes_to(&(struct kb_message){.type = KB_MSG_REPLY, .to = "select", .ok = true},
		   "{\"type\":\"reply\",\"to\":\"select\",\"ok\":true}\n");
	encodes_to(&(struct kb_message){.type = KB_MSG_REPLY,
					.to = "visit",
					.ok = true,
					.text = "",
					.place = "/boot",
					.path = "/run/kboot/root/sda2/boot"},
		   "{\"type\":\"reply\",\"to\":\"visit\",\"ok\":true,\"text\":\"\",\"place\":\"/"
		   "boot\","
		   "\"path\":\"/run/kboot/root/sda2/boot\"}\n");
	encodes_to(&(struct kb_message){.type = KB_MSG_REPLY,
					.to = "chroot",
					.ok = true,
					.path = "/r",
					.pid_text = "17"},
		   "{\"type\":\"reply\",\"to\":\"chroot\",\"ok\":true,\"path\":\"/"
		   "r\",\"pid\":\"17\"}\n");
	encodes_to(&(struct kb_message){.type = KB_MSG_REPLY,
					.to = "devices",
					.ok = true,
					.rows = (const struct kb_table_row[]){{{"sda1", NULL,
										"512"}},
									      {{NULL}}},
					.n_rows = 2},
		   "{\"type\":\"reply\",\"to\":\"devices\",\"ok\":true,"
		   "\"rows\":[[\"sda1\",null,\"512\"],[]]}\n");
	encodes_to(&(struct kb_message){.type = KB_MSG_BYE, .text = "Debian starts"},
		   "{\"type\":\"bye\",\"text\":\"Debian starts\"}\n");
}

static void every_field_of_a_state_survives(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_message message = {
		.type = KB_MSG_STATE,
		.state =
			{
				.phase = KB_PHASE_COUNTDOWN,
				.remaining_ms = 7400,
				.total_ms = 10000,
				.default_id = "d",
				.default_why = "named by default= in sda2:/etc/kboot.conf:3",
				.selected_id = "s",
				.stage = KB_STAGE_LOADING,
				.stage_id = "g",
				.done_bytes = 1ULL << 33,
				.total_bytes = 1ULL << 34,
				.scanning = 2,
				.notice_level = KB_NOTICE_WARNING,
				.notice_seq = 5,
				.notice = "n",
				.restricted = true,
				.simulated = true,
			},
	};
	struct kb_state s = round_trip(&arena, &message).state;

	(void)state;
	assert_int_equal(s.phase, KB_PHASE_COUNTDOWN);
	assert_int_equal(s.remaining_ms, 7400);
	assert_int_equal(s.total_ms, 10000);
	assert_string_equal(s.default_id, "d");
	assert_string_equal(s.default_why, message.state.default_why);
	assert_string_equal(s.selected_id, "s");
	assert_int_equal(s.stage, KB_STAGE_LOADING);
	assert_string_equal(s.stage_id, "g");
	assert_true(s.done_bytes == 1ULL << 33 && s.total_bytes == 1ULL << 34);
	assert_int_equal(s.scanning, 2);
	assert_int_equal(s.notice_level, KB_NOTICE_WARNING);
	assert_true(s.notice_seq == 5);
	assert_string_equal(s.notice, "n");
	assert_true(s.restricted && s.simulated);
}

static void what_is_not_there_stays_null(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_message message = {.type = KB_MSG_STATE};
	struct kb_state s = round_trip(&arena, &message).state;

	(void)state;
	assert_null(s.default_id);
	assert_null(s.selected_id);
	assert_null(s.notice);
	assert_false(s.restricted);
}

static void a_reply_says_where_and_how(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_message message = {.type = KB_MSG_REPLY,
					   .to = "run",
					   .request = 1ULL << 40,
					   .ok = true,
					   .text = "vi 'a b'",
					   .path = "/bin/vi",
					   .how = "command"};
	struct kb_message back = round_trip(&arena, &message);

	(void)state;
	assert_true(back.request == 1ULL << 40);
	assert_string_equal(back.how, "command");
	assert_string_equal(back.path, "/bin/vi");
	assert_string_equal(back.text, "vi 'a b'");
	assert_null(back.place);
	assert_null(back.pid_text);
}

static void the_rows_of_a_table_survive(void **state)
{
	static const struct kb_table_row rows[] = {
		{{"sda1", "vfat", "536870912", "a\nb\x1b\xff", NULL, NULL, "p"}},
		{{NULL}},
		{{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}},
	};
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_message message = {
		.type = KB_MSG_REPLY, .to = "devices", .ok = true, .rows = rows, .n_rows = 3};
	struct kb_message back = round_trip(&arena, &message);

	(void)state;
	assert_int_equal(back.n_rows, 3);
	for (size_t i = 0; i < 3 * KB_TABLE_CELLS; i++) {
		const char *was = rows[i / KB_TABLE_CELLS].cells[i % KB_TABLE_CELLS];
		const char *is = back.rows[i / KB_TABLE_CELLS].cells[i % KB_TABLE_CELLS];

		assert_int_equal(!was, !is);
		assert_string_equal(was ? was : "", is ? is : "");
	}
}

static void expect_rows(const char *rows, int expected, size_t n_rows)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf line = {0};
	struct kb_message back = {0};

	kb_buf_printf(&line, "{\"type\":\"reply\",\"to\":\"labels\",\"rows\":%s}", rows);
	assert_int_equal(kb_message_decode(&arena, kb_buf_view(&line), &back), expected);
	assert_int_equal(back.n_rows, n_rows);
}

static void hostile_rows_are_refused(void **state)
{
	KB_BUF struct kb_buf many = {0};

	(void)state;
	expect_rows("[]", 0, 0);
	expect_rows("null", 0, 0);
	expect_rows("[[],[null,\"a\"]]", 0, 2);
	expect_rows("{\"a\":[]}", -EINVAL, 0);
	expect_rows("\"a\"", -EINVAL, 0);
	expect_rows("[\"a\"]", -EINVAL, 0);
	expect_rows("[[],null]", -EINVAL, 0);
	expect_rows("[{\"a\":\"b\"}]", -EINVAL, 0);
	expect_rows("[[\"a\",1]]", -EINVAL, 0);
	expect_rows("[[true]]", -EINVAL, 0);
	expect_rows("[[[\"a\"]]]", -EINVAL, 0);
	expect_rows("[[1e3]]", -EINVAL, 0);
	expect_rows("[[null,null,null,null,null,null,null,null,null,null]]", 0, 1);
	expect_rows("[[null,null,null,null,null,null,null,null,null,null,null]]", -EINVAL, 0);
	kb_buf_puts(&many, "[[]");
	for (int i = 1; i < KB_TABLE_MAX_ROWS; i++) {
		kb_buf_puts(&many, ",[]");
	}
	kb_buf_puts(&many, "]");
	expect_rows(many.data, 0, KB_TABLE_MAX_ROWS);
	many.len--;
	kb_buf_puts(&many, ",[]]");
	expect_rows(many.data, -EINVAL, 0);
}

/* The reader would refuse it. */
static void a_table_that_is_too_long_is_not_sent(void **state)
{
	KB_TABLE struct kb_table t = {0};
	KB_BUF struct kb_buf buf = {0};
	struct kb_message message = {.type = KB_MSG_REPLY, .to = "labels"};

	(void)state;
	for (int i = 0; i < KB_TABLE_MAX_ROWS + 1; i++) {
		kb_table_add(&t, (struct kb_table_row){{NULL}});
	}
	message.rows = t.rows;
	message.n_rows = t.n;
	assert_int_equal(kb_message_encode(&message, &buf), -EMSGSIZE);
	assert_int_equal(buf.len, 0);
	message.n_rows--;
	assert_int_equal(kb_message_encode(&message, &buf), 0);
}

static void an_entry_survives(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_device device = {.name = "sda2", .fstype = "ext4", .label = "debian-root"};
	const struct kb_message message = {
		.type = KB_MSG_ENTRY,
		.entry =
			{
				.id = "sda2/debian",
				.title = "Debian \"12\" \\ \xe2\x82\xac",
				.format = KB_FORMAT_KBOOT,
				.file = "sda2:/boot/kboot.conf",
				.line = 3,
				.device = &device,
				.kernel = "sda2:/vmlinuz",
				.initrd = {"sda2:/a", "sda2:/b"},
				.n_initrd = 2,
				.args = "root=/dev/sda2 quiet",
				.is_default = true,
				.tries_left = -1,
				.problems = {"initrd not found: sda2:/a"},
				.n_problems = 1,
			},
	};
	struct kb_entry e = round_trip(&arena, &message).entry;

	(void)state;
	assert_string_equal(e.id, "sda2/debian");
	assert_string_equal(e.title, message.entry.title);
	assert_string_equal(e.device->label, "debian-root");
	assert_int_equal(e.n_initrd, 2);
	assert_string_equal(e.initrd[1], "sda2:/b");
	assert_true(e.is_default);
	assert_int_equal(e.tries_left, -1);
	assert_string_equal(e.problems[0], "initrd not found: sda2:/a");
}

static void a_long_log_line_is_cut_between_characters(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf line = {0};
	struct kb_message back;

	(void)state;
	kb_buf_puts(&line,
		    "{\"type\":\"log\",\"seq\":1,\"time_ms\":12,\"level\":\"error\",\"text\":\"");
	for (int i = 0; i < KB_LOG_LINE_BYTES; i++) {
		kb_buf_puts(&line, "\xe2\x82\xac");
	}
	kb_buf_puts(&line, "\"}");
	assert_int_equal(kb_message_decode(&arena, kb_buf_view(&line), &back), 0);
	assert_int_equal(back.log.level, KB_LOG_ERROR);
	assert_int_equal(strlen(back.log.text), (KB_LOG_LINE_BYTES - 1) / 3 * 3);
}

static void any_bytes_survive(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_message message = {.type = KB_MSG_REPLY, .to = "visit", .ok = true};
	char bytes[256];

	(void)state;
	for (int i = 0; i < 255; i++) {
		bytes[i] = (char)(i + 1);
	}
	bytes[255] = '\0';
	message.text = "a\x1b[2J\nb\xff\xed\xa0\x80\xc0\xaf\xe2\x82";
	message.place = bytes;
	message.path = "/caf\xe9/\xf4\x8f\xbb\xa9"; /* the last is what stands for \xe9 */
	message = round_trip(&arena, &message);
	assert_string_equal(message.text, "a\x1b[2J\nb\xff\xed\xa0\x80\xc0\xaf\xe2\x82");
	assert_string_equal(message.place, bytes);
	assert_string_equal(message.path, "/caf\xe9/\xf4\x8f\xbb\xa9");
}

static void the_bytes_of_an_entry_survive(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_device device = {.name = "sda2", .label = "donn\xe9\x65s"};
	const struct kb_message message = {.type = KB_MSG_ENTRY,
					   .entry = {.id = "i",
						     .label = "Caf\xe9",
						     .file = "sda2:/\xe9/kboot.conf",
						     .device = &device,
						     .kernel = "sda2:/caf\xe9.img",
						     .initrd = {"sda2:/\xff\t\n"},
						     .n_initrd = 1,
						     .args = "a=\xe4\tb",
						     .tries_left = -1}};
	struct kb_entry e = round_trip(&arena, &message).entry;

	(void)state;
	assert_string_equal(e.label, "Caf\xe9");
	assert_string_equal(e.file, "sda2:/\xe9/kboot.conf");
	assert_string_equal(e.device->label, "donn\xe9\x65s");
	assert_string_equal(e.kernel, "sda2:/caf\xe9.img");
	assert_string_equal(e.initrd[0], "sda2:/\xff\t\n");
	assert_string_equal(e.args, "a=\xe4\tb");
}

static void what_is_no_message_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"null",
		"[]",
		"\"hello\"",
		"{",
		"{}",
		"{\"type\":7}",
		"{\"type\":\"state\",\"phase\":\"sleeping\"}",
		"{\"type\":\"state\",\"phase\":3}",
		"{\"type\":\"state\",\"notice\":[1]}",
		"{\"type\":\"state\",\"scanning\":-1}",
		"{\"type\":\"state\",\"scanning\":4294967296}",
		"{\"type\":\"state\",\"restricted\":\"yes\"}",
		"{\"type\":\"catalog\",\"count\":1.5}",
		"{\"type\":\"reply\",\"ok\":true}",
		"{\"type\":\"reply\",\"to\":\"chroot\",\"ok\":true,\"pid\":17}",
		"{\"type\":\"reply\",\"to\":\"visit\",\"ok\":true,\"place\":[]}",
		"{\"type\":\"entry\"}",
		"{\"type\":\"entry\",\"entry\":[]}",
	};
	KB_ARENA struct kb_arena arena = {0};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(lines); i++) {
		struct kb_message message = {.type = KB_MSG_BYE, .text = "untouched"};

		if (decode(&arena, lines[i], &message) != -EINVAL) {
			fail_msg("accepted: %s", lines[i]);
		}
		assert_string_equal(message.text, "untouched");
	}
}

static void a_newer_engine_may_say_more(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_message message;

	(void)state;
	assert_int_equal(decode(&arena, "{\"type\":\"weather\"}", &message), -ENOTSUP);
	assert_int_equal(decode(&arena, "{\"type\":\"catalog\",\"count\":2,\"new\":[1]}", &message),
			 0);
	assert_int_equal(message.count, 2);
}

static void what_is_too_long_is_not_sent(void **state)
{
	KB_FREE char *text = malloc(KB_PROTO_MAX_LINE + 1);
	KB_BUF struct kb_buf buf = {0};

	(void)state;
	assert_non_null(text);
	memset(text, 'x', KB_PROTO_MAX_LINE);
	text[KB_PROTO_MAX_LINE] = '\0';
	kb_buf_puts(&buf, "before");
	assert_int_equal(kb_message_encode(&(struct kb_message){.type = KB_MSG_GREETING,
								.text = text},
					   &buf),
			 -EMSGSIZE);
	assert_string_equal(buf.data, "before");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wire_format_stays),
		cmocka_unit_test(every_field_of_a_state_survives),
		cmocka_unit_test(what_is_not_there_stays_null),
		cmocka_unit_test(a_reply_says_where_and_how),
		cmocka_unit_test(the_rows_of_a_table_survive),
		cmocka_unit_test(hostile_rows_are_refused),
		cmocka_unit_test(a_table_that_is_too_long_is_not_sent),
		cmocka_unit_test(an_entry_survives),
		cmocka_unit_test(a_long_log_line_is_cut_between_characters),
		cmocka_unit_test(any_bytes_survive),
		cmocka_unit_test(the_bytes_of_an_entry_survive),
		cmocka_unit_test(what_is_no_message_is_refused),
		cmocka_unit_test(a_newer_engine_may_say_more),
		cmocka_unit_test(what_is_too_long_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

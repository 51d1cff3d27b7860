/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>

#include "kboot/proto/intent.h"

static void encodes_to(const struct kb_intent *intent, const char *expected)
{
	KB_BUF struct kb_buf buf = {0};

	assert_int_equal(kb_intent_encode(intent, &buf), 0);
	assert_string_equal(buf.data, expected);
}

/* The wire format is a promise: these lines stand in docs/PROTOCOL.md too. */
static void the_wire_format_stays(void **state)
{
	(void)state;
	encodes_to(&(struct kb_intent){.type = KB_DO_WATCH, .tty = "ttyS0"},
		   "{\"do\":\"watch\",\"tty\":\"ttyS0\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_ACTIVITY}, "{\"do\":\"activity\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_BOOT,
				       .id = "a",
				       .args = "root=/dev/sda2 \"x y\""},
		   "{\"do\":\"boot\",\"id\":\"a\",\"args\":\"root=/dev/sda2 \\\"x y\\\"\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_BOOT}, "{\"do\":\"boot\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_LABELS, .want = "now"},
		   "{\"do\":\"labels\",\"want\":\"now\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_BOOT, .id = "a"},
		   "{\"do\":\"boot\",\"id\":\"a\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_BOOT, .request = 17, .id = "a"},
		   "{\"do\":\"boot\",\"request\":17,\"id\":\"a\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_EXPLAIN}, "{\"do\":\"explain\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_VISIT,
				       .name = "/boot",
				       .from = "/",
				       .want = "dir"},
		   "{\"do\":\"visit\",\"name\":\"/boot\",\"from\":\"/\",\"want\":\"dir\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_RUN, .name = "./b q", .from = "/boot"},
		   "{\"do\":\"run\",\"name\":\"./b q\",\"from\":\"/boot\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_SET, .name = "root", .value = "sda2"},
		   "{\"do\":\"set\",\"name\":\"root\",\"value\":\"sda2\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_ANSWER,
				       .question = 7,
				       .user = "u",
				       .secret = "s"},
		   "{\"do\":\"answer\",\"user\":\"u\",\"secret\":\"s\",\"question\":7}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_ROOT}, "{\"do\":\"root\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_CHROOT_END}, "{\"do\":\"chroot-end\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_CHROOT, .name = "sda2", .want = "rw"},
		   "{\"do\":\"chroot\",\"name\":\"sda2\",\"want\":\"rw\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_CHROOT_END, .name = "17"},
		   "{\"do\":\"chroot-end\",\"name\":\"17\"}\n");
	encodes_to(&(struct kb_intent){.type = KB_DO_SYSTEMS}, "{\"do\":\"systems\"}\n");
	/* What does not belong to an intent is not sent. */
	encodes_to(&(struct kb_intent){.type = KB_DO_REBOOT, .id = "a", .args = "b", .tty = "c"},
		   "{\"do\":\"reboot\"}\n");
}

static void every_intent_survives(void **state)
{
	KB_ARENA struct kb_arena arena = {0};

	(void)state;
	for (int type = 0; type < KB_N_INTENTS; type++) {
		KB_BUF struct kb_buf buf = {0};
		const struct kb_intent intent = {.type = (enum kb_intent_type)type,
						 .request = INT64_MAX,
						 .id = "i",
						 .name = "n",
						 .value = "v",
						 .from = "f",
						 .question = 3,
						 .want = "any"};
		struct kb_intent back;

		assert_string_not_equal(kb_intent_name(intent.type), "unknown");
		assert_int_equal(kb_intent_encode(&intent, &buf), 0);
		assert_int_equal(kb_intent_decode(&arena, kb_buf_view(&buf), &back), 0);
		assert_int_equal(back.type, type);
		assert_true(back.request == INT64_MAX);
	}
}

static void what_was_typed_survives(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf buf = {0};
	const struct kb_intent intent = {.type = KB_DO_SET,
					 .name = "a b",
					 .value = "\"\\ \xe2\x82\xac $(x)",
					 .from = "sda2:/it's"};
	struct kb_intent back;

	(void)state;
	assert_int_equal(kb_intent_encode(&intent, &buf), 0);
	assert_int_equal(kb_intent_decode(&arena, kb_buf_view(&buf), &back), 0);
	assert_string_equal(back.name, intent.name);
	assert_string_equal(back.value, intent.value);
	assert_string_equal(back.from, intent.from);
	assert_null(back.want);
	assert_null(back.id);
}

static void any_bytes_survive(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf line = {0};
	struct kb_intent intent = {.type = KB_DO_BOOT,
				   .id = "Gr\xfc\xdf\x65",
				   .args = "a=\xe9\t\xc2\x9b"};

	(void)state;
	assert_int_equal(kb_intent_encode(&intent, &line), 0);
	assert_string_equal(
		line.data, "{\"do\":\"boot\",\"id\":\"Gr\xf4\x8f\xbb\xbc\xf4\x8f\xbb\x9f\x65\","
			   "\"args\":\"a=\xf4\x8f\xbb\xa9\\t\xf4\x8f\xbb\x82\xf4\x8f\xba\x9b\"}\n");
	assert_int_equal(kb_intent_decode(&arena, kb_buf_view(&line), &intent), 0);
	assert_string_equal(intent.id, "Gr\xfc\xdf\x65");
	assert_string_equal(intent.args, "a=\xe9\t\xc2\x9b");
}

static void empty_arguments_are_not_missing_ones(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_intent intent;

	(void)state;
	assert_int_equal(kb_intent_decode(&arena,
					  KB_STR("{\"do\":\"boot\",\"id\":\"a\",\"args\":\"\"}"),
					  &intent),
			 0);
	assert_string_equal(intent.args, "");
	assert_int_equal(kb_intent_decode(&arena,
					  KB_STR("{\"do\":\"boot\",\"id\":\"a\",\"args\":null}"),
					  &intent),
			 0);
	assert_null(intent.args);
}

static void what_is_no_intent_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"[]",
		"{}",
		"{\"do\":null}",
		"{\"do\":\"select\",\"id\":null}",
		"{\"do\":\"boot\",\"id\":7}",
		"{\"do\":\"boot\",\"id\":\"a\",\"args\":{}}",
		"{\"do\":\"boot\",\"id\":\"a\\u0000b\"}",
		"{\"do\":\"boot\",\"id\":\"a\"} trailing",
		"{\"do\":\"visit\",\"want\":\"dir\"}",
		"{\"do\":\"run\",\"from\":\"/\"}",
		"{\"do\":\"set\",\"name\":\"root\"}",
		"{\"do\":\"set\",\"value\":\"x\"}",
		"{\"do\":\"unset\"}",
		"{\"do\":\"umount\",\"name\":null}",
		"{\"do\":\"root\",\"name\":[]}",
		"{\"do\":\"root\",\"request\":0}",
		"{\"do\":\"root\",\"request\":-1}",
		"{\"do\":\"root\",\"request\":\"1\"}",
		"{\"do\":\"root\",\"request\":1.5}",
	};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_intent intent = {.tty = "untouched"};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(lines); i++) {
		if (kb_intent_decode(&arena, kb_str_from(lines[i]), &intent) != -EINVAL) {
			fail_msg("accepted: %s", lines[i]);
		}
	}
	assert_string_equal(intent.tty, "untouched");
	assert_int_equal(kb_intent_decode(&arena, KB_STR("{\"do\":\"dance\"}"), &intent), -ENOTSUP);
}

static void an_arena_without_room_is_an_error(void **state)
{
	KB_ARENA struct kb_arena arena = {.max_bytes = 16};
	KB_BUF struct kb_buf line = {0};
	struct kb_intent intent;

	(void)state;
	kb_buf_printf(&line, "{\"do\":\"select\",\"id\":\"%0*d\"}", 4096, 1);
	assert_int_equal(kb_intent_decode(&arena, kb_buf_view(&line), &intent), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wire_format_stays),
		cmocka_unit_test(every_intent_survives),
		cmocka_unit_test(what_was_typed_survives),
		cmocka_unit_test(any_bytes_survive),
		cmocka_unit_test(empty_arguments_are_not_missing_ones),
		cmocka_unit_test(what_is_no_intent_is_refused),
		cmocka_unit_test(an_arena_without_room_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

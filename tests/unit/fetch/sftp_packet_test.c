/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sftp_packet.h"

#include <errno.h>

static void takes_packets_off_a_stream(void **state)
{
	struct kb_str rest = KB_STR("\0\0\0\1h\0\0\0\2ij\0\0\0\1");
	struct kb_str packet;

	(void)state;
	assert_int_equal(kb_sftp_take(&rest, &packet), 0);
	assert_true(kb_str_eq(packet, KB_STR("h")));
	assert_int_equal(kb_sftp_take(&rest, &packet), 0);
	assert_true(kb_str_eq(packet, KB_STR("ij")));
	assert_int_equal(kb_sftp_take(&rest, &packet), -EAGAIN);
	assert_int_equal(rest.len, 4);
	rest = KB_STR("\0\0\0");
	assert_int_equal(kb_sftp_take(&rest, &packet), -EAGAIN);
	rest = KB_STR("\0\0\0\0x");
	assert_int_equal(kb_sftp_take(&rest, &packet), -EMSGSIZE);
	rest = KB_STR("\0\0\x87\xfc"); /* KB_SFTP_PACKET_BYTES - 4 */
	assert_int_equal(kb_sftp_take(&rest, &packet), -EAGAIN);
	rest = KB_STR("\0\0\x87\xfd");
	assert_int_equal(kb_sftp_take(&rest, &packet), -EMSGSIZE);
	rest = KB_STR("\xff\xff\xff\xff");
	assert_int_equal(kb_sftp_take(&rest, &packet), -EMSGSIZE);
}

static void reads_answers(void **state)
{
	struct kb_sftp_packet p;

	(void)state;
	assert_int_equal(kb_sftp_parse(KB_STR("\2\0\0\0\3\0\0\0\1x\0\0\0\0"), &p), 0);
	assert_int_equal(p.type, KB_SFTP_VERSION);
	assert_int_equal(p.number, 3);
	assert_int_equal(kb_sftp_parse(KB_STR("\x65\0\0\1\0\0\0\0\2\0\0\0\4none\0\0\0\0"), &p), 0);
	assert_int_equal(p.type, KB_SFTP_STATUS);
	assert_int_equal(p.id, 256);
	assert_int_equal(p.number, KB_SFTP_NO_SUCH_FILE);
	assert_true(kb_str_eq(p.text, KB_STR("none")));
	/* Without words. */
	assert_int_equal(kb_sftp_parse(KB_STR("\x65\0\0\1\0\0\0\0\1"), &p), 0);
	assert_int_equal(p.text.len, 0);
	assert_int_equal(kb_sftp_parse(KB_STR("\x66\0\0\0\7\0\0\0\2\0h"), &p), 0);
	assert_true(kb_str_eq(p.text, KB_STR("\0h")));
	assert_int_equal(kb_sftp_parse(KB_STR("\x67\0\0\0\7\0\0\0\3xyz"), &p), 0);
	assert_int_equal(p.type, KB_SFTP_DATA);
	assert_true(kb_str_eq(p.text, KB_STR("xyz")));
}

static void reads_attributes(void **state)
{
	struct kb_sftp_packet p;

	(void)state;
	assert_int_equal(kb_sftp_parse(KB_STR("\x69\0\0\0\1\0\0\0\xf"
					      "\0\0\0\1\0\0\0\2"
					      "\0\0\0\0\0\0\0\0"
					      "\0\0\x81\xa4"
					      "\0\0\0\5\0\0\0\6"),
				       &p),
			 0);
	assert_true(p.size == 0x100000002);
	assert_int_equal(p.mode, 0100644);
	assert_int_equal(p.mtime_s, 6);
	assert_int_equal(kb_sftp_parse(KB_STR("\x69\0\0\0\1\0\0\0\0"), &p), 0);
	assert_true(p.size == KB_SIZE_UNKNOWN);
	assert_int_equal(p.mode, 0);
	assert_int_equal(p.mtime_s, 0);
	/* Only times, and behind them an extension. */
	assert_int_equal(kb_sftp_parse(KB_STR("\x69\0\0\0\1\x80\0\0\x8"
					      "\0\0\0\5\0\0\0\6\0\0\0\1"),
				       &p),
			 0);
	assert_int_equal(p.mtime_s, 6);
}

static void refuses_the_rest(void **state)
{
	static const struct kb_str wrong[] = {
		KB_STR(""),
		KB_STR("\2"),
		KB_STR("\2\0\0\0"),
		KB_STR("\1\0\0\0\3"),           /* what only a client sends */
		KB_STR("\x68\0\0\0\1\0\0\0\0"), /* names were not asked for */
		KB_STR("\x65\0\0\0\1\0\0\0"),
		KB_STR("\x65\0\0\0\1\0\0\0\2\0\0\0\5none"),
		KB_STR("\x67\0\0\0\7\0\0\0\4xyz"),
		KB_STR("\x67\0\0\0\7\xff\xff\xff\xffxyz"),
		KB_STR("\x69\0\0\0\1\0\0\0\1\0\0\0\0"),
		KB_STR("\x69\0\0\0\1\0\0\0\2\0\0\0\0"),
		KB_STR("\x69\0\0\0\1\0\0\0\4\0\0"),
		KB_STR("\x69\0\0\0\1\0\0\0\x8\0\0\0\0"),
	};
	char handle[9 + KB_SFTP_MAX_HANDLE + 1] = "\x66\0\0\0\7\0\0\1\1";
	struct kb_sftp_packet p;

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(wrong); i++) {
		assert_int_equal(kb_sftp_parse(wrong[i], &p), -EINVAL);
	}
	assert_int_equal(kb_sftp_parse(kb_str_of(handle, sizeof(handle)), &p), -EINVAL);
	handle[8] = 0;
	assert_int_equal(kb_sftp_parse(kb_str_of(handle, sizeof(handle)), &p), 0);
}

static void assert_sent(struct kb_buf *to, struct kb_str bytes)
{
	assert_int_equal(to->len, bytes.len);
	assert_memory_equal(to->data, bytes.data, bytes.len);
	kb_buf_reset(to);
}

static void writes_requests(void **state)
{
	KB_BUF struct kb_buf to = {0};

	(void)state;
	kb_sftp_put_init(&to);
	assert_sent(&to, KB_STR("\0\0\0\5\1\0\0\0\3"));
	kb_sftp_put_open(&to, 1, KB_STR("/x"));
	assert_sent(&to, KB_STR("\0\0\0\x13\3\0\0\0\1\0\0\0\2/x\0\0\0\1\0\0\0\0"));
	kb_sftp_put_fstat(&to, 2, KB_STR("h"));
	assert_sent(&to, KB_STR("\0\0\0\xa\x8\0\0\0\2\0\0\0\1h"));
	kb_sftp_put_read(&to, 3, KB_STR("h"), 0x100000002, 0x8000);
	assert_sent(&to, KB_STR("\0\0\0\x16\5\0\0\0\3\0\0\0\1h\0\0\0\1\0\0\0\2\0\0\x80\0"));
}

static void knows_what_is_final(void **state)
{
	(void)state;
	assert_true(kb_sftp_is_final(KB_SFTP_NO_SUCH_FILE));
	assert_true(kb_sftp_is_final(KB_SFTP_PERMISSION_DENIED));
	assert_true(kb_sftp_is_final(KB_SFTP_FAILURE));
	assert_true(kb_sftp_is_final(4000000000));
	assert_false(kb_sftp_is_final(KB_SFTP_CONNECTION_LOST));
	assert_false(kb_sftp_is_final(KB_SFTP_NO_CONNECTION));
	assert_string_equal(kb_sftp_words(KB_SFTP_PERMISSION_DENIED), "permission denied");
	assert_string_equal(kb_sftp_words(KB_SFTP_OK), "");
	assert_string_equal(kb_sftp_words(4000000000), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_packets_off_a_stream),
		cmocka_unit_test(reads_answers),
		cmocka_unit_test(reads_attributes),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(writes_requests),
		cmocka_unit_test(knows_what_is_final),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

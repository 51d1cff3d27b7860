/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tftp_packet.h"

#include <errno.h>

static void reads_blocks_and_errors(void **state)
{
	struct kb_tftp_packet p;

	(void)state;
	assert_int_equal(kb_tftp_parse(KB_STR("\0\3\xff\xfe"
					      "ab"),
				       &p),
			 0);
	assert_int_equal(p.opcode, KB_TFTP_DATA);
	assert_int_equal(p.number, 0xfffe);
	assert_true(kb_str_eq(p.data, KB_STR("ab")));
	assert_int_equal(kb_tftp_parse(KB_STR("\0\3\0\1"), &p), 0);
	assert_int_equal(p.data.len, 0);
	assert_int_equal(kb_tftp_parse(KB_STR("\0\5\0\1none\0rest"), &p), 0);
	assert_true(kb_str_eq(p.data, KB_STR("none")));
	assert_int_equal(kb_tftp_parse(KB_STR("\0\5\0\1none"), &p), 0);
	assert_true(kb_str_eq(p.data, KB_STR("none")));
}

static void reads_options(void **state)
{
	struct kb_tftp_packet p;

	(void)state;
	assert_int_equal(kb_tftp_parse(KB_STR("\0\6TSIZE\0"
					      "99999999999\0blksize\0"
					      "1024\0windowsize\0"
					      "4\0timeout\0"
					      "1\0"),
				       &p),
			 0);
	assert_int_equal(p.opcode, KB_TFTP_OPTIONS);
	assert_true(p.total == 99999999999);
	assert_int_equal(p.block_bytes, 1024);
	assert_int_equal(p.window, 4);
	/* What it does not agree to is as without options. */
	assert_int_equal(kb_tftp_parse(KB_STR("\0\6tsize\0"
					      "1\0"),
				       &p),
			 0);
	assert_int_equal(p.block_bytes, 512);
	assert_int_equal(p.window, 1);
}

static void refuses_the_rest(void **state)
{
	static const struct kb_str wrong[] = {
		KB_STR(""),
		KB_STR("\0\3\0"),
		KB_STR("\0\4\0\1"),
		KB_STR("\0\1x\0octet\0"),
		KB_STR("\1\3\0\1"),
		KB_STR("\0\6tsize\0"),
		KB_STR("\0\6tsize\0"
		       "1"),
		KB_STR("\0\6tsize\0"
		       "-1\0"),
		KB_STR("\0\6blksize\0"
		       "1429\0"),
		KB_STR("\0\6blksize\0"
		       "7\0"),
		KB_STR("\0\6windowsize\0"
		       "0\0"),
		KB_STR("\0\6windowsize\0"
		       "17\0"),
		KB_STR("\0\6multicast\0"
		       "1\0"),
	};
	struct kb_tftp_packet p;

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(wrong); i++) {
		if (kb_tftp_parse(wrong[i], &p) != -EINVAL) {
			fail_msg("number %zu was taken", i);
		}
	}
}

static void writes_requests(void **state)
{
	char packet[KB_TFTP_REQUEST_BYTES];
	char file[KB_TFTP_MAX_FILE + 1] = "";
	const struct kb_str with = KB_STR("\0\1a/b\0octet\0tsize\0"
					  "0\0timeout\0"
					  "1\0blksize\0"
					  "1428\0windowsize\0"
					  "16\0");

	(void)state;
	assert_true(kb_str_eq(kb_str_of(packet, kb_tftp_request(packet, "a/b", true)), with));
	assert_true(kb_str_eq(kb_str_of(packet, kb_tftp_request(packet, "a/b", false)),
			      kb_str_head(with, 12)));
	memset(file, 'x', KB_TFTP_MAX_FILE);
	assert_in_range(kb_tftp_request(packet, file, true), KB_TFTP_MAX_FILE,
			KB_TFTP_REQUEST_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_blocks_and_errors),
		cmocka_unit_test(reads_options),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(writes_requests),
	};

	return cmocka_run_group_tests_name("fetch/tftp_packet", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCP's packets byte by byte, and answers that are cut, torn or no answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/socket.h>

#include "dhcp_packet.h"

enum { AT_SNAME = 44, AT_FILE = 108, AT_OPTIONS = 240, MOST = 4096 };

struct fixture {
	char bytes[MOST];
	size_t len;
	struct kb_dhcp_packet packet;
	char question[KB_DHCP_QUESTION_BYTES];
	size_t question_len;
};

static void add(struct fixture *f, unsigned code, struct kb_str value)
{
	f->bytes[f->len++] = (char)code;
	f->bytes[f->len++] = (char)value.len;
	memcpy(f->bytes + f->len, value.data, value.len);
	f->len += value.len;
}

static void add_area(struct fixture *f, size_t at, struct kb_str bytes)
{
	memcpy(f->bytes + at, bytes.data, bytes.len);
}

/* An OFFER without an option but its type. */
static void begin(struct fixture *f)
{
	static const char head[] = "\2\1\6\0\x12\x34\x56\x78\0\0\0\0\0\0\0\0\x0a\x09\0\x32\x0a\x09"
				   "\0\1\0\0\0\0\x52\x54\0\7\0\1";

	memset(f, 0, sizeof(*f));
	memcpy(f->bytes, head, sizeof(head));
	add_area(f, AT_SNAME, KB_STR("boot.test"));
	add_area(f, AT_FILE, KB_STR("pxelinux.0"));
	add_area(f, AT_OPTIONS - 4, KB_STR("\x63\x82\x53\x63"));
	f->len = AT_OPTIONS;
	add(f, KB_DHCP_TYPE, KB_STR("\2"));
}

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	begin(*state);
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

/* Of a copy with nothing behind it, so that a sanitizer sees what is read beyond. */
static int parse(struct fixture *f)
{
	char *copy = malloc(f->len + 1);
	int r;

	memcpy(copy + 1, f->bytes, f->len);
	r = kb_dhcp_parse(kb_str_of(copy + 1, f->len), &f->packet);
	free(copy);
	return r;
}

static void check_text(struct kb_str seen, const char *wanted)
{
	assert_int_equal(seen.len, strlen(wanted));
	assert_memory_equal(seen.data, wanted, seen.len);
}

static void check_ip(const struct kb_ip *ip, const char *wanted)
{
	char buf[KB_IP_TEXT];

	assert_int_equal(ip->family, AF_INET);
	assert_string_equal(kb_ip_print_prefix(ip, buf), wanted);
}

/* --- answers */

static void reads_every_field(void **state)
{
	struct fixture *f = *state;

	add(f, KB_DHCP_SERVER, KB_STR("\x0a\x09\0\2"));
	add(f, 0, KB_STR("")); /* two pads */
	add(f, KB_DHCP_FILE, KB_STR("grubx64.efi\0rest"));
	add(f, KB_DHCP_TFTP, KB_STR(""));
	add(f, 254, KB_STR("last"));
	f->bytes[f->len++] = (char)255;
	add(f, KB_DHCP_ROOT_PATH, KB_STR("behind the end"));
	assert_int_equal(parse(f), 0);
	assert_int_equal(f->packet.type, KB_DHCP_OFFER);
	assert_int_equal(f->packet.xid, 0x12345678);
	assert_memory_equal(f->packet.mac, "\x52\x54\0\7\0\1", 6);
	check_ip(&f->packet.yiaddr, "10.9.0.50/32");
	check_ip(&f->packet.siaddr, "10.9.0.1/32");
	check_ip(&f->packet.server, "10.9.0.2/32");
	assert_string_equal(f->packet.sname, "boot.test");
	assert_string_equal(f->packet.file, "pxelinux.0");
	check_text(kb_dhcp_text(&f->packet, KB_DHCP_FILE), "grubx64.efi");
	assert_int_equal(kb_dhcp_option(&f->packet, KB_DHCP_FILE).len, 16);
	assert_non_null(kb_dhcp_option(&f->packet, KB_DHCP_TFTP).data);
	assert_int_equal(kb_dhcp_option(&f->packet, KB_DHCP_TFTP).len, 0);
	check_text(kb_dhcp_text(&f->packet, 254), "last");
	assert_null(kb_dhcp_option(&f->packet, KB_DHCP_ROOT_PATH).data);
	assert_null(kb_dhcp_option(&f->packet, 256).data);
	assert_null(kb_dhcp_text(&f->packet, 255).data);
}

static void full_fields_have_no_end(void **state)
{
	struct fixture *f = *state;

	memset(f->bytes + AT_SNAME, 's', KB_DHCP_SNAME);
	memset(f->bytes + AT_FILE, 'f', KB_DHCP_FILE_FIELD);
	memset(f->bytes + 16, 0, 8);
	assert_int_equal(parse(f), 0);
	assert_int_equal(strlen(f->packet.sname), KB_DHCP_SNAME);
	assert_int_equal(strlen(f->packet.file), KB_DHCP_FILE_FIELD);
	assert_int_equal(f->packet.yiaddr.family, 0);
	assert_int_equal(f->packet.siaddr.family, 0);
	assert_int_equal(f->packet.server.family, 0);
}

/* RFC 3396: the options, then file, then sname. */
static void options_go_on_in_the_fields(void **state)
{
	struct fixture *f = *state;

	add(f, KB_DHCP_FILE, KB_STR("one "));
	add(f, KB_DHCP_TFTP, KB_STR("host"));
	add(f, KB_DHCP_OVERLOAD, KB_STR("\3"));
	add(f, KB_DHCP_FILE, KB_STR("two "));
	add_area(f, AT_SNAME, KB_STR("\x43\4four\xff"));
	add_area(f, AT_FILE, KB_STR("\x43\6three \x34\1\0\xff"));
	assert_int_equal(parse(f), 0);
	check_text(kb_dhcp_text(&f->packet, KB_DHCP_FILE), "one two three four");
	check_text(kb_dhcp_text(&f->packet, KB_DHCP_TFTP), "host");
	assert_string_equal(f->packet.sname, "");
	assert_string_equal(f->packet.file, "");
}

static void one_field_has_options(void **state)
{
	struct fixture *f = *state;

	add(f, KB_DHCP_OVERLOAD, KB_STR("\1"));
	add_area(f, AT_FILE, KB_STR("\x43\4over\xff"));
	assert_int_equal(parse(f), 0);
	check_text(kb_dhcp_text(&f->packet, KB_DHCP_FILE), "over");
	assert_string_equal(f->packet.sname, "boot.test");
	begin(f);
	add(f, KB_DHCP_OVERLOAD, KB_STR("\2"));
	/* Its length leads out of the field: it is not there. */
	add_area(f, AT_SNAME, KB_STR("\x42\1t\x43\x3f"));
	assert_int_equal(parse(f), 0);
	check_text(kb_dhcp_text(&f->packet, KB_DHCP_TFTP), "t");
	assert_null(kb_dhcp_option(&f->packet, KB_DHCP_FILE).data);
	assert_string_equal(f->packet.file, "pxelinux.0");
	begin(f);
	add(f, KB_DHCP_OVERLOAD, KB_STR("\7"));
	assert_int_equal(parse(f), 0);
	assert_string_equal(f->packet.file, "pxelinux.0");
}

static void long_options_are_whole(void **state)
{
	struct fixture *f = *state;
	char part[255];

	memset(part, 'p', sizeof(part));
	for (int i = 0; i < 6; i++) {
		add(f, KB_DHCP_VENDOR, kb_str_of(part, sizeof(part)));
	}
	assert_int_equal(parse(f), 0);
	assert_int_equal(kb_dhcp_option(&f->packet, KB_DHCP_VENDOR).len, 6 * sizeof(part));
	f->len = KB_DHCP_PACKET_BYTES + 1;
	assert_int_equal(parse(f), -EINVAL);
}

static void cut_anywhere(void **state)
{
	struct fixture *f = *state;
	size_t whole;

	add(f, KB_DHCP_FILE, KB_STR("grubx64.efi"));
	add(f, KB_DHCP_IPXE, KB_STR("\xb0\1\1"));
	whole = f->len;
	for (f->len = 0; f->len <= whole; f->len++) {
		assert_int_equal(parse(f), f->len < AT_OPTIONS + 3 ? -EINVAL : 0);
		if (f->len >= AT_OPTIONS + 3) {
			assert_int_equal(kb_dhcp_text(&f->packet, KB_DHCP_FILE).len,
					 f->len < AT_OPTIONS + 16 ? 0 : 11);
			assert_true((kb_dhcp_option(&f->packet, KB_DHCP_IPXE).len > 0) ==
				    (f->len == whole));
		}
	}
}

static void no_answers(void **state)
{
	static const unsigned at[] = {0, 1, 2, AT_OPTIONS - 4, AT_OPTIONS - 1, AT_OPTIONS};
	struct fixture *f = *state;

	for (size_t i = 0; i < KB_ARRAY_LEN(at); i++) {
		begin(f);
		assert_int_equal(parse(f), 0);
		f->bytes[at[i]] ^= 1;
		assert_int_equal(parse(f), -EINVAL);
	}
	begin(f);
	add(f, KB_DHCP_TYPE, KB_STR("\2")); /* of two bytes, put together */
	assert_int_equal(parse(f), -EINVAL);
}

static void suboptions(void **state)
{
	struct kb_str option = KB_STR("\6\1\x8\0\x9\3abc\x0a\2xy\xff\x47\1z");

	(void)state;
	check_text(kb_dhcp_suboption(option, 6), "\x8");
	check_text(kb_dhcp_suboption(option, KB_PXE_MENU), "abc");
	check_text(kb_dhcp_suboption(option, 10), "xy");
	assert_null(kb_dhcp_suboption(option, KB_PXE_ITEM).data);
	assert_null(kb_dhcp_suboption(kb_str_head(option, 11), 10).data);
	assert_null(kb_dhcp_suboption((struct kb_str){0}, 10).data);
}

/* --- questions */

static void ask(struct fixture *f, const struct kb_dhcp_question *q)
{
	f->question_len = kb_dhcp_ask(f->question, q);
	assert_true(f->question_len >= 300 && f->question_len <= KB_DHCP_QUESTION_BYTES);
	/* Read as an answer, so that its options are found. */
	memcpy(f->bytes, f->question, f->question_len);
	f->bytes[0] = 2;
	f->len = f->question_len;
	assert_int_equal(parse(f), 0);
}

#define CHECK_OPTION(f, code, literal)                                                             \
	do {                                                                                       \
		struct kb_str seen = kb_dhcp_option(&(f)->packet, (code));                         \
		assert_int_equal(seen.len, sizeof(literal) - 1);                                   \
		assert_memory_equal(seen.data, (literal), seen.len);                               \
	} while (0)

static const struct kb_dhcp_question efi = {
	.xid = 0x01020384,
	.mac = {0x52, 0x54, 0, 7, 0, 1},
	.arch = 7,
	.has_uuid = true,
	.uuid = "0123456789abcdef",
	.user_class = "iPXE",
};

static void asks_everybody(void **state)
{
	struct fixture *f = *state;

	ask(f, &efi);
	assert_memory_equal(f->question, "\1\1\6\0\1\2\3\x84\0\0\x80\0", 12);
	for (size_t i = 12; i < 28; i++) {
		assert_int_equal(f->question[i], 0);
	}
	assert_memory_equal(f->question + 28, "\x52\x54\0\7\0\1\0", 7);
	CHECK_OPTION(f, KB_DHCP_TYPE, "\1");
	CHECK_OPTION(f, KB_DHCP_LARGEST, "\5\xc0");
	CHECK_OPTION(f, KB_DHCP_CLASS, "PXEClient:Arch:00007:UNDI:003010");
	CHECK_OPTION(f, KB_DHCP_USER_CLASS, "iPXE");
	CHECK_OPTION(f, KB_DHCP_ARCH, "\0\7");
	CHECK_OPTION(f, KB_DHCP_INTERFACE, "\1\3\x0a");
	CHECK_OPTION(f, KB_DHCP_UUID,
		     "\0"
		     "0123456789abcdef");
	CHECK_OPTION(f, KB_DHCP_IPXE,
		     "\x0d\1\1\x0e\1\1\x0f\1\1\x10\1\1\x11\1\1\x12\1\1\x1b\1\1\x1d\1\1\x18\1\1");
	CHECK_OPTION(f, KB_DHCP_ASKED,
		     "\1\3\6\7\x0c\x0f\x11\x1a\x2a\x2b\x3c\x42\x43\x77\x79\x80\x81\x82\x83\x84\x85"
		     "\x86\x87\xaf\xcb\xd1\xd2\xd3");
	assert_null(kb_dhcp_option(&f->packet, 61).data);
	assert_null(kb_dhcp_option(&f->packet, KB_DHCP_SERVER).data);
	assert_null(kb_dhcp_option(&f->packet, KB_DHCP_VENDOR).data);
}

static void asks_as_another(void **state)
{
	struct fixture *f = *state;
	struct kb_dhcp_question q = {.user_class = "", .arch = 0};
	char longest[400];

	ask(f, &q);
	CHECK_OPTION(f, KB_DHCP_CLASS, "PXEClient:Arch:00000:UNDI:002001");
	CHECK_OPTION(f, KB_DHCP_ARCH, "\0\0");
	CHECK_OPTION(f, KB_DHCP_INTERFACE, "\1\2\1");
	assert_int_equal(kb_dhcp_option(&f->packet, KB_DHCP_IPXE).len, 8 * 3);
	assert_null(kb_dhcp_option(&f->packet, KB_DHCP_UUID).data);
	assert_null(kb_dhcp_option(&f->packet, KB_DHCP_USER_CLASS).data);
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	q = efi;
	q.arch = 11;
	q.server.family = AF_INET;
	q.item = 1;
	q.user_class = longest;
	q.vendor_class = longest;
	ask(f, &q);
	assert_int_equal(kb_dhcp_option(&f->packet, KB_DHCP_USER_CLASS).len, 255);
	assert_int_equal(kb_dhcp_option(&f->packet, KB_DHCP_CLASS).len, 255);
	CHECK_OPTION(f, KB_DHCP_ARCH, "\0\x0b");
}

static void asks_a_proxy(void **state)
{
	struct fixture *f = *state;
	struct kb_dhcp_question q = efi;

	assert_int_equal(kb_ip_parse(KB_STR("10.9.0.2"), &q.server), 0);
	assert_int_equal(kb_ip_parse(KB_STR("10.9.0.50"), &q.client), 0);
	ask(f, &q);
	assert_memory_equal(f->question + 10, "\0\0\x0a\x09\0\x32\0\0\0\0", 10);
	CHECK_OPTION(f, KB_DHCP_TYPE, "\3");
	CHECK_OPTION(f, KB_DHCP_SERVER, "\x0a\x09\0\2");
	CHECK_OPTION(f, KB_DHCP_USER_CLASS, "iPXE");
	assert_null(kb_dhcp_option(&f->packet, KB_DHCP_VENDOR).data);
	q.item = 0x8001;
	ask(f, &q);
	CHECK_OPTION(f, KB_DHCP_VENDOR, "\x47\4\x80\1\0\0\xff");
}

static void uuids(void **state)
{
	unsigned char uuid[KB_DHCP_UUID_BYTES];
	static const char *const wrong[] = {
		"",
		"00112233-4455-6677-8899-aabbccddeef",
		"00112233-4455-6677-8899-aabbccddeeff0",
		"001122334455-6677-8899-aabbccddeeff00",
		"0011223g-4455-6677-8899-aabbccddeeff",
		"00000000-0000-0000-0000-000000000000",
		"ffffffff-ffff-ffff-ffff-ffffffffffff",
	};

	(void)state;
	assert_int_equal(kb_dhcp_uuid(KB_STR("00112233-4455-6677-8899-AABBccddeeff"), uuid), 0);
	assert_memory_equal(uuid,
			    "\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16);
	for (size_t i = 0; i < KB_ARRAY_LEN(wrong); i++) {
		assert_int_equal(kb_dhcp_uuid(kb_str_from(wrong[i]), uuid), -EINVAL);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_every_field),
		TEST(full_fields_have_no_end),
		TEST(options_go_on_in_the_fields),
		TEST(one_field_has_options),
		TEST(long_options_are_whole),
		TEST(cut_anywhere),
		TEST(no_answers),
		TEST(suboptions),
		TEST(asks_everybody),
		TEST(asks_as_another),
		TEST(asks_a_proxy),
		TEST(uuids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

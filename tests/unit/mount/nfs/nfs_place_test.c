/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/mount/nfs.h"

#include <errno.h>
#include <string.h>

static void takes_places_apart(void **state)
{
	static const struct {
		const char *text;
		struct kb_nfs_place place;
	} cases[] = {
		{"host.my.net", {"host.my.net", 0, 0, 0, -1}},
		{"host", {"host", 0, 0, 0, -1}},
		{"10.0.2.2", {"10.0.2.2", 0, 0, 0, -1}},
		{"host:2050", {"host", 2050, 0, 0, -1}},
		{"[2001:db8::1]", {"2001:db8::1", 0, 0, 0, -1}},
		{"[2001:db8::1]:65535", {"2001:db8::1", 65535, 0, 0, -1}},
		{"[fe80::1%eth0.2]", {"fe80::1%eth0.2", 0, 0, 0, -1}},
		{"host?vers=3", {"host", 0, 0, 3, -1}},
		{"host?nfsvers=4", {"host", 0, 0, 4, -1}},
		{"host?vers=4.0", {"host", 0, 0, 4, 0}},
		{"host?vers=4,minorversion=1", {"host", 0, 0, 4, 1}},
		{"host?v4.2", {"host", 0, 0, 4, 2}},
		{"host:1?vers=3&port=2&mountport=3", {"host", 2, 3, 3, -1}},
		{"host?,,vers=3,", {"host", 0, 0, 3, -1}},
		{"host?", {"host", 0, 0, 0, -1}},
		{"host?proto=tcp,sec=sys", {"host", 0, 0, 0, -1}},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_nfs_place place;

		assert_int_equal(kb_nfs_place_parse(&arena, kb_str_from(cases[i].text), &place,
						    NULL),
				 0);
		assert_string_equal(place.host, cases[i].place.host);
		assert_int_equal(place.port, cases[i].place.port);
		assert_int_equal(place.mount_port, cases[i].place.mount_port);
		assert_int_equal(place.version, cases[i].place.version);
		assert_int_equal(place.minor, cases[i].place.minor);
	}
}

static void refuses_what_is_no_place(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *sentence;
	} cases[] = {
		{"", -EINVAL, "`` is not the name of a host"},
		{"?vers=3", -EINVAL, "`` is not the name of a host"},
		{":2049", -EINVAL, "`:2049` is not the name of a host"},
		{"host:", -EINVAL, "`host:` is not the name of a host"},
		{"host:0", -EINVAL, "`host:0` is not the name of a host"},
		{"host:65536", -EINVAL, "`host:65536` is not the name of a host"},
		{"host:1x", -EINVAL, "`host:1x` is not the name of a host"},
		{"fe80::1", -EINVAL, "`fe80::1` is not the name of a host"},
		{"[::1", -EINVAL, "`[::1` is not the name of a host"},
		{"[::1]2", -EINVAL, "`[::1]2` is not the name of a host"},
		{"[]", -EINVAL, "`[]` is not the name of a host"},
		{"-host", -EINVAL, "`-host` is not the name of a host"},
		/* Neither another mount option nor another line of a log. */
		{"host,sec=none", -EINVAL, "`host,sec=none` is not the name of a host"},
		{"a b", -EINVAL, "`a b` is not the name of a host"},
		{"host?vers=5", -EINVAL, "`vers=5`: not a value for this option of NFS"},
		{"host?vers=", -EINVAL, "`vers=`: not a value for this option of NFS"},
		{"host?minorversion=3", -EINVAL,
		 "`minorversion=3`: not a value for this option of NFS"},
		{"host?port=99999", -EINVAL, "`port=99999`: not a value for this option of NFS"},
		{"host?verse=3", -EINVAL, "`verse=3`: not an option of NFS that kboot knows"},
		{"host?sec=krb5p", -ENOTSUP,
		 "`sec=krb5p`: kboot's NFS knows TCP and plain user ids only"},
		{"host?proto=rdma", -ENOTSUP,
		 "`proto=rdma`: kboot's NFS knows TCP and plain user ids only"},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_nfs_place place = {.host = "untouched"};
		struct kb_error err = {0};

		assert_int_equal(kb_nfs_place_parse(&arena, kb_str_from(cases[i].text), &place,
						    &err),
				 cases[i].code);
		assert_string_equal(err.text, cases[i].sentence);
		assert_string_equal(place.host, "untouched");
	}
}

static void refuses_long_hosts(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	char text[KB_MOUNT_SERVER_MAX_HOST + 1];
	struct kb_nfs_place place;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(kb_nfs_place_parse(&arena, kb_str_of(text, sizeof(text)), &place, NULL),
			 -ENAMETOOLONG);
	assert_int_equal(kb_nfs_place_parse(&arena, kb_str_of(text, sizeof(text) - 1), &place,
					    NULL),
			 0);
}

/* An fstab is written for another system's mount: what is not ours is passed over. */
static void takes_options_of_fstab(void **state)
{
	struct kb_nfs_place place = {.minor = KB_NFS_MINOR_ANY};
	struct kb_error err = {0};

	(void)state;
	assert_int_equal(
		kb_nfs_options_parse(KB_STR("rw,hard,intr,nfsvers=4.1,rsize=1048576,_netdev,"
					    "proto=udp,x-systemd.automount,port=2050"),
				     &place, &err),
		0);
	assert_int_equal(place.version, 4);
	assert_int_equal(place.minor, 1);
	assert_int_equal(place.port, 2050);
	assert_int_equal(kb_nfs_options_parse(KB_STR("v3,sec=krb5"), &place, &err), -ENOTSUP);
	assert_int_equal(place.version, 4);
	assert_int_equal(kb_nfs_options_parse(KB_STR("v3,vers=2"), &place, &err), -EINVAL);
	assert_int_equal(place.version, 4);
	assert_int_equal(kb_nfs_options_parse(KB_STR(""), &place, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_places_apart),
		cmocka_unit_test(refuses_what_is_no_place),
		cmocka_unit_test(refuses_long_hosts),
		cmocka_unit_test(takes_options_of_fstab),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/model/name.h"

#include <errno.h>

struct expected {
	const char *text;
	enum kb_name_kind kind;
	const char *place; /* NULL: none */
	const char *path;
	const char *formatted;
};

static void check(const struct expected *e, bool (*is_device)(void *ctx, struct kb_str word))
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_name name;
	struct kb_error err;

	assert_int_equal(kb_name_parse(&arena, kb_str_from(e->text), is_device, NULL, &name, &err),
			 0);
	assert_int_equal(name.kind, e->kind);
	if (e->place) {
		assert_non_null(name.place);
		assert_string_equal(name.place, e->place);
	} else {
		assert_null(name.place);
	}
	assert_string_equal(name.path, e->path);
	assert_string_equal(kb_name_format(&arena, &name), e->formatted);
}

static void takes_names_apart(void **state)
{
	static const struct expected names[] = {
		{"x/y", KB_NAME_RELATIVE, NULL, "x/y", "x/y"},
		{"./x", KB_NAME_RELATIVE, NULL, "x", "x"},
		{".//x/./y/", KB_NAME_RELATIVE, NULL, "x/y", "x/y"},
		{"../x", KB_NAME_RELATIVE, NULL, "../x", "../x"},
		{"a/../b", KB_NAME_RELATIVE, NULL, "a/../b", "a/../b"},
		{".", KB_NAME_RELATIVE, NULL, "", "."},
		{"sda2", KB_NAME_RELATIVE, NULL, "sda2", "sda2"},
		{"a:b", KB_NAME_RELATIVE, NULL, "a:b", "./a:b"},
		{"./sda2:/x", KB_NAME_RELATIVE, NULL, "sda2:/x", "./sda2:/x"},
		{"/boot/vmlinuz", KB_NAME_ENVIRONMENT, NULL, "/boot/vmlinuz", "/boot/vmlinuz"},
		{"/", KB_NAME_ENVIRONMENT, NULL, "/", "/"},
		{"/./boot//x/", KB_NAME_ENVIRONMENT, NULL, "/boot/x", "/boot/x"},
		{"/dev/sda2", KB_NAME_ENVIRONMENT, NULL, "/dev/sda2", "/dev/sda2"},
		{"/boot/a:/b", KB_NAME_ENVIRONMENT, NULL, "/boot/a:/b", "/boot/a:/b"},
		{"//tmp/foo", KB_NAME_OWN, NULL, "/tmp/foo", "//tmp/foo"},
		{"//", KB_NAME_OWN, NULL, "/", "//"},
		{"//dev/sda2:/x", KB_NAME_OWN, NULL, "/dev/sda2:/x", "//dev/sda2:/x"},
		{"sda2:/x", KB_NAME_DEVICE, "sda2", "/x", "sda2:/x"},
		{"sda2:", KB_NAME_DEVICE, "sda2", "/", "sda2:/"},
		{"/dev/sda2:/boot//x", KB_NAME_DEVICE, "sda2", "/boot/x", "sda2:/boot/x"},
		{"/dev/sda2:", KB_NAME_DEVICE, "sda2", "/", "sda2:/"},
		{"/dev/vg/lv:/x", KB_NAME_DEVICE, "vg/lv", "/x", "vg/lv:/x"},
		{"vg/lv:/x", KB_NAME_DEVICE, "vg/lv", "/x", "vg/lv:/x"},
		{"uda:/vmlinux", KB_NAME_DEVICE, "uda", "/vmlinux", "uda:/vmlinux"},
		{"UUID=1d2e-29b2:/x", KB_NAME_DEVICE, "UUID=1d2e-29b2", "/x", "UUID=1d2e-29b2:/x"},
		{"LABEL=a.b:/x", KB_NAME_DEVICE, "LABEL=a.b", "/x", "LABEL=a.b:/x"},
		{"PARTLABEL=a:b/c:/x", KB_NAME_DEVICE, "PARTLABEL=a:b/c", "/x",
		 "PARTLABEL=a:b/c:/x"},
		{"host.my.net:/stuff/kernel", KB_NAME_NFS, "host.my.net", "/stuff/kernel",
		 "host.my.net:/stuff/kernel"},
		{"[fe80::1]:/x", KB_NAME_NFS, "[fe80::1]", "/x", "[fe80::1]:/x"},
		{"[fe80::1%eth0]:", KB_NAME_NFS, "[fe80::1%eth0]", "/", "[fe80::1%eth0]:/"},
		{"host.my.net:/a?b", KB_NAME_NFS, "host.my.net", "/a?b", "host.my.net:/a?b"},
		/* A host that could be taken for a device keeps its scheme. */
		{"nfs://host/stuff/kernel", KB_NAME_NFS, "host", "/stuff/kernel",
		 "nfs://host/stuff/kernel"},
		{"nfs://host.my.net/a//b", KB_NAME_NFS, "host.my.net", "/a/b", "host.my.net:/a/b"},
		{"nfs://h.net", KB_NAME_NFS, "h.net", "/", "h.net:/"},
		{"nfs://host:2050/x", KB_NAME_NFS, "host:2050", "/x", "nfs://host:2050/x"},
		{"nfs://h.net:2050/x", KB_NAME_NFS, "h.net:2050", "/x", "nfs://h.net:2050/x"},
		{"h.net:2050:/x", KB_NAME_NFS, "h.net:2050", "/x", "nfs://h.net:2050/x"},
		{"nfs://[::1]/x", KB_NAME_NFS, "[::1]", "/x", "[::1]:/x"},
		{"nfs://[::1]:2050/x", KB_NAME_NFS, "[::1]:2050", "/x", "nfs://[::1]:2050/x"},
		{"NFS://h.net/x?vers=3,port=1", KB_NAME_NFS, "h.net?vers=3,port=1", "/x",
		 "nfs://h.net?vers=3,port=1/x"},
		{"nfs://h.net?v3/x", KB_NAME_NFS, "h.net?v3", "/x", "nfs://h.net?v3/x"},
		{"nfs://h.net:1?vers=3", KB_NAME_NFS, "h.net:1?vers=3", "/",
		 "nfs://h.net:1?vers=3/"},
		{"nfs://h.net/a?b?vers=3", KB_NAME_NFS, "h.net?vers=3", "/a?b",
		 "nfs://h.net?vers=3/a?b"},
		{"nfs://h.net?vers=3/a?port=1", KB_NAME_NFS, "h.net?vers=3", "/a?port=1",
		 "nfs://h.net?vers=3/a?port=1"},
		{"nfs://h.net/a?b", KB_NAME_NFS, "h.net", "/a?b", "h.net:/a?b"},
		{"nfs://host/a?b", KB_NAME_NFS, "host", "/a?b", "nfs://host/a?b"},
		{"nfs://host?/a?vers=3", KB_NAME_NFS, "host", "/a?vers=3", "nfs://host?/a?vers=3"},
		{"http://h/a//b/./c?x=y", KB_NAME_URL, "http", "http://h/a//b/./c?x=y",
		 "http://h/a//b/./c?x=y"},
		{"smb://h/s", KB_NAME_SMB, "h/s", "/", "smb://h/s/"},
		{"SMB://h.net:4450/s//a/./b/", KB_NAME_SMB, "h.net:4450/s", "/a/b",
		 "smb://h.net:4450/s/a/b"},
		{"smb://W;me@[fe80::1%eth0]/./s/../x", KB_NAME_SMB, "W;me@[fe80::1%eth0]/s",
		 "/../x", "smb://W;me@[fe80::1%eth0]/s/../x"},
		{"smb://me@firm@h/s$/a:/b?c#d|e", KB_NAME_SMB, "me@firm@h/s$", "/a:/b?c#d|e",
		 "smb://me@firm@h/s$/a:/b?c#d|e"},
		{"smb://h/my%20share/a%20b c/100%", KB_NAME_SMB, "h/my%20share", "/a b c/100%",
		 "smb://h/my%20share/a b c/100%"},
		{"smb://h/s/%2541%%2e%2e", KB_NAME_SMB, "h/s", "/%41%..", "smb://h/s/%2541%.."},
		{"smb://@h/s/x", KB_NAME_SMB, "h/s", "/x", "smb://h/s/x"},
		{"TFTP://h/a", KB_NAME_URL, "tftp", "TFTP://h/a", "TFTP://h/a"},
		{"http://me:secret@h/a:b@c|FTP://you:se@cret@i|http://n@j", KB_NAME_URL, "http",
		 "http://me@h/a:b@c|FTP://you@i|http://n@j",
		 "http://me@h/a:b@c|FTP://you@i|http://n@j"},
		{"ftps://:secret@h", KB_NAME_URL, "ftps", "ftps://@h", "ftps://@h"},
		{"file:///boot/x", KB_NAME_ENVIRONMENT, NULL, "/boot/x", "/boot/x"},
		{"file:////tmp/x", KB_NAME_OWN, NULL, "/tmp/x", "//tmp/x"},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		check(&names[i], NULL);
	}
}

static bool all(void *ctx, struct kb_str word)
{
	(void)ctx;
	(void)word;
	return true;
}

static bool none(void *ctx, struct kb_str word)
{
	(void)ctx;
	(void)word;
	return false;
}

static void asks_who_knows_the_devices(void **state)
{
	(void)state;
	check(&(struct expected){"dm.0:/x", KB_NAME_DEVICE, "dm.0", "/x", "/dev/dm.0:/x"}, all);
	check(&(struct expected){"h.net:/x", KB_NAME_NFS, "h.net", "/x", "h.net:/x"}, none);
	/* A host without a dot has to say so, since nobody could tell it from a disk that is gone.
	 */
	check(&(struct expected){"server:/x", KB_NAME_DEVICE, "server", "/x", "server:/x"}, none);
	check(&(struct expected){"nfs://sda2/x", KB_NAME_NFS, "sda2", "/x", "nfs://sda2/x"}, all);
	/* What can be no host is not asked about. */
	check(&(struct expected){"UUID=1:/x", KB_NAME_DEVICE, "UUID=1", "/x", "UUID=1:/x"}, none);
	check(&(struct expected){"vg/lv:/x", KB_NAME_DEVICE, "vg/lv", "/x", "vg/lv:/x"}, none);
	check(&(struct expected){"/dev/sda:/x", KB_NAME_DEVICE, "sda", "/x", "sda:/x"}, none);
}

static void refuse(struct kb_str text, int code)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_name name = {.path = "untouched"};
	struct kb_error err = {0};

	assert_int_equal(kb_name_parse(&arena, text, NULL, NULL, &name, &err), code);
	assert_int_equal(err.code, code);
	assert_int_not_equal(strlen(err.text), 0);
	assert_string_equal(name.path, "untouched");
}

static void refuses_what_is_no_name(void **state)
{
	static char text[KB_NAME_MAX_BYTES + 1];

	(void)state;
	refuse(KB_STR(""), -EINVAL);
	refuse(KB_STR("a\0b"), -EINVAL);
	refuse(KB_STR(":/x"), -EINVAL);
	refuse(KB_STR("/dev/:/x"), -EINVAL);
	refuse(KB_STR("/dev/../etc:/x"), -EINVAL);
	refuse(KB_STR("a/../b:/x"), -EINVAL);
	refuse(KB_STR("nfs:///x"), -EINVAL);
	refuse(KB_STR("nfs://./x"), -EINVAL);
	refuse(KB_STR("nfs://?vers=3/x"), -EINVAL);
	refuse(KB_STR("a.b?c:/x"), -EINVAL);
	refuse(KB_STR("smb://"), -EINVAL);
	refuse(KB_STR("smb://h"), -EINVAL);
	refuse(KB_STR("smb://h/./"), -EINVAL);
	refuse(KB_STR("smb://h/../s/x"), -EINVAL);
	refuse(KB_STR("smb:///s/x"), -EINVAL);
	refuse(KB_STR("smb://me@/s/x"), -EINVAL);
	refuse(KB_STR("smb://h/s%2fx"), -EINVAL);
	refuse(KB_STR("smb://h/s/a%00b"), -EINVAL);
	memset(text, 'a', sizeof(text));
	refuse(kb_str_of(text, sizeof(text)), -ENAMETOOLONG);
	text[0] = '/';
	text[KB_NAME_MAX_BYTES] = '\0';
	check(&(struct expected){text, KB_NAME_ENVIRONMENT, NULL, text, text}, NULL);
}

/* Whatever it is made of: a name is shown to everybody. */
static void a_password_stays_nowhere(void **state)
{
	static const struct {
		const char *text;
		const char *formatted; /* NULL: it is no name */
	} names[] = {
		{"smb://me:secret@h/s/x", "smb://me@h/s/x"},
		{"smb://W;me:se@cr#e?t|@h/s/x", "smb://W;me@h/s/x"},
		{"smb://:secret@h/s/x", "smb://h/s/x"},
		{"smb://me:secret@h", NULL},
		{"smb://me:secret@h/s/a%00b", NULL},
		{"smb://me:secret@/s", NULL},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_name name = {0};
		struct kb_error err = {0};
		int r = kb_name_parse(&arena, kb_str_from(names[i].text), NULL, NULL, &name, &err);

		assert_int_equal(r, names[i].formatted ? 0 : -EINVAL);
		assert_null(strstr(err.text, "secret"));
		assert_null(strstr(kb_name_to_show(&arena, names[i].text), "secret"));
		if (r == 0) {
			assert_true(name.had_password);
			assert_string_equal(kb_name_format(&arena, &name), names[i].formatted);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_names_apart),
		cmocka_unit_test(asks_who_knows_the_devices),
		cmocka_unit_test(refuses_what_is_no_name),
		cmocka_unit_test(a_password_stays_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

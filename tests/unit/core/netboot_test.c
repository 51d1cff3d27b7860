/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a lease to a boot file, and to the names under which a program looks for its configuration.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "work/netboot_source.h"

#include <errno.h>

enum { MOST = 8 };

static struct kb_netboot_lease lease_of(const char *const *vars)
{
	struct kb_netboot_lease lease = {.vars = vars};

	while (lease.n_vars < MOST && vars[lease.n_vars]) {
		lease.n_vars++;
	}
	return lease;
}

/* Of names only one is known. */
static bool is_known(void *ctx, const char *host)
{
	(void)ctx;
	return strcmp(host, "known") == 0;
}

static void names_one_file(void **state)
{
	static const struct {
		const char *vars[MOST];
		const char *url; /* NULL: none */
		int error;
	} cases[] = {
		{{"bootfile=a", "boot_file=b", "tftp=known", "siaddr=10.0.0.1"},
		 "tftp://known/a",
		 0},
		/* A name that means nothing here, and the address beside it. */
		{{"bootfile=a", "tftp=h", "siaddr=10.0.0.1", "serverid=10.0.0.2"},
		 "tftp://10.0.0.1/a",
		 0},
		{{"bootfile=a", "tftp=h", "sname=known", "serverid=10.0.0.2"}, "tftp://known/a", 0},
		{{"bootfile=a", "tftp=h", "serverid=10.0.0.2"}, "tftp://10.0.0.2/a", 0},
		{{"bootfile=a", "tftp=h", "sname=i"}, "tftp://h/a", 0},
		{{"boot_file=/x/b c", "siaddr=10.0.0.1", "serverid=10.0.0.2"},
		 "tftp://10.0.0.1/x/b%20c",
		 0},
		{{"boot_file=b", "sname=boot.net"}, "tftp://boot.net/b", 0},
		{{"boot_file=b", "serverid=10.0.0.2"}, "tftp://10.0.0.2/b", 0},
		{{"boot_file=b", "tftp=fd00::1"}, "tftp://[fd00::1]/b", 0},
		{{"bootfile=http://h/x.ipxe?a=b", "siaddr=10.0.0.1"}, "http://h/x.ipxe?a=b", 0},
		{{"pxeconffile=c.cfg", "siaddr=10.0.0.1"}, "tftp://10.0.0.1/c.cfg", 0},
		{{"bootfile=", "boot_file=b", "tftp=", "siaddr=10.0.0.1"}, "tftp://10.0.0.1/b", 0},
		{{"siaddr=10.0.0.1"}, NULL, -ENOENT},
		{{"boot_file=b"}, NULL, -EINVAL},
		{{"boot_file=b", "siaddr=0.0.0.0"}, NULL, -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		KB_ARENA struct kb_arena arena = {0};
		const struct kb_netboot_lease lease = lease_of(cases[i].vars);
		struct kb_error err = {0};
		const char *url = NULL;

		assert_int_equal(kb_netboot_url(&arena, &lease, is_known, NULL, &url, &err),
				 cases[i].error);
		if (cases[i].url) {
			assert_string_equal(url, cases[i].url);
		} else {
			assert_true(err.text[0]);
		}
	}
}

static void knows_programs_by_their_names(void **state)
{
	static const struct {
		const char *url;
		enum kb_netboot_kind kind;
	} cases[] = {
		{"tftp://h/pxelinux.0", KB_NETBOOT_PXELINUX},
		{"tftp://h/x/lpxelinux.0", KB_NETBOOT_PXELINUX},
		{"tftp://h/syslinux64.efi", KB_NETBOOT_PXELINUX},
		{"tftp://h/GRUBX64.EFI", KB_NETBOOT_GRUB},
		{"http://h/grubnetx64.efi.signed?x=y", KB_NETBOOT_GRUB},
		{"tftp://h/bootx64.efi", KB_NETBOOT_GRUB},
		{"tftp://h/shimx64.efi.signed", KB_NETBOOT_GRUB},
		{"tftp://h/undionly.kpxe", KB_NETBOOT_IPXE},
		{"tftp://h/snponly.efi", KB_NETBOOT_IPXE},
		{"tftp://h/netboot.xyz.kpxe", KB_NETBOOT_IPXE},
		{"http://h/kboot.conf", KB_NETBOOT_KBOOT_CONF},
		{"tftp://h/pxelinux.cfg/default", KB_NETBOOT_PXELINUX_CONFIG},
		{"http://h/grub/grub.cfg-01-52", KB_NETBOOT_GRUB_CONFIG},
		{"http://h/vmlinuz", KB_NETBOOT_UNKNOWN},
		{"http://h/x?/pxelinux.0", KB_NETBOOT_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		if (kb_netboot_kind_of(cases[i].url) != cases[i].kind) {
			fail_msg("%s: %d", cases[i].url, kb_netboot_kind_of(cases[i].url));
		}
	}
}

static void assert_places(const char *const *vars, enum kb_netboot_kind kind, const char *path,
			  const char *const *expected)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_netboot_lease lease = lease_of(vars);
	const char *paths[KB_NETBOOT_MAX_PLACES];
	size_t n = 0;

	assert_int_equal(kb_netboot_places(&arena, &lease, kind, path, paths, &n), 0);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(expected[i]);
		assert_string_equal(paths[i], expected[i]);
	}
	assert_null(expected[n]);
}

static void looks_where_programs_look(void **state)
{
	static const char *const vars[MOST] = {"ip=10.0.171.5", "mac=52:54:00:AB:CD:EF",
					       "uuid=12345678-aaaa", NULL};
	static const char *const pxelinux[] = {"/x/pxelinux.cfg/12345678-aaaa",
					       "/x/pxelinux.cfg/01-52-54-00-ab-cd-ef",
					       "/x/pxelinux.cfg/0A00AB05",
					       "/x/pxelinux.cfg/0A00AB0",
					       "/x/pxelinux.cfg/0A00AB",
					       "/x/pxelinux.cfg/0A00A",
					       "/x/pxelinux.cfg/0A00",
					       "/x/pxelinux.cfg/0A0",
					       "/x/pxelinux.cfg/0A",
					       "/x/pxelinux.cfg/0",
					       "/x/pxelinux.cfg/default",
					       NULL};
	static const char *const prefixed[MOST] = {"pxepathprefix=/p/", "pxeconffile=one.cfg",
						   NULL};
	static const char *const two[] = {"/p/one.cfg", "/p/pxelinux.cfg/default", NULL};
	static const char *const none[MOST] = {NULL};
	static const char *const ipxe[] = {"/x/autoexec.ipxe", "/x/menu.ipxe", NULL};
	static const char *const itself[] = {"/pxelinux.cfg/a", NULL};
	static const char *const mac[MOST] = {"mac=52:54:00:ab:cd:ef", NULL};
	static const char *const grub[] = {"/g/grub.cfg-01-52-54-00-ab-cd-ef",
					   "/g/grub.cfg-52:54:00:ab:cd:ef",
					   "/g/grub.cfg",
					   "/g/grub/grub.cfg-01-52-54-00-ab-cd-ef",
					   "/g/grub/grub.cfg-52:54:00:ab:cd:ef",
					   "/g/grub/grub.cfg",
					   "/g/boot/grub/grub.cfg-01-52-54-00-ab-cd-ef",
					   "/g/boot/grub/grub.cfg-52:54:00:ab:cd:ef",
					   "/g/boot/grub/grub.cfg",
					   "/grub/grub.cfg-01-52-54-00-ab-cd-ef",
					   "/grub/grub.cfg-52:54:00:ab:cd:ef",
					   "/grub/grub.cfg",
					   "/boot/grub/grub.cfg-01-52-54-00-ab-cd-ef",
					   "/boot/grub/grub.cfg-52:54:00:ab:cd:ef",
					   "/boot/grub/grub.cfg",
					   NULL};

	static const char *const by_address[MOST] = {"ip=10.0.171.5", NULL};
	static const char *const shorter[] = {"/g/grub.cfg-0A00AB05", "/g/grub.cfg-0A00AB0",
					      "/g/grub.cfg-0A00AB",   "/g/grub.cfg-0A00A",
					      "/g/grub.cfg-0A00",     "/g/grub.cfg-0A0",
					      "/g/grub.cfg-0A",       "/g/grub.cfg-0",
					      "/g/grub.cfg"};
	const struct kb_netboot_lease lease = lease_of(by_address);
	KB_ARENA struct kb_arena arena = {0};
	const char *paths[KB_NETBOOT_MAX_PLACES];
	size_t n = 0;

	(void)state;
	assert_int_equal(kb_netboot_places(&arena, &lease, KB_NETBOOT_GRUB, "/g/core.0", paths, &n),
			 0);
	assert_int_equal(n, 5 * KB_ARRAY_LEN(shorter));
	for (size_t i = 0; i < KB_ARRAY_LEN(shorter); i++) {
		assert_string_equal(paths[i], shorter[i]);
	}
	assert_places(vars, KB_NETBOOT_PXELINUX, "/x/pxelinux.0", pxelinux);
	assert_places(prefixed, KB_NETBOOT_PXELINUX, "/x/pxelinux.0", two);
	assert_places(none, KB_NETBOOT_IPXE, "/x/undionly.kpxe", ipxe);
	assert_places(none, KB_NETBOOT_PXELINUX_CONFIG, "/pxelinux.cfg/a", itself);
	assert_places(mac, KB_NETBOOT_GRUB, "/g/grubx64.efi", grub);
}

static void hands_on_what_installers_expect(void **state)
{
	static const char *const vars[MOST] = {"ip=10.0.0.5",
					       "siaddr=10.0.0.1",
					       "router=10.0.0.2 x",
					       "subnet=255.0.0.0",
					       "mac=52:54:00:AB:CD:EF",
					       "uuid=1-2",
					       NULL};
	static const char *const bad[MOST] = {"ip=10.0.0.5 init=/bin/sh", "mac=x y", NULL};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_netboot_lease lease = lease_of(vars);
	struct kb_reader_net net;

	(void)state;
	assert_int_equal(kb_netboot_net(&arena, &lease, &net), 0);
	assert_string_equal(net.ip, "ip=10.0.0.5:10.0.0.1:10.0.0.2:255.0.0.0");
	assert_string_equal(net.bootif, "BOOTIF=01-52-54-00-ab-cd-ef");
	assert_string_equal(net.uuid, "SYSUUID=1-2");
	lease = lease_of(bad);
	assert_int_equal(kb_netboot_net(&arena, &lease, &net), 0);
	assert_null(net.ip);
	assert_null(net.bootif);
	assert_null(net.uuid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_one_file),
		cmocka_unit_test(knows_programs_by_their_names),
		cmocka_unit_test(looks_where_programs_look),
		cmocka_unit_test(hands_on_what_installers_expect),
	};

	return cmocka_run_group_tests_name("core/netboot", tests, NULL, NULL);
}

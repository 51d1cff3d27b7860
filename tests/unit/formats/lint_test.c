/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file is which, and where its filesystem begins. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/formats/lint.h"
#include "readers.h"

static void knows_files_by_name_and_folder(void **state)
{
	static const struct {
		const char *path;
		const char *reader; /* NULL: kboot.conf */
		const char *below_root;
	} cases[] = {
		{"/mnt/x/boot/grub/grub.cfg", "GRUB", "/boot/grub/grub.cfg"},
		{"/boot/grub2/grub.cfg", "GRUB", "/boot/grub2/grub.cfg"},
		{"/mnt/grub/custom.cfg", "GRUB", "/grub/custom.cfg"},
		{"/mnt/efi/debian/GRUB.CFG", "GRUB", "/efi/debian/GRUB.CFG"},
		{"/home/u/grub.cfg", "GRUB", NULL},
		{"/grub.cfg", "GRUB", NULL},
		{"/home/u/mygrub.cfg", NULL, NULL},
		{"/esp/loader/entries/a.conf", "boot loader specification",
		 "/loader/entries/a.conf"},
		{"/boot/loader/loader.conf", "boot loader specification",
		 "/boot/loader/loader.conf"},
		{"/esp/entries/a.conf", NULL, NULL},
		{"/esp/loader/entries/a.txt", NULL, NULL},
		{"/home/u/loader.conf", NULL, NULL},
		{"/x/boot/extlinux/extlinux.conf", "extlinux, isolinux, syslinux, pxelinux",
		 "/boot/extlinux/extlinux.conf"},
		{"/x/isolinux/isolinux.cfg", "extlinux, isolinux, syslinux, pxelinux",
		 "/isolinux/isolinux.cfg"},
		{"/x/EFI/BOOT/syslx64.cfg", "extlinux, isolinux, syslinux, pxelinux",
		 "/EFI/BOOT/syslx64.cfg"},
		{"/usb/syslinux.cfg", "extlinux, isolinux, syslinux, pxelinux", NULL},
		{"/tftp/pxelinux.cfg/01-88-99-aa-bb-cc-dd", "pxelinux",
		 "/pxelinux.cfg/01-88-99-aa-bb-cc-dd"},
		{"/x/boot/grub/menu.lst", "GRUB legacy", "/boot/grub/menu.lst"},
		{"/x/grub.conf", "GRUB legacy", NULL},
		{"/x/etc/lilo.conf", "LILO and yaboot", "/etc/lilo.conf"},
		{"/x/etc/yaboot.conf", "yaboot", "/etc/yaboot.conf"},
		{"/x/YABOOT.CNF", "yaboot", NULL},
		{"/x/boot/petitboot.conf", "petitboot.conf", "/boot/petitboot.conf"},
		{"/x/refind_linux.conf", "refind_linux.conf", NULL},
		{"/x/etc/fstab", "fstab", "/etc/fstab"},
		{"/x/hosts", "hosts", NULL},
		{"/x/etc/kboot.conf", NULL, NULL},
		{"/", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		struct kb_lint lint = kb_lint_find(cases[i].path);

		print_message("%s\n", cases[i].path);
		assert_int_equal(lint.reader != NULL, cases[i].reader != NULL);
		assert_int_equal(lint.below_root != NULL, cases[i].below_root != NULL);
		if (lint.reader) {
			assert_string_equal(lint.reader->name, cases[i].reader);
		}
		if (lint.below_root) {
			assert_string_equal(lint.below_root, cases[i].below_root);
		}
	}
}

static void a_format_overrides_the_name(void **state)
{
	struct kb_lint lint = kb_lint_find("/x/grub/menu.lst");

	(void)state;
	assert_int_equal(kb_lint_set_format(&lint, "grub"), 0);
	assert_ptr_equal(lint.reader, &kb_reader_grub_legacy);
	assert_int_equal(kb_lint_set_format(&lint, "pxelinux"), 0);
	assert_ptr_equal(lint.reader, &kb_reader_pxelinux);
	assert_string_equal(lint.below_root, "/grub/menu.lst");
	assert_int_equal(kb_lint_set_format(&lint, "kboot"), 0);
	assert_null(lint.reader);
	assert_int_equal(kb_lint_set_format(&lint, "ipxe"), -EINVAL);
	assert_int_equal(kb_lint_set_format(&lint, "cobol"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_files_by_name_and_folder),
		cmocka_unit_test(a_format_overrides_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

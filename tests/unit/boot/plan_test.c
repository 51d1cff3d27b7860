/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "boot_files.h"
#include "kboot/boot/load.h"
#include "temp_dir.h"

static const char secure_boot[] =
	"firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

struct plan_case {
	struct temp_dir sys;
	struct temp_dir proc;
	struct kb_boot_host host;
	struct kb_boot_request request;
	struct kb_boot_plan plan;
	struct kb_error err;
};

static int setup(void **state)
{
	struct plan_case *c = calloc(1, sizeof(*c));

	if (!c) {
		return -1;
	}
	temp_dir_init(&c->sys);
	temp_dir_init(&c->proc);
	c->host = (struct kb_boot_host){c->sys.fd, c->proc.fd, -1, "/sbin/kexec"};
	c->request.dtb.fd = -1;
	c->request.kernel = (struct kb_boot_file){-1, "sda2:/vmlinuz"};
	c->request.args = "ro quiet";
	*state = c;
	return 0;
}

static int teardown(void **state)
{
	struct plan_case *c = *state;

	(void)kb_close(c->request.kernel.fd);
	for (size_t i = 0; i < c->request.n_initrd; i++) {
		(void)kb_close(c->request.initrd[i].fd);
	}
	temp_dir_done(&c->sys);
	temp_dir_done(&c->proc);
	free(c);
	return 0;
}

static void use_kernel(struct plan_case *c, int fd)
{
	(void)kb_close(c->request.kernel.fd);
	c->request.kernel.fd = fd;
}

static void add_initrd(struct plan_case *c, int fd)
{
	c->request.initrd[c->request.n_initrd++] = (struct kb_boot_file){fd, "sda2:/initrd.img"};
}

static void assert_plan(struct plan_case *c, enum kb_boot_method method, const char *why)
{
	assert_int_equal(kb_boot_plan(&c->request, &c->host, &c->plan, &c->err), 0);
	assert_int_equal(c->plan.method, method);
	assert_string_equal(c->plan.why, why);
}

static void assert_refused(struct plan_case *c, int code, const char *text)
{
	assert_int_equal(kb_boot_plan(&c->request, &c->host, &c->plan, &c->err), code);
	assert_string_equal(c->err.text, text);
}

static void our_own_loader_first(void **state)
{
	struct plan_case *c = *state;
	struct bzimage_spec spec = {0};

	use_kernel(c, boot_file_bzimage(&spec));
	add_initrd(c, boot_file_pattern(100, 0));
	add_initrd(c, boot_file_pattern(7, 0));
	assert_plan(c, KB_BOOT_KEXEC_LOAD, "nothing asks for a digest or a signature");
	assert_int_equal(c->plan.total_bytes, 3 * 512 + 8192 + 107);
	/* A host of which nothing is known (a simulation) makes no difference. */
	c->host = (struct kb_boot_host){-1, -1, -1, NULL};
	assert_plan(c, KB_BOOT_KEXEC_LOAD, "nothing asks for a digest or a signature");
}

static void lockdown_asks_for_file_load(void **state)
{
	struct plan_case *c = *state;
	struct bzimage_spec spec = {0};

	use_kernel(c, boot_file_bzimage(&spec));
	temp_dir_text(&c->sys, "kernel/security/lockdown", "[none] integrity confidentiality\n");
	assert_plan(c, KB_BOOT_KEXEC_LOAD, "nothing asks for a digest or a signature");
	temp_dir_text(&c->sys, "kernel/security/lockdown", "none [integrity] confidentiality\n");
	assert_plan(c, KB_BOOT_KEXEC_FILE_LOAD,
		    "lockdown is on (integrity); the kernel file is not signed and may be refused");
	temp_dir_text(&c->sys, "kernel/security/lockdown", "none integrity [confidentiality]\n");
	assert_plan(c, KB_BOOT_KEXEC_FILE_LOAD,
		    "lockdown is on (confidentiality); the kernel file is not signed and may be "
		    "refused");
}

static void secure_boot_asks_for_file_load(void **state)
{
	struct plan_case *c = *state;
	struct bzimage_spec spec = {0};

	use_kernel(c, boot_file_bzimage(&spec));
	temp_dir_write(&c->sys, secure_boot, "\6\0\0\0\0", 5);
	assert_plan(c, KB_BOOT_KEXEC_LOAD, "nothing asks for a digest or a signature");
	temp_dir_write(&c->sys, secure_boot, "\6\0\0\0\1", 5);
	assert_plan(c, KB_BOOT_KEXEC_FILE_LOAD, "Secure Boot is on");
	/* What the kernel itself says counts more. */
	temp_dir_text(&c->sys, "kernel/security/lockdown", "[none] integrity confidentiality\n");
	assert_plan(c, KB_BOOT_KEXEC_LOAD, "nothing asks for a digest or a signature");
}

static void five_level_paging(void **state)
{
	struct plan_case *c = *state;
	struct bzimage_spec old = {.xloadflags = 0x1f};
	struct bzimage_spec fine = {0};

	temp_dir_text(&c->proc, "cpuinfo", "processor\t: 0\nflags\t\t: fpu la57x xla57 la57 lm\n");
	use_kernel(c, boot_file_bzimage(&fine));
	assert_plan(c, KB_BOOT_KEXEC_LOAD, "nothing asks for a digest or a signature");
	use_kernel(c, boot_file_bzimage(&old));
	assert_plan(c, KB_BOOT_KEXEC_FILE_LOAD, "it does not know 5-level paging, which is on");
	temp_dir_text(&c->proc, "cpuinfo", "processor\t: 0\nflags\t\t: fpu la57x xla57\n");
	assert_plan(c, KB_BOOT_KEXEC_LOAD, "nothing asks for a digest or a signature");
}

static void tools_for_what_we_do_not_load(void **state)
{
	struct plan_case *c = *state;
	struct bzimage_spec only_32 = {.xloadflags = BZIMAGE_NO_FLAGS};

	use_kernel(c, boot_file_bzimage(&only_32));
	assert_plan(c, KB_BOOT_KEXEC_TOOLS, "it is entered in 32-bit mode");
	use_kernel(c, boot_file_elf(2, 62, 1));
	assert_plan(c, KB_BOOT_KEXEC_TOOLS, "ELF kernel");
	use_kernel(c, boot_file_gzip(boot_file_elf(2, 62, 1)));
	assert_plan(c, KB_BOOT_KEXEC_TOOLS, "gzip-compressed kernel");
	c->host.kexec_tool = NULL;
	assert_refused(
		c, -ENOEXEC,
		"sda2:/vmlinuz needs kexec-tools (gzip-compressed kernel), and there is none");
}

static void what_tools_cannot(void **state)
{
	struct plan_case *c = *state;
	uint8_t uimage[96] = {0x27, 0x05, 0x19, 0x56, [15] = 32, [29] = 24, [30] = 2};
	char args[2049];

	use_kernel(c, boot_file(uimage, sizeof(uimage)));
	assert_refused(c, -ENOEXEC,
		       "sda2:/vmlinuz is of a kind that nothing can start on x86-64: U-Boot image "
		       "(uImage)");
	use_kernel(c, boot_file_elf(2, 62, 1));
	memset(args, 'x', 2048);
	args[2048] = '\0';
	c->request.args = args;
	assert_refused(c, -E2BIG, "the command line is 2048 bytes long, sda2:/vmlinuz takes 2047");
	c->request.args = "";
	c->request.dtb = (struct kb_boot_file){boot_file("\xd0\x0d\xfe\xed", 4), "sda2:/board.dtb"};
	assert_refused(c, -EINVAL, "sda2:/vmlinuz (ELF kernel) cannot be given a device tree");
	(void)kb_close(c->request.dtb.fd);
	c->request.dtb.fd = -1;
	temp_dir_text(&c->sys, "kernel/security/lockdown", "none [integrity] confidentiality\n");
	assert_refused(c, -EPERM,
		       "sda2:/vmlinuz needs kexec-tools (ELF kernel), which lockdown does not let "
		       "load");
	temp_dir_text(&c->sys, "kernel/security/lockdown", "[none] integrity confidentiality\n");
	assert_plan(c, KB_BOOT_KEXEC_TOOLS, "ELF kernel");
}

static void what_cannot_start_here(void **state)
{
	struct plan_case *c = *state;

	use_kernel(c, boot_file_elf(2, 21, 1));
	assert_refused(c, -ENOEXEC, "sda2:/vmlinuz is for 64-bit PowerPC, this machine is x86-64");
	use_kernel(c, boot_file_elf32(2, 62, 1));
	assert_refused(c, -ENOEXEC,
		       "sda2:/vmlinuz is for another architecture, this machine is x86-64");
	use_kernel(c, boot_file_pe(0xaa64, ".text", 0));
	assert_refused(c, -ENOEXEC, "sda2:/vmlinuz is for arm64, this machine is x86-64");
	use_kernel(c, boot_file_pe(0x8664, ".text", 0));
	assert_refused(c, -ENOEXEC,
		       "sda2:/vmlinuz is an EFI program; only the firmware can start it");
	use_kernel(c, boot_file_gzip(boot_file_pe(0x8664, ".text", 0)));
	assert_refused(c, -ENOEXEC,
		       "sda2:/vmlinuz is an EFI program; only the firmware can start it");
	use_kernel(c, boot_file_gzip(boot_file_pe(0x8664, ".linux", 0)));
	assert_refused(
		c, -ENOEXEC,
		"sda2:/vmlinuz is a unified kernel image; its parts must be taken out before "
		"they can be started");
	use_kernel(c, boot_file_gzip(boot_file_elf(2, 21, 1)));
	assert_refused(c, -ENOEXEC, "sda2:/vmlinuz is for 64-bit PowerPC, this machine is x86-64");
	use_kernel(c, boot_file_text("hello"));
	assert_refused(c, -ENOEXEC, "sda2:/vmlinuz is not a kernel");
	use_kernel(c, -1);
	assert_refused(c, -ENOENT, "kernel sda2:/vmlinuz is not there");
}

static void command_line(void **state)
{
	struct plan_case *c = *state;
	struct bzimage_spec spec = {.cmdline_size = 8};
	struct bzimage_spec old = {.protocol = 0x205};
	char args[257];

	use_kernel(c, boot_file_bzimage(&spec));
	assert_int_equal(kb_boot_plan(&c->request, &c->host, &c->plan, &c->err), 0);
	c->request.args = "ro quiet!";
	assert_refused(c, -E2BIG, "the command line is 9 bytes long, sda2:/vmlinuz takes 8");
	use_kernel(c, boot_file_bzimage(&old));
	memset(args, 'x', 256);
	args[256] = '\0';
	c->request.args = args;
	assert_refused(c, -E2BIG, "the command line is 256 bytes long, sda2:/vmlinuz takes 255");
	c->request.args = "a\nb";
	assert_refused(c, -EINVAL, "the command line has a line end in it");
}

static void initrds(void **state)
{
	struct plan_case *c = *state;
	struct bzimage_spec spec = {0};

	use_kernel(c, boot_file_bzimage(&spec));
	add_initrd(c, boot_file("", 0));
	assert_refused(c, -EUCLEAN, "initrd sda2:/initrd.img is empty");
	(void)kb_close(c->request.initrd[0].fd);
	c->request.initrd[0].fd = -1;
	assert_refused(c, -ENOENT, "initrd sda2:/initrd.img is not there");
	c->request.n_initrd = 0;
	c->request.dtb = (struct kb_boot_file){c->sys.fd, "board.dtb"};
	assert_refused(c, -EINVAL, "device tree board.dtb is not a regular file");
	c->request.dtb.fd = c->request.kernel.fd;
	assert_refused(c, -EINVAL, "board.dtb is not a device tree");
	c->request.dtb.fd = boot_file("\xd0\x0d\xfe", 3);
	assert_refused(c, -EINVAL, "board.dtb is not a device tree");
	boot_file_patch(c->request.dtb.fd, 3, "\xed", 1);
	assert_plan(c, KB_BOOT_KEXEC_LOAD, "nothing asks for a digest or a signature");
	(void)kb_close(c->request.dtb.fd);
	c->request.n_initrd = KB_BOOT_MAX_INITRDS + 1;
	assert_refused(c, -E2BIG, "97 initrds are too many: at most 96");
	c->request.n_initrd = 0;
}

static void assert_initrd(bool is_one, int fd)
{
	const struct kb_boot_file file = {fd, "initrd"};

	assert_int_equal(kb_boot_is_initrd(&file), is_one);
	(void)kb_close(fd);
}

static void known_initrds(void **state)
{
	uint8_t ext2[2048] = {'x'};

	(void)state;
	assert_initrd(true, boot_file_text("070701"));
	assert_initrd(true, boot_file_gzip(boot_file_text("070701")));
	assert_initrd(true, boot_file("\0\0\0", 3));
	assert_initrd(true, boot_file("\x28\xb5\x2f\xfd", 4));
	assert_initrd(false, boot_file_text("default=Debian\n"));
	assert_initrd(false, boot_file("", 0));
	assert_initrd(false, boot_file(ext2, sizeof(ext2)));
	memcpy(ext2 + 0x438, "\x53\xef", 2);
	assert_initrd(true, boot_file(ext2, sizeof(ext2)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(our_own_loader_first, setup, teardown),
		cmocka_unit_test_setup_teardown(lockdown_asks_for_file_load, setup, teardown),
		cmocka_unit_test_setup_teardown(secure_boot_asks_for_file_load, setup, teardown),
		cmocka_unit_test_setup_teardown(five_level_paging, setup, teardown),
		cmocka_unit_test_setup_teardown(tools_for_what_we_do_not_load, setup, teardown),
		cmocka_unit_test_setup_teardown(what_tools_cannot, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_start_here, setup, teardown),
		cmocka_unit_test_setup_teardown(command_line, setup, teardown),
		cmocka_unit_test_setup_teardown(initrds, setup, teardown),
		cmocka_unit_test(known_initrds),
	};

	return cmocka_run_group_tests_name("boot/plan", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot_case.h"

enum { MAX_COPY = 64 << 10, CUT_AT = 600000 };

struct load_case {
	struct boot_case boot;
	uint64_t told;
	uint64_t told_total;
	uint8_t initrd[MAX_COPY]; /* what kexec_file_load was given */
	ssize_t initrd_len;
	int cut_fd; /* is cut at CUT_AT after the first word of progress in it; 0: none */
};

static int copy_initrd(void *ctx, int kernel_fd, int initrd_fd, const char *cmdline,
		       unsigned long flags)
{
	struct load_case *c = ctx;

	(void)kernel_fd;
	(void)cmdline;
	(void)flags;
	if (initrd_fd >= 0) {
		c->initrd_len = pread(initrd_fd, c->initrd, sizeof(c->initrd), 0);
	}
	return 0;
}

static int setup(void **state)
{
	struct load_case *c = calloc(1, sizeof(*c));

	if (!c) {
		return -1;
	}
	boot_case_init(&c->boot, "00100000-3fffffff : System RAM\n", "ro");
	c->boot.fake->real.ctx = c;
	c->boot.fake->real.kexec_file_load = copy_initrd;
	*state = c;
	return 0;
}

static int teardown(void **state)
{
	struct load_case *c = *state;

	boot_case_done(&c->boot);
	free(c);
	return 0;
}

static void progress(void *ctx, uint64_t done_bytes, uint64_t total_bytes)
{
	struct load_case *c = ctx;

	assert_true(done_bytes >= c->told);
	c->told = done_bytes;
	c->told_total = total_bytes;
	if (c->cut_fd > 0 && done_bytes >= CUT_AT / 2) {
		assert_int_equal(ftruncate(c->cut_fd, CUT_AT), 0);
	}
}

static int load(struct load_case *c, enum kb_boot_method method)
{
	assert_int_equal(kb_boot_plan(&c->boot.request, &c->boot.host, &c->boot.plan, &c->boot.err),
			 0);
	c->boot.plan.method = method;
	c->told = 0;
	return kb_boot_load(&c->boot.fake->table, &c->boot.host, &c->boot.request, &c->boot.plan,
			    progress, c, &c->boot.err);
}

static void file_load_without_an_initrd(void **state)
{
	struct load_case *c = *state;

	assert_int_equal(load(c, KB_BOOT_KEXEC_FILE_LOAD), 0);
	assert_string_equal(fake_sys_text(c->boot.fake, 0),
			    "kexec_file_load without-initrd 0x4 ro");
	assert_int_equal(c->boot.fake->calls[0].numbers[0], c->boot.request.kernel.fd);
	assert_string_equal(c->boot.err.text, "");
	assert_int_equal(c->told, c->boot.plan.total_bytes);
	assert_int_equal(c->told_total, c->boot.plan.total_bytes);
}

static void file_load_of_one_is_the_file_itself(void **state)
{
	struct load_case *c = *state;

	boot_case_add_initrd(&c->boot, boot_file_pattern(5000, 1));
	assert_int_equal(load(c, KB_BOOT_KEXEC_FILE_LOAD), 0);
	assert_string_equal(fake_sys_text(c->boot.fake, 0), "kexec_file_load with-initrd 0 ro");
	assert_int_equal(c->boot.fake->calls[0].numbers[1], c->boot.request.initrd[0].fd);
}

static void file_load_joins_several(void **state)
{
	struct load_case *c = *state;

	boot_case_add_initrd(&c->boot, boot_file_pattern(6, 1));
	boot_case_add_initrd(&c->boot, boot_file_pattern(5000, 2));
	boot_case_add_initrd(&c->boot, boot_file_pattern(3, 3));
	assert_int_equal(lseek(c->boot.request.initrd[1].fd, 77, SEEK_SET), 77); /* any offset */
	assert_int_equal(load(c, KB_BOOT_KEXEC_FILE_LOAD), 0);
	assert_int_equal(c->initrd_len, 8 + 5000 + 3);
	assert_memory_equal(c->initrd, "\1\2\3\4\5\6\0\0\2\3", 10);
	assert_memory_equal(c->initrd + 5008, "\3\4\5", 3);
	assert_int_equal(c->told, c->boot.plan.total_bytes);
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
	struct load_case *c = *state;
	struct kb_boot_file *initrd = &c->boot.request.initrd[0];
	KB_CLOSE int fd = boot_file_pattern(5000, 1);
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	boot_case_add_initrd(&c->boot, open(path, O_WRONLY | O_CLOEXEC));
	assert_true(initrd->fd >= 0);
	assert_int_equal(load(c, KB_BOOT_KEXEC_FILE_LOAD), -EBADF);
	assert_string_equal(c->boot.err.text, "reading initrd.img at byte 0: Bad file descriptor");
	assert_int_equal(fake_sys_count(c->boot.fake, FAKE_ANY), 0);
}

/* Mapped, warmed or joined: its end is seen at once, and said. */
static void a_file_that_shrinks_is_named(void **state)
{
	const enum kb_boot_method methods[] = {KB_BOOT_KEXEC_LOAD, KB_BOOT_KEXEC_FILE_LOAD,
					       KB_BOOT_KEXEC_FILE_LOAD};
	struct load_case *c = *state;

	boot_case_add_initrd(&c->boot, memfd_create("initrd", MFD_CLOEXEC));
	c->cut_fd = c->boot.request.initrd[0].fd;
	for (size_t i = 0; i < KB_ARRAY_LEN(methods); i++) {
		if (i == 2) {
			boot_case_add_initrd(&c->boot, boot_file_pattern(5000, 1));
		}
		assert_int_equal(ftruncate(c->cut_fd, 4 * CUT_AT), 0);
		kb_error_clear(&c->boot.err);
		assert_int_equal(load(c, methods[i]), -EIO);
		assert_string_equal(c->boot.err.text,
				    "initrd.img has become shorter: it ends at byte 600000");
		assert_int_equal(fake_sys_count(c->boot.fake, FAKE_ANY), 0);
	}
}

static void falls_back_when_kexec_load_is_refused(void **state)
{
	struct load_case *c = *state;
	const int errors[] = {EPERM, ENOSYS};

	for (size_t i = 0; i < KB_ARRAY_LEN(errors); i++) {
		fake_sys_forget(c->boot.fake);
		fake_sys_fail(c->boot.fake, FAKE_KEXEC_LOAD, 1, errors[i]);
		assert_int_equal(load(c, KB_BOOT_KEXEC_LOAD), 0);
		assert_int_equal(fake_sys_count(c->boot.fake, FAKE_KEXEC_LOAD), 1);
		assert_int_equal(fake_sys_count(c->boot.fake, FAKE_KEXEC_FILE_LOAD), 1);
		assert_int_equal(c->boot.err.code, 0);
		assert_non_null(strstr(c->boot.err.text,
				       "loaded with kexec_file_load: kexec_load answered"));
		assert_int_equal(c->told, c->boot.plan.total_bytes);
	}
}

static void other_failures_do_not_fall_back(void **state)
{
	struct load_case *c = *state;

	fake_sys_fail(c->boot.fake, FAKE_KEXEC_LOAD, 1, EBUSY);
	assert_int_equal(load(c, KB_BOOT_KEXEC_LOAD), -EBUSY);
	assert_string_equal(c->boot.err.text,
			    "vmlinuz: kexec_load refused: another load is under way");
	assert_int_equal(fake_sys_count(c->boot.fake, FAKE_KEXEC_FILE_LOAD), 0);
}

static void refusals_are_sentences(void **state)
{
	struct load_case *c = *state;
	static const struct {
		int error;
		const char *text;
	} cases[] = {
		{EPERM, "vmlinuz: kexec_file_load refused: not permitted (lockdown, or not root)"},
		{EKEYREJECTED,
		 "vmlinuz: kexec_file_load refused: the file's signature was rejected"},
		{ENODATA, "vmlinuz: kexec_file_load refused: the file is not signed"},
		{ENOSYS,
		 "vmlinuz: kexec_file_load refused: the running kernel was built without it"},
		{ENOMEM, "vmlinuz: kexec_file_load refused: Cannot allocate memory"},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		fake_sys_fail(c->boot.fake, FAKE_KEXEC_FILE_LOAD, 1, cases[i].error);
		assert_int_equal(load(c, KB_BOOT_KEXEC_FILE_LOAD), -cases[i].error);
		assert_string_equal(c->boot.err.text, cases[i].text);
	}
	temp_dir_text(&c->boot.sys, "kernel/security/lockdown",
		      "none [integrity] confidentiality\n");
	fake_sys_fail(c->boot.fake, FAKE_KEXEC_FILE_LOAD, 1, EPERM);
	assert_int_equal(load(c, KB_BOOT_KEXEC_FILE_LOAD), -EPERM);
	assert_string_equal(c->boot.err.text,
			    "vmlinuz: kexec_file_load refused: lockdown wants a kernel "
			    "signed with a key that it trusts");
	temp_dir_text(&c->boot.sys, "kernel/security/lockdown",
		      "[none] integrity confidentiality\n");
	temp_dir_text(&c->boot.proc, "sys/kernel/kexec_load_disabled", "1\n");
	fake_sys_fail(c->boot.fake, FAKE_KEXEC_FILE_LOAD, 1, EPERM);
	assert_int_equal(load(c, KB_BOOT_KEXEC_FILE_LOAD), -EPERM);
	assert_string_equal(c->boot.err.text,
			    "vmlinuz: kexec_file_load refused: kexec is switched off on "
			    "this system (kernel.kexec_load_disabled)");
	temp_dir_text(&c->boot.proc, "sys/kernel/kexec_load_disabled", "0\n");
	temp_dir_text(&c->boot.proc, "sys/kernel/kexec_load_limit_reboot", "-1\n");
	fake_sys_fail(c->boot.fake, FAKE_KEXEC_FILE_LOAD, 1, EPERM);
	assert_int_equal(load(c, KB_BOOT_KEXEC_FILE_LOAD), -EPERM);
	assert_string_equal(c->boot.err.text, cases[0].text);
	temp_dir_text(&c->boot.proc, "sys/kernel/kexec_load_limit_reboot", "0\n");
	fake_sys_fail(c->boot.fake, FAKE_KEXEC_FILE_LOAD, 1, EPERM);
	assert_int_equal(load(c, KB_BOOT_KEXEC_FILE_LOAD), -EPERM);
	assert_non_null(strstr(c->boot.err.text, "switched off"));
}

static void a_file_cut_after_the_plan(void **state)
{
	struct load_case *c = *state;

	boot_case_add_initrd(&c->boot, boot_file_pattern(9000, 1));
	assert_int_equal(kb_boot_plan(&c->boot.request, &c->boot.host, &c->boot.plan, &c->boot.err),
			 0);
	(void)boot_file_cut(c->boot.request.kernel.fd, 700);
	assert_int_equal(kb_boot_load(&c->boot.fake->table, &c->boot.host, &c->boot.request,
				      &c->boot.plan, NULL, NULL, &c->boot.err),
			 -EUCLEAN);
	assert_string_equal(c->boot.err.text,
			    "vmlinuz is truncated: its header says 9,728 bytes, the file has 700");
	(void)boot_file_cut(c->boot.request.initrd[0].fd, 0);
	c->boot.plan.method = KB_BOOT_KEXEC_FILE_LOAD;
	assert_int_equal(kb_boot_load(&c->boot.fake->table, &c->boot.host, &c->boot.request,
				      &c->boot.plan, NULL, NULL, &c->boot.err),
			 -EUCLEAN);
	assert_string_equal(c->boot.err.text, "initrd.img is empty");
	assert_int_equal(fake_sys_count(c->boot.fake, FAKE_ANY), 0);
}

static void what_is_too_large_is_not_read(void **state)
{
	struct load_case *c = *state;

	temp_dir_text(&c->boot.proc, "meminfo",
		      "MemTotal: 65536 kB\nMemFree: 1 kB\nMemAvailable: 16384 kB\n");
	boot_case_add_initrd(&c->boot, boot_file_pattern(6, 1));
	/* All holes. */
	boot_case_add_initrd(&c->boot, boot_file_cut(boot_file_text(""), (size_t)16 << 30));
	assert_int_equal(load(c, KB_BOOT_KEXEC_LOAD), -ENOMEM);
	assert_string_equal(c->boot.err.text,
			    "initrd.img takes 17,179,869,184 bytes, and there is memory for "
			    "14,680,064");
	assert_int_equal(c->told, 0);
	/* Each has room, all together have not. */
	(void)boot_file_cut(c->boot.request.initrd[0].fd, 8 << 20);
	(void)boot_file_cut(c->boot.request.initrd[1].fd, 8 << 20);
	assert_int_equal(load(c, KB_BOOT_KEXEC_LOAD), -ENOMEM);
	assert_string_equal(c->boot.err.text,
			    "vmlinuz with its initrds takes 16,786,944 bytes, and there is memory "
			    "for 14,680,064");
	/* One copy fits, a second one does not. */
	(void)boot_file_cut(c->boot.request.initrd[1].fd, 16);
	assert_int_equal(load(c, KB_BOOT_KEXEC_LOAD), 0);
	assert_int_equal(load(c, KB_BOOT_KEXEC_FILE_LOAD), -ENOMEM);
	assert_int_equal(fake_sys_count(c->boot.fake, FAKE_KEXEC_FILE_LOAD), 0);
}

static void unloads_either_way(void **state)
{
	struct load_case *c = *state;

	assert_int_equal(kb_boot_unload(&c->boot.fake->table), 0);
	assert_string_equal(fake_sys_text(c->boot.fake, 0), "kexec_load 0 0");
	assert_int_equal(fake_sys_count(c->boot.fake, FAKE_ANY), 1);
	fake_sys_forget(c->boot.fake);
	fake_sys_fail(c->boot.fake, FAKE_KEXEC_LOAD, 1, EPERM);
	assert_int_equal(kb_boot_unload(&c->boot.fake->table), 0);
	assert_string_equal(fake_sys_text(c->boot.fake, 1), "kexec_file_load without-initrd 0x1 -");
	fake_sys_fail(c->boot.fake, FAKE_KEXEC_LOAD, 1, EBUSY);
	assert_int_equal(kb_boot_unload(&c->boot.fake->table), -EBUSY);
}

static void tells_whether_one_is_loaded(void **state)
{
	struct load_case *c = *state;

	assert_false(kb_boot_is_loaded(&c->boot.host));
	temp_dir_text(&c->boot.sys, "kernel/kexec_loaded", "0\n");
	assert_false(kb_boot_is_loaded(&c->boot.host));
	temp_dir_text(&c->boot.sys, "kernel/kexec_loaded", "1\n");
	assert_true(kb_boot_is_loaded(&c->boot.host));
}

static void a_jump_that_returns_has_failed(void **state)
{
	struct load_case *c = *state;

	assert_int_equal(kb_boot_jump(&c->boot.fake->table, &c->boot.err), -EIO);
	assert_string_equal(fake_sys_text(c->boot.fake, 0), "reboot kexec");
	assert_string_equal(c->boot.err.text, "the jump failed: the running kernel came back");
	fake_sys_fail(c->boot.fake, FAKE_REBOOT, 1, EINVAL);
	assert_int_equal(kb_boot_jump(&c->boot.fake->table, &c->boot.err), -EINVAL);
	assert_string_equal(c->boot.err.text, "the jump failed: no kernel is loaded");
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(kb_boot_method_name(KB_BOOT_KEXEC_LOAD), "kexec_load");
	assert_string_equal(kb_boot_method_name(KB_BOOT_KEXEC_FILE_LOAD), "kexec_file_load");
	assert_string_equal(kb_boot_method_name(KB_BOOT_KEXEC_TOOLS), "kexec-tools");
}

/* A program in kexec-tools' place: it writes what it was given, and reads it as kexec would. */
static void use_tool(struct load_case *c, const char *script, char *path, size_t size)
{
	temp_dir_text(&c->boot.sys, "kexec", script);
	assert_int_equal(fchmodat(c->boot.sys.fd, "kexec", 0755, 0), 0);
	(void)snprintf(path, size, "%s/kexec", c->boot.sys.path);
	c->boot.host.kexec_tool = path;
	fake_sys_let_processes_through(c->boot.fake);
}

static void read_back(const struct load_case *c, const char *name, char *buf, size_t size)
{
	char path[128];
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", c->boot.sys.path, name);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(buf, 1, size - 1, f);
	buf[n] = '\0';
	assert_int_equal(fclose(f), 0);
}

static void tools_get_descriptors_that_they_can_read(void **state)
{
	struct load_case *c = *state;
	char path[128];
	char out[1024];
	char expected[256];

	use_tool(c,
		 "#!/bin/sh\nd=${0%/*}\nprintf '%s\\n' \"$@\" >$d/args\n"
		 "for a; do case $a in --initrd=*) cat \"${a#*=}\" >$d/initrd;; esac; done\n"
		 "for k; do :; done; head -c 3 \"$k\" >$d/kernel\n",
		 path, sizeof(path));
	(void)kb_close(c->boot.request.kernel.fd);
	c->boot.request.kernel.fd = boot_file_elf(2, 62, 1);
	c->boot.request.args = "a='b c' d";
	boot_case_add_initrd(&c->boot, boot_file_text("one"));
	boot_case_add_initrd(&c->boot, boot_file_text("two"));
	assert_int_equal(load(c, KB_BOOT_KEXEC_TOOLS), 0);
	assert_int_equal(c->told, c->boot.plan.total_bytes);
	read_back(c, "args", out, sizeof(out));
	(void)snprintf(expected, sizeof(expected),
		       "--load\n--kexec-syscall\n--no-checks\n--type=elf-x86_64\n--args-linux\n"
		       "--command-line=a='b c' d\n--initrd=/proc/self/fd/");
	assert_memory_equal(out, expected, strlen(expected));
	read_back(c, "initrd", out, sizeof(out));
	assert_memory_equal(out, "one\0two", 7);
	read_back(c, "kernel", out, sizeof(out));
	assert_string_equal(out, "\177EL");
}

/* Each --module= of args: can it be opened, and do path and NUL fill a multiple of 8 bytes? */
static unsigned count_modules(char *args)
{
	unsigned n = 0;

	for (char *line = strtok(args, "\n"); line; line = strtok(NULL, "\n")) {
		const char *path = line + strlen("--module=");

		if (strncmp(line, "--module=", strlen("--module=")) == 0) {
			assert_int_equal((strlen(path) + 1) % 8, 0);
			assert_int_equal(access(path, R_OK), 0);
			n++;
		}
	}
	return n;
}

static int multiboot_file(void)
{
	const uint32_t header[3] = {0x1badb002, 3, 0u - 0x1badb002u - 3u};
	int fd = boot_file_elf32(2, 3, 1);

	boot_file_patch(fd, 0x84, header, sizeof(header));
	return fd;
}

/* The arguments that kexec-tools gets for a kernel with initrds, three of them. */
static void give_to_tools(struct load_case *c, int kernel_fd, char *out, size_t size)
{
	char path[128];

	use_tool(c, "#!/bin/sh\nprintf '%s\\n' \"$@\" >${0%/*}/args\n", path, sizeof(path));
	(void)kb_close(c->boot.request.kernel.fd);
	c->boot.request.kernel.fd = kernel_fd;
	boot_case_add_initrd(&c->boot, boot_file_text("one"));
	boot_case_add_initrd(&c->boot, fcntl(c->boot.request.initrd[0].fd, F_DUPFD_CLOEXEC, 123));
	boot_case_add_initrd(&c->boot, fcntl(c->boot.request.initrd[0].fd, F_DUPFD_CLOEXEC, 1000));
	assert_int_equal(load(c, KB_BOOT_KEXEC_TOOLS), 0);
	assert_int_equal(c->told, c->boot.plan.total_bytes);
	read_back(c, "args", out, size);
}

static void assert_given_modules(char *out)
{
	assert_non_null(strstr(out, "--type=multiboot-x86\n"));
	assert_null(strstr(out, "--initrd="));
	assert_null(strstr(out, "--args-linux"));
	assert_int_equal(count_modules(out), 3);
}

static void tools_give_modules_to_multiboot(void **state)
{
	char out[1024];

	give_to_tools(*state, multiboot_file(), out, sizeof(out));
	assert_given_modules(out);
}

/* What is in it counts. */
static void tools_give_modules_to_compressed_multiboot(void **state)
{
	char out[1024];

	give_to_tools(*state, boot_file_gzip(multiboot_file()), out, sizeof(out));
	assert_given_modules(out);
}

static void tools_give_an_initrd_to_a_compressed_kernel(void **state)
{
	char out[1024];

	give_to_tools(*state, boot_file_gzip(boot_file_elf(2, 62, 1)), out, sizeof(out));
	assert_non_null(strstr(out, "--type=elf-x86_64\n"));
	assert_non_null(strstr(out, "--args-linux\n"));
	assert_non_null(strstr(out, "--initrd=/proc/self/fd/"));
	assert_int_equal(count_modules(out), 0);
}

static void assert_reason(struct load_case *c, const char *script, const char *reason)
{
	char path[128];
	char expected[256];

	use_tool(c, script, path, sizeof(path));
	assert_int_equal(load(c, KB_BOOT_KEXEC_TOOLS), -ENOEXEC);
	(void)snprintf(expected, sizeof(expected), "vmlinuz: kexec-tools failed: %s", reason);
	assert_string_equal(c->boot.err.text, expected);
}

static void tools_that_fail_say_why(void **state)
{
	struct load_case *c = *state;
	char path[128];

	assert_reason(c, "#!/bin/sh\necho first >&2; printf 'No \\033load\\n\\n' >&2; exit 255\n",
		      "No ?load");
	assert_reason(c, "#!/bin/sh\nexit 1\n", "it does not say why");
	use_tool(c, "#!/bin/sh\nkill -9 $$\n", path, sizeof(path));
	assert_int_equal(load(c, KB_BOOT_KEXEC_TOOLS), -EIO);
	assert_string_equal(c->boot.err.text, "vmlinuz: kexec-tools was killed by signal 9");
	use_tool(c, "#!/bin/sh\nwhile echo flood; do :; done >&2\n", path, sizeof(path));
	assert_int_equal(load(c, KB_BOOT_KEXEC_TOOLS), -EIO);
}

/* As kexec-tools 2.0.25 writes it. */
static void the_reason_among_what_tools_say(void **state)
{
	struct load_case *c = *state;

	assert_reason(c,
		      "#!/bin/sh\ncat >&2 <<E\nkexec_load failed: Operation not permitted\n"
		      "entry       = 0x7fffd700 flags = 0x3e0000\nnr_segments = 1\n"
		      "segment[0].buf   = 0x5581\nsegment[0].bufsz = 0x70\nE\nexit 255\n",
		      "kexec_load failed: Operation not permitted");
	assert_reason(c,
		      "#!/bin/sh\ncat >&2 <<E\nmultiboot load address not 4k aligned\n"
		      "Cannot determine the file type of /proc/self/fd/5\nE\nexit 255\n",
		      "multiboot load address not 4k aligned");
	assert_reason(c,
		      "#!/bin/sh\necho Cannot determine the file type of /proc/self/fd/5 >&2\n"
		      "exit 255\n",
		      "it does not know this kind of file");
	assert_reason(c, "#!/bin/sh\necho Cannot load /proc/self/fd/5 >&2\nexit 255\n",
		      "it does not say why");
}

static void tools_that_are_not_there(void **state)
{
	struct load_case *c = *state;

	fake_sys_let_processes_through(c->boot.fake);
	c->boot.host.kexec_tool = "/nonexistent/kexec";
	assert_true(load(c, KB_BOOT_KEXEC_TOOLS) < 0);
	c->boot.host.kexec_tool = NULL;
	assert_int_equal(load(c, KB_BOOT_KEXEC_TOOLS), -ENOENT);
	assert_string_equal(c->boot.err.text, "there is no kexec-tools here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		CASE(file_load_without_an_initrd),
		CASE(file_load_of_one_is_the_file_itself),
		CASE(file_load_joins_several),
		CASE(a_file_that_cannot_be_read_is_named),
		CASE(a_file_that_shrinks_is_named),
		CASE(falls_back_when_kexec_load_is_refused),
		CASE(other_failures_do_not_fall_back),
		CASE(refusals_are_sentences),
		CASE(a_file_cut_after_the_plan),
		CASE(what_is_too_large_is_not_read),
		CASE(unloads_either_way),
		CASE(tells_whether_one_is_loaded),
		CASE(a_jump_that_returns_has_failed),
		CASE(names),
		CASE(tools_get_descriptors_that_they_can_read),
		CASE(tools_give_modules_to_multiboot),
		CASE(tools_give_modules_to_compressed_multiboot),
		CASE(tools_give_an_initrd_to_a_compressed_kernel),
		CASE(tools_that_fail_say_why),
		CASE(the_reason_among_what_tools_say),
		CASE(tools_that_are_not_there),
	};

	return cmocka_run_group_tests_name("boot/load", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A new initramfs, made by the system's own program; and a password, set by its own. */
#include <stdio.h>

#include "choose.h"
#include "initramfs.h"
#include "kboot/base/escape.h"
#include "kboot/terminal/text.h"
#include "rescue.h"

enum { PASSWD_MAX_BYTES = 256 << 10, PACKAGE_MAX_BYTES = 64 };

static bool has_program(const void *ctx, const char *name)
{
	return kb_rescue_has_program(ctx, name);
}

/* Arch writes the name of the package beside the modules. NULL: it is not known. */
static const char *package_of(const struct kb_rescue *r, struct kb_arena *arena,
			      const char *version)
{
	const char *path = kb_arena_printf(arena, "/usr/lib/modules/%s/pkgbase", version);
	KB_BUF struct kb_buf text = {0};
	struct kb_str name;

	if (!path || kb_tree_read(&r->tree, path, PACKAGE_MAX_BYTES, &text) < 0) {
		return NULL;
	}
	name = kb_str_trim(kb_buf_view(&text));
	return kb_look_is_account(name) ? kb_arena_str(arena, name) : NULL;
}

static const char *const boot_folders[] = {"/boot", "/efi"};

static void look_at_files(const struct kb_rescue *r, struct kb_look_files *files)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(boot_folders); i++) {
		/* Without memory fewer are told of. */
		(void)!kb_look_files(&r->tree, boot_folders[i], files);
	}
}

static void tell_new_files(const struct kb_rescue *r, const struct kb_look_files *before)
{
	struct kb_look_files after = {0};
	size_t n = 0;

	look_at_files(r, &after);
	for (size_t i = 0; i < after.n; i++) {
		const struct kb_look_file *f = &after.files[i];
		char size[KB_ERROR_FILE];

		if (kb_look_is_new(before, f)) {
			kb_format_bytes((uint64_t)f->size_bytes, size, sizeof(size));
			kb_print_escaped(stdout, "Written: %s (%s)", f->path, size);
			n++;
		}
	}
	if (n == 0 && !kb_shell_is_simulated(r->shell)) {
		(void)kb_shell_fail("no file below /boot or /efi has changed");
	}
	kb_look_files_done(&after);
}

/* kernel NULL: all of them. The exit status of the last command that failed. */
static int make(struct kb_rescue *r, struct kb_arena *arena, const struct kb_initramfs_maker *maker,
		const struct kb_look_kernel *kernels, size_t n, bool is_all)
{
	const char *argv[KB_INITRAMFS_WORDS];
	int status = 0;

	if (is_all && kb_initramfs_command_for_all(arena, maker, argv)) {
		return kb_rescue_run(r, argv);
	}
	for (size_t i = 0; i < n && kb_rescue_goes_on(r); i++) {
		const char *package = package_of(r, arena, kernels[i].version);
		int one;

		if (kb_initramfs_command(arena, maker, &kernels[i], package, argv) < 0) {
			status = kb_shell_fail("%s: which package this kernel is of is not known",
					       kernels[i].version);
			continue;
		}
		one = kb_rescue_run(r, argv);
		status = one != 0 ? one : status;
	}
	return status;
}

static void make_and_tell(struct kb_rescue *r, struct kb_arena *arena,
			  const struct kb_initramfs_maker *maker,
			  const struct kb_look_kernel *kernels, size_t n, bool is_all)
{
	struct kb_look_files before = {0};
	int status;

	look_at_files(r, &before);
	status = make(r, arena, maker, kernels, n, is_all);
	if (status == 0 && !kb_shell_is_simulated(r->shell)) {
		kb_print_escaped(stdout, "%s ended well.", maker->program);
	} else if (status != 0) {
		(void)kb_shell_fail("%s ended with exit status %d", maker->program, status);
	}
	tell_new_files(r, &before);
	kb_look_files_done(&before);
}

static void list_kernels(const struct kb_look_kernel *kernels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		kb_print_escaped(stdout, "%2zu %s: %s", i + 1, kernels[i].version,
				 kernels[i].initrd ? kernels[i].initrd
						   : "no initramfs in /boot by its usual name");
	}
}

void kb_rescue_initramfs(struct kb_rescue *r)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_initramfs_maker *maker = kb_initramfs_find(has_program, r);
	struct kb_look_kernel kernels[KB_LOOK_KERNELS];
	char answer[KB_CHOICE_BYTES];
	size_t chosen;
	size_t n = 0;

	if (!maker) {
		(void)kb_shell_fail("there is none of update-initramfs, dracut, mkinitcpio, "
				    "booster and mkinitfs in %s",
				    r->device.name);
		return;
	}
	if (kb_look_kernels(&arena, &r->tree, kernels, &n) < 0 || n == 0) {
		(void)kb_shell_fail("no kernel's modules are in /lib/modules of %s",
				    r->device.name);
		return;
	}
	kb_print_escaped(stdout, "%s makes it. Kernels:", maker->program);
	list_kernels(kernels, n);
	if (!kb_choose_line(r->shell, "For which (number; Enter: all; q: none)? ", answer)) {
		return;
	}
	chosen = kb_choice_number(answer, n);
	if (!chosen && answer[0]) {
		printf("None.\n");
		return;
	}
	/* The tree is another one, with the same files. */
	if (kb_rescue_may_write(r)) {
		make_and_tell(r, &arena, maker, chosen ? &kernels[chosen - 1] : kernels,
			      chosen ? 1 : n, !chosen);
	}
}

/* --- a password */

static size_t list_accounts(const struct kb_rescue *r, struct kb_arena *arena, const char **names)
{
	KB_BUF struct kb_buf text = {0};
	size_t n = 0;

	if (kb_tree_read(&r->tree, "/etc/passwd", PASSWD_MAX_BYTES, &text) < 0 ||
	    kb_look_accounts(arena, kb_buf_view(&text), names, &n) < 0) {
		(void)kb_shell_fail("%s: its /etc/passwd cannot be read", r->device.name);
	}
	for (size_t i = 0; i < n; i++) {
		kb_print_escaped(stdout, "%2zu %s", i + 1, names[i]);
	}
	return n;
}

void kb_rescue_password(struct kb_rescue *r)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *names[KB_LOOK_ACCOUNTS];
	char answer[KB_CHOICE_BYTES];
	const char *argv[] = {"passwd", answer, NULL};
	size_t chosen;
	size_t n;

	if (!kb_rescue_has_program(r, "passwd")) {
		(void)kb_shell_fail("there is no passwd in %s, which would set one",
				    r->device.name);
		return;
	}
	n = list_accounts(r, &arena, names);
	if (!kb_choose_line(r->shell, "Whose (number or name, q: nobody's)? ", answer) ||
	    strcmp(answer, "q") == 0 || answer[0] == '\0') {
		return;
	}
	chosen = kb_choice_number(answer, n);
	argv[1] = chosen ? names[chosen - 1] : answer;
	if (!kb_look_is_account(kb_str_from(argv[1]))) {
		(void)kb_shell_fail("%s is no name of an account", answer);
		return;
	}
	if (!kb_rescue_may_write(r)) {
		return;
	}
	if (kb_rescue_run(r, argv) == 0 && !kb_shell_is_simulated(r->shell)) {
		kb_print_escaped(stdout, "The password of %s is set.", argv[1]);
	}
}

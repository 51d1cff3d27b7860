/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "initramfs.h"

#include <errno.h>

/*
 * update-initramfs(8) refuses to update what is not there, and to create what is; "all" are the
 * kernels that it made one for before, so each is named. dracut(8) chooses the file by itself.
 * mkinitcpio(8) goes by presets, which are called as the package. booster(1) has a script of its
 * own for all.
 */
static const struct kb_initramfs_maker makers[] = {
	{"update-initramfs", "update-initramfs -u -k {V}", "update-initramfs -c -k {V}", NULL},
	{"dracut", NULL, "dracut --force --kver {V}", NULL},
	{"mkinitcpio", NULL, "mkinitcpio -p {P}", "mkinitcpio -P"},
	{"booster", NULL, "booster build --force --kernel-version {V} /boot/booster-{P}.img",
	 "/usr/lib/booster/regenerate_images"},
	{"mkinitfs", NULL, "mkinitfs {V}", NULL},
};

const struct kb_initramfs_maker *
kb_initramfs_find(bool (*has)(const void *ctx, const char *program), const void *ctx)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(makers); i++) {
		if (has(ctx, makers[i].program)) {
			return &makers[i];
		}
	}
	return NULL;
}

/* One word, with what stands in braces. */
static const char *put_word(struct kb_arena *arena, struct kb_str word, const char *version,
			    const char *package, int *ret_error)
{
	KB_BUF struct kb_buf text = {0};
	const char *made;

	while (word.len > 0) {
		bool is_version = kb_str_starts(word, KB_STR("{V}"));
		bool is_package = kb_str_starts(word, KB_STR("{P}"));
		const char *value = is_version ? version : package;

		if (!is_version && !is_package) {
			kb_buf_putc(&text, word.data[0]);
			word = kb_str_skip(word, 1);
			continue;
		}
		if (!value) {
			*ret_error = -ENOENT;
			return NULL;
		}
		kb_buf_puts(&text, value);
		word = kb_str_skip(word, strlen("{V}"));
	}
	made = kb_buf_error(&text) < 0 ? NULL : kb_arena_strdup(arena, text.data);
	*ret_error = made ? 0 : -ENOMEM;
	return made;
}

static int put_words(struct kb_arena *arena, const char *form, const char *version,
		     const char *package, const char **argv)
{
	struct kb_str rest = kb_str_from(form);
	struct kb_str word;
	size_t n = 0;
	int r = 0;

	while (r == 0 && n < KB_INITRAMFS_WORDS - 1 && kb_str_next_word(&rest, &word)) {
		argv[n++] = put_word(arena, word, version, package, &r);
	}
	argv[n] = NULL;
	return r;
}

int kb_initramfs_command(struct kb_arena *arena, const struct kb_initramfs_maker *maker,
			 const struct kb_look_kernel *kernel, const char *package,
			 const char *ret_argv[KB_INITRAMFS_WORDS])
{
	const char *form = kernel->initrd && maker->update ? maker->update : maker->create;

	return put_words(arena, form, kernel->version, package, ret_argv);
}

bool kb_initramfs_command_for_all(struct kb_arena *arena, const struct kb_initramfs_maker *maker,
				  const char *ret_argv[KB_INITRAMFS_WORDS])
{
	return maker->all && put_words(arena, maker->all, NULL, NULL, ret_argv) == 0;
}

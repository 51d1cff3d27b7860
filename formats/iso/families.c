/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "iso/families.h"

#include <errno.h>

#include "kboot/base/str.h"
#include "kboot/formats/words.h"

#define NEEDS_MEDIUM "its initrd looks for a real disc or stick, not for a file on one"
#define NEEDS_OWN    "it starts only from the disc or stick that it is written to"

/*
 * From what each one's initramfs scripts take: live-boot(7), casper(7), dracut.cmdline(7),
 * Anaconda's boot options, linuxrc's parameters, archiso's and miso's hooks, and the notes of the
 * others. The first that fits counts, so that a family stands before the one that it is a special
 * case of.
 */
static const struct iso_family families[] = {
	/* Its netinst initrd and that of the DVD; the one of hd-media is a separate download. */
	{.name = "Debian installer",
	 .folders = {"/install.amd", "/install.386", "/install", "/d-i"},
	 .markers = {"/install.amd", "/install.386", "/install.a64", "/install.arm64"},
	 .cannot = NEEDS_MEDIUM " (Debian's installer for that is hd-media)"},
	{.name = "casper",
	 .words = {"boot=casper"},
	 .folders = {"/casper"},
	 .markers = {"/casper"},
	 .parameters = {{"iso-scan/filename=%p", {"iso-scan/filename=", "findiso="}}}},
	{.name = "live-boot",
	 .words = {"boot=live"},
	 .folders = {"/live"},
	 .markers = {"/live"},
	 .parameters = {{"boot=live", {"boot="}},
			{"findiso=%p", {"findiso=", "fromiso=", "fetch="}}}},
	{.name = "Anaconda",
	 .words = {"inst.stage2=", "inst.repo="},
	 .markers = {"/images/install.img"},
	 .parameters = {{"inst.stage2=hd:LABEL=%l", {"inst.stage2=", "inst.repo=", "stage2="}},
			{"iso-scan/filename=%p", {"iso-scan/filename=", "inst.repo="}}}},
	{.name = "dracut",
	 .words = {"root=live:", "rd.live.image", "rd.live.dir=", "rd.live.squashimg="},
	 .markers = {"/LiveOS"},
	 .parameters = {{"root=live:CDLABEL=%l", {"root="}},
			{"rd.live.image", {"rd.live.image"}},
			{"iso-scan/filename=%p", {"iso-scan/filename="}}}},
	{.name = "linuxrc",
	 .words = {"install="},
	 .folders = {"/boot/x86_64/loader", "/boot/aarch64", "/boot/i386/loader", "/boot/ppc64le"},
	 .markers = {"/boot/x86_64/loader", "/boot/aarch64/linux"},
	 .parameters = {{"install=hd:%p", {"install=", "install_url="}}}},
	{.name = "SystemRescue",
	 .words = {"archisobasedir=sysresccd"},
	 .folders = {"/sysresccd"},
	 .markers = {"/sysresccd"},
	 .parameters = {{"archisobasedir=sysresccd", {"archisobasedir="}},
			{"img_dev=UUID=%u", {"img_dev=", "img_label="}},
			{"img_loop=%p", {"img_loop="}}}},
	{.name = "Manjaro",
	 .words = {"misobasedir=", "misolabel="},
	 .folders = {"/manjaro"},
	 .markers = {"/manjaro", "/.miso"},
	 .parameters = {{"misobasedir=manjaro", {"misobasedir="}},
			{"img_dev=UUID=%u", {"img_dev=", "img_label="}},
			{"img_loop=%p", {"img_loop="}}}},
	{.name = "Archboot",
	 .words = {"iso_loop_path="},
	 .folders = {"/boot/vmlinuz_x86_64", "/boot/vmlinuz_aarch64"},
	 .markers = {"/boot/vmlinuz_x86_64", "/boot/vmlinuz_aarch64"},
	 .parameters = {{"iso_loop_dev=UUID=%u", {"iso_loop_dev="}},
			{"iso_loop_path=%p", {"iso_loop_path="}}}},
	{.name = "Arch",
	 .words = {"archisobasedir=", "archisolabel=", "archisodevice=", "archisosearchuuid="},
	 .folders = {"/arch"},
	 .markers = {"/arch"},
	 .parameters = {{"archisobasedir=arch", {"archisobasedir="}},
			{"img_dev=UUID=%u", {"img_dev=", "img_label="}},
			{"img_loop=%p", {"img_loop="}}}},
	{.name = "antiX",
	 .folders = {"/antiX"},
	 .markers = {"/antiX"},
	 .parameters = {{"fromiso=%p", {"fromiso="}}, {"buuid=%u", {"buuid=", "bdev="}}}},
	{.name = "Gentoo",
	 .words = {"cdroot"},
	 .folders = {"/boot/gentoo", "/isolinux/gentoo"},
	 .markers = {"/image.squashfs"},
	 .parameters = {{"isoboot=%p", {"isoboot="}}, {"cdroot", {"cdroot"}}}},
	{.name = "Slackware live",
	 .markers = {"/liveslak"},
	 .parameters = {{"livemedia=/dev/disk/by-uuid/%u:%p", {"livemedia="}}}},
	{.name = "TinyCore",
	 .markers = {"/boot/core.gz", "/boot/corepure64.gz", "/cde"},
	 .parameters = {{"iso=UUID=%u%p", {"iso="}}}},
	{.name = "Porteus",
	 .folders = {"/porteus", "/slax"},
	 .markers = {"/porteus", "/slax"},
	 .parameters = {{"from=%p", {"from="}}}},
	{.name = "Android-x86",
	 .markers = {"/system.sfs", "/system.efs"},
	 .parameters = {{"iso-scan/filename=%p", {"iso-scan/filename="}}}},
	{.name = "NixOS",
	 .markers = {"/nix-store.squashfs"},
	 .parameters = {{"findiso=%p", {"findiso="}}}},
	{.name = "Alpine", .markers = {"/apks", "/.alpine-release"}, .cannot = NEEDS_MEDIUM},
	{.name = "Proxmox",
	 .markers = {"/pve-base.squashfs", "/pbs-base.squashfs", "/pmg-base.squashfs", "/proxmox"},
	 .cannot = NEEDS_MEDIUM},
	{.name = "Windows",
	 .markers = {"/bootmgr", "/bootmgr.efi", "/sources/boot.wim", "/sources"},
	 .cannot = NEEDS_OWN},
	{.name = "ESXi", .markers = {"/boot.cfg", "/tboot.b00", "/b.b00"}, .cannot = NEEDS_OWN},
	{.name = "BSD",
	 .markers = {"/boot/kernel", "/boot/loader", "/netbsd", "/cdboot"},
	 .cannot = "kboot starts Linux and multiboot kernels"},
};

/* --- which one */

static bool has_word(const char *args, const char *start)
{
	struct kb_str rest = kb_str_from(args);
	struct kb_str word;

	while (kb_words_next(&rest, &word)) {
		if (kb_str_starts(word, kb_str_from(start))) {
			return true;
		}
	}
	return false;
}

static bool is_there(const struct kb_tree *tree, const char *path)
{
	KB_CLOSE int fd = -1;

	return kb_tree_has_file(tree, path) == 0 || kb_tree_open_dir(tree, path, &fd) == 0;
}

enum { BY_WORD, BY_FOLDER, BY_MARKER, WAYS };

static bool fits(const struct iso_family *f, int way, const struct kb_tree *tree,
		 const char *kernel, const char *args)
{
	const char *const *list = way == BY_WORD     ? f->words
				  : way == BY_FOLDER ? f->folders
						     : f->markers;

	for (size_t i = 0; i < ISO_WORDS && list[i]; i++) {
		if (way == BY_WORD     ? args && has_word(args, list[i])
		    : way == BY_FOLDER ? kernel && kb_path_below(kernel, list[i])
				       : is_there(tree, list[i])) {
			return true;
		}
	}
	return false;
}

const struct iso_family *iso_family_of(const struct kb_tree *tree, const char *kernel,
				       const char *args)
{
	for (int way = 0; way < WAYS; way++) {
		for (size_t i = 0; i < KB_ARRAY_LEN(families); i++) {
			if (fits(&families[i], way, tree, kernel, args)) {
				return &families[i];
			}
		}
	}
	return NULL;
}

/* --- its parameters */

static bool is_present(const struct iso_parameter *parameter, const char *args)
{
	for (size_t i = 0; i < ISO_WORDS && parameter->present[i]; i++) {
		if (has_word(args, parameter->present[i])) {
			return true;
		}
	}
	return false;
}

/* What udev leaves as it is in a label; all else is \x and two digits. */
static void put_label(struct kb_buf *out, const char *label)
{
	for (; *label; label++) {
		unsigned char c = (unsigned char)*label;

		if (c >= 0x80 || kb_is_letter(*label) || kb_is_digit(*label) ||
		    strchr("#+-.:=@_", *label)) {
			kb_buf_putc(out, *label);
		} else {
			kb_buf_printf(out, "\\x%02x", c);
		}
	}
}

/* False: a fact is missing, *ret_problem says which. */
static bool put_parameter(struct kb_buf *out, const char *text, const struct iso_facts *facts,
			  const char **ret_problem)
{
	if (out->len > 0) {
		kb_buf_putc(out, ' ');
	}
	for (; *text; text++) {
		if (text[0] != '%') {
			kb_buf_putc(out, *text);
			continue;
		}
		text++;
		if (*text == 'p') {
			kb_buf_puts(out, facts->path);
		} else if (*text == 'u' && facts->uuid) {
			kb_buf_puts(out, facts->uuid);
		} else if (*text == 'l' && facts->label) {
			put_label(out, facts->label);
		} else {
			*ret_problem = *text == 'u'
					       ? "the filesystem that the file is on has no UUID "
						 "by which its initrd could find it"
					       : "the image has no label by which its initrd could "
						 "find it";
			return false;
		}
	}
	return true;
}

/* Where a lone "---" or "--" stands: what is behind it is for the installed system, or for init. */
static size_t find_dashes(struct kb_str line)
{
	struct kb_str rest = line;
	struct kb_str word;

	while (kb_words_next(&rest, &word)) {
		if (kb_str_eq(word, KB_STR("---")) || kb_str_eq(word, KB_STR("--"))) {
			return (size_t)(word.data - line.data);
		}
	}
	return line.len;
}

static const char *insert(struct kb_arena *arena, struct kb_str args, struct kb_str more)
{
	size_t at = find_dashes(args);
	struct kb_str before = kb_str_trim(kb_str_head(args, at));
	struct kb_str behind = kb_str_skip(args, at);

	return kb_arena_printf(arena, "%.*s%s%.*s%s%.*s", KB_STR_ARG(before),
			       before.len > 0 ? " " : "", KB_STR_ARG(more),
			       behind.len > 0 ? " " : "", KB_STR_ARG(behind));
}

int iso_family_args(struct kb_arena *arena, const struct iso_family *family,
		    const struct iso_facts *facts, const char *args, const char **ret_args,
		    const char **ret_problem)
{
	KB_BUF struct kb_buf more = {0};
	const char *problem = NULL;
	bool is_whole = true;

	args = args ? args : "";
	for (size_t i = 0; is_whole && i < ISO_PARAMETERS && family->parameters[i].text; i++) {
		if (!is_present(&family->parameters[i], args)) {
			is_whole =
				put_parameter(&more, family->parameters[i].text, facts, &problem);
		}
	}
	if (kb_buf_error(&more) < 0) {
		return -ENOMEM;
	}
	if (is_whole && more.len > 0) {
		args = insert(arena, kb_str_from(args), kb_buf_view(&more));
		if (!args) {
			return -ENOMEM;
		}
	}
	*ret_args = args;
	*ret_problem = problem;
	return 0;
}

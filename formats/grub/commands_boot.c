/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that say what an entry starts. Nothing is loaded: the entry at work takes a note. */
#include <errno.h>

#include "commands.h"
#include "menu.h"

enum { MAX_MODULES = 64 };

static const char *keep(struct grub *g, const char *text)
{
	const char *kept = kb_arena_strdup(g->boot->arena, text);

	grub_check(g, kept ? 0 : -ENOMEM);
	return kept;
}

/* Words from first on, in the entry's arena. */
static char **keep_words(struct grub *g, const struct grub_arguments *args, size_t first)
{
	size_t n = args->n > first ? args->n - first : 0;
	char **words = kb_arena_array(g->boot->arena, n + 1, sizeof(*words));

	grub_check(g, words ? 0 : -ENOMEM);
	for (size_t i = 0; words && i < n; i++) {
		words[i] = (char *)keep(g, args->words[first + i]);
	}
	return words;
}

static int linux_(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	bool is_multiboot = strncmp(args->words[0], "multiboot", 9) == 0 ||
			    strcmp(args->words[0], "xen_hypervisor") == 0;
	size_t first = 1;

	(void)node;
	while (is_multiboot && first < args->n && strncmp(args->words[first], "--", 2) == 0) {
		first++; /* --quirk-… */
	}
	if (grub_need(g, args, first) != 0) {
		return GRUB_BAD_ARGUMENT;
	}
	if (!g->boot) {
		return 0;
	}
	g->boot->kernel = keep(g, args->words[first]);
	g->boot->kernel_root = keep(g, grub_get(g, "root"));
	g->boot->args = keep_words(g, args, first + 1);
	g->boot->n_args = args->n - first - 1;
	g->boot->is_multiboot = is_multiboot;
	g->boot->n_initrds = 0;
	return 0;
}

static int initrd(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)node;
	if (grub_need(g, args, 1) != 0) {
		return GRUB_BAD_ARGUMENT;
	}
	if (!g->boot) {
		return 0;
	}
	if (!g->boot->kernel) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "initrd: you need to load the kernel first");
		return GRUB_BAD_ARGUMENT;
	}
	g->boot->initrds = keep_words(g, args, 1);
	g->boot->n_initrds = args->n - 1;
	g->boot->initrd_root = keep(g, grub_get(g, "root"));
	return 0;
}

static int devicetree(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)node;
	if (g->boot && args->n > 1) {
		g->boot->dtb = keep(g, args->words[1]);
		g->boot->dtb_root = keep(g, grub_get(g, "root"));
	}
	return 0;
}

/* Something that kboot does not start; the first word that is no option is its file. */
static int other(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)node;
	if (!g->boot) {
		return 0;
	}
	g->boot->other = keep(g, args->words[0]);
	g->boot->other_file = NULL;
	for (size_t i = 1; i < args->n && !g->boot->other_file; i++) {
		if (args->words[i][0] != '-') {
			g->boot->other_file = keep(g, args->words[i]);
		}
	}
	return 0;
}

/* Of a multiboot kernel: a file, a word in place of its name, arguments. */
static int module(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	struct grub_boot *boot = g->boot;
	size_t first = 1;
	char **files;

	(void)node;
	while (first < args->n && strncmp(args->words[first], "--", 2) == 0) {
		first++; /* --nounzip */
	}
	if (!boot || !boot->kernel || first >= args->n || boot->n_initrds == MAX_MODULES) {
		return 0;
	}
	files = kb_arena_array(boot->arena, boot->n_initrds + 1, sizeof(*files));
	if (!files) {
		grub_check(g, -ENOMEM);
		return 0;
	}
	if (boot->n_initrds > 0) {
		memcpy(files, boot->initrds, boot->n_initrds * sizeof(*files));
	}
	files[boot->n_initrds++] = (char *)keep(g, args->words[first]);
	boot->initrds = files;
	boot->initrd_root = keep(g, grub_get(g, "root"));
	boot->has_module_args = boot->has_module_args || args->n > first + 1;
	return 0;
}

/* In a body: what the entry does. Elsewhere GRUB would be gone, so that nothing follows; but a
 * question (fwsetup --is-supported) is answered yes. */
static int leave(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)node;
	if (args->n > 1) {
		return 0;
	}
	if (!g->boot) {
		g->is_stopped = true;
	} else if (!g->boot->kernel && !g->boot->other) {
		g->boot->other = keep(g, args->words[0]);
	}
	return 0;
}

static int boot(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)args;
	(void)node;
	if (g->boot && (g->boot->kernel || g->boot->other)) {
		g->is_stopped = true;
	}
	return 0;
}

const struct grub_command grub_boot_commands[] = {
	{"menuentry", grub_menuentry},
	{"submenu", grub_menuentry},
	{"blscfg", grub_blscfg},
	{"uki", grub_ignore}, /* formats/bls lists them, with all that belongs to them */
	{"linux", linux_},
	{"linux16", linux_},
	{"linuxefi", linux_},
	{"multiboot", linux_},
	{"multiboot2", linux_},
	{"xen_hypervisor", linux_},
	{"initrd", initrd},
	{"initrd16", initrd},
	{"initrdefi", initrd},
	{"devicetree", devicetree},
	{"module", module},
	{"module2", module},
	{"xen_module", module},
	{"xen_linux", module},
	{"xen_initrd", module},
	{"acpi", grub_ignore},
	{"chainloader", other},
	{"ntldr", other},
	{"appleloader", other},
	{"kfreebsd", other},
	{"kopenbsd", other},
	{"knetbsd", other},
	{"kfreebsd_loadenv", grub_ignore},
	{"kfreebsd_module", grub_ignore},
	{"xnu_kernel", other},
	{"xnu_kernel64", other},
	{"freedos", other},
	{"plan9", other},
	{"truecrypt", other},
	{"fwsetup", leave},
	{"reboot", leave},
	{"halt", leave},
	{"exit", leave},
	{"boot", boot},
	{"drivemap", grub_ignore},
	{"parttool", grub_ignore},
	{NULL, NULL},
};

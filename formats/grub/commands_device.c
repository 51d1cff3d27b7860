/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about devices and the machine. */
#include <errno.h>

#include "commands.h"
#include "devices.h"
#include "loopback.h"

struct search {
	char what; /* f, l, u */
	const char *variable;
	bool sets;
	const char *name;
	const char *ignored;
};

static bool take_option(const struct grub_arguments *args, size_t *i, struct search *search)
{
	static const struct {
		char letter;
		const char *name;
	} kinds[] = {{'f', "file"}, {'l', "label"}, {'u', "fs-uuid"}};
	static const char *const hints[] = {"hint",           "hint-bios",     "hint-efi",
					    "hint-baremetal", "hint-ieee1275", "hint-arc"};
	const char *variable = NULL;

	for (size_t k = 0; k < KB_ARRAY_LEN(kinds); k++) {
		if (grub_take_option(args, i, kinds[k].letter, kinds[k].name, NULL)) {
			search->what = kinds[k].letter;
			return true;
		}
	}
	for (size_t k = 0; k < KB_ARRAY_LEN(hints); k++) {
		if (grub_take_option(args, i, k == 0 ? 'h' : '\0', hints[k], &search->ignored)) {
			return true;
		}
	}
	if (grub_take_option(args, i, 's', "set", &variable)) {
		search->sets = true;
		search->variable = variable ? variable : "root";
		return true;
	}
	return grub_take_option(args, i, 'n', "no-floppy", NULL) ||
	       grub_take_option(args, i, '\0', "cryptodisk-only", NULL) ||
	       grub_take_option(args, i, '\0', "efidisk-only", NULL) ||
	       grub_take_option(args, i, '\0', "root-dev-only", NULL);
}

/* A UUID or label is believed to be there: which device has it is for kboot to find. */
static bool find(struct grub *g, const struct search *search, char *device)
{
	struct grub_place place;
	KB_CLOSE int fd = -1;

	/* Only disks are searched. */
	if (search->what == 'f' && g->host->tree->source) {
		return false;
	}
	if (search->what != 'f') {
		(void)snprintf(device, GRUB_DEVICE_BYTES, "%s=%s",
			       search->what == 'u' ? "UUID" : "LABEL", search->name);
		return search->name[0] != '\0';
	}
	/* loopback.cfg looks for its own file, to tell what that is on. */
	if (g->host->tree->is_image && strcmp(search->name, g->host->tree->below) == 0) {
		return grub_loop_outer(g, device);
	}
	grub_own_device(g->host->tree, g->host->out->device, device);
	grub_place_of(g, device, search->name, &place);
	return kb_tree_has_file(g->host->tree, place.path) == 0 ||
	       kb_tree_open_dir(g->host->tree, place.path, &fd) == 0;
}

static int finish(struct grub *g, const struct search *search)
{
	char device[GRUB_DEVICE_BYTES];

	if (!search->name || !search->what) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "search: nothing says for what");
		return GRUB_BAD_ARGUMENT;
	}
	if (!find(g, search, device)) {
		grub_report(g, GRUB_TROUBLE_FILE, "search: no device has %.200s", search->name);
		return GRUB_NO_DEVICE;
	}
	if (search->sets) {
		grub_set(g, search->variable, device);
	} else {
		grub_print(g, KB_STR(" "));
		grub_print(g, kb_str_from(device));
		grub_print(g, KB_STR("\n"));
	}
	return 0;
}

static int search(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	struct search search = {0};

	(void)node;
	for (size_t i = 1; i < args->n;) {
		if (!take_option(args, &i, &search)) {
			search.name = search.name ? search.name : args->words[i];
			i++;
		}
	}
	return finish(g, &search);
}

/* search.fs_uuid NAME [VARIABLE [HINTS…]] */
static int search_dot(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	const char *kind = args->words[0] + strlen("search.");
	struct search search = {
		.what = (char)(strcmp(kind, "file") == 0       ? 'f'
			       : strcmp(kind, "fs_label") == 0 ? 'l'
							       : 'u'),
		.name = args->n > 1 ? args->words[1] : NULL,
		.variable = args->n > 2 ? args->words[2] : NULL,
		.sets = args->n > 2,
	};

	(void)node;
	return finish(g, &search);
}

/* Of another device only the UUID or label by which it was found is known. */
static const char *probe_value(const struct grub *g, char what, const char *device)
{
	const struct kb_device *known = g->host->out->device;
	struct grub_place place;
	char name[GRUB_DEVICE_BYTES + 2];
	const char *tag = what == 'u' ? "UUID=" : "LABEL=";

	if (what != 'u' && what != 'l') {
		return NULL;
	}
	if (device[0] == '(') {
		device++;
	}
	if (strncmp(device, tag, strlen(tag)) == 0) {
		return device + strlen(tag);
	}
	(void)snprintf(name, sizeof(name), "(%s)", device);
	grub_own_device(g->host->tree, g->host->out->device, place.device);
	if (strcmp(place.device, device) != 0) {
		return NULL;
	}
	return what == 'l' ? (known ? known->label : NULL)
			   : (known && known->uuid ? known->uuid : g->own_uuid);
}

static int probe(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	const char *variable = NULL;
	const char *value = NULL;
	KB_ARENA struct kb_arena arena = {0};
	const char *copy;
	char what = '\0';

	(void)node;
	for (size_t i = 1; i < args->n;) {
		if (grub_take_option(args, &i, 's', "set", &variable)) {
			continue;
		}
		if (grub_take_option(args, &i, 'u', "fs-uuid", NULL)) {
			what = 'u';
		} else if (grub_take_option(args, &i, 'l', "label", NULL)) {
			what = 'l';
		} else {
			value = args->words[i++];
		}
	}
	value = value ? probe_value(g, what, value) : NULL;
	if (!value) {
		return GRUB_FALSE;
	}
	copy = kb_arena_str(&arena, kb_str_of(value, strcspn(value, ")")));
	grub_check(g, copy ? 0 : -ENOMEM);
	if (copy && variable) {
		grub_set(g, variable, copy);
	}
	return 0;
}

static int insmod(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)node;
	if (grub_need(g, args, 1) != 0) {
		return GRUB_BAD_ARGUMENT;
	}
	g->has_regexp = g->has_regexp || strcmp(args->words[1], "regexp") == 0;
	return 0;
}

/* Whether a graphics card is on the list for its own mode: 0, no. */
static int hwmatch(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)args;
	(void)node;
	grub_set(g, "match", "0");
	return 0;
}

/* loopback [-d] NAME FILE */
static int loopback(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	struct grub_place place;
	size_t i = 1;
	bool deletes = grub_take_option(args, &i, 'd', "delete", NULL);

	(void)node;
	if (grub_need(g, args, i + (deletes ? 0 : 1)) != 0) {
		return GRUB_BAD_ARGUMENT;
	}
	if (deletes) {
		return grub_loop_add(g, args->words[i], NULL);
	}
	grub_place_of(g, grub_get(g, "root"), args->words[i + 1], &place);
	if (place.is_net || place.is_loop || place.path[0] != '/') {
		grub_report(g, GRUB_TROUBLE_COMMAND, "loopback: %.200s: not a file of a disk",
			    args->words[i + 1]);
		return GRUB_BAD_FILE;
	}
	return grub_loop_add(g, args->words[i], &place);
}

/* What kboot cannot reach from a reader. */
static int refuse(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)node;
	grub_report(g, GRUB_TROUBLE_COMMAND, "%s: kboot's reader cannot do that", args->words[0]);
	return GRUB_FALSE;
}

const struct grub_command grub_device_commands[] = {
	{"search", search},
	{"search.file", search_dot},
	{"search.fs_uuid", search_dot},
	{"search.fs_label", search_dot},
	{"probe", probe},
	{"insmod", insmod},
	{"hwmatch", hwmatch},
	{"loopback", loopback},
	{"cryptomount", grub_ignore},
	{"zfskey", grub_ignore},
	{"btrfs-mount-subvol", grub_ignore},
	{"gptprio.next", refuse},
	/* The network is kboot's. */
	{"net_add_addr", grub_ignore},
	{"net_add_dns", grub_ignore},
	{"net_add_route", grub_ignore},
	{"net_bootp", grub_ignore},
	{"net_bootp6", grub_ignore},
	{"net_del_addr", grub_ignore},
	{"net_del_dns", grub_ignore},
	{"net_del_route", grub_ignore},
	{"net_dhcp", grub_ignore},
	{"net_ipv6_autoconf", grub_ignore},
	{"net_ls_addr", grub_ignore},
	{"net_ls_cards", grub_ignore},
	{"net_ls_dns", grub_ignore},
	{"net_ls_routes", grub_ignore},
	{"net_set_vlan", grub_ignore},
	{"net_get_dhcp_option", refuse},
	{"net_nslookup", refuse},
	{NULL, NULL},
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a way through a script ends with, as an entry. */
#include <errno.h>

#include "kboot/formats/ipxe.h"

static const char *last_part(const char *url)
{
	const char *slash = strrchr(url, '/');

	return slash && slash[1] ? slash + 1 : url;
}

/* Files that become part of an archive, and signatures, are for who loads the entry. */
static int add_files(struct kb_arena *arena, const struct kb_ipxe_result *result,
		     struct kb_entry *entry)
{
	int r = 0;

	entry->kernel = result->kernel.url;
	entry->args = result->args;
	for (size_t i = 0; r == 0 && i < result->n_initrds; i++) {
		const struct kb_ipxe_image *initrd = &result->initrds[i];

		if (i == KB_ENTRY_MAX_INITRDS) {
			return kb_entry_add_problem(arena, entry, "more than %d initrds",
						    KB_ENTRY_MAX_INITRDS);
		}
		entry->initrd[entry->n_initrd++] = initrd->url;
		if (initrd->path) {
			r = kb_entry_add_problem(arena, entry,
						 "%s is to become the file %s of an initrd, which "
						 "kboot does not make yet",
						 initrd->url, initrd->path);
		}
		if (r == 0 && initrd->signature) {
			r = kb_entry_add_problem(arena, entry,
						 "%s has a signature, %s, which kboot does not "
						 "check yet",
						 initrd->url, initrd->signature);
		}
	}
	if (r == 0 && result->kernel.signature) {
		r = kb_entry_add_problem(arena, entry,
					 "the kernel has a signature, %s, which kboot does not "
					 "check yet",
					 result->kernel.signature);
	}
	if (r == 0 && result->n_signed_scripts > 0) {
		r = kb_entry_add_problem(arena, entry,
					 "the script %s has a signature, %s, which kboot does not "
					 "check yet",
					 result->signed_scripts[0].url,
					 result->signed_scripts[0].signature);
	}
	return r;
}

/* Not one that boots. */
static int add_end(struct kb_arena *arena, const struct kb_ipxe_result *result,
		   struct kb_entry *entry)
{
	switch (result->end) {
	case KB_IPXE_SHELL:
		return kb_entry_add_problem(arena, entry,
					    "the script gives a prompt; kboot has its own");
	case KB_IPXE_REBOOT:
		entry->command = "reboot";
		return 0;
	case KB_IPXE_POWEROFF:
		entry->command = "poweroff";
		return 0;
	case KB_IPXE_LOCAL:
		return kb_entry_add_problem(arena, entry,
					    "the script goes on with the next boot device");
	case KB_IPXE_NEEDS:
		return kb_entry_add_problem(arena, entry, "%s has to be fetched first",
					    result->text);
	case KB_IPXE_ASK:
	case KB_IPXE_MENU:
		if (result->missing) {
			return kb_entry_add_problem(arena, entry, "%s: it cannot be had",
						    result->missing);
		}
		return kb_entry_add_problem(arena, entry, "the script asks too often");
	case KB_IPXE_SANBOOT:
	case KB_IPXE_FAILED:
	case KB_IPXE_BOOTS:
		break;
	}
	if (!result->at.line) {
		return kb_entry_add_problem(arena, entry, "%s", result->text);
	}
	return kb_entry_add_problem(arena, entry, "%s:%u: %s", result->at.file, result->at.line,
				    result->text);
}

int kb_ipxe_entry(struct kb_arena *arena, const char *url, const struct kb_ipxe_leaf *leaf,
		  struct kb_entry *ret_entry)
{
	const struct kb_ipxe_result *result = leaf->result;
	struct kb_entry entry = {
		.format = KB_FORMAT_IPXE,
		.file = result->at.line ? result->at.file : url,
		.line = result->at.line,
		.label = leaf->label,
		.title = leaf->text                     ? leaf->text
			 : result->end == KB_IPXE_BOOTS ? last_part(result->kernel.url)
							: last_part(url),
		.is_default = leaf->is_default,
		.tries_left = -1,
	};
	char key[2] = "";
	int r;

	for (size_t i = 0; i < leaf->n_titles && entry.n_path < KB_ENTRY_MAX_PATH; i++) {
		entry.path[entry.n_path++] = leaf->titles[i];
	}
	if (leaf->key < 0x7f) {
		key[0] = (char)leaf->key;
	}
	if (kb_is_hotkey(key)) {
		entry.hotkey = kb_arena_strdup(arena, key);
	}
	r = result->end == KB_IPXE_BOOTS ? add_files(arena, result, &entry)
					 : add_end(arena, result, &entry);
	if (r == 0) {
		*ret_entry = entry;
	}
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a way through a script ends with, as an entry. */
#include <errno.h>

#include "kboot/formats/ipxe.h"

static const char *last_part(const char *url)
{
	const char *slash = strrchr(url, '/');

	return slash && slash[1] ? slash + 1 : url;
}

/* What a part of a URL may have as it is; of the others some end a name, or a list of them. */
static bool is_plain(char c)
{
	return kb_is_letter(c) || kb_is_digit(c) || (c && strchr("-._~/+=:@", c));
}

/* A file that becomes part of an archive is told to who loads the entry behind its URL. NULL: no
 * memory. */
static const char *name_of(struct kb_arena *arena, const struct kb_ipxe_image *initrd)
{
	KB_BUF struct kb_buf name = {0};

	if (!initrd->path) {
		return initrd->url;
	}
	kb_buf_printf(&name, "%s%cfile=", initrd->url, strchr(initrd->url, '#') ? '&' : '#');
	for (const char *c = initrd->path; *c; c++) {
		kb_buf_printf(&name, is_plain(*c) ? "%c" : "%%%02X", (unsigned char)*c);
	}
	if (initrd->mode != KB_IPXE_MODE) {
		kb_buf_printf(&name, "&mode=%o", initrd->mode);
	}
	if (initrd->mkdir != 0) {
		kb_buf_printf(&name, "&mkdir=%d", initrd->mkdir < 0 ? -1 : initrd->mkdir);
	}
	return kb_buf_error(&name) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&name));
}

/* What has to be right before it starts does not start where nobody can tell. */
static int refuse_signed(struct kb_arena *arena, const struct kb_ipxe_result *result,
			 struct kb_entry *entry)
{
	static const char sentence[] =
		"%s has a signature, %s, which kboot cannot check: it is not started";
	const struct kb_ipxe_image *images[] = {&result->kernel, result->initrds,
						result->signed_scripts};
	const size_t n[] = {1, result->n_initrds, result->n_signed_scripts};
	int r = 0;

	for (size_t i = 0; i < KB_ARRAY_LEN(images); i++) {
		for (size_t k = 0; r == 0 && k < n[i]; k++) {
			const struct kb_ipxe_image *image = &images[i][k];

			r = image->signature ? kb_entry_add_problem(arena, entry, sentence,
								    image->url, image->signature)
					     : 0;
		}
	}
	return r;
}

static int add_files(struct kb_arena *arena, const struct kb_ipxe_result *result,
		     struct kb_entry *entry)
{
	int r = refuse_signed(arena, result, entry);

	if (r < 0 || entry->n_problems > 0) {
		return r;
	}
	entry->kernel = result->kernel.url;
	entry->args = result->args;
	for (size_t i = 0; i < result->n_initrds; i++) {
		if (i == KB_ENTRY_MAX_INITRDS) {
			return kb_entry_add_problem(arena, entry, "more than %d initrds",
						    KB_ENTRY_MAX_INITRDS);
		}
		entry->initrd[i] = name_of(arena, &result->initrds[i]);
		if (!entry->initrd[i]) {
			return -ENOMEM;
		}
		entry->n_initrd++;
	}
	return 0;
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

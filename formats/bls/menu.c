/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdio.h>

#include "kboot/formats/bls_menu.h"
#include "version.h"

static bool is_bad(const struct kb_bls_key *key)
{
	return key->tries_left == 0;
}

struct kb_bls_key kb_bls_key_of(const struct kb_entry *entry)
{
	return (struct kb_bls_key){.id = entry->label,
				   .file = entry->file,
				   .sort_key = entry->sort_key,
				   .machine_id = entry->machine_id,
				   .version = entry->version,
				   .tries_left = entry->tries_left,
				   .is_uki = entry->format == KB_FORMAT_UKI,
				   .is_whole = entry->kernel_bytes > 0};
}

/* --- order */

static struct kb_str text_of(const char *text)
{
	return text ? kb_str_from(text) : KB_STR("");
}

static struct kb_str file_id(const struct kb_bls_key *key)
{
	struct kb_str id = kb_str_from(key->id);

	return key->is_uki ? kb_str_head(id, kb_str_find(id, '@')) : id;
}

int kb_bls_compare(const struct kb_bls_key *a, const struct kb_bls_key *b)
{
	int r = is_bad(a) - is_bad(b);

	if (r == 0) {
		r = !a->sort_key - !b->sort_key;
	}
	if (r == 0 && a->sort_key) {
		r = strcmp(a->sort_key, b->sort_key);
		r = r != 0 ? r : kb_str_compare(text_of(a->machine_id), text_of(b->machine_id));
		r = r != 0 ? r : kb_version_compare(text_of(b->version), text_of(a->version));
	}
	return r != 0 ? r : kb_version_compare(file_id(b), file_id(a));
}

/* --- choice */

const char *kb_bls_timeout(const char *value)
{
	uint64_t n;

	if (strcmp(value, "menu-force") == 0) {
		return NULL;
	}
	/* menu-hidden, menu-disabled, and what is no number: at once. */
	return kb_str_to_u64(kb_str_from(value), &n) < 0 ? "0" : value;
}

/* By its id, with its counter as systemd-boot calls it, and without a suffix as older ones did. */
static bool fits(const char *pattern, const struct kb_bls_key *key)
{
	const char *slash = key->file ? strrchr(key->file, '/') : NULL;
	const char *dot = strrchr(key->id, '.');
	char stem[256];

	(void)snprintf(stem, sizeof(stem), "%.*s", dot ? (int)(dot - key->id) : 0, key->id);
	return fnmatch(pattern, key->id, FNM_CASEFOLD) == 0 ||
	       fnmatch(pattern, stem, FNM_CASEFOLD) == 0 ||
	       (slash && !strchr(key->id, '@') && fnmatch(pattern, slash + 1, FNM_CASEFOLD) == 0);
}

static size_t find(const char *pattern, bool may_be_bad, const struct kb_bls_key *keys, size_t n)
{
	for (size_t i = 0; pattern && i < n; i++) {
		if (keys[i].is_whole && (may_be_bad || !is_bad(&keys[i])) &&
		    fits(pattern, &keys[i])) {
			return i;
		}
	}
	return n;
}

/* "@saved" is what was booted last. */
static const char *saved(const struct kb_loader_vars *vars, const char *pattern)
{
	return pattern && strcmp(pattern, "@saved") == 0 ? vars->values[KB_LOADER_LAST_BOOTED]
							 : pattern;
}

size_t kb_bls_choose(const struct kb_loader_conf *conf, const struct kb_loader_vars *vars,
		     const struct kb_bls_key *keys, size_t n, enum kb_loader_var *ret_by)
{
	const char *const *var = vars->values;
	const struct {
		const char *pattern;
		bool may_be_bad;
		enum kb_loader_var by;
	} wishes[] = {
		{var[KB_LOADER_ONE_SHOT], true, KB_LOADER_ONE_SHOT},
		{var[KB_LOADER_PREFERRED], false, KB_LOADER_PREFERRED},
		{conf->preferred, false, KB_N_LOADER_VARS},
		{saved(vars, var[KB_LOADER_DEFAULT]), true, KB_LOADER_DEFAULT},
		{saved(vars, conf->wanted), true, KB_N_LOADER_VARS},
		{conf->file ? "*" : NULL, true, KB_N_LOADER_VARS},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(wishes); i++) {
		size_t at = find(wishes[i].pattern, wishes[i].may_be_bad, keys, n);

		*ret_by = wishes[i].by;
		if (at < n) {
			return at;
		}
	}
	*ret_by = KB_N_LOADER_VARS;
	return n;
}

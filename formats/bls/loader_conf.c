/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bls/loader_conf.h"

#include <errno.h>
#include <fnmatch.h>

static const char *seconds(struct kb_arena *arena, struct kb_str value)
{
	uint64_t n;

	if (kb_str_eq(value, KB_STR("menu-force"))) {
		return NULL;
	}
	/* menu-hidden, menu-disabled, and what is no number: at once. */
	return kb_str_to_u64(value, &n) < 0 ? "0" : kb_arena_str(arena, value);
}

struct parsing {
	struct kb_arena *arena;
	struct loader_conf *conf;
};

static int take_key(void *ctx, struct kb_str key, struct kb_str value, unsigned line)
{
	const struct parsing *p = ctx;

	if (kb_str_eq(key, KB_STR("default"))) {
		p->conf->pattern = kb_arena_str(p->arena, value);
		return p->conf->pattern ? 0 : -ENOMEM;
	}
	if (kb_str_eq(key, KB_STR("timeout"))) {
		p->conf->timeout = seconds(p->arena, value);
		p->conf->timeout_line = line;
	}
	return 0;
}

int loader_conf_parse(struct kb_arena *arena, const char *file, struct kb_str text,
		      struct conf_diags *diags, struct loader_conf *ret_conf)
{
	struct parsing parsing = {arena, ret_conf};

	*ret_conf = (struct loader_conf){.timeout = "0"};
	return bls_each_key(file, text, diags, take_key, &parsing);
}

/* As it is called, and as older loaders called it: without .conf. */
static bool fits(const char *pattern, const struct bls_entry *entry)
{
	const char *suffix = strrchr(entry->id, '.');
	char stem[256];

	(void)snprintf(stem, sizeof(stem), "%.*s", suffix ? (int)(suffix - entry->id) : 0,
		       entry->id);
	return fnmatch(pattern, entry->id, FNM_CASEFOLD) == 0 ||
	       fnmatch(pattern, stem, FNM_CASEFOLD) == 0;
}

const struct bls_entry *loader_conf_choose(const struct loader_conf *conf,
					   struct bls_entry *const *entries, size_t n)
{
	for (size_t i = 0; conf->pattern && i < n; i++) {
		if (entries[i]->is_whole && fits(conf->pattern, entries[i])) {
			return entries[i];
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (entries[i]->is_whole && !bls_entry_is_bad(entries[i])) {
			return entries[i];
		}
	}
	return NULL;
}

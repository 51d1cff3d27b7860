/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "older.h"

#include <errno.h>

#include "source.h"

enum { KEPT_VERSIONS = 2 };

/* An entry whose title has its kernel's version in it. */
struct kernel {
	const struct kb_entry *entry;
	uint64_t source;
	struct kb_str system; /* what stands before the version */
	struct kb_str version;
	size_t at; /* in the list */
};

static bool in_version(char c)
{
	return kb_is_letter(c) || kb_is_digit(c) || (c && strchr("._+~-", c));
}

/* The longest word of the title that looks like a version and is in the kernel's name too: the
 * version of a distribution is not. What is only expected has no kernel yet. */
static struct kb_str find_version(const struct kb_entry *entry)
{
	struct kb_str rest = kb_str_from(entry->title);
	struct kb_str name = kb_str_from(entry->kernel);
	struct kb_str version = {0};

	while (rest.len > 0) {
		size_t len = 0;

		while (len < rest.len && in_version(rest.data[len])) {
			len++;
		}
		if (len > version.len && kb_is_digit(rest.data[0]) &&
		    (memchr(rest.data, '.', len) || memchr(rest.data, '-', len)) &&
		    (entry->is_predicted || memmem(name.data, name.len, rest.data, len))) {
			version = kb_str_head(rest, len);
		}
		rest = kb_str_skip(rest, len > 0 ? len : 1);
	}
	return version;
}

/* "Debian GNU/Linux 12" of "Debian GNU/Linux 12, Linux 6.1.0-18-amd64" and "Debian GNU/Linux 12
 * (6.1.0-18-amd64)". */
static struct kb_str find_system(const struct kb_entry *entry, struct kb_str version)
{
	const struct kb_str linux_word = KB_STR(", Linux");
	struct kb_str system = kb_str_of(entry->title, (size_t)(version.data - entry->title));

	while (system.len > 0 && strchr(" (,-", system.data[system.len - 1])) {
		system.len--;
	}
	if (kb_str_ends(system, linux_word)) {
		system.len -= linux_word.len;
	}
	return system;
}

static bool has_word(struct kb_str text, struct kb_str word)
{
	for (size_t i = 0; i + word.len <= text.len; i++) {
		if (kb_str_eq_nocase(kb_str_head(kb_str_skip(text, i), word.len), word) &&
		    (i == 0 || !kb_is_letter(text.data[i - 1])) &&
		    (i + word.len == text.len || !kb_is_letter(text.data[i + word.len]))) {
			return true;
		}
	}
	return false;
}

static bool is_recovery(const struct kb_entry *entry)
{
	const struct kb_str title = kb_str_from(entry->title);

	return has_word(title, KB_STR("rescue")) || has_word(title, KB_STR("recovery")) ||
	       has_word(title, KB_STR("fallback"));
}

/* What could be put away: who wrote a kboot.conf, or a menu with submenus, meant its order. */
static bool is_candidate(const struct kb_entry *entry)
{
	return entry->n_path == 0 && entry->title && (entry->kernel || entry->is_predicted) &&
	       !entry->hidden && kb_source_kind(entry) != KB_SOURCE_CONFIGURATION &&
	       kb_source_kind(entry) != KB_SOURCE_SESSION;
}

static int by_system(const void *a, const void *b)
{
	const struct kernel *x = a;
	const struct kernel *y = b;
	int order = (x->source > y->source) - (x->source < y->source);

	order = order ? order : kb_str_compare(x->system, y->system);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static size_t collect(const struct kb_entry *entries, size_t n_entries, struct kernel *kernels)
{
	size_t n = 0;

	for (size_t i = 0; i < n_entries; i++) {
		const struct kb_entry *entry = &entries[i];
		struct kb_str version;

		if (!is_candidate(entry) || is_recovery(entry) || entry->n_problems > 0 ||
		    entry->tries_left == 0) {
			continue;
		}
		version = find_version(entry);
		if (version.len > 0) {
			kernels[n++] = (struct kernel){entry, kb_source_print(entry, false),
						       find_system(entry, version), version, i};
		}
	}
	qsort(kernels, n, sizeof(*kernels), by_system);
	return n;
}

static bool same_system(const struct kernel *a, const struct kernel *b)
{
	return a->source == b->source && kb_str_eq(a->system, b->system);
}

static const char *make_title(struct kb_arena *arena, struct kb_str system)
{
	if (system.len == 0 || kb_str_eq(system, KB_STR("Linux"))) {
		return kb_arena_strdup(arena, "Older kernels");
	}
	return kb_arena_printf(arena, "Older kernels of %.*s", KB_STR_ARG(system));
}

/* Titles for the kernels of one system but for those that stay; the first kernel's place gets the
 * title in any case where there is a submenu, in systems. */
static int put_away(struct kb_arena *arena, const struct kernel *kernels, size_t n,
		    const char **titles, const char **systems)
{
	const char *title = NULL;
	size_t n_versions = 0;

	for (size_t i = 0; i < n; i++) {
		n_versions += i == 0 || !kb_str_eq(kernels[i].version, kernels[i - 1].version);
		if (n_versions <= KEPT_VERSIONS) {
			continue;
		}
		title = title ? title : make_title(arena, kernels[i].system);
		if (!title) {
			return -ENOMEM;
		}
		titles[kernels[i].at] = kernels[i].entry->is_default ? NULL : title;
	}
	for (size_t i = 0; title && i < n; i++) {
		systems[kernels[i].at] = title;
	}
	return 0;
}

/* A recovery entry goes with the system before it, if that has a submenu and begins its title. */
static void put_recoveries(const struct kb_entry *entries, size_t n_entries,
			   const char *const *systems, const char **titles)
{
	size_t before = n_entries;

	for (size_t i = 0; i < n_entries; i++) {
		const struct kb_entry *entry = &entries[i];
		struct kb_str system;

		if (systems[i]) {
			before = i;
		}
		if (before == n_entries || entry->is_default || !is_candidate(entry) ||
		    !is_recovery(entry) ||
		    kb_source_print(entry, false) != kb_source_print(&entries[before], false)) {
			continue;
		}
		system = find_system(&entries[before], find_version(&entries[before]));
		if (kb_str_starts(kb_str_from(entry->title), system)) {
			titles[i] = systems[before];
		}
	}
}

int kb_older_find(struct kb_arena *arena, const struct kb_entry *entries, size_t n_entries,
		  const char ***ret_titles)
{
	const char **titles = kb_arena_array(arena, n_entries, sizeof(*titles));
	const char **systems = kb_arena_array(arena, n_entries, sizeof(*systems));
	KB_FREE struct kernel *kernels =
		titles && systems ? calloc(n_entries + 1, sizeof(*kernels)) : NULL;
	size_t n;
	int r = 0;

	if (!kernels) {
		return -ENOMEM;
	}
	n = collect(entries, n_entries, kernels);
	for (size_t i = 0, end; r == 0 && i < n; i = end) {
		for (end = i + 1; end < n && same_system(&kernels[i], &kernels[end]); end++) {
		}
		r = put_away(arena, &kernels[i], end - i, titles, systems);
	}
	put_recoveries(entries, n_entries, systems, titles);
	*ret_titles = titles;
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * URLs that stand for files: those below a prefix are the files below a folder.
 * For app and core, in a simulation and in tests.
 * Must not open anything, and must not follow a name out of a folder: whoever opens it does so by a
 * tree of that folder.
 */
#ifndef KBOOT_FETCH_URL_MAP_H
#define KBOOT_FETCH_URL_MAP_H

#include "kboot/fetch/url.h"

struct kb_url_map {
	const char *prefix; /* a whole URL, without a query */
	const char *dir;
};

/* The prefix of a map: -EINVAL and the like, with a sentence. */
KB_MUST_CHECK int kb_url_map_check(const char *prefix, struct kb_error *err);
/*
 * The file that a URL stands for: *ret_map has its folder, that of the longest prefix; *ret_path
 * is its path there, with a slash before and without dot segments. Its query is left aside.
 * -ENOENT: none of the maps has it; -EINVAL and the like: it is no URL; -ENOMEM.
 */
KB_MUST_CHECK int kb_url_map_find(const struct kb_url_map *maps, size_t n_maps,
				  struct kb_arena *arena, const char *url,
				  const struct kb_url_map **ret_map, const char **ret_path,
				  struct kb_error *err);

#endif

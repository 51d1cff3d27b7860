/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/model/fstab.h"

#include <string.h>

#include "kboot/base/str.h"

const struct kb_fstab_line *kb_fstab_at(const struct kb_fstab *fstab, const char *dir)
{
	for (size_t i = fstab->n_lines; i > 0; i--) {
		if (strcmp(fstab->lines[i - 1].dir, dir) == 0) {
			return &fstab->lines[i - 1];
		}
	}
	return NULL;
}

bool kb_fstab_is_boot(const struct kb_fstab_line *line)
{
	return !line->is_bind &&
	       (strcmp(line->dir, "/boot") == 0 || strcmp(line->dir, "/efi") == 0 ||
		strcmp(line->dir, "/boot/efi") == 0);
}

const struct kb_fstab_line *kb_fstab_covering(const struct kb_fstab *fstab, const char *path,
					      const char **ret_rest)
{
	const struct kb_fstab_line *best = NULL;
	size_t best_len = 1;

	for (size_t i = 0; i < fstab->n_lines; i++) {
		const struct kb_fstab_line *line = &fstab->lines[i];
		size_t len = strlen(line->dir);

		if (len >= best_len && len > 1 && kb_path_below(path, line->dir)) {
			best = line;
			best_len = len;
		}
	}
	if (best) {
		*ret_rest = path + best_len;
	}
	return best;
}

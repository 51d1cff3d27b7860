/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "credentials.h"

#include <errno.h>
#include <fcntl.h>

#include "kboot/base/netrc.h"
#include "kboot/base/tree.h"

/* No server of this kind tells capital letters in a name from others. */
static bool same(const char *a, const char *b)
{
	return kb_str_eq_nocase(kb_str_from(a), kb_str_from(b));
}

/* "DOMAIN\USER"; *ret_domain empty: none is said. */
static struct kb_str split_login(const char *login, struct kb_str *ret_domain)
{
	struct kb_str text = kb_str_from(login);
	size_t end = kb_str_find(text, '\\');

	*ret_domain = end < text.len ? kb_str_head(text, end) : (struct kb_str){0};
	return end < text.len ? kb_str_skip(text, end + 1) : text;
}

static bool is_for(const struct kb_netrc_entry *entry, const struct kb_smb_place *place)
{
	struct kb_str domain;
	struct kb_str user;

	if (!entry->machine || !entry->login || !same(entry->machine, place->host)) {
		return false;
	}
	user = split_login(entry->login, &domain);
	return !place->user || (kb_str_eq_nocase(user, kb_str_from(place->user)) &&
				(!place->domain || domain.len == 0 ||
				 kb_str_eq_nocase(domain, kb_str_from(place->domain))));
}

static int take(struct kb_arena *arena, const struct kb_netrc_entry *entry,
		struct kb_smb_user *ret_user)
{
	struct kb_smb_user user = *ret_user;
	struct kb_str domain;
	struct kb_str name = split_login(entry->login, &domain);

	user.user = kb_arena_str(arena, name);
	user.password = entry->password;
	if (domain.len > 0) {
		user.domain = kb_arena_str(arena, domain);
	}
	if (!user.user || (domain.len > 0 && !user.domain)) {
		return -ENOMEM;
	}
	*ret_user = user;
	return 0;
}

int kb_credentials_choose(struct kb_arena *arena, struct kb_str netrc,
			  const struct kb_smb_place *place, struct kb_smb_user *ret_user)
{
	struct kb_netrc reader = {.arena = arena, .rest = netrc};
	struct kb_netrc_entry entry;
	int r = kb_netrc_next(&reader, &entry);

	while (r > 0 && !is_for(&entry, place)) {
		r = kb_netrc_next(&reader, &entry);
	}
	return r > 0 ? take(arena, &entry, ret_user) : r;
}

int kb_credentials_find(struct kb_arena *arena, const struct kb_smb_place *place,
			struct kb_smb_user *ret_user)
{
	KB_CLOSE int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct kb_tree own = {.root_fd = root};
	KB_BUF struct kb_buf text = {0};
	int r = kb_tree_read(&own, KB_NETRC, KB_NETRC_MAX_BYTES, &text);

	if (r < 0) {
		return r == -ENOMEM ? r : 0;
	}
	return kb_credentials_choose(arena, kb_buf_view(&text), place, ret_user);
}

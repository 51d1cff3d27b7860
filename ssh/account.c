/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/ssh/account.h"

#include "kboot/base/cleanup.h"

static bool can_be_checked(struct kb_str hash)
{
	static const char *const kinds[] = {"$6$", "$2a$", "$2b$", "$2y$"};

	for (size_t i = 0; i < KB_ARRAY_LEN(kinds); i++) {
		if (kb_str_starts(hash, kb_str_from(kinds[i]))) {
			return true;
		}
	}
	return false;
}

bool kb_ssh_has_password(struct kb_str passwd)
{
	struct kb_str line;

	while (kb_str_next_line(&passwd, &line)) {
		struct kb_str name;
		struct kb_str hash;

		if (kb_str_next_until(&line, ':', &name) && kb_str_eq(name, KB_STR(KB_SSH_USER))) {
			/* As getpwnam(3): the first of that name counts. */
			return kb_str_next_until(&line, ':', &hash) && can_be_checked(hash);
		}
	}
	return false;
}

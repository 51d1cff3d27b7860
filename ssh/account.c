/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/ssh/account.h"

#include <fcntl.h>
#include <unistd.h>

#include "kboot/base/cleanup.h"
#include "kboot/base/tree.h"

enum { PASSWD_BYTES = 64 << 10 };

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

bool kb_ssh_is_password_set(void)
{
	KB_CLOSE int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	KB_BUF struct kb_buf passwd = {0};

	return fd >= 0 && kb_read_all(fd, PASSWD_BYTES, &passwd) == 0 &&
	       kb_ssh_has_password(kb_buf_view(&passwd));
}

enum kb_ssh_session kb_ssh_session_of(const gid_t *groups, size_t n)
{
	enum kb_ssh_session session = KB_SSH_NO_SESSION;

	for (size_t i = 0; i < n; i++) {
		if (groups[i] == KB_SSH_GROUP_RESTRICTED) {
			return KB_SSH_RESTRICTED;
		}
		session = groups[i] == KB_SSH_GROUP ? KB_SSH_SESSION : session;
	}
	return session;
}

enum kb_ssh_session kb_ssh_session_here(void)
{
	gid_t groups[KB_SSH_MAX_GROUPS];
	int n = getgroups(KB_SSH_MAX_GROUPS, groups);

	return n < 0 ? KB_SSH_RESTRICTED : kb_ssh_session_of(groups, (size_t)n);
}

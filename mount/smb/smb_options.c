/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kboot/mount/smb.h"

int kb_smb_source(const struct kb_smb_place *place, char *ret_text, size_t size)
{
	int n = snprintf(ret_text, size, "//%s/%s", place->host, place->share);

	return n >= 0 && (size_t)n < size ? 0 : -ENAMETOOLONG;
}

/* The kernel's client takes two commas for one that belongs to the value; where the mistake is must
 * not say what the value was. */
static int put(struct kb_buf *out, const char *name, const char *value, struct kb_error *err)
{
	if (strlen(value) > KB_SMB_MAX_WORD) {
		return kb_error_set(err, -ENAMETOOLONG, "its %s is longer than %d bytes", name,
				    KB_SMB_MAX_WORD);
	}
	kb_buf_printf(out, ",%s=", name);
	for (; *value; value++) {
		if ((unsigned char)*value < 0x20 || *value == 0x7f) {
			return kb_error_set(err, -EINVAL, "a control character in its %s", name);
		}
		kb_buf_str(out, kb_str_of(value, 1));
		if (*value == ',') {
			kb_buf_str(out, KB_STR(","));
		}
	}
	return 0;
}

int kb_smb_options(struct kb_buf *out, const struct kb_smb_place *place,
		   const struct kb_smb_user *user, const char *address, struct kb_error *err)
{
	int r = 0;

	/* A connection of its own, so that what another mount has come to does not count; nothing
	 * is waited for without end; links to other servers would need a helper program. */
	kb_buf_printf(
		out,
		"vers=default,ip=%s,port=%u,soft,nosharesock,nodfs,echo_interval=%d,iocharset=utf8",
		address, place->port ? place->port : KB_SMB_PORT, KB_SMB_ECHO_S);
	if (!user->user) {
		kb_buf_str(out, KB_STR(",sec=none,user="));
	} else {
		r = put(out, "user", user->user, err);
		r = r < 0 || !user->domain ? r : put(out, "domain", user->domain, err);
		r = r < 0 ? r : put(out, "pass", user->password ? user->password : "", err);
	}
	return r == 0 && kb_buf_error(out) < 0 ? kb_error_no_memory(err) : r;
}

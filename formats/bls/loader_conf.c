/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bls/loader_conf.h"

#include <errno.h>

struct parsing {
	struct kb_arena *arena;
	struct loader_conf *conf;
};

/* Of those that nothing is done with. */
static bool is_known(struct kb_str key)
{
	static const char *const others[] = {
		"console-mode",
		"editor",
		"auto-entries",
		"auto-firmware",
		"auto-reboot",
		"auto-poweroff",
		"beep",
		"secure-boot-enroll",
		"reboot-for-bitlocker",
		"random-seed-mode",
		"reboot-on-error",
		"log-level",
		"secure-boot-enroll-action",
		"secure-boot-enroll-timeout-sec",
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(others); i++) {
		if (kb_str_eq(key, kb_str_from(others[i]))) {
			return true;
		}
	}
	return false;
}

static int take_key(void *ctx, struct kb_str key, struct kb_str value, unsigned line)
{
	const struct parsing *p = ctx;
	const char **text = kb_str_eq(key, KB_STR("default"))     ? &p->conf->says.wanted
			    : kb_str_eq(key, KB_STR("preferred")) ? &p->conf->says.preferred
			    : kb_str_eq(key, KB_STR("timeout"))   ? &p->conf->timeout
								  : NULL;

	if (!text) {
		return !is_known(key);
	}
	*text = kb_arena_str(p->arena, value);
	if (!*text) {
		return -ENOMEM;
	}
	if (text == &p->conf->timeout) {
		*text = kb_bls_timeout(*text);
		p->conf->timeout_line = line;
	}
	return 0;
}

int loader_conf_parse(struct kb_arena *arena, const char *file, struct kb_str text,
		      struct conf_diags *diags, struct loader_conf *ret_conf)
{
	struct parsing parsing = {arena, ret_conf};

	*ret_conf = (struct loader_conf){.says.file = file, .timeout = "0"};
	return bls_each_key(file, text, diags, take_key, &parsing);
}

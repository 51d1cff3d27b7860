/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings that a script makes, and that a person types. */
#include <errno.h>

#include "ask.h"
#include "commands.h"
#include "expand.h"
#include "options.h"

static const struct ipxe_option none[] = {{NULL, 0, false}};

static int set(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	int r = ipxe_options(x, args, none, 1, SIZE_MAX, &options);
	const char *value = r == IPXE_OK ? ipxe_join_words(x, args, options.first + 1) : NULL;

	return value ? ipxe_store(x, args->words[options.first], value) : r;
}

static int clear(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	int r = ipxe_options(x, args, none, 1, 1, &options);

	return r == IPXE_OK ? ipxe_store(x, args->words[options.first], "") : r;
}

static int inc(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	int64_t more = 1;
	int r = ipxe_options(x, args, none, 1, 2, &options);
	char **words = args->words + options.first;

	if (r != IPXE_OK) {
		return r;
	}
	if (options.n > 1 && ipxe_number(kb_str_from(words[1]), &more) < 0) {
		return ipxe_fail(x, IPXE_INVALID, "inc %s %s: it is no number", words[0], words[1]);
	}
	r = ipxe_settings_add(&x->settings, kb_str_from(words[0]), more);
	if (r == -ENOMEM) {
		(void)ipxe_check(x, NULL);
		return IPXE_OK;
	}
	return r < 0 ? ipxe_fail(x, r == -ENOTSUP ? IPXE_UNSUPPORTED : IPXE_INVALID,
				 "inc %s: it is no number (set %s:int32 0 makes it one)", words[0],
				 words[0])
		     : IPXE_OK;
}

static int show(struct ipxe *x, const struct ipxe_words *args)
{
	KB_BUF struct kb_buf text = {0};
	struct ipxe_options options;
	int r = ipxe_options(x, args, none, 1, 1, &options);

	if (r != IPXE_OK) {
		return r;
	}
	kb_buf_printf(&text, "%s = ", args->words[options.first]);
	if (!ipxe_settings_get(&x->settings, kb_str_from(args->words[options.first]), &text)) {
		return ipxe_fail(x, IPXE_MISSING, "show %s: it is not set",
				 args->words[options.first]);
	}
	kb_buf_putc(&text, '\n');
	ipxe_print(x, kb_buf_view(&text));
	return IPXE_OK;
}

static int read_(struct ipxe *x, const struct ipxe_words *args)
{
	static const struct ipxe_option spec[] = {{"secret", 's', false}, {NULL, 0, false}};
	struct ipxe_options options;
	int r = ipxe_options(x, args, spec, 1, 1, &options);

	return r == IPXE_OK ? ipxe_ask(x, args->words[options.first], args->words[options.first],
				       options.values[0] ? KB_IPXE_ASK_SECRET : KB_IPXE_ASK_LINE)
			    : r;
}

static int login(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	int r = ipxe_options(x, args, none, 0, 0, &options);

	r = r == IPXE_OK ? ipxe_ask(x, "username", "Username", KB_IPXE_ASK_LINE) : r;
	return r == IPXE_OK && !x->is_done ? ipxe_ask(x, "password", "Password", KB_IPXE_ASK_SECRET)
					   : r;
}

/* Who fetches by the name that is then in the URL looks it up. */
static int nslookup(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	int r = ipxe_options(x, args, none, 2, 2, &options);

	return r == IPXE_OK
		       ? ipxe_store(x, args->words[options.first], args->words[options.first + 1])
		       : r;
}

const struct ipxe_command ipxe_setting_commands[] = {
	{"set", set},    {"clear", clear}, {"inc", inc},           {"show", show},
	{"read", read_}, {"login", login}, {"nslookup", nslookup}, {NULL, NULL},
};

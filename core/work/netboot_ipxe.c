/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "netboot_ipxe.h"

#include <errno.h>
#include <sys/utsname.h>

#include "kboot/formats/ipxe.h"

static enum kb_ipxe_file look(void *ctx, const char *url, const char *post, enum kb_ipxe_use use,
			      struct kb_str *ret_text)
{
	const struct kb_netboot_script *s = ctx;
	struct kb_error quiet = {0};
	int r;

	/* A form is sent for what is read here and now only. */
	if (use != KB_IPXE_RUN) {
		return post ? KB_IPXE_ABSENT : KB_IPXE_OTHER;
	}
	r = kb_netboot_script(s->files, url, post, ret_text, &quiet);
	return r == 0                         ? KB_IPXE_SCRIPT
	       : r == -ENOEXEC || r == -EFBIG ? KB_IPXE_OTHER
					      : KB_IPXE_ABSENT;
}

static const char *join(void *ctx, struct kb_arena *arena, const char *base, const char *text)
{
	(void)ctx;
	return kb_url_join(arena, base, text);
}

struct walk {
	const struct kb_netboot_script *script;
	const char *url;
};

static int take_leaf(void *ctx, const struct kb_ipxe_leaf *leaf)
{
	const struct walk *walk = ctx;
	const struct kb_netboot_script *s = walk->script;
	struct kb_entry entry;
	int r = kb_ipxe_entry(s->arena, walk->url, leaf, &entry);

	return r < 0 ? r : s->entry(s->ctx, &entry);
}

static int64_t wait_of(const struct kb_ipxe_result *first)
{
	if (first->end == KB_IPXE_MENU && first->menu.timeout_ms > 0) {
		return (int64_t)first->menu.timeout_ms;
	}
	return first->end == KB_IPXE_BOOTS ? 0 : -1;
}

int kb_netboot_run(const struct kb_netboot_script *script, const char *url, struct kb_str text,
		   int64_t *ret_wait_ms)
{
	struct walk walk = {script, url};
	struct kb_ipxe_host host = {.ctx = (void *)script,
				    .look = look,
				    .join = join,
				    .diags = script->diags};
	struct kb_ipxe_result first;
	struct utsname name;
	int r = kb_ipxe_machine(script->arena, uname(&name) == 0 ? name.machine : "",
				script->lease->vars, script->lease->n_vars, &host.settings,
				&host.n_settings);

	r = r < 0 ? r : kb_ipxe_walk(script->arena, url, text, &host, take_leaf, &walk, &first);
	if (r == 0) {
		*ret_wait_ms = wait_of(&first);
	}
	return r;
}

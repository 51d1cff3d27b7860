/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All ways through the menus of a script. */
#include <errno.h>

#include "kboot/formats/ipxe.h"

enum { MAX_ANSWERS = 16, MAX_MENUS = 256, MAX_RUNS = 2000, MAX_DIAGS = 256 };

struct walk {
	const char *url;
	struct kb_str text;
	struct kb_ipxe_host host;
	int (*leaf)(void *ctx, const struct kb_ipxe_leaf *leaf);
	void *ctx;
	struct kb_ipxe_answer answers[MAX_ANSWERS];
	const char *titles[MAX_ANSWERS]; /* of the items that were chosen */
	size_t n_titles;
	uint64_t menus[MAX_MENUS]; /* that were walked: "back" leads to one */
	size_t n_menus;
	size_t n_runs;
	struct kb_diag_sink diags;
	uint64_t said[MAX_DIAGS];
	size_t n_said;
};

/* False: it was there already, or there are too many. */
static bool is_new(uint64_t *all, size_t *n, size_t max, uint64_t new)
{
	for (size_t i = 0; i < *n; i++) {
		if (all[i] == new) {
			return false;
		}
	}
	if (*n == max) {
		return false;
	}
	all[(*n)++] = new;
	return true;
}

/* What several ways have in common is said once. */
static void take_diag(void *ctx, const struct kb_diag *diag)
{
	struct walk *w = ctx;
	uint64_t of = kb_str_fingerprint(diag->at.line, kb_str_from(diag->at.file));

	if (w->diags.report && is_new(w->said, &w->n_said, MAX_DIAGS,
				      kb_str_fingerprint(of, kb_str_from(diag->text)))) {
		w->diags.report(w->diags.ctx, diag);
	}
}

/* The script up to its first menu, or its end: questions on the way are answered as they stand. */
static int run(struct walk *w, struct kb_arena *arena, struct kb_ipxe_result *ret_result)
{
	int r = -ENOMEM;

	do {
		const struct kb_ipxe_question *asked = &ret_result->question;

		r = kb_ipxe_run(arena, w->url, w->text, &w->host, ret_result);
		w->n_runs++;
		if (r < 0 || ret_result->end != KB_IPXE_ASK || w->host.n_answers == MAX_ANSWERS) {
			return r;
		}
		w->answers[w->host.n_answers++] =
			(struct kb_ipxe_answer){.text = asked->value,
						.is_refused = asked->kind == KB_IPXE_ASK_KEY &&
							      asked->timeout_ms > 0};
	} while (w->n_runs < MAX_RUNS);
	return r;
}

static uint64_t fingerprint(const struct kb_ipxe_result *result)
{
	uint64_t of = kb_str_fingerprint(result->at.line, kb_str_from(result->menu.title));

	for (size_t i = 0; i < result->menu.n_items; i++) {
		of = kb_str_fingerprint(of, kb_str_from(result->menu.items[i].label));
		of = kb_str_fingerprint(of, kb_str_from(result->menu.items[i].text));
	}
	return of;
}

static const char *title_of(const struct kb_ipxe_item *item)
{
	return item && item->text[strspn(item->text, " \t")]
		       ? item->text + strspn(item->text, " \t")
	       : item ? item->label
		      : NULL;
}

static int give(const struct walk *w, const struct kb_ipxe_result *result,
		const struct kb_ipxe_item *item, bool is_default)
{
	struct kb_ipxe_leaf leaf = {
		.result = result,
		.titles = w->titles,
		.n_titles = w->n_titles > 0 ? w->n_titles - 1 : 0,
		.text = title_of(item),
		.label = item ? item->label : NULL,
		.key = item ? item->key : 0,
		.is_default = is_default,
	};

	return w->leaf(w->ctx, &leaf);
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than MAX_ANSWERS. */
static int visit(struct walk *w, const struct kb_ipxe_item *item, bool is_default)
{
	size_t n_answers = w->host.n_answers;
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_result result = {0};
	int r = run(w, &arena, &result);
	bool is_menu = r == 0 && result.end == KB_IPXE_MENU && w->host.n_answers < MAX_ANSWERS;
	bool is_walked = is_menu && !is_new(w->menus, &w->n_menus, MAX_MENUS, fingerprint(&result));
	size_t here = w->host.n_answers;

	if (r == 0 && (!is_menu || (is_walked && result.missing))) {
		r = give(w, &result, item, is_default);
	}
	is_menu = is_menu && !is_walked;
	for (size_t i = 0; is_menu && r == 0 && i < result.menu.n_items && w->n_runs < MAX_RUNS;
	     i++) {
		const struct kb_ipxe_item *next = &result.menu.items[i];

		if (next->label) {
			w->answers[here].text = next->label;
			w->answers[here].is_refused = false;
			w->host.n_answers = here + 1;
			w->titles[w->n_titles++] = title_of(next);
			r = visit(w, next, is_default && i == result.menu.chosen);
			w->n_titles--;
		}
	}
	w->host.n_answers = n_answers;
	return r;
}

int kb_ipxe_walk(struct kb_arena *arena, const char *url, struct kb_str text,
		 const struct kb_ipxe_host *host,
		 int (*leaf)(void *ctx, const struct kb_ipxe_leaf *leaf), void *ctx,
		 struct kb_ipxe_result *ret_first)
{
	struct walk walk = {.url = url, .text = text, .host = *host, .leaf = leaf, .ctx = ctx};
	int r;

	walk.host.answers = walk.answers;
	walk.host.n_answers = 0;
	walk.diags = host->diags;
	walk.host.diags = (struct kb_diag_sink){take_diag, &walk};
	r = run(&walk, arena, ret_first);
	walk.host.n_answers = 0;
	return r < 0 ? r : visit(&walk, NULL, true);
}

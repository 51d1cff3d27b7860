/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "images.h"

#include <errno.h>
#include <stdlib.h>

#include "execute.h"

#define PARAMS "##params"

struct ipxe_image *ipxe_image_find(const struct ipxe *x, const char *name)
{
	struct ipxe_image *at = x->images;

	while (at && strcmp(at->is.name, name) != 0) {
		at = at->next;
	}
	return at;
}

static void link_last(struct ipxe *x, struct ipxe_image *image)
{
	struct ipxe_image **at = &x->images;

	while (*at) {
		at = &(*at)->next;
	}
	image->next = NULL;
	*at = image;
}

void ipxe_image_free(struct ipxe *x, struct ipxe_image *image)
{
	struct ipxe_image **at = &x->images;

	while (*at && *at != image) {
		at = &(*at)->next;
	}
	if (*at) {
		*at = image->next;
		x->n_images--;
	}
	if (x->selected == image) {
		x->selected = NULL;
	}
}

/* The last part of a URL's path. */
static struct kb_str last_part(const char *url)
{
	struct kb_str path = kb_str_of(url, strcspn(url, "?#"));

	for (size_t i = path.len; i > 0; i--) {
		if (path.data[i - 1] == '/') {
			return kb_str_skip(path, i);
		}
	}
	return path;
}

/* "URL##params[=NAME]": what is posted. */
static int take_params(struct ipxe *x, const char *text, size_t *ret_len, const char **ret_post)
{
	const char *at = strstr(text, PARAMS);
	const char *name = at && at[strlen(PARAMS)] == '=' ? at + strlen(PARAMS) + 1 : "";
	const struct ipxe_params *params = x->params;

	*ret_len = at ? (size_t)(at - text) : strlen(text);
	*ret_post = NULL;
	while (at && params && strcmp(params->name, name) != 0) {
		params = params->next;
	}
	if (at && !params) {
		return ipxe_fail(x, IPXE_MISSING, "%s: there are no such parameters", text);
	}
	*ret_post = at ? params->post : NULL;
	return IPXE_OK;
}

/* Is the file there? What is not known yet ends the run. */
static int look(struct ipxe *x, const struct kb_ipxe_image *image, enum kb_ipxe_use use,
		struct kb_str *ret_text, enum kb_ipxe_file *ret_file)
{
	*ret_file = x->host->look(x->host->ctx, image->url, image->post, use, ret_text);
	if (*ret_file == KB_IPXE_UNKNOWN) {
		ipxe_end(x, KB_IPXE_NEEDS, "%s", image->url);
		x->result->post = image->post ? kb_arena_strdup(x->arena, image->post) : NULL;
	}
	x->missing = *ret_file == KB_IPXE_ABSENT ? image->url : x->missing;
	return *ret_file == KB_IPXE_ABSENT
		       ? ipxe_fail(x, IPXE_MISSING, "%s: it cannot be had", image->url)
		       : IPXE_OK;
}

static int fill(struct ipxe *x, const char *text, const char *name, struct ipxe_image *image)
{
	KB_ARENA struct kb_arena arena = {0};
	size_t len;
	int r = take_params(x, text, &len, &image->is.post);
	const char *written = kb_arena_str(&arena, kb_str_of(text, len));
	const char *url = r == IPXE_OK && written
				  ? x->host->join(x->host->ctx, &x->kept,
						  x->frame ? x->frame->script->url : "", written)
				  : NULL;

	if (r == IPXE_OK && !url) {
		return ipxe_fail(x, IPXE_INVALID, "%s: it is no URL that kboot knows", text);
	}
	if (r == IPXE_OK) {
		image->is.url = url;
		image->is.name = name ? ipxe_keep(x, name)
				      : ipxe_check(x, kb_arena_str(&x->kept, last_part(url)));
		image->is.mode = KB_IPXE_MODE;
	}
	return r;
}

int ipxe_image_add(struct ipxe *x, const char *url, const char *name, struct ipxe_image **ret_image)
{
	struct ipxe_image *image = ipxe_alloc(x, sizeof(*image));
	struct ipxe_image *old;
	enum kb_ipxe_file file;
	struct kb_str text;
	int r;

	*ret_image = NULL;
	if (x->n_images == IPXE_MAX_IMAGES) {
		return ipxe_fail(x, IPXE_TOO_LARGE, "more than %d files", IPXE_MAX_IMAGES);
	}
	if (!image) {
		return IPXE_OK;
	}
	r = fill(x, url, name, image);
	if (r == IPXE_OK && !x->is_done) {
		r = look(x, &image->is, KB_IPXE_LOAD, &text, &file);
	}
	if (r != IPXE_OK || x->is_done) {
		return r;
	}
	old = ipxe_image_find(x, image->is.name);
	if (old) {
		ipxe_image_free(x, old);
	}
	link_last(x, image);
	x->n_images++;
	*ret_image = image;
	return IPXE_OK;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* The script that an image is; *ret_script NULL: it is none. */
static int find_script(struct ipxe *x, const struct kb_ipxe_image *image, enum kb_ipxe_use use,
		       const struct ipxe_script **ret_script)
{
	struct ipxe_text *at = x->texts;
	enum kb_ipxe_file file;
	struct kb_str text;
	int r;

	while (at && !(strcmp(at->url, image->url) == 0 && is_same(at->post, image->post))) {
		at = at->next;
	}
	if (at && at->script) {
		*ret_script = at->script;
		return IPXE_OK;
	}
	*ret_script = NULL;
	r = look(x, image, use, &text, &file);
	if (r != IPXE_OK || x->is_done || file != KB_IPXE_SCRIPT) {
		return r;
	}
	at = x->n_texts < IPXE_MAX_TEXTS ? ipxe_alloc(x, sizeof(*at)) : NULL;
	if (!at) {
		return ipxe_fail(x, IPXE_TOO_LARGE, "more than %d scripts", IPXE_MAX_TEXTS);
	}
	r = ipxe_script_parse(&x->kept, image->url, text, &at->script);
	if (r == -EFBIG) {
		return ipxe_fail(x, IPXE_TOO_LARGE, "%s: the script is too long", image->url);
	}
	(void)ipxe_check(x, r < 0 ? NULL : at);
	*at = (struct ipxe_text){x->texts, image->url, image->post, r < 0 ? NULL : at->script};
	x->texts = at;
	x->n_texts++;
	*ret_script = at->script;
	ipxe_refill(x);
	return IPXE_OK;
}

static void boot(struct ipxe *x, struct ipxe_image *image)
{
	ipxe_image_free(x, image);
	image->next = NULL;
	x->selected = image;
	ipxe_end(x, KB_IPXE_BOOTS, NULL);
}

static void note_signature(struct ipxe *x, const struct kb_ipxe_image *image)
{
	struct ipxe_signed *at = x->signed_scripts;

	while (at && !(strcmp(at->is.url, image->url) == 0 &&
		       is_same(at->is.signature, image->signature))) {
		at = at->next;
	}
	at = at || !image->signature ? NULL : ipxe_alloc(x, sizeof(*at));
	if (at) {
		*at = (struct ipxe_signed){x->signed_scripts, *image};
		x->signed_scripts = at;
		x->n_signed++;
	}
}

/* It is no image of the list while it runs. */
static int run_script(struct ipxe *x, struct ipxe_image *image, const struct ipxe_script *script,
		      bool autofree, struct ipxe_image **ret_replacement)
{
	int status;

	note_signature(x, &image->is);
	ipxe_image_free(x, image);
	status = ipxe_execute_script(x, script);
	*ret_replacement = x->is_done ? NULL : x->replacement;
	x->replacement = NULL;
	if (*ret_replacement) {
		return status;
	}
	if (!autofree && !ipxe_image_find(x, image->is.name) && !x->is_done) {
		link_last(x, image);
		x->n_images++;
	}
	return status;
}

/* One of the scripts, each in place of the one before; *image is NULL after the last. */
/* NOLINTNEXTLINE(misc-no-recursion): scripts in each other are counted. */
static int run_one(struct ipxe *x, struct ipxe_image **image, enum kb_ipxe_use use, bool autofree)
{
	struct ipxe_image *now = *image;
	const struct ipxe_script *script = NULL;
	int r = find_script(x, &now->is, use, &script);

	*image = NULL;
	if (r != IPXE_OK || x->is_done) {
		return r;
	}
	now->is_script = script != NULL;
	if (x->wants_trust && !now->is.signature) {
		return ipxe_fail(x, IPXE_DENIED, "%s: it has no signature, and imgtrust wants one",
				 now->is.url);
	}
	if (script) {
		return run_script(x, now, script, autofree, image);
	}
	boot(x, now);
	return IPXE_OK;
}

/* NOLINTNEXTLINE(misc-no-recursion): scripts in each other are counted. */
int ipxe_image_run(struct ipxe *x, struct ipxe_image *image, enum kb_ipxe_use use, bool autofree)
{
	int r = run_one(x, &image, use, autofree);

	while (image) {
		r = run_one(x, &image, KB_IPXE_RUN, false);
	}
	return r;
}

void ipxe_image_place(struct ipxe *x, struct ipxe_image *image)
{
	struct kb_str rest = kb_str_from(image->is.args);
	struct kb_str word;
	int64_t value;

	if (!kb_str_next_word(&rest, &word)) {
		return;
	}
	image->is.path = ipxe_check(x, kb_arena_str(&x->kept, word));
	while (kb_str_next_word(&rest, &word)) {
		if (kb_str_starts(word, KB_STR("mode="))) {
			char octal[16];

			(void)snprintf(octal, sizeof(octal), "%.*s",
				       KB_STR_ARG(kb_str_skip(word, strlen("mode="))));
			image->is.mode = (unsigned)strtoul(octal, NULL, 8) & 07777;
		} else if (kb_str_starts(word, KB_STR("mkdir=")) &&
			   ipxe_number(kb_str_skip(word, strlen("mkdir=")), &value) == 0) {
			image->is.mkdir = (int)value;
		}
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: what is loaded, run and forgotten. */
#include "commands.h"
#include "expand.h"
#include "images.h"
#include "options.h"

enum { NAME, TIMEOUT, AUTOFREE, REPLACE };

static const struct ipxe_option spec[] = {
	{"name", 'n', true},     {"timeout", 't', true}, {"autofree", 'a', false},
	{"replace", 'r', false}, {NULL, 0, false},
};

static const struct ipxe_option none[] = {{NULL, 0, false}};

/* One that the script has already, else it is loaded; what follows are its arguments. */
static int acquire(struct ipxe *x, const struct ipxe_words *args,
		   const struct ipxe_options *options, bool may_have, struct ipxe_image **ret_image)
{
	const char *word = args->words[options->first];
	const char *text = ipxe_join_words(x, args, options->first + 1);
	unsigned timeout = 0;
	int r = ipxe_option_number(x, options->values[TIMEOUT], &timeout);

	*ret_image = may_have ? ipxe_image_find(x, word) : NULL;
	if (r == IPXE_OK && !*ret_image) {
		r = ipxe_image_add(x, word, options->values[NAME], ret_image);
	}
	if (*ret_image && options->values[NAME]) {
		(*ret_image)->is.name = ipxe_keep(x, options->values[NAME]);
	}
	if (*ret_image && text && text[0]) {
		(*ret_image)->is.args = ipxe_keep(x, text);
	}
	return r;
}

static int fetch(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	struct ipxe_image *image = NULL;
	int r = ipxe_options(x, args, spec, 1, SIZE_MAX, &options);

	r = r == IPXE_OK ? acquire(x, args, &options, false, &image) : r;
	if (image && image->is.args) {
		ipxe_image_place(x, image);
	}
	return r;
}

static int select_(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	struct ipxe_image *image = NULL;
	int r = ipxe_options(x, args, spec, 1, SIZE_MAX, &options);

	r = r == IPXE_OK ? acquire(x, args, &options, true, &image) : r;
	if (image) {
		x->selected = image;
	}
	return r;
}

static int run(struct ipxe *x, const struct ipxe_words *args, bool is_chain)
{
	struct ipxe_options options;
	struct ipxe_image *image = NULL;
	int r = ipxe_options(x, args, spec, 0, SIZE_MAX, &options);
	bool was_loaded;

	if (r == IPXE_OK && options.n == 0) {
		image = x->selected;
	} else if (r == IPXE_OK) {
		r = acquire(x, args, &options, true, &image);
	}
	if (r == IPXE_OK && !image && !x->is_done) {
		/* iPXE takes that for a success. */
		ipxe_print(x, KB_STR("No image selected\n"));
		ipxe_warn(x, "%s: no image is selected", args->words[0]);
	}
	if (r != IPXE_OK || !image) {
		return r;
	}
	if (options.values[REPLACE]) {
		x->replacement = image;
		x->frame->is_over = true;
		return IPXE_OK;
	}
	was_loaded = !is_chain && image == x->selected;
	r = ipxe_image_run(x, image, was_loaded ? KB_IPXE_BOOT : KB_IPXE_RUN,
			   options.values[AUTOFREE] != NULL);
	if (r != IPXE_OK && options.values[AUTOFREE]) {
		ipxe_image_free(x, image);
	}
	return r;
}

static int chain(struct ipxe *x, const struct ipxe_words *args)
{
	return run(x, args, true);
}

static int boot(struct ipxe *x, const struct ipxe_words *args)
{
	return run(x, args, false);
}

static int imgargs(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	struct ipxe_image *image = NULL;
	int r = ipxe_options(x, args, spec, 1, SIZE_MAX, &options);

	r = r == IPXE_OK ? acquire(x, args, &options, true, &image) : r;
	if (image && options.n == 1) {
		image->is.args = NULL;
	}
	return r;
}

static int imgfree(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	int r = ipxe_options(x, args, none, 0, SIZE_MAX, &options);

	while (r == IPXE_OK && options.n == 0 && x->images) {
		ipxe_image_free(x, x->images);
	}
	for (size_t i = options.first; r == IPXE_OK && i < args->n; i++) {
		struct ipxe_image *image = ipxe_image_find(x, args->words[i]);

		if (!image) {
			return ipxe_fail(x, IPXE_MISSING, "imgfree %s: there is no such image",
					 args->words[i]);
		}
		ipxe_image_free(x, image);
	}
	return r;
}

static int imgstat(struct ipxe *x, const struct ipxe_words *args)
{
	(void)args;
	for (const struct ipxe_image *at = x->images; at; at = at->next) {
		KB_BUF struct kb_buf text = {0};

		kb_buf_printf(&text, "%s :%s%s%s%s%s\n", at->is.name,
			      at->is_script ? " [script]" : "",
			      at == x->selected ? " [SELECTED]" : "", at->is.args ? " \"" : "",
			      at->is.args ? at->is.args : "", at->is.args ? "\"" : "");
		ipxe_print(x, kb_buf_view(&text));
	}
	return IPXE_OK;
}

static int imgtrust(struct ipxe *x, const struct ipxe_words *args)
{
	static const struct ipxe_option trust[] = {{"allow", 'a', false},
						   {"permanent", 'p', false},
						   {NULL, 0, false}};
	struct ipxe_options options;
	int r = ipxe_options(x, args, trust, 0, 0, &options);

	if (r == IPXE_OK) {
		x->wants_trust = !options.values[0];
	}
	return r;
}

/* Whoever fetches the file checks it. */
static int imgverify(struct ipxe *x, const struct ipxe_words *args)
{
	static const struct ipxe_option verify[] = {
		{"signer", 's', true},
		{"timeout", 't', true},
		{"keep", 'k', false},
		{NULL, 0, false},
	};
	struct ipxe_options options;
	struct ipxe_image *image;
	struct ipxe_image *signature = NULL;
	int r = ipxe_options(x, args, verify, 2, 2, &options);

	if (r != IPXE_OK) {
		return r;
	}
	image = ipxe_image_find(x, args->words[options.first]);
	if (!image) {
		r = ipxe_image_add(x, args->words[options.first], NULL, &image);
	}
	if (r == IPXE_OK && !x->is_done) {
		r = ipxe_image_add(x, args->words[options.first + 1], NULL, &signature);
	}
	if (r == IPXE_OK && image && signature) {
		image->is.signature = signature->is.url;
		ipxe_image_free(x, signature);
	}
	return r;
}

const struct ipxe_command ipxe_image_commands[] = {
	{"kernel", select_},    {"imgselect", select_},   {"imgload", select_},
	{"initrd", fetch},      {"module", fetch},        {"imgfetch", fetch},
	{"chain", chain},       {"boot", boot},           {"imgexec", boot},
	{"imgargs", imgargs},   {"imgfree", imgfree},     {"imgstat", imgstat},
	{"imgtrust", imgtrust}, {"imgverify", imgverify}, {NULL, NULL},
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of a script, and what it ends with. */
#include <errno.h>

#include "commands.h"
#include "execute.h"
#include "images.h"

static char *copy(struct ipxe *x, const char *text)
{
	return text ? ipxe_check(x, kb_arena_strdup(x->arena, text)) : NULL;
}

static struct kb_ipxe_image copy_image(struct ipxe *x, const struct kb_ipxe_image *image)
{
	struct kb_ipxe_image new = *image;

	new.url = copy(x, image->url);
	new.post = copy(x, image->post);
	new.name = copy(x, image->name);
	new.args = copy(x, image->args);
	new.signature = copy(x, image->signature);
	new.path = copy(x, image->path);
	return new;
}

/* "initrd=NAME" of an image tells EFI's stub where its initrd is: kexec hands them over itself. */
static bool is_for_efi(const struct ipxe *x, struct kb_str word)
{
	static const struct kb_str key = KB_STR("initrd=");
	struct kb_str name = kb_str_skip(word, key.len);

	if (!kb_str_starts(word, key)) {
		return false;
	}
	for (const struct ipxe_image *at = x->images; at; at = at->next) {
		if (kb_str_eq(name, kb_str_from(at->is.name))) {
			return true;
		}
	}
	return kb_str_eq(name, KB_STR("initrd.magic"));
}

static const char *kernel_args(struct ipxe *x)
{
	struct kb_str rest = kb_str_from(x->selected->is.args);
	KB_BUF struct kb_buf args = {0};
	struct kb_str word;

	while (kb_str_next_word(&rest, &word)) {
		if (!is_for_efi(x, word)) {
			kb_buf_puts(&args, args.len > 0 ? " " : "");
			kb_buf_str(&args, word);
		}
	}
	return ipxe_check(x, kb_buf_error(&args) < 0 ? NULL
						     : kb_arena_str(x->arena, kb_buf_view(&args)));
}

/* Scripts that ran stay images, and no initrds. */
static void take_boot(struct ipxe *x)
{
	struct kb_ipxe_result *result = x->result;
	struct kb_ipxe_image *initrds =
		ipxe_check(x, kb_arena_array(x->arena, x->n_images, sizeof(*initrds)));
	struct kb_ipxe_image *scripts =
		ipxe_check(x, kb_arena_array(x->arena, x->n_signed, sizeof(*scripts)));

	for (const struct ipxe_image *at = x->images; initrds && at; at = at->next) {
		if (!at->is_script) {
			initrds[result->n_initrds++] = copy_image(x, &at->is);
		}
	}
	for (const struct ipxe_signed *at = x->signed_scripts; scripts && at; at = at->next) {
		scripts[result->n_signed_scripts++] = copy_image(x, &at->is);
	}
	result->initrds = initrds;
	result->signed_scripts = scripts;
	result->kernel = copy_image(x, &x->selected->is);
	result->args = kernel_args(x);
}

static void take_output(struct ipxe *x)
{
	x->result->output = ipxe_check(x, kb_arena_str(x->arena, kb_buf_view(&x->output)));
	x->result->n_answers = x->n_answers;
	x->result->missing = copy(x, x->missing);
}

/* A value that a type cannot hold is left aside. */
static void fill_settings(struct ipxe *x)
{
	for (size_t i = 0; i < x->host->n_settings; i++) {
		struct kb_str text = kb_str_from(x->host->settings[i]);
		size_t equals = kb_str_find(text, '=');

		if (ipxe_settings_set(&x->settings, kb_str_head(text, equals),
				      kb_str_skip(text, equals + 1)) == -ENOMEM) {
			(void)ipxe_check(x, NULL);
		}
	}
}

/* A script that ends gives the machine back to its firmware. */
static void run(struct ipxe *x, const struct ipxe_script *script)
{
	int status = ipxe_execute_script(x, script);

	while (x->replacement && !x->is_done) {
		struct ipxe_image *next = x->replacement;

		x->replacement = NULL;
		status = ipxe_image_run(x, next, KB_IPXE_RUN, false);
	}
	if (status != IPXE_OK && !x->has_exited && !x->is_done) {
		x->at = x->failed_at;
		ipxe_end(x, KB_IPXE_FAILED, "%s", x->failure);
	}
	ipxe_end(x, KB_IPXE_LOCAL, NULL);
}

int kb_ipxe_run(struct kb_arena *arena, const char *url, struct kb_str text,
		const struct kb_ipxe_host *host, struct kb_ipxe_result *ret_result)
{
	struct kb_ipxe_result result = {0};
	struct ipxe x = {
		.host = host,
		.result = &result,
		.arena = arena,
		.find_command = ipxe_command_find,
		.kept = {.max_bytes = IPXE_MAX_MEMORY},
		.at = {.file = url},
	};
	const struct ipxe_script *script = NULL;
	int r;

	x.settings.arena = &x.kept;
	fill_settings(&x);
	r = kb_ipxe_is_script(text) ? ipxe_script_parse(&x.kept, url, text, &script) : 0;
	if (r == -ENOMEM) {
		(void)ipxe_check(&x, NULL);
	} else if (!script) {
		ipxe_end(&x, KB_IPXE_FAILED,
			 r < 0 ? "the script is too long" : "it is no script of iPXE");
	} else if (!x.is_done) {
		run(&x, script);
	}
	if (result.end == KB_IPXE_BOOTS && !x.is_out_of_memory) {
		take_boot(&x);
	}
	take_output(&x);
	result.at.file = copy(&x, result.at.file);
	ipxe_done(&x);
	if (x.is_out_of_memory) {
		return -ENOMEM;
	}
	*ret_result = result;
	return 0;
}

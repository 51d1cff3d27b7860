/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * golden_ipxe ipxe FOLDER: runs FOLDER/main.ipxe as tftp://10.0.2.2/CASE/main.ipxe, with its other
 * files beside it, on the machine that QEMU plays for iPXE itself; says what it prints and how it
 * ends. Questions are answered as the script says it for nobody who answers, else by the lines of
 * FOLDER/answers ("-": Escape).
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "kboot/base/escape.h"
#include "kboot/base/tree.h"
#include "kboot/fetch/url_map.h"
#include "kboot/formats/ipxe.h"

enum { MAX_BYTES = 1 << 20, MAX_ANSWERS = 32 };

static const char *const lease[] = {
	"mac=52:54:00:12:34:56", "ip=10.0.2.15",      "subnet=255.255.255.0",
	"router=10.0.2.2",       "dns=10.0.2.3",      "siaddr=10.0.2.2",
	"boot_file=boot.ipxe",   "serverid=10.0.2.2", "platform=pcbios",
	"buildarch=i386",        "version=1.0.0",     "uuid=00000000-0000-0000-0000-000000000000",
	"manufacturer=QEMU",
};

struct machine {
	struct kb_arena arena;
	struct kb_url_map map;
	struct kb_tree tree;
	struct kb_str said; /* what is left of the answers */
	struct kb_ipxe_answer answers[MAX_ANSWERS];
	size_t n_answers;
};

static int read_file(struct machine *m, const char *path, struct kb_str *ret_text)
{
	KB_BUF struct kb_buf text = {0};
	int r = kb_tree_read(&m->tree, path, MAX_BYTES, &text);

	if (r == 0) {
		*ret_text = kb_str_of(kb_arena_str(&m->arena, kb_buf_view(&text)), text.len);
	}
	return r;
}

static enum kb_ipxe_file look(void *ctx, const char *url, const char *post, enum kb_ipxe_use use,
			      struct kb_str *ret_text)
{
	struct machine *m = ctx;
	const struct kb_url_map *map;
	const char *path;
	struct kb_error err;

	if (post && use == KB_IPXE_RUN) {
		printf("POST %s to %s\n", post, url);
	}
	if (kb_url_map_find(&m->map, 1, &m->arena, url, &map, &path, &err) < 0) {
		return use == KB_IPXE_RUN ? KB_IPXE_UNKNOWN : KB_IPXE_OTHER;
	}
	if (read_file(m, path, ret_text) < 0) {
		return KB_IPXE_ABSENT;
	}
	return kb_ipxe_is_script(*ret_text) ? KB_IPXE_SCRIPT : KB_IPXE_OTHER;
}

static const char *join(void *ctx, struct kb_arena *arena, const char *base, const char *text)
{
	struct kb_url from;
	struct kb_url url;

	(void)ctx;
	return kb_url_parse(arena, kb_str_from(base), NULL, &from, NULL) == 0 &&
			       kb_url_parse(arena, kb_str_from(text), &from, &url, NULL) == 0
		       ? kb_url_print(arena, &url)
		       : NULL;
}

/* An answer of the case, else what happens where nobody is. */
static bool answer(struct machine *m, const struct kb_ipxe_result *result)
{
	struct kb_ipxe_answer *new = &m->answers[m->n_answers];
	bool is_menu = result->end == KB_IPXE_MENU;
	struct kb_str line;

	if ((!is_menu && result->end != KB_IPXE_ASK) || m->n_answers == MAX_ANSWERS) {
		return false;
	}
	if (kb_str_next_line(&m->said, &line)) {
		new->text = kb_arena_str(&m->arena, line);
		new->is_refused = kb_str_eq(line, KB_STR("-"));
	} else if (is_menu ? result->menu.timeout_ms : result->question.timeout_ms) {
		new->text = is_menu ? result->menu.items[result->menu.chosen].label : "";
		new->is_refused = !is_menu;
	} else {
		return false;
	}
	m->n_answers++;
	return true;
}

static const char *text_of(const char *text)
{
	return text ? text : "(none)";
}

static void say_image(const char *what, const struct kb_ipxe_image *image)
{
	printf("%s %s\n", what, image->url);
	if (image->path) {
		printf("  file %s mode %o mkdir %d\n", image->path, image->mode, image->mkdir);
	}
	if (image->signature) {
		printf("  signature %s\n", image->signature);
	}
}

static void say_menu(const struct kb_ipxe_menu *menu)
{
	printf("title %s, timeout %u ms\n", menu->title, menu->timeout_ms);
	for (size_t i = 0; i < menu->n_items; i++) {
		const struct kb_ipxe_item *item = &menu->items[i];

		printf("%c %s: %s", i == menu->chosen ? '*' : ' ', text_of(item->label),
		       item->text);
		printf(item->key ? ", key 0x%x\n" : "\n", item->key);
	}
}

static void say(const struct kb_ipxe_result *result)
{
	static const char *const ends[] = {
		"local", "boots", "menu",   "ask",      "needs",
		"san",   "shell", "reboot", "poweroff", "failed",
	};

	kb_print_escaped_lines(stdout, result->output);
	printf("END %s at %s:%u:%u: %s, slept %u s\n", ends[result->end], text_of(result->at.file),
	       result->at.line, result->at.column, text_of(result->text), result->sleep_s);
	if (result->end == KB_IPXE_BOOTS) {
		say_image("kernel", &result->kernel);
		printf("  args %s\n", result->args);
	}
	for (size_t i = 0; i < result->n_initrds; i++) {
		say_image("initrd", &result->initrds[i]);
	}
	for (size_t i = 0; i < result->n_signed_scripts; i++) {
		say_image("script", &result->signed_scripts[i]);
	}
	if (result->end == KB_IPXE_MENU) {
		say_menu(&result->menu);
	} else if (result->end == KB_IPXE_ASK) {
		printf("asks %s for %s, now %s, key 0x%x, timeout %u ms\n", result->question.text,
		       text_of(result->question.variable), text_of(result->question.value),
		       result->question.key, result->question.timeout_ms);
	}
}

static void take_diag(void *ctx, const struct kb_diag *d)
{
	(void)ctx;
	kb_print_escaped(stdout, "%s:%u:%u: %s", d->at.file, d->at.line, d->at.column, d->text);
}

int main(int argc, char **argv)
{
	struct machine m = {.tree = {.name = ""}};
	struct kb_ipxe_host host = {.ctx = &m, .look = look, .join = join, .answers = m.answers};
	struct kb_ipxe_result result = {0};
	const char *folder = argc == 3 ? argv[2] : ".";
	const char *name = strrchr(folder, '/') ? strrchr(folder, '/') + 1 : folder;
	struct kb_str text;
	char *url;
	int r;

	m.tree.root_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	url = kb_arena_printf(&m.arena, "tftp://10.0.2.2/%s", name);
	m.map = (struct kb_url_map){url, folder};
	(void)read_file(&m, "answers", &m.said);
	r = read_file(&m, "main.ipxe", &text);
	r = r == 0 ? kb_ipxe_lease(&m.arena, lease, KB_ARRAY_LEN(lease), &host.settings,
				   &host.n_settings)
		   : r;
	url = kb_arena_printf(&m.arena, "%s/main.ipxe", url);
	while (r == 0) {
		r = kb_ipxe_run(&m.arena, url, text, &host, &result);
		if (r < 0 || !answer(&m, &result)) {
			break;
		}
		host.n_answers = m.n_answers;
	}
	if (r == 0) {
		host.diags.report = take_diag;
		r = kb_ipxe_run(&m.arena, url, text, &host, &result);
		say(&result);
	}
	(void)close(m.tree.root_fd);
	kb_arena_done(&m.arena);
	return r < 0;
}

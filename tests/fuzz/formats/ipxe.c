/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scripts of iPXE, cut at lines of "===": the first one runs, the others are what its URLs lead to.
 * Each way through their menus comes to an end, which is complete; and a run with the same answers
 * is the same run.
 */
#include <string.h>

#include "fuzz.h"
#include "kboot/formats/ipxe.h"

enum { MAX_TEXTS = 4, MAX_LEAVES = 20000 };

struct input {
	struct kb_str texts[MAX_TEXTS];
	size_t n_texts;
	size_t n_leaves;
	size_t n_defaults;
};

static enum kb_ipxe_file look(void *ctx, const char *url, const char *post, enum kb_ipxe_use use,
			      struct kb_str *ret_text)
{
	const struct input *input = ctx;
	size_t len = strlen(url);
	size_t i = len > 0 ? (unsigned char)url[len - 1] % (MAX_TEXTS + 2) : 0;

	(void)post;
	FUZZ_CHECK(use <= KB_IPXE_RUN);
	if (i < input->n_texts) {
		*ret_text = input->texts[i];
		return kb_ipxe_is_script(*ret_text) ? KB_IPXE_SCRIPT : KB_IPXE_OTHER;
	}
	return i == MAX_TEXTS       ? KB_IPXE_UNKNOWN
	       : i == MAX_TEXTS + 1 ? KB_IPXE_ABSENT
				    : KB_IPXE_OTHER;
}

static const char *join(void *ctx, struct kb_arena *arena, const char *base, const char *text)
{
	(void)ctx;
	FUZZ_CHECK(base != NULL);
	return strchr(text, ' ') ? NULL : kb_arena_strdup(arena, text);
}

static void check_image(const struct kb_ipxe_image *image)
{
	FUZZ_CHECK(image->url && image->name && image->mode <= 07777);
}

static void check(const struct kb_ipxe_result *result)
{
	FUZZ_CHECK(result->output);
	switch (result->end) {
	case KB_IPXE_BOOTS:
		check_image(&result->kernel);
		FUZZ_CHECK(result->args);
		for (size_t i = 0; i < result->n_initrds; i++) {
			check_image(&result->initrds[i]);
		}
		return;
	case KB_IPXE_MENU:
		FUZZ_CHECK(result->menu.title && result->menu.chosen < result->menu.n_items &&
			   result->menu.items[result->menu.chosen].label);
		return;
	case KB_IPXE_ASK:
		FUZZ_CHECK(result->question.text);
		FUZZ_CHECK((result->question.kind == KB_IPXE_ASK_KEY) !=
			   (result->question.variable != NULL));
		return;
	case KB_IPXE_NEEDS:
	case KB_IPXE_SANBOOT:
	case KB_IPXE_FAILED:
		FUZZ_CHECK(result->text && result->at.file);
		return;
	default:
		return;
	}
}

static int take_leaf(void *ctx, const struct kb_ipxe_leaf *leaf)
{
	KB_ARENA struct kb_arena arena = {0};
	struct input *input = ctx;
	struct kb_entry entry;

	check(leaf->result);
	FUZZ_CHECK(kb_ipxe_entry(&arena, "u", leaf, &entry) == 0);
	FUZZ_CHECK(entry.title && (entry.kernel || entry.command || entry.n_problems > 0));
	FUZZ_CHECK(++input->n_leaves <= MAX_LEAVES);
	input->n_defaults += leaf->is_default;
	return 0;
}

static void cut(struct kb_str text, struct input *input)
{
	static const struct kb_str line = KB_STR("\n===\n");

	while (input->n_texts < MAX_TEXTS && text.len > 0) {
		size_t len = 0;

		while (len < text.len && !kb_str_starts(kb_str_skip(text, len), line)) {
			len++;
		}
		input->texts[input->n_texts++] = kb_str_head(text, len);
		text = kb_str_skip(text, len + line.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lease[] = {"mac=00:11:22:33:44:55", "ip=10.0.0.2", "bootfile=x",
					    "siaddr=10.0.0.1",       "opt175=0102", "platform=efi"};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_host host = {.look = look, .join = join};
	struct kb_ipxe_result first;
	struct kb_ipxe_result again;
	struct input input = {0};

	cut(kb_str_of(data ? (const char *)data : "", size), &input);
	host.ctx = &input;
	FUZZ_CHECK(kb_ipxe_lease(&arena, lease, KB_ARRAY_LEN(lease), &host.settings,
				 &host.n_settings) == 0);
	FUZZ_CHECK(kb_ipxe_walk(&arena, "u", input.texts[0], &host, take_leaf, &input, &first) ==
		   0);
	FUZZ_CHECK(input.n_defaults <= 1);
	check(&first);
	FUZZ_CHECK(kb_ipxe_run(&arena, "u", input.texts[0], &host, &again) == 0);
	FUZZ_CHECK(first.end == KB_IPXE_MENU || first.end == again.end || again.end == KB_IPXE_ASK);
	FUZZ_CHECK(strncmp(first.output, again.output, strlen(again.output)) == 0);
	return 0;
}

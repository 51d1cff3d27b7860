/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "execute.h"

#include "expand.h"

int ipxe_execute_words(struct ipxe *x, const struct ipxe_words *args)
{
	const struct ipxe_command *command = args->n > 0 ? x->find_command(args->words[0]) : NULL;
	int status = IPXE_OK;

	if (command) {
		status = command->run(x, args);
	} else if (args->n > 0) {
		ipxe_print(x, kb_str_from(args->words[0]));
		ipxe_print(x, KB_STR(": command not found\n"));
		ipxe_warn(x, "%s: no such command", args->words[0]);
		status = ipxe_fail(x, IPXE_NO_EXEC, "%s: no such command", args->words[0]);
	}
	if (status != IPXE_OK) {
		x->error = status;
	}
	return status;
}

enum after { AFTER_END, AFTER_OR, AFTER_AND, AFTER_ALWAYS };

/* Does the command behind it run? */
static bool goes_on(enum after after, int status)
{
	return after == AFTER_ALWAYS || (after == AFTER_OR && status != IPXE_OK) ||
	       (after == AFTER_AND && status == IPXE_OK);
}

/* Takes the words of one command off *rest, as they are written. A word that begins with '#' ends
 * the line. */
static enum after next_command(struct kb_str *rest, struct kb_str *words, size_t *ret_n)
{
	struct kb_str word;

	*ret_n = 0;
	while (kb_str_next_word(rest, &word)) {
		if (word.data[0] == '#') {
			break;
		}
		if (kb_str_eq(word, KB_STR("||"))) {
			return AFTER_OR;
		}
		if (kb_str_eq(word, KB_STR("&&"))) {
			return AFTER_AND;
		}
		if (kb_str_eq(word, KB_STR(";"))) {
			return AFTER_ALWAYS;
		}
		if (*ret_n < IPXE_MAX_WORDS) {
			words[(*ret_n)++] = word;
		}
	}
	return AFTER_END;
}

static int expand_and_run(struct ipxe *x, const struct kb_str *words, size_t n)
{
	KB_ARENA struct kb_arena arena = {.max_bytes = IPXE_MAX_MEMORY};
	struct ipxe_words args = {.arena = &arena, .n = n};

	args.words = ipxe_check(x, kb_arena_array(&arena, n + 1, sizeof(*args.words)));
	for (size_t i = 0; args.words && i < n; i++) {
		args.words[i] = ipxe_expand(x, &arena, words[i]);
		if (!args.words[i]) {
			return IPXE_TOO_LARGE;
		}
	}
	return args.words && ipxe_spend(x, 1) ? ipxe_execute_words(x, &args) : IPXE_TOO_LARGE;
}

static int run_line(struct ipxe *x, struct kb_str line)
{
	size_t max_words = line.len < IPXE_MAX_WORDS ? line.len + 1 : IPXE_MAX_WORDS;
	KB_ARENA struct kb_arena arena = {0};
	struct kb_str *words = ipxe_check(x, kb_arena_array(&arena, max_words, sizeof(*words)));
	unsigned column = x->at.column;
	struct kb_str rest = line;
	enum after after = AFTER_ALWAYS;
	int status = IPXE_OK;
	bool runs = true;

	while (words && after != AFTER_END && !x->is_done && !x->frame->is_over &&
	       !x->frame->is_jumping) {
		size_t n;

		after = next_command(&rest, words, &n);
		x->at.column = column + (n > 0 ? (unsigned)(words[0].data - line.data) : 0);
		if (runs) {
			status = expand_and_run(x, words, n);
		}
		runs = goes_on(after, status);
	}
	return status;
}

int ipxe_execute_script(struct ipxe *x, const struct ipxe_script *script)
{
	struct ipxe_frame frame = {.outer = x->frame, .script = script};
	struct ipxe_frame *outer = x->frame;
	struct kb_position at = x->at;
	int status = IPXE_OK;

	if (x->depth == IPXE_MAX_DEPTH) {
		return ipxe_fail(x, IPXE_TOO_LARGE, "more than %d scripts in each other",
				 IPXE_MAX_DEPTH);
	}
	x->depth++;
	x->frame = &frame;
	while (status == IPXE_OK && frame.next_line < script->n_lines && !frame.is_over &&
	       ipxe_spend(x, 1)) {
		const struct ipxe_line *line = &script->lines[frame.next_line++];

		frame.is_jumping = false;
		x->at = (struct kb_position){script->url, line->number, line->column};
		status = line->is_cut
				 ? ipxe_fail(x, IPXE_INVALID, "the script ends with a backslash")
				 : run_line(x, line->command);
	}
	x->depth--;
	x->frame = outer;
	x->at = at;
	x->has_exited = frame.is_over;
	return status;
}

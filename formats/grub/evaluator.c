/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evaluator.h"

#include <errno.h>

#include "expand.h"
#include "tree_names.h"

/* --- statements */

static int run_list(struct grub *g, const struct grub_node *list);

/* One level further into C's stack; false: too deep. */
static bool enter(struct grub *g)
{
	if (g->depth == GRUB_MAX_DEPTH) {
		grub_stop(g, GRUB_TROUBLE_DEPTH,
			  "functions and files call each other more than %d deep: the rest is "
			  "left out",
			  GRUB_MAX_DEPTH);
		return false;
	}
	g->depth++;
	return true;
}

static int call_function(struct grub *g, const struct grub_function *function,
			 struct grub_arguments *args)
{
	struct grub_scope scope = {args->words + 1, args->n - 1, true};
	struct grub_scope *outer = g->scope;
	unsigned loops = g->loops;
	int status = 0;

	if (enter(g)) {
		g->scope = &scope;
		g->loops = 0;
		status = run_list(g, function->body);
		g->scope = outer;
		g->loops = loops;
		g->depth--;
	}
	if (g->control == GRUB_RETURN) {
		g->control = GRUB_GO_ON;
		status = g->status;
	}
	return status;
}

static const struct grub_function *find_function(const struct grub *g, const char *name)
{
	const struct grub_function *f = g->functions;

	while (f && strcmp(f->name, name) != 0) {
		f = f->next;
	}
	return f;
}

static int assign(struct grub *g, const char *word)
{
	size_t equals = strcspn(word, "=");

	if (kb_is_digit(word[0])) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "`%.*s` is no name for a variable",
			    (int)equals, word);
		return 0;
	}
	grub_check(g, grub_variable_set(g->context, kb_str_of(word, equals), word + equals + 1,
					g->at));
	return 0;
}

/* *is_error: what ! turns into success whatever the status. */
static int look_up(struct grub *g, struct grub_arguments *args, const struct grub_node *node,
		   bool *is_error)
{
	const struct grub_command *command = g->find_command(args->words[0]);
	const struct grub_function *function;

	if (command) {
		return command->run(g, args, node);
	}
	function = find_function(g, args->words[0]);
	if (function) {
		return call_function(g, function, args);
	}
	if (strchr(args->words[0], '=')) {
		return assign(g, args->words[0]);
	}
	*is_error = true;
	grub_report(g, GRUB_TROUBLE_UNKNOWN, "there is no command %.64s: its line is skipped",
		    args->words[0]);
	return 0;
}

int grub_call(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	bool invert = args->n > 0 && strcmp(args->words[0], "!") == 0;
	bool is_error = false;
	int status;

	if (invert) {
		args->words++;
		args->n--;
	}
	if (args->n == 0) {
		if (invert) {
			grub_report(g, GRUB_TROUBLE_COMMAND, "no command behind the !");
		}
		return invert ? GRUB_BAD_ARGUMENT : 0;
	}
	status = look_up(g, args, node, &is_error);
	return invert ? status == 0 && !is_error : status;
}

static int run_command(struct grub *g, const struct grub_node *node)
{
	KB_ARENA struct kb_arena arena = {.account = &g->memory};
	struct grub_arguments args = {.arena = &arena};

	g->at = node->at;
	if (!grub_spend(g, 1)) {
		return 0;
	}
	grub_expand(g, node->words, &args, node->has_block ? &node->block : NULL);
	return g->is_stopped ? 0 : grub_call(g, &args, node);
}

/* True: the loop ends here. */
static bool leaves_loop(struct grub *g)
{
	bool ends = g->is_stopped || g->control == GRUB_RETURN;

	if (!ends && g->control != GRUB_GO_ON) {
		ends = g->control == GRUB_BREAK || g->levels > 1;
		if (--g->levels == 0) {
			g->control = GRUB_GO_ON;
		}
	}
	return ends;
}

static int run_while(struct grub *g, const struct grub_node *node)
{
	int status = 0;

	g->loops++;
	while (grub_spend(g, 1)) {
		status = run_list(g, node->condition);
		if (leaves_loop(g) || (status == 0) != (node->type == GRUB_WHILE)) {
			break;
		}
		status = run_list(g, node->body);
		if (leaves_loop(g)) {
			break;
		}
	}
	g->loops--;
	return status;
}

static int run_for(struct grub *g, const struct grub_node *node)
{
	KB_ARENA struct kb_arena arena = {.account = &g->memory};
	struct grub_arguments values = {.arena = &arena};
	int status = 0;

	g->at = node->at;
	grub_expand(g, node->words, &values, NULL);
	g->loops++;
	for (size_t i = 0; i < values.n && grub_spend(g, 1); i++) {
		grub_check(g, grub_variable_set(g->context, node->name, values.words[i], node->at));
		status = run_list(g, node->body);
		if (leaves_loop(g)) {
			break;
		}
	}
	g->loops--;
	return status;
}

static int run_if(struct grub *g, const struct grub_node *node)
{
	int status = run_list(g, node->condition);

	if (g->is_stopped || g->control != GRUB_GO_ON) {
		return status;
	}
	if (status == 0) {
		return run_list(g, node->body);
	}
	return node->otherwise ? run_list(g, node->otherwise) : 0;
}

/* The last definition of a name counts. */
static int define(struct grub *g, const struct grub_node *node)
{
	struct grub_function *function = kb_arena_alloc(&g->kept, sizeof(*function));
	char *name = kb_arena_str(&g->kept, node->name);

	if (!function || !name) {
		grub_check(g, -ENOMEM);
		return 0;
	}
	*function = (struct grub_function){name, node->body, g->functions};
	g->functions = function;
	g->n_functions++;
	return 0;
}

static int run_node(struct grub *g, const struct grub_node *node)
{
	switch (node->type) {
	case GRUB_COMMAND:
		return run_command(g, node);
	case GRUB_IF:
		return run_if(g, node);
	case GRUB_FOR:
		return run_for(g, node);
	case GRUB_WHILE:
	case GRUB_UNTIL:
		return run_while(g, node);
	case GRUB_FUNCTION:
		return define(g, node);
	}
	return 0;
}

static int run_list(struct grub *g, const struct grub_node *list)
{
	int status = 0;

	if (!enter(g)) {
		return 0;
	}
	for (; list && !g->is_stopped && g->control == GRUB_GO_ON; list = list->next) {
		status = run_node(g, list);
		if (list->type == GRUB_FUNCTION) {
			continue; /* a definition leaves $? alone */
		}
		if (g->control != GRUB_RETURN) {
			g->status = status;
		}
		g->has_status = true;
	}
	g->depth--;
	return status;
}

/* --- texts */

/* A line that defined functions is kept. */
static int run_line(struct grub *g, struct grub_lexer *lexer, int *status)
{
	struct grub_unit *unit = calloc(1, sizeof(*unit));
	size_t n_functions = g->n_functions;
	struct grub_node *list;
	struct kb_error err;
	int r;

	if (!unit) {
		return -ENOMEM;
	}
	unit->arena.account = &g->memory;
	g->at = (struct kb_position){lexer->source.file, lexer->source.line, 1};
	r = grub_parse_line(lexer, &unit->arena, &list, &err);
	if (r == -EINVAL || r == -ELOOP) {
		g->at.line = err.line;
		g->at.column = err.column;
		grub_report(g, r == -ELOOP ? GRUB_TROUBLE_DEPTH : GRUB_TROUBLE_SYNTAX, "%s",
			    err.text);
		r = 1;
	} else if (r > 0 && list) {
		*status = run_list(g, list);
	}
	if (g->n_functions != n_functions) {
		unit->next = g->units;
		g->units = unit;
	} else {
		kb_arena_done(&unit->arena);
		free(unit);
	}
	return r;
}

int grub_run(struct grub *g, const struct grub_source *source)
{
	struct grub_lexer lexer;
	struct kb_position at = g->at;
	int status = 0;
	int r = 1;

	grub_lexer_start(&lexer, source);
	while (r > 0 && !g->is_stopped && g->control == GRUB_GO_ON && grub_spend(g, 1)) {
		r = run_line(g, &lexer, &status);
		if (r < 0) {
			grub_check(g, r);
		}
	}
	if (!g->is_stopped) {
		g->at = at;
	}
	return status;
}

int grub_load(struct grub *g, const struct kb_tree *tree, const char *path,
	      struct grub_source *ret_source)
{
	KB_BUF struct kb_buf text = {0};
	size_t room = GRUB_MAX_FILES_BYTES - g->file_bytes;
	const char *file;
	char *kept;
	int r = kb_tree_read(tree, path, room < GRUB_MAX_FILE ? room : GRUB_MAX_FILE, &text);

	if (r < 0) {
		return r;
	}
	g->file_bytes += text.len;
	file = tree_canonical(&g->kept, tree, path);
	kept = kb_arena_str(&g->kept, kb_buf_view(&text));
	if (!file || !kept) {
		return -ENOMEM;
	}
	*ret_source = (struct grub_source){.text = kb_str_of(kept, text.len),
					   .file = file,
					   .line = 1,
					   .line_start = kept,
					   .is_file = true};
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables together, and the commands that are the language itself. */
#include "commands.h"

#include <errno.h>

#include "evaluator.h"

static const struct grub_command *find_in(const struct grub_command *table, const char *name)
{
	while (table->name && strcmp(table->name, name) != 0) {
		table++;
	}
	return table->name ? table : NULL;
}

const struct grub_command *grub_find_command(const char *name)
{
	const struct grub_command *const tables[] = {grub_language_commands, grub_boot_commands,
						     grub_device_commands, grub_file_commands,
						     grub_environment_commands};
	const struct grub_command *command = NULL;

	for (size_t i = 0; !command && i < KB_ARRAY_LEN(tables); i++) {
		command = find_in(tables[i], name);
	}
	return command;
}

bool grub_take_option(const struct grub_arguments *args, size_t *i, char letter, const char *name,
		      const char **value)
{
	const char *word = *i < args->n ? args->words[*i] : "";
	size_t len = name ? strlen(name) : 0;
	bool is_short = letter && word[0] == '-' && word[1] == letter && !word[2];
	bool is_long = name && word[0] == '-' && word[1] == '-' &&
		       strncmp(word + 2, name, len) == 0 &&
		       (!word[2 + len] || (value && word[2 + len] == '='));

	if (!is_short && !is_long) {
		return false;
	}
	if (value) {
		*value = NULL;
		if (is_long && word[2 + len] == '=') {
			*value = word + 2 + len + 1;
		} else if (*i + 1 < args->n && args->words[*i + 1][0] != '-') {
			*value = args->words[++*i];
		}
	}
	++*i;
	return true;
}

int grub_ignore(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)g;
	(void)args;
	(void)node;
	return 0;
}

int grub_need(struct grub *g, const struct grub_arguments *args, size_t n)
{
	if (args->n > n) {
		return 0;
	}
	grub_report(g, GRUB_TROUBLE_COMMAND, "%.64s: an argument is missing", args->words[0]);
	return GRUB_BAD_ARGUMENT;
}

static int is_true(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)g;
	(void)args;
	(void)node;
	return 0;
}

static int is_false(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)g;
	(void)args;
	(void)node;
	return GRUB_FALSE;
}

/* --- variables */

static int list_variable(void *ctx, const struct grub_variable *variable)
{
	struct grub *g = ctx;

	grub_print(g, kb_str_from(variable->name));
	grub_print(g, KB_STR("="));
	grub_print(g, kb_str_from(variable->value));
	grub_print(g, KB_STR("\n"));
	return g->is_stopped ? -E2BIG : 0;
}

static int set(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	const char *word = args->n > 1 ? args->words[1] : NULL;
	size_t equals = word ? strcspn(word, "=") : 0;

	(void)node;
	if (!word) {
		grub_check(g, grub_variables_each(g->context, list_variable, g));
		return 0;
	}
	if (!word[equals]) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "set: `%.64s` is no assignment", word);
		return GRUB_BAD_ARGUMENT;
	}
	grub_check(g, grub_variable_set(g->context, kb_str_of(word, equals), word + equals + 1,
					g->at));
	return 0;
}

static int unset(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	int status = grub_need(g, args, 1);

	(void)node;
	if (status == 0) {
		grub_check(g, grub_variable_unset(g->context, kb_str_from(args->words[1])));
	}
	return status;
}

static int export(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	int status = grub_need(g, args, 1);

	(void)node;
	for (size_t i = 1; i < args->n; i++) {
		grub_check(g, grub_variable_export(g->context, kb_str_from(args->words[i])));
	}
	return status;
}

/* increment, decrement: Fedora's. */
static int count(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	int status = grub_need(g, args, 1);
	char number[24];

	(void)node;
	if (status == 0) {
		long value = strtol(grub_get(g, args->words[1]), NULL, 10);

		value = value > INT32_MAX || value < -INT32_MAX ? 0 : value;
		(void)snprintf(number, sizeof(number), "%ld",
			       value + (args->words[0][0] == 'i' ? 1 : -1));
		grub_set(g, args->words[1], number);
	}
	return status;
}

static void give_text(struct grub *g, const char *name, const char *text)
{
	if (name) {
		grub_set(g, name, text);
	} else {
		grub_print(g, kb_str_from(text));
		grub_print(g, KB_STR("\n"));
	}
}

/* tr [--set=NAME] FROM TO TEXT; --upcase and --downcase stand for FROM and TO. */
static int tr(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *words[4] = {0};
	const char *name = NULL;
	bool up = false;
	bool down = false;
	char *text = NULL;
	size_t n = 0;

	(void)node;
	for (size_t i = 1; i < args->n;) {
		if (grub_take_option(args, &i, 'U', "upcase", NULL)) {
			up = true;
		} else if (grub_take_option(args, &i, 'D', "downcase", NULL)) {
			down = true;
		} else if (!grub_take_option(args, &i, 's', "set", &name)) {
			text = args->words[i++];
			words[n] = text;
			n += n < 3;
		}
	}
	if (n == 1 && (up || down)) {
		words[0] = up ? lower : upper;
		words[1] = up ? upper : lower;
		n = 3;
	}
	if (n != 3 || words[3] || strlen(words[0]) != strlen(words[1])) {
		grub_report(g, GRUB_TROUBLE_COMMAND,
			    "tr: two sets of one size and a text are wanted");
		return GRUB_BAD_ARGUMENT;
	}
	for (char *c = text; *c; c++) {
		const char *found = strchr(words[0], *c);

		if (found) {
			*c = words[1][found - words[0]];
		}
	}
	give_text(g, name, text);
	return 0;
}

static int read_line(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)node;
	if (args->n > 1) {
		grub_set(g, args->words[1], "");
	}
	return 0;
}

/* --- control */

/* The count behind the command; false: it is none. */
static bool read_count(struct grub *g, const struct grub_arguments *args, unsigned long *ret_n)
{
	if (args->n > 1 && !kb_is_digit(args->words[1][0])) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "%s: `%.64s` is no number", args->words[0],
			    args->words[1]);
		return false;
	}
	*ret_n = args->n > 1 ? strtoul(args->words[1], NULL, 0) : 1;
	return true;
}

static int leave(struct grub *g, const struct grub_arguments *args, enum grub_control control)
{
	unsigned long levels;

	if (!read_count(g, args, &levels)) {
		return GRUB_BAD_NUMBER;
	}
	if (levels == 0) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "%s 0: no loops to leave", args->words[0]);
		return GRUB_BAD_ARGUMENT;
	}
	if (g->loops > 0) {
		g->control = control;
		g->levels = levels < g->loops ? levels : g->loops;
	}
	return 0;
}

static int break_(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)node;
	return leave(g, args, GRUB_BREAK);
}

static int continue_(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	(void)node;
	return leave(g, args, GRUB_CONTINUE);
}

static int return_(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	unsigned long status;

	(void)node;
	if (!g->scope) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "return: not in a function");
		return GRUB_BAD_ARGUMENT;
	}
	if (!read_count(g, args, &status)) {
		return GRUB_BAD_NUMBER;
	}
	if (args->n > 1) {
		g->status = (int)(status & INT32_MAX);
	}
	g->control = GRUB_RETURN;
	return g->status;
}

static int shift(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	unsigned long n;

	(void)node;
	if (!read_count(g, args, &n)) {
		return GRUB_BAD_NUMBER;
	}
	if (!g->scope) {
		return 0;
	}
	if (n > g->scope->n) {
		return GRUB_BAD_ARGUMENT;
	}
	g->scope->words += n;
	g->scope->n -= n;
	return 0;
}

static int setparams(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	char **words;

	(void)node;
	if (!g->scope) {
		return GRUB_BAD_COMMAND;
	}
	words = kb_arena_array(&g->kept, args->n, sizeof(*words));
	for (size_t i = 1; words && i < args->n; i++) {
		words[i - 1] = kb_arena_strdup(&g->kept, args->words[i]);
		words = words[i - 1] ? words : NULL;
	}
	grub_check(g, words ? 0 : -ENOMEM);
	if (words) {
		g->scope->words = words;
		g->scope->n = args->n - 1;
	}
	return 0;
}

static int eval(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	KB_BUF struct kb_buf text = {.max_bytes = GRUB_MAX_WORD};
	struct grub_source source = {.file = g->at.file, .line = g->at.line};
	char *kept;

	for (size_t i = 1; i < args->n; i++) {
		kb_buf_puts(&text, args->words[i]);
		kb_buf_putc(&text, i + 1 < args->n ? ' ' : '\n');
	}
	kept = kb_buf_error(&text) < 0 ? NULL : kb_arena_str(&g->kept, kb_buf_view(&text));
	if (!kept) {
		grub_check(g, kb_buf_error(&text) < 0 ? kb_buf_error(&text) : -ENOMEM);
		return 0;
	}
	(void)node;
	source.text = kb_str_of(kept, text.len);
	source.line_start = kept;
	if (++g->files > GRUB_MAX_FILES) {
		grub_stop(g, GRUB_TROUBLE_DEPTH, "eval in eval more than %d deep", GRUB_MAX_FILES);
		return 0;
	}
	if (text.len > 0) {
		int status = grub_run(g, &source);

		g->files--;
		return status;
	}
	g->files--;
	return 0;
}

static int time_(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	args->words++;
	args->n--;
	return args->n > 0 ? grub_call(g, args, node) : 0;
}

/* --- text */

/* A backslash goes with what stands behind it, known or not. */
static void put_escaped(const char *word, struct kb_buf *text, bool *newline)
{
	static const char letters[] = "afnrtv\\";
	static const char bytes[] = "\a\f\n\r\t\v\\";

	for (; *word; word++) {
		const char *letter;

		if (*word != '\\') {
			kb_buf_putc(text, *word);
			continue;
		}
		if (!*++word) {
			return;
		}
		letter = strchr(letters, *word);
		if (letter) {
			kb_buf_putc(text, bytes[letter - letters]);
		}
		*newline = *newline && *word != 'c';
	}
}

static int echo(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	KB_BUF struct kb_buf text = {.max_bytes = GRUB_MAX_OUTPUT};
	bool newline = true;
	bool escapes = false;
	size_t i = 1;

	(void)node;
	while (i < args->n) {
		if (grub_take_option(args, &i, 'n', NULL, NULL)) {
			newline = false;
		} else if (grub_take_option(args, &i, 'e', NULL, NULL)) {
			escapes = true;
		} else if (strcmp(args->words[i], "--") == 0) {
			i++;
			break;
		} else {
			break;
		}
	}
	for (; i < args->n; i++) {
		if (escapes) {
			put_escaped(args->words[i], &text, &newline);
		} else {
			kb_buf_puts(&text, args->words[i]);
		}
		if (i + 1 < args->n) {
			kb_buf_putc(&text, ' ');
		}
	}
	if (newline) {
		kb_buf_putc(&text, '\n');
	}
	grub_check(g, kb_buf_error(&text));
	grub_print(g, kb_buf_view(&text));
	return 0;
}

const struct grub_command grub_language_commands[] = {
	{"true", is_true},
	{"false", is_false},
	{"test", grub_test},
	{"[", grub_test},
	{"set", set},
	{"unset", unset},
	{"export", export},
	{"increment", count},
	{"decrement", count},
	{"read", read_line},
	{"tr", tr},
	{"break", break_},
	{"continue", continue_},
	{"return", return_},
	{"shift", shift},
	{"setparams", setparams},
	{"eval", eval},
	{"time", time_},
	{"echo", echo},
	{"regexp", grub_regexp},
	{"sleep", is_true},
	{"keystatus", is_false},
	{"loadfont", is_false},
	{"cpuid", is_true},
	{"background_image", is_true},
	{"rmmod", is_true},
	{"lsmod", is_true},
	{"nativedisk", is_true},
	{"terminal_input", is_true},
	{"terminal_output", is_true},
	{"terminfo", is_true},
	{"serial", is_true},
	{"videoinfo", is_true},
	{"play", is_true},
	{"hiddenentry", is_true},
	{"clear", is_true},
	{"date", is_true},
	{"help", is_true},
	{"password", is_true},
	{"password_pbkdf2", is_true},
	{"gettext", is_true},
	{"smbios", is_false},
	{"setkey", is_true},
	{"keymap", is_true},
	{"background_color", is_true},
	{"vbeinfo", is_true},
	{"verify_detached", is_true},
	{"lspci", is_true},
	{"usb", is_true},
	{"hdparm", is_true},
	{NULL, NULL},
};

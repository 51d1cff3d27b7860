/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu.h"

#include <errno.h>

#include "commands.h"

void grub_menu_add(struct grub_menu *menu, struct grub_item *item)
{
	*(menu->tail ? menu->tail : &menu->first) = item;
	menu->tail = &item->next;
	menu->n++;
}

/* --- the default */

static const struct grub_item *nth(const struct grub_menu *menu, unsigned long n)
{
	const struct grub_item *item = menu->first;

	while (item && n-- > 0) {
		item = item->next;
	}
	return item;
}

static bool is_called(const struct grub_item *item, struct kb_str name)
{
	return kb_str_eq(kb_str_from(item->title), name) || kb_str_eq(kb_str_from(item->id), name);
}

/* A number in C's notation at the head. */
static bool read_index(const char *value, unsigned long *ret_index)
{
	const char *digits = value + strspn(value, " \t\n\r");

	if (!kb_is_digit(*digits)) {
		return false;
	}
	errno = 0;
	*ret_index = strtoul(digits, NULL, 0);
	if (errno != 0) {
		*ret_index = GRUB_MAX_ENTRIES;
	}
	return true;
}

/* The bytes before the first single ">". */
static size_t first_part(const char *value)
{
	size_t n = 0;

	while (value[n] && (value[n] != '>' || value[n + 1] == '>')) {
		n += value[n] == '>' ? 2 : 1;
	}
	return n;
}

/* "a>>b" means the name "a>b". */
static void put_name(const char *value, size_t len, struct kb_buf *name)
{
	kb_buf_puts(name, "");
	for (size_t i = 0; i < len; i++) {
		kb_buf_putc(name, value[i]);
		i += value[i] == '>';
	}
}

static const struct grub_item *by_name(const struct grub_menu *menu, struct kb_str name)
{
	const struct grub_item *item = menu->first;

	while (item && !is_called(item, name)) {
		item = item->next;
	}
	return item;
}

const char *grub_menu_own_default(const struct grub *g)
{
	const char *value = grub_variable_get(g->context, KB_STR("default"));

	return value ? value : "0";
}

int grub_menu_default(const struct grub_menu *menu, const char *value, bool names_first,
		      const struct grub_item **ret_item, const char **ret_rest)
{
	size_t len = first_part(value);
	const char *rest = value[len] == '>' ? value + len + 1 : "";
	const struct grub_item *item = NULL;
	KB_BUF struct kb_buf name = {0};
	unsigned long index;

	put_name(value, len, &name);
	if (kb_buf_error(&name) < 0) {
		return kb_buf_error(&name);
	}
	if (names_first && *value) {
		item = by_name(menu, kb_buf_view(&name));
	}
	if (!item && read_index(value, &index)) {
		item = nth(menu, index);
	} else if (!item) {
		item = by_name(menu, kb_buf_view(&name));
	}
	*ret_rest = *rest ? rest : NULL;
	*ret_item = item ? item : menu->first;
	return 0;
}

/* --- menuentry, submenu */

struct options {
	const char *id;
	const char *source;
	const char *users;
	const char *hotkey;
	const char *ignored;
	bool is_unrestricted;
	bool takes_block; /* the last one has no value but the block */
};

static bool take_valued(const struct grub_arguments *args, size_t *i, struct options *options)
{
	return grub_take_option(args, i, '\0', "id", &options->id) ||
	       grub_take_option(args, i, '\0', "source", &options->source) ||
	       grub_take_option(args, i, '\0', "class", &options->ignored) ||
	       grub_take_option(args, i, '\0', "users", &options->users) ||
	       grub_take_option(args, i, '\0', "hotkey", &options->hotkey);
}

static bool take_option(const struct grub_arguments *args, size_t *i, struct options *options)
{
	const char *word = args->words[*i];

	if (take_valued(args, i, options)) {
		options->takes_block = word == args->words[args->n - 1] && !strchr(word, '=');
		return true;
	}
	return grub_take_option(args, i, '\0', "unrestricted", NULL) &&
	       (options->is_unrestricted = true);
}

static char *keep(struct grub *g, const char *text)
{
	char *kept = kb_arena_strdup(&g->kept, text);

	grub_check(g, kept ? 0 : -ENOMEM);
	return kept;
}

/* Words are its parameters unless they are options; those that GRUB does not know are words, and so
 * is all behind a "--". */
static void read_words(struct grub *g, const struct grub_arguments *args, struct grub_item *item,
		       struct options *options)
{
	bool may_be_option = true;

	item->params = kb_arena_array(&g->kept, args->n, sizeof(*item->params));
	if (!item->params) {
		grub_check(g, -ENOMEM);
		return;
	}
	for (size_t i = 1; i < args->n && !g->is_stopped;) {
		if (may_be_option && strcmp(args->words[i], "--") == 0) {
			may_be_option = false;
			i++;
		} else if (!may_be_option || !take_option(args, &i, options)) {
			item->params[item->n_params++] = keep(g, args->words[i++]);
		}
	}
}

/* GRUB takes the last word for the block then, without the bytes where { and } would be. */
static void take_word_as_block(struct grub_item *item, struct options *options)
{
	char *word = item->params[--item->n_params];
	size_t len = strlen(word);

	word[len - (len > 0)] = '\0';
	options->source = word + (len > 1);
}

static bool find_body(struct grub *g, const struct grub_node *node, const struct options *options,
		      struct grub_item *item)
{
	if (options->source) {
		const char *text = keep(g, options->source);

		item->body = (struct grub_source){.text = kb_str_from(text),
						  .file = g->at.file,
						  .line = g->at.line,
						  .line_start = text};
		return text;
	}
	if (node->has_block) {
		item->body = node->block;
	} else {
		grub_report(g, GRUB_TROUBLE_COMMAND, "an entry without its { on the same line");
	}
	return node->has_block;
}

static void name_item(struct grub *g, struct grub_item *item, const struct options *options)
{
	item->title = item->params[0];
	item->has_id = options->id != NULL;
	item->id = options->id ? keep(g, options->id) : item->title;
	item->hotkey = options->hotkey ? keep(g, options->hotkey) : NULL;
}

int grub_menuentry(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	struct grub_item *item;
	struct options options = {0};

	if (!node->has_block && grub_need(g, args, 1) != 0) {
		return GRUB_BAD_ARGUMENT;
	}
	item = kb_arena_alloc(&g->kept, sizeof(*item));
	if (!item) {
		grub_check(g, -ENOMEM);
		return 0;
	}
	read_words(g, args, item, &options);
	if (g->is_stopped) {
		return 0;
	}
	if (node->has_block && options.takes_block && item->n_params > 0) {
		take_word_as_block(item, &options);
	}
	if (item->n_params == 0) {
		grub_report(g, GRUB_TROUBLE_COMMAND,
			    options.takes_block
				    ? "an option without its value takes the { of the entry, which "
				      "then has no title"
				    : "an entry without a title");
		return GRUB_NO_TITLE;
	}
	if (!find_body(g, node, &options, item)) {
		return GRUB_BAD_ARGUMENT;
	}
	name_item(g, item, &options);
	item->is_unrestricted = options.is_unrestricted && !options.users;
	item->is_submenu = args->words[0][0] == 's';
	item->at = g->at;
	if (g->n_items == GRUB_MAX_ENTRIES) {
		grub_stop(g, GRUB_TROUBLE_MENU, "more than %d entries: the rest are left out",
			  GRUB_MAX_ENTRIES);
	} else if (g->menu && !g->is_stopped) {
		g->n_items++;
		grub_menu_add(g->menu, item);
	}
	return 0;
}

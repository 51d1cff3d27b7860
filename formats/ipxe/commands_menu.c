/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Menus, forms and keys. */
#include "ask.h"
#include "commands.h"
#include "expand.h"
#include "options.h"

static struct ipxe_menu *find(const struct ipxe *x, const char *name)
{
	struct ipxe_menu *at = x->menus;

	while (at && strcmp(at->name, name ? name : "") != 0) {
		at = at->next;
	}
	return at;
}

static void forget(struct ipxe *x, const struct ipxe_menu *menu)
{
	struct ipxe_menu **at = &x->menus;

	while (*at && *at != menu) {
		at = &(*at)->next;
	}
	if (*at) {
		*at = menu->next;
	}
}

static size_t count_menus(const struct ipxe *x)
{
	size_t n = 0;

	for (const struct ipxe_menu *at = x->menus; at; at = at->next) {
		n++;
	}
	return n;
}

static int create(struct ipxe *x, const struct ipxe_words *args, bool is_form)
{
	static const struct ipxe_option spec[] = {{"name", 'n', true},
						  {"delete", 'd', false},
						  {NULL, 0, false}};
	struct ipxe_options options;
	int r = ipxe_options(x, args, spec, 0, SIZE_MAX, &options);
	const char *title = r == IPXE_OK ? ipxe_join_words(x, args, options.first) : NULL;
	struct ipxe_menu *menu;

	if (!title) {
		return r;
	}
	forget(x, find(x, options.values[0]));
	if (options.values[1]) {
		return IPXE_OK;
	}
	if (count_menus(x) == IPXE_MAX_MENUS) {
		return ipxe_fail(x, IPXE_TOO_LARGE, "more than %d menus", IPXE_MAX_MENUS);
	}
	menu = ipxe_alloc(x, sizeof(*menu));
	if (menu) {
		menu->name = ipxe_keep(x, options.values[0] ? options.values[0] : "");
		menu->title = ipxe_keep(x, title);
		menu->is_form = is_form;
		menu->next = menu->name ? x->menus : NULL;
		x->menus = menu->name ? menu : x->menus;
	}
	return IPXE_OK;
}

static int menu_(struct ipxe *x, const struct ipxe_words *args)
{
	return create(x, args, false);
}

static int form(struct ipxe *x, const struct ipxe_words *args)
{
	return create(x, args, true);
}

static struct kb_ipxe_item *add_item(struct ipxe *x, struct ipxe_menu *menu)
{
	if (menu->n_items == menu->cap) {
		size_t cap = menu->cap ? 2 * menu->cap : 16;
		struct kb_ipxe_item *items =
			ipxe_check(x, kb_arena_array(&x->kept, cap, sizeof(*items)));

		if (!items) {
			return NULL;
		}
		if (menu->n_items > 0) {
			memcpy(items, menu->items, menu->n_items * sizeof(*items));
		}
		menu->items = items;
		menu->cap = cap;
	}
	return &menu->items[menu->n_items++];
}

static int item(struct ipxe *x, const struct ipxe_words *args)
{
	enum { MENU, FORM, KEY, DEFAULT, GAP, SECRET };
	static const struct ipxe_option spec[] = {
		{"menu", 'm', true},     {"form", 'f', true}, {"key", 'k', true},
		{"default", 'd', false}, {"gap", 'g', false}, {"secret", 's', false},
		{NULL, 0, false},
	};
	struct ipxe_options options;
	unsigned key = 0;
	int r = ipxe_options(x, args, spec, 0, SIZE_MAX, &options);
	bool is_gap = r == IPXE_OK && (options.values[GAP] || options.n == 0);
	const char *text = r == IPXE_OK ? ipxe_join_words(x, args, options.first + !is_gap) : NULL;
	struct kb_ipxe_item *new;
	struct ipxe_menu *menu;

	r = r == IPXE_OK && options.values[KEY] ? ipxe_option_key(x, options.values[KEY], &key) : r;
	if (r != IPXE_OK || !text) {
		return r;
	}
	menu = find(x, options.values[MENU] ? options.values[MENU] : options.values[FORM]);
	if (!menu) {
		return ipxe_fail(x, IPXE_MISSING, "item: there is no such menu");
	}
	if (menu->n_items == IPXE_MAX_ITEMS) {
		return ipxe_fail(x, IPXE_TOO_LARGE, "more than %d items", IPXE_MAX_ITEMS);
	}
	new = add_item(x, menu);
	if (new) {
		new->label = is_gap ? NULL : ipxe_keep(x, args->words[options.first]);
		new->text = ipxe_keep(x, text);
		new->key = key;
		new->is_secret = options.values[SECRET] != NULL;
		menu->chosen = options.values[DEFAULT] ? menu->n_items - 1 : menu->chosen;
	}
	return IPXE_OK;
}

/* The item with that label; n_items: there is none. */
static size_t find_label(const struct ipxe_menu *menu, const char *label)
{
	size_t i = 0;

	while (i < menu->n_items &&
	       !(menu->items[i].label && strcmp(menu->items[i].label, label) == 0)) {
		i++;
	}
	return i;
}

/* Where the cursor stands: on what can be chosen. n_items: on nothing. */
static size_t start_of(const struct ipxe_menu *menu, const char *label)
{
	size_t i = label ? find_label(menu, label) : menu->n_items;

	i = i < menu->n_items ? i : menu->chosen;
	while (i < menu->n_items && !menu->items[i].label) {
		i++;
	}
	for (size_t n = 0; i == menu->n_items && n < menu->n_items; n++) {
		i = menu->items[n].label ? n : i;
	}
	return i;
}

static char *copy(struct ipxe *x, const char *text)
{
	return text ? ipxe_check(x, kb_arena_strdup(x->arena, text)) : NULL;
}

static void show(struct ipxe *x, const struct ipxe_menu *menu, size_t start, unsigned timeout_ms)
{
	struct kb_ipxe_item *items =
		ipxe_check(x, kb_arena_array(x->arena, menu->n_items, sizeof(*items)));

	for (size_t i = 0; items && i < menu->n_items; i++) {
		items[i] = menu->items[i];
		items[i].label = copy(x, items[i].label);
		items[i].text = copy(x, items[i].text);
	}
	x->result->menu = (struct kb_ipxe_menu){
		.title = copy(x, menu->title),
		.items = items,
		.n_items = menu->n_items,
		.chosen = start,
		.timeout_ms = timeout_ms,
	};
	ipxe_end(x, KB_IPXE_MENU, NULL);
}

/* What was chosen becomes the setting. */
static int choose_from(struct ipxe *x, const struct ipxe_menu *menu, const char *setting,
		       size_t start, unsigned timeout_ms)
{
	const struct kb_ipxe_answer *answer;

	if (start == menu->n_items) {
		return ipxe_fail(x, IPXE_MISSING, "choose: there is nothing to choose");
	}
	answer = ipxe_answer(x);
	if (!answer) {
		show(x, menu, start, timeout_ms);
		return IPXE_OK;
	}
	if (answer->is_refused || find_label(menu, answer->text) == menu->n_items) {
		return ipxe_fail(x, IPXE_CANCELED, "choose: nothing was chosen");
	}
	return setting ? ipxe_store(x, setting, answer->text) : IPXE_OK;
}

static int choose(struct ipxe *x, const struct ipxe_words *args)
{
	enum { MENU, DEFAULT, TIMEOUT, RETIMEOUT, KEEP };
	static const struct ipxe_option spec[] = {
		{"menu", 'm', true},      {"default", 'd', true}, {"timeout", 't', true},
		{"retimeout", 'r', true}, {"keep", 'k', false},   {NULL, 0, false},
	};
	struct ipxe_options options;
	struct ipxe_menu *menu;
	unsigned timeout_ms = 0;
	int r = ipxe_options(x, args, spec, 0, 1, &options);

	r = r == IPXE_OK ? ipxe_option_number(x, options.values[TIMEOUT], &timeout_ms) : r;
	if (r != IPXE_OK) {
		return r;
	}
	menu = find(x, options.values[MENU]);
	if (!menu) {
		return ipxe_fail(x, IPXE_MISSING, "choose: there is no such menu");
	}
	r = choose_from(x, menu, options.n > 0 ? args->words[options.first] : NULL,
			start_of(menu, options.values[DEFAULT]), timeout_ms);
	if (!options.values[KEEP]) {
		forget(x, menu);
	}
	return r;
}

static int present(struct ipxe *x, const struct ipxe_words *args)
{
	static const struct ipxe_option spec[] = {{"form", 'f', true},
						  {"keep", 'k', false},
						  {NULL, 0, false}};
	struct ipxe_options options;
	struct ipxe_menu *menu;
	int r = ipxe_options(x, args, spec, 0, 0, &options);

	if (r != IPXE_OK) {
		return r;
	}
	menu = find(x, options.values[0]);
	if (!menu) {
		return ipxe_fail(x, IPXE_MISSING, "present: there is no such form");
	}
	for (size_t i = 0; r == IPXE_OK && !x->is_done && i < menu->n_items; i++) {
		const struct kb_ipxe_item *at = &menu->items[i];

		if (at->label) {
			r = ipxe_ask(x, at->label, at->text[0] ? at->text : at->label,
				     at->is_secret ? KB_IPXE_ASK_SECRET : KB_IPXE_ASK_LINE);
		}
	}
	if (!options.values[1]) {
		forget(x, menu);
	}
	return r;
}

static int prompt(struct ipxe *x, const struct ipxe_words *args)
{
	static const struct ipxe_option spec[] = {{"key", 'k', true},
						  {"timeout", 't', true},
						  {NULL, 0, false}};
	struct kb_ipxe_question question = {.kind = KB_IPXE_ASK_KEY};
	struct ipxe_options options;
	const struct kb_ipxe_answer *answer;
	int r = ipxe_options(x, args, spec, 0, SIZE_MAX, &options);

	r = r == IPXE_OK && options.values[0] ? ipxe_option_key(x, options.values[0], &question.key)
					      : r;
	r = r == IPXE_OK ? ipxe_option_number(x, options.values[1], &question.timeout_ms) : r;
	if (r != IPXE_OK) {
		return r;
	}
	question.text = ipxe_join_words(x, args, options.first);
	question.text = question.text ? copy(x, question.text) : NULL;
	answer = question.text ? ipxe_answer(x) : NULL;
	if (!answer && !x->is_done) {
		x->result->question = question;
		ipxe_end(x, KB_IPXE_ASK, NULL);
	}
	return answer && answer->is_refused
		       ? ipxe_fail(x, question.timeout_ms > 0 ? IPXE_TIMED_OUT : IPXE_CANCELED,
				   "prompt: nobody pressed the key")
		       : IPXE_OK;
}

const struct ipxe_command ipxe_menu_commands[] = {
	{"menu", menu_},      {"form", form},     {"item", item}, {"choose", choose},
	{"present", present}, {"prompt", prompt}, {NULL, NULL},
};

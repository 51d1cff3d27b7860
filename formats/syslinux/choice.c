/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "syslinux/choice.h"

#include <errno.h>

#include "kboot/model/setting.h"

/* --- commands: a label, one with more arguments, or the name of a file with arguments */

static int add_command(struct syslinux_config *config, const struct syslinux_label *of,
		       const char *text, struct kb_str more,
		       const struct syslinux_label **ret_label)
{
	struct syslinux_label *label = NULL;
	struct syslinux_label *next;
	struct kb_str rest = kb_str_from(text);
	struct kb_str name = KB_STR("");
	int r = syslinux_add(config, &label);

	if (r < 0) {
		return r == -E2BIG ? 0 : r;
	}
	(void)kb_str_next_word(&rest, &name);
	next = label->next;
	*label = of ? *of
		    : (struct syslinux_label){
			      .at = {config->shown, 0, 0},
			      .path = config->files[0],
			      .kernel = text,
			      .sysappend = config->globals.sysappend,
		      };
	label->next = next;
	label->menu = &config->menu;
	label->folder = config->folder;
	label->called = 0;
	label->shown = text;
	label->title = NULL;
	label->hidden = false;
	label->name = of ? text : kb_arena_str(config->arena, name);
	label->more = of ? kb_arena_str(config->arena, more) : NULL;
	*ret_label = label;
	return label->name && (!of || label->more) ? 0 : -ENOMEM;
}

static int find_command(struct syslinux_config *config, const char *text,
			const struct syslinux_label **ret_label)
{
	struct kb_str rest;
	const struct syslinux_label *label = syslinux_find(config, 0, kb_str_from(text), &rest);

	*ret_label = label;
	if ((label && rest.len == 0) || !text[0]) {
		return 0;
	}
	return add_command(config, label, text, rest, ret_label);
}

/* --- with a menu */

/* The submenu of menu that leads to label; NULL: it is not below. */
static const struct syslinux_menu *submenu_to(const struct syslinux_menu *menu,
					      const struct syslinux_label *label)
{
	const struct syslinux_menu *m = label->menu;

	while (m && m->parent != menu) {
		m = m->parent;
	}
	return m;
}

static bool is_in(const struct syslinux_label *label, const struct syslinux_menu *menu)
{
	return label->called == 0 && label->menu == menu && !label->is_idle;
}

static const struct syslinux_label *first_in(const struct syslinux_config *config,
					     const struct syslinux_menu *menu)
{
	for (const struct syslinux_label *l = config->first; l; l = l->next) {
		if (is_in(l, menu) && !l->hidden) {
			return l;
		}
	}
	return NULL;
}

/* What MENU DEFAULT says, the last of a menu; a submenu has its own, or starts with its first. */
static const struct syslinux_label *menu_default(const struct syslinux_config *config,
						 const struct syslinux_menu *menu)
{
	const struct syslinux_label *label = NULL;
	const struct syslinux_menu *submenu = NULL;

	for (const struct syslinux_label *l = config->first; l; l = l->next) {
		const struct syslinux_menu *below = l->called == 0 ? submenu_to(menu, l) : NULL;

		label = is_in(l, menu) && l->is_default ? l : label;
		submenu = below && below->is_default ? below : submenu;
	}
	if (label || !submenu) {
		return label;
	}
	label = menu_default(config, submenu);
	return label ? label : first_in(config, submenu);
}

static int choose_in_menu(struct syslinux_config *config, bool is_timed,
			  struct syslinux_choice *choice)
{
	const struct syslinux_globals *globals = &config->globals;
	struct kb_str rest;

	if (is_timed && globals->on_timeout) {
		return find_command(config, globals->on_timeout, &choice->label);
	}
	if (globals->by_default) {
		choice->label = syslinux_find(config, 0, kb_str_from(globals->by_default), &rest);
	}
	if (!choice->label || choice->label->hidden || choice->label->is_idle) {
		choice->label = menu_default(config, &config->menu);
	}
	if (!choice->label) {
		choice->label = first_in(config, &config->menu);
	}
	return 0;
}

/* A menu program that is started by DEFAULT is as good as UI. */
static int find_menu_program(struct syslinux_config *config)
{
	struct syslinux_globals *globals = &config->globals;
	const char *text = globals->ui ? globals->ui : globals->by_default;
	struct syslinux_label command = {.kernel = text, .folder = config->folder};
	const struct syslinux_label *label = NULL;
	struct syslinux_start start = {0};
	struct kb_str rest;
	int r = 0;

	if (text && !globals->ui) {
		label = syslinux_find(config, 0, kb_str_from(text), &rest);
	}
	if (text) {
		r = syslinux_start_of(config, label ? label : &command, &start);
	}
	if (r < 0 || (!globals->ui && start.program != SYSLINUX_MENU)) {
		return r;
	}
	if (!globals->ui) {
		globals->ui = text;
		globals->by_default = NULL;
	}
	while (r == 0 && kb_str_next_word(&start.args, &rest)) {
		const char *path = loader_join(config->arena, config->folder, rest);

		if (!path) {
			return -ENOMEM;
		}
		/* "~" is the configuration itself. */
		if (!kb_str_eq(rest, KB_STR("~"))) {
			r = syslinux_add_file(config, path);
		}
	}
	return r;
}

/* --- all in all */

static unsigned ticks_of(const struct syslinux_globals *globals)
{
	unsigned total = globals->total_timeout;

	return total > 0 && (globals->timeout == 0 || total < globals->timeout) ? total
										: globals->timeout;
}

static int set_timeout(struct syslinux_config *config, unsigned ticks,
		       struct syslinux_choice *choice)
{
	unsigned seconds = ticks / 10 + (ticks % 10 > 0);

	choice->at =
		ticks > 0 ? config->globals.timeout_at : (struct kb_position){config->shown, 1, 1};
	choice->timeout = kb_arena_printf(config->arena, "%u",
					  seconds < KB_SECONDS_MAX ? seconds : KB_SECONDS_MAX);
	return choice->timeout ? 0 : -ENOMEM;
}

/* U-Boot goes on to the next label when a kernel, an initrd or a named device tree is missing. */
static int choose_whole(const struct syslinux_config *config, struct tree_lookups *lookups,
			struct syslinux_choice *choice)
{
	const struct syslinux_label *wanted = choice->label;
	bool is_whole = false;
	int r = wanted ? syslinux_is_whole(config, lookups, wanted, &is_whole) : 0;

	for (const struct syslinux_label *l = config->first; r == 0 && l && !is_whole;
	     l = l->next) {
		choice->label = l;
		r = syslinux_is_whole(config, lookups, l, &is_whole);
	}
	choice->label = is_whole ? choice->label : NULL;
	return r;
}

/* The default, else the first MENU DEFAULT, else the first. */
static int choose_uboot(struct syslinux_config *config, struct tree_lookups *lookups,
			struct syslinux_choice *choice)
{
	const struct syslinux_globals *globals = &config->globals;
	struct kb_str rest;
	int r;

	choice->has_menu = true;
	if (globals->by_default) {
		choice->label = syslinux_find(config, 0, kb_str_from(globals->by_default), &rest);
	}
	for (const struct syslinux_label *l = config->first; l && !choice->label; l = l->next) {
		choice->label = l->is_default ? l : NULL;
	}
	r = choose_whole(config, lookups, choice);
	if (r < 0) {
		return r;
	}
	if (globals->has_prompt && globals->timeout == 0) {
		return 0; /* its menu waits for ever */
	}
	return set_timeout(config, globals->has_prompt ? globals->timeout : 0, choice);
}

int syslinux_choose(struct syslinux_config *config, struct tree_lookups *lookups,
		    struct syslinux_choice *ret_choice)
{
	const struct syslinux_globals *globals = &config->globals;
	unsigned ticks;
	int r;

	*ret_choice = (struct syslinux_choice){0};
	if (config->dialect == SYSLINUX_UBOOT) {
		return choose_uboot(config, lookups, ret_choice);
	}
	r = find_menu_program(config);
	ticks = ticks_of(globals);
	ret_choice->has_menu = globals->ui;
	if (r == 0 && globals->ui) {
		r = choose_in_menu(config, ticks > 0, ret_choice);
	} else if (r == 0) {
		bool asks = globals->has_prompt || !globals->by_default;
		const char *command = asks && ticks > 0 && globals->on_timeout
					      ? globals->on_timeout
					      : globals->by_default;

		r = command ? find_command(config, command, &ret_choice->label) : 0;
		/* Without a prompt it does not wait, whatever TIMEOUT says. */
		if (r == 0 && !asks) {
			return set_timeout(config, 0, ret_choice);
		}
	}
	return r == 0 && ticks > 0 ? set_timeout(config, ticks, ret_choice) : r;
}

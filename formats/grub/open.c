/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "open.h"

#include <errno.h>

#include "devices.h"
#include "evaluator.h"

/* "a>b": the ids on the way, a > in one doubled. */
static void set_chosen(struct grub_opening *o, const struct grub_item *item)
{
	KB_BUF struct kb_buf chosen = {0};

	for (size_t i = 0; i <= o->n_path; i++) {
		const char *id = i < o->n_path ? o->ids[i] : item->id;

		if (i > 0) {
			kb_buf_putc(&chosen, '>');
		}
		for (; *id; id++) {
			kb_buf_putc(&chosen, *id);
			if (*id == '>') {
				kb_buf_putc(&chosen, '>');
			}
		}
	}
	grub_check(o->g, kb_buf_error(&chosen));
	if (chosen.data) {
		grub_set(o->g, "chosen", chosen.data);
		grub_check(o->g, grub_variable_export(o->g->context, KB_STR("chosen")));
	}
}

/* All that bodies do has one budget, and each its share. */
static void start_body(struct grub_opening *o)
{
	struct grub *g = o->g;

	g->is_stopped = g->error < 0;
	g->is_limited = false;
	g->control = GRUB_GO_ON;
	g->loops = 0;
	g->steps = 0;
	g->max_steps = GRUB_MAX_BODY_STEPS;
}

static void run_body(struct grub_opening *o, const struct grub_item *item)
{
	struct grub *g = o->g;
	struct grub_scope scope = {item->params, item->n_params, false};
	struct kb_position at = item->at;

	start_body(o);
	g->at = at;
	set_chosen(o, item);
	g->scope = &scope;
	(void)grub_run(g, &item->body);
	g->scope = NULL;
	o->steps += g->steps;
}

/* A menu inside this one, whose script has run. */
static int open_inner(struct grub_opening *o, const struct grub_item *item, bool is_protected,
		      const struct grub_menu *menu, const char *default_value)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *value = kb_arena_strdup(&arena, default_value);
	unsigned n_protected = o->n_protected;
	int r;

	if (default_value && !value) {
		return -ENOMEM;
	}
	o->n_protected += is_protected;
	o->path[o->n_path] = item->title;
	o->ids[o->n_path++] = item->id;
	r = grub_open_menu(o, menu, value);
	o->n_path--;
	o->n_protected = n_protected;
	return r;
}

static bool has_room(struct grub_opening *o, const struct grub_item *item)
{
	if (o->n_path < KB_ENTRY_MAX_PATH) {
		return true;
	}
	o->g->at = item->at;
	grub_report(o->g, GRUB_TROUBLE_MENU,
		    "submenus in each other more than %d deep: what is below is left out",
		    KB_ENTRY_MAX_PATH);
	return false;
}

/* rest: the part of the default that is meant for the submenu; NULL: its own counts. */
static int open_submenu(struct grub_opening *o, const struct grub_item *item, bool is_default,
			const char *rest)
{
	struct grub *g = o->g;
	struct grub_context *outer = g->context;
	struct grub_context context = {.outer = outer, .only_exported = true};
	const struct grub_function *functions = g->functions;
	const struct grub_saved *saved = g->saved;
	const struct grub_loop *loops = g->loops_made;
	const char *menu_file = g->menu_file;
	struct grub_menu menu = {0};
	bool is_protected = grub_entry_is_protected(g, item); /* by what this menu knows */
	int r;

	if (!has_room(o, item)) {
		return 0;
	}
	g->context = &context;
	g->menu = &menu;
	grub_check(g, grub_variable_unset(&context, KB_STR("default")));
	run_body(o, item);
	g->menu = NULL;
	g->menu_file = menu_file; /* a submenu is in the menu around it, whatever it shows */
	r = open_inner(o, item, is_protected, &menu,
		       !is_default ? NULL
		       : rest      ? rest
				   : grub_menu_own_default(g));
	g->functions = functions;
	g->saved = saved;
	g->loops_made = loops;
	grub_contexts_done(&g->context, outer);
	return r;
}

static int give_entry(struct grub_opening *o, const struct grub_item *item, bool is_default,
		      const struct grub_boot *boot)
{
	struct kb_entry entry;
	int r;

	if (!grub_entry_is_for_kboot(o, item, boot)) {
		return 0;
	}
	r = grub_entry_make(o, item, boot, &entry);
	if (r < 0) {
		return r;
	}
	entry.is_default = is_default;
	entry.remark = is_default ? o->remark : NULL;
	o->n_entries++;
	return o->out->entry ? o->out->entry(o->out->ctx, &entry) : 0;
}

/* -ENOTCONN: of a server, and not to be had. Another filesystem's is found there. */
static int load_menu(struct grub *g, const struct grub_place *place, struct grub_source *ret_source)
{
	const struct kb_tree *tree =
		place->is_here || place->is_net ? grub_place_tree(g, place) : NULL;
	int r = tree ? grub_load(g, tree, place->file, ret_source) : -ENODEV;

	return r < 0 && r != -ENOMEM && place->is_net ? -ENOTCONN : r;
}

/* An entry that shows another configuration's menu, as openSUSE's snapshots do. In such a menu no
 * further one is opened: each has all of them again. */
static int open_configfile(struct grub_opening *o, const struct grub_item *item,
			   struct grub_boot *boot, bool is_default)
{
	struct grub *g = o->g;
	struct grub_context *outer = g->context;
	struct grub_context context = {.outer = outer, .only_exported = true};
	const char *outer_subvolume = g->subvolume;
	const char *menu_file = g->menu_file;
	struct grub_menu menu = {0};
	bool is_protected = grub_entry_is_protected(g, item);
	struct grub_source source;
	struct grub_place place;
	int r;

	grub_place_of(g, grub_get(g, "root"), boot->configfile, &place);
	if (o->menus > 0 || !has_room(o, item)) {
		return 0;
	}
	r = load_menu(g, &place, &source);
	if (r == -ENOTCONN) {
		boot->other = "configfile";
		boot->other_file = boot->configfile;
		return give_entry(o, item, is_default, boot);
	}
	if (r < 0) {
		return r == -ENOMEM ? r : 0;
	}
	g->subvolume = grub_subvolume_of(g);
	g->context = &context;
	g->menu = &menu;
	start_body(o);
	g->max_steps = GRUB_MAX_STEPS / 4;
	(void)grub_run(g, &source);
	o->steps += g->steps;
	g->menu = NULL;
	g->menu_file = menu_file;
	o->menus++;
	r = open_inner(o, item, is_protected, &menu, is_default ? grub_menu_own_default(g) : NULL);
	o->menus--;
	g->subvolume = outer_subvolume;
	grub_contexts_done(&g->context, outer);
	return r;
}

static int open_entry(struct grub_opening *o, const struct grub_item *item, bool is_default)
{
	KB_ARENA struct kb_arena arena = {.account = &o->g->memory};
	struct grub *g = o->g;
	struct grub_context *outer = g->context;
	struct grub_context context = {.outer = outer};
	const struct grub_function *functions = g->functions;
	const struct grub_saved *saved = g->saved;
	const struct grub_loop *loops = g->loops_made;
	struct grub_boot boot = {.arena = &arena};
	int r;

	g->context = &context;
	g->boot = &boot;
	run_body(o, item);
	g->boot = NULL;
	r = boot.configfile && !boot.kernel ? open_configfile(o, item, &boot, is_default)
					    : give_entry(o, item, is_default, &boot);
	g->functions = functions;
	g->saved = saved;
	g->loops_made = loops;
	grub_contexts_done(&g->context, outer);
	return r;
}

static bool is_spent(struct grub_opening *o, const struct grub_item *item)
{
	if (o->steps > GRUB_MAX_STEPS && !o->is_full) {
		o->is_full = true;
		o->g->at = item->at;
		grub_report(o->g, GRUB_TROUBLE_STEPS,
			    "the entries come to more than %d steps: this one and the rest are "
			    "left out",
			    GRUB_MAX_STEPS);
	}
	return o->is_full;
}

int grub_open_menu(struct grub_opening *o, const struct grub_menu *menu, const char *default_value)
{
	const struct grub_item *chosen = NULL;
	const char *rest = NULL;
	int r = 0;

	if (default_value) {
		r = grub_menu_default(menu, default_value, o->g->uses_blscfg, &chosen, &rest);
	}
	for (const struct grub_item *i = menu->first; r == 0 && i && !is_spent(o, i); i = i->next) {
		r = i->is_submenu ? open_submenu(o, i, i == chosen, rest)
				  : open_entry(o, i, i == chosen);
		r = r == 0 ? o->g->error : r;
	}
	return r;
}

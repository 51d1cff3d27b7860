/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The booted environment and the variables: what is in force, and what the prompt makes of it. */
#include <errno.h>

#include "serve/request.h"
#include "serve/serve.h"

static void tell_root(const struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	const struct kb_engine_root root = kb_engine_find_root(&k->engine);
	char text[KB_ERROR_TEXT];

	if (root.why) {
		(void)snprintf(text, sizeof(text), "%s: %s",
			       root.name && root.name[0] ? root.name : KB_SIMULATED_TEXT, root.why);
	} else {
		(void)snprintf(text, sizeof(text),
			       "no booted environment is known: root NAME "
			       "chooses one of the devices");
	}
	kb_client_answer(c, kb_asked_by(c, i),
			 (struct kb_message){.ok = true,
					     .text = text,
					     .place = root.why ? "/" : "//"});
}

/* --- variables */

static bool is_root_variable(const char *name)
{
	return kb_str_eq_nocase(kb_str_from(name), KB_STR("root"));
}

enum { ROOT_MAX_BYTES = KB_ERROR_FILE };

/* What is to be the booted environment: a device that is there, or `host:/path`. `sda2:` means the
 * device too. Nothing: none. */
static int take_root(const struct kb_engine *e, const char *name, char root[ROOT_MAX_BYTES],
		     struct kb_error *err)
{
	struct kb_str text = kb_str_from(name);

	if (text.len > 1 && kb_str_ends(text, KB_STR(":"))) {
		text.len--;
	}
	if (text.len >= ROOT_MAX_BYTES) {
		return kb_error_set(err, -ENAMETOOLONG, "that is too long for a device");
	}
	if (text.len > 0 && !strstr(name, ":/") && !kb_places_device(&e->places, text)) {
		return kb_error_set(err, -ENODEV, "there is no device %.*s", KB_STR_ARG(text));
	}
	(void)snprintf(root, ROOT_MAX_BYTES, "%.*s", KB_STR_ARG(text));
	return 0;
}

/* value NULL: it is forgotten. */
static int set_variable(struct kb_engine *e, const char *name, const char *value,
			struct kb_error *err)
{
	bool is_root = is_root_variable(name);
	char root[ROOT_MAX_BYTES];
	int r = is_root && value ? take_root(e, value, root, err) : 0;

	if (r == 0) {
		r = value ? kb_session_vars_set(&e->session, name, is_root ? root : value, err)
			  : kb_session_vars_unset(&e->session, name, err);
	}
	if (r < 0) {
		return r;
	}
	if (is_root) {
		kb_engine_root_changed(e);
	}
	r = kb_engine_take_session(e);
	return r < 0 ? kb_error_set(err, r, "%s: %s", name, strerror(-r)) : 0;
}

void kb_do_set(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_error err = {0};

	kb_client_reply_error(c, i, set_variable(&k->engine, i->name, i->value, &err), &err);
}

void kb_do_unset(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_error err = {0};

	kb_client_reply_error(c, i, set_variable(&k->engine, i->name, NULL, &err), &err);
}

void kb_do_root(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	struct kb_error err = {0};

	if (i->name && set_variable(&k->engine, "root", i->name, &err) < 0) {
		kb_client_reply(c, i, false, err.text);
		return;
	}
	kb_engine_fresh_catalog(&k->engine);
	tell_root(k, c, i);
}

static void add_variable(const struct kb_engine *e, enum kb_variable variable, struct kb_table *t)
{
	const struct kb_variable_info *info = &kb_variables[variable];
	const struct kb_setting *s = kb_settings_get(&e->settings, variable);
	const char *value = s ? s->value : info->built_in;
	const char *by = info->built_in ? "built-in" : NULL;
	char source[KB_ERROR_FILE + 16];

	if (s) {
		kb_setting_source(s, source, sizeof(source));
		by = kb_table_printf(t, "%s%s", source, kb_setting_remark(s));
	}
	kb_table_add(t, (struct kb_table_row){{info->name, value, by}});
}

/* Variables, then the labels of this session; all of them, or those of a name. */
void kb_do_variables(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	const struct kb_session_vars *session = &k->engine.session;
	struct kb_str name = kb_str_from(i->name);
	KB_TABLE struct kb_table t = {0};
	enum kb_variable variable;
	char text[KB_ERROR_TEXT];

	for (int v = 0; v < KB_N_VARIABLES; v++) {
		if (!i->name || kb_str_eq_nocase(name, kb_str_from(kb_variables[v].name))) {
			add_variable(&k->engine, v, &t);
		}
	}
	for (size_t n = 0; n < session->n; n++) {
		struct kb_str label = kb_str_from(session->vars[n].name);

		if (kb_variable_find(label, &variable) < 0 &&
		    (!i->name || kb_str_eq_nocase(name, label))) {
			kb_table_add(&t,
				     (struct kb_table_row){
					     .cells = {[KB_VARIABLES_NAME] = label.data,
						       [KB_VARIABLES_VALUE] =
							       session->vars[n].value,
						       [KB_VARIABLES_SOURCE] = "this session"}});
		}
	}
	if (t.n == 0 && t.error == 0) {
		(void)snprintf(text, sizeof(text),
			       "%s is no variable, and was not set at the prompt", i->name);
		kb_client_reply(c, i, false, text);
		return;
	}
	kb_client_reply_table(c, i, &t, NULL);
}

/* --- save */

/* The kboot.conf that the booted environment's settings come from, or the usual one. NULL: none. */
static const char *file_to_keep(const struct kb_engine *e, struct kb_arena *arena)
{
	const struct kb_place *place = kb_places_of(&e->places, kb_engine_environment_device(e));
	const struct kb_findings *f = place ? &place->found : NULL;

	if (f && f->n_settings > 0) {
		return f->settings[0].at.file;
	}
	for (size_t i = 0; f && i < f->n_entries; i++) {
		if (f->entries[i].format == KB_FORMAT_KBOOT && f->entries[i].file) {
			return kb_arena_printf(arena, "%s:%s", f->device.name, f->entries[i].file);
		}
	}
	return kb_engine_root(e)[0] || kb_places_folder(&e->places) ? "/etc/kboot.conf" : NULL;
}

static void refuse_to_keep(struct kb_core *k, struct kb_client *c, const struct kb_intent *i,
			   const char *file, const struct kb_buf *lines)
{
	KB_BUF struct kb_buf text = {0};

	kb_buf_printf(&text, "%s; these lines in %s would be kept:\n%s",
		      k->engine.options.simulation
			      ? "this is a simulation"
			      : "kboot does not write to disks (mount_rw=true lets `save` do it)",
		      file, lines->data);
	kb_client_reply(c, i, false, kb_buf_error(&text) == 0 ? text.data : "out of memory");
}

void kb_do_save(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf lines = {0};
	struct kb_engine *e = &k->engine;
	const char *file = file_to_keep(e, &arena);
	const struct kb_intent about = {.type = KB_DO_SAVE, .name = file, .from = "/"};
	struct kb_request *q;

	/* What is set only so that it can be kept is not kept itself. */
	kb_session_vars_text(&e->session, kb_variables[KB_VAR_MOUNT_RW].name, &lines);
	if (kb_buf_error(&lines) < 0 || lines.len == 0) {
		kb_client_reply(c, i, false,
				kb_buf_error(&lines) < 0 ? "out of memory"
							 : "nothing was set at the prompt");
		return;
	}
	if (!file) {
		kb_client_reply(c, i, false,
				"no booted environment is known that could keep it (root NAME "
				"chooses one)");
		return;
	}
	if (e->options.simulation || !kb_settings_bool(&e->settings, KB_VAR_MOUNT_RW)) {
		refuse_to_keep(k, c, i, file, &lines);
		return;
	}
	q = kb_request_create(k, c, i);
	if (!q) {
		return;
	}
	q->line = kb_arena_str(&q->arena, kb_buf_view(&lines));
	if (!q->line) {
		kb_request_fail(q, "out of memory");
		return;
	}
	kb_request_prompt(q, KB_TASK_SAVE, &about);
}

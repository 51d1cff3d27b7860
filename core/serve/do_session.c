/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The booted environment and the variables: what is in force, and what the prompt makes of it. */
#include <errno.h>

#include "kboot/base/escape.h"
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

/* What is in force follows the variables of the session. */
static int take_session(struct kb_engine *e, const char *name)
{
	if (is_root_variable(name)) {
		kb_engine_root_changed(e);
	}
	return kb_engine_take_session(e);
}

static int set_variable(struct kb_engine *e, const char *name, const char *value,
			struct kb_error *err)
{
	char root[ROOT_MAX_BYTES];
	int r = 0;

	if (is_root_variable(name)) {
		r = take_root(e, value, root, err);
		value = root;
	}
	if (r == 0) {
		r = kb_session_vars_set(&e->session, name, value, err);
	}
	if (r < 0) {
		return r;
	}
	r = take_session(e, name);
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
	int r = i->name ? kb_session_vars_unset(&k->engine.session, i->name, &err)
			: kb_error_set(&err, -EINVAL, "unset NAME");

	kb_client_reply_error(c, i, r < 0 ? r : take_session(&k->engine, i->name), &err);
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

static void tell_variable(const struct kb_engine *e, enum kb_variable variable, struct kb_buf *text)
{
	const struct kb_variable_info *info = &kb_variables[variable];
	const struct kb_setting *s = kb_settings_get(&e->settings, variable);
	char source[KB_ERROR_FILE + 16];

	if (s) {
		kb_setting_source(s, source, sizeof(source));
		kb_escape_printf(text, "%s=%s  (%s%s)", info->name, s->value, source,
				 kb_setting_remark(s));
	} else if (info->built_in) {
		kb_escape_printf(text, "%s=%s  (built-in)", info->name, info->built_in);
	} else {
		kb_escape_printf(text, "%s  (not set)", info->name);
	}
}

/* Labels of this session; NULL: all. How many that were. */
static size_t tell_labels(const struct kb_engine *e, const char *name, struct kb_buf *text)
{
	enum kb_variable variable;
	size_t n = 0;

	for (size_t i = 0; i < e->session.n; i++) {
		struct kb_str label = kb_str_from(e->session.vars[i].name);

		if (kb_variable_find(label, &variable) < 0 &&
		    (!name || kb_str_eq_nocase(label, kb_str_from(name)))) {
			kb_escape_printf(text, "%s=%s  (this session)", label.data,
					 e->session.vars[i].value);
			n++;
		}
	}
	return n;
}

void kb_do_variables(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	KB_BUF struct kb_buf text = {0};
	enum kb_variable variable;
	struct kb_error err = {0};

	if (!i->name) {
		for (int v = 0; v < KB_N_VARIABLES; v++) {
			tell_variable(&k->engine, v, &text);
		}
		(void)tell_labels(&k->engine, NULL, &text);
	} else if (kb_variable_find(kb_str_from(i->name), &variable) == 0) {
		tell_variable(&k->engine, variable, &text);
	} else if (tell_labels(&k->engine, i->name, &text) == 0) {
		(void)kb_error_set(&err, -ENOENT,
				   "%s is no variable, and was not set at the prompt", i->name);
		kb_client_reply(c, i, false, err.text);
		return;
	}
	kb_client_reply_text(c, i, &text);
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
		kb_request_reply(q, false, NULL, "out of memory");
		return;
	}
	kb_request_prompt(q, KB_TASK_SAVE, &about);
}

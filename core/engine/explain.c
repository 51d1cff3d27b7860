/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `kboot explain`: the engine's reasons in words. */
#include <errno.h>

#include "engine.h"
#include "kboot/base/escape.h"
#include "kboot/mount/in_place.h"

enum { PROBLEMS_TOLD = 50, DISKS_TOLD = 40 };

static void explain_default(const struct kb_engine *e, struct kb_buf *t)
{
	const struct kb_entry *d = e->chosen.entry;

	kb_escape_printf(t, "Default: %s",
			 d ? kb_entry_display(d) : "none, the menu waits for a person");
	kb_escape_printf(t, "  because %s%s", d ? "of " : "", e->chosen.why);
	if (d) {
		kb_escape_printf(t, "  id %s", d->id);
	}
}

static void explain_environment(const struct kb_engine *e, struct kb_buf *t)
{
	bool is_folder = kb_places_folder(&e->places) && !kb_engine_root(e)[0];
	const char *why = e->environment.why[0] ? e->environment.why : "no device was read yet";

	if (is_folder) {
		kb_buf_puts(t, "Booted environment: " KB_SIMULATED_TEXT
			       "\n  because " KB_SIMULATED_WHY "\n");
		if (e->environment_name[0]) {
			kb_escape_printf(t, "Settings count of: %s", e->environment_name);
			kb_escape_printf(t, "  because %s", why);
		}
		return;
	}
	kb_escape_printf(t, "Booted environment: %s",
			 e->environment_name[0] ? e->environment_name : "none");
	kb_escape_printf(t, "  because %s", why);
	if (e->environment.warning[0]) {
		kb_escape_printf(t, "  but %s", e->environment.warning);
	}
}

static void explain_settings(const struct kb_engine *e, struct kb_buf *t)
{
	char source[KB_ERROR_FILE + 16];

	kb_buf_puts(t, "Settings:\n");
	for (int v = 0; v < KB_N_VARIABLES; v++) {
		const struct kb_setting *s = kb_settings_get(&e->settings, v);

		if (s) {
			kb_setting_source(s, source, sizeof(source));
			kb_escape_printf(t, "  %s=%s  from %s%s", kb_variables[v].name, s->value,
					 source, kb_setting_remark(s));
		}
	}
	if (!kb_settings_get(&e->settings, KB_VAR_TIMEOUT)) {
		kb_buf_puts(t, "  no timeout: the menu waits for ever\n");
	}
}

void kb_engine_tell_place(const struct kb_engine *e, const struct kb_place *p,
			  enum kb_log_level least, struct kb_buf *t)
{
	KB_BUF struct kb_buf why = {0};

	if (kb_place_tell(&e->places, p, &why) >= least && why.len > 0) {
		kb_buf_printf(t, "%s\n", why.data);
	}
}

void kb_engine_tell_disks(const struct kb_engine *e, struct kb_buf *t)
{
	size_t n = 0;

	if (!kb_engine_settled(e) || e->order.n > 0) {
		return;
	}
	for (const struct kb_place *p = e->places.first; p; p = p->next) {
		size_t before = t->len;

		if (n < DISKS_TOLD) {
			kb_engine_tell_place(e, p, KB_LOG_INFO, t);
		}
		n += t->len > before || n == DISKS_TOLD;
	}
	if (n == 0) {
		kb_buf_puts(t, "There is no disk that anything could boot from.\n");
	}
}

void kb_engine_tell_losses(const struct kb_place *p, const char *indent, struct kb_buf *t)
{
	for (size_t i = 0; i < p->found.n_losses; i++) {
		kb_buf_printf(t, "%s%s\n", indent, p->found.losses[i]);
	}
	if (p->found.n_lost > p->found.n_losses) {
		kb_buf_printf(t, "%s%s: %zu more like these\n", indent, kb_place_name(p),
			      p->found.n_lost - p->found.n_losses);
	}
}

/* What was found, or why nothing was. */
static void explain_place(const struct kb_engine *e, const struct kb_place *p, struct kb_buf *t)
{
	const char *name = kb_place_name(p);
	const char *fstype = p->found.has_device ? p->found.device.fstype : NULL;
	size_t n = kb_catalog_count(&e->catalog, &e->places, p);
	KB_BUF struct kb_buf why = {0};
	const struct kb_place *mirror;
	size_t n_mirrored = kb_catalog_mirrored(&e->catalog, &e->places, p, &mirror);

	(void)kb_place_tell(&e->places, p, &why);
	if (why.len > 0) {
		kb_buf_printf(t, "  %s\n", why.data);
	} else if (p->status != KB_PLACE_READ) {
		kb_buf_printf(t, "  %s is still being read\n", name);
	} else if (p->block.has_partitions) {
		kb_buf_printf(t, "  %s partitioned: its partitions were looked at instead\n", name);
	} else {
		kb_buf_printf(t, "  %s%s%s: %zu %s\n", name, fstype ? " " : "",
			      fstype ? fstype : "", n, n == 1 ? "entry" : "entries");
	}
	if (n_mirrored > 0) {
		kb_buf_printf(t, "    %zu more %s those of %s: shown once\n", n_mirrored,
			      n_mirrored == 1 ? "is one of" : "are", kb_place_name(mirror));
	}
	kb_engine_tell_losses(p, "    ", t);
}

static void explain_places(const struct kb_engine *e, struct kb_buf *t)
{
	kb_buf_puts(t, "Looked at:\n");
	for (const struct kb_place *p = e->places.first; p; p = p->next) {
		if (p->kind != KB_PLACE_SESSION) {
			explain_place(e, p, t);
		}
	}
	if (!e->places.first) {
		kb_buf_puts(t, "  no device is there\n");
	}
}

/* A disk with ten thousand broken labels must not make the answer too long to be sent. */
static void explain_problems(const struct kb_engine *e, struct kb_buf *t)
{
	size_t n_problems = 0;

	for (size_t i = 0; i < e->catalog.n_entries; i++) {
		const struct kb_entry *n = &e->catalog.entries[i];

		for (size_t k = 0; k < n->n_problems; k++) {
			kb_buf_puts(t, n_problems == 0 ? "Problems:\n" : "");
			if (n_problems++ < PROBLEMS_TOLD) {
				kb_escape_printf(t, "  %s: %s", kb_entry_display(n),
						 n->problems[k]);
			}
		}
	}
	if (n_problems > PROBLEMS_TOLD) {
		kb_buf_printf(t, "  and %zu more\n", n_problems - PROBLEMS_TOLD);
	}
}

/* A count is kept by a name, which any filesystem can change. */
static void explain_writes(const struct kb_entry *n, struct kb_buf *t)
{
	const char *refusal = n->device ? kb_in_place_refusal(n->device->fstype) : NULL;

	for (size_t i = 0; i < n->writes.n; i++) {
		const struct kb_write *write = &n->writes.items[i];
		KB_BUF struct kb_buf what = {0};

		kb_write_put_text(write, &what);
		if (write->kind == KB_WRITE_VARIABLE && refusal) {
			kb_escape_printf(t, "  its loader would write %s, kboot does not: %s",
					 what.data ? what.data : "", refusal);
		} else {
			kb_escape_printf(t, "  starting it writes %s", what.data ? what.data : "");
		}
	}
}

static void explain_entry(const struct kb_engine *e, const struct kb_entry *n, struct kb_buf *t)
{
	kb_escape_printf(t, "%s", kb_entry_display(n));
	kb_escape_printf(t, "  id %s", n->id);
	if (n->file && n->line > 0) {
		kb_escape_printf(t, "  from %s:%u", n->file, n->line);
	} else if (n->file) {
		kb_escape_printf(t, "  from %s", n->file);
	}
	if (n->command && !n->kernel) {
		kb_escape_printf(t, "  command %s", n->command);
	} else {
		kb_escape_printf(t, "  kernel %s", n->kernel ? n->kernel : "none");
	}
	for (size_t i = 0; i < n->n_initrd; i++) {
		kb_escape_printf(t, "  initrd %s", n->initrd[i]);
	}
	if (n->dtb) {
		kb_escape_printf(t, "  dtb %s", n->dtb);
	}
	kb_escape_printf(t, "  args %s", n->args ? n->args : "");
	if (n->remark) {
		kb_escape_printf(t, "  %s", n->remark);
	}
	for (size_t i = 0; i < n->n_problems; i++) {
		kb_escape_printf(t, "  problem: %s", n->problems[i]);
	}
	explain_writes(n, t);
	kb_escape_printf(t, "  it is %s %s",
			 n == e->chosen.entry ? "the default because of" : "not the default:",
			 e->chosen.why);
}

int kb_engine_explain(const struct kb_engine *e, const char *id, struct kb_buf *text)
{
	const struct kb_entry *entry = id ? kb_catalog_find(&e->catalog, id) : NULL;

	if (id && !entry) {
		return -ENOENT;
	}
	if (entry) {
		explain_entry(e, entry, text);
		return 0;
	}
	explain_default(e, text);
	explain_environment(e, text);
	explain_settings(e, text);
	explain_places(e, text);
	explain_problems(e, text);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places, mounts and lists for the prompt. Whether it may was asked before. */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "kboot/mount/table.h"
#include "serve/request.h"
#include "serve/serve.h"
#include "work/resolver.h"

/* A worker does it. */
void kb_do_task(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	static const enum kb_prompt_task tasks[KB_N_INTENTS] = {
		[KB_DO_VISIT] = KB_TASK_VISIT,
		[KB_DO_UMOUNT] = KB_TASK_UMOUNT,
		[KB_DO_REMOUNT] = KB_TASK_REMOUNT,
	};
	bool is_remount = i->type == KB_DO_REMOUNT;
	const char *why_not = NULL;
	struct kb_request *q;

	if (!i->name || !i->name[0]) {
		why_not = "a name is missing";
	} else if (is_remount &&
		   (!i->want || (strcmp(i->want, "rw") != 0 && strcmp(i->want, "ro") != 0))) {
		why_not = "remount is for rw or ro";
	} else if (k->engine.options.simulation && is_remount) {
		why_not = "this is a simulation: nothing is mounted";
	}
	if (why_not) {
		kb_client_reply(c, i, false, why_not);
		return;
	}
	q = kb_request_create(k, c, i);
	if (q) {
		kb_request_prompt(q, tasks[i->type], i);
	}
}

/* --- lists */

struct mounts {
	const char *environment; /* the folder of its root */
	struct kb_table table;
};

/* "sda2:/", "/boot", "smb://host/share", "host:/export", "sda1:/x.iso": what a mount below our
 * folder is called.
 */
static void name_mount(const struct mounts *list, const struct kb_mount_row *m, char *name,
		       size_t size)
{
	const char *inside = kb_path_below(m->target, list->environment);
	const char *root = kb_path_below(m->target, KB_RESOLVER_RUN_DIR "/root");
	const char *device = kb_path_below(m->target, KB_RESOLVER_RUN_DIR "/mnt");
	const char *share = kb_path_below(m->target, KB_RESOLVER_RUN_DIR "/smb");
	const char *image = kb_path_below(m->target, KB_RESOLVER_RUN_DIR "/iso");

	if (inside) {
		(void)snprintf(name, size, "%s", inside[0] ? inside : "/");
	} else if (root && root[0]) {
		(void)snprintf(name, size, "%s (as root)", root + 1);
		kb_automount_unfold(name);
	} else if (device && device[0]) {
		(void)snprintf(name, size, "%s:/", device + 1);
		kb_automount_unfold(name);
	} else if (share && share[0]) {
		(void)snprintf(name, size, "smb://%s", share + 1);
		kb_automount_unfold(name);
	} else if (image && image[0]) {
		(void)snprintf(name, size, "%.*s:%s", (int)strcspn(image + 1, "/"), image + 1,
			       image + 1 + strcspn(image + 1, "/"));
		kb_automount_unfold(name);
	} else {
		(void)snprintf(name, size, "%s", m->source);
	}
}

static int list_mount(void *ctx, const struct kb_mount_row *m)
{
	struct mounts *list = ctx;
	struct kb_table *t = &list->table;
	char name[KB_ERROR_FILE];

	name_mount(list, m, name, sizeof(name));
	kb_table_add(t,
		     (struct kb_table_row){
			     {kb_table_printf(t, "%s", name), kb_table_printf(t, "%s", m->source),
			      kb_table_printf(t, "%s", m->fstype), m->read_only ? "ro" : "rw"}});
	return 0;
}

void kb_do_mounts(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	KB_ARENA struct kb_arena arena = {0};
	struct mounts list = {.environment =
				      kb_automount_folder(&arena, KB_RESOLVER_RUN_DIR, "root",
							  kb_engine_root(&k->engine))};
	int r = -ENOMEM;

	if (list.environment) {
		r = kb_mount_table("/proc/self/mountinfo", KB_RESOLVER_RUN_DIR, list_mount, &list);
	}
	if (r < 0) {
		kb_client_reply(c, i, false, strerror(-r));
	} else {
		kb_client_reply_table(c, i, &list.table, NULL);
	}
	kb_table_done(&list.table);
}

static void add_device(const struct kb_places *places, const struct kb_place *p, struct kb_table *t)
{
	const struct kb_device *d = &p->found.device;
	const char *size = d->size_bytes > 0 ? kb_table_printf(t, "%" PRIu64, d->size_bytes) : NULL;
	const char *alias = d->alias    ? d->alias
			    : d->mapper ? kb_table_printf(t, "mapper/%s", d->mapper)
					: NULL;
	KB_BUF struct kb_buf state = {0};

	kb_place_put_state(places, p, &state);
	kb_table_add(t, (struct kb_table_row){
				{d->name, d->fstype, size,
				 state.len > 0 ? kb_table_printf(t, "%s", state.data) : NULL, alias,
				 d->members, d->label, d->uuid, d->partuuid, d->partlabel}});
}

void kb_do_devices(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	KB_TABLE struct kb_table t = {0};
	KB_BUF struct kb_buf closed = {0};

	for (const struct kb_place *p = k->engine.places.first; p; p = p->next) {
		if (p->found.has_device) {
			add_device(&k->engine.places, p, &t);
		}
		kb_engine_tell_place(&k->engine, p, KB_LOG_WARNING, &closed);
	}
	kb_client_reply_table(c, i, &t, closed.data);
}

void kb_do_labels(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	KB_TABLE struct kb_table t = {0};

	kb_engine_fresh_catalog(&k->engine);
	for (size_t n = 0; n < k->engine.catalog.n_entries; n++) {
		const struct kb_entry *e = &k->engine.catalog.entries[n];

		if (e->label && !e->hidden &&
		    kb_core_may(k, &c->actor, KB_MAY_BOOT, e) != KB_ANSWER_NO) {
			kb_table_add(&t,
				     (struct kb_table_row){{e->label, kb_format_name(e->format)}});
		}
	}
	kb_client_reply_table(c, i, &t, NULL);
}

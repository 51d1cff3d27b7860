/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Systems that are installed, and namespaces that hold one. Whether it may was asked before. */
#include <errno.h>
#include <inttypes.h>

#include "serve/request.h"
#include "serve/serve.h"

/* The device that a name means; "sda2:", and with a path behind, is its filesystem alone. */
static const struct kb_device *find_device(const struct kb_core *k, const char *name)
{
	struct kb_str whole = kb_str_from(name);

	return kb_places_device(&k->engine.places, kb_str_head(whole, kb_str_find(whole, ':')));
}

static const char *why_no_chroot(const struct kb_core *k, const struct kb_client *c,
				 const struct kb_intent *i)
{
	bool writes = i->want && strcmp(i->want, "rw") == 0;

	if (i->want && !writes && strcmp(i->want, "ro") != 0) {
		return "a chroot is rw or ro";
	}
	/* A program in there could do it too; but it is another question. */
	if (writes && kb_core_may(k, &c->actor, KB_MAY_WRITE, NULL) == KB_ANSWER_NO) {
		return KB_RESTRICTED_TEXT;
	}
	return k->engine.options.simulation
		       ? "this is a simulation: there is nothing to chroot into"
		       : NULL;
}

void kb_do_chroot(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	const char *why_not = why_no_chroot(k, c, i);
	const struct kb_device *device = i->name ? find_device(k, i->name) : NULL;
	struct kb_intent about = *i;
	char text[KB_ERROR_TEXT];
	struct kb_request *q;

	if (!why_not && i->name && !device) {
		(void)snprintf(text, sizeof(text), "there is no device %s", i->name);
		why_not = text;
	}
	if (why_not) {
		kb_client_reply(c, i, false, why_not);
		return;
	}
	q = kb_request_create(k, c, i);
	if (!q) {
		return;
	}
	q->system = device ? kb_arena_strdup(&q->arena, device->name) : NULL;
	if (device && !q->system) {
		kb_request_fail(q, "out of memory");
		return;
	}
	about.name = device && strchr(i->name, ':') ? i->name : NULL;
	kb_request_prompt(q, KB_TASK_CHROOT, &about);
}

void kb_do_chroot_end(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	uint64_t pid = 0;

	if (i->name && kb_str_to_u64(kb_str_from(i->name), &pid) < 0) {
		kb_client_reply(c, i, false, "that is no number of a worker");
		return;
	}
	kb_requests_end_chroots(k, c->id, pid);
	kb_client_reply(c, i, true, NULL);
}

/* Of a btrfs with several the first one: that is what its device means everywhere. */
static void add_system(struct kb_table *t, const struct kb_place *p)
{
	static const struct kb_device folder = {.name = "/"};
	const struct kb_device *d = p->found.has_device ? &p->found.device : &folder;
	const char *size = d->size_bytes > 0 ? kb_table_printf(t, "%" PRIu64, d->size_bytes) : NULL;

	kb_table_add(t,
		     (struct kb_table_row){{d->name, p->found.systems[0].says.name, d->fstype, size,
					    d->label, d->uuid, d->partuuid, d->partlabel}});
}

void kb_do_systems(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	const struct kb_places *places = &k->engine.places;
	const struct kb_device *sleeping = kb_places_hibernated(places);
	KB_TABLE struct kb_table t = {0};
	KB_BUF struct kb_buf text = {0};

	for (const struct kb_place *p = places->first; p; p = p->next) {
		if (p->found.n_systems > 0 && p->kind >= KB_PLACE_FOLDER) {
			add_system(&t, p);
		}
	}
	if (sleeping) {
		kb_buf_printf(&text,
			      "%s holds a hibernated system: no disk of this machine is mounted "
			      "for writing until that is woken up and shut down",
			      sleeping->name);
	}
	kb_client_reply_table(c, i, &t, text.data);
}

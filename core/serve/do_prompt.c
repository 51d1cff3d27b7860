/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places, mounts and lists for the prompt. Whether it may was asked before. */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "kboot/base/escape.h"
#include "kboot/mount/table.h"
#include "serve/request.h"
#include "serve/serve.h"
#include "work/resolver.h"

static void start(struct kb_core *k, struct kb_client *c, enum kb_prompt_task task,
		  const struct kb_intent *i)
{
	struct kb_request *q;

	if (task != KB_TASK_CHROOT && (!i->name || !i->name[0])) {
		kb_client_reply(c, i, false, "a name is missing");
		return;
	}
	q = kb_request_create(k, c, i);
	if (q) {
		kb_request_prompt(q, task, i);
	}
}

void kb_do_visit(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	start(k, c, KB_TASK_VISIT, i);
}

void kb_do_umount(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	start(k, c, KB_TASK_UMOUNT, i);
}

void kb_do_remount(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	if (!i->want || (strcmp(i->want, "rw") != 0 && strcmp(i->want, "ro") != 0)) {
		kb_client_reply(c, i, false, "remount is for rw or ro");
		return;
	}
	if (k->engine.options.simulation) {
		kb_client_reply(c, i, false, "this is a simulation: nothing is mounted");
		return;
	}
	start(k, c, KB_TASK_REMOUNT, i);
}

void kb_do_chroot(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	if (k->engine.options.simulation) {
		kb_client_reply(c, i, false,
				"this is a simulation: there is nothing to chroot into");
		return;
	}
	start(k, c, KB_TASK_CHROOT, i);
}

void kb_do_chroot_end(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	kb_requests_end_chroots(k, c->id);
	kb_client_reply(c, i, true, NULL);
}

/* --- lists */

struct mounts {
	const char *environment; /* the folder of its root */
	struct kb_buf text;
};

/* "sda2:/", "/boot", "host:/export": what a mount below our folder is called. */
static void name_mount(const struct mounts *list, const struct kb_mount_row *m, char *name,
		       size_t size)
{
	const char *inside = kb_mount_below(m->target, list->environment);
	const char *root = kb_mount_below(m->target, KB_RESOLVER_RUN_DIR "/root");
	const char *device = kb_mount_below(m->target, KB_RESOLVER_RUN_DIR "/mnt");

	if (inside) {
		(void)snprintf(name, size, "%s", inside[0] ? inside : "/");
	} else if (root && root[0]) {
		(void)snprintf(name, size, "%s (as root)", root + 1);
		kb_automount_unfold(name);
	} else if (device && device[0]) {
		(void)snprintf(name, size, "%s:/", device + 1);
		kb_automount_unfold(name);
	} else {
		(void)snprintf(name, size, "%s", m->source);
	}
}

static int list_mount(void *ctx, const struct kb_mount_row *m)
{
	struct mounts *list = ctx;
	char name[KB_ERROR_FILE];

	name_mount(list, m, name, sizeof(name));
	kb_escape_printf(&list->text, "%-24s %-24s %-8s %s", name, m->source, m->fstype,
			 m->read_only ? "read-only" : "read-write");
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
	} else if (list.text.len == 0) {
		kb_client_reply(c, i, true, "nothing is mounted\n");
	} else {
		kb_client_reply_text(c, i, &list.text);
	}
	kb_buf_done(&list.text);
}

static void format_size(uint64_t bytes, char *text, size_t size)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	double n = (double)bytes;
	size_t unit = 0;

	while (n >= 1024 && unit + 1 < KB_ARRAY_LEN(units)) {
		n /= 1024;
		unit++;
	}
	(void)snprintf(text, size, n < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", n, units[unit]);
}

/* By what else the devices can be named, for completion. */
static void list_tags(const struct kb_engine *e, struct kb_buf *text)
{
	for (const struct kb_place *p = e->places.first; p; p = p->next) {
		const struct kb_device *d = &p->found.device;
		const struct {
			const char *name;
			const char *value;
		} tags[] = {{"UUID", d->uuid},
			    {"LABEL", d->label},
			    {"PARTUUID", d->partuuid},
			    {"PARTLABEL", d->partlabel}};

		for (size_t k = 0; p->found.has_device && k < KB_ARRAY_LEN(tags); k++) {
			if (tags[k].value && tags[k].value[0]) {
				kb_buf_printf(text, "%s %s=%s\n", d->name, tags[k].name,
					      tags[k].value);
			}
		}
	}
}

void kb_do_devices(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	KB_BUF struct kb_buf text = {0};

	if (i->want && strcmp(i->want, "tags") == 0) {
		list_tags(&k->engine, &text);
		kb_client_reply_text(c, i, &text);
		return;
	}
	for (const struct kb_place *p = k->engine.places.first; p; p = p->next) {
		const struct kb_device *d = &p->found.device;
		char size[32];

		if (!p->found.has_device) {
			continue;
		}
		format_size(d->size_bytes, size, sizeof(size));
		kb_escape_printf(&text, "%-10s  %-8s %9s  %s%s%s", d->name,
				 d->fstype ? d->fstype : "-", d->size_bytes > 0 ? size : "-",
				 d->label ? d->label : "", d->label && d->uuid ? "  " : "",
				 d->uuid ? d->uuid : "");
	}
	if (text.len == 0) {
		kb_buf_puts(&text, "no device was found\n");
	}
	kb_client_reply_text(c, i, &text);
}

static void list_labels(const struct kb_engine *e, bool bare, const char *heading,
			struct kb_buf *text)
{
	for (size_t k = 0; k < e->catalog.n_entries; k++) {
		const struct kb_entry *entry = &e->catalog.entries[k];

		/* One a line: of a label with a line feed in it that would make two. */
		if (entry->label && !strchr(entry->label, '\n') && !entry->hidden &&
		    kb_engine_may(e, KB_MAY_BOOT, entry) != KB_ANSWER_NO &&
		    bare == (entry->format == KB_FORMAT_FILE)) {
			kb_buf_printf(text, "%s%s\n", heading, entry->label);
			heading = "";
		}
	}
}

/* What a person wrote first; a bare kernel has a name that can be typed as well. */
void kb_do_labels(struct kb_core *k, struct kb_client *c, const struct kb_intent *i)
{
	KB_BUF struct kb_buf text = {0};
	bool plain = i->want != NULL;

	kb_engine_fresh_catalog(&k->engine);
	list_labels(&k->engine, false, "", &text);
	list_labels(&k->engine, true,
		    plain          ? ""
		    : text.len > 0 ? "\nKernels without a label:\n"
				   : "Kernels without a label:\n",
		    &text);
	kb_client_reply_text(c, i, &text);
}

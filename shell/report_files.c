/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configurations: kboot's own, and those that were found. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "ask.h"
#include "kboot/base/tree.h"
#include "report_text.h"

/* netrc and passwd are nothing but secrets: they are not opened. */
static const struct {
	const char *path;
	bool has_keys;
} own_files[] = {
	{"/etc/kboot.conf", false},
	{"/etc/fstab", false},
	{"/etc/hosts", false},
	{"/etc/kboot/authorized_keys", true},
};

struct files {
	struct kb_report_text *report;
	struct kb_arena arena;
	const char *names[KB_REPORT_FILES];
	size_t n;
};

static void put_text(struct kb_report_text *r, const char *title, const struct kb_buf *text,
		     bool has_keys)
{
	KB_BUF struct kb_buf keys = {0};

	if (has_keys) {
		kb_secrets_hide_keys(&keys, kb_buf_view(text), r->shell->options->fingerprint);
		kb_report_put(r, title, kb_buf_view(&keys), KB_SECRETS_PROSE, false);
	} else {
		kb_report_put(r, title, kb_buf_view(text), KB_SECRETS_CONFIG, false);
	}
}

static void put_path(struct kb_report_text *r, const char *title, const char *path, bool has_keys)
{
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	int error = fd < 0 ? -errno : kb_read_all(fd, KB_REPORT_FILE_BYTES, &text);

	if (error < 0) {
		kb_report_why_not(r, title,
				  error == -EFBIG ? "longer than a report takes"
						  : strerror(-error));
	} else {
		put_text(r, title, &text, has_keys);
	}
}

static void put_own(struct kb_report_text *r)
{
	char title[KB_ERROR_FILE];

	for (size_t i = 0; i < KB_ARRAY_LEN(own_files); i++) {
		(void)snprintf(title, sizeof(title), "kboot's own %s", own_files[i].path);
		put_path(r, title, own_files[i].path, own_files[i].has_keys);
	}
}

/* --- those that were found */

static void add_name(struct files *f, const char *name)
{
	const char *colon = name ? strstr(name, ":/") : NULL;
	/* Of a URL nothing is fetched for a report. */
	bool is_on_disk = colon && colon[2] != '/';
	bool is_in_folder = name && name[0] == '/' && kb_shell_is_simulated(f->report->shell);

	if (!(is_on_disk || is_in_folder) || f->n == KB_REPORT_FILES) {
		return;
	}
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->names[i], name) == 0) {
			return;
		}
	}
	f->names[f->n] = kb_arena_strdup(&f->arena, name);
	f->n += f->names[f->n] != NULL;
}

static void take_entry(void *owner, struct kb_str line)
{
	struct files *f = owner;
	KB_ARENA struct kb_arena arena = {.max_bytes = (size_t)4 << 20};
	struct kb_message m;

	if (kb_str_starts(line, KB_STR("{\"type\":\"entry\"")) &&
	    kb_message_decode(&arena, line, &m) == 0 && m.entry.format != KB_FORMAT_FILE &&
	    m.entry.format != KB_FORMAT_UKI) {
		add_name(f, m.entry.file);
		add_name(f, m.entry.menu);
	}
}

/* "sda2:/etc/kboot.conf:3" */
static void take_source(struct files *f, const char *source)
{
	char name[KB_ERROR_FILE];
	const char *line = source ? strrchr(source, ':') : NULL;

	if (line && kb_is_digit(line[1])) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)(line - source), source);
		add_name(f, name);
	}
}

static void find_names(struct files *f)
{
	struct kb_report_text *r = f->report;
	struct kb_shell_engine *e = &r->shell->engine;
	struct kb_error err = {0};
	const struct kb_message *reply =
		kb_report_ask(r, &(struct kb_intent){.type = KB_DO_VARIABLES}, &err);
	char name[KB_ERROR_FILE];

	for (size_t i = 0; reply && i < reply->n_rows; i++) {
		take_source(f, reply->rows[i].cells[KB_VARIABLES_SOURCE]);
	}
	e->heard = take_entry;
	e->heard_by = f;
	(void)!kb_report_ask(r, &(struct kb_intent){.type = KB_DO_LIST}, &err);
	e->heard = NULL;
	reply = kb_report_ask(r, &(struct kb_intent){.type = KB_DO_SYSTEMS}, &err);
	for (size_t i = 0; reply && i < reply->n_rows; i++) {
		const char *device = reply->rows[i].cells[KB_SYSTEMS_NAME];
		bool is_folder = !device || strcmp(device, "/") == 0;

		(void)snprintf(name, sizeof(name), "%s%s/etc/fstab", is_folder ? "" : device,
			       is_folder ? "" : ":");
		add_name(f, name);
	}
}

/* Of the devices that were mounted before, none is given back. */
static bool is_mounted(struct files *f, const char *device)
{
	struct kb_error err = {0};
	const struct kb_message *reply =
		kb_report_ask(f->report, &(struct kb_intent){.type = KB_DO_MOUNTS}, &err);
	for (size_t i = 0; reply && i < reply->n_rows; i++) {
		const char *mounted = reply->rows[i].cells[KB_MOUNTS_SOURCE];

		if (mounted && strncmp(mounted, "/dev/", 5) == 0 &&
		    strcmp(mounted + 5, device) == 0) {
			return true;
		}
	}
	/* What cannot be seen is left as it is. */
	return reply == NULL;
}

static void put_found(struct files *f, const char *name)
{
	struct kb_report_text *r = f->report;
	char device[KB_ERROR_FILE];
	const struct kb_intent visit = {.type = KB_DO_VISIT, .name = name, .want = "any"};
	const struct kb_intent give_back = {.type = KB_DO_UMOUNT, .name = device};
	const struct kb_message *reply;
	struct kb_error err = {0};
	bool was_mounted;

	(void)snprintf(device, sizeof(device), "%.*s", (int)strcspn(name, ":"), name);
	was_mounted = kb_shell_is_simulated(r->shell) || is_mounted(f, device);
	reply = kb_report_ask(r, &visit, &err);
	if (reply && reply->path) {
		put_path(r, name, reply->path, false);
	} else {
		kb_report_why_not(r, name, err.text);
	}
	if (!was_mounted) {
		(void)!kb_report_ask(r, &give_back, &err);
	}
}

void kb_report_files(struct kb_report_text *r)
{
	struct files f = {.report = r};

	if (!kb_shell_is_simulated(r->shell)) {
		put_own(r);
	}
	find_names(&f);
	for (size_t i = 0; i < f.n; i++) {
		put_found(&f, f.names[i]);
	}
	kb_arena_done(&f.arena);
}

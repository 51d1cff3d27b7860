/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ssh_job.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kboot/base/replace.h"
#include "kboot/base/tree.h"
#include "kboot/model/name.h"
#include "kboot/mount/network.h"
#include "kboot/ssh/account.h"
#include "kboot/ssh/authorized.h"
#include "remote.h"
#include "report.h"
#include "resolver.h"
#include "ssh_host_keys.h"

enum { AGAIN_S = 5 };

struct work {
	const struct kb_ssh_job *job;
	int out_fd;
	struct kb_resolver resolver;
	struct kb_ssh_keys *keys;
	int dir_fd; /* KB_SSH_DIR */
};

static void tell_warning(void *ctx, const char *sentence, uint64_t of)
{
	const struct work *w = ctx;

	kb_report_tell(w->out_fd,
		       &(struct kb_report){.note = sentence, .how = KB_SSH_WARNING, .of = of});
}

static void tell_diag(void *ctx, const struct kb_diag *diag)
{
	char sentence[KB_ERROR_TEXT];

	(void)snprintf(sentence, sizeof(sentence), "%s:%u: %s", diag->at.file, diag->at.line,
		       diag->text);
	tell_warning(ctx, sentence, 0);
}

/* --- who may log in */

static int read_keys(struct work *w, int fd, const char *file, struct kb_error *err)
{
	const struct kb_diag_sink sink = {tell_diag, w};
	KB_BUF struct kb_buf text = {0};
	int r = kb_read_all(fd, KB_SSH_FILE_BYTES, &text);

	r = r < 0 ? r : kb_ssh_keys_read(w->keys, kb_buf_view(&text), file, &sink);
	return r < 0 ? kb_error_set(err, r, "%s cannot be read: %s", file, strerror(-r)) : 0;
}

static int open_authorized(struct work *w, const char *name, int *ret_fd, struct kb_error *err)
{
	struct kb_arena *arena = &w->resolver.automount.arena;
	const char *found;
	int r = kb_resolver_open(&w->resolver, name, "/", ret_fd, &found, err);

	if (r != -EREMOTE) {
		return r;
	}
	kb_error_clear(err);
	r = kb_network_up(w->job->sys, w->resolver.spec.deadline_ms, err);
	return r < 0 ? r
		     : kb_remote_open_mapped(w->job->places, arena, kb_str_from(name), ret_fd,
					     &found, err);
}

/* What cannot be had is said; the others still count. */
static void read_authorized(struct work *w)
{
	KB_CLOSE int own_fd = open(KB_SSH_OWN_KEYS, O_RDONLY | O_CLOEXEC);
	KB_CLOSE int fd = -1;
	const char *name = w->job->authorized;
	struct kb_error err = {0};

	if (own_fd >= 0 && read_keys(w, own_fd, KB_SSH_OWN_KEYS, &err) < 0) {
		tell_warning(w, err.text, 0);
	}
	kb_error_clear(&err);
	if (name && name[0] &&
	    (open_authorized(w, name, &fd, &err) < 0 || read_keys(w, fd, name, &err) < 0)) {
		tell_warning(w, err.text, 0);
	}
}

static int write_file(int dir_fd, const char *name, const struct kb_buf *text)
{
	int r = kb_buf_error(text);

	return r < 0 ? r : kb_replace_file(dir_fd, name, kb_buf_view(text));
}

static int write_keys(const struct work *w)
{
	KB_CLOSE int home_fd = openat(w->dir_fd, "home/.ssh", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KB_BUF struct kb_buf lines = {0};
	KB_BUF struct kb_buf table = {0};
	int r;

	kb_ssh_keys_print(w->keys, &lines);
	kb_ssh_keys_print_table(w->keys, &table);
	r = home_fd < 0 ? -errno : write_file(w->dir_fd, "keys", &table);
	return r < 0 ? r : write_file(home_fd, "authorized_keys", &lines);
}

/* --- all of it */

static int make_folders(struct work *w, struct kb_error *err)
{
	static const char *const folders[] = {KB_SSH_DIR, KB_SSH_HOME, KB_SSH_HOME "/.ssh"};

	for (size_t i = 0; i < KB_ARRAY_LEN(folders); i++) {
		if (mkdir(folders[i], 0700) < 0 && errno != EEXIST) {
			return kb_error_set(err, -errno, "%s: %s", folders[i], strerror(errno));
		}
	}
	w->dir_fd = open(KB_SSH_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return w->dir_fd < 0 ? kb_error_set(err, -errno, KB_SSH_DIR ": %s", strerror(errno)) : 0;
}

static int prepare(struct work *w, struct kb_error *err)
{
	KB_BUF struct kb_buf prints = {0};
	const struct kb_ssh_host_keys host = {
		.sys = w->job->sys,
		.resolver = &w->resolver,
		.folder = w->job->host_keys,
		.dir_fd = w->dir_fd,
		.ctx = w,
		.warn = tell_warning,
	};
	bool password = kb_ssh_is_password_set();
	int r;

	read_authorized(w);
	if (w->keys->n == 0 && !password) {
		return kb_error_set(err, -ENOKEY,
				    "nobody could log in: there is no key in " KB_SSH_OWN_KEYS
				    " nor by authorized_keys=, and no password of kboot's");
	}
	r = write_keys(w);
	if (r < 0) {
		return kb_error_set(err, r, KB_SSH_DIR ": %s", strerror(-r));
	}
	r = kb_ssh_host_keys_make(&host, &prints, err);
	if (r == 0) {
		kb_report_tell(w->out_fd,
			       &(struct kb_report){.how = password ? KB_SSH_READY_PASSWORD
								   : KB_SSH_READY,
						   .place = prints.data});
	}
	return r;
}

int kb_ssh_prepare_run(void *data, int out_fd)
{
	const struct kb_ssh_job *job = data;
	struct work w = {.job = job, .out_fd = out_fd, .dir_fd = -1};
	const struct kb_resolver_spec spec = {
		.sys = job->sys,
		.places = job->places,
		.root = job->root,
		.deadline_ms = job->sys->now_ms(job->sys->ctx) + KB_SSH_PREPARE_MS,
		.ctx = &w,
		.note = tell_warning,
	};
	struct kb_error err = {0};
	int r = job->sys->confine(job->sys->ctx, KB_CONFINE_PROMPT, 0);

	w.keys = calloc(1, sizeof(*w.keys));
	r = r < 0 ? r : w.keys ? 0 : -ENOMEM;
	r = r < 0 ? r : kb_resolver_init(&w.resolver, &spec, &err);
	r = r < 0 ? r : make_folders(&w, &err);
	r = r < 0 ? r : prepare(&w, &err);
	if (r < 0) {
		kb_report_error(out_fd, r, &err);
	}
	if (w.keys) {
		kb_ssh_keys_done(w.keys);
		free(w.keys);
	}
	kb_automount_done(&w.resolver.automount);
	(void)kb_close(w.dir_fd);
	return r;
}

/* --- the server */

int kb_ssh_server_run(void *data, int out_fd)
{
	const struct kb_ssh_job *job = data;
	const char *argv[16 + 2 * KB_SSH_MAX_HOST_KEYS] = {
		KB_SSH_SERVER, "-F", "-E", "-K", "15", "-p", job->address,
	};
	static const char *const environment[] = {"PATH=/sbin:/bin:/usr/sbin:/usr/bin", NULL};
	char paths[KB_SSH_MAX_HOST_KEYS][KB_SSH_HOST_KEY_PATH];
	size_t n_keys = kb_ssh_host_keys_list(paths);
	size_t n = 7;

	if (!job->with_passwords) {
		argv[n++] = "-s";
	}
	for (size_t i = 0; i < n_keys; i++) {
		argv[n++] = "-r";
		argv[n++] = paths[i];
	}
	/* Its log is our lines. */
	if (dup2(out_fd, STDERR_FILENO) < 0) {
		return -errno;
	}
	(void)execve(KB_SSH_SERVER, (char *const *)argv, (char *const *)environment);
	return -errno;
}

/* --- the network for it */

int kb_ssh_network_run(void *data, int out_fd)
{
	const struct kb_ssh_job *job = data;
	char told[KB_ERROR_TEXT] = "";

	for (;;) {
		struct kb_error err = {0};
		int64_t until_ms = job->sys->now_ms(job->sys->ctx) + KB_NETWORK_UP_MS;

		if (kb_network_up(job->sys, until_ms, &err) == 0) {
			return 0;
		}
		if (strcmp(told, err.text) != 0) {
			(void)snprintf(told, sizeof(told), "%s", err.text);
			kb_report_tell(out_fd, &(struct kb_report){.note = told});
		}
		(void)sleep(AGAIN_S);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/nfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "server/server.h"
#include "table/point.h"

enum {
	OPTIONS_BYTES = 512,
	SOURCE_BYTES = KB_MOUNT_SERVER_MAX_HOST + KB_NFS_MAX_PATH + 8,
	RETRANS = 2, /* with two more sends the kernel waits three times timeo */
};

/* Nothing on a server may act on kboot's own system. */
static const unsigned long safe_flags = MS_NODEV | MS_NOSUID | MS_NOEXEC | MS_NOATIME;

/* A mount in the making. */
struct job {
	const struct kb_sys *sys;
	const struct kb_nfs_mount_request *request;
	const char *host;
	struct kb_mount_server server;
	char target[KB_MOUNT_TARGET_BYTES];
	bool is_fresh;                /* the target is a folder that we have made */
	char path[KB_NFS_MAX_PATH];   /* what may be asked for: the request's, up to a ".." */
	char export[KB_NFS_MAX_PATH]; /* what was mounted */
	int root_fd;
	int answer_ms; /* how long the last call was to wait */
	struct kb_error *err;
};

static void job_done(struct job *job)
{
	job->root_fd = kb_close(job->root_fd);
	if (job->is_fresh) {
		(void)rmdir(job->target);
	}
}

/* The kernel's client says EIO of a server that never answered its first question. */
static int unanswered(const struct job *job, int code, int64_t begin_ms)
{
	int64_t took_ms = job->sys->now_ms(job->sys->ctx) - begin_ms;

	return code == -EIO && took_ms >= job->answer_ms ? -ETIMEDOUT : code;
}

/* How long the kernel is to wait before it sends again, in tenths of a second; 0: there is no time.
 */
static int timeo_ds(struct job *job)
{
	int left_ms = kb_left_ms(job->sys, job->request->deadline_ms, KB_NFS_ANSWER_MS);
	int timeo = left_ms / 100 / (RETRANS + 1);

	job->answer_ms = timeo * 100 * (RETRANS + 1);
	return left_ms < KB_NFS_ANSWER_LEAST_MS ? 0 : timeo;
}

/* -errno of mount(2), or of opening what it mounted, with nothing left mounted. */
static int mount_export(struct job *job, const char *export, const char *version)
{
	const struct kb_nfs_place *place = job->request->place;
	const char *six = job->server.is_ipv6 ? "6" : "";
	const char *left = strchr(job->host, ':') ? "[" : "";
	char options[OPTIONS_BYTES];
	char source[SOURCE_BYTES];
	int64_t begin_ms = job->sys->now_ms(job->sys->ctx);
	int timeo = timeo_ds(job);
	size_t len;
	int r;

	if (timeo == 0) {
		return -ETIME;
	}
	len = (size_t)snprintf(options, sizeof(options),
			       "vers=%s,proto=tcp%s,port=%u,addr=%s,softerr,timeo=%d,retrans=%d",
			       version, six, place->port ? place->port : KB_NFS_PORT,
			       job->server.address, timeo, RETRANS);
	if (version[0] == '3') {
		/* Locks would need a daemon. */
		len += (size_t)snprintf(options + len, sizeof(options) - len,
					",nolock,mountproto=tcp%s", six);
		if (place->mount_port) {
			(void)snprintf(options + len, sizeof(options) - len, ",mountport=%u",
				       place->mount_port);
		}
	}
	(void)snprintf(source, sizeof(source), "%s%s%s:%s", left, job->host, *left ? "]" : "",
		       export);
	r = job->sys->mount(job->sys->ctx, source, job->target, "nfs",
			    safe_flags | (job->request->read_write ? 0 : MS_RDONLY), options);
	if (r < 0) {
		return unanswered(job, r, begin_ms);
	}
	job->root_fd = open(job->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY);
	if (job->root_fd < 0) {
		r = -errno;
		kb_unmount(job->sys, job->target);
		return r;
	}
	memcpy(job->export, export, strlen(export) + 1);
	return 0;
}

/* The kernel takes these for "not this version"; the server may still speak another. */
static bool is_other_version(int code)
{
	return code == -EPROTONOSUPPORT || code == -EINVAL || code == -EOPNOTSUPP;
}

static int mount_version_4(struct job *job)
{
	static const char *const versions[] = {"4.0", "4.1", "4.2"};
	int minor = job->request->place->minor;
	int r = -EPROTONOSUPPORT;

	if (minor >= 0 && minor < (int)KB_ARRAY_LEN(versions)) {
		return mount_export(job, "/", versions[minor]);
	}
	for (int i = KB_ARRAY_LEN(versions) - 1; i >= 0 && is_other_version(r); i--) {
		r = mount_export(job, "/", versions[i]);
	}
	return r;
}

/* What a server answers for a directory that it does not let us mount, or that is a file. */
static bool is_about_path(int code)
{
	return code == -ENOTDIR || code == -ENOENT || code == -EACCES || code == -EPERM ||
	       code == -ESTALE;
}

/* The path itself, then each directory above it. Of the refusals the first one is about what was
 * asked for; that it is no directory says nothing. */
static int mount_version_3(struct job *job)
{
	char path[KB_NFS_MAX_PATH];
	int result = -ENOTDIR;

	memcpy(path, job->path, sizeof(path));
	for (int i = 0; i < KB_NFS_MAX_PARENTS; i++) {
		char *slash = strrchr(path, '/');
		int r = mount_export(job, path, "3");

		if (!is_about_path(r)) {
			return r;
		}
		result = result == -ENOTDIR ? r : result;
		if (slash == path && path[1] == '\0') {
			break;
		}
		slash[slash == path] = '\0';
	}
	return result == -EPERM ? -EACCES : result;
}

/* Old servers show version 4 a tree of its own, in which a path of version 3 is not. */
static bool has_first_component(const struct job *job)
{
	char first[KB_NFS_MAX_PATH];
	size_t len = strcspn(job->path + 1, "/");
	struct stat st;

	memcpy(first, job->path + 1, len);
	first[len] = '\0';
	return len == 0 ||
	       fstatat(job->root_fd, first, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0 ||
	       errno != ENOENT;
}

static int mount_any_version(struct job *job)
{
	unsigned version = job->request->place->version;
	int first;
	int r;

	if (version == 3) {
		return mount_version_3(job);
	}
	first = mount_version_4(job);
	if (version == 4 || (first == 0 && has_first_component(job))) {
		return first;
	}
	if (first == 0) {
		job->root_fd = kb_close(job->root_fd);
		kb_unmount(job->sys, job->target);
		first = -ENOENT;
	}
	if (!is_other_version(first) && !is_about_path(first)) {
		return first;
	}
	r = mount_version_3(job);
	/* What version 4 said counts where version 3 has nothing to say. */
	return r == 0 || r == -EACCES || is_other_version(first) ? r : first;
}

static int failure(const struct job *job, int code)
{
	const struct kb_nfs_place *place = job->request->place;
	const char *host = job->host;
	const char *path = job->request->path;

	switch (code) {
	case -EACCES:
	case -EPERM:
		return kb_error_set(job->err, -EACCES,
				    "%s denies us %s (by NFS; its list of exports decides)", host,
				    path);
	case -ENOENT:
	case -ENOTDIR:
	case -ESTALE:
		return kb_error_set(job->err, -ENOENT, "%s exports nothing that holds %s", host,
				    path);
	case -ENODEV:
		return kb_error_set(job->err, code, "%s: this kernel has no driver for NFS", host);
	case -EPROTONOSUPPORT:
	case -EINVAL:
	case -EOPNOTSUPP:
		return kb_error_set(job->err, -EPROTONOSUPPORT,
				    place->version ? "%s does not speak version %u of NFS with us"
						   : "%s speaks no version of NFS that we do",
				    host, place->version);
	case -ETIMEDOUT:
		return kb_error_set(job->err, code,
				    "%s takes connections but does not answer (NFS, within %d s)",
				    host, (job->answer_ms + 999) / 1000);
	case -ETIME:
		return kb_mount_server_no_time(host, job->err);
	case -ECONNREFUSED:
		return kb_error_set(job->err, code,
				    "%s refuses connections: its mount service does not run", host);
	default:
		return kb_error_set(job->err, code, "%s: %s cannot be mounted by NFS: %s", host,
				    path, strerror(-code));
	}
}

/* A mount is asked for by names only: what stands behind a ".." or is a symlink, is for the walk on
 * what is mounted. */
static int take_path(struct job *job)
{
	const char *path = job->request->path;
	size_t len = strlen(path);

	for (const char *p = strstr(path, "/.."); p; p = strstr(p + 1, "/..")) {
		if (p[3] == '\0' || p[3] == '/') {
			len = (size_t)(p - path);
			break;
		}
	}
	if (path[0] != '/' || len >= sizeof(job->path)) {
		return kb_error_set(job->err, path[0] == '/' ? -ENAMETOOLONG : -EINVAL,
				    "%s: not a path that NFS can take", job->host);
	}
	memcpy(job->path, path, len);
	job->path[len] = '\0';
	while (len > 1 && job->path[len - 1] == '/') {
		job->path[--len] = '\0';
	}
	if (len == 0) {
		memcpy(job->path, "/", 2);
	}
	return 0;
}

static int prepare(struct job *job)
{
	const struct kb_nfs_mount_request *q = job->request;
	int r = take_path(job);

	if (r < 0) {
		return r;
	}
	if (q->target) {
		r = kb_mount_point_resolve(q->target, job->target, sizeof(job->target));
		return r < 0 ? kb_error_set(job->err, r, "%s is no place for a mount: %s",
					    q->target, strerror(-r))
			     : 0;
	}
	r = kb_mount_point_make(q->work_dir, job->host, job->target, sizeof(job->target));
	if (r < 0) {
		return kb_error_set(job->err, r, "cannot make a mount point for %s below %s: %s",
				    job->host, q->work_dir, strerror(-r));
	}
	job->is_fresh = true;
	return 0;
}

static void hand_over(struct job *job, struct kb_mount *ret_mount)
{
	struct kb_mount *m = ret_mount;

	*m = (struct kb_mount){.sys = job->sys,
			       .is_ours = !job->request->keep,
			       .is_fresh = job->is_fresh};
	memcpy(m->target, job->target, strlen(job->target) + 1);
	(void)snprintf(m->name, sizeof(m->name), "%s", job->host);
	m->tree.root_fd = kb_steal_fd(&job->root_fd);
	m->tree.name = m->name;
	job->is_fresh = false;
}

int kb_mount_nfs(const struct kb_sys *sys, const struct kb_nfs_mount_request *request,
		 struct kb_arena *arena, struct kb_mount *ret_mount, const char **ret_export,
		 struct kb_error *err)
{
	KB_CLEANUP(job_done)
	struct job job = {.sys = sys,
			  .request = request,
			  .host = request->place->host,
			  .root_fd = -1,
			  .err = err};
	const struct kb_mount_server_query query = {
		.host = request->place->host,
		.port = request->place->port ? request->place->port : KB_NFS_PORT,
		.protocol = "NFS",
		.deadline_ms = request->deadline_ms,
		.hooks = &request->hooks,
	};
	char *export;
	int r = prepare(&job);

	if (r < 0) {
		return r;
	}
	r = kb_mount_server_find(sys, &query, &job.server, err);
	if (r < 0) {
		return r;
	}
	r = mount_any_version(&job);
	if (r < 0) {
		return failure(&job, r);
	}
	export = kb_arena_strdup(arena, job.export);
	if (!export) {
		job.root_fd = kb_close(job.root_fd);
		kb_unmount(job.sys, job.target);
		return kb_error_no_memory(err);
	}
	hand_over(&job, ret_mount);
	*ret_export = export;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/mount/smb.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "kboot/mount/mount.h"
#include "server/server.h"

/* Nothing on a server may act on kboot's own system. */
static const unsigned long safe_flags = MS_NODEV | MS_NOSUID | MS_NOEXEC | MS_NOATIME;

enum { SOURCE_BYTES = KB_MOUNT_SERVER_MAX_HOST + KB_SMB_MAX_SHARE + 4 };

/* A mount in the making. */
struct job {
	const struct kb_sys *sys;
	const struct kb_smb_mount_request *request;
	struct kb_smb_user user;
	int answer_ms; /* how long the server had for its answer */
	struct kb_error *err;
};

/* Wrong password and closed share are one answer to the kernel's client. */
static int denied(const struct job *job)
{
	const struct kb_smb_place *place = job->request->place;

	if (!job->user.user) {
		return kb_error_set(job->err, -EACCES,
				    "%s lets nobody without a name and password into its share "
				    "`%s` (netrc has none for it)",
				    place->host, place->share);
	}
	if (!job->user.password) {
		return kb_error_set(job->err, -EACCES,
				    "%s does not let `%s` into its share `%s` without a password "
				    "(netrc has none)",
				    place->host, job->user.user, place->share);
	}
	return kb_error_set(job->err, -EACCES,
			    "%s does not let `%s` into its share `%s`: the password in netrc is "
			    "wrong, or the share is not for this user",
			    place->host, job->user.user, place->share);
}

static int failure(const struct job *job, int code)
{
	const struct kb_smb_place *place = job->request->place;
	const char *host = place->host;

	switch (code) {
	case -EACCES:
	case -EPERM:
	case -EKEYREJECTED:
		return denied(job);
	case -EKEYEXPIRED:
	case -EKEYREVOKED:
		return kb_error_set(job->err, -EACCES,
				    "%s: the account or password of `%s` has expired", host,
				    job->user.user ? job->user.user : "");
	case -ENOENT:
	case -ENXIO:
		return kb_error_set(job->err, -ENOENT, "%s has no share `%s`", host, place->share);
	case -ENODEV:
		return kb_error_set(job->err, code, "%s: this kernel has no driver for SMB", host);
	case -EOPNOTSUPP:
	case -EPROTONOSUPPORT:
		return kb_error_set(job->err, -EPROTONOSUPPORT,
				    "%s speaks no version of SMB that we do (2.1 to 3.1.1)", host);
	case -ETIMEDOUT:
		return kb_error_set(job->err, code,
				    "%s takes connections but does not answer (SMB, within %d s)",
				    host, (job->answer_ms + 999) / 1000);
	case -EHOSTDOWN:
	case -ECONNABORTED:
	case -ECONNRESET:
		return kb_error_set(job->err, code,
				    "%s ends the connection: it does not speak SMB with us", host);
	case -ETIME:
		return kb_mount_server_no_time(host, job->err);
	default:
		return kb_error_set(job->err, code, "%s: its share `%s` cannot be mounted: %s",
				    host, place->share, strerror(-code));
	}
}

static int find_user(struct job *job)
{
	const struct kb_smb_mount_request *q = job->request;
	int r;

	job->user = (struct kb_smb_user){.user = q->place->user, .domain = q->place->domain};
	r = q->find_user ? q->find_user(q->ctx, q->place, &job->user) : 0;
	return r == -ENOMEM ? kb_error_no_memory(job->err) : 0;
}

static int mount_share(struct job *job, const char *address)
{
	const struct kb_smb_mount_request *q = job->request;
	KB_BUF struct kb_buf options = {0};
	char source[SOURCE_BYTES];
	int r = kb_smb_options(&options, q->place, &job->user, address, job->err);

	if (r < 0) {
		return kb_error_prefix(job->err, r, "%s", q->place->host);
	}
	r = kb_smb_source(q->place, source, sizeof(source));
	job->answer_ms = kb_left_ms(job->sys, q->deadline_ms, KB_SMB_ANSWER_MS);
	if (r == 0 && job->answer_ms == 0) {
		r = -ETIME;
	}
	if (r == 0) {
		r = job->sys->mount_within(job->sys->ctx, source, q->target, "cifs",
					   safe_flags | (q->read_write ? 0 : MS_RDONLY),
					   options.data, job->answer_ms);
	}
	if (r == -ETIMEDOUT) {
		/* It may have come about just then. */
		(void)job->sys->umount(job->sys->ctx, q->target, UMOUNT_NOFOLLOW | MNT_DETACH);
	}
	return r < 0 ? failure(job, r) : 0;
}

int kb_mount_smb(const struct kb_sys *sys, const struct kb_smb_mount_request *request,
		 struct kb_error *err)
{
	struct job job = {.sys = sys, .request = request, .err = err};
	const struct kb_mount_server_query query = {
		.host = request->place->host,
		.port = request->place->port ? request->place->port : KB_SMB_PORT,
		.protocol = "SMB",
		.deadline_ms = request->deadline_ms,
		.hooks = &request->hooks,
	};
	struct kb_mount_server server = {0};
	int r = find_user(&job);

	r = r < 0 ? r : kb_mount_server_find(sys, &query, &server, err);
	return r < 0 ? r : mount_share(&job, server.address);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kexec-tools, for what we do not load ourselves. It gets descriptors, not names: the file may be
 * on a filesystem that is mounted for us alone, or nowhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "files.h"
#include "kboot/base/str.h"
#include "kboot/base/tree.h"
#include "method.h"
#include "tools_kind.h"

enum {
	FIXED_ARGS = 10,
	MAX_ARGS = FIXED_ARGS + KB_BOOT_MAX_INITRDS,
	MAX_OUTPUT_BYTES = 64 << 10,
	FD_NAME_BYTES = 48,
	/*
	 * kexec-tools 2.0.25 (kexec-mb2-x86.c) takes room for the bytes of a module's name, and
	 * writes them filled up to this.
	 */
	MODULE_NAME_ALIGN = 8,
};

static const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};

/* What it says beside the reason; where it says nothing else, what that comes to. */
static const struct {
	const char *start;
	const char *reason;
} asides[] = {
	{"entry ", NULL},
	{"nr_segments ", NULL},
	{"segment[", NULL},
	{"Cannot load ", NULL},
	{"Cannot determine the file type", "it does not know this kind of file"},
	{"Wrong file type", "it takes it for a file of another kind"},
};

struct command {
	const char *argv[MAX_ARGS + 1];
	size_t n_args;
	char names[MAX_ARGS][FD_NAME_BYTES];
	int fds[MAX_ARGS];
	size_t n_fds;
	char *args; /* --command-line=…, owned */
	int joined_fd;
};

static void command_done(struct command *c)
{
	free(c->args);
	c->joined_fd = kb_close(c->joined_fd);
}

static void add(struct command *c, const char *arg)
{
	c->argv[c->n_args++] = arg;
	c->argv[c->n_args] = NULL;
}

/*
 * PREFIX/proc/self/fd/N, with N kept open in the child. The path and its NUL fill a multiple of
 * align bytes, with more slashes than it needs.
 */
static void add_fd(struct command *c, const char *prefix, int fd, int align)
{
	static const char slashes[] = "////////";
	char *name = c->names[c->n_fds];
	int bytes = snprintf(NULL, 0, "/proc/self/fd/%d", fd) + 1;
	int fill = (align - bytes % align) % align;

	(void)snprintf(name, FD_NAME_BYTES, "%s/proc/self/fd/%.*s%d", prefix, fill, slashes, fd);
	c->fds[c->n_fds++] = fd;
	add(c, name);
}

static int add_initrds(struct kb_boot_job *job, struct command *c, const struct kb_tools_kind *kind,
		       struct kb_error *err)
{
	const struct kb_boot_request *request = job->request;
	int r = 0;

	if (kind->initrd && request->n_initrd > 1) {
		r = kb_boot_join_initrds(job, 0, &c->joined_fd, err);
	} else {
		for (size_t i = 0; r == 0 && i < request->n_initrd; i++) {
			r = kb_boot_warm(job, &request->initrd[i], err);
		}
	}
	if (r < 0) {
		return r;
	}
	if (kind->initrd && request->n_initrd > 0) {
		add_fd(c, "--initrd=", c->joined_fd >= 0 ? c->joined_fd : request->initrd[0].fd, 1);
	}
	for (size_t i = 0; kind->modules && i < request->n_initrd; i++) {
		add_fd(c, "--module=", request->initrd[i].fd, MODULE_NAME_ALIGN);
	}
	return 0;
}

static int build(struct kb_boot_job *job, struct command *c, struct kb_error *err)
{
	const struct kb_boot_request *request = job->request;
	const struct kb_tools_kind *kind = kb_tools_kind(&job->plan->image);
	int r;

	if (!kind) {
		return kb_error_set(err, -ENOEXEC, "%s: kexec-tools does not know such a kernel",
				    request->kernel.name);
	}
	if (asprintf(&c->args, "--command-line=%s", request->args) < 0) {
		c->args = NULL;
		return kb_error_no_memory(err);
	}
	r = kb_boot_warm(job, &request->kernel, err);
	if (r < 0) {
		return r;
	}
	add(c, job->host->kexec_tool);
	add(c, "--load");
	add(c, "--kexec-syscall");
	add(c, "--no-checks"); /* no digest of the images: see docs/PERFORMANCE.md */
	if (kind->type) {
		add(c, kind->type);
	}
	if (kind->style) {
		add(c, kind->style);
	}
	add(c, c->args);
	r = add_initrds(job, c, kind, err);
	if (r < 0) {
		return r;
	}
	if (request->dtb.fd >= 0 && kind->dtb) {
		add_fd(c, "--dtb=", request->dtb.fd, 1);
	}
	add_fd(c, "", request->kernel.fd, 1);
	return 0;
}

/* Is the line an aside? Then *reason becomes its own, if it has one. */
static bool is_aside(struct kb_str line, const char **reason)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(asides); i++) {
		if (kb_str_starts(line, kb_str_from(asides[i].start))) {
			*reason = asides[i].reason ? asides[i].reason : *reason;
			return true;
		}
	}
	return false;
}

/* The last line that says something of the reason, without control bytes. */
static void find_reason(const struct kb_buf *output, char *buf, size_t size)
{
	struct kb_str rest = kb_buf_view(output);
	struct kb_str line;
	struct kb_str last = {0};
	const char *otherwise = "it does not say why";

	while (kb_str_next_line(&rest, &line)) {
		line = kb_str_trim(line);
		if (line.len > 0 && !is_aside(line, &otherwise)) {
			last = line;
		}
	}
	if (last.len == 0) {
		last = kb_str_from(otherwise);
	}
	(void)snprintf(buf, size, "%.*s", KB_STR_ARG(last));
	for (char *p = buf; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f) {
			*p = '?';
		}
	}
}

static int wait_for(pid_t pid, int *ret_status)
{
	while (waitpid(pid, ret_status, 0) < 0) {
		if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

static int judge(const struct kb_boot_job *job, int status, const struct kb_buf *output,
		 struct kb_error *err)
{
	char reason[256];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		return 0;
	}
	if (WIFSIGNALED(status)) {
		return kb_error_set(err, -EIO, "%s: kexec-tools was killed by signal %d",
				    job->request->kernel.name, WTERMSIG(status));
	}
	find_reason(output, reason, sizeof(reason));
	return kb_error_set(err, -ENOEXEC, "%s: kexec-tools failed: %s", job->request->kernel.name,
			    reason);
}

static int execute(const struct kb_boot_job *job, const struct command *c, struct kb_error *err)
{
	KB_BUF struct kb_buf output = {0};
	KB_CLOSE int read_fd = -1;
	KB_CLOSE int write_fd = -1;
	struct kb_spawn spawn = {
		.argv = c->argv,
		.envp = environment,
		.stdin_fd = -1,
		.stdout_fd = -1,
		.pass_fds = c->fds,
		.n_pass_fds = c->n_fds,
	};
	int pipe_fds[2];
	int status = 0;
	pid_t pid;
	int r;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0) {
		return kb_error_set(err, -errno, "starting kexec-tools: %s", strerror(errno));
	}
	read_fd = pipe_fds[0];
	write_fd = pipe_fds[1];
	spawn.stderr_fd = write_fd;
	r = job->sys->spawn(job->sys->ctx, &spawn, &pid);
	if (r < 0) {
		return kb_error_set(err, r, "starting %s: %s", job->host->kexec_tool, strerror(-r));
	}
	kb_cleanup_fd(&write_fd);
	/* Only the last line matters; a flood is drained by closing our end. */
	(void)!kb_read_all(read_fd, MAX_OUTPUT_BYTES, &output);
	kb_cleanup_fd(&read_fd);
	r = wait_for(pid, &status);
	return r < 0 ? kb_error_set(err, r, "waiting for kexec-tools: %s", strerror(-r))
		     : judge(job, status, &output, err);
}

int kb_tools_load(struct kb_boot_job *job, struct kb_error *err)
{
	KB_CLEANUP(command_done) struct command command = {.joined_fd = -1};
	int r;

	if (!job->host->kexec_tool) {
		return kb_error_set(err, -ENOENT, "there is no kexec-tools here");
	}
	r = build(job, &command, err);
	return r < 0 ? r : execute(job, &command, err);
}

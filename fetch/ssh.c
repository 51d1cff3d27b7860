/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kboot/base/netrc.h"
#include "kboot/base/replace.h"
#include "kboot/base/tree.h"

/*
 * dbclient reads $HOME/.ssh/known_hosts and nothing else. That is a link to the descriptor of a
 * memory file that each gets of its own: the folder is always the same, and nothing has to be
 * removed from it.
 */
#define DBCLIENT   "/usr/bin/dbclient"
#define HOSTS_LINK "/proc/self/fd/100"
enum { HOSTS_FD = 100, PIPE_BYTES = 1 << 20, HOME_TEXT = 64, MAX_SHOWN_LINE = 200 };

/* --- where its home is */

static int make_folder(const char *path, int *ret_fd)
{
	struct stat st;
	int fd;
	int r = mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;

	if (r < 0) {
		return r;
	}
	fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	/* Somebody else's in /tmp. */
	if (fstat(fd, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
		(void)kb_close(fd);
		return -EPERM;
	}
	*ret_fd = fd;
	return 0;
}

static int make_home(char home[static HOME_TEXT], struct kb_error *err)
{
	KB_CLOSE int fd = -1;
	char link[sizeof(HOSTS_LINK)] = "";
	int r;

	if (geteuid() == 0) {
		(void)mkdir("/run/kboot", 0755);
		(void)snprintf(home, HOME_TEXT, "/run/kboot/ssh");
	} else {
		(void)snprintf(home, HOME_TEXT, "/tmp/kboot-ssh-%u", geteuid());
	}
	r = make_folder(home, &fd);
	if (r == 0 && ((mkdirat(fd, ".ssh", 0700) < 0 && errno != EEXIST) ||
		       (symlinkat(HOSTS_LINK, fd, ".ssh/known_hosts") < 0 && errno != EEXIST))) {
		r = -errno;
	}
	if (r == 0 && (readlinkat(fd, ".ssh/known_hosts", link, sizeof(link)) != sizeof(link) - 1 ||
		       memcmp(link, HOSTS_LINK, sizeof(link) - 1) != 0)) {
		r = -EEXIST;
	}
	return r < 0 ? kb_error_set(err, r, "no folder %s for dbclient: %s", home, strerror(-r))
		     : 0;
}

/* --- what it may know */

/* What is not there is empty. */
static int read_file(const char *path, size_t max_bytes, struct kb_buf *ret_text,
		     struct kb_error *err)
{
	KB_CLOSE int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	int r = fd >= 0 ? kb_read_all(fd, max_bytes, ret_text) : path ? -errno : -ENOENT;

	return r == -ENOENT || r == 0 ? 0 : kb_error_set(err, r, "%s: %s", path, strerror(-r));
}

static int read_hosts(struct kb_ssh *ssh, struct kb_error *err)
{
	const struct kb_url *url = ssh->transfer->url;
	const struct kb_fetch_request *by = ssh->transfer->request;
	const struct kb_fetch_answer *answer = kb_transfer_answer(ssh->transfer);
	KB_BUF struct kb_buf text = {0};
	int r = read_file(by->known_hosts, KB_KNOWN_HOSTS_BYTES, &text, err);

	kb_known_hosts_init(&ssh->hosts, url->host, kb_url_port(url), ssh->name);
	if (r == 0) {
		ssh->has_known_hosts = true;
		r = kb_known_hosts_read(&ssh->hosts, by->known_hosts, kb_buf_view(&text));
		if (r == 0 && answer && answer->host_key) {
			r = kb_known_hosts_read(&ssh->hosts, "answer",
						kb_str_from(answer->host_key));
		}
		r = r < 0 ? kb_error_no_memory(err) : 0;
	}
	return r;
}

/* At a number of its own, which the link names. */
static int put_hosts(struct kb_ssh *ssh, struct kb_error *err)
{
	KB_CLOSE int fd = memfd_create("known_hosts", MFD_CLOEXEC);
	int r = fd < 0 ? -errno : kb_write_all(fd, kb_buf_view(&ssh->hosts.keys));

	if (r == 0) {
		ssh->hosts_fd = fcntl(fd, F_DUPFD_CLOEXEC, HOSTS_FD);
		r = ssh->hosts_fd < 0 ? -errno : ssh->hosts_fd != HOSTS_FD ? -EBUSY : 0;
	}
	return r < 0 ? kb_error_set(err, r, "no memory file: %s", strerror(-r)) : 0;
}

/* A person's word counts more than the URL's, that more than netrc's; *ret_password may be NULL. */
static int find_user(struct kb_ssh *ssh, const char **ret_password, struct kb_error *err)
{
	const struct kb_url *url = ssh->transfer->url;
	const struct kb_fetch_answer *answer = kb_transfer_answer(ssh->transfer);
	KB_BUF struct kb_buf text = {0};
	struct kb_netrc_entry entry = {.login = url->user, .password = url->password};
	bool has_answer = answer && answer->password;
	int r = 0;

	if (has_answer) {
		entry = (struct kb_netrc_entry){.login = answer->user,
						.password = answer->password};
	} else if (!url->password) {
		r = read_file(ssh->transfer->request->netrc, KB_NETRC_MAX_BYTES, &text, err);
		(void)kb_netrc_find(&ssh->arena, kb_buf_view(&text), url->host, url->user, &entry);
		if (text.data) {
			explicit_bzero(text.data, text.len);
		}
	}
	ssh->user = url->user && !has_answer        ? url->user
		    : entry.login && entry.login[0] ? entry.login
						    : "root";
	*ret_password = entry.password;
	ssh->has_password = entry.password;
	return r;
}

/* --- the child */

struct ends {
	int in[2];
	int out[2];
	int err[2];
};

static void close_ends(struct ends *ends)
{
	int *fds = (int *)ends;

	for (size_t i = 0; i < sizeof(*ends) / sizeof(int); i++) {
		fds[i] = kb_close(fds[i]);
	}
}

static int open_ends(struct ends *ends)
{
	*ends = (struct ends){{-1, -1}, {-1, -1}, {-1, -1}};
	/* A pipe would have a signal for us where nobody reads any more. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends->in) < 0 ||
	    pipe2(ends->out, O_CLOEXEC) < 0 || pipe2(ends->err, O_CLOEXEC) < 0 ||
	    fcntl(ends->in[1], F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(ends->out[0], F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(ends->err[0], F_SETFL, O_NONBLOCK) < 0) {
		close_ends(ends);
		return -errno;
	}
	(void)fcntl(ends->out[0], F_SETPIPE_SZ, PIPE_BYTES); /* or what there is */
	return 0;
}

static int spawn(struct kb_ssh *ssh, const char *const *argv, const char *const *envp)
{
	const struct kb_sys *sys = ssh->transfer->request->sys;
	const int pass[] = {HOSTS_FD};
	struct ends ends;
	int r = open_ends(&ends);
	const struct kb_spawn spawn = {
		.argv = argv,
		.envp = envp,
		.stdin_fd = ends.in[0],
		.stdout_fd = ends.out[1],
		.stderr_fd = ends.err[1],
		.pass_fds = pass,
		.n_pass_fds = 1,
		.supervised = true,
		.without_terminal = true,
	};

	r = r < 0 ? r : sys->spawn(sys->ctx, &spawn, &ssh->pid);
	if (r == 0) {
		ssh->in_fd = kb_steal_fd(&ends.in[1]);
		ssh->out_fd = kb_steal_fd(&ends.out[0]);
		ssh->err_fd = kb_steal_fd(&ends.err[0]);
	}
	close_ends(&ends);
	return r;
}

static int start(struct kb_ssh *ssh, struct kb_error *err)
{
	const struct kb_fetch_request *by = ssh->transfer->request;
	bool has_key = by->identity && access(by->identity, R_OK) == 0;
	const char *password = NULL;
	char home[HOME_TEXT];
	char port[8];
	const char *argv[16];
	const char *envp[3] = {NULL};
	size_t n = 0;
	int r = find_user(ssh, &password, err);

	r = r < 0 ? r : make_home(home, err);
	r = r < 0 ? r : put_hosts(ssh, err);
	if (r < 0) {
		return r;
	}
	(void)snprintf(port, sizeof(port), "%u", kb_url_port(ssh->transfer->url));
	/* No terminal, the subsystem, no banner of the server's, and a window that is no limit. */
	argv[n++] = DBCLIENT;
	argv[n++] = "-Tsq";
	argv[n++] = "-W";
	argv[n++] = "1048576";
	if (has_key) {
		argv[n++] = "-i";
		argv[n++] = by->identity;
	}
	argv[n++] = "-p";
	argv[n++] = port;
	argv[n++] = "-l";
	argv[n++] = ssh->user;
	argv[n++] = ssh->name;
	argv[n++] = "sftp";
	argv[n] = NULL;
	envp[0] = kb_arena_printf(&ssh->arena, "HOME=%s", home);
	envp[1] = password ? kb_arena_printf(&ssh->arena, "DROPBEAR_PASSWORD=%s", password) : NULL;
	r = envp[0] && (envp[1] || !password) ? spawn(ssh, argv, envp) : -ENOMEM;
	return r == -ENOENT ? kb_error_set(err, r, "there is no " DBCLIENT " to speak SSH")
	       : r < 0      ? kb_error_set(err, r, DBCLIENT ": %s", strerror(-r))
			    : 0;
}

int kb_ssh_open(struct kb_ssh *ssh, const struct kb_transfer *transfer, struct kb_error *err)
{
	char address[INET6_ADDRSTRLEN];
	int r;

	*ssh = (struct kb_ssh){
		.transfer = transfer, .hosts_fd = -1, .in_fd = -1, .out_fd = -1, .err_fd = -1};
	if (!transfer->request->known_hosts) {
		return kb_error_set(err, -EPROTONOSUPPORT, "nothing is fetched by %s here",
				    kb_url_scheme_name(transfer->url->scheme));
	}
	/* Where its address is known, dbclient need not ask for it. */
	ssh->name = kb_transfer_address(transfer, address) ? kb_arena_strdup(&ssh->arena, address)
							   : transfer->url->host;
	if (!ssh->name) {
		return kb_error_no_memory(err);
	}
	r = read_hosts(ssh, err);
	return r < 0 ? r : start(ssh, err);
}

static void stop(struct kb_ssh *ssh)
{
	const struct kb_sys *sys = ssh->transfer->request->sys;

	ssh->in_fd = kb_close(ssh->in_fd);
	ssh->out_fd = kb_close(ssh->out_fd);
	ssh->err_fd = kb_close(ssh->err_fd);
	ssh->hosts_fd = kb_close(ssh->hosts_fd);
	if (ssh->pid > 0) {
		(void)sys->kill(sys->ctx, ssh->pid, SIGKILL);
		while (waitpid(ssh->pid, NULL, 0) < 0 && errno == EINTR) {
		}
		ssh->pid = 0;
	}
}

int kb_ssh_reopen(struct kb_ssh *ssh, struct kb_error *err)
{
	stop(ssh);
	ssh->says_len = 0;
	return start(ssh, err);
}

bool kb_ssh_listen(struct kb_ssh *ssh)
{
	char rest[256];
	struct kb_ssh_words w;
	ssize_t n;

	do { /* what is too much is not kept */
		size_t room = sizeof(ssh->says) - ssh->says_len;

		n = read(ssh->err_fd, room > 0 ? ssh->says + ssh->says_len : rest,
			 room > 0 ? room : sizeof(rest));
		ssh->says_len += n > 0 && room > 0 ? (size_t)n : 0;
	} while (n > 0);
	if (n == 0) {
		ssh->err_fd = kb_close(ssh->err_fd);
	}
	kb_ssh_words(kb_str_of(ssh->says, ssh->says_len), &w);
	return w.reason == KB_SSH_KEY_UNKNOWN || w.reason == KB_SSH_PASSWORD;
}

void kb_ssh_close(struct kb_ssh *ssh)
{
	stop(ssh);
	if (ssh->has_known_hosts) {
		kb_known_hosts_done(&ssh->hosts);
	}
	kb_arena_done(&ssh->arena);
}

/* --- why */

/* What can be done about it, unless somebody is asked; line is "" where the key itself is not told.
 */
static void put_advice(const struct kb_ssh *ssh, const char *line, struct kb_buf *to)
{
	char remark[KB_ERROR_TEXT];

	kb_known_hosts_types(&ssh->hosts, to);
	if (to->len > 0) {
		kb_buf_puts(to, " is the type that known_hosts has of it");
	} else if (ssh->hosts.remark.text[0]) {
		kb_error_format(&ssh->hosts.remark, remark, sizeof(remark));
		kb_buf_puts(to, remark);
	} else if (line[0] && ssh->transfer->request->ret_question) {
		return;
	} else if (line[0] && strlen(line) <= MAX_SHOWN_LINE) {
		kb_buf_printf(to, "who trusts it adds to config/known_hosts: %s", line);
	} else {
		kb_buf_puts(to, "who trusts it adds its line to config/known_hosts");
	}
}

static void tell_unknown(struct kb_ssh *ssh, const struct kb_ssh_words *w, struct kb_error *err)
{
	KB_BUF struct kb_buf line = {0};
	KB_BUF struct kb_buf advice = {0};
	char fingerprint[KB_SSH_FINGERPRINT];
	bool has_line;

	if (kb_known_hosts_revokes(&ssh->hosts, w->fingerprint)) {
		kb_error_fill(err, -EKEYREJECTED,
			      "the server's key (%s %s) is REVOKED in known_hosts",
			      kb_ssh_type_name(w->type), w->fingerprint);
		return;
	}
	kb_buf_printf(&line, "%s %s %s", ssh->hosts.host, w->type, w->key);
	has_line =
		kb_ssh_fingerprint(kb_str_from(w->type), kb_str_from(w->key), fingerprint) == 0 &&
		strcmp(fingerprint, w->fingerprint) == 0 && kb_buf_error(&line) == 0;
	put_advice(ssh, has_line ? line.data : "", &advice);
	kb_error_fill(err, -EKEYREJECTED, "the server's key is not known: %s %s%s%s",
		      kb_ssh_type_name(w->type), w->fingerprint, advice.len > 0 ? "; " : "",
		      advice.data ? advice.data : "");
	if (has_line) {
		kb_transfer_ask(ssh->transfer, KB_FETCH_WANTS_HOST_KEY, line.data);
	}
}

static void tell_denied(struct kb_ssh *ssh, struct kb_error *err)
{
	kb_error_fill(err, -EACCES,
		      ssh->has_password ? "the server does not take the name and password of %s"
					: "the server wants a password or key of %s that is "
					  "not there",
		      ssh->user);
	kb_transfer_ask(ssh->transfer, KB_FETCH_WANTS_LOGIN, NULL);
}

enum kb_outcome kb_ssh_explain(struct kb_ssh *ssh, bool is_in, struct kb_error *err)
{
	struct kb_ssh_words w;
	char known[KB_SSH_FINGERPRINT];

	kb_ssh_words(kb_str_of(ssh->says, ssh->says_len), &w);
	switch (is_in ? KB_SSH_BROKEN : w.reason) {
	case KB_SSH_KEY_UNKNOWN:
		tell_unknown(ssh, &w, err);
		return KB_OUTCOME_FINAL;
	case KB_SSH_KEY_CHANGED:
		if (kb_known_hosts_prefer(&ssh->hosts, w.type, w.fingerprint)) {
			return KB_OUTCOME_REDIRECT;
		}
		kb_known_hosts_first(&ssh->hosts, w.type, known);
		kb_error_fill(err, -EKEYREJECTED,
			      "THE SERVER'S KEY HAS CHANGED: it is %s %s now, and known_hosts has "
			      "%s; somebody else may answer in its place",
			      kb_ssh_type_name(w.type), w.fingerprint, known);
		return KB_OUTCOME_FINAL;
	case KB_SSH_PASSWORD:
	case KB_SSH_NO_WAY_IN:
	case KB_SSH_TURNED_AWAY:
		tell_denied(ssh, err);
		return KB_OUTCOME_FINAL;
	case KB_SSH_NOT_RESOLVED:
		kb_error_fill(err, -ENXIO, "no address is known of the host");
		return KB_OUTCOME_AGAIN;
	case KB_SSH_NOT_CONNECTED:
		kb_error_fill(err, -ECONNREFUSED, "%s", w.words);
		return KB_OUTCOME_AGAIN;
	default:
		break;
	}
	if (w.words[0]) {
		kb_error_fill(err, -EPIPE, "the connection is lost: %s", w.words);
	} else {
		kb_error_fill(err, -EPIPE, "the server ends the connection%s",
			      is_in ? "" : ": it may have no SFTP");
	}
	return KB_OUTCOME_AGAIN;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emergency.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "kboot/base/tree.h"
#include "kboot/core/core.h"
#include "kboot/core/policy.h"
#include "kboot/formats/kboot_conf.h"
#include "kboot/ssh/account.h"

enum { CMDLINE_MAX_BYTES = 64 << 10 };

static int read_file(const char *path, size_t max_bytes, struct kb_buf *text)
{
	KB_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -errno : kb_read_all(fd, max_bytes, text);
}

/* What kboot's own configuration says of it. One that is there and cannot be read might say so. */
static void ask_configuration(const char *path, struct kb_arena *arena, struct kb_emergency *known)
{
	KB_BUF struct kb_buf text = {0};
	const struct kb_diag_sink quiet = {0};
	const struct kb_conf_item *item;
	struct kb_conf conf = {0};
	struct kb_error err = {0};
	int r = read_file(path, KB_CONF_MAX_BYTES, &text);

	if (r == -ENOENT) {
		return;
	}
	known->unreadable =
		r < 0 || kb_conf_parse(arena, path, kb_buf_view(&text), &quiet, &conf, &err) < 0;
	item = known->unreadable ? NULL : kb_conf_variable(&conf, KB_VAR_RESTRICTED);
	if (item) {
		known->restricted = kb_arena_str(arena, item->value);
		known->unreadable = !known->restricted;
	}
}

bool kb_emergency_allowed(const struct kb_options *options)
{
	const char *config = options->config ? options->config : KB_ENGINE_CONFIG;
	const char *run_dir = options->run_dir ? options->run_dir : KB_ENGINE_RUN_DIR;
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf cmdline = {0};
	struct kb_emergency known = {0};
	char mark[KB_ERROR_FILE];

	(void)snprintf(mark, sizeof(mark), "%s/" KB_ENGINE_RESTRICTED, run_dir);
	known.marked = access(mark, F_OK) == 0 || errno != ENOENT ||
		       kb_ssh_session_here() == KB_SSH_RESTRICTED;
	ask_configuration(config, &arena, &known);
	if (read_file("/proc/cmdline", CMDLINE_MAX_BYTES, &cmdline) < 0) {
		known.unreadable = true;
	}
	known.cmdline = cmdline.data ? cmdline.data : "";
	return kb_policy_allows_emergency_shell(&known);
}

int kb_emergency_shell(const struct kb_options *options)
{
	sigset_t interrupt;
	sigset_t before;

	if (!kb_emergency_allowed(options)) {
		(void)fprintf(stderr, "kboot: this kboot is restricted: there is no shell\n");
		return KB_EXIT_FAILED;
	}
	(void)fprintf(stderr,
		      "kboot: no boot engine answers; here is a plain shell, `exit` leaves it\n");
	/* Not earlier: a second Ctrl-C would end us where we only refuse. */
	(void)sigemptyset(&interrupt);
	(void)sigaddset(&interrupt, SIGINT);
	(void)sigprocmask(SIG_UNBLOCK, &interrupt, &before);
	(void)execl("/bin/sh", "sh", (char *)NULL);
	(void)fprintf(stderr, "kboot: /bin/sh: %m\n");
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return KB_EXIT_FAILED;
}

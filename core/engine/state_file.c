/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an engine leaves for the one after it, should it crash. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "engine.h"
#include "kboot/base/replace.h"

static void path_of(const struct kb_engine *e, const char *name, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s/%s", e->options.run_dir, name);
}

/* "touched": nothing boots by itself any more. Whole or not at all: an engine that is killed while
 * it writes takes nothing from the next one. */
void kb_engine_keep_state(const struct kb_engine *e)
{
	const char *text = e->state == KB_ENGINE_CHOOSING ? "touched" : "running";
	KB_CLOSE int folder_fd = -1;

	if (!e->options.run_dir || e->state > KB_ENGINE_CHOOSING) {
		return;
	}
	folder_fd = open(e->options.run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder_fd < 0 || kb_replace_file(folder_fd, "engine.state", kb_str_from(text)) < 0) {
		/* Only the words after a crash suffer. */
		return;
	}
}

/* For menus that find no engine, so that none of them opens a shell then. */
void kb_engine_keep_restricted(const struct kb_engine *e)
{
	char path[256];

	if (!e->options.run_dir) {
		return;
	}
	path_of(e, KB_ENGINE_RESTRICTED, path, sizeof(path));
	if (e->policy.restricted == KB_UNRESTRICTED) {
		(void)unlink(path);
	} else if (e->policy.restricted == KB_RESTRICTED) {
		(void)kb_close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	}
	/* Not known yet: what an engine before us knew holds until the disks have been asked. */
}

/* What an engine before us left behind: it died, and whether a person had been there. */
void kb_engine_read_state(struct kb_engine *e)
{
	char path[256];
	char text[16] = "";
	KB_CLOSE int fd = -1;
	ssize_t n;

	if (!e->options.run_dir) {
		return;
	}
	path_of(e, "engine.state", path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return;
	}
	n = read(fd, text, sizeof(text) - 1);
	e->restarted = true;
	/* What restricted the one before holds for this boot, whatever became of its disk. */
	path_of(e, KB_ENGINE_RESTRICTED, path, sizeof(path));
	if (access(path, F_OK) == 0) {
		e->policy.restricted = KB_RESTRICTED;
		(void)snprintf(e->policy.by, sizeof(e->policy.by),
			       "the boot engine before this one");
	}
	if (n > 0 && strncmp(text, "touched", 7) == 0) {
		e->state = KB_ENGINE_CHOOSING;
	}
	kb_engine_notice(e, KB_NOTICE_WARNING,
			 "The boot engine had stopped unexpectedly and was started again.");
}

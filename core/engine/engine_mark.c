/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark that an engine leaves for the one after it, should it crash. */
#include <fcntl.h>
#include <unistd.h>

#include "engine_private.h"

static void mark_path(const struct kb_engine *e, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s/engine.state", e->options.run_dir);
}

void kb_engine_mark(const struct kb_engine *e, const char *text)
{
	char path[256];
	KB_CLOSE int fd = -1;

	if (!e->options.run_dir) {
		return;
	}
	mark_path(e, path, sizeof(path));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) < 0) {
		/* Only the words after a crash suffer. */
		return;
	}
}

/* For menus that find no engine, so that none of them opens a shell then. */
void kb_engine_mark_restricted(const struct kb_engine *e)
{
	char path[256];
	KB_CLOSE int fd = -1;

	if (!e->options.run_dir) {
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/" KB_ENGINE_RESTRICTED, e->options.run_dir);
	if (!kb_settings_bool(&e->settings, KB_VAR_RESTRICTED)) {
		/* What an engine before us knew holds until the disks have been asked again. */
		if (e->environment_final || e->had_settled) {
			(void)unlink(path);
		}
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		/* Where the run directory takes no file there is no socket either. */
		return;
	}
}

/* What an engine before us left behind: it died, and whether a person had been there. */
void kb_engine_read_mark(struct kb_engine *e)
{
	char path[256];
	char text[16] = "";
	KB_CLOSE int fd = -1;
	ssize_t n;

	mark_path(e, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return;
	}
	n = read(fd, text, sizeof(text) - 1);
	e->restarted = true;
	e->touched = n > 0 && strncmp(text, "touched", 7) == 0;
	e->decided = e->touched;
	if (e->touched) {
		e->countdown.phase = KB_PHASE_WAITING;
	}
	kb_engine_notice(e, KB_NOTICE_WARNING,
			 "The boot engine had stopped unexpectedly and was started again.");
}

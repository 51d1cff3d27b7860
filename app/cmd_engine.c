/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "command.h"
#include "kboot/base/sys.h"
#include "kboot/base/tree.h"
#include "kboot/core/core.h"
#include "session.h"

enum { CMDLINE_MAX_BYTES = 64 << 10 };

static int read_cmdline(struct kb_buf *text)
{
	KB_CLOSE int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : kb_read_all(fd, CMDLINE_MAX_BYTES, text);
}

static int serve(const struct kb_core_options *options)
{
	struct kb_core *core = NULL;
	struct kb_error err = {0};
	int r = kb_core_create(options, &core, &err);

	if (r < 0) {
		return kb_fail(&err);
	}
	r = kb_core_run(core);
	kb_core_destroy(core);
	return r < 0 ? KB_EXIT_FAILED : KB_EXIT_OK;
}

/* Divided once, while nothing of it is given yet. What fails leaves less safety, not less menu. */
static void take_memory(struct kb_core_options *engine)
{
	KB_CLOSE int procfs_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	kb_oom_score(KB_OOM_NEVER);
	if (kb_memory_read(procfs_fd, &engine->memory) < 0 ||
	    kb_memory_room(engine->sys, kb_memory_share(&engine->memory, KB_SHARE_SNAPSHOTS)) < 0) {
		(void)fputs("kboot: the memory could not be divided\n", stderr);
	}
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	KB_BUF struct kb_buf cmdline = {0};
	struct kb_core_options engine = {
		.sys = &kb_sys_linux,
		.config = options->config,
		.run_dir = options->run_dir ? options->run_dir : KB_ENGINE_RUN_DIR,
	};
	struct kb_error err = {0};

	(void)args;
	(void)n_args;
	if (options->simulated) {
		if (kb_session_check(options, &err) < 0) {
			return kb_fail(&err);
		}
		engine.simulation = &options->simulation;
		return serve(&engine);
	}
	if (!options->machine) {
		(void)kb_error_set(
			&err, -EINVAL,
			"the engine would take over this machine's disks; say --machine if "
			"that is meant, or simulate with --root or --device");
		(void)kb_fail(&err);
		return KB_EXIT_USAGE;
	}
	if (!engine.config && access(KB_ENGINE_CONFIG, R_OK) == 0) {
		engine.config = KB_ENGINE_CONFIG;
	}
	if (read_cmdline(&cmdline) == 0) {
		engine.cmdline = cmdline.data;
	}
	take_memory(&engine);
	return serve(&engine);
}

const struct kb_command kb_cmd_engine = {
	.name = "engine",
	.arguments = "--machine",
	.summary = "the engine that the menus talk to",
	.run = run,
};

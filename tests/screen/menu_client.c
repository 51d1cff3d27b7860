/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu_client FD [--ascii] [--monochrome] [--theme FILE] [--tty NAME] [--shell COMMAND]: the menu
 * with its engine at descriptor FD. COMMAND gets the entry that the prompt is to run as $1,
 * and the command that it is opened for as $2. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kboot/ui/menu.h"

static int run_shell(void *ctx, const char *first, const char *only)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl("/bin/sh", "sh", "-c", (const char *)ctx, "sh", first ? first : "",
			    only ? only : "", (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

static void read_options(char **args, struct kb_ui_options *options)
{
	for (; *args; args++) {
		if (strcmp(*args, "--ascii") == 0) {
			options->ascii = true;
		} else if (strcmp(*args, "--monochrome") == 0) {
			options->monochrome = true;
		} else if (strcmp(*args, "--theme") == 0 && args[1]) {
			options->theme = *++args;
		} else if (strcmp(*args, "--tty") == 0 && args[1]) {
			options->tty = *++args;
		} else if (strcmp(*args, "--shell") == 0 && args[1]) {
			options->run_shell = run_shell;
			options->shell_ctx = *++args;
		}
	}
}

int main(int argc, char **argv)
{
	static const char *const ends[] = {
		[KB_UI_QUIT] = "quit",
		[KB_UI_ENGINE_GONE] = "engine gone",
		[KB_UI_LEAVING] = "leaving",
	};
	struct kb_ui_options options = {.socket_fd = argc > 1 ? atoi(argv[1]) : -1};
	struct kb_error err = {0};
	enum kb_ui_end end;

	read_options(argv + (argc > 2 ? 2 : 1), &options);
	if (kb_ui_run(&options, &end, &err) < 0) {
		(void)printf("error: %s\n", err.text);
		return 1;
	}
	(void)printf("end: %s\n", ends[end]);
	return 0;
}

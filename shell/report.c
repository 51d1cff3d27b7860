/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a report is written: kboot's own memory, or a disk that is mounted for that alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "ask.h"
#include "builtin.h"
#include "choose.h"
#include "kboot/base/escape.h"
#include "kboot/base/replace.h"
#include "page.h"
#include "report_text.h"
#include "rescue.h"

#define DEFAULT_FOLDER "//tmp"

struct target {
	struct kb_shell *shell;
	const char *shown; /* as the person named it */
	const char *path;  /* below the tree; a folder, or a file in one */
	const struct kb_tree *tree;
	struct kb_str text;
};

static void default_name(char *name, size_t size)
{
	time_t now = time(NULL);
	struct tm tm = {0};

	(void)gmtime_r(&now, &tm);
	(void)strftime(name, size, "kboot-report-%Y%m%d-%H%M%S.txt", &tm);
}

/* The folder that a file is to be in, and its name; one that is a folder itself gets a name in it.
 */
static int open_folder(const struct target *t, int *ret_fd, char *name, size_t size)
{
	char parent[KB_ERROR_FILE];
	const char *slash = strrchr(t->path, '/');

	if (kb_tree_open_dir(t->tree, t->path[0] ? t->path : "/", ret_fd) == 0) {
		default_name(name, size);
		return 0;
	}
	if (!slash || slash[1] == '\0' || strlen(t->path) >= sizeof(parent)) {
		return -ENOENT;
	}
	(void)snprintf(parent, sizeof(parent), "%.*s", (int)(slash - t->path), t->path);
	(void)snprintf(name, size, "%s", slash + 1);
	return kb_tree_open_dir(t->tree, parent[0] ? parent : "/", ret_fd);
}

static bool may_overwrite(const struct target *t)
{
	char answer[KB_CHOICE_BYTES];

	if (t->shell->interactive) {
		kb_print_escaped(stdout, "%s is there already.", t->shown);
		if (kb_choose_line(t->shell, "Overwrite it (yes, no)? ", answer) &&
		    strcmp(answer, "yes") == 0) {
			return true;
		}
	}
	(void)kb_shell_fail("%s is there already, and is not overwritten", t->shown);
	return false;
}

/* -ECANCELED: told why. */
static int create(const struct target *t, int folder_fd, const char *name, int *ret_fd)
{
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	struct stat st;

	*ret_fd = openat(folder_fd, name, flags | O_EXCL, 0600);
	if (*ret_fd >= 0 || errno != EEXIST) {
		return *ret_fd < 0 ? -errno : 0;
	}
	if (fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode)) {
		return -EEXIST;
	}
	if (!may_overwrite(t)) {
		return -ECANCELED;
	}
	*ret_fd = openat(folder_fd, name, flags | O_TRUNC, 0600);
	return *ret_fd < 0 ? -errno : 0;
}

static int write_file(const struct target *t, char *name, size_t size)
{
	KB_CLOSE int folder_fd = -1;
	KB_CLOSE int fd = -1;
	int r = open_folder(t, &folder_fd, name, size);

	if (r == 0) {
		r = create(t, folder_fd, name, &fd);
	}
	if (r == 0) {
		r = kb_write_all(fd, t->text);
	}
	if (r == 0 && (fsync(fd) < 0 || fsync(folder_fd) < 0) && errno != EINVAL) {
		r = -errno;
	}
	return r;
}

static int write_target(const struct target *t)
{
	char name[KB_ERROR_FILE] = "";
	int r = write_file(t, name, sizeof(name));
	size_t len = strlen(t->shown);
	size_t name_len = strlen(name);
	/* A folder was named. */
	bool is_in = len < name_len || strcmp(t->shown + len - name_len, name) != 0;

	if (r == -ECANCELED) {
		return 1;
	}
	if (r < 0) {
		return kb_shell_fail("%s: %s", t->shown, strerror(-r));
	}
	kb_print_escaped(stdout, "Written: %s%s%s (%zu bytes)", t->shown,
			 is_in && len > 0 && t->shown[len - 1] != '/' ? "/" : "", is_in ? name : "",
			 t->text.len);
	return 0;
}

/* "sdb1:/x": mounted for writing, with nothing else of what may be on it, and unmounted again. */
static int write_on_disk(struct target *t, const char *colon)
{
	struct kb_rescue r = {.shell = t->shell, .tree.root_fd = -1, .held.namespace_fd = -1};
	int status;

	r.device.name = kb_arena_printf(&r.arena, "%.*s:/", (int)(colon - t->shown), t->shown);
	t->path = colon + 1;
	t->tree = &r.tree;
	status = r.device.name ? kb_rescue_hold(&r, true) : kb_shell_fail("out of memory");
	if (status == 0) {
		status = write_target(t);
		kb_rescue_release(&r);
		printf("It is unmounted again.\n");
	}
	t->tree = NULL;
	kb_arena_done(&r.arena);
	return status;
}

static int write_here(struct target *t)
{
	KB_CLOSE int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct kb_tree own = {.root_fd = root_fd, .name = "kboot"};
	int status;

	t->tree = &own;
	t->path = t->shown + 1;
	status = write_target(t);
	t->tree = NULL;
	return status;
}

static int write_text(struct kb_shell *s, const char *name, struct kb_str text)
{
	struct target t = {.shell = s, .shown = name, .text = text};
	const char *colon = strchr(name, ':');

	if (strncmp(name, "//", 2) == 0) {
		return write_here(&t);
	}
	if (colon && (colon[1] == '/' || colon[1] == '\0') && colon[1 + (colon[1] != 0)] != '/') {
		return write_on_disk(&t, colon);
	}
	return kb_shell_fail("%s: a report is written below //, or on a disk by its name (sdb1:/, "
			     "LABEL=STICK:/report.txt)",
			     name);
}

static int make_text(struct kb_shell *s, struct kb_buf *to)
{
	struct kb_report_text r = {.shell = s};
	int error;

	kb_buf_puts(&r.text,
		    "A report of kboot. Passwords, keys and tokens are hidden as far as they can "
		    "be told;\nread it before you give it away.\n");
	kb_report_machine(&r);
	kb_report_engine(&r);
	kb_report_files(&r);
	error = kb_buf_error(&r.text);
	if (error == 0) {
		kb_buf_str(to, kb_buf_view(&r.text));
		error = kb_buf_error(to);
	}
	kb_buf_done(&r.text);
	return error;
}

int kb_run_report(const struct kb_builtin_call *call)
{
	struct kb_shell *s = call->shell;
	const char *name = kb_builtin_word(call, 1);
	bool is_shown = name && strcmp(name, "-") == 0;
	KB_BUF struct kb_buf text = {0};

	/* Who may not look around may have none of this: the engine says so. */
	if (!kb_shell_ask(s, &(struct kb_intent){.type = KB_DO_VARIABLES})) {
		return 1;
	}
	if (make_text(s, &text) < 0) {
		return kb_shell_fail("out of memory");
	}
	if (is_shown || (!name && kb_shell_is_simulated(s))) {
		return kb_shell_show(s, text.data);
	}
	name = name ? name : DEFAULT_FOLDER;
	if (kb_shell_is_simulated(s)) {
		kb_print_escaped(stdout, "Simulation: this would write a report to %s", name);
		return 0;
	}
	return write_text(s, name, kb_buf_view(&text));
}

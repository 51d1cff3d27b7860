/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a system that failed has left behind: its journal, and what the kernel said when it died. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "kboot/base/escape.h"
#include "page.h"
#include "rescue.h"

#define JOURNAL_LINES "200"
#define PSTORE_DIR    "/sys/fs/pstore"

enum {
	LOG_LINES = 200,
	LOG_BYTES = 128 << 10,
	RECORD_BYTES = 64 << 10,
	RECORDS_BYTES = 1 << 20,
	RECORDS_MAX = 256,
	RECORDS_DEPTH = 3,
};

/* --- the journal */

static bool has_folder(const struct kb_tree *tree, const char *path)
{
	KB_CLOSE int fd = -1;

	return kb_tree_open_dir(tree, path, &fd) == 0;
}

/* The last bytes of a file that may be a gigabyte, from the start of a line. */
static int read_end(const struct kb_tree *tree, const char *path, struct kb_buf *text)
{
	KB_CLOSE int fd = -1;
	KB_ARENA struct kb_arena arena = {0};
	char *bytes = kb_arena_alloc(&arena, LOG_BYTES);
	struct stat st;
	uint64_t from;
	ssize_t n;
	int r = bytes ? kb_tree_open(tree, path, &fd) : -ENOMEM;

	if (r < 0) {
		return r;
	}
	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	from = st.st_size > LOG_BYTES ? (uint64_t)st.st_size - LOG_BYTES : 0;
	n = pread(fd, bytes, LOG_BYTES, (off_t)from);
	if (n < 0) {
		return -errno;
	}
	kb_buf_append(text, bytes, (size_t)n);
	return kb_buf_error(text);
}

static struct kb_str last_lines(struct kb_str text, size_t n_lines)
{
	size_t at = text.len;

	while (at > 0 && (n_lines > 0 || text.data[at - 1] != '\n')) {
		at--;
		n_lines -= text.data[at] == '\n' && at + 1 < text.len ? 1 : 0;
		if (n_lines == 0) {
			return kb_str_skip(text, at + 1);
		}
	}
	return text;
}

static void show_log(struct kb_rescue *r, const char *path)
{
	KB_BUF struct kb_buf text = {0};
	KB_BUF struct kb_buf shown = {0};
	int code = read_end(&r->tree, path, &text);

	if (code < 0) {
		(void)kb_shell_fail("%s: %s", path, strerror(-code));
		return;
	}
	kb_escape_printf(&shown, "The end of %s:", path);
	kb_escape_lines(&shown, last_lines(kb_buf_view(&text), LOG_LINES));
	if (kb_buf_error(&shown) == 0) {
		(void)kb_shell_show(r->shell, shown.data);
	}
}

void kb_rescue_journal(struct kb_rescue *r)
{
	static const char *const argv[] = {"journalctl",  "-D",         "/var/log/journal",
					   "-b",          "0",          "-n",
					   JOURNAL_LINES, "--no-pager", NULL};
	static const char *const logs[] = {"/var/log/syslog", "/var/log/messages"};
	bool has_journal = has_folder(&r->tree, "/var/log/journal");

	if (has_journal && kb_rescue_has_program(r, "journalctl")) {
		(void)kb_rescue_show(r, argv);
		return;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(logs); i++) {
		if (kb_tree_has_file(&r->tree, logs[i]) == 0) {
			show_log(r, logs[i]);
			return;
		}
	}
	(void)kb_shell_fail(has_journal ? "%s has a journal, but no journalctl to read it with"
					: "%s has none of /var/log/journal, /var/log/syslog and "
					  "/var/log/messages: its log was not kept",
			    r->device.name);
}

/* --- records of a crash */

struct records {
	const struct kb_tree *tree;
	const char *folder;
	struct kb_buf *text;
	size_t n;
	unsigned depth;
};

static int take_record(void *ctx, const char *name);

static void list_records(struct records *all, const char *folder)
{
	const char *before = all->folder;

	all->folder = folder;
	all->depth++;
	(void)!kb_tree_list(all->tree, folder, RECORDS_MAX, take_record, all);
	all->depth--;
	all->folder = before;
}

static void put_record(struct records *all, const char *path)
{
	KB_BUF struct kb_buf bytes = {0};
	int r = kb_tree_read(all->tree, path, RECORD_BYTES, &bytes);

	kb_escape_printf(all->text, "--- %s", path);
	if (r < 0) {
		kb_escape_printf(all->text, "(%s)", strerror(-r));
	} else {
		kb_escape_lines(all->text, kb_buf_view(&bytes));
		kb_buf_puts(all->text, "\n");
	}
	all->n++;
}

static int take_record(void *ctx, const char *name)
{
	struct records *all = ctx;
	char path[KB_ERROR_FILE];

	if (all->n >= RECORDS_MAX || all->text->len > RECORDS_BYTES ||
	    snprintf(path, sizeof(path), "%s/%s", all->folder, name) >= (int)sizeof(path)) {
		return 0;
	}
	if (has_folder(all->tree, path)) {
		if (all->depth < RECORDS_DEPTH) {
			list_records(all, path);
		}
	} else {
		put_record(all, path);
	}
	return 0;
}

/* In a child, whose mounts go with it: what the firmware or the memory kept for the kernel. */
static int tell_pstore(void *ctx)
{
	struct kb_tree own = {.root_fd = -1, .name = "kboot"};
	KB_BUF struct kb_buf text = {0};
	struct records all = {.tree = &own, .text = &text};
	const unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;

	(void)ctx;
	if (unshare(CLONE_NEWNS) < 0 ||
	    (mount("pstore", PSTORE_DIR, "pstore", flags, NULL) < 0 && errno != EBUSY)) {
		printf("pstore of this machine cannot be read: %s\n",
		       errno == ENODEV || errno == ENOENT ? "this kernel has none"
							  : strerror(errno));
		return 0;
	}
	own.root_fd = open(PSTORE_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	list_records(&all, "");
	(void)kb_close(own.root_fd);
	printf("%s: %s\n", PSTORE_DIR, all.n > 0 ? "" : "nothing was kept");
	(void)fputs(text.data ? text.data : "", stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}

static int show_pstore(void *ctx)
{
	const struct kb_output output = {
		.become = tell_pstore,
		.pages = ((const struct kb_rescue *)ctx)->shell->interactive};

	return kb_shell_show_output(&output);
}

void kb_rescue_pstore(struct kb_rescue *r)
{
	const struct kb_job_spec spec = {.line = "pstore", .become = show_pstore, .ctx = r};
	KB_BUF struct kb_buf text = {0};
	struct records kept = {.tree = &r->tree, .text = &text};

	if (kb_shell_is_simulated(r->shell)) {
		printf("Simulation: pstore of this machine is not looked at.\n");
	} else {
		(void)kb_job_run(&r->shell->jobs, &spec);
	}
	/* systemd-pstore(8) moves the records there. */
	list_records(&kept, "/var/lib/systemd/pstore");
	if (kept.n == 0) {
		kb_print_escaped(stdout, "%s has kept none in /var/lib/systemd/pstore.",
				 r->device.name);
	} else if (kb_buf_error(&text) == 0) {
		(void)kb_shell_show(r->shell, text.data);
	}
}

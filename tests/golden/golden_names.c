/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * golden_names names FOLDER: where the names in FOLDER/names lead on the machine of FOLDER/machine.
 *
 * machine, one thing a line; DISK may be `root`, a folder that stands for the booted environment:
 *   device NAME [uuid=U] [label=L] [partuuid=P] [partlabel=T] [fstype=F]
 *   dir DISK PATH         file DISK PATH         link DISK PATH TARGET
 *   line DISK PATH TEXT   appends a line to a file
 *   environment REFERENCE which device is the booted environment
 * names: NAME, or FROM :: NAME for a name typed in the place FROM.
 * \xNN in paths and names is that byte.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kboot/formats/fstab.h"
#include "kboot/mount/automount.h"
#include "temp_dir.h"

enum { MAX_BYTES = 1 << 20, MAX_DEVICES = 16, FSTAB_BYTES = 64 << 10 };

struct machine {
	struct kb_arena arena;
	struct temp_dir disks;
	struct kb_device devices[MAX_DEVICES];
	size_t n_devices;
	bool has_root;
	const char *environment;
};

static void machine_done(struct machine *m)
{
	temp_dir_done(&m->disks);
	kb_arena_done(&m->arena);
}

static const struct kb_device *find_device(void *ctx, struct kb_str reference,
					   const struct kb_device **ret_other)
{
	const struct machine *m = ctx;
	const struct kb_device *found = NULL;

	*ret_other = NULL;
	for (size_t i = 0; i < m->n_devices; i++) {
		if (!kb_device_matches(&m->devices[i], reference)) {
			continue;
		}
		if (found) {
			*ret_other = &m->devices[i];
			break;
		}
		found = &m->devices[i];
	}
	return found;
}

static void print_diag(void *ctx, const struct kb_diag *diag)
{
	(void)ctx;
	printf("    %s:%u:%u: %s\n", diag->at.file, diag->at.line, diag->at.column, diag->text);
}

static int read_fstab(void *ctx, struct kb_arena *arena, const struct kb_tree *tree,
		      struct kb_fstab *ret_fstab)
{
	const struct kb_diag_sink sink = {print_diag, NULL};
	KB_BUF struct kb_buf text = {0};
	struct kb_error err;
	int r = kb_tree_read(tree, "/etc/fstab", FSTAB_BYTES, &text);

	(void)ctx;
	if (r == -ENOENT) {
		return 0;
	}
	return r < 0 ? r
		     : kb_fstab_read(arena, "/etc/fstab",
				     kb_str_from(kb_arena_str(arena, kb_buf_view(&text))), &sink,
				     ret_fstab, &err);
}

static void print_note(void *ctx, const char *sentence)
{
	(void)ctx;
	printf("    %s\n", sentence);
}

/* --- the machine */

/* In place; names with a NUL stay as they are, cut at it, which kb_name's unit tests cover. */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		char digits[3] = "";

		if (s[0] == '\\' && s[1] == 'x' && isxdigit((unsigned char)s[2]) &&
		    isxdigit((unsigned char)s[3])) {
			memcpy(digits, s + 2, 2);
			*to++ = (char)strtoul(digits, NULL, 16);
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

static const char *word(char **rest)
{
	const char *w = strsep(rest, " ");

	return w ? w : "";
}

static void add_device(struct machine *m, char *rest)
{
	struct kb_device *d = &m->devices[m->n_devices++];

	d->name = word(&rest);
	while (rest) {
		char *property = strsep(&rest, " ");
		const char *key = strsep(&property, "=");

		if (strcmp(key, "uuid") == 0) {
			d->uuid = property;
		} else if (strcmp(key, "label") == 0) {
			d->label = property;
		} else if (strcmp(key, "partuuid") == 0) {
			d->partuuid = property;
		} else if (strcmp(key, "partlabel") == 0) {
			d->partlabel = property;
		} else {
			d->fstype = property;
		}
	}
	d->tree = kb_arena_printf(&m->arena, "%s/%zu", m->disks.path, m->n_devices);
	temp_dir_mkdir(&m->disks, strrchr(d->tree, '/') + 1);
}

static const char *disk_folder(struct machine *m, const char *disk)
{
	for (size_t i = 0; i < m->n_devices; i++) {
		if (strcmp(m->devices[i].name, disk) == 0) {
			return strrchr(m->devices[i].tree, '/') + 1;
		}
	}
	m->has_root = true;
	return "root";
}

static void append_line(struct machine *m, const char *path, const char *text)
{
	KB_BUF struct kb_buf buf = {0};
	const struct kb_tree all = {.root_fd = m->disks.fd};

	if (kb_tree_read(&all, path, MAX_BYTES, &buf) < 0) {
		buf.len = 0;
	}
	kb_buf_printf(&buf, "%s\n", text);
	temp_dir_write(&m->disks, path, buf.data, buf.len);
}

static void build_line(struct machine *m, char *line)
{
	char *rest = line;
	const char *what = word(&rest);
	const char *disk;
	char *path;

	if (strcmp(what, "device") == 0) {
		add_device(m, rest);
		return;
	}
	if (strcmp(what, "environment") == 0) {
		m->environment = word(&rest);
		return;
	}
	disk = disk_folder(m, word(&rest));
	path = kb_arena_printf(&m->arena, "%s%s", disk, word(&rest));
	unescape(path);
	if (strcmp(what, "dir") == 0) {
		temp_dir_mkdir(&m->disks, path);
	} else if (strcmp(what, "file") == 0) {
		temp_dir_text(&m->disks, path, "");
	} else if (strcmp(what, "link") == 0) {
		temp_dir_symlink(&m->disks, path, rest);
	} else if (strcmp(what, "line") == 0) {
		append_line(m, path, rest ? rest : "");
	} else if (what[0] != '\0' && what[0] != '#') {
		printf("machine: what is `%s`?\n", what);
	}
}

static int build(struct machine *m, const struct kb_tree *folder)
{
	KB_BUF struct kb_buf text = {0};
	int r = kb_tree_read(folder, "machine", MAX_BYTES, &text);
	struct kb_str rest = kb_buf_view(&text);
	struct kb_str line;

	temp_dir_init(&m->disks);
	while (r == 0 && kb_str_next_line(&rest, &line)) {
		build_line(m, kb_arena_str(&m->arena, line));
	}
	return r;
}

/* --- names */

/* The folders of this run have no place in what is expected. */
static const char *real(const struct machine *m, const char *path)
{
	size_t len = strlen(m->disks.path);

	return strncmp(path, m->disks.path, len) == 0 ? path + len : path;
}

static void find(struct machine *m, struct kb_automount *a, char *line)
{
	char *split = strstr(line, " :: ");
	const char *from = NULL;
	struct kb_place_found found;
	struct kb_error err = {0};
	char *name = line;

	printf("%s\n", line);
	if (split) {
		*split = '\0';
		from = line;
		name = split + strlen(" :: ");
	}
	unescape(name);
	if (kb_automount_find(a, name, from, &found, &err) < 0) {
		printf("  error %s: %.200s\n", strerrorname_np(-err.code), err.text);
		return;
	}
	printf("  %s %s, shown as %s, at %s\n",
	       found.resolved.type == KB_TREE_DIR    ? "directory"
	       : found.resolved.type == KB_TREE_FILE ? "file"
						     : "other",
	       found.canonical, found.shown, real(m, found.path));
}

static int run(const struct kb_tree *folder)
{
	KB_CLEANUP(machine_done) struct machine m = {0};
	KB_BUF struct kb_buf names = {0};
	int r = build(&m, folder);
	const char *root = kb_arena_printf(&m.arena, "%s/root", m.disks.path);
	const struct kb_automount_hooks hooks = {.ctx = &m,
						 .device = find_device,
						 .fstab = read_fstab,
						 .note = print_note};
	const struct kb_automount_options options = {.run_dir = m.disks.path,
						     .root = m.environment,
						     .folder = m.has_root ? root : NULL};
	struct kb_automount a;
	struct kb_str rest;
	struct kb_str line;

	if (r == 0) {
		r = kb_tree_read(folder, "names", MAX_BYTES, &names);
	}
	kb_automount_init(&a, &kb_sys_linux, &hooks, &options);
	rest = kb_buf_view(&names);
	while (r == 0 && kb_str_next_line(&rest, &line)) {
		if (line.len > 0) {
			find(&m, &a, kb_arena_str(&m.arena, line));
		}
	}
	kb_automount_done(&a);
	return r;
}

int main(int argc, char **argv)
{
	KB_CLOSE int fd = -1;
	struct kb_tree folder;
	int r;

	if (argc != 3) {
		(void)fprintf(stderr, "usage: golden_names names FOLDER\n");
		return 2;
	}
	fd = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		(void)fprintf(stderr, "%s: %m\n", argv[2]);
		return 1;
	}
	folder = (struct kb_tree){.root_fd = fd};
	r = run(&folder);
	if (r < 0) {
		(void)fprintf(stderr, "%s: %s\n", argv[2], strerror(-r));
	}
	return r < 0;
}

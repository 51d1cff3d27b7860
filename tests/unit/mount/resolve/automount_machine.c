/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "automount_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATH_BYTES = 256 };

/* What is on a device; a name that ends in a slash is a folder. */
struct content {
	const char *device;
	const char *subvolume;
	const char *names[12];
};

static const struct content contents[] = {
	{"sda2",
	 NULL,
	 {"etc/os-release", "home/", "boot/", "srv/", "mnt/", "linked>home", "run/x/",
	  "var/run>/run", "out>../../mnt", "loop>loop", NULL}},
	{"sda3", NULL, {"u/k/", "x", "k", "up>../mnt", NULL}},
	{"sdb1", NULL, {"bzImage", "isos/x.iso", "isos/y.iso", "to-x>isos/x.iso", NULL}},
	{"sda1", NULL, {"vmlinuz", NULL}},
	{"sdc1", NULL, {"@/etc/os-release", "@home/u", "x/", NULL}},
	{"sdc1", "@", {"etc/os-release", NULL}},
	{"sdc1", "@home", {"u", NULL}},
};

static const char *const image[] = {"live/vmlinuz",
				    "live/absolute>/live/vmlinuz",
				    "live/up>../../../bzImage",
				    "live/top>..",
				    "inner.iso",
				    NULL};

static const char *const server[] = {"export/x", "export/home/", NULL};

static const struct kb_device devices[] = {
	{.name = "sda1", .fstype = "vfat", .label = "EFI"},
	{.name = "sda2", .fstype = "ext4", .uuid = "root"},
	{.name = "sda3", .fstype = "ext4", .uuid = "home"},
	{.name = "sdb1", .fstype = "ext4"},
	{.name = "sdc1", .fstype = "btrfs"},
	{.name = "vg/lv", .fstype = "ext4"},
	{.name = "swap1", .fstype = "swap"},
	{.name = "many0", .fstype = "ext4", .uuid = "copied"},
	{.name = "many1", .fstype = "ext4", .uuid = "copied"},
	{.name = "many2", .fstype = "ext4"},
	{.name = "many3", .fstype = "ext4"},
	{.name = "many4", .fstype = "ext4"},
	{.name = "many5", .fstype = "ext4"},
	{.name = "many6", .fstype = "ext4"},
	{.name = "many7", .fstype = "ext4"},
	{.name = "many8", .fstype = "ext4"},
	{.name = "many9", .fstype = "ext4"},
	{.name = "many10", .fstype = "ext4"},
	{.name = "many11", .fstype = "ext4"},
	{.name = "many12", .fstype = "ext4"},
	{.name = "many13", .fstype = "ext4"},
	{.name = "many14", .fstype = "ext4"},
	{.name = "many15", .fstype = "ext4"},
};

/* Without this there is no machine to test on. */
static void insist(bool condition)
{
	if (!condition) {
		perror("a machine for tests");
		abort();
	}
}

/* --- the system table */

static void real_path(const char *path, char *text, size_t size)
{
	char real[PATH_BYTES];
	ssize_t n = -1;

	if (path && strncmp(path, "/proc/self/fd/", 14) == 0) {
		n = readlink(path, real, sizeof(real) - 1);
	}
	if (n >= 0) {
		real[n] = '\0';
	}
	(void)snprintf(text, size, "%s", n >= 0 ? real : path ? path : "-");
}

/* The descriptor of an ISO image, and nothing else. */
static void put_image(struct machine *m, const char *path)
{
	static const char magic[] = "\1CD001";
	KB_CLOSE int fd = -1;

	temp_dir_text(&m->dir, path, "");
	fd = openat(m->dir.fd, path, O_WRONLY | O_CLOEXEC);
	insist(fd >= 0 && pwrite(fd, magic, sizeof(magic) - 1, 0x8000) > 0);
}

static void put_names(struct machine *m, const char *target, const char *const *names)
{
	char path[2 * PATH_BYTES];

	for (; *names; names++) {
		const char *link = strchr(*names, '>');

		(void)snprintf(path, sizeof(path), "%s/%.*s", target + strlen(m->dir.path) + 1,
			       (int)strcspn(*names, ">"), *names);
		if (link) {
			temp_dir_symlink(&m->dir, path, link + 1);
		} else if (path[strlen(path) - 1] == '/') {
			path[strlen(path) - 1] = '\0';
			temp_dir_mkdir(&m->dir, path);
		} else if (strstr(path, ".iso")) {
			put_image(m, path);
		} else {
			temp_dir_text(&m->dir, path, "");
		}
	}
}

static void put_device(struct machine *m, const char *source, const char *target,
		       const char *options)
{
	const char *subvolume = options ? strstr(options, "subvol=") : NULL;

	subvolume = subvolume ? subvolume + strlen("subvol=") : NULL;
	for (size_t i = 0; i < KB_ARRAY_LEN(contents); i++) {
		const struct content *c = &contents[i];

		if (strcmp(source, c->device) == 0 && !subvolume == !c->subvolume &&
		    (!subvolume || strcmp(subvolume, c->subvolume) == 0)) {
			put_names(m, target, c->names);
		}
	}
}

static int fake_mount(void *ctx, const char *source, const char *target, const char *fstype,
		      unsigned long flags, const char *options)
{
	struct machine *m = ctx;
	char from[PATH_BYTES];
	char on[PATH_BYTES];
	char line[4 * PATH_BYTES];

	real_path(source, from, sizeof(from));
	real_path(target, on, sizeof(on));
	(void)snprintf(line, sizeof(line), "mount %s %s %s %#lx %s\n", from, on,
		       fstype ? fstype : "-", flags, options ? options : "-");
	insist(strlen(m->log) + strlen(line) < sizeof(m->log));
	strcat(m->log, machine_short(m, line));
	if (m->is_real) {
		bool is_new = !(flags & (MS_REMOUNT | MS_BIND));
		int r = mount(source, target, is_new ? "tmpfs" : NULL,
			      flags & ~(unsigned long)MS_RDONLY, NULL);

		if (r == 0 && is_new) {
			put_device(m, from + strlen(m->dev_dir) + 1, on, options);
		}
		return r < 0 ? -errno : 0;
	}
	if (flags & MS_REMOUNT) {
		return 0;
	}
	insist(m->n_mounted < MACHINE_MOUNTS);
	(void)snprintf(m->mounted[m->n_mounted++], sizeof(m->mounted[0]), "%s", on);
	if (fstype && (strcmp(fstype, "nfs") == 0 || strcmp(fstype, "cifs") == 0)) {
		put_names(m, on, server);
	} else if (fstype && strcmp(fstype, "iso9660") == 0) {
		put_names(m, on, image);
	} else if (flags & MS_BIND) {
		static const char *const bound[] = {"k/", "x", NULL};

		put_names(m, on, bound);
	} else {
		put_device(m, from + strlen(m->dev_dir) + 1, on, options);
	}
	return 0;
}

static int fake_umount(void *ctx, const char *target, int flags)
{
	struct machine *m = ctx;
	char line[2 * PATH_BYTES];
	size_t i = m->n_mounted;

	(void)flags;
	(void)snprintf(line, sizeof(line), "umount %s\n", target);
	strcat(m->log, machine_short(m, line));
	while (i > 0 && strcmp(m->mounted[i - 1], target) != 0) {
		i--;
	}
	insist(i > 0);
	m->n_mounted--;
	memmove(m->mounted[i - 1], m->mounted[i], (m->n_mounted - (i - 1)) * sizeof(m->mounted[0]));
	/* What is mounted inside goes too, as with MNT_DETACH. */
	for (size_t k = 0; k < m->n_mounted;) {
		if (strncmp(m->mounted[k], target, strlen(target)) == 0 &&
		    m->mounted[k][strlen(target)] == '/') {
			m->n_mounted--;
			memmove(m->mounted[k], m->mounted[k + 1],
				(m->n_mounted - k) * sizeof(m->mounted[0]));
		} else {
			k++;
		}
	}
	return 0;
}

static int fake_set_block_read_only(void *ctx, int fd, bool read_only)
{
	struct machine *m = ctx;

	(void)fd;
	strcat(m->log, read_only ? "set_block_read_only 1\n" : "set_block_read_only 0\n");
	return 0;
}

/* --- hooks */

static const struct kb_device *find_device(void *ctx, struct kb_str reference,
					   const struct kb_device **ret_other)
{
	const struct kb_device *found = NULL;

	(void)ctx;
	*ret_other = NULL;
	for (size_t i = 0; i < KB_ARRAY_LEN(devices); i++) {
		if (!kb_device_matches(&devices[i], reference)) {
			continue;
		}
		if (found) {
			*ret_other = &devices[i];
			break;
		}
		found = &devices[i];
	}
	return found;
}

static int give_fstab(void *ctx, struct kb_arena *arena, const struct kb_tree *tree,
		      struct kb_fstab *ret_fstab)
{
	struct machine *m = ctx;

	(void)arena;
	(void)tree;
	*ret_fstab = (struct kb_fstab){.lines = m->lines, .n_lines = m->n_lines};
	return 0;
}

static int find_smb_user(void *ctx, const struct kb_smb_place *place, struct kb_smb_user *ret_user)
{
	(void)ctx;
	if (place->user) {
		ret_user->password = "a,b";
	}
	return 0;
}

static void take_note(void *ctx, const char *sentence)
{
	struct machine *m = ctx;

	insist(strlen(m->notes) + strlen(sentence) + 2 < sizeof(m->notes));
	strcat(strcat(m->notes, sentence), "\n");
}

/* --- */

static void listen_somewhere(struct machine *m)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(address);

	m->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	insist(bind(m->listener, (void *)&address, size) == 0);
	insist(listen(m->listener, 64) == 0);
	insist(getsockname(m->listener, (void *)&address, &size) == 0);
	m->port = ntohs(address.sin_port);
}

struct machine *machine_create(void)
{
	/* Fault tests count allocations. */
	struct machine *m =
		mmap(NULL, sizeof(*m), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char path[64];

	insist(m != MAP_FAILED);
	m->fake = fake_sys_create();
	insist(m->fake != NULL);
	m->fake->real = (struct kb_sys){.ctx = m,
					.now_ms = kb_sys_linux.now_ms,
					.mount = fake_mount,
					.umount = fake_umount,
					.set_block_read_only = fake_set_block_read_only};
	temp_dir_init(&m->dir);
	for (size_t i = 0; i < KB_ARRAY_LEN(devices); i++) {
		(void)snprintf(path, sizeof(path), "dev/%s", devices[i].name);
		temp_dir_text(&m->dir, path, "");
	}
	(void)snprintf(m->dev_dir, sizeof(m->dev_dir), "%s/dev", m->dir.path);
	(void)snprintf(m->run_dir, sizeof(m->run_dir), "%s/run", m->dir.path);
	listen_somewhere(m);
	m->options = (struct kb_automount_options){.dev_dir = m->dev_dir,
						   .run_dir = m->run_dir,
						   .root = "UUID=root"};
	return m;
}

struct kb_fstab_line *machine_line(struct machine *m, const char *dir, const char *source)
{
	struct kb_fstab_line *line = &m->lines[m->n_lines++];

	insist(m->n_lines <= MACHINE_LINES);
	*line = (struct kb_fstab_line){.dir = dir,
				       .source = source,
				       .at = {"/etc/fstab", (unsigned)m->n_lines, 1}};
	return line;
}

void machine_start(struct machine *m)
{
	const struct kb_automount_hooks hooks = {.ctx = m,
						 .device = find_device,
						 .fstab = give_fstab,
						 .note = take_note,
						 .smb_user = find_smb_user};

	kb_automount_init(&m->automount, &m->fake->table, &hooks, &m->options);
}

void machine_stop(struct machine *m)
{
	kb_automount_done(&m->automount);
}

void machine_destroy(struct machine *m)
{
	machine_stop(m);
	(void)kb_close(m->listener);
	temp_dir_done(&m->dir);
	fake_sys_destroy(m->fake);
	(void)munmap(m, sizeof(*m));
}

static bool replace(const char **at, const char *word, const char *with, char *text, size_t *len)
{
	size_t word_len = strlen(word);

	if (word_len == 0 || strncmp(*at, word, word_len) != 0) {
		return false;
	}
	*at += word_len;
	*len += (size_t)snprintf(text + *len, MACHINE_LOG - *len, "%s", with);
	return true;
}

/* "127.0.0.1.a7Fx2q" of mkdtemp(3). */
static bool replace_temp(const char **at, char *text, size_t *len)
{
	static const char host[] = "/127.0.0.1.";

	if (strncmp(*at, host, sizeof(host) - 1) != 0 ||
	    strcspn(*at + sizeof(host) - 1, "/ \n") != 6) {
		return false;
	}
	*at += sizeof(host) - 1 + 6;
	*len += (size_t)snprintf(text + *len, MACHINE_LOG - *len, "/TEMP");
	return true;
}

const char *machine_short(struct machine *m, const char *text)
{
	const char *at = text;
	char port[32];
	char share[32];
	size_t len = 0;

	(void)snprintf(port, sizeof(port), "/127.0.0.1:%u?", m->port);
	(void)snprintf(share, sizeof(share), "127.0.0.1:%u!", m->port);
	while (*at) {
		if (!replace(&at, m->run_dir, "RUN", m->text, &len) &&
		    !replace(&at, m->dev_dir, "DEV", m->text, &len) &&
		    !replace(&at, port, "/127.0.0.1:PORT?", m->text, &len) &&
		    !replace(&at, share, "127.0.0.1:PORT!", m->text, &len) &&
		    !replace_temp(&at, m->text, &len)) {
			m->text[len++] = *at++;
		}
		insist(len < sizeof(m->text));
	}
	m->text[len] = '\0';
	return m->text;
}

bool machine_is_unmounted(const struct machine *m)
{
	for (size_t i = 0; i < m->n_mounted; i++) {
		(void)fprintf(stderr, "%s is still mounted\n", m->mounted[i]);
	}
	return m->n_mounted == 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "btrfs/devices.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/btrfs.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kboot/base/run.h"
#include "part/group.h"
#include "part/member.h"

/* Of struct btrfs_super_block (linux/btrfs_tree.h has it since 6.3): where, and what in it. */
enum {
	SUPER_AT = 64 << 10,
	SUPER_BYTES = 1024,
	MAGIC_AT = 0x40,
	GENERATION_AT = 0x48,
	DEVICES_AT = 0x88,
	ITEM_AT = 0xc9, /* of this device; it begins with its number */
	LABEL_AT = 0x12b,
	LABEL_BYTES = 256,
};

struct filesystem {
	const struct kb_assembly *a;
	int control_fd;
	struct kb_group group;
	struct kb_part parts[KB_SET_MAX_MEMBERS];
	uint64_t ids[KB_SET_MAX_MEMBERS];
	uint64_t n_wanted;
	uint64_t generation; /* of the newest superblock */
	char label[LABEL_BYTES + 1];
	struct kb_buf why;
};

static void filesystem_done(struct filesystem *f)
{
	for (size_t i = 0; i < f->group.n; i++) {
		kb_part_done(&f->parts[i]);
	}
	kb_buf_done(&f->why);
}

static uint64_t number_at(const unsigned char *super, size_t at)
{
	uint64_t value;

	memcpy(&value, super + at, sizeof(value));
	return le64toh(value);
}

static int read_super(struct filesystem *f, size_t i, struct kb_error *err)
{
	static const char magic[] = "_BHRfS_M";
	unsigned char super[SUPER_BYTES];
	int r = kb_part_read(&f->parts[i], SUPER_AT, super, sizeof(super));

	if (r == 0 && memcmp(super + MAGIC_AT, magic, sizeof(magic) - 1) != 0) {
		r = -EUCLEAN;
	}
	if (r < 0) {
		return kb_error_set(err, r, "%s has no superblock that can be read",
				    f->group.members[i]->name);
	}
	f->ids[i] = number_at(super, ITEM_AT);
	/* One that was away while devices were added or taken out knows less. */
	if (i == 0 || number_at(super, GENERATION_AT) > f->generation) {
		f->generation = number_at(super, GENERATION_AT);
		f->n_wanted = number_at(super, DEVICES_AT);
		memcpy(f->label, super + LABEL_AT, LABEL_BYTES);
	}
	return 0;
}

static bool finds_copy(struct filesystem *f)
{
	for (size_t i = 0; i < f->group.n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (f->ids[i] == f->ids[k]) {
				kb_buf_printf(&f->why,
					      "%s and %s are the same part of it: one is a copy",
					      f->group.members[k]->name, f->group.members[i]->name);
				return true;
			}
		}
	}
	return false;
}

static int ask(const struct filesystem *f, size_t i, unsigned long request)
{
	struct btrfs_ioctl_vol_args args = {0};

	if ((size_t)snprintf(args.name, sizeof(args.name), "%s/%s", f->a->dev_dir,
			     f->group.members[i]->name) >= sizeof(args.name)) {
		return -ENAMETOOLONG;
	}
	return f->a->sys->device_ioctl(f->a->sys->ctx, f->control_fd, request, &args);
}

static enum kb_set_state scan(struct filesystem *f)
{
	int r = 0;

	if (finds_copy(f)) {
		return KB_SET_REFUSED;
	}
	for (size_t i = 0; r >= 0 && i < f->group.n; i++) {
		r = ask(f, i, BTRFS_IOC_SCAN_DEV);
	}
	/* 1: not all are there. */
	r = r < 0 ? r : ask(f, 0, BTRFS_IOC_DEVICES_READY);
	if (r < 0) {
		kb_buf_printf(&f->why, "the kernel does not take it: %s", strerror(-r));
		return KB_SET_REFUSED;
	}
	if (r > 0 || f->group.n < f->n_wanted) {
		/* Whatever may be read without them: a degraded mount is its owner's word. */
		kb_buf_printf(&f->why, "%zu of %llu devices %s there", f->group.n,
			      (unsigned long long)f->n_wanted, f->group.n == 1 ? "is" : "are");
		return KB_SET_WAITING;
	}
	return KB_SET_READY;
}

static enum kb_set_state look(struct filesystem *f)
{
	struct kb_error why = {0};

	for (size_t i = 0; i < f->group.n; i++) {
		if (kb_part_open(f->a, f->group.members[i], &f->parts[i], &why) < 0 ||
		    read_super(f, i, &why) < 0) {
			kb_buf_puts(&f->why, why.text);
			return KB_SET_REFUSED;
		}
	}
	return f->n_wanted > 1 || f->group.n > 1 ? scan(f) : KB_SET_READY;
}

static int do_group(struct filesystem *f, const struct kb_set_sink *sink, struct kb_error *err)
{
	enum kb_set_state state = look(f);
	struct kb_set set = kb_group_set(&f->group, KB_SET_BTRFS);
	int r;

	kb_group_put_copies(f->a, f->group.uuid, &f->why);
	if (state == KB_SET_READY && f->n_wanted <= 1 && f->why.len == 0) {
		return 0;
	}
	set.n_wanted = f->n_wanted > UINT_MAX ? 0 : (unsigned)f->n_wanted;
	set.name = f->label[0] ? f->label : NULL;
	r = kb_set_tell(sink, set, state, f->why.data);
	return r < 0 ? kb_error_set(err, r, "a filesystem cannot be told of: %s", strerror(-r)) : 0;
}

static int open_control(const struct kb_assembly *a)
{
	static const char *const module[] = {"/sbin/modprobe", "-ab", "btrfs", NULL};
	char path[PATH_MAX];
	int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/btrfs-control", a->dev_dir);
	for (int i = 0; fd < 0 && i < 2; i++) {
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0 && i == 0) {
			kb_run_modprobe(a->sys, module);
		}
	}
	return fd < 0 ? -errno : fd;
}

int kb_btrfs_assemble(const struct kb_assembly *a, const struct kb_set_sink *sink,
		      struct kb_error *err)
{
	KB_CLOSE int control_fd = open_control(a);
	size_t at = 0;
	int r = 0;

	if (control_fd < 0) {
		return kb_error_set(err, control_fd, "this kernel has no btrfs: %s",
				    strerror(-control_fd));
	}
	while (r == 0) {
		KB_CLEANUP(filesystem_done)
		struct filesystem f = {.a = a, .control_fd = control_fd};

		if (!kb_group_next(a, &at, &f.group)) {
			break;
		}
		for (size_t i = 0; i < f.group.n; i++) {
			f.parts[i].fd = -1;
		}
		r = do_group(&f, sink, err);
	}
	return r;
}

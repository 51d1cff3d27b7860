/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fstab_fields.h"

/* What fstab calls them, where libblkid has another name. */
static const struct {
	const char *names;
	struct kb_str blkid_name;
} other_names[] = {
	{"ntfs3 ntfs-3g lowntfs-3g fuse.ntfs-3g fuse.lowntfs-3g", KB_STR("ntfs")},
	{"exfat-fuse fuse.exfat", KB_STR("exfat")},
	{"msdos", KB_STR("vfat")},
	{"fuseblk", KB_STR("auto")},
};

static const char missed[] =
	"9p afs ceph cifs coda davfs ecryptfs fuse glusterfs lustre ncpfs smb3 "
	"smbfs sshfs vboxsf virtiofs zfs";

static const char nowhere[] =
	"aufs autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs "
	"fuse.gvfsd-fuse fuse.lxcfs fuse.portal fuse.vmware-vmblock fusectl hugetlbfs ignore "
	"mqueue "
	"nfsd none overlay overlayfs proc pstore ramfs rootfs rpc_pipefs securityfs selinuxfs swap "
	"sysfs tmpfs tracefs unionfs usbdevfs usbfs xenfs";

/* What is in none of these lists nor below "fuse." is on a disk. */
static enum fstab_treatment find_treatment(struct kb_str name, struct kb_str *ret_blkid_name)
{
	*ret_blkid_name = name;
	for (size_t i = 0; i < KB_ARRAY_LEN(other_names); i++) {
		if (fstab_is_among(name, other_names[i].names)) {
			*ret_blkid_name = other_names[i].blkid_name;
			return FSTAB_READ;
		}
	}
	if (fstab_is_among(name, nowhere)) {
		return FSTAB_NOWHERE;
	}
	return fstab_is_among(name, missed) || kb_str_starts(name, KB_STR("fuse.")) ? FSTAB_MISSED
										    : FSTAB_READ;
}

/* Appends what can be read; remembers why the others cannot. False: anything may be read. */
static bool add_type(struct kb_buf *names, struct kb_str name, enum fstab_treatment *treatment)
{
	struct kb_str said;
	enum fstab_treatment found = find_treatment(name, &said);

	if (name.len == 0) {
		return true;
	}
	if (found != FSTAB_READ) {
		*treatment = found;
		return true;
	}
	if (kb_str_eq(said, KB_STR("auto"))) {
		return false;
	}
	kb_buf_puts(names, names->len > 0 ? "," : "");
	kb_buf_str(names, said);
	return true;
}

int fstab_type(struct kb_arena *arena, const char *text, struct fstab_type *ret_type,
	       struct kb_error *err)
{
	KB_BUF struct kb_buf names = {0};
	struct fstab_type type = {.treatment = FSTAB_READ};
	enum fstab_treatment unread = FSTAB_READ;
	struct kb_str rest = kb_str_from(text);
	bool is_auto = false;

	if (!kb_str_is_word(rest, "-_.+,")) {
		return kb_error_set(err, -EINVAL, "this is no type of a filesystem");
	}
	while (rest.len > 0 && !is_auto) {
		size_t end = kb_str_find(rest, ',');

		is_auto = !add_type(&names, kb_str_head(rest, end), &unread);
		rest = kb_str_skip(rest, end + 1);
	}
	if (kb_buf_error(&names)) {
		return kb_buf_error(&names);
	}
	if (!is_auto && names.len == 0) {
		type.treatment = unread;
	} else if (!is_auto) {
		type.name = kb_arena_str(arena, kb_buf_view(&names));
		if (!type.name) {
			return -ENOMEM;
		}
	}
	*ret_type = type;
	return 0;
}

bool fstab_is_nfs(const char *type)
{
	return type && (strcmp(type, "nfs") == 0 || strcmp(type, "nfs4") == 0);
}

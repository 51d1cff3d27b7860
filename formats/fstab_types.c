/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fstab_fields.h"

struct known_type {
	const char *name;
	enum fstab_treatment treatment;
	const char *blkid_name; /* where it is another */
};

/* What is in neither this table nor below "fuse." is on a disk. */
static const struct known_type known_types[] = {
	{"ntfs3", FSTAB_READ, "ntfs"},
	{"ntfs-3g", FSTAB_READ, "ntfs"},
	{"lowntfs-3g", FSTAB_READ, "ntfs"},
	{"fuse.ntfs-3g", FSTAB_READ, "ntfs"},
	{"fuse.lowntfs-3g", FSTAB_READ, "ntfs"},
	{"exfat-fuse", FSTAB_READ, "exfat"},
	{"fuse.exfat", FSTAB_READ, "exfat"},
	{"msdos", FSTAB_READ, "vfat"},
	{"fuseblk", FSTAB_READ, "auto"},

	{"9p", FSTAB_MISSED, NULL},
	{"afs", FSTAB_MISSED, NULL},
	{"ceph", FSTAB_MISSED, NULL},
	{"cifs", FSTAB_MISSED, NULL},
	{"coda", FSTAB_MISSED, NULL},
	{"davfs", FSTAB_MISSED, NULL},
	{"ecryptfs", FSTAB_MISSED, NULL},
	{"fuse", FSTAB_MISSED, NULL},
	{"glusterfs", FSTAB_MISSED, NULL},
	{"lustre", FSTAB_MISSED, NULL},
	{"ncpfs", FSTAB_MISSED, NULL},
	{"smb3", FSTAB_MISSED, NULL},
	{"smbfs", FSTAB_MISSED, NULL},
	{"sshfs", FSTAB_MISSED, NULL},
	{"vboxsf", FSTAB_MISSED, NULL},
	{"virtiofs", FSTAB_MISSED, NULL},
	{"zfs", FSTAB_MISSED, NULL},

	{"aufs", FSTAB_NOWHERE, NULL},
	{"autofs", FSTAB_NOWHERE, NULL},
	{"binfmt_misc", FSTAB_NOWHERE, NULL},
	{"bpf", FSTAB_NOWHERE, NULL},
	{"cgroup", FSTAB_NOWHERE, NULL},
	{"cgroup2", FSTAB_NOWHERE, NULL},
	{"configfs", FSTAB_NOWHERE, NULL},
	{"debugfs", FSTAB_NOWHERE, NULL},
	{"devpts", FSTAB_NOWHERE, NULL},
	{"devtmpfs", FSTAB_NOWHERE, NULL},
	{"efivarfs", FSTAB_NOWHERE, NULL},
	{"fuse.gvfsd-fuse", FSTAB_NOWHERE, NULL},
	{"fuse.lxcfs", FSTAB_NOWHERE, NULL},
	{"fuse.portal", FSTAB_NOWHERE, NULL},
	{"fuse.vmware-vmblock", FSTAB_NOWHERE, NULL},
	{"fusectl", FSTAB_NOWHERE, NULL},
	{"hugetlbfs", FSTAB_NOWHERE, NULL},
	{"ignore", FSTAB_NOWHERE, NULL},
	{"mqueue", FSTAB_NOWHERE, NULL},
	{"nfsd", FSTAB_NOWHERE, NULL},
	{"none", FSTAB_NOWHERE, NULL},
	{"overlay", FSTAB_NOWHERE, NULL},
	{"overlayfs", FSTAB_NOWHERE, NULL},
	{"proc", FSTAB_NOWHERE, NULL},
	{"pstore", FSTAB_NOWHERE, NULL},
	{"ramfs", FSTAB_NOWHERE, NULL},
	{"rootfs", FSTAB_NOWHERE, NULL},
	{"rpc_pipefs", FSTAB_NOWHERE, NULL},
	{"securityfs", FSTAB_NOWHERE, NULL},
	{"selinuxfs", FSTAB_NOWHERE, NULL},
	{"swap", FSTAB_NOWHERE, NULL},
	{"sysfs", FSTAB_NOWHERE, NULL},
	{"tmpfs", FSTAB_NOWHERE, NULL},
	{"tracefs", FSTAB_NOWHERE, NULL},
	{"unionfs", FSTAB_NOWHERE, NULL},
	{"usbdevfs", FSTAB_NOWHERE, NULL},
	{"usbfs", FSTAB_NOWHERE, NULL},
	{"xenfs", FSTAB_NOWHERE, NULL},
};

static bool is_type_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '_' || c == '.' || c == '+' || c == ',';
}

static struct known_type find_type(struct kb_str name)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(known_types); i++) {
		if (kb_str_eq(name, kb_str_from(known_types[i].name))) {
			return known_types[i];
		}
	}
	if (kb_str_starts(name, KB_STR("fuse."))) {
		return (struct known_type){.treatment = FSTAB_MISSED};
	}
	return (struct known_type){.treatment = FSTAB_READ};
}

/* Appends what can be read; remembers why the others cannot. False: anything may be read. */
static bool add_type(struct kb_buf *names, struct kb_str name, enum fstab_treatment *treatment)
{
	struct known_type known = find_type(name);
	struct kb_str said = known.blkid_name ? kb_str_from(known.blkid_name) : name;

	if (name.len == 0) {
		return true;
	}
	if (known.treatment != FSTAB_READ) {
		*treatment = known.treatment;
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

	for (size_t i = 0; i < rest.len; i++) {
		if (!is_type_byte(rest.data[i])) {
			return kb_error_set(err, -EINVAL, "this is no type of a filesystem");
		}
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine is a folder: what "mounts" a device puts that device's names into the target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/mount/automount.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "automount_machine.h"

/* MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME. */
#define READ_ONLY  "0x40f"
#define READ_WRITE "0x40e"
/* MS_REMOUNT, MS_BIND, and of these all but MS_RDONLY (the folder is writable) and MS_NOEXEC. */
#define EXEC "0x1426"
#define BIND "0x1000"

#define MOUNT(name, target)                                                                        \
	"mount DEV/" name " " target " ext4 " READ_ONLY " noload,errors=continue\n"
#define LOCKED "set_block_read_only 1\n"

static int setup(void **state)
{
	*state = machine_create();
	return 0;
}

static int teardown(void **state)
{
	machine_destroy(*state);
	return 0;
}

static void assert_found(struct machine *m, const char *name, const char *from, const char *shown,
			 const char *canonical, const char *path)
{
	struct kb_place_found found;
	struct kb_error err = {0};
	int r = kb_automount_find(&m->automount, name, from, &found, &err);

	if (r < 0) {
		print_error("%s: %s\n", name, err.text);
	}
	assert_int_equal(r, 0);
	assert_string_equal(found.shown, shown);
	assert_string_equal(found.canonical, canonical);
	assert_string_equal(machine_short(m, found.path), path);
}

static void assert_fails(struct machine *m, const char *name, int code, const char *sentence)
{
	struct kb_place_found found;
	struct kb_error err = {0};

	assert_int_equal(kb_automount_find(&m->automount, name, NULL, &found, &err), code);
	assert_string_equal(machine_short(m, err.text), sentence);
}

static void a_device_is_mounted_once(void **state)
{
	struct machine *m = *state;

	machine_start(m);
	assert_string_equal(m->log, "");
	assert_found(m, "sda3:/u", NULL, "sda3:/u", "sda3:/u", "RUN/mnt/sda3/u");
	assert_found(m, "UUID=home:/", NULL, "sda3:/", "sda3:/", "RUN/mnt/sda3");
	assert_found(m, "k", "sda3:/u", "sda3:/u/k", "sda3:/u/k", "RUN/mnt/sda3/u/k");
	assert_string_equal(m->log, LOCKED MOUNT("sda3", "RUN/mnt/sda3"));
	machine_stop(m);
	assert_string_equal(m->log, LOCKED MOUNT("sda3", "RUN/mnt/sda3") "umount RUN/mnt/sda3\n");
}

static void what_the_prompt_mounts_stays(void **state)
{
	struct machine *m = *state;

	m->options.keep = true;
	m->options.may_exec = true;
	machine_start(m);
	assert_found(m, "vg/lv:/", NULL, "vg/lv:/", "vg/lv:/", "RUN/mnt/vg!lv");
	machine_stop(m);
	assert_string_equal(m->log, LOCKED MOUNT("vg/lv",
						 "RUN/mnt/vg!lv") "mount none RUN/mnt/vg!lv - " EXEC
								  " -\n");
}

static void writing_is_asked_for(void **state)
{
	struct machine *m = *state;

	m->options.read_write = true;
	machine_start(m);
	assert_found(m, "sda3:/", NULL, "sda3:/", "sda3:/", "RUN/mnt/sda3");
	assert_string_equal(m->log,
			    "set_block_read_only 0\nmount DEV/sda3 RUN/mnt/sda3 ext4 " READ_WRITE
			    " errors=remount-ro\n");
}

/* Outermost first, whatever the order of the lines, and only what is on the way. */
static void an_fstab_is_followed_on_the_way(void **state)
{
	struct machine *m = *state;

	m->options.keep = true;
	machine_line(m, "/home/u/k", "sdb1");
	machine_line(m, "/home", "UUID=home");
	machine_line(m, "/boot", "sda1");
	machine_start(m);
	assert_found(m, "/etc", NULL, "/etc", "sda2:/etc", "RUN/root/sda2/etc");
	assert_string_equal(m->log, LOCKED MOUNT("sda2", "RUN/root/sda2"));
	m->log[0] = '\0';
	assert_found(m, "/home/u/k/bzImage", NULL, "/home/u/k/bzImage", "sdb1:/bzImage",
		     "RUN/root/sda2/home/u/k/bzImage");
	assert_string_equal(m->log, LOCKED MOUNT("sda3", "RUN/root/sda2/home")
					    LOCKED MOUNT("sdb1", "RUN/root/sda2/home/u/k"));
	assert_string_equal(m->notes, "/etc/fstab:2: /home is on sda3\n"
				      "/etc/fstab:1: /home/u/k is on sdb1\n");
	m->log[0] = '\0';
	assert_found(m, "../../x", "/home/u/k", "/home/x", "sda3:/x", "RUN/root/sda2/home/x");
	assert_string_equal(m->log, "");
	machine_stop(m);
	assert_string_equal(m->log, "");
}

static void lines_bring_their_options(void **state)
{
	struct machine *m = *state;

	machine_line(m, "/boot", "LABEL=EFI")->options = "umask=0077,shortname=mixed";
	machine_line(m, "/home", "sdc1")->subvolume = "@home";
	m->options.may_exec = true;
	machine_start(m);
	assert_found(m, "/boot/vmlinuz", NULL, "/boot/vmlinuz", "sda1:/vmlinuz",
		     "RUN/root/sda2/boot/vmlinuz");
	assert_found(m, "/home/u", NULL, "/home/u", "sdc1:/@home/u", "RUN/root/sda2/home/u");
	assert_string_equal(
		m->log,
		LOCKED MOUNT("sda2",
			     "RUN/root/sda2") "mount none RUN/root/sda2 - " EXEC " -\n" LOCKED
					      "mount DEV/sda1 RUN/root/sda2/boot vfat " READ_ONLY
					      " utf8=1,umask=0077,shortname=mixed\n"
					      "mount none RUN/root/sda2/boot - " EXEC " -\n" LOCKED
					      "mount DEV/sdc1 RUN/root/sda2/home btrfs " READ_ONLY
					      " rescue=nologreplay,subvol=@home\n"
					      "mount none RUN/root/sda2/home - " EXEC " -\n");
	m->log[0] = '\0';
	machine_stop(m);
	/* The lines go with the root that they are mounted in. */
	assert_string_equal(m->log, "umount RUN/root/sda2\n");
}

static void a_bind_shows_a_directory_again(void **state)
{
	struct machine *m = *state;

	machine_line(m, "/srv", "/home/u")->is_bind = true;
	machine_line(m, "/home", "sda3");
	machine_line(m, "/srv/k", "sdb1");
	machine_start(m);
	/* What is mounted in what is bound is to be found there, and nowhere else. */
	assert_found(m, "/srv/k/bzImage", NULL, "/srv/k/bzImage", "sdb1:/bzImage",
		     "RUN/root/sda2/srv/k/bzImage");
	assert_string_equal(
		m->log,
		LOCKED MOUNT("sda2", "RUN/root/sda2") LOCKED MOUNT(
			"sda3",
			"RUN/root/sda2/home") "mount RUN/root/sda2/home/u RUN/root/sda2/srv - " BIND
					      " -\n" LOCKED MOUNT("sdb1", "RUN/root/sda2/srv/k"));
	assert_found(m, "/srv", NULL, "/srv", "sda3:/u", "RUN/root/sda2/srv");
	assert_string_equal(m->notes, "/etc/fstab:2: /home is on sda3\n"
				      "/etc/fstab:1: /srv is on sda3\n"
				      "/etc/fstab:3: /srv/k is on sdb1\n");
}

/* As mount(8) does it: what is mounted is where the links lead, and is seen there too. */
static void links_to_a_mount_point_are_followed(void **state)
{
	struct machine *m = *state;

	machine_line(m, "/linked", "sda3");
	machine_line(m, "/var/run/x", "sdb1");
	machine_line(m, "/out", "sda1");
	machine_start(m);
	assert_found(m, "/run/x/bzImage", NULL, "/run/x/bzImage", "sdb1:/bzImage",
		     "RUN/root/sda2/run/x/bzImage");
	assert_found(m, "/var/run/x", NULL, "/run/x", "sdb1:/", "RUN/root/sda2/run/x");
	assert_found(m, "/linked/u", NULL, "/home/u", "sda3:/u", "RUN/root/sda2/home/u");
	/* An absolute link and many dots stay inside. */
	assert_found(m, "/mnt/vmlinuz", NULL, "/mnt/vmlinuz", "sda1:/vmlinuz",
		     "RUN/root/sda2/mnt/vmlinuz");
	assert_string_equal(m->log,
			    LOCKED MOUNT("sda2", "RUN/root/sda2")
				    LOCKED MOUNT("sdb1", "RUN/root/sda2/run/x")
					    LOCKED MOUNT("sda3", "RUN/root/sda2/home") LOCKED
			    "mount DEV/sda1 RUN/root/sda2/mnt vfat " READ_ONLY " utf8=1\n");
	assert_string_equal(m->notes, "/etc/fstab:2: /var/run/x is on sdb1\n"
				      "/etc/fstab:1: /linked is on sda3\n"
				      "/etc/fstab:3: /out is on sda1\n");
}

/* It is seen once the filesystem that it is on is mounted; a chroot mounts what it needs. */
static void a_link_may_be_on_what_another_line_mounts(void **state)
{
	struct machine *m = *state;
	struct kb_error err = {0};
	const char *path = NULL;

	machine_line(m, "/linked/up/x", "sdb1");
	machine_line(m, "/linked", "sda3");
	machine_line(m, "/loop/x", "sda1");
	machine_line(m, "/home/none/y", "sda1");
	machine_start(m);
	assert_found(m, "/mnt", NULL, "/mnt", "sda2:/mnt", "RUN/root/sda2/mnt");
	assert_fails(m, "/loop/x", -ELOOP, "/loop: too many symbolic links");
	assert_string_equal(m->log, LOCKED MOUNT("sda2", "RUN/root/sda2"));
	temp_dir_mkdir(&m->dir, "run/root/sda2/mnt/x");
	assert_int_equal(kb_automount_environment(&m->automount, &path, &err), 0);
	assert_string_equal(m->log, LOCKED MOUNT("sda2", "RUN/root/sda2")
					    LOCKED MOUNT("sda3", "RUN/root/sda2/home")
						    LOCKED MOUNT("sdb1", "RUN/root/sda2/mnt/x"));
	assert_string_equal(
		m->notes,
		"/etc/fstab:2: /linked is on sda3\n"
		"/etc/fstab:1: /linked/up/x is on sdb1\n"
		"/etc/fstab:3: /loop/x: /loop: too many symbolic links\n"
		"/etc/fstab:4: /home/none/y: its mount point cannot be opened: No such file or "
		"directory\n");
	assert_found(m, "/mnt/x/bzImage", NULL, "/mnt/x/bzImage", "sdb1:/bzImage",
		     "RUN/root/sda2/mnt/x/bzImage");
}

/* The later line, as when mount -a runs, however it is written. */
static void two_lines_may_mean_one_directory(void **state)
{
	struct machine *m = *state;

	machine_line(m, "/home", "sdb1");
	machine_line(m, "/linked", "sda3");
	machine_start(m);
	assert_found(m, "/home/u", NULL, "/home/u", "sda3:/u", "RUN/root/sda2/home/u");
	assert_string_equal(m->notes, "/etc/fstab:2: /linked is on sda3\n");
}

static void a_btrfs_keeps_its_root_in_a_subvolume(void **state)
{
	struct machine *m = *state;

	m->options.root = "sdc1";
	machine_start(m);
	assert_found(m, "/etc/os-release", NULL, "/etc/os-release", "sdc1:/@/etc/os-release",
		     "RUN/root/sdc1/etc/os-release");
	assert_string_equal(m->log, LOCKED "mount DEV/sdc1 RUN/mnt/sdc1 btrfs " READ_ONLY
					   " rescue=nologreplay\n"
					   "umount RUN/mnt/sdc1\n" LOCKED
					   "mount DEV/sdc1 RUN/root/sdc1 btrfs " READ_ONLY
					   " rescue=nologreplay,subvol=@\n");
}

static void a_server_is_named_so_that_it_is_found_again(void **state)
{
	struct machine *m = *state;
	char url[64];
	char shown[96];
	char log[512];

	(void)snprintf(url, sizeof(url), "nfs://127.0.0.1:%u/export?vers=4.2", m->port);
	machine_start(m);
	(void)snprintf(shown, sizeof(shown), "nfs://127.0.0.1:%u?vers=4.2/export", m->port);
	assert_found(m, url, NULL, shown, shown, "RUN/nfs/127.0.0.1:PORT?vers=4.2/TEMP/export");
	(void)snprintf(log, sizeof(log),
		       "mount 127.0.0.1:/ RUN/nfs/127.0.0.1:PORT?vers=4.2/TEMP nfs " READ_ONLY
		       " vers=4.2,proto=tcp,port=%u,addr=127.0.0.1,softerr,timeo=40,retrans=2\n",
		       m->port);
	assert_string_equal(m->log, log);
	/* And from there one goes on. */
	(void)snprintf(url, sizeof(url), "nfs://127.0.0.1:%u?vers=4.2/export/x", m->port);
	assert_found(m, "x", shown, url, url, "RUN/nfs/127.0.0.1:PORT?vers=4.2/TEMP/export/x");
	assert_string_equal(m->log, log);
}

static void shares_are_trees_of_their_own(void **state)
{
	struct machine *m = *state;
	char url[128];
	char shown[96];
	char log[512];

	(void)snprintf(url, sizeof(url), "smb://me:secret@127.0.0.1:%u/my%%20share/./export/",
		       m->port);
	machine_start(m);
	(void)snprintf(shown, sizeof(shown), "smb://me@127.0.0.1:%u/my%%20share/export", m->port);
	assert_found(m, url, NULL, shown, shown, "RUN/smb/me@127.0.0.1:PORT!my%20share/export");
	(void)snprintf(
		log, sizeof(log),
		"mount //127.0.0.1/my share RUN/smb/me@127.0.0.1:PORT!my%%20share cifs " READ_ONLY
		" vers=default,ip=127.0.0.1,port=%u,soft,nosharesock,nodfs,echo_interval=4,"
		"iocharset=utf8,"
		"user=me,pass=a,,b\n",
		m->port);
	assert_string_equal(m->log, log);
	assert_string_equal(m->notes, KB_NAME_PASSWORD_TEXT "\n");
	/* And from there one goes on, up to the share's root and no further. */
	(void)snprintf(url, sizeof(url), "%s/x", shown);
	assert_found(m, "x", shown, url, url, "RUN/smb/me@127.0.0.1:PORT!my%20share/export/x");
	(void)snprintf(url, sizeof(url), "smb://me@127.0.0.1:%u/my%%20share/", m->port);
	assert_found(m, "../../..", shown, url, url, "RUN/smb/me@127.0.0.1:PORT!my%20share");
	assert_string_equal(m->log, log);
	machine_stop(m);
	assert_true(machine_is_unmounted(m));
}

static void an_environment_may_be_on_a_share(void **state)
{
	struct machine *m = *state;
	char root[64];
	char canonical[96];

	(void)snprintf(root, sizeof(root), "smb://127.0.0.1:%u/s/export", m->port);
	m->options.root = root;
	machine_start(m);
	(void)snprintf(canonical, sizeof(canonical), "%s/x", root);
	assert_found(m, "/x", NULL, "/x", canonical, "RUN/smb/127.0.0.1:PORT!s/export/x");
}

static void add_nfs_line(struct machine *m, char *options, size_t size)
{
	(void)snprintf(options, size, "port=%u,vers=4.2", m->port);
	machine_line(m, "/srv", "127.0.0.1:/export")->options = options;
}

static void a_line_may_name_a_server(void **state)
{
	struct machine *m = *state;
	char options[64];
	char log[1024];

	m->options.may_exec = true;
	add_nfs_line(m, options, sizeof(options));
	machine_start(m);
	assert_found(m, "/srv/x", NULL, "/srv/x", "127.0.0.1:/export/x", "RUN/root/sda2/srv/x");
	(void)snprintf(
		log, sizeof(log),
		LOCKED MOUNT(
			"sda2",
			"RUN/root/sda2") "mount none RUN/root/sda2 - " EXEC " -\n"
					 "mount 127.0.0.1:/ RUN/nfs/127.0.0.1/TEMP nfs " READ_ONLY
					 " vers=4.2,proto=tcp,port=%u,addr=127.0.0.1,softerr,timeo="
					 "40,retrans=2\n"
					 "mount none RUN/nfs/127.0.0.1/TEMP - " EXEC " -\n"
					 "mount RUN/nfs/127.0.0.1/TEMP/export RUN/root/sda2/srv "
					 "- " BIND " -\n",
		m->port);
	assert_string_equal(m->log, log);
	assert_string_equal(m->notes, "/etc/fstab:1: /srv is on 127.0.0.1\n");
}

/* An environment on a server is not ours to mount in: its lines are mounted beside it. */
static void an_environment_may_be_on_a_server(void **state)
{
	struct machine *m = *state;
	char root[64];

	(void)snprintf(root, sizeof(root), "127.0.0.1:%u?vers=4.2:/export", m->port);
	m->options.root = root;
	machine_line(m, "/home", "sda3");
	machine_line(m, "/home/u", "sdc1")->subvolume = "@home";
	machine_start(m);
	assert_found(m, "/home/k", NULL, "/home/k", "sda3:/k", "RUN/mnt/sda3/k");
	assert_found(m, "/home/u/u", NULL, "/home/u/u", "sdc1:/@home/u", "RUN/mnt/sdc1!@home/u");
}

static void everything_of_an_fstab(void **state)
{
	struct machine *m = *state;
	struct kb_error err = {0};
	const char *path = NULL;

	machine_line(m, "/home", "sda3");
	machine_line(m, "/mnt", "sdb1")->noauto = true;
	machine_line(m, "/gone", "sda1");
	machine_line(m, "/srv", "UUID=absent")->nofail = true;
	machine_line(m, "/boot", "sda1");
	machine_start(m);
	assert_int_equal(kb_automount_environment(&m->automount, &path, &err), 0);
	assert_string_equal(machine_short(m, path), "RUN/root/sda2");
	assert_string_equal(m->log, LOCKED MOUNT("sda2", "RUN/root/sda2")
					    LOCKED MOUNT("sda3", "RUN/root/sda2/home") LOCKED
			    "mount DEV/sda1 RUN/root/sda2/boot vfat " READ_ONLY " utf8=1\n");
	assert_string_equal(
		m->notes, "/etc/fstab:1: /home is on sda3\n"
			  "/etc/fstab:3: /gone: its mount point cannot be opened: No such file or "
			  "directory\n"
			  "/etc/fstab:4: /srv: UUID=absent is not there\n"
			  "/etc/fstab:5: /boot is on sda1\n");
}

/* Cut to what the kernel takes it would be another folder's. */
static void a_mount_point_may_be_too_long(void **state)
{
	struct machine *m = *state;
	struct kb_error err = {0};
	const char *path = NULL;
	char *dir = malloc(PATH_MAX + 2);

	assert_non_null(dir);
	for (size_t i = 0; i < PATH_MAX + 1; i++) {
		dir[i] = "/."[i % 2];
	}
	dir[PATH_MAX + 1] = '\0';
	machine_line(m, dir, "sda3");
	machine_start(m);
	assert_int_equal(kb_automount_environment(&m->automount, &path, &err), 0);
	assert_string_equal(m->log, LOCKED MOUNT("sda2", "RUN/root/sda2"));
	assert_non_null(strstr(m->notes, "/etc/fstab:1: "));
	free(dir);
}

static void wrong_lines_have_their_sentence(void **state)
{
	struct machine *m = *state;

	machine_line(m, "/home", "/home/u")->is_bind = true;
	machine_line(m, "/srv", "UUID=absent");
	machine_line(m, "/boot", "/etc/os-release")->is_bind = true;
	machine_line(m, "/mnt", "swap1");
	machine_start(m);
	assert_fails(m, "/home/u", -ELOOP,
		     "/etc/fstab:1: /home: it is mounted from a place inside itself");
	assert_fails(m, "/srv", -ENODEV, "/etc/fstab:2: /srv: UUID=absent is not there");
	/* And again, without another try. */
	assert_fails(m, "/srv/x", -ENODEV, "/etc/fstab:2: /srv: UUID=absent is not there");
	assert_fails(m, "/boot", -ENOTDIR,
		     "/etc/fstab:3: /boot: /etc/os-release is not a directory");
	assert_fails(
		m, "/mnt", -ENODEV,
		"/etc/fstab:4: /mnt: swap1 holds swap, which is not a filesystem that kboot can "
		"open yet");
	assert_string_equal(m->notes, "");
}

static void names_that_lead_nowhere(void **state)
{
	struct machine *m = *state;
	char *huge = malloc((64 << 10) + 1);

	assert_non_null(huge);
	memset(huge, 'n', 64 << 10);
	huge[64 << 10] = '\0';
	machine_start(m);
	assert_fails(m, huge, -ENAMETOOLONG, "a file name above 4096 bytes");
	huge[4096] = '\0';
	assert_fails(m, huge, -ENAMETOOLONG, "a name above 4096 bytes");
	huge[4095] = '\0';
	assert_fails(m, huge, -ENAMETOOLONG, "/: the next part of the name is too long");
	free(huge);
	assert_fails(m, "", -EINVAL, "an empty file name");
	assert_fails(m, "sdz9:/", -ENODEV,
		     "there is no device sdz9 (were it a host: nfs://sdz9/…)");
	assert_fails(m, "UUID=none:/", -ENODEV, "there is no device UUID=none");
	assert_fails(m, "UUID=copied:/x", -ENOTUNIQ,
		     "UUID=copied is both many0 and many1: say which");
	assert_fails(m, "smb://server", -EINVAL, "smb://server names no share: smb://HOST/SHARE/…");
	assert_fails(m, "smb://h,ip=1/s", -EINVAL, "`h,ip=1` is not the name of a host");
	assert_fails(m, "http://server/x", -ENOTSUP,
		     "http://server/x: a URL names one file; there is nothing to go to");
	m->automount.options.deadline_ms = 1;
	assert_fails(m, "127.0.0.1:/x", -ETIMEDOUT,
		     "127.0.0.1 was not asked: what came before it took all the time");
	m->automount.options.no_network = true;
	assert_fails(m, "smb://127.0.0.1/s/x", -ENOTSUP,
		     "smb://127.0.0.1/s: a simulation does not reach for the network");
	assert_fails(m, "127.0.0.1:/x", -ENOTSUP,
		     "127.0.0.1: a simulation does not reach for the network");
	m->automount.options.root = "UUID=absent";
	assert_fails(m, "nothing", -ENODEV, "the booted environment root=UUID=absent is not there");
	m->automount.options.root = "UUID=copied";
	assert_fails(m, "nothing", -ENOTUNIQ,
		     "the booted environment root=UUID=copied is both many0 and many1: say which");
	m->automount.options.root = NULL;
	assert_fails(m, "nothing", -ENODEV, "no booted environment is known (root= names one)");
}

static void so_many_devices_and_no_more(void **state)
{
	struct machine *m = *state;
	struct kb_place_found found;
	struct kb_error err = {0};
	char name[16];

	machine_start(m);
	for (int i = 0; i < KB_AUTOMOUNT_MAX_NAMESPACES; i++) {
		(void)snprintf(name, sizeof(name), "many%d:/", i);
		assert_int_equal(kb_automount_find(&m->automount, name, NULL, &found, &err), 0);
	}
	assert_fails(m, "sda3:/", -EMFILE, "more than 16 devices at once");
	assert_int_equal(kb_automount_find(&m->automount, "many0:/", NULL, &found, &err), 0);
}

/* The other way round: what was mounted last may be inside the others. */
static void unmounted_in_reverse(void **state)
{
	struct machine *m = *state;

	machine_start(m);
	assert_found(m, "/", NULL, "/", "sda2:/", "RUN/root/sda2");
	assert_found(m, "sda3:/", NULL, "sda3:/", "sda3:/", "RUN/mnt/sda3");
	assert_found(m, "sdb1:/", NULL, "sdb1:/", "sdb1:/", "RUN/mnt/sdb1");
	assert_found(m, "//", NULL, "//", "//", "/");
	m->log[0] = '\0';
	machine_stop(m);
	assert_string_equal(m->log,
			    "umount RUN/mnt/sdb1\numount RUN/mnt/sda3\numount RUN/root/sda2\n");
}

static void another_environment_beside(void **state)
{
	struct machine *m = *state;
	struct kb_place_found found;
	struct kb_error err = {0};

	m->options.root = NULL;
	machine_line(m, "/home", "sda3");
	machine_start(m);
	assert_int_equal(kb_automount_find_in(&m->automount, "sda2", NULL, "/home/u", &found, &err),
			 0);
	assert_string_equal(found.canonical, "sda3:/u");
	assert_int_equal(kb_automount_find_in(&m->automount, "sdz9", NULL, "/", &found, &err),
			 -ENODEV);
	assert_string_equal(err.text, "sdz9 is not there");
}

/* Whichever mount fails: a sentence, no crash, and of what was mounted nothing is forgotten. */
static void each_mount_fails_in_turn(void **state)
{
	static const int codes[] = {EIO, EINVAL, EBUSY, EPERM};
	bool failed = true;

	(void)state;
	for (size_t nth = 1; failed; nth++) {
		for (size_t i = 0; i < KB_ARRAY_LEN(codes); i++) {
			struct machine *m = machine_create();
			struct kb_error err = {0};
			const char *path = NULL;
			char options[64];
			int r;

			m->options.may_exec = true;
			machine_line(m, "/home", "sda3");
			machine_line(m, "/mnt", "/home/u")->is_bind = true;
			machine_line(m, "/boot", "sda1")->options = "umask=0077";
			add_nfs_line(m, options, sizeof(options));
			machine_start(m);
			fake_sys_fail(m->fake, FAKE_MOUNT, nth, codes[i]);
			r = kb_automount_environment(&m->automount, &path, &err);
			failed = fake_sys_has_failed(m->fake);
			assert_true((r < 0) == (err.text[0] != '\0'));
			assert_true(r < 0 || path != NULL);
			/* The root is a failure, everything else a note of a line; the other codes
			 * may have a second try. */
			if (failed && (codes[i] == EIO || codes[i] == EPERM)) {
				assert_true(r < 0 || strstr(m->notes, ": /mnt: ") ||
					    strstr(m->notes, ": /home: ") ||
					    strstr(m->notes, ": /boot: ") ||
					    strstr(m->notes, ": /srv: "));
			}
			machine_stop(m);
			assert_true(machine_is_unmounted(m));
			machine_destroy(m);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_device_is_mounted_once),
		TEST(what_the_prompt_mounts_stays),
		TEST(writing_is_asked_for),
		TEST(an_fstab_is_followed_on_the_way),
		TEST(lines_bring_their_options),
		TEST(a_bind_shows_a_directory_again),
		TEST(links_to_a_mount_point_are_followed),
		TEST(a_link_may_be_on_what_another_line_mounts),
		TEST(two_lines_may_mean_one_directory),
		TEST(a_btrfs_keeps_its_root_in_a_subvolume),
		TEST(a_server_is_named_so_that_it_is_found_again),
		TEST(a_line_may_name_a_server),
		TEST(an_environment_may_be_on_a_server),
		TEST(shares_are_trees_of_their_own),
		TEST(an_environment_may_be_on_a_share),
		TEST(everything_of_an_fstab),
		TEST(a_mount_point_may_be_too_long),
		TEST(wrong_lines_have_their_sentence),
		TEST(names_that_lead_nowhere),
		TEST(so_many_devices_and_no_more),
		TEST(unmounted_in_reverse),
		TEST(another_environment_beside),
		cmocka_unit_test(each_mount_fails_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

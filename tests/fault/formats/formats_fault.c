/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fault.h"
#include "kboot/formats/fstab.h"
#include "kboot/formats/hosts.h"
#include "kboot/formats/iso.h"
#include "kboot/formats/kboot_conf.h"
#include "kboot/formats/reader.h"
#include "temp_dir.h"

static const char conf_text[] =
	"\xef\xbb\xbf"
	"timeout=5\ntimeout=6\ndelay=ten\nroot=LABEL=my disk\ninitrd=/a,/b\nvideo=x\n"
	"linux='/vmlinuz initrd=/initrd.img ro \"quiet\n"
	"my linux=linux single\ncall=\"my linux\" x\nagain=again\nnothing\nrun=reboot\n";

static int expand_all(const struct kb_conf *conf)
{
	for (size_t i = 0; i < conf->n_labels; i++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_conf_target target;
		struct kb_error err;
		int r = kb_conf_expand(&arena, conf, conf->labels[i].value,
				       conf->labels[i].value_at, NULL, &target, &err);

		if (r == -ENOMEM) {
			return r;
		}
	}
	return 0;
}

static int conf(struct fake_sys *fake)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_conf parsed;
	struct kb_error err;
	int r = kb_conf_parse(&arena, "kboot.conf", KB_STR(conf_text), NULL, &parsed, &err);

	(void)fake;
	return r < 0 ? r : expand_all(&parsed);
}

static int count_entry(void *ctx, const struct kb_entry *entry)
{
	++*(size_t *)ctx;
	return entry->title ? 0 : -EINVAL;
}

static int count_setting(void *ctx, const struct kb_setting *setting)
{
	++*(size_t *)ctx;
	return setting->value ? 0 : -EINVAL;
}

static int read_tree(const struct temp_dir *dir, size_t *n_found)
{
	struct kb_tree tree = {.root_fd = dir->fd, .name = "sda2"};
	struct kb_reader_out out = {.ctx = n_found, .entry = count_entry, .setting = count_setting};
	struct kb_error err;
	int r = 0;

	for (size_t i = 0; r == 0 && i < kb_n_readers; i++) {
		r = kb_readers[i]->read(&tree, &out, &err);
	}
	return r;
}

static int readers(struct fake_sys *fake)
{
	struct temp_dir dir;
	size_t n_found = 0;
	int r;

	(void)fake;
	temp_dir_init(&dir);
	temp_dir_text(&dir, "boot/kboot.conf", conf_text);
	temp_dir_text(&dir, "boot/vmlinuz-linux", "kernel");
	temp_dir_text(&dir, "boot/amd-ucode.img", "initrd");
	temp_dir_text(&dir, "boot/initramfs-linux.img", "initrd");
	temp_dir_text(&dir, "boot/initramfs-linux-fallback.img", "initrd");
	temp_dir_text(&dir, "usr/lib/os-release", "PRETTY_NAME=\"Arch \\\"Linux\\\"\"\n");
	temp_dir_text(&dir, "etc/fstab", "LABEL=my\\040disk / btrfs subvol=@ 0 1\n");
	temp_dir_text(&dir, "usr/lib/kernel/cmdline", "quiet splash\n");
	r = read_tree(&dir, &n_found);
	temp_dir_done(&dir);
	/* Nothing may get lost without a word: 4 settings, 5 labels, 1 kernel twice. */
	return r == 0 && n_found != 11 ? -EPROTO : r;
}

/* Everything of the language once. */
static const char grub_text[] = "insmod regexp\nset timeout=5\nload_env\nexport saved\nfunction f "
				"{ shift; eval echo $1 \"$@\"; }\n"
				"f a b\nfor i in /boot/v*; do regexp -s v '(v.)' $i; done\nif [ -f "
				"/boot/grub/custom.cfg ]; then\n"
				"source /boot/grub/custom.cfg\nfi\nsearch --fs-uuid --set=root "
				"X\nsetparams\nset default=s\\>b\n"
				"menuentry a --id i { linux /boot/vmlinuz-linux \"a b\" "
				"root=/dev/x; initrd /boot/amd-ucode.img x; }\n"
				"submenu s { menuentry b { multiboot2 (hd0,gpt3)/x y; module2 /z; "
				"devicetree (lvm/a-b)/d; }; }\n"
				"menuentry c { configfile /boot/grub/custom.cfg; }\nmenuentry d { "
				"chainloader +1; setparams x y; }\n";

static int grub(struct fake_sys *fake)
{
	struct temp_dir dir;
	size_t n_found = 0;
	int r;

	(void)fake;
	temp_dir_init(&dir);
	temp_dir_text(&dir, "boot/vmlinuz-linux", "kernel");
	temp_dir_text(&dir, "boot/amd-ucode.img", "initrd");
	temp_dir_text(&dir, "boot/grub/grub.cfg", grub_text);
	temp_dir_text(&dir, "boot/grub/custom.cfg", "menuentry e { linux /boot/vmlinuz-linux; }\n");
	temp_dir_text(&dir, "boot/grub/grubenv", "# GRUB Environment Block\nsaved=a\\=b\n");
	r = read_tree(&dir, &n_found);
	temp_dir_done(&dir);
	/* The timeout, entries a to e and e once more in c, and the kernel by itself. */
	return r == 0 && n_found != 7 ? -EPROTO : r;
}

/* What the readers of other boot loaders find; one of each thing that they do. */
static int loaders(struct fake_sys *fake)
{
	static const struct {
		const char *path;
		const char *text;
	} files[] = {
		{"boot/vmlinuz-6.1", "kernel"},
		{"boot/initrd.img-6.1", "initrd"},
		{"syslinux.cfg",
		 "ui menu.c32 ~\ntimeout 10\nontimeout a b\nlabel a\nkernel /boot/vmlinuz-6.1\n"
		 "append root=x\ninitrd boot/initrd.img-6.1\nmenu begin x\nmenu label ^y\n"
		 "label b\nkernel mboot.c32\nappend k --- m n\nmenu end\ninclude more.cfg z\n"
		 "label c\nconfig called.cfg\n"},
		{"more.cfg", "label d\nkernel linux.c32\nappend k initrd=i\n"},
		{"called.cfg", "label e\nlocalboot 0\nlabel f\ncom32 ifcpu64.c32\nappend e\n"},
		{"extlinux/extlinux.conf",
		 "label a\nkernel k\nappend ${x} initrd=i\nfdt d\nspeed 1\n"},
		{"grub/menu.lst",
		 "default saved\ntimeout 5\ntitle a\nuuid u\nkernel /k root=x\ninitrd /i\n"
		 "module /m n\ntitle b\nkernel /k\ntitle c\nchainloader +1\n"},
		{"grub/default", "1\n"},
		{"etc/lilo.conf", "prompt timeout=5\nimage=/k append=\"x y\" root=current\n"},
		{"yaboot.conf", "image=hd:2,/k\ninitrd=/i\nother=/dev/sda1\n"},
		{"petitboot.conf", "name a\nimage uuid=u:/k\nargs b\nargs c\n"},
		{"boot/refind_linux.conf", "\"a\" \"x %v initrd=boot\\i\"\n\"b\" y\n"},
	};
	struct temp_dir dir;
	size_t n_found = 0;
	int r;

	(void)fake;
	temp_dir_init(&dir);
	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		temp_dir_text(&dir, files[i].path, files[i].text);
	}
	r = read_tree(&dir, &n_found);
	temp_dir_done(&dir);
	/* In the order of the readers, the bare kernel last; and three timeouts. */
	return r == 0 && n_found != 6 + 1 + 3 + 3 + 1 + 2 + 1 + 3 ? -EPROTO : r;
}

/* Each kind of source, type and option once; and lines that are left out. */
static const char fstab_text[] =
	"UUID=\"1 2\" / btrfs subvol=/@,subvolid=256,compress=zstd 0 0\n"
	"/dev/disk/by-label/my\\x20disk /a\\040b vfat,ext4 umask=0077,nofail\n"
	"/dev/mapper/v--g-lv /home auto defaults\n/dev/vg/lv /srv ext4 noauto\nID=x /id ntfs-3g\n"
	"host:/export/ /nfs nfs4 vers=4.2,soft\nnfs://host/x /url auto\n/a /b none bind\n"
	"//nas/share /nas auto guest\n/dev/sda1 relative ext4\n/dev/sda2 /s ext4;x\ntmpfs /t "
	"tmpfs\n";

static int fstab(struct fake_sys *fake)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_fstab parsed;
	struct kb_error err = {0};
	int r = kb_fstab_read(&arena, "/etc/fstab", KB_STR(fstab_text), NULL, &parsed, &err);

	(void)fake;
	if (r < 0) {
		return err.code == r && err.text[0] ? r : -EPROTO;
	}
	return parsed.n_lines == 9 ? 0 : -EPROTO;
}

static int hosts(struct fake_sys *fake)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_hosts parsed;
	struct kb_error err = {0};
	int r = kb_hosts_read(&arena, "/etc/hosts", KB_STR("10.0.0.1 a b\n::1 c\nd e\n"), NULL,
			      &parsed, &err);

	(void)fake;
	if (r < 0) {
		return err.code == r && err.text[0] ? r : -EPROTO;
	}
	return parsed.n_hosts == 3 && kb_hosts_find(&parsed, KB_STR("c")) ? 0 : -EPROTO;
}

static int iso(struct fake_sys *fake)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_device on = {.name = "sda1", .uuid = "U", .fstype = "ext4"};
	unsigned char descriptor[KB_ISO_DESCRIPTOR_BYTES] = "\1CD001";
	struct temp_dir dir;
	struct kb_tree tree = {.name = "sda1", .below = "/x.iso", .is_image = true};
	struct kb_iso image = {.tree = &tree, .on = &on};
	size_t n_found = 0;
	const struct kb_reader_out out = {.ctx = &n_found, .entry = count_entry};
	struct kb_error err = {0};
	int r;

	(void)fake;
	memset(descriptor + 40, 'a', 8);
	memset(descriptor + 830, '1', 16);
	temp_dir_init(&dir);
	tree.root_fd = dir.fd;
	temp_dir_text(&dir, "images/install.img", "");
	temp_dir_text(&dir, "boot/grub/loopback.cfg",
		      "search --set=dev --file $iso_path\nprobe --set=u --fs-uuid $dev\n"
		      "submenu s { menuentry a { linux /k --- x\ninitrd /i\n} }\n"
		      "menuentry b { linux /k inst.repo=hd:UUID=$u\ninitrd /i\n}\n"
		      "menuentry c { loopback l /y.iso\nlinux (l)/k\n}\n");
	r = kb_iso_volume_read(&arena, descriptor, &image.volume);
	if (r == 0) {
		r = kb_iso_read(&image, &out, &err);
	}
	temp_dir_done(&dir);
	return r == 0 && n_found != 3 ? -EPROTO : r;
}

const struct fault_scenario fault_scenarios[] = {
	{"an ISO file is read", iso},
	{"kboot.conf is parsed and expanded", conf},
	{"a tree is read", readers},
	{"GRUB's script is evaluated", grub},
	{"other loaders' files are read", loaders},
	{"an fstab is read", fstab},
	{"a hosts is read", hosts},
	{0},
};

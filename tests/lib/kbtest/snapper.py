# SPDX-License-Identifier: GPL-2.0-or-later
"""openSUSE on btrfs with snapshots, as its grub2-mkconfig and grub2-snapper-plugin write their files.

The folder is the top of the filesystem; its default subvolume is the first snapshot, in which the fstab mounts
/.snapshots.
"""

UUID = "6c9f2a4e-1b7d-4a35-9d0e-5f1f0b6f4c11"
NAME = "openSUSE Leap 15.6"
SYSTEM = "@/.snapshots/1/snapshot"
SUBMENU = "Start bootloader from a read-only snapshot"

FSTAB = f"""\
UUID={UUID} / btrfs defaults 0 0
UUID={UUID} /var btrfs subvol=/@/var 0 0
UUID={UUID} /.snapshots btrfs subvol=/@/.snapshots 0 0
"""

_HEADER = """\
### BEGIN /etc/grub.d/00_header ###
set btrfs_relative_path="y"
export btrfs_relative_path
if [ -f ${config_directory}/grubenv ]; then
  load_env -f ${config_directory}/grubenv
elif [ -s $prefix/grubenv ]; then
  load_env
fi
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="${saved_entry}"
fi
if [ x"${feature_menuentry_id}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi
export menuentry_id_option
function load_video {
  if [ x$feature_all_video_module = xy ]; then
    insmod all_video
  else
    insmod efi_gop
  fi
}
if [ x$feature_default_font_path = xy ] ; then
   font=unicode
fi
if loadfont $font ; then
  set gfxmode=auto
  load_video
  insmod gfxterm
fi
terminal_output gfxterm
set timeout=8
if [ -n "$extra_cmdline" ]; then
  submenu "Bootable snapshot #$snapshot_num" {
    menuentry "If OK, run 'snapper rollback' and reboot." { true; }
  }
fi
### END /etc/grub.d/00_header ###
### BEGIN /etc/grub.d/10_linux ###
"""

_ENTRY = """\
menuentry '%(title)s' --class opensuse --class gnu-linux --class gnu --class os $menuentry_id_option 'gnulinux-%(id)s-%(uuid)s' {
	load_video
	set gfxpayload=keep
	insmod gzio
	insmod part_gpt
	insmod btrfs
	set root='hd0,gpt2'
	if [ x$feature_platform_search_hint = xy ]; then
	  search --no-floppy --fs-uuid --set=root --hint-bios=hd0,gpt2 --hint-efi=hd0,gpt2 --hint-baremetal=ahci0,gpt2  %(uuid)s
	else
	  search --no-floppy --fs-uuid --set=root %(uuid)s
	fi
	echo	'Loading Linux %(kernel)s ...'
	linux	/boot/vmlinuz-%(kernel)s root=UUID=%(uuid)s %(single)s ${extra_cmdline} splash=silent quiet security=apparmor
	echo	'Loading initial ramdisk ...'
	initrd	/boot/initrd-%(kernel)s
}
"""

_FOOTER = """\
### END /etc/grub.d/10_linux ###
### BEGIN /etc/grub.d/80_suse_btrfs_snapshot ###
if [ -f "/.snapshots/grub-snapshot.cfg" ]; then
  source "/.snapshots/grub-snapshot.cfg"
fi
### END /etc/grub.d/80_suse_btrfs_snapshot ###
### BEGIN /etc/grub.d/95_textmode ###
if [ "${grub_platform}" = "efi" ]; then
  hiddenentry 'Text mode' --hotkey 't' {
    set textmode=true
    terminal_output console
  }
fi
### END /etc/grub.d/95_textmode ###
"""

_SNAPSHOT = """
  if [ -f "/.snapshots/%(number)d/snapshot/boot/grub2/grub.cfg" ]; then
    snapshot_found=true
    saved_subvol=$btrfs_subvol
    menuentry  "%(title)s" "/.snapshots/%(number)d/snapshot" "@/.snapshots/%(number)d/snapshot" {
        btrfs_subvol="$3"
        extra_cmdline="rootflags=subvol=$3"
        export extra_cmdline
        snapshot_num=%(number)d
        export snapshot_num
        configfile "$2/boot/grub2/grub.cfg"
        btrfs_subvol=$saved_subvol
      }
  fi

"""


def kernel_of(number):
    """A snapshot's kernel: there was an update every ten."""
    return f"6.4.0-150600.{20 + number // 10}-default"


def title_of(number):
    """" " or "*", the system, its kernel, the time, what it is a snapshot of."""
    important = "*" if number % 5 == 0 else " "
    kind = (",pre,zypp(zypper)", ",post", ",timeline")[number % 3]
    return f"{important}{NAME} ({kernel_of(number).removesuffix('-default')},2024-10-{number % 28 + 1:02d}T10:{number % 60:02d}{kind})"


def grub_cfg(kernel):
    """The system's, and each snapshot's."""
    def entry(title, name, single=""):
        return _ENTRY % {"title": title, "id": name, "kernel": kernel, "single": single, "uuid": UUID}

    advanced = entry(f"{NAME}, with Linux {kernel}", f"{kernel}-advanced")
    recovery = entry(f"{NAME}, with Linux {kernel} (recovery mode)", f"{kernel}-recovery", "single")
    inner = f"submenu 'Advanced options for {NAME}' $menuentry_id_option 'gnulinux-advanced-{UUID}' {{\n{advanced}{recovery}}}\n"
    return _HEADER + entry(NAME, "simple") + inner + _FOOTER


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")


def _write_system(root, kernel):
    _write(root / "boot/grub2/grub.cfg", grub_cfg(kernel))
    _write(root / f"boot/vmlinuz-{kernel}", "kernel")
    _write(root / f"boot/initrd-{kernel}", "initrd")
    (root / ".snapshots").mkdir(exist_ok=True)


def write(root, n_snapshots):
    """The running system, of which the snapshots from 2 on were made, has the kernel of the newest."""
    numbers = range(n_snapshots + 1, 1, -1)
    _write_system(root / SYSTEM, kernel_of(numbers[0]))
    _write(root / SYSTEM / "etc/fstab", FSTAB)
    for number in numbers:
        _write_system(root / f"@/.snapshots/{number}/snapshot", kernel_of(number))
    write_menus(root / "@/.snapshots", numbers)


def write_menus(folder, numbers):
    """What the plugin keeps in /.snapshots."""
    sources = ""
    for number in numbers:
        _write(folder / f"{number}/grub-snapshot.cfg", _SNAPSHOT % {"number": number, "title": title_of(number)})
        name = f"/.snapshots/{number}/grub-snapshot.cfg"
        sources += f"\n    if [ -f \"{name}\" ]; then\n      source \"{name}\"\n    fi"
    _write(folder / "grub-snapshot.cfg", f"""\
if [ -z "$extra_cmdline" ]; then
  submenu  "{SUBMENU}" {{{sources}
    if [ x$snapshot_found != xtrue ]; then
      submenu "Not Found" {{ true; }}
    fi
  }}
fi
""")

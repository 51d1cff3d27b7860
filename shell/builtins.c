/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of the prompt's own commands: help, completion and what is run come from it. */
#include "builtin.h"

const struct kb_builtin kb_builtins[] = {
	{"cd", "[PLACE | -]", "go to a place",
	 "Goes to a place and mounts what is on the way: a folder of the booted environment "
	 "(/boot), of a device (sda2:, UUID=...:/x), of an NFS server (host:/x), of a share of "
	 "Windows or Samba (smb://host/share/x) or of kboot's own system (//tmp). Without a place, "
	 "to the root of the booted environment; - goes back. A device's name with its colon, "
	 "alone on the line, does the same.",
	 .max_words = 2, .takes = KB_TAKES_FOLDERS, .run = kb_run_cd},
	{"pwd", "[-P]", "say where one is",
	 "Says where one is, in the form that the prompt shows; with -P, as a path of kboot's own "
	 "system.",
	 .max_words = 2, .own = {"-P"}, .run = kb_run_pwd},
	{"root", "[DEVICE]", "say which system / is",
	 "Says which device is the booted environment, whose root is /, and why. With a device, "
	 "makes it so, for this boot.",
	 .max_words = 2, .takes = KB_TAKES_DEVICES, .run = kb_run_root},
	{"ls", "[OPTION...] [NAME...]", "list folders and files",
	 "Lists folders and files by any of their names; the options are those of BusyBox.",
	 .takes = KB_TAKES_NAMES, .run = kb_run_by_path},
	{"cat", "[OPTION...] [NAME...]", "show files",
	 "Shows files by any of their names; the options are those of BusyBox.",
	 .takes = KB_TAKES_NAMES, .run = kb_run_by_path},
	{"less", "[OPTION...] [NAME...]", "read files, back and forth",
	 "Shows files by any of their names, back and forth; the options are those of BusyBox.",
	 .takes = KB_TAKES_NAMES, .run = kb_run_by_path},
	{"vi", "[OPTION...] [NAME...]", "edit files",
	 "Edits files by any of their names, new ones too; the options are those of BusyBox. A "
	 "disk "
	 "is written only after mount -o remount,rw NAME.",
	 .takes = KB_TAKES_NAMES, .run = kb_run_by_path},
	{"mounts", "", "list what is mounted",
	 "Lists what was mounted for the prompts, and where. All of it is given back before a "
	 "kernel is started.",
	 .max_words = 1, .asks = KB_DO_MOUNTS},
	{"mount", "[-o remount,rw|ro NAME]", "mount for writing",
	 "Mounts what NAME is on anew, for writing or for reading only: everything of that device "
	 "is unmounted first, and a journal that waits is replayed on the disk. Alone, as mounts. "
	 "With anything else it is BusyBox's command.",
	 .takes = KB_TAKES_NAMES, .own = {"-o", "remount,rw remount,ro"}, .run = kb_run_mount},
	{"umount", "NAME", "give a mount back",
	 "Gives the mounts of a device, an NFS server or a share back. Not while somebody is in "
	 "them.",
	 .max_words = 2, .takes = KB_TAKES_DEVICES, .run = kb_run_umount},
	{"set", "[NAME[=VALUE]]", "show or set variables",
	 "Shows every variable, or one, with its value and where that comes from; or sets one for "
	 "this session; NAME=VALUE alone does the same. A name that is no variable becomes a "
	 "label. A value with blanks is written in quotes.",
	 .max_words = 3, .takes = KB_TAKES_VALUES, .run = kb_run_set},
	{"unset", "NAME...", "forget what was set",
	 "Forgets what was set in this session, so that what was said before counts again.",
	 .takes = KB_TAKES_VARIABLES, .run = kb_run_unset},
	{"save", "", "keep what was set",
	 "Writes what was set in this session into the kboot.conf of the booted environment, line "
	 "by line: what it says already is said anew, the rest of the file stays. Disks are "
	 "written only where mount_rw=true was said before (which is not kept itself); else save "
	 "shows the lines and where they belong.",
	 .max_words = 1, .asks = KB_DO_SAVE},
	{"boot", "[LINE] [--dry-run]", "boot a label, file or device",
	 "Boots what LINE names, as LINE alone does, but never takes it for a command. Without "
	 "LINE, boots the default. With --dry-run, shows the plan instead: every file as resolved, "
	 "the command line, and how the kernel would be loaded and why.",
	 .takes = KB_TAKES_LABELS | KB_TAKES_NAMES, .own = {"--dry-run", "--dry-run"},
	 .when_restricted = true, .run = kb_run_boot},
	{"explain", "[LINE]", "say what boots, and why",
	 "Says why this is the default and where every setting comes from; for an entry, why it is "
	 "as it is; for any other line, what it would do.",
	 .takes = KB_TAKES_LABELS | KB_TAKES_COMMANDS | KB_TAKES_NAMES, .when_restricted = true,
	 .run = kb_run_explain},
	{"devices", "", "list the devices", "Lists the devices with filesystem, size and label.",
	 .max_words = 1, .asks = KB_DO_DEVICES},
	{"unlock", "[DEVICE]", "open an encrypted volume",
	 "Asks for the passphrase of a volume that is locked, and opens it for reading; what is "
	 "found in it is in the menu then. Without DEVICE, the only one that is locked.",
	 .max_words = 2, .takes = KB_TAKES_DEVICES, .when_restricted = true, .run = kb_run_unlock},
	{"lock", "DEVICE", "close an encrypted volume",
	 "Closes what unlock, or a key file, has opened: the key leaves the memory, and what is "
	 "mounted of it goes.",
	 .max_words = 2, .takes = KB_TAKES_DEVICES, .run = kb_run_lock},
	{"labels", "", "list the labels",
	 "Lists the labels of kboot.conf, and apart from them the kernels that were found without "
	 "one: each boots, or runs, when typed.",
	 .max_words = 1, .when_restricted = true, .asks = KB_DO_LABELS},
	{"rescan", "", "look at all devices again", "Makes the engine look at all devices again.",
	 .max_words = 1, .when_restricted = true, .asks = KB_DO_RESCAN},
	{"network", "[ARGUMENT...]", "show, or set up, the network",
	 "Says what there is of the network: cards, links, addresses, gateways, name servers. up "
	 "[INTERFACE] configures it as kboot's kernel command line says, else by DHCP, down "
	 "switches "
	 "it off, and INTERFACE ADDRESS/PREFIX [gateway ADDRESS] [dns ADDRESS] does by hand.",
	 .takes = KB_TAKES_INTERFACES, .own = {"up down", NULL, "gateway dns", NULL, "gateway dns"},
	 .run = kb_run_network},
	{"sessions", "[end NUMBER]", "list who is logged in",
	 "Lists who is logged in by SSH, from where, and how the server is: its port, and the host "
	 "key that clients have to see. With end, ends the session of that number.",
	 .max_words = 3, .own = {"end"}, .when_restricted = true, .run = kb_run_sessions},
	{"chroot", "[COMMAND...]", "run commands of the system",
	 "Enters the booted environment with its fstab, /dev, /proc, /sys and /run mounted, and "
	 "runs COMMAND or a shell there. Afterwards nothing is left mounted.",
	 .takes = KB_TAKES_NAMES, .run = kb_run_chroot},
	{"rescue", "[DEVICE]", "repair a broken system",
	 "Walks through what a repair usually needs, one question at a time: finds the systems, "
	 "mounts one, for writing only after a clear yes, and offers a shell in it, a new "
	 "initramfs, a new password, its other kernels, the end of its journal, and what the "
	 "kernel left behind when it crashed. q or Ctrl-D leaves, and nothing stays mounted.",
	 .max_words = 2, .takes = KB_TAKES_DEVICES, .run = kb_run_rescue},
	{"report", "[FILE | -]", "write down what is known",
	 "Writes what there is to know of kboot and the machine into one text file, without "
	 "passwords, keys and tokens: logs, settings, entries, devices, configurations. Without "
	 "FILE, into a new one in //tmp. A disk by its name (sdb1:/, LABEL=STICK:/report.txt) is "
	 "mounted for writing for that alone, and unmounted. A file that is there is overwritten "
	 "only after a yes. With -, it is shown.",
	 .max_words = 2, .takes = KB_TAKES_DEVICES, .run = kb_run_report},
	{"reboot", "[setup | NAME]", "restart the machine",
	 "Restarts the machine; on EFI also into the firmware's setup, or into a program that the "
	 "firmware knows, by its title or its number: reboot Windows Boot Manager. A NAME that is "
	 "not there is answered with those that are.",
	 .takes = KB_TAKES_FIRMWARE, .when_restricted = true, .run = kb_run_power},
	{"poweroff", "", "switch the machine off", "Switches the machine off.", .max_words = 1,
	 .when_restricted = true, .run = kb_run_power},
	{"menu", "", "go to the menu",
	 "Goes back to the menu that the prompt was opened from, or opens one.", .max_words = 1,
	 .when_restricted = true, .run = kb_run_menu},
	{"jobs", "", "list stopped commands", "Lists the commands that were stopped with Ctrl-Z.",
	 .max_words = 1, .when_restricted = true, .run = kb_run_jobs},
	{"fg", "[NUMBER]", "go on with a stopped command",
	 "Goes on with a command that was stopped with Ctrl-Z: the one of that number, or the "
	 "newest.",
	 .max_words = 2, .when_restricted = true, .run = kb_run_fg},
	{"exit", "[STATUS]", "leave the prompt",
	 "Leaves the prompt; so does Ctrl-D on an empty line.", .max_words = 2,
	 .when_restricted = true, .run = kb_run_exit},
	{"help", "[NAME]", "say this, or more about NAME",
	 "Lists the commands of the prompt, or says more about one of them.", .max_words = 2,
	 .takes = KB_TAKES_BUILTINS, .when_restricted = true, .run = kb_run_help},
	{0},
};

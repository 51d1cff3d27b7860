#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# First program of the systems that kboot boots in tests and in the demo. It proves that this very boot
# happened: the nonce of the command line comes back, from the second kernel, on every console.
export PATH=/bin:/sbin

[ -d /proc/self ] || mount -t proc proc /proc
[ -d /sys/kernel ] || mount -t sysfs sysfs /sys
[ -c /dev/tty1 ] || mount -t devtmpfs devtmpfs /dev

system=$(cat /etc/system-name)
nonce=
then=shell
for word in $(cat /proc/cmdline); do
	case $word in
	nonce=*) nonce=${word#nonce=} ;;
	then=*) then=${word#then=} ;;
	esac
done

say() {
	for tty in ttyS0 tty1; do
		echo "$*" 2>/dev/null >/dev/$tty
	done
}

report_efi() {
	[ -d /sys/firmware/efi ] || return
	grep -q efivarfs /proc/filesystems || insmod /lib/modules/efivarfs.ko
	mount -t efivarfs efivarfs /sys/firmware/efi/efivars
	say "FACT efi_variables $(ls /sys/firmware/efi/efivars | wc -l)"
	say "FACT efi_names $(ls /sys/firmware/efi/efivars | sed 's/-.*//' | sort -u | tr '\n' ' ')"
}

report() {
	say "REPORT BEGIN"
	say "FACT system $system"
	say "FACT kernel $(uname -r)"
	say "FACT cmdline $(cat /proc/cmdline)"
	say "FACT acpi $(ls /sys/firmware/acpi/tables 2>/dev/null | tr '\n' ' ')"
	say "FACT framebuffer $(cat /proc/fb 2>/dev/null | tr '\n' ' ')"
	say "FACT consoles $(cat /sys/class/tty/console/active)"
	say "FACT screen $(dmesg | grep -m1 'Console: ' | sed 's/.*Console: //')"
	report_efi
	say "REPORT END"
}

say ""
say "This is $system, Linux $(uname -r): booted by kboot."
[ -z "$nonce" ] || say "NONCE $nonce from $system"
case $then in
poweroff)
	poweroff -f
	;;
reboot)
	reboot -f
	;;
report)
	report
	poweroff -f
	;;
esac

say "A shell follows; 'poweroff -f' switches the machine off."
while :; do
	setsid cttyhack sh
	# Without a console to read from this would spin.
	sleep 1
done

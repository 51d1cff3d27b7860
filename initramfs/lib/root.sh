# SPDX-License-Identifier: GPL-2.0-or-later
# The root filesystem of the image: the static files of root/, what a site edits in config/, and the programs.

# config/FILE goes to this place in the image.
declare -A root_config=(
	[kboot.conf]=etc/kboot.conf
	[fstab]=etc/fstab
	[hosts]=etc/hosts
	[passwd]=etc/passwd
	[group]=etc/group
	[message]=etc/message
	[authorized_keys]=etc/kboot/authorized_keys
)

# root_make FOLDER SECONDS: everything but the kernel's modules. SECONDS is the date of the image.
root_make() {
	local root=$1 name
	mkdir -p "$root"/{bin,dev,etc,mnt,proc,root,run,sbin,sys,tmp,usr/bin,usr/sbin,lib/modules}
	cp -a "$initramfs_dir/root/." "$root"
	for name in "${!root_config[@]}"; do
		install -D -m 644 "$config_dir/$name" "$root/${root_config[$name]}"
	done
	for name in netrc pins; do
		if [ -e "$config_dir/$name" ]; then
			install -D -m 600 "$config_dir/$name" "$root/etc/kboot/$name"
		fi
	done
	root_make_keymap "$root"
	for name in $(recipe_names); do
		cp -a "${package_entry[$name]}/root/." "$root"
	done
	root_add_ssh "$root"
	root_add_authorities "$root/etc/ssl/certs/ca-certificates.crt"
	# A clock that shows less is wrong.
	printf '%s\n' "$2" >"$root/etc/build-time"
	root_check "$root"
}

# root_add_ssh ROOT: who may log in, and with which keys we do; whose servers are known (to kboot, and to a person at the
# prompt, whose ssh adds to a file of its own).
root_add_ssh() {
	root_check_passwd "$1/etc/passwd"
	if ! has_feature ssh; then
		rm "$1/etc/kboot/authorized_keys"
		return
	fi
	chmod 600 "$1/etc/kboot/authorized_keys"
	if [ -e "$config_dir/known_hosts" ]; then
		install -D -m 644 "$config_dir/known_hosts" "$1/etc/kboot/known_hosts"
		install -D -m 600 "$config_dir/known_hosts" "$1/root/.ssh/known_hosts"
	fi
	if [ -e "$config_dir/ssh_identity" ]; then
		root_convert_key "$1" "$config_dir/ssh_identity" "$1/etc/kboot/ssh_identity"
	fi
	root_add_host_keys "$1"
}

# root_convert_key ROOT FILE TO: a private key in dropbear's form. The image's own program makes it.
root_convert_key() {
	mkdir -p "${3%/*}"
	"$1/usr/bin/dropbearmulti" dropbearconvert openssh dropbear "$2" "$3" >/dev/null 2>&1 </dev/null ||
		die "$2: no private key of OpenSSH's without a passphrase"
	chmod 600 "$3"
}

# root_add_host_keys ROOT: config/ssh_host_TYPE_key as OpenSSH has them, config/dropbear_TYPE_host_key as dropbear has.
root_add_host_keys() {
	local file name
	for file in "$config_dir"/ssh_host_*_key "$config_dir"/dropbear_*_host_key; do
		[ -e "$file" ] || continue
		name=${file##*/}
		case $name in
		ssh_host_*) root_convert_key "$1" "$file" "$1/etc/kboot/host_keys/$name" ;;
		*)
			"$1/usr/bin/dropbearmulti" dropbearkey -y -f "$file" >/dev/null 2>&1 ||
				die "$file: no host key of dropbear's"
			install -D -m 600 "$file" "$1/etc/kboot/host_keys/$name"
			;;
		esac
	done
}

# root_check_passwd FILE: a password that everybody has, or that cannot be checked here, is said now and not at a machine
# that somebody stands in front of.
root_check_passwd() {
	local name hash rest
	while IFS=: read -r name hash rest; do
		case $hash in
		'*'* | '!'*) ;;
		'') die "config/passwd: $name has an empty password: * lets nobody in by one" ;;
		'$6$'* | '$2'[aby]'$'*) ;;
		*) die "config/passwd: the password of $name is of a kind that cannot be checked here; openssl passwd -6 makes one" ;;
		esac
	done <"$1"
}

# root_add_authorities BUNDLE: the certificates of config/ca, behind Mozilla's. What else such a file holds stays out, a
# private key above all.
root_add_authorities() {
	local file
	for file in "$config_dir"/ca/*.crt "$config_dir"/ca/*.pem; do
		[ -e "$file" ] || continue
		tr -d '\r' <"$file" | awk -v bundle="$1" '
			/^-----BEGIN CERTIFICATE-----/ { inside = 1 }
			inside { print >>bundle }
			/^-----END CERTIFICATE-----/ { if (inside) found = 1; inside = 0 }
			END { exit !found || inside }' || die "$file: no certificate in PEM form"
	done
}

# The keyboard layout that config/keymap names, as the table that the kernel takes. No name: the kernel's own.
root_make_keymap() {
	local layout variant
	read -r layout variant < <(config_words keymap)
	[ -z "$layout" ] || logged "$logs_dir/keymap.log" keymap_write "$layout" "$variant" "$1/etc/keymap.bmap"
}

keymap_write() {
	ckbcomp -layout "$1" ${2:+-variant "$2"} >"$3.text"
	loadkeys --unicode --bkeymap "$3.text" >"$3"
	rm "$3.text"
}

# What has to be there for /init to get anywhere.
root_check() {
	local path
	for path in init bin/sh sbin/init sbin/modprobe sbin/kboot; do
		[ -x "$1/$path" ] || die "the image would have no /$path"
	done
}

# config_words FILE: what it says, without comments, on one line.
config_words() {
	local -a words=()
	read -r -d '' -a words < <(sed 's/#.*//' "$config_dir/$1") || true
	printf '%s\n' "${words[*]}"
}

# root_pack FOLDER SECONDS: prints the archive.
root_pack() {
	"$initramfs_dir/lib/cpio.py" "$1" "$initramfs_dir/nodes" "$2"
}

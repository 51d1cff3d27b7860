# SPDX-License-Identifier: GPL-2.0-or-later
# The custom kernel: Debian's kernel source with config/kernel-config, everything built in, the initramfs inside.
#
# It is built once, with an empty initramfs and no command line, and the object tree is kept. The image's own kernel is
# a relink of a copy of that tree, so that a change in a program costs seconds and not the whole kernel. The kernel's
# build compiles everything anew where it finds itself in another folder, so the copy stands where the tree was built.

kernel_custom_source=linux-source-6.1
kernel_patches_dir=$initramfs_dir/kernel-patches

# Sets `kernel_source` to Debian's source of Linux with our patches, `kernel_date` to its date, `kernel_origin` to what
# archive_binary says.
kernel_custom_get_source() {
	kernel_origin=$(archive_binary "$kernel_custom_source")
	[ -n "$kernel_origin" ] || die "Debian's archive has no $kernel_custom_source"
	cache_get kernels/source "$(kernel_custom_source_inputs | cache_key)" kernel_custom_unpack "$kernel_origin"
	kernel_source=$entry/$kernel_custom_source
	kernel_date=$(cat "$entry/date")
}

kernel_custom_source_inputs() {
	printf '%s' "$kernel_origin"
	cat "$kernel_patches_dir"/*.patch
}

# Sets `kernel_entry` to a folder with vmlinuz (the bare kernel), version, date, and the tree in objects/.
kernel_custom() {
	kernel_custom_get_source
	kernel_package_version=$(head -n 1 <<<"$kernel_origin")
	local key
	key=$(kernel_custom_inputs "$kernel_origin" | cache_key)
	kernel_tree=$cache_dir/work/kernel-tree-$key
	cache_get kernels/custom "$key" kernel_custom_make
	kernel_entry=$entry
}

kernel_custom_inputs() {
	printf '%s\n' "$1" "$kernel_source"
	toolchain_identity
	cat "$config_dir/kernel-config"
	declare -f kernel_custom_build kernel_custom_configure kernel_custom_run
}

# kernel_custom_unpack ORIGIN FOLDER
kernel_custom_unpack() {
	local entry
	cache_get sources/kernel "$(printf '%s' "$1" | cache_key)" kernel_fetch "$kernel_custom_source"
	step "unpacking the kernel's source"
	mkdir "$2/package"
	dpkg-deb -x "$entry"/*.deb "$2/package"
	tar -C "$2" -xf "$2/package/usr/src/$kernel_custom_source.tar.xz"
	stat -c %Y "$2/package/usr/src/$kernel_custom_source.tar.xz" >"$2/date"
	rm -rf "$2/package"
	(cd "$2/$kernel_custom_source" && apply_patches "$kernel_patches_dir")
}

# kernel_custom_run ARGUMENTS...: make, in the object tree, with nothing of this machine in the result.
kernel_custom_run() {
	env -u CFLAGS -u LDFLAGS -u MAKEFLAGS LC_ALL=C TZ=UTC \
		KBUILD_BUILD_TIMESTAMP="$(date -u -d "@$kernel_date" '+%a %b %e %H:%M:%S UTC %Y')" \
		KBUILD_BUILD_USER=kboot KBUILD_BUILD_HOST=kboot KBUILD_BUILD_VERSION=1 \
		make -C "$kernel_source" O="$kernel_tree" -j "$jobs" "$@"
}

# kernel_custom_tree COMMAND...: runs it with the folder of the object tree to itself, and empty.
kernel_custom_tree() {
	local lock
	exec {lock}>"$kernel_tree.lock"
	flock "$lock"
	rm -rf "$kernel_tree"
	mkdir "$kernel_tree"
	"$@"
	rm -rf "$kernel_tree"
	exec {lock}>&-
}

# kernel_custom_make FOLDER
kernel_custom_make() {
	step "building the custom kernel (this takes a while, once)"
	kernel_custom_tree logged "$logs_dir/kernel-custom.log" kernel_custom_build "$1"
}

kernel_custom_build() {
	: >"$kernel_tree/kboot.cpio"
	kernel_custom_configure
	kernel_custom_run bzImage
	cp "$kernel_tree/arch/x86/boot/bzImage" "$1/vmlinuz"
	cp "$kernel_tree/include/config/kernel.release" "$1/version"
	printf '%s\n' "$kernel_date" >"$1/date"
	cp -a "$kernel_tree" "$1/objects"
}

# tinyconfig, then ours on top; every line of ours must have come through.
kernel_custom_configure() {
	(cd "$kernel_source" && cat kernel/configs/tiny-base.config kernel/configs/tiny.config "$config_dir/kernel-config") \
		>"$kernel_tree/wanted"
	kernel_custom_run KCONFIG_ALLCONFIG="$kernel_tree/wanted" allnoconfig
	if kernel_custom_refused "$kernel_tree/.config"; then
		printf 'the kernel does not take these lines of config/kernel-config\n'
		return 1
	fi
}

# Prints the lines of config/kernel-config that CONFIGURATION does not have; fails if there are none.
kernel_custom_refused() {
	awk -v kept="$1" '
		function name_of(line) { sub(/^# /, "", line); sub(/[= ].*/, "", line); return line }
		BEGIN { while ((getline line < kept) > 0) if (line ~ /^CONFIG_/) value[name_of(line)] = line }
		/^CONFIG_/ && value[name_of($0)] != $0 { print; found = 1 }
		/^# CONFIG_.* is not set$/ && name_of($0) in value { print; found = 1 }
		END { exit !found }' "$config_dir/kernel-config"
}

# kernel_custom_link ARCHIVE TARGET: the kernel with that initramfs and config/cmdline inside.
kernel_custom_link() {
	kernel_custom_tree logged "$logs_dir/kernel-custom-link.log" kernel_custom_relink "$1" "$2"
}

kernel_custom_relink() {
	cp -a "$kernel_entry/objects/." "$kernel_tree"
	cp "$1" "$kernel_tree/kboot.cpio"
	sed -i "s|^CONFIG_CMDLINE=.*|CONFIG_CMDLINE=\"$(config_words cmdline)\"|" "$kernel_tree/.config"
	kernel_custom_run olddefconfig
	kernel_custom_run bzImage
	cp "$kernel_tree/arch/x86/boot/bzImage" "$2"
}

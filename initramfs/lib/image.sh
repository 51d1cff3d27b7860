# SPDX-License-Identifier: GPL-2.0-or-later
# The story of a build: packages, root, kernel, and what they make together in the output folder.

image_build() {
	local name kernel
	for name in $(recipe_names); do
		package "$name"
	done
	for kernel in "${kernels[@]}"; do
		"kernel_${kernel}"
		image_make "$kernel"
	done
	image_choose "${kernels[0]}"
}

# image_make KERNEL: fills OUTPUT/KERNEL, whole or not at all.
image_make() {
	local kernel=$1 work seconds
	step "making the $kernel image"
	seconds=${SOURCE_DATE_EPOCH:-$(cat "$kernel_entry/date")}
	cache_work "image-$kernel"
	mkdir "$work/result"
	root_make "$work/root" "$seconds"
	"image_add_modules_$kernel" "$work/root"
	root_pack "$work/root" "$seconds" >"$work/initramfs.cpio"
	cp "$kernel_entry/vmlinuz" "$work/result/vmlinuz"
	cp "$kernel_entry/version" "$work/result/kernel-version"
	config_words cmdline >"$work/result/cmdline"
	"image_join_$kernel"
	image_print_manifest "$kernel" >"$work/result/manifest"
	sed -n '/^results/,$p' "$work/result/manifest"
	image_publish "$kernel" "$work/result"
	rm -rf "$work"
}

# image_publish KERNEL FOLDER: puts it into the output folder, where another build may be doing the same. What is there
# already and is the same stays, so that whoever uses it just then may go on.
image_publish() {
	local lock
	exec {lock}>"$output_dir/.lock"
	flock "$lock"
	if ! diff -rq "$2" "$output_dir/$1" >/dev/null 2>&1; then
		rm -rf "${output_dir:?}/.$1.new"
		cp -a "$2" "$output_dir/.$1.new"
		rm -rf "${output_dir:?}/$1"
		mv -T "$output_dir/.$1.new" "$output_dir/$1"
	fi
	exec {lock}>&-
}

image_add_modules_stock() {
	cp -a "$kernel_entry/root/." "$1"
}

image_add_modules_custom() {
	rmdir "$1/lib/modules" "$1/lib"
}

image_join_stock() {
	# shellcheck disable=SC2154 # image_make's
	zstd -q -19 --threads=1 -c "$work/initramfs.cpio" >"$work/result/initramfs.img"
	image_write_release "$work/osrel"
	uki_make "$work/result/kboot.efi" "$seconds" ".osrel=$work/osrel" ".cmdline=$work/result/cmdline" \
		".uname=$work/result/kernel-version" ".linux=$work/result/vmlinuz" ".initrd=$work/result/initramfs.img"
}

image_join_custom() {
	# The kernel's own unpacker knows no integrity check but crc32.
	xz -9 --check=crc32 -c "$work/initramfs.cpio" >"$work/result/initramfs.img"
	step "linking the initramfs into the kernel"
	kernel_custom_link "$work/initramfs.cpio" "$work/result/kboot.efi"
}

image_write_release() {
	printf 'ID=kboot\nNAME=kboot\nPRETTY_NAME=kboot\nVERSION_ID=%s\n' \
		"$(sed -n 's/^project(kboot VERSION \([0-9.]*\).*/\1/p' "$repository_dir/CMakeLists.txt")" >"$1"
}

# What the image is made of: versions, and sizes in bytes.
image_print_manifest() {
	local name
	printf 'packages\n'
	printf '  %-16s %s\n' kernel "$kernel_package_version"
	for name in $(recipe_names); do
		printf '  %-16s %s\n' "$name" "${package_version[$name]}"
	done
	printf 'programs\n'
	(cd "$work/root" && find bin sbin usr -type f -printf '  %-16f %s\n' | sort)
	printf 'results (%s)\n' "$1"
	printf '  %-16s %s\n' 'unpacked' "$(stat -c %s "$work/initramfs.cpio")"
	(cd "$work/result" && find kboot.efi vmlinuz initramfs.img -printf '  %-16f %s\n')
}

# image_choose KERNEL: its results also stand at the top of the output folder.
image_choose() {
	local name
	for name in kboot.efi vmlinuz initramfs.img kernel-version cmdline manifest; do
		ln -sfT "$1/$name" "$output_dir/$name"
	done
	step "done: $output_dir/kboot.efi ($1)"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# The stock kernel: the distribution's own package, unpacked (never installed), and the modules of config/modules.

#
# Unpacked into memory at every boot the modules would cost 57 MB and most of a second; so they go into the image as a
# compressed filesystem of their own, which /init mounts with the two modules that this needs.

kernel_stock_early=(loop squashfs)

# Sets `kernel_entry` to a folder with vmlinuz, version, date and root/: what the image gets below /lib.
kernel_stock() {
	local package origin
	package=$(archive_first_dependency linux-image-amd64)
	[ -n "$package" ] || die "Debian's archive has no linux-image-amd64"
	origin=$(archive_binary "$package")
	kernel_package_version=$(head -n 1 <<<"$origin")
	cache_get kernels/stock "$(kernel_stock_inputs "$origin" | cache_key)" kernel_stock_make "$package" "$origin"
	kernel_entry=$entry
}

kernel_stock_inputs() {
	printf '%s\n' "$1"
	cat "$config_dir/modules" "$initramfs_dir/lib/modules.py" "$initramfs_dir/lib/kernel-stock.sh"
}

# kernel_stock_make PACKAGE ORIGIN FOLDER
kernel_stock_make() {
	local entry
	step "preparing the stock kernel ($1)"
	cache_get "sources/stock-kernel" "$(printf '%s' "$2" | cache_key)" kernel_fetch "$1"
	logged "$logs_dir/kernel-stock.log" kernel_stock_unpack "$entry" "$3"
}

# kernel_fetch PACKAGE FOLDER
kernel_fetch() {
	step "  fetching $1"
	logged "$logs_dir/$1.fetch.log" archive_fetch_binary "$1" "$2"
}

# kernel_stock_unpack FETCHED FOLDER
kernel_stock_unpack() {
	local work version modules
	cache_work stock-kernel
	dpkg-deb -x "$1"/*.deb "$work/package"
	version=$(basename "$work"/package/lib/modules/*)
	modules=$work/chosen/lib/modules/$version
	mkdir -p "$modules"
	depmod -b "$work/package" "$version"
	"$initramfs_dir/lib/modules.py" "$config_dir/modules" "$work/package/lib/modules/$version" "$modules"
	depmod -b "$work/chosen" "$version"
	# BusyBox modprobe reads the plain tables; the others are for kmod.
	rm -f "$modules"/modules.*.bin "$modules"/modules.{builtin.modinfo,builtin.alias,devname,order,softdep}
	stat -c %Y "$work/package/boot/vmlinuz-$version" >"$2/date"
	kernel_stock_pack "$work/chosen/lib/modules" "$modules" "$2"
	cp "$work/package/boot/vmlinuz-$version" "$2/vmlinuz"
	printf '%s\n' "$version" >"$2/version"
	rm -rf "$work"
}

# kernel_stock_pack ALL-MODULES MODULES FOLDER
kernel_stock_pack() {
	local early date
	date=$(cat "$3/date")
	mkdir -p "$3/root/lib/early"
	for early in "${kernel_stock_early[@]}"; do
		if ! grep -q "/$early\.ko:\$" "$2/modules.dep"; then
			printf '%s is missing, or needs other modules: /init loads it alone\n' "$early"
			return 1
		fi
		find "$2" -name "$early.ko" -exec cp {} "$3/root/lib/early" \;
	done
	mksquashfs "$1" "$3/root/lib/modules.squashfs" -quiet -no-progress -comp zstd -Xcompression-level 19 \
		-all-root -no-xattrs -all-time "$date" -mkfs-time "$date"
}

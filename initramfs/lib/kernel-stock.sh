# SPDX-License-Identifier: GPL-2.0-or-later
# The stock kernel: the distribution's own package, unpacked (never installed), and the modules of config/modules.

# Sets `kernel_entry` to a folder with vmlinuz, version, date and modules/.
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
	local work version target
	cache_work stock-kernel
	dpkg-deb -x "$1"/*.deb "$work"
	version=$(basename "$work"/lib/modules/*)
	target=$2/modules/lib/modules/$version
	mkdir -p "$target"
	depmod -b "$work" "$version"
	"$initramfs_dir/lib/modules.py" "$config_dir/modules" "$work/lib/modules/$version" "$target"
	depmod -b "$2/modules" "$version"
	# BusyBox modprobe reads the plain tables; the others are for kmod.
	rm -f "$target"/modules.*.bin "$target"/modules.{builtin.modinfo,builtin.alias,devname,order,softdep}
	cp "$work/boot/vmlinuz-$version" "$2/vmlinuz"
	printf '%s\n' "$version" >"$2/version"
	stat -c %Y "$work/boot/vmlinuz-$version" >"$2/date"
	rm -rf "$work"
}

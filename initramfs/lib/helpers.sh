# SPDX-License-Identifier: GPL-2.0-or-later
# What recipes and kernels call, so that each says only what is special about it.

# apply_patches FOLDER: those that are there, to the source in the current folder.
apply_patches() {
	local patch
	for patch in "$1"/*.patch; do
		[ ! -e "$patch" ] || patch -p 1 -i "$patch"
	done
}

# configure OPTIONS...: an autoconf script, out of tree, in the folder `out`.
configure() {
	mkdir -p out
	cd out || return
	../configure --build="$(gcc -dumpmachine)" --host=x86_64-linux-musl --prefix=/usr "$@"
}

# build_with_cmake OPTIONS...: in the folder `out`.
build_with_cmake() {
	cmake -S . -B out -G Ninja -DCMAKE_TOOLCHAIN_FILE="$repository_dir/cmake/musl.cmake" \
		-DCMAKE_BUILD_TYPE=MinSizeRel -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=lib "$@"
	cmake --build out --parallel "$jobs"
}

# install_program FILE PATH: a program goes into the image, stripped. It must have come out as a static PIE.
install_program() {
	if readelf -lW "$1" | grep -q INTERP || ! readelf -hW "$1" | grep -q 'Type:.*DYN'; then
		printf '%s is no static position-independent program\n' "$1"
		return 1
	fi
	install -D -m 755 "$1" "$to_root$2"
	strip -s -R .comment -R .note -R .note.gnu.property "$to_root$2"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# How everything in the image is compiled: the machine's gcc against musl, static, for size, hardened.
#
# Hardening, decided: kboot, BusyBox and what comes with them parse disks and packets that nobody vouches for, as root.
# So every program gets a stack protector, is a static position-independent executable (so that its addresses are random),
# and has its relocations read-only after start. README.md has what that costs. Unwind tables go: nothing unwinds.

toolchain_cflags="-Os -pipe -g0 -fPIE -fstack-protector-strong -ffunction-sections -fdata-sections
	-fno-asynchronous-unwind-tables -fno-unwind-tables -fno-ident"
toolchain_ldflags="-Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--build-id=none -Wl,--hash-style=gnu"

# What the compiler is: part of every key.
toolchain_identity() {
	gcc --version | head -n 1
	ld --version | head -n 1
	gcc -dumpmachine
}

# The gcc "specs" that turn the machine's compiler into one for musl below SYSROOT. Whatever a package asks for, a program
# comes out as a static PIE: configure scripts disagree too much about how to ask for one.
toolchain_print_specs() {
	local include=$1/usr/include lib=$1/usr/lib
	cat <<-SPECS
		%rename cpp_options machine_cpp_options

		*cpp_options:
		-nostdinc -isystem $include -isystem include%s %(machine_cpp_options)

		*cc1:
		%(cc1_cpu) -nostdinc -isystem $include -isystem include%s

		*link_libgcc:
		-L$lib -L .%s

		*libgcc:
		libgcc.a%s %:if-exists(libgcc_eh.a%s)

		*startfile:
		%{!r:$lib/rcrt1.o $lib/crti.o crtbeginS.o%s}

		*endfile:
		%{!r:crtendS.o%s $lib/crtn.o}

		*link:
		-nostdlib %{!r:-static -pie --no-dynamic-linker -z text}
	SPECS
}

# toolchain_make FOLDER SYSROOT: leaves FOLDER/bin/musl-gcc and the tools that configure scripts look for by prefix.
toolchain_make() {
	local folder=$1 tool
	mkdir -p "$folder/bin"
	toolchain_print_specs "$2" >"$folder/musl.specs"
	printf '#!/bin/sh\nexec gcc -specs=%s "$@"\n' "$folder/musl.specs" >"$folder/bin/musl-gcc"
	chmod 755 "$folder/bin/musl-gcc"
	for tool in ar nm ranlib; do
		ln -s "$(command -v "gcc-$tool")" "$folder/bin/musl-$tool"
	done
}

# toolchain_enter FOLDER SYSROOT WORK: the environment that a recipe's build runs in. WORK is what no path may show of.
toolchain_enter() {
	unset PKG_CONFIG_PATH CPATH C_INCLUDE_PATH LIBRARY_PATH MAKEFLAGS MAKELEVEL
	export PATH=$1/bin:$PATH LC_ALL=C TZ=UTC
	export CC=musl-gcc AR=musl-ar RANLIB=musl-ranlib NM=musl-nm STRIP=strip
	export CFLAGS="${toolchain_cflags//[$'\n\t']/ } -ffile-prefix-map=$3=." LDFLAGS=$toolchain_ldflags
	export PKG_CONFIG_LIBDIR=$2/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$2
	export KBOOT_SYSROOT=$2
}

# SPDX-License-Identifier: GPL-2.0-or-later
# The libraries we stand on, each as an imported target; docs/DEPENDENCIES.md says why each is here.
find_package(PkgConfig REQUIRED)
pkg_check_modules(blkid REQUIRED IMPORTED_TARGET blkid)
pkg_check_modules(ncursesw REQUIRED IMPORTED_TARGET ncursesw)
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)
if(KBOOT_CURL)
	pkg_check_modules(libcurl REQUIRED IMPORTED_TARGET libcurl>=7.87)
	# libcurl's TLS library: OpenSSL in Debian's libcurl, wolfSSL in the image's.
	pkg_search_module(tls REQUIRED IMPORTED_TARGET libcrypto wolfssl)
endif()
if(KBOOT_TESTS)
	pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)
endif()

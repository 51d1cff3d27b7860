# SPDX-License-Identifier: GPL-2.0-or-later
# Compiler flags, in one interface target that every module links.
add_library(kb_options INTERFACE)
target_compile_definitions(kb_options INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
target_compile_options(kb_options INTERFACE
	-Wall -Wextra -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wpointer-arith
	-Wwrite-strings -Wvla -Wundef -Wimplicit-fallthrough -fno-common)
if(KBOOT_SANITIZE)
	target_compile_options(kb_options INTERFACE
		-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(kb_options INTERFACE -fsanitize=address,undefined)
endif()
if(KBOOT_FUZZ)
	target_compile_options(kb_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
